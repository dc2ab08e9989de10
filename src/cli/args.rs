//! The arguments, and the help that teaches them.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A whole number from 1 to `MOST`.
fn whole<const MOST: u32>(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|n| (1..=MOST).contains(n));
    number.ok_or_else(|| format!("give a whole number from 1 to {MOST}"))
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("give a whole number from 0 to {}", u64::MAX))
}

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
    /// Run one session of a study
    Run(Run),
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
    /// Print every file and column of the record with meaning and unit
    Codebook(Codebook),
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
    /// Print what was made as JSON instead of words
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kerbside run experiments/ehmi_braking_2x2.toml --participant K7Q2MR --data data\n  \
                        kerbside run study.toml --participant K7Q2MR --headset scripted:path.txt --data data"
)]
pub struct Run {
    /// The study's file
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// Participant's code: a letter and five characters, the last a check character
    #[arg(long, value_name = "CODE")]
    pub participant: String,
    /// Row of the plan; by default the next in the register
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<1_000_000>)]
    pub plan_row: Option<u32>,
    /// Session of this participant
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true, value_parser = whole::<1_000_000>)]
    pub session: u32,
    /// Who is behind the headset: `simulated`, or `scripted:FILE`
    #[arg(long, value_name = "KIND", default_value = "simulated")]
    pub headset: String,
    /// As fast as the machine can, or when frames are due
    #[arg(long, value_enum, default_value_t = PacingArg::Lockstep)]
    pub pacing: PacingArg,
    /// Folder for the data
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// Seed of orders and people, instead of the study's
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seed)]
    pub seed: Option<u64>,
    /// Another map than the study's
    #[arg(long, value_name = "FILE")]
    pub map: Option<String>,
    /// Another crosswalk than the study's
    #[arg(long, value_name = "ID")]
    pub crosswalk: Option<String>,
    /// Mark the data as a pilot's
    #[arg(long)]
    pub pilot: bool,
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
