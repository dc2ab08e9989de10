//! What a session ran on, and how the target came: what an analysis says and draws besides the trials' tables.

use super::data::Session;
use crate::analysis::conducted::{Age, SetUp};
use crate::analysis::drawings::{Report, Reported, Seen, Track};
use crate::kernel::time::seconds;
use crate::lab::session_file::EnvironmentFile;
use crate::measures::TrialRows;
use crate::statistics::summary::quantile;
use crate::table::{Phase, Role, VehicleRow};
use std::collections::{BTreeMap, BTreeSet};

/// Points of a track that differ by less than both are one: what a figure shows.
const STEP_M: f64 = 0.25;
const STEP_MPS: f64 = 0.05;
/// Reports are kept so far apart.
const STEP_S: f64 = 0.099;
/// Slower than this a vehicle is drawn at rest.
const STANDING_MPS: f64 = 0.01;

/// What a session ran on.
pub(super) fn of(session: &Session) -> SetUp {
    let file = &session.file;
    let mut crosswalks: Vec<String> = file.sites.iter().map(|site| site.crosswalk.clone()).collect();
    crosswalks.dedup();
    SetUp {
        sessions: 1,
        study: file.study.clone(),
        map: file.map.clone(),
        crosswalks,
        carriageway_m: file.sites.first().map(|site| site.carriageway_m),
        headset: file.headset.clone(),
        display_rate_hz: file.display_rate_hz,
        world: file.world.clone(),
        world_step_hz: file.world_step_hz,
        pacing: file.pacing.clone(),
        version: file.kerbside.clone(),
        devices: environment(session).map(devices).unwrap_or_default(),
        age: session.age,
    }
}

/// When a session began, UTC.
pub(super) fn started_utc(session: &Session) -> Option<String> {
    Some(environment(session)?.started_utc)
}

/// Nothing where environment.json is not there: no measure depends on it.
fn environment(session: &Session) -> Option<EnvironmentFile> {
    let bytes = std::fs::read(session.folder.file("environment.json")).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// What headset and world said of themselves.
fn devices(environment: EnvironmentFile) -> Vec<(String, String)> {
    let said = environment.devices.into_iter().filter(|(_, details)| !details.is_empty());
    said.map(|(device, details)| {
        let details: Vec<String> = details.iter().map(|(what, value)| format!("{what} {value}")).collect();
        (device, details.join(", "))
    })
    .collect()
}

/// What figures show of a trial's frames.
pub(super) fn seen(rows: &TrialRows<'_>) -> Seen {
    Seen { track: track(rows), report: report(rows) }
}

/// The continuous report of approach and crossing, with where the target was drawn; nothing without a trigger.
fn report(rows: &TrialRows<'_>) -> Report {
    let walked = || rows.frames.iter().filter(|frame| matches!(frame.phase, Phase::Approach | Phase::Crossing));
    if !walked().any(|frame| frame.trigger_share.known().is_some()) {
        return Report::default();
    }
    let target: BTreeMap<u64, &VehicleRow> =
        rows.vehicles.iter().filter(|row| row.role == Role::Target).map(|row| (row.frame_n, row)).collect();
    let began_ns = walked().next().map_or(0, |first| first.display_time_ns);
    let (mut report, mut came) = (Report::default(), false);
    for frame in walked() {
        let time_s = seconds(frame.display_time_ns - began_ns);
        let drawn = target.get(&frame.frame_n);
        if let Some(speed) = drawn.and_then(|row| row.speed_mps.known()) {
            if speed >= STANDING_MPS {
                came = true;
            } else if came && report.stop_s.is_none() {
                report.stop_s = Some(time_s);
            }
        }
        let Some(share) = frame.trigger_share.known() else { continue };
        let to_zone_m = drawn.and_then(|row| row.to_zone_m.known());
        if report.points.last().is_none_or(|last| time_s - last.time_s >= STEP_S) {
            report.points.push(Reported { time_s, to_zone_m, share });
        }
    }
    report
}

/// Speed of the target over its distance to the zone, as drawn in approach and crossing, until its front has passed it.
fn track(rows: &TrialRows<'_>) -> Track {
    let walked = rows.frames.iter().filter(|frame| matches!(frame.phase, Phase::Approach | Phase::Crossing));
    let frames: BTreeSet<u64> = walked.map(|frame| frame.frame_n).collect();
    let target = rows.vehicles.iter().filter(|row| row.role == Role::Target && frames.contains(&row.frame_n));
    let mut track: Track = Vec::new();
    for (distance, speed) in target.filter_map(|row| Some((row.to_zone_m.known()?, row.speed_mps.known()?))) {
        let moved = |last: &(f64, f64)| (last.0 - distance).abs() >= STEP_M || (last.1 - speed).abs() >= STEP_MPS;
        if distance >= 0.0 && track.last().is_none_or(moved) {
            track.push((distance, speed));
        }
    }
    track
}

/// Age of the target as drawn, over all frames.
pub(super) fn age(vehicles: &[VehicleRow]) -> Option<Age> {
    let ages: Vec<f64> =
        vehicles.iter().filter(|row| row.role == Role::Target).map(|row| row.age_ns as f64 * 1e-6).collect();
    Some(Age { median_ms: quantile(&ages, 0.5)?, most_ms: quantile(&ages, 1.0)? })
}
