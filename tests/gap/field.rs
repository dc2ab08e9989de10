//! Crossings by hand: a person at a constant pace, a car at a constant speed, by closed form.

use glam::DVec2;
use kerbside::analysis::field::{Recorded, Street, Tracks, Vehicle, crossings, recorded};
use kerbside::analysis::sheet::Sheet;
use kerbside::kernel::spec::Cue;
use kerbside::map::{DEFAULT_MAP, DEFAULT_MAP_NAME, read_bytes};
use kerbside::problem::Outcome;
use kerbside::study::{ApproachChoice, nearest_kerb};
use kerbside::table::{GroundSource, StartSide, TrialOutcome};
use std::fmt::Write;

pub const HEADER: &str = "crossing,participant,road_user,time_s,lat_deg,lon_deg\n";

pub fn tracks() -> Tracks {
    Tracks {
        file: "field.csv".into(),
        events: None,
        map: DEFAULT_MAP_NAME.into(),
        crosswalk: None,
        start_side: StartSide::Right,
        approach: ApproachChoice::NearestKerb,
        reach_m: 50.0,
        body_point: GroundSource::Head,
        longest_gap_s: 0.5,
        cue: None,
        vehicle: Vehicle { length_m: 4.5, width_m: 1.8, antenna_to_front_m: 2.0 },
    }
}

pub fn street(tracks: &Tracks) -> Street {
    let map = read_bytes(DEFAULT_MAP_NAME, DEFAULT_MAP.as_bytes()).unwrap();
    Street::new(DEFAULT_MAP_NAME, &map, tracks).unwrap()
}

/// A sample as a row; 1e-10 degrees are a hundredth of a millimetre.
pub fn row(street: &Street, user: &str, time_s: f64, at_m: DVec2) -> String {
    let at = street.on_earth(at_m).unwrap();
    format!("one,P1,{user},{time_s:.4},{:.10},{:.10}\n", at.lat_deg, at.lon_deg)
}

/// The antenna's place when the front bumper is so far before the pedestrian's line.
fn antenna(street: &Street, to_line_m: f64) -> DVec2 {
    let lane = nearest_kerb(street.site()).unwrap();
    lane.path.at(lane.pedestrian_line_s_m - to_line_m - 2.0).position_m.truncate()
}

/// The person starts 2.03 m behind the kerb at time 0 and walks 1.25 m/s, ten samples a second; the car comes at `speed`
/// from `from_m` before the pedestrian's line, twenty samples a second from -1 s on. Samples that `keep` names.
pub fn table(street: &Street, from_m: f64, speed_mps: f64, keep: impl Fn(&str, f64) -> bool) -> String {
    let mut text = HEADER.to_owned();
    for k in 0..120 {
        let t = f64::from(k) / 10.0;
        if keep("pedestrian", t) {
            text += &row(street, "pedestrian", t, DVec2::new(1.25 * t - 2.03, 0.0));
        }
    }
    for k in 0..280 {
        let t = f64::from(k) / 20.0 - 1.0;
        if keep("target", t) {
            text += &row(street, "target", t, antenna(street, from_m - speed_mps * t));
        }
    }
    text
}

pub fn measured(street: &Street, table: &str, events: Option<&str>) -> Outcome<(Recorded, Vec<String>)> {
    let samples = Sheet::read("field.csv", table.as_bytes())?;
    let events = events.map(|text| Sheet::read("events.csv", text.as_bytes())).transpose()?;
    let (found, notes) = crossings(street, &samples, events.as_ref())?;
    assert_eq!(found.len(), 1);
    Ok((recorded(street, &found[0], 1).unwrap(), notes))
}

fn near(found: Option<f64>, wanted: f64, within: f64) {
    assert!(found.is_some_and(|found| (found - wanted).abs() <= within), "{found:?}, not {wanted}");
}

