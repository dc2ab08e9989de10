//! The script that is written beside the results, run by R: it must give every number.

use super::{skips, synthetic};
use std::path::Path;
use std::process::Command;

/// Whether R is here with what the script needs; tests/r.sh installs it.
fn has_r() -> bool {
    let packages = "for (p in c('survival','lme4','lmerTest','ordinal','afex')) library(p, character.only = TRUE)";
    let output = Command::new("Rscript").args(["-e", packages]).output();
    let why = match &output {
        Ok(output) if output.status.success() => return true,
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(e) => e.to_string(),
    };
    skips::missing(&format!("no number of an analysis was compared with R's, tests/r.sh installs it: {why}"));
    false
}

fn reproduces(files: &[(String, String)], folder: &Path) -> String {
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let output = Command::new("Rscript").arg("analysis.R").current_dir(folder).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn r_gives_every_number_of_an_analysis_with_every_kind_of_outcome() {
    if !has_r() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files = synthetic::files(include_str!("synthetic.toml"), &synthetic::table(14, 0.9, "r"));
    let said = reproduces(&files, folder.path());
    assert!(said.contains(" 0 differ"), "{said}");
    // The comparison must be able to fail: one number made wrong is found.
    let numbers = folder.path().join("numbers.csv");
    let text = std::fs::read_to_string(&numbers).unwrap();
    let line = text.lines().find(|line| line.starts_with("clear/light/paired_t/t,")).unwrap();
    let value: f64 = line.split(',').nth(1).unwrap().parse().unwrap();
    let moved = text.replace(line, &format!("clear/light/paired_t/t,{},0.000001", value * 1.000_01));
    std::fs::write(&numbers, moved).unwrap();
    let output = Command::new("Rscript").arg("analysis.R").current_dir(folder.path()).output().unwrap();
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stdout).contains("1 differ"));
    std::fs::write(&numbers, text).unwrap();
    // Told outcome by outcome; --quick leaves the sensitivity tables out; a fit that R does not find is counted.
    let script = std::fs::read_to_string(folder.path().join("analysis.R")).unwrap();
    let broken = "\nask_lmm <- function(...) stop(\"no fit here\")\n# The questions.\n";
    std::fs::write(folder.path().join("broken.R"), script.replace("\n# The questions.\n", broken)).unwrap();
    let output = Command::new("Rscript").args(["broken.R", "--quick"]).current_dir(folder.path()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.starts_with("1 of 7: safe\n2 of 7: wait\n"), "{said}");
    // Of light, gap and their interaction each: people, trials, t, df, p, difference with its limits, se; and of
    // 2, 2 and 4 marginal means: mean with its limits, se, df.
    for words in
        [" 0 differ", "of the sensitivity tables left out by --quick", "67 not compared, of 1 tests: R gives no fit"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn r_gives_every_number_of_levels_compared_of_quadrature_and_of_courses_that_compete() {
    if !has_r() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files = synthetic::files(include_str!("levels.toml"), &synthetic::table_with_speed(14, 0.9, "r"));
    let said = reproduces(&files, folder.path());
    assert!(said.contains(" 0 differ"), "{said}");
}
