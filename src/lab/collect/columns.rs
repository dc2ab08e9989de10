//! Which columns the tables have: the union over all trials, in an order that the data alone decide.

use super::data::{Data, Session};
use crate::instrument::{self, Instrument, ItemKind};
use crate::table::{
    AnswerRow, ConditionRow, MeasureRow, Occasion, ParticipantRow, RegisterRow, Scope, ScoreRow, Table, TrialRow,
    TrialVerdictRow, unit_of,
};
use std::collections::{BTreeMap, BTreeSet};

/// A column and its entry in the codebook.
pub(in crate::lab) struct Column {
    pub(in crate::lab) name: String,
    pub(in crate::lab) meaning: String,
    /// The same without the words of a questionnaire that may be somebody's property; none where there are none.
    pub(in crate::lab) without_wording: Option<String>,
}

/// The columns of the tables that depend on the study.
pub(in crate::lab) struct Columns {
    /// `trials_wide.csv`
    pub(in crate::lab) wide: Vec<Column>,
    /// What only `trials_long.csv` has: the settings.
    pub(in crate::lab) settings: Vec<Column>,
    /// `participants.csv`: declared ones, then scores and answers outside trials.
    pub(in crate::lab) participants: Vec<Column>,
}

/// Columns of `trials.csv` that stand before the factors.
const ORDER: [&str; 12] = [
    "session_n",
    "trial_n",
    "attempt_n",
    "redo_reason",
    "plan_n",
    "block_n",
    "block_trial_n",
    "kind",
    "cell_id",
    "repetition_n",
    "site_id",
    "cue",
];
/// Columns of `measures.csv` that `trials.csv` has as well.
const TWICE: [&str; 7] = ["participant", "session_n", "trial_n", "kind", "cell_id", "simulated", "marks"];

impl Columns {
    pub(in crate::lab) fn of(data: &Data) -> Self {
        let mut wide = Union::default();
        wide.declared::<TrialRow>(&["participant"]);
        wide.declared::<RegisterRow>(&["plan_row", "group"]);
        wide.declared::<TrialRow>(&ORDER);
        for scope in [Scope::Between, Scope::Session, Scope::Within] {
            wide.conditions(data, scope);
        }
        let measures = MeasureRow::COLUMNS.iter().map(|column| column.name).filter(|name| !TWICE.contains(name));
        wide.declared::<MeasureRow>(&measures.collect::<Vec<_>>());
        wide.items(data);
        wide.trial_scores(data);
        wide.declared::<TrialRow>(&["marks", "pilot", "simulated"]);
        wide.table::<TrialVerdictRow>();
        let mut settings = Union::default();
        settings.conditions(data, Scope::Setting);
        let mut participants = Union::default();
        participants.table::<ParticipantRow>();
        participants.scores(data);
        participants.answers(data);
        Self { wide: wide.columns, settings: settings.columns, participants: participants.columns }
    }
}

/// Columns in the order in which they are first seen.
#[derive(Default)]
struct Union {
    columns: Vec<Column>,
    seen: BTreeSet<String>,
}

impl Union {
    fn add(&mut self, name: String, meaning: impl FnOnce() -> String) {
        if self.seen.insert(name.clone()) {
            self.columns.push(Column { name, meaning: meaning(), without_wording: None });
        }
    }

    /// A column of an item: its words, or its number only, are put into the sentence.
    fn item(&mut self, name: String, session: &Session, row: &AnswerRow, sentence: impl Fn(&str) -> String) {
        if self.seen.insert(name.clone()) {
            let meaning = sentence(&session.item_words(row));
            let without_wording = session.item_without_wording(row).map(|words| sentence(&words));
            self.columns.push(Column { name, meaning, without_wording });
        }
    }

    fn declared<T: Table>(&mut self, names: &[&str]) {
        for name in names {
            for column in T::COLUMNS.iter().filter(|column| column.name == *name) {
                self.add(column.name.to_owned(), || column.about.trim().to_owned());
            }
        }
    }

    fn table<T: Table>(&mut self) {
        self.declared::<T>(&T::COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>());
    }

