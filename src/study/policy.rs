//! Reading `[braking.NAME]`: two of onset, deceleration and stop point.

use super::model::{Derived, Given, Jerk, OnsetAt, Policy};
use crate::document::{Table, Value};
use crate::kernel::spec::Leave;

/// Hardest braking of a car on dry asphalt, about 1 g.
pub(super) const MOST_DECEL_MPS2: f64 = 9.8;
/// Longest delay of light or brake.
pub(super) const MOST_DELAY_S: f64 = 10.0;

/// The policies of `[braking]`.
pub(super) fn policies(table: &Table<'_>) -> Vec<Policy> {
    let mut found = Vec::new();
    for (name, value) in table.named() {
        if name == "none" {
            let cure = "choose another name; \"none\" is built in";
            value.source().wrong(value.key_at(), "`none` is built in and drives on", cure);
        } else if let Some(policy) = value.table().and_then(|table| policy(name, &table)) {
            found.push(policy);
        }
    }
    found
}

/// Where or when braking begins, as read.
enum OnsetRead {
    At(OnsetAt),
    Detected { range_m: f64, kerb_m: f64 },
}

fn policy(name: String, table: &Table<'_>) -> Option<Policy> {
    let has_onset = table.value("onset");
    let onset = has_onset.as_ref().map(onset);
    let decel_mps2 = table.value("decel_mps2").map(|v| v.f64_in(0.05..=MOST_DECEL_MPS2));
    let stop = table.value("stop_to_stop_line_m").map(|v| v.f64_in(-50.0..=100.0));
    let jerk_mps3 = table.opt_f64_in("jerk_mps3", 0.1..=1000.0);
    let derived = table.value("derived");
    let light_delay_s = table.opt_f64_in("light_delay_s", 0.0..=MOST_DELAY_S).unwrap_or(0.0);
    let brake_delay_s = table.opt_f64_in("brake_delay_s", 0.0..=MOST_DELAY_S).unwrap_or(0.0);
    let leave = table.value("leave").and_then(|v| v.table()).map(|t| leave(&t));
    table.finish(&[]);
    let given = given(table, onset, decel_mps2, stop);
    let jerk = jerk(jerk_mps3, derived, matches!(given, Some(Given::Detected { .. })));
    Some(Policy { name, given: given?, jerk, light_delay_s, brake_delay_s, leave, place: table.place() })
}

/// Two of three; the outer option says whether the key is there, the inner whether its value was good.
fn given(
    table: &Table<'_>,
    onset: Option<Option<OnsetRead>>,
    decel: Option<Option<f64>>,
    stop: Option<Option<f64>>,
) -> Option<Given> {
    let wrong = |what: &str, cure: &str| table.source().wrong(table.at(), what, cure);
    match (onset, decel, stop) {
        (Some(Some(OnsetRead::Detected { range_m, kerb_m })), decel, stop) => {
            if stop.is_some() {
                let cure = "take stop_to_stop_line_m out: where it stops follows from where the pedestrian is detected";
                wrong("a stop point cannot be given with an onset by detection", cure);
                return None;
            }
            if decel.is_none() {
                wrong("an onset by detection needs a deceleration", "add decel_mps2");
            }
            Some(Given::Detected { range_m, kerb_m, decel_mps2: decel?? })
        }
        (Some(onset), Some(decel), None) => {
            let OnsetRead::At(onset) = onset? else { return None };
            Some(Given::OnsetAndDecel { onset, decel_mps2: decel? })
        }
        (Some(onset), None, Some(stop)) => {
            let OnsetRead::At(onset) = onset? else { return None };
            Some(Given::OnsetAndStop { onset, stop_to_stop_line_m: stop? })
        }
        (None, Some(decel), Some(stop)) => Some(Given::DecelAndStop { decel_mps2: decel?, stop_to_stop_line_m: stop? }),
        (Some(_), Some(_), Some(_)) => {
            let cure = "take one out: it is derived from the other two and the speed";
            wrong("braking is over-determined: onset, decel_mps2 and stop_to_stop_line_m are all given", cure);
            None
        }
        _ => {
            let cure = "give two of onset, decel_mps2 and stop_to_stop_line_m; the third is derived";
            wrong("braking is under-determined", cure);
            None
        }
    }
}

fn onset(value: &Value<'_>) -> Option<OnsetRead> {
    let (table, before) = (value.table()?, value.source().wrong_so_far());
    let keys = ["to_stop_line_m", "to_zone_m", "to_pedestrian_line_m", "tta_to_pedestrian_line_s", "detected"];
    let [stop, zone, line, tta, detected] = keys.map(|key| table.value(key));
    table.finish(&[]);
    if value.source().wrong_so_far() > before {
        return None;
    }
    let metres = |v: &Value<'_>| v.f64_in(0.0..=1000.0);
    let at = |onset: Option<OnsetAt>| onset.map(OnsetRead::At);
    match [&stop, &zone, &line, &tta, &detected] {
        [Some(v), None, None, None, None] => at(metres(v).map(OnsetAt::ToStopLine)),
        [None, Some(v), None, None, None] => at(metres(v).map(OnsetAt::ToZone)),
        [None, None, Some(v), None, None] => at(metres(v).map(OnsetAt::ToPedestrianLine)),
        [None, None, None, Some(v), None] => at(v.f64_in(0.1..=60.0).map(OnsetAt::TtaToPedestrianLine)),
        [None, None, None, None, Some(v)] => {
            let table = v.table()?;
            let (range_m, kerb_m) = (table.f64_in("range_m", 1.0..=300.0), table.f64_in("kerb_m", 0.0..=20.0));
            table.finish(&[]);
            Some(OnsetRead::Detected { range_m, kerb_m })
        }
        _ => {
            let cure = format!("write one of {}, for example {{ to_stop_line_m = 38.58 }}", keys.join(", "));
            value.source().wrong(value.at(), "an onset is given by exactly one distance, time or detection", cure);
            None
        }
    }
}

fn jerk(jerk_mps3: Option<f64>, derived: Option<Value<'_>>, detected: bool) -> Option<Jerk> {
    let word = derived.as_ref().and_then(|v| v.word(Derived::WORDS));
    let useless = jerk_mps3.is_none() || detected;
    if let Some(value) = derived.as_ref().filter(|_| useless) {
        let what = if detected {
            "`derived` does nothing with an onset by detection"
        } else {
            "`derived` says what a jerk limit moves, but there is no jerk_mps3"
        };
        value.source().wrong(value.key_at(), what, "take `derived` out, or see experiments/README.md");
    }
    let derived = word.and_then(|word| Derived::from_word(&word)).unwrap_or(Derived::Onset);
    jerk_mps3.map(|jerk_mps3| Jerk { jerk_mps3, derived })
}

fn leave(table: &Table<'_>) -> Leave {
    let leave = Leave {
        clear_s: table.f64_in("clear_s", 0.0..=60.0),
        longest_wait_s: table.opt_f64_in("longest_wait_s", 0.0..=600.0),
        announce_s: table.opt_f64_in("announce_s", 0.0..=30.0).unwrap_or(0.0),
        accel_mps2: table.f64_in("accel_mps2", 0.1..=MOST_DECEL_MPS2),
    };
    table.finish(&[]);
    leave
}
