//! Attention: when the ray of gaze or head meets the target.

use super::TrialRows;
use super::sightline::{Sightline, UprightBox};
use super::spans::{Span, TIME_WITHIN_S, spans};
use crate::kernel::geometry::{angle_of, direction};
use crate::kernel::math::{cos, sin};
use crate::kernel::participant::{Calibration, flags};
use crate::kernel::setup::Setup;
use crate::kernel::time::seconds;
use crate::table::{Angle, AttentionSource, FrameRow, Metres, VehicleRow};
use glam::{DQuat, DVec2, DVec3};

/// By how much the target's box is widened.
const WIDENED_RAD: f64 = 2.0 * std::f64::consts::PI / 180.0;
/// A shorter look is none, and a shorter gap does not split one.
const SHORTEST_S: f64 = 0.1;
/// Nearer to the vertical than this a head has no direction on the ground.
const LEAST_LEVEL: f64 = 0.01;

/// What a trial tells of attention.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Attention {
    /// Whose ray; none when no ray was ever valid.
    pub(super) source: Option<AttentionSource>,
    /// Share of the time with a target in which the ray was valid.
    pub(super) valid_share: Option<f64>,
    /// Share of the time with a valid ray in which it met the target.
    pub(super) share: Option<f64>,
    /// Looks, first to last; none without a valid ray.
    looks: Option<Vec<Look>>,
    began_ns: i64,
}

/// A look at the target, display time.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Look {
    from_ns: i64,
    to_ns: i64,
}

/// A frame that drew the target; `on` is none when the ray was not valid.
#[derive(Debug, Clone, Copy)]
struct Glance {
    span: Span,
    on: Option<bool>,
}

impl Attention {
    /// Follows the frames of approach and crossing that drew the target.
    pub(super) fn of(setup: &Setup, rows: &TrialRows<'_>, frames: &[&FrameRow]) -> Self {
        let seen: Vec<(&FrameRow, Span, UprightBox)> = frames
            .iter()
            .zip(spans(frames))
            .filter_map(|(frame, span)| Some((*frame, span, target_box(setup, rows.target(frame.frame_n)?)?)))
            .collect();
        let source = source(seen.iter().map(|(frame, ..)| *frame), seen.len());
        let glances: Vec<Glance> = seen
            .iter()
            .map(|(frame, span, target)| {
                let sight = source.and_then(|source| sightline(frame, source));
                Glance { span: *span, on: sight.map(|sight| target.missed_by_rad(sight) <= WIDENED_RAD) }
            })
            .collect();
        let time_s = |of: fn(&&Glance) -> bool| glances.iter().filter(of).map(|g| g.span.lasts_s()).sum::<f64>();
        let (all_s, valid_s) = (time_s(|_| true), time_s(|g| g.on.is_some()));
        Self {
            source,
            valid_share: (all_s > 0.0).then(|| valid_s / all_s),
            share: (valid_s > 0.0).then(|| time_s(|g| g.on == Some(true)) / valid_s),
            looks: source.map(|_| looks(&glances)),
            began_ns: frames.first().map_or(0, |frame| frame.display_time_ns),
        }
    }

    /// How many looks; none without a valid ray.
    pub(super) fn looks(&self) -> Option<u32> {
        self.looks.as_ref().map(|looks| u32::try_from(looks.len()).unwrap_or(u32::MAX))
    }

    /// Start of the first look, from the start of the approach.
    pub(super) fn first_look_s(&self) -> Option<f64> {
        Some(seconds(self.looks.as_ref()?.first()?.from_ns - self.began_ns))
    }

    /// Total time of the looks.
    pub(super) fn look_time_s(&self) -> Option<f64> {
        self.looks.as_ref().map(|looks| looks.iter().map(|look| seconds(look.to_ns - look.from_ns)).sum())
    }
}

/// Gaze where it is valid in at least half of the frames, else the head where it ever is.
fn source<'a>(frames: impl Iterator<Item = &'a FrameRow> + Clone, all: usize) -> Option<AttentionSource> {
    let valid = |of| frames.clone().filter(|frame| sightline(frame, of).is_some()).count();
    let gaze = valid(AttentionSource::Gaze);
    if gaze > 0 && 2 * gaze >= all {
        return Some(AttentionSource::Gaze);
    }
    (valid(AttentionSource::Head) > 0).then_some(AttentionSource::Head)
}

