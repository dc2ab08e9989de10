//! One value of a TOML document: a number in its range, a word among known ones, a list, a table.

use super::reader::{Source, Table};
use super::words::{meant, shown};
use crate::problem::{Place, short_number};
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::DeValue;

/// A value of the document.
pub struct Value<'s> {
    pub(super) source: &'s Source<'s>,
    pub(super) value: &'s Spanned<DeValue<'s>>,
    pub(super) key_at: usize,
    /// Dotted name, for messages.
    pub(super) path: String,
}

fn unit(path: &str) -> &'static str {
    const UNITS: [(&str, &str); 9] = [
        ("_cd_per_m2", " cd/m^2"),
        ("_mps3", " m/s^3"),
        ("_mps2", " m/s^2"),
        ("_mps", " m/s"),
        ("_hz", " Hz"),
        ("_m", " m"),
        ("_s", " s"),
        ("_s[]", " s"),
        ("_m[]", " m"),
    ];
    UNITS.iter().find(|(end, _)| path.ends_with(end)).map_or("", |(_, unit)| unit)
}

impl<'s> Value<'s> {
    /// Byte offset of the value.
    pub fn at(&self) -> usize {
        self.value.span().start
    }

    /// Byte offset of its key.
    pub fn key_at(&self) -> usize {
        self.key_at
    }

    /// The value's place.
    pub fn place(&self) -> Place {
        self.source.place(self.at())
    }

    /// The document.
    pub fn source(&self) -> &'s Source<'s> {
        self.source
    }

    fn not(&self, wanted: &str, cure: &str) {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.source.wrong(self.at(), format!("`{}` is {found}, but {wanted} is wanted", self.path), cure);
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Integer(_) | DeValue::Float(_))
    }

    /// Whether it is text.
    pub fn is_text(&self) -> bool {
        self.value.get_ref().is_str()
    }

    /// Whether it is exactly this text.
    pub fn is_this_text(&self, text: &str) -> bool {
        self.value.get_ref().as_str() == Some(text)
    }

    /// Whether it is text without a letter.
    pub fn is_empty_text(&self) -> bool {
        self.is_this_text("")
    }

    /// A finite number in `range`; a whole number is a number too.
    pub fn f64_in(&self, range: RangeInclusive<f64>) -> Option<f64> {
        let number: Option<f64> = match self.value.get_ref() {
            DeValue::Float(float) => float.as_str().parse().ok(),
            #[allow(clippy::cast_precision_loss)]
            DeValue::Integer(whole) => i64::from_str_radix(whole.as_str(), whole.radix()).ok().map(|n| n as f64),
            _ => {
                self.not("a number", "write a number with a point as decimal mark, without quotes");
                return None;
            }
        };
        let unit = unit(&self.path);
        let (least, most) = (range.start(), range.end());
        match number.filter(|n| n.is_finite()) {
            Some(n) if range.contains(&n) => Some(n + 0.0),
            Some(n) => {
                let what =
                    format!("`{}` is {}{unit}, but must be from {least} to {most}{unit}", self.path, short_number(n));
                self.source.wrong(self.at(), what, "give a number in that range");
                None
            }
            None => {
                let what = format!("`{}` is not a finite number", self.path);
                self.source.wrong(self.at(), what, format!("give a number from {least} to {most}{unit}"));
                None
            }
        }
    }

    /// A whole number in `range`.
    pub fn i64_in(&self, range: RangeInclusive<i64>) -> Option<i64> {
        let DeValue::Integer(whole) = self.value.get_ref() else {
            self.not("a whole number", "write a whole number without quotes");
            return None;
        };
        let number = i64::from_str_radix(whole.as_str(), whole.radix()).ok().filter(|n| range.contains(n));
        if number.is_none() {
            let (least, most) = (range.start(), range.end());
            let what = format!("`{}` is {}, but must be from {least} to {most}", self.path, shown(&whole.to_string()));
            self.source.wrong(self.at(), what, "give a whole number in that range");
        }
        number
    }

    /// `true` or `false`.
    pub fn boolean(&self) -> Option<bool> {
        let boolean = self.value.get_ref().as_bool();
        if boolean.is_none() {
            self.not("true or false", "write true or false without quotes");
        }
        boolean
    }

    /// Text that is not empty.
    pub fn text(&self) -> Option<String> {
        let Some(text) = self.value.get_ref().as_str() else {
            self.not("text", "put it in \"quotes\"");
            return None;
        };
        if text.trim().is_empty() {
            self.source.wrong(self.at(), format!("`{}` is empty", self.path), "write some text, or leave the key out");
            return None;
        }
        Some(text.to_owned())
    }

    /// One of `words`.
    pub fn word(&self, words: &[&str]) -> Option<String> {
        let text = self.text()?;
        if words.contains(&text.as_str()) {
            return Some(text);
        }
        let cure = match meant(&text, words.iter().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("write one of: {}", words.join(", ")),
        };
        self.source.wrong(self.at(), format!("`{}` is \"{}\", which is not known", self.path, shown(&text)), cure);
        None
    }

    /// A list's values; noted and `None` when it is no list.
    pub fn list(&self) -> Option<Vec<Value<'s>>> {
        let DeValue::Array(array) = self.value.get_ref() else {
            self.not("a list", "write it in [brackets]");
            return None;
        };
        let element = |value: &'s Spanned<DeValue<'s>>| Value {
            source: self.source,
            value,
            key_at: value.span().start,
            path: format!("{}[]", self.path),
        };
        Some(array.iter().map(element).collect())
    }

    /// Two numbers in `range`.
    pub fn two_f64_in(&self, range: RangeInclusive<f64>) -> Option<[f64; 2]> {
        let list = self.list()?;
        let [a, b] = list.as_slice() else {
            let what = format!("`{}` has {} entries, but two are wanted", self.path, list.len());
            self.source.wrong(self.at(), what, "write [first, second]");
            return None;
        };
        // Both are read before either is judged: all that is wrong is noted.
        let (a, b) = (a.f64_in(range.clone()), b.f64_in(range));
        Some([a?, b?])
    }

    /// A number (least and most are the same), or two that rise.
    pub fn span_f64_in(&self, range: RangeInclusive<f64>) -> Option<[f64; 2]> {
        if self.is_number() {
            return self.f64_in(range).map(|n| [n, n]);
        }
        let [least, most] = self.two_f64_in(range)?;
        if least > most {
            let what = format!("`{}` runs from {least} down to {most}", self.path);
            self.source.wrong(self.at(), what, "write [least, most]");
            return None;
        }
        Some([least, most])
    }

    /// A table.
    pub fn table(&self) -> Option<Table<'s>> {
        let DeValue::Table(table) = self.value.get_ref() else {
            self.not("a table", "write it as a [table] or as { key = value }");
            return None;
        };
        Some(Table::new(self.source, Some(table), self.key_at, self.path.clone()))
    }

    /// Whether a name of the study's own is one word of letters, digits, `_` and `-`.
    pub(super) fn check_name(&self, name: &str) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let good = !name.is_empty() && name.len() <= 60 && name.chars().all(plain);
        if !good {
            let what = format!("\"{}\" cannot be a name", shown(name));
            self.source.wrong(self.key_at, what, "use letters, digits, _ and - only, at most 60");
        }
        good
    }
}
