//! What a plan may ask of an outcome beyond its test: how levels are compared, which intervals, how integrated.

use super::plan::Kind;
use crate::document::Table;
use crate::table::words;

words! {
    /// Which levels of a factor with three and more are compared.
    pub enum Contrasts {
        /// Each with the reference.
        Reference = "reference",
        /// All pairs.
        Pairs = "pairs",
        /// None: the omnibus test alone.
        None = "none",
    }
}

words! {
    /// How the interval of a difference of means is made.
    pub enum IntervalOf {
        /// By Student's t.
        T = "t",
        /// By the bias-corrected and accelerated bootstrap over participants.
        Bca = "bca",
    }
}

/// Most quadrature points: lme4 takes no more either.
const MOST_POINTS: u32 = 25;

/// What is asked of an outcome beyond its test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which levels are compared.
    pub contrasts: Contrasts,
    /// Which interval differences of means have.
    pub interval: IntervalOf,
    /// Points of adaptive Gauss-Hermite quadrature; Laplace's approximation when none.
    pub points: Option<usize>,
    /// The column that says when the vehicle arrived: what happened before and after it compete.
    pub arrival: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { contrasts: Contrasts::Reference, interval: IntervalOf::T, points: None, arrival: None }
    }
}

/// Reads them from an outcome's table.
pub(super) fn read(table: &Table<'_>, kind: Kind) -> Options {
    let options = Options {
        contrasts: table
            .opt_word("contrasts", Contrasts::WORDS)
            .and_then(|word| Contrasts::from_word(&word))
            .unwrap_or(Contrasts::Reference),
        interval: table
            .opt_word("interval", IntervalOf::WORDS)
            .and_then(|word| IntervalOf::from_word(&word))
            .unwrap_or(IntervalOf::T),
        points: table.opt_u32_in("integration", 2..=MOST_POINTS).map(|points| points as usize),
        arrival: table.opt_text("arrival"),
    };
    let modelled = matches!(kind, Kind::Ordinal | Kind::Binary);
    let wrong = |key: &str, what: &str, cure: &str| {
        table.source().wrong(table.at(), format!("kind = \"{}\" has no `{key}`: it {what}", kind.word()), cure);
    };
    if modelled && options.interval == IntervalOf::Bca {
        wrong("interval", "belongs to differences of means", "take `interval` out");
    }
    if !modelled && options.points.is_some() {
        wrong("integration", "belongs to models with a link", "take `integration` out");
    }
    if kind != Kind::Censored && options.arrival.is_some() {
        wrong("arrival", "says what a wait competes with", "take `arrival` out, or write kind = \"censored\"");
    }
    options
}
