//! Every table of the record, one struct each, in the order of `ARCHITECTURE.md`.
//!
//! A column, once released, never changes its name, unit or meaning; later work
//! adds files and rows. Only tables under `derived/` may gain columns.

use super::{
    AnswerSource, CopyKind, Free, GroundSource, InstrumentRow, LightState, LongRow, MeasureRow, Occasion,
    ParticipantRow, Phase, PolicyState, Real, Role, Scope, ScoreRow, SensorKind, SessionRow, Source, TableInfo, Text,
    TrialKind, TrialOutcome, TrialVerdictRow, table,
};

/// A length in metres, to 0.01 mm.
pub type Metres = Real<5>;
/// A speed, an acceleration or a duration in seconds, to five decimals.
pub type Rate = Real<5>;
/// An angle in radians or a part of a unit quaternion, to six decimals.
pub type Angle = Real<6>;
/// A place in a picture, to a hundredth of a pixel.
pub type Pixels = Real<2>;
/// Degrees on Earth, to 0.1 mm.
pub type EarthDegrees = Real<9>;
/// A share or level from 0 to 1, to four decimals.
pub type Share = Real<4>;

table! {
    /// One row per attempt at a trial, written when the trial ends.
    pub struct TrialRow in "trials.csv" {
        /// Participant's code, never a name.
        participant: Text,
        /// Session of this participant, from 1.
        session_n: u32,
        /// Running number of the attempt within the session, from 1; the key of every other table of the session.
        trial_n: u32,
        /// Attempt at this trial of the plan, from 1; a redone or interrupted trial has several.
        attempt_n: u32,
        /// The earlier trial_n that this attempt repeats.
        redo_of_trial_n: Option<u32>,
        /// Why it was repeated.
        redo_reason: Text,
        /// Position in this session's plan, from 1, practice and catch trials counted.
        plan_n: u32,
        /// Block, from 1; NA for practice before the first block.
        block_n: Option<u32>,
        /// Position within the block, from 1.
        block_trial_n: u32,
        /// What the trial is for.
        kind: TrialKind,
        /// The design's cell: levels of the within-subject factors joined by '+', in the study's order.
        cell_id: Text,
        /// Repetition of this cell, from 1; NA outside the cells.
        repetition_n: Option<u32>,
        /// 1 when recorded in pilot mode.
        pilot: bool,
        /// 1 when the participant was simulated or scripted.
        simulated: bool,
        /// Site of the session (see session.json, sites) whose frame the trial's coordinates use.
        site_id: Text,
        /// The primary cue from which crossing initiation is counted.
        cue: Text,
        /// How the trial ended, as the live loop saw it.
        outcome: TrialOutcome,
        /// Faults that mark the trial, codes separated by spaces; NA when clean.
        marks: Text,
        /// First frame of the trial; NA when a crash cut the attempt short and its frames lie in recovered/.
        first_frame_n: Option<u64>,
        /// Last frame of the trial; NA when a crash cut the attempt short and its frames lie in recovered/.
        last_frame_n: Option<u64>,
        /// Display time of the first frame; NA when a crash cut the attempt short and its frames lie in recovered/.
        start_display_time_ns: Option<i64>,
        /// Display time of the last frame; NA when a crash cut the attempt short and its frames lie in recovered/.
        end_display_time_ns: Option<i64>,
    }
}

table! {
    /// One row per trial and factor or setting, written when the trial ends.
    pub struct ConditionRow in "conditions.csv" {
        /// Trial attempt, as in trials.csv.
        trial_n: u32,
        /// Whether this is a factor of the design or a setting in force.
        scope: Scope,
        /// Name of the factor or setting; a setting's name ends in its unit.
        factor: Text,
        /// Level of the factor or value of the setting.
        level: Text,
    }
}

