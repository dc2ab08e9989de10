//! Every instrument that ships, against scores worked out by hand; reading, answering, scoring, one case a line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use kerbside::document::{Source, Table};
use kerbside::instrument::{
    Instrument, InstrumentItem, Scored, of_trial_items, read, read_table, scores, shipped, shipped_ids,
};
use kerbside::table::{AnswerRow, AnswerSource, Occasion, ScoreRow, Text};

fn of(id: &str) -> Instrument {
    shipped(id).unwrap_or_else(|| panic!("{id} does not read"))
}

/// The scores of a sheet, answers in the order of the items; `.` is left out.
fn scored(instrument: &Instrument, answers: &[&str]) -> Vec<Scored> {
    assert_eq!(answers.len(), instrument.items.len());
    let place = |id: &str| instrument.items.iter().position(|item| item.id == id);
    instrument.score(&|id| place(id).map(|at| answers[at].to_owned()).filter(|answer| answer != "."))
}

/// Scores of a sheet written as one line, to a millionth; NaN for NA.
#[track_caller]
fn scores_are(id: &str, sheet: &str, expected: &[(&str, f64)]) {
    let sheet: Vec<&str> = sheet.split_whitespace().collect();
    let found = scored(&of(id), &sheet);
    let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, expected.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "{id}");
    for (one, (name, value)) in found.iter().zip(expected) {
        let got = one.value.unwrap_or(f64::NAN);
        assert!((got - value).abs() < 1e-6 || (got.is_nan() && value.is_nan()), "{id} {name}: {got}, not {value}");
        assert_eq!(one.value.is_none(), !one.reason.is_empty(), "{id} {name}: {}", one.reason);
    }
}

fn all(answer: &str, items: usize) -> String {
    vec![answer; items].join(" ")
}

#[test]
fn ssq() {
    let none = [("nausea", 0.0), ("oculomotor", 0.0), ("disorientation", 0.0), ("total", 0.0)];
    scores_are("ssq", &all("0", 16), &none);
    // 7 x 3 = 21 each: 21 x 9.54, 21 x 7.58, 21 x 13.92, 63 x 3.74: the published maxima.
    let most = [("nausea", 200.34), ("oculomotor", 159.18), ("disorientation", 292.32), ("total", 235.62)];
    scores_are("ssq", &all("3", 16), &most);
    // N: 1+0+2+1+0+2+1 = 7, x 9.54 = 66.78. O: 1+0+2+2+1+0+2 = 8, x 7.58 = 60.64.
    // D: 1+1+3+2+1+0+1 = 9, x 13.92 = 125.28. Total: 24 x 3.74 = 89.76.
    let mixed = [("nausea", 66.78), ("oculomotor", 60.64), ("disorientation", 125.28), ("total", 89.76)];
    scores_are("ssq", "1 0 2 2 1 0 2 1 0 3 2 1 0 1 2 1", &mixed);
    // Burping (16) is in N alone: O and D stay.
    let without_16 = [("nausea", f64::NAN), ("oculomotor", 60.64), ("disorientation", 125.28), ("total", f64::NAN)];
    scores_are("ssq", "1 0 2 2 1 0 2 1 0 3 2 1 0 1 2 .", &without_16);
}

#[test]
fn vrsq() {
    scores_are("vrsq", &all("0", 9), &[("oculomotor", 0.0), ("disorientation", 0.0), ("total", 0.0)]);
    scores_are("vrsq", &all("3", 9), &[("oculomotor", 100.0), ("disorientation", 100.0), ("total", 100.0)]);
    // 1+2+3+0 = 6 of 12; 1+0+2+3+1 = 7 of 15, 46.666667 %; their mean 48.333333.
    let mixed = [("oculomotor", 50.0), ("disorientation", 700.0 / 15.0), ("total", 290.0 / 6.0)];
    scores_are("vrsq", "1 2 3 0 1 0 2 3 1", &mixed);
    let missing = [("oculomotor", 50.0), ("disorientation", f64::NAN), ("total", f64::NAN)];
    scores_are("vrsq", "1 2 3 0 1 0 2 3 .", &missing);
}

