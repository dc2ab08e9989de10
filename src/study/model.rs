//! A study, complete and checked: what `read` makes and `plan` uses.

use super::answering::Answering;
use super::carla::InCarla;
use crate::instrument::Instrument;
use crate::kernel::ehmi::Ehmi;
use crate::kernel::person::People;
use crate::kernel::spec::{Cue, Item, Leave};
use crate::problem::Place;
use crate::table::{StartSide, TrialOutcome, words};
use glam::DVec2;

/// A value and where the study gives it, for what can only be checked later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// A study.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// Short name of lower-case letters, digits and hyphens.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// What it is and which parameters are whose.
    pub about: String,
    /// The language that participants are spoken to, a code such as `de`; none where the study does not say.
    pub language: Option<String>,
    /// Seed when the command line gives none.
    pub seed: Option<u64>,
    /// Where it takes place.
    pub site: SiteChoice,
    /// Steps a second of the world.
    pub step_hz: u32,
    /// How it is played in CARLA.
    pub carla: InCarla,
    /// Frames a second of simulated headsets.
    pub display_hz: u32,
    /// Durations, limits and the cue.
    pub trial: TrialTimes,
    /// The vehicle under study.
    pub target: Target,
    /// The car ahead of it.
    pub leading: Option<Leading>,
    /// The car from the other side.
    pub opposite: Option<Opposite>,
    /// Braking policies by name; `none` is not among them.
    pub policies: Vec<Policy>,
    /// External lights by name, the study's own first, then the shipped ones.
    pub concepts: Vec<Ehmi>,
    /// What a trial has unless a factor's level says otherwise.
    pub settings: Settings,
    /// The within-subject factors, in order.
    pub factors: Vec<Factor>,
    /// The between-subject factors, in order; a group is a combination of their levels.
    pub groups: Vec<Factor>,
    /// Sessions of each participant.
    pub sessions: Sessions,
    /// Form of participants' codes instead of Kerbside's own: `9` a digit, `A` a capital letter, else itself.
    pub code_pattern: Option<String>,
    /// What the participant agrees to before anything else.
    pub consent: Option<Consent>,
    /// Texts shown along the way.
    pub instructions: Vec<Instruction>,
    /// Which instruments are asked when, by id.
    pub questionnaires: Questionnaires,
    /// The instruments that the study names, shipped ones and its own.
    pub instruments: Vec<Instrument>,
    /// The pause after each block but the last.
    pub pause: Option<Pause>,
    /// When to propose the session's end.
    pub stop_rules: Vec<StopRule>,
    /// The room people walk in.
    pub room: Room,
    /// What is drawn around the crosswalk.
    pub scene: Scenery,
    /// What people point with who answer on panels.
    pub answering: Answering,
    /// Trials before the first block.
    pub practice: Option<Extra>,
    /// Until when practice goes on; none for just its trials.
    pub criterion: Option<Criterion>,
    /// Trials without yielding in each block.
    pub catch: Option<Extra>,
    /// Blocks of a session.
    pub blocks: u32,
    /// How often a block has each cell.
    pub repetitions_per_block: u32,
    /// Order of the cells within a block.
    pub order: Order,
    /// Longest runs that a random order may have.
    pub longest_runs: Vec<LongestRun>,
    /// Questions after each trial.
    pub items: Vec<Item>,
    /// The simulated participant.
    pub simulated: People,
}

/// Where a study takes place; the names are looked up in the map.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteChoice {
    /// `builtin:` and a name, or a path relative to the study's file.
    pub map: Placed<String>,
    /// Crosswalk of the map; none when it has only one.
    pub crosswalk: Option<Placed<String>>,
    /// Kerb at which the participant starts.
    pub start_side: StartSide,
    /// Start mark to the kerb line, backwards.
    pub start_mark_behind_kerb_m: f64,
    /// Stop line before the pedestrian's line.
    pub stop_line_m: Placed<f64>,
    /// Approach of the target.
    pub approach: Placed<ApproachChoice>,
}

