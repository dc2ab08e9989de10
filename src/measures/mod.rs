//! What is derived from a trial's record. Pure: the same rows give the same bits.
//!
//! Each measure's definition stands beside its column, in [`crate::table::MeasureRow`].

mod attention;
mod commanded;
mod course;
mod pacing;
mod risk;
mod sightline;
mod spans;
mod trigger;
mod walking;

use crate::kernel::setup::Setup;
use crate::kernel::time::seconds;
use crate::table::{EventRow, FrameRow, MeasureRow, Real, Role, TrialOutcome, TrialRow, VehicleRow, WorldRow};
use attention::Attention;
use commanded::Commanded;
use course::Course;
use pacing::Pace;
use risk::Closing;
use trigger::Report;

/// Reaction time of the required deceleration; stands in its column's name.
const REACTION_S: f64 = 1.0;

/// The rows of one trial.
#[derive(Debug, Clone, Copy)]
pub struct TrialRows<'a> {
    /// Its row of `trials.csv`.
    pub trial: &'a TrialRow,
    /// Its frames.
    pub frames: &'a [FrameRow],
    /// Its vehicles as drawn.
    pub vehicles: &'a [VehicleRow],
    /// Its vehicles as simulated.
    pub world: &'a [WorldRow],
    /// Its events.
    pub events: &'a [EventRow],
}

impl TrialRows<'_> {
    /// The rows up to the frame of a contact, with the ticks that came with it: what a trial measures ends there.
    fn until_contact(self) -> Self {
        let Some(contact) = self.event("contact", None) else { return self };
        let frames = &self.frames[..self.frames.partition_point(|frame| frame.frame_n <= contact.frame_n)];
        let newest = frames.last().and_then(|frame| frame.world_tick_n);
        let events = self.events.partition_point(|event| event.frame_n <= contact.frame_n);
        let world = self.world.partition_point(|row| newest.is_none_or(|newest| row.tick_n <= newest));
        Self { frames, events: &self.events[..events], world: &self.world[..world], ..self }
    }

    /// Display time of an event, exact within a frame: its world time on the clock of the frame that showed it.
    pub fn event_display_ns(&self, event: &str, vehicle_n: Option<u32>) -> Option<i64> {
        let row = self.event(event, vehicle_n)?;
        let frame = self.frame(row.frame_n)?;
        match (row.world_time_ns, frame.world_time_ns) {
            (Some(happened), Some(drawn)) => Some(frame.display_time_ns - (drawn - happened)),
            _ => Some(row.display_time_ns),
        }
    }

    /// The first event of this name, of this vehicle if one is given.
    pub fn event(&self, event: &str, vehicle_n: Option<u32>) -> Option<&EventRow> {
        self.events
            .iter()
            .find(|row| row.event.as_str() == event && (vehicle_n.is_none() || row.vehicle_n == vehicle_n))
    }

    fn frame(&self, frame_n: u64) -> Option<&FrameRow> {
        let at = self.frames.partition_point(|frame| frame.frame_n < frame_n);
        self.frames.get(at).filter(|frame| frame.frame_n == frame_n)
    }

    /// The vehicles as drawn in a frame.
    fn drawn(&self, frame_n: u64) -> &[VehicleRow] {
        let from = self.vehicles.partition_point(|row| row.frame_n < frame_n);
        let to = self.vehicles.partition_point(|row| row.frame_n <= frame_n);
        &self.vehicles[from..to]
    }

    /// The target as drawn in a frame.
    fn target(&self, frame_n: u64) -> Option<&VehicleRow> {
        self.drawn(frame_n).iter().find(|row| row.role == Role::Target)
    }
}

