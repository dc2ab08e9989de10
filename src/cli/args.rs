//! The arguments, and the help that teaches them.

use super::free::CarlaFree;
use super::standin::CarlaStandin;
use super::values::{d_z, from_to_s, inner_share, pixels, reason, resolution, scale, seed, time_s, whole, world};
use crate::analysis::plan::KeptOut;
use crate::lab::WorldChoice;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Studies of pedestrians and autonomous vehicles at a crosswalk, in virtual reality.
#[derive(Debug, Parser)]
#[command(
    name = "kerbside",
    version,
    about,
    long_about = "Kerbside runs studies of how pedestrians and autonomous vehicles understand each other at a\n\
                  crosswalk: from a text file, with every trial kept, sealed and replayable.\n\n\
                  Begin with `kerbside demo`: 24 simulated people, no hardware, a report to look at.",
    arg_required_else_help = true
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a whole study with simulated people and write its report
    Demo(Demo),
    /// Show everybody's order of trials, and how balanced it is
    Plan(Plan),
    /// Enrol a participant: a code, a row of the plan, a group
    Enrol(Enrol),
    /// Before a session: what is there, which version, what is wrong and the cure
    Check(Check),
    /// Run a session, or continue one that was cut short
    Run(Run),
    /// Who is where: sessions, balance, marked trials, what changed
    Status(Status),
    /// A participant drops out or withdraws; the row of the plan is free again
    Drop(Drop),
    /// Check that a folder is what was sealed; name any row or file that is not
    Verify(Verify),
    /// Replay sessions and compare every row, bit for bit
    Replay(Replay),
    /// Derive the measures of every trial: derived/measures.csv
    Measure(Measure),
    /// Derive the measures and write the report: derived/report.html
    Report(Report),
    /// List the questionnaires that ship, show one, or check a file of your own
    Instruments(Instruments),
    /// Look at a map: its crosswalks, what is doubtful, where it lies on Earth, a picture to scale
    Map(Map),
    /// Draw a trial to image files: from the participant's eyes, from above, from the car, from the pavement
    Render(Render),
    /// Print every file and column of the record with meaning and unit
    Codebook(Codebook),
    /// Collect the whole study into tables for R, Python or a spreadsheet: derived/trials_wide.csv and others
    Collect(Collect),
    /// Analyse data by a plan: tests, effect sizes, text, tables, and an R script that gives the same numbers
    Analyze(Analyze),
    /// Real against virtual: the same measures at a real and a virtual crosswalk, the behavioural gap between them, equivalence
    Gap(GapArgs),
    /// Before a study: how often its planned analysis would find what there is, by number of people
    Power(Power),
    /// Leave a participant, session or trial out of the analysis, with a reason; nothing is deleted
    Exclude(Exclude),
    /// Export the study for others: tables under pseudonyms, codebook, study, citation, checksums
    Export(Export),
    /// Remove a participant's data for good: from the folder, what was derived, packs and mirrors; the register keeps that it was so
    Withdraw(Withdraw),
    /// A stand-in for CARLA's server: try studies and clients without CARLA; goes wrong on request
    CarlaStandin(CarlaStandin),
    /// Give back a CARLA server that a session has left without a word: our actors go, time runs by itself
    CarlaFree(CarlaFree),
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  kerbside demo\n  kerbside demo --participants 6 --out small\n  \
                        kerbside demo --map Town10HD.xodr --crosswalk 1140")]
