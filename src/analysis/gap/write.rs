//! A comparison as files: text, tables, figures, and an R script that gives the same numbers.

use super::super::field::Tracks;
use super::super::flow::Step;
use super::super::intake::Taken;
use super::super::methods::TestResult;
use super::super::write::{
    FUNCTIONS, Number, Table, cell, interval, p_value, quoted, sentence, short, table, test_numbers, text,
};
use super::compare::{Gap, MeasureGap, Side};
use super::figures;
use super::plan::{From, GapPlan, Source};
use std::fmt::Write;

const QUESTIONS: &str = include_str!("gap.R");

/// A file's name and its bytes.
type File = (String, Vec<u8>);

/// All files of a comparison.
pub fn files(plan: &GapPlan, taken: [&Taken; 2], gap: &Gap) -> Vec<File> {
    let (pictures, troubles) = pictures(plan, gap);
    let json = serde_json::to_string_pretty(gap).map(|text| text + "\n").unwrap_or_default();
    let numbers = numbers(gap);
    let files: Vec<(String, String)> = vec![
        ("gap.md".to_owned(), page(plan, taken, gap, &troubles)),
        ("gap.json".to_owned(), json),
        ("gap.R".to_owned(), script(plan, gap)),
        measures(gap).file("gap.csv"),
        participants(gap).file("participants.csv"),
        flow(taken).file("flow.csv"),
        listed(&numbers).file("numbers.csv"),
    ];
    files.into_iter().map(|(name, text)| (name, text.into_bytes())).chain(pictures).collect()
}

/// The figures as files, and what could not be drawn or written as PDF.
fn pictures(plan: &GapPlan, gap: &Gap) -> (Vec<File>, Vec<String>) {
    let (mut files, mut troubles) = (Vec::new(), Vec::new());
    for (name, drawn) in figures::all(plan, gap) {
        match drawn {
            Ok(figure) => {
                match figure.pdf() {
                    Ok(pdf) => files.push((format!("{name}.pdf"), pdf)),
                    Err(why) => troubles.push(format!("no figure {name}.pdf: {}", why.what)),
                }
                files.push((format!("{name}.svg"), figure.svg.into_bytes()));
            }
            Err(why) => troubles.push(format!("no figure {name}: {}", why.what)),
        }
    }
    (files, troubles)
}

fn known(value: Option<f64>) -> String {
    value.map_or_else(|| "NA".to_owned(), text)
}

fn page(plan: &GapPlan, taken: [&Taken; 2], gap: &Gap, troubles: &[String]) -> String {
    let title = if plan.title.is_empty() { &plan.name } else { &plan.title };
    let mut out = format!("# {}\n\n", cell(title));
    if gap.simulated {
        out += "**SIMULATED participants are in these numbers: they say nothing about people.**\n\n";
    }
    let (real, virt) = (&plan.real.label, &plan.virt.label);
    let who = if gap.paired {
        format!("The same people were at both ({} and {}): differences are paired", cell(real), cell(virt))
    } else {
        format!("Different people were at both ({} and {}): tests are Welch's", cell(real), cell(virt))
    };
    let _ = writeln!(
        out,
        "{who}. A difference is virtual less real, of participants' means; α = {}; p-values are corrected over all \
         measures by {}; d_av is the mean difference over the root of the mean of both variances, d_s over the pooled \
         standard deviation, g either with Hedges' correction. `Rscript gap.R` gives the same numbers.\n",
        gap.alpha,
        plan.correction.word()
    );
    for source in [&plan.real, &plan.virt] {
        if let From::Tracks(tracks) = &source.from {
            out += &of_tracks(source, tracks);
        }
    }
    out += &overview(gap);
    if gap.measures.iter().any(|measure| measure.difference.refused.is_none()) {
        out += "![Behavioural gap of each measure](gap.svg)\n\n";
    }
    troubles.iter().for_each(|trouble| out += &format!("- {}\n", cell(trouble)));
    out += "\n## Each measure\n\n";
    for measure in &gap.measures {
        out += &section(measure, gap.alpha);
    }
    out += "## From all trials to those compared\n\n";
    for (source, taken) in [&plan.real, &plan.virt].into_iter().zip(taken) {
        let _ = writeln!(out, "{}:\n", cell(&source.label));
        out += &steps(&taken.flow);
        taken.notes.iter().for_each(|note| out += &format!("- {}\n", cell(note)));
        out.push('\n');
    }
    out
}