table! {
    /// One row per frame: the participant, as the frame's input and as placed at the site.
    #[derive(Copy)]
    pub struct FrameRow in "frames.csv" {
        /// Trial attempt, as in trials.csv.
        trial_n: u32,
        /// Running number of the frame within the session.
        frame_n: u64,
        /// When the headset displays this frame: its predicted display time.
        display_time_ns: i64,
        /// World time of the vehicles as drawn; NA when there is no traffic yet.
        world_time_ns: Option<i64>,
        /// Newest tick of the world known at this frame; NA when there is no traffic yet.
        world_tick_n: Option<u64>,
        /// Phase of the trial after this frame.
        phase: Phase,
        /// Validity of the head pose, OpenXR's bits: 1 orientation valid, 2 position valid, 4 orientation tracked, 8 position tracked.
        head_flags: u32,
        /// Head in the stage frame (x right, y up, -z forward); NA when not valid.
        head_stage_x_m: Metres,
        /// Head in the stage frame, up; NA when not valid.
        head_stage_y_m: Metres,
        /// Head in the stage frame, backward; NA when not valid.
        head_stage_z_m: Metres,
        /// Head orientation in the stage frame, quaternion x.
        head_stage_qx: Angle,
        /// Head orientation in the stage frame, quaternion y.
        head_stage_qy: Angle,
        /// Head orientation in the stage frame, quaternion z.
        head_stage_qz: Angle,
        /// Head orientation in the stage frame, quaternion w.
        head_stage_qw: Angle,
        /// Calibration in force, as in calibrations.csv.
        calibration_n: u32,
        /// Head in the site frame (origin at the start kerb's middle, x along the walking direction).
        head_site_x_m: Metres,
        /// Head in the site frame (y to the left, along the road).
        head_site_y_m: Metres,
        /// Head in the site frame (z up from the origin).
        head_site_z_m: Metres,
        /// Direction of the head in the site's plane, counter-clockwise from x.
        head_site_yaw_rad: Angle,
        /// Elevation of the head's direction, positive up.
        head_site_pitch_rad: Angle,
        /// Ground point in the site frame, x; NA when nothing is tracked.
        ground_site_x_m: Metres,
        /// Ground point in the site frame, y.
        ground_site_y_m: Metres,
        /// Which point of the body was put on the ground.
        ground_source: Option<GroundSource>,
        /// Continuous report, 0 to 1; NA without a trigger.
        trigger_share: Share,
        /// Buttons held: 1 select, 2 stop, 4 menu.
        buttons: u32,
        /// Validity of the gaze, bits as head_flags; NA without an eye tracker.
        gaze_flags: Option<u32>,
        /// Gaze origin in the stage frame, x.
        gaze_stage_x_m: Metres,
        /// Gaze origin in the stage frame, y.
        gaze_stage_y_m: Metres,
        /// Gaze origin in the stage frame, z.
        gaze_stage_z_m: Metres,
        /// Gaze direction in the stage frame, x of a unit vector.
        gaze_stage_dx: Angle,
        /// Gaze direction in the stage frame, y of a unit vector.
        gaze_stage_dy: Angle,
        /// Gaze direction in the stage frame, z of a unit vector.
        gaze_stage_dz: Angle,
        /// Validity of the left hand's grip pose, bits as head_flags; NA without a tracked hand.
        left_flags: Option<u32>,
        /// Left hand in the stage frame, x.
        left_stage_x_m: Metres,
        /// Left hand in the stage frame, y.
        left_stage_y_m: Metres,
        /// Left hand in the stage frame, z.
        left_stage_z_m: Metres,
        /// Left hand's orientation in the stage frame, quaternion x.
        left_stage_qx: Angle,
        /// Left hand's orientation in the stage frame, quaternion y.
        left_stage_qy: Angle,
        /// Left hand's orientation in the stage frame, quaternion z.
        left_stage_qz: Angle,
        /// Left hand's orientation in the stage frame, quaternion w.
        left_stage_qw: Angle,
        /// Validity of the right hand's grip pose, bits as head_flags; NA without a tracked hand.
        right_flags: Option<u32>,
        /// Right hand in the stage frame, x.
        right_stage_x_m: Metres,
        /// Right hand in the stage frame, y.
        right_stage_y_m: Metres,
        /// Right hand in the stage frame, z.
        right_stage_z_m: Metres,
        /// Right hand's orientation in the stage frame, quaternion x.
        right_stage_qx: Angle,
        /// Right hand's orientation in the stage frame, quaternion y.
        right_stage_qy: Angle,
        /// Right hand's orientation in the stage frame, quaternion z.
        right_stage_qz: Angle,
        /// Right hand's orientation in the stage frame, quaternion w.
        right_stage_qw: Angle,
    }
}

