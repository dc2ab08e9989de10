//! The page as a whole, for studies of every size and for none.

use super::synthetic::{self, Case, input};
use super::*;

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
    ]
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
        for id in
            ["done", "crossing", "estimates", "outcomes", "manipulation", "trial", "quality", "definitions", "limits"]
        {
            assert!(page.contains(&format!("<section id=\"{id}\"")), "{name}: {id}");
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
