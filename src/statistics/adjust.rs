//! p-values of a family of tests, adjusted.

use super::{Answer, Refusal};

fn sorted(p_values: &[f64]) -> Answer<Vec<usize>> {
    for p in p_values {
        if !(0.0..=1.0).contains(p) {
            return Err(Refusal::OutOfRange { what: "a p-value", value: *p, range: "between 0 and 1" });
        }
    }
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    Ok(order)
}

/// Holm (1979): controls the chance of any false finding in the family. In the order given.
pub fn holm(p_values: &[f64]) -> Answer<Vec<f64>> {
    let order = sorted(p_values)?;
    let mut adjusted = vec![0.0; p_values.len()];
    let mut most: f64 = 0.0;
    for (i, at) in order.iter().enumerate() {
        most = most.max((p_values.len() - i) as f64 * p_values[*at]).min(1.0);
        adjusted[*at] = most;
    }
    Ok(adjusted)
}

/// Benjamini and Hochberg (1995): controls the expected share of false findings. In the order given.
pub fn benjamini_hochberg(p_values: &[f64]) -> Answer<Vec<f64>> {
    let order = sorted(p_values)?;
    let mut adjusted = vec![0.0; p_values.len()];
    let mut least: f64 = 1.0;
    for (i, at) in order.iter().enumerate().rev() {
        least = least.min(p_values.len() as f64 / (i + 1) as f64 * p_values[*at]);
        adjusted[*at] = least;
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_one_case_a_line() {
        // R 4.2.2: p.adjust(c(.01, .04, .03, .005), "holm") = .03 .06 .06 .02; "BH" = .02 .04 .04 .02.
        let near = |a: Vec<f64>, b: [f64; 4]| a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-15);
        assert!(near(holm(&[0.01, 0.04, 0.03, 0.005]).unwrap(), [0.03, 0.06, 0.06, 0.02]));
        assert!(near(benjamini_hochberg(&[0.01, 0.04, 0.03, 0.005]).unwrap(), [0.02, 0.04, 0.04, 0.02]));
        assert_eq!(holm(&[0.9, 0.8]).unwrap(), [1.0, 1.0]);
        assert_eq!(holm(&[]).unwrap(), Vec::<f64>::new());
        assert!(holm(&[f64::NAN]).is_err() && benjamini_hochberg(&[1.1]).is_err());
    }
}
