//! A crossing as the rows that a session would have recorded of it, and its measures.

use super::motion::{Hidden, Motion, State};
use super::samples::{Crossing, Sample};
use super::street::Street;
use crate::kernel::time::{nanoseconds, seconds};
use crate::measures::{TrialRows, measure};
use crate::table::{
    Angle, EventRow, FrameRow, GroundSource, LightState, MeasureRow, Metres, Phase, PolicyState, Rate, Real, Role,
    Share, Source, Text, TrialKind, TrialOutcome, TrialRow, VehicleRow, WorldRow,
};
use glam::DVec2;

/// The pedestrian was not seen for longer than `longest_gap_s` before the far kerb.
const PEDESTRIAN_GAP: &str = "pedestrian_gap";
/// The target was not seen for so long before it had left its zone.
const TARGET_GAP: &str = "target_gap";
/// The target's number.
const TARGET_N: u32 = 1;

/// A crossing's measures.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The measures; what the tracks cannot tell is NA.
    pub measures: MeasureRow,
    /// Samples of the pedestrian.
    pub samples: usize,
    /// Gaps in the pedestrian's track, and in the target's, before the crossing was over.
    pub gaps: (usize, usize),
}

/// Rows of one crossing.
#[derive(Debug, Default)]
struct Rows {
    frames: Vec<FrameRow>,
    vehicles: Vec<VehicleRow>,
    world: Vec<WorldRow>,
    events: Vec<EventRow>,
}

/// The measures of a crossing, the `trial_n`th of its table: by the same code as a session's, from frames at the
/// pedestrian's samples.
pub fn recorded(street: &Street, crossing: &Crossing, trial_n: u32) -> Option<Recorded> {
    let origin_ns = crossing.pedestrian.first()?.time_ns;
    let since = |samples: &[Sample]| -> Vec<Sample> {
        samples.iter().map(|sample| Sample { time_ns: sample.time_ns - origin_ns, ..*sample }).collect()
    };
    let body = since(&crossing.pedestrian);
    let motion = Motion::of(street, &since(&crossing.target))?;
    let longest_gap_ns = nanoseconds(street.tracks.longest_gap_s);
    let mut rows = Rows::default();
    let mut body_gaps = 0;
    let mut across = false;
    for (i, sample) in body.iter().enumerate() {
        rows.frame(street, sample.time_ns, Some(sample.at_m), &motion);
        across |= street.site().past_far_kerb_m(sample.at_m) >= 0.0;
        if body.get(i + 1).is_some_and(|next| next.time_ns - sample.time_ns > longest_gap_ns) {
            rows.frame(street, sample.time_ns + longest_gap_ns, None, &motion);
            body_gaps += usize::from(!across);
        }
    }
    let last_ns = body.last()?.time_ns;
    let passed = rows.zone_events(street, &motion, last_ns);
    let braking_ns = crossing.events.iter().find(|(_, name)| *name == "braking_onset").map(|(ns, _)| ns - origin_ns);
    for (time_ns, name) in &crossing.events {
        rows.event(name, time_ns - origin_ns);
    }
    rows.world(street, &motion, braking_ns);
    let zone_end_m = street.zone()?.to_s_m + street.tracks.vehicle.length_m;
    let target_gaps =
        (0..motion.samples.len()).filter(|i| motion.gap_after(*i) && motion.samples[*i].front_s_m < zone_end_m).count();
    let mut marks = Vec::new();
    marks.extend((body_gaps > 0).then_some(PEDESTRIAN_GAP));
    marks.extend((target_gaps > 0 || passed.is_err()).then_some(TARGET_GAP));
    let trial = trial(street, crossing, trial_n, marks.join(" "), (passed.is_err(), last_ns));
    let of = TrialRows {
        trial: &trial,
        frames: &rows.frames,
        vehicles: &rows.vehicles,
        world: &rows.world,
        events: &rows.events,
    };
    let largest_ns = body.windows(2).map(|pair| pair[1].time_ns - pair[0].time_ns).max()?;
    // There was no display: the frames are the pedestrian's samples.
    let measures = MeasureRow {
        largest_frame_gap_ms: Real::new(seconds(largest_ns) * 1000.0),
        late_frames: None,
        frame_interval_p50_ms: Real::NA,
        frame_interval_p99_ms: Real::NA,
        ..measure(&street.setup, &of)
    };
    Some(Recorded { measures, samples: body.len(), gaps: (body_gaps, target_gaps) })
}