fn ipq_scores(g: f64, sp: f64, inv: f64, real: f64) -> [(&'static str, f64); 4] {
    [("general_presence", g), ("spatial_presence", sp), ("involvement", inv), ("experienced_realism", real)]
}

#[test]
fn ipq() {
    // One reversed item in each of SP, INV, REAL: (0+6+0+0+0)/5 = 1.2, (0+0+6+0)/4 = 1.5, the same.
    scores_are("ipq", &all("0", 14), &ipq_scores(0.0, 1.2, 1.5, 1.5));
    // (6+0+6+6+6)/5 = 4.8; (6+6+0+6)/4 = 4.5; the same.
    scores_are("ipq", &all("6", 14), &ipq_scores(6.0, 4.8, 4.5, 4.5));
    // SP: 5+(6-1)+6+3+2 = 21, /5 = 4.2. INV: 0+2+(6-1)+6 = 13, /4 = 3.25. REAL: (6-1)+3+2+5 = 15, /4 = 3.75.
    scores_are("ipq", "4 5 1 6 3 2 0 2 1 6 1 3 2 5", &ipq_scores(4.0, 4.2, 3.25, 3.75));
    scores_are("ipq", ". 5 1 6 3 2 0 2 1 6 1 3 2 5", &ipq_scores(f64::NAN, 4.2, 3.25, 3.75));
}

#[test]
fn nasa_tlx() {
    scores_are("nasa_tlx", &all("0", 6), &[("workload", 0.0)]);
    scores_are("nasa_tlx", &all("100", 6), &[("workload", 100.0)]);
    // 55+20+70+35+60+15 = 255, /6 = 42.5: performance (35) as it is.
    scores_are("nasa_tlx", "55 20 70 35 60 15", &[("workload", 42.5)]);
    scores_are("nasa_tlx", "55 20 70 . 60 15", &[("workload", f64::NAN)]);
    // A sheet with lines numbered 1 to 21: all 1 is 0, all 21 is 100, all 11 the middle.
    let sheet = of("nasa_tlx").text.replace("least = 0", "least = 1").replace("most = 100", "most = 21");
    let sheet = read("tlx21", &sheet.replace("{ 0 = ", "{ 1 = ").replace("100 = ", "21 = ")).unwrap();
    for (answer, score) in [("1", 0.0), ("11", 50.0), ("21", 100.0)] {
        assert_eq!(scored(&sheet, &[answer; 6])[0].value, Some(score));
    }
}

#[test]
fn sus() {
    // Odd 1-1 = 0, even 5-1 = 4: 20 x 2.5; all 5 the other way round: 20 x 2.5.
    scores_are("sus", &all("1", 10), &[("sus", 50.0)]);
    scores_are("sus", &all("5", 10), &[("sus", 50.0)]);
    scores_are("sus", "5 1 5 1 5 1 5 1 5 1", &[("sus", 100.0)]);
    scores_are("sus", "1 5 1 5 1 5 1 5 1 5", &[("sus", 0.0)]);
    // Odd 3+4+2+3+4 = 16, even 3+4+2+3+3 = 15: 31 x 2.5 = 77.5.
    scores_are("sus", "4 2 5 1 3 3 4 2 5 2", &[("sus", 77.5)]);
    scores_are("sus", "4 2 5 1 3 3 4 2 5 .", &[("sus", f64::NAN)]);
}

fn tia_scores(scores: [f64; 6]) -> Vec<(&'static str, f64)> {
    let names = [
        "reliability_competence",
        "understanding_predictability",
        "familiarity",
        "intention_of_developers",
        "propensity_to_trust",
        "trust_in_automation",
    ];
    names.into_iter().zip(scores).collect()
}

#[test]
fn tia() {
    // Reversed are 10 and 15, 7 and 16, 5: (1+1+5+1+5+1)/6 = 14/6, (1+5+1+5)/4 = 3, (5+1+1)/3 = 7/3.
    scores_are("tia", &all("1", 19), &tia_scores([14.0 / 6.0, 3.0, 1.0, 1.0, 7.0 / 3.0, 1.0]));
    // (5+5+1+5+1+5)/6 = 22/6, (5+1+5+1)/4 = 3, (1+5+5)/3 = 11/3.
    scores_are("tia", &all("5", 19), &tia_scores([22.0 / 6.0, 3.0, 5.0, 5.0, 11.0 / 3.0, 5.0]));
    // 4+4+(6-2)+4+(6-2)+5 = 25, /6; 3+(6-1)+5+(6-1) = 18, /4; (2+3)/2; (5+3)/2; (6-2)+3+4 = 11, /3; (4+5)/2.
    let mixed = "4 3 2 5 2 4 1 3 4 2 5 3 4 5 2 1 3 4 5";
    scores_are("tia", mixed, &tia_scores([25.0 / 6.0, 4.5, 2.5, 4.0, 11.0 / 3.0, 4.5]));
    let without_14 = "4 3 2 5 2 4 1 3 4 2 5 3 4 . 2 1 3 4 5";
    scores_are("tia", without_14, &tia_scores([25.0 / 6.0, 4.5, 2.5, 4.0, 11.0 / 3.0, f64::NAN]));
}

#[test]
fn van_der_laan() {
    // All left: 2+(-2)+2+2+2 = 6, /5 (item 3 is not reversed); 2+2-2-2 = 0. All right: the negative.
    scores_are("van_der_laan", &all("-2", 9), &[("usefulness", 1.2), ("satisfying", 0.0)]);
    scores_are("van_der_laan", &all("2", 9), &[("usefulness", -1.2), ("satisfying", 0.0)]);
    // Most favourable: left in 1, 2, 4, 5, 7, 9.
    scores_are("van_der_laan", "-2 -2 2 -2 -2 2 -2 2 -2", &[("usefulness", 2.0), ("satisfying", 2.0)]);
    // 2+1+1+2-1 = 5, /5; 1+0+2-1 = 2, /4.
    scores_are("van_der_laan", "-2 -1 1 0 -1 2 -2 -1 1", &[("usefulness", 1.0), ("satisfying", 0.5)]);
    scores_are("van_der_laan", "-2 . 1 0 -1 2 -2 -1 1", &[("usefulness", 1.0), ("satisfying", f64::NAN)]);
}

#[test]
fn perceived_safety_misc_and_fms() {
    scores_are("perceived_safety", &all("-3", 4), &[("perceived_safety", -3.0)]);
    scores_are("perceived_safety", &all("3", 4), &[("perceived_safety", 3.0)]);
    scores_are("perceived_safety", "1 -2 3 0", &[("perceived_safety", 0.5)]); // 2 / 4
    scores_are("perceived_safety", "1 -2 . 0", &[("perceived_safety", f64::NAN)]);
    for (id, most) in [("misc", 10), ("fms", 20)] {
        for answer in [0, 6, most] {
            scores_are(id, &answer.to_string(), &[(id, f64::from(answer))]);
        }
        scores_are(id, ".", &[(id, f64::NAN)]);
        scores_are(id, &(most + 1).to_string(), &[(id, f64::NAN)]);
    }
}

/// The keys by item number as the literature gives them, a reversed item negative: each item moves these scores and
/// no others, in this direction.
#[test]
fn every_item_moves_the_scores_it_should() {
    type KeyOf = (&'static str, &'static [(&'static str, &'static [i32])]);
    let keys: &[KeyOf] = &[
        (
            "ssq",
            &[
                ("nausea", &[1, 6, 7, 8, 9, 15, 16]),
                ("oculomotor", &[1, 2, 3, 4, 5, 9, 11]),
                ("disorientation", &[5, 8, 10, 11, 12, 13, 14]),
            ],
        ),
        ("vrsq", &[("oculomotor", &[1, 2, 3, 4]), ("disorientation", &[5, 6, 7, 8, 9])]),
        (
            "ipq",
            &[
                ("general_presence", &[1]),
                ("spatial_presence", &[2, -3, 4, 5, 6]),
                ("involvement", &[7, 8, -9, 10]),
                ("experienced_realism", &[-11, 12, 13, 14]),
            ],
        ),
        ("nasa_tlx", &[("workload", &[1, 2, 3, 4, 5, 6])]),
        ("sus", &[("sus", &[1, -2, 3, -4, 5, -6, 7, -8, 9, -10])]),
        (
            "tia",
            &[
                ("reliability_competence", &[1, 6, -10, 13, -15, 19]),
                ("understanding_predictability", &[2, -7, 11, -16]),
                ("familiarity", &[3, 17]),
                ("intention_of_developers", &[4, 8]),
                ("propensity_to_trust", &[-5, 12, 18]),
                ("trust_in_automation", &[9, 14]),
            ],
        ),
        ("van_der_laan", &[("usefulness", &[-1, 3, -5, -7, -9]), ("satisfying", &[-2, -4, 6, 8])]),
        ("perceived_safety", &[("perceived_safety", &[1, 2, 3, 4])]),
        ("misc", &[("misc", &[1])]),
        ("fms", &[("fms", &[1])]),
    ];
    let mut known: Vec<&str> = keys.iter().map(|(id, _)| *id).collect();
    let mut ships = shipped_ids();
    known.sort_unstable();
    ships.sort_unstable();
    assert_eq!(known, ships, "every instrument has its key here");
    for (id, scores) in keys {
        let instrument = of(id);
        let steps: Vec<Vec<String>> = instrument.items.iter().map(|item| item.steps().unwrap()).collect();
        let least: Vec<&str> = steps.iter().map(|steps| steps[0].as_str()).collect();
        let at_least = scored(&instrument, &least);
        for n in 1..=i32::try_from(steps.len()).unwrap() {
            let at = usize::try_from(n - 1).unwrap();
            let mut sheet = least.clone();
            sheet[at] = steps[at].last().unwrap();
            let moved = scored(&instrument, &sheet);
            for (score, key) in *scores {
                let value = |list: &[Scored]| list.iter().find(|one| one.name == *score).unwrap().value.unwrap();
                let moves = value(&moved) - value(&at_least);
                let sign = i32::from(key.contains(&n)) - i32::from(key.contains(&-n));
                assert!(
                    moves * f64::from(sign) > 0.0 || (moves == 0.0 && sign == 0),
                    "{id} {score}, item {n}: {moves}"
                );
            }
        }
    }
}

#[test]
fn what_ships_says_what_it_is() {
    for id in shipped_ids() {
        let one = of(id);
        assert_eq!(one.id, id);
        assert!(!one.citation.is_empty() && !one.licence.is_empty() && one.language == "en", "{id}");
        assert!(one.as_trial_items().is_ok(), "{id}");
        let full = one.wording.word() == "full";
        assert!(full == ["sus", "nasa_tlx"].contains(&id) && one.validated == full, "{id}");
        for score in &one.scores {
            let [least, most] = one.score_range(&score.name).unwrap();
            assert!(least < most, "{id} {}", score.name);
        }
    }
    assert!(shipped("SSQ").is_none());
    let total = of("ssq").score_range("total").unwrap();
    assert!(total[0] == 0.0 && (total[1] - 235.62).abs() < 1e-9, "{total:?}");
}

#[test]
fn what_may_be_missing() {
    let text = |combine: &str, most: u32| {
        let text = of("perceived_safety").text;
        text.replace("combine = \"mean\"", &format!("combine = \"{combine}\"\nmost_missing = {most}"))
    };
    let value = |combine: &str, most: u32, sheet: [&str; 4]| {
        scored(&read("x", &text(combine, most)).unwrap(), &sheet)[0].clone()
    };
    // Missing counts as the mean of those answered: (1 + 3 - 1) / 3 = 1, as a sum of four 4.
    assert_eq!(value("mean", 1, ["1", "3", ".", "-1"]).value, Some(1.0));
    assert_eq!(value("sum", 1, ["1", "3", ".", "-1"]).value, Some(4.0));
    let none = value("mean", 1, ["1", ".", ".", "-1"]);
    assert_eq!((none.value, none.items, none.answered), (None, 4, 2));
    assert_eq!(none.reason, "2 of 4 items missing: calm safe");
    assert_eq!(value("mean", 3, [".", ".", ".", "."]).reason, "4 of 4 items missing: relaxed calm safe confident");
    // An answer that the item does not offer never enters, whatever may be missing.
    for strange in ["4", "-4", "1.5", "1,5", "yes", "NaN", "inf", "", "1e0", "99999999999999999999999"] {
        let found = value("mean", 3, ["1", strange, "1", "1"]);
        assert!(found.value.is_none() && found.reason.starts_with("the answer to calm is not one"), "{found:?}");
    }
    let ssq = scored(&of("ssq"), &["."; 16]);
    assert_eq!((ssq[3].items, ssq[3].answered), (16, 0), "each of the sixteen once");
    assert!(ssq[3].reason.starts_with("nausea: 7 of 7 items missing"), "{}", ssq[3].reason);
}

/// An instrument of every kind of item.
const KINDS: &str = r#"schema = 1
id = "kinds"
title = "Every kind"
version = "2b"
language = "en-GB"
validated = true
wording = "full"
citation = "Nobody"
licence = "CC0"
instruction = "Two lines\nand a \"quote\" \\ \u0001\u007F é"
[items]
agree = { text = "Agree?", answers = { kind = "likert", least = -1, most = 1, anchors = { -1 = "no", 1 = "yes" } } }
line = { text = "How far?", optional = true, poles = ["near", "far"], answers = { kind = "slider", least = 0, most = 100 } }
hand = { text = "Hand", answers = { kind = "choice", options = { left = "Left", right = "Right", both = "Both alike" } } }
code = { text = "Code", answers = { kind = "choice", options = { 2 = "Two", 1 = "One" } } }
age = { text = "Age", answers = { kind = "number", least = 0, most = 120.5, unit = "years" } }
free = { text = "Anything else?", optional = true, answers = { kind = "text", most_chars = 20 } }
[scores.sum]
about = "Mixed"
items = ["agree", "age"]
reverse = ["age"]
combine = "sum"
weight = 0.1
[scores.half]
scores = ["sum"]
combine = "mean"
range = [1, -1.5]
"#;

fn item(id: &str) -> InstrumentItem {
    read("kinds", KINDS).unwrap().item(id).unwrap().clone()
}

#[test]
fn answers_one_case_a_line() {
    for (id, typed, stored) in [
        ("agree", "1", Some("1")),
        ("agree", " 1 ", Some("1")),
        ("agree", "+1", Some("1")),
        ("agree", "-1", Some("-1")),
        ("agree", "-0", Some("0")),
        ("agree", "01", Some("1")),
        ("agree", "2", None),
        ("agree", "1.0", None),
        ("agree", "0,5", None),
        ("agree", "", None),
        ("agree", "yes", None),
        ("agree", "--1", None),
        ("agree", "1 0", None),
        ("agree", "\u{661}", None),   // ١, an Arabic one
        ("agree", "\u{2212}1", None), // a minus sign that is not the keyboard's
        ("agree", "99999999999999999999", None),
        ("hand", "left", Some("left")),
        ("hand", "LEFT", Some("left")),
        ("hand", "3", Some("both")),
        ("hand", "0", None),
        ("hand", "4", None),
        ("hand", "lef", None),
        ("code", "1", Some("1")), // its word, never the first option
        ("code", "3", None),
        ("age", "3.5", Some("3.5")),
        ("age", "+4", Some("4")),
        ("age", "4.50", Some("4.5")),
        ("age", "-0", Some("0")),
        ("age", "120.5", Some("120.5")),
        ("age", "120.6", None),
        ("age", "3,5", None),
        ("age", "1,000", None),
        ("age", "NaN", None),
        ("age", "inf", None),
        ("age", "1e2", None),
        ("age", "0x10", None),
        ("age", "4.", None),
        ("age", ".5", None),
        ("age", "\u{664}", None), // ٤, an Arabic four
        ("age", "99999999999999999999999999999999", None),
        ("free", "  a\tb ", Some("a b")),
        (
            "free",
            "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
            Some("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}"),
        ),
        ("free", "123456789012345678901", None),
        ("free", "", None),
        ("free", "NA", None), // would read back as left out
    ] {
        let answer = item(id).check(typed);
        assert_eq!(answer.as_deref().ok(), stored, "{id} {typed:?}: {answer:?}");
        if let Err(said) = answer {
            assert!(said.starts_with("Please ") && said.ends_with('.'), "{said}");
        }
    }
    assert_eq!(
        item("agree").check("7").unwrap_err(),
        "Please answer with a whole number from -1 to 1 (-1 = no, 1 = yes)."
    );
    assert!(item("age").check("3,5").unwrap_err().contains("a point as decimal mark, as in 3.5"));
    assert_eq!(item("hand").offers(), "a number: 1 = Left, 2 = Right, 3 = Both alike");
    assert_eq!(item("code").offers(), "one of: 2 = Two, 1 = One");
    assert_eq!(item("age").offers(), "a number from 0 to 120.5 years");
    assert_eq!(item("agree").steps().unwrap(), ["-1", "0", "1"]);
    assert_eq!(item("code").steps().unwrap(), ["2", "1"]);
    assert!(item("age").steps().is_none() && item("free").steps().is_none());
}

#[test]
fn scales_can_be_asked_after_a_trial_and_nothing_else() {
    let items = of("van_der_laan").as_trial_items().unwrap();
    assert_eq!((items.len(), items[0].least, items[0].most), (9, -2, 2));
    assert_eq!((items[0].instrument.as_str(), items[0].version.as_str()), ("van_der_laan", "1"));
    assert_eq!(items[0].poles, ("useful".to_owned(), "useless".to_owned()));
    let said = read("kinds", KINDS).unwrap().as_trial_items().unwrap_err();
    assert!(said.contains("`hand` of `kinds` is no scale"), "{said}");
    let own = of_trial_items(&items);
    assert_eq!((own.len(), own[0].items.len(), own[0].scores.len()), (1, 9, 0));
    assert_eq!(own[0].as_trial_items().unwrap(), items);
}

/// An instrument's file as a table of a study.
fn inline(text: &str, id: &str) -> String {
    let mut out = format!("[instruments.{id}]\n");
    for line in text.lines().filter(|line| !line.starts_with("schema =") && !line.starts_with("id =")) {
        match line.strip_prefix('[') {
            Some(rest) => out += &format!("[instruments.{id}.{rest}\n"),
            None => out += &format!("{line}\n"),
        }
    }
    out
}

#[test]
fn an_inline_instrument_is_its_file() {
    let kinds = ("kinds", KINDS.to_owned());
    for (id, text) in shipped_ids().into_iter().map(|id| (id, of(id).text)).chain([kinds]) {
        let file = read(id, &text).unwrap();
        let study = inline(&text, id);
        let source = Source::new("study", &study);
        let document = source.parse().unwrap();
        let table = Table::root(&source, &document).table("instruments").table_named(id);
        let own = read_table(id, &table).unwrap_or_else(|| panic!("{id} does not read inline"));
        assert!(!source.any_wrong());
        assert_eq!(read("copy", &own.text).unwrap(), own, "{id}: the copy reads back the same");
        assert_eq!(Instrument { text: file.text.clone(), ..own }, file, "{id}: inline or file, the same");
    }
}

/// A table by a name that is not known beforehand.
trait Named<'s> {
    fn table_named(&self, name: &str) -> Table<'s>;
}

