//! The values of an outcome, trial by trial, and what a reader must know of those that are unknown.

use super::intake::{Trial, Value};
use super::plan::{CensoredBy, Infinite, Kind, OutcomePlan, Plan};
use super::read_data::Reader;
use super::sheet::Sheet;
use crate::problem::{Outcome, Place, Problem, Problems, short_number};
use std::collections::BTreeMap;

/// Most problems of one outcome that are told.
const MOST_TOLD: usize = 10;
/// A column with more different texts than this does not say yes or no.
const MOST_TEXTS: usize = 50;
/// Kerbside's measures that are waits: unknown where it never came to it.
const WAITS: [&str; 4] = ["cit_s", "step_off_s", "first_look_s", "trigger_first_press_s"];

/// A table of trials, of which an outcome is one column.
pub(super) struct Table<'t> {
    pub plan: &'t Plan,
    pub sheet: &'t Sheet,
    pub reader: &'t Reader<'t>,
    pub trials: &'t [Trial],
    /// Whether a wait that never ends is a mistake of the plan: not so where nobody knows yet what there will be.
    pub strict: bool,
}

/// What is counted of the trials that are analysed.
#[derive(Default)]
struct Counts {
    all: usize,
    unknown: usize,
    infinite: usize,
    no_end: usize,
    before_cue: usize,
    cut_off: usize,
}

impl Table<'_> {
    /// An outcome's value in each trial, and notes: what is unknown is counted among the trials that are analysed.
    pub(super) fn values(&self, outcome: &OutcomePlan) -> Outcome<(Vec<Option<Value>>, Vec<String>)> {
        let at = self.sheet.column(&outcome.column)?;
        let end = End::of(outcome, self)?;
        let mut problems = Problems::default();
        let mut counts = Counts::default();
        let mut below_zero = 0;
        let mut told_infinite = false;
        let mut values = Vec::with_capacity(self.trials.len());
        for trial in self.trials {
            if problems.0.len() >= MOST_TOLD {
                break;
            }
            let counted = trial.analysed && outcome.factors.iter().all(|factor| trial.levels[*factor].is_some());
            let read = self.number(outcome, trial, at, &mut told_infinite);
            let (number, infinite) = read.unwrap_or_else(|problem| {
                problems.push(problem);
                (None, false)
            });
            let mut value = end.value(number, self, trial.row)?;
            if let Some(ended) = value.filter(|value| outcome.kind == Kind::Censored && value.number < 0.0) {
                let own = self.sheet.kerbside && WAITS.contains(&outcome.column.as_str());
                if own && ended.happened {
                    counts.before_cue += usize::from(counted);
                } else if own {
                    counts.cut_off += usize::from(counted);
                    value = None;
                } else if trial.analysed {
                    problems.push(self.negative(trial.row, end.column(number.is_some(), at)));
                } else {
                    below_zero += 1;
                    value = None;
                }
            }
            if counted {
                counts.all += 1;
                counts.unknown += usize::from(value.is_none());
                counts.infinite += usize::from(infinite);
                counts.no_end +=
                    usize::from(number.is_some() && value.is_none() && matches!(end, End::Happened { .. }));
            }
            values.push(value);
        }
        problems.check()?;
        let mut notes = counts.notes();
        if below_zero > 0 {
            notes.push(format!(
                "{below_zero} trials that are left out have a wait below 0: they are unknown where an exclusion is taken back"
            ));
        }
        notes.extend(self.not_in_it(outcome));
        if self.sheet.kerbside {
            notes.extend(self.cut_off_unseen(outcome, &values)?);
        }
        Ok((values, notes))
    }

    /// The number of a trial, and whether it is unknown because it is infinite.
    fn number(
        &self,
        outcome: &OutcomePlan,
        trial: &Trial,
        at: usize,
        told: &mut bool,
    ) -> Result<(Option<f64>, bool), Problem> {
        let number = self.reader.number(self.sheet, trial.row, at)?;
        if number.is_some_and(f64::is_infinite) {
            if self.reader.infinite(at) == Infinite::Refuse && !*told {
                *told = true;
                let cure = format!("say what it means: [data.columns.\"{}\"] infinite = \"missing\"", outcome.column);
                return Err(Problem::new(self.sheet.place(trial.row, at), "an infinite value", cure));
            }
            return Ok((None, true));
        }
        if let Some(what) = number.and_then(|number| unfit(outcome, number)) {
            let cure = "correct the table, or the outcome's kind or range";
            return Err(Problem::new(self.sheet.place(trial.row, at), what, cure));
        }
        Ok((number, false))
    }

    fn negative(&self, row: usize, column: usize) -> Problem {
        let cell = &self.sheet.rows[row].cells[column];
        let cure = format!(
            "if \"{cell}\" means unknown, name it in the plan: [data.columns.\"{}\"] missing = [\"{cell}\"]; leave out who \
             began too early by an exclusion with a reason",
            self.sheet.columns[column]
        );
        Problem::new(self.sheet.place(row, column), format!("a wait of {cell}: none ends before it begins"), cure)
    }

    /// Trials that an outcome loses before its values are looked at.
    fn not_in_it(&self, outcome: &OutcomePlan) -> Vec<String> {
        let analysed = || self.trials.iter().filter(|trial| trial.analysed);
        let mut notes = Vec::new();
        for factor in &outcome.factors {
            let n = analysed().filter(|trial| trial.levels[*factor].is_none()).count();
            let name = &self.plan.factors[*factor].name;
            notes.extend((n > 0).then(|| format!("{n} trials with an unknown level of {name} are not in it")));
        }
        for covariate in &outcome.covariates {
            let n = analysed().filter(|trial| trial.covariates[*covariate].is_none()).count();
            let name = &self.plan.covariates[*covariate].name;
            notes.extend((n > 0).then(|| format!("{n} trials with an unknown {name}, its covariate, are not in it")));
        }
        notes
    }

    /// A wait must not be analysed without those that were cut off; other measures exist only where there was a step-off.
    fn cut_off_unseen(&self, outcome: &OutcomePlan, values: &[Option<Value>]) -> Result<Option<String>, Problem> {
        let censored = self.sheet.column("censored")?;
        let cut = |trial: &Trial| trial.analysed && self.sheet.rows[trial.row].cells[censored] == "1";
        let lost = self.trials.iter().zip(values).filter(|(trial, value)| value.is_none() && cut(trial)).count();
        if lost == 0 || outcome.kind == Kind::Censored {
            return Ok(None);
        }
        if WAITS.contains(&outcome.column.as_str()) {
            let what =
                format!("{} is a wait, cut off in {lost} trials: without them it would look shorter", outcome.column);
            let cure = "write kind = \"censored\" and censored_at = \"cit_censored_at_s\"";
            return Err(Problem::file(self.sheet.name(), what, cure));
        }
        Ok(Some(format!(
            "exists only where there was a step-off: {lost} trials without one have no value, so this speaks of the bolder crossings"
        )))
    }
}

