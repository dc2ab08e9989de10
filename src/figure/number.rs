//! Numbers in a drawing: places, ticks, words.

/// A coordinate with one decimal.
pub fn c(value: f64) -> String {
    let value = if value.is_finite() { value } else { 0.0 };
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A number as people read it: a real minus sign, `–` when unknown, `∞` when infinite.
pub fn number(value: Option<f64>, decimals: usize) -> String {
    match value {
        Some(v) if v.is_infinite() => if v > 0.0 { "∞" } else { "−∞" }.to_owned(),
        Some(v) if !v.is_nan() => {
            let text = format!("{v:.decimals$}");
            match text.strip_prefix('-') {
                Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
                Some(rest) => format!("−{rest}"),
                None => text,
            }
        }
        _ => "–".to_owned(),
    }
}

/// A number in about three significant digits, with a power of ten where it is huge or tiny.
pub fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return number(Some(value), 0);
    }
    let power = exponent(value);
    if (-3..6).contains(&power) {
        return number(Some(value), usize::try_from(2 - power).unwrap_or(0));
    }
    format!("{} × 10{}", number(Some(scaled(value, power)), 2), raised(power))
}

/// A share in per cent: `95`, `99.5`.
pub fn percent(share: f64) -> String {
    let text = number(Some(100.0 * share), 1);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The power of ten below a number's magnitude; 0 for 0.
pub fn exponent(value: f64) -> i32 {
    let power = libm::floor(libm::log10(value.abs()) + 1e-12);
    if power.is_finite() { power as i32 } else { 0 }
}

/// A number divided by a power of ten, in two steps so that no power leaves the range of numbers.
pub fn scaled(value: f64, power: i32) -> f64 {
    let half = power / 2;
    value / pow10(half) / pow10(power - half)
}

/// A power of ten.
pub fn pow10(power: i32) -> f64 {
    libm::exp10(f64::from(power))
}

/// A whole number as an exponent.
pub fn raised(power: i32) -> String {
    let digit = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        c => c.to_digit(10).and_then(|d| char::from_u32(0x2070 + d)).unwrap_or(c),
    };
    power.to_string().chars().map(digit).collect()
}

/// The decimals that tell ticks of this step apart.
pub fn tick_decimals(ticks: &[f64]) -> usize {
    let step = ticks.get(1).zip(ticks.first()).map_or(1.0, |(b, a)| (b - a).abs());
    if step > 0.0 && step.is_finite() { usize::try_from(-exponent(step)).unwrap_or(0).min(15) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_one_case_a_line() {
        assert_eq!(number(Some(-1.25), 1), "−1.2");
        assert_eq!(number(Some(-0.04), 1), "0.0");
        assert_eq!(number(None, 2), "–");
        assert_eq!(number(Some(f64::NAN), 2), "–");
        assert_eq!(number(Some(f64::INFINITY), 2), "∞");
        assert_eq!(short(3.276), "3.28");
        assert_eq!(short(-0.012_34), "−0.0123");
        assert_eq!(short(1234.5), "1234");
        assert_eq!(short(1.5e9), "1.50 × 10⁹");
        assert_eq!(short(-2e-12), "−2.00 × 10⁻¹²");
        assert_eq!(short(1e-300), "1.00 × 10⁻³⁰⁰");
        assert_eq!((short(0.0), short(f64::NEG_INFINITY)), ("0".to_owned(), "−∞".to_owned()));
    }

    #[test]
    fn ticks_have_the_decimals_that_tell_them_apart() {
        assert_eq!(tick_decimals(&[0.0, 2.0]), 0);
        assert_eq!(tick_decimals(&[0.0, 0.5]), 1);
        assert_eq!(tick_decimals(&[0.0, 0.05]), 2);
        assert_eq!(tick_decimals(&[0.0, 0.1 + 0.2]), 1);
        assert_eq!(tick_decimals(&[20.0, 0.0]), 0);
        assert_eq!(tick_decimals(&[1.0]), 0);
    }
}
