//! The tables of a pack: a row per person, session, trial, setting, answer, score and event, under pseudonyms.

use super::codebook::{Described, Entry};
use super::pack::Unfinished;
use super::{Source, dates};
use crate::instrument::ItemKind;
use crate::lab::collect::columns::{self, item_column};
use crate::lab::collect::data::Session;
use crate::lab::collect::trials::{Cells, cell};
use crate::lab::collect::{participants, trials::text_of};
use crate::lab::derived_file::write_sheet;
use crate::problem::{Outcome, Problems};
use crate::record::read::Sealed;
use crate::table::{
    AnswerRow, ConditionRow, EVENTS, EventRow, ParticipantRow, ScoreRow, SessionRow, Table, Text, TrialRow,
    TrialVerdictRow,
};
use std::collections::BTreeSet;

/// Where the tables lie.
pub(super) const FOLDER: &str = "data/";
/// What stands in the place of words that people wrote.
pub(super) const WITHHELD: &str = "withheld";
/// Tells in which order people came.
const ORDER: &str = "plan_row";
/// Columns with words that the experimenter wrote.
const WORDS: [&str; 3] = ["redo_reason", "exclusion_note", "reason"];
/// Columns that stand before those of a session's table.
const KEYS: [(&str, &str); 2] = [("participant", "Participant's pseudonym."), ("session_n", "Session, from 1.")];

/// Writes them; what stands in each.
pub(super) fn write(source: &Source<'_>, pack: &Unfinished) -> Outcome<Vec<Described>> {
    let conditions = |session: &Session| Ok(session.conditions.clone());
    Ok(vec![
        source.people_table(pack)?,
        source.sessions_table(pack)?,
        source.trials_table(pack)?,
        source.session_table::<ConditionRow>(pack, &conditions)?,
        source.session_table::<AnswerRow>(pack, &|session| Ok(source.answers(session)))?,
        source.scores_table(pack)?,
        source.session_table::<EventRow>(pack, &|session| source.events(session))?,
    ])
}

