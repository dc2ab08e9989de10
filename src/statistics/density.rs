//! Kernel densities and kernel means, without bins.

use super::sample::{Moments, at_least, finite, same_length};
use super::summary::quantile;
use super::{Answer, Refusal};

/// Silverman's rule of thumb (1986, eq. 3.31; R's `bw.nrd0`): 0.9 n^(-1/5) times the smaller of the standard deviation
/// and the interquartile range / 1.34; the other one where one of them is 0.
pub fn bandwidth(values: &[f64]) -> Answer<f64> {
    at_least("values of a density", values.len(), 2)?;
    let sd = Moments::varying("values of a density", values)?.sd;
    let spread = |share| quantile(values, share).unwrap_or(0.0);
    let range = (spread(0.75) - spread(0.25)) / 1.34;
    let least = if range > 0.0 { sd.min(range) } else { sd };
    Ok(0.9 * least * libm::pow(values.len() as f64, -0.2))
}

/// The density of a Gaussian kernel estimate at each of `places`.
pub fn density(values: &[f64], bandwidth: f64, places: &[f64]) -> Answer<Vec<f64>> {
    at_least("values of a density", values.len(), 1)?;
    finite("values of a density", values)?;
    positive(bandwidth)?;
    let scale = 1.0 / (values.len() as f64 * bandwidth * (2.0 * std::f64::consts::PI).sqrt());
    Ok(places.iter().map(|x| scale * values.iter().map(|v| kernel((x - v) / bandwidth)).sum::<f64>()).collect())
}

/// The mean of `y` around each of `places`, weighted by a Gaussian kernel over `x` (Nadaraya and Watson 1964); None
/// where no value lies near enough to have a weight.
pub fn kernel_mean(x: &[f64], y: &[f64], bandwidth: f64, places: &[f64]) -> Answer<Vec<Option<f64>>> {
    same_length("values of a kernel mean", x.len(), y.len())?;
    finite("values of a kernel mean", x)?;
    finite("values of a kernel mean", y)?;
    positive(bandwidth)?;
    let at = |place: &f64| {
        let sums = x.iter().zip(y).fold((0.0, 0.0), |(weight, sum), (x, y)| {
            let w = kernel((place - x) / bandwidth);
            (weight + w, sum + w * y)
        });
        (sums.0 > 1e-12).then(|| sums.1 / sums.0)
    };
    Ok(places.iter().map(at).collect())
}

fn positive(bandwidth: f64) -> Answer<()> {
    if bandwidth > 0.0 && bandwidth.is_finite() {
        return Ok(());
    }
    Err(Refusal::OutOfRange { what: "a bandwidth", value: bandwidth, range: "above 0" })
}

fn kernel(z: f64) -> f64 {
    libm::exp(-0.5 * z * z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bandwidth_is_that_of_r() {
        // R 4.2.2: bw.nrd0(c(2.1, 3.4, 1.9, 5.0, 4.2, 2.8, 3.3)) and bw.nrd0(c(1, 1, 1, 1, 9)).
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9 * b;
        assert!(near(bandwidth(&[2.1, 3.4, 1.9, 5.0, 4.2, 2.8, 3.3]).unwrap(), 0.614_400_940_135_511));
        assert!(near(bandwidth(&[1.0, 1.0, 1.0, 1.0, 9.0]).unwrap(), 2.333_745_499_237_58));
        assert!(bandwidth(&[1.0]).is_err() && bandwidth(&[2.0, 2.0]).is_err());
    }

    #[test]
    fn a_density_holds_all_of_it() {
        let values = [0.0, 1.0, 1.5, 4.0];
        let places: Vec<f64> = (0..2000).map(|i| -10.0 + 0.01 * f64::from(i)).collect();
        let area: f64 = density(&values, 0.5, &places).unwrap().iter().map(|d| 0.01 * d).sum();
        assert!((area - 1.0).abs() < 1e-6, "{area}");
        // One value: the normal density itself.
        assert!((density(&[2.0], 1.0, &[2.0]).unwrap()[0] - 0.398_942_280_401).abs() < 1e-9);
        assert!(density(&values, 0.0, &places).is_err() && density(&[f64::NAN], 1.0, &places).is_err());
    }

    #[test]
    fn a_kernel_mean_of_a_line_is_the_line_in_its_middle() {
        let x: Vec<f64> = (0..=100).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|x| 3.0 * x + 1.0).collect();
        let mean = kernel_mean(&x, &y, 4.0, &[50.0, 1e6]).unwrap();
        assert!((mean[0].unwrap() - 151.0).abs() < 1e-9 && mean[1].is_none());
    }
}
