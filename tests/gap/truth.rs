//! A known truth: a simulated study's own tracks, written out as places on Earth with times, are read back and give the
//! study's own measures.

use glam::{DVec2, DVec3};
use kerbside::analysis::field::{Recorded, Street, Tracks, Vehicle, crossings, recorded};
use kerbside::analysis::sheet::Sheet;
use kerbside::earth::Earth;
use kerbside::kernel::site::Site;
use kerbside::kernel::spec::Cue;
use kerbside::lab::load;
use kerbside::map::{DEFAULT_MAP, DEFAULT_MAP_NAME, read_bytes};
use kerbside::measures::TrialRows;
use kerbside::record::folder::sessions_at;
use kerbside::study::ApproachChoice;
use kerbside::table::{GroundSource, MeasureRow, Role, StartSide, TrialOutcome};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Runs the program.
pub fn kerbside(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kerbside"));
    let output = command.args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains("panicked"), "{said}");
    (output.status.success(), said)
}

/// A study of three simulated people; made once. A static is never dropped: the system clears up.
pub fn demo() -> &'static Path {
    static DEMO: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    &DEMO
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let (done, said) = kerbside(folder.path(), &["demo", "--participants", "3", "--out", "demo"]);
            assert!(done, "{said}");
            let path = folder.path().join("demo");
            (folder, path)
        })
        .1
}

/// Tracks and events of all trials of a study, and the session's own measures of them.
pub struct Written {
    pub samples: String,
    pub events: String,
    pub tracks: Tracks,
    pub truth: &'static [MeasureRow],
}

/// Which of the session's samples are written: who, and the number of the sample.
pub type Keeps = fn(&str, usize) -> bool;

/// Every third sample or so, unevenly: at 30 frames a second at most 0.1 s apart.
pub const FEW: Keeps = |_, k| [0, 2, 5].contains(&(k % 7));

/// All samples of the study, each with whose it is and its number.
struct Whole {
    samples: Vec<(&'static str, usize, String)>,
    events: String,
    truth: Vec<MeasureRow>,
    vehicle: Vehicle,
}

pub fn written(keeps: Keeps) -> Written {
    static WHOLE: OnceLock<Whole> = OnceLock::new();
    let whole = WHOLE.get_or_init(whole);
    let mut samples = "crossing,participant,road_user,time_s,lat_deg,lon_deg,light\n".to_owned();
    for (_, _, row) in whole.samples.iter().filter(|(user, k, _)| keeps(user, *k)) {
        samples += row;
    }
    let tracks = Tracks {
        file: "field.csv".into(),
        events: Some("events.csv".into()),
        map: DEFAULT_MAP_NAME.into(),
        crosswalk: None,
        start_side: StartSide::Right,
        approach: ApproachChoice::NearestKerb,
        reach_m: 50.0,
        body_point: GroundSource::Head,
        longest_gap_s: 0.5,
        cue: Some(Cue::GapOpens),
        vehicle: whole.vehicle,
    };
    Written { samples, events: whole.events.clone(), tracks, truth: &whole.truth }
}

fn whole() -> Whole {
    let map = read_bytes(DEFAULT_MAP_NAME, DEFAULT_MAP.as_bytes()).unwrap();
    let earth = Earth::read(&map.geo_reference.as_ref().unwrap().text).unwrap();
    let mut events = "crossing,event,time_s\n".to_owned();
    let (mut samples, mut truth, mut vehicle) = (Vec::new(), Vec::new(), None);
    for folder in sessions_at(demo()).unwrap() {
        let session = load(&folder).unwrap();
        let rows = session.rows().unwrap();
        for (trial, own) in rows.trials.iter().zip(session.measures(&rows).unwrap()) {
            let setup = session.setup(trial).unwrap();
            let spec = setup.spec.target().unwrap();
            let half_m = spec.length_m / 2.0;
            vehicle = Some(Vehicle { length_m: spec.length_m, width_m: spec.width_m, antenna_to_front_m: half_m });
            let id = format!("{}-{}", trial.participant, trial.trial_n);
            let mut row = |user: &'static str, k: usize, time_ns: i64, x_m: f64, y_m: f64| {
                let at = earth.to_wgs84(setup.site.to_map(DVec3::new(x_m, y_m, 0.0))).unwrap();
                let (time_s, lat, lon) = (time_ns as f64 / 1e9, at.lat_deg, at.lon_deg);
                let (who, cell) = (&trial.participant, &trial.cell_id);
                samples.push((user, k, format!("{id},{who},{user},{time_s:.9},{lat:.10},{lon:.10},{cell}\n")));
            };
            let of = rows.of(trial);
            let seen: Vec<_> = of.frames.iter().filter(|frame| frame.world_time_ns.is_some()).collect();
            let display_less_world = seen[0].display_time_ns - seen[0].world_time_ns.unwrap();
            // A trial ends with what it waits for: the last sample bears the number 0, which few samples hold too.
            let number = |k: usize, all: usize| if k + 1 == all { 0 } else { k };
            for (k, frame) in seen.iter().enumerate() {
                let (x, y) = (frame.ground_site_x_m.known().unwrap(), frame.ground_site_y_m.known().unwrap());
                row("pedestrian", number(k, seen.len()), frame.display_time_ns, x, y);
            }
            let ticks: Vec<_> = of.world.iter().filter(|tick| tick.role == Role::Target).collect();
            for (k, tick) in ticks.iter().enumerate() {
                let (x, y) = (tick.site_x_m.known().unwrap(), tick.site_y_m.known().unwrap());
                row("target", number(k, ticks.len()), tick.world_time_ns + display_less_world, x, y);
            }
            own_events(&of, &id, &mut events);
            truth.push(own);
        }
    }
    Whole { samples, events, truth, vehicle: vehicle.unwrap() }
}

