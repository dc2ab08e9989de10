//! What was found of one outcome: sentences, figures, tables, what is assumed, what the answer depends on.

use super::super::drawings::{Drawing, OfOutcome};
use super::super::methods::{Estimate, TestResult};
use super::super::plan::OutcomePlan;
use super::super::results::{CellResult, OutcomeResults};
use super::competing;
use super::document::{Block, Table, points};
use super::marginal;
use super::tables_of_trials::or_all;
use super::words::{amount, by_name, estimate, estimate_of, limit, longer, p_value, sentence, statistic, test_name};

pub(super) fn blocks<'a>(
    plan: Option<&OutcomePlan>,
    outcome: &OutcomeResults,
    alpha: f64,
    drawings: Option<&'a OfOutcome>,
) -> Vec<Block<'a>> {
    let drawn = |of: fn(&OfOutcome) -> &Vec<Drawing>| drawings.into_iter().flat_map(of).map(Block::Drawing);
    let mut blocks = Vec::new();
    blocks.extend(sentences(outcome, alpha));
    blocks.extend(points(notes(outcome)));
    blocks.extend(drawn(|own| &own.found));
    blocks.push(Block::Table(cells(outcome)));
    blocks.extend(competing::block(outcome));
    if !outcome.tests.is_empty() {
        blocks.push(Block::Table(tests(outcome)));
        blocks.extend(marginal::blocks(outcome));
    }
    let assumed = if outcome.tests.is_empty() { Vec::new() } else { assumptions(plan, outcome) };
    let ordered = drawings.is_some_and(|own| !own.order.is_empty());
    let heading = match (assumed.is_empty(), ordered) {
        (true, false) => None,
        (true, true) => Some("Over the order of trials"),
        (false, false) => Some("What the tests assume"),
        (false, true) => Some("What the tests assume, and the order of trials"),
    };
    blocks.extend(heading.map(|words| Block::Heading(words.to_owned())));
    blocks.extend(points(assumed));
    let looked_at = drawings.into_iter().flat_map(|own| own.assumptions.iter().chain(&own.order));
    let looked_at: Vec<&Drawing> = looked_at.collect();
    blocks.extend((!looked_at.is_empty()).then_some(Block::Pairs(looked_at)));
    if !outcome.sensitivity.is_empty() {
        blocks.push(Block::Heading("How far the answer depends on choices".to_owned()));
        blocks.push(Block::Table(sensitivity(outcome, alpha)));
        let cautions = outcome.sensitivity.iter().filter_map(|row| {
            let why = row.caution.as_ref()?;
            Some(format!("{}: {why}.", row.choice))
        });
        blocks.extend(points(cautions.chain(left_out(outcome, alpha))));
    }
    blocks
}

/// Those that the plan decides by come first and stand out.
fn sentences<'a>(outcome: &OutcomeResults, alpha: f64) -> Option<Block<'a>> {
    let told = |test: &TestResult| (test.confirmatory, sentence(&outcome.label, test, alpha));
    // Contrasts of levels follow their omnibus test.
    let under = |omnibus: &'_ TestResult| {
        let own = outcome.tests.iter().filter(|test| omnibus.leads(test));
        own.map(told).collect::<Vec<_>>()
    };
    let of = |confirmatory: bool| {
        let own = outcome.tests.iter().filter(move |test| test.confirmatory == confirmatory && test.under.is_empty());
        own.flat_map(|test| [vec![told(test)], under(test)].concat()).collect::<Vec<_>>()
    };
    let all: Vec<(bool, String)> = [of(true), of(false)].concat();
    (!all.is_empty()).then_some(Block::Points(all))
}

fn notes(outcome: &OutcomeResults) -> Vec<String> {
    let mut notes = outcome.notes.clone();
    for test in &outcome.tests {
        let name = test_name(&test.test);
        notes.extend(test.notes.iter().map(|note| format!("{name}: {note}")));
        if test.confirmatory && test.family.is_empty() {
            notes.push("p-values are not corrected: the outcome is in no family".to_owned());
        }
    }
    if outcome.tests.is_empty() {
        notes.push("described only: no effect is asked of it".to_owned());
    }
    notes
}