pub struct Demo {
    /// How many simulated people
    #[arg(long, value_name = "N", default_value_t = 24, allow_negative_numbers = true, value_parser = whole::<100_000>)]
    pub participants: u32,
    /// Seed of orders and people; the same seed gives the same bytes
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seed)]
    pub seed: Option<u64>,
    /// Folder for the data; must not hold a study yet
    #[arg(long, value_name = "DIR", default_value = "kerbside-demo")]
    pub out: PathBuf,
    /// Another study than the 2 x 2 (external light x braking)
    #[arg(long, value_name = "FILE")]
    pub study: Option<PathBuf>,
    /// Another map than the study's: an OpenDRIVE file
    #[arg(long, value_name = "FILE")]
    pub map: Option<String>,
    /// Another crosswalk than the study's: its id in the map
    #[arg(long, value_name = "ID")]
    pub crosswalk: Option<String>,
    /// Another approach for the target vehicle than the study's: its name as `kerbside map` lists it, or "nearest kerb"
    #[arg(long, value_name = "ID")]
    pub approach: Option<String>,
    /// Print what was made as JSON instead of words
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  kerbside plan experiments/minimal.toml\n  \
                        kerbside plan experiments/between_light.toml --participants 24\n  \
                        kerbside plan study.toml --csv > plan.csv\n\n\
                        Nothing is written or enrolled. Each trial is named by its cell, the levels of the\n\
                        within-subject factors joined by +; [practice] and [catch] trials are outside the balance.")]
