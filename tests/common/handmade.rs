//! A trial's rows made by hand, by closed form: no loop, no world, no headset.
#![allow(dead_code)]

use super::common::{session, straight_site};
use glam::{DQuat, DVec2, DVec3};
use kerbside::kernel::participant::{Calibration, Participant, TrackedPose, flags};
use kerbside::kernel::spec::TrialSpec;
use kerbside::kernel::time::beat_ns;
use kerbside::measures::{TrialRows, measure};
use kerbside::table::{
    Angle, EventRow, FrameRow, LightState, MeasureRow, Phase, PolicyState, Rate, Real, Role, Source, Text,
    TrialOutcome, TrialRow, VehicleRow, WorldRow,
};

/// The approach begins so long after the trial's first frame.
pub const READY_S: f64 = 5.0;

/// One moment of a trial on the straight street of `common`.
#[derive(Clone, Copy)]
pub struct Now {
    /// Where the person stands: x past the kerb line, y along the road; none when the head is lost.
    pub at_m: Option<(f64, f64)>,
    /// Where the head looks, from the walking direction to the left, and up.
    pub look_deg: (f64, f64),
    /// Validity of the head.
    pub head_flags: u32,
    /// Validity of the gaze, and where it looks at the site.
    pub gaze: Option<(u32, DVec3)>,
    /// Target: front bumper to the pedestrian's line, speed, acceleration; none when not drawn.
    pub car: Option<(f64, f64, f64)>,
    pub policy: PolicyState,
    pub trigger: Option<f64>,
}

/// Stands at the start mark and looks ahead; no car, no trigger.
pub const WAITING: Now = Now {
    at_m: Some((-0.5, 0.0)),
    look_deg: (0.0, 0.0),
    head_flags: flags::ALL,
    gaze: None,
    car: None,
    policy: PolicyState::Driving,
    trigger: None,
};

/// A trial by hand.
pub struct Made<'a> {
    pub spec: TrialSpec,
    pub hz: u32,
    /// Frames of approach and crossing.
    pub frames: u64,
    /// Events by name and world time.
    pub events: &'a [(&'static str, f64)],
    /// How the live loop said that it ended.
    pub live: TrialOutcome,
    /// Turn of the stage at the site.
    pub stage_yaw_rad: f64,
}

impl Made<'_> {
    /// The measures of a trial in which `now` gives each moment, in seconds from the start of the approach.
    pub fn measured(&self, now: impl Fn(f64) -> Now) -> MeasureRow {
        let session = session(vec![self.spec.clone()], "MADE");
        let setup = session.setup(1, &session.trials[0]).unwrap();
        let (mut frames, mut vehicles, mut world) = (vec![], vec![], vec![]);
        for k in 0..self.frames {
            let world_ns = beat_ns(k, self.hz);
            let now = now(world_ns as f64 / 1e9 + 1e-8);
            frames.push(self.frame(k + 1, world_ns, &now));
            if let Some(car) = now.car {
                vehicles.push(vehicle(k + 1, world_ns, car));
                world.push(tick(k, world_ns, car, now.policy));
            }
        }
        let events: Vec<EventRow> = self.events.iter().map(|(name, at_s)| self.event(name, *at_s)).collect();
        let trial = self.trial();
        let rows = TrialRows { trial: &trial, frames: &frames, vehicles: &vehicles, world: &world, events: &events };
        measure(&setup, &rows)
    }

    fn calibration(&self) -> Calibration {
        let mark_m = straight_site().start_mark_m;
        Calibration { yaw_rad: Angle::new(self.stage_yaw_rad), ..Calibration::at_mark(1, mark_m) }
    }

    fn frame(&self, frame_n: u64, world_ns: i64, now: &Now) -> FrameRow {
        let calibration = self.calibration();
        let head = now.at_m.map_or(TrackedPose::LOST, |(x, y)| {
            let (yaw_rad, pitch_rad) = (now.look_deg.0.to_radians(), now.look_deg.1.to_radians());
            let turn = DQuat::from_rotation_y(yaw_rad - self.stage_yaw_rad) * DQuat::from_rotation_x(pitch_rad);
            TrackedPose::new(now.head_flags, calibration.stage_from_site(DVec3::new(x, y, 1.6)), turn)
        });
        let here = Participant::locate(&head, &calibration);
        let ([x, y, z], [qx, qy, qz, qw]) = head.fields();
        let ground = here.ground_m();
        let ray = |look: DVec3| calibration.stage_from_site(look) - calibration.stage_from_site(DVec3::ZERO);
        let gaze = now.gaze.map(|(flags, look)| (flags, ray(look.normalize())));
        let gaze_d = |of: fn(DVec3) -> f64| Real::option(gaze.map(|(_, ray)| of(ray)));
        FrameRow {
            trial_n: 1,
            frame_n,
            display_time_ns: (READY_S * 1e9) as i64 + world_ns,
            world_time_ns: Some(world_ns),
            world_tick_n: Some(0),
            phase: Phase::Approach,
            head_flags: head.flags,
            head_stage_x_m: x,
            head_stage_y_m: y,
            head_stage_z_m: z,
            head_stage_qx: qx,
            head_stage_qy: qy,
            head_stage_qz: qz,
            head_stage_qw: qw,
            calibration_n: 1,
            head_site_x_m: here.head_m[0],
            head_site_y_m: here.head_m[1],
            head_site_z_m: here.head_m[2],
            head_site_yaw_rad: here.yaw_rad,
            head_site_pitch_rad: here.pitch_rad,
            ground_site_x_m: Real::option(ground.map(|g: DVec2| g.x)),
            ground_site_y_m: Real::option(ground.map(|g: DVec2| g.y)),
            ground_source: here.source,
            trigger_share: Real::option(now.trigger),
            buttons: 0,
            gaze_flags: gaze.map(|(flags, _)| flags),
            gaze_stage_x_m: x,
            gaze_stage_y_m: y,
            gaze_stage_z_m: z,
            gaze_stage_dx: gaze_d(|ray| ray.x),
            gaze_stage_dy: gaze_d(|ray| ray.y),
            gaze_stage_dz: gaze_d(|ray| ray.z),
            left_flags: None,
            left_stage_x_m: Real::NA,
            left_stage_y_m: Real::NA,
            left_stage_z_m: Real::NA,
            left_stage_qx: Real::NA,
            left_stage_qy: Real::NA,
            left_stage_qz: Real::NA,
            left_stage_qw: Real::NA,
            right_flags: None,
            right_stage_x_m: Real::NA,
            right_stage_y_m: Real::NA,
            right_stage_z_m: Real::NA,
            right_stage_qx: Real::NA,
            right_stage_qy: Real::NA,
            right_stage_qz: Real::NA,
            right_stage_qw: Real::NA,
        }
    }

    /// The first frame at or after the event shows it.
    fn event(&self, name: &'static str, at_s: f64) -> EventRow {
        let at_ns = (at_s * 1e9) as i64;
        let k = (0..self.frames).find(|k| beat_ns(*k, self.hz) >= at_ns).unwrap();
        EventRow {
            trial_n: Some(1),
            event_n: 1,
            event: Text::fixed(name),
            source: Source::World,
            frame_n: k + 1,
            display_time_ns: (READY_S * 1e9) as i64 + beat_ns(k, self.hz),
            world_time_ns: Some(at_ns),
            vehicle_n: Some(if name == "gap_opens" { 2 } else { 1 }),
            value: Rate::NA,
            detail: Text::NA,
        }
    }

    fn trial(&self) -> TrialRow {
        TrialRow {
            participant: Text::fixed("MADE"),
            session_n: 1,
            trial_n: 1,
            attempt_n: 1,
            redo_of_trial_n: None,
            redo_reason: Text::NA,
            plan_n: 1,
            block_n: Some(1),
            block_trial_n: 1,
            kind: self.spec.kind,
            cell_id: Text::fixed("cell"),
            repetition_n: Some(1),
            pilot: false,
            simulated: true,
            site_id: Text::fixed("right"),
            cue: Text::fixed(self.spec.cue.event()),
            outcome: self.live,
            marks: Text::NA,
            first_frame_n: Some(1),
            last_frame_n: Some(self.frames.max(1)),
            start_display_time_ns: Some(0),
            end_display_time_ns: Some((READY_S * 1e9) as i64 + beat_ns(self.frames, self.hz)),
        }
    }
}