impl Source<'_> {
    /// The title of the data.
    pub(super) fn title(&self) -> String {
        let own = || self.data.sessions.first().map(|session| session.title.clone());
        self.wish.title.map(str::to_owned).or_else(own).unwrap_or_else(|| "A study with Kerbside".to_owned())
    }

    fn people_table(&self, pack: &Unfinished) -> Outcome<Described> {
        let text = self.text_columns();
        let all = |person| participants::cells(self.data, person);
        self.sheet(pack, ParticipantRow::FILE, &self.columns.participants, &text, self.people.iter().map(|p| all(p)))
    }

    fn trials_table(&self, pack: &Unfinished) -> Outcome<Described> {
        let rows = self.people.iter().flat_map(|person| self.data.trials_of(person)).map(|trial| trial.cells());
        self.sheet(pack, TrialVerdictRow::FILE, &self.columns.wide, &BTreeSet::new(), rows)
    }

    /// A table whose columns depend on the study.
    fn sheet(
        &self,
        pack: &Unfinished,
        file: &'static str,
        all: &[columns::Column],
        text: &BTreeSet<String>,
        rows: impl Iterator<Item = Cells>,
    ) -> Outcome<Described> {
        let left_out = self.left_out_columns();
        let shown = |column: &&columns::Column| column.name != ORDER && !left_out.contains(&column.name);
        let shown: Vec<_> = all.iter().filter(shown).collect();
        let words = |name: &str| WORDS.contains(&name) || text.contains(name);
        write_sheet(&pack.path(&format!("{FOLDER}{file}"))?, |sheet| {
            sheet.row(shown.iter().map(|column| &column.name))?;
            for cells in rows {
                let fields = shown.iter().map(|column| match cell(&cells, &column.name) {
                    code if column.name == "participant" => self.names.get(code).to_owned(),
                    said if words(&column.name) => self.words(said),
                    value => value.to_owned(),
                });
                sheet.row(fields)?;
            }
            Ok(())
        })?;
        let entry = |column: &&columns::Column| self.noted(Entry::of_study(column), words(&column.name));
        Ok(Described { file, columns: shown.iter().map(entry).collect() })
    }

    /// A table of every session, with whose it is before each row.
    pub(super) fn session_table<T: Table>(
        &self,
        pack: &Unfinished,
        rows_of: &dyn Fn(&Session) -> Outcome<Vec<T>>,
    ) -> Outcome<Described> {
        let mut wrong = None;
        let written = write_sheet(&pack.path(&format!("{FOLDER}{}", T::FILE))?, |sheet| {
            let names = T::COLUMNS.iter().map(|column| column.name);
            sheet.row(KEYS.iter().map(|(name, _)| *name).chain(names))?;
            for session in self.sessions() {
                let rows = rows_of(session).map_err(|found| stop(&mut wrong, found))?;
                let whose = [self.names.get(&session.file.participant).to_owned(), session.file.session_n.to_string()];
                for row in &rows {
                    sheet.row(whose.iter().cloned().chain(fields(row)))?;
                }
            }
            Ok(())
        });
        wrong.map_or(Ok(()), Err)?;
        written?;
        let keys = KEYS.iter().map(|(name, about)| Entry::plain(name, about));
        let words = |name: &str| matches!((T::FILE, name), ("answers.csv", "value") | ("events.csv", "detail"));
        let own = T::COLUMNS.iter().map(|column| self.noted(Entry::of(column), words(column.name)));
        Ok(Described { file: T::FILE, columns: keys.chain(own).collect() })
    }

    fn scores_table(&self, pack: &Unfinished) -> Outcome<Described> {
        let scores = self.sessions().flat_map(|session| &session.scores);
        let rows = scores
            .map(|row| ScoreRow { participant: Text::new(self.names.get(row.participant.as_str())), ..row.clone() });
        self.declared(pack, rows)
    }

    fn sessions_table(&self, pack: &Unfinished) -> Outcome<Described> {
        let rows = self.people.iter().flat_map(|person| {
            let first = self.data.sessions_of(person).filter_map(dates::began).map(|day| day.number).min();
            self.data.sessions_of(person).map(move |session| self.session_row(session, first))
        });
        self.declared(pack, rows)
    }

    fn session_row(&self, session: &Session, first_day: Option<i64>) -> SessionRow {
        let (file, began) = (&session.file, dates::began(session));
        SessionRow {
            participant: Text::new(self.names.get(&file.participant)),
            session_n: file.session_n,
            year: began.map(|day| day.year),
            days_since_first: began.zip(first_day).map(|(day, first)| day.number - first),
            finished: session.finished,
            pilot: file.pilot,
            simulated: file.simulated,
            trials_planned: u32::try_from(file.trials_planned).unwrap_or(u32::MAX),
            study_sha256: Text::new(&file.study_sha256),
            map_sha256: Text::new(&file.map_sha256),
            kerbside: Text::new(&file.kerbside),
            headset: Text::new(&file.headset),
            world: Text::new(&file.world),
            pacing: Text::new(&file.pacing),
            display_rate_hz: file.display_rate_hz,
            world_step_hz: file.world_step_hz,
        }
    }

    /// A table as it is declared.
    fn declared<T: Table>(&self, pack: &Unfinished, rows: impl Iterator<Item = T>) -> Outcome<Described> {
        write_sheet(&pack.path(&format!("{FOLDER}{}", T::FILE))?, |sheet| {
            sheet.row(T::COLUMNS.iter().map(|column| column.name))?;
            rows.into_iter().try_for_each(|row| sheet.row(fields(&row)))
        })?;
        Ok(Described { file: T::FILE, columns: T::COLUMNS.iter().map(Entry::of).collect() })
    }

    /// Answers as they may be published.
    fn answers(&self, session: &Session) -> Vec<AnswerRow> {
        let wanted = session.answers.iter().filter(|row| !self.leaves_out(row));
        let shown = |row: &AnswerRow| match is_text(session, row) {
            true => AnswerRow { value: Text::new(self.words(&text_of(&row.value))), ..row.clone() },
            false => row.clone(),
        };
        wanted.map(shown).collect()
    }

    /// Events as they may be published.
    fn events(&self, session: &Session) -> Outcome<Vec<EventRow>> {
        let mut rows: Vec<EventRow> = Sealed::of(&session.folder).table()?;
        for row in &mut rows {
            let known = EVENTS.iter().find(|event| event.name == row.event.as_str());
            let detail = text_of(&row.detail);
            // What this version does not know may hold anything.
            row.detail = Text::new(match known.is_none_or(|event| event.own_words) {
                true => self.words(&detail),
                false => self.names.in_words(&detail),
            });
        }
        Ok(rows)
    }

    /// Words that people wrote: withheld unless wanted, and then without codes.
    fn words(&self, said: &str) -> String {
        match (said, self.wish.free_text) {
            ("NA", _) => said.to_owned(),
            (_, true) => self.names.in_words(said),
            (_, false) => WITHHELD.to_owned(),
        }
    }

    /// An entry of the codebook, with a word on free text where the column has some.
    fn noted(&self, entry: Entry, words: bool) -> Entry {
        match (words, self.wish.free_text) {
            (false, _) => entry,
            (true, true) => entry.and("Words that people wrote; codes of participants in them are replaced."),
            (true, false) => entry.and("`withheld` where people wrote words, which may say who somebody is."),
        }
    }

    pub(super) fn leaves_out(&self, row: &AnswerRow) -> bool {
        let item = format!("{}.{}", row.instrument, row.item);
        self.wish.leave_out.contains(&item)
    }

    /// Columns of items that are left out.
    fn left_out_columns(&self) -> BTreeSet<String> {
        let column = |session: &Session, row: &AnswerRow| match row.trial_n {
            Some(_) => item_column(row),
            None => session.outside_answer_column(row),
        };
        let of = |session: &Session| -> Vec<String> {
            let left_out = session.answers.iter().filter(|row| self.leaves_out(row));
            left_out.map(|row| column(session, row)).collect()
        };
        self.data.sessions.iter().flat_map(of).collect()
    }

    /// Columns of answers in words.
    fn text_columns(&self) -> BTreeSet<String> {
        let of = |session: &Session| -> Vec<String> {
            let text = session.answers_outside().filter(|row| is_text(session, row));
            text.map(|row| session.outside_answer_column(row)).collect()
        };
        self.data.sessions.iter().flat_map(of).collect()
    }
}

