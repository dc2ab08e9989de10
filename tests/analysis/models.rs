//! What mixed models may be asked, and what is said where they may not.

use super::synthetic::{analyse, files, table};
use kerbside::analysis::plan::Plan;
use kerbside::analysis::power::verdicts;
use kerbside::analysis::results::{OutcomeResults, Results};
use kerbside::analysis::sheet::Sheet;
use kerbside::analysis::{intake, write};

/// A plan of these factors, and of an outcome with these lines.
fn plan(factors: &[&str], outcome: &str) -> String {
    let mut text = "schema = 1\nname = \"models\"\n[data]\nparticipant = \"who\"\n".to_owned();
    for factor in factors {
        let levels = match *factor {
            "light" => "[\"off\", \"on\"]",
            "gap" => "[\"3.0\", \"5.0\"]",
            _ => "[\"none\", \"sign\", \"band\"]",
        };
        text += &format!("[factors.{factor}]\ncolumn = \"{factor}\"\nlevels = {levels}\n");
    }
    text + outcome
}

const WAVED: &str = "[outcomes.waved]\nkind = \"binary\"\n";
const SAFE: &str = "[outcomes.safe]\nkind = \"ordinal\"\nrange = [1, 5]\n";

/// The synthetic table with another text in a column, where it is to change.
fn changed(table: &str, column: &str, change: impl Fn(&[&str], usize) -> Option<String>) -> String {
    let mut lines = table.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = names.iter().position(|name| *name == column).unwrap();
    let mut text = names.join(",") + "\n";
    for (i, line) in lines.enumerate() {
        let mut cells: Vec<&str> = line.split(',').collect();
        let new = change(&cells, i);
        if let Some(new) = &new {
            cells[at] = new;
        }
        text += &(cells.join(",") + "\n");
    }
    text
}

fn of(plan: &str, table: &str) -> Results {
    analyse(plan, table).unwrap().2
}

/// p of a twin of the planned test.
fn twin(outcome: &OutcomeResults, effect: &str, test: &str) -> Option<f64> {
    let own = |row: &&kerbside::analysis::sensitivity::Sensitivity| {
        row.choice == "as planned" && row.result.effect == effect && row.result.test == test
    };
    outcome.sensitivity.iter().find(own)?.result.p
}

