//! Several stations share one register: a thousand enrolments at once, and stations that die in the middle.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kerbside::record::folder::DataFolder;
use kerbside::record::register::{self, change, drop_out, enrol};
use kerbside::record::roster::{Person, Roster};
use kerbside::table::RegisterRow;
use std::collections::BTreeSet;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};

/// The environment that makes this test program a station of its own.
const STATION: &str = "KERBSIDE_TEST_STATION";

fn one(data: &DataFolder, code: &str) -> u32 {
    let enrolled = enrol(data, &mut |_| Ok(code.to_owned()), &|row| ["a", "b"][row as usize % 2].into(), None);
    enrolled.unwrap_or_else(|found| panic!("{code}: {found}")).person.plan_row
}

/// Not a test of its own: what a station does when another test starts this program again.
#[test]
fn station() {
    let Ok(order) = std::env::var(STATION) else { return };
    let parts: Vec<&str> = order.splitn(3, '|').collect();
    let (name, n, data) = (parts[0], parts[1].parse::<u32>().unwrap(), DataFolder(parts[2].into()));
    for i in 0..n {
        one(&data, &format!("{name}{i}"));
    }
}

fn start(name: &str, n: u32, data: &DataFolder) -> Child {
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["station", "--exact", "--quiet"]).stdout(std::process::Stdio::null());
    program.env(STATION, format!("{name}|{n}|{}", data.0.display())).spawn().unwrap()
}

/// The register's rows; no code and no row of the plan is there twice.
fn must_be_whole(data: &DataFolder) -> Vec<RegisterRow> {
    let checked = register::check(data).unwrap();
    assert!(checked.problems.0.is_empty(), "{}", checked.problems);
    let codes: BTreeSet<&str> = checked.rows.iter().map(|row| row.participant.as_str()).collect();
    let plan: BTreeSet<u32> = checked.rows.iter().map(|row| row.plan_row).collect();
    assert_eq!((codes.len(), plan.len()), (checked.rows.len(), checked.rows.len()), "given twice");
    assert_eq!(plan.last().copied().unwrap_or(0) as usize, plan.len(), "no row of the plan is left out");
    checked.rows
}

#[test]
fn a_thousand_enrolments_from_two_stations_and_four_threads_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataFolder(dir.path().join("data"));
    let stations = [start("S", 300, &data), start("T", 300, &data)];
    let next = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(i) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|i| *i < 400) {
                    one(&data, &format!("U{i}"));
                }
            });
        }
    });
    for mut station in stations {
        assert!(station.wait().unwrap().success());
    }
    assert_eq!(must_be_whole(&data).len(), 1000);
}

#[test]
fn stations_killed_in_the_middle_leave_a_register_that_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataFolder(dir.path().join("data"));
    for round in 0..10_u64 {
        let mut stations = [start(&format!("K{round}x"), 10_000, &data), start(&format!("L{round}x"), 10_000, &data)];
        std::thread::sleep(std::time::Duration::from_millis(30 + 17 * round));
        for station in &mut stations {
            station.kill().unwrap();
            station.wait().unwrap();
        }
        one(&data, &format!("after{round}"));
        must_be_whole(&data);
    }
}

fn code_of(n: u32) -> impl FnMut(&[RegisterRow]) -> kerbside::problem::Outcome<String> {
    move |_| Ok(format!("P{n}"))
}

fn group(row: u32) -> String {
    ["a", "b"][(row as usize + 1) % 2].to_owned()
}

#[test]
fn a_place_left_is_filled_first_and_the_balance_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataFolder(dir.path().join("data"));
    let give = |n: u32, wanted: Option<&str>| enrol(&data, &mut code_of(n), &group, wanted).unwrap().person.plan_row;
    assert_eq!((1..=6).map(|n| give(n, None)).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    drop_out(&data, "P5", "withdrawn", "moved away").unwrap();
    drop_out(&data, "P2", "dropped", "sickness").unwrap();
    // Rows 1, 3, 5 are group a; 2, 4, 6 group b.
    assert_eq!(give(7, Some("a")), 5, "the place that is free in the wanted group");
    assert_eq!(give(8, None), 2, "the lowest that is free");
    assert_eq!(give(9, None), 7);
    drop_out(&data, "P8", "dropped", "no show").unwrap();
    assert_eq!(give(10, None), 2, "free again");
    assert_eq!(give(11, Some("a")), 9, "the next of that group: 8 is of b and stays free");
    assert_eq!(give(12, None), 8);
    let roster = Roster::of(&register::check(&data).unwrap().rows);
    let taking_part: Vec<&Person> = roster.people.iter().filter(|person| !person.is_out()).collect();
    let rows: BTreeSet<u32> = taking_part.iter().map(|person| person.plan_row).collect();
    assert_eq!((rows.into_iter().collect::<Vec<_>>(), taking_part.len()), ((1..=9).collect(), 9));
    let said = enrol(&data, &mut code_of(99), &group, Some("c")).unwrap_err().to_string();
    assert!(said.contains("no row of the plan is of group 'c'"), "{said}");
}

