//! The report: one self-contained HTML file, a function of a study's measures.
//!
//! Needs no network and no script; reads in light, dark, on paper and on a telephone.

mod answers;
mod attention;
mod chart;
mod conditions;
mod curves;
mod definitions;
mod distance;
mod estimates;
mod facts;
mod flow;
mod learning;
mod lines;
mod manipulation;
mod next;
mod outcomes;
pub(crate) mod page;
mod quality;
mod risk;
mod sample;
mod scores;
mod stacked;
#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod tests;
mod trial_drawing;
mod trial_example;
mod trial_moments;
mod trial_traces;
mod who;

use crate::kernel::site::{ConflictZone, Site};
use crate::kernel::spec::Item;
use crate::kernel::spec::VehicleSpec;
use crate::table::{
    AnswerRow, EventRow, ExclusionRow, FrameRow, MeasureRow, RegisterRow, ScoreRow, TrialRow, VehicleRow, WorldRow,
};
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
    /// Participants, simulated and scripted ones counted.
    pub participants: usize,
    /// How many of them were simulated.
    pub simulated: usize,
    /// How many of them were scripted.
    pub scripted: usize,
    /// The design.
    pub factors: Vec<FactorInfo>,
    /// Main trials of each cell of the whole design (levels joined by `+`) in the plans of the sessions here.
    pub planned: BTreeMap<String, usize>,
    /// All attempts of all sessions.
    pub trials: Vec<TrialRow>,
    /// Measures of all trials.
    pub measures: Vec<MeasureRow>,
    /// Questions after each trial.
    pub items: Vec<Item>,
    /// All answers.
    pub answers: Vec<Answer>,
    /// Scores of all questionnaires.
    pub scores: Vec<ScoreRow>,
    /// The study's register; empty where there is none.
    pub register: Vec<RegisterRow>,
    /// What was excluded by hand, and taken back.
    pub exclusions: Vec<ExclusionRow>,
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

/// An answer and whose it is.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Participant's code.
    pub participant: String,
    /// Session, from 1.
    pub session_n: u32,
    /// The row of `answers.csv`.
    pub row: AnswerRow,
}

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

/// A part of the page: its id, its name in the list of sections, its heading, what stands in it.
type Section = (&'static str, &'static str, &'static str, Markup);

/// The report as an HTML document.
pub fn render(input: &ReportInput) -> String {
    let sorted = conditions::sort(input);
    let sections = sections(input, &sorted);
    let body = html! {
        (facts::header(input, &sorted, &sections))
        main { @for (id, _, heading, body) in &sections { (page::section(id, heading, body)) } }
        (footer(input))
    };
    page::document(&input.title, body)
}

fn sections(input: &ReportInput, sorted: &conditions::Sorted) -> Vec<Section> {
    vec![
        ("done", "What was done", "What was done", facts::section(input, sorted)),
        ("sample", "Sample", "Sample and balance", sample::section(input, sorted)),
        ("flow", "Flow of trials", "From all trials to those kept", flow::section(sorted)),
        ("manipulation", "Manipulation", "Did the vehicle do what was asked of it", manipulation::section(sorted)),
        ("crossing", "Stepping off", "When people stepped off", curves::section(sorted)),
        ("distance", "By distance", "How far the vehicle was when they did", distance::section(sorted)),
        ("estimates", "Vehicle at step-off", "Where the vehicle was at step-off", estimates::section(sorted)),
        ("outcomes", "Outcomes", "How the trials ended", outcomes::section(sorted)),
        ("risk", "Closeness", "How close it came", risk::section(sorted)),
        ("answers", "Answers", "What people answered after trials", answers::section(input, sorted)),
        ("scores", "Questionnaires", "Scores of questionnaires", scores::section(input, sorted)),
        ("learning", "Learning", "Over the course of the trials", learning::section(sorted)),
        ("attention", "Attention", "Looking at the vehicle", attention::section(sorted)),
        ("quality", "Quality", "Data quality", quality::section(input)),
        ("trial", "One trial", "One trial drawn", trial_example::section(input.example.as_ref())),
        ("definitions", "Definitions", "Definitions", definitions::section()),
        ("next", "How to go on", "How to check, and how to go on", next::section(input)),
        ("limits", "Limits", "What this report does not say", next::not_here()),
    ]
}

fn footer(input: &ReportInput) -> Markup {
    html! {
        footer {
            p { "Made by Kerbside " (input.version) " from " code { (input.data_folder) } "."
                @if let Some(words) = who::not_people(input) { " " (words) } }
        }
    }
}