fn cells(outcome: &OutcomeResults) -> Table {
    let early = outcome.cells.iter().any(|cell| cell.early.is_some());
    let unknown = outcome.cells.iter().any(|cell| cell.unknown > 0);
    let mut columns = vec!["cell", "participants#", "trials#"];
    columns.extend(unknown.then_some("unknown#"));
    columns.extend(early.then_some("over before manipulation#"));
    columns.push("described by");
    let row = |cell: &CellResult| {
        let mut row = vec![or_all(&cell.name), cell.people.to_string(), cell.trials.to_string()];
        row.extend(unknown.then(|| cell.unknown.to_string()));
        row.extend(early.then(|| cell.early.map_or_else(|| "NA".to_owned(), |n| n.to_string())));
        row.push(described(outcome, cell));
        row
    };
    Table::new(format!("{} by condition", outcome.label), &columns, outcome.cells.iter().map(row).collect())
}

fn described(outcome: &OutcomeResults, cell: &CellResult) -> String {
    let numbers = cell.numbers.iter().enumerate().map(|(i, number)| {
        let is_count = ["answers", "happened", "censored"].iter().any(|word| number.name.starts_with(word));
        if is_count {
            return format!("{}: {}", number.name, number.value);
        }
        let (name, unit, interval) = (number.name.clone(), outcome.unit.clone(), cell.interval.filter(|_| i == 0));
        let own = Estimate { name, unit, value: number.value, interval };
        format!("{} {}", number.name, amount(&own))
    });
    numbers.collect::<Vec<_>>().join("; ")
}

/// Every number of every test.
fn tests(outcome: &OutcomeResults) -> Table {
    let row = |test: &TestResult| {
        let sizes = estimate_of(test).into_iter().chain(test.effect_sizes.iter().map(estimate));
        let more = test.more.iter().map(|number| format!("{} = {}", number.name, by_name(&number.name, number.value)));
        let more = more.chain(test.restricted.is_some().then(|| longer(test)));
        let numbers: Vec<String> = test.refused.iter().cloned().chain(sizes).chain(more).collect();
        let name = test_name(&test.test);
        vec![
            test.effect.replace(':', " × "),
            if test.confirmatory { format!("{name} (decides)") } else { name.to_owned() },
            test.people.to_string(),
            test.trials.to_string(),
            statistic(test),
            test.p.map_or(String::new(), |p| p_value(p) + &limit(test)),
            test.p_corrected.map_or(String::new(), p_value),
            numbers.join("; "),
        ]
    };
    let columns = ["effect", "test", "n#", "trials#", "statistic#", "p#", "corrected#", "estimates and effect sizes"];
    Table::new(format!("{}: every test", outcome.label), &columns, outcome.tests.iter().map(row).collect())
}

/// What the confirmatory tests take for granted, in words.
fn assumptions(plan: Option<&OutcomePlan>, outcome: &OutcomeResults) -> Vec<String> {
    let decides =
        |words: &[&str]| outcome.tests.iter().any(|test| test.confirmatory && words.contains(&test.test.as_str()));
    let link = if plan.is_some_and(|plan| plan.probit) { "latent normal scale" } else { "latent logistic scale" };
    let mut all = Vec::new();
    if decides(&["paired_t", "permutation", "wilcoxon"]) {
        all.push("Participants are independent. The paired t test also takes their differences for normal, which matters less \
                  the more participants there are; the permutation and signed-rank twins need symmetric differences only.".to_owned());
    }
    if decides(&["anova"]) {
        all.push("Participants are independent and residuals normal; differences between conditions need not vary alike: the \
                  degrees of freedom are corrected by Greenhouse and Geisser's epsilon.".to_owned());
    }
    if decides(&["lmm"]) {
        all.push("Residuals and random effects are normal, with the same spread everywhere.".to_owned());
    }
    if decides(&["clmm"]) {
        all.push(format!(
            "An effect shifts answers alike along the whole scale (on a {link}): conditions whose bars differ \
                          at one end only speak against it."
        ));
    }
    if decides(&["glmm"]) {
        all.push("Log odds are linear in covariates and effects; random effects are normal.".to_owned());
    }
    if decides(&["frailty"]) {
        all.push("Participants differ in how soon they act by a factor with a gamma distribution, and an effect multiplies the \
                  hazard of each alike.".to_owned());
    }
    if decides(&["cox", "frailty", "log_rank"]) {
        all.push("Hazards are proportional: curves that cross speak against it. Whoever was cut off would have waited like the \
                  others.".to_owned());
    }
    if decides(&["friedman"]) {
        all.push("Participants are independent; of their cells the order alone counts.".to_owned());
    }
    if !all.is_empty() {
        all.push("These are looked at, not tested: a test of an assumption is no gate.".to_owned());
    }
    all
}

