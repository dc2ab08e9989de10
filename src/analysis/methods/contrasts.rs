//! One contrast score per participant: paired t, its permutation and signed-rank twins, its Bayes factor, equivalence.

use super::{CellTable, Estimate, Named, Sample, TestResult, refusals};
use crate::analysis::options::IntervalOf;
use crate::analysis::plan::Test;
use crate::statistics::Answer;
use crate::statistics::bayes::{MEDIUM, ln_bayes_factor};
use crate::statistics::bootstrap::bca;
use crate::statistics::effects::{cohen_d_z, rank_biserial, standardised};
use crate::statistics::equivalence::equivalence;
use crate::statistics::paired::paired_t;
use crate::statistics::permutation::{Counted, sign_permutation};
use crate::statistics::sample::Moments;
use crate::statistics::signed_rank::{Method, Zeros, signed_rank};

/// Sign patterns drawn where there are too many to count.
pub(in crate::analysis) const SAMPLED: usize = 99_999;
/// Resamples of a bootstrap over participants.
pub(in crate::analysis) const RESAMPLES: usize = 9_999;
/// Up to this many differences the signed-rank test is exact, as in R.
pub(in crate::analysis) const MOST_EXACT: usize = 49;

pub(super) fn run(test: Test, effects: &[Vec<usize>], sample: &Sample<'_>) -> Vec<TestResult> {
    let table = CellTable::of(sample);
    let mut results = Vec::new();
    for effect in effects {
        let result = table.result(test, sample.design.effect_name(effect), sample);
        if !sample.design.is_one_contrast(effect) {
            let why = "the effect is no single contrast within participants (a factor with more than two levels, or one \
                       between participants): use anova or a mixed model";
            results.push(result.refusing(why));
            continue;
        }
        let weights = sample.design.weights(effect);
        let answer = table.means().and_then(|means| means.contrast(&weights)).and_then(|scores| {
            let asked = Asked { table: &table, sample, effect, scores: &scores };
            match test {
                Test::PairedT => asked.t(result.clone()),
                Test::Permutation => asked.permutation(result.clone()),
                Test::BayesFactor => asked.bayes_factor(result.clone()),
                _ => asked.ranks(result.clone()),
            }
        });
        match answer {
            Ok(answered) => results.extend(answered),
            Err(refusal) => results.push(result.refusing(refusals::of_cells(&refusal, sample, &table))),
        }
    }
    results
}

struct Asked<'a> {
    table: &'a CellTable,
    sample: &'a Sample<'a>,
    effect: &'a [usize],
    scores: &'a [f64],
}