/// How tracks became measures.
fn of_tracks(source: &Source, tracks: &Tracks) -> String {
    format!(
        "The measures of {} come from tracks on Earth ({}), laid on the map {} by its georeference; the body's {} was \
         tracked. Samples more than {} s apart leave a gap, in which the body is untracked and the vehicle unknown; \
         crossings with one before their end are marked. Nothing is interpolated over a gap; between two samples of the \
         vehicle its place at the pedestrian's sample is interpolated. Its speed is way over time of the shortest \
         stretch of samples that holds the 0.2 s around the moment; below 0.1 m/s it stands. Accelerations, and what is \
         made of them, are NA.\n\n",
        cell(&source.label),
        cell(&tracks.file),
        cell(&tracks.map),
        tracks.body_point.word(),
        tracks.longest_gap_s
    )
}

fn side(side: &Side) -> String {
    let mean = side.mean.map_or_else(|| "NA".to_owned(), short);
    let sd = side.sd.map_or_else(|| "NA".to_owned(), short);
    format!("{mean} (SD {sd}, n = {})", side.people)
}

fn overview(gap: &Gap) -> String {
    let head = ["measure", "real", "virtual", "virtual less real", "p, corrected", "size", "within bounds"];
    table(
        &head,
        gap.measures.iter().map(|measure| {
            let unit = if measure.unit.is_empty() { String::new() } else { format!(", {}", measure.unit) };
            let test = &measure.difference;
            let value = test.estimate.as_ref().map_or_else(
                || "no answer".to_owned(),
                |one| {
                    let limits = one.interval.map_or(String::new(), |limits| format!(", {}", interval(limits)));
                    format!("{}{limits}", short(one.value))
                },
            );
            let p = test.p_corrected.or(test.p).map_or_else(|| "NA".to_owned(), p_value);
            let size =
                test.effect_sizes.last().map_or_else(String::new, |one| format!("{} = {}", one.name, short(one.value)));
            let within = measure.equivalence.as_ref().and_then(|test| test.p).map_or_else(
                || "no bounds".to_owned(),
                |p| format!("{}: {}", if p < gap.alpha { "yes" } else { "not shown" }, p_value(p)),
            );
            vec![format!("{}{unit}", measure.label), side(&measure.real), side(&measure.virt), value, p, size, within]
        }),
    )
}

fn section(measure: &MeasureGap, alpha: f64) -> String {
    let mut out = format!("### {}\n\n", cell(&measure.label));
    for test in std::iter::once(&measure.difference).chain(&measure.equivalence) {
        let _ = writeln!(out, "- {}", cell(&sentence(&measure.label, test, alpha)));
    }
    if let Some((low, high)) = measure.bounds {
        let _ = writeln!(out, "- bounds of equivalence: {} to {} {}", short(low), short(high), cell(&measure.unit));
    }
    if let Some(agreement) = &measure.agreement {
        let (low, high) = (agreement.low, agreement.high);
        let _ = writeln!(
            out,
            "- limits of agreement (95 % of single differences, if they are normal): {} to {} {}",
            short(low.estimate),
            short(high.estimate),
            cell(&measure.unit)
        );
    }
    if measure.alone != (0, 0) {
        let (real, virt) = measure.alone;
        let _ = writeln!(out, "- in one source only, so in no pair: {real} real, {virt} virtual");
    }
    measure.notes.iter().for_each(|note| out += &format!("- {}\n", cell(note)));
    out.push('\n');
    out
}

fn steps(flow: &[Step]) -> String {
    let head = ["step", "why", "trials", "participants", "trials left", "participants left"];
    table(
        &head,
        flow.iter().map(|step| {
            let numbers = [step.trials, step.participants, step.trials_left, step.participants_left];
            [vec![step.name.clone(), step.reason.clone()], numbers.map(|n| n.to_string()).to_vec()].concat()
        }),
    )
}

fn flow(taken: [&Taken; 2]) -> Table {
    let mut all =
        Table::new(["source", "step", "reason", "trials", "participants", "trials_left", "participants_left"]);
    for (source, taken) in ["real", "virtual"].into_iter().zip(taken) {
        for step in &taken.flow {
            let numbers = [step.trials, step.participants, step.trials_left, step.participants_left];
            let words = [source.to_owned(), step.name.clone(), step.reason.clone()];
            all.row(words.into_iter().chain(numbers.map(|n| n.to_string())));
        }
    }
    all
}

