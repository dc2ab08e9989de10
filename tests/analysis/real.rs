//! A published table of crossings in virtual reality, whose 0, -1 and inf mean unknown.

use super::skips;
use kerbside::analysis::intake;
use kerbside::analysis::lock::Lock;
use kerbside::analysis::plan::Plan;
use kerbside::analysis::results::{self, Results};
use kerbside::analysis::sheet::Sheet;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Plan and table; none where the table is not here.
fn plan_and_sheet(but: &str) -> Option<(Plan, Sheet, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("analysis/plans/dfki_crossings.toml")).unwrap();
    let lines = text.lines().filter(|line| but.is_empty() || !line.starts_with(but));
    let plan = Plan::read("dfki_crossings.toml", &lines.collect::<Vec<_>>().join("\n")).unwrap();
    let file = root.join("../shared/data/crossings/dfki-crosscdr-germany.csv");
    let Ok(bytes) = std::fs::read(&file) else {
        skips::cannot(&format!("no {}; the real crossings were not analysed", file.display()));
        return None;
    };
    Some((plan, Sheet::read("dfki-crosscdr-germany.csv", &bytes).unwrap(), bytes))
}

fn analysed(plan: &Plan, sheet: &Sheet) -> Results {
    let taken = intake::take(plan, sheet).unwrap();
    results::of(plan, &taken, sheet.files.clone(), Lock::state(None, String::new(), None, &[], &[]), &|_, _| {})
}

/// The zebra's effect on the wait, seconds, up to a time: each participant's mean with it less that without, from the file
/// itself, with those who dropped out or without.
fn difference_s(bytes: &[u8], until: f64, dropouts: bool) -> f64 {
    let mut sums: BTreeMap<(String, String), (f64, f64)> = BTreeMap::new();
    for row in super::synthetic::Csv::of(std::str::from_utf8(bytes).unwrap()).rows() {
        let wait: f64 = row["S_Time"].parse().unwrap();
        let kind = row["TrialType"].clone();
        let wanted = ["baseline", "crossing"].contains(&kind.as_str()) && (dropouts || row["Dropout"] == "False");
        if wanted && wait != 0.0 {
            let sum = sums.entry((row["VPN"].clone(), kind)).or_default();
            *sum = (sum.0 + wait.min(until), sum.1 + 1.0);
        }
    }
    let mean = |person: &String, kind: &str| sums.get(&(person.clone(), kind.to_owned())).map(|(sum, n)| sum / n);
    let people: BTreeSet<&String> = sums.keys().map(|(person, _)| person).collect();
    let own: Vec<f64> =
        people.iter().filter_map(|person| Some(mean(person, "crossing")? - mean(person, "baseline")?)).collect();
    own.iter().sum::<f64>() / own.len() as f64
}

#[test]
fn another_choice_of_trials_does_not_change_up_to_when_waits_are_counted() {
    // The plan without a time of its own: the earliest end of watching of the trials as planned is 56.75 s; one of those who
    // dropped out was cut off after 9.9 s. Where rows chose their own time, -3.56 s became -1.58 s with the dropouts.
    let Some((mut plan, sheet, bytes)) = plan_and_sheet("restricted_at") else { return };
    plan.outcomes.retain(|outcome| outcome.name == "wait");
    let results = analysed(&plan, &sheet);
    let wait = results.outcomes.iter().find(|outcome| outcome.name == "wait").unwrap();
    let test = &wait.tests[0];
    let until = 56.749_76;
    assert_eq!(test.restricted.as_ref().map(|own| own.until), Some(until));
    let estimate = test.estimate.as_ref().unwrap();
    assert_eq!(estimate.name, "restricted mean difference");
    assert!((estimate.value - difference_s(&bytes, until, false)).abs() < 1e-9, "{}", estimate.value);
    // It is the time, not the people, that made the difference.
    assert!((difference_s(&bytes, until, true) - estimate.value).abs() < 0.01);
    assert!((difference_s(&bytes, 9.925_903, true) - estimate.value).abs() > 1.5);
    let rows = || wait.sensitivity.iter().filter(|row| row.choice == "without exclusion dropout");
    let means = |test: &str| ["paired_t", "permutation", "wilcoxon"].contains(&test);
    assert_eq!(rows().filter(|row| means(&row.result.test)).count(), 3);
    for row in rows().filter(|row| means(&row.result.test)) {
        let why = row.result.refused.as_ref().unwrap();
        assert!(why.contains("not comparable: watched to 9.926 s only (1 trial: dfki-crosscdr-germany.csv:"), "{why}");
        assert!(why.ends_with("and waits are counted up to 56.75 s"), "{why}");
    }
    assert!(wait.left_out.len() > 50);
    for row in &wait.left_out {
        assert_eq!(row.result.restricted.as_ref().map(|own| own.until), Some(until), "without {}", row.participant);
    }
}

#[test]
fn a_measure_that_is_unknown_in_one_condition_mostly_is_warned_of() {
    let Some((mut plan, sheet, _)) = plan_and_sheet("") else { return };
    plan.outcomes.retain(|outcome| outcome.name != "wait");
    // What is asked of the speed does not matter here, and a mixed model takes long.
    plan.outcomes.iter_mut().for_each(|outcome| outcome.test = None);
    let results = analysed(&plan, &sheet);
    let ttc = results.outcomes.iter().find(|outcome| outcome.name == "near_ttc").unwrap();
    // 880 and 872 trials are analysed; in 1 and 180 of them E_NearTTC is 0, -1 or inf: counted in the file.
    let unknown: Vec<(usize, usize)> = ttc.cells.iter().map(|cell| (cell.unknown, cell.trials)).collect();
    assert_eq!(unknown, [(1, 879), (180, 692)]);
    assert!(
        ttc.notes.iter().any(|note| note.starts_with("unknown in 181 of 1752 trials, of which")),
        "{:?}",
        ttc.notes
    );
    let warned = "180 of 872 trials of (crossing), but 1 of 880 trials of (baseline)";
    assert!(ttc.notes.iter().any(|note| note.contains(warned)), "{:?}", ttc.notes);
    let speed = results.outcomes.iter().find(|outcome| outcome.name == "speed").unwrap();
    assert!(speed.notes.iter().any(|note| note == "unknown in 2 of 1752 trials"), "{:?}", speed.notes);
    assert!(!speed.notes.iter().any(|note| note.contains("HANGS ON THE CONDITION")), "{:?}", speed.notes);
}

#[test]
fn a_real_table_of_crossings_is_read_by_its_mapping() {
    let Some((plan, sheet, _)) = plan_and_sheet("") else { return };
    let taken = intake::take(&plan, &sheet).unwrap();
    let counts: Vec<(&str, usize, usize)> =
        taken.flow.iter().map(|step| (step.name.as_str(), step.trials, step.participants_left)).collect();
    // 894 trials alone and 891 at the zebra of 60 people, counted in the file by hand.
    assert_eq!(counts[0], ("all", 4065, 60));
    assert_eq!(counts[1], ("rows.crossings", 4065 - 894 - 891, 60));
    let results = analysed(&plan, &sheet);
    for outcome in &results.outcomes {
        assert!(outcome.tests.iter().all(|test| test.refused.is_none()), "{}: {:?}", outcome.name, outcome.tests);
        assert!(outcome.people > 50, "{}", outcome.people);
    }
    let ttc = results.outcomes.iter().find(|outcome| outcome.name == "near_ttc").unwrap();
    assert!(ttc.notes.iter().any(|note| note.contains("are infinite")), "{:?}", ttc.notes);
}
