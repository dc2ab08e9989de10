//! `kerbside power`: sessions in memory are those on disk; counts, curves and refusals.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/program.rs"]
mod program;
#[path = "common/skips.rs"]
mod skips;

use kerbside::analysis::plan::Plan;
use kerbside::analysis::sheet::Sheet;
use kerbside::lab::{Overrides, PowerWish, Who, collect, power, prepare, simulated_trials};
use program::{good, kerbside, ran, refused};
use serde_json::Value;
use std::path::Path;

const STUDY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments/ehmi_braking_2x2.toml");

/// A short session: two cells, four trials each, one question.
fn small_study() -> String {
    let without: Vec<&str> = program::STUDY.split("[consent]").collect();
    let items = without[1].split("[[items]]").nth(1).unwrap();
    format!(
        "{}[[items]]{items}\n[simulated.answers.felt_safe]\nthresholds = [-2.0, -1.2, -0.4, 0.4, 1.2, 2.0]\neffects = {{ \"ehmi=on\" = 1.5 }}\neffect_sd = 0.3\n",
        without[0].replace("number = 2", "number = 4")
    )
}

const PLAN: &str = "schema = 1\nname = \"small plan\"\n[factors.ehmi]\nlevels = [\"off\", \"on\"]\n[families.main]\ncorrection = \"holm\"\n\
                    [exclusions.fallen]\ncolumn = \"outcome\"\nis = [\"contact\"]\nreason = \"touched by a car\"\n\
                    [outcomes.felt_safe]\nlabel = \"Felt safety\"\ncolumn = \"item.trial_items.felt_safe\"\nkind = \"ordinal\"\n\
                    test = \"wilcoxon\"\nfamily = \"main\"\n[outcomes.wait]\ncolumn = \"cit_s\"\ncensored_at = \"cit_censored_at_s\"\n\
                    kind = \"censored\"\nunit = \"s\"\nfamily = \"main\"\n";

fn files(folder: &Path) -> (String, String) {
    let (study, plan) = (folder.join("study.toml"), folder.join("plan.toml"));
    std::fs::write(&study, small_study()).unwrap();
    std::fs::write(&plan, PLAN).unwrap();
    (study.display().to_string(), plan.display().to_string())
}

#[test]
fn sessions_in_memory_are_those_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let made: Value =
        serde_json::from_str(&good(&["demo", "--participants", "2", "--json", "--out", &data.display().to_string()]))
            .unwrap();
    assert_eq!(made["trials"], 34);
    collect(&data, &|_, _| {}).unwrap();
    let file = data.join("derived/trials_wide.csv");
    let on_disk = Sheet::read("trials_wide.csv", &std::fs::read(file).unwrap()).unwrap();
    let prepared = prepare(STUDY, &std::fs::read_to_string(STUDY).unwrap(), &Overrides::default()).unwrap();
    let code = on_disk.column("participant").unwrap();
    let mut codes: Vec<&str> = on_disk.rows.iter().map(|row| row.cells[code].as_str()).collect();
    codes.dedup();
    let who =
        |(code, plan_row): (&&str, u32)| Who { participant: (*code).to_owned(), plan_row, session_n: 1, pilot: false };
    let people: Vec<Who> = codes.iter().zip(1..).map(who).collect();
    let in_memory = simulated_trials(&prepared, &prepared.study, prepared.seed, &people).unwrap();
    assert_eq!(in_memory.columns, on_disk.columns);
    assert_eq!((in_memory.rows.len(), people.len()), (34, 2));
    for (memory, disk) in in_memory.rows.iter().zip(&on_disk.rows) {
        assert_eq!(memory.cells, disk.cells);
    }
}

#[test]
fn a_plan_s_power_is_told_in_words_and_files_the_same_on_any_number_of_processors() {
    let folder = tempfile::tempdir().unwrap();
    let (study, plan) = files(folder.path());
    let out = |name: &str| folder.path().join(name).display().to_string();
    let asked = ["power", &study, "--plan", &plan, "--people", "6,3", "--runs", "8", "--seed", "5", "--out"];
    let said = good(&[&asked[..], &[&out("a")]].concat());
    for words in [
        "8 studies of SIMULATED people; true effects as the study says; seed 5",
        "3 people          6 people",
        "Felt safety, ehmi (Wilcoxon signed-rank test of cell means)",
        "wait, ehmi (paired t test of cell means)",
        "Family main: any",
        "power.csv, power.json, power.svg",
    ] {
        assert!(said.contains(words), "{words}\n---\n{said}");
    }
    let read = |name: &str, file: &str| std::fs::read_to_string(folder.path().join(name).join(file)).unwrap();
    let table = Sheet::read("power.csv", read("a", "power.csv").as_bytes()).unwrap();
    assert_eq!(table.rows.len(), 2 * 4);
    let cell = |row: usize, name: &str| table.rows[row].cells[table.column(name).unwrap()].clone();
    for row in 0..8 {
        let number = |name: &str| cell(row, name).parse::<f64>().unwrap();
        assert_eq!(number("found") / number("runs"), number("share"));
        assert!(number("share_low") <= number("share") && number("share") <= number("share_high"));
    }
    let json: Value = serde_json::from_str(&read("a", "power.json")).unwrap();
    assert_eq!((json["people"].clone(), json["runs"].clone()), (serde_json::json!([3, 6]), serde_json::json!(8)));
    assert!(read("a", "power.svg").contains("Felt safety, ehmi"));
    // One processor.
    let mut alone = std::process::Command::new("taskset");
    alone.args(["-c", "0", env!("CARGO_BIN_EXE_kerbside")]).args(asked).arg(out("b"));
    match alone.output() {
        Ok(output) if output.status.success() => {
            for file in ["power.csv", "power.json", "power.svg"] {
                assert_eq!(read("a", file), read("b", file), "{file}");
            }
        }
        other => skips::cannot(&format!("taskset did not run: {other:?}")),
    }
}