impl Counts {
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.unknown > 0 {
            let mut words = format!("unknown in {} of {} trials", self.unknown, self.all);
            if self.infinite > 0 {
                words += &format!(", of which {} are infinite", self.infinite);
            }
            if self.no_end > 0 {
                words += &format!(", of which {} do not say whether it happened", self.no_end);
            }
            notes.push(words);
        }
        if self.before_cue > 0 {
            notes.push(format!("{} waits are below 0: the step-off came before the cue", self.before_cue));
        }
        if self.cut_off > 0 {
            notes.push(format!("{} trials ended before the cue: nobody knows of a wait in them", self.cut_off));
        }
        notes
    }
}

/// What is wrong with a number for this kind of outcome.
fn unfit(outcome: &OutcomePlan, number: f64) -> Option<String> {
    let (name, kind) = (&outcome.name, outcome.kind.word());
    let whole = number.fract() == 0.0;
    let fits = match outcome.kind {
        Kind::Binary => number == 0.0 || number == 1.0,
        Kind::Ordinal => whole,
        Kind::Count => whole && number >= 0.0,
        Kind::Continuous | Kind::Censored => true,
    };
    if !fits {
        return Some(format!("{} cannot be a value of {name}, which is {kind}", short_number(number)));
    }
    let (low, high) = outcome.range.filter(|(low, high)| !(*low..=*high).contains(&number))?;
    Some(format!(
        "{} lies outside the range of {name}, {} to {}",
        short_number(number),
        short_number(low),
        short_number(high)
    ))
}

/// How a wait's end is told.
enum End<'p> {
    /// It is no wait.
    None,
    /// Until when it had not happened, where the outcome is unknown.
    At(usize),
    /// Whether it happened, by texts that say yes and no; every other cell means unknown.
    Happened { at: usize, is: &'p [String], is_not: Vec<String> },
}

