//! First contact: every call that a study needs, once, on a server that nobody has tried yet.

use super::choices::Choices;
use super::frame::place_to_carla;
use super::server::{Left, Server, Trouble};
use super::trial::{OURS, Tick, Trial};
use super::{make_ready, problem, record};
use crate::headset::Pacing;
use crate::kernel::participant::{Calibration, Participant, TrackedPose, flags};
use crate::kernel::seams::WorldNews;
use crate::kernel::setup::Setup;
use crate::kernel::shelf::{Sensed, Shelf};
use crate::kernel::traffic::Traffic;
use crate::problem::Problem;
use glam::{DQuat, DVec3};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// So many ticks of a trial are tried.
const TICKS: usize = 60;
/// Further from where it is commanded to be than this, a vehicle does not follow, metres.
const FOLLOWS_M: f64 = 0.2;
/// A vehicle longer or shorter than the study's by more than this looks wrong, metres.
const SAME_SIZE_M: f64 = 0.5;
/// More than the slowest tick that was seen, milliseconds: others will be slower.
const SPARE_MS: f64 = 5.0;
/// Further from the map's origin than this, CARLA's single precision is coarser than a millimetre, metres.
const FAR_M: f64 = 8000.0;

/// Something that was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// In words.
    pub found: String,
    /// What is doubtful about it, with the cure; none where it is as it should be.
    pub doubt: Option<String>,
}

impl Tried {
    fn well(found: impl Into<String>) -> Self {
        Self { found: found.into(), doubt: None }
    }

    fn or_doubt(found: String, is_well: bool, cure: &str) -> Self {
        Self { found, doubt: (!is_well).then(|| cure.to_owned()) }
    }
}

/// Runs through every call; what was tried, and what stopped it. `setup` is the first trial of a study; without one
/// only what needs none is tried, and the words say what to do about that. The server is given back as it was, but for its map.
pub fn first_contact(
    server: &mut dyn Server,
    choices: &Choices,
    setup: Result<&Setup, &str>,
) -> (Vec<Tried>, Option<Problem>) {
    let mut tried = Vec::new();
    let done = talk(server, choices, setup, &mut tried);
    server.leave();
    // Without a study nothing was taken.
    let done = done.and_then(|()| setup.map_or(Ok(()), |_| given_back(server, &mut tried)));
    (tried, done.err().map(problem))
}

/// How the server stands that was given back, in its own words.
fn given_back(server: &mut dyn Server, tried: &mut Vec<Tried>) -> Result<(), Trouble> {
    let Left { synchronous, actors } = server.left(OURS)?;
    let runs = if synchronous { "still waits for ticks" } else { "asynchronous" };
    let actors_there = match actors {
        Some(0) => "actors destroyed",
        Some(1) => "one actor of Kerbside's is still there",
        Some(_) => "actors of Kerbside's are still there",
        None => "actors not looked for",
    };
    tried.push(Tried::or_doubt(
        format!("given back, read from the server: {actors_there}, {runs}"),
        !synchronous && actors.unwrap_or(0) == 0,
        "the next `kerbside run` there takes away what a session has left; restart CARLA to be rid of it at once",
    ));
    Ok(())
}

fn talk(
    server: &mut dyn Server,
    choices: &Choices,
    setup: Result<&Setup, &str>,
    tried: &mut Vec<Tried>,
) -> Result<(), Trouble> {
    let about = server.about()?;
    tried.push(Tried::well(format!("CARLA {}, map {}, by {}", about.version, about.map, about.client)));
    let setup = match setup {
        Ok(setup) => setup,
        Err(cure) => {
            let count = server.blueprints()?.len();
            let found = format!("{count} blueprints, {} bytes of OpenDRIVE", server.map_text()?.len());
            tried.push(Tried::or_doubt(found, false, cure));
            return Ok(());
        }
    };
    let began = Instant::now();
    let made = make_ready(server, choices)?;
    let map = if made { "made a world of the study's map" } else { "the server's map is the study's" };
    tried.push(Tried::well(format!(
        "{map}, ticks of {} ms ({:.1} s)",
        ms(choices.step_s()),
        began.elapsed().as_secs_f64()
    )));
    let far_m = place_to_carla(&setup.site, DVec3::ZERO).truncate().length();
    tried.push(Tried::or_doubt(
        format!("the crosswalk is {far_m:.0} m from the map's origin"),
        far_m <= FAR_M,
        "CARLA counts in single precision: give the map an origin near the crosswalk",
    ));
    if let Some(file) = record(server, choices, "check")? {
        server.stop_recorder()?;
        tried.push(Tried::well(format!("recorder: {}", file.lines().next().unwrap_or_default())));
    }
    let seen = Arc::<SeenOnly>::default();
    let shelf: Arc<dyn Shelf> = Arc::<SeenOnly>::clone(&seen);
    // As fast as it goes, but no faster than what sensors see can be taken apart.
    let in_step = Choices { pacing: Pacing::Lockstep, ..choices.clone() };
    let (mut trial, run_in) = Trial::begin(server, setup, &in_step, Some(&shelf))?;
    let tested = drive(server, choices, setup, (&mut trial, run_in), tried);
    let lost = trial.end(server);
    for sensor in &choices.study.sensors {
        let (frames, bytes) = seen.of(&sensor.name);
        let lost = lost.iter().find(|fault| fault.detail.starts_with(&format!("{}: ", sensor.name)));
        tried.push(Tried {
            found: format!("sensor {} ({}): {frames} frames, {bytes} bytes", sensor.name, sensor.sees.kind().word()),
            doubt: lost.map(|fault| format!("see why, or take fewer and smaller pictures: {}", fault.detail)),
        });
    }
    tested
}

