//! A cursor over a TOML document that notes everything wrong with it, each with
//! its line and column: required keys, ranges, words, and keys nobody asked for.

use super::words::{meant, shown};
use crate::problem::{Outcome, Place, Problem, Problems};
use std::cell::{Cell, RefCell};
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::DeTable;

use super::value::Value;

/// Longest text that is read.
pub const MOST_BYTES: usize = 1 << 20;
/// Most problems noted: a file with more is not read to its end by anyone.
const MOST_PROBLEMS: usize = 100;
/// Most lines that are no TOML: a file with more is another kind of file.
const MOST_UNREAD: usize = 5;
/// Most tables of one kind, such as policies.
const MOST_NAMED: usize = 100;

/// A text and what was found wrong with it.
pub struct Source<'t> {
    file: &'t str,
    text: &'t str,
    problems: RefCell<Vec<Problem>>,
    warnings: RefCell<Vec<Problem>>,
}

fn note(list: &RefCell<Vec<Problem>>, problem: impl FnOnce() -> Problem) {
    let mut list = list.borrow_mut();
    if list.len() < MOST_PROBLEMS {
        let problem = problem();
        if !list.contains(&problem) {
            list.push(problem);
        }
    }
}

fn in_file_order(list: RefCell<Vec<Problem>>) -> Vec<Problem> {
    let mut list = list.into_inner();
    list.sort_by_key(|p| (p.place.line, p.place.column));
    list
}

impl<'t> Source<'t> {
    /// A text, called `file` in messages.
    pub fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, problems: RefCell::default(), warnings: RefCell::default() }
    }

    /// Reads the syntax; `None` after noting what is wrong with it.
    pub fn parse(&self) -> Option<Spanned<DeTable<'t>>> {
        if self.text.len() > MOST_BYTES {
            let what = format!("the file has {} bytes; at most {MOST_BYTES} are read", self.text.len());
            self.wrong(0, what, "check that this is the right file");
            return None;
        }
        let (document, mut errors) = DeTable::parse_recoverable(self.text);
        let at = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
        errors.sort_by_key(at);
        for error in errors.iter().take(MOST_UNREAD) {
            let what = error.message().replace('\n', ", ");
            self.wrong(at(error), what, "correct the TOML here; text stands in \"quotes\"");
        }
        if let Some(next) = errors.get(MOST_UNREAD) {
            let what = format!("{} more places that are no TOML", errors.len() - MOST_UNREAD);
            self.wrong(at(next), what, "see whether this is the right file, and what stands before the first of them");
        }
        errors.is_empty().then_some(document)
    }

    /// The place of a byte offset.
    pub fn place(&self, at: usize) -> Place {
        Place::offset(self.file, self.text, at)
    }

    /// Notes a problem at a byte offset.
    pub fn wrong(&self, at: usize, what: impl Into<String>, cure: impl Into<String>) {
        note(&self.problems, || Problem::new(self.place(at), what, cure));
    }

    /// Notes something to think about at a byte offset.
    pub fn warn(&self, at: usize, what: impl Into<String>, cure: impl Into<String>) {
        note(&self.warnings, || Problem::new(self.place(at), what, cure));
    }

    /// Notes a problem whose place is known.
    pub fn wrong_at(&self, problem: Problem) {
        note(&self.problems, || problem);
    }

    /// Notes a warning whose place is known.
    pub fn warn_at(&self, problem: Problem) {
        note(&self.warnings, || problem);
    }

    /// Whether anything is wrong so far.
    pub fn any_wrong(&self) -> bool {
        !self.problems.borrow().is_empty()
    }

    /// How much is wrong so far; unchanged by a part of the text that is good.
    pub fn wrong_so_far(&self) -> usize {
        self.problems.borrow().len()
    }

    /// The warnings when nothing is wrong, else all that is, in the file's order.
    pub fn finish(self) -> Outcome<Vec<Problem>> {
        Problems(in_file_order(self.problems)).check()?;
        Ok(in_file_order(self.warnings))
    }
}

/// A table of the document; keys that are never asked for are refused by [`Table::finish`].
pub struct Table<'s> {
    source: &'s Source<'s>,
    table: Option<&'s DeTable<'s>>,
    at: usize,
    path: String,
    asked: RefCell<Vec<&'static str>>,
    /// Its absence has been noted: do not note its missing keys as well.
    forgiven: Cell<bool>,
}

impl<'s> Table<'s> {
    /// The document's own table.
    pub fn root(source: &'s Source<'s>, document: &'s Spanned<DeTable<'s>>) -> Self {
        Self::new(source, Some(document.get_ref()), 0, String::new())
    }

    pub(super) fn new(source: &'s Source<'s>, table: Option<&'s DeTable<'s>>, at: usize, path: String) -> Self {
        Self { source, table, at, path, asked: RefCell::default(), forgiven: Cell::new(false) }
    }

    /// The document.
    pub fn source(&self) -> &'s Source<'s> {
        self.source
    }

    /// Byte offset of the table's name.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The table's place.
    pub fn place(&self) -> Place {
        self.source.place(self.at)
    }

    /// Whether the document has this table.
    pub fn exists(&self) -> bool {
        self.table.is_some()
    }