impl Rows {
    /// A frame; the target in it where its track tells.
    fn frame(&mut self, street: &Street, time_ns: i64, ground_m: Option<DVec2>, motion: &Motion) {
        let frame_n = self.frames.len() as u64 + 1;
        self.frames.push(frame(frame_n, time_ns, ground_m, street.tracks.body_point));
        if let Some(state) = motion.at(time_ns) {
            self.vehicles.extend(vehicle(street, frame_n, &state));
        }
    }

    /// When the target entered and left its zone, as far as it did; an error where that is hidden.
    fn zone_events(&mut self, street: &Street, motion: &Motion, until_ns: i64) -> Result<(), Hidden> {
        let Some(zone) = street.zone() else { return Err(Hidden) };
        let places = [
            ("target_enters_zone", zone.from_s_m),
            ("target_leaves_zone", zone.to_s_m + street.tracks.vehicle.length_m),
        ];
        for (name, s_m) in places {
            if let Some(at_ns) = motion.passes(s_m, until_ns)? {
                self.event(name, at_ns);
            }
        }
        Ok(())
    }

    /// An event, at the first frame at or after it.
    fn event(&mut self, name: &'static str, at_ns: i64) {
        let at = self.frames.partition_point(|frame| frame.display_time_ns < at_ns).min(self.frames.len() - 1);
        let frame = &self.frames[at];
        self.events.push(EventRow {
            trial_n: Some(1),
            event_n: self.events.len() as u64 + 1,
            event: Text::fixed(name),
            source: Source::World,
            frame_n: frame.frame_n,
            display_time_ns: frame.display_time_ns,
            world_time_ns: Some(at_ns),
            vehicle_n: Some(TARGET_N),
            value: Rate::NA,
            detail: Text::NA,
        });
    }

    /// The target at its own samples.
    fn world(&mut self, street: &Street, motion: &Motion, braking_ns: Option<i64>) {
        for (tick_n, sample) in (0..).zip(&motion.samples) {
            let Some(row) = motion.at(sample.time_ns).and_then(|state| vehicle(street, 0, &state)) else { continue };
            let braking = braking_ns.is_some_and(|braking_ns| braking_ns <= sample.time_ns);
            let policy_state = if braking { PolicyState::Braking } else { PolicyState::Driving };
            self.world.push(tick(tick_n, &row, policy_state));
        }
    }
}

fn trial(
    street: &Street,
    crossing: &Crossing,
    trial_n: u32,
    marks: String,
    (hidden, last_ns): (bool, i64),
) -> TrialRow {
    TrialRow {
        participant: Text::new(&crossing.participant),
        session_n: 1,
        trial_n,
        attempt_n: 1,
        redo_of_trial_n: None,
        redo_reason: Text::NA,
        plan_n: trial_n,
        block_n: None,
        block_trial_n: trial_n,
        kind: TrialKind::Main,
        cell_id: Text::NA,
        repetition_n: None,
        pilot: false,
        simulated: false,
        site_id: Text::new(&street.site().id),
        cue: street.tracks.cue.map_or(Text::NA, |cue| Text::fixed(cue.event())),
        outcome: if hidden { TrialOutcome::Interrupted } else { TrialOutcome::Never },
        marks: Text::new(marks),
        first_frame_n: Some(1),
        last_frame_n: None,
        start_display_time_ns: Some(0),
        end_display_time_ns: Some(last_ns),
    }
}