pub struct Plan {
    /// The study's file
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// How many participants; by default one full round, at least 4 and at most 24
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<10_000>)]
    pub participants: Option<u32>,
    /// Seed of the orders, instead of the study's
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seed)]
    pub seed: Option<u64>,
    /// Another map than the study's
    #[arg(long, value_name = "FILE")]
    pub map: Option<String>,
    /// Another crosswalk than the study's
    #[arg(long, value_name = "ID")]
    pub crosswalk: Option<String>,
    /// Another approach for the target vehicle than the study's: its name as `kerbside map` lists it, or "nearest kerb"
    #[arg(long, value_name = "ID")]
    pub approach: Option<String>,
    /// Print a table, one row per trial
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Print as JSON, with every count of the balance
    #[arg(long)]
    pub json: bool,
}

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

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Makes a code (a letter and five characters, the last a check character), takes the next row of the\n\
                  plan - first those of people who dropped out - and enters both in DIR/register.csv.\n\n\
                  Examples:\n  kerbside enrol study.toml --data data\n  kerbside enrol study.toml --data data --number 20\n  \
                  kerbside enrol study.toml --data data --group on"
)]
pub struct Enrol {
    /// The study's file
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// Folder for the data
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// How many people
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true, value_parser = whole::<10_000>)]
    pub number: u32,
    /// A code of the laboratory's own, where the study gives a code_pattern
    #[arg(long, value_name = "CODE", conflicts_with = "number")]
    pub code: Option<String>,
    /// Take the next row of this group (levels joined by '+') instead of the next row
    #[arg(long, value_name = "GROUP")]
    pub group: Option<String>,
    /// Seed of the groups' order, instead of the study's
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seed)]
    pub seed: Option<u64>,
    /// Print what was entered as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Nothing is deleted: data stay, and are flagged. The next enrolment takes over the row of the plan.\n\n\
                  Examples:\n  kerbside drop K7Q2MR --data data --reason \"moved away\"\n  \
                  kerbside drop K7Q2MR --data data --reason \"asked for it\" --withdrawn"
)]
pub struct Drop {
    /// Participant's code
    #[arg(value_name = "CODE")]
    pub participant: String,
    /// Folder of the data
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// Why
    #[arg(long, value_name = "REASON")]
    pub reason: String,
    /// The participant withdrew consent: the data must not be analysed
    #[arg(long)]
    pub withdrawn: bool,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  kerbside status data\n  kerbside status data --json")]
pub struct Status {
    /// A data folder
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
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

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kerbside verify kerbside-demo\n  kerbside verify data --head 5a939b41ec08...    (all 64 digits that were printed)\n  kerbside verify data/sessions/K7Q2MR-1"
)]
pub struct Verify {
    /// A data folder, or one session's folder
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// The head that was printed when the study or session ended
    #[arg(long, value_name = "HEX")]
    pub head: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kerbside replay kerbside-demo\n  kerbside replay data/sessions/K7Q2MR-1 --resimulate"
)]
pub struct Replay {
    /// A data folder, or one session's folder
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Compare every row with the recorded world fed in (the default)
    #[arg(long)]
    pub check: bool,
    /// Run the embedded world again too
    #[arg(long)]
    pub resimulate: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  kerbside measure kerbside-demo\n  kerbside measure data/sessions/K7Q2MR-1")]
pub struct Measure {
    /// A data folder, or one session's folder
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  kerbside report kerbside-demo")]
pub struct Report {
    /// A data folder, or one session's folder
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kerbside instruments\n  kerbside instruments ssq\n  kerbside instruments ssq --text > my-ssq.toml\n  \
                        kerbside instruments --file my-ssq.toml\n\n\
                        Where `wording` says \"key only\" the items are labels: copy the file, put in the words that you\n\
                        may use, give it a version of its own, check it with --file, and name it in your study."
)]
pub struct Instruments {
    /// Show this one: items, what may be answered, key, citation, licence
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// Check and show an instrument's file instead of one that ships
    #[arg(long, value_name = "FILE", conflicts_with = "id")]
    pub file: Option<PathBuf>,
    /// Print the instrument's file itself, to copy and change
    #[arg(long, conflicts_with = "json")]
    pub text: bool,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Reads an OpenDRIVE file and says what a study would find in it. Each crosswalk comes with its id (for\n\
                  --crosswalk and a study's [site]), its size from kerb to kerb, the lanes it crosses and the lanes that\n\
                  lead to it. What is doubtful is named with file, line and column; maps/README.md lists the kinds.\n\n\
                  Examples:\n  kerbside map                                            the built-in street\n  \
                  kerbside map Town10HD.xodr                              every crosswalk\n  \
                  kerbside map Town10HD.xodr --crosswalk 1140             one of them, with its corners\n  \
                  kerbside map Town10HD.xodr --svg town.svg               the whole map, to scale\n  \
                  kerbside map Town10HD.xodr --crosswalk 1140 --svg 1140.svg\n  \
                  kerbside map Town10HD.xodr --json                       the same for programs\n  \
                  kerbside map Town10HD.xodr --carla-audit --python venv  what CARLA would make of it"
)]
pub struct Map {
    /// An OpenDRIVE file (.xodr), or `builtin:alcala_street`
    #[arg(value_name = "FILE", default_value = crate::map::DEFAULT_MAP_NAME)]
    pub file: String,
    /// Only this crosswalk, in more detail: its id in the map
    #[arg(long, value_name = "ID")]
    pub crosswalk: Option<String>,
    /// Draw it to scale: the chosen crosswalk with 60 m of its surroundings, else the whole map
    #[arg(long, value_name = "OUT")]
    pub svg: Option<PathBuf>,
    /// Ask the genuine CARLA client what it makes of the map, and print how far that lies from ours
    #[arg(long, conflicts_with = "crosswalk")]
    pub carla_audit: bool,
    /// For --carla-audit: a Python, or a virtual environment, with PyPI `carla` 0.9.16; by default `python3`
    #[arg(long, value_name = "VENV", requires = "carla_audit")]
    pub python: Option<PathBuf>,
    /// Print as JSON; maps/README.md says what each name means
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "STUDY is a study's file: the simulated participant lives the plan's trials up to N in memory; nothing is\n\
                  written but pictures. SESSION is the folder of one session: its trial N, by trial_n, as recorded.\n\n\
                  Times count in seconds from the start of the approach (vehicle_in_view); before 0 the participant\n\
                  settles and no vehicle is there. A picture is the first frame shown at its time or after.\n\n\
                  Examples:\n  kerbside render study.toml --trial 3 --at 4.5 --out car.png\n  \
                  kerbside render study.toml --trial 3 --at 4.5 --view top --out top.png\n  \
                  kerbside render data/sessions/K7Q2MR-1 --trial 12 --at 0 --json --out first.png\n  \
                  kerbside render study.toml --trial 3 --frames 0..8 --fps 25 --out film     film/0001.png and on\n  \
                  kerbside render study.toml --trial 3 --sound heard.wav                     what is heard; no picture\n\n\
                  A film of such pictures:  ffmpeg -framerate 25 -i film/%04d.png film.mp4\n\
                  With --sound and --frames together, the sound is of the same part: add -i heard.wav"
)]
pub struct Render {
    /// A study's file, or one session's folder
    #[arg(value_name = "STUDY|SESSION")]
    pub what: PathBuf,
    /// The trial: its position in the plan of a study, or its trial_n in a session
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<1_000_000>)]
    pub trial: u32,
    /// When, in seconds from the start of the approach; may be negative
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = time_s, conflicts_with_all = ["frames", "sound"], requires = "out", required_unless_present_any = ["frames", "sound"])]
    pub at: Option<f64>,
    /// A numbered sequence from one time to another, such as 0..8; --out is then a folder
    #[arg(long, value_name = "FROM..TO", allow_hyphen_values = true, value_parser = from_to_s)]
    pub frames: Option<(f64, f64)>,
    /// Pictures a second of a sequence
    #[arg(long, value_name = "N", default_value_t = 25, allow_negative_numbers = true, value_parser = whole::<1_000>, requires = "frames")]
    pub fps: u32,
    /// From where
    #[arg(long, value_enum, default_value_t = ViewArg::Participant, requires = "out")]
    pub view: ViewArg,
    /// Width and height in pixels
    #[arg(long, value_name = "WxH", default_value = "1280x720", value_parser = pixels)]
    pub size: [u32; 2],
    /// The picture (PNG), or the folder of a sequence
    #[arg(long, value_name = "PNG|DIR", required_unless_present = "sound")]
    pub out: Option<PathBuf>,
    /// What the participant hears, the whole trial or the part that --frames says: a WAV file, 16 bits, headphones
    #[arg(long, value_name = "WAV")]
    pub sound: Option<PathBuf>,
    /// For a study: whose row of the plan; the first unless said
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<1_000_000>)]
    pub plan_row: Option<u32>,
    /// Another map than the study's
    #[arg(long, value_name = "FILE")]
    pub map: Option<String>,
    /// Another crosswalk than the study's
    #[arg(long, value_name = "ID")]
    pub crosswalk: Option<String>,
    /// Print what was drawn as JSON, a line for each picture
    #[arg(long)]
    pub json: bool,
}

