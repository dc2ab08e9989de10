//! An instrument asked item by item, with the way back: what is changed stands in the record as a later revision.

use super::conduct::Conduct;
use crate::desk::{Answered, Question};
use crate::instrument::Instrument;
use crate::kernel::frame::{Row, Sink};
use crate::problem::Outcome;
use crate::table::{AnswerRow, AnswerSource, Occasion, Text};

/// What is asked, and when.
pub(super) struct Sheet<'a> {
    pub instrument: &'a Instrument,
    pub occasion: Occasion,
    pub block_n: Option<u32>,
    pub trial_n: Option<u32>,
}

/// What became of an item.
enum Turn {
    Answered,
    Back,
    /// The session was left.
    Left,
}

/// The newest answer to each item, in the instrument's order.
type Rows = Vec<Option<AnswerRow>>;

impl Conduct<'_, '_> {
    /// Asks what is not answered yet, from the first item that is not, and reviews; none when somebody left meanwhile.
    pub(super) fn sheet(&mut self, sheet: &Sheet<'_>) -> Outcome<Option<Vec<AnswerRow>>> {
        let mut rows: Rows = sheet.instrument.items.iter().map(|item| self.answered(sheet, &item.id)).collect();
        let mut at = rows.iter().position(Option::is_none).unwrap_or(rows.len());
        // Where a session goes on, what comes after the first item without an answer has none either.
        while at < rows.len() {
            match self.turn(sheet, at, at > 0, &mut rows)? {
                Turn::Answered => at += 1,
                Turn::Back => at -= 1,
                Turn::Left => return Ok(None),
            }
        }
        if !self.review(sheet, &mut rows)? {
            return Ok(None);
        }
        Ok(Some(rows.into_iter().flatten().collect()))
    }

    /// Shows what was answered until all is right; whether nobody left meanwhile.
    fn review(&mut self, sheet: &Sheet<'_>, rows: &mut Rows) -> Outcome<bool> {
        // A single answer was confirmed when it was given.
        while rows.len() > 1 {
            let answers: Vec<Option<String>> = rows.iter().map(|row| value(row.as_ref())).collect();
            let reply = self.desk.review(sheet.instrument, &answers);
            let Some(again) = self.replied(reply)? else { return Ok(false) };
            let Some(at) = again.filter(|at| *at < rows.len()) else { break };
            if matches!(self.turn(sheet, at, true, rows)?, Turn::Left) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Asks an item; a new or a changed answer is put into the record and sealed.
    fn turn(&mut self, sheet: &Sheet<'_>, at: usize, back: bool, rows: &mut Rows) -> Outcome<Turn> {
        let Some((item, known)) = sheet.instrument.items.get(at).zip(rows.get_mut(at)) else { return Ok(Turn::Left) };
        let before = value(known.as_ref());
        let question = Question {
            occasion: sheet.occasion,
            block_n: sheet.block_n,
            instrument: sheet.instrument,
            item,
            item_n: at + 1,
            back,
            again: known.is_some(),
            before: before.as_deref(),
        };
        let reply = self.desk.ask(&question);
        let took_ns = reply.as_ref().map_or(0, |reply| reply.took_ns.max(0));
        let given = match self.replied(reply)? {
            None => return Ok(Turn::Left),
            Some(Answered::Back) if back => return Ok(Turn::Back),
            Some(Answered::Back) => before.clone(),
            Some(Answered::Given(given)) => given,
        };
        if known.is_some() && given == before {
            return Ok(Turn::Answered);
        }
        let revision_n = known.as_ref().map_or(1, |row| row.revision_n.saturating_add(1));
        let row = self.row(sheet, &item.id, given, took_ns, revision_n);
        self.recorder.put(Row::Answer(Box::new(row.clone())));
        *known = Some(row);
        // What a person has answered is never lost; simulated people answer again.
        if sheet.trial_n.is_some() || self.desk.source() != AnswerSource::Simulated {
            self.seal(None)?;
        }
        Ok(Turn::Answered)
    }

    fn row(&self, sheet: &Sheet<'_>, item: &str, given: Option<String>, took_ns: i64, revision_n: u32) -> AnswerRow {
        let (answered, source) = (self.session.now(), self.desk.source());
        // On a panel answers whoever is in the headset; at a terminal, a person.
        let by_device = source == AnswerSource::Simulated || source.is_panel();
        AnswerRow {
            trial_n: sheet.trial_n,
            occasion: sheet.occasion,
            block_n: sheet.block_n,
            instrument: Text::new(&sheet.instrument.id),
            instrument_version: Text::new(&sheet.instrument.version),
            item: Text::new(item),
            language: Text::new(&sheet.instrument.language),
            value: given.map_or(Text::NA, Text::new),
            shown_display_time_ns: answered.0.saturating_sub(took_ns),
            answered_display_time_ns: answered.0,
            revision_n,
            source,
            simulated: self.session.spec.simulated && by_device,
        }
    }

    /// What was answered to an item before the session was left: the newest.
    fn answered(&self, sheet: &Sheet<'_>, item: &str) -> Option<AnswerRow> {
        let same = |row: &&AnswerRow| {
            (row.trial_n, row.occasion, row.block_n) == (sheet.trial_n, sheet.occasion, sheet.block_n)
                && row.instrument.as_str() == sheet.instrument.id
                && row.instrument_version.as_str() == sheet.instrument.version
                && row.item.as_str() == item
        };
        self.answers.iter().rev().find(same).cloned()
    }
}

/// The answer as it is stored; none when it was left out.
fn value(row: Option<&AnswerRow>) -> Option<String> {
    row.filter(|row| !row.value.is_na()).map(|row| row.value.as_str().to_owned())
}
