//! Asks the genuine CARLA client about a map: a Python script runs in a process of its own, which may hang or crash.

use super::answer::{Answered, Asking, NoAnswer};
use crate::inspect::audit::{Answers, Audit, audit, questions};
use crate::inspect::georeference;
use crate::map::Map;
use crate::problem::Problem;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SCRIPT: &str = include_str!("carla_map.py");
/// CARLA reads Town10HD in less than a second; some broken maps keep it for ever.
const LIMIT: Duration = Duration::from_secs(120);
/// No answer is longer.
const MOST_BYTES: usize = 64 << 20;
const INSTALL: &str = "python3 -m venv v && v/bin/pip install carla==0.9.16 (Python 3.10 to 3.12), then --python v";

/// What the script prints.
#[derive(Deserialize)]
#[serde(untagged)]
enum Printed {
    Answers(Answers),
    Error { error: String, detail: String },
}

/// What CARLA makes of a map, whose text is `opendrive`; `python` is an interpreter or a folder of a virtual
/// environment with PyPI `carla`, `python3` when there is none.
///
/// # Errors
/// When there is no such Python, it has no CARLA 0.9.16, or CARLA hangs, crashes or refuses the map.
pub fn carla_audit(map: &Map, opendrive: &str, python: Option<&Path>) -> Result<Audit, Problem> {
    carla_audit_within(map, opendrive, python, LIMIT)
}

/// The same, with another limit of time.
///
/// # Errors
/// As [`carla_audit`].
pub fn carla_audit_within(
    map: &Map,
    opendrive: &str,
    python: Option<&Path>,
    limit: Duration,
) -> Result<Audit, Problem> {
    let program = interpreter(python)?;
    let questions = questions(map, opendrive);
    let input = serde_json::to_vec(&questions).map_err(|e| nonsense(&program, &e.to_string(), ""))?;
    let asking = Asking { program: &program, script: SCRIPT, input, limit, most_bytes: MOST_BYTES };
    let answered = asking.ask().map_err(|e| no_answer(map, &program, limit, e))?;
    match serde_json::from_slice(&answered.stdout) {
        Ok(Printed::Answers(answers)) => audit(map, &georeference(map), &questions, &answers)
            .map_err(|what| nonsense(&program, &what, &answered.complaint)),
        Ok(Printed::Error { error, detail }) => Err(refused(map, &program, &error, &detail, &answered)),
        Err(_) => Err(nonsense(&program, "its answer is not the script's", &answered.complaint)),
    }
}

/// The interpreter of a virtual environment's folder, or the program itself.
fn interpreter(python: Option<&Path>) -> Result<PathBuf, Problem> {
    let Some(given) = python else { return Ok(PathBuf::from("python3")) };
    if !given.is_dir() {
        return Ok(given.to_owned());
    }
    let inside = ["bin/python", "bin/python3", "Scripts/python.exe", "python.exe"].map(|name| given.join(name));
    inside.into_iter().find(|path| path.is_file()).ok_or_else(|| {
        Problem::file(
            given.display(),
            "is no virtual environment: there is no bin/python in it",
            format!("make one: {INSTALL}"),
        )
    })
}

fn no_answer(map: &Map, program: &Path, limit: Duration, error: NoAnswer) -> Problem {
    let name = program.display();
    match error {
        NoAnswer::NotStarted(e) => {
            Problem::file(name, format!("cannot be started: {e}"), format!("give a Python with CARLA: {INSTALL}"))
        }
        NoAnswer::Folder(e) => Problem::file(
            name,
            format!("no temporary folder for it: {e}"),
            "set TMPDIR to a folder that can be written",
        ),
        NoAnswer::Hangs => Problem::file(
            &map.file,
            format!("CARLA's client had not read the map after {} s, and was stopped", limit.as_secs_f64()),
            "CARLA hangs on some maps that others read: look at this map's lints, then at links between its roads",
        ),
        NoAnswer::TooLong => nonsense(program, "its answer does not end", ""),
        NoAnswer::Crashed { how, complaint } => {
            let what = format!("CARLA's client crashed on this map ({how}){}", said(&complaint));
            Problem::file(&map.file, what, format!("try the built-in map; if it crashes too, install anew: {INSTALL}"))
        }
    }
}

fn refused(map: &Map, program: &Path, error: &str, detail: &str, answered: &Answered) -> Problem {
    let (name, detail) = (program.display(), clipped(detail));
    match error {
        "no_carla" => Problem::file(name, format!("this Python has no CARLA client: {detail}"), INSTALL),
        "version" => Problem::file(name, format!("this Python has CARLA {detail}; the audit knows 0.9.16"), INSTALL),
        "map" => Problem::file(
            &map.file,
            format!("CARLA refuses this map: {detail}{}", said(&answered.complaint)),
            "look at the map's lints: `kerbside map FILE`",
        ),
        _ => nonsense(program, &format!("the script failed: {detail}"), &answered.complaint),
    }
}

fn nonsense(program: &Path, what: &str, complaint: &str) -> Problem {
    let what = format!("did not answer as CARLA's client does: {what}{}", said(complaint));
    Problem::file(program.display(), what, format!("give a Python with CARLA: {INSTALL}"))
}

fn said(complaint: &str) -> String {
    if complaint.is_empty() { String::new() } else { format!("; it said: {}", clipped(complaint)) }
}

/// One line of at most 300 characters: what others print may be anything.
fn clipped(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}
