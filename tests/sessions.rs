//! Sessions as an experimenter meets them: questions at the terminal, keys, changes, drop-outs, pilots, mirrors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/program.rs"]
mod program;

use kerbside::desk::{Lines, Simulated};
use kerbside::headset::Pacing;
use kerbside::kernel::participant::Calibration;
use kerbside::kernel::seams::{Description, HeadFrame, Headset, Scene};
use kerbside::kernel::setup::Setup;
use kerbside::kernel::time::DisplayTime;
use kerbside::lab::{self, Devices, HeadsetChoice, Observer, Opened, Order, Overrides, Who, WorldChoice};
use kerbside::problem::{Outcome, Place, Problem};
use kerbside::record::Head;
use kerbside::record::folder::{DataFolder, SessionFolder};
use kerbside::record::read;
use kerbside::record::sound::Sound;
use kerbside::table::{AnswerRow, AnswerSource, ClockRow, EventRow, Occasion, TrialOutcome, TrialRow, TruthRow};
use program::{STUDY, TRIALS, enrolled, good, kerbside, ran, refused};
use serde_json::Value;
use std::cell::RefCell;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

fn table<T: Sound>(data: &str, session: &str) -> Vec<T> {
    read::table(&SessionFolder(Path::new(data).join("sessions").join(session))).unwrap()
}

