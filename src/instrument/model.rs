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
    /// Where the instrument comes from.
    pub citation: String,
    /// Under what licence the wording stands here.
    pub licence: String,
    /// What is said before the items.
    pub instruction: String,
    /// The items in order.
    pub items: Vec<InstrumentItem>,
    /// The scores in order.
    pub scores: Vec<Score>,
    /// The file's text, for the session's copy.
    pub text: String,
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
        /// Words at single answers, the ends among them.
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
        /// Unit shown; part of the item's id where it has one.
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

/// A score: a sum or mean of items, some reversed, times a weight; or of other scores' raw values.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Its name.
    pub name: String,
    /// What it means and its range.
    pub about: String,
    /// How it is made.
    pub key: Key,
}

/// How a score is made. Left open here: see `score.rs`.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Items it is made of.
    pub items: Vec<String>,
}
