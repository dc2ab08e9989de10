//! The report: one self-contained HTML file, a function of a study's measures.
//!
//! Needs no network and no script; reads in light, dark, on paper and on a telephone.

mod chart;
mod conditions;
mod curves;
mod estimates;
mod facts;
mod manipulation;
mod outcomes;
mod page;
mod quality;
mod statistics;
#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod tests;
mod trial_drawing;
mod trial_example;
mod trial_moments;
mod trial_traces;

use crate::kernel::site::{ConflictZone, Site};
use crate::kernel::spec::VehicleSpec;
use crate::table::{EventRow, FrameRow, MeasureRow, VehicleRow, WorldRow};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Everything the report shows; it reads no file.
#[derive(Debug, Clone)]
pub struct ReportInput {
    /// The page's title.
    pub title: String,
    /// One or two sentences on the study.
    pub about: String,
    /// The study's name.
    pub study_name: String,
    /// Version of Kerbside that measured.
    pub version: String,
    /// Seed of the study's plan and simulated participants.
    pub seed: Option<u64>,
    /// Name of the map.
    pub map: String,
    /// Name of the crosswalk.
    pub crosswalk: String,
    /// People.
    pub participants: usize,
    /// Whether any participant was simulated.
    pub simulated: bool,
    /// The design.
    pub factors: Vec<FactorInfo>,
    /// Measures of all trials.
    pub measures: Vec<MeasureRow>,
    /// Factors and levels in force, by participant, session and trial.
    pub levels: Levels,
    /// Heads of the seal chains: what is sealed, and the head in hexadecimal.
    pub heads: Vec<(String, String)>,
    /// A trial to draw.
    pub example: Option<ExampleTrial>,
    /// The data's folder, relative, as shown.
    pub data_folder: String,
}

/// Factor and level pairs by participant, session and trial attempt.
pub type Levels = BTreeMap<(String, u32, u32), Vec<(String, String)>>;

/// A factor of the design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorInfo {
    /// Its name.
    pub name: String,
    /// Its levels, in the study's order.
    pub levels: Vec<String>,
}

/// One trial with all that is needed to draw it.
#[derive(Debug, Clone)]
pub struct ExampleTrial {
    /// The place.
    pub site: Site,
    /// The trial's vehicles; vehicle number 1 is the first.
    pub spec_vehicles: Vec<VehicleSpec>,
    /// Their conflict zones, in the same order.
    pub zones: Vec<ConflictZone>,
    /// Participant's code.
    pub participant: String,
    /// The trial attempt.
    pub trial_n: u32,
    /// Its cell of the design.
    pub cell: String,
    /// Its frames.
    pub frames: Vec<FrameRow>,
    /// Its vehicles as drawn.
    pub vehicles: Vec<VehicleRow>,
    /// Its vehicles as simulated.
    pub world: Vec<WorldRow>,
    /// Its events.
    pub events: Vec<EventRow>,
}

/// The report as an HTML document.
pub fn render(input: &ReportInput) -> String {
    let sorted = conditions::sort(input);
    let body = html! {
        (facts::header(input, &sorted))
        main {
            (page::section("done", "What was done", facts::section(input, &sorted)))
            (page::section("crossing", "When people stepped off", curves::section(&sorted)))
            (page::section("estimates", "Where the vehicle was at step-off", estimates::section(&sorted)))
            (page::section("outcomes", "How the trials ended", outcomes::section(&sorted)))
            (page::section("manipulation", "Did the vehicle do what was asked of it", manipulation::section(&sorted)))
            (page::section("trial", "One trial drawn", trial_example::section(input.example.as_ref())))
            (page::section("quality", "Data quality and how to check", quality::section(input)))
            (page::section("definitions", "Definitions", quality::definitions()))
            (page::section("limits", "What this report does not say", quality::not_here()))
        }
        (footer(input))
    };
    page::document(&input.title, body)
}

fn footer(input: &ReportInput) -> Markup {
    html! {
        footer {
            p { "Made by Kerbside " (input.version) " from " code { (input.data_folder) } "."
                @if input.simulated { " All participants in this report are SIMULATED." } }
        }
    }
}
