//! Tables as people have them, and what is left out of them.

use super::synthetic::{analyse, files, table, wrong};
use std::path::Path;

const SMALL: &str = "schema = 1\nname = \"small\"\n[data]\nparticipant = \"who\"\n[factors.light]\ncolumn = \"light\"\n\
                     levels = [\"off\", \"on\"]\n[outcomes.y]\nkind = \"continuous\"\n";

/// Four people, two cells; `y` of the last row as given.
fn small(last: &str) -> String {
    let mut text = "who,light,y\n".to_owned();
    for (i, y) in ["1.5", "2.5", "1.0", "1.75", "0.5", "2.25", "1.25"].iter().enumerate() {
        text += &format!("P{},{},{y}\n", i / 2, ["off", "on"][i % 2]);
    }
    text + &format!("P3,on,{last}\n")
}

#[test]
fn what_a_spreadsheet_did_to_a_table_is_told_with_its_line() {
    for (text, words) in [
        (small("\"3,5\""), "trials.csv:9: column y: \"3,5\" is not a number\n    cure: decimal marks are points"),
        (
            small("12-Mar"),
            "trials.csv:9: column y: \"12-Mar\" is not a number\n    cure: a spreadsheet may have made a date",
        ),
        (small("1.2.3"), "a date of it, or set marks between thousands"),
        (small("nan"), "\"nan\" is not a number"),
        (small("inf"), "trials.csv:9: column y: an infinite value\n    cure: say what it means"),
        (small("3,5"), "trials.csv:9: 4 cells, but the line of names has 3"),
        ("who,light,light\nP,off,1\n".to_owned(), "a second column \"light\""),
        ("who,light,y\n".to_owned(), "has no rows"),
        (String::new(), "has no rows"),
        (small("3").replace("light,y", "light,z"), "has no column \"y\""),
        (small("3").replace("P3,on", "P3,onn"), "trials.csv:9: column light: \"onn\" is no level of light"),
        (small("3").replace("P3,on", "NA,on"), "a row without a participant"),
        (small("3").replace(",on,", ",off,"), "no trial has the level \"on\" of light"),
    ] {
        let told = wrong(SMALL, &text);
        assert!(told.contains(words), "{words}\n---\n{told}");
    }
}

#[test]
fn numbers_that_are_no_answers_are_told_in_few_digits() {
    let plan = format!("{SMALL}range = [0, 10]\n");
    assert!(
        wrong(&plan, &small("1e300")).contains("trials.csv:9: column y: 1e300 lies outside the range of y, 0 to 10")
    );
    let plan = SMALL.replace("continuous", "binary");
    let text =
        small("1e300").replace(".5", "").replace(".0", "").replace(".75", "").replace(".25", "").replace(",2", ",1");
    assert!(wrong(&plan, &text).contains("trials.csv:9: column y: 1e300 cannot be a value of y, which is binary"));
}

#[test]
fn byte_order_marks_semicolons_and_tabs_are_read() {
    let (_, _, plain) = analyse(SMALL, &small("3.5")).unwrap();
    for (text, note) in [
        (format!("\u{feff}{}", small("3.5")), false),
        (small("3.5").replace(',', ";"), true),
        (small("3.5").replace(',', "\t"), true),
        (small("3.5").replace('\n', "\r\n"), false),
    ] {
        let (_, _, read) = analyse(SMALL, &text).unwrap();
        assert_eq!(read.outcomes, plain.outcomes);
        assert_eq!(read.notes.len(), usize::from(note), "{:?}", read.notes);
    }
    // Two people whose names look alike.
    let hidden = kerbside::analysis::sheet::Sheet::read("t.csv", b"who,x\nP1,1\nP\x001,2\n").unwrap_err().to_string();
    assert!(hidden.contains("t.csv:3") && hidden.contains("control character"), "{hidden}");
    assert!(
        kerbside::analysis::sheet::Sheet::read("t.csv", b"\xff\xfea\0").unwrap_err().to_string().contains("UTF-16")
    );
    let told = kerbside::analysis::sheet::Sheet::read("t.csv", b"a,b\n1,\xe9\n").unwrap_err().to_string();
    assert!(told.contains("t.csv:2: is not UTF-8"), "{told}");
}