impl Asked<'_> {
    fn unit(&self) -> &str {
        &self.sample.outcome.unit
    }

    /// Of a main effect the difference of its levels; of an interaction the difference of differences.
    fn difference(&self) -> &'static str {
        if self.effect.len() == 1 { "mean difference" } else { "mean difference of differences" }
    }

    /// A mean or median of scores; 0 where only rounding keeps it from that.
    fn cleaned(&self, middle: f64) -> f64 {
        let most = |values: &mut dyn Iterator<Item = &f64>| values.fold(0.0, |most: f64, value| most.max(value.abs()));
        let rounding = 8.0 * f64::EPSILON * most(&mut self.table.rows.iter().flatten());
        let nothing = rounding.max(1e-10 * most(&mut self.scores.iter()));
        if middle.abs() <= nothing { 0.0 } else { middle }
    }

    fn t(&self, mut result: TestResult) -> Answer<Vec<TestResult>> {
        let level = self.sample.level;
        let test = paired_t(self.scores, level)?;
        result.statistic = Some(Named::new("t", test.t));
        (result.df, result.p) = (vec![test.df], Some(test.p));
        let mean = self.cleaned(test.moments.mean);
        result.estimate = Some(Estimate::new(self.difference(), self.unit(), mean, Some(test.interval)));
        resampled(&mut result, self.scores, self.sample);
        let sized = |name: &str, effect: crate::statistics::effects::Effect| {
            Estimate::new(name, "", effect.estimate, Some(effect.interval))
        };
        if self.sample.sized {
            result.effect_sizes.push(sized("d_z", cohen_d_z(self.scores, level)?));
        }
        if let Some((low, high)) = self.both_levels().filter(|_| self.sample.sized) {
            // Of two levels there are means on either side.
            if let Ok(all) = standardised(&high, &low, level) {
                result.effect_sizes.push(sized("d_av", all.d_av));
                result.effect_sizes.push(sized("g_av", all.g_av));
            }
        }
        result.more.push(Named::new("sd of differences", test.moments.sd));
        result.notes.extend(outlying(self.scores, &test.moments));
        Ok([Some(result), self.equivalence()].into_iter().flatten().collect())
    }

    /// Each participant's means at the two levels of a main effect.
    fn both_levels(&self) -> Option<(Vec<f64>, Vec<f64>)> {
        let [factor] = self.effect else { return None };
        let design = &self.sample.design;
        let mean = |level: usize| -> Vec<f64> {
            let cells: Vec<usize> =
                (0..design.cells()).filter(|cell| design.levels_of(*cell)[*factor] == level).collect();
            let of_row = |row: &Vec<f64>| cells.iter().map(|cell| row[*cell]).sum::<f64>() / cells.len() as f64;
            self.table.rows.iter().map(of_row).collect()
        };
        Some((mean(0), mean(1)))
    }

    fn equivalence(&self) -> Option<TestResult> {
        let bounds = self.sample.outcome.equivalence?;
        let mut result = self.table.result(Test::PairedT, self.sample.design.effect_name(self.effect), self.sample);
        result.test = "tost".to_owned();
        let test = match equivalence(self.scores, bounds, 1.0 - self.sample.level) {
            Ok(test) => test,
            Err(refusal) => return Some(result.refusing(refusals::of_cells(&refusal, self.sample, self.table))),
        };
        let nearer = if test.above_low.1 >= test.below_high.1 { test.above_low.0 } else { test.below_high.0 };
        result.statistic = Some(Named::new("t", nearer));
        (result.df, result.p) = (vec![test.moments.df()], Some(test.p));
        result.estimate = Some(Estimate::new(self.difference(), self.unit(), test.moments.mean, Some(test.interval)));
        result.more = vec![Named::new("t above low", test.above_low.0), Named::new("t below high", test.below_high.0)];
        result.notes.push(format!("bounds {} to {} {}", bounds.0, bounds.1, self.unit()).trim_end().to_owned());
        Some(result)
    }

    fn permutation(&self, mut result: TestResult) -> Answer<Vec<TestResult>> {
        let test = sign_permutation(self.scores, SAMPLED, &format!("{} {}", self.sample.seed, result.effect))?;
        let mean = self.cleaned(test.mean);
        result.statistic = Some(Named::new("mean", mean));
        result.p = Some(test.p);
        result.estimate = Some(Estimate::new(self.difference(), self.unit(), mean, None));
        resampled(&mut result, self.scores, self.sample);
        result.drawn = test.counted != Counted::Exactly;
        result.notes.push(match test.counted {
            Counted::Exactly => "all sign patterns counted".to_owned(),
            Counted::Sampled(n) => format!("{n} sign patterns drawn"),
        });
        Ok(vec![result])
    }

    fn bayes_factor(&self, mut result: TestResult) -> Answer<Vec<TestResult>> {
        let factor = ln_bayes_factor(self.scores, MEDIUM)?.exp();
        result.statistic = Some(Named::new("BF10", factor));
        let note = "above 1 it speaks for a difference, below 1 for none; prior of d_z: Cauchy of width 0.707 (JZS)";
        result.notes.push(note.to_owned());
        Ok(vec![result])
    }

    fn ranks(&self, mut result: TestResult) -> Answer<Vec<TestResult>> {
        let exact = self.scores.len() <= MOST_EXACT;
        let method = if exact { Method::Exact } else { Method::Normal { continuity_correction: true } };
        let test = signed_rank(self.scores, Zeros::Dropped, method)?;
        result.statistic = Some(Named::new("V", test.positive_ranks));
        result.p = Some(test.p);
        let pseudomedian = self.cleaned(test.pseudomedian);
        result.estimate = Some(Estimate::new("pseudomedian of differences", self.unit(), pseudomedian, None));
        if self.sample.sized {
            let (r, interval) = rank_biserial(&test, self.sample.level)?;
            result.effect_sizes = vec![Estimate::new("rank-biserial r", "", r, interval)];
        }
        let how = if exact { "exact, ties included" } else { "normal approximation with continuity correction" };
        result.notes.push(format!("{how}; {} zero differences dropped", test.zeros));
        Ok(vec![result])
    }
}

/// Gives the mean of the scores its bootstrap interval, where the plan asks for it.
pub(super) fn resampled(result: &mut TestResult, scores: &[f64], sample: &Sample<'_>) {
    let Some(estimate) = result.estimate.as_mut() else { return };
    if sample.outcome.options.interval != IntervalOf::Bca {
        return;
    }
    let mean = |people: &[usize]| Some(people.iter().map(|i| scores[*i]).sum::<f64>() / people.len() as f64);
    let seed = format!("{} {} bca", sample.seed, result.effect);
    match bca(scores.len(), mean, sample.level, RESAMPLES, &seed) {
        Ok(found) => {
            estimate.interval = Some(found.interval.into());
            result.resampled = true;
            result.notes.push(format!(
                "interval of the mean difference: bias-corrected and accelerated bootstrap over participants, {} resamples",
                found.resamples
            ));
        }
        Err(refusal) => result.notes.push(format!("no bootstrap interval: {refusal}")),
    }
}

/// What a look at the differences would show: one far from the others.
fn outlying(scores: &[f64], moments: &Moments) -> Option<String> {
    let farthest = scores.iter().map(|score| ((score - moments.mean) / moments.sd).abs()).fold(0.0, f64::max);
    (farthest > 3.0).then(|| format!("one difference lies {farthest:.1} standard deviations from the mean: see the sensitivity table and the signed-rank twin"))
}
