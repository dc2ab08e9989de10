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

/// How many people the truths of crossing are of.
pub const CROSSING_PEOPLE: usize = 100_000;
/// Effects on crossing: means over so many simulated people and their standard errors, seconds and metres, as
/// `truths_of_crossing_in_full` computes them (tests/rates/full.rs).
pub const CROSSING: [(&str, f64, f64); 4] = [
    ("crossing_initiation ehmi", -1.1358, 0.0092),
    ("distance ehmi", 2.4208, 0.0313),
    ("distance braking", -5.7347, 0.0313),
    ("distance ehmi:braking", -2.9249, 0.0627),
];

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

/// What intervals should hold, by outcome and effect: what answers are made with, and [`CROSSING`].
pub fn truth(study: &Study, question: &str) -> Option<f64> {
    if let Some((_, effect, _)) = CROSSING.iter().find(|(name, ..)| *name == question) {
        return Some(*effect);
    }
    let (outcome, effect) = question.split_once(' ')?;
    let answers = study.simulated.answers.iter().find(|own| own.item == outcome)?;
    // Shifts add up on the latent scale: where there is none, as for interactions, the effect is 0.
    Some(answers.effects.iter().filter(|own| own.factor == effect).fold(0.0, |sum, own| sum + own.effect))
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

/// A study of one trial in each cell and nothing else.
pub fn bare(study: &Study) -> Study {
    Study { practice: None, catch: None, blocks: 1, ..study.clone() }
}

/// The effects on crossing of so many people, in groups of which each has a seed of its own: for each of [`CROSSING`] the
/// mean, its standard error, and how many people it is of: those whose wait or distance is known in every cell.
pub fn crossing_effects(prepared: &Prepared, study: &Study, people_n: usize) -> Vec<(f64, f64, usize)> {
    const GROUP: usize = 50;
    let study = Study { items: Vec::new(), ..bare(study) };
    let groups = each(people_n / GROUP, |group| {
        let people = people(GROUP as u32);
        effects(&simulated_trials(prepared, &study, 1_000_000 + group as u64, &people).unwrap())
    });
    let summed = |i: usize| {
        let own: Vec<f64> = groups.iter().flatten().map(|person| person[i]).filter(|value| value.is_finite()).collect();
        let n = own.len() as f64;
        let mean = own.iter().sum::<f64>() / n;
        let square: f64 = own.iter().map(|effect| (effect - mean) * (effect - mean)).sum();
        (mean, (square / (n - 1.0) / n).sqrt(), own.len())
    };
    (0..CROSSING.len()).map(summed).collect()
}

/// Each person's contrasts, in the order of [`CROSSING`], from one trial in each cell; NaN where a wait or a distance is unknown.
fn effects(sheet: &Sheet) -> Vec<[f64; 4]> {
    let at = |name: &str| sheet.column(name).unwrap();
    let (who, light, braking) = (at("participant"), at("factor.ehmi"), at("factor.braking"));
    let (wait, end, distance) = (at("cit_s"), at("cit_censored_at_s"), at("distance_to_zone_m"));
    let mut sums: std::collections::BTreeMap<&str, [f64; 4]> = std::collections::BTreeMap::new();
    for row in &sheet.rows {
        let number = |column: usize| row.cells[column].parse::<f64>();
        let sign = |column: usize, up: &str| if row.cells[column] == up { 1.0 } else { -1.0 };
        let (light, braking) = (sign(light, "on"), sign(braking, "aggressive"));
        // Who was struck by the leading car, and so had no gap to wait for, has no wait.
        let wait_s = number(wait).or_else(|_| number(end)).map_or(f64::NAN, |wait_s| wait_s.min(UNTIL_S));
        let distance_m = number(distance).unwrap_or(f64::NAN);
        let own = sums.entry(&row.cells[who]).or_default();
        // Two trials on either side of a main effect; an interaction is a difference of differences.
        let parts =
            [0.5 * light * wait_s, 0.5 * light * distance_m, 0.5 * braking * distance_m, light * braking * distance_m];
        own.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
    }
    sums.into_values().collect()
}
