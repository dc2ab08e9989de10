//! The two seams: where poses come from and pictures go, and where vehicles come
//! from. Everything else of a session is the same whatever stands behind them.

use super::participant::{Calibration, Participant, TrackedPose};
use super::setup::Setup;
use super::spec::Item;
use super::time::{DisplayTime, WorldTime};
use crate::problem::Problem;
use crate::table::{AnswerSource, Mark, Phase, Source, Text, TruthRow, VehicleRow, WorldRow};

/// A frame's input: what a headset knows when it asks for a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadFrame {
    /// When the picture will be seen.
    pub display_time: DisplayTime,
    /// The head in the stage, predicted for that moment.
    pub head: TrackedPose,
    /// Left hand, where tracked.
    pub left: Option<TrackedPose>,
    /// Right hand, where tracked.
    pub right: Option<TrackedPose>,
    /// Gaze, where tracked: validity, origin and unit direction in the stage.
    pub gaze: Option<Gaze>,
    /// Continuous report, 0 to 1, where there is a trigger.
    pub trigger: Option<f64>,
    /// Buttons held, bits of [`buttons`].
    pub buttons: u32,
    /// The answer to the item the last scene asked.
    pub answer: Option<Answer>,
    /// A new calibration in force from this frame on (a recentre).
    pub calibration: Option<Calibration>,
    /// What went wrong since the last frame.
    pub faults: Vec<Fault>,
    /// What is well again since the last frame: the fault's code, and words of its end.
    pub over: Vec<Fault>,
    /// Whether this frame came late: the predicted display time advanced by more than 1.5 periods of the display.
    pub late: bool,
    /// Whether the headset shows this frame an earlier picture instead of its own; none while the picture moves.
    pub held: Option<Held>,
    /// What was checked before the trial: how the street lies in the room.
    pub checked: Vec<Checked>,
}

/// A check of how the street lies in the room.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// What was measured, metres; none where it could not be.
    pub measured_m: Option<f64>,
    /// What was checked, and what came of it.
    pub detail: String,
}

/// A picture that stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The frame whose vehicles and people are still shown; none before the trial has shown any: the empty street.
    pub frame_n: Option<u64>,
}

impl HeadFrame {
    /// A frame with a head and nothing else.
    pub const fn new(display_time: DisplayTime, head: TrackedPose) -> Self {
        Self {
            display_time,
            head,
            left: None,
            right: None,
            gaze: None,
            trigger: None,
            buttons: 0,
            answer: None,
            calibration: None,
            faults: Vec::new(),
            over: Vec::new(),
            late: false,
            held: None,
            checked: Vec::new(),
        }
    }
}

/// Button bits of a frame.
pub mod buttons {
    /// Trigger pulled or item chosen.
    pub const SELECT: u32 = 1;
    /// The participant wants to stop.
    pub const STOP: u32 = 2;
    /// Menu.
    pub const MENU: u32 = 4;
}

/// Where the eyes look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gaze {
    /// Validity, bits of [`super::participant::flags`].
    pub flags: u32,
    /// Origin in the stage, metres.
    pub origin_m: glam::DVec3,
    /// Unit direction in the stage.
    pub direction: glam::DVec3,
}

/// An answer as an input: not a click on a panel, so that any way of asking serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The value as the instrument stores it; none when the item was left out.
    pub value: Option<i64>,
    /// Who gave it and how.
    pub source: AnswerSource,
}

/// A fault that marks the trial: a code for `trials.csv` and words for `events.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of fault.
    pub code: Mark,
    /// What happened.
    pub detail: String,
    /// Who noticed.
    pub source: Source,
}

/// What a headset is shown. Plain data for a renderer; the simulated eye reads it too.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Number of the frame within the session.
    pub frame_n: u64,
    /// When it is seen.
    pub display_time: DisplayTime,
    /// The trial and its site.
    pub setup: &'a Setup,
    /// Where the trial stands.
    pub phase: Phase,
    /// World time of the vehicles; none without traffic.
    pub world_time: Option<WorldTime>,
    /// Vehicles as drawn.
    pub vehicles: &'a [VehicleRow],
    /// The question on the panel.
    pub item: Option<&'a Item>,
    /// The calibration in force.
    pub calibration: &'a Calibration,
    /// The participant as placed at the site.
    pub participant: &'a Participant,
    /// The head in the stage, as this frame's input gave it.
    pub head: TrackedPose,
    /// Left and right hand in the stage, where tracked.
    pub hands: [Option<TrackedPose>; 2],
    /// Whether this frame showed the signal to go or one before it did.
    pub go: bool,
    /// Whether the picture stands still: vehicles, people and the signal stay as they were drawn last.
    pub held: bool,
    /// What this frame is the first to show.
    pub shown: &'a [Shown],
    /// Ticks of the world that came with this frame, for the simulated eye: it reads the world's own state at the beats
    /// of its own clock, so that the headset's rate changes no decision.
    pub ticks: &'a [WorldRow],
}