/// Comes from the left on the near lane, 4.5 m long; its zone lies from 2 m before the pedestrian's line to 2 m after.
fn vehicle(frame_n: u64, world_ns: i64, (to_line_m, speed_mps, accel_mps2): (f64, f64, f64)) -> VehicleRow {
    VehicleRow {
        trial_n: 1,
        frame_n,
        vehicle_n: 1,
        role: Role::Target,
        world_tick_n: 0,
        world_time_ns: world_ns,
        age_ns: 0,
        interpolated: false,
        site_x_m: Real::new(1.75),
        site_y_m: Real::new(to_line_m + 2.25),
        site_z_m: Real::new(0.0),
        site_yaw_rad: Real::new(-std::f64::consts::FRAC_PI_2),
        site_pitch_rad: Real::new(0.0),
        site_roll_rad: Real::new(0.0),
        speed_mps: Real::new(speed_mps),
        accel_mps2: Real::new(accel_mps2),
        to_pedestrian_line_m: Real::new(to_line_m),
        to_zone_m: Real::new(to_line_m - 2.0),
        rear_to_zone_end_m: Real::new(to_line_m + 4.5 + 2.0),
        light_state: LightState::Off,
        light_level: Real::new(0.0),
        brake_light: false,
    }
}

fn tick(tick_n: u64, world_ns: i64, car: (f64, f64, f64), policy_state: PolicyState) -> WorldRow {
    let drawn = vehicle(1, world_ns, car);
    WorldRow {
        trial_n: 1,
        tick_n,
        world_time_ns: world_ns,
        vehicle_n: 1,
        role: Role::Target,
        site_x_m: drawn.site_x_m,
        site_y_m: drawn.site_y_m,
        site_z_m: drawn.site_z_m,
        site_yaw_rad: drawn.site_yaw_rad,
        site_pitch_rad: drawn.site_pitch_rad,
        site_roll_rad: drawn.site_roll_rad,
        speed_mps: drawn.speed_mps,
        accel_mps2: drawn.accel_mps2,
        commanded_accel_mps2: drawn.accel_mps2,
        to_pedestrian_line_m: drawn.to_pedestrian_line_m,
        to_zone_m: drawn.to_zone_m,
        rear_to_zone_end_m: drawn.rear_to_zone_end_m,
        policy_state,
        light_state: LightState::Off,
        light_since_ns: None,
        light_level: Real::new(0.0),
        brake_light: false,
    }
}
