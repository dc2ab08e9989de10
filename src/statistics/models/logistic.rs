//! Logistic mixed models: crossed or not, against the gap.

use super::ordinal::{CumulativeLink, Specification, cumulative_link};
use super::{Covariances, Integration, Link, Rows};
use crate::statistics::distributions::normal_quantile;
use crate::statistics::effects::Effect;
use crate::statistics::sample::{Interval, share};
use crate::statistics::{Answer, Refusal};

/// A fitted model: the cumulative link model of two categories, its threshold turned into an intercept.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// Log odds where all columns are 0, for a person in the middle.
    pub intercept: f64,
    /// Its standard error.
    pub intercept_error: f64,
    /// Everything else: coefficients are log odds ratios per unit of each column.
    pub model: CumulativeLink,
}

/// The fit; fixed columns are without an intercept.
pub fn logistic(
    outcomes: &[bool],
    rows: &Rows<'_>,
    covariances: Covariances,
    integration: Integration,
) -> Answer<Logistic> {
    let ratings: Vec<usize> = outcomes.iter().map(|outcome| usize::from(*outcome)).collect();
    let how = Specification { categories: 2, link: Link::Logit, covariances, integration };
    let model = cumulative_link(&ratings, rows, how)?;
    Ok(Logistic { intercept: -model.thresholds[0], intercept_error: model.covariance[0][0].sqrt(), model })
}

impl Logistic {
    /// Where the log odds are 0 along one column, the others being 0: the critical gap, -b0 / b, with Fieller's (1954)
    /// interval. Refused where the interval is not bounded: the slope is not told from 0 at this level.
    pub fn critical(&self, column: usize, level: f64) -> Answer<Effect> {
        share("level", level)?;
        let range = "below the number of columns";
        let refusal = Refusal::OutOfRange { what: "a column", value: column as f64, range };
        let slope = *self.model.coefficients.get(column).ok_or(refusal)?;
        let square = |x: f64| x * x;
        let factor = square(normal_quantile(0.5 + 0.5 * level)?);
        let covariance = &self.model.covariance;
        // The intercept is minus the threshold, which turns the sign of their covariance.
        let (v0, v1, v01) = (covariance[0][0], covariance[column + 1][column + 1], -covariance[0][column + 1]);
        let a = square(slope) - factor * v1;
        let b = self.intercept * slope - factor * v01;
        let c = square(self.intercept) - factor * v0;
        if a <= 0.0 {
            return Err(Refusal::Constant { what: "the odds along the column (its slope is not told from 0)" });
        }
        let half = (b * b - a * c).max(0.0).sqrt();
        let interval = Interval { low: (-b - half) / a, high: (-b + half) / a, level };
        Ok(Effect { estimate: -self.intercept / slope, interval })
    }
}
