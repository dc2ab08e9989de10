//! `kerbside plan` as people meet it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Stdio};

/// Output and errors of a plan that works.
fn plan(args: &str) -> String {
    let (code, out, err) = run(args);
    assert_eq!(code, Some(0), "{args}: {err}");
    out
}

fn run(args: &str) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kerbside"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments"))
        .arg("plan")
        .args(args.split_whitespace())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

const SHIPPED: [&str; 4] = ["minimal.toml", "between_light.toml", "ehmi_braking_2x2.toml", "hiker.toml"];

#[test]
fn every_shipped_study_has_a_plan_that_fits_a_terminal() {
    for study in SHIPPED {
        let said = plan(study);
        let widest = said.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= 100, "{study}: {widest} columns\n{said}");
        for words in ["order: ", "a full round is ", "positions", "carry-over", "about "] {
            assert!(said.contains(words), "{study} does not say {words}: {said}");
        }
        let drawn = said.contains("real ones draw others");
        assert_eq!(drawn, study != "between_light.toml", "{said}");
    }
}

#[test]
fn a_full_round_is_balanced_and_less_is_not() {
    let said = plan("between_light.toml");
    assert!(said.contains("a full round is 12 participants; shown: 12"), "{said}");
    assert!(!said.contains("not balanced"), "{said}");
    // 12 people, 3 blocks, 3 cells at 3 positions; 2 pairs a block over 6 ordered pairs.
    assert!(said.contains("balanced: 12 each") && said.contains("group on"), "{said}");
    assert!(plan("between_light.toml --participants 11").contains("not balanced: from "));
    for words in [
        "consent     version 1",
        "[practice] x 6",
        "ssq, van_der_laan",
        "2 to 6 trials, until 2 in a row end before or after",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn the_table_is_long_form() {
    let said = plan("between_light.toml --csv --participants 2");
    let mut reader = csv::Reader::from_reader(said.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let wanted = "plan_row group session_n plan_n block_n block_trial_n kind cell_id repetition_n braking light";
    assert_eq!(header.join(" "), wanted);
    let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(rows.len(), 2 * (6 + 3 * 4));
    for row in rows {
        assert_eq!(row[1], row[10], "the group is the level between subjects");
        assert_eq!(row[6] == "practice", row[4] == "NA");
        assert_eq!(row[6] == "main", row[8] != "NA");
        assert!(row[6] != "main" || row[7] == row[9]);
        assert!(row[6] != "catch" || row[9] == "NA");
    }
}

#[test]
fn json_holds_the_same() {
    let made: serde_json::Value = serde_json::from_str(&plan("between_light.toml --json")).unwrap();
    assert_eq!(
        (&made["participants"], &made["full_round"], &made["order"]),
        (&12.into(), &12.into(), &"williams".into())
    );
    assert_eq!(made["sessions"].as_array().unwrap().len(), 12);
    assert_eq!(made["sessions"][0]["trials"][0]["kind"], "practice");
    assert_eq!(made["balance"].as_array().unwrap().len(), 3);
    for balance in made["balance"].as_array().unwrap() {
        assert_eq!(
            (&balance["positions"]["balanced"], &balance["carry_over"]["balanced"]),
            (&true.into(), &true.into())
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_plan_and_another_another() {
    assert_eq!(plan("minimal.toml --seed 3"), plan("minimal.toml --seed 3"));
    assert_ne!(plan("minimal.toml --seed 3 --csv"), plan("minimal.toml --seed 4 --csv"));
}

#[test]
fn wrong_arguments_are_answered_one_case_a_line() {
    for (args, code, words) in [
        ("", 2, &["<STUDY>"][..]),
        ("none.toml", 1, &["none.toml: cannot be read"]),
        ("minimal.toml --participants 0", 2, &["a whole number from 1 to 10000"]),
        ("minimal.toml --csv --json", 2, &["cannot be used with"]),
        ("minimal.toml --crosswalk nope", 1, &["no crosswalk `nope`"]),
        ("README.md", 1, &["README.md:3:", "more places that are no TOML"]),
    ] {
        let (got, _, err) = run(args);
        assert_eq!(got, Some(code), "{args}: {err}");
        assert!(words.iter().all(|word| err.contains(word)) && !err.contains("panicked"), "{args}: {err}");
    }
    let help = plan("--help");
    assert!(help.contains("Examples:\n  kerbside plan "), "{help}");
}
