//! From answers to scores: the key applied. What cannot be scored is unknown, with the reason.

use super::model::{Combine, Instrument, InstrumentItem, Key, Parts, Rescale, Score};
use std::collections::BTreeSet;

/// A score of one sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Its name.
    pub name: String,
    /// Its value; none when it cannot be told.
    pub value: Option<f64>,
    /// How many items it is made of, each counted once.
    pub items: u32,
    /// How many of them were answered.
    pub answered: u32,
    /// Why there is no value; empty when there is one.
    pub reason: String,
}

/// A score on the way: what scores made of it need.
struct Made<'i> {
    name: &'i str,
    result: Result<Value, String>,
    items: BTreeSet<&'i str>,
}

/// A value before and after its weight or range.
#[derive(Debug, Clone, Copy)]
struct Value {
    raw: f64,
    value: f64,
}

/// Which values are possible, lowest to highest, before and after weight or range.
#[derive(Debug, Clone, Copy)]
struct Span {
    raw: [f64; 2],
    value: [f64; 2],
}

impl Instrument {
    /// All scores of one sheet; `answer` gives an item's stored answer, none when it was left out.
    pub fn score(&self, answer: &dyn Fn(&str) -> Option<String>) -> Vec<Scored> {
        let spans = self.spans();
        let mut made: Vec<Made<'_>> = Vec::new();
        for (score, span) in self.scores.iter().zip(&spans) {
            let (result, items) = match &score.key.parts {
                Parts::Items { items, reverse } => {
                    let raw = self.of_items(&score.key, items, reverse, answer);
                    (raw, items.iter().map(String::as_str).collect())
                }
                Parts::Scores(names) => of_scores(score, names, &made, |value| value.value),
                Parts::RawScores(names) => of_scores(score, names, &made, |value| value.raw),
            };
            let result = result.map(|raw| Value { raw, value: rescaled(raw, span.raw, score.key.rescale) });
            made.push(Made { name: &score.name, result, items });
        }
        made.into_iter().map(|made| made.scored(answer)).collect()
    }

    /// The lowest and the highest value that a score can have.
    pub fn score_range(&self, name: &str) -> Option<[f64; 2]> {
        let at = self.scores.iter().position(|score| score.name == name)?;
        self.spans().get(at).map(|span| span.value)
    }

    /// The raw value of a score made of items.
    fn of_items(
        &self,
        key: &Key,
        items: &[String],
        reverse: &[String],
        answer: &dyn Fn(&str) -> Option<String>,
    ) -> Result<f64, String> {
        let (mut sum, mut answered, mut missing) = (0.0, 0_u32, Vec::new());
        for id in items {
            match answer(id) {
                None => missing.push(id.as_str()),
                Some(stored) => {
                    sum += self.counted(id, &stored, reverse.contains(id))?;
                    answered += 1;
                }
            }
        }
        if answered == 0 || missing.len() > key.most_missing as usize {
            return Err(format!("{} of {} items missing: {}", missing.len(), items.len(), missing.join(" ")));
        }
        // What is missing counts as the mean of what is there.
        let mean = sum / f64::from(answered);
        Ok(match key.combine {
            Combine::Mean => mean,
            Combine::Sum if missing.is_empty() => sum,
            Combine::Sum => mean * count(items.len()),
        })
    }

    /// What an answer counts; an answer that the item does not offer is no answer and no gap.
    fn counted(&self, id: &str, stored: &str, reversed: bool) -> Result<f64, String> {
        let wrong = || format!("the answer to {id} is not one that may be given: {}", super::score_rows::brief(stored));
        let item = self.item(id).ok_or_else(wrong)?;
        let [least, most] = item.range().ok_or_else(wrong)?;
        let value: f64 = item.check(stored).ok().and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
        Ok(if reversed { least + most - value } else { value })
    }

    /// What each score's raw value and value may be.
    fn spans(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for score in &self.scores {
            let of = |names: &[String], pick: fn(&Span) -> [f64; 2]| {
                let at = |name: &String| self.scores.iter().position(|other| other.name == *name);
                let found: Vec<_> = names.iter().filter_map(|name| spans.get(at(name)?).map(pick)).collect();
                found
            };
            let parts = match &score.key.parts {
                Parts::Items { items, .. } => {
                    items.iter().filter_map(|id| self.item(id).and_then(InstrumentItem::range)).collect()
                }
                Parts::Scores(names) => of(names, |span| span.value),
                Parts::RawScores(names) => of(names, |span| span.raw),
            };
            let end = |n: usize| combined(score.key.combine, parts.iter().map(|part| part[n]).sum(), parts.len());
            let raw = [end(0), end(1)];
            let [a, b] = raw.map(|end| rescaled(end, raw, score.key.rescale));
            spans.push(Span { raw, value: [a.min(b), a.max(b)] });
        }
        spans
    }
}

impl<'i> Made<'i> {
    fn scored(self, answer: &dyn Fn(&str) -> Option<String>) -> Scored {
        let answered = self.items.iter().filter(|id| answer(id).is_some()).count();
        let (value, reason) = match self.result {
            Ok(value) => (Some(value.value), String::new()),
            Err(reason) => (None, reason),
        };
        let whole = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Scored { name: self.name.to_owned(), value, items: whole(self.items.len()), answered: whole(answered), reason }
    }
}

/// The raw value of a score made of scores before it, and all items below it.
fn of_scores<'i>(
    score: &Score,
    names: &[String],
    made: &[Made<'i>],
    pick: fn(&Value) -> f64,
) -> (Result<f64, String>, BTreeSet<&'i str>) {
    let (mut sum, mut items) = (Ok(0.0), BTreeSet::new());
    for name in names {
        let Some(part) = made.iter().find(|made| made.name == name) else {
            return (Err(format!("the score {name} is not known")), items);
        };
        items.extend(part.items.iter().copied());
        sum = match (sum, &part.result) {
            (Ok(sum), Ok(value)) => Ok(sum + pick(value)),
            (Err(reason), _) => Err(reason),
            (Ok(_), Err(reason)) => Err(format!("{name}: {reason}")),
        };
    }
    (sum.map(|sum| combined(score.key.combine, sum, names.len())), items)
}

fn combined(combine: Combine, sum: f64, parts: usize) -> f64 {
    match combine {
        Combine::Sum => sum,
        Combine::Mean => sum / count(parts),
    }
}

fn rescaled(raw: f64, possible: [f64; 2], rescale: Rescale) -> f64 {
    match rescale {
        Rescale::Weight(weight) => raw * weight,
        Rescale::Range([to_least, to_most]) => {
            let [least, most] = possible;
            to_least + (raw - least) * (to_most - to_least) / (most - least)
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn count(n: usize) -> f64 {
    n as f64
}
