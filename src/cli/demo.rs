//! `kerbside demo`: a whole study with simulated people, measured and reported.

use super::args::Demo;
use super::run::{entry, read_study};
use super::{codebook, derive, say};
use crate::headset::Pacing;
use crate::kernel::rng::Rng;
use crate::lab::{Done, HeadsetChoice, Overrides, Prepared, Who, prepare, run_session, write_report};
use crate::problem::{Outcome, Problem, Problems};
use crate::record::Head;
use crate::record::folder::{DataFolder, unwritable};
use crate::record::register::Register;
use crate::study::participant_code;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Instant;

/// The study of the demo, as shipped.
const STUDY: &str = include_str!("../../experiments/ehmi_braking_2x2.toml");
/// How the shipped study is named in messages.
const STUDY_NAME: &str = "experiments/ehmi_braking_2x2.toml (built in)";

/// Runs the demo.
pub fn demo(args: &Demo) -> Outcome<()> {
    let began = Instant::now();
    let overrides = Overrides { map: args.map.clone(), crosswalk: args.crosswalk.clone(), seed: args.seed };
    let prepared = match &args.study {
        Some(path) => read_study(path, &overrides)?,
        None => {
            let prepared = prepare(STUDY_NAME, STUDY, &overrides)?;
            say::warnings(&prepared.warnings);
            prepared
        }
    };
    let data = DataFolder(args.out.clone());
    must_be_free(&data)?;
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

fn must_be_free(data: &DataFolder) -> Outcome<()> {
    let cure = "give another folder with --out";
    if data.0.is_file() {
        return Err(Problem::file(data.0.display(), "is a file, not a folder", cure).into());
    }
    let occupied = std::fs::read_dir(&data.0).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        let cure = "give another folder with --out, or remove this one if nobody needs it";
        return Err(Problem::file(data.0.display(), "exists already and is not empty", cure).into());
    }
    std::fs::create_dir_all(&data.0).map_err(|e| unwritable(&data.0, &e))?;
    Ok(())
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
    let given = [("--study", &study), ("--map", &args.map), ("--crosswalk", &args.crosswalk)];
    given.iter().filter_map(|(name, value)| Some(format!(" {name} {}", value.as_ref()?))).collect()
}

/// Every session, on all processors; the register in the order of the people.
fn run_all(args: &Demo, prepared: &Prepared, data: &DataFolder) -> Outcome<Head> {
    let people = people(args.participants, prepared);
    let mut register = Register::create(data)?;
    codebook::write(data)?;
    for who in &people {
        register.append(entry(who, "running", ""))?;
    }
    let bar = say::progress("trials", prepared.study.trial_count() * u64::from(args.participants));
    let next = AtomicUsize::new(0);
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut problems = Problems::default();
    std::thread::scope(|scope| {
        let (results, finished) = sync_channel::<(usize, Outcome<Done>)>(people.len());
        for _ in 0..processors.min(people.len()) {
            let (results, people, next, bar) = (results.clone(), &people, &next, &bar);
            scope.spawn(move || {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(who) = people.get(i) else { break };
                    let choice = HeadsetChoice::Simulated;
                    let done = run_session(prepared, who, &choice, Pacing::Lockstep, data, &mut |_| bar.inc(1));
                    if results.send((i, done)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(results);
        let mut early = BTreeMap::new();
        let mut enter = 0;
        for (i, done) in finished {
            early.insert(i, done);
            while let Some(done) = early.remove(&enter) {
                let entered = done.and_then(|done| match done.broken {
                    Some(problem) => Err(problem.into()),
                    None => Ok(register.append(entry(&people[enter], "done", &done.head.0))?),
                });
                if let Err(found) = entered {
                    problems.0.extend(found.0);
                }
                enter += 1;
            }
        }
    });
    bar.finish_and_clear();
    problems.check()?;
    Ok(register.head())
}

/// The demo's people: codes drawn by the seed, none twice.
fn people(n: u32, prepared: &Prepared) -> Vec<Who> {
    let mut rng = Rng::named(&["demo codes", &prepared.seed.to_string()]);
    let mut taken = BTreeSet::new();
    (1..=n)
        .map(|plan_row| {
            let mut code = participant_code(|of| rng.below(of));
            while !taken.insert(code.clone()) {
                code = participant_code(|of| rng.below(of));
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