/// Runs of glances on the target; short gaps join, then short runs drop out.
fn looks(glances: &[Glance]) -> Vec<Look> {
    let lasting = |ns: i64| seconds(ns) >= SHORTEST_S - TIME_WITHIN_S;
    let mut looks: Vec<Look> = Vec::new();
    for Glance { span, .. } in glances.iter().filter(|glance| glance.on == Some(true)) {
        match looks.last_mut() {
            Some(look) if !lasting(span.from_ns - look.to_ns) => look.to_ns = span.to_ns,
            _ => looks.push(Look { from_ns: span.from_ns, to_ns: span.to_ns }),
        }
    }
    looks.retain(|look| lasting(look.to_ns - look.from_ns));
    looks
}

fn target_box(setup: &Setup, row: &VehicleRow) -> Option<UprightBox> {
    let spec = setup.vehicle(row.vehicle_n)?;
    Some(UprightBox {
        base_m: DVec3::new(row.site_x_m.known()?, row.site_y_m.known()?, row.site_z_m.known()?),
        yaw_rad: row.site_yaw_rad.known()?,
        size_m: DVec3::new(spec.length_m, spec.width_m, spec.height_m),
    })
}

fn sightline(frame: &FrameRow, source: AttentionSource) -> Option<Sightline> {
    match source {
        AttentionSource::Head => of_head(frame),
        AttentionSource::Gaze => of_gaze(frame),
    }
}

fn valid(bits: u32) -> bool {
    const POSE: u32 = flags::ORIENTATION_VALID | flags::POSITION_VALID;
    bits & POSE == POSE
}

/// The head's direction at the site.
fn of_head(frame: &FrameRow) -> Option<Sightline> {
    let (yaw, pitch) = (frame.head_site_yaw_rad.known()?, frame.head_site_pitch_rad.known()?);
    valid(frame.head_flags).then_some(Sightline {
        eye_m: place([frame.head_site_x_m, frame.head_site_y_m, frame.head_site_z_m])?,
        direction: (direction(yaw) * cos(pitch)).extend(sin(pitch)),
    })
}

/// The gaze at the site: the record has it in the stage, and the head of the same frame, which stands in both frames
/// of reference, leads from the one to the other.
fn of_gaze(frame: &FrameRow) -> Option<Sightline> {
    if !(valid(frame.gaze_flags?) && valid(frame.head_flags)) {
        return None;
    }
    let site_from_stage = site_from_stage(frame)?;
    let gaze = place([frame.gaze_stage_x_m, frame.gaze_stage_y_m, frame.gaze_stage_z_m])?;
    let head = place([frame.head_stage_x_m, frame.head_stage_y_m, frame.head_stage_z_m])?;
    let head_site = place([frame.head_site_x_m, frame.head_site_y_m, frame.head_site_z_m])?;
    let ray = [frame.gaze_stage_dx, frame.gaze_stage_dy, frame.gaze_stage_dz].map(Angle::or_nan);
    let ray = Some(DVec3::from(ray)).filter(|ray| ray.is_finite() && ray.length_squared() > 0.0)?;
    Some(Sightline {
        eye_m: head_site + site_from_stage.direction(gaze - head),
        direction: site_from_stage.direction(ray),
    })
}

/// The turn from the stage to the site, by which the head's direction in the one becomes that in the other.
fn site_from_stage(frame: &FrameRow) -> Option<Calibration> {
    let [x, y, z, w] =
        [frame.head_stage_qx, frame.head_stage_qy, frame.head_stage_qz, frame.head_stage_qw].map(Angle::or_nan);
    let unturned = Calibration::at_mark(0, DVec2::ZERO);
    let look = unturned.direction(DQuat::from_xyzw(x, y, z, w) * DVec3::NEG_Z).truncate();
    let turn_rad = frame.head_site_yaw_rad.known()? - angle_of(look);
    (look.length() > LEAST_LEVEL).then(|| Calibration { yaw_rad: Angle::new(turn_rad), ..unturned })
}

fn place(at: [Metres; 3]) -> Option<DVec3> {
    let [x, y, z] = at.map(Metres::known);
    Some(DVec3::new(x?, y?, z?))
}