impl<'p> End<'p> {
    fn of(outcome: &'p OutcomePlan, table: &Table<'_>) -> Outcome<Self> {
        Ok(match &outcome.censored {
            None => Self::None,
            Some(CensoredBy::At(column)) => Self::At(table.sheet.column(column)?),
            Some(CensoredBy::Happened { column, is, is_not }) => {
                let at = table.sheet.column(column)?;
                Self::Happened { at, is, is_not: no(table, at, is, is_not)? }
            }
        })
    }

    /// The column that a value was read from.
    fn column(&self, is_known: bool, own: usize) -> usize {
        match self {
            Self::At(at) if !is_known => *at,
            _ => own,
        }
    }

    fn value(&self, number: Option<f64>, table: &Table<'_>, row: usize) -> Result<Option<Value>, Problem> {
        let happened = |number| Value { number, happened: true };
        Ok(match self {
            Self::None => number.map(happened),
            Self::At(at) => match number {
                Some(number) => Some(happened(number)),
                None => {
                    let end = table.reader.number(table.sheet, row, *at)?.filter(|end| end.is_finite());
                    end.map(|number| Value { number, happened: false })
                }
            },
            Self::Happened { at, is, is_not } => {
                let cell = &table.sheet.rows[row].cells[*at];
                let one_of = |texts: &[String]| texts.iter().any(|text| table.reader.same_text(cell, text));
                let happened = one_of(is);
                number.filter(|_| happened || one_of(is_not)).map(|number| Value { number, happened })
            }
        })
    }
}

/// The texts that say that it did not happen: those of the plan, or the one other text of the column. A text that is
/// neither yes, no nor unknown is a problem, and so is a yes that no row has.
fn no(table: &Table<'_>, at: usize, is: &[String], is_not: &[String]) -> Outcome<Vec<String>> {
    let (sheet, reader) = (table.sheet, table.reader);
    let one_of = |texts: &[String], cell: &str| texts.iter().any(|text| reader.same_text(cell, text));
    let mut happened = false;
    // Each other text with its first row and how many rows have it.
    let mut others: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for trial in table.trials {
        let cell = sheet.rows[trial.row].cells[at].as_str();
        if one_of(is, cell) {
            happened = true;
        } else if !one_of(is_not, cell) && !reader.is_missing(at, cell) && others.len() <= MOST_TEXTS {
            others.entry(cell).or_insert((trial.row, 0)).1 += 1;
        }
    }
    let column = &sheet.columns[at];
    let mut sorted: Vec<(&str, (usize, usize))> = others.into_iter().collect();
    sorted.sort_by_key(|(_, (row, n))| (std::cmp::Reverse(*n), *row));
    let quoted = |texts: &[String]| texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(" or ");
    if !happened && table.strict && (is_not.is_empty() || !sorted.is_empty()) {
        let has: Vec<String> = sorted.iter().take(6).map(|(text, _)| format!("\"{text}\"")).collect();
        let more = if sorted.len() > has.len() { ", .." } else { "" };
        let what = format!("no row has {}: it would never have happened", quoted(is));
        let cure = format!(
            "the column has {}{more}: name in happened_is what says that it happened; if it truly never did, name in \
             happened_is_not what says so",
            if has.is_empty() { "nothing that is known".to_owned() } else { has.join(", ") }
        );
        let place = Place::file(sheet.name()).part(format!("column {column}"));
        return Err(Problem::new(place, what, cure).into());
    }
    let mut texts = is_not.to_vec();
    let mut problems = Problems::default();
    for (text, (row, n)) in sorted {
        if texts.is_empty() || is_not.is_empty() && one_of(&texts, text) {
            texts.push(text.to_owned());
            continue;
        }
        if problems.0.len() < MOST_TOLD {
            let rows = if n == 1 { String::new() } else { format!(" (in {n} rows)") };
            let what = format!("\"{text}\"{rows} says neither {} nor {}", quoted(is), quoted(&texts));
            let cure = format!(
                "correct the table; or name it in happened_is or happened_is_not; if it means unknown: \
                 [data.columns.\"{column}\"] missing = [\"{text}\"]"
            );
            problems.push(Problem::new(sheet.place(row, at), what, cure));
        }
    }
    problems.check()?;
    Ok(texts)
}