/// Types an answer to each prompt of `kerbside run --desk terminal`; `answer` is given all that was said since the
/// last prompt. What the program said, and how it ended.
fn typed(args: &[&str], mut answer: impl FnMut(&str) -> Option<String>) -> (String, ExitStatus) {
    let mut child = kerbside(args)
        .args(["--desk", "terminal"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let (mut stdin, mut stderr) = (child.stdin.take(), child.stderr.take().unwrap());
    let (mut all, mut since, mut byte) = (Vec::new(), 0, [0_u8]);
    while stderr.read(&mut byte).unwrap() == 1 {
        all.push(byte[0]);
        let said = String::from_utf8_lossy(&all[since..]).into_owned();
        if ["> ", "[yes/no] ", "[Enter to go on] ", "shows the keys] "].iter().any(|prompt| said.ends_with(prompt)) {
            since = all.len();
            match answer(&said) {
                Some(line) => writeln!(stdin.as_mut().unwrap(), "{line}").unwrap(),
                None => stdin = None,
            }
        }
    }
    (String::from_utf8(all).unwrap(), child.wait().unwrap())
}

/// Agrees, goes on, and gives the middle answer.
fn plainly(said: &str) -> String {
    if said.ends_with("[yes/no] ") {
        "yes".into()
    } else if said.ends_with("[Enter to go on] ") {
        String::new()
    } else {
        "1".into()
    }
}

/// A study without the pause, which a person would have to wait for.
fn unhurried() -> String {
    STUDY.replace("least_s = 5", "least_s = 0")
}

#[test]
fn questions_are_asked_at_the_terminal_and_kept_with_their_times() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), &unhurried(), 1);
    let args = ["run", &study, "--participant", &codes[0], "--data", &data];
    let mut asked = 0;
    let (said, status) = typed(&args, |said| {
        asked += 1;
        // The first question of all is MISC: what is no answer is refused and asked again; a key is kept for later.
        Some(match asked {
            3 => "eleven".into(),
            4 => ":n the headset slipped".into(),
            5 => "2".into(),
            _ => plainly(said),
        })
    });
    assert!(status.success(), "{said}");
    assert!(said.contains("You may stop at any time.") && said.contains("Cross when you feel safe."), "{said}");
    assert!(said.contains("Please answer with a whole number from 0 to 10"), "{said}");
    let session = format!("{}-1", codes[0]);
    let answers: Vec<AnswerRow> = table(&data, &session);
    let of = |occasion| answers.iter().filter(move |row| row.occasion == occasion);
    assert_eq!(of(Occasion::Before).map(|row| row.value.as_str()).collect::<Vec<_>>(), ["2"]);
    assert_eq!(of(Occasion::Block).map(|row| row.block_n).collect::<Vec<_>>(), [Some(1), Some(2)]);
    assert_eq!(of(Occasion::After).count(), 9, "Van der Laan has nine items");
    assert_eq!(of(Occasion::Trial).map(|row| row.trial_n.unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    for row in &answers {
        assert_eq!(row.source, AnswerSource::Terminal);
        assert!(row.answered_display_time_ns > row.shown_display_time_ns, "{row:?}");
        assert!(!row.simulated, "a person typed it");
    }
    let events: Vec<EventRow> = table(&data, &session);
    let note = events.iter().find(|event| event.event.as_str() == "note").unwrap();
    assert_eq!(note.detail.as_str(), "the headset slipped");
    let clocks: Vec<ClockRow> = table(&data, &session);
    let with_note = clocks.iter().filter(|row| row.trial_n.is_none() && !row.wall_time_utc.is_na());
    assert_eq!(with_note.count(), 2, "consent and note have their wall time");
    good(&["verify", &data]);
    good(&["replay", &data, "--check"]);
    good(&["replay", &data, "--resimulate"]);
    good(&["measure", &data]);
    let scores = std::fs::read_to_string(Path::new(&data).join("derived/scores.csv")).unwrap();
    assert!(scores.contains("van_der_laan") && scores.contains("misc"), "{scores}");
}

#[test]
fn who_goes_back_at_the_terminal_revises_and_the_revision_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), &unhurried(), 1);
    let args = ["run", &study, "--participant", &codes[0], "--data", &data];
    let mut back = 0;
    let (said, status) = typed(&args, |said| {
        // At the first of nine there is nothing to go back to; at the third one goes back twice.
        if said.contains("1/9") && back == 0 {
            back = 1;
            return Some("<".into());
        }
        if said.contains("3/9") && back == 1 || said.contains("2/9") && back == 2 {
            back += 1;
            return Some("<".into());
        }
        // The first is changed, the second kept by Enter.
        Some(match (said.contains("answered so far: 1; Enter keeps it"), said.contains("1/9")) {
            (true, true) => "-2".into(),
            (true, false) => String::new(),
            _ => plainly(said),
        })
    });
    assert!(status.success() && back == 3, "{back} {said}");
    assert!(said.contains("there is no question before this one"), "{said}");
    let answers: Vec<AnswerRow> = table(&data, &format!("{}-1", codes[0]));
    let after: Vec<_> = answers
        .iter()
        .filter(|row| row.occasion == Occasion::After)
        .map(|row| (row.item.as_str(), row.value.as_str(), row.revision_n))
        .collect();
    assert_eq!(after[..4], [("vdl1", "1", 1), ("vdl2", "1", 1), ("vdl1", "-2", 2), ("vdl3", "1", 1)]);
    assert_eq!(after.len(), 10);
    good(&["verify", &data]);
    good(&["replay", &data, "--check"]);
    good(&["measure", &data]);
    // Usefulness by hand, reversed items with their sign turned: vdl1 2, vdl3 1, vdl5 -1, vdl7 -1, vdl9 -1; mean 0.
    let scores = std::fs::read_to_string(Path::new(&data).join("derived/scores.csv")).unwrap();
    let line = scores.lines().find(|line| line.contains("usefulness")).unwrap();
    assert!(line.split(',').any(|cell| cell.parse::<f64>() == Ok(0.0)), "{line}");
}

