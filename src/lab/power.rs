//! Power by simulation: a study run many times with simulated people, analysed by its plan each time.

use super::derived_file::write_whole;
use super::gather::on_all_processors;
use super::order::Who;
use super::prepare::Prepared;
use super::simulate::simulated_trials;
use crate::analysis::intake::take_planned;
use crate::analysis::plan::{KeptOut, Plan};
use crate::analysis::power::{Answered, Verdicts, rates, verdicts};
use crate::analysis::write::power as written;
use crate::kernel::rng::Rng;
use crate::problem::{Outcome, Place, Problem};
use crate::record::folder::unwritable;
use crate::study::Study;
use serde::Serialize;
use std::path::Path;

/// What to simulate.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerWish {
    /// Numbers of people.
    pub people: Vec<u32>,
    /// Studies.
    pub runs: u32,
    /// How many times as large as the study says people's true effects are: see [`Study::with_effect`].
    pub effect: f64,
    /// Names people, orders and noise of all studies.
    pub seed: u64,
}

/// How often each question of a plan was answered with a difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Power {
    /// Version of Kerbside.
    pub version: String,
    /// The study's name.
    pub study: String,
    /// The study's title.
    pub title: String,
    /// The plan's name.
    pub plan: String,
    /// Level of the tests.
    pub alpha: f64,
    /// Seed of all studies.
    pub seed: u64,
    /// Studies.
    pub runs: u32,
    /// Scale of people's true effects.
    pub effect: f64,
    /// Numbers of people, rising.
    pub people: Vec<usize>,
    /// The questions, in the plan's order, with their rates.
    pub questions: Vec<Answered>,
}

/// Runs the study `runs` times with as many simulated people as the largest number asked for, and analyses each time the
/// first of them by the plan: the samples of one study are nested. Each study has a seed of its own, so that the same
/// wish gives the same numbers on any number of processors.
pub fn power(
    prepared: &Prepared,
    plan: &Plan,
    wish: &PowerWish,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Outcome<Power> {
    let study = prepared.study.with_effect(wish.effect);
    let mut people: Vec<usize> = wish.people.iter().filter_map(|n| usize::try_from(*n).ok()).collect();
    people.sort_unstable();
    people.dedup();
    let mut plan = plan.clone();
    if !plan.keep.contains(&KeptOut::Simulated) {
        plan.keep.push(KeptOut::Simulated);
    }
    let Some(most) = people.last().copied().filter(|_| people[0] > 0 && wish.runs > 0) else {
        let what = "nobody to simulate: numbers of people and of studies begin at 1";
        return Err(Problem::new(Place::default(), what, "give --people 12,24,48 and --runs 200").into());
    };
    let run = |n: &u32| one_study(prepared, &study, &plan, seed_of(wish.seed, *n), &people, most);
    // What is wrong with every study is said once.
    let mut studies = vec![run(&1)?];
    progress(1, wish.runs as usize);
    let rest: Vec<u32> = (2..=wish.runs).collect();
    studies.extend(on_all_processors(&rest, &run, &|done, of| progress(done + 1, of + 1))?);
    Ok(Power {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        study: study.name.clone(),
        title: study.title.clone(),
        plan: plan.name.clone(),
        alpha: plan.alpha,
        seed: wish.seed,
        runs: wish.runs,
        effect: wish.effect,
        questions: rates(&people, &studies),
        people,
    })
}

/// The seed of one study.
fn seed_of(seed: u64, run: u32) -> u64 {
    Rng::named(&["power", &seed.to_string(), &run.to_string()]).below(u64::MAX)
}

/// What a plan decides of one study, for each number of people.
fn one_study(
    prepared: &Prepared,
    study: &Study,
    plan: &Plan,
    seed: u64,
    people: &[usize],
    most: usize,
) -> Outcome<Vec<Verdicts>> {
    // Codes that are numbers stand in their order: participant n of the table is row n of the plan.
    let who = |plan_row: u32| Who { participant: plan_row.to_string(), plan_row, session_n: 1, pilot: false };
    let everybody: Vec<Who> = (1..=u32::try_from(most).unwrap_or(u32::MAX)).map(who).collect();
    let sheet = simulated_trials(prepared, study, seed, &everybody)?;
    let taken = take_planned(plan, &sheet)?;
    Ok(people.iter().map(|n| verdicts(plan, &taken, *n)).collect())
}

/// Writes `power.csv`, `power.json` and `power.svg` into a folder; their names.
pub fn power_files(power: &Power, out: &Path) -> Outcome<Vec<String>> {
    std::fs::create_dir_all(out).map_err(|e| unwritable(out, &e))?;
    let json = serde_json::to_string_pretty(power).map(|text| text + "\n").unwrap_or_default();
    let files = [
        ("power.csv", written::table(&power.questions)),
        ("power.json", json),
        (
            "power.svg",
            written::curve(&power.title, &written::circumstances(power.runs, power.effect), &power.questions)?.svg,
        ),
    ];
    for (name, text) in &files {
        write_whole(&out.join(name), text.as_bytes())?;
    }
    Ok(files.map(|(name, _)| name.to_owned()).to_vec())
}
