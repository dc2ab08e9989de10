//! Whatever stands in an instrument's file or is typed as an answer: an error or a value, never a panic, never a hang.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use kerbside::instrument::{Instrument, read, scores, shipped, shipped_ids};
use kerbside::table::{AnswerRow, AnswerSource, Occasion, Text};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Pieces that a file might hold where others are expected.
const PIECES: [&str; 24] = [
    "",
    "\"",
    "[",
    "]",
    "{",
    "= ",
    "\n",
    "[scores.x]\n",
    "[items]\n",
    "nan",
    "inf",
    "-1",
    "1e400",
    "9223372036854775807",
    "-9223372036854775808",
    "0x7fffffffffffffff",
    "1979-05-27",
    "true",
    "\"NA\"",
    "\"\"",
    "\"\\u0000\"",
    "[\"nausea\", \"total\"]",
    "{ a = { b = { c = 1 } } }",
    "\u{1F6B6}",
];

/// Reads, and uses what was read; whether it was good.
fn try_all(text: &str) -> bool {
    let start = Instant::now();
    let good = match read("hostile.toml", text) {
        Ok(instrument) => {
            used(&instrument);
            true
        }
        Err(problems) => {
            assert!(!problems.0.is_empty() && problems.0.len() <= 100);
            for problem in &problems.0 {
                assert!(problem.place.line.is_some() && problem.place.column.is_some(), "{problem}");
                assert!(problem.to_string().len() < 3000, "a message of {} bytes", problem.to_string().len());
            }
            false
        }
    };
    assert!(start.elapsed() < Duration::from_secs(5), "took {:?}", start.elapsed());
    good
}

/// Lowest, highest and no answers: every score is in its range or has a reason.
fn used(instrument: &Instrument) {
    let _ = instrument.as_trial_items();
    let last = |id: &str| instrument.item(id)?.steps()?.pop();
    let first = |id: &str| instrument.item(id)?.steps()?.into_iter().next();
    let none = |_: &str| None;
    for answers in [&first as &dyn Fn(&str) -> Option<String>, &last, &none] {
        for scored in instrument.score(answers) {
            in_range(instrument, &scored.name, scored.value, &scored.reason);
        }
    }
}

fn in_range(instrument: &Instrument, name: &str, value: Option<f64>, reason: &str) {
    assert_eq!(value.is_none(), !reason.is_empty());
    if let Some(value) = value {
        let [least, most] = instrument.score_range(name).unwrap();
        let slack = 1e-9 * (1.0 + least.abs() + most.abs());
        assert!((least - slack..=most + slack).contains(&value), "{name}: {value} outside {least} to {most}");
    }
}

#[test]
fn floods_are_refused_quickly() {
    let head = shipped("misc").unwrap().text;
    let many = |n: usize, line: &dyn Fn(usize) -> String| (0..n).map(line).collect::<String>();
    assert!(!try_all(&many(20_000, &|i| format!("[scores.s{i}]\n"))));
    assert!(!try_all(&format!("{head}{}", many(5_000, &|i| format!("[items.i{i}]\ntext = \"x\"\n")))));
    assert!(!try_all(&format!("{head}[scores.x]\nitems = [{}]\n", "\"misc\", ".repeat(50_000))));
    assert!(!try_all(&format!("{head}x = {}1{}", "[".repeat(5_000), "]".repeat(5_000))));
    assert!(!try_all(&"a".repeat(2 << 20)));
    // A ladder of scores, each the sum of the two before: quick, for all its 2^97 ways down.
    let rung = |i: usize| {
        format!("[scores.s{}]\nscores = [\"s{}\", \"s{i}\"]\ncombine = \"mean\"\n", i + 1, i.wrapping_sub(1))
    };
    let foot =
        "[scores.s0]\nitems = [\"misc\"]\ncombine = \"sum\"\n[scores.s1]\nscores = [\"s0\"]\ncombine = \"sum\"\n";
    assert!(try_all(&format!("{head}{foot}{}", (1..97).map(rung).collect::<String>())));
}