/// From where a trial is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ViewArg {
    /// From the participant's head, 90 degrees wide
    Participant,
    /// From above the crosswalk; walking goes up the picture
    Top,
    /// From the front of the car under study
    Vehicle,
    /// From the pavement behind the participant
    Spectator,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  kerbside codebook\n  kerbside codebook --format csv")]
pub struct Codebook {
    /// How to print it
    #[arg(long, value_enum, default_value_t = CodebookFormat::Text)]
    pub format: CodebookFormat,
}

/// How the codebook is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CodebookFormat {
    /// For reading in a terminal
    Text,
    /// A table of columns, as in a data folder's codebook.csv
    Csv,
    /// For programs
    Json,
    /// For documents
    Markdown,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  kerbside analyze analysis/plans/ehmi_braking_2x2.toml --lock\n  \
                        kerbside analyze analysis/plans/ehmi_braking_2x2.toml DATA\n  \
                        kerbside analyze analysis/plans/ehmi_braking_2x2.toml kerbside-demo --keep simulated\n  \
                        kerbside analyze plan.toml trials.csv --out results\n\n\
                        Lock the plan before the first session: the results say whether plan and study are still as\n\
                        they were. Simulated, pilot, practice, aborted, marked and catch trials are kept out unless the\n\
                        plan or --keep asks for them; every step is counted.")]
pub struct Analyze {
    /// The plan's file
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Data folders, or tables with a row per trial as CSV
    #[arg(value_name = "DATA", required_unless_present = "lock")]
    pub data: Vec<PathBuf>,
    /// Folder for the results; by default below the data folder's derived/
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Lock the plan instead: write the hashes of plan and study beside it; data are counted, not read
    #[arg(long, conflicts_with_all = ["out", "keep"])]
    pub lock: bool,
    /// Keep what would be left out, and say so in the results: for trying an analysis on simulated people
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(KeptOut::WORDS))]
    pub keep: Vec<String>,
    /// Print the results as JSON instead of words
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  kerbside gap analysis/plans/real_virtual_gap.toml\n  \
                        kerbside gap gap.toml --out results\n\n\
                        Either source is data folders, tables with a row per trial, or tracks in WGS84: crossing, participant,\n\
                        road_user (pedestrian, target), time_s or time_utc, lat_deg, lon_deg. The plan says whether the same\n\
                        people are in both: then differences are paired.")]
