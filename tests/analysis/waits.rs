//! Waits that were cut off, compared by their means up to a common time.

use super::synthetic::{analyse, files, wrong};
use kerbside::analysis::methods::TestResult;

/// Two participants more than one can do without: two trials in each cell, the longest wait unknown.
const TABLE: &str = "who,trial,light,wait,crossed\nA,1,off,4,1\nA,2,off,9,0\nA,3,on,2,1\nA,4,on,3,1\nB,1,off,5,1\n\
                     B,2,off,7,1\nB,3,on,8,0\nB,4,on,1,1\nC,1,off,6,1\nC,2,off,6,1\nC,3,on,5,1\nC,4,on,9,1\n";

fn plan(lines: &str) -> String {
    format!(
        "schema = 1\nname = \"waits\"\n[data]\nparticipant = \"who\"\n[factors.light]\ncolumn = \"light\"\nlevels = [\"off\", \"on\"]\n\
         [outcomes.wait]\nkind = \"censored\"\nhappened = \"crossed\"\nunit = \"s\"\n{lines}"
    )
}

fn decided(lines: &str) -> TestResult {
    let (_, _, results) = analyse(&plan(lines), TABLE).unwrap();
    results.outcomes[0].tests[0].clone()
}

#[test]
fn the_default_compares_means_up_to_the_earliest_end_of_watching() {
    // The earliest end is 8 s: A 6 off (4, 8), 2.5 on; B 6 off, 4.5 on; C 6 off, 6.5 on (5, 8). Differences -3.5, -1.5, 0.5:
    // mean -1.5, SD 2, t = -1.5 / (2 / sqrt 3).
    let test = decided("");
    assert_eq!((test.test.as_str(), test.confirmatory, test.people, test.trials), ("paired_t", true, 3, 12));
    assert!((test.estimate.as_ref().unwrap().value + 1.5).abs() < 1e-12);
    assert!((test.statistic.as_ref().unwrap().value + 1.5 * 3.0_f64.sqrt() / 2.0).abs() < 1e-12);
    let note = "waits are counted up to 8 s, the earliest end of watching: 3 of 12 are longer";
    assert!(test.notes.iter().any(|own| own == note), "{:?}", test.notes);
}

#[test]
fn a_plan_may_give_the_time_if_all_were_watched_so_long() {
    // Up to 5 s: A 4.5 off, 2.5 on; B 5 off, 3 on; C 5 off, 5 on. Differences -2, -2, 0.
    let test = decided("restricted_at = 5\n");
    assert!((test.estimate.as_ref().unwrap().value + 4.0 / 3.0).abs() < 1e-12);
    assert!(
        test.notes.iter().any(|note| note.contains("up to 5 s, the plan's: 6 of 12 are longer")),
        "{:?}",
        test.notes
    );
    let refused = decided("restricted_at = 8.5\n").refused.unwrap();
    assert!(refused.contains("a wait was cut off at 8, before restricted_at = 8.5: lower it"), "{refused}");
    assert!(refused.contains("(1 trial: trials.csv:8)"), "{refused}");
}

#[test]
fn hazards_are_there_for_those_who_ask() {
    let test = decided("test = \"cox\"\n");
    assert_eq!((test.test.as_str(), test.statistic.as_ref().unwrap().name.as_str()), ("cox", "z"));
    let test = decided("test = \"frailty\"\n");
    assert_eq!((test.test.as_str(), test.statistic.as_ref().unwrap().name.as_str()), ("frailty", "z"));
    let of_one_person = test.notes.iter().any(|note| note.contains("taken to be alike in the effect"));
    assert!(of_one_person && test.more.iter().any(|more| more.name == "frailty variance"), "{test:?}");
    // Ten events are told as enough, nine are not.
    let few = |test: &TestResult| test.notes.iter().any(|note| note.contains("events, fewer than 10 for each"));
    let (_, _, results) = analyse(&plan("test = \"frailty\"\n"), &TABLE.replace("C,4,on,9,1", "C,4,on,9,0")).unwrap();
    assert!(!few(&test) && few(&results.outcomes[0].tests[0]), "{:?}", results.outcomes[0].tests[0]);
}

/// One more trial, cut off after a second because of a fault, which the plan leaves out.
fn with_a_fault() -> (String, String) {
    let rows = TABLE.lines().enumerate().map(|(i, line)| format!("{line},{}\n", if i == 0 { "fault" } else { "0" }));
    let table = rows.collect::<String>() + "C,5,on,1,0,1\n";
    (plan("[exclusions.fault]\ncolumn = \"fault\"\nis = [\"1\"]\nreason = \"the headset lost its place\"\n"), table)
}

