//! Reading `[vehicles]`: at most one car of each role.

use super::model::{Leading, Opposite, Policy, Size, Target};
use super::settings::policy_names;
use crate::document::Table;
use std::ops::RangeInclusive;

/// Speeds of cars; 60 m/s is 216 km/h.
pub(super) const SPEED_MPS: RangeInclusive<f64> = 0.1..=60.0;
/// Headways behind a leading car.
pub(super) const HEADWAY_S: RangeInclusive<f64> = 0.1..=60.0;
/// Distances at which cars come into view.
const START_M: RangeInclusive<f64> = 1.0..=1000.0;
/// A common European car: ours.
const CAR: Size = Size { length_m: 4.5, width_m: 1.8, height_m: 1.5 };

/// The vehicles of a study.
pub(super) struct Vehicles {
    pub target: Target,
    pub leading: Option<Leading>,
    pub opposite: Option<Opposite>,
}

/// Reads `[vehicles]`.
pub(super) fn vehicles(table: &Table<'_>, policies: &[Policy]) -> Vehicles {
    let leading = leading(&table.table("leading"));
    let vehicles = Vehicles {
        target: target(&table.required_table("target"), leading.as_ref()),
        opposite: opposite(&table.table("opposite"), policies),
        leading,
    };
    table.finish(&[]);
    vehicles
}

fn size(table: &Table<'_>) -> Size {
    Size {
        length_m: table.opt_f64_in("length_m", 0.5..=30.0).unwrap_or(CAR.length_m),
        width_m: table.opt_f64_in("width_m", 0.3..=4.0).unwrap_or(CAR.width_m),
        height_m: table.opt_f64_in("height_m", 0.3..=5.0).unwrap_or(CAR.height_m),
    }
}

fn target(table: &Table<'_>, leading: Option<&Leading>) -> Target {
    let start = table.value("start_to_pedestrian_line_m");
    match (&start, leading) {
        (Some(value), Some(_)) => value.source().wrong(
            value.key_at(),
            "where the target starts is over-determined: the leading car's start and the headway give it",
            "take start_to_pedestrian_line_m out, or take [vehicles.leading] out",
        ),
        (None, None) if table.exists() => table.source().wrong(
            table.at(),
            "[vehicles.target] needs `start_to_pedestrian_line_m`, as there is no leading car to give it",
            "add start_to_pedestrian_line_m, or a [vehicles.leading] with headway_s",
        ),
        _ => {}
    }
    let target = Target {
        size: size(table),
        speed_mps: table.f64_in("speed_mps", SPEED_MPS),
        start_to_pedestrian_line_m: start.and_then(|v| v.f64_in(START_M)),
        place: table.place(),
    };
    table.finish(&[]);
    target
}

fn leading(table: &Table<'_>) -> Option<Leading> {
    if !table.exists() {
        return None;
    }
    let leading = Leading {
        size: size(table),
        headway_s: table.f64_in("headway_s", HEADWAY_S),
        in_view_to_pedestrian_line_m: table.f64_in("in_view_to_pedestrian_line_m", START_M),
        place: table.place(),
    };
    table.finish(&[]);
    Some(leading)
}

fn opposite(table: &Table<'_>, policies: &[Policy]) -> Option<Opposite> {
    if !table.exists() {
        return None;
    }
    let opposite = Opposite {
        size: size(table),
        speed_mps: table.f64_in("speed_mps", SPEED_MPS),
        start_to_pedestrian_line_m: table.f64_in("start_to_pedestrian_line_m", START_M),
        braking: table.opt_word("braking", &policy_names(policies)).unwrap_or_else(|| "none".to_owned()),
        place: table.place(),
    };
    table.finish(&[]);
    Some(opposite)
}
