//! Reading items and what may be answered to them.

use super::model::{InstrumentItem, ItemKind, Shown};
use super::read::is_a_cell;
use crate::document::{Table, Value, shown};

/// Most answers of a scale.
const MOST_STEPS: i64 = 101;
/// Largest number that may be asked for, either way.
const FAR: f64 = 1e9;

const KINDS: [&str; 6] = ["likert", "differential", "slider", "choice", "number", "text"];

/// Reads `[answers]`, what every item offers that says nothing else, and `[items]`. Beside the good items, the ids of
/// all: a score may name an item that has something wrong with it.
pub(super) fn items(table: &Table<'_>) -> (Vec<InstrumentItem>, Vec<String>) {
    let common = table.table("answers");
    let common = if common.exists() { Common::Is(answers(&common)) } else { Common::Absent };
    let list = table.required_table("items");
    let before = table.source().wrong_so_far();
    let entries = list.named();
    let items = entries.iter().filter_map(|(id, value)| item(id, value, &common)).collect();
    if entries.is_empty() && list.exists() && table.source().wrong_so_far() == before {
        table.source().wrong(list.at(), "an instrument without items", "add an item, as in first = \"Its words\"");
    }
    (items, entries.into_iter().map(|(id, _)| id).collect())
}

/// What items offer that say nothing else.
enum Common {
    /// There is no table of that.
    Absent,
    /// The kind; none when something is wrong with it.
    Is(Option<ItemKind>),
}

fn item(id: &str, value: &Value<'_>, common: &Common) -> Option<InstrumentItem> {
    if id == "NA" {
        value.source().wrong(value.key_at(), "an item cannot be called NA", "give it another name");
    }
    if value.is_text() {
        let kind = inherited(value, common).and_then(|kind| with_poles(kind, None, value));
        return Some(InstrumentItem { id: id.to_owned(), text: value.text()?, kind: kind?, optional: false });
    }
    let table = value.table()?;
    let text = table.text("text");
    let own = table.table("answers");
    let kind = if own.exists() { answers(&own) } else { inherited(value, common) };
    let poles = table.value("poles").and_then(|poles| two_texts(&poles));
    let kind = kind.and_then(|kind| with_poles(kind, poles, value));
    let optional = table.value("optional").and_then(|v| v.boolean()).unwrap_or(false);
    table.finish(&[]);
    Some(InstrumentItem { id: id.to_owned(), text, kind: kind?, optional })
}

fn inherited(value: &Value<'_>, common: &Common) -> Option<ItemKind> {
    if let Common::Is(kind) = common {
        return kind.clone();
    }
    let what = "nothing says what may be answered to this item";
    value.source().wrong(value.key_at(), what, "add a table [answers] for all items, or `answers` to this one");
    None
}

/// The kind with the item's own words at its ends; a scale needs words at both.
fn with_poles(kind: ItemKind, poles: Option<[String; 2]>, value: &Value<'_>) -> Option<ItemKind> {
    let ItemKind::Scale { shown, least, most, mut anchors } = kind else {
        if poles.is_some() {
            value.source().wrong(value.key_at(), "only a scale has `poles`", "take `poles` out");
        }
        return Some(kind);
    };
    if let Some([low, high]) = poles {
        anchors.retain(|(at, _)| *at != least && *at != most);
        anchors.insert(0, (least, low));
        anchors.push((most, high));
    }
    let ends = |end: i64| anchors.iter().any(|(at, _)| *at == end);
    if !ends(least) || !ends(most) {
        let what = format!("no words say what {least} and {most} mean");
        value.source().wrong(
            value.key_at(),
            what,
            format!("add poles = [\"words at {least}\", \"words at {most}\"], or anchors in [answers]"),
        );
        return None;
    }
    Some(ItemKind::Scale { shown, least, most, anchors })
}

/// Reads a table of what may be answered.
fn answers(table: &Table<'_>) -> Option<ItemKind> {
    let kind = table.word("kind", &KINDS)?;
    let read = match kind.as_str() {
        "choice" => choice(table),
        "number" => number(table),
        "text" => Some(ItemKind::Text { most_chars: table.opt_u32_in("most_chars", 1..=10_000).unwrap_or(500) }),
        word => Shown::from_word(word).and_then(|shown| scale(table, shown)),
    };
    table.finish(&[]);
    read
}

