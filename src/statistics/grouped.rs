//! Weighted sums of group means, one score per person: marginal means and contrasts of designs within and between people.

use super::sample::{at_least, finite, same_length, share};
use super::weighted_sum::WeightedSum;
use super::{Answer, Refusal};

/// The sum over groups of weight times mean. `group` is each person's, counted from 0; every group needs somebody.
/// Its standard error is from the spread within the groups, which is taken to be the same in all; its degrees of freedom are
/// people less groups. Of one group this is the one-sample t test, so of differences the paired one.
pub fn grouped(scores: &[f64], group: &[usize], weights: &[f64], level: f64) -> Answer<WeightedSum> {
    share("level", level)?;
    finite("scores", scores)?;
    finite("weights of the groups", weights)?;
    same_length("scores and groups", scores.len(), group.len())?;
    at_least("groups", weights.len(), 1)?;
    at_least("participants", scores.len(), weights.len() + 1)?;
    let mut sums = vec![(0.0, 0_usize); weights.len()];
    for (score, group) in scores.iter().zip(group) {
        let range = "below the number of groups";
        let refusal = Refusal::OutOfRange { what: "a group", value: *group as f64, range };
        let sum = sums.get_mut(*group).ok_or(refusal)?;
        *sum = (sum.0 + score, sum.1 + 1);
    }
    if let Some(index) = sums.iter().position(|(_, n)| *n == 0) {
        return Err(Refusal::EmptyLevel { what: "group", index });
    }
    let means: Vec<f64> = sums.iter().map(|(sum, n)| sum / *n as f64).collect();
    let df = (scores.len() - weights.len()) as f64;
    let off = |(score, group): (&f64, &usize)| (score - means[*group]) * (score - means[*group]);
    let variance = scores.iter().zip(group).map(off).sum::<f64>() / df;
    let size = scores.iter().fold(0.0, |most: f64, score| most.max(score.abs()));
    if variance.sqrt() <= 1e-13 * size || variance == 0.0 {
        return Err(Refusal::Constant { what: "the scores of the participants" });
    }
    let estimate = means.iter().zip(weights).map(|(mean, weight)| mean * weight).sum::<f64>();
    let share_of = sums.iter().zip(weights).map(|((_, n), weight)| weight * weight / *n as f64).sum::<f64>();
    let error = (variance * share_of).sqrt();
    if error == 0.0 {
        return Err(Refusal::Constant { what: "the weights of the groups" });
    }
    WeightedSum::of(estimate, error, df, level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::paired::paired_t;

    #[test]
    fn one_group_is_the_paired_t_and_two_are_students() {
        let d = [0.4, 0.1, 0.6, -0.2, 0.5, 0.3];
        let (a, b) = (grouped(&d, &[0; 6], &[1.0], 0.95).unwrap(), paired_t(&d, 0.95).unwrap());
        assert!((a.t - b.t).abs() < 1e-12 && (a.interval.low - b.interval.low).abs() < 1e-12 && a.df == b.df);
        // R 4.2.2: t.test(c(-.2, .5, .3), c(.4, .1, .6), var.equal = TRUE): t = -0.65653216, df = 4, p = 0.5473327.
        let t = grouped(&d, &[0, 0, 0, 1, 1, 1], &[-1.0, 1.0], 0.95).unwrap();
        assert!((t.t + 0.656_532_16).abs() < 1e-7 && t.df == 4.0 && (t.p - 0.547_332_7).abs() < 1e-6, "{t:?}");
    }

    #[test]
    fn what_has_no_answer_is_refused() {
        let of = |scores: &[f64], group: &[usize], weights: &[f64]| grouped(scores, group, weights, 0.95);
        assert!(matches!(of(&[1.0, 1.0, 1.0], &[0; 3], &[1.0]), Err(Refusal::Constant { .. })));
        assert!(matches!(of(&[1.0], &[0], &[1.0]), Err(Refusal::TooFew { .. })));
        assert!(matches!(of(&[1.0, 2.0, 4.0], &[0; 3], &[1.0, -1.0]), Err(Refusal::EmptyLevel { index: 1, .. })));
        assert!(matches!(of(&[1.0, 2.0, 4.0], &[0, 0, 5], &[1.0]), Err(Refusal::OutOfRange { .. })));
        assert!(matches!(of(&[1.0, f64::NAN], &[0; 2], &[1.0]), Err(Refusal::NotFinite { .. })));
    }
}