pub struct GapArgs {
    /// The plan's file; what it names is found relative to it
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Folder for the results; by default gap-NAME in the working folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Keep what would be left out of both sources, and say so in the results
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(KeptOut::WORDS))]
    pub keep: Vec<String>,
    /// Print the results as JSON instead of words
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kerbside power experiments/ehmi_braking_2x2.toml --plan analysis/plans/ehmi_braking_2x2.toml\n  \
                        kerbside power study.toml --plan plan.toml --people 8,16,32 --runs 500 --effect 0.5\n  \
                        kerbside power study.toml --plan plan.toml --effect 0       rates of error\n  \
                        kerbside power --d-z 0.5 --people 24                         a paired t test, in closed form\n\n\
                        Each simulated study is analysed as `analyze` does it. How people are made, and what is scaled,\n\
                        stands in docs/analysis.md."
)]
pub struct Power {
    /// The study's file
    #[arg(value_name = "STUDY", required_unless_present = "d_z", requires = "plan")]
    pub study: Option<PathBuf>,
    /// The plan of its analysis
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// Numbers of people, separated by commas
    #[arg(long, value_name = "N,..", value_delimiter = ',', default_value = "12,24,48", allow_negative_numbers = true, value_parser = whole::<1000>)]
    pub people: Vec<u32>,
    /// How many studies are simulated
    #[arg(long, value_name = "N", default_value_t = 200, allow_negative_numbers = true, value_parser = whole::<100_000>)]
    pub runs: u32,
    /// People's true effects, as multiples of what the study says; 0: no level differs from another but by name
    #[arg(long, value_name = "SCALE", default_value_t = 1.0, allow_negative_numbers = true, value_parser = scale)]
    pub effect: f64,
    /// Seed of people, orders and noise; the study's by default
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seed)]
    pub seed: Option<u64>,
    /// Folder for power.csv, power.json and power.svg; power-PLAN by default
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print the numbers as JSON instead of words
    #[arg(long)]
    pub json: bool,
    /// Instead of a study: a paired t test's standardised effect d_z, whose power is computed by the noncentral t
    #[arg(long, value_name = "D", conflicts_with_all = ["study", "plan", "runs", "effect", "seed", "out"], allow_negative_numbers = true, value_parser = d_z)]
    pub d_z: Option<f64>,
    /// With --d-z: level of the test
    #[arg(long, value_name = "SHARE", default_value_t = 0.05, conflicts_with = "study", value_parser = inner_share)]
    pub alpha: f64,
    /// With --d-z: the power for which the number of people is sought
    #[arg(long, value_name = "SHARE", default_value_t = 0.8, conflicts_with = "study", value_parser = inner_share)]
    pub wanted: f64,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  kerbside collect kerbside-demo\n  kerbside collect data --json\n\n\
                        Every trial is in the tables; what does not belong to the analysis has kept = 0 and a reason:\n\
                        practice, pilot, aborted, interrupted, repeated, marked, withdrawn, by_hand.\n\
                        Leave out more with `kerbside exclude`.")]
