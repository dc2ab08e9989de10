//! `kerbside demo`: a whole study with simulated people, measured and reported.

use super::args::Demo;
use super::run::read_study;
use super::{codebook, derive, say};
use crate::desk::{Lines, Simulated};
use crate::headset::Pacing;
use crate::inspect::argument;
use crate::kernel::rng::Rng;
use crate::lab::{
    Ended, HeadsetChoice, Observer, Opened, Order, Overrides, Prepared, Who, WorldChoice, attend, prepare, write_report,
};
use crate::problem::{Outcome, Problem, Problems};
use crate::record::Head;
use crate::record::folder::{DataFolder, must_be_empty, unwritable};
use crate::record::register;
use crate::record::roster::Person;
use crate::table::RegisterRow;
use indicatif::ProgressBar;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// The study of the demo, as shipped.
const STUDY: &str = include_str!("../../experiments/ehmi_braking_2x2.toml");
/// How the shipped study is named in messages.
const STUDY_NAME: &str = "experiments/ehmi_braking_2x2.toml (built in)";

/// Runs the demo.
pub fn demo(args: &Demo) -> Outcome<()> {
    let began = Instant::now();
    let overrides = Overrides {
        map: args.map.clone(),
        crosswalk: args.crosswalk.clone(),
        approach: args.approach.clone(),
        seed: args.seed,
    };
    let prepared = match &args.study {
        Some(path) => read_study(path, &overrides)?,
        None => {
            let prepared = prepare(STUDY_NAME, STUDY, &overrides)?;
            say::warnings(&prepared.warnings);
            prepared
        }
    };
    let data = DataFolder(args.out.clone());
    must_be_empty(&data.0, "give another folder with --out, or remove this one if nobody needs it")?;
    std::fs::create_dir_all(&data.0).map_err(|e| unwritable(&data.0, &e))?;
    if !args.json {
        introduce(args, &prepared)?;
    }
    let head = run_all(args, &prepared, &data)?;
    let derived = derive::with_progress(&args.out)?;
    let trials = derived.measures.len();
    let measures = derived.measures_file.clone();
    let report = write_report(&args.out, derived)?;
    let bytes = folder_bytes(&args.out);
    if args.json {
        say::line(format!(
            "{:#}",
            json!({
                "data": args.out, "participants": args.participants, "trials": trials, "bytes": bytes,
                "report": report, "measures": measures, "head": head.0, "simulated": true,
            })
        ))?;
        return Ok(());
    }
    let took_s = began.elapsed().as_secs_f64();
    say::line(format!("done: {trials} trials in {took_s:.1} s, {} of data", say::size(bytes)))?;
    Ok(conclude(args, &report, &measures, &head)?)
}

fn introduce(args: &Demo, prepared: &Prepared) -> Result<(), Problem> {
    let study = &prepared.study;
    say::line(&study.title)?;
    say::line(format!(
        "{} SIMULATED {}, {} trials each, at crosswalk {} of {}",
        args.participants,
        if args.participants == 1 { "person" } else { "people" },
        study.trial_count(),
        prepared.site().crosswalk_id,
        prepared.map_name
    ))
}

fn conclude(args: &Demo, report: &Path, measures: &Path, head: &Head) -> Result<(), Problem> {
    let out = args.out.display();
    say::line("")?;
    say::line(format!("report    {}   (open it in a browser)", report.display()))?;
    say::line(format!("measures  {}", measures.display()))?;
    say::line(format!("sessions  {}", args.out.join("sessions").display()))?;
    say::line(format!("codebook  {}", args.out.join("codebook.csv").display()))?;
    say::line(format!("head      {}", head.0))?;
    say::line("")?;
    say::line("All participants are SIMULATED: this says how the software works, not how people behave.")?;
    say::line("")?;
    say::line("Next:")?;
    say::line(format!("  kerbside verify {out} --head {}", head.0))?;
    say::line(format!("  kerbside replay {out} --check"))?;
    say::line(format!("  kerbside demo{} --seed 7 --out {out}-7        another draw of people", same_again(args)))?;
    say::line("  kerbside codebook                            what every column means")?;
    say::line("(`kerbside` is target/release/kerbside when built from source: cargo run --release -- ...)")
}

