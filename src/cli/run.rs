//! `kerbside run`: one session of a study.

use super::args::{PacingArg, Run};
use super::{codebook, say};
use crate::headset::Pacing;
use crate::kernel::rng::Rng;
use crate::lab::{HeadsetChoice, Overrides, Prepared, Who, prepare, run_session, study_sha256};
use crate::problem::{Outcome, Place, Problem};
use crate::record::folder::DataFolder;
use crate::record::register::Register;
use crate::record::{read, sha256_hex};
use crate::study::{check_code, participant_code, read_script};
use crate::table::{RegisterRow, Text};
use std::path::Path;

/// Runs one session and enters it in the register.
pub fn run(args: &Run) -> Outcome<()> {
    check_code(&args.participant).map_err(|what| {
        let cure = format!("codes are made, not invented; here is one: {}", fresh_code());
        Problem::new(Place::default().part("--participant"), what, cure)
    })?;
    let overrides = Overrides { map: args.map.clone(), crosswalk: args.crosswalk.clone(), seed: args.seed };
    let prepared = read_study(&args.study, &overrides)?;
    let choice = headset(&args.headset, &prepared)?;
    let data = DataFolder(args.data.clone());
    let folder = data.session(&args.participant, args.session);
    if folder.0.exists() {
        let what = format!("holds session {} of {} already", args.session, args.participant);
        return Err(Problem::file(folder.0.display(), what, "give another --session or --participant").into());
    }
    must_be_this_study(&data, &prepared)?;
    let mut register = Register::open(&data)?;
    codebook::write(&data)?;
    let who = Who {
        participant: args.participant.clone(),
        plan_row: args.plan_row.unwrap_or(register.next_plan_row(&args.participant)),
        session_n: args.session,
        pilot: args.pilot,
    };
    register.append(entry(&who, "running", ""))?;
    let pacing = match args.pacing {
        PacingArg::Lockstep => Pacing::Lockstep,
        PacingArg::Realtime => Pacing::Realtime,
    };
    let bar = say::progress("trials", prepared.study.trial_count());
    let done = run_session(&prepared, &who, &choice, pacing, &data, &mut |_| bar.inc(1));
    bar.finish_and_clear();
    let done = done?;
    if let Some(problem) = done.broken {
        return Err(problem.into());
    }
    let head = register.append(entry(&who, "done", &done.head.0))?;
    say::line(format!("{} sealed: {}", say::count(done.trials, "trial"), folder.0.display()))?;
    say::line(format!("session's head: {}", done.head.0))?;
    say::line(format!("study's head:   {}", head.0))?;
    Ok(())
}

/// A code that nobody is likely to have: drawn from the time of day.
fn fresh_code() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let mut rng = Rng::named(&["code", &now.to_string()]);
    participant_code(|of| rng.below(of))
}

/// One folder holds one study: sessions of another would be pooled with its own.
fn must_be_this_study(data: &DataFolder, prepared: &Prepared) -> Outcome<()> {
    if !data.0.join("sessions").is_dir() {
        return Ok(());
    }
    for folder in data.sessions()? {
        let Some(found) = study_sha256(&folder) else { continue };
        if found != sha256_hex(prepared.study_text.as_bytes()) {
            let what = "holds sessions of another study, or of another version of this one";
            return Err(Problem::file(data.0.display(), what, "give another --data: one folder holds one study").into());
        }
    }
    Ok(())
}

/// A row of the register.
pub fn entry(who: &Who, state: &'static str, session_head: &str) -> RegisterRow {
    RegisterRow {
        entry_n: 0,
        participant: Text::new(&who.participant),
        plan_row: who.plan_row,
        group: Text::NA,
        session_n: Some(who.session_n),
        state: Text::fixed(state),
        reason: Text::NA,
        session_head: Text::new(session_head),
        register_head: Text::NA,
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

fn headset(choice: &str, prepared: &Prepared) -> Outcome<HeadsetChoice> {
    if choice == "simulated" {
        return Ok(HeadsetChoice::Simulated);
    }
    let Some(file) = choice.strip_prefix("scripted:") else {
        let what = format!("there is no headset '{choice}'");
        let cure = "give `simulated`, or `scripted:FILE` with a path file";
        return Err(Problem::new(Place::default().part("--headset"), what, cure).into());
    };
    let text = text_file(Path::new(file), "give a path file: see experiments/README.md")?;
    let script = read_script(file, &text, &prepared.study.items)?;
    Ok(HeadsetChoice::Scripted(script, text))
}
