//! Rates of found effects: a table, a curve.

use super::super::power::{Answered, Question, Rate};
use super::text;
use super::words::test_name;
use crate::figure::{Drawn, Estimate, Interaction, InteractionLine, Quantity};

/// A question for people: `Felt safety, ehmi (cumulative link mixed model)`.
pub fn asked(question: &Question) -> String {
    let effect = question.effect.replace(':', " × ");
    match question.test.as_str() {
        "family" => format!("{}: {effect}", question.label),
        test => format!("{}, {effect} ({})", question.label, test_name(test)),
    }
}

/// `.83 [.76, .88]`
pub fn share(rate: &Rate) -> String {
    let short = |value: f64| {
        let text = format!("{value:.2}");
        text.strip_prefix('0').map_or(text.clone(), str::to_owned)
    };
    format!("{} [{}, {}]", short(rate.share), short(rate.low), short(rate.high))
}

/// What was simulated, in words.
pub fn circumstances(runs: u32, effect: f64) -> String {
    let how = match effect {
        0.0 => {
            "no effect: every level drives and shines like the first of its factor, nobody is moved by any".to_owned()
        }
        1.0 => "true effects as the study says".to_owned(),
        scale => format!(
            "people's true effects {scale} times what the study says; what vehicles do differently is not scaled"
        ),
    };
    format!("{runs} studies of SIMULATED people; {how}")
}

/// A row for each question and number of people.
pub fn table(questions: &[Answered]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = ["outcome", "effect", "test", "family", "people", "runs", "found", "refused", "share", "share_low"];
    // Memory does not fail, and all rows have as many cells as the first.
    let _ = writer.write_record(names.iter().chain(&["share_high", "mean_estimate"]));
    for Answered { question, rates } in questions {
        for rate in rates {
            let numbers = [rate.people, rate.runs, rate.found, rate.refused].map(|n| n.to_string());
            let shares = [rate.share, rate.low, rate.high].map(text);
            let family = if question.family.is_empty() { "NA" } else { question.family.as_str() };
            let words = [&question.outcome, &question.effect, &question.test].map(String::as_str);
            let estimate = rate.mean_estimate.map_or_else(|| "NA".to_owned(), text);
            let row = words.into_iter().chain([family]).map(str::to_owned);
            let _ = writer.write_record(row.chain(numbers).chain(shares).chain([estimate]));
        }
    }
    String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
}

/// Shares by number of people, a line for each question.
pub fn curve(title: &str, circumstances: &str, questions: &[Answered]) -> Drawn {
    let cell = |rate: &Rate| {
        let interval = Some((100.0 * rate.low, 100.0 * rate.high));
        Some(Estimate { value: 100.0 * rate.share, interval })
    };
    let own: Vec<&Answered> = questions.iter().filter(|one| one.question.test != "family").collect();
    let line =
        |one: &&Answered| InteractionLine { label: asked(&one.question), cells: one.rates.iter().map(cell).collect() };
    Interaction {
        title: format!("Found effects: {title}"),
        note: format!("{circumstances}. Whiskers: 95 % intervals of the simulation."),
        y: Quantity::new("Studies that find a difference", "%"),
        factor: "People".to_owned(),
        levels: own.first().map_or_else(Vec::new, |one| one.rates.iter().map(|rate| rate.people.to_string()).collect()),
        lines: own.iter().map(line).collect(),
    }
    .draw()
}