impl<'s> Named<'s> for Table<'s> {
    fn table_named(&self, name: &str) -> Table<'s> {
        self.named().into_iter().find(|(found, _)| found == name).and_then(|(_, value)| value.table()).unwrap()
    }
}

/// Place and a part of what is said, when one text of the instrument above is replaced.
#[track_caller]
fn refuses(from: &str, to: &str, place: &str, says: &str) {
    assert!(KINDS.contains(from), "{from}");
    let said = read("f", &KINDS.replacen(from, to, 1)).expect_err("refused").to_string();
    assert!(said.contains(&format!("f:{place}: ")) && said.contains(says), "{said}");
}

#[test]
fn refusals_one_case_a_line() {
    refuses("schema = 1\n", "", "1:1", "the file needs `schema`");
    refuses("schema = 1", "schema = 2", "1:10", "from 1 to 1");
    refuses("id = \"kinds\"\n", "", "1:1", "needs `id`");
    refuses("id = \"kinds\"", "id = \"my kinds\"", "2:6", "not one plain word");
    refuses("version = \"2b\"", "version = \"NA\"", "4:11", "cannot stand in a table's column");
    refuses("version = \"2b\"", "version = \" 2\"", "4:11", "cannot stand in a table's column");
    refuses("validated = true", "validated = \"yes\"", "6:13", "true or false is wanted");
    refuses("wording = \"full\"", "wording = \"key only\"", "6:13", "labels have no validation");
    refuses("wording = \"full\"", "wording = \"all\"", "7:11", "did you mean \"full\"?");
    refuses("licence = ", "license = ", "9:1", "did you mean `licence`?");
    refuses("least = -1, most = 1", "least = 1, most = -1", "12:75", "-1, is not above the lowest, 1");
    refuses("most = 100 }", "most = 101 }", "13:118", "an item with 102 answers");
    refuses(", poles = [\"near\", \"far\"]", "", "13:1", "no words say what 0 and 100 mean");
    refuses("{ -1 = \"no\", ", "{ ", "12:1", "poles = [\"words at -1\"");
    refuses("1 = \"yes\"", "1 = \"yes\", 2 = \"more\"", "12:113", "`2` is not an answer of this scale");
    refuses("poles = [\"near\", \"far\"]", "poles = [\"near\"]", "13:54", "two are wanted");
    refuses("kind = \"number\"", "kind = \"numeric\"", "16:42", "likert, differential");
    refuses("right = \"Right\"", "LEFT = \"Right\"", "14:81", "differ only in their letters' case");
    refuses("{ 2 = \"Two\", 1 = \"One\" }", "{ 2 = \"Two\" }", "15:54", "a choice of 1");
    refuses("both = ", "NA = ", "14:98", "NA means that an answer was left out");
    refuses("items = [\"agree\", \"age\"]", "items = [\"agree\", \"agex\"]", "20:19", "did you mean `age`?");
    refuses("items = [\"agree\", \"age\"]", "items = [\"age\", \"age\"]", "20:17", "`age` is there twice");
    refuses("items = [\"agree\", \"age\"]", "items = [\"hand\", \"age\"]", "20:10", "answered in words");
    refuses("items = [\"agree\", \"age\"]", "items = []", "20:9", "an empty list");
    refuses("items = [\"agree\", \"age\"]", "items = 3", "20:9", "a list is wanted");
    refuses("reverse = [\"age\"]", "reverse = [\"line\"]", "21:12", "`line` is reversed, but is no item of this score");
    refuses("combine = \"sum\"", "combine = \"avg\"", "22:11", "sum, mean");
    refuses("weight = 0.1", "weight = 0", "23:10", "a weight of 0");
    refuses("weight = 0.1", "weight = nan", "23:10", "not a finite number");
    refuses("weight = 0.1", "weight = 0.1\nrange = [0, 1]", "24:1", "both `weight` and `range`");
    refuses("weight = 0.1", "most_missing = 2", "23:16", "nothing would be left");
    refuses("weight = 0.1", "most_missing = 1", "23:16", "items with different answers");
    refuses("scores = [\"sum\"]", "scores = [\"half\"]", "25:11", "made of itself");
    refuses("scores = [\"sum\"]", "scores = [\"som\"]", "25:11", "did you mean `sum`?");
    refuses("scores = [\"sum\"]", "scores = [\"sum\"]\nitems = [\"age\"]", "24:9", "one kind of part");
    refuses("scores = [\"sum\"]\n", "", "24:9", "one kind of part");
    refuses("scores = [\"sum\"]", "scores = [\"sum\"]\nmost_missing = 1", "26:1", "made of scores");
    refuses("range = [1, -1.5]", "range = [1, 1]", "27:9", "without length");
    refuses(
        "[scores.sum]\n",
        "[scores.first]\nscores = [\"half\"]\ncombine = \"sum\"\n[scores.sum]\n",
        "19:11",
        "in a circle",
    );
}