#[test]
fn a_session_that_is_left_goes_on_at_the_next_question() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), &unhurried(), 1);
    let args = ["run", &study, "--participant", &codes[0], "--data", &data];
    let session = format!("{}-1", codes[0]);
    // The terminal goes away at each question in turn, from the consent on.
    let mut runs = 0;
    loop {
        runs += 1;
        let mut left = false;
        let mut asked = 0;
        let (said, status) = typed(&args, |said| {
            asked += 1;
            left = asked > 1;
            (!left).then(|| plainly(said))
        });
        if status.success() {
            break;
        }
        assert_eq!(status.code(), Some(1), "{said}");
        assert!(said.contains("the same command continues it"), "{said}");
        assert!(runs < 60, "it goes on: {said}");
    }
    assert!(runs > 15, "{runs}");
    let trials: Vec<TrialRow> = table(&data, &session);
    assert_eq!(trials.len(), TRIALS, "no trial was cut or repeated");
    let answers: Vec<AnswerRow> = table(&data, &session);
    let mut keys: Vec<_> = answers.iter().map(|a| (a.trial_n, a.occasion, a.block_n, a.item.as_str())).collect();
    let n = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!((keys.len(), n), (1 + 2 + 9 + TRIALS, 1 + 2 + 9 + TRIALS), "every question once");
    good(&["verify", &data]);
    good(&["replay", &data]);
}

#[test]
fn keys_of_the_operator() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), &unhurried(), 1);
    let args = ["run", &study, "--participant", &codes[0], "--data", &data];
    let mut asked = 0;
    let (said, status) = typed(&args, |said| {
        asked += 1;
        // Keys typed at a question wait until it is answered.
        Some(match asked {
            // 1 consent, 2 text, 3 misc, 4 the item after the first trial
            4 => ":r a phone rang".into(),
            5 => ":d the door was open".into(),
            6 => ":p".into(),
            _ if said.ends_with("shows the keys] ") => "c".into(),
            _ => plainly(said),
        })
    });
    assert!(status.success(), "{said}");
    let session = format!("{}-1", codes[0]);
    let trials: Vec<TrialRow> = table(&data, &session);
    assert_eq!(trials.len(), TRIALS + 1);
    assert_eq!((trials[0].plan_n, trials[1].plan_n), (1, 1), "the first was repeated");
    assert_eq!(trials[1].redo_of_trial_n, Some(1));
    assert_eq!((trials[1].attempt_n, trials[1].redo_reason.as_str()), (2, "a phone rang"));
    let events: Vec<EventRow> = table(&data, &session);
    let named = |name: &str| events.iter().filter(|event| event.event.as_str() == name).count();
    assert_eq!((named("redo"), named("deviation"), named("pause")), (1, 1, 2), "one pause is between the blocks");
    good(&["verify", &data]);
    good(&["replay", &data]);
    let collected = good(&["collect", &data]);
    assert!(collected.contains("repeated"), "{collected}");
}

#[test]
fn consent_refused_ends_the_session_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), STUDY, 1);
    let args = ["run", &study, "--participant", &codes[0], "--data", &data];
    let mut asked = 0;
    let (said, status) = typed(&args, |_| {
        asked += 1;
        Some(if asked == 1 { "no" } else { "yes" }.into())
    });
    assert!(status.success(), "{said}");
    assert!(table::<TrialRow>(&data, &format!("{}-1", codes[0])).is_empty());
    assert!(refused(&args).contains("finished"));
    assert!(good(&["status", &data]).contains("stopped"));
    good(&["verify", &data]);
}

#[test]
fn who_may_run_what() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), STUDY, 2);
    let run = |code: &str| ran(&["run", &study, "--participant", code, "--data", &data]);
    let said = |code: &str| String::from_utf8(run(code).stderr).unwrap();
    assert!(said("ANNA").contains("is not a participant's code"));
    assert!(said("H7777P").contains("is not enrolled"));
    assert!(run(&codes[0]).status.success());
    assert!(said(&codes[0]).contains("has finished every session"));
    good(&["drop", &codes[1], "--data", &data, "--reason", "moved away"]);
    assert!(said(&codes[1]).contains("dropped"));
    let again = good(&["enrol", &study, "--data", &data]);
    assert!(again.contains("row 2 of the plan"), "the row is taken over: {again}");
    assert!(refused(&["drop", &codes[1], "--data", &data, "--reason", "again"]).contains("dropped"));
    assert!(refused(&["drop", &codes[0], "--data", &data, "--reason", " "]).contains("no reason"));
    // A pilot needs no enrolment and takes no row.
    good(&["run", &study, "--participant", "H7777P", "--data", &data, "--pilot"]);
    assert!(good(&["enrol", &study, "--data", &data]).contains("row 3 of the plan"));
    let said = refused(&["run", &study, "--participant", &codes[0], "--data", &data, "--pilot"]);
    assert!(said.contains("a pilot would be mixed with real data"), "{said}");
    good(&["verify", &data]);
}