fn typed() -> impl Strategy<Value = String> {
    let likely =
        prop::sample::select(vec!["0", "1", "-2", "+3", " 4 ", "3,5", "3.5", "NaN", "inf", "NA", "", "left", "1e5"]);
    prop_oneof![likely.prop_map(str::to_owned), ".{0,30}", "[-+0-9.,eE \u{660}-\u{669}]{0,25}"]
}

/// One item of each kind.
fn kinds() -> Instrument {
    let head = "schema = 1\nid = \"k\"\ntitle = \"K\"\nversion = \"1\"\nlanguage = \"en\"\nvalidated = false\n\
                wording = \"full\"\ncitation = \"c\"\nlicence = \"l\"\n[items]\n";
    let items = "a = { text = \"A\", poles = [\"n\", \"y\"], answers = { kind = \"likert\", least = -3, most = 3 } }\n\
                 b = { text = \"B\", answers = { kind = \"choice\", options = { left = \"L\", right = \"R\" } } }\n\
                 c = { text = \"C\", answers = { kind = \"number\", least = -10, most = 1000 } }\n\
                 d = { text = \"D\", answers = { kind = \"text\", most_chars = 12 } }\n";
    let scores = "[scores.s]\nitems = [\"a\", \"c\"]\nreverse = [\"c\"]\ncombine = \"sum\"\nweight = -0.5\n";
    read("kinds", &format!("{head}{items}{scores}")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_mangled_file_is_read_or_refused(
        which in 0..10_usize, cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, 0..24_usize), 1..4)
    ) {
        let mut text = shipped(shipped_ids()[which]).unwrap().text;
        for (at, length, piece) in cuts {
            let floor = |mut at: usize| { while !text.is_char_boundary(at) { at -= 1; } at };
            let from = floor(at.index(text.len().max(1)).min(text.len()));
            let to = floor((from + length).min(text.len())).max(from);
            text.replace_range(from..to, PIECES[piece]);
        }
        try_all(&text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,400}") {
        try_all(&text);
    }

    #[test]
    fn what_is_stored_is_stable_and_survives_its_column(typed in typed()) {
        for item in &kinds().items {
            if let Ok(stored) = item.check(&typed) {
                prop_assert_eq!(item.check(&stored), Ok(stored.clone()), "{:?}", &typed);
                let cell = Text::new(&stored);
                prop_assert!(!cell.is_na());
                prop_assert_eq!(cell.as_str(), stored);
            }
        }
    }

    #[test]
    fn any_answers_give_rows_in_range(
        answers in prop::collection::vec((0..5_usize, typed(), 0..3_u32, 0..4_usize, any::<bool>()), 0..40)
    ) {
        let instrument = kinds();
        let row = |(item, value, revision_n, occasion, known): (usize, String, u32, usize, bool)| AnswerRow {
            trial_n: None,
            occasion: Occasion::ALL[occasion],
            block_n: None,
            instrument: Text::new(if known { "k" } else { "other" }),
            instrument_version: Text::new("1"),
            item: Text::new(["a", "b", "c", "d", "e"][item]),
            language: Text::new("en"),
            value: Text::new(value),
            shown_display_time_ns: 0,
            answered_display_time_ns: 0,
            revision_n,
            source: AnswerSource::Terminal,
            simulated: false,
        };
        let answers: Vec<AnswerRow> = answers.into_iter().map(row).collect();
        let rows = scores(&answers, std::slice::from_ref(&instrument), "H7777P", 1);
        prop_assert_eq!(rows.is_empty(), answers.is_empty());
        for row in rows {
            let name = row.score.as_str();
            if name == "s" {
                in_range(&instrument, name, row.value.known(), row.reason.as_str());
            } else {
                prop_assert!(name == "s.difference" || row.value.known().is_none());
            }
        }
    }
}