#[test]
fn a_walk_before_a_car_by_closed_form() {
    let street = street(&tracks());
    let (made, notes) = measured(&street, &table(&street, 80.0, 10.0, |_, _| true), None).unwrap();
    let m = &made.measures;
    assert!(notes.is_empty() && made.gaps == (0, 0) && m.marks.is_na(), "{notes:?} {m:?}");
    assert_eq!((m.outcome, m.censored, made.samples), (TrialOutcome::Before, false, 120));
    // 0.30 m past the kerb: 2.33 m at 1.25 m/s are 1.864 s, so the sample at 1.9 s is the first.
    near(m.step_off_s.known(), 1.9, 1e-9);
    near(m.waiting_s.known(), 1.9, 1e-9);
    near(m.distance_to_pedestrian_line_m.known(), 80.0 - 19.0, 1e-3);
    near(m.target_speed_mps.known(), 10.0, 1e-3);
    let zone_m = m.distance_to_zone_m.known().unwrap();
    near(m.tta_s.known(), zone_m / 10.0, 1e-3);
    near(m.drac_mps2.known(), 100.0 / (2.0 * zone_m), 1e-3);
    let width_m = street.site().far_kerb.point.x;
    let far_s = ((width_m + 2.03) / 0.125).ceil() * 0.1;
    near(m.crossing_s.known(), far_s - 1.9, 1e-9);
    near(m.walking_speed_mps.known(), 1.25, 1e-4);
    near(m.max_walking_speed_mps.known(), 1.25, 1e-3);
    assert_eq!((m.hesitations, m.step_backs), (Some(0), 0));
    // Out of the zone once the body's disc is; the car is in it when its front bumper is.
    let lane_m = nearest_kerb(street.site()).unwrap().path.nearest_m(DVec2::ZERO);
    let lane_x_m = nearest_kerb(street.site()).unwrap().path.at(lane_m).position_m.x;
    let left_s = ((lane_x_m + 0.9 + 0.25 + 2.03) / 0.125).ceil() * 0.1;
    let enters_s = (80.0 - (80.0 - 19.0 - zone_m)) / 10.0;
    near(m.pet_s.known(), enters_s - left_s, 0.1 + 1e-3);
    // What tracks cannot tell.
    for unknown in [m.tta_accel_s.known(), m.tau_dot.known(), m.cit_s.known(), m.attention_share.known()] {
        assert_eq!(unknown, None);
    }
    assert_eq!((m.late_frames, m.frames_untracked), (None, 0));
    near(m.largest_frame_gap_ms.known(), 100.0, 1e-6);
}

#[test]
fn gaps_are_marked_and_nothing_is_made_up_in_them() {
    let street = street(&tracks());
    // Nobody saw the person from 1.5 to 2.5 s: the step-off lies in there.
    let hole = |user: &str, t: f64| user != "pedestrian" || !(1.55..2.45).contains(&t);
    let (made, _) = measured(&street, &table(&street, 80.0, 10.0, hole), None).unwrap();
    let m = &made.measures;
    assert_eq!((m.marks.as_str(), made.gaps, m.frames_untracked), ("pedestrian_gap", (1, 0), 1));
    near(m.largest_frame_gap_ms.known(), 1000.0, 1e-6);
    // The waiting that was seen: to 1.5 s, and half a second more at most.
    near(m.waiting_s.known(), 2.0, 1e-9);
    // After the far kerb a gap is nobody's concern.
    let late = |user: &str, t: f64| user != "pedestrian" || !(10.0..11.0).contains(&t);
    let (made, _) = measured(&street, &table(&street, 80.0, 10.0, late), None).unwrap();
    assert!(made.measures.marks.is_na() && made.gaps == (0, 0));
    // The car unseen around the step-off: distance, speed and times are unknown; the crossing is marked.
    let blind = |user: &str, t: f64| user != "target" || !(1.5..2.6).contains(&t);
    let (made, _) = measured(&street, &table(&street, 80.0, 10.0, blind), None).unwrap();
    let m = &made.measures;
    assert_eq!((m.marks.as_str(), m.outcome), ("target_gap", TrialOutcome::Before));
    for unknown in [m.distance_to_zone_m.known(), m.target_speed_mps.known(), m.tta_s.known()] {
        assert_eq!(unknown, None);
    }
    near(m.step_off_s.known(), 1.9, 1e-9);
    // The car unseen when it reaches the zone, about 8 s: who was first is not known.
    let unseen = |user: &str, t: f64| user != "target" || !(7.0..9.0).contains(&t);
    let (made, _) = measured(&street, &table(&street, 80.0, 10.0, unseen), None).unwrap();
    assert_eq!(made.measures.outcome, TrialOutcome::Interrupted);
    // The same where its track ends on the way, or begins behind the zone.
    let ends = |user: &str, t: f64| user != "target" || t < 5.0;
    assert_eq!(
        measured(&street, &table(&street, 80.0, 10.0, ends), None).unwrap().0.measures.outcome,
        TrialOutcome::Interrupted
    );
    let begins = measured(&street, &table(&street, -30.0, 10.0, |_, _| true), None).unwrap().0;
    assert_eq!(begins.measures.outcome, TrialOutcome::Interrupted);
}