    fn conditions(&mut self, data: &Data, scope: Scope) {
        for row in data.sessions.iter().flat_map(|session| &session.conditions).filter(|row| row.scope == scope) {
            self.add(condition_column(row), || match scope {
                Scope::Setting => format!("Setting in force: {}; NA in a trial that has none.", row.factor),
                _ => format!("Level of the {} factor {}; NA in a trial that has none.", subject(scope), row.factor),
            });
        }
    }

    fn items(&mut self, data: &Data) {
        for session in &data.sessions {
            for row in session.answers.iter().filter(|row| row.trial_n.is_some()) {
                self.item(item_column(row), session, row, |words| {
                    format!("Answer after the trial, last revision, as stored: {words}")
                });
            }
        }
    }

    fn trial_scores(&mut self, data: &Data) {
        for session in &data.sessions {
            for row in session.scores.iter().filter(|row| row.trial_n.is_some() && !row.score.is_na()) {
                self.add(score_column(row), || format!("After the trial: {}", session.score_words(row)));
            }
        }
    }

    fn scores(&mut self, data: &Data) {
        for session in &data.sessions {
            for row in session.scores_outside() {
                self.add(outside_score_column(row), || {
                    format!("{}: {}", when(row.session_n, row.occasion, row.block_n), session.score_words(row))
                });
            }
        }
    }

    fn answers(&mut self, data: &Data) {
        for session in &data.sessions {
            for row in session.answers_outside() {
                let when = when(session.file.session_n, row.occasion, row.block_n);
                self.item(session.outside_answer_column(row), session, row, |words| {
                    format!("{when}: answer, last revision, as stored: {words}")
                });
            }
        }
    }
}

fn subject(scope: Scope) -> &'static str {
    match scope {
        Scope::Within => "within-subject",
        Scope::Between => "between-subject",
        Scope::Session | Scope::Setting => "session's",
    }
}

/// The column of a factor, or of a setting.
pub(in crate::lab) fn condition_column(row: &ConditionRow) -> String {
    let kind = if row.scope == Scope::Setting { "setting" } else { "factor" };
    format!("{kind}.{}", row.factor)
}

/// The column of an answer after a trial.
pub(in crate::lab) fn item_column(row: &AnswerRow) -> String {
    format!("item.{}.{}", row.instrument, row.item)
}

/// The column of a score after a trial.
pub(in crate::lab) fn score_column(row: &ScoreRow) -> String {
    format!("score.{}.{}", row.instrument, row.score)
}

/// The column of a score outside trials.
pub(in crate::lab) fn outside_score_column(row: &ScoreRow) -> String {
    format!("{}.{}.{}", prefix(row.session_n, row.occasion, row.block_n), row.instrument, row.score)
}

/// `before`, `block2`, `after`; of later sessions than the first, `session2.before`.
fn prefix(session_n: u32, occasion: Occasion, block_n: Option<u32>) -> String {
    let session = if session_n > 1 { format!("session{session_n}.") } else { String::new() };
    let block = block_n.map(|n| n.to_string()).unwrap_or_default();
    format!("{session}{}{block}", occasion.word())
}

fn when(session_n: u32, occasion: Occasion, block_n: Option<u32>) -> String {
    let occasion = match (occasion, block_n) {
        (Occasion::Before, _) => "before the first trial".to_owned(),
        (Occasion::After, _) => "after the last trial".to_owned(),
        (Occasion::Block, Some(n)) => format!("after block {n}"),
        (other, _) => format!("occasion {}", other.word()),
    };
    format!("Session {session_n}, {occasion}")
}

impl Session {
    /// The scores that belong to no trial.
    pub(in crate::lab) fn scores_outside(&self) -> impl Iterator<Item = &ScoreRow> {
        self.scores.iter().filter(|row| row.trial_n.is_none() && !row.score.is_na())
    }

