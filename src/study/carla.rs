//! `[carla]`: how the study is played in CARLA, where it is; no other world reads it.

use super::sensors::{Sensor, sensors};
use crate::document::Table;
use crate::table::words;

/// What is drawn may be meant to be this old, milliseconds.
const DELAY_MS: std::ops::RangeInclusive<f64> = 1.0..=500.0;

words! {
    /// What makes a vehicle in CARLA do what its policy commands.
    pub enum Control {
        /// Each tick the velocity that brings it to its place: the commanded motion, whatever the model's engine.
        Velocity = "velocity",
        /// Throttle, brake and wheel, closed loop: the model's own dynamics follow the commanded motion.
        Pedals = "pedals",
        /// Each tick its place, without physics.
        Transform = "transform",
    }
}

words! {
    /// How the participant is present in CARLA.
    pub enum Presence {
        /// A walker whose bones move.
        Body = "body",
        /// A walker that is only put where the participant is; with a blueprint that cannot be seen, a proxy.
        Proxy = "proxy",
        /// Not at all.
        Absent = "absent",
    }
}

/// How a study is played in CARLA.
#[derive(Debug, Clone, PartialEq)]
pub struct InCarla {
    /// What makes vehicles move.
    pub control: Control,
    /// How the participant is present.
    pub presence: Presence,
    /// In `realtime`, how old what is drawn is meant to be; none for a tick and a reserve.
    pub delay_ms: Option<f64>,
    /// Blueprint of every vehicle.
    pub vehicle: String,
    /// Blueprint of the participant's walker.
    pub walker: String,
    /// Whether CARLA's own recorder records each trial.
    pub record: bool,
    /// Sensors on the target vehicle, in the study's order.
    pub sensors: Vec<Sensor>,
}

impl Default for InCarla {
    fn default() -> Self {
        Self {
            control: Control::Velocity,
            presence: Presence::Body,
            delay_ms: None,
            vehicle: "vehicle.tesla.model3".into(),
            walker: "walker.pedestrian.0001".into(),
            record: false,
            sensors: Vec::new(),
        }
    }
}

/// Reads the table; every key may be absent. What is drawn lies between two ticks, `step_hz` of which make a second.
pub(super) fn in_carla(table: &Table<'_>, step_hz: u32) -> InCarla {
    let usual = InCarla::default();
    let word = |key, words: &[&str]| table.opt_word(key, words);
    let read = InCarla {
        control: word("control", Control::WORDS).and_then(|w| Control::from_word(&w)).unwrap_or(usual.control),
        presence: word("participant", Presence::WORDS).and_then(|w| Presence::from_word(&w)).unwrap_or(usual.presence),
        delay_ms: delay_ms(table, step_hz),
        vehicle: blueprint(table, "vehicle", usual.vehicle),
        walker: blueprint(table, "walker", usual.walker),
        record: table.value("record").and_then(|value| value.boolean()).unwrap_or(usual.record),
        sensors: sensors(&table.table("sensors")),
    };
    table.finish(&[]);
    read
}

fn delay_ms(table: &Table<'_>, step_hz: u32) -> Option<f64> {
    let delay_ms = table.opt_f64_in("delay_ms", DELAY_MS)?;
    let step_ms = 1e3 / f64::from(step_hz.max(1));
    if let Some(value) = table.value("delay_ms").filter(|_| delay_ms < step_ms) {
        let what =
            format!("{delay_ms} ms is less than a tick of the world, {step_ms:.1} ms: every frame would be late");
        value.source().wrong(value.at(), what, "give a tick and what server and connection need, or a higher step_hz");
    }
    Some(delay_ms)
}

/// A blueprint's id, as CARLA's library lists them.
fn blueprint(table: &Table<'_>, key: &'static str, usual: String) -> String {
    let Some(value) = table.value(key) else { return usual };
    let Some(id) = value.text() else { return usual };
    let kind = format!("{}.", if key == "walker" { "walker" } else { "vehicle" });
    if !id.starts_with(&kind) {
        let what = format!("`{}` is no blueprint of a {key}", crate::document::shown(&id));
        value.source().wrong(value.at(), what, format!("give an id that begins with `{kind}`"));
    }
    id
}
