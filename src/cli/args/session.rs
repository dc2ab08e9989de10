//! A session: what it needs, and how it is run.

use super::values::{reason, resolution, seed, whole, world};
use crate::lab::WorldChoice;
use clap::{Args as ClapArgs, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Each line says `ok`, `warn` or `wrong`. The exit status is 0 only if a session with these choices could\n\
                  start. Nothing is left behind: what is written to try the disk is taken away again.\n\n\
                  Examples:\n  kerbside check\n  kerbside check study.toml --data data\n  \
                  kerbside check study.toml --data data --headset openxr\n  kerbside check --headset window --json\n  \
                  kerbside check study.toml --world carla://localhost:2000"
)]
pub struct Check {
    /// The study's file
    #[arg(value_name = "STUDY")]
    pub study: Option<PathBuf>,
    /// The headset: `simulated`, `scripted:FILE`, `window`, or `openxr`
    #[arg(long, value_name = "KIND", default_value = "simulated")]
    pub headset: String,
    /// With `--headset openxr`: a headset that is a program serves too
    #[arg(long)]
    pub simulated_headset: bool,
    /// With `--headset openxr`: what counts as the floor
    #[arg(long, value_enum, value_name = "SPACE")]
    pub floor: Option<FloorArg>,
    /// With `--headset openxr`: of the columns and rows that the headset recommends draw so many percent (10 to 200)
    #[arg(long, value_name = "PERCENT", value_parser = resolution)]
    pub resolution: Option<u32>,
    /// Another map than the study's
    #[arg(long, value_name = "FILE", requires = "study")]
    pub map: Option<String>,
    /// Another crosswalk than the study's
    #[arg(long, value_name = "ID", requires = "study")]
    pub crosswalk: Option<String>,
    /// Where vehicles come from: `embedded`, or `carla://HOST:PORT`, which is then run through every call that a study needs
    #[arg(long, value_name = "WORLD", default_value = "embedded", value_parser = world)]
    pub world: WorldChoice,
    /// Folder for the data
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "The participant must be enrolled (`kerbside enrol`). A session that was cut short goes on at the right\n\
                  trial when the same command is given again; Ctrl-C leaves it in order.\n\n\
                  Examples:\n  kerbside run study.toml --participant K7Q2MR --data data\n  \
                  kerbside run study.toml --participant K7Q2MR --data data --mirror /media/stick/data\n  \
                  kerbside run study.toml --participant K7Q2MR --desk terminal      questions and keys here\n  \
                  kerbside run study.toml --pilot --participant K7Q2MR --data pilot\n  \
                  kerbside run study.toml --participant K7Q2MR --headset scripted:path.txt\n  \
                  kerbside run study.toml --participant K7Q2MR --world carla://localhost:2000\n  \
                  kerbside run study.toml --pilot --participant K7Q2MR --data pilot --headset window   mouse and keys"
)]
pub struct Run {
    /// The study's file
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// Participant's code, as `kerbside enrol` gave it
    #[arg(long, value_name = "CODE")]
    pub participant: String,
    /// Session of this participant; by default the next that is not finished
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<1_000_000>)]
    pub session: Option<u32>,
    /// Who is behind the headset: `simulated`, `scripted:FILE`, somebody at a desktop `window`, or `openxr` for a person in
    /// a headset
    #[arg(long, value_name = "KIND", default_value = "simulated")]
    pub headset: String,
    /// With `--headset openxr`: a headset that is a program serves too; marks the session as simulated
    #[arg(long)]
    pub simulated_headset: bool,
    /// With `--headset openxr`: how the street is laid into the room
    #[arg(long, value_enum, value_name = "HOW")]
    pub calibrate: Option<CalibrateArg>,
    /// With `--headset openxr`: what counts as the floor
    #[arg(long, value_enum, value_name = "SPACE")]
    pub floor: Option<FloorArg>,
    /// With `--headset openxr`: columns and rows of each eye's picture, percent of what the headset recommends (100);
    /// fewer where the graphics card is too slow
    #[arg(long, value_name = "PERCENT", value_parser = resolution)]
    pub resolution: Option<u32>,
    /// With `--headset openxr`: when questions are answered by resting the gaze on them, instead of what the study says
    #[arg(long, value_enum, value_name = "WHEN")]
    pub gaze: Option<GazeArg>,
    /// Where vehicles come from: `embedded`, Kerbside's own simulator, or `carla://HOST:PORT`
    #[arg(long, value_name = "WORLD", default_value = "embedded", value_parser = world)]
    pub world: WorldChoice,
    /// Who answers between trials and runs the session
    #[arg(long, value_enum, default_value_t = DeskArg::Simulated)]
    pub desk: DeskArg,
    /// A second window on the session: keys 1, 2, 3 show the participant's view, the street from above and from beside
    #[arg(long)]
    pub spectator: bool,
    /// As fast as the machine can, or when frames are due; by default `lockstep`, where people take part `realtime`
    #[arg(long, value_enum)]
    pub pacing: Option<PacingArg>,
    /// Folder for the data
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// Folder on another disk for a second copy of each sealed trial
    #[arg(long, value_name = "DIR")]
    pub mirror: Option<PathBuf>,
    /// Go on although the study, the map or the software has changed, and why
    #[arg(long, value_name = "REASON", value_parser = reason)]
    pub accept_change: Option<String>,
    /// Seed of orders and people, instead of the study's
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seed)]
    pub seed: Option<u64>,
    /// Another map than the study's
    #[arg(long, value_name = "FILE")]
    pub map: Option<String>,
    /// Another crosswalk than the study's
    #[arg(long, value_name = "ID")]
    pub crosswalk: Option<String>,
    /// Mark the data as a pilot's: needs no enrolment and takes no row of the plan
    #[arg(long)]
    pub pilot: bool,
    /// Row of the plan, for a pilot
    #[arg(long, value_name = "N", requires = "pilot", allow_negative_numbers = true, value_parser = whole::<1_000_000>)]
    pub plan_row: Option<u32>,
    /// Print a line of JSON for each thing that happens
    #[arg(long)]
    pub json: bool,
}

/// Who sits at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeskArg {
    /// The simulated participant answers; keys are heard where standard input is a terminal
    Simulated,
    /// Consent, texts and questions on this terminal, and the operator's keys
    Terminal,
}

/// How the street is laid into the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CalibrateArg {
    /// The participant stands on the start mark and looks across, once, before the first trial
    Standing,
    /// Two or three marks on the floor are touched with a controller before the first trial
    Points,
    /// The origin of the room as it was set up is the start mark, its forward the way across
    Fixed,
}

/// When the head points at questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GazeArg {
    /// Where no controller and no hand is tracked
    WithoutHands,
    /// Always, whatever the hands do
    Always,
    /// Never
    Never,
}

/// What counts as the floor of the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FloorArg {
    /// The room as it was set up in the headset's software
    Stage,
    /// Where the headset was last recentred
    Recentred,
}

/// How frames come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PacingArg {
    /// Virtual time, as fast as the machine can
    Lockstep,
    /// Frames when they are due
    Realtime,
}
