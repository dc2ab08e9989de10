//! Who might be found out: people who are the only ones with their answers about themselves.

use super::Source;
use crate::instrument::ItemKind;
use crate::lab::collect::data::Session;
use crate::table::AnswerRow;
use std::collections::{BTreeMap, BTreeSet};

/// What is worth a look: answers about oneself in which somebody is alone.
pub(super) fn notes(source: &Source<'_>) -> Option<String> {
    let mut asked = BTreeSet::new();
    let mut people: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for person in &source.people {
        let mut own = Vec::new();
        for session in source.data.sessions_of(person) {
            for row in session.answers_outside().filter(|row| is_of_kind(session, row) && !source.leaves_out(row)) {
                asked.insert(format!("{}.{}", row.instrument, row.item));
                own.push(format!("{}.{}={}", row.instrument, row.item, row.value));
            }
        }
        own.sort();
        *people.entry(own).or_default() += 1;
    }
    let alone = people.values().filter(|same| **same == 1).count();
    let items: Vec<String> = asked.into_iter().collect();
    (alone > 0 && !items.is_empty()).then(|| {
        format!(
            "{alone} of {} participants are the only ones with their answers to {}: whoever knows them may find them; \
             leave items out with --leave-out",
            source.people.len(),
            items.join(", ")
        )
    })
}

/// A choice or a number, such as an age; words are withheld anyway.
fn is_of_kind(session: &Session, row: &AnswerRow) -> bool {
    let item = session.instrument(row).and_then(|instrument| instrument.item(row.item.as_str()));
    item.is_some_and(|item| matches!(item.kind, ItemKind::Choice { .. } | ItemKind::Number { .. }))
}