#[test]
fn a_level_at_which_all_answer_alike_is_refused_by_name_and_its_permutation_is_given() {
    // With the light on everybody waves; with it off some do.
    let all_wave = changed(&table(12, 0.6, "models"), "waved", |cells, _| (cells[1] == "on").then(|| "1".to_owned()));
    for (factors, tests) in [(&["light", "gap"][..], 3), (&["light"], 1)] {
        let text = plan(factors, WAVED);
        let results = of(&text, &all_wave);
        let waved = &results.outcomes[0];
        assert_eq!(waved.tests.len(), tests);
        for test in &waved.tests {
            let why = test.refused.as_ref().unwrap_or_else(|| panic!("{test:?}"));
            assert!(why.starts_with("light on against off tells answers apart") && !why.contains("column"), "{why}");
            assert!(why.contains("sign permutation") && test.p.is_none(), "{why}");
        }
        assert!(twin(waved, "light", "permutation").unwrap() < 0.05, "{:?}", waved.sensitivity);
        assert!(twin(waved, "light", "wilcoxon").unwrap() < 0.05);
        let files = files(&text, &all_wave);
        assert!(!files.iter().any(|(_, text)| text.contains('∞') || text.contains("NaN")));
        let markdown = &files.iter().find(|(name, _)| name == "results.md").unwrap().1;
        assert!(
            markdown.contains("waved, light (logistic mixed model): no answer, since light on against off"),
            "{markdown}"
        );
    }
    // The same of answers: with the light on all give the highest.
    let all_safe = changed(&table(12, 0.6, "models"), "safe", |cells, _| (cells[1] == "on").then(|| "5".to_owned()));
    let results = of(&plan(&["light"], SAFE), &all_safe);
    let why = results.outcomes[0].tests[0].refused.clone().unwrap();
    assert!(why.starts_with("light on against off tells answers apart"), "{why}");
    // And of one level of three, of a number that cuts, and of people who never change their minds.
    let kinds = |all: &str| {
        let with = changed(all, "faults", |_, i| Some(["none", "sign", "band"][i / 4 % 3].to_owned()));
        with.replacen(",faults,", ",kind,", 1)
    };
    let band = kinds(&changed(&table(12, 0.6, "models"), "waved", |_, i| (i / 4 % 3 == 2).then(|| "0".to_owned())));
    let results = of(&plan(&["kind"], WAVED), &band);
    for test in &results.outcomes[0].tests {
        let why = test.refused.clone().unwrap();
        assert!(why.starts_with("kind band against none tells") && why.contains("analysis of variance"), "{why}");
    }
    assert!(twin(&results.outcomes[0], "kind", "anova").unwrap() < 0.05);
    let cut = changed(&table(12, 0.6, "models"), "waved", |cells, _| {
        Some(u8::from(cells[4].parse::<f64>().unwrap() > 5.0).to_string())
    });
    let results = of(
        &plan(
            &[],
            "[covariates.trial]\n[factors.light]\ncolumn = \"light\"\nlevels = [\"off\", \"on\"]\n[outcomes.waved]\nkind = \"binary\"\ncovariates = [\"trial\"]\n",
        ),
        &cut,
    );
    let why = results.outcomes[0].tests[0].refused.clone().unwrap();
    assert!(why.starts_with("trial tells answers apart"), "{why}");
    let stubborn = changed(&table(12, 0.6, "models"), "waved", |cells, _| {
        let person: usize = cells[0][1..].parse().unwrap();
        Some(["0", "1", if cells[1] == "on" { "1" } else { "0" }][person % 3].to_owned())
    });
    let results = of(&plan(&["light"], WAVED), &stubborn);
    let test = &results.outcomes[0].tests[0];
    assert!(test.refused.is_some(), "{test:?}");
}

#[test]
fn a_z_of_few_people_is_no_verdict_and_says_so() {
    let small = |people: usize| table(people, 2.0, "models");
    let text = plan(&["light"], SAFE);
    for (people, decides) in [(5, false), (6, true)] {
        let results = of(&text, &small(people));
        let test = &results.outcomes[0].tests[0];
        assert!(test.p.unwrap() < 0.05 && test.people == people, "{test:?}");
        let sentence = write::sentence("Safe", test, 0.05);
        let said = [
            ": a difference;",
            ": no verdict, since of 5 participants not even an exact sign permutation could fall below 0.05;",
        ];
        assert_eq!(said.map(|words| sentence.contains(words)), [decides, !decides], "{sentence}");
        let few = format!("with few participants ({people}) z and likelihood-ratio tests err more often than they say");
        assert!(test.notes.iter().any(|note| note.starts_with(&few)), "{:?}", test.notes);
        // 2 of 2^5 and of 2^6 patterns.
        let least = 2.0_f64.powi(1 - people as i32);
        let permutation = twin(&results.outcomes[0], "light", "permutation").unwrap();
        assert!((permutation - least).abs() < 1e-12, "{permutation}");
        let plan = Plan::read("plan.toml", &text).unwrap();
        let taken = intake::take(&plan, &Sheet::read("t.csv", small(people).as_bytes()).unwrap()).unwrap();
        assert_eq!(verdicts(&plan, &taken, people)[0].1.found, decides, "power counts what is decided");
    }
    let many = of(&text, &small(30));
    assert!(!many.outcomes[0].tests[0].notes.iter().any(|note| note.contains("few participants")));
}

