//! An instrument as the text of its file: for the session's copy of what a study defines inline.

use super::model::{Instrument, InstrumentItem, ItemKind, Key, Parts, Rescale, Score};
use super::read::SCHEMA;
use std::fmt::Write as _;

/// A file that `read` makes the same instrument of.
pub(super) fn text_of(instrument: &Instrument) -> String {
    let mut out = format!("schema = {SCHEMA}\n");
    for (key, value) in [
        ("id", &instrument.id),
        ("title", &instrument.title),
        ("version", &instrument.version),
        ("language", &instrument.language),
    ] {
        line(&mut out, key, &quoted(value));
    }
    line(&mut out, "validated", if instrument.validated { "true" } else { "false" });
    line(&mut out, "wording", &quoted(instrument.wording.word()));
    line(&mut out, "citation", &quoted(&instrument.citation));
    line(&mut out, "licence", &quoted(&instrument.licence));
    text_line(&mut out, "checked", &instrument.checked);
    text_line(&mut out, "instruction", &instrument.instruction);
    instrument.items.iter().for_each(|item| put_item(&mut out, item));
    instrument.scores.iter().for_each(|score| put_score(&mut out, score));
    out
}

fn line(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "{key} = {value}");
}

/// A text that may be empty: then the key is left out.
fn text_line(out: &mut String, key: &str, text: &str) {
    if !text.is_empty() {
        line(out, key, &quoted(text));
    }
}

fn put_item(out: &mut String, item: &InstrumentItem) {
    let _ = writeln!(out, "\n[items.{}]", item.id);
    line(out, "text", &quoted(&item.text));
    if item.optional {
        line(out, "optional", "true");
    }
    line(out, "answers", &answers(&item.kind));
}

fn answers(kind: &ItemKind) -> String {
    match kind {
        ItemKind::Scale { shown, least, most, anchors } => {
            let anchors = anchors.iter().map(|(at, text)| format!("{at} = {}", quoted(text)));
            let anchors = anchors.collect::<Vec<_>>().join(", ");
            let kind = quoted(shown.word());
            format!("{{ kind = {kind}, least = {least}, most = {most}, anchors = {{ {anchors} }} }}")
        }
        ItemKind::Choice { options } => {
            let options = options.iter().map(|(word, text)| format!("{word} = {}", quoted(text)));
            format!("{{ kind = \"choice\", options = {{ {} }} }}", options.collect::<Vec<_>>().join(", "))
        }
        ItemKind::Number { least, most, unit } => {
            let unit = if unit.is_empty() { String::new() } else { format!(", unit = {}", quoted(unit)) };
            format!("{{ kind = \"number\", least = {least:?}, most = {most:?}{unit} }}")
        }
        ItemKind::Text { most_chars } => format!("{{ kind = \"text\", most_chars = {most_chars} }}"),
    }
}

fn put_score(out: &mut String, score: &Score) {
    let _ = writeln!(out, "\n[scores.{}]", score.name);
    text_line(out, "about", &score.about);
    let Key { parts, combine, rescale, most_missing } = &score.key;
    match parts {
        Parts::Items { items, reverse } => {
            line(out, "items", &list(items));
            if !reverse.is_empty() {
                line(out, "reverse", &list(reverse));
            }
        }
        Parts::Scores(names) => line(out, "scores", &list(names)),
        Parts::RawScores(names) => line(out, "raw_scores", &list(names)),
    }
    line(out, "combine", &quoted(combine.word()));
    match rescale {
        Rescale::Weight(weight) => line(out, "weight", &format!("{weight:?}")),
        Rescale::Range([least, most]) => line(out, "range", &format!("[{least:?}, {most:?}]")),
    }
    if *most_missing > 0 {
        line(out, "most_missing", &most_missing.to_string());
    }
}

fn list(names: &[String]) -> String {
    format!("[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
}

/// A text in quotes, as TOML's basic strings have it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            _ if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