/// Whether an answer is in the participant's own words; where the questionnaire is unknown, whatever is no number.
fn is_text(session: &Session, row: &AnswerRow) -> bool {
    let known = session.instrument(row).and_then(|instrument| instrument.item(row.item.as_str()));
    match known {
        Some(item) => matches!(item.kind, ItemKind::Text { .. }),
        None => row.value.as_str().parse::<f64>().is_err(),
    }
}

/// A row's fields as text.
pub(super) fn fields<T: Table>(row: &T) -> Vec<String> {
    let mut fields = Vec::with_capacity(T::COLUMNS.len());
    let done: Result<(), std::convert::Infallible> = row.each_field(&mut Vec::new(), |text| {
        fields.push(String::from_utf8_lossy(text).into_owned());
        Ok(())
    });
    let Ok(()) = done;
    fields
}

/// Keeps what was found wrong while a file is written.
fn stop(wrong: &mut Option<Problems>, found: Problems) -> std::io::Error {
    *wrong = Some(found);
    std::io::Error::other("what is to be written cannot be read")
}

/// What every declared column is, by name: for the columns of tables that depend on the study.
pub(super) fn declared(name: &str) -> Option<&'static crate::table::Column> {
    let all = crate::table::MeasureRow::COLUMNS.iter().chain(TrialRow::COLUMNS).chain(TrialVerdictRow::COLUMNS);
    all.chain(ParticipantRow::COLUMNS).chain(crate::table::RegisterRow::COLUMNS).find(|column| column.name == name)
}
