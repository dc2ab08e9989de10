//! Reading the key: which items make which score, and what is wrong with that.

use super::model::{Combine, InstrumentItem, Key, Parts, Rescale, Score};
use crate::document::{Table, Value, meant, shown};

/// Farthest that a weight or a range may reach.
const FAR: f64 = 1e6;

/// What a key may name.
pub(super) struct Known<'k> {
    /// The items that were read.
    pub items: &'k [InstrumentItem],
    /// The ids of all, those with something wrong among them.
    pub names: &'k [String],
}

/// Reads `[scores]`. A score is made of items, or of scores before it: so there are no circles.
pub(super) fn scores(table: &Table<'_>, known: &Known<'_>) -> Vec<Score> {
    let entries = table.named();
    let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
    let mut scores = Vec::new();
    for (n, (name, value)) in entries.iter().enumerate() {
        if name == "NA" {
            value.source().wrong(value.key_at(), "a score cannot be called NA", "give it another name");
        }
        let (before, after) = names.split_at(n);
        let Some(table) = value.table() else { continue };
        if let Some(key) = key(&table, known, &Scores { before, after }) {
            let about = table.opt_text("about").unwrap_or_default();
            scores.push(Score { name: name.clone(), about, key });
        }
        // Asked for here too, so that a wrong key does not make `about` unknown.
        let _ = table.value("about");
        table.finish(&[]);
    }
    scores
}

/// The names of the scores before one, and of itself and those after.
struct Scores<'k> {
    before: &'k [&'k str],
    after: &'k [&'k str],
}

fn key(table: &Table<'_>, known: &Known<'_>, scores: &Scores<'_>) -> Option<Key> {
    let before = table.source().wrong_so_far();
    let parts = parts(table, known, scores);
    let combine = table.word("combine", Combine::WORDS).and_then(|word| Combine::from_word(&word));
    let rescale = rescale(table);
    let most_missing = most_missing(table, known, parts.as_ref());
    let good = table.source().wrong_so_far() == before;
    Some(Key { parts: parts.filter(|_| good)?, combine: combine?, rescale, most_missing })
}

fn parts(table: &Table<'_>, known: &Known<'_>, scores: &Scores<'_>) -> Option<Parts> {
    let (items, reverse) = (table.value("items"), table.value("reverse"));
    let (of, raw) = (table.value("scores"), table.value("raw_scores"));
    if let (None, Some(reverse)) = (&items, &reverse) {
        table.source().wrong(
            reverse.key_at(),
            "`reverse` without `items`",
            "only items can be reversed: list them too",
        );
        return None;
    }
    match (items, of, raw) {
        (Some(items), None, None) => {
            let items = names(&items, |name, value| is_item(name, value, known));
            let reverse = reverse.map(|list| names(&list, |name, value| is_reversible(name, value, &items)));
            Some(Parts::Items { reverse: reverse.unwrap_or_default(), items })
        }
        (None, Some(list), None) => Some(Parts::Scores(names(&list, |name, value| is_before(name, value, scores)))),
        (None, None, Some(list)) => Some(Parts::RawScores(names(&list, |name, value| is_before(name, value, scores)))),
        _ => {
            let cure = "give one of: items, scores, raw_scores (those before their weight or range)";
            table.source().wrong(table.at(), "a score is made of one kind of part", cure);
            None
        }
    }
}

/// The names in a list, each good by itself and there once.
fn names(list: &Value<'_>, check: impl Fn(&str, &Value<'_>)) -> Vec<String> {
    const MOST: usize = 100;
    let values = list.list().unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for value in values.iter().take(MOST) {
        let Some(name) = value.text() else { continue };
        if names.contains(&name) {
            let what = format!("`{}` is there twice", shown(&name));
            value.source().wrong(value.at(), what, "leave it out once");
        } else {
            check(&name, value);
        }
        names.push(name);
    }
    if names.is_empty() && values.is_empty() {
        list.source().wrong(list.at(), "an empty list", "name what the score is made of, or leave the key out");
    } else if values.len() > MOST {
        list.source().wrong(list.at(), format!("more than {MOST} names"), "leave some out");
    }
    names
}