table! {
    /// One row per frame and tracked joint of the body, where there is a body tracker; the head alone stands in frames.csv.
    pub struct BodyRow in "body.csv" {
        /// Trial attempt, as in trials.csv.
        trial_n: u32,
        /// Frame that used the sample.
        frame_n: u64,
        /// Name of the tracker.
        tracker: Text,
        /// The tracker's own number of the sample.
        sample_n: u64,
        /// The tracker's own time of the sample.
        sample_time_ns: Option<i64>,
        /// Display time of the frame less the display time of the sample's arrival.
        age_ns: Option<i64>,
        /// Joint of the skeleton.
        joint: Text,
        /// Validity, bits as frames.csv's head_flags.
        flags: u32,
        /// Joint in the stage frame, x.
        stage_x_m: Metres,
        /// Joint in the stage frame, y.
        stage_y_m: Metres,
        /// Joint in the stage frame, z.
        stage_z_m: Metres,
        /// Orientation in the stage frame, quaternion x.
        stage_qx: Angle,
        /// Orientation in the stage frame, quaternion y.
        stage_qy: Angle,
        /// Orientation in the stage frame, quaternion z.
        stage_qz: Angle,
        /// Orientation in the stage frame, quaternion w.
        stage_qw: Angle,
    }
}

table! {
    /// True parameters of a simulated participant; no analysis reads it by default.
    pub struct TruthRow in "truth.csv" {
        /// Trial attempt, as in trials.csv; NA for what holds all session.
        trial_n: Option<u32>,
        /// Name of the parameter, unit included.
        parameter: Text,
        /// Its value.
        value: Free,
    }
}

table! {
    /// One row per frame and vehicle, as drawn; while a headset's picture stands still (events picture_held to picture_moves) as it would be drawn, not as it is seen.
    #[derive(Copy)]
    pub struct VehicleRow in "vehicles.csv" {
        /// Trial attempt, as in trials.csv.
        trial_n: u32,
        /// Frame in which it was drawn.
        frame_n: u64,
        /// Number of the vehicle within the trial, from 1.
        vehicle_n: u32,
        /// Role of the vehicle.
        role: Role,
        /// Newest tick of the world used for it.
        world_tick_n: u64,
        /// World time of the state as drawn.
        world_time_ns: i64,
        /// Display time less the display time that belongs to the drawn world time; 0 when drawn for the moment it is seen.
        age_ns: i64,
        /// 1 when the state lies between two ticks, 0 when it is a tick's own.
        interpolated: bool,
        /// Centre of the footprint in the site frame, x.
        site_x_m: Metres,
        /// Centre of the footprint in the site frame, y.
        site_y_m: Metres,
        /// Ground height under the centre in the site frame.
        site_z_m: Metres,
        /// Heading in the site frame, counter-clockwise from x.
        site_yaw_rad: Angle,
        /// Pitch, nose up positive.
        site_pitch_rad: Angle,
        /// Roll, right side down positive.
        site_roll_rad: Angle,
        /// Speed along the heading.
        speed_mps: Rate,
        /// Acceleration along the heading, dv/dt.
        accel_mps2: Rate,
        /// Front bumper to the pedestrian's line along the lane; negative once past.
        to_pedestrian_line_m: Metres,
        /// Front bumper to the near edge of the vehicle's conflict zone along the lane; negative once past.
        to_zone_m: Metres,
        /// Rear bumper to the far edge of the conflict zone along the lane; negative once it has left.
        rear_to_zone_end_m: Metres,
        /// What the external light says.
        light_state: LightState,
        /// Brightness of the external light as drawn, 0 to 1 of the concept's own.
        light_level: Share,
        /// 1 when the brake lights are on.
        brake_light: bool,
    }
}