#[test]
fn a_changed_study_needs_a_reason_and_both_parts_are_measured() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), &unhurried(), 2);
    let args = ["run", &study, "--participant", &codes[0], "--data", &data];
    let mut asked = 0;
    let (_, status) = typed(&args, |said| {
        asked += 1;
        (asked < 6).then(|| plainly(said))
    });
    assert_eq!(status.code(), Some(1));
    std::fs::write(&study, unhurried().replace("decel_mps2 = 0.9", "decel_mps2 = 0.95")).unwrap();
    let terminal = ["run", &study, "--participant", &codes[0], "--data", &data, "--desk", "terminal"];
    let said = refused(&terminal);
    assert!(said.contains("another study, map or version") && said.contains("--accept-change"), "{said}");
    let (said, status) = typed(
        &["run", &study, "--participant", &codes[0], "--data", &data, "--accept-change", "brakes adjusted"],
        |said| Some(plainly(said)),
    );
    assert!(status.success(), "{said}");
    assert!(said.contains("accepted change: the study"), "{said}");
    let session = format!("{}-1", codes[0]);
    let events: Vec<EventRow> = table(&data, &session);
    let accepted = events.iter().find(|event| event.event.as_str() == "change_accepted").unwrap();
    assert!(accepted.detail.as_str().ends_with("brakes adjusted"), "{accepted:?}");
    good(&["verify", &data]);
    good(&["replay", &data]);
    good(&["measure", &data]);
    let measures = std::fs::read_to_string(Path::new(&data).join("derived/measures.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(measures.as_bytes());
    let at = reader.headers().unwrap().iter().position(|name| name == "commanded_decel_mps2").unwrap();
    let decels: Vec<String> = reader.records().map(|row| row.unwrap()[at].to_owned()).collect();
    assert!(decels.iter().any(|d| d == "0.9") && decels.iter().any(|d| d == "0.95"), "{decels:?}");
    // Another participant with the new version: the folder holds the old one too.
    let other = ["run", &study, "--participant", &codes[1], "--data", &data];
    let said = good(&[&other[..], &["--accept-change", "brakes adjusted"]].concat());
    assert!(said.contains("done"), "{said}");
    good(&["measure", &data]);
    assert!(good(&["status", &data]).contains("change_accepted"));
}

#[test]
fn a_mirror_holds_the_same_session() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), STUDY, 1);
    let mirror = folder.path().join("mirror").display().to_string();
    good(&["run", &study, "--participant", &codes[0], "--data", &data, "--mirror", &mirror]);
    assert!(good(&["verify", &mirror]).contains("whole"));
    let of = |data: &str| std::fs::read(Path::new(data).join(format!("sessions/{}-1/world.csv", codes[0]))).unwrap();
    assert_eq!(of(&data), of(&mirror));
}

