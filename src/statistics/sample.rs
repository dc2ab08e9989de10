//! What every test asks of its numbers first.

use super::{Answer, Refusal};

/// An interval with its nominal coverage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower limit; may be infinite.
    pub low: f64,
    /// Upper limit; may be infinite.
    pub high: f64,
    /// Nominal coverage: 0.95.
    pub level: f64,
}

impl Interval {
    /// Both limits multiplied by a factor above 0.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { low: self.low * factor, high: self.high * factor, ..self }
    }
}

/// Number, mean and spread of finite values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// How many.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation with denominator n - 1.
    pub sd: f64,
}

impl Moments {
    /// Mean and standard deviation in two passes; refused for fewer than two values or any that is not finite.
    pub fn of(what: &'static str, values: &[f64]) -> Answer<Self> {
        finite(what, values)?;
        at_least(what, values.len(), 2)?;
        let n = values.len() as f64;
        // Divided by a power of two first, which loses no digit: squares of values near 1e200 or 1e-200 stay in range.
        let scale = f64::from_bits(largest(values).to_bits() & f64::INFINITY.to_bits());
        if scale == 0.0 {
            return Ok(Self { n: values.len(), mean: 0.0, sd: 0.0 });
        }
        let rough = values.iter().map(|v| v / scale).sum::<f64>() / n;
        let mean = rough + values.iter().map(|v| v / scale - rough).sum::<f64>() / n;
        let square: f64 = values.iter().map(|v| (v / scale - mean) * (v / scale - mean)).sum();
        Ok(Self { n: values.len(), mean: mean * scale, sd: (square / (n - 1.0)).sqrt() * scale })
    }

    /// The same, refused where the values do not vary beyond rounding (the rule of R's `t.test`: the standard error is
    /// below 10 machine epsilons of the mean).
    pub fn varying(what: &'static str, values: &[f64]) -> Answer<Self> {
        let moments = Self::of(what, values)?;
        if moments.standard_error() <= 10.0 * f64::EPSILON * moments.mean.abs() {
            return Err(Refusal::Constant { what });
        }
        Ok(moments)
    }

    /// Standard error of the mean.
    pub fn standard_error(&self) -> f64 {
        self.sd / (self.n as f64).sqrt()
    }

    /// Degrees of freedom of the standard deviation.
    pub fn df(&self) -> f64 {
        self.n as f64 - 1.0
    }
}

/// Refuses values that are NaN or infinite.
pub fn finite(what: &'static str, values: &[f64]) -> Answer<()> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(Refusal::NotFinite { what, index }),
        None => Ok(()),
    }
}

/// Refuses what is not finite, or of a size whose square leaves the range of numbers.
pub fn moderate(what: &'static str, values: &[f64]) -> Answer<()> {
    finite(what, values)?;
    let most = largest(values);
    if most == 0.0 || (1e-100..1e100).contains(&most) {
        return Ok(());
    }
    Err(Refusal::OutOfRange { what, value: most, range: "in a unit that keeps it between 1e-100 and 1e100" })
}

/// Refuses fewer than `needed`.
pub fn at_least(what: &'static str, n: usize, needed: usize) -> Answer<()> {
    if n < needed { Err(Refusal::TooFew { what, n, needed }) } else { Ok(()) }
}

/// Refuses lists of different length.
pub fn same_length(what: &'static str, left: usize, right: usize) -> Answer<()> {
    if left == right { Ok(()) } else { Err(Refusal::Unequal { what, left, right }) }
}

/// Refuses what is not a probability strictly between 0 and 1.
pub fn share(what: &'static str, value: f64) -> Answer<()> {
    if value > 0.0 && value < 1.0 {
        Ok(())
    } else {
        Err(Refusal::OutOfRange { what, value, range: "between 0 and 1, both excluded" })
    }
}

/// The largest absolute value; 0 of none.
pub fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most: f64, v| most.max(v.abs()))
}

/// `left - right`, pair by pair; refused for different lengths or values that are not finite.
pub fn differences(left: &[f64], right: &[f64]) -> Answer<Vec<f64>> {
    same_length("paired values", left.len(), right.len())?;
    finite("first values of the pairs", left)?;
    finite("second values of the pairs", right)?;
    Ok(left.iter().zip(right).map(|(a, b)| a - b).collect())
}

/// Ranks from 1; equal values share the mean of their ranks. Values closer than `tolerance` to their neighbour are equal.
pub fn midranks(values: &[f64], tolerance: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let mut to = from + 1;
        while to < order.len() && values[order[to]] - values[order[to - 1]] <= tolerance {
            to += 1;
        }
        for at in &order[from..to] {
            ranks[*at] = (from + 1 + to) as f64 / 2.0;
        }
        from = to;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_mean_rank() {
        assert_eq!(midranks(&[3.0, 1.0, 3.0, 2.0], 0.0), [3.5, 1.0, 3.5, 2.0]);
        assert_eq!(midranks(&[0.3 - 0.2, 0.1, 0.5], 1e-12), [1.5, 1.5, 3.0], "rounding does not break a tie");
        assert!(midranks(&[], 0.0).is_empty());
    }

    #[test]
    fn huge_tiny_and_offset_scales_keep_their_spread() {
        for scale in [1e-300, 1.0, 1e300] {
            let m = Moments::of("values", &[1.0 * scale, 2.0 * scale, 3.0 * scale]).unwrap();
            assert!((m.sd / scale - 1.0).abs() < 1e-12 && (m.mean / scale - 2.0).abs() < 1e-12);
        }
        let far = Moments::varying("values", &[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0]).unwrap();
        assert!((far.sd - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_answered_is_said() {
        let words = |r: Answer<Moments>| r.unwrap_err().to_string();
        assert_eq!(words(Moments::of("waits", &[1.0])), "waits: 1 given, at least 2 needed");
        assert_eq!(
            words(Moments::of("waits", &[1.0, f64::NAN])),
            "waits: value 1 (counted from 0) is not a finite number"
        );
        assert_eq!(words(Moments::varying("waits", &[0.1 + 0.2, 0.3])), "waits do not vary: a test needs spread");
        assert_eq!(words(Moments::varying("waits", &[0.0, 0.0])), "waits do not vary: a test needs spread");
        let level = share("level", 1e300).unwrap_err().to_string();
        assert_eq!(level, "level is 1e300, but must lie between 0 and 1, both excluded");
    }
}
