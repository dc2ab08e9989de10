//! Every number of a results section with its name, unit, test, n and interval: one tree, which all files are written of.

use super::competing::{self, Competing};
use super::conducted::Conducted;
use super::design::Design;
use super::flow::Step;
use super::intake::{Taken, Trial};
use super::lock::LockState;
use super::methods::{self, CellTable, Cut, Limits, Named, Observation, Sample, TestResult};
use super::plan::{Correction, Kind, OutcomePlan, Plan};
use super::sensitivity::{LeftOut, Sensitivity};
use crate::statistics::adjust::{benjamini_hochberg, holm};
use crate::statistics::sample::Moments;
use crate::statistics::survival::kaplan_meier::{self, curve};
use serde::Serialize;
use std::collections::BTreeMap;

/// The format of `results.json`.
pub const FORMAT: u32 = 1;

/// Shares of unknown values that differ by so much between conditions are warned of.
const UNEVEN: f64 = 0.05;
/// Where a condition has so many of them at least.
const FEWEST_UNKNOWN: usize = 3;

/// Everything that an analysis found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// Version of this tree.
    pub format: u32,
    /// Version of Kerbside.
    pub version: String,
    /// The plan's name.
    pub name: String,
    /// The plan's title.
    pub title: String,
    /// Level of the tests.
    pub alpha: f64,
    /// Coverage of intervals.
    pub level: f64,
    /// Seed of random numbers.
    pub seed: u64,
    /// Whether the plan was locked before the data were looked at.
    pub lock: LockState,
    /// Files that were analysed.
    pub data: Vec<String>,
    /// Whether anybody among those analysed was simulated.
    pub simulated: bool,
    /// How the sessions were conducted; none of a table that is not Kerbside's.
    pub conducted: Option<Conducted>,
    /// From all trials to those analysed.
    pub flow: Vec<Step>,
    /// Each outcome.
    pub outcomes: Vec<OutcomeResults>,
    /// What a reader must know of the data.
    pub notes: Vec<String>,
}

/// One outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutcomeResults {
    /// Its name.
    pub name: String,
    /// In words.
    pub label: String,
    /// What kind of number it is.
    pub kind: String,
    /// Its unit; empty without one.
    pub unit: String,
    /// Participants with a value.
    pub people: usize,
    /// Trials with a value.
    pub trials: usize,
    /// Names of the cells, levels joined by a comma.
    pub cells: Vec<CellResult>,
    /// Trials of each participant in each cell.
    pub counts: Vec<Counts>,
    /// The tests.
    pub tests: Vec<TestResult>,
    /// Courses that compete, of each cell; empty where the plan does not ask.
    pub competing: Vec<Competing>,
    /// How far the answers depend on choices.
    pub sensitivity: Vec<Sensitivity>,
    /// The same without each participant.
    pub left_out: Vec<LeftOut>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// A participant's trials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// The code.
    pub participant: String,
    /// Trials with a value in each cell.
    pub trials: Vec<usize>,
}

/// A cell described.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellResult {
    /// Levels, joined by a comma.
    pub name: String,
    /// Level of each factor of the outcome.
    pub levels: Vec<String>,
    /// Participants with a value in it.
    pub people: usize,
    /// Trials with a value in it.
    pub trials: usize,
    /// Analysed trials of it whose value is unknown.
    pub unknown: usize,
    /// Analysed trials of it that were over before the manipulation began; none where that cannot be told.
    pub early: Option<usize>,
    /// Mean over participants' means, spread, shares, medians: by the outcome's kind.
    pub numbers: Vec<Named>,
    /// Interval of the first of them.
    pub interval: Option<Limits>,
}