/// The arguments that make the same study again.
fn same_again(args: &Demo) -> String {
    let study = args.study.as_ref().map(|path| path.display().to_string());
    let given =
        [("--study", &study), ("--map", &args.map), ("--crosswalk", &args.crosswalk), ("--approach", &args.approach)];
    given.iter().filter_map(|(name, value)| Some(format!(" {name} {}", argument(value.as_ref()?)))).collect()
}

/// Every session, on all processors: enrolled, run and entered as in a real study.
fn run_all(args: &Demo, prepared: &Prepared, data: &DataFolder) -> Outcome<Head> {
    let people = people(args.participants, prepared);
    codebook::write(data)?;
    register::change(data, |_| Ok(people.iter().map(|who| enrolled(who, prepared)).collect()))?;
    let sessions = u64::from(args.participants) * u64::from(prepared.study.sessions.number);
    let bar = say::progress("trials", prepared.study.trial_count() * sessions);
    let next = AtomicUsize::new(0);
    let problems = Mutex::new(Problems::default());
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..processors.min(people.len()) {
            scope.spawn(|| {
                while let Some(who) = people.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(found) = every_session(who, prepared, data, &bar)
                        && let Ok(mut problems) = problems.lock()
                    {
                        problems.0.extend(found.0);
                    }
                }
            });
        }
    });
    bar.finish_and_clear();
    problems.into_inner().unwrap_or_default().check()?;
    Ok(Head(register::check(data)?.head))
}

/// All sessions of one person.
fn every_session(who: &Who, prepared: &Prepared, data: &DataFolder, bar: &ProgressBar) -> Outcome<()> {
    for session_n in 1..=prepared.study.sessions.number {
        let who = Who { session_n, ..who.clone() };
        let order = Order {
            interrupted: &NOT_INTERRUPTED,
            prepared,
            who: &who,
            headset: &HeadsetChoice::Simulated,
            world: &WorldChoice::Embedded,
            pacing: Pacing::Lockstep,
            data,
            mirror: None,
            items_at_desk: false,
            spectator: false,
            accept_change: None,
        };
        let mut desk = Simulated::new(prepared.seed, &who.participant, Lines::none(&NOT_INTERRUPTED));
        let (done, _) = attend(&order, &mut desk, &mut Count(bar))?;
        match done.ended {
            Ended::Broken(problem) => return Err(problem.into()),
            Ended::Stopped(_) => break,
            Ended::Done | Ended::Left(_) => {}
        }
    }
    Ok(())
}

/// Ctrl-C ends a demo like any other program.
static NOT_INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Counts trials on the bar.
struct Count<'a>(&'a ProgressBar);

impl Observer for Count<'_> {
    fn opened(&mut self, _opened: &Opened) -> Outcome<()> {
        Ok(())
    }

    fn sealed(&mut self, _head: &Head) {
        self.0.inc(1);
    }
}

fn enrolled(who: &Who, prepared: &Prepared) -> RegisterRow {
    let group = prepared.study.group_name(who.plan_row, prepared.seed).unwrap_or_default();
    register::row(&Person::new(&who.participant, who.plan_row, &group), None, "enrolled", "", "")
}

/// The demo's people: codes drawn by the seed, none twice.
fn people(n: u32, prepared: &Prepared) -> Vec<Who> {
    let mut rng = Rng::named(&["demo codes", &prepared.seed.to_string()]);
    let mut taken = BTreeSet::new();
    (1..=n)
        .map(|plan_row| {
            let mut code = prepared.study.draw_code(|of| rng.below(of));
            while !taken.insert(code.clone()) {
                code = prepared.study.draw_code(|of| rng.below(of));
            }
            Who { participant: code, plan_row, session_n: 1, pilot: false }
        })
        .collect()
}

fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => folder_bytes(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}
