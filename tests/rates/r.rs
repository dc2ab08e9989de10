//! The same studies analysed by R: the same rejections.

use super::skips;
use super::studies::{HAZARDS, MIXED, plan, table, taken};
use kerbside::analysis::drawings::Drawings;
use kerbside::analysis::lock::Lock;
use kerbside::analysis::{results, write};
use std::path::Path;
use std::process::Command;

/// Analyses studies by mixed models and models of hazards, and again by R, whose numbers must all be ours; how many tests
/// both found something, of how many. None without R.
pub fn same_in_r(people: usize, studies: std::ops::Range<usize>) -> Option<(usize, usize)> {
    if !has_r() {
        return None;
    }
    let plan = plan(&[&MIXED[..], &HAZARDS].concat());
    let folder = tempfile::tempdir().unwrap();
    let (mut found, mut tests) = (0, 0);
    for study in studies {
        let taken = taken(&plan, &table(people, 0.0, &format!("{people} 0 {study}")));
        let state = Lock::state(None, String::new(), None, &[], &[]);
        let mut all = results::of(&plan, &taken, vec!["trials.csv".into()], state, &|_, _| {});
        for outcome in &mut all.outcomes {
            // What else is asked of the same trials is compared elsewhere.
            outcome.sensitivity.clear();
            outcome.left_out.clear();
            tests += outcome.tests.len();
            found += outcome.tests.iter().filter(|test| test.p.is_some_and(|p| p < 0.05)).count();
        }
        for (name, text) in write::files(&plan, &taken, &all, &Drawings::default()) {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let said = run(folder.path());
        assert!(said.contains(" 0 differ"), "study {study} of {people} people: {said}");
    }
    Some((found, tests))
}

fn run(folder: &Path) -> String {
    let output = Command::new("Rscript").arg("analysis.R").current_dir(folder).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn has_r() -> bool {
    let packages = "for (p in c('survival','lme4','lmerTest','ordinal')) library(p, character.only = TRUE)";
    let output = Command::new("Rscript").args(["-e", packages]).output();
    let there = output.as_ref().is_ok_and(|output| output.status.success());
    if !there {
        skips::missing("rates of error were not compared with R's, tests/r.sh installs it");
    }
    there
}

#[test]
fn r_rejects_what_mixed_models_and_models_of_hazards_reject_here() {
    if let Some((_, tests)) = same_in_r(10, 0..1) {
        assert_eq!(tests, 5);
    }
}