#[test]
fn everything_wrong_is_said_at_once() {
    let text =
        KINDS.replace("id = \"kinds\"", "id = \"\"").replace("\"age\"", "\"agr\"").replace("weight = 0.1", "wait = 1");
    let problems = read("f", &text).unwrap_err().0;
    let lines: Vec<u32> = problems.iter().filter_map(|p| p.place.line).collect();
    assert_eq!(lines, [2, 20, 23], "{problems:?}");
    assert!(problems.iter().all(|p| !p.cure.is_empty()));
}

fn answer(occasion: Occasion, instrument: &str, item: &str, value: &str, revision_n: u32) -> AnswerRow {
    AnswerRow {
        trial_n: (occasion == Occasion::Trial).then_some(3),
        occasion,
        block_n: (occasion == Occasion::Block).then_some(1),
        instrument: Text::new(instrument),
        instrument_version: Text::new("1"),
        item: Text::new(item),
        language: Text::new("en"),
        value: Text::new(value),
        shown_display_time_ns: 0,
        answered_display_time_ns: 1,
        revision_n,
        source: AnswerSource::Terminal,
        simulated: false,
    }
}

fn sheet(occasion: Occasion, id: &str, value: &str) -> Vec<AnswerRow> {
    of(id).items.iter().map(|item| answer(occasion, id, &item.id, value, 1)).collect()
}