#[test]
fn unknown_and_infinite_values_are_as_the_plan_says_and_counted() {
    let plan = format!("{SMALL}[data.columns.y]\nmissing = [\"-1\"]\ninfinite = \"missing\"\n");
    let text = small("inf").replace("1.75", "-1.0");
    let (_, _, results) = analyse(&plan, &text).unwrap();
    let y = &results.outcomes[0];
    assert_eq!((y.people, y.trials), (4, 6));
    assert!(y.notes.iter().any(|n| n == "unknown in 2 of 8 trials, of which 1 are infinite"), "{:?}", y.notes);
    assert!(
        y.notes.iter().any(|n| n.contains("without a value in some cell: 2 participants (P1, P3)")),
        "{:?}",
        y.notes
    );
    assert_eq!(y.tests[0].people, 2);
}

#[test]
fn an_exclusion_that_matches_nobody_is_an_error() {
    let rule = |lines: &str| format!("{SMALL}[exclusions.rule]\nreason = \"a reason\"\n{lines}\n");
    for (lines, words) in [
        ("participants = [\"P7\"]", "no row has \"P7\""),
        ("column = \"y\"\nabove = 99", "the exclusion rule (y above 99) matches nobody"),
        ("column = \"light\"\nis = [\"of\"]", "no row has \"of\"\n    cure: did you mean \"off\"?"),
        ("column = \"ligth\"\nis = [\"off\"]", "has no column \"ligth\"\n    cure: did you mean \"light\"?"),
    ] {
        let told = wrong(&rule(lines), &small("3"));
        assert!(told.contains(words), "{words}\n---\n{told}");
    }
    let (_, _, results) = analyse(&rule("column = \"y\"\nabove = 2.9\nwhole_participant = true"), &small("3")).unwrap();
    let step = results.flow.iter().find(|step| step.name == "exclusions.rule").unwrap();
    assert_eq!((step.trials, step.participants, step.participants_left), (2, 1, 3));
    assert_eq!(results.outcomes[0].people, 3);
}

#[test]
fn trials_with_late_frames_are_left_out_as_the_document_shows() {
    let document = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/analysis.md")).unwrap();
    let section = document.split("\n### Late frames\n").nth(1).unwrap().split("\n### ").next().unwrap();
    let shown: Vec<&str> = section.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    let [exclusion, rows] = shown[..] else { panic!("{shown:?}") };
    // Two trials of each of four people; the first person's have so many late frames, the others' none.
    let with_late = |late: [&str; 2]| {
        let text = small("3");
        let lines = text.lines().enumerate().map(|(i, line)| match i {
            0 => format!("{line},late_frames\n"),
            i => format!("{line},{}\n", late.get(i - 1).unwrap_or(&"0")),
        });
        lines.collect::<String>()
    };
    let left_out = |lines: &str, late: [&str; 2]| {
        let (_, _, results) = analyse(&format!("{SMALL}{lines}"), &with_late(late)).unwrap();
        let step = results.flow.iter().find(|step| ["exclusions.late", "rows.in_time"].contains(&step.name.as_str()));
        step.map_or(0, |step| step.trials)
    };
    for lines in [exclusion, rows] {
        assert_eq!(left_out(lines, ["18", "19"]), 1, "{lines}");
        assert_eq!(left_out(lines, ["190", "19"]), 2, "{lines}");
    }
    assert!(wrong(&format!("{SMALL}{exclusion}"), &with_late(["0", "18"])).contains("matches nobody"));
    assert_eq!(left_out(rows, ["0", "18"]), 0);
    assert_eq!((left_out(exclusion, ["NA", "19"]), left_out(rows, ["NA", "19"])), (1, 2), "unknown");
}

#[test]
fn a_factor_between_that_varies_within_is_refused() {
    let plan = SMALL.replace("levels = [\"off\", \"on\"]", "levels = [\"off\", \"on\"]\nbetween = true");
    assert!(wrong(&plan, &small("3")).contains("unpaired tests of paired data are refused"));
}

