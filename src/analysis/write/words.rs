//! Numbers in APA style.

use super::super::methods::{Estimate, Limits, TestResult};
use super::super::results::Results;

/// Whole numbers where they are whole: what is counted or summed of ranks.
const WHOLE: [&str; 8] = ["V", "events", "people", "trials", "longer", "df", "df1", "df2"];
/// In units of a spread, or shares: two decimals, whatever their size.
const STANDARDISED: [&str; 9] = [
    "d_z",
    "d_av",
    "g_av",
    "d_s",
    "g_s",
    "rank-biserial r",
    "Kendall's W",
    "generalised eta squared",
    "partial eta squared",
];

/// Two decimals; three for what would else be lost.
pub(in crate::analysis) fn short(value: f64) -> String {
    together(&[value]).remove(0)
}

/// Numbers that stand together, an estimate and its limits, with as many decimals each: two, or three where all are small.
fn together(values: &[f64]) -> Vec<String> {
    let sizes = values.iter().map(|value| value.abs()).filter(|size| size.is_finite());
    let size = sizes.fold(0.0, f64::max);
    let of_size = |size: f64, value: f64| {
        if size >= 1e5 || (size > 0.0 && size < 5e-4) {
            signed(format!("{value:.2e}"))
        } else {
            fixed(value, if size < 0.1 && size > 0.0 { 3 } else { 2 })
        }
    };
    let text = |value: &f64| match value {
        value if value.is_infinite() => if *value > 0.0 { "∞" } else { "−∞" }.to_owned(),
        value if *value == 0.0 => "0.00".to_owned(),
        // Beside what is huge each has its own.
        value => of_size(if size >= 1e5 { value.abs() } else { size }, *value),
    };
    values.iter().map(text).collect()
}

/// So many decimals, and no sign before zeros.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let zero = text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.'));
    if zero { text.trim_start_matches('-').to_owned() } else { signed(text) }
}

fn signed(text: String) -> String {
    text.replace('-', "−")
}

/// A number by what it is.
pub(super) fn by_name(name: &str, value: f64) -> String {
    let of = |names: &[&str]| names.iter().any(|own| name == *own || name.strip_prefix(own).is_some_and(is_limit));
    if of(&WHOLE) && value.is_finite() {
        return if value.fract() == 0.0 { fixed(value, 0) } else { fixed(value, if name == "V" { 1 } else { 2 }) };
    }
    if of(&STANDARDISED) && value.is_finite() { fixed(value, 2) } else { short(value) }
}

fn is_limit(rest: &str) -> bool {
    matches!(rest, " low" | " high")
}

/// Degrees of freedom: whole where they are, else two decimals.
pub(super) fn degrees(df: f64) -> String {
    if (df - df.round()).abs() < 1e-9 { format!("{df:.0}") } else { format!("{df:.2}") }
}

/// Without the zero before the point, as for what cannot exceed 1.
pub(in crate::analysis) fn p_value(p: f64) -> String {
    if p < 0.001 { "p < .001".to_owned() } else { format!("p = {}", no_zero(format!("{p:.3}"))) }
}

fn no_zero(text: String) -> String {
    text.strip_prefix('0').map(str::to_owned).unwrap_or(text)
}

/// `95 % CI [0.10, 0.62]`
pub(in crate::analysis) fn interval(limits: Limits) -> String {
    let numbers = together(&[limits.low, limits.high]);
    format!("{} % CI [{}]", degrees(100.0 * limits.level), numbers.join(", "))
}

/// An estimate and, with its limits, what stands before them.
fn parts(estimate: &Estimate) -> (String, Option<String>) {
    let limits = estimate.interval.map(|limits| [limits.low, limits.high]);
    let values: Vec<f64> = std::iter::once(estimate.value).chain(limits.into_iter().flatten()).collect();
    let mut texts: Vec<String> = if STANDARDISED.contains(&estimate.name.as_str()) {
        values.iter().map(|value| by_name(&estimate.name, *value)).collect()
    } else {
        together(&values)
    };
    let unit = if estimate.unit.is_empty() { String::new() } else { format!(" {}", estimate.unit) };
    let value = texts.remove(0) + &unit;
    (value, (!texts.is_empty()).then(|| format!("[{}]", texts.join(", "))))
}

