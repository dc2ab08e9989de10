//! The behavioural gap as a forest plot, and each measure's agreement.

use super::compare::{Gap, MeasureGap};
use super::plan::GapPlan;
use crate::analysis::write::brief;
use crate::figure::{BlandAltman, Drawn, Estimate, Forest, Quantity, Row};

/// Figures by name, or why there is none: numbers may be out of all proportion.
pub(super) fn all(plan: &GapPlan, gap: &Gap) -> Vec<(String, Drawn)> {
    let mut figures = Vec::new();
    if gap.measures.iter().any(|measure| measure.difference.refused.is_none()) {
        figures.push(("gap".to_owned(), forest(plan, gap).draw()));
    }
    for measure in &gap.measures {
        if let Some(chart) = agreement(plan, measure, gap.simulated) {
            figures.push((format!("agreement-{}", measure.name), chart.draw()));
        }
    }
    figures
}

fn forest(plan: &GapPlan, gap: &Gap) -> Forest {
    let name = if gap.paired { "d_av" } else { "d_s" };
    let level = (1e8 * (1.0 - gap.alpha)).round() / 1e6;
    let what = if gap.paired { "differences of the same people" } else { "differences between different people" };
    let simulated = if gap.simulated { " SIMULATED participants are among them." } else { "" };
    Forest {
        title: "Behavioural gap: virtual less real".to_owned(),
        note: format!("Standardised mean {what} with {level} % intervals.{simulated}"),
        quantity: Quantity::new(format!("Standardised difference {name}"), ""),
        reference: 0.0,
        heads: (name.to_owned(), "in the measure's unit".to_owned()),
        sides: (format!("lower in {}", plan.virt.label), format!("higher in {}", plan.virt.label)),
        rows: gap.measures.iter().map(|measure| row(measure, name)).collect(),
    }
}

fn row(measure: &MeasureGap, size: &str) -> Row {
    let test = &measure.difference;
    let standardised = test.effect_sizes.iter().find(|one| one.name == size);
    let estimate = standardised
        .map(|one| Estimate { value: one.value, interval: one.interval.map(|limits| (limits.low, limits.high)) });
    let (drawn, words) = match (&test.estimate, &test.refused) {
        (_, Some(_)) => ("no answer".to_owned(), String::new()),
        (raw, None) => (standardised.map_or(String::new(), brief), raw.as_ref().map_or(String::new(), brief)),
    };
    let bounds = measure.bounds.zip(measure.standardiser).map(|((low, high), unit)| (low / unit, high / unit));
    Row { label: measure.label.clone(), n: test.people, estimate, bounds, drawn, words }
}

fn agreement(plan: &GapPlan, measure: &MeasureGap, simulated: bool) -> Option<BlandAltman> {
    let people = if simulated { " (SIMULATED people)" } else { "" };
    Some(BlandAltman {
        title: format!("{}: {} and {}{people}", measure.label, plan.real.label, plan.virt.label),
        quantity: Quantity::new(&measure.label, &measure.unit),
        names: (plan.real.label.clone(), plan.virt.label.clone()),
        pairs: measure.people.iter().filter_map(|one| Some((one.real?.0, one.virt?.0))).collect(),
        agreement: measure.agreement?,
    })
}