table! {
    /// One row per tick of the world and vehicle, as simulated.
    #[derive(Copy)]
    pub struct WorldRow in "world.csv" {
        /// Trial attempt, as in trials.csv.
        trial_n: u32,
        /// The world's own number of the tick.
        tick_n: u64,
        /// The world's own time; 0 is the start of the approach, and less than 0 only what a delayed picture of it shows.
        world_time_ns: i64,
        /// Number of the vehicle within the trial, from 1.
        vehicle_n: u32,
        /// Role of the vehicle.
        role: Role,
        /// Centre of the footprint in the site frame, x.
        site_x_m: Metres,
        /// Centre of the footprint in the site frame, y.
        site_y_m: Metres,
        /// Ground height under the centre in the site frame.
        site_z_m: Metres,
        /// Heading in the site frame, counter-clockwise from x.
        site_yaw_rad: Angle,
        /// Pitch, nose up positive.
        site_pitch_rad: Angle,
        /// Roll, right side down positive.
        site_roll_rad: Angle,
        /// Speed along the heading.
        speed_mps: Rate,
        /// Acceleration along the heading, dv/dt.
        accel_mps2: Rate,
        /// Acceleration the policy commanded.
        commanded_accel_mps2: Rate,
        /// Front bumper to the pedestrian's line along the lane; negative once past.
        to_pedestrian_line_m: Metres,
        /// Front bumper to the near edge of the vehicle's conflict zone along the lane; negative once past.
        to_zone_m: Metres,
        /// Rear bumper to the far edge of the conflict zone along the lane; negative once it has left.
        rear_to_zone_end_m: Metres,
        /// What the policy is doing.
        policy_state: PolicyState,
        /// What the external light says.
        light_state: LightState,
        /// World time since which the light has been in this state; NA when since before the trial.
        light_since_ns: Option<i64>,
        /// Brightness of the external light at this tick, 0 to 1 of the concept's own.
        light_level: Share,
        /// 1 when the brake lights are on.
        brake_light: bool,
    }
}

table! {
    /// One row per event, in the order in which frames showed them.
    pub struct EventRow in "events.csv" {
        /// Trial attempt, as in trials.csv; NA between trials.
        trial_n: Option<u32>,
        /// Running number of the event within the session, from 1.
        event_n: u64,
        /// Name of the event; `kerbside codebook` lists them.
        event: Text,
        /// Where it came from.
        source: Source,
        /// First frame that showed it.
        frame_n: u64,
        /// Display time of that frame.
        display_time_ns: i64,
        /// World time at which it happened, exact within a tick; NA for what has no world time.
        world_time_ns: Option<i64>,
        /// Vehicle it concerns.
        vehicle_n: Option<u32>,
        /// A number that belongs to it, in the unit the codebook names.
        value: Rate,
        /// Words that belong to it.
        detail: Text,
    }
}

table! {
    /// One row per answer; a revised answer has a row of its own.
    pub struct AnswerRow in "answers.csv" {
        /// Trial attempt, as in trials.csv; NA outside trials.
        trial_n: Option<u32>,
        /// When it was asked.
        occasion: Occasion,
        /// Block after which it was asked; NA otherwise.
        block_n: Option<u32>,
        /// Instrument the item belongs to.
        instrument: Text,
        /// Version of the instrument's file.
        instrument_version: Text,
        /// Item within the instrument.
        item: Text,
        /// Language in which it was shown.
        language: Text,
        /// The answer as stored by the instrument, before any reverse key; NA when left out.
        value: Text,
        /// Display time at which the item was shown.
        shown_display_time_ns: i64,
        /// Display time at which it was answered.
        answered_display_time_ns: i64,
        /// 1 for the first answer, counting up as it is revised.
        revision_n: u32,
        /// Who gave it and by what means.
        source: AnswerSource,
        /// 1 when the participant was simulated or scripted.
        simulated: bool,
    }
}

table! {
    /// Simultaneous readings of the clocks; volatile: not equal between two runs.
    pub struct ClockRow in "clocks.csv" {
        /// Trial attempt, as in trials.csv; NA between trials.
        trial_n: Option<u32>,
        /// Frame at which the clocks were read.
        frame_n: u64,
        /// Which source's clock stands in source_time_ns.
        clock: Text,
        /// Display time.
        display_time_ns: i64,
        /// The host's monotonic clock, from the session's start.
        host_time_ns: i64,
        /// World time; NA without traffic.
        world_time_ns: Option<i64>,
        /// The source's own time, such as a tracker's; NA where there is none.
        source_time_ns: Option<i64>,
        /// Wall time in UTC, ISO 8601; once per session and with each note.
        wall_time_utc: Text,
    }
}

