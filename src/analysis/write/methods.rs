//! The methods of a results section: sample, exclusions, design, apparatus, clocks, tests, software.

use super::super::conducted::{SetUp, Timing};
use super::super::methods::{MOST_RANDOM, TestResult};
use super::super::plan::{Before, Correction, Kind, Plan};
use super::super::results::{OutcomeResults, Results, count_words, families};
use super::document::Block;
use super::words::{count, short, simulated};

pub(super) fn blocks<'a>(plan: &Plan, results: &Results) -> Vec<Block<'a>> {
    let mut blocks = vec![
        Block::Text("Sample.", sample(results)),
        Block::Text("Exclusions.", exclusions(plan, results)),
        Block::Text("Design.", design(plan)),
    ];
    if let Some(conducted) = &results.conducted {
        blocks.extend(conducted.set_ups.iter().map(|one| Block::Text("Apparatus.", apparatus(one))));
        blocks.push(Block::Text("Clocks and latency.", clocks(&conducted.timing, &conducted.set_ups)));
    }
    blocks.push(Block::Text("Tests.", tests(plan, results)));
    blocks.push(Block::Text("Software.", software(results)));
    blocks
}

fn sample(results: &Results) -> String {
    let of = |step: Option<&super::super::flow::Step>| step.map_or((0, 0), |step| (step.trials, step.participants));
    let ((all, everybody), (kept, people)) = (of(results.flow.first()), of(results.flow.last()));
    let more = simulated(results).map_or(String::new(), |words| format!(" {words}"));
    format!(
        "Of {} of {}, {} of {} were analysed.{more}",
        count(all, "trial"),
        count(everybody, "participant"),
        count(kept, "trial"),
        count(people, "participant")
    )
}

fn exclusions(plan: &Plan, results: &Results) -> String {
    let taken =
        results.flow.iter().filter(|step| step.trials > 0 && !["all", "analysed"].contains(&step.name.as_str()));
    let mut parts: Vec<String> = taken
        .map(|step| {
            let whole = if step.participants > 0 {
                format!(", {} with nothing left", count(step.participants, "participant"))
            } else {
                String::new()
            };
            format!("{} ({}{whole})", step.reason, count(step.trials, "trial"))
        })
        .collect();
    if parts.is_empty() {
        parts.push("nothing".to_owned());
    }
    let before = match plan.before.as_ref().map(|before| before.treat) {
        None => "",
        Some(Before::Keep) => {
            " Trials that were over before the manipulation began were kept; the tables of conditions count them, and the \
             sensitivity tables show the answers without them."
        }
        Some(Before::Exclude) => {
            " Trials that were over before the manipulation began were left out; the sensitivity tables show the answers with \
             them."
        }
    };
    format!("Left out: {}.{before}", parts.join("; "))
}

fn design(plan: &Plan) -> String {
    if plan.factors.is_empty() {
        return "No factor was varied.".to_owned();
    }
    let factor = |factor: &super::super::plan::Factor| {
        let how = if factor.between { "between" } else { "within" };
        format!("{} ({how} participants: {})", factor.name, factor.levels.join(", "))
    };
    let factors: Vec<String> = plan.factors.iter().map(factor).collect();
    let covariates: Vec<&str> = plan.covariates.iter().map(|covariate| covariate.name.as_str()).collect();
    let more = if covariates.is_empty() { String::new() } else { format!(" Covariates: {}.", covariates.join(", ")) };
    format!("Factors, the reference first: {}.{more}", factors.join("; "))
}

fn apparatus(set_up: &SetUp) -> String {
    let rate = set_up.display_rate_hz.map_or(String::new(), |hz| format!(" at {hz} frames a second"));
    let steps = set_up.world_step_hz.map_or(String::new(), |hz| format!(" in {hz} steps a second"));
    let wide = set_up.carriageway_m.map_or(String::new(), |m| format!(", kerb to kerb {} m", short(m)));
    let crosswalks = set_up.crosswalks.join(" and ");
    let devices: Vec<String> = set_up.devices.iter().map(|(what, words)| format!("{what}: {words}")).collect();
    let devices = if devices.is_empty() { String::new() } else { format!(" Devices: {}.", devices.join("; ")) };
    format!(
        "{} of the study {} at the crosswalk {crosswalks} of the map {}{wide}; headset: {}{rate}; vehicles: {} world{steps}; \
         pacing: {}. Recorded by Kerbside {}.{devices}",
        count(set_up.sessions, "session"),
        set_up.study,
        set_up.map,
        set_up.headset,
        set_up.world,
        set_up.pacing,
        set_up.version,
    )
}