/// Counts what sensors saw, frames and bytes by sensor, and keeps none of it.
#[derive(Debug, Default)]
struct SeenOnly(Mutex<BTreeMap<String, (u32, usize)>>);

impl SeenOnly {
    fn of(&self, sensor: &str) -> (u32, usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(sensor).copied().unwrap_or_default()
    }
}

impl Shelf for SeenOnly {
    fn keep(&self, sensed: Sensed) -> Result<(), Problem> {
        let (sensor, bytes) = match &sensed {
            Sensed::File { row, bytes, .. } => (&row.sensor, bytes.len()),
            Sensed::Place(row) => (&row.sensor, 0),
        };
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = seen.entry(sensor.as_str().to_owned()).or_default();
        *counts = (counts.0 + 1, counts.1 + bytes);
        Ok(())
    }
}

/// A trial's first seconds, the participant standing at the start mark.
fn drive(
    server: &mut dyn Server,
    choices: &Choices,
    setup: &Setup,
    (trial, run_in): (&mut Trial, Vec<Tick>),
    tried: &mut Vec<Tried>,
) -> Result<(), Trouble> {
    let lengths: Vec<(f64, f64)> = trial.lengths_m().collect();
    let sizes: Vec<String> = lengths.iter().map(|(there, study)| format!("{there:.2} m ({study:.2})")).collect();
    let same = lengths.iter().all(|(there, study)| (there - study).abs() <= SAME_SIZE_M);
    tried.push(Tried::or_doubt(
        format!("vehicles made; length there (in the study): {}", sizes.join(", ")),
        same,
        "their fronts are laid together, the rest differs: choose another [carla] vehicle, or change the study's sizes",
    ));
    if let Some(bones) = trial.bones() {
        tried.push(Tried::well(format!("participant made; {bones} bones read, to be set each tick")));
    }
    let participant = standing(setup);
    let (mut traffic, mut news) = (Traffic::new(setup, choices.step_hz), WorldNews::default());
    let (mut took_s, mut furthest_m) = (Vec::new(), 0.0_f64);
    let mut faults: Vec<String> = run_in.iter().flat_map(|tick| &tick.faults).map(|f| f.detail.clone()).collect();
    for _ in 0..TICKS {
        let began = Instant::now();
        let tick = trial.tick(server, &participant)?;
        took_s.push(began.elapsed().as_secs_f64());
        news.clear();
        traffic.tick(setup, &participant, &mut news);
        for (found, commanded) in tick.rows.iter().zip(&news.rows) {
            let off = |a: crate::table::Metres, b: crate::table::Metres| a.or_nan() - b.or_nan();
            let (dx, dy) = (off(found.site_x_m, commanded.site_x_m), off(found.site_y_m, commanded.site_y_m));
            furthest_m = furthest_m.max(glam::DVec2::new(dx, dy).length());
        }
        faults.extend(tick.faults.into_iter().map(|fault| fault.detail));
    }
    took_s.sort_by(f64::total_cmp);
    let at = |share: usize| took_s.get(took_s.len() * share / 100).copied().unwrap_or(f64::NAN);
    tried.push(pace(choices, at(50), at(99)));
    tried.push(Tried::or_doubt(
        format!("vehicles at most {furthest_m:.3} m from where they are commanded ({})", choices.study.control.word()),
        furthest_m <= FOLLOWS_M,
        "try another [carla] control; world.csv holds where they are, and what was commanded beside",
    ));
    for fault in faults {
        tried
            .push(Tried { found: fault, doubt: Some("close other clients of the server, and look at its log".into()) });
    }
    Ok(())
}

/// How long ticks take, and whether that is short enough for a headset: half of them at most, and 99 in 100.
fn pace(choices: &Choices, half_s: f64, most_s: f64) -> Tried {
    let (half, most) = (ms(half_s), ms(most_s));
    let ticks = format!("{TICKS} ticks, each with batch, bones and world frame: half within {half} ms");
    let Some(within_s) = choices.tick_within_s() else {
        return Tried::well(format!("{ticks}, 99 in 100 within {most} ms"));
    };
    let found = format!("{ticks}, 99 in 100 within {most} ms of the {} ms that a headset leaves them", ms(within_s));
    let doubt = if most_s < within_s {
        None
    } else if most_s >= choices.step_s() {
        Some("slower than real time: lower [world] step_hz or CARLA's quality (-quality-level=Low)".to_owned())
    } else {
        let needed_ms = (1e3 * (choices.step_s() + most_s)).ceil() + SPARE_MS;
        Some(format!("give [carla] delay_ms = {needed_ms} or more, or lower CARLA's quality (-quality-level=Low)"))
    };
    let cure = |doubt| format!("{doubt}: in a headset trials would be marked `world_late`; lockstep still works");
    Tried { found, doubt: doubt.map(cure) }
}

fn ms(time_s: f64) -> String {
    format!("{:.2}", 1e3 * time_s)
}

/// Somebody who stands at the start mark.
fn standing(setup: &Setup) -> Participant {
    let head = TrackedPose::new(flags::ALL, DVec3::new(0.0, 1.6, 0.0), DQuat::IDENTITY);
    Participant::locate(&head, &Calibration::at_mark(1, setup.site.start_mark_m))
}
