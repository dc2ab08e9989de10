//! `kerbside run`: a session of a study, new or continued.

use super::args::{CalibrateArg, DeskArg, FloorArg, GazeArg, PacingArg, Run};
use super::free::Guard;
use super::{codebook, say};
use crate::desk::{Desk, Lines, Simulated, Terminal};
use crate::headset::Pacing;
use crate::lab::{
    Asked, Ended, HeadsetChoice, Observer, OpenXrChoice, Opened, Order, Overrides, Prepared, attend, late_frames_of,
    must_be_this_study, prepare, which_session,
};
use crate::problem::{Outcome, Place, Problem};
use crate::record::Head;
use crate::record::folder::DataFolder;
use crate::record::read;
use crate::study::{Gaze, read_script};
use crate::xr::{Calibrate, Floor, Resolution};
use indicatif::ProgressBar;
use serde_json::json;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by Ctrl-C while a session runs.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Runs one session and keeps the register.
pub fn run(args: &Run) -> Outcome<()> {
    let overrides =
        Overrides { map: args.map.clone(), crosswalk: args.crosswalk.clone(), seed: args.seed, ..Overrides::default() };
    let prepared = read_study(&args.study, &overrides)?;
    let headset = headset(args, &prepared)?;
    let pacing = pacing(args, &headset)?;
    let data = DataFolder(args.data.clone());
    let mirror = args.mirror.clone().map(DataFolder);
    let asked =
        Asked { participant: &args.participant, session_n: args.session, pilot: args.pilot, plan_row: args.plan_row };
    let who = which_session(&prepared, &data, asked)?;
    must_be_this_study(&prepared, &data, args.accept_change.as_deref())?;
    let order = Order {
        interrupted: &INTERRUPTED,
        prepared: &prepared,
        who: &who,
        headset: &headset,
        world: &args.world,
        pacing,
        data: &data,
        mirror: mirror.as_ref(),
        items_at_desk: args.desk == DeskArg::Terminal,
        spectator: args.spectator,
        accept_change: args.accept_change.as_deref(),
    };
    listen_for_ctrl_c()?;
    let _guard = Guard::beside(&args.world);
    let mut desk = desk(args, &prepared);
    let bar = if args.json || args.desk == DeskArg::Terminal {
        ProgressBar::hidden()
    } else {
        say::progress("trials", prepared.study.trial_count())
    };
    let mut watch = Watch { bar: bar.clone(), json: args.json, code: &args.participant, data: &data };
    let ran = attend(&order, desk.as_mut(), &mut watch);
    bar.finish_and_clear();
    let session = data.session(&who.participant, who.session_n);
    let folder = &session.0;
    if ran.is_err() && folder.join("seals.csv").exists() {
        say::notes(&["every trial sealed so far is safe; when that is mended, the same command goes on".to_owned()]);
    }
    let (done, study_head) = ran?;
    let words = match &done.ended {
        Ended::Done => "done".to_owned(),
        Ended::Stopped(reason) => format!("ended for good: {reason}"),
        Ended::Left(why) => format!("left: {why}"),
        Ended::Broken(problem) => format!("left: {}", problem.what),
    };
    // What cannot be read is `verify`'s to say: a session that is sealed has ended all the same.
    let late = late_frames_of(&session).unwrap_or_else(|problems| {
        say::notes(&[format!("late frames are not known: {problems}")]);
        None
    });
    if args.json {
        let (head, study) = (&done.head.0, &study_head.0);
        let continues = done.ended.continues();
        say::line(
            json!({ "event": "ended", "how": words, "continues": continues, "trials": done.trials, "late_frames": late, "session": folder, "head": head, "study_head": study })
                .to_string(),
        )?;
    } else {
        say::line(format!("{}: {} sealed in {}", words, say::count(done.trials, "trial"), folder.display()))?;
        if let Some(late) = late {
            say::line(format!("late frames:    {}; see late_frames in measures.csv", late.words()))?;
        }
        say::line(format!("session's head: {}", done.head.0))?;
        say::line(format!("study's head:   {}", study_head.0))?;
    }
    match done.ended {
        Ended::Broken(problem) => Err(problem.into()),
        Ended::Left(why) => {
            let what = format!("session {} of {} is not finished ({why})", who.session_n, who.participant);
            Err(Problem::new(Place::default(), what, "the same command continues it at the right trial").into())
        }
        Ended::Done | Ended::Stopped(_) => Ok(()),
    }
}

