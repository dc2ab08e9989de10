//! Reading which instruments a study asks, when, and when their answers end a session.

use super::model::{Questionnaires, StopRule};
use crate::document::{Source, Table, Value, meant, shown};
use crate::instrument::{self, Instrument, ItemKind};
use crate::kernel::spec::Item;
use crate::problem::{Outcome, Problem};

/// An instrument that a study names and does not hold itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstrumentRef {
    /// One that ships with Kerbside.
    Shipped {
        /// Its id.
        id: String,
    },
    /// One in a file of its own.
    File {
        /// The id that the study gives it.
        id: String,
        /// The path, relative to the study's file.
        file: String,
    },
}

/// Gets an instrument; `None` when there is none of that id.
pub type FindInstrument<'a> = &'a dyn Fn(&InstrumentRef) -> Outcome<Option<Instrument>>;

/// Finds the instruments that ship; files are another room's to open.
pub fn shipped_instruments(wanted: &InstrumentRef) -> Outcome<Option<Instrument>> {
    match wanted {
        InstrumentRef::Shipped { id } => Ok(instrument::shipped(id)),
        InstrumentRef::File { file, .. } => {
            let what = "an instrument's file beside the study cannot be opened here";
            Err(Problem::file(file, what, "put the instrument into the study itself, under [instruments.NAME]").into())
        }
    }
}

/// What a study asks.
pub(super) struct Questions {
    /// When what is asked.
    pub questionnaires: Questionnaires,
    /// The instruments asked, and the study's own.
    pub instruments: Vec<Instrument>,
    /// The items of those asked after each trial.
    pub trial_items: Vec<Item>,
}

/// What can be named.
struct Known<'a> {
    find: FindInstrument<'a>,
    /// Ids of the study's own, read well or not.
    own: Vec<String>,
    /// Those read.
    read: Vec<Instrument>,
}

/// Reads `[instruments]` and `[questionnaires]`; `items` are those that [[items]] asks after each trial.
pub(super) fn questions(own: &Table<'_>, asked: &Table<'_>, items: &[Item], find: FindInstrument<'_>) -> Questions {
    let mut known = Known { find, own: Vec::new(), read: Vec::new() };
    for (id, value) in own.named() {
        known.read.extend(value.table().and_then(|table| own_instrument(&id, &value, &table, find)));
        known.own.push(id);
    }
    let mut trial_items = items.to_vec();
    let questionnaires = Questionnaires {
        before: list(asked.value("before"), &mut known, &mut |_, _| ()),
        after_trial: list(asked.value("after_trial"), &mut known, &mut |value, instrument| {
            add_trial_items(value, instrument, &mut trial_items);
        }),
        after_block: list(asked.value("after_block"), &mut known, &mut |_, _| ()),
        after: list(asked.value("after"), &mut known, &mut |_, _| ()),
    };
    asked.finish(&[]);
    for (id, value) in own.named() {
        if !questionnaires.all().any(|asked| *asked == id) {
            let what = format!("the instrument `{id}` is never asked");
            value.source().warn(value.key_at(), what, "name it in [questionnaires]");
        }
    }
    Questions { questionnaires, instruments: known.read, trial_items }
}

/// One of the study's own: in the study's text, or in a file beside it.
fn own_instrument(id: &str, value: &Value<'_>, table: &Table<'_>, find: FindInstrument<'_>) -> Option<Instrument> {
    if instrument::shipped_ids().contains(&id) {
        let what = format!("an instrument called `{id}` is shipped with Kerbside");
        value.source().wrong(value.key_at(), what, format!("choose another name, such as `{id}_ours`"));
        return None;
    }
    let Some(file) = table.value("file") else { return instrument::read_table(id, table) };
    table.finish(&[]);
    let wanted = InstrumentRef::File { id: id.to_owned(), file: file.text()? };
    match find(&wanted) {
        Ok(Some(found)) if found.id == id => Some(found),
        Ok(Some(found)) => {
            // Answers and scores are kept under one name.
            let what = format!("the instrument in this file is called `{}`, not `{id}`", shown(&found.id));
            file.source().wrong(file.at(), what, format!("write [instruments.{}]", shown(&found.id)));
            None
        }
        Ok(None) => {
            file.source().wrong(
                file.at(),
                "there is no such instrument's file",
                "check the path: it starts at the study's folder",
            );
            None
        }
        Err(problems) => {
            note(file.source(), &file, problems.0);
            None
        }
    }
}

/// What is wrong with an instrument elsewhere, said where the study names it.
fn note(source: &Source<'_>, named: &Value<'_>, problems: Vec<Problem>) {
    for problem in problems {
        let what = format!("the instrument {}: {}", problem.place, problem.what);
        source.wrong(named.at(), what, problem.cure);
    }
}

