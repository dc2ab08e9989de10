//! An instrument, complete and checked.

use crate::table::words;

/// A questionnaire: what is asked, what may be answered, and how it is scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Instrument {
    /// Its name in studies and in `answers.csv`.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Version of this file: answers are kept with it.
    pub version: String,
    /// Language of the wording, such as `en`.
    pub language: String,
    /// Whether the wording in this language has a published source.
    pub validated: bool,
    /// Whether the instrument's own words stand here.
    pub wording: Wording,
    /// Where the instrument comes from.
    pub citation: String,
    /// Under what licence the wording stands here, or what a laboratory must obtain.
    pub licence: String,
    /// What the key was checked against; empty when nothing is said.
    pub checked: String,
    /// What is said before the items; may be empty.
    pub instruction: String,
    /// The items in order.
    pub items: Vec<InstrumentItem>,
    /// The scores in order: each is made of items, or of scores before it.
    pub scores: Vec<Score>,
    /// The file's text, for the session's copy: `read` makes this same instrument of it.
    pub text: String,
}

words! {
    /// Whether the instrument's own words stand in a file.
    pub enum Wording {
        /// Items have neutral labels; a laboratory adds the words it may use.
        KeyOnly = "key only",
        /// The words stand here.
        Full = "full",
    }
}

/// An item.
#[derive(Debug, Clone, PartialEq)]
pub struct InstrumentItem {
    /// Its name within the instrument.
    pub id: String,
    /// The words shown.
    pub text: String,
    /// What may be answered.
    pub kind: ItemKind,
    /// Whether it may be left out.
    pub optional: bool,
}

/// What may be answered to an item.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemKind {
    /// Whole numbers from one end to the other.
    Scale {
        /// How it is shown.
        shown: Shown,
        /// Lowest answer.
        least: i64,
        /// Highest answer.
        most: i64,
        /// Words at single answers in rising order, the ends among them.
        anchors: Vec<(i64, String)>,
    },
    /// One of some options, stored by its word.
    Choice {
        /// Word stored and words shown.
        options: Vec<(String, String)>,
    },
    /// A number.
    Number {
        /// Least.
        least: f64,
        /// Most.
        most: f64,
        /// Unit shown, may be empty; part of the item's id where it has one.
        unit: String,
    },
    /// Words.
    Text {
        /// At most so many characters.
        most_chars: u32,
    },
}

words! {
    /// How a scale is shown.
    pub enum Shown {
        /// Steps with words.
        Likert = "likert",
        /// Steps between two opposite words.
        Differential = "differential",
        /// A line.
        Slider = "slider",
    }
}

/// A score: items or other scores, put together and brought to a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Its name.
    pub name: String,
    /// What it means; may be empty.
    pub about: String,
    /// How it is made.
    pub key: Key,
}

/// How a score is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// What it is made of.
    pub parts: Parts,
    /// How the parts are put together: that is the raw value.
    pub combine: Combine,
    /// From the raw value to the score.
    pub rescale: Rescale,
    /// So many items may be missing: they count as the mean of those answered.
    pub most_missing: u32,
}

/// What a score is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Parts {
    /// Items by id.
    Items {
        /// All of them.
        items: Vec<String>,
        /// Those counted from the other end: least + most - answer.
        reverse: Vec<String>,
    },
    /// Other scores.
    Scores(Vec<String>),
    /// Other scores' raw values, before weight or range.
    RawScores(Vec<String>),
}

words! {
    /// How parts are put together.
    pub enum Combine {
        /// Their sum.
        Sum = "sum",
        /// Their mean.
        Mean = "mean",
    }
}

/// From a raw value to a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rescale {
    /// Times this.
    Weight(f64),
    /// The possible raw values, lowest to highest, laid on these two.
    Range([f64; 2]),
}

impl Instrument {
    /// An item by id.
    pub fn item(&self, id: &str) -> Option<&InstrumentItem> {
        self.items.iter().find(|item| item.id == id)
    }

    /// A score by name.
    pub fn score_named(&self, name: &str) -> Option<&Score> {
        self.scores.iter().find(|score| score.name == name)
    }
}

impl InstrumentItem {
    /// Least and most as numbers; none where answers are no numbers.
    pub fn range(&self) -> Option<[f64; 2]> {
        match &self.kind {
            #[allow(clippy::cast_precision_loss)]
            ItemKind::Scale { least, most, .. } => Some([*least as f64, *most as f64]),
            ItemKind::Number { least, most, .. } => Some([*least, *most]),
            ItemKind::Choice { .. } | ItemKind::Text { .. } => None,
        }
    }
}
