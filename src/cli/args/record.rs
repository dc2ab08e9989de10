//! What was recorded: sealed, replayed, explained, given to others.

use super::values::reason;
use clap::{Args as ClapArgs, ValueEnum};
use std::path::PathBuf;

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
    /// Each table as Parquet too, beside the CSV (builds with the feature `parquet`)
    #[arg(long)]
    pub parquet: bool,
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