#[test]
fn practice_goes_on_until_its_criterion() {
    let folder = tempfile::tempdir().unwrap();
    let practice = "trials = 1\ncriterion = { in_a_row = 2, outcomes = [\"before\", \"after\"], most_trials = 6 }";
    let text = STUDY.replacen("[practice]\ntrials = 1", &format!("[practice]\n{practice}"), 1);
    let (study, data, codes) = enrolled(folder.path(), &text, 6);
    for code in &codes {
        good(&["run", &study, "--participant", code, "--data", &data]);
        let trials: Vec<TrialRow> = table(&data, &format!("{code}-1"));
        let practice: Vec<TrialOutcome> = trials.iter().filter(|t| t.block_n.is_none()).map(|t| t.outcome).collect();
        let good = |outcome: &TrialOutcome| matches!(outcome, TrialOutcome::Before | TrialOutcome::After);
        let first = practice.windows(2).position(|two| two.iter().all(good));
        match first {
            Some(at) => assert_eq!(practice.len(), at + 2, "{code}: it ends with the second good one in a row"),
            None => assert_eq!(practice.len(), 6, "{code}: {practice:?}"),
        }
        assert_eq!(trials.len() - practice.len(), TRIALS - 1, "{code}: the blocks are whole");
    }
    good(&["replay", &data]);
    let impossible = text
        .replace("[\"before\", \"after\"]", "[\"never\"]")
        .replace("most_trials = 6", "most_trials = 6, or_end = true");
    let other = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(other.path(), &impossible, 1);
    let said = good(&["run", &study, "--participant", &codes[0], "--data", &data]);
    assert!(said.contains("the criterion of practice was not met in 6 trials"), "{said}");
}

#[test]
fn a_stop_rule_ends_a_session() {
    let folder = tempfile::tempdir().unwrap();
    let text = unhurried() + "\n[[stop_rules]]\ninstrument = \"misc\"\nitem = \"misc\"\nat_least = 6\n";
    let (study, data, codes) = enrolled(folder.path(), &text, 1);
    let args = ["run", &study, "--participant", &codes[0], "--data", &data];
    let mut asked = 0;
    let (said, status) = typed(&args, |said| {
        asked += 1;
        Some(if asked == 3 { "7".into() } else { plainly(said) })
    });
    assert!(status.success(), "{said}");
    assert!(said.contains("misc is 7") && said.contains("End the session?"), "{said}");
    assert!(table::<TrialRow>(&data, &format!("{}-1", codes[0])).is_empty());
    assert!(good(&["status", &data]).contains("stop_rule"));
}

#[test]
fn the_locale_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), STUDY, 1);
    good(&["run", &study, "--participant", &codes[0], "--data", &data]);
    let german = folder.path().join("german").display().to_string();
    let args = ["run", &study, "--participant", &codes[0], "--data", &german, "--pilot"];
    let done = kerbside(&args).env("LC_ALL", "de_DE.UTF-8").env("LANG", "de_DE.UTF-8").output().unwrap();
    assert!(done.status.success());
    for table in ["frames.csv", "world.csv", "answers.csv", "events.csv"] {
        let of = |data: &str| std::fs::read(Path::new(data).join(format!("sessions/{}-1/{table}", codes[0]))).unwrap();
        assert_eq!(of(&data), of(&german), "{table}");
    }
}

#[test]
fn two_stations_cannot_run_one_session() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), &unhurried(), 1);
    let args = ["run", &study, "--participant", &codes[0], "--data", &data];
    let mut tried = None;
    typed(&args, |said| {
        tried.get_or_insert_with(|| refused(&[&args[..], &["--desk", "terminal"]].concat()));
        Some(plainly(said))
    });
    let said = tried.unwrap();
    assert!(said.contains("the session is being recorded"), "{said}");
    good(&["verify", &data]);
}

#[test]
fn a_redo_that_is_cut_off_waits_until_it_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), &unhurried(), 1);
    let args = ["run", &study, "--participant", &codes[0], "--data", &data];
    let mut asked = 0;
    let (said, status) = typed(&args, |said| {
        asked += 1;
        // After the first trial its item is asked: the redo is ordered, then everything is left at once.
        match asked {
            4 => Some(":r a phone rang".into()),
            5 => Some(":s".into()),
            _ => Some(plainly(said)),
        }
    });
    assert_eq!(status.code(), Some(1), "{said}");
    let session = format!("{}-1", codes[0]);
    assert_eq!(table::<TrialRow>(&data, &session).len(), 1, "{said}");
    let (said, status) = typed(&args, |said| Some(plainly(said)));
    assert!(status.success(), "{said}");
    let trials: Vec<TrialRow> = table(&data, &session);
    assert_eq!(trials.len(), TRIALS + 1);
    assert_eq!((trials[1].plan_n, trials[1].redo_reason.as_str()), (1, "a phone rang"));
    good(&["replay", &data]);
}

