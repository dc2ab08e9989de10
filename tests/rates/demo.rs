//! The shipped 2 x 2 with simulated people, in memory: its sessions, its plan, its truths.

use super::studies::Tallies;
use kerbside::analysis::intake::take_planned;
use kerbside::analysis::plan::Plan;
use kerbside::analysis::power::verdicts;
use kerbside::analysis::sheet::Sheet;
use kerbside::lab::{Overrides, Prepared, Who, prepare, simulated_trials};
use kerbside::study::Study;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Waits are counted up to here, seconds after the cue; the plan that ships says so.
pub const UNTIL_S: f64 = 20.0;

/// The study as it ships.
pub fn study() -> Prepared {
    let text = include_str!("../../experiments/ehmi_braking_2x2.toml");
    prepare("ehmi_braking_2x2.toml", text, &Overrides::default()).unwrap()
}

/// The plan as it ships, for simulated people; `probit`: single items by the link by which people answer.
pub fn plan(probit: bool) -> Plan {
    let text = include_str!("../../analysis/plans/ehmi_braking_2x2.toml").replacen(
        "alpha",
        "keep = [\"simulated\"]\nalpha",
        1,
    );
    let text = if probit { text.replace("kind = \"ordinal\"", "kind = \"ordinal\"\nlink = \"probit\"") } else { text };
    Plan::read("plan.toml", &text).unwrap()
}

/// So many people, by their rows of the plan.
pub fn people(n: u32) -> Vec<Who> {
    let who = |plan_row: u32| Who { participant: plan_row.to_string(), plan_row, session_n: 1, pilot: false };
    (1..=n).map(who).collect()
}

/// Does the work for each number below `n`, on all processors; results in order.
pub fn each<T: Send>(n: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= n {
                        break;
                    }
                    let result = work(i);
                    done.lock().unwrap().push((i, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Tallies of many studies with `n` people; keys are outcome and effect.
pub fn tallies(
    prepared: &Prepared,
    study: &Study,
    plan: &Plan,
    n: u32,
    studies: std::ops::Range<usize>,
    truth: &(dyn Fn(&str) -> Option<f64> + Sync),
) -> Tallies {
    let first = studies.start;
    let each_study = each(studies.len(), |i| {
        let sheet = simulated_trials(prepared, study, (first + i) as u64, &people(n)).unwrap();
        let taken = take_planned(plan, &sheet).unwrap();
        verdicts(plan, &taken, n as usize)
    });
    let mut all = Tallies::new();
    for (question, verdict) in each_study.into_iter().flatten() {
        let key = format!("{} {}", question.outcome, question.effect);
        let truth = truth(&key);
        all.entry(key).or_default().count(&verdict, truth);
    }
    all
}

/// A study of one trial in each cell and nothing else: what a truth is computed from.
pub fn bare(study: &Study) -> Study {
    Study { practice: None, catch: None, blocks: 1, items: Vec::new(), ..study.clone() }
}

/// Mean and standard error over people of the light's effect on the restricted mean wait, seconds: `people` of them, in
/// groups of which each has a seed of its own.
pub fn wait_effect_s(prepared: &Prepared, study: &Study, people_n: usize) -> (f64, f64) {
    const GROUP: usize = 50;
    let study = bare(study);
    let effects = each(people_n / GROUP, |group| {
        let people = people(GROUP as u32);
        let sheet = simulated_trials(prepared, &study, 1_000_000 + group as u64, &people).unwrap();
        effects_s(&sheet)
    });
    let effects: Vec<f64> = effects.into_iter().flatten().collect();
    assert_eq!(effects.len(), people_n / GROUP * GROUP);
    let n = effects.len() as f64;
    let mean = effects.iter().sum::<f64>() / n;
    let square: f64 = effects.iter().map(|effect| (effect - mean) * (effect - mean)).sum();
    (mean, (square / (n - 1.0) / n).sqrt())
}

/// Each person's effect of the light: mean wait with it less mean wait without, each counted up to [`UNTIL_S`].
fn effects_s(sheet: &Sheet) -> Vec<f64> {
    let at = |name: &str| sheet.column(name).unwrap();
    let (who, light, wait, end) = (at("participant"), at("factor.ehmi"), at("cit_s"), at("cit_censored_at_s"));
    let mut sums: std::collections::BTreeMap<&str, f64> = std::collections::BTreeMap::new();
    for row in &sheet.rows {
        let seconds = |column: usize| row.cells[column].parse::<f64>();
        let wait_s = seconds(wait).or_else(|_| seconds(end)).unwrap().min(UNTIL_S);
        // Two trials with the light, two without.
        let sign = if row.cells[light] == "on" { 0.5 } else { -0.5 };
        *sums.entry(&row.cells[who]).or_default() += sign * wait_s;
    }
    sums.into_values().collect()
}
