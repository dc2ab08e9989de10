//! SIGKILL at random moments of fast sessions: no acknowledged trial is lost or damaged, and each session goes on.
//!
//! `KERBSIDE_KILLS` sets how many (`tests/long.sh` takes thousands).
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/program.rs"]
mod program;

use kerbside::kernel::rng::Rng;
use kerbside::record::folder::SessionFolder;
use kerbside::record::read;
use kerbside::table::{EventRow, TrialOutcome, TrialRow};
use program::{STUDY, TRIALS, enrolled, good, kerbside as program, ran};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Kills before a session may run to its end.
const KILLS_PER_SESSION: usize = 5;

/// Starts a session, kills it after `delay`; how many trials it had said were sealed.
fn killed(args: &[&str], delay: Duration) -> u64 {
    let mut child = program(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(delay);
    child.kill().unwrap();
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    child.wait().unwrap();
    let lines = said.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let events = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let sealed = events.filter(|event| event["event"] == "sealed" || event["event"] == "opened");
    sealed.filter_map(|event| event["trial_n"].as_u64().or(event["trials"].as_u64())).next_back().unwrap_or(0)
}

fn trials(session: &Path) -> Vec<TrialRow> {
    read::table(&SessionFolder(session.to_path_buf())).unwrap_or_default()
}

/// The participant's last row of the register, up to its state.
fn state(data: &str, code: &str) -> String {
    let register = std::fs::read_to_string(Path::new(data).join("register.csv")).unwrap();
    let last = register.lines().rfind(|line| line.contains(code)).unwrap();
    last.split(',').take(6).collect::<Vec<_>>().join(",")
}

/// Continuations that found rows of a trial in what they recovered: each has made a row for the attempt cut short. One
/// that was killed itself leaves several recoveries to the next.
fn continuations_with_rows(session: &Path) -> usize {
    let text = |place: &str, table: &str| std::fs::read_to_string(session.join(place).join(table));
    let row = |line: &str| line.starts_with(|c: char| c.is_ascii_digit());
    let rows = |place: &str, table: &str| text(place, table).is_ok_and(|text| text.lines().any(row));
    let cut = |place: &str| ["frames.csv", "trials.csv", "world.csv"].iter().any(|table| rows(place, table));
    let events: Vec<EventRow> = read::table(&SessionFolder(session.to_path_buf())).unwrap_or_default();
    let continued = events.iter().filter(|event| event.event.as_str() == "session_continued");
    continued.filter(|event| event.detail.as_str().split(", ").skip(1).any(cut)).count()
}

#[test]
fn nothing_acknowledged_is_lost() {
    let kills: usize = std::env::var("KERBSIDE_KILLS").map_or(200, |n| n.parse().unwrap());
    let people = kills.div_ceil(KILLS_PER_SESSION) + 1;
    let folder = tempfile::tempdir().unwrap();
    let (study, data, mut codes) = enrolled(folder.path(), STUDY, people);
    // How long a session takes here and now: kills fall anywhere within it.
    let began = Instant::now();
    good(&["run", &study, "--participant", &codes.pop().unwrap(), "--data", &data]);
    let whole_us = u64::try_from(began.elapsed().as_micros()).unwrap();
    let mut rng = Rng::named(&["kills"]);
    let mut cut_short = 0;
    for code in &codes {
        let args = ["run", &study, "--participant", code, "--data", &data, "--json"];
        let session = Path::new(&data).join("sessions").join(format!("{code}-1"));
        for kill in 0..KILLS_PER_SESSION {
            // Every other one early, so that it falls into the recovery from the one before.
            let longest_us = if kill % 2 == 0 { whole_us } else { whole_us / 8 };
            let acknowledged = killed(&args, Duration::from_micros(rng.below(longest_us)));
            let before = trials(&session).len();
            assert!(before as u64 >= acknowledged, "{code}: {acknowledged} acknowledged, {before} there");
            if acknowledged > 0 {
                let said = good(&["verify", session.to_str().unwrap()]);
                assert!(said.contains("whole"), "{said}");
            }
        }
        let output = ran(&args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() || said.contains("has finished every session"), "{code}: {said}");
        assert!(state(&data, code).ends_with(",done"), "{code}: {}", state(&data, code));
        let rows = trials(&session);
        let whole: Vec<u32> =
            rows.iter().filter(|row| row.outcome != TrialOutcome::Interrupted).map(|row| row.plan_n).collect();
        let once: BTreeSet<u32> = whole.iter().copied().collect();
        assert_eq!((whole.len(), once.len()), (TRIALS, TRIALS), "{code}: every trial once");
        cut_short += rows.len() - whole.len();
        let recovered = continuations_with_rows(&session);
        assert_eq!(rows.len() - whole.len(), recovered, "{code}: each cut attempt has its row");
        for (row, n) in rows.iter().zip(1..) {
            assert_eq!(row.trial_n, n, "{code}");
        }
    }
    assert!(cut_short * 20 >= kills, "{cut_short} of {kills} kills met a trial: choose other delays");
    assert!(good(&["verify", &data]).contains("whole"));
    good(&["measure", &data]);
    good(&["replay", &data]);
    println!("{kills} kills, {cut_short} of them within a trial");
}