#[test]
fn interactions_have_slopes_of_their_own_or_say_that_they_have_none() {
    let columns = |results: &Results, effect: &str| {
        let test = results.outcomes[0].tests.iter().find(|test| test.effect == effect).unwrap().clone();
        let random = test.random.clone().unwrap();
        let lacks = test.limits.contains(&"without a random slope of its own".to_owned());
        (random.columns, lacks, write::sentence("y", &test, 0.05), test.notes)
    };
    // People differ in the interaction by twice the noise: its slope stays, and so does its p at its word.
    let own = |i: usize| [-2.0, 1.5, -0.5, 2.5, -1.5, 0.75, 2.0, -1.0, 1.0, -2.5, 0.5, -0.75][i % 12];
    let differ = changed(&table(12, 0.5, "models"), "clear_s", |cells, i| {
        let both = if (cells[1] == "on") == (cells[2] == "5.0") { 0.5 } else { -0.5 };
        Some(format!("{:.4}", cells[8].parse::<f64>().unwrap() + both * own(i / 12)))
    });
    let lmm = "[outcomes.clear_s]\nkind = \"continuous\"\ntest = \"lmm\"\n";
    let results = of(&plan(&["light", "gap"], lmm), &differ);
    let (random, lacks, sentence, _) = columns(&results, "light:gap");
    assert!(random.contains(&"light:gap".to_owned()) && !lacks, "{random:?}");
    assert!(!sentence.contains("random slope"), "{sentence}");
    // Where nobody differs in it, it goes, and the p says so; what is not asked has no slope at all.
    let results = of(&plan(&["light", "gap"], lmm), &table(12, 0.5, "models"));
    let (random, lacks, sentence, notes) = columns(&results, "light:gap");
    assert!(!random.contains(&"light:gap".to_owned()) && lacks, "{random:?}");
    assert!(sentence.contains(" (without a random slope of its own), difference"), "{sentence}");
    assert!(notes.iter().any(|note| note.starts_with("light × gap has no random slope of its own")), "{notes:?}");
    assert!(
        notes.iter().any(|note| note.contains("left out by the rule \"correlations, then slopes\": light:gap")),
        "{notes:?}"
    );
    let main = of(&plan(&["light", "gap"], &format!("{lmm}effects = [\"light\"]\n")), &differ);
    assert!(!columns(&main, "light").0.contains(&"light:gap".to_owned()));
    // One trial in each cell of the only factor: the slope cannot be told from noise, and is not missed.
    let once: String = table(12, 0.5, "models")
        .lines()
        .enumerate()
        .filter(|(i, _)| *i == 0 || (i - 1) % 12 < 2)
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    let single = of(&plan(&["light"], lmm), &once);
    assert!(!columns(&single, "light").1);
}

#[test]
fn early_trials_of_one_condition_only_are_a_selection_and_their_row_says_so() {
    let early = |condition: &'static str| {
        changed(&table(10, 0.5, "early"), "seen", move |cells, i| {
            let early = cells[1] != condition && i % 3 == 0;
            Some(u8::from(!early).to_string())
        })
    };
    let text = |treat: &str| {
        plan(
            &["light"],
            &format!(
                "[before_manipulation]\nseen = [\"seen\"]\ntreat = \"{treat}\"\n[outcomes.clear_s]\nkind = \"continuous\"\n"
            ),
        )
    };
    let results = of(&text("keep"), &early("off"));
    let row = |choice: &str| results.outcomes[0].sensitivity.iter().find(|row| row.choice.starts_with(choice)).unwrap();
    assert_eq!(row("as planned").caution, None);
    // Every third trial of 60 of each light: those with the light on are the odd ones, 20 of them.
    let why = row("before the manipulation left out").caution.clone().unwrap();
    assert!(why.contains("20 of the 60 trials of on, but 0 of the 60 trials of off"), "{why}");
    let markdown = files(&text("keep"), &early("off")).into_iter().find(|(name, _)| name == "results.md").unwrap().1;
    let line = markdown
        .lines()
        .find(|line| line.contains("before the manipulation left out (not to be read as the effect"))
        .unwrap();
    assert!(line.ends_with("| not comparable |"), "{line}");
    assert!(markdown.contains("chosen by what they did, and the difference is not to be read as the effect."));
    // A plan that leaves them out is told of its own answer.
    let excluded = of(&text("exclude"), &early("off"));
    assert!(
        excluded.outcomes[0].notes.iter().any(|note| note.contains("20 of the 60 trials of on")),
        "{:?}",
        excluded.outcomes[0].notes
    );
    // Alike in both, it is a choice like any other.
    let alike = of(&text("keep"), &early("neither"));
    assert!(alike.outcomes[0].sensitivity.iter().all(|row| row.caution.is_none()));
}