#[test]
fn a_change_that_moves_trials_is_refused_in_a_session_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), &unhurried(), 1);
    let args = ["run", &study, "--participant", &codes[0], "--data", &data];
    let mut asked = 0;
    let (_, status) = typed(&args, |said| {
        asked += 1;
        (asked < 7).then(|| plainly(said))
    });
    assert_eq!(status.code(), Some(1));
    let moved = unhurried().replace("[practice]\ntrials = 1", "[practice]\ntrials = 3");
    std::fs::write(&study, moved).unwrap();
    let said = refused(&[&args[..], &["--desk", "terminal", "--accept-change", "more practice"]].concat());
    assert!(said.contains("is another trial in the changed study"), "{said}");
}

#[test]
fn a_changed_study_does_not_stop_recruitment_and_who_drops_out_stays_out() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), &unhurried(), 2);
    good(&["run", &study, "--participant", &codes[0], "--data", &data]);
    std::fs::write(&study, unhurried() + "# a comment\n").unwrap();
    good(&["enrol", &study, "--data", &data]);
    refused(&["run", &study, "--participant", &codes[1], "--data", &data]);
    good(&["run", &study, "--participant", &codes[1], "--data", &data, "--accept-change", "a comment"]);
    let third = good(&["enrol", &study, "--data", &data, "--json"]);
    let third: serde_json::Value = serde_json::from_str(&third).unwrap();
    let third = third["enrolled"][0]["participant"].as_str().unwrap();
    // Accepted once for the folder, it needs no reason again.
    good(&["run", &study, "--participant", third, "--data", &data]);
    good(&["collect", &data]);
    let other = unhurried().replace("small-session", "another-study");
    std::fs::write(&study, other).unwrap();
    assert!(refused(&["enrol", &study, "--data", &data]).contains("holds sessions of the study 'small-session'"));
}

#[test]
fn a_changed_questionnaire_is_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let said = good(&["instruments", "misc", "--text"]);
    assert!(said.contains("schema"), "{said}");
    let mood = said.replacen("\"misc\"", "\"mood\"", 1);
    assert_ne!(mood, said, "its id is its own");
    std::fs::write(folder.path().join("mood.toml"), &mood).unwrap();
    let text = unhurried().replace("before = [\"misc\"]", "before = [\"mood\"]")
        + "\n[instruments.mood]\nfile = \"mood.toml\"\n";
    let (study, data, codes) = enrolled(folder.path(), &text, 2);
    good(&["run", &study, "--participant", &codes[0], "--data", &data]);
    std::fs::write(folder.path().join("mood.toml"), mood + "# another wording\n").unwrap();
    let said = refused(&["run", &study, "--participant", &codes[1], "--data", &data]);
    assert!(said.contains("--accept-change"), "{said}");
    good(&["measure", &data]);
}

#[test]
fn a_changed_map_is_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let map = include_str!("../maps/alcala_street.xodr");
    std::fs::write(folder.path().join("street.xodr"), map).unwrap();
    let text = unhurried().replace("builtin:alcala_street", "street.xodr");
    let (study, data, codes) = enrolled(folder.path(), &text, 2);
    good(&["run", &study, "--participant", &codes[0], "--data", &data]);
    std::fs::write(folder.path().join("street.xodr"), format!("{map}<!-- surveyed anew -->\n")).unwrap();
    let args = ["run", &study, "--participant", &codes[1], "--data", &data];
    assert!(refused(&args).contains("another study, map or version"));
    good(&[&args[..], &["--accept-change", "surveyed anew"]].concat());
    good(&["measure", &data]);
}

