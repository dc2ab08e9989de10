//! The page as a whole, for studies of every size and for none.

use super::synthetic::{self, Case, input};
use super::*;
use crate::table::Text;

fn cases() -> Vec<(&'static str, ReportInput)> {
    let mut empty = input(&Case { people: 0, example: false, ..Case::default() });
    empty.seed = None;
    let twelve = || Case { factors: synthetic::twelve_cells(), repetitions: 2, ..Case::default() };
    vec![
        ("usual", input(&Case::default())),
        ("empty", empty),
        (
            "one_condition",
            input(&Case { factors: synthetic::no_factors(), people: 8, simulated: false, ..Case::default() }),
        ),
        ("twelve_conditions", input(&twelve())),
        ("three_people", input(&Case { people: 3, ..Case::default() })),
        ("one_person", input(&Case { people: 1, ..Case::default() })),
        ("many_people", input(&Case { people: 200, ..Case::default() })),
        ("nobody_steps_off", input(&Case { step_off: false, ..Case::default() })),
        ("all_na", input(&Case { known: false, example: false, ..Case::default() })),
        ("markup", markup()),
        ("one_trial", one_trial()),
        ("all_pilot", with_trials(|trial| trial.pilot = true)),
        ("some_pilot", with_trials(|trial| trial.pilot = trial.participant.as_str() == "P001")),
        ("nothing_asked", nothing_asked()),
        ("no_braking", no_braking()),
        ("odd_scales", odd_scales()),
    ]
}

fn one_trial() -> ReportInput {
    let mut input = input(&Case { people: 1, ..Case::default() });
    let kept = conditions::sort(&input).kept().map(|(_, row)| row.trial_n).next().unwrap();
    input.measures.retain(|row| row.trial_n == kept);
    input.trials.retain(|row| row.trial_n == kept);
    input
}

fn with_trials(change: impl Fn(&mut TrialRow)) -> ReportInput {
    let mut input = input(&Case { people: 6, ..Case::default() });
    input.trials.iter_mut().for_each(change);
    input
}

fn nothing_asked() -> ReportInput {
    let mut input = input(&Case { people: 6, ..Case::default() });
    (input.items, input.answers, input.scores, input.register, input.trials) = Default::default();
    input.planned.clear();
    input
}

fn no_braking() -> ReportInput {
    use crate::table::Real;
    let mut input = input(&Case { people: 6, ..Case::default() });
    for row in &mut input.measures {
        (row.commanded_decel_mps2, row.achieved_decel_mps2) = (Real::NA, Real::NA);
        (row.onset_to_stop_line_m, row.rest_to_stop_line_m) = (Real::NA, Real::NA);
        (row.commanded_onset_to_stop_line_m, row.commanded_rest_to_stop_line_m) = (Real::NA, Real::NA);
        (row.step_off_after_braking_s, row.braking_seen) = (Real::NA, None);
    }
    input
}

/// A slider, the widest scale there can be, and one with a single answer.
fn odd_scales() -> ReportInput {
    let mut input = input(&Case { people: 6, ..Case::default() });
    let item = input.items[0].clone();
    let scales = [(0, 100), (i64::MIN, i64::MAX), (4, 4)];
    input.items = scales.iter().map(|(least, most)| Item { least: *least, most: *most, ..item.clone() }).collect();
    input
}

fn markup() -> ReportInput {
    let evil = "<script>alert(\"&'</b>\")</script>";
    let mut input = input(&Case { people: 6, ..Case::default() });
    for text in [
        &mut input.title,
        &mut input.about,
        &mut input.map,
        &mut input.crosswalk,
        &mut input.version,
        &mut input.data_folder,
    ] {
        *text = evil.to_owned();
    }
    input.heads = vec![(evil.to_owned(), evil.to_owned())];
    input.factors[1].levels[0] = evil.to_owned();
    for (_, level) in input.levels.values_mut().flatten().filter(|(_, level)| level == "gentle") {
        *level = evil.to_owned();
    }
    for item in &mut input.items {
        (item.text, item.poles) = (evil.to_owned(), (evil.to_owned(), evil.to_owned()));
    }
    for row in &mut input.scores {
        row.score = Text::new(evil);
        row.instrument = Text::new(evil);
    }
    for row in &mut input.register {
        (row.group, row.state, row.reason) = (Text::new(evil), Text::new(evil), Text::new(evil));
    }
    for (row, trial) in input.measures.iter_mut().zip(&mut input.trials) {
        (row.participant, trial.participant) = (Text::new(evil), Text::new(evil));
        (trial.redo_of_trial_n, trial.redo_reason) = (Some(1), Text::new(evil));
    }
    input.planned.insert(evil.to_owned(), 3);
    if let Some(example) = &mut input.example {
        example.cell = evil.to_owned();
        example.participant = evil.to_owned();
    }
    input
}

