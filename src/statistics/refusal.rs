//! Why there is no number.

/// A question that these numbers cannot answer, in words.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Fewer values than the method needs.
    #[error("{what}: {n} given, at least {needed} needed")]
    TooFew {
        /// What is counted: `differences`, `participants`.
        what: &'static str,
        /// How many there are.
        n: usize,
        /// The fewest with which the method is defined.
        needed: usize,
    },
    /// More than can be computed in reasonable time or memory.
    #[error("{what}: {n} given, at most {most} can be handled")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        n: usize,
        /// The most that are accepted.
        most: usize,
    },
    /// Unknown or infinite where a finite number is needed; such trials must be left out, or treated as censored, before.
    #[error("{what}: value {index} (counted from 0) is not a finite number")]
    NotFinite {
        /// What the values are.
        what: &'static str,
        /// Place of the first such value, from 0.
        index: usize,
    },
    /// All values are the same (up to rounding): there is no spread to judge a difference by.
    #[error("{what} do not vary: a test needs spread")]
    Constant {
        /// What does not vary.
        what: &'static str,
    },
    /// Two lists that belong together differ in length.
    #[error("{what}: {left} and {right} values that should belong together")]
    Unequal {
        /// What the lists are.
        what: &'static str,
        /// Length of the one.
        left: usize,
        /// Length of the other.
        right: usize,
    },
    /// A number outside the range for which the method is defined.
    #[error("{what} is {}, but must lie {range}", crate::problem::short_number(*value))]
    OutOfRange {
        /// The argument.
        what: &'static str,
        /// Its value.
        value: f64,
        /// The range in words: `between 0 and 1`.
        range: &'static str,
    },
    /// A participant without a value in a cell of the design.
    #[error("participant {participant} (counted from 0) has no value in cell {cell} (counted from 0)")]
    MissingCell {
        /// Index of the participant.
        participant: usize,
        /// Index of the cell.
        cell: usize,
    },
    /// A level or group of which there are no data.
    #[error("{what} {index} (counted from 0) has no data")]
    EmptyLevel {
        /// What is empty: `group`, `stratum`, `category`.
        what: &'static str,
        /// Its index.
        index: usize,
    },
    /// Columns of a design that say the same, or more columns than data can tell apart.
    #[error("{what} cannot be told apart with these data (linearly dependent)")]
    Dependent {
        /// What is dependent.
        what: &'static str,
    },
    /// Nothing happened to anybody.
    #[error("no events: every observation is censored")]
    NoEvents,
    /// A predictor tells the outcome perfectly: the estimate runs to infinity.
    #[error("{what} {index} (counted from 0) runs to infinity: it tells the outcome perfectly (separation)")]
    Separation {
        /// What runs away.
        what: &'static str,
        /// Its index.
        index: usize,
    },
    /// Columns that tell answers apart without a mistake: their estimates run to infinity, and with them what an error of
    /// any other coefficient would rest on.
    #[error(
        "columns {columns:?} (counted from 0) tell answers apart without a mistake (separation): their estimates run to infinity"
    )]
    Separated {
        /// The columns.
        columns: Vec<usize>,
    },
    /// A search that did not end.
    #[error("{what}: no convergence after {steps} steps")]
    NotConverged {
        /// The search.
        what: &'static str,
        /// How many steps were tried.
        steps: usize,
    },
}

/// A number, or why there is none.
pub type Answer<T> = Result<T, Refusal>;
