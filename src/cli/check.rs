//! `kerbside verify` and `kerbside replay`.

use super::args::{Replay, Verify};
use super::say;
use crate::lab::{begun, load};
use crate::problem::{Outcome, Problem, Problems};
use crate::record::folder::{Holds, SessionFolder, holds, sessions_at};
use crate::record::verify;
use crate::replay::{self, Depth};
use serde_json::json;

/// Checks a folder against its seals.
pub fn verify(args: &Verify) -> Outcome<()> {
    let head = args.head.as_deref().map(str::trim);
    if let Some(head) = head
        && (head.len() != 64 || !head.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        let what = format!("--head '{head}' is not a head");
        return Err(Problem::new(Default::default(), what, "give the 64 hexadecimal digits that were printed").into());
    }
    let checked = match holds(&args.dir)? {
        Holds::Session(session) => verify::session(&session, head),
        Holds::Study(data) => verify::data_folder(&data, head),
    };
    if args.json {
        say::line(match &checked {
            Ok(found) => format!(
                "{:#}",
                json!({ "ok": true, "trials": found.trials, "head": found.head.0, "notes": found.notes, "head_compared": head.is_some() })
            ),
            Err(problems) => {
                let list: Vec<String> = problems.0.iter().map(ToString::to_string).collect();
                format!("{:#}", json!({ "ok": false, "problems": list }))
            }
        })?;
    }
    let found = checked?;
    if !args.json {
        say::line(format!("whole: {}, every file as sealed", say::count(found.trials, "trial")))?;
        say::line(format!("head:  {}", found.head.0))?;
        for note in &found.notes {
            say::line(format!("note:  {note}"))?;
        }
        if head.is_none() {
            say::line("The head was not compared: give the one printed at the end with --head, since whoever")?;
            say::line("holds the folder could have sealed other data anew.")?;
        }
    }
    Ok(())
}

/// Replays every session of a folder.
pub fn replay(args: &Replay) -> Outcome<()> {
    let folders = begun(sessions_at(&args.dir)?)?;
    let bar = say::progress("replaying", folders.len() as u64);
    let mut problems = Problems::default();
    let (mut trials, mut rows) = (0, 0);
    for folder in &folders {
        match replay_one(folder, args.resimulate) {
            Ok(done) => {
                trials += done.trials;
                rows += done.rows;
            }
            Err(found) => problems.0.extend(found.0),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let how = if args.resimulate { "world run again" } else { "recorded world" };
    if args.json {
        let list: Vec<String> = problems.0.iter().map(ToString::to_string).collect();
        let ok = list.is_empty();
        say::line(format!(
            "{:#}",
            json!({ "ok": ok, "sessions": folders.len(), "trials": trials, "rows": rows, "how": how, "problems": list })
        ))?;
    }
    problems.check()?;
    if !args.json {
        let (sessions, trials) = (say::count(folders.len(), "session"), say::count(trials, "trial"));
        say::line(format!("bit-equal: {sessions}, {trials}, {rows} rows ({how})"))?;
    }
    Ok(())
}

fn replay_one(folder: &SessionFolder, resimulate: bool) -> Outcome<replay::Replay> {
    let session = load(folder)?;
    let depth = match (resimulate, session.file.world_step_hz) {
        (false, _) => Depth::Check,
        (true, Some(world_step_hz)) if session.file.world == "embedded" => Depth::Resimulate { world_step_hz },
        (true, _) => {
            let what = format!("was recorded with the world '{}', which cannot be run again", session.file.world);
            return Err(Problem::file(folder.0.display(), what, "use `kerbside replay --check`").into());
        }
    };
    replay::replay_parts(folder, &|trial_n| session.in_force(trial_n).spec, depth)
}
