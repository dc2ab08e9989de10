//! What an analysis asks, fixed before the data are looked at.

use super::condition::Condition;
use crate::table::words;

words! {
    /// What kind of number an outcome is.
    pub enum Kind {
        /// A measured quantity, or a score of several items.
        Continuous = "continuous",
        /// A single item: categories in order, of which no mean is taken.
        Ordinal = "ordinal",
        /// It happened or not: 0 or 1.
        Binary = "binary",
        /// A wait that may have been cut off: censored, never dropped.
        Censored = "censored",
        /// How often something happened.
        Count = "count",
    }
}

words! {
    /// A test by its name.
    pub enum Test {
        /// Paired t of cell-mean contrasts: for factors of two levels. Of waits: of restricted means.
        PairedT = "paired_t",
        /// The same contrasts, signs permuted.
        Permutation = "permutation",
        /// The same contrasts, Wilcoxon's signed ranks.
        Wilcoxon = "wilcoxon",
        /// Bayes factor of the paired t: beside a test, never instead of one.
        BayesFactor = "bayes_factor",
        /// Friedman's test of all cells with Kendall's W.
        Friedman = "friedman",
        /// Analysis of variance of cell means, within subjects or mixed.
        Anova = "anova",
        /// Linear mixed model.
        Lmm = "lmm",
        /// Cumulative link mixed model.
        Clmm = "clmm",
        /// Logistic mixed model.
        Glmm = "glmm",
        /// Cox's model with errors clustered by participant.
        Cox = "cox",
        /// Proportional hazards with a gamma frailty of each participant.
        Frailty = "frailty",
        /// Log-rank test stratified by participant.
        LogRank = "log_rank",
    }
}

impl Test {
    /// Whether it takes waits as they are, cut off or not, and compares hazards.
    pub fn is_of_hazards(self) -> bool {
        matches!(self, Self::Cox | Self::Frailty | Self::LogRank)
    }
}

words! {
    /// How the p-values of a family are corrected.
    pub enum Correction {
        /// Holm (1979).
        Holm = "holm",
        /// Benjamini and Hochberg (1995).
        BenjaminiHochberg = "bh",
        /// Not at all; said so.
        None = "none",
    }
}

words! {
    /// What is kept out unless a plan asks for it.
    pub enum KeptOut {
        /// Simulated or scripted participants.
        Simulated = "simulated",
        /// Recorded as a pilot.
        Pilot = "pilot",
        /// Practice trials.
        Practice = "practice",
        /// Attempts with a later whole attempt.
        Repeated = "repeated",
        /// Ended by operator or participant.
        Aborted = "aborted",
        /// Cut short.
        Interrupted = "interrupted",
        /// Trials with marks.
        Marked = "marked",
        /// Left out by `kerbside exclude`.
        ByHand = "by_hand",
        /// Catch trials.
        Catch = "catch",
    }
}

words! {
    /// What becomes of trials that were over before the manipulation began.
    pub enum Before {
        /// They stay; their number is shown.
        Keep = "keep",
        /// They are left out; their number is shown.
        Exclude = "exclude",
    }
}

words! {
    /// What becomes of infinite values.
    pub enum Infinite {
        /// An error that names the first.
        Refuse = "refuse",
        /// Unknown; their number is shown.
        Missing = "missing",
    }
}

words! {
    /// What becomes of rows whose cells are all the same.
    pub enum Identical {
        /// An error that names both.
        Refuse = "refuse",
        /// They are several trials.
        Keep = "keep",
    }
}

/// A plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// The study's file, relative to the plan; its hash goes into the lock.
    pub study: Option<String>,
    /// Level of the tests; intervals have 1 - alpha.
    pub alpha: f64,
    /// Names the random numbers.
    pub seed: u64,
    /// What is kept although it would be left out by itself.
    pub keep: Vec<KeptOut>,
    /// How the columns of a table are read.
    pub data: Mapping,
    /// Rows that are analysed: each rule keeps what it matches.
    pub rows: Vec<Rule>,
    /// Factors.
    pub factors: Vec<Factor>,
    /// Covariates of models.
    pub covariates: Vec<Covariate>,
    /// What is measured.
    pub outcomes: Vec<OutcomePlan>,
    /// What is left out, in this order.
    pub exclusions: Vec<Rule>,
    /// Trials that were over before the manipulation began.
    pub before: Option<BeforePlan>,
    /// Families of tests.
    pub families: Vec<Family>,
    /// Whether models too are fitted again without each participant.
    pub leave_one_out_models: bool,
}