/// The trials of an outcome that are kept by a rule, as tests take them.
pub(super) fn sample<'p>(
    plan: &'p Plan,
    taken: &'p Taken,
    outcome: usize,
    keep: &dyn Fn(&Trial) -> bool,
) -> Sample<'p> {
    let asked = &plan.outcomes[outcome];
    let observation = |(i, (trial, value)): (usize, (&Trial, &Option<super::intake::Value>))| {
        let value = (*value)?;
        let levels = asked.factors.iter().map(|i| trial.levels[*i]).collect::<Option<Vec<_>>>()?;
        let covariates = asked.covariates.iter().map(|i| trial.covariates[*i]).collect::<Option<Vec<_>>>()?;
        let (person, number, happened) = (trial.participant, value.number, value.happened);
        keep(trial).then_some(Observation { trial: i, person, levels, number, happened, covariates })
    };
    let rows: Vec<Observation> =
        taken.trials.iter().zip(&taken.values[outcome]).enumerate().filter_map(observation).collect();
    Sample {
        outcome: asked,
        taken,
        design: Design::of(plan, asked),
        covariates: asked.covariates.iter().map(|i| plan.covariates[*i].name.as_str()).collect(),
        cut: Cut::of(asked, &rows, taken),
        rows,
        level: plan.level(),
        seed: methods::seed(plan, asked),
        sized: true,
    }
}

/// Analyses trials by a plan; `progress` is told how many outcomes are done.
pub fn of(plan: &Plan, taken: &Taken, data: Vec<String>, lock: LockState, progress: &dyn Fn(usize, usize)) -> Results {
    let n = plan.outcomes.len();
    let mut outcomes: Vec<OutcomeResults> = (0..n)
        .map(|i| {
            progress(i, n);
            outcome(plan, taken, i)
        })
        .collect();
    correct(plan, outcomes.iter_mut().map(|outcome| &mut outcome.tests).collect());
    Results {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        name: plan.name.clone(),
        title: plan.title.clone(),
        alpha: plan.alpha,
        level: plan.level(),
        seed: plan.seed,
        lock,
        data,
        simulated: taken.notes.iter().any(|note| note.starts_with("simulated")),
        conducted: None,
        flow: taken.flow.clone(),
        notes: [taken.notes.clone(), unanswered(plan, &outcomes)].concat(),
        outcomes,
    }
}

/// What a plan decides by and nothing else: each outcome's confirmatory answers on the trials that are kept, without effect
/// sizes, their p-values corrected over the families.
pub fn decided(plan: &Plan, taken: &Taken, keep: &dyn Fn(&Trial) -> bool) -> Vec<Vec<TestResult>> {
    let of_outcome = |i: usize| {
        let mut tests = confirmatory(&Sample { sized: false, ..sample(plan, taken, i, keep) });
        tests.retain(|result| result.confirmatory);
        tests
    };
    let mut outcomes: Vec<Vec<TestResult>> = (0..plan.outcomes.len()).map(of_outcome).collect();
    correct(plan, outcomes.iter_mut().collect());
    outcomes
}

/// The confirmatory tests, and what comes along with them: covariates, equivalence.
fn confirmatory(sample: &Sample<'_>) -> Vec<TestResult> {
    let mut tests = Vec::new();
    for (test, effects) in methods::confirmatory(sample.outcome, &sample.design) {
        let mut results = methods::run(test, &effects, sample);
        let covariates = &sample.covariates;
        let confirms =
            |result: &TestResult| result.test == test.word() && !covariates.contains(&result.effect.as_str());
        results.iter_mut().for_each(|result| result.confirmatory = confirms(result));
        tests.extend(results);
    }
    tests
}