fn own_events(of: &TrialRows<'_>, id: &str, events: &mut String) {
    for name in ["gap_opens", "light_onset", "braking_onset", "vehicle_stopped"] {
        if let Some(at_ns) = of.event_display_ns(name, None) {
            *events += &format!("{id},{name},{:.9}\n", at_ns as f64 / 1e9);
        }
    }
}

fn measured(written: &Written) -> Vec<Recorded> {
    let map = read_bytes(DEFAULT_MAP_NAME, DEFAULT_MAP.as_bytes()).unwrap();
    let street = Street::new(DEFAULT_MAP_NAME, &map, &written.tracks).unwrap();
    let read = |name: &str, text: &str| Sheet::read(name, text.as_bytes()).unwrap();
    let (samples, events) = (read("field.csv", &written.samples), read("events.csv", &written.events));
    let (found, notes) = crossings(&street, &samples, Some(&events)).unwrap();
    assert!(notes.is_empty(), "{notes:?}");
    (1..).zip(&found).map(|(n, crossing)| recorded(&street, crossing, n).unwrap()).collect()
}

/// How far measures may be off.
struct Within {
    time_s: f64,
    length_m: f64,
    speed_mps: f64,
}

/// The largest difference of each measure; fails where one is too large, or known on one side only.
fn compare(written: &Written, within: &Within) {
    let made = measured(written);
    assert_eq!(made.len(), written.truth.len());
    let mut compared = 0;
    for (own, found) in written.truth.iter().zip(made.iter().map(|made| &made.measures)) {
        let who = format!("{} trial {} ({:?})", own.participant, own.trial_n, own.outcome);
        assert_eq!((found.outcome, found.censored), (own.outcome, own.censored), "{who}");
        assert!(found.marks.is_na(), "{who}: {}", found.marks);
        assert_eq!(
            (found.step_backs, found.hesitations.is_some()),
            (own.step_backs, own.hesitations.is_some()),
            "{who}"
        );
        let mut near = |name: &str, found: Option<f64>, own: Option<f64>, within: f64| {
            compared += 1;
            match (found, own) {
                (None, None) => {}
                (Some(found), Some(own)) if found == own || (found - own).abs() <= within => {}
                _ => panic!("{who}: {name} is {found:?}, in the session {own:?}"),
            }
        };
        let (t, m, v) = (within.time_s, within.length_m, within.speed_mps);
        near("cit_s", found.cit_s.known(), own.cit_s.known(), t);
        near("waiting_s", found.waiting_s.known(), own.waiting_s.known(), t);
        near("crossing_s", found.crossing_s.known(), own.crossing_s.known(), 2.0 * t);
        near("pet_s", found.pet_s.known(), own.pet_s.known(), 2.0 * t);
        near("after light", found.step_off_after_light_s.known(), own.step_off_after_light_s.known(), t);
        near("after braking", found.step_off_after_braking_s.known(), own.step_off_after_braking_s.known(), t);
        near("light_lead_ms", found.light_lead_ms.known(), own.light_lead_ms.known(), 1e-3);
        let zone = (found.distance_to_zone_m.known(), own.distance_to_zone_m.known());
        near("distance_to_zone_m", zone.0, zone.1, m);
        let line = (found.distance_to_pedestrian_line_m.known(), own.distance_to_pedestrian_line_m.known());
        near("distance_to_pedestrian_line_m", line.0, line.1, m);
        let speed = (found.target_speed_mps.known(), own.target_speed_mps.known());
        // Below 0.1 m/s it stands.
        near("target_speed_mps", speed.0, speed.1, v.max(0.1));
        if let (Some(distance_m), Some(mps)) = (zone.1, speed.1.filter(|mps| *mps > 1.0)) {
            // d(D/v) = dD/v + D dv/v^2
            near("tta_s", found.tta_s.known(), own.tta_s.known(), m / mps + distance_m * v / (mps * mps) * 1.2);
        }
        near("walking_speed_mps", found.walking_speed_mps.known(), own.walking_speed_mps.known(), v / 2.0);
        near("max_walking_speed_mps", found.max_walking_speed_mps.known(), own.max_walking_speed_mps.known(), v);
        near("achieved_decel_mps2", found.achieved_decel_mps2.known(), own.achieved_decel_mps2.known(), 0.1);
        let gap = (found.stopping_gap_m.known(), own.stopping_gap_m.known());
        near("stopping_gap_m", gap.0, gap.1, m.max(0.05));
    }
    // Not of nothing: outcomes of several kinds, and most measures known.
    assert!(compared > 500, "{compared}");
    let of = |outcome| written.truth.iter().filter(|own| own.outcome == outcome).count();
    assert!(of(TrialOutcome::Before) > 3 && of(TrialOutcome::After) > 3);
}

#[test]
fn all_samples_of_a_session_give_its_own_measures() {
    compare(&written(|_, _| true), &Within { time_s: 2e-4, length_m: 2e-3, speed_mps: 0.12 });
}

#[test]
fn a_few_uneven_samples_a_second_give_them_too_within_what_lies_between() {
    let thinned = written(FEW);
    compare(&thinned, &Within { time_s: 0.1, length_m: 1.5, speed_mps: 0.35 });
}

#[test]
fn the_site_is_where_the_session_had_it() {
    let written = written(|_, k| k < 2);
    let map = read_bytes(DEFAULT_MAP_NAME, DEFAULT_MAP.as_bytes()).unwrap();
    let street = Street::new(DEFAULT_MAP_NAME, &map, &written.tracks).unwrap();
    let session = load(&sessions_at(demo()).unwrap()[0]).unwrap();
    let site: &Site = &session.spec.sites[0];
    assert!((street.site().origin_map_m - site.origin_map_m).length() < 1e-9);
    let there_m = DVec2::new(3.25, -1.5);
    let at = street.on_earth(there_m).unwrap();
    assert!((street.locate(at.lat_deg, at.lon_deg).unwrap() - there_m).length() < 1e-6);
}