/// `0.36 s, 95 % CI [0.10, 0.62]`
pub(super) fn amount(estimate: &Estimate) -> String {
    match (parts(estimate), estimate.interval) {
        ((value, Some(limits)), Some(own)) => format!("{value}, {} % CI {limits}", degrees(100.0 * own.level)),
        ((value, _), _) => value,
    }
}

/// `0.36 s [0.10, 0.62]`
pub(in crate::analysis) fn brief(estimate: &Estimate) -> String {
    let (value, limits) = parts(estimate);
    limits.map_or(value.clone(), |limits| format!("{value} {limits}"))
}

/// `mean difference = 0.36 s, 95 % CI [0.10, 0.62]`
pub(super) fn estimate(estimate: &Estimate) -> String {
    format!("{} = {}", estimate.name, amount(estimate))
}

/// The estimate of a test; of restricted means with the time: `restricted mean difference (to 8 s) = −0.36 s, ..`.
pub(super) fn estimate_of(test: &TestResult) -> Option<String> {
    let own = test.estimate.as_ref()?;
    let until = test.restricted.as_ref().map_or(String::new(), |restricted| format!(" (to {})", restricted.time()));
    Some(format!("{}{until} = {}", own.name, amount(own)))
}

/// `3 of 144 waits are longer than 8 s`; empty where nothing was restricted.
pub(super) fn longer(test: &TestResult) -> String {
    test.restricted.as_ref().map_or(String::new(), |restricted| {
        format!("{} of {} waits are longer than {}", restricted.longer, restricted.of, restricted.time())
    })
}

/// `1 trial`, `2 trials`.
pub(super) fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// What must stand over numbers that are not of people; none where all are.
pub fn simulated(results: &Results) -> Option<String> {
    if !results.simulated {
        return None;
    }
    let all = results.flow.last().map_or(0, |step| step.participants_left);
    Some(match results.conducted.as_ref().map(|conducted| conducted.simulated) {
        Some(n) if n >= all => {
            "All participants in these numbers are SIMULATED: they say nothing about people.".to_owned()
        }
        Some(n) => format!(
            "Of the {all} participants in these numbers {n} are SIMULATED: leave them out before you conclude anything."
        ),
        None => "SIMULATED participants are in these numbers: they say nothing about people.".to_owned(),
    })
}

/// `t(23) = 2.41`, `F(1.39, 12.48) = 5.20`, `χ²(2) = 6.20`
pub(super) fn statistic(test: &TestResult) -> String {
    let Some(statistic) = &test.statistic else { return String::new() };
    let name = if statistic.name == "chi2" { "χ²" } else { statistic.name.as_str() };
    let df = if test.df.is_empty() {
        String::new()
    } else {
        format!("({})", test.df.iter().map(|df| degrees(*df)).collect::<Vec<_>>().join(", "))
    };
    format!("{name}{df} = {}", by_name(&statistic.name, statistic.value))
}

/// p, and the corrected one where there is one; beside them what limits them.
pub(super) fn p_values(test: &TestResult) -> String {
    let Some(p) = test.p else { return String::new() };
    let corrected = test.p_corrected.map_or(String::new(), |p| format!(", corrected {}", p_value(p)));
    format!("{}{corrected}{}", p_value(p), limit(test))
}

/// What stands beside a p that must not be taken at its word.
pub(super) fn limit(test: &TestResult) -> String {
    if test.limits.is_empty() { String::new() } else { format!(" ({})", test.limits.join("; ")) }
}

