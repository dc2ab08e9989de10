//! Angles as PROJ writes them: 40.5, 40d30'N, 40°30'12.5", 0.7r.

use super::NotOnEarth;

const CURE: &str = "write decimal degrees, such as +lat_0=40.5 or +lon_0=-3.3";

/// Degrees of an angle; `None` when it is none, or has both a sign and a hemisphere, of which PROJ forgets the sign.
pub(super) fn degrees(text: &str) -> Option<f64> {
    if let Ok(plain) = text.parse::<f64>() {
        return plain.is_finite().then_some(plain);
    }
    let (signed, rest) = match text.strip_prefix('-') {
        Some(rest) => (Some(-1.0), rest),
        None => (text.strip_prefix('+').map(|_| 1.0), text.strip_prefix('+').unwrap_or(text)),
    };
    let (hemisphere, mut rest) = match rest.char_indices().next_back() {
        Some((at, 'N' | 'n' | 'E' | 'e')) => (Some(1.0), &rest[..at]),
        Some((at, 'S' | 's' | 'W' | 'w')) => (Some(-1.0), &rest[..at]),
        _ => (None, rest),
    };
    if rest.is_empty() || signed.is_some() && hemisphere.is_some() {
        return None;
    }
    let sign = signed.or(hemisphere).unwrap_or(1.0);
    if let Some(radians) = rest.strip_suffix(['r', 'R']) {
        return number(radians).map(|v| sign * v.to_degrees());
    }
    let mut sum_deg = 0.0;
    // A last number without its sign counts as the next smaller part: 40d30 is 40d30'.
    for (unit, parts) in [(&['d', 'D', '°'][..], 1.0), (&['\''], 60.0), (&['"'], 3600.0)] {
        match rest.split_once(unit) {
            Some((value, after)) => {
                sum_deg += number(value)? / parts;
                rest = after;
            }
            None if !rest.is_empty() && !rest.contains(['\'', '"']) => {
                return Some(sign * (sum_deg + number(rest)? / parts));
            }
            None => {}
        }
    }
    rest.is_empty().then_some(sign * sum_deg)
}

/// Digits and a point only.
fn number(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if plain { text.parse().ok() } else { None }
}

/// What is wrong with an angle by this name, if anything: PROJ refuses latitudes beyond the poles.
pub(super) fn doubt(name: &str, deg: Option<f64>, written: &str) -> Option<NotOnEarth> {
    let what = match deg {
        None => "is no angle",
        Some(deg) if name.starts_with("lat") && deg.abs() > 90.0 => "is no latitude: they end at 90 degrees",
        Some(deg) if name == "lon_0" && deg.abs() > 360.0 => "is no longitude: they end at 360 degrees",
        Some(_) => return None,
    };
    Some(NotOnEarth::new(format!("`{written}` {what}"), CURE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_one_case_a_line() {
        let near = |text: &str, deg: f64| {
            let found = degrees(text).unwrap_or(f64::NAN);
            assert!((found - deg).abs() < 1e-12, "{text}: {found}");
        };
        // PROJ 9 (pyproj) gives these.
        near("40.5", 40.5);
        near("4e1", 40.0);
        near("40d30N", 40.5);
        near("40d30'N", 40.5);
        near("40D30", 40.5);
        near("40°30'", 40.5);
        near("40N", 40.0);
        near("40.5S", -40.5);
        near("3d0'36\"W", -3.01);
        near("-40d30", -40.5);
        near("40d30'36", 40.51);
        near("40d90", 41.5);
        near("8d0.6'E", 8.01);
        near("40d36\"", 40.01);
        near("0.5r", 28.647_889_756_541_16);
        for text in
            ["", "N", "north", "nan", "inf", "40d30x", "40:30", "-40S", "d30", "40d30'12\"5", "40d-3", "r", "1'2d"]
        {
            assert_eq!(degrees(text), None, "{text}");
        }
    }
}
