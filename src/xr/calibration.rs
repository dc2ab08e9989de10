//! Where the stage lies at the site: from points that are touched, from somebody who stands on a floor mark, and after
//! the runtime has moved the stage's origin.
//!
//! `site_from_stage` turns about the vertical and translates; it never scales. Lengths that do not fit are refused.

use crate::kernel::geometry::{angle_of, direction};
use crate::kernel::math::{degrees, wrap_angle};
use crate::kernel::participant::{Calibration, TrackedPose};
use crate::problem::{Place, Problem};
use crate::table::{Angle, Metres};
use glam::{DQuat, DVec2, DVec3};

/// Marks nearer to each other than this tell the direction too poorly, metres.
const LEAST_APART_M: f64 = 0.5;
/// Touched distances may differ from the known ones by this share; more is a wrong mark, not a shaky hand.
const MOST_SCALE_ERROR: f64 = 0.05;
/// A touched point may lie this far from its mark after the fit.
const MOST_RESIDUAL_M: f64 = 0.05;
/// Somebody who stands still stays within this, root mean square.
const MOST_SWAY_M: f64 = 0.03;
/// .. and turns the head by less than this, circular standard deviation: 10 degrees.
const MOST_TURN_RAD: f64 = 0.175;
/// A standing pose needs this many valid samples, and this share of all.
const LEAST_SAMPLES: usize = 30;
const LEAST_VALID_SHARE: f64 = 0.8;
/// The floor may lie this far from where it should, metres.
const MOST_FLOOR_ERROR_M: f64 = 0.05;
/// Eyes of people who stand, children to the tallest, metres.
const EYES_M: std::ops::RangeInclusive<f64> = 0.9..=2.2;
/// Somebody at the start mark stands within this of it, metres ..
const MOST_OFF_MARK_M: f64 = 0.5;
/// .. and faces the road within 60 degrees.
const MOST_OFF_AHEAD_RAD: f64 = 1.05;
/// A stage whose vertical is tilted by more than this was not only turned: 1 degree.
const MOST_TILT_RAD: f64 = 0.0175;
/// Nobody's laboratory is longer; what is further away was never touched.
const FARTHEST_M: f64 = 1000.0;

/// A mark on the floor or the kerb and where the controller touched it.
#[derive(Debug, Clone, PartialEq)]
pub struct Touched {
    /// What people call it.
    pub name: String,
    /// The mark in the site frame.
    pub site_m: DVec3,
    /// The controller's tip in the stage.
    pub stage_m: DVec3,
}

/// A calibration and how far it can be trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The calibration; its residual is the root mean square of these.
    pub calibration: Calibration,
    /// Distance of each touched point from its mark, in their order; of a standing pose, the sway alone.
    pub residuals_mm: Vec<f64>,
    /// How far the head's direction strayed while somebody stood (circular standard deviation); none for touched points.
    pub turned_rad: Option<f64>,
    /// How far above the runtime's floor the marks were touched, metres; none where that is not the floor of the fit.
    pub touched_above_m: Option<f64>,
}

impl Fit {
    /// The same, heights counted from the runtime's own floor: a controller's tip touches a mark some centimetres above it.
    #[must_use]
    pub fn on_the_floor(mut self) -> Self {
        let [_, _, z_m] = &mut self.calibration.site_from_stage_m;
        self.touched_above_m = Some(-z_m.or_nan());
        *z_m = Metres::new(0.0);
        self
    }
}

/// Least squares over turn and translation through two or three touched points (more serve as well).
pub fn from_touched_points(n: u32, points: &[Touched]) -> Result<Fit, Problem> {
    check_points(points)?;
    let ahead_left: Vec<DVec2> = points.iter().map(|point| ahead_left(point.stage_m)).collect();
    let marks: Vec<DVec2> = points.iter().map(|point| point.site_m.truncate()).collect();
    let (from_m, to_m) = (mean(&ahead_left), mean(&marks));
    let (mut along, mut across) = (0.0, 0.0);
    for (from, to) in ahead_left.iter().zip(&marks) {
        along += (*from - from_m).dot(*to - to_m);
        across += (*from - from_m).perp_dot(*to - to_m);
    }
    let yaw_rad = angle_of(DVec2::new(along, across));
    let heights: Vec<f64> = points.iter().map(|point| point.site_m.z - point.stage_m.y).collect();
    let origin_m = (to_m - turned(from_m, yaw_rad)).extend(average(&heights));
    let mut calibration = rigid(n, origin_m, yaw_rad, "touched_points");
    let distance_mm = |point: &Touched| (calibration.place(point.stage_m) - point.site_m).length() * 1000.0;
    let residuals_mm: Vec<f64> = points.iter().map(distance_mm).collect();
    if let Some((point, mm)) = points.iter().zip(&residuals_mm).find(|(_, mm)| **mm > MOST_RESIDUAL_M * 1000.0) {
        let what = format!("{} was touched {mm:.0} mm from where the mark should be", point.name);
        return Err(wrong(what, "touch the marks again, the controller's tip on the mark; check the marks' places"));
    }
    calibration.residual_mm = Some(root_mean_square(&residuals_mm));
    Ok(Fit { calibration, residuals_mm, turned_rad: None, touched_above_m: None })
}