#[test]
fn what_cannot_be_answered_is_refused_beside_what_can() {
    let constant = "who,light,y\n".to_owned()
        + &(0..6).map(|i| format!("P{},{},2\n", i / 2, ["off", "on"][i % 2])).collect::<String>();
    let (_, _, results) = analyse(SMALL, &constant).unwrap();
    let test = &results.outcomes[0].tests[0];
    assert!(test.refused.as_ref().unwrap().contains("do not vary") && test.p.is_none());
    // Nobody ever crossed: no model of waits, and no number pretends to be one.
    let plan = "schema = 1\nname = \"waits\"\n[data]\nparticipant = \"who\"\n[factors.light]\ncolumn = \"light\"\n\
                levels = [\"off\", \"on\"]\n[outcomes.wait]\nkind = \"censored\"\nhappened = \"crossed\"\n\
                happened_is_not = [\"0\"]\nalso = [\"log_rank\"]\n";
    let text = table(6, 0.0, "never");
    let never = text.lines().enumerate().map(|(i, line)| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if i > 0 {
            cells[7] = "0";
        }
        cells.join(",") + "\n"
    });
    let never: String = never.collect();
    let (_, _, results) = analyse(plan, &never).unwrap();
    let waits = &results.outcomes[0];
    assert!(waits.tests.iter().all(|test| test.refused.is_some()), "{:?}", waits.tests);
    assert!(waits.cells.iter().all(|cell| cell.trials == 36), "censored waits stay: {:?}", waits.cells);
    assert!(!files(plan, &never).iter().any(|(_, text)| text.contains("NaN")));
}

/// Trials as Kerbside's own tables have them.
fn own_table() -> String {
    let mut text =
        "participant,session_n,trial_n,kind,factor.light,cit_s,censored,exclusion_reason,simulated\n".to_owned();
    for person in 0..5 {
        for trial in 0..6 {
            let kind = ["practice", "main", "main", "main", "main", "catch"][trial];
            let (reason, censored) = match (person, trial) {
                (_, 0) => ("practice", 0),
                (0, 1) => ("marked", 0),
                (1, 2) => ("aborted marked", 0),
                (2, 3) => ("NA", 1),
                _ => ("NA", 0),
            };
            let cit = if censored == 1 { "NA".to_owned() } else { format!("{}.{person}{trial}", 2 + trial % 2) };
            let light = if kind == "main" { ["off", "on"][trial % 2] } else { "NA" };
            let simulated = u8::from(person == 4);
            text += &format!("P{person},1,{trial},{kind},{light},{cit},{censored},{reason},{simulated}\n");
        }
    }
    text
}

#[test]
fn simulated_practice_aborted_marked_and_catch_trials_are_kept_out_and_counted() {
    let plan = "schema = 1\nname = \"own\"\nKEEP\n[factors.light]\nlevels = [\"off\", \"on\"]\n[outcomes.wait]\nkind = \"censored\"\n\
                column = \"cit_s\"\nhappened = \"censored\"\nhappened_is = [\"0\"]\n";
    let (_, _, results) = analyse(&plan.replace("KEEP", ""), &own_table()).unwrap();
    let taken =
        |name: &str| results.flow.iter().find(|step| step.name == name).map(|step| (step.trials, step.participants));
    assert_eq!(taken("all"), Some((30, 5)));
    assert_eq!(taken("simulated"), Some((6, 1)));
    assert_eq!(taken("practice"), Some((4, 0)));
    assert_eq!((taken("aborted"), taken("marked")), (Some((1, 0)), Some((1, 0))));
    assert_eq!((taken("catch"), taken("analysed")), (Some((4, 0)), Some((14, 4))));
    assert!(!results.simulated);
    let asked = plan.replace("KEEP", "keep = [\"simulated\", \"marked\"]");
    let (_, _, results) = analyse(&asked, &own_table()).unwrap();
    assert!(
        results.simulated && results.notes.iter().any(|note| note.starts_with("marked asked for: 1 trials")),
        "{:?}",
        results.notes
    );
    // A wait is not to be averaged over those who crossed.
    let averaged = plan.replace("KEEP", "").replace("censored\"\ncolumn", "continuous\"\ncolumn");
    let averaged = averaged.replace("happened = \"censored\"\nhappened_is = [\"0\"]\n", "");
    assert!(
        wrong(&averaged, &own_table()).contains("cit_s is a wait, cut off in 1 trials"),
        "{}",
        wrong(&averaged, &own_table())
    );
}

