//! What results say, once, for Markdown and for the page: sections of text, tables and drawings.

use super::super::drawings::{Drawing, Drawings};
use super::super::plan::Plan;
use super::super::results::Results;
use super::{methods, outcome, reproduce, tables_of_trials};

/// A part of the results with a heading.
pub(super) struct Section<'a> {
    /// A name for links: letters, digits and `-`.
    pub id: String,
    /// Its name in the list of sections.
    pub name: String,
    /// Its heading.
    pub heading: String,
    /// What stands in it.
    pub blocks: Vec<Block<'a>>,
}

/// A piece of a section.
pub(super) enum Block<'a> {
    /// A heading within it.
    Heading(String),
    /// A paragraph: words that stand out (there may be none), then the others.
    Text(&'static str, String),
    /// Sentences below each other; those with `true` stand out.
    Points(Vec<(bool, String)>),
    /// A table.
    Table(Table),
    /// A figure.
    Drawing(&'a Drawing),
    /// Figures that stand two to a row on paper.
    Pairs(Vec<&'a Drawing>),
    /// What is typed.
    Typed(String),
}

/// A table of texts.
pub(super) struct Table {
    /// What it is of.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
pub(super) struct Column {
    /// Its name.
    pub name: String,
    /// Whether its cells are short: numbers, which stand at the right and are not broken.
    pub short: bool,
}

impl Table {
    /// A table whose columns are named so: those that end in `#` hold numbers.
    pub(super) fn new(caption: impl Into<String>, columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        let column = |name: &&str| Column { name: name.trim_end_matches('#').to_owned(), short: name.ends_with('#') };
        Self { caption: caption.into(), columns: columns.iter().map(column).collect(), rows }
    }
}

/// Notes as sentences, each once.
pub(super) fn points<'a>(notes: impl IntoIterator<Item = String>) -> Option<Block<'a>> {
    let mut told: Vec<(bool, String)> = Vec::new();
    for note in notes {
        if !told.iter().any(|(_, known)| *known == note) {
            told.push((false, note));
        }
    }
    (!told.is_empty()).then_some(Block::Points(told))
}

/// Everything, in the order in which it is read.
pub(super) fn sections<'a>(plan: &Plan, results: &'a Results, drawings: &'a Drawings) -> Vec<Section<'a>> {
    let section = |id: &str, name: &str, heading: &str, blocks: Vec<Block<'a>>| Section {
        id: id.to_owned(),
        name: name.to_owned(),
        heading: heading.to_owned(),
        blocks,
    };
    let drawn = |all: &'a [Drawing]| all.iter().map(Block::Drawing);
    let mut sections = vec![
        section("counts", "Trials", "Trials per participant", tables_of_trials::counts(results)),
        section("flow", "Flow", "From all trials to those analysed", tables_of_trials::flow(results, &drawings.flow)),
        section("methods", "Methods", "Methods", methods::blocks(plan, results)),
    ];
    for (i, own) in results.outcomes.iter().enumerate() {
        let blocks = outcome::blocks(plan.outcomes.get(i), own, results.alpha, drawings.outcomes.get(i));
        sections.push(section(&format!("outcome-{}", i + 1), &own.label, &own.label, blocks));
    }
    if !drawings.effects.is_empty() {
        sections.push(section("effects", "Effects", "Effects side by side", drawn(&drawings.effects).collect()));
    }
    if !drawings.vehicle.is_empty() {
        let heading = "Where the vehicle was";
        sections.push(section("vehicle", "Vehicle", heading, drawn(&drawings.vehicle).collect()));
    }
    sections.push(section("again", "How to check", "How to check these numbers", reproduce::blocks(plan, results)));
    sections
}