fn sensitivity(outcome: &OutcomeResults, alpha: f64) -> Table {
    let restricted = outcome.sensitivity.iter().any(|row| row.result.restricted.is_some());
    let row = |row: &super::super::sensitivity::Sensitivity| {
        let test = &row.result;
        let p = test.p.map(|p| p_value(p) + &limit(test));
        let p = p.or_else(|| test.refused.clone()).unwrap_or_default();
        let below = test.p.map_or("", |p| if p < alpha { "yes" } else { "no" });
        let (choice, below) = match row.caution {
            Some(_) => (format!("{} (not to be read as the effect: see below)", row.choice), "not comparable"),
            None => (row.choice.clone(), below),
        };
        let mut cells = vec![
            choice,
            test.effect.replace(':', " × "),
            test_name(&test.test).to_owned(),
            test.people.to_string(),
            test.trials.to_string(),
        ];
        let counted = test.restricted.as_ref().map(|one| (one.time(), one.longer.to_string())).unwrap_or_default();
        cells.extend(restricted.then_some([counted.0, counted.1]).into_iter().flatten());
        cells.extend([test.estimate.as_ref().map_or(String::new(), amount), p, below.to_owned()]);
        cells
    };
    let mut columns = vec!["choice of trials", "effect", "test", "n#", "trials#"];
    columns.extend(restricted.then_some(["waits counted up to#", "longer#"]).into_iter().flatten());
    columns.extend(["estimate", "p, not corrected", "below α#"]);
    let caption = format!("{}: exclusions and tests", outcome.label);
    Table::new(caption, &columns, outcome.sensitivity.iter().map(row).collect())
}

/// The range of what single participants change.
fn left_out(outcome: &OutcomeResults, alpha: f64) -> Vec<String> {
    let mut effects: Vec<(&str, &str)> = Vec::new();
    for row in &outcome.left_out {
        let key = (row.result.effect.as_str(), row.result.test.as_str());
        if !effects.contains(&key) {
            effects.push(key);
        }
    }
    let all: Vec<String> = effects.iter().filter_map(|key| without_each(outcome, alpha, *key)).collect();
    if all.is_empty() && !outcome.tests.is_empty() {
        return vec![
            "Not fitted again without each participant (`leave_one_out_models = true` asks for it).".to_owned(),
        ];
    }
    all
}

fn without_each(outcome: &OutcomeResults, alpha: f64, (effect, test): (&str, &str)) -> Option<String> {
    let own = outcome.left_out.iter().filter(|row| row.result.effect == effect && row.result.test == test);
    let known: Vec<(&str, f64)> = own.filter_map(|row| Some((row.participant.as_str(), row.result.p?))).collect();
    let whole = outcome.tests.iter().find(|one| one.effect == effect && one.test == test)?.p?;
    let low = known.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let high = known.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let turned = known.iter().filter(|(_, p)| (*p < alpha) != (whole < alpha)).count();
    Some(format!(
        "{}, {}: without one participant each, from {} (without {}) to {} (without {}); {turned} of {} participants would \
         turn the answer at α, not corrected.",
        effect.replace(':', " × "),
        test_name(test),
        p_value(low.1),
        low.0,
        p_value(high.1),
        high.0,
        known.len()
    ))
}