/// Which of a crosswalk's approaches the target takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApproachChoice {
    /// The one whose traffic the pedestrian meets first.
    NearestKerb,
    /// By its id, as `kerbside map` lists them.
    Id(String),
}

impl ApproachChoice {
    /// The choice that a study writes as this text.
    pub fn of(text: &str) -> Self {
        if text == "nearest kerb" { Self::NearestKerb } else { Self::Id(text.to_owned()) }
    }
}

/// Durations and limits of a trial, and its cue.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialTimes {
    /// Standing at the mark before it counts as settled.
    pub settle_s: f64,
    /// After this long without settling the trial is aborted.
    pub settle_time_out_s: f64,
    /// Least and most of the wait before the approach; drawn by seed for each trial.
    pub ready_s: [f64; 2],
    /// From the start of the approach to the end of a trial in which nobody crosses.
    pub time_out_s: Placed<f64>,
    /// The primary cue.
    pub cue: Placed<Cue>,
    /// From the start of the approach to the signal to go, with that cue.
    pub go_signal_s: Option<f64>,
    /// How near to the start mark counts as at it.
    pub mark_radius_m: f64,
}

/// A vehicle's size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Bumper to bumper.
    pub length_m: f64,
    /// Without mirrors.
    pub width_m: f64,
    /// Height.
    pub height_m: f64,
}

/// The vehicle under study.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Its size.
    pub size: Size,
    /// Its speed until it brakes.
    pub speed_mps: f64,
    /// Front bumper to the pedestrian's line at the start of the approach; none behind a leading car.
    pub start_to_pedestrian_line_m: Option<f64>,
    /// Where the study describes it.
    pub place: Place,
}

/// The car ahead of the target, at the target's speed, that opens the gap.
#[derive(Debug, Clone, PartialEq)]
pub struct Leading {
    /// Its size.
    pub size: Size,
    /// Front bumper to front bumper, in time.
    pub headway_s: f64,
    /// Its front bumper to the pedestrian's line at the start of the approach.
    pub in_view_to_pedestrian_line_m: f64,
    /// Where the study describes it.
    pub place: Place,
}

/// A car from the other side.
#[derive(Debug, Clone, PartialEq)]
pub struct Opposite {
    /// Its size.
    pub size: Size,
    /// Its speed until it brakes.
    pub speed_mps: f64,
    /// Front bumper to the pedestrian's line at the start of the approach.
    pub start_to_pedestrian_line_m: f64,
    /// Its braking policy; `none` drives on.
    pub braking: String,
    /// Where the study describes it.
    pub place: Place,
}

/// A way of yielding.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Name.
    pub name: String,
    /// Two of onset, deceleration and stop point.
    pub given: Given,
    /// Growth of the deceleration and what it moves; none for at once.
    pub jerk: Option<Jerk>,
    /// From the decision to yield to the light.
    pub light_delay_s: f64,
    /// From the decision to yield to the brake.
    pub brake_delay_s: f64,
    /// How it drives off again.
    pub leave: Option<Leave>,
    /// Where the study describes it.
    pub place: Place,
}

/// What a study gives of a stop; the rest is derived.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given {
    /// The stop point follows.
    OnsetAndDecel {
        /// Where braking begins.
        onset: OnsetAt,
        /// Deceleration.
        decel_mps2: f64,
    },
    /// The deceleration follows.
    OnsetAndStop {
        /// Where braking begins.
        onset: OnsetAt,
        /// Stop point before the stop line; negative beyond it.
        stop_to_stop_line_m: f64,
    },
    /// The onset follows.
    DecelAndStop {
        /// Deceleration.
        decel_mps2: f64,
        /// Stop point before the stop line; negative beyond it.
        stop_to_stop_line_m: f64,
    },
    /// Onset when the pedestrian is detected: the stop point depends on when that is.
    Detected {
        /// Front bumper to the pedestrian's line, at most.
        range_m: f64,
        /// How far behind the kerb line a pedestrian still counts.
        kerb_m: f64,
        /// Deceleration.
        decel_mps2: f64,
    },
}