fn frame(frame_n: u64, time_ns: i64, ground_m: Option<DVec2>, source: GroundSource) -> FrameRow {
    FrameRow {
        trial_n: 1,
        frame_n,
        display_time_ns: time_ns,
        world_time_ns: Some(time_ns),
        world_tick_n: None,
        phase: Phase::Approach,
        head_flags: 0,
        head_stage_x_m: Metres::NA,
        head_stage_y_m: Metres::NA,
        head_stage_z_m: Metres::NA,
        head_stage_qx: Angle::NA,
        head_stage_qy: Angle::NA,
        head_stage_qz: Angle::NA,
        head_stage_qw: Angle::NA,
        calibration_n: 0,
        head_site_x_m: Metres::NA,
        head_site_y_m: Metres::NA,
        head_site_z_m: Metres::NA,
        head_site_yaw_rad: Angle::NA,
        head_site_pitch_rad: Angle::NA,
        ground_site_x_m: Real::option(ground_m.map(|at| at.x)),
        ground_site_y_m: Real::option(ground_m.map(|at| at.y)),
        ground_source: ground_m.map(|_| source),
        trigger_share: Share::NA,
        buttons: 0,
        gaze_flags: None,
        gaze_stage_x_m: Metres::NA,
        gaze_stage_y_m: Metres::NA,
        gaze_stage_z_m: Metres::NA,
        gaze_stage_dx: Angle::NA,
        gaze_stage_dy: Angle::NA,
        gaze_stage_dz: Angle::NA,
        left_flags: None,
        left_stage_x_m: Metres::NA,
        left_stage_y_m: Metres::NA,
        left_stage_z_m: Metres::NA,
        left_stage_qx: Angle::NA,
        left_stage_qy: Angle::NA,
        left_stage_qz: Angle::NA,
        left_stage_qw: Angle::NA,
        right_flags: None,
        right_stage_x_m: Metres::NA,
        right_stage_y_m: Metres::NA,
        right_stage_z_m: Metres::NA,
        right_stage_qx: Angle::NA,
        right_stage_qy: Angle::NA,
        right_stage_qz: Angle::NA,
        right_stage_qw: Angle::NA,
    }
}

/// The target in a frame; its acceleration is not known.
fn vehicle(street: &Street, frame_n: u64, state: &State) -> Option<VehicleRow> {
    let (zone, lane, along) = (street.zone()?, street.lane()?, state.along);
    Some(VehicleRow {
        trial_n: 1,
        frame_n,
        vehicle_n: TARGET_N,
        role: Role::Target,
        world_tick_n: 0,
        world_time_ns: along.time_ns,
        age_ns: 0,
        interpolated: state.interpolated,
        site_x_m: Real::new(along.centre_m.x),
        site_y_m: Real::new(along.centre_m.y),
        site_z_m: Real::new(0.0),
        site_yaw_rad: Real::new(along.yaw_rad),
        site_pitch_rad: Real::new(0.0),
        site_roll_rad: Real::new(0.0),
        speed_mps: Real::option(state.speed_mps),
        accel_mps2: Real::NA,
        to_pedestrian_line_m: Real::new(lane.pedestrian_line_s_m - along.front_s_m),
        to_zone_m: Real::new(zone.from_s_m - along.front_s_m),
        rear_to_zone_end_m: Real::new(zone.to_s_m - along.front_s_m + street.tracks.vehicle.length_m),
        light_state: LightState::Off,
        light_level: Share::NA,
        brake_light: false,
    })
}

fn tick(tick_n: u64, drawn: &VehicleRow, policy_state: PolicyState) -> WorldRow {
    WorldRow {
        trial_n: 1,
        tick_n,
        world_time_ns: drawn.world_time_ns,
        vehicle_n: drawn.vehicle_n,
        role: drawn.role,
        site_x_m: drawn.site_x_m,
        site_y_m: drawn.site_y_m,
        site_z_m: drawn.site_z_m,
        site_yaw_rad: drawn.site_yaw_rad,
        site_pitch_rad: drawn.site_pitch_rad,
        site_roll_rad: drawn.site_roll_rad,
        speed_mps: drawn.speed_mps,
        accel_mps2: drawn.accel_mps2,
        commanded_accel_mps2: Rate::NA,
        to_pedestrian_line_m: drawn.to_pedestrian_line_m,
        to_zone_m: drawn.to_zone_m,
        rear_to_zone_end_m: drawn.rear_to_zone_end_m,
        policy_state,
        light_state: LightState::Off,
        light_since_ns: None,
        light_level: Share::NA,
        brake_light: false,
    }
}
