//! A published table of crossings in virtual reality, whose 0, -1 and inf mean unknown.

use super::skips;
use kerbside::analysis::intake;
use kerbside::analysis::lock::Lock;
use kerbside::analysis::plan::Plan;
use kerbside::analysis::results;
use kerbside::analysis::sheet::Sheet;
use std::path::Path;

#[test]
fn a_real_table_of_crossings_is_read_by_its_mapping() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("analysis/plans/dfki_crossings.toml")).unwrap();
    let plan = Plan::read("dfki_crossings.toml", &text).unwrap();
    let file = root.join("../shared/data/crossings/dfki-crosscdr-germany.csv");
    let Ok(bytes) = std::fs::read(&file) else {
        skips::cannot(&format!("no {}; the real crossings were not analysed", file.display()));
        return;
    };
    let sheet = Sheet::read("dfki-crosscdr-germany.csv", &bytes).unwrap();
    let taken = intake::take(&plan, &sheet).unwrap();
    let counts: Vec<(&str, usize, usize)> =
        taken.flow.iter().map(|step| (step.name.as_str(), step.trials, step.participants_left)).collect();
    // 894 trials alone and 891 at the zebra of 60 people, counted in the file by hand.
    assert_eq!(counts[0], ("all", 4065, 60));
    assert_eq!(counts[1], ("rows.crossings", 4065 - 894 - 891, 60));
    let results =
        results::of(&plan, &taken, sheet.files.clone(), Lock::state(None, String::new(), None, &[], &[]), &|_, _| {});
    for outcome in &results.outcomes {
        assert!(outcome.tests.iter().all(|test| test.refused.is_none()), "{}: {:?}", outcome.name, outcome.tests);
        assert!(outcome.people > 50, "{}", outcome.people);
    }
    let ttc = results.outcomes.iter().find(|outcome| outcome.name == "near_ttc").unwrap();
    assert!(ttc.notes.iter().any(|note| note.contains("are infinite")), "{:?}", ttc.notes);
}
