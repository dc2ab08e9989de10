//! Numbers in APA style.

use super::super::methods::{Estimate, Limits, TestResult};
use super::super::results::Results;

/// Two decimals; three for what would else be lost.
pub(in crate::analysis) fn short(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    let size = value.abs();
    let text = if size >= 1e5 || (size > 0.0 && size < 5e-4) {
        format!("{value:.2e}")
    } else if size < 0.1 && size > 0.0 {
        format!("{value:.3}")
    } else {
        format!("{value:.2}")
    };
    text.replace('-', "−")
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
    format!("{} % CI [{}, {}]", degrees(100.0 * limits.level), short(limits.low), short(limits.high))
}

/// `0.36 s, 95 % CI [0.10, 0.62]`
pub(in crate::analysis) fn amount(estimate: &Estimate) -> String {
    let unit = if estimate.unit.is_empty() { String::new() } else { format!(" {}", estimate.unit) };
    let limits = estimate.interval.map_or(String::new(), |limits| format!(", {}", interval(limits)));
    format!("{}{unit}{limits}", short(estimate.value))
}

/// `mean difference = 0.36 s, 95 % CI [0.10, 0.62]`
pub(super) fn estimate(estimate: &Estimate) -> String {
    format!("{} = {}", estimate.name, amount(estimate))
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
    format!("{name}{df} = {}", short(statistic.value))
}

/// p, and the corrected one where there is one.
pub(super) fn p_values(test: &TestResult) -> String {
    let Some(p) = test.p else { return String::new() };
    match test.p_corrected {
        Some(corrected) => format!("{}, corrected {}", p_value(p), p_value(corrected)),
        None => p_value(p),
    }
}

/// A test as a sentence of a results section.
pub fn sentence(label: &str, test: &TestResult, alpha: f64) -> String {
    let what = format!("{label}, {} ({})", test.effect.replace(':', " × "), test_name(&test.test));
    if let Some(why) = &test.refused {
        return format!("{what}: no answer, since {why}.");
    }
    let mut parts = vec![statistic(test), p_values(test)];
    parts.extend(test.estimate.as_ref().map(estimate));
    parts.extend(test.effect_sizes.iter().map(estimate));
    parts.retain(|part| !part.is_empty());
    let p = test.p_corrected.or(test.p).unwrap_or(1.0);
    let verdict = match (test.confirmatory, test.test.ends_with("tost"), p < alpha) {
        (_, true, true) => ": equivalent within the bounds",
        (_, true, false) => ": equivalence within the bounds not shown",
        (true, _, true) => ": a difference",
        (true, _, false) => ": no difference shown, which is not the same as none",
        (false, ..) => "",
    };
    format!("{what}{verdict}; {} (n = {}, {} trials).", parts.join(", "), test.people, test.trials)
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
    }
}