#[test]
fn lines_are_those_of_an_editor_whatever_ends_them() {
    // The wrong cell stands in the ninth line of every one of these.
    let text = small("x");
    let note = |i: usize| ["note", "\"two\nlines\"", ""][i.min(2)];
    let quoted: String = text.lines().enumerate().map(|(i, line)| format!("{line},{}\n", note(i))).collect();
    for (name, text, line) in [
        ("LF", text.clone(), 9),
        ("CRLF", text.replace('\n', "\r\n"), 9),
        ("BOM and CRLF", format!("\u{feff}{}", text.replace('\n', "\r\n")), 9),
        ("CR", text.replace('\n', "\r"), 9),
        ("no last line end", text.trim_end().replace('\n', "\r\n"), 9),
        ("an empty line, CRLF", text.replacen('\n', "\n\n", 1).replace('\n', "\r\n"), 10),
        ("a line within quotes", quoted.clone(), 10),
        ("a line within quotes, CRLF", quoted.replace('\n', "\r\n"), 10),
    ] {
        let told = wrong(SMALL, &text);
        assert!(
            told.starts_with(&format!("trials.csv:{line}: column y: \"x\" is not a number")),
            "{name}\n---\n{told}"
        );
    }
    // Rows of too many cells too; and results name the line of each trial.
    let told = wrong(SMALL, &small("3,5").replace('\n', "\r\n"));
    assert!(told.contains("trials.csv:9: 4 cells"), "{told}");
    let (_, taken, _) = analyse(SMALL, &small("3.5").replace('\n', "\r\n")).unwrap();
    let places: Vec<String> = taken.trials.iter().map(|trial| trial.place.clone()).collect();
    assert_eq!(places, (2..10).map(|line| format!("trials.csv:{line}")).collect::<Vec<_>>());
}

#[test]
fn a_trial_that_stands_twice_is_told_with_both_lines() {
    let pasted = small("3") + "P0,off,1.5\nP0,on,2.5\n";
    let told = wrong(SMALL, &pasted);
    assert!(told.contains("trials.csv:10: all cells as in trials.csv:2: is it one trial twice?"), "{told}");
    assert!(told.contains("trials.csv:11: all cells as in trials.csv:3"), "{told}");
    let kept = SMALL.replace("participant = \"who\"", "participant = \"who\"\nidentical_rows = \"keep\"");
    let (_, _, results) = analyse(&kept, &pasted).unwrap();
    assert_eq!(results.outcomes[0].trials, 10);
    // The same number of a participant's trial, in rows that differ.
    let numbered = |text: &str| {
        let rows = text
            .lines()
            .enumerate()
            .map(|(i, line)| format!("{line},{}\n", if i == 0 { "n".to_owned() } else { i.to_string() }));
        rows.collect::<String>()
    };
    let by_order = SMALL.replace("participant = \"who\"", "participant = \"who\"\norder = \"n\"");
    let again = numbered(&small("3")) + "P0,off,1.25,1\n";
    let told = wrong(&by_order, &again);
    assert!(told.contains("trials.csv:10: P0 has n 1 already in trials.csv:2"), "{told}");
    // A repeated trial that a rule leaves out is no mistake.
    let rule = format!("{by_order}[exclusions.again]\ncolumn = \"y\"\nis = [\"1.25\"]\nreason = \"run again\"\n");
    let again = numbered(&small("3")).replace(",1.25,", ",1.75,") + "P0,off,1.25,1\n";
    assert_eq!(analyse(&rule, &again).unwrap().2.outcomes[0].trials, 8);
    // Of sixteen ten are told, and how many more there are.
    let many: String =
        small("3") + &small("3").lines().skip(1).map(|line| format!("{line}\n{line}\n")).collect::<String>();
    let told = wrong(SMALL, &many);
    assert!(told.contains("6 more trials stand twice"), "{told}");
}