/// The body as XML: every tag closed, every attribute quoted.
fn body(page: &str) -> &str {
    let from = page.find("<body>").unwrap();
    let to = page.rfind("</body>").unwrap() + "</body>".len();
    &page[from..to]
}

#[test]
fn every_page_is_whole_and_well_formed() {
    for (name, input) in cases() {
        let page = render(&input);
        for (id, ..) in sections(&input, &conditions::sort(&input)) {
            assert!(page.contains(&format!("<section id=\"{id}\"")), "{name}: {id}");
            assert!(page.contains(&format!("href=\"#{id}\"")), "{name}: {id} in the list of sections");
        }
        let parsed = roxmltree::Document::parse(body(&page)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let drawings = parsed
            .descendants()
            .filter(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "svg")) && n.attribute("role").is_some());
        for drawing in drawings {
            assert_eq!(drawing.attribute("role"), Some("img"), "{name}");
            assert!(drawing.children().any(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "title"))), "{name}");
        }
        for wrong in ["NaN", "inf ", "-0.0", "http://", "https://", "<script"] {
            let found = page.replace("http://www.w3.org/2000/svg", "").find(wrong);
            assert!(found.is_none(), "{name}: {wrong} at {found:?}");
        }
    }
}

#[test]
fn simulated_people_are_never_taken_for_people() {
    let words = "All participants in this report are SIMULATED.";
    assert_eq!(render(&input(&Case::default())).matches(words).count(), 2, "in the banner and in the foot");
    assert!(!render(&input(&Case { simulated: false, ..Case::default() })).contains("SIMULATED"));
}

#[test]
fn who_is_no_person_is_said_as_it_is() {
    let said = |simulated: usize, scripted: usize| {
        let page = render(&ReportInput { simulated, scripted, ..input(&Case { people: 3, ..Case::default() }) });
        let words = ["All participants in this report are SCRIPTED.", "are SIMULATED or SCRIPTED.", "1 is SIMULATED."];
        words.map(|words| page.contains(words))
    };
    assert_eq!(said(0, 3), [true, false, false]);
    assert_eq!(said(2, 1), [false, true, false]);
    assert_eq!(said(1, 0), [false, false, true]);
    assert_eq!(said(0, 0), [false, false, false]);
}

#[test]
fn pilots_are_said_clearly_and_left_out_where_there_are_others() {
    let page = |change: fn(&mut TrialRow)| render(&with_trials(change));
    assert!(page(|trial| trial.pilot = true).contains("All trials in this report are of a PILOT."));
    assert!(
        page(|trial| trial.pilot = trial.participant.as_str() == "P001").contains("22 trials of PILOTS are left out.")
    );
    assert!(!page(|_| {}).contains("PILOT"));
}

#[test]
fn nothing_asked_and_nothing_known_is_said() {
    let page = render(&nothing_asked());
    for words in
        ["Nothing was asked after the trials.", "No questionnaire with scores", "There is no register beside them"]
    {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn nothing_measured_says_so() {
    let page = render(&cases().remove(1).1);
    assert!(page.contains("There is nothing yet"));
    assert!(page.contains("No trial was chosen to be drawn."));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(render(&input(&Case::default())), render(&input(&Case::default())));
}

#[test]
fn ids_are_unique() {
    let page = render(&input(&Case::default()));
    let parsed = roxmltree::Document::parse(body(&page)).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for id in parsed.descendants().filter_map(|n| n.attribute("id")) {
        assert!(seen.insert(id.to_owned()), "{id}");
    }
}

/// `KERBSIDE_REPORT_PAGES=<folder> cargo test dump_pages -- --ignored` writes the pages to look at.
#[test]
#[ignore = "writes pages to look at"]
fn dump_pages() {
    let folder = std::path::PathBuf::from(std::env::var("KERBSIDE_REPORT_PAGES").unwrap());
    for (name, input) in cases() {
        std::fs::write(folder.join(format!("{name}.html")), render(&input)).unwrap();
    }
}