/// Name and value of each row, as they stand in the file.
fn in_short(rows: &[ScoreRow]) -> Vec<String> {
    rows.iter().map(|row| format!("{} {} {:?}", row.occasion.word(), row.score, row.value)).collect()
}

#[test]
fn before_after_and_the_difference() {
    let mut answers = sheet(Occasion::Before, "ssq", "0");
    answers.extend(sheet(Occasion::Trial, "misc", "2"));
    answers.extend(sheet(Occasion::After, "ssq", "1"));
    let instruments = [of("ssq"), of("misc")];
    let rows = scores(&answers, &instruments, "H7777P", 2);
    // All 1: 7 x 9.54, 7 x 7.58, 7 x 13.92, 21 x 3.74.
    let expected = [
        "before nausea 0",
        "before oculomotor 0",
        "before disorientation 0",
        "before total 0",
        "trial misc 2",
        "after nausea 66.78",
        "after oculomotor 53.06",
        "after disorientation 97.44",
        "after total 78.54",
        "after nausea.difference 66.78",
        "after oculomotor.difference 53.06",
        "after disorientation.difference 97.44",
        "after total.difference 78.54",
    ];
    assert_eq!(in_short(&rows), expected);
    assert!(rows.iter().all(|row| row.session_n == 2 && row.participant.as_str() == "H7777P" && row.reason.is_na()));
    assert!(rows.iter().all(|row| row.validated == Some(false) && !row.simulated));
    assert_eq!((rows[4].trial_n, rows[0].trial_n), (Some(3), None));
    // The later sheet has a gap: the difference is unknown and says why.
    answers.retain(|row| !(row.occasion == Occasion::After && row.item.as_str() == "burping"));
    let rows = scores(&answers, &instruments, "H7777P", 2);
    let total = rows.iter().find(|row| row.score.as_str() == "total.difference").unwrap();
    assert_eq!(total.reason.as_str(), "after: nausea: 1 of 7 items missing: burping");
    assert!(total.value.known().is_none() && (total.items, total.answered) == (16, 15));
}