fn list(
    value: Option<Value<'_>>,
    known: &mut Known<'_>,
    use_it: &mut dyn FnMut(&Value<'_>, &Instrument),
) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for value in value.and_then(|v| v.list()).unwrap_or_default() {
        if ids.len() >= 100 {
            value.source().wrong(value.at(), "more than 100 instruments in one list", "leave some out");
            break;
        }
        let Some(id) = value.text() else { continue };
        if ids.contains(&id) {
            let what = format!("the instrument `{}` is there twice", shown(&id));
            value.source().wrong(value.at(), what, "name it once");
        } else if known.has(&id, &value) {
            known.read.iter().filter(|instrument| instrument.id == id).for_each(|found| use_it(&value, found));
            ids.push(id);
        }
    }
    ids
}

impl Known<'_> {
    /// Whether an instrument can be asked, getting it where it is not the study's own; notes what is wrong.
    fn has(&mut self, id: &str, value: &Value<'_>) -> bool {
        if self.own.iter().any(|own| own == id) || self.read.iter().any(|read| read.id == id) {
            return true;
        }
        match (self.find)(&InstrumentRef::Shipped { id: id.to_owned() }) {
            Ok(Some(found)) => {
                self.read.push(found);
                return true;
            }
            Ok(None) => {
                let known = || self.own.iter().map(String::as_str).chain(instrument::shipped_ids());
                let cure = match meant(id, known()) {
                    Some(meant) => format!("did you mean \"{meant}\"?"),
                    None => format!("write one of: {}", known().collect::<Vec<_>>().join(", ")),
                };
                value.source().wrong(value.at(), format!("there is no instrument \"{}\"", shown(id)), cure);
            }
            Err(problems) => note(value.source(), value, problems.0),
        }
        false
    }
}

/// Appends an instrument's items to those asked after each trial.
fn add_trial_items(value: &Value<'_>, instrument: &Instrument, items: &mut Vec<Item>) {
    let new = match instrument.as_trial_items() {
        Ok(new) => new,
        Err(what) => {
            value.source().wrong(value.at(), what, "ask it in after_block or after instead");
            return;
        }
    };
    for item in new {
        if let Some(other) = items.iter().find(|other| other.id == item.id) {
            let what = format!(
                "`{}` and `{}` both have an item `{}` that is asked after each trial",
                other.instrument, item.instrument, item.id
            );
            value.source().wrong(value.at(), what, "give one of the two another id, or ask one after the block");
        } else if items.len() >= 100 {
            value.source().wrong(value.at(), "more than 100 items after each trial", "leave some out");
            return;
        } else {
            items.push(item);
        }
    }
}

/// Reads `[[stop_rules]]`.
pub(super) fn stop_rules(value: Option<Value<'_>>, asked: &Questions) -> Vec<StopRule> {
    let list = value.and_then(|v| v.list()).unwrap_or_default();
    list.iter().take(100).filter_map(|value| stop_rule(&value.table()?, asked)).collect()
}

fn stop_rule(table: &Table<'_>, asked: &Questions) -> Option<StopRule> {
    let (instrument, item) = (table.required("instrument"), table.required("item"));
    let rule = StopRule {
        instrument: instrument.as_ref().and_then(|v| v.text()).unwrap_or_default(),
        item: item.as_ref().and_then(|v| v.text()).unwrap_or_default(),
        at_least: table.f64_in("at_least", -1e6..=1e6),
        place: table.place(),
    };
    table.finish(&[]);
    let (instrument, item) = (instrument?, item?);
    if rule.instrument.is_empty() || rule.item.is_empty() {
        return Some(rule);
    }
    if !asked.questionnaires.all().any(|id| *id == rule.instrument) {
        let cure = match meant(&rule.instrument, asked.questionnaires.all().map(String::as_str)) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => "name it in [questionnaires] too".to_owned(),
        };
        let what = format!("the instrument \"{}\" is never asked", shown(&rule.instrument));
        instrument.source().wrong(instrument.at(), what, cure);
    } else if let Some(found) = asked.instruments.iter().find(|found| found.id == rule.instrument) {
        refuse_unmeasured(&item, &rule, found);
    }
    Some(rule)
}

/// A stop rule is about a score, or about an item whose answer is a number.
fn refuse_unmeasured(value: &Value<'_>, rule: &StopRule, instrument: &Instrument) {
    let number = |kind: &ItemKind| matches!(kind, ItemKind::Scale { .. } | ItemKind::Number { .. });
    let items = instrument.items.iter().filter(|item| number(&item.kind)).map(|item| item.id.as_str());
    let known: Vec<&str> = items.chain(instrument.scores.iter().map(|score| score.name.as_str())).collect();
    if known.contains(&rule.item.as_str()) {
        return;
    }
    let cure = match meant(&rule.item, known.iter().copied()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!("write one of: {}", known.join(", ")),
    };
    let what = format!("`{}` has no item or score \"{}\" that is a number", instrument.id, shown(&rule.item));
    value.source().wrong(value.at(), what, cure);
}

impl Questionnaires {
    /// Every id, in the order of a session; an instrument that is asked twice is there twice.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        [&self.before, &self.after_trial, &self.after_block, &self.after].into_iter().flatten()
    }
}
