//! From an instrument's text to an [`Instrument`]: all that is wrong with it at once.

use super::model::{Instrument, Wording};
use super::read_scores::Known;
use super::write::text_of;
use super::{read_items, read_scores};
use crate::document::{Source, Table, Value, shown};
use crate::problem::{Outcome, Problem};

/// The schema of instrument files that this version reads.
pub const SCHEMA: i64 = 1;

/// Reads and checks an instrument's file; `file` is what messages call it.
pub fn read(file: &str, text: &str) -> Outcome<Instrument> {
    let source = Source::new(file, text);
    let instrument = of_file(&source, text);
    source.finish()?;
    instrument.ok_or_else(|| Problem::file(file, "the instrument cannot be read", "").into())
}

fn of_file(source: &Source<'_>, text: &str) -> Option<Instrument> {
    let document = source.parse()?;
    let root = Table::root(source, &document);
    if let Some(schema) = root.required("schema").filter(|schema| schema.i64_in(SCHEMA..=SCHEMA).is_none()) {
        let cure = format!("write schema = {SCHEMA}, or use the version of Kerbside the file was written for");
        source.wrong(schema.at(), "another schema than this version of Kerbside reads", cure);
        return None;
    }
    let id = root.required("id").and_then(|value| one_word(&value));
    let instrument = of_table(&id.unwrap_or_default(), &root);
    (!source.any_wrong()).then_some(Instrument { text: text.to_owned(), ..instrument })
}

/// Reads a study's own instrument, such as its table `[instruments.ID]`: a file's keys without `schema` and `id`.
/// What is wrong is noted in the table's source. The instrument's text is a file that reads back the same.
pub fn read_table(id: &str, table: &Table<'_>) -> Option<Instrument> {
    let before = table.source().wrong_so_far();
    let mut instrument = of_table(id, table);
    if table.source().wrong_so_far() > before {
        return None;
    }
    instrument.text = text_of(&instrument);
    Some(instrument)
}

fn of_table(id: &str, table: &Table<'_>) -> Instrument {
    let wording = table.word("wording", Wording::WORDS).and_then(|word| Wording::from_word(&word));
    let (items, names) = read_items::items(table);
    let instrument = Instrument {
        id: id.to_owned(),
        title: one_line(table, "title"),
        version: one_line(table, "version"),
        language: table.required("language").and_then(|value| one_word(&value)).unwrap_or_default(),
        validated: validated(table, wording),
        wording: wording.unwrap_or(Wording::KeyOnly),
        citation: table.text("citation"),
        licence: table.text("licence"),
        checked: table.opt_text("checked").unwrap_or_default(),
        instruction: table.opt_text("instruction").unwrap_or_default(),
        scores: read_scores::scores(&table.table("scores"), &Known { items: &items, names: &names }),
        items,
        text: String::new(),
    };
    table.finish(&[]);
    instrument
}

/// Whether the wording has a published source: only words that stand in the file can have one.
fn validated(table: &Table<'_>, wording: Option<Wording>) -> bool {
    let Some(value) = table.required("validated") else { return false };
    let yes = value.boolean() == Some(true);
    if yes && wording == Some(Wording::KeyOnly) {
        let what = "`validated` is true, but the file holds the key only: labels have no validation";
        value.source().wrong(value.at(), what, "write validated = false, or put in the wording and wording = \"full\"");
    }
    yes
}

/// Text that stands in a table's column: one line, and not the word for nothing.
fn one_line(table: &Table<'_>, key: &'static str) -> String {
    let Some(value) = table.required(key) else { return String::new() };
    value.text().filter(|text| is_a_cell(text, &value)).unwrap_or_default()
}

/// Whether a text survives a table's column unchanged; noted when not.
pub(super) fn is_a_cell(text: &str, value: &Value<'_>) -> bool {
    let survives = text.trim() == text && !text.chars().any(char::is_control) && text != "NA";
    if !survives {
        let what = format!("\"{}\" cannot stand in a table's column", shown(text));
        value.source().wrong(value.at(), what, "write one line without spaces at its ends, and not NA");
    }
    survives
}

/// A word of letters, digits, `_` and `-`.
pub(super) fn one_word(value: &Value<'_>) -> Option<String> {
    let text = value.text()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if text.chars().all(plain) && text.len() <= 60 && text != "NA" {
        return Some(text);
    }
    let what = format!("\"{}\" is not one plain word", shown(&text));
    value.source().wrong(value.at(), what, "use letters, digits, _ and - only, at most 60, and not NA");
    None
}
