//! `kerbside check`: whether a session could start here, before anybody stands in the room.

use super::args::Check;
use super::free::Guard;
use super::run::{floor, only_with_openxr, text_file};
use super::say;
use crate::lab::{
    Finding, HeadsetKind, Overrides, Planned, Prepared, Verdict, WorldChoice, could_start, pre_flight, prepare,
};
use crate::problem::{Outcome, Place, Problem};
use crate::record::folder::DataFolder;
use crate::record::storage::Disk;
use crate::study::read_script;
use crate::xr::Resolution;
use serde_json::json;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Looks at everything that a session with these choices needs, and says how it stands.
pub fn check(args: &Check) -> Outcome<()> {
    let study = args.study.as_deref().map(|path| read(path, args));
    let headset = headset(args, study.as_ref());
    let data = DataFolder(args.data.clone());
    if args.world != WorldChoice::Embedded {
        give_back_first()?;
    }
    let _guard = Guard::beside(&args.world);
    let planned = Planned { study: study.as_ref(), headset: &headset, world: &args.world, data: &data };
    let found = pre_flight(&planned, &Disk);
    let ok = could_start(&found);
    if args.json {
        let list: Vec<_> = found
            .iter()
            .map(|one| json!({ "part": one.part, "verdict": one.verdict.word(), "found": one.found, "cure": one.cure }))
            .collect();
        let version = env!("CARGO_PKG_VERSION");
        say::line(format!("{:#}", json!({ "ok": ok, "kerbside": version, "findings": list })))?;
    } else {
        for finding in &found {
            print(finding)?;
        }
    }
    if ok {
        return Ok(());
    }
    let wrong = found.iter().filter(|one| one.verdict == Verdict::Wrong).count();
    let what = match wrong {
        1 => "no session could start: one thing is wrong".to_owned(),
        n => format!("no session could start: {n} things are wrong"),
    };
    Err(Problem::new(Place::default(), what, "mend what the lines marked `wrong` name").into())
}

/// A server that is left in the middle would wait for ticks for ever: Ctrl-C lets the check come to its end.
fn give_back_first() -> Result<(), Problem> {
    static PRESSED: AtomicBool = AtomicBool::new(false);
    ctrlc::set_handler(|| {
        if PRESSED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("the server is given back first; Ctrl-C once more leaves it as it is");
    })
    .map_err(|e| Problem::new(Place::default(), format!("Ctrl-C cannot be listened for: {e}"), "try again"))
}

/// The study made ready; what is worth knowing of it is found again among the findings.
fn read(path: &Path, args: &Check) -> Outcome<Prepared> {
    let text = text_file(path, "give a study's file, such as experiments/ehmi_braking_2x2.toml")?;
    let overrides = Overrides { map: args.map.clone(), crosswalk: args.crosswalk.clone(), ..Overrides::default() };
    prepare(&path.display().to_string(), &text, &overrides)
}

/// The headset that the words name; a path file is read through.
fn headset(args: &Check, study: Option<&Outcome<Prepared>>) -> Outcome<HeadsetKind> {
    let choice = args.headset.as_str();
    let only_there = [
        ("--simulated-headset", args.simulated_headset),
        ("--floor", args.floor.is_some()),
        ("--resolution", args.resolution.is_some()),
    ];
    only_with_openxr(choice, &only_there)?;
    match choice {
        "simulated" => return Ok(HeadsetKind::Simulated),
        "window" => return Ok(HeadsetKind::Window),
        "openxr" => {
            let (simulated_ok, floor) = (args.simulated_headset, floor(args.floor));
            let resolution = args.resolution.map_or_else(Resolution::default, Resolution);
            return Ok(HeadsetKind::OpenXr { simulated_ok, floor, resolution });
        }
        _ => {}
    }
    let Some(file) = choice.strip_prefix("scripted:") else {
        let cure = "give `simulated`, `scripted:FILE`, `window` or `openxr`";
        let place = Place::default().part("--headset");
        return Err(Problem::new(place, format!("there is no headset '{choice}'"), cure).into());
    };
    let text = text_file(Path::new(file), "give a path file: see experiments/README.md")?;
    // Without a study nobody knows which items there are to answer.
    if let Some(Ok(prepared)) = study {
        read_script(file, &text, &prepared.study.items)?;
    }
    Ok(HeadsetKind::Scripted)
}

fn print(finding: &Finding) -> Result<(), Problem> {
    /// The longest part and verdict.
    const PART: usize = 15;
    const WORD: usize = 5;
    let colour = match finding.verdict {
        Verdict::Ok => say::Colour::Green,
        Verdict::Warn => say::Colour::Yellow,
        Verdict::Wrong => say::Colour::Red,
    };
    let word = say::coloured(&format!("{:WORD$}", finding.verdict.word()), colour);
    // What comes from a file must not move the cursor.
    let tame = |text: &str| text.lines().map(crate::problem::harmless).collect::<Vec<_>>().join(" ");
    say::line(format!("{word}  {:PART$}  {}", finding.part, tame(&finding.found)))?;
    if finding.cure.is_empty() {
        return Ok(());
    }
    say::line(format!("{:WORD$}  {:PART$}  cure: {}", "", "", tame(&finding.cure)))
}