/// A row per measure.
fn measures(gap: &Gap) -> Table {
    let mut all = Table::new([
        "measure",
        "unit",
        "real_people",
        "real_trials",
        "real_mean",
        "real_sd",
        "virtual_people",
        "virtual_trials",
        "virtual_mean",
        "virtual_sd",
        "test",
        "difference",
        "low",
        "high",
        "t",
        "df",
        "p",
        "p_corrected",
        "size_name",
        "size",
        "size_low",
        "size_high",
        "bound_low",
        "bound_high",
        "tost_p",
        "agreement_low",
        "agreement_high",
        "refused",
    ]);
    for measure in &gap.measures {
        let test = &measure.difference;
        let (estimate, size) = (test.estimate.as_ref(), test.effect_sizes.last());
        let limit = |one: Option<&super::super::methods::Estimate>, high: bool| {
            let limits = one.and_then(|one| one.interval)?;
            Some(if high { limits.high } else { limits.low })
        };
        let side = |side: &Side| [side.people.to_string(), side.trials.to_string(), known(side.mean), known(side.sd)];
        let mut row = vec![measure.name.clone(), measure.unit.clone()];
        row.extend(side(&measure.real));
        row.extend(side(&measure.virt));
        row.extend([
            test.test.clone(),
            known(estimate.map(|one| one.value)),
            known(limit(estimate, false)),
            known(limit(estimate, true)),
            known(test.statistic.as_ref().map(|one| one.value)),
            known(test.df.first().copied()),
            known(test.p),
            known(test.p_corrected),
            size.map_or_else(|| "NA".to_owned(), |one| one.name.clone()),
            known(size.map(|one| one.value)),
            known(limit(size, false)),
            known(limit(size, true)),
            known(measure.bounds.map(|bounds| bounds.0)),
            known(measure.bounds.map(|bounds| bounds.1)),
            known(measure.equivalence.as_ref().and_then(|test| test.p)),
            known(measure.agreement.map(|agreement| agreement.low.estimate)),
            known(measure.agreement.map(|agreement| agreement.high.estimate)),
            test.refused.clone().unwrap_or_default(),
        ]);
        all.row(row);
    }
    all
}

/// Each participant's means: what `gap.R` begins with.
fn participants(gap: &Gap) -> Table {
    let mut all = Table::new(["measure", "participant", "real", "real_trials", "virtual", "virtual_trials"]);
    for measure in &gap.measures {
        for person in &measure.people {
            let of = |one: Option<(f64, usize)>| {
                [known(one.map(|(mean, _)| mean)), one.map_or(0, |(_, trials)| trials).to_string()]
            };
            let names = [measure.name.clone(), person.participant.clone()];
            all.row(names.into_iter().chain(of(person.real)).chain(of(person.virt)));
        }
    }
    all
}

fn numbers(gap: &Gap) -> Vec<Number> {
    let mut all = Vec::new();
    let key = |measure: &MeasureGap, test: &TestResult| format!("{}/{}", measure.name, test.test);
    for measure in &gap.measures {
        for test in std::iter::once(&measure.difference).chain(&measure.equivalence) {
            test_numbers(&key(measure, test), test, &mut all);
        }
        if let Some(agreement) = &measure.agreement {
            for (name, limit) in [("low", agreement.low), ("high", agreement.high)] {
                let of = |what: &str| format!("{}/agreement/{name}{what}", measure.name);
                let values = [("", limit.estimate), (" low", limit.interval.low), (" high", limit.interval.high)];
                all.extend(values.map(|(what, value)| Number::closed(of(what), value)));
            }
        }
    }
    all
}

fn listed(numbers: &[Number]) -> Table {
    let mut all = Table::new(["name", "value", "tolerance"]);
    for number in numbers {
        all.row([number.name.clone(), text(number.value), known(number.nearness.tolerance())]);
    }
    all
}

fn script(plan: &GapPlan, gap: &Gap) -> String {
    let mut script = format!(
        "# Every number of this comparison again, by base R: Rscript gap.R\n\
         # It reads participants.csv and numbers.csv beside it, writes numbers_r.csv where it runs, and fails where a \
         number differs.\n\n{FUNCTIONS}\n{QUESTIONS}\n# The questions.\nlevel <- {}\n\
         people <- table_of(\"participants.csv\", colClasses = c(participant = \"character\"))\n",
        text(1.0 - gap.alpha)
    );
    let ask = if gap.paired { "ask_pairs" } else { "ask_groups" };
    for measure in gap.measures.iter().filter(|measure| measure.difference.refused.is_none()) {
        let bounds = measure.bounds.map_or(String::new(), |(low, high)| format!(", c({}, {})", text(low), text(high)));
        let _ = writeln!(script, "{ask}({}{bounds})", quoted(&measure.name));
    }
    let answered: Vec<&MeasureGap> = gap.measures.iter().filter(|one| one.difference.p_corrected.is_some()).collect();
    if let Some(first) = answered.first() {
        let method = if plan.correction == super::super::plan::Correction::Holm { "holm" } else { "BH" };
        let keys: Vec<String> =
            answered.iter().map(|one| quoted(&format!("{}/{}", one.name, first.difference.test))).collect();
        let refused = gap.measures.len() - answered.len();
        let _ = writeln!(script, "correct(\"{method}\", c({}), {refused})", keys.join(", "));
    }
    script + "compare()\n"
}