impl<'a> Scene<'a> {
    /// The street at rest, between trials: nobody drives, nothing is asked.
    pub const fn at_rest(
        display_time: DisplayTime,
        setup: &'a Setup,
        calibration: &'a Calibration,
        participant: &'a Participant,
        head: TrackedPose,
    ) -> Self {
        Self {
            display_time,
            frame_n: 0,
            setup,
            phase: Phase::Settle,
            world_time: None,
            vehicles: &[],
            item: None,
            calibration,
            participant,
            head,
            hands: [None; 2],
            go: false,
            held: false,
            shown: &[],
            ticks: &[],
        }
    }
}

/// An event as a scene shows it: phases by their word, all else by the event's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which event.
    pub event: Text,
    /// When it happened, on the display's clock, exact within a frame.
    pub at: DisplayTime,
}

/// What a device says of itself, for the record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// Kind, as on the command line: `simulated`, `scripted`, `embedded`.
    pub kind: String,
    /// Runtime, system, versions: volatile facts.
    pub details: Vec<(String, String)>,
    /// Whether what stands behind it is not a person or not the real device.
    pub simulated: bool,
}

/// Where poses come from and pictures go.
pub trait Headset {
    /// What it is.
    fn describe(&self) -> Description;
    /// A trial is about to begin: its place and questions, and the calibration in force, which has a new number whenever the
    /// site has changed.
    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem>;
    /// Waits for the next frame: the one pacing wait of the loop.
    fn wait_frame(&mut self) -> Result<HeadFrame, Problem>;
    /// Shows the scene of the frame that `wait_frame` began.
    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem>;
    /// The session's clock stands at `at`, after a pause between trials, questions, or a continuation after a crash: the
    /// next frame is shown after it.
    fn resume_at(&mut self, _at: DisplayTime) {}
    /// True parameters not yet recorded, where the participant is simulated.
    fn truth(&mut self) -> Vec<TruthRow> {
        Vec::new()
    }
    /// Gives everything back; called on every path out.
    fn shut_down(&mut self) {}
}

/// What a world has done since it was last asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WorldNews {
    /// New ticks, a row per vehicle, in order of tick and vehicle.
    pub rows: Vec<WorldRow>,
    /// What happened, in order of time; may lie up to a tick ahead of what is drawn.
    pub events: Vec<WorldEvent>,
    /// World time at which to draw.
    pub drawn: WorldTime,
    /// Display time less the display time that belongs to `drawn`.
    pub age_ns: i64,
    /// What went wrong.
    pub faults: Vec<Fault>,
}

impl WorldNews {
    /// No news yet, with room for a frame's: a world may be several ticks ahead of a slow headset.
    pub fn with_room(vehicles: usize) -> Self {
        Self { rows: Vec::with_capacity(8 * vehicles), events: Vec::with_capacity(32), ..Self::default() }
    }

    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.events.clear();
        self.faults.clear();
    }
}

/// Something that happened in the world.
#[derive(Debug, Clone, PartialEq)]
pub struct WorldEvent {
    /// Event name as in `events.csv`.
    pub event: Text,
    /// When, exact within a tick.
    pub time: WorldTime,
    /// Which vehicle, from 1.
    pub vehicle_n: Option<u32>,
    /// A number that belongs to it.
    pub value: Option<f64>,
    /// Words that belong to it.
    pub detail: Text,
}

/// Where vehicles come from. Policy and light are stepped inside, in the world's own fixed step.
pub trait World {
    /// What it is.
    fn describe(&self) -> Description;
    /// Puts the trial's vehicles in place; may take its time.
    fn begin_trial(&mut self, setup: &Setup) -> Result<(), Problem>;
    /// The approach starts: world time runs from this display time.
    fn start(&mut self, at: DisplayTime);
    /// Brings the world to `to`, with the participant as last seen; never blocks in `realtime`.
    fn advance(&mut self, to: DisplayTime, participant: &Participant, news: &mut WorldNews) -> Result<(), Problem>;
    /// Takes the vehicles away; what went wrong that no frame could tell any more.
    fn end_trial(&mut self) -> Vec<Fault> {
        Vec::new()
    }
    /// Gives everything back; called on every path out.
    fn shut_down(&mut self) {}
}
