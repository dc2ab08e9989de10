//! From a record to results: measures, tables, tests, numbers of people.

use super::values::{d_z, inner_share, scale, seed, whole};
use crate::analysis::plan::KeptOut;
use clap::Args as ClapArgs;
use std::path::PathBuf;

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