#[test]
fn the_last_revision_counts_whatever_the_order_of_rows() {
    let value = |answers: &[AnswerRow]| scores(answers, &[of("misc")], "H7777P", 1)[0].value.known();
    let row = |value, revision| answer(Occasion::After, "misc", "misc", value, revision);
    assert_eq!(value(&[row("2", 1), row("5", 2)]), Some(5.0));
    assert_eq!(value(&[row("5", 2), row("2", 1)]), Some(5.0));
    assert_eq!(value(&[row("5", 1), row("NA", 2)]), None, "taken back");
}

#[test]
fn what_cannot_be_scored_has_a_row_with_its_reason() {
    let one = |change: fn(&mut AnswerRow)| {
        let mut row = answer(Occasion::Block, "misc", "misc", "5", 1);
        change(&mut row);
        let rows = scores(&[row], &[of("misc")], "H7777P", 1);
        let last = rows.last().unwrap().clone();
        assert!(last.value.known().is_none() && last.block_n == Some(1), "{last:?}");
        last
    };
    let unknown = one(|row| row.instrument = "misk".into());
    assert_eq!((unknown.reason.as_str(), unknown.validated), ("no instrument 'misk' is known", None));
    assert!(unknown.score.is_na() && (unknown.items, unknown.answered) == (1, 1));
    let version = one(|row| row.instrument_version = "2".into());
    assert_eq!(version.reason.as_str(), "answered in version '2' of 'misc', but only version '1' is known");
    let stranger = one(|row| row.item = "misc2".into());
    assert_eq!(stranger.reason.as_str(), "the instrument has no item 'misc2'");
    let range = one(|row| row.value = "11".into());
    assert_eq!(range.reason.as_str(), "the answer to misc is not one that may be given: '11'");
    let simulated = one(|row| (row.value, row.simulated) = ("11".into(), true));
    assert!(simulated.simulated);
    assert!(scores(&[], &[of("misc")], "H7777P", 1).is_empty());
}

#[test]
fn sheets_of_different_trials_stay_apart() {
    let mut answers = sheet(Occasion::Trial, "misc", "1");
    answers.extend(sheet(Occasion::Trial, "misc", "4").into_iter().map(|row| AnswerRow { trial_n: Some(9), ..row }));
    let rows = scores(&answers, &[of("misc")], "H7777P", 1);
    let values: Vec<_> = rows.iter().map(|row| (row.trial_n, row.value.known())).collect();
    assert_eq!(values, [(Some(3), Some(1.0)), (Some(9), Some(4.0))]);
}
