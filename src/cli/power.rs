//! `kerbside power`: what a study of so many people would find.

use super::args;
use super::run::{read_study, text_file};
use super::say;
use crate::analysis::plan::Plan;
use crate::analysis::power::Answered;
use crate::analysis::write::power::{asked, circumstances, share};
use crate::lab::{Overrides, Power, PowerWish, power as simulate, power_files};
use crate::problem::{Outcome, Place, Problem};
use crate::statistics::power::{people_needed, power as in_closed_form};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Simulates a study many times, or computes the power of a paired t test.
pub fn power(args: &args::Power) -> Outcome<()> {
    match (args.d_z, &args.study, &args.plan) {
        (Some(d_z), ..) => Ok(of_contrast(args, d_z)?),
        (None, Some(study), Some(plan)) => of_study(args, study, plan),
        (None, ..) => {
            let cure = "give a study and --plan, or --d-z";
            Err(Problem::new(Place::default(), "no study to simulate", cure).into())
        }
    }
}

fn of_study(args: &args::Power, study: &Path, plan: &Path) -> Outcome<()> {
    let prepared = read_study(study, &Overrides::default())?;
    let text = text_file(plan, "name the plan's file; analysis/plans holds examples")?;
    let plan = Plan::read(&plan.display().to_string(), &text)?;
    let seed = args.seed.unwrap_or(prepared.seed);
    let wish = PowerWish { people: args.people.clone(), runs: args.runs, effect: args.effect, seed };
    let bar = say::progress("studies", u64::from(args.runs));
    let done = simulate(&prepared, &plan, &wish, &|done, _| bar.set_position(done as u64));
    bar.finish_and_clear();
    let power = done?;
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("power-{}", plain(&plan.name))));
    let files = power_files(&power, &out)?;
    let printed = if args.json {
        say::line(format!("{:#}", json!({ "out": out, "files": files, "power": power })))
    } else {
        print_words(&power, &out, &files)
    };
    Ok(printed?)
}

/// A name that can be a folder's.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect()
}

fn print_words(power: &Power, out: &Path, files: &[String]) -> Result<(), Problem> {
    say::line(format!("{}, analysed by the plan {}", power.title, power.plan))?;
    say::line(format!("{}; seed {}", circumstances(power.runs, power.effect), power.seed))?;
    say::line("")?;
    say::line(format!(
        "Share of studies that find a difference at alpha {} [95 % interval of the simulation]:",
        power.alpha
    ))?;
    say::line("")?;
    let names: Vec<String> = power.questions.iter().map(|one| asked(&one.question)).collect();
    let wide = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let head: Vec<String> = power.people.iter().map(|n| format!("{:<16}", say::people(*n))).collect();
    say::line(format!("  {:wide$}  {}", "", head.join("  ")).trim_end())?;
    for (name, Answered { rates, .. }) in names.iter().zip(&power.questions) {
        let shares: Vec<String> = rates.iter().map(|rate| format!("{:<16}", share(rate))).collect();
        let pad = wide - name.chars().count();
        say::line(format!("  {name}{:pad$}  {}", "", shares.join("  ")).trim_end())?;
    }
    say::line("")?;
    for Answered { question, rates } in &power.questions {
        for rate in rates.iter().filter(|rate| rate.refused > 0) {
            let (what, n) = (asked(question), say::people(rate.people));
            say::line(format!(
                "note: {what}, {n}: no answer in {} of {} studies; counted as not found",
                rate.refused, rate.runs
            ))?;
        }
    }
    if power.people.len() > 1 {
        say::line(
            "note: the smaller samples of a study are the first people of its largest: columns go up and down together",
        )?;
    }
    say::line(
        "note: simulated people are a model, and how they differ is ours: this says what a plan can find in them",
    )?;
    say::line("")?;
    say::line(format!("written to {}: {}", out.display(), files.join(", ")))
}

fn of_contrast(args: &args::Power, d_z: f64) -> Result<(), Problem> {
    let refused = |refusal: crate::statistics::Refusal| {
        Problem::new(Place::default(), refusal.to_string(), "give other numbers: see kerbside power --help")
    };
    let mut people: Vec<usize> = args.people.iter().map(|n| *n as usize).collect();
    people.sort_unstable();
    people.dedup();
    let powers = people.iter().map(|n| in_closed_form(d_z, *n, args.alpha).map(|power| (*n, power)));
    let powers = powers.collect::<Result<Vec<_>, _>>().map_err(refused)?;
    let needed = people_needed(d_z, args.wanted, args.alpha);
    if args.json {
        let rows: Vec<_> = powers.iter().map(|(n, power)| json!({ "people": n, "power": power })).collect();
        let found = json!({ "d_z": d_z, "alpha": args.alpha, "wanted": args.wanted, "people_needed": needed.ok(), "power": rows });
        return say::line(format!("{found:#}"));
    }
    say::line(format!(
        "Two-sided paired t test, or a contrast of cell means: d_z = {d_z}, alpha = {} (noncentral t)",
        args.alpha
    ))?;
    for (n, power) in &powers {
        say::line(format!("  {:<12} power {power:.4}", say::people(*n)))?;
    }
    match needed {
        Ok(n) => say::line(format!("  {:<12} are the fewest with a power of {}", say::people(n), args.wanted)),
        Err(why) => say::line(format!("  a power of {} is out of reach: {why}", args.wanted)),
    }
}