fn outcome(plan: &Plan, taken: &Taken, i: usize) -> OutcomeResults {
    let asked = &plan.outcomes[i];
    let sample = sample(plan, taken, i, &|trial| trial.analysed);
    let mut tests = confirmatory(&sample);
    for also in &asked.also {
        tests.extend(methods::run(*also, &sample.design.effects, &sample));
    }
    // An equivalence test belongs to the contrast, whichever test decides about the difference.
    if asked.equivalence.is_some() && !tests.iter().any(|result| result.test == "tost") {
        let both = methods::run(super::plan::Test::PairedT, &sample.design.effects, &sample);
        tests.extend(both.into_iter().filter(|result| result.test == "tost"));
    }
    let cells = cells(plan, taken, i, &sample);
    let mut notes = taken.outcome_notes.get(i).cloned().unwrap_or_default();
    notes.extend(uneven(&cells));
    notes.extend(incomplete(taken, &sample));
    if plan.before.as_ref().is_some_and(|before| before.treat == super::plan::Before::Exclude) {
        notes.extend(super::sensitivity::selection(plan, taken, i));
    }
    OutcomeResults {
        name: asked.name.clone(),
        label: asked.label.clone(),
        kind: asked.kind.word().to_owned(),
        unit: asked.unit.clone(),
        people: sample.people(),
        trials: sample.rows.len(),
        cells,
        counts: counts(taken, &sample),
        competing: competing::of(taken, i, &sample),
        sensitivity: super::sensitivity::table(plan, taken, i, &tests),
        tests,
        left_out: super::sensitivity::without_each(plan, taken, &sample),
        notes,
    }
}

/// Whether what is unknown hangs on the condition: then conditions are compared by trials of different kinds.
fn uneven(cells: &[CellResult]) -> Option<String> {
    let share = |cell: &CellResult| cell.unknown as f64 / (cell.trials + cell.unknown).max(1) as f64;
    let there = || cells.iter().filter(|cell| cell.trials + cell.unknown > 0);
    let most = there().max_by(|a, b| share(a).total_cmp(&share(b)))?;
    let least = there().min_by(|a, b| share(a).total_cmp(&share(b)))?;
    if most.unknown < FEWEST_UNKNOWN || share(most) - share(least) < UNEVEN {
        return None;
    }
    let of =
        |cell: &CellResult| format!("{} of {} trials of ({})", cell.unknown, cell.trials + cell.unknown, cell.name);
    Some(format!(
        "WHAT IS UNKNOWN HANGS ON THE CONDITION: {}, but {}; the conditions are compared by the trials that have a value, which \
         need not be alike",
        of(most),
        of(least)
    ))
}

/// Who lacks a cell.
fn incomplete(taken: &Taken, sample: &Sample<'_>) -> Option<String> {
    let table = CellTable::of(sample);
    if table.incomplete.is_empty() {
        return None;
    }
    let codes: Vec<&str> = table.incomplete.iter().take(10).map(|i| taken.participants[*i].as_str()).collect();
    let more = if table.incomplete.len() > codes.len() { ", .." } else { "" };
    Some(format!("without a value in some cell: {} participants ({}{more})", table.incomplete.len(), codes.join(", ")))
}

fn counts(taken: &Taken, sample: &Sample<'_>) -> Vec<Counts> {
    let mut of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for trial in taken.trials.iter().filter(|trial| trial.analysed) {
        of.entry(trial.participant).or_insert_with(|| vec![0; sample.design.cells()]);
    }
    for row in &sample.rows {
        let cell = sample.design.cell(&row.levels);
        if let Some(count) = of.get_mut(&row.person).and_then(|counts| counts.get_mut(cell)) {
            *count += 1;
        }
    }
    of.into_iter().map(|(i, trials)| Counts { participant: taken.participants[i].clone(), trials }).collect()
}

