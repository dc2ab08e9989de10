//! A recorded participant: gives back each frame's input as it was recorded.

use crate::kernel::participant::{Calibration, TrackedPose};
use crate::kernel::seams::{Answer, Checked, Description, Fault, Gaze, HeadFrame, Headset, Held, Scene};
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::problem::{Place, Problem};
use crate::table::{AnswerRow, CalibrationRow, EventRow, FrameRow, Mark, Source};
use glam::DVec3;
use std::collections::BTreeMap;

/// The inputs of a session, from its record; the readers see to it that rows are in order.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// `frames.csv`
    pub frames: Vec<FrameRow>,
    /// `answers.csv`: what was answered within trials
    pub answers: Vec<AnswerRow>,
    /// `calibrations.csv`
    pub calibrations: Vec<CalibrationRow>,
    /// `events.csv`
    pub events: Vec<EventRow>,
}

/// A headset that replays.
#[derive(Debug)]
pub struct Replayed {
    inputs: Inputs,
    /// Place in `answers.csv` of the answer given in a trial at a display time.
    answers: BTreeMap<(u32, i64), usize>,
    next: usize,
    trial_n: u32,
    calibration_n: u32,
    held: Option<Held>,
}

impl Replayed {
    /// Replays these inputs from the first.
    pub fn new(inputs: Inputs) -> Self {
        let mut answers = BTreeMap::new();
        for (i, answer) in inputs.answers.iter().enumerate() {
            if let Some(trial_n) = answer.trial_n {
                answers.entry((trial_n, answer.answered_display_time_ns)).or_insert(i);
            }
        }
        Self { inputs, answers, next: 0, trial_n: 0, calibration_n: 0, held: None }
    }

    fn calibration(&self, n: u32) -> Option<Calibration> {
        let at = self.inputs.calibrations.binary_search_by_key(&n, |row| row.calibration_n).ok()?;
        let row = self.inputs.calibrations.get(at)?;
        Some(Calibration {
            n,
            site_from_stage_m: [row.site_from_stage_x_m, row.site_from_stage_y_m, row.site_from_stage_z_m],
            yaw_rad: row.site_from_stage_yaw_rad,
            method: method(row.method.as_str()),
            residual_mm: row.residual_mm.known(),
        })
    }

    /// The calibration in force before a trial's first frame; one that came with that frame was an input to it.
    fn begins_with(&self, trial_n: u32, first: Option<&FrameRow>) -> u32 {
        let rows = &self.inputs.calibrations;
        let newest = rows.partition_point(|row| row.trial_n <= Some(trial_n));
        let n = |at: usize| rows.get(at).map(|row| row.calibration_n);
        let Some(first) = first else { return newest.checked_sub(1).and_then(n).unwrap_or(1) };
        let at = rows.partition_point(|row| row.calibration_n < first.calibration_n);
        let came_with_it = rows.get(at).is_some_and(|row| row.trial_n == Some(trial_n) && row.frame_n >= first.frame_n);
        at.checked_sub(1).filter(|_| came_with_it).and_then(n).unwrap_or(first.calibration_n)
    }

    /// Events of a frame; between trials events carry the number of the frame before them.
    fn events(&self, frame_n: u64) -> impl Iterator<Item = &EventRow> {
        let from = self.inputs.events.partition_point(|event| event.frame_n < frame_n);
        let of_frame = self.inputs.events.iter().skip(from).take_while(move |event| event.frame_n == frame_n);
        of_frame.filter(|event| event.trial_n == Some(self.trial_n))
    }

    /// Faults that were inputs to this frame, not found by it: those that began (`fault`) or ended (`fault_over`).
    fn faults(&self, event: &str, frame_n: u64) -> Vec<Fault> {
        self.events(frame_n)
            .filter_map(|row| recorded(event, row))
            .filter(|fault| fault.source != Source::World && is_input(fault.code))
            .collect()
    }

    /// Whether the picture stood still in this frame, as it began or went on.
    fn held(&self, frame_n: u64) -> Option<Held> {
        self.events(frame_n).fold(self.held, |held, event| match event.event.as_str() {
            "picture_held" => Some(Held { frame_n: event.value.known().and_then(whole) }),
            "picture_moves" => None,
            _ => held,
        })
    }

    fn checked(&self, frame_n: u64) -> Vec<Checked> {
        let checks = self.events(frame_n).filter(|event| event.event.as_str() == "calibration_checked");
        let check =
            |event: &EventRow| Checked { measured_m: event.value.known(), detail: event.detail.as_str().to_owned() };
        checks.map(check).collect()
    }

    fn ended(&self) -> Problem {
        // A trial that a device cut short ends in the same words again.
        let lost = self.inputs.events.iter().rev().filter(|event| event.trial_n == Some(self.trial_n));
        let what = lost
            .filter_map(recorded_fault)
            .find(|fault| fault.code == Mark::DeviceLost)
            .map_or_else(|| "the record has no more frames of this trial".to_owned(), |fault| fault.detail);
        Problem::new(Place::file("frames.csv").part(format!("trial {}", self.trial_n)), what, "")
    }
}

