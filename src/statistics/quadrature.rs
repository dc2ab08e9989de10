//! Nodes and weights of Gaussian quadrature, computed where they are needed.

/// Nodes and weights on (-1, 1) with weight 1 (Legendre), in ascending order.
pub fn gauss_legendre(n: usize) -> Vec<(f64, f64)> {
    let size = n as f64;
    let mut rule: Vec<(f64, f64)> = (0..n)
        .map(|i| {
            let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (size + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..100 {
                let (mut now, mut before) = (1.0, 0.0);
                for k in 1..=n {
                    let k = k as f64;
                    (now, before) = (((2.0 * k - 1.0) * x * now - (k - 1.0) * before) / k, now);
                }
                slope = size * (x * now - before) / (x * x - 1.0);
                let step = now / slope;
                x -= step;
                if step.abs() < 1e-15 {
                    break;
                }
            }
            (x, 2.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect();
    rule.reverse();
    rule
}

/// Nodes and weights for the weight exp(-x^2) on the real line (Hermite), in ascending order.
pub fn gauss_hermite(n: usize) -> Vec<(f64, f64)> {
    // Orthonormal polynomials: p_k = x sqrt(2/k) p_(k-1) - sqrt((k-1)/k) p_(k-2). Roots of neighbours interlace, so
    // each lies between two of the polynomial one lower.
    let at = |degree: usize, x: f64| {
        let (mut now, mut before) = (std::f64::consts::PI.powf(-0.25), 0.0);
        for k in 1..=degree {
            let k = k as f64;
            (now, before) = (x * (2.0 / k).sqrt() * now - ((k - 1.0) / k).sqrt() * before, now);
        }
        (now, before)
    };
    let edge = (2.0 * n as f64 + 1.0).sqrt() + 1.0;
    let mut roots: Vec<f64> = Vec::new();
    for degree in 1..=n {
        let mut limits = vec![-edge];
        limits.extend(&roots);
        limits.push(edge);
        roots = limits.windows(2).map(|pair| bisect(|x| at(degree, x).0, pair[0], pair[1])).collect();
    }
    roots
        .into_iter()
        .map(|x| {
            let (_, before) = at(n, x);
            (x, 1.0 / (n as f64 * before * before))
        })
        .collect()
}

fn bisect(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let sign = f(low).signum();
    for _ in 0..120 {
        let middle = 0.5 * (low + high);
        if f(middle).signum() == sign { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The integral of a smooth function from `low` to `high` in `panels` equal pieces; 0 where `low >= high`.
pub fn integrate(f: impl Fn(f64) -> f64, low: f64, high: f64, panels: usize, rule: &[(f64, f64)]) -> f64 {
    if low >= high {
        return 0.0;
    }
    let half = (high - low) / (2.0 * panels as f64);
    let panel = |i: usize| {
        let middle = low + (2.0 * i as f64 + 1.0) * half;
        rule.iter().map(|(x, w)| w * f(middle + half * x)).sum::<f64>()
    };
    (0..panels).map(panel).sum::<f64>() * half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legendre_integrates_polynomials_exactly() {
        for n in [1, 2, 5, 10, 20] {
            let rule = gauss_legendre(n);
            let power = 2 * n as i32 - 2;
            let sum: f64 = rule.iter().map(|(x, w)| w * x.powi(power)).sum();
            assert!((sum - 2.0 / f64::from(power + 1)).abs() < 1e-14, "{n}: {sum}");
        }
        let rule = gauss_legendre(10);
        assert!((integrate(f64::exp, 0.0, 1.0, 3, &rule) - 1_f64.exp_m1()).abs() < 1e-14);
    }

    #[test]
    fn hermite_integrates_polynomials_exactly() {
        for n in [1, 2, 3, 7, 10, 25] {
            let rule = gauss_hermite(n);
            let sum = |power: i32| rule.iter().map(|(x, w)| w * x.powi(power)).sum::<f64>();
            let root_pi = std::f64::consts::PI.sqrt();
            assert!((sum(0) - root_pi).abs() < 1e-13, "{n}: {}", sum(0));
            if n > 1 {
                assert!((sum(2) - root_pi / 2.0).abs() < 1e-13);
            }
            if n > 2 {
                assert!((sum(4) - root_pi * 0.75).abs() < 1e-13);
            }
        }
    }
}