#[test]
fn an_unknown_level_is_a_step_of_the_flow() {
    let text = small("3").replacen("P0,off", "P0,", 1).replacen("P1,on", "P1,NA", 1) + "P0,off,1.125\nP1,on,1.125\n";
    let (_, taken, results) = analyse(SMALL, &text).unwrap();
    let steps: Vec<(&str, &str, usize, usize)> = results
        .flow
        .iter()
        .map(|step| (step.name.as_str(), step.reason.as_str(), step.trials, step.trials_left))
        .collect();
    assert_eq!(
        steps,
        [
            ("all", "all trials in the data", 10, 10),
            ("levels.light", "unknown level of light", 2, 8),
            ("analysed", "trials that are analysed", 8, 8)
        ]
    );
    assert_eq!(results.outcomes[0].tests[0].trials, 8);
    assert_eq!(taken.trials.iter().filter(|trial| trial.analysed).count(), 8);
    // An outcome without that factor needs it not: the others say what they lose.
    let plan = format!("{SMALL}[outcomes.all]\ncolumn = \"y\"\nkind = \"continuous\"\nfactors = []\n");
    let (_, _, results) = analyse(&plan, &text).unwrap();
    assert_eq!(results.flow.last().unwrap().trials, 10);
    assert_eq!((results.outcomes[0].trials, results.outcomes[1].trials), (8, 10));
    let note = "2 trials with an unknown level of light are not in it";
    assert!(results.outcomes[0].notes.iter().any(|own| own == note), "{:?}", results.outcomes[0].notes);
}

#[test]
fn unknown_values_are_counted_among_the_trials_that_are_analysed() {
    let plan = format!(
        "{SMALL}[data.columns.y]\nmissing = [\"-1\"]\n[exclusions.off_p1]\nparticipants = [\"P1\"]\nreason = \"a reason\"\n"
    );
    // One unknown value of P0, one of P1, who is left out.
    let text = small("3").replacen("P0,on,2.5", "P0,on,-1", 1).replacen("P1,off,1.0", "P1,off,-1", 1);
    let (_, _, results) = analyse(&plan, &text).unwrap();
    assert!(
        results.outcomes[0].notes.iter().any(|note| note == "unknown in 1 of 6 trials"),
        "{:?}",
        results.outcomes[0].notes
    );
    let cells: Vec<usize> = results.outcomes[0].cells.iter().map(|cell| cell.unknown).collect();
    assert_eq!(cells, [0, 1]);
}

#[test]
fn unknown_values_that_hang_on_the_condition_are_warned_of() {
    let plan = format!("{SMALL}[data.columns.y]\nmissing = [\"-1\"]\n");
    let trials = |unknown: &dyn Fn(usize) -> bool| -> String {
        let row = |i: usize| {
            let y = if unknown(i) { "-1".to_owned() } else { format!("{}.{i:03}", i % 5) };
            format!("P{},{},{y},{i}\n", i / 10, ["off", "on"][i % 2])
        };
        "who,light,y,n\n".to_owned() + &(0..60).map(row).collect::<String>()
    };
    // Of 30 trials with the light every sixth is unknown, without it none.
    let (_, _, results) = analyse(&plan, &trials(&|i| i % 12 == 1)).unwrap();
    let warned = |results: &kerbside::analysis::results::Results| {
        let note = results.outcomes[0].notes.iter().find(|note| note.contains("HANGS ON THE CONDITION"));
        note.cloned()
    };
    let note = warned(&results).unwrap();
    assert!(note.contains("5 of 30 trials of (on), but 0 of 30 trials of (off)"), "{note}");
    assert!(
        files(&plan, &trials(&|i| i % 12 == 1))
            .iter()
            .any(|(_, text)| text.contains("| cell | participants | trials | unknown |"))
    );
    // As many in both: no warning.
    let (_, _, results) = analyse(&plan, &trials(&|i| i % 12 < 2)).unwrap();
    assert_eq!(warned(&results), None);
}

#[test]
fn a_family_says_how_many_tests_were_planned_and_how_many_have_an_answer() {
    let plan = format!(
        "{SMALL}family = \"main\"\n[outcomes.same]\nkind = \"continuous\"\nfamily = \"main\"\n[families.main]\ncorrection = \"holm\"\n"
    );
    let same = small("3")
        .lines()
        .enumerate()
        .map(|(i, line)| format!("{line},{}\n", if i == 0 { "same" } else { "2" }))
        .collect::<String>();
    let (_, _, results) = analyse(&plan, &same).unwrap();
    let test = &results.outcomes[0].tests[0];
    assert_eq!(test.family, "main: Holm, 2 tests planned, of which 1 has an answer");
    // Holm over two, of which the other counts as not found.
    assert!((test.p_corrected.unwrap() - (2.0 * test.p.unwrap()).min(1.0)).abs() < 1e-12);
    let note = "family main: 2 tests planned, of which 1 has an answer; p-values are corrected for all 2";
    assert!(results.notes.iter().any(|own| own.starts_with(note)), "{:?}", results.notes);
    let files = files(&plan, &same);
    let page = &files.iter().find(|(name, _)| name == "results.md").unwrap().1;
    assert!(
        page.contains("Family main: 2 tests planned, of which 1 has an answer, p-values corrected by Holm for all 2."),
        "{page}"
    );
}