#[test]
fn who_waits_goes_after_the_car_or_meets_it() {
    let street = street(&tracks());
    // The front bumper 10 m before the line when the person starts: the car is past long before.
    let after = measured(&street, &table(&street, 12.0, 10.0, |_, _| true), None).unwrap().0;
    assert_eq!(after.measures.outcome, TrialOutcome::After);
    assert_eq!(after.measures.distance_to_zone_m.known(), None); // its rear has left the zone by then
    // In the lane's middle at (1.75 + 2.03)/1.25 = 3 s, where the car then is.
    let met = measured(&street, &table(&street, 30.0, 10.0, |_, _| true), None).unwrap().0;
    assert_eq!(met.measures.outcome, TrialOutcome::Contact);
    // Standing: nothing is on its way.
    let stands = measured(&street, &table(&street, 40.0, 0.0, |_, _| true), None).unwrap().0;
    assert_eq!(stands.measures.target_speed_mps.known(), Some(0.0));
    assert_eq!(stands.measures.tta_s.known(), Some(f64::INFINITY));
}

#[test]
fn a_cue_and_the_car_s_own_events_come_with_their_table() {
    let street = street(&Tracks { cue: Some(Cue::VehicleInView), ..tracks() });
    let table = table(&street, 80.0, 10.0, |_, _| true);
    let events = "crossing,event,time_s\none,vehicle_in_view,0.45\none,light_onset,1.0\none,braking_onset,2.5\n";
    let m = measured(&street, &table, Some(events)).unwrap().0.measures;
    near(m.cit_s.known(), 1.9 - 0.45, 1e-6);
    near(m.step_off_after_light_s.known(), 0.9, 1e-6);
    near(m.step_off_after_braking_s.known(), -0.6, 1e-6);
    near(m.light_lead_ms.known(), 1500.0, 1e-3);
    let told = measured(&street, &table, Some("crossing,event,time_s\none,light_onset,1.0\n")).unwrap_err().to_string();
    assert!(told.contains("crossing one has no vehicle_in_view, the plan's cue"), "{told}");
}

#[test]
fn times_may_be_utc_and_columns_may_describe_crossings() {
    let street = street(&tracks());
    let seconds = table(&street, 80.0, 10.0, |_, t| t >= 0.0);
    let mut utc = "crossing,participant,road_user,time_utc,lat_deg,lon_deg,alt_m,light,noise\n".to_owned();
    for (i, line) in seconds.lines().skip(1).enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let time_s: f64 = cells[3].parse().unwrap();
        let time = format!("2026-05-01T12:00:{:07.4}Z", time_s + 3.0);
        let _ = writeln!(utc, "one,P1,{},{time},{},{},612.3,on,{i}", cells[2], cells[4], cells[5]);
    }
    let (a, _) = measured(&street, &seconds, None).unwrap();
    let (b, notes) = measured(&street, &utc, None).unwrap();
    assert_eq!(a, b);
    assert_eq!(notes, ["field.csv: noise varies within crossings and is not used"]);
}