#[test]
fn what_cannot_follow_is_refused_one_case_a_line() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataFolder(dir.path().join("data"));
    for n in 1..=4 {
        enrol(&data, &mut code_of(n), &group, None).unwrap();
    }
    let enter = |code: &str, plan_row: u32, session_n: Option<u32>, state: &'static str| {
        let row = register::row(&Person::new(code, plan_row, ""), session_n, state, "", "");
        change(&data, |_| Ok(vec![row]))
    };
    drop_out(&data, "P2", "dropped", "sickness").unwrap();
    enter("P3", 3, Some(1), "running").unwrap();
    enter("P3", 3, Some(1), "running").unwrap(); // continued after a crash
    enter("P3", 3, Some(1), "done").unwrap();
    enter("P4", 4, Some(1), "running").unwrap();
    enter("P4", 4, Some(1), "stopped").unwrap();
    let before = std::fs::read(data.register()).unwrap();
    let cases = [
        ("P1", 9, None, "enrolled", "is in the register already (enrolled)"),
        ("P2", 9, None, "enrolled", "is in the register already (dropped)"),
        ("P9", 1, None, "enrolled", "cannot have row 1 of the plan: P1 has it"),
        ("P9", 0, None, "enrolled", "has row 0 of the plan"),
        ("P1", 1, None, "running", "runs no session"),
        ("P1", 1, Some(0), "running", "runs no session"),
        ("P1", 2, Some(1), "running", "has row 1 of the plan, not 2"),
        ("P2", 2, Some(1), "running", "is dropped"),
        ("P3", 3, Some(1), "running", "has session 1 behind it (done)"),
        ("P4", 4, Some(1), "running", "has session 1 behind it (stopped)"),
        ("P1", 1, Some(1), "done", "is not running session 1"),
        ("P3", 3, Some(1), "done", "is not running session 1"),
        ("P9", 9, Some(1), "done", "is not in the register"),
        ("P9", 9, None, "dropped", "is not in the register"),
        ("P2", 2, None, "dropped", "is dropped already"),
        ("P2", 2, None, "withdrawn", "leaves without a reason"),
        ("P1", 1, None, "withdrawn", "leaves without a reason"),
        ("P1", 1, None, "ill", "cannot become 'ill'"),
    ];
    for (code, plan_row, session_n, state, words) in cases {
        let said = enter(code, plan_row, session_n, state).unwrap_err().to_string();
        assert!(said.contains(words) && said.contains("cure: "), "{code} {state}: {said}");
    }
    assert_eq!(std::fs::read(data.register()).unwrap(), before, "a refused change leaves the register as it was");
}

#[test]
fn who_is_out_stays_out_one_case_a_line() {
    // A session that was running when somebody left ends afterwards: rows as state, session and reason.
    for (rows, state, reason, ended) in [
        (&[("running", 1, ""), ("dropped", 0, "ill"), ("done", 1, "")][..], "dropped", "ill", "done"),
        (&[("running", 1, ""), ("withdrawn", 0, "asked"), ("stopped", 1, "sick")], "withdrawn", "asked", "stopped"),
        (
            &[("running", 1, ""), ("dropped", 0, "ill"), ("done", 1, ""), ("withdrawn", 0, "asked")],
            "withdrawn",
            "asked",
            "done",
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let data = DataFolder(dir.path().join("data"));
        enrol(&data, &mut code_of(1), &group, None).unwrap();
        for (state, session_n, reason) in rows.iter().copied() {
            let row = register::row(&Person::new("P1", 1, ""), (session_n > 0).then_some(session_n), state, reason, "");
            change(&data, |_| Ok(vec![row])).unwrap();
        }
        let roster = Roster::of(&register::check(&data).unwrap().rows);
        let person = roster.person("P1").unwrap();
        assert!(person.is_out(), "{rows:?}");
        assert_eq!((person.state.as_str(), person.standing(), person.reason.as_str()), (state, state, reason));
        assert_eq!((person.session(1).unwrap().state.as_str(), person.group.as_str()), (ended, "a"), "{rows:?}");
        assert_eq!(enrol(&data, &mut code_of(2), &group, None).unwrap().person.plan_row, 1, "the place is free");
        let row = register::row(&Person::new("P1", 1, ""), Some(2), "running", "", "");
        let said = change(&data, |_| Ok(vec![row])).unwrap_err().to_string();
        assert!(said.contains(&format!("is {state}")), "{said}");
    }
}

#[test]
fn a_torn_line_goes_to_recovered_and_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataFolder(dir.path().join("data"));
    one(&data, "A");
    let whole = std::fs::read(data.register()).unwrap();
    std::fs::write(data.register(), [&whole[..], b"2,B,2,N"].concat()).unwrap();
    let said = register::check(&data).unwrap().problems.to_string();
    assert!(said.contains("its last line is cut off") && said.contains("moves it to recovered/"), "{said}");
    let notes = enrol(&data, &mut |_| Ok("C".into()), &|_| String::new(), None).unwrap().notes;
    assert!(notes.len() == 1 && notes[0].contains("register-1.csv"), "{notes:?}");
    assert_eq!(std::fs::read(data.0.join("recovered/register-1.csv")).unwrap(), b"2,B,2,N");
    let rows = must_be_whole(&data);
    assert_eq!((rows.len(), rows[1].participant.as_str(), rows[1].group.is_na()), (2, "C", true));
}
