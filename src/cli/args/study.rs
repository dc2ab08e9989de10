//! A study before anybody takes part: tried, listed, looked at.

use super::values::{from_to_s, pixels, seed, time_s, whole};
use clap::{Args as ClapArgs, ValueEnum};
use std::path::PathBuf;

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
    #[arg(long, value_name = "N", default_value_t = 25, allow_negative_numbers = true, value_parser = whole::<1_000>, requires = "frames", conflicts_with = "at")]
    pub fps: u32,
    /// From where
    #[arg(long, value_enum, default_value_t = ViewArg::Participant, requires = "out")]
    pub view: ViewArg,
    /// Width and height in pixels
    #[arg(long, value_name = "WxH", default_value = "1280x720", value_parser = pixels)]
    pub size: [u32; 2],
    /// The picture (PNG), or the folder of a sequence, which must not hold anything yet
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