/// From somebody who stands on a mark and looks in a known direction. The head stands for the feet: it leans a few
/// centimetres ahead of them. `floor_m` is the floor's height in the stage: 0 where the runtime knows the floor.
pub fn from_standing_pose(
    n: u32,
    head: &[TrackedPose],
    mark_m: DVec3,
    facing_rad: f64,
    floor_m: f64,
) -> Result<Fit, Problem> {
    let known: Vec<(DVec2, f64)> = head.iter().filter_map(place_and_yaw).collect();
    let (all, valid) = (head.len(), known.len());
    if valid < LEAST_SAMPLES || share(valid, all) < LEAST_VALID_SHARE {
        let what = format!("the head was tracked in {valid} of {all} samples: too few for a standing pose");
        return Err(wrong(what, "see that the headset is tracked where the mark is, and stand there once more"));
    }
    let places: Vec<DVec2> = known.iter().map(|(place_m, _)| *place_m).collect();
    let here_m = mean(&places);
    let sway_mm: Vec<f64> = places.iter().map(|place_m| (*place_m - here_m).length() * 1000.0).collect();
    let resultant = mean(&known.iter().map(|(_, yaw_rad)| direction(*yaw_rad)).collect::<Vec<_>>());
    let turned_rad = circular_deviation_rad(resultant.length());
    let sway_rms_mm = root_mean_square(&sway_mm);
    if sway_rms_mm > MOST_SWAY_M * 1000.0 || turned_rad > MOST_TURN_RAD {
        let what = format!(
            "the head moved by {sway_rms_mm:.0} mm and turned by {:.0} degrees: nobody stood still",
            degrees(turned_rad)
        );
        return Err(wrong(what, "stand on the mark, look straight across the road and keep still for two seconds"));
    }
    let yaw_rad = wrap_angle(facing_rad - angle_of(resultant));
    let origin_m = (mark_m.truncate() - turned(here_m, yaw_rad)).extend(mark_m.z - floor_m);
    let calibration = Calibration { residual_mm: Some(sway_rms_mm), ..rigid(n, origin_m, yaw_rad, "standing_pose") };
    let residuals_mm = vec![sway_rms_mm];
    Ok(Fit { calibration, residuals_mm, turned_rad: Some(turned_rad), touched_above_m: None })
}

/// After a recentre: the runtime says where the new origin lies in the old stage. People stay where they are.
pub fn after_recentre(
    n: u32,
    old: &Calibration,
    origin_in_old_m: DVec3,
    turn_in_old: DQuat,
) -> Result<Calibration, Problem> {
    let usable = origin_in_old_m.is_finite() && turn_in_old.is_finite() && turn_in_old.length() > 0.5;
    let turn = turn_in_old.normalize();
    if !usable || (turn * DVec3::Y).angle_between(DVec3::Y) > MOST_TILT_RAD {
        let what = "the runtime moved the stage's origin and does not say where to, or tilted it";
        return Err(wrong(what.to_owned(), "calibrate again before the next trial"));
    }
    let ahead = old.direction(turn * DVec3::NEG_Z).truncate();
    let moved = rigid(n, old.place(origin_in_old_m), angle_of(ahead), "recentre");
    Ok(Calibration { residual_mm: old.residual_mm, ..moved })
}

/// The floor, measured by a controller laid on it, against the site's ground there. Site heights, metres.
pub fn check_floor(calibration: &Calibration, controller_m: DVec3, ground_z_m: f64) -> Result<(), Problem> {
    let off_m = calibration.place(controller_m).z - ground_z_m;
    if off_m.is_finite() && off_m.abs() <= MOST_FLOOR_ERROR_M {
        return Ok(());
    }
    let what = format!("the floor lies {:.0} mm {} the street", off_m.abs() * 1000.0, above_or_below(off_m));
    Err(wrong(what, "set the floor's height in the headset's own room setup, then calibrate again"))
}

/// Height of the eyes above the ground, metres; refused where no standing person has such eyes.
pub fn check_eyes(calibration: &Calibration, head: &TrackedPose, ground_z_m: f64) -> Result<f64, Problem> {
    let Some(head_m) = head.position_m() else { return Err(unseen()) };
    let eyes_m = calibration.place(head_m).z - ground_z_m;
    if EYES_M.contains(&eyes_m) {
        return Ok(eyes_m);
    }
    let what = format!("the eyes are {eyes_m:.2} m above the street: nobody stands like that");
    Err(wrong(what, "set the floor's height in the headset's own room setup, then calibrate again"))
}

