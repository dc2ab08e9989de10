//! `session.json` and `environment.json`: what was run, and on what.

use super::prepare::Prepared;
use crate::kernel::seams::Description;
use crate::kernel::site::Site;
use crate::record::folder::FORMAT;
use crate::record::{sha256_hex, wall_time_utc};
use crate::study::{ApproachChoice, Study};
use crate::table::SESSION_TABLES;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `session.json`: everything that, with `study.toml` and `map.xodr`, makes the session again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionFile {
    /// Format version of this file.
    pub format: u32,
    /// Format version of each table.
    pub formats: BTreeMap<String, u32>,
    /// Version of Kerbside that recorded.
    pub kerbside: String,
    /// The study's name.
    pub study: String,
    /// SHA-256 of `study.toml`.
    pub study_sha256: String,
    /// The map's file name, or `builtin:` and a name.
    pub map: String,
    /// SHA-256 of `map.xodr`.
    pub map_sha256: String,
    /// The map's PROJ string; null when the map gives none.
    pub geo_reference: Option<String>,
    /// Participant's code.
    pub participant: String,
    /// Session, from 1.
    pub session_n: u32,
    /// Row of the plan, from 1.
    pub plan_row: u32,
    /// Seed of plan and simulated people.
    pub seed: u64,
    /// Whether this is a pilot.
    pub pilot: bool,
    /// Whether the participant is simulated or scripted.
    pub simulated: bool,
    /// Kind of headset.
    pub headset: String,
    /// Frames a second of a headset without hardware; null for a real one.
    pub display_rate_hz: Option<u32>,
    /// Kind of world.
    pub world: String,
    /// What the world runs on, where that may change under a study: CARLA's version and map; absent for another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world_software: Option<String>,
    /// Steps a second of the embedded world; null for another.
    pub world_step_hz: Option<u32>,
    /// `lockstep` or `realtime`.
    pub pacing: String,
    /// Trials of the plan.
    pub trials_planned: usize,
    /// Sessions that the study plans for each participant.
    #[serde(default = "one")]
    pub sessions_planned: u32,
    /// Whether the items after a trial were asked at the desk instead of in the headset.
    #[serde(default)]
    pub items_at_desk: bool,
    /// First attempt to which this description applies; more than 1 where a session went on with changes.
    #[serde(default = "one")]
    pub from_trial_n: u32,
    /// SHA-256 of each questionnaire's file, by id.
    #[serde(default)]
    pub instruments_sha256: BTreeMap<String, String>,
    /// Why a changed study, map or version was accepted; null where nothing was.
    #[serde(default)]
    pub accepted_change: Option<String>,
    /// The sites whose frames the coordinates use: one, or one for each kerb with alternating sides.
    pub sites: Vec<SiteFile>,
}

/// A site of the session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteFile {
    /// Name, as in `trials.csv`.
    pub site_id: String,
    /// Crosswalk object of the map.
    pub crosswalk: String,
    /// Origin of the site frame in the map's frame, metres.
    pub origin_map_m: [f64; 3],
    /// Direction of the site's x axis in the map's frame, radians from east.
    pub heading_map_rad: f64,
    /// Start mark in the site frame, metres.
    pub start_mark_m: [f64; 2],
    /// Kerb to kerb along the walking direction through the origin, metres.
    pub carriageway_m: f64,
    /// Outline of the crosswalk in the site frame, metres.
    pub crosswalk_m: Vec<[f64; 2]>,
    /// The approach asked for by its id; null for the one nearest to the kerb.
    pub approach: Option<String>,
    /// Lanes that vehicles may use.
    pub approaches: Vec<String>,
}

/// What older formats left unsaid.
const fn one() -> u32 {
    1
}

