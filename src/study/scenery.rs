//! `[scene]`: what is drawn around the crosswalk, and how contact is shown.

use super::model::{Bystander, ContactShown, Daylight, Scenery, Surroundings};
use crate::document::{Table, Value};
use glam::DVec2;

/// A bystander further from the crosswalk than this would not be seen, metres.
const FAR_M: f64 = 100.0;
/// So many bystanders a scene may have.
const MOST_BYSTANDERS: usize = 50;
/// How fast bystanders may walk, metres a second.
const WALKING_MPS: std::ops::RangeInclusive<f64> = 0.1..=3.0;

/// Reads the table; every key may be absent.
pub(super) fn scenery(table: &Table<'_>) -> Scenery {
    let word = |key, words: &[&str]| table.opt_word(key, words);
    let read = Scenery {
        daylight: word("daylight", Daylight::WORDS).and_then(|w| Daylight::from_word(&w)).unwrap_or(Daylight::Day),
        surroundings: word("surroundings", Surroundings::WORDS)
            .and_then(|w| Surroundings::from_word(&w))
            .unwrap_or(Surroundings::Street),
        contact: word("contact", ContactShown::WORDS)
            .and_then(|w| ContactShown::from_word(&w))
            .unwrap_or(ContactShown::Fade),
        bystanders: bystanders(table.value("bystanders")),
        sound: table.value("sound").and_then(|v| v.boolean()).unwrap_or(false),
    };
    table.finish(&[]);
    read
}

fn bystanders(list: Option<Value<'_>>) -> Vec<Bystander> {
    let Some(list) = list else { return Vec::new() };
    let entries: Vec<Table<'_>> = list.list().unwrap_or_default().iter().filter_map(Value::table).collect();
    if entries.len() > MOST_BYSTANDERS {
        let what = format!("{} bystanders: a scene has at most {MOST_BYSTANDERS}", entries.len());
        list.source().wrong(list.at(), what, "take some out");
    }
    entries.iter().map(bystander).collect()
}

fn bystander(table: &Table<'_>) -> Bystander {
    let place = |key| table.value(key).and_then(|v| v.two_f64_in(-FAR_M..=FAR_M)).map(DVec2::from);
    let at = |value: Option<DVec2>| value.unwrap_or(DVec2::ZERO);
    let from_m = at(table.required("from_m").and_then(|v| v.two_f64_in(-FAR_M..=FAR_M)).map(DVec2::from));
    let is_said = table.value("to_m").is_some();
    let to_m = place("to_m");
    let speed = table.value("speed_mps");
    if let (Some(speed), false) = (&speed, is_said) {
        speed.source().wrong(speed.key_at(), "`speed_mps` without `to_m`", "say where the bystander walks to");
    }
    let speed_mps = speed.and_then(|v| v.f64_in(WALKING_MPS)).unwrap_or(1.3);
    table.finish(&[]);
    Bystander { from_m, to_m: to_m.unwrap_or(from_m), speed_mps }
}