#[test]
fn a_register_that_was_emptied_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), STUDY, 1);
    good(&["run", &study, "--participant", &codes[0], "--data", &data]);
    let register = Path::new(&data).join("register.csv");
    let text = std::fs::read_to_string(&register).unwrap();
    let header = text.split_inclusive('\n').next().unwrap();
    for left in ["", header] {
        std::fs::write(&register, left).unwrap();
        let said = refused(&["enrol", &study, "--data", &data]);
        assert!(said.contains("register.csv") && said.contains("cut off or emptied"), "{said}");
    }
}

#[test]
fn a_pilot_runs_in_a_folder_of_its_own_and_a_reason_has_words() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("study.toml");
    std::fs::write(&study, STUDY).unwrap();
    let (study, data) = (study.display().to_string(), folder.path().join("pilot").display().to_string());
    good(&["run", &study, "--participant", "H7777P", "--data", &data, "--pilot"]);
    good(&["verify", &data]);
    assert!(good(&["enrol", &study, "--data", &data]).contains("row 1 of the plan"));
    let said = ran(&["run", &study, "--participant", "H7777P", "--data", &data, "--accept-change", " "]);
    assert_eq!(said.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn after_ctrl_c_the_trial_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), STUDY, 1);
    let args = ["run", &study, "--participant", &codes[0], "--data", &data, "--json"];
    // In real time the first trial lasts for seconds: Ctrl-C falls into it.
    let mut child = kerbside(&[&args[..], &["--pacing", "realtime"]].concat()).stdout(Stdio::piped()).spawn().unwrap();
    let mut opened = String::new();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut stdout, &mut opened).unwrap();
    assert!(opened.contains("\"opened\""), "{opened}");
    std::thread::sleep(std::time::Duration::from_secs(1));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let session = format!("{}-1", codes[0]);
    let trials: Vec<TrialRow> = table(&data, &session);
    assert_eq!((trials.len(), trials[0].outcome), (1, TrialOutcome::Aborted), "sealed as it stood");
    good(&args);
    let trials: Vec<TrialRow> = table(&data, &session);
    assert_eq!((trials.len(), trials[1].plan_n), (TRIALS + 1, trials[0].plan_n));
    assert_eq!(trials[1].redo_reason.as_str(), "interrupted (Ctrl-C)");
    good(&["verify", &data]);
    good(&["replay", &data]);
}

/// The simulated headset on a machine that is too slow: of each trial's frames so many in a hundred are late. It breaks
/// at the trial for which no share is given.
struct Slow {
    inner: Box<dyn Headset>,
    late_in_100: &'static [u32],
    /// Of each trial so far, late frames and all frames with traffic.
    seen: Rc<RefCell<Vec<(u32, u32)>>>,
    frame: u32,
    late: bool,
}

impl Headset for Slow {
    fn describe(&self) -> Description {
        self.inner.describe()
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        if self.seen.borrow().len() == self.late_in_100.len() {
            return Err(Problem::new(Place::default(), "the headset is gone", "plug it in"));
        }
        self.seen.borrow_mut().push((0, 0));
        self.inner.begin_trial(setup)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        self.late = self.frame % 100 < self.late_in_100[self.seen.borrow().len() - 1];
        // Through the hundred in strides: late frames are everywhere in a trial.
        self.frame += 37;
        Ok(HeadFrame { late: self.late, ..self.inner.wait_frame()? })
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        if scene.world_time.is_some() {
            let mut seen = self.seen.borrow_mut();
            let (late, all) = seen.last_mut().unwrap();
            *late += u32::from(self.late);
            *all += 1;
        }
        self.inner.present(scene)
    }

    fn resume_at(&mut self, at: DisplayTime) {
        self.inner.resume_at(at);
    }

    fn truth(&mut self) -> Vec<TruthRow> {
        self.inner.truth()
    }
}

struct Unobserved;

impl Observer for Unobserved {
    fn opened(&mut self, _opened: &Opened) -> Outcome<()> {
        Ok(())
    }
    fn sealed(&mut self, _head: &Head) {}
}