fn scale(table: &Table<'_>, shown: Shown) -> Option<ItemKind> {
    let before = table.source().wrong_so_far();
    let (least, most) = (table.i64_in("least", -1000..=1000), table.i64_in("most", -1000..=1000));
    let anchors = table.table("anchors");
    if table.source().wrong_so_far() > before {
        return None;
    }
    let wrong = |what: String, cure: String| table.source().wrong(at_most(table), what, cure);
    if most <= least {
        wrong(
            format!("the highest answer, {most}, is not above the lowest, {least}"),
            "let most be above least".into(),
        );
    } else if most - least >= MOST_STEPS {
        wrong(format!("an item with {} answers", most - least + 1), format!("use at most {MOST_STEPS} answers"));
    }
    let mut anchors: Vec<(i64, String)> =
        anchors.any_entries().iter().filter_map(|(key, value)| anchor(key, value, least, most)).collect();
    anchors.sort_by_key(|(at, _)| *at);
    (table.source().wrong_so_far() == before).then_some(ItemKind::Scale { shown, least, most, anchors })
}

fn at_most(table: &Table<'_>) -> usize {
    table.value("most").map_or(table.at(), |value| value.at())
}

/// One answer's words: `3 = "severe"`.
fn anchor(key: &str, value: &Value<'_>, least: i64, most: i64) -> Option<(i64, String)> {
    let text = value.text();
    let at = key.parse().ok().filter(|at: &i64| (least..=most).contains(at) && at.to_string() == key);
    if at.is_none() {
        let what = format!("`{}` is not an answer of this scale", shown(key));
        value.source().wrong(value.key_at(), what, format!("give words to whole numbers from {least} to {most}"));
    }
    Some((at?, text?))
}

fn choice(table: &Table<'_>) -> Option<ItemKind> {
    let list = table.required_table("options");
    let before = table.source().wrong_so_far();
    let entries = list.named();
    let mut options: Vec<(String, String)> = Vec::new();
    for (word, value) in &entries {
        if let Some((other, _)) = options.iter().find(|(other, _)| other.eq_ignore_ascii_case(word)) {
            let what = format!("the options `{other}` and `{word}` differ only in their letters' case");
            value.source().wrong(value.key_at(), what, "give them words that nobody can confuse");
        }
        if word == "NA" {
            value.source().wrong(value.key_at(), "NA means that an answer was left out", "choose another word");
        }
        options.push((word.clone(), value.text()?));
    }
    if options.len() < 2 && list.exists() {
        let what = format!("a choice of {}", options.len());
        table.source().wrong(list.at(), what, "give two or more options, each as word = \"Words shown\"");
    }
    (table.source().wrong_so_far() == before && list.exists()).then_some(ItemKind::Choice { options })
}

fn number(table: &Table<'_>) -> Option<ItemKind> {
    let before = table.source().wrong_so_far();
    let (least, most) = (table.f64_in("least", -FAR..=FAR), table.f64_in("most", -FAR..=FAR));
    let unit = table.value("unit").and_then(|v| v.text().filter(|unit| is_a_cell(unit, &v))).unwrap_or_default();
    if table.source().wrong_so_far() == before && most <= least {
        let what = format!("the highest number, {most}, is not above the lowest, {least}");
        table.source().wrong(at_most(table), what, "let most be above least");
    }
    (table.source().wrong_so_far() == before).then_some(ItemKind::Number { least, most, unit })
}

fn two_texts(value: &Value<'_>) -> Option<[String; 2]> {
    let list = value.list()?;
    let [low, high] = list.as_slice() else {
        let what = format!("`poles` has {} entries, but two are wanted", list.len());
        value.source().wrong(value.at(), what, "write [\"words at the lowest answer\", \"words at the highest\"]");
        return None;
    };
    let (low, high) = (low.text(), high.text());
    Some([low?, high?])
}
