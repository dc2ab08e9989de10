//! `kerbside analyze` as a user runs it.

use super::synthetic;
use std::path::Path;
use std::process::{Command, Output};

fn analyze(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kerbside")).arg("analyze").args(arguments).current_dir(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const PLAN: &str = "schema = 1\nname = \"small\"\nstudy = \"study.toml\"\n[data]\nparticipant = \"who\"\n[factors.light]\n\
                    column = \"light\"\nlevels = [\"off\", \"on\"]\n[outcomes.clear]\ncolumn = \"clear_s\"\n\
                    kind = \"continuous\"\nunit = \"s\"\n";

#[test]
fn a_plan_is_locked_and_results_say_whether_it_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("plan.toml", PLAN);
    put("study.toml", "schema = 1\n");
    put("trials.csv", &synthetic::table(8, 0.8, "command"));
    let unlocked = analyze(folder.path(), &["plan.toml", "trials.csv", "--out", "first"]);
    assert!(unlocked.status.success() && said(&unlocked).contains("The plan was not locked"), "{}", said(&unlocked));
    assert!(said(&unlocked).starts_with("clear: trials per participant in off | on\n"), "{}", said(&unlocked));
    let locked = analyze(folder.path(), &["plan.toml", "--lock"]);
    assert!(locked.status.success() && folder.path().join("plan.lock").is_file(), "{}", said(&locked));
    let again = analyze(folder.path(), &["plan.toml", "--lock"]);
    assert!(!again.status.success() && said(&again).contains("was locked already"), "{}", said(&again));
    let agrees = analyze(folder.path(), &["plan.toml", "trials.csv", "--out", "second"]);
    let words = "and nothing shows whether data existed then; plan and study are as they were";
    assert!(said(&agrees).contains(words), "{}", said(&agrees));
    // The same inputs give the same bytes, but for what is said of the lock.
    for name in ["numbers.csv", "data.csv", "analysis.R", "tests.csv", "results.tex"] {
        let read = |out: &str| std::fs::read(folder.path().join(out).join(name)).unwrap();
        assert_eq!(read("first"), read("second"), "{name}");
    }
    put("study.toml", "schema = 1\n# another\n");
    put("plan.toml", &PLAN.replace("\"s\"", "\"m\""));
    let differs = analyze(folder.path(), &["plan.toml", "trials.csv", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&differs.stdout).unwrap();
    assert_eq!(json["results"]["lock"]["state"], "differs");
    let words = json["results"]["lock"]["words"].as_str().unwrap();
    assert!(words.contains("the plan has been changed since; the study's file has been changed since"), "{words}");
    put("plan.lock", "{}");
    let broken = analyze(folder.path(), &["plan.toml", "trials.csv"]);
    assert!(
        !broken.status.success() && said(&broken).contains("plan.lock:1:2: this is no lock of a plan"),
        "{}",
        said(&broken)
    );
}

#[test]
fn wrong_arguments_are_answered_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("plan.toml", PLAN);
    put("trials.csv", "who,light,clear_s\nP,off,1\n");
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    for (arguments, words) in [
        (&["plan.toml"][..], "<DATA>..."),
        (&["none.toml", "trials.csv"], "none.toml: cannot be read"),
        (&["plan.toml", "trials.csv"], "study.toml: cannot be read"),
        (&["plan.toml", "trials.csv", "--keep", "simulate"], "simulated"),
        (&["plan.toml", "trials.csv", "--lock", "--out", "x"], "cannot be used with"),
    ] {
        let output = analyze(folder.path(), arguments);
        assert!(!output.status.success() && said(&output).contains(words), "{arguments:?}: {}", said(&output));
    }
    put("study.toml", "");
    for (arguments, words) in [
        (&["plan.toml", "nothing.csv"][..], "nothing.csv: cannot be read"),
        (&["plan.toml", "trials.csv"], "no trial has the level \"on\""),
        (&["plan.toml", "empty"], "empty"),
    ] {
        let output = analyze(folder.path(), arguments);
        assert!(output.status.code() == Some(1) && said(&output).contains(words), "{arguments:?}: {}", said(&output));
    }
}

#[test]
fn the_lock_warns_of_a_wait_whose_time_the_data_would_choose() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("study.toml", "schema = 1\n");
    let wait = format!("{PLAN}[outcomes.wait]\nkind = \"censored\"\nhappened = \"crossed\"\nunit = \"s\"\n");
    put("plan.toml", &wait);
    put("timed.toml", &format!("{wait}restricted_at = 6\n"));
    let locked = analyze(folder.path(), &["plan.toml", "--lock"]);
    let told = "warning: plan.toml: the wait wait has no restricted_at: the data will choose up to when it is counted";
    assert!(locked.status.success() && said(&locked).contains(told), "{}", said(&locked));
    let locked = analyze(folder.path(), &["timed.toml", "--lock"]);
    assert!(locked.status.success() && !said(&locked).contains("warning"), "{}", said(&locked));
    // On the console the time stands in the sentence.
    put("trials.csv", &synthetic::table(8, 0.8, "command"));
    let output = analyze(folder.path(), &["timed.toml", "trials.csv", "--out", "out"]);
    let words = said(&output);
    assert!(
        words.contains("restricted mean difference (to 6 s) = ") && words.contains("waits are longer than 6 s"),
        "{words}"
    );
}