/// The first Ctrl-C leaves the session in order; a second one ends the program at once.
fn listen_for_ctrl_c() -> Result<(), Problem> {
    ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!(
            "stopping: the trial is sealed as it stands, devices are given back; a CARLA server that hangs may take up to \
             20 s. A second Ctrl-C ends at once: the trial is not sealed, and a CARLA server is given back by a second process"
        );
    })
    .map_err(|e| Problem::new(Place::default(), format!("Ctrl-C cannot be listened for: {e}"), "try again"))
}

fn desk(args: &Run, prepared: &Prepared) -> Box<dyn Desk> {
    let stdin = std::io::stdin();
    match args.desk {
        DeskArg::Terminal => Box::new(Terminal::new(Lines::of(stdin, &INTERRUPTED))),
        DeskArg::Simulated => {
            let lines = if stdin.is_terminal() { Lines::of(stdin, &INTERRUPTED) } else { Lines::none(&INTERRUPTED) };
            Box::new(Simulated::new(prepared.seed, &args.participant, lines))
        }
    }
}

/// Shows what happens: a bar, or a line of JSON each.
struct Watch<'a> {
    bar: ProgressBar,
    json: bool,
    code: &'a str,
    data: &'a DataFolder,
}

impl Observer for Watch<'_> {
    fn opened(&mut self, opened: &Opened) -> Outcome<()> {
        codebook::write(self.data)?;
        self.bar.set_position(opened.trials as u64);
        if self.json {
            let recovered = opened.recovered_in.as_ref().map(|path| path.display().to_string());
            say::line(
                json!({ "event": "opened", "participant": self.code, "trials": opened.trials, "head": opened.head.0, "recovered_in": recovered, "changes": opened.changes })
                    .to_string(),
            )?;
            return Ok(());
        }
        if opened.continued {
            self.bar.suspend(|| eprintln!("continued after {}", say::count(opened.trials, "trial")));
        }
        if let Some(folder) = &opened.recovered_in {
            let note = format!("what followed the last seal is kept in {}", folder.display());
            self.bar.suspend(|| eprintln!("{note}"));
        }
        for change in &opened.changes {
            self.bar.suspend(|| eprintln!("accepted change: {change}"));
        }
        Ok(())
    }

    fn sealed(&mut self, head: &Head) {
        self.bar.inc(1);
        if self.json {
            // A reader that has gone away must not end a session.
            let _ = say::line(json!({ "event": "sealed", "trial_n": self.bar.position(), "head": head.0 }).to_string());
        }
    }
}

/// Reads a study's file and makes it ready, warning of what is odd.
pub fn read_study(path: &Path, overrides: &Overrides) -> Outcome<Prepared> {
    let text = text_file(path, "give a study's file, such as experiments/ehmi_braking_2x2.toml")?;
    let prepared = prepare(&path.display().to_string(), &text, overrides)?;
    say::warnings(&prepared.warnings);
    Ok(prepared)
}

/// The text of a file that the user named.
pub fn text_file(path: &Path, cure: &str) -> Result<String, Problem> {
    const MOST_BYTES: u64 = 1 << 24;
    let bytes = read::at_most(path, MOST_BYTES, cure)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
        let place = Place::offset(path.display().to_string(), &valid, valid.len());
        Problem::new(place, "is not UTF-8 text from here on", "save the file as UTF-8")
    })
}