impl SessionFile {
    /// What is known before the first frame.
    pub fn new(prepared: &Prepared, headset: &Description, world: &Description) -> Self {
        let approach = &prepared.study.site.approach.value;
        Self {
            format: FORMAT,
            formats: SESSION_TABLES.iter().map(|table| (table.file.to_owned(), FORMAT)).collect(),
            kerbside: env!("CARGO_PKG_VERSION").to_owned(),
            study: prepared.study.name.clone(),
            study_sha256: sha256_hex(prepared.study_text.as_bytes()),
            map: prepared.map_name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
            map_sha256: sha256_hex(&prepared.map_bytes),
            geo_reference: prepared.geo_reference.clone(),
            participant: String::new(),
            session_n: 1,
            plan_row: 1,
            seed: prepared.seed,
            pilot: false,
            simulated: headset.simulated,
            headset: headset.kind.clone(),
            display_rate_hz: Some(prepared.study.display_hz),
            world: world.kind.clone(),
            world_software: software(world),
            world_step_hz: (world.kind == "embedded").then_some(prepared.study.step_hz),
            pacing: String::new(),
            trials_planned: 0,
            sessions_planned: prepared.study.sessions.number,
            items_at_desk: false,
            from_trial_n: 1,
            instruments_sha256: instruments_sha256(&prepared.study),
            accepted_change: None,
            sites: prepared.sites.iter().map(|site| SiteFile::of(site, approach)).collect(),
        }
    }
}

/// CARLA's version and map.
fn software(world: &Description) -> Option<String> {
    let of = |name: &str| world.details.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    (world.kind == "carla").then(|| format!("CARLA {}, map {}", of("version").unwrap_or("?"), of("map").unwrap_or("?")))
}

/// SHA-256 of each questionnaire of a study, by id.
pub fn instruments_sha256(study: &Study) -> BTreeMap<String, String> {
    study.instruments.iter().map(|one| (one.id.clone(), sha256_hex(one.text.as_bytes()))).collect()
}

impl SiteFile {
    /// A site as `session.json` describes it.
    pub fn of(site: &Site, approach: &ApproachChoice) -> Self {
        Self {
            site_id: site.id.clone(),
            crosswalk: site.crosswalk_id.clone(),
            origin_map_m: site.origin_map_m.to_array(),
            heading_map_rad: site.heading_map_rad,
            start_mark_m: site.start_mark_m.to_array(),
            carriageway_m: site.far_kerb.point.x - site.kerb.point.x,
            crosswalk_m: site.crosswalk.iter().map(|corner| corner.to_array()).collect(),
            approach: match approach {
                ApproachChoice::NearestKerb => None,
                ApproachChoice::Id(id) => Some(id.clone()),
            },
            approaches: site.approaches.iter().map(|approach| approach.id.clone()).collect(),
        }
    }

    /// The first key in which two descriptions differ; lengths and angles by more than a text's last digit.
    pub fn differs(&self, other: &Self) -> Option<&'static str> {
        let near = |a: &[f64], b: &[f64]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
        let outline = near(self.crosswalk_m.as_flattened(), other.crosswalk_m.as_flattened());
        [
            ("site_id", self.site_id == other.site_id),
            ("crosswalk", self.crosswalk == other.crosswalk),
            ("origin_map_m", near(&self.origin_map_m, &other.origin_map_m)),
            ("heading_map_rad", near(&[self.heading_map_rad], &[other.heading_map_rad])),
            ("start_mark_m", near(&self.start_mark_m, &other.start_mark_m)),
            ("carriageway_m", near(&[self.carriageway_m], &[other.carriageway_m])),
            ("crosswalk_m", outline),
            ("approach", self.approach == other.approach),
            ("approaches", self.approaches == other.approaches),
        ]
        .into_iter()
        .find_map(|(key, same)| (!same).then_some(key))
    }
}

/// `environment.json`: volatile facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentFile {
    /// Format version of this file.
    pub format: u32,
    /// Wall time at the start, UTC.
    pub started_utc: String,
    /// Operating system.
    pub os: String,
    /// Processor architecture.
    pub arch: String,
    /// Processors available.
    pub processors: usize,
    /// `debug` or `release`.
    pub build: String,
    /// What headset and world say of themselves.
    pub devices: BTreeMap<String, BTreeMap<String, String>>,
}

impl EnvironmentFile {
    /// Read now, on this machine.
    pub fn now(headset: &Description, world: &Description) -> Self {
        let details = |d: &Description| d.details.iter().cloned().collect::<BTreeMap<_, _>>();
        Self {
            format: FORMAT,
            started_utc: wall_time_utc(),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            processors: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            build: if cfg!(debug_assertions) { "debug" } else { "release" }.to_owned(),
            devices: BTreeMap::from([
                (format!("headset {}", headset.kind), details(headset)),
                (format!("world {}", world.kind), details(world)),
            ]),
        }
    }
}

/// A file's JSON, ending in a line break.
pub fn json<T: Serialize>(value: &T) -> Vec<u8> {
    // Plain structs of text and numbers always serialise.
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}