/// Whether somebody stands at the start mark and faces the road: marks that were touched in the wrong order turn the
/// street round.
pub fn check_at_mark(calibration: &Calibration, head: &TrackedPose, mark_m: DVec2) -> Result<(), Problem> {
    let (Some((_, yaw_rad)), Some(off_m)) = (place_and_yaw(head), off_mark_m(calibration, head, mark_m)) else {
        return Err(unseen());
    };
    let off_rad = wrap_angle(yaw_rad + calibration.yaw_rad.or_nan()).abs();
    if off_m <= MOST_OFF_MARK_M && off_rad <= MOST_OFF_AHEAD_RAD {
        return Ok(());
    }
    let what = format!(
        "the participant should stand at the start mark and face the road, but is {off_m:.2} m from it, turned by {:.0} \
         degrees",
        degrees(off_rad)
    );
    Err(wrong(what, "let them stand there and look across the road; if they do, calibrate again, the marks in order"))
}

/// How far a head is from the start mark along the ground, metres.
pub fn off_mark_m(calibration: &Calibration, head: &TrackedPose, mark_m: DVec2) -> Option<f64> {
    Some((calibration.place(head.position_m()?).truncate() - mark_m).length())
}

fn check_points(points: &[Touched]) -> Result<(), Problem> {
    if points.len() < 2 {
        let what = format!("a calibration needs two or three touched points, not {}", points.len());
        return Err(wrong(what, "touch another mark"));
    }
    let near = |place_m: DVec3| place_m.is_finite() && place_m.abs().max_element() <= FARTHEST_M;
    if let Some(point) = points.iter().find(|point| !near(point.stage_m) || !near(point.site_m)) {
        let what = format!("where {} was touched is not known: the controller was not tracked", point.name);
        return Err(wrong(what, "touch it again where the headset sees the controller"));
    }
    for (i, a) in points.iter().enumerate() {
        for b in &points[i + 1..] {
            check_pair(a, b)?;
        }
    }
    Ok(())
}

/// Two marks far enough apart, and touched as far apart as they are.
fn check_pair(a: &Touched, b: &Touched) -> Result<(), Problem> {
    let known_m = (a.site_m - b.site_m).truncate().length();
    if known_m < LEAST_APART_M {
        let what = format!("{} and {} are {known_m:.2} m apart: that tells no direction", a.name, b.name);
        return Err(wrong(what, "take marks at least 0.5 m apart; the further, the better"));
    }
    let touched_m = (ahead_left(a.stage_m) - ahead_left(b.stage_m)).length();
    let off = touched_m / known_m - 1.0;
    if off.abs() > MOST_SCALE_ERROR {
        let what = format!(
            "{} and {} were touched {touched_m:.2} m apart, but they are {known_m:.2} m apart ({:+.0} %)",
            a.name,
            b.name,
            off * 100.0
        );
        return Err(wrong(what, "touch the marks again, in the order asked; measure the marks"));
    }
    let rise_m = (a.stage_m.y - b.stage_m.y) - (a.site_m.z - b.site_m.z);
    if rise_m.abs() > MOST_FLOOR_ERROR_M {
        let what = format!("{} was touched {:.0} mm too high against {}", a.name, rise_m * 1000.0, b.name);
        return Err(wrong(what, "touch both with the same tip of the controller, on the mark itself"));
    }
    Ok(())
}

/// A place of the stage's ground plane on the site's axes before the turn: ahead and to the left.
const fn ahead_left(stage_m: DVec3) -> DVec2 {
    DVec2::new(-stage_m.z, -stage_m.x)
}

fn place_and_yaw(head: &TrackedPose) -> Option<(DVec2, f64)> {
    let look = ahead_left(head.rotation()? * DVec3::NEG_Z);
    Some((ahead_left(head.position_m()?), angle_of(look)))
}

fn turned(v: DVec2, yaw_rad: f64) -> DVec2 {
    direction(yaw_rad).rotate(v)
}

fn rigid(n: u32, origin_m: DVec3, yaw_rad: f64, method: &'static str) -> Calibration {
    Calibration {
        n,
        site_from_stage_m: origin_m.to_array().map(Metres::new),
        yaw_rad: Angle::new(yaw_rad),
        method,
        residual_mm: None,
    }
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn mean(points: &[DVec2]) -> DVec2 {
    points.iter().sum::<DVec2>() * share(1, points.len())
}

fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() * share(1, values.len())
}

fn root_mean_square(values: &[f64]) -> f64 {
    average(&values.iter().map(|value| value * value).collect::<Vec<_>>()).sqrt()
}

/// Standard deviation of directions whose mean unit vector has this length (Mardia 1972).
fn circular_deviation_rad(length: f64) -> f64 {
    (2.0 * -length.min(1.0).ln()).abs().sqrt()
}

const fn above_or_below(off_m: f64) -> &'static str {
    if off_m > 0.0 { "above" } else { "below" }
}

fn unseen() -> Problem {
    wrong("the headset is not tracked".to_owned(), "see that its cameras or base stations have a clear view")
}

fn wrong(what: String, cure: &str) -> Problem {
    Problem::new(Place::default().part("calibration"), what, cure)
}

#[cfg(test)]
#[path = "calibration_tests.rs"]
mod calibration_tests;
