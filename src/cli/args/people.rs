//! Who takes part: enrolled, counted, dropped, left out of the analysis, removed.

use super::values::{reason, seed, whole};
use clap::Args as ClapArgs;
use std::path::PathBuf;

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
#[command(after_help = "Examples:\n  kerbside status data\n  kerbside status data --json")]
pub struct Status {
    /// A data folder
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Print it as JSON
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