/// A fault as `events.csv` holds it.
pub fn recorded_fault(event: &EventRow) -> Option<Fault> {
    recorded("fault", event)
}

fn recorded(name: &str, event: &EventRow) -> Option<Fault> {
    if event.event.as_str() != name {
        return None;
    }
    let (code, detail) = event.detail.as_str().split_once(": ")?;
    Some(Fault { code: Mark::from_word(code)?, detail: detail.to_owned(), source: event.source })
}

/// A number that counts something.
fn whole(value: f64) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let n = value as u64;
    (value >= 0.0).then_some(n)
}

/// Whether a fault came from outside; the frame function finds the others again by itself.
const fn is_input(code: Mark) -> bool {
    !matches!(code, Mark::HeadLost | Mark::NotSettled | Mark::ZoneMissed | Mark::DeviceLost)
}

fn method(word: &str) -> &'static str {
    const METHODS: [&str; 4] = ["fixed", "standing_pose", "touched_points", "recentre"];
    METHODS.iter().find(|known| **known == word).copied().unwrap_or("fixed")
}

impl Headset for Replayed {
    fn describe(&self) -> Description {
        Description { kind: "replayed".into(), details: Vec::new(), simulated: true }
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        self.trial_n = setup.trial_n;
        self.held = None;
        self.next = self.inputs.frames.partition_point(|frame| frame.trial_n < setup.trial_n);
        let first = self.inputs.frames.get(self.next).filter(|frame| frame.trial_n == setup.trial_n);
        let n = self.begins_with(setup.trial_n, first);
        self.calibration_n = n;
        self.calibration(n).ok_or_else(|| {
            let place = Place::file("calibrations.csv").part(format!("trial {}", setup.trial_n));
            Problem::new(place, format!("has no calibration {n}"), "restore the file from a mirror or backup")
        })
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        let Some(row) = self.inputs.frames.get(self.next).filter(|frame| frame.trial_n == self.trial_n) else {
            return Err(self.ended());
        };
        self.next += 1;
        let held = self.held(row.frame_n);
        self.held = held;
        let mut calibration = None;
        if row.calibration_n != self.calibration_n {
            self.calibration_n = row.calibration_n;
            calibration = self.calibration(row.calibration_n);
        }
        let answer = self
            .answers
            .get(&(row.trial_n, row.display_time_ns))
            .and_then(|at| self.inputs.answers.get(*at))
            .map(|a| Answer { value: a.value.as_str().parse().ok(), source: a.source });
        Ok(HeadFrame {
            left: hand(
                row.left_flags,
                [row.left_stage_x_m, row.left_stage_y_m, row.left_stage_z_m],
                [row.left_stage_qx, row.left_stage_qy, row.left_stage_qz, row.left_stage_qw],
            ),
            right: hand(
                row.right_flags,
                [row.right_stage_x_m, row.right_stage_y_m, row.right_stage_z_m],
                [row.right_stage_qx, row.right_stage_qy, row.right_stage_qz, row.right_stage_qw],
            ),
            gaze: row.gaze_flags.map(|flags| Gaze {
                flags,
                origin_m: DVec3::new(
                    row.gaze_stage_x_m.or_nan(),
                    row.gaze_stage_y_m.or_nan(),
                    row.gaze_stage_z_m.or_nan(),
                ),
                direction: DVec3::new(
                    row.gaze_stage_dx.or_nan(),
                    row.gaze_stage_dy.or_nan(),
                    row.gaze_stage_dz.or_nan(),
                ),
            }),
            trigger: row.trigger_share.known(),
            buttons: row.buttons,
            answer,
            calibration,
            faults: self.faults("fault", row.frame_n),
            over: self.faults("fault_over", row.frame_n),
            held,
            checked: self.checked(row.frame_n),
            late: self.events(row.frame_n).any(|event| event.event.as_str() == "late_frame"),
            ..HeadFrame::new(
                DisplayTime(row.display_time_ns),
                TrackedPose::recorded(
                    row.head_flags,
                    [row.head_stage_x_m, row.head_stage_y_m, row.head_stage_z_m],
                    [row.head_stage_qx, row.head_stage_qy, row.head_stage_qz, row.head_stage_qw],
                ),
            )
        })
    }

    fn present(&mut self, _scene: &Scene<'_>) -> Result<(), Problem> {
        Ok(())
    }
}

fn hand(
    flags: Option<u32>,
    position_m: [crate::table::Metres; 3],
    rotation: [crate::table::Angle; 4],
) -> Option<TrackedPose> {
    flags.map(|flags| TrackedPose::recorded(flags, position_m, rotation))
}