/// Every measure of one trial.
pub fn measure(setup: &Setup, rows: &TrialRows<'_>) -> MeasureRow {
    let rows = &rows.until_contact();
    let trial = rows.trial;
    let frames: Vec<&FrameRow> = rows.frames.iter().filter(|frame| frame.world_time_ns.is_some()).collect();
    let course = Course::of(setup, rows, &frames);
    let attention = Attention::of(setup, rows, &frames);
    let report = Report::of(&frames);
    let pace = Pace::of(rows, &frames);
    let target_n = setup.spec.vehicles.iter().zip(1..).find(|(spec, _)| spec.role == Role::Target).map(|(_, n)| n);
    let stop_line_m = setup.spec.target().map_or(f64::NAN, |target| target.stop_line_m);
    let after = |ns: Option<i64>| match (course.step_off, ns) {
        (Some(at), Some(ns)) => Real::new(seconds(at.display_time_ns - ns)),
        _ => Real::NA,
    };
    let cue_ns = rows.event_display_ns(trial.cue.as_str(), None);
    let braking_ns = rows.event_display_ns("braking_onset", target_n);
    let light_ns = rows.event_display_ns("light_onset", target_n);
    let braking = setup.spec.target().and_then(|target| target.braking);
    let lights_up = setup.spec.target().is_some_and(|target| target.braking.is_some() && target.ehmi.shows_yielding());
    let seen = |expected: bool, ns: Option<i64>| {
        let at = course.step_off.filter(|_| expected)?;
        Some(ns.is_some_and(|ns| ns <= at.display_time_ns))
    };
    let at_step_off = course.step_off.and_then(|at| rows.target(at.frame_n));
    let to_stop_line = |event: &str| {
        let value = rows.event(event, target_n).and_then(|row| row.value.known());
        Real::option(value.map(|to_line_m| to_line_m - stop_line_m))
    };
    let closing = at_step_off.and_then(Closing::of);
    let tta_s = at_step_off.and_then(risk::tta_of);
    let rest_ns = rows.event("vehicle_stopped", target_n).and_then(|row| row.world_time_ns);
    let arrival_ns = rows.event_display_ns("target_enters_zone", target_n);
    let commanded = setup.spec.target().map_or_else(Commanded::default, Commanded::of);
    let crossing = course.crossing();
    let hesitations = course.hesitations();
    let contact_role = course.contact(setup, rows);
    MeasureRow {
        participant: trial.participant.clone(),
        session_n: trial.session_n,
        trial_n: trial.trial_n,
        kind: trial.kind,
        cell_id: trial.cell_id.clone(),
        simulated: trial.simulated,
        marks: trial.marks.clone(),
        outcome: course.outcome(rows, contact_role.is_some()),
        contact_role,
        censored: course.step_off.is_none(),
        step_off_s: after(trial.start_display_time_ns),
        step_backs: course.step_backs,
        zone_turn_backs: course.zone_turn_backs(setup),
        waiting_s: Real::option(course.waiting_s()),
        cit_s: after(cue_ns),
        cit_censored_at_s: match (course.step_off, cue_ns, course.end_ns) {
            (None, Some(cue), Some(end)) => Real::new(seconds(end - cue)),
            _ => Real::NA,
        },
        censored_at_arrival_s: Real::option(arrival_ns.zip(cue_ns).map(|(arrival, cue)| seconds(arrival - cue))),
        step_off_after_braking_s: after(braking_ns),
        step_off_after_light_s: after(light_ns),
        braking_seen: seen(braking.is_some(), braking_ns),
        light_seen: seen(lights_up, light_ns),
        distance_to_zone_m: Real::option(at_step_off.and_then(risk::distance_to_zone_m)),
        distance_to_pedestrian_line_m: at_step_off.map_or(Real::NA, |row| row.to_pedestrian_line_m),
        target_speed_mps: at_step_off.map_or(Real::NA, |row| row.speed_mps),
        tta_s: Real::option(tta_s),
        tta_accel_s: Real::option(at_step_off.and_then(risk::tta_accel_of)),
        drac_mps2: Real::option(closing.map(|closing| closing.required_decel_mps2(0.0))),
        max_drac_mps2: Real::option(course.max_drac_mps2(rows)),
        required_decel_1s_mps2: Real::option(closing.map(|closing| closing.required_decel_mps2(REACTION_S))),
        tau_s: Real::option(closing.map(Closing::tau_s)),
        tau_dot: Real::option(
            closing.zip(at_step_off.and_then(|row| row.accel_mps2.known())).and_then(|(closing, a)| closing.tau_dot(a)),
        ),
        safety_margin_s: Real::option(tta_s.zip(course.until_zone_left_s()).map(|(tta_s, left_s)| tta_s - left_s)),
        min_ttc_s: Real::option(course.least_ttc_s(setup, rows)),
        pet_s: Real::option(course.pet().map(|(pet_s, _)| pet_s)),
        pet_overlap: course.pet().map(|(_, overlap)| overlap),
        crossing_s: Real::option(crossing.map(|(took_s, _)| took_s)),
        walking_speed_mps: Real::option(crossing.map(|(took_s, walked_m)| walked_m / took_s)),
        max_walking_speed_mps: Real::option(course.max_walking_speed_mps()),
        hesitations: hesitations.map(|(count, _)| count),
        hesitation_s: Real::option(hesitations.map(|(_, total_s)| total_s)),
        attention_source: attention.source,
        attention_valid_share: Real::option(attention.valid_share),
        attention_share: Real::option(attention.share),
        looks: attention.looks(),
        first_look_s: Real::option(attention.first_look_s()),
        look_time_s: Real::option(attention.look_time_s()),
        trigger_mean_share: Real::option(report.mean),
        trigger_max_share: Real::option(report.most),
        trigger_above_half_share: Real::option(report.above_half),
        trigger_first_press_s: Real::option(report.first_press_s),
        commanded_decel_mps2: Real::option(braking.map(|braking| braking.decel_mps2)),
        achieved_decel_mps2: Real::option(risk::achieved_decel_mps2(rows.world)),
        commanded_onset_to_stop_line_m: Real::option(commanded.onset_to_stop_line_m),
        onset_to_stop_line_m: to_stop_line("braking_onset"),
        commanded_rest_to_stop_line_m: Real::option(commanded.rest_to_stop_line_m),
        rest_to_stop_line_m: to_stop_line("vehicle_stopped"),
        stopping_gap_m: Real::option(rest_ns.and_then(|rest_ns| risk::stopping_gap_m(rows.world, rest_ns))),
        commanded_light_lead_ms: Real::option(commanded.light_lead_s.map(|lead_s| lead_s * 1000.0)),
        light_lead_ms: Real::option(braking_ns.zip(light_ns).map(|(brake, light)| seconds(brake - light) * 1000.0)),
        frames_untracked: course.untracked,
        largest_frame_gap_ms: Real::option(pace.interval_ms(100)),
        late_frames: pace.late,
        frame_interval_p50_ms: Real::option(pace.interval_ms(50)),
        frame_interval_p99_ms: Real::option(pace.interval_ms(99)),
    }
}

/// Late frames of a trial, as in `late_frames`, and the frames among which they were counted; none without a frame.
pub fn late_frames(rows: &TrialRows<'_>) -> Option<(u32, usize)> {
    let rows = &rows.until_contact();
    let frames: Vec<&FrameRow> = rows.frames.iter().filter(|frame| frame.world_time_ns.is_some()).collect();
    Some((Pace::of(rows, &frames).late?, frames.len()))
}

/// Whether the trial was ended from outside, which no later look at its rows can change.
fn cut_short(outcome: TrialOutcome) -> bool {
    matches!(outcome, TrialOutcome::Aborted | TrialOutcome::Interrupted)
}
