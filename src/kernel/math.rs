//! The only mathematics of the kernel: the `libm` crate's, whose bits are the
//! same under every C library. An architecture test keeps std's methods out.

/// Sine of an angle in radians.
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine of an angle in radians.
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Angle of the vector (x, y), in (-pi, pi].
pub fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// Arc tangent.
pub fn atan(x: f64) -> f64 {
    libm::atan(x)
}

/// Arc sine.
pub fn asin(x: f64) -> f64 {
    libm::asin(x)
}

/// Natural logarithm.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// Square root; exactly rounded everywhere.
pub fn sqrt(x: f64) -> f64 {
    libm::sqrt(x)
}

/// Smallest root above `after` of `c0 + c1 t + c2 t^2 = 0`.
pub fn first_root_after(after: f64, c0: f64, c1: f64, c2: f64) -> Option<f64> {
    let later = |t: f64| (t > after && t.is_finite()).then_some(t);
    if c2 == 0.0 {
        return if c1 == 0.0 { None } else { later(-c0 / c1) };
    }
    let square = c1 * c1 - 4.0 * c2 * c0;
    if square < 0.0 {
        return None;
    }
    // The form that loses no digits when c1^2 dwarfs 4 c2 c0.
    let q = -0.5 * (c1 + if c1 < 0.0 { -sqrt(square) } else { sqrt(square) });
    let (a, b) = (q / c2, if q == 0.0 { f64::NAN } else { c0 / q });
    match (later(a), later(b)) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// An angle of radians in degrees, for words.
pub fn degrees(angle_rad: f64) -> f64 {
    angle_rad * (180.0 / std::f64::consts::PI)
}

/// The same angle in (-pi, pi].
pub fn wrap_angle(angle: f64) -> f64 {
    atan2(sin(angle), cos(angle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_one_case_a_line() {
        assert_eq!(first_root_after(0.0, 6.0, -5.0, 1.0), Some(2.0));
        assert_eq!(first_root_after(2.5, 6.0, -5.0, 1.0), Some(3.0));
        assert_eq!(first_root_after(0.0, 1.0, 0.0, 1.0), None);
        assert_eq!(first_root_after(0.0, -4.0, 2.0, 0.0), Some(2.0));
        assert_eq!(first_root_after(0.0, 1.0, 0.0, 0.0), None);
        assert_eq!(first_root_after(0.0, 0.0, 0.0, 1.0), None);
    }
}