fn is_item(name: &str, value: &Value<'_>, known: &Known<'_>) {
    if !known.names.iter().any(|other| other == name) {
        unknown("item", name, value, known.names.iter().map(String::as_str).collect());
    } else if known.items.iter().any(|item| item.id == name && item.range().is_none()) {
        let what = format!("the item `{}` is answered in words, which have no value", shown(name));
        value.source().wrong(value.at(), what, "take it out of the score, or make it a scale or a number");
    }
}

fn is_reversible(name: &str, value: &Value<'_>, items: &[String]) {
    if !items.iter().any(|item| item == name) {
        let what = format!("`{}` is reversed, but is no item of this score", shown(name));
        let cure = match meant(name, items.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "take it out of `reverse`, or put it into `items` too".to_owned(),
        };
        value.source().wrong(value.at(), what, cure);
    }
}

fn is_before(name: &str, value: &Value<'_>, scores: &Scores<'_>) {
    if scores.before.contains(&name) {
        return;
    }
    if scores.after.first() == Some(&name) {
        value.source().wrong(value.at(), "a score made of itself", "name scores that stand before it");
    } else if scores.after.contains(&name) {
        let what = format!("the score `{}` stands further down, so this may run in a circle", shown(name));
        value.source().wrong(value.at(), what, "put a score below those that it is made of");
    } else {
        unknown("score", name, value, scores.before.to_vec());
    }
}

fn unknown(thing: &str, name: &str, value: &Value<'_>, known: Vec<&str>) {
    let cure = match meant(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => format!("there is no {thing} before this one"),
        None => format!("known here: {}", shown(&known.join(", "))),
    };
    value.source().wrong(value.at(), format!("there is no {thing} `{}`", shown(name)), cure);
}

fn rescale(table: &Table<'_>) -> Rescale {
    let (weight, range) = (table.value("weight"), table.value("range"));
    if let (Some(_), Some(range)) = (&weight, &range) {
        let what = "both `weight` and `range` say how the raw value becomes the score";
        table.source().wrong(range.key_at(), what, "give one of them");
    }
    let weight = weight.and_then(|value| {
        let weight = value.f64_in(-FAR..=FAR)?;
        if weight == 0.0 {
            value.source().wrong(value.at(), "a weight of 0 makes every score 0", "give another weight");
        }
        Some(weight)
    });
    let range = range.and_then(|value| {
        let range = value.two_f64_in(-FAR..=FAR)?;
        if range[0] == range[1] {
            value.source().wrong(value.at(), "a range without length", "write [lowest score, highest score]");
        }
        Some(range)
    });
    range.map_or(Rescale::Weight(weight.unwrap_or(1.0)), Rescale::Range)
}

fn most_missing(table: &Table<'_>, known: &Known<'_>, parts: Option<&Parts>) -> u32 {
    let Some(value) = table.value("most_missing") else { return 0 };
    let most = value.i64_in(0..=99).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    match parts {
        Some(Parts::Items { items, .. }) => {
            if most as usize >= items.len() {
                let what = format!("{most} of {} items may be missing: nothing would be left", items.len());
                value.source().wrong(value.at(), what, "give a smaller number");
            } else if most > 0 && !same_range(items, known) {
                let what = "items with different answers: the mean of some cannot stand for another";
                value.source().wrong(value.at(), what, "take `most_missing` out");
            }
        }
        Some(_) if most > 0 => {
            let what = "`most_missing` counts items, but this score is made of scores";
            value.source().wrong(value.key_at(), what, "give it to the scores that are made of items");
        }
        _ => {}
    }
    most
}

fn same_range(items: &[String], known: &Known<'_>) -> bool {
    let mut ranges = known.items.iter().filter(|item| items.contains(&item.id)).map(InstrumentItem::range);
    let first = ranges.next();
    ranges.all(|range| Some(range) == first)
}