    fn name_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value of a key that may be absent.
    pub fn value(&self, key: &'static str) -> Option<Value<'s>> {
        self.asked.borrow_mut().push(key);
        let (name, value) = self.table?.get_key_value(key)?;
        Some(Value { source: self.source, value, key_at: name.span().start, path: self.name_of(key) })
    }

    /// The value of a key that must be there.
    pub fn required(&self, key: &'static str) -> Option<Value<'s>> {
        let value = self.value(key);
        if value.is_none() && !self.forgiven.get() {
            let whole = if self.path.is_empty() { "the file".to_owned() } else { format!("[{}]", self.path) };
            self.source.wrong(self.at, format!("{whole} needs `{key}`"), format!("add `{key}` to {whole}"));
        }
        value
    }

    /// A number that must be there; when it is wrong, that is noted and the range's start returned.
    pub fn f64_in(&self, key: &'static str, range: RangeInclusive<f64>) -> f64 {
        let least = *range.start();
        self.required(key).and_then(|v| v.f64_in(range)).unwrap_or(least)
    }

    /// A number that may be absent.
    pub fn opt_f64_in(&self, key: &'static str, range: RangeInclusive<f64>) -> Option<f64> {
        self.value(key).and_then(|v| v.f64_in(range))
    }

    /// A whole number that may be absent.
    pub fn opt_u32_in(&self, key: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let wide = i64::from(*range.start())..=i64::from(*range.end());
        self.value(key).and_then(|v| v.i64_in(wide)).and_then(|n| u32::try_from(n).ok())
    }

    /// A whole number that must be there.
    pub fn i64_in(&self, key: &'static str, range: RangeInclusive<i64>) -> i64 {
        let least = *range.start();
        self.required(key).and_then(|v| v.i64_in(range)).unwrap_or(least)
    }

    /// Text that must be there and not be empty.
    pub fn text(&self, key: &'static str) -> String {
        self.required(key).and_then(|v| v.text()).unwrap_or_default()
    }

    /// Text that may be absent.
    pub fn opt_text(&self, key: &'static str) -> Option<String> {
        self.value(key).and_then(|v| v.text())
    }

    /// One of `words`, that may be absent.
    pub fn opt_word(&self, key: &'static str, words: &[&str]) -> Option<String> {
        self.value(key).and_then(|v| v.word(words))
    }

    /// One of `words`, that must be there.
    pub fn word(&self, key: &'static str, words: &[&str]) -> Option<String> {
        self.required(key).and_then(|v| v.word(words))
    }

    /// A table that may be absent; then it has no keys.
    pub fn table(&self, key: &'static str) -> Table<'s> {
        let Some(value) = self.value(key) else {
            return Self::new(self.source, None, self.at, self.name_of(key));
        };
        value.table().unwrap_or_else(|| Self::absent(self.source, value.key_at, self.name_of(key)))
    }

    /// A table that must be there.
    pub fn required_table(&self, key: &'static str) -> Table<'s> {
        let table = self.table(key);
        if !table.exists() && !table.forgiven.get() && !self.forgiven.get() {
            let name = self.name_of(key);
            self.source.wrong(self.at, format!("the table [{name}] is missing"), format!("add a table [{name}]"));
        }
        table.forgiven.set(!table.exists());
        table
    }

    fn absent(source: &'s Source<'s>, at: usize, path: String) -> Self {
        let table = Self::new(source, None, at, path);
        table.forgiven.set(true);
        table
    }

    /// The entries of a table whose keys are names of the study's own, in the file's order.
    pub fn named(&self) -> Vec<(String, Value<'s>)> {
        let mut entries = self.any_entries();
        entries.retain(|(name, value)| value.check_name(name));
        entries
    }

    /// The entries of a table with keys of any form, in the file's order.
    pub fn any_entries(&self) -> Vec<(String, Value<'s>)> {
        let Some(table) = self.table else { return Vec::new() };
        let mut entries: Vec<_> = table
            .iter()
            .map(|(name, value)| {
                let path = self.name_of(name.get_ref());
                let value = Value { source: self.source, value, key_at: name.span().start, path };
                (name.get_ref().to_string(), value)
            })
            .collect();
        entries.sort_by_key(|(_, value)| value.key_at);
        if let Some((_, value)) = entries.get(MOST_NAMED) {
            self.source.wrong(
                value.key_at,
                format!("[{}] has {} entries; at most {MOST_NAMED} are allowed", self.path, entries.len()),
                "leave some out",
            );
            entries.truncate(MOST_NAMED);
        }
        entries
    }

    /// Refuses keys that nothing asked for. `reserved` are keys of later versions.
    pub fn finish(&self, reserved: &[&str]) {
        let asked = self.asked.borrow();
        for key in self.table.into_iter().flat_map(|table| table.keys()) {
            let (name, at) = (key.get_ref().as_ref(), key.span().start);
            if asked.contains(&name) {
                continue;
            }
            if reserved.contains(&name) {
                let what = format!("[{name}] is reserved for a later version and does nothing yet");
                self.source.wrong(at, what, format!("take [{name}] out"));
                continue;
            }
            let cure = match meant(name, asked.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", asked.join(", ")),
            };
            self.source.wrong(at, format!("unknown key `{}`", self.name_of(&shown(name))), cure);
        }
    }
}
