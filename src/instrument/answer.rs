//! What may be answered to an item, and what of it is stored.

use super::model::{Instrument, InstrumentItem, ItemKind, Shown, Wording};
use crate::kernel::spec::Item;
use crate::table::Text;

/// A study's own questions after a trial as instruments without scores and without a file's text: so their answers
/// have a known home.
pub fn of_trial_items(items: &[Item]) -> Vec<Instrument> {
    let mut found: Vec<Instrument> = Vec::new();
    for item in items {
        let kind = ItemKind::Scale {
            shown: Shown::Likert,
            least: item.least,
            most: item.most,
            anchors: vec![(item.least, item.poles.0.clone()), (item.most, item.poles.1.clone())],
        };
        let one = InstrumentItem { id: item.id.clone(), text: item.text.clone(), kind, optional: false };
        match found.iter_mut().find(|own| own.id == item.instrument && own.version == item.version) {
            Some(own) => own.items.push(one),
            None => found.push(own(item, one)),
        }
    }
    found
}

fn own(item: &Item, first: InstrumentItem) -> Instrument {
    Instrument {
        id: item.instrument.clone(),
        title: "The study's own questions".to_owned(),
        version: item.version.clone(),
        language: "en".to_owned(),
        validated: false,
        wording: Wording::Full,
        citation: String::new(),
        licence: String::new(),
        checked: String::new(),
        instruction: String::new(),
        items: vec![first],
        scores: Vec::new(),
        text: String::new(),
    }
}

impl Instrument {
    /// The items as questions right after a trial, which are scales; the error says which item is none.
    pub fn as_trial_items(&self) -> Result<Vec<Item>, String> {
        self.items.iter().map(|item| self.as_trial_item(item)).collect()
    }

    fn as_trial_item(&self, item: &InstrumentItem) -> Result<Item, String> {
        let ItemKind::Scale { least, most, anchors, .. } = &item.kind else {
            let (id, of) = (&item.id, &self.id);
            return Err(format!("the item `{id}` of `{of}` is no scale, so it cannot be asked right after a trial"));
        };
        let words = |end| anchors.iter().find(|(at, _)| *at == end).map(|(_, text)| text.clone()).unwrap_or_default();
        Ok(Item {
            instrument: self.id.clone(),
            version: self.version.clone(),
            language: self.language.clone(),
            id: item.id.clone(),
            text: item.text.clone(),
            least: *least,
            most: *most,
            poles: (words(*least), words(*most)),
        })
    }
}

impl InstrumentItem {
    /// The value to store for what was typed; the error is a sentence saying what may be answered.
    pub fn check(&self, typed: &str) -> Result<String, String> {
        let typed = typed.trim();
        let stored = match &self.kind {
            ItemKind::Scale { least, most, .. } => whole(typed, *least, *most),
            ItemKind::Choice { options } => option(typed, options),
            ItemKind::Number { least, most, .. } => number(typed, *least, *most)?,
            ItemKind::Text { most_chars } => return words(typed, *most_chars),
        };
        stored.ok_or_else(|| format!("Please answer with {}.", self.offers()))
    }

    /// What may be answered, for a prompt.
    pub fn offers(&self) -> String {
        match &self.kind {
            ItemKind::Scale { least, most, anchors, .. } => {
                let anchors = anchors.iter().map(|(at, text)| format!("{at} = {text}")).collect::<Vec<_>>().join(", ");
                format!("a whole number from {least} to {most} ({anchors})")
            }
            ItemKind::Choice { options } if by_word_only(options) => {
                let words = options.iter().map(|(word, text)| format!("{word} = {text}"));
                format!("one of: {}", words.collect::<Vec<_>>().join(", "))
            }
            ItemKind::Choice { options } => {
                let numbered = options.iter().zip(1..).map(|((_, text), n)| format!("{n} = {text}"));
                format!("a number: {}", numbered.collect::<Vec<_>>().join(", "))
            }
            ItemKind::Number { least, most, unit } => {
                let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
                format!("a number from {least} to {most}{unit}")
            }
            ItemKind::Text { most_chars } => format!("words, at most {most_chars} characters"),
        }
    }

    /// The values that may be stored, in order; none where they cannot be listed.
    pub fn steps(&self) -> Option<Vec<String>> {
        match &self.kind {
            ItemKind::Scale { least, most, .. } => Some((*least..=*most).map(|n| n.to_string()).collect()),
            ItemKind::Choice { options } => Some(options.iter().map(|(word, _)| word.clone()).collect()),
            ItemKind::Number { .. } | ItemKind::Text { .. } => None,
        }
    }
}

/// Whether a text is digits 0 to 9, with a sign or without, and short enough to be meant.
fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && text.len() <= 18 && digits.bytes().all(|b| b.is_ascii_digit())
}

fn whole(typed: &str, least: i64, most: i64) -> Option<String> {
    let number: i64 = Some(typed).filter(|typed| is_whole(typed))?.parse().ok()?;
    (least..=most).contains(&number).then(|| number.to_string())
}

/// Where an option's word is itself a number, numbers would be ambiguous: only words count.
fn by_word_only(options: &[(String, String)]) -> bool {
    options.iter().any(|(word, _)| is_whole(word))
}

fn option(typed: &str, options: &[(String, String)]) -> Option<String> {
    let by_word = options.iter().find(|(word, _)| word.eq_ignore_ascii_case(typed));
    let by_number = || {
        let n = whole(typed, 1, 100).filter(|_| !by_word_only(options))?.parse::<usize>().ok()?;
        options.get(n.checked_sub(1)?)
    };
    by_word.or_else(by_number).map(|(word, _)| word.clone())
}

/// Digits with a point or without: no exponent, no separator, no sign but + and -.
fn number(typed: &str, least: f64, most: f64) -> Result<Option<String>, String> {
    if typed.contains(',') {
        return Err("Please write a point as decimal mark, as in 3.5, and nothing between thousands.".to_owned());
    }
    let (before, after) = typed.split_once('.').map_or((typed, None), |(before, after)| (before, Some(after)));
    let after_good = after.is_none_or(|a| !a.is_empty() && a.len() <= 18 && a.bytes().all(|b| b.is_ascii_digit()));
    if !is_whole(before) || !after_good {
        return Ok(None);
    }
    let number: Option<f64> = typed.parse().ok().filter(|number| (least..=most).contains(number));
    // A zero has no sign.
    Ok(number.map(|number| format!("{}", number + 0.0)))
}

/// Words as a table's column keeps them.
fn words(typed: &str, most_chars: u32) -> Result<String, String> {
    let stored = Text::new(typed);
    let chars = stored.as_str().chars().count();
    if typed == "NA" {
        return Err("Please use other words: NA stands for an answer that was left out.".to_owned());
    }
    if chars == 0 || chars > most_chars as usize {
        let now = if chars > most_chars as usize { format!(" (these are {chars})") } else { String::new() };
        return Err(format!("Please answer with words, at most {most_chars} characters{now}."));
    }
    Ok(stored.as_str().to_owned())
}