/// Where braking begins, each with its own origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OnsetAt {
    /// Front bumper to the stop line, metres.
    ToStopLine(f64),
    /// Front bumper to the near edge of the conflict zone, metres; known only at a site.
    ToZone(f64),
    /// Front bumper to the pedestrian's line, metres.
    ToPedestrianLine(f64),
    /// Time to arrival at the pedestrian's line at the speed before braking, seconds.
    TtaToPedestrianLine(f64),
}

/// A limit to the growth of deceleration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jerk {
    /// Growth of the deceleration.
    pub jerk_mps3: f64,
    /// What makes room for the ramp.
    pub derived: Derived,
}

words! {
    /// What of a stop is derived from the rest.
    pub enum Derived {
        /// Where braking begins.
        Onset = "onset",
        /// The deceleration.
        Decel = "decel_mps2",
        /// Where it stops.
        Stop = "stop_to_stop_line_m",
    }
}

/// What a trial has; absent is as in the settings below.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// External light, by name.
    pub ehmi: Option<String>,
    /// Braking policy, by name; `none` drives on.
    pub braking: Option<String>,
    /// Speed of the target, and of the leading car.
    pub speed_mps: Option<f64>,
    /// Headway of the leading car.
    pub headway_s: Option<f64>,
    /// Light delay instead of the policy's.
    pub light_delay_s: Option<f64>,
    /// Brake delay instead of the policy's.
    pub brake_delay_s: Option<f64>,
}

/// A factor: within subjects, between them, or between sessions.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// Name.
    pub name: String,
    /// Levels, two or more.
    pub levels: Vec<Level>,
}

/// A level of a factor.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// Name.
    pub name: String,
    /// What it sets.
    pub settings: Settings,
}

/// Trials outside the cells. Each is a cell drawn by seed with `settings` laid over it.
#[derive(Debug, Clone, PartialEq)]
pub struct Extra {
    /// How many; of catch trials, in each block.
    pub trials: u32,
    /// What they have instead of the drawn cell's.
    pub settings: Settings,
    /// Where the study describes them.
    pub place: Place,
}

words! {
    /// Order of the cells within a block.
    pub enum Order {
        /// Shuffled by the seed, block by block and participant by participant.
        Random = "random",
        /// As the study lists them, the last factor's levels changing fastest.
        Fixed = "fixed",
        /// Cyclic Latin square: each cell once at each position over its rows.
        Latin = "latin",
        /// Williams square: positions and first-order carry-over balanced; n rows for even n, 2n for odd.
        Williams = "williams",
    }
}

/// At most so many trials in a row with the same level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongestRun {
    /// Factor by name; none for the whole cell.
    pub factor: Option<String>,
    /// Longest run allowed.
    pub trials: u32,
    /// Where the study says so.
    pub place: Place,
}

/// Sessions of each participant.
#[derive(Debug, Clone, PartialEq)]
pub struct Sessions {
    /// How many.
    pub number: u32,
    /// A factor with one level per session; none without one.
    pub factor: Option<Factor>,
    /// Whether the order of the levels rotates from one row of the plan to the next.
    pub rotate: bool,
}

/// What the participant agrees to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Version of the text, for the record.
    pub version: String,
    /// The text.
    pub text: String,
}

/// A text shown along the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// When.
    pub at: Moment,
    /// The text.
    pub text: String,
}

words! {
    /// Moments of a session at which instructions are shown.
    pub enum Moment {
        /// After consent, before the first questions.
        Start = "start",
        /// Before practice.
        Practice = "practice",
        /// Before each block.
        Block = "block",
        /// After the last questions.
        End = "end",
    }
}