table! {
    /// One row per calibration of the stage to the site; a recentre makes a new one.
    pub struct CalibrationRow in "calibrations.csv" {
        /// Number of the calibration within the session, from 1.
        calibration_n: u32,
        /// First trial it was used in; NA before the first.
        trial_n: Option<u32>,
        /// First frame it was used in.
        frame_n: u64,
        /// Site whose frame it leads to.
        site_id: Text,
        /// How it was made: fixed, standing_pose, touched_points, recentre.
        method: Text,
        /// Translation of site_from_stage, x.
        site_from_stage_x_m: Metres,
        /// Translation of site_from_stage, y.
        site_from_stage_y_m: Metres,
        /// Translation of site_from_stage, z.
        site_from_stage_z_m: Metres,
        /// Rotation of site_from_stage about the vertical, after stage axes (x right, y up, -z forward) are turned to site axes (-z to x, -x to y, y to z).
        site_from_stage_yaw_rad: Angle,
        /// Root mean square of the residuals; NA without redundant points.
        residual_mm: Real<3>,
    }
}

table! {
    /// One row per file that a sensor on the target vehicle left, in CARLA; what is listed is whole.
    pub struct SensorRow in "sensors.csv" {
        /// Trial attempt, as in trials.csv.
        trial_n: u32,
        /// The world's tick that it shows, as in world.csv.
        world_tick_n: u64,
        /// World time of that tick.
        world_time_ns: i64,
        /// The sensor's name in the study.
        sensor: Text,
        /// What it sees.
        kind: SensorKind,
        /// The file within the session's folder.
        file: Text,
        /// Its length in bytes.
        bytes: u64,
        /// SHA-256 of the file.
        sha256: Text,
        /// The sensor in the site frame, x.
        site_x_m: Metres,
        /// The sensor in the site frame, y.
        site_y_m: Metres,
        /// The sensor in the site frame, z.
        site_z_m: Metres,
        /// Where it looks in the site's plane, counter-clockwise from x.
        site_yaw_rad: Angle,
        /// Where it looks, up positive.
        site_pitch_rad: Angle,
        /// How it is tilted, right side down positive.
        site_roll_rad: Angle,
    }
}

table! {
    /// One row per file of sensors.csv: where the participant's box truly was. No row where no participant was there.
    pub struct LabelRow in "labels.csv" {
        /// Trial attempt, as in trials.csv.
        trial_n: u32,
        /// The world's tick, as in sensors.csv.
        world_tick_n: u64,
        /// World time of that tick.
        world_time_ns: i64,
        /// The sensor's name in the study.
        sensor: Text,
        /// Size of the participant's box along its own facing.
        box_length_m: Metres,
        /// Size of the box across.
        box_width_m: Metres,
        /// Size of the box upwards.
        box_height_m: Metres,
        /// Middle of the box in the site frame, x.
        site_x_m: Metres,
        /// Middle of the box in the site frame, y.
        site_y_m: Metres,
        /// Middle of the box in the site frame, z.
        site_z_m: Metres,
        /// Facing of the box in the site frame, counter-clockwise from x.
        site_yaw_rad: Angle,
        /// Middle of the box in the sensor's frame, ahead.
        sensor_x_m: Metres,
        /// Middle of the box in the sensor's frame, left.
        sensor_y_m: Metres,
        /// Middle of the box in the sensor's frame, up.
        sensor_z_m: Metres,
        /// Facing of the box in the sensor's frame, counter-clockwise from ahead.
        sensor_yaw_rad: Angle,
        /// Left edge of the box in the picture, from the picture's left edge, cut off at the picture; NA where it is not in view and for what has no picture.
        left_px: Pixels,
        /// Upper edge of the box in the picture, from the picture's upper edge; NA as left_px.
        top_px: Pixels,
        /// Right edge of the box in the picture; NA as left_px.
        right_px: Pixels,
        /// Lower edge of the box in the picture; NA as left_px.
        bottom_px: Pixels,
        /// 1 when something stands before the participant; NA: not known.
        occluded: Option<bool>,
    }
}

table! {
    /// One row per frame of a GNSS sensor on the target vehicle, in CARLA: degrees as that version of CARLA reckons them.
    pub struct GnssRow in "gnss.csv" {
        /// Trial attempt, as in trials.csv.
        trial_n: u32,
        /// The world's tick, as in world.csv.
        world_tick_n: u64,
        /// World time of that tick.
        world_time_ns: i64,
        /// The sensor's name in the study.
        sensor: Text,
        /// Degrees north.
        latitude_deg: EarthDegrees,
        /// Degrees east.
        longitude_deg: EarthDegrees,
        /// Height as CARLA gives it.
        altitude_m: Metres,
    }
}

