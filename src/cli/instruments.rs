//! `kerbside instruments`: the questionnaires that ship, one of them, or a file of one's own.

use super::args::Instruments;
use super::say;
use crate::document::meant;
use crate::instrument::{Combine, Instrument, InstrumentItem, Parts, Rescale, Score, read, shipped, shipped_ids};
use crate::problem::{Outcome, Place, Problem};
use crate::record::read::at_most;
use serde_json::{Value, json};
use std::path::Path;

/// Longest file read: the instruments' own reader refuses less.
const MOST_BYTES: u64 = 2 << 20;

/// Lists, shows or checks instruments.
pub fn instruments(args: &Instruments) -> Outcome<()> {
    let one = match (&args.file, &args.id) {
        (Some(path), _) => Some(of_file(path)?),
        (None, Some(id)) => Some(shipped(id).ok_or_else(|| unknown(id))?),
        (None, None) => None,
    };
    say::line(match one {
        Some(one) if args.text => one.text.trim_end().to_owned(),
        Some(one) if args.json => format!("{:#}", as_json(&one)),
        Some(one) => show(&one),
        None if args.text => return Err(no_id().into()),
        None if args.json => format!("{:#}", Value::Array(all().iter().map(as_json).collect())),
        None => list(&all()),
    })?;
    Ok(())
}

fn all() -> Vec<Instrument> {
    shipped_ids().into_iter().filter_map(shipped).collect()
}

fn of_file(path: &Path) -> Outcome<Instrument> {
    let name = path.display().to_string();
    let cure = "give an instrument's file, such as a copy of `kerbside instruments ssq --text`";
    let text = String::from_utf8(at_most(path, MOST_BYTES, cure)?).map_err(|e| {
        let place = Place::offset(&name, &String::from_utf8_lossy(e.as_bytes()), e.utf8_error().valid_up_to());
        Problem::new(place, "is not UTF-8", "save the file as UTF-8")
    })?;
    read(&name, &text)
}

fn unknown(id: &str) -> Problem {
    let known = shipped_ids();
    let cure = match meant(id, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known: {}; for a file of your own use --file", known.join(", ")),
    };
    Problem::new(Place::default(), format!("no instrument '{id}' ships"), cure)
}

fn no_id() -> Problem {
    Problem::new(
        Place::default(),
        "--text prints one instrument's file",
        "name it, as in kerbside instruments ssq --text",
    )
}

const fn yes(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

fn list(all: &[Instrument]) -> String {
    let mut out = line(["id", "items", "scores", "language", "wording", "validated", "title"]);
    for one in all {
        let (items, scores) = (one.items.len().to_string(), one.scores.len().to_string());
        let row = [&one.id, &items, &scores, &one.language, one.wording.word(), yes(one.validated), &one.title];
        out += &line(row);
    }
    out += "\nShow one: kerbside instruments ID. \"key only\": the items are labels; see its licence for the words.";
    out
}

fn line([id, items, scores, language, wording, validated, title]: [&str; 7]) -> String {
    format!("{id:<17} {items:>5} {scores:>6}  {language:<8}  {wording:<8}  {validated:<9}  {title}\n")
}

fn show(one: &Instrument) -> String {
    let mut out = format!("{}: {}\n\n", one.id, one.title);
    for (name, text) in [
        ("version", one.version.as_str()),
        ("language", &one.language),
        ("wording", one.wording.word()),
        ("validated", yes(one.validated)),
        ("citation", &one.citation),
        ("licence", &one.licence),
        ("checked", &one.checked),
        ("instruction", &one.instruction),
    ] {
        if !text.is_empty() {
            out += &format!("  {name:<12} {text}\n");
        }
    }
    out += "\nItems\n";
    let offers = one.items.first().map(InstrumentItem::offers).unwrap_or_default();
    let all_alike = one.items.len() > 1 && one.items.iter().all(|item| item.offers() == offers);
    if all_alike {
        out += &format!("  each is answered with {offers}\n\n");
    }
    for item in &one.items {
        let left_out = if item.optional { " (may be left out)" } else { "" };
        out += &format!("  {}: {}{left_out}\n", item.id, item.text);
        if !all_alike {
            out += &format!("      {}\n", item.offers());
        }
    }
    out += if one.scores.is_empty() { "\nNo scores\n" } else { "\nScores\n" };
    one.scores.iter().for_each(|score| out += &show_score(one, score));
    out.trim_end().to_owned()
}

fn show_score(one: &Instrument, score: &Score) -> String {
    let [least, most] = score_range(one, score);
    let mut out = format!("  {}, from {least} to {most}\n      {}\n", score.name, made(score));
    if !score.about.is_empty() {
        out += &format!("      {}\n", score.about);
    }
    if matches!(score.key.parts, Parts::Items { .. }) {
        out += &match score.key.most_missing {
            0 => "      unknown (NA) when an item is missing\n".to_owned(),
            n => format!("      up to {n} missing: they count as the mean of those answered; more: unknown (NA)\n"),
        };
    }
    out
}

/// The possible values, free of the last bits of binary fractions.
fn score_range(one: &Instrument, score: &Score) -> [f64; 2] {
    let tidy = |value: f64| (value * 1e6).round() / 1e6;
    one.score_range(&score.name).unwrap_or([f64::NAN; 2]).map(tidy)
}

/// How a score is made, in words.
fn made(score: &Score) -> String {
    let combine = if score.key.combine == Combine::Sum { "sum" } else { "mean" };
    let parts = match &score.key.parts {
        Parts::Items { items, reverse } => {
            let mark = |id: &String| if reverse.contains(id) { format!("{id} (reversed)") } else { id.clone() };
            items.iter().map(mark).collect::<Vec<_>>().join(", ")
        }
        Parts::Scores(names) => format!("the scores {}", names.join(", ")),
        Parts::RawScores(names) => format!("the scores {}, before their weights", names.join(", ")),
    };
    match score.key.rescale {
        Rescale::Weight(1.0) => format!("{combine} of {parts}"),
        Rescale::Weight(weight) => format!("{combine} of {parts}; times {weight}"),
        Rescale::Range([least, most]) => format!("{combine} of {parts}; its possible values laid on {least} to {most}"),
    }
}

fn as_json(one: &Instrument) -> Value {
    let item = |item: &InstrumentItem| {
        json!({
            "id": item.id, "text": item.text, "answer": item.offers(), "values": item.steps(), "range": item.range(),
            "optional": item.optional
        })
    };
    let score = |score: &Score| {
        json!({
            "name": score.name, "about": score.about, "made": made(score), "range": score_range(one, score),
            "most_missing": score.key.most_missing
        })
    };
    json!({
        "id": one.id, "title": one.title, "version": one.version, "language": one.language,
        "validated": one.validated, "wording": one.wording.word(), "citation": one.citation, "licence": one.licence,
        "checked": one.checked, "instruction": one.instruction,
        "items": one.items.iter().map(item).collect::<Vec<_>>(),
        "scores": one.scores.iter().map(score).collect::<Vec<_>>(),
    })
}
