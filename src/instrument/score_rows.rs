//! From a session's answers to rows of `scores.csv`: each sheet scored, and the change from before to after.

use super::model::Instrument;
use super::score::Scored;
use crate::document::shown;
use crate::table::{AnswerRow, Occasion, Real, ScoreRow, Text};
use std::collections::BTreeMap;

/// One filled-in sheet: an instrument on an occasion, with the last revision of each item.
struct Sheet<'a> {
    /// Its first row: what holds for all.
    head: &'a AnswerRow,
    last: BTreeMap<&'a str, &'a AnswerRow>,
    simulated: bool,
}

/// What makes two answers parts of one sheet.
type Key<'a> = (Option<u32>, Occasion, Option<u32>, &'a str, &'a str);

/// Scores every sheet among a session's answers, in the order in which they were begun. What cannot be scored, such as
/// an answer to an unknown instrument, gives a row with the reason.
pub fn scores(answers: &[AnswerRow], instruments: &[Instrument], participant: &str, session_n: u32) -> Vec<ScoreRow> {
    let mut rows: Vec<ScoreRow> = Vec::new();
    for sheet in sheets(answers) {
        rows.extend(sheet.rows(instruments, participant, session_n));
    }
    let changes = changes(&rows);
    rows.extend(changes);
    rows
}

/// A text for a reason: short, on one line.
pub(super) fn brief(text: &str) -> String {
    format!("'{}'", shown(text))
}

fn sheets(answers: &[AnswerRow]) -> Vec<Sheet<'_>> {
    let mut places: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    let mut sheets: Vec<Sheet<'_>> = Vec::new();
    for row in answers {
        let key = (row.trial_n, row.occasion, row.block_n, row.instrument.as_str(), row.instrument_version.as_str());
        let at = *places.entry(key).or_insert(sheets.len());
        if at == sheets.len() {
            sheets.push(Sheet { head: row, last: BTreeMap::new(), simulated: false });
        }
        if let Some(sheet) = sheets.get_mut(at) {
            sheet.put(row);
        }
    }
    sheets
}

impl<'a> Sheet<'a> {
    /// Keeps an answer, unless a later revision of it is there.
    fn put(&mut self, row: &'a AnswerRow) {
        self.simulated |= row.simulated;
        let last = self.last.entry(row.item.as_str()).or_insert(row);
        if row.revision_n >= last.revision_n {
            *last = row;
        }
    }

    fn rows(&self, instruments: &[Instrument], participant: &str, session_n: u32) -> Vec<ScoreRow> {
        let row = |scored: Scored, validated: Option<bool>| ScoreRow {
            participant: Text::new(participant),
            session_n,
            trial_n: self.head.trial_n,
            occasion: self.head.occasion,
            block_n: self.head.block_n,
            instrument: self.head.instrument.clone(),
            instrument_version: self.head.instrument_version.clone(),
            language: self.head.language.clone(),
            score: Text::new(scored.name),
            value: Real::option(scored.value),
            items: scored.items,
            answered: scored.answered,
            reason: Text::new(scored.reason),
            validated,
            simulated: self.simulated,
        };
        match self.instrument(instruments) {
            Ok(instrument) => {
                let answer = |id: &str| self.answer(id);
                let scored = instrument.score(&answer).into_iter();
                scored.chain(self.strangers(instrument)).map(|one| row(one, Some(instrument.validated))).collect()
            }
            Err(reason) => vec![row(self.nothing(reason), None)],
        }
    }

    /// The stored answer to an item; none when it was never asked, or last left out.
    fn answer(&self, id: &str) -> Option<String> {
        let value = &self.last.get(id)?.value;
        (!value.is_na()).then(|| value.as_str().to_owned())
    }

    /// The instrument, in the version that was answered.
    fn instrument<'i>(&self, instruments: &'i [Instrument]) -> Result<&'i Instrument, String> {
        let (id, version) = (self.head.instrument.as_str(), self.head.instrument_version.as_str());
        let mut known = instruments.iter().filter(|instrument| instrument.id == id);
        if let Some(instrument) = known.clone().find(|instrument| instrument.version == version) {
            return Ok(instrument);
        }
        Err(match known.next() {
            Some(other) => format!(
                "answered in version {} of {}, but only version {} is known",
                brief(version),
                brief(id),
                brief(&other.version)
            ),
            None => format!("no instrument {} is known", brief(id)),
        })
    }

    /// Answers to items that the instrument has not.
    fn strangers(&self, instrument: &Instrument) -> Vec<Scored> {
        let strange = self.last.keys().filter(|id| instrument.item(id).is_none());
        strange.map(|id| self.nothing(format!("the instrument has no item {}", brief(id)))).collect()
    }

    /// A row without a score: why there is none.
    fn nothing(&self, reason: String) -> Scored {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let answered = self.last.values().filter(|row| !row.value.is_na()).count();
        Scored { name: String::new(), value: None, items: count(self.last.len()), answered: count(answered), reason }
    }
}

/// For each score asked before and after the trials: the difference, on the later occasion.
fn changes(rows: &[ScoreRow]) -> Vec<ScoreRow> {
    let known = |row: &&ScoreRow| !row.score.is_na();
    let after = rows.iter().filter(|row| row.occasion == Occasion::After).filter(known);
    let before = |after: &ScoreRow| {
        let same = |row: &&ScoreRow| row.instrument == after.instrument && row.score == after.score;
        rows.iter().filter(|row| row.occasion == Occasion::Before).find(same)
    };
    after.filter_map(|after| Some(change(before(after)?, after))).collect()
}

fn change(before: &ScoreRow, after: &ScoreRow) -> ScoreRow {
    let reason = if before.instrument_version != after.instrument_version {
        "before and after were answered in different versions".to_owned()
    } else if !before.reason.is_na() {
        format!("before: {}", before.reason)
    } else if !after.reason.is_na() {
        format!("after: {}", after.reason)
    } else {
        String::new()
    };
    let difference = after.value.or_nan() - before.value.or_nan();
    ScoreRow {
        score: Text::new(format!("{}.difference", after.score)),
        value: if reason.is_empty() { Real::new(difference) } else { Real::NA },
        answered: after.answered.min(before.answered),
        reason: Text::new(reason),
        simulated: after.simulated || before.simulated,
        ..after.clone()
    }
}