    /// The answers that belong to no trial and to no scale, such as an age; the last revision of each.
    pub(in crate::lab) fn answers_outside(&self) -> impl Iterator<Item = &AnswerRow> {
        let no_scale = |row: &&AnswerRow| {
            let item = self.instrument(row).and_then(|instrument| instrument.item(row.item.as_str()));
            item.is_some_and(|item| !matches!(item.kind, ItemKind::Scale { .. }))
        };
        last_revisions(self.answers.iter().filter(|row| row.trial_n.is_none())).into_iter().filter(no_scale)
    }

    /// The column of such an answer; a score of the same name goes first.
    pub(in crate::lab) fn outside_answer_column(&self, row: &AnswerRow) -> String {
        let taken = self.instrument(row).is_some_and(|of| of.score_named(row.item.as_str()).is_some());
        let end = if taken { ".answer" } else { "" };
        let prefix = prefix(self.file.session_n, row.occasion, row.block_n);
        format!("{prefix}.{}.{}{end}", row.instrument, row.item)
    }

    pub(in crate::lab) fn instrument(&self, row: &AnswerRow) -> Option<&Instrument> {
        self.instruments.iter().find(|instrument| instrument.id == row.instrument.as_str())
    }

    fn item_words(&self, row: &AnswerRow) -> String {
        let own = self
            .items
            .iter()
            .find(|item| (item.instrument.as_str(), item.id.as_str()) == (row.instrument.as_str(), row.item.as_str()));
        if let Some(item) = own {
            let (least, most) = &item.poles;
            return format!("{} From {} ({least}) to {} ({most}).", item.text, item.least, item.most);
        }
        let item = self.instrument(row).and_then(|instrument| instrument.item(row.item.as_str()));
        item.map_or_else(
            || format!("item {} of {}.", row.item, row.instrument),
            |item| format!("{} Answered with {}.", item.text, item.offers()),
        )
    }

    /// What is asked without the questionnaire's words; none for the study's own questions and for questionnaires as
    /// they ship, whose words may be handed on.
    fn item_without_wording(&self, row: &AnswerRow) -> Option<String> {
        let instrument = self.instrument(row)?;
        let item = instrument.item(row.item.as_str())?;
        let ships = instrument::shipped(&instrument.id).is_some_and(|shipped| shipped.text == instrument.text);
        let answered = match (&item.kind, item.steps()) {
            (ItemKind::Scale { least, most, .. }, _) => format!("a whole number from {least} to {most}"),
            (_, Some(steps)) => format!("one of: {}", steps.join(", ")),
            _ => item.offers(),
        };
        let title = &instrument.title;
        let words = format!("Item {} of {title}, whose words are not exported. Answered with {answered}.", item.id);
        (!ships).then_some(words)
    }

    fn score_words(&self, row: &ScoreRow) -> String {
        let (name, id) = (row.score.as_str(), row.instrument.as_str());
        let plain = name.strip_suffix(".difference").unwrap_or(name);
        let instrument = self.instruments.iter().find(|instrument| instrument.id == id);
        let title = instrument.map_or(id, |instrument| instrument.title.as_str());
        let about = instrument.and_then(|of| of.score_named(plain)).map_or("", |score| score.about.as_str());
        let change = if plain == name { "" } else { ", after less before" };
        let about = if about.is_empty() { String::new() } else { format!(" ({about})") };
        format!("score {plain} of {title}{about}{change}; NA where scores.csv gives a reason.")
    }
}

/// The last revision of each answer, in the order in which they were first given.
pub(in crate::lab) fn last_revisions<'a>(answers: impl Iterator<Item = &'a AnswerRow>) -> Vec<&'a AnswerRow> {
    let mut places = BTreeMap::new();
    let mut last: Vec<&AnswerRow> = Vec::new();
    for row in answers {
        let key = (row.trial_n, row.occasion, row.block_n, row.instrument.as_str(), row.item.as_str());
        let at = *places.entry(key).or_insert(last.len());
        match last.get_mut(at) {
            Some(before) if row.revision_n >= before.revision_n => *before = row,
            Some(_) => {}
            None => last.push(row),
        }
    }
    last
}

impl Column {
    /// The unit that its name declares, or nothing.
    pub(in crate::lab) fn unit(&self) -> &'static str {
        unit_of(&self.name)
    }
}