table! {
    /// One row per sealed piece of a file; the last row of each seal chains it to the one before.
    pub struct SealRow in "seals.csv" {
        /// Number of the seal, from 0 (the session's opening).
        seal_n: u32,
        /// Trial that it seals; NA for the opening, the closing and what lies between trials.
        trial_n: Option<u32>,
        /// File sealed; `chain` in the seal's last row.
        file: Text,
        /// First byte of the piece.
        from_byte: u64,
        /// Byte after the last of the piece.
        to_byte: u64,
        /// SHA-256 of the piece; in a `chain` row, of the chain before and this seal's rows.
        sha256: Text,
    }
}

table! {
    /// One row per thing that happened to a participant's place in the study; append-only.
    pub struct RegisterRow in "register.csv" {
        /// Running number of the row, from 1.
        entry_n: u32,
        /// Participant's code.
        participant: Text,
        /// Row of the plan, from 1.
        plan_row: u32,
        /// Group of a between-subject design; NA without one.
        group: Text,
        /// Session concerned; NA for the participant as such.
        session_n: Option<u32>,
        /// enrolled, running, done, stopped, dropped or withdrawn; of somebody who withdrew and whose data are removed: erasing when that begins, erased when it is done.
        state: Text,
        /// Why, for stopped, dropped, withdrawn and erasing; when and what, for erased.
        reason: Text,
        /// Head of the session's seal chain: for done and stopped its last, for running that of the seal with which it was opened.
        session_head: Text,
        /// SHA-256 over the register's head before and this row: the study's head.
        register_head: Text,
    }
}

table! {
    /// One row per decision of a person to leave data out of the analysis, or to take them in again; append-only, written by `kerbside exclude`. Nothing is ever deleted.
    pub struct ExclusionRow in "exclusions.csv" {
        /// Running number of the row, from 1.
        entry_n: u32,
        /// Wall time in UTC, ISO 8601.
        wall_time_utc: Text,
        /// Participant's code.
        participant: Text,
        /// Session concerned; NA for all of the participant's.
        session_n: Option<u32>,
        /// Trial attempt concerned, as in trials.csv; NA for all of the session's.
        trial_n: Option<u32>,
        /// 1 to leave out, 0 to take this decision back; of several rows for the same participant, session and trial the last holds.
        excluded: bool,
        /// Why, in words.
        reason: Text,
    }
}

table! {
    /// One row per place outside the data folder to which its data were copied, so that a withdrawal can look there; append-only.
    pub struct CopyRow in "copies.csv" {
        /// Running number of the row, from 1.
        entry_n: u32,
        /// Wall time in UTC, ISO 8601, when it was first written.
        wall_time_utc: Text,
        /// Whether it is a second copy of the record or what was exported.
        kind: CopyKind,
        /// The folder, as the station that wrote it names it.
        path: Text,
    }
}

/// The tables of a session's folder, in the order of the codebook.
pub const SESSION_TABLES: [TableInfo; 15] = [
    TableInfo::of::<TrialRow>(),
    TableInfo::of::<ConditionRow>(),
    TableInfo::of::<FrameRow>(),
    TableInfo::of::<BodyRow>(),
    TableInfo::of::<VehicleRow>(),
    TableInfo::of::<WorldRow>(),
    TableInfo::of::<EventRow>(),
    TableInfo::of::<AnswerRow>(),
    TableInfo::of::<CalibrationRow>(),
    TableInfo::of::<TruthRow>(),
    TableInfo::of::<ClockRow>(),
    TableInfo::of::<SensorRow>(),
    TableInfo::of::<LabelRow>(),
    TableInfo::of::<GnssRow>(),
    TableInfo::of::<SealRow>(),
];

/// Every table there is, the study's own and the derived ones included.
pub fn all_tables() -> Vec<TableInfo> {
    let mut all = vec![TableInfo::of::<RegisterRow>()];
    all.extend(SESSION_TABLES);
    all.push(TableInfo::of::<MeasureRow>());
    all.push(TableInfo::of::<ScoreRow>());
    all.push(TableInfo::of::<TrialVerdictRow>());
    all.push(TableInfo::of::<LongRow>());
    all.push(TableInfo::of::<ParticipantRow>());
    all.push(TableInfo::of::<ExclusionRow>());
    all.push(TableInfo::of::<CopyRow>());
    all.push(TableInfo::of::<SessionRow>());
    all.push(TableInfo::of::<InstrumentRow>());
    all
}