/// Whoever sits before a window or wears a headset lives in real time, and so does whoever watches.
fn pacing(args: &Run, headset: &HeadsetChoice) -> Result<Pacing, Problem> {
    let live = matches!(headset, HeadsetChoice::Window | HeadsetChoice::OpenXr(_));
    let pacing = match args.pacing {
        Some(PacingArg::Realtime) => Pacing::Realtime,
        Some(PacingArg::Lockstep) => Pacing::Lockstep,
        None if live => Pacing::Realtime,
        None => Pacing::Lockstep,
    };
    if pacing == Pacing::Realtime || !(live || args.spectator) {
        return Ok(pacing);
    }
    let (flag, cure) = if live {
        (format!("--headset {}", args.headset), "leave --pacing out")
    } else {
        ("--spectator".to_owned(), "give --pacing realtime")
    };
    Err(Problem::new(Place::default().part(flag), "people cannot follow the pacing `lockstep`", cure))
}

/// Refuses options that were given and belong to `--headset openxr` alone.
pub(super) fn only_with_openxr(headset: &str, options: &[(&str, bool)]) -> Result<(), Problem> {
    let Some((name, _)) = options.iter().find(|(_, given)| *given && headset != "openxr") else { return Ok(()) };
    let what = format!("does not go with --headset {headset}");
    let cure = "give it with `--headset openxr`, or leave it out";
    Err(Problem::new(Place::default().part(*name), what, cure))
}

/// What counts as the floor.
pub(super) const fn floor(chosen: Option<FloorArg>) -> Floor {
    match chosen {
        Some(FloorArg::Stage) => Floor::Stage,
        Some(FloorArg::Recentred) => Floor::LocalFloor,
        None => Floor::Best,
    }
}

fn headset(args: &Run, prepared: &Prepared) -> Outcome<HeadsetChoice> {
    let choice = args.headset.as_str();
    let only_there = [
        ("--simulated-headset", args.simulated_headset),
        ("--calibrate", args.calibrate.is_some()),
        ("--floor", args.floor.is_some()),
        ("--resolution", args.resolution.is_some()),
        ("--gaze", args.gaze.is_some()),
    ];
    only_with_openxr(choice, &only_there)?;
    if choice == "simulated" {
        return Ok(HeadsetChoice::Simulated);
    }
    if choice == "window" {
        if args.spectator {
            let (what, cure) = ("a window has no second one beside it", "leave --spectator out");
            return Err(Problem::new(Place::default().part("--spectator"), what, cure).into());
        }
        return Ok(HeadsetChoice::Window);
    }
    if choice == "openxr" {
        return Ok(HeadsetChoice::OpenXr(openxr(args)));
    }
    let Some(file) = choice.strip_prefix("scripted:") else {
        let what = format!("there is no headset '{choice}'");
        let cure = "give `simulated`, `scripted:FILE` with a path file, `window`, or `openxr`";
        return Err(Problem::new(Place::default().part("--headset"), what, cure).into());
    };
    let text = text_file(Path::new(file), "give a path file: see experiments/README.md")?;
    let script = read_script(file, &text, &prepared.study.items)?;
    Ok(HeadsetChoice::Scripted(script, text))
}

fn openxr(args: &Run) -> OpenXrChoice {
    let calibrate = match args.calibrate {
        // Nobody stands in a headset that is a program.
        None if args.simulated_headset => Calibrate::Fixed,
        Some(CalibrateArg::Fixed) => Calibrate::Fixed,
        Some(CalibrateArg::Points) => Calibrate::Points,
        Some(CalibrateArg::Standing) | None => Calibrate::Standing,
    };
    let floor = floor(args.floor);
    let resolution = args.resolution.map_or_else(Resolution::default, Resolution);
    let gaze = args.gaze.map(|gaze| match gaze {
        GazeArg::WithoutHands => Gaze::WithoutHands,
        GazeArg::Always => Gaze::Always,
        GazeArg::Never => Gaze::Never,
    });
    OpenXrChoice { simulated_ok: args.simulated_headset, calibrate, floor, resolution, gaze }
}
