//! Tables as people have them, and what is left out of them.

use super::synthetic::{analyse, files, table, wrong};

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
                also = [\"log_rank\"]\n";
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
