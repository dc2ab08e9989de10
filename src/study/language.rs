//! The language in which a study speaks to people.

use super::model::Study;
use crate::document::{Table, shown};

/// Where nobody says it.
pub(super) const ENGLISH: &str = "en";

impl Study {
    /// The language that people are spoken to: the study's, else that of its first questionnaire, else English.
    pub fn spoken(&self) -> &str {
        let asked = self.instruments.first().map(|instrument| instrument.language.as_str());
        self.language.as_deref().or(asked).unwrap_or(ENGLISH)
    }
}

/// Reads `language`: a code such as `de` or `pt-BR`.
pub(super) fn language(table: &Table<'_>) -> Option<String> {
    let value = table.value("language")?;
    let text = value.text()?;
    let (primary, rest) = text.split_once('-').map_or((text.as_str(), None), |(primary, rest)| (primary, Some(rest)));
    let subtag = |tag: &str| (1..=8).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric());
    let named = (2..=3).contains(&primary.len()) && primary.chars().all(|c| c.is_ascii_lowercase());
    if named && text.len() <= 35 && rest.is_none_or(|rest| rest.split('-').all(subtag)) {
        return Some(text);
    }
    let what = format!("\"{}\" is no code of a language", shown(&text));
    value.source().wrong(value.at(), what, "write one such as \"en\", \"de\" or \"pt-BR\"");
    None
}