/// A test as a sentence of a results section.
pub fn sentence(label: &str, test: &TestResult, alpha: f64) -> String {
    let what = format!("{label}, {} ({})", test.effect.replace(':', " × "), test_name(&test.test));
    if let Some(why) = &test.refused {
        return format!("{what}: no answer, since {why}.");
    }
    let mut parts = vec![statistic(test), p_values(test)];
    parts.extend(estimate_of(test));
    parts.extend(test.effect_sizes.iter().map(estimate));
    parts.retain(|part| !part.is_empty());
    let too_few = format!(
        ": no verdict, since of {} not even an exact sign permutation could fall below {alpha}",
        count(test.people, "participant")
    );
    let verdict = match (test.confirmatory, test.test.ends_with("tost"), test.finds(alpha)) {
        (true, false, _) if test.is_of_too_few(alpha) => &too_few,
        (_, true, true) => ": equivalent within the bounds",
        (_, true, false) => ": equivalence within the bounds not shown",
        (true, _, true) => ": a difference",
        (true, _, false) => ": no difference shown, which is not the same as none",
        (false, ..) => "",
    };
    let longer = if test.restricted.is_some() { format!("; {}", longer(test)) } else { String::new() };
    format!("{what}{verdict}; {} (n = {}, {} trials{longer}).", parts.join(", "), test.people, test.trials)
}

/// A test's name for people.
pub(super) fn test_name(word: &str) -> &'static str {
    match word {
        "paired_t" => "paired t test of cell means",
        "permutation" => "sign permutation of cell means",
        "wilcoxon" => "Wilcoxon signed-rank test of cell means",
        "bayes_factor" => "Bayes factor of the paired t test of cell means",
        "friedman" => "Friedman test",
        "anova" => "analysis of variance of cell means",
        "lmm" => "linear mixed model",
        "clmm" => "cumulative link mixed model",
        "glmm" => "logistic mixed model",
        "cox" => "Cox model, errors clustered by participant",
        "frailty" => "hazards model with a gamma frailty of each participant",
        "log_rank" => "log-rank test stratified by participant",
        "tost" => "two one-sided t tests",
        "anova_contrast" => "contrast of levels, t test of cell means",
        "lmm_contrast" => "contrast of levels, linear mixed model",
        "clmm_contrast" => "contrast of levels, cumulative link mixed model",
        "glmm_contrast" => "contrast of levels, logistic mixed model",
        "welch_t" => "Welch t test",
        "welch_tost" => "two one-sided Welch t tests",
        _ => "test",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_journals_want_them() {
        assert_eq!(p_value(0.0512), "p = .051");
        assert_eq!(p_value(0.0004), "p < .001");
        assert_eq!(p_value(1.0), "p = 1.000");
        assert_eq!((short(-0.364), short(0.0123), short(0.0)), ("−0.36".into(), "0.012".into(), "0.00".into()));
        assert_eq!((degrees(17.0), degrees(12.484)), ("17".to_owned(), "12.48".to_owned()));
        assert_eq!([by_name("V", 206.0), by_name("V", 206.5), by_name("events", 288.0)], ["206", "206.5", "288"]);
        assert_eq!([by_name("df", 23.0), by_name("df2", 5.45), by_name("d_z low", -0.0627)], ["23", "5.45", "−0.06"]);
        // An interval's limits and its estimate have as many decimals each; standardised sizes have two.
        let of = |name: &str, unit: &str, value: f64, low: f64, high: f64| {
            let interval = Some(Limits { low, high, level: 0.95 });
            amount(&Estimate { name: name.to_owned(), unit: unit.to_owned(), value, interval })
        };
        assert_eq!(of("d_z", "", -0.4917, -0.9113, -0.0627), "−0.49, 95 % CI [−0.91, −0.06]");
        assert_eq!(of("mean difference", "s", 0.47, -0.0627, 1.0), "0.47 s, 95 % CI [−0.06, 1.00]");
        assert_eq!(of("mean difference", "s", 0.0123, -0.001, 0.04), "0.012 s, 95 % CI [−0.001, 0.040]");
        assert_eq!(of("odds ratio", "", 2.5, 1e-4, 1e6), "2.50, 95 % CI [1.00e−4, 1.00e6]");
        assert_eq!(of("difference", "", -1e-3, -0.2, 0.2), "0.00, 95 % CI [−0.20, 0.20]");
    }
}
