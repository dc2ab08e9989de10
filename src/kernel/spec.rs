//! What a trial is: everything the frame needs to know, complete and checked.
//! Made from a study by `crate::study`; never changed while a trial runs.

use super::ehmi::Ehmi;
use crate::table::{Role, Scope, TrialKind};

/// One trial of a session's plan.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialSpec {
    /// Position in the session's plan, from 1.
    pub plan_n: u32,
    /// Block, from 1; none for practice before the first block.
    pub block_n: Option<u32>,
    /// Position within the block, from 1.
    pub block_trial_n: u32,
    /// What it is for.
    pub kind: TrialKind,
    /// Levels of the within-subject factors joined by `+`.
    pub cell_id: String,
    /// Repetition of the cell, from 1; none outside the cells.
    pub repetition_n: Option<u32>,
    /// Factors and settings in force, for the record.
    pub conditions: Vec<Condition>,
    /// Which of the session's sites, from 0; with alternating sides the person starts at either kerb in turn.
    pub site: usize,
    /// What ends the crossing.
    pub ends: Ends,
    /// Vehicles, the target among them; number 1 is the first.
    pub vehicles: Vec<VehicleSpec>,
    /// The primary cue.
    pub cue: Cue,
    /// Durations and limits.
    pub timing: Timing,
    /// Questions after the trial.
    pub items: Vec<Item>,
}

/// One row of `conditions.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Factor or setting.
    pub scope: Scope,
    /// Its name.
    pub factor: String,
    /// Its level or value.
    pub level: String,
}

/// What ends a trial in which the person crosses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ends {
    /// The far kerb, with the target standing or past its zone.
    FarKerb,
    /// The ground point this far past the kerb line: the room is shorter than the road.
    StepOff {
        /// Past the kerb line.
        past_kerb_m: f64,
    },
}

/// The event from which crossing initiation is counted; exists in every cell of a design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cue {
    /// The leading car's rear bumper passes the pedestrian's line.
    GapOpens,
    /// The vehicles come into view: the approach begins.
    VehicleInView,
    /// A signal to go.
    GoSignal,
}

impl Cue {
    /// The name of its event.
    pub const fn event(self) -> &'static str {
        match self {
            Self::GapOpens => "gap_opens",
            Self::VehicleInView => "vehicle_in_view",
            Self::GoSignal => "go_signal",
        }
    }
}

/// Durations and limits of a trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// How long the participant stands at the mark, facing the road, before it counts as settled.
    pub settle_s: f64,
    /// After this long without settling the trial is aborted and marked.
    pub settle_time_out_s: f64,
    /// From settled to the start of the approach.
    pub ready_s: f64,
    /// From the start of the approach to the end of a trial in which nobody crosses.
    pub time_out_s: f64,
    /// From the start of the approach to the signal to go; none without one.
    pub go_signal_s: Option<f64>,
    /// How near to the start mark counts as at it.
    pub mark_radius_m: f64,
}

/// A vehicle of a trial.
#[derive(Debug, Clone, PartialEq)]
pub struct VehicleSpec {
    /// Its role.
    pub role: Role,
    /// Which of the site's approaches it drives on.
    pub approach: usize,
    /// Length, bumper to bumper.
    pub length_m: f64,
    /// Width, without mirrors.
    pub width_m: f64,
    /// Height.
    pub height_m: f64,
    /// Speed until it brakes.
    pub speed_mps: f64,
    /// Front bumper to the pedestrian's line at the start of the approach.
    pub start_to_pedestrian_line_m: f64,
    /// Stop line before the pedestrian's line.
    pub stop_line_m: f64,
    /// How it yields; none when it drives on.
    pub braking: Option<Braking>,
    /// Its external light.
    pub ehmi: Ehmi,
}

/// How a vehicle yields. Onset, deceleration and stop point are over-determined:
/// the study gives two, the third is derived, and all three stand here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Braking {
    /// Where or when braking begins.
    pub onset: Onset,
    /// Deceleration, constant once reached; positive.
    pub decel_mps2: f64,
    /// How fast the deceleration grows from 0 at onset; none for at once.
    pub jerk_mps3: Option<f64>,
    /// From the decision to yield to the light.
    pub light_delay_s: f64,
    /// From the decision to yield to the brake.
    pub brake_delay_s: f64,
    /// How it drives off again; none when it stays.
    pub leave: Option<Leave>,
}

/// Where or when braking begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Onset {
    /// Front bumper this far before the pedestrian's line; given by distance or by time to arrival.
    AtDistance {
        /// Front bumper to the pedestrian's line.
        to_pedestrian_line_m: f64,
    },
    /// When the pedestrian is detected: near the kerb or on the road, with the vehicle in range.
    Detected {
        /// Front bumper to the pedestrian's line, at most.
        range_m: f64,
        /// How far behind the kerb line a pedestrian still counts.
        kerb_m: f64,
    },
}

/// How a standing vehicle leaves again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leave {
    /// How long the crossing must be clear (the pedestrian past the vehicle's zone) first.
    pub clear_s: f64,
    /// After this long it leaves even if the pedestrian waits on the pavement; none for never.
    pub longest_wait_s: Option<f64>,
    /// How long the light announces the start before the wheels turn.
    pub announce_s: f64,
    /// Acceleration back to its speed.
    pub accel_mps2: f64,
}

/// A question asked after a trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Instrument it belongs to.
    pub instrument: String,
    /// Version of the instrument.
    pub version: String,
    /// Language of its words, a code such as `de`.
    pub language: String,
    /// Its name within the instrument.
    pub id: String,
    /// The words shown.
    pub text: String,
    /// Lowest answer.
    pub least: i64,
    /// Highest answer.
    pub most: i64,
    /// Words at the lowest and highest answer.
    pub poles: (String, String),
}

impl TrialSpec {
    /// The vehicle under study.
    pub fn target(&self) -> Option<&VehicleSpec> {
        self.vehicles.iter().find(|vehicle| vehicle.role == Role::Target)
    }
}