#[test]
fn refusals_name_cells_effects_and_participants() {
    // Two factors; nobody has a trial with light and the long gap.
    let plan = "schema = 1\nname = \"cells\"\n[data]\nparticipant = \"who\"\n[factors.light]\ncolumn = \"light\"\n\
                levels = [\"off\", \"on\"]\n[factors.gap]\ncolumn = \"gap\"\nlevels = [\"3.0\", \"5.0\"]\n\
                [outcomes.clear_s]\nkind = \"continuous\"\nalso = [\"lmm\", \"anova\"]\n[outcomes.safe]\nkind = \"ordinal\"\n";
    let all = table(6, 0.5, "cells");
    let empty: String = all.lines().filter(|line| !line.contains(",on,5.0,")).map(|line| format!("{line}\n")).collect();
    let (_, _, results) = analyse(plan, &empty).unwrap();
    let why = |outcome: usize, test: &str| {
        results.outcomes[outcome].tests.iter().find(|own| own.test == test).unwrap().refused.clone().unwrap()
    };
    let nobody = "no trial has a value in the cell (on, 5.0) of light, gap";
    assert_eq!(why(0, "paired_t"), format!("0 participants have a value in every cell, and 2 are needed: {nobody}"));
    assert!(why(0, "anova").ends_with(nobody), "{}", why(0, "anova"));
    for words in [why(0, "lmm"), why(1, "clmm")] {
        assert!(words.starts_with(nobody) && words.contains("leave a factor or a level out"), "{words}");
    }
    // One participant with every cell; the others are named.
    let one: String = all
        .lines()
        .filter(|line| !line.contains(",on,5.0,") || line.starts_with("P00"))
        .map(|line| format!("{line}\n"))
        .collect();
    let (_, _, results) = analyse(plan, &one).unwrap();
    let words = results.outcomes[0].tests[0].refused.clone().unwrap();
    assert_eq!(
        words,
        "1 participant has a value in every cell, and 2 are needed; without one in some cell: P01, P02, P03, P04, P05"
    );
    // An effect that tells the answer perfectly is named: nobody crosses with the light, everybody waves.
    let told = all.lines().map(|line| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if cells[1] != "light" {
            (cells[7], cells[12]) = if cells[1] == "on" { ("0", "1") } else { ("1", "0") };
        }
        cells.join(",") + "\n"
    });
    let others = "[outcomes.waved]\nkind = \"binary\"\n[outcomes.wait]\nkind = \"censored\"\nhappened = \"crossed\"\n\
                  test = \"cox\"\nfactors = [\"light\"]";
    let plan = plan.replace("[outcomes.safe]\nkind = \"ordinal\"", others);
    let (_, _, results) = analyse(&plan, &told.collect::<String>()).unwrap();
    for outcome in [1, 2] {
        let words = results.outcomes[outcome].tests[0].refused.clone().unwrap();
        assert!(words.starts_with("light on against off tells answers apart without a mistake"), "{words}");
        assert!(!words.contains("counted from 0"), "{words}");
    }
}

#[test]
fn a_step_off_before_the_cue_is_no_mistake_of_kerbsides_own_measure() {
    let plan = "schema = 1\nname = \"own\"\n[factors.light]\nlevels = [\"off\", \"on\"]\n[outcomes.wait]\nkind = \"censored\"\n\
                column = \"cit_s\"\nhappened = \"censored\"\nhappened_is = [\"0\"]\n";
    let text = own_table().replacen(",3.03,0,", ",-0.25,0,", 1);
    assert_ne!(text, own_table());
    let (_, taken, results) = analyse(plan, &text).unwrap();
    assert!(taken.values[0].iter().flatten().any(|value| value.number == -0.25));
    let note = "1 waits are below 0: the step-off came before the cue";
    assert!(results.outcomes[0].notes.iter().any(|own| own == note), "{:?}", results.outcomes[0].notes);
}
