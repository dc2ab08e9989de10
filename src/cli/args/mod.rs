//! The arguments, and the help that teaches them.

mod analysis;
mod carla;
mod people;
mod record;
mod session;
mod study;
mod values;

pub use analysis::{Analyze, Collect, GapArgs, Measure, Power, Report};
pub use carla::{CarlaFree, CarlaStandin};
pub use people::{Drop, Enrol, Exclude, Status, Withdraw};
pub use record::{Codebook, CodebookFormat, Export, Replay, Verify};
pub use session::{CalibrateArg, Check, DeskArg, FloorArg, GazeArg, PacingArg, Run};
pub use study::{Demo, Instruments, Map, Plan, Render, ViewArg};

use clap::{Parser, Subcommand};

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