/// Which instruments are asked when, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questionnaires {
    /// Before the first trial.
    pub before: Vec<String>,
    /// After each trial, beside the study's own items.
    pub after_trial: Vec<String>,
    /// After each block.
    pub after_block: Vec<String>,
    /// After the last trial.
    pub after: Vec<String>,
}

/// A pause between blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Pause {
    /// At least so long.
    pub least_s: f64,
    /// What is shown.
    pub text: String,
}

/// When to propose the session's end.
#[derive(Debug, Clone, PartialEq)]
pub struct StopRule {
    /// Instrument by id.
    pub instrument: String,
    /// One of its items, or one of its scores.
    pub item: String,
    /// From this value on.
    pub at_least: f64,
    /// Where the study says so.
    pub place: Place,
}

/// The room people walk in.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    /// Its depth along the walking direction; none when not given: taken to be enough.
    pub depth_m: Option<f64>,
    /// What to do when the road is longer.
    pub if_short: IfShort,
    /// Whether people start at either kerb in turn instead of walking back.
    pub alternate_sides: bool,
    /// Where the study gives its depth.
    pub place: Place,
}

words! {
    /// What to do when the room is shorter than the way across.
    pub enum IfShort {
        /// Refuse the study.
        Refuse = "refuse",
        /// Trials end shortly after step-off.
        StepOffOnly = "step_off_only",
    }
}

/// What is drawn around the crosswalk, and how contact with a car is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenery {
    /// The light outdoors.
    pub daylight: Daylight,
    /// What stands beside the street.
    pub surroundings: Surroundings,
    /// What a participant sees who meets a car.
    pub contact: ContactShown,
    /// Other pedestrians.
    pub bystanders: Vec<Bystander>,
    /// Whether the vehicles are heard.
    pub sound: bool,
}

words! {
    /// The light outdoors.
    pub enum Daylight {
        /// A clear day: sun and shadows.
        Day = "day",
        /// After sunset; street lamps are lit.
        Dusk = "dusk",
        /// Night; street lamps and headlights.
        Night = "night",
        /// A grey day without shadows.
        Overcast = "overcast",
    }
}

words! {
    /// What stands beside the street.
    pub enum Surroundings {
        /// Buildings, trees, lamps.
        Street = "street",
        /// Nothing but the ground.
        Bare = "bare",
    }
}

words! {
    /// What a participant sees who meets a car.
    pub enum ContactShown {
        /// The picture fades to black until the trial ends.
        Fade = "fade",
        /// The car passes through.
        PassThrough = "pass_through",
    }
}

/// Another pedestrian, who stands or walks to and fro.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bystander {
    /// Where from, site frame of the session's first site.
    pub from_m: DVec2,
    /// Where to; the same place for somebody who stands.
    pub to_m: DVec2,
    /// How fast.
    pub speed_mps: f64,
}

/// Until when practice goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Criterion {
    /// So many good trials one after another.
    pub in_a_row: u32,
    /// What counts as good.
    pub outcomes: Vec<TrialOutcome>,
    /// At most so many trials; `practice.trials` is the least.
    pub most_trials: u32,
    /// Whether the session ends when the criterion is not met.
    pub or_end: bool,
}

/// Whose plan: with study, seed and sites it gives the same trials everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whose<'a> {
    /// Participant's code.
    pub participant: &'a str,
    /// Row of the plan, from 1.
    pub plan_row: u32,
    /// Session, from 1.
    pub session_n: u32,
}

impl Study {
    /// A policy by name.
    pub fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.name == name)
    }

    /// An external light by name.
    pub fn concept(&self, name: &str) -> Option<&Ehmi> {
        self.concepts.iter().find(|concept| concept.name == name)
    }

    /// An instrument by id.
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.instruments.iter().find(|instrument| instrument.id == id)
    }
}