#[test]
fn the_time_is_fixed_once_and_no_row_of_the_sensitivity_table_moves_it() {
    let (plan, table) = with_a_fault();
    let (_, _, results) = analyse(&plan, &table).unwrap();
    let wait = &results.outcomes[0];
    let of = |choice: &str| wait.sensitivity.iter().find(|row| row.choice == choice).unwrap().result.clone();
    let planned = of("as planned");
    // As without the faulty trial: see the first test.
    assert!((planned.estimate.as_ref().unwrap().value + 1.5).abs() < 1e-12);
    assert_eq!(planned.restricted.as_ref().map(|own| (own.until, own.longer, own.of)), Some((8.0, 3, 12)));
    let without = of("without exclusion fault");
    assert_eq!(
        without.refused.as_deref(),
        Some("not comparable: watched to 1 s only (1 trial: trials.csv:14), and waits are counted up to 8 s")
    );
    assert!(without.p.is_none() && without.estimate.is_none());
    // Without B, whose watching ended earliest, the time stays 8 s: differences -3.5 of A and 0.5 of C, t = -1.5 / 2. Up to
    // 9 s, the earliest end of the others, they would be -4 and 1, and t = -0.6.
    let left_out = wait.left_out.iter().find(|row| row.participant == "B").unwrap();
    assert_eq!(left_out.result.restricted.as_ref().unwrap().until, 8.0);
    assert!((left_out.result.statistic.as_ref().unwrap().value + 0.75).abs() < 1e-12);
}

#[test]
fn the_time_and_how_many_waits_are_longer_stand_beside_every_number() {
    let (plan, table) = with_a_fault();
    let files = files(&plan, &table);
    let file = |name: &str| &files.iter().find(|(own, _)| own == name).unwrap().1;
    let told = "restricted mean difference (to 8 s) = −1.50 s";
    for name in ["results.md", "report.html", "results.tex"] {
        let said = file(name).replace("\\ensuremath{-}", "−");
        assert!(said.contains(told), "{name}");
        assert!(said.contains("3 of 12 waits are longer than 8 s"), "{name}");
    }
    assert!(
        file("results.tex").contains("\\newcommand{\\KbWaitLightPairedTCountedUpTo}{8}"),
        "{}",
        file("results.tex")
    );
    assert!(file("results.tex").contains("\\newcommand{\\KbWaitLightPairedTLonger}{3}"));
    assert!(file("numbers.csv").contains("wait/light/paired_t/counted up to,8,"), "{}", file("numbers.csv"));
    assert!(file("numbers.csv").contains("wait/as planned/light/paired_t/longer,3,"));
    let rows = super::synthetic::Csv::of(file("sensitivity.csv"));
    let told: Vec<(String, String)> = rows
        .rows()
        .filter(|row| row["test"] == "paired_t")
        .map(|row| (row["waits_up_to"].clone(), row["waits_longer"].clone()))
        .collect();
    assert_eq!(told, [("8".to_owned(), "3".to_owned()), ("NA".to_owned(), "NA".to_owned())]);
    assert!(file("analysis.R").contains("\nuntil <- earliest_end(y)\n"));
    assert!(file("results.md").contains("(wait: 8 s, the earliest end of watching)"), "{}", file("results.md"));
    // The row that cannot be compared is not asked of R.
    assert!(!file("analysis.R").contains("ask_paired_t(\"wait/without exclusion fault\""));
}

#[test]
fn a_time_that_the_data_choose_must_not_cut_many_waits_short() {
    // One trial that broke off after half a second: all 12 others were watched for longer.
    let table = format!("{TABLE}C,5,on,0.5,0\n");
    let (_, _, results) = analyse(&plan("also = [\"permutation\", \"cox\"]\n"), &table).unwrap();
    for test in results.outcomes[0].tests.iter().filter(|test| test.test != "cox") {
        let why = test.refused.as_ref().unwrap();
        assert!(
            why.contains("the earliest end of watching, 0.5 s (trials.csv:14), would cut 12 of 13 waits short"),
            "{why}"
        );
        // The second earliest end is 8 s: only the broken trial was cut off before.
        let cure = "write restricted_at = 8, and leave out, with a reason, the trial that was cut off before";
        assert!(why.contains(cure), "{why}");
        assert!(test.p.is_none());
    }
    // What it says does help.
    let rule = "restricted_at = 8\n[exclusions.broke_off]\ncolumn = \"trial\"\nis = [\"5\"]\nreason = \"broke off\"\n";
    let (_, _, results) = analyse(&plan(rule), &table).unwrap();
    assert!((results.outcomes[0].tests[0].estimate.as_ref().unwrap().value + 1.5).abs() < 1e-12);
    // Who still waited at the end that all trials share is not cut short by it: half of them, and there is an answer.
    let same_end = TABLE.replace(",9,0", ",8.004,0").replace(",9,1", ",8.001,0").replace("on,3,1", "on,8.01,0");
    let (_, _, results) = analyse(&plan(""), &same_end).unwrap();
    assert_eq!(results.outcomes[0].tests[0].refused, None);
}