pub struct Collect {
    /// A data folder, or one session's folder
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kerbside exclude K7Q2MR --session 1 --trial 12 --reason \"looked at the floor\"\n  \
                        kerbside exclude K7Q2MR --data data --reason \"had taken part before\"\n  \
                        kerbside exclude K7Q2MR --session 1 --trial 12 --undo --reason \"wrong trial\""
)]
pub struct Exclude {
    /// Participant's code
    #[arg(value_name = "CODE")]
    pub code: String,
    /// Folder with the data
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// One session; all of the participant's when not given
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<1_000_000>)]
    pub session: Option<u32>,
    /// One trial of that session, by its trial_n; all of the session's when not given
    #[arg(long, value_name = "N", requires = "session", allow_negative_numbers = true, value_parser = whole::<1_000_000>)]
    pub trial: Option<u32>,
    /// Why, in one line for whoever reads the data later
    #[arg(long, value_name = "WORDS")]
    pub reason: String,
    /// Take back an earlier exclusion of exactly this
    #[arg(long)]
    pub undo: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Participants get pseudonyms, made with a secret key that stays in DATA/pseudonyms.key: keep it, and never\n\
                  publish it. Dates become years. Left out unless asked for: words that people wrote (they may say who\n\
                  somebody is) and every frame (how people move tells them apart). Left out always: who withdrew.\n\
                  Practice, pilot and marked trials are in the pack with their flags. docs/open-science.md says more.\n\n\
                  Examples:\n  kerbside export data --out crosswalk-data\n  \
                  kerbside export data --out crosswalk-data --author \"Carberry, Josiah; 0000-0002-1825-0097\" --licence CC-BY-4.0\n  \
                  kerbside export data --out crosswalk-data --plan plan.toml --lock plan.lock\n  \
                  kerbside export data --out crosswalk-data --leave-out demographics.age_years"
)]
pub struct Export {
    /// A data folder
    #[arg(value_name = "DATA")]
    pub dir: PathBuf,
    /// The folder to make; must not hold anything yet
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Who is to be cited: `Family, Given` or a group's name, an ORCID iD after a semicolon; may be given several times
    #[arg(long, value_name = "NAME", value_parser = crate::lab::Author::parse)]
    pub author: Vec<crate::lab::Author>,
    /// Licence of the data
    #[arg(long, value_name = "SPDX", value_parser = crate::lab::LICENCES.map(|(id, _)| id))]
    pub licence: Option<String>,
    /// Title of the data, instead of the study's
    #[arg(long, value_name = "WORDS", value_parser = reason)]
    pub title: Option<String>,
    /// The plan of the analysis
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// The lock that `kerbside analyze --lock` wrote before data were looked at
    #[arg(long, value_name = "FILE")]
    pub lock: Option<PathBuf>,
    /// Every frame too: head, hands, gaze, vehicles
    #[arg(long)]
    pub frames: bool,
    /// The words that people wrote too: notes, reasons, answers; read them first
    #[arg(long)]
    pub text: bool,
    /// Leave a questionnaire's item out, as `instrument.item`; scores made of it stay; may be given several times
    #[arg(long, value_name = "ITEM")]
    pub leave_out: Vec<String>,
    /// A key of pseudonyms kept elsewhere: a file of 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Print what was made as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Without --yes it says what there is and where, and asks; it asks nobody where no terminal is. What was cut\n\
                  short is finished by the same command. Mirrors and packs are those that DATA/copies.csv lists, and those\n\
                  named here; what cannot be reached is said, and removed by the same command once it can. Afterwards\n\
                  `kerbside verify` says that the data were removed, and still finds any other change.\n\n\
                  To keep the data and only leave them out of the analysis: kerbside drop CODE --withdrawn.\n\n\
                  Examples:\n  kerbside withdraw K7Q2MR data\n  kerbside withdraw K7Q2MR data --yes\n  \
                  kerbside withdraw K7Q2MR data --mirror /media/stick/data --pack sent/crosswalk-data"
)]
pub struct Withdraw {
    /// Participant's code
    #[arg(value_name = "CODE")]
    pub participant: String,
    /// The data folder
    #[arg(value_name = "DATA")]
    pub dir: PathBuf,
    /// Why, in one line; the register keeps it for good, so nothing about the person
    #[arg(long, value_name = "WORDS", default_value = "consent was taken back", value_parser = reason)]
    pub reason: String,
    /// A further mirror, or one that is now elsewhere; may be given several times
    #[arg(long, value_name = "DIR")]
    pub mirror: Vec<PathBuf>,
    /// A further pack, or one that is now elsewhere; may be given several times
    #[arg(long, value_name = "DIR")]
    pub pack: Vec<PathBuf>,
    /// The key of packs that were exported with --key
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}