#[test]
fn larger_effects_are_found_and_none_is_found_where_levels_differ_by_name_alone() {
    let prepared = prepare("study.toml", &small_study(), &Overrides::default()).unwrap();
    let plan = Plan::read("plan.toml", PLAN).unwrap();
    let found = |effect: f64| {
        let wish = PowerWish { people: vec![10], runs: 8, effect, seed: 3 };
        let power = power(&prepared, &plan, &wish, &|_, _| {}).unwrap();
        let of = |outcome: &str| {
            power.questions.iter().find(|one| one.question.outcome == outcome).unwrap().rates[0].clone()
        };
        (of("felt_safe"), of("wait"))
    };
    let (felt, wait) = found(2.0);
    assert!(felt.found >= 7 && felt.mean_estimate.unwrap() > 1.0, "{felt:?}");
    // The light makes people cross earlier.
    assert!(wait.mean_estimate.unwrap() < 0.0 && wait.refused == 0, "{wait:?}");
    let (felt, wait) = found(0.0);
    // Three of eight at .05 come once in two hundred times.
    assert!(felt.found <= 3 && wait.found <= 3, "{felt:?} {wait:?}");
}

#[test]
fn a_contrast_has_its_power_in_closed_form() {
    // R 4.2.2: power.t.test(n, delta = .5, sd = 1, type = "paired", strict = TRUE)$power for 24 and 34.
    let said: Value = serde_json::from_str(&good(&["power", "--d-z", "0.5", "--people", "34,24", "--json"])).unwrap();
    let of = |i: usize| (said["power"][i]["people"].clone(), said["power"][i]["power"].as_f64().unwrap());
    assert_eq!((of(0).0, of(1).0), (24.into(), 34.into()));
    assert!((of(0).1 - R_POWER_24).abs() < 1e-6 && (of(1).1 - R_POWER_34).abs() < 1e-6, "{said}");
    assert_eq!(said["people_needed"], 34);
    assert!(good(&["power", "--d-z", "1e-9"]).contains("a power of 0.8 is out of reach"));
}

const R_POWER_24: f64 = 0.650_391_834_155;
const R_POWER_34: f64 = 0.807_777_501_279;

#[test]
fn wrong_arguments_are_answered_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let (study, plan) = files(folder.path());
    for (arguments, words) in [
        (&["power"][..], "<STUDY>"),
        (&["power", &study], "--plan"),
        (&["power", &study, "--plan", &plan, "--people", "0"], "give a whole number from 1 to 1000"),
        (&["power", &study, "--plan", &plan, "--effect", "inf"], "give a number such as 1, 0.5 or 0"),
        (&["power", &study, "--plan", &plan, "--d-z", "1"], "cannot be used with"),
        (&["power", "--d-z", "1", "--alpha", "5"], "give a share between 0 and 1"),
    ] {
        let output = ran(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains(words), "{arguments:?}: {said}");
    }
    let of = |plan: &str| {
        std::fs::write(folder.path().join("other.toml"), plan).unwrap();
        let other = folder.path().join("other.toml").display().to_string();
        refused(&["power", &study, "--plan", &other, "--people", "2", "--runs", "3"])
    };
    let said = of(&PLAN.replace("column = \"cit_s\"", "column = \"cit\""));
    assert!(said.contains("simulated people: has no column \"cit\"") && said.matches("error:").count() == 1, "{said}");
    assert!(of(&PLAN.replace("\"off\", \"on\"", "\"off\", \"dim\"")).contains("\"on\" is no level of ehmi"));
    assert!(refused(&["power", "--d-z", "1", "--people", "1"]).contains("people: 1 given, at least 2 needed"));
    assert!(!kerbside(&["power", "none.toml", "--plan", &plan]).output().unwrap().status.success());
    assert!(!folder.path().join("power-small-plan").exists());
}