/// Runs somebody's first trials in such a headset, until it breaks; late frames and all frames of each.
fn run_slowly(study: &str, data: &str, (code, plan_row): (&str, u32), late_in_100: &'static [u32]) -> Vec<(u32, u32)> {
    static NEVER: AtomicBool = AtomicBool::new(false);
    let text = std::fs::read_to_string(study).unwrap();
    let prepared = lab::prepare(study, &text, &Overrides::default()).unwrap();
    let data = DataFolder(data.into());
    let who = Who { participant: code.into(), plan_row, session_n: 1, pilot: false };
    let order = Order {
        prepared: &prepared,
        who: &who,
        headset: &HeadsetChoice::Simulated,
        world: &WorldChoice::Embedded,
        pacing: Pacing::Lockstep,
        data: &data,
        mirror: None,
        items_at_desk: false,
        spectator: false,
        interrupted: &NEVER,
        accept_change: None,
    };
    let seen = Rc::new(RefCell::new(Vec::new()));
    let mut opens = |order: &Order<'_>| {
        let Devices { headset, booth } = lab::devices(order)?;
        let headset = Slow { inner: headset, late_in_100, seen: seen.clone(), frame: 0, late: false };
        Ok(Devices { headset: Box::new(headset), booth })
    };
    let mut desk = Simulated::new(prepared.seed, code, Lines::none(&NEVER));
    let broke = lab::attend_with(&order, &mut desk, &mut Unobserved, &mut opens).unwrap_err();
    assert!(broke.to_string().contains("the headset is gone"), "{broke}");
    seen.take()
}

#[test]
fn a_session_with_late_frames_says_so_at_its_end_and_in_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let (study, data, codes) = enrolled(folder.path(), STUDY, 3);
    let ended = |code: &str| {
        let said = good(&["run", &study, "--participant", code, "--data", &data, "--json"]);
        let ended: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
        assert_eq!(ended["event"], "ended", "{said}");
        ended
    };
    // Four trials: a third of the frames late, none, nearly half, about one in a hundred. Then the headset breaks.
    let seen = run_slowly(&study, &data, (&codes[0], 1), &[33, 0, 45, 1]);
    let [first, (0, _), worst, few] = seen[..] else { panic!("{seen:?}") };
    let share = |(late, all): (u32, u32)| f64::from(late) / f64::from(all);
    assert!(share(first) > 0.1 && share(worst) > share(first), "{seen:?}");
    let more_than_few = 2 + u64::from(share(few) > 0.01);
    let status = || serde_json::from_str::<Value>(&good(&["status", &data, "--json"])).unwrap()["people"].take();
    let begun = &status()[0]["sessions"][0];
    let told = |late: &Value, of_trials: &Value| {
        assert_eq!((late["trials"].as_u64(), &late["of_trials"]), (Some(more_than_few), of_trials), "{late}");
        assert_eq!((late["worst_share"].as_f64(), late["worst_trial_n"].as_u64()), (Some(share(worst)), Some(3)));
    };
    assert!(begun["trials"].as_u64() >= Some(4), "{begun}");
    told(&begun["late_frames"], &begun["trials"]);
    // Gone on with in a headset that is in time: the end tells of the whole session.
    let end = ended(&codes[0]);
    assert!(end["trials"].as_u64() >= Some(TRIALS as u64), "{end}");
    told(&end["late_frames"], &end["trials"]);
    let (trials, percent) = (&end["trials"], 100.0 * share(worst));
    let words = format!("late frames over 1 % in {more_than_few} of {trials} trials, up to {percent:.1} % (trial 3)");
    let said = good(&["status", &data]);
    assert!(said.contains(&words), "{words}\n{said}");
    // The same for people.
    run_slowly(&study, &data, (&codes[1], 2), &[33]);
    let said = good(&["run", &study, "--participant", &codes[1], "--data", &data]);
    assert!(said.contains("late frames:    over 1 % in 1 of "), "{said}");
    // A simulated headset has none, and nothing is said.
    assert_eq!(ended(&codes[2])["late_frames"], Value::Null);
    assert_eq!(status()[2]["sessions"][0]["late_frames"], Value::Null);
    good(&["verify", &data]);
}