fn cells(plan: &Plan, taken: &Taken, outcome: usize, sample: &Sample<'_>) -> Vec<CellResult> {
    let table = CellTable::of(sample);
    let asked = &plan.outcomes[outcome];
    // Intervals within participants, where each has every cell.
    let within = (!sample.design.has_between())
        .then(|| table.means().and_then(|means| means.within_intervals(sample.level)).ok())
        .flatten();
    let here = |trial: &Trial, cell: usize| {
        let levels = asked.factors.iter().map(|i| trial.levels[*i]).collect::<Option<Vec<_>>>();
        trial.analysed && levels.is_some_and(|levels| sample.design.cell(&levels) == cell)
    };
    let early = |cell: usize| {
        plan.before.as_ref()?;
        Some(taken.trials.iter().filter(|trial| here(trial, cell) && trial.early == Some(true)).count())
    };
    let unknown = |cell: usize| {
        let values = taken.trials.iter().zip(&taken.values[outcome]);
        values.filter(|(trial, value)| value.is_none() && here(trial, cell)).count()
    };
    (0..sample.design.cells())
        .map(|cell| {
            let rows: Vec<&Observation> =
                sample.rows.iter().filter(|row| sample.design.cell(&row.levels) == cell).collect();
            let mut people: Vec<usize> = rows.iter().map(|row| row.person).collect();
            people.sort_unstable();
            people.dedup();
            let interval = within.as_ref().and_then(|all| all.get(cell)).map(|effect| Limits::from(effect.interval));
            let levels = sample.design.levels_of(cell);
            let names = levels.iter().zip(&sample.design.factors).map(|(level, factor)| factor.levels[*level].clone());
            let (numbers, interval) = described(asked, &rows, interval, &format!("{} {cell}", sample.seed));
            CellResult {
                name: sample.design.cell_name(cell),
                levels: names.collect(),
                people: people.len(),
                trials: rows.len(),
                unknown: unknown(cell),
                early: early(cell),
                numbers,
                interval,
            }
        })
        .collect()
}

/// The numbers that describe a cell, and the interval of the first.
fn described(
    outcome: &OutcomePlan,
    rows: &[&Observation],
    within: Option<Limits>,
    seed: &str,
) -> (Vec<Named>, Option<Limits>) {
    let mut sums: BTreeMap<usize, (f64, usize)> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry(row.person).or_default();
        *sum = (sum.0 + row.number, sum.1 + 1);
    }
    let means: Vec<f64> = sums.values().map(|(sum, n)| sum / *n as f64).collect();
    let mut numbers = Vec::new();
    match outcome.kind {
        Kind::Censored => return waits(rows, seed),
        Kind::Ordinal => {
            let mut values: Vec<f64> = rows.iter().map(|row| row.number).collect();
            values.sort_by(f64::total_cmp);
            let median = crate::statistics::summary::quantile(&values, 0.5);
            numbers.extend(median.map(|median| Named::new("median", median)));
            for answers in values.chunk_by(|a, b| a == b) {
                numbers.push(Named::new(&format!("answers {}", answers[0]), answers.len() as f64));
            }
            return (numbers, None);
        }
        Kind::Binary => {
            let share = rows.iter().map(|row| row.number).sum::<f64>() / rows.len().max(1) as f64;
            numbers.extend((!rows.is_empty()).then(|| Named::new("share", share)));
            return (numbers, None);
        }
        Kind::Continuous | Kind::Count => {}
    }
    if let Ok(moments) = Moments::of("means", &means) {
        numbers.push(Named::new("mean", moments.mean));
        numbers.push(Named::new("sd", moments.sd));
    } else {
        numbers.extend(means.first().map(|mean| Named::new("mean", *mean)));
    }
    (numbers, within)
}

/// Waits with participants numbered from 0 without a gap, as the bootstrap draws them.
pub(super) fn observations(rows: &[&Observation]) -> Vec<kaplan_meier::Observation> {
    let mut people: Vec<usize> = rows.iter().map(|row| row.person).collect();
    people.sort_unstable();
    people.dedup();
    let of_row = |row: &&Observation| kaplan_meier::Observation {
        person: people.partition_point(|person| *person < row.person),
        time: row.number,
        happened: row.happened,
    };
    rows.iter().map(of_row).collect()
}