/// How a table is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The column of participants' codes.
    pub participant: String,
    /// The column of a trial's place in the participant's order, for figures of learning; of Kerbside's own tables
    /// `plan_n` when none.
    pub order: Option<String>,
    /// Texts that mean unknown in every column.
    pub missing: Vec<String>,
    /// What becomes of rows whose cells are all the same.
    pub identical_rows: Identical,
    /// What differs in single columns.
    pub columns: Vec<ColumnPlan>,
}

/// How one column is read.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnPlan {
    /// Its name in the table.
    pub column: String,
    /// Texts that mean unknown in this column, besides those of every column.
    pub missing: Vec<String>,
    /// What becomes of infinite values.
    pub infinite: Infinite,
}

/// A rule with a name and a reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Which rows it matches.
    pub condition: Condition,
    /// Why, for the reader of the results.
    pub reason: String,
    /// Whether a match takes all trials of the participant.
    pub whole_participant: bool,
}

/// A factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Its name in results.
    pub name: String,
    /// Its column.
    pub column: String,
    /// Its levels, the reference first.
    pub levels: Vec<String>,
    /// Whether it varies between participants.
    pub between: bool,
}

/// A number that models take into account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covariate {
    /// Its name in results.
    pub name: String,
    /// Its column.
    pub column: String,
}

/// An outcome and what is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomePlan {
    /// Its name in results.
    pub name: String,
    /// In words.
    pub label: String,
    /// Its column.
    pub column: String,
    /// What kind of number it is.
    pub kind: Kind,
    /// Its unit; empty without one.
    pub unit: String,
    /// Where a wait was cut off, for censored outcomes.
    pub censored: Option<CensoredBy>,
    /// Up to when waits are counted where their means are compared; the earliest end of watching of the trials as planned
    /// when none.
    pub restricted_at: Option<f64>,
    /// Least and greatest possible value.
    pub range: Option<(f64, f64)>,
    /// Factors, by index; an outcome without any is described only.
    pub factors: Vec<usize>,
    /// Covariates, by index.
    pub covariates: Vec<usize>,
    /// Effects asked for, each as indices of factors; all main effects and interactions when empty.
    pub effects: Vec<Vec<usize>>,
    /// The confirmatory test; by kind and design when none.
    pub test: Option<Test>,
    /// Tests beside it.
    pub also: Vec<Test>,
    /// Bounds of equivalence in the outcome's unit.
    pub equivalence: Option<(f64, f64)>,
    /// Its family, by index.
    pub family: Option<usize>,
    /// Whether ordinal models use a probit link.
    pub probit: bool,
    /// What is asked beyond the test.
    pub options: super::options::Options,
}

/// How a table tells that a wait was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CensoredBy {
    /// Where the outcome is unknown, this column says until when it had not happened.
    At(String),
    /// A column says whether it happened.
    Happened {
        /// The column.
        column: String,
        /// Texts that say so.
        is: Vec<String>,
        /// Texts that say that it did not; where there are none, the one other text of the column.
        is_not: Vec<String>,
    },
}

/// Trials that were over before the manipulation began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeforePlan {
    /// Columns with 1 where it had begun, 0 where not yet.
    pub seen: Vec<String>,
    /// What becomes of trials with a 0.
    pub treat: Before,
}

/// A family of tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// Its name.
    pub name: String,
    /// How its p-values are corrected.
    pub correction: Correction,
}

impl Plan {
    /// Reads and checks a plan; `file` is what messages call it. Everything that is wrong is told at once.
    pub fn read(file: &str, text: &str) -> crate::problem::Outcome<Self> {
        super::read_plan::read(file, text)
    }

    /// Waits for which nobody says up to when they are counted: the data will.
    pub fn waits_without_a_time(&self) -> impl Iterator<Item = &OutcomePlan> {
        self.outcomes.iter().filter(|outcome| outcome.kind == Kind::Censored && outcome.restricted_at.is_none())
    }

    /// Coverage of intervals.
    pub fn level(&self) -> f64 {
        1.0 - self.alpha
    }
}