fn clocks(timing: &Timing, set_ups: &[SetUp]) -> String {
    let mut parts = Vec::new();
    let ms = |value: f64| format!("{} ms", short(value));
    parts.extend(
        timing.interval_p50_ms.map(|v| format!("time from frame to frame {} (median of the trials' medians)", ms(v))),
    );
    parts.extend(timing.interval_p99_ms.map(|v| format!("99th percentile at most {} in any trial", ms(v))));
    parts.extend(timing.largest_gap_ms.map(|v| format!("largest gap between two frames {}", ms(v))));
    parts.extend(timing.late_frames.map(|n| format!("{n:.0} late frames")));
    parts.extend(
        timing.untracked_trials.map(|n| format!("frames without a valid head position in {}", count(n, "trial"))),
    );
    let ages = set_ups.iter().filter_map(|one| Some((one, one.age?)));
    parts.extend(ages.map(|(one, age)| {
        let what =
            if set_ups.len() > 1 { format!(" ({} headset, {} world)", one.headset, one.world) } else { String::new() };
        format!("age of the vehicle as drawn{what} {} (median), at most {}", ms(age.median_ms), ms(age.most_ms))
    }));
    let lockstep = set_ups.iter().any(|one| one.pacing == "lockstep");
    let virtual_time = if lockstep { " In lockstep time is virtual: it says nothing of a display." } else { "" };
    let words = if parts.is_empty() { "nothing is known of them".to_owned() } else { parts.join(", ") };
    format!(
        "In the {} analysed: {words}. Latency from motion to photon is not measured.{virtual_time}",
        count(timing.trials, "trial")
    )
}

fn tests(plan: &Plan, results: &Results) -> String {
    let mut out = format!(
        "Tests are two-sided at α = {}; intervals have {} % coverage. ",
        results.alpha,
        short(100.0 * results.level).trim_end_matches('0').trim_end_matches('.'),
    );
    let has = |words: &[&str]| {
        let decides = |test: &&TestResult| test.confirmatory && words.contains(&test.test.as_str());
        results.outcomes.iter().any(|outcome| outcome.tests.iter().any(|test| decides(&test)))
    };
    if has(&["paired_t", "permutation", "wilcoxon", "friedman", "anova"]) {
        out += "Values were averaged within each participant and cell; effects of factors with two levels are contrasts of \
                these means, others analyses of variance with Greenhouse and Geisser's correction. ";
    }
    if has(&["clmm"]) {
        out += "Single items were analysed as ordinal, by cumulative link mixed models. The aligned rank transform was not \
                used: it errs too often with discrete and skewed data. ";
    }
    if has(&["glmm"]) {
        out += "What happened or not was analysed by logistic mixed models. ";
    }
    if has(&["lmm", "clmm", "glmm"]) {
        out += &format!(
            "Mixed models have random intercepts by participant and, where cells had several trials, random slopes of the main \
             effects within participants and of the interactions asked for, as far as that makes no more than {MOST_RANDOM} \
             random columns; when singular they are reduced by the rule \"correlations, then slopes\": slopes without \
             variance go, those of interactions first, those of a factor's levels together. A p-value of an effect without a slope of its own says so. "
        );
    }
    if results.outcomes.iter().any(|outcome| outcome.tests.iter().any(|test| !test.under.is_empty())) {
        out += "Factors of three and more levels were tested as a whole (mixed models: by F with Satterthwaite's degrees of \
                freedom or by likelihood ratio); their levels were compared by contrasts, corrected among themselves by Holm. ";
    }
    if results.outcomes.iter().any(|outcome| outcome.tests.iter().any(|test| test.resampled)) {
        out += "Intervals of mean differences, where the plan asks for it, are bias-corrected and accelerated bootstraps over \
                participants. ";
    }
    if plan.outcomes.iter().any(|outcome| outcome.kind == Kind::Censored) {
        out += &format!(
            "Waits that were cut off are censored, not left out: means are restricted, of waits counted up to a time to \
             which all were watched{}; medians have bootstrap intervals over participants. ",
            counted_up_to(results)
        );
    }
    if has(&["cox"]) {
        out += "Hazards were compared by Cox models with errors clustered by participant. ";
    }
    if has(&["frailty"]) {
        out += "Hazards of one and the same participant were compared by proportional hazards models with a gamma frailty of \
                each participant (frailties integrated out, ties by Efron). ";
    }
    let family = |(family, (planned, answered)): (&super::super::plan::Family, (usize, usize))| {
        let how = match family.correction {
            Correction::Holm => "corrected by Holm",
            Correction::BenjaminiHochberg => "corrected by Benjamini and Hochberg",
            Correction::None => "not corrected",
        };
        let over = if answered < planned && family.correction != Correction::None {
            format!(" for all {planned}")
        } else {
            String::new()
        };
        format!("Family {}: {}, p-values {how}{over}.", family.name, count_words(planned, answered))
    };
    let families = plan.families.iter().zip(families(plan, &results.outcomes));
    out + &families.map(family).collect::<Vec<_>>().join(" ")
}

/// ` (Crossing initiation time: 20 s)`
fn counted_up_to(results: &Results) -> String {
    let of_outcome = |outcome: &OutcomeResults| {
        let restricted = outcome.tests.iter().find_map(|test| test.restricted.as_ref())?;
        let whose = if restricted.planned { "" } else { ", the earliest end of watching" };
        Some(format!("{}: {}{whose}", outcome.label, restricted.time()))
    };
    let all: Vec<String> = results.outcomes.iter().filter_map(of_outcome).collect();
    if all.is_empty() { String::new() } else { format!(" ({})", all.join("; ")) }
}

fn software(results: &Results) -> String {
    format!(
        "Kerbside {}, plan {}, seed {}. analysis.R gives the same numbers with R. Data: {}.",
        results.version,
        results.name,
        results.seed,
        results.data.join(", ")
    )
}