/// Kaplan and Meier's median with its bootstrap interval over participants.
fn waits(rows: &[&Observation], seed: &str) -> (Vec<Named>, Option<Limits>) {
    let observations = observations(rows);
    let curve = curve(&observations, seed);
    let happened = rows.iter().filter(|row| row.happened).count();
    let mut numbers = vec![Named::new("median", curve.median.unwrap_or(f64::INFINITY))];
    numbers.push(Named::new("happened", happened as f64));
    numbers.push(Named::new("censored", (rows.len() - happened) as f64));
    let interval = curve.median_interval.map(|(low, high)| Limits { low, high, level: 0.95 });
    if rows.is_empty() { (Vec::new(), None) } else { (numbers, interval) }
}

/// `3 tests`, or `15 tests planned, of which 3 have an answer`.
pub(super) fn count_words(planned: usize, answered: usize) -> String {
    let tests = if planned == 1 { "1 test".to_owned() } else { format!("{planned} tests") };
    match answered {
        _ if answered == planned => tests,
        1 => format!("{tests} planned, of which 1 has an answer"),
        _ => format!("{tests} planned, of which {answered} have an answer"),
    }
}

/// Of each family how many questions it has and how many have an answer.
pub(super) fn families(plan: &Plan, outcomes: &[OutcomeResults]) -> Vec<(usize, usize)> {
    let of_family = |i: usize| {
        let own = plan.outcomes.iter().zip(outcomes).filter(|(asked, _)| asked.family == Some(i));
        let tests: Vec<&TestResult> =
            own.flat_map(|(_, outcome)| &outcome.tests).filter(|test| test.confirmatory).collect();
        (tests.len(), tests.iter().filter(|test| test.p.is_some()).count())
    };
    (0..plan.families.len()).map(of_family).collect()
}

/// Families in which a question was refused: their number of tests stays as planned.
fn unanswered(plan: &Plan, outcomes: &[OutcomeResults]) -> Vec<String> {
    let all = plan.families.iter().zip(families(plan, outcomes));
    let lacking = all.filter(|(_, (planned, answered))| answered < planned);
    let words = |(family, (planned, answered)): (&super::plan::Family, (usize, usize))| {
        let how = match family.correction {
            Correction::None => "; nothing is corrected".to_owned(),
            _ => format!(
                "; p-values are corrected for all {planned}, since what is asked is fixed before it is answered"
            ),
        };
        format!("family {}: {}{how}", family.name, count_words(planned, answered))
    };
    lacking.map(words).collect()
}

/// Corrects the confirmatory p-values of each family. A question that was refused counts as one that was not found.
fn correct(plan: &Plan, mut outcomes: Vec<&mut Vec<TestResult>>) {
    for (i, family) in plan.families.iter().enumerate() {
        let mut places = Vec::new();
        for (o, tests) in outcomes.iter().enumerate().filter(|(o, _)| plan.outcomes[*o].family == Some(i)) {
            places.extend((0..tests.len()).filter(|t| tests[*t].confirmatory).map(|t| (o, t)));
        }
        let p: Vec<f64> = places.iter().map(|(o, t)| outcomes[*o][*t].p.unwrap_or(1.0)).collect();
        let (corrected, how) = match family.correction {
            Correction::Holm => (holm(&p).ok(), "Holm"),
            Correction::BenjaminiHochberg => (benjamini_hochberg(&p).ok(), "Benjamini-Hochberg"),
            Correction::None => (None, "not corrected"),
        };
        let answered = places.iter().filter(|(o, t)| outcomes[*o][*t].p.is_some()).count();
        let tests = count_words(places.len(), answered);
        for (k, (o, t)) in places.iter().enumerate() {
            let test = &mut outcomes[*o][*t];
            test.family = format!("{}: {how}, {tests}", family.name);
            test.p_corrected = corrected.as_ref().filter(|_| test.p.is_some()).and_then(|all| all.get(k).copied());
        }
    }
}