fn with_cell(line: usize, cell: &str) -> String {
    let mut lines: Vec<String> = TABLE.lines().map(str::to_owned).collect();
    let at = lines[line - 1].rfind(',').unwrap();
    lines[line - 1] = format!("{},{cell}", &lines[line - 1][..at]);
    lines.join("\n") + "\n"
}

#[test]
fn a_wait_of_which_nobody_says_whether_it_ended_is_unknown_and_not_cut_off() {
    for blank in ["", "NA"] {
        let (_, taken, results) = analyse(&plan(""), &with_cell(2, blank)).unwrap();
        assert_eq!(taken.values[0][0], None);
        let wait = &results.outcomes[0];
        assert_eq!((wait.trials, wait.cells[0].trials, wait.cells[0].unknown), (11, 5, 1));
        let note = "unknown in 1 of 12 trials, of which 1 do not say whether it happened";
        assert!(wait.notes.iter().any(|own| own == note), "{:?}", wait.notes);
    }
}

#[test]
fn a_text_that_says_neither_yes_nor_no_is_told_with_its_line() {
    let told = wrong(&plan(""), &with_cell(4, "ja"));
    assert!(told.contains("trials.csv:4: column crossed: \"ja\" says neither \"1\" nor \"0\""), "{told}");
    assert!(told.contains("[data.columns.\"crossed\"] missing = [\"ja\"]"), "{told}");
    // Named, it is no mistake: unknown by a token, or no by a word.
    let token = plan("[data.columns.crossed]\nmissing = [\"ja\"]\n");
    assert_eq!(analyse(&token, &with_cell(4, "ja")).unwrap().1.values[0][2], None);
    let word = plan("happened_is = [\"1\", \"ja\"]\n");
    assert!(analyse(&word, &with_cell(4, "ja")).unwrap().1.values[0][2].unwrap().happened);
    let both = plan("happened_is_not = [\"0\", \"ja\"]\n");
    assert!(!analyse(&both, &with_cell(4, "ja")).unwrap().1.values[0][2].unwrap().happened);
    // A yes that no row has: the table says TRUE and FALSE.
    let words = TABLE.replace(",0\n", ",FALSE\n").replace(",1\n", ",TRUE\n");
    let told = wrong(&plan(""), &words);
    assert!(told.contains("column crossed: no row has \"1\": it would never have happened"), "{told}");
    assert!(told.contains("the column has \"TRUE\", \"FALSE\": name in happened_is"), "{told}");
    assert!(analyse(&plan("happened_is = [\"TRUE\"]\n"), &words).is_ok());
    // It may truly never have happened, if the plan says how that is told.
    let never = TABLE.replace(",1\n", ",0\n");
    assert!(wrong(&plan(""), &never).contains("no row has \"1\""));
    let (_, _, results) = analyse(&plan("happened_is_not = [\"0\"]\n"), &never).unwrap();
    assert_eq!(results.outcomes[0].cells[0].numbers[2].value, 6.0);
}

#[test]
fn a_wait_below_0_is_told_with_its_line() {
    let told = wrong(&plan(""), &TABLE.replace("B,1,off,5,1", "B,1,off,-3,1"));
    assert!(told.contains("trials.csv:6: column wait: a wait of -3: none ends before it begins"), "{told}");
    assert!(told.contains("[data.columns.\"wait\"] missing = [\"-3\"]"), "{told}");
    // Left out with a reason, it is no matter.
    let rule = plan("[exclusions.too_early]\ncolumn = \"wait\"\nbelow = 0\nreason = \"began before the cue\"\n");
    let (_, _, results) = analyse(&rule, &TABLE.replace("B,1,off,5,1", "B,1,off,-3,1")).unwrap();
    assert_eq!(results.outcomes[0].trials, 11);
    // The column that says until when it had not happened is looked at too.
    let ends = "who,trial,light,wait,end\nA,1,off,2,NA\nA,2,on,NA,-1\nB,1,off,2,NA\nB,2,on,3,NA\n";
    let by_end = plan("").replace("happened = \"crossed\"", "censored_at = \"end\"");
    assert!(wrong(&by_end, ends).contains("trials.csv:3: column end: a wait of -1"), "{}", wrong(&by_end, ends));
}
