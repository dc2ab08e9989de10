//! What cannot be drawn, said in words.

use super::Estimate;
use crate::problem::{Place, Problem};

/// Numbers beyond this, or all of them nearer to 0 than its inverse, leave no room for the arithmetic of an axis.
const MOST: f64 = 1e290;
/// More marks than this in one figure are no picture, and a file that no browser opens.
pub const MOST_MARKS: usize = 200_000;
/// More series, rows or panels than this are no figure.
pub const MOST_SERIES: usize = 200;

/// Why the figure of this title is not drawn.
pub fn refuse(title: &str, what: impl Into<String>, cure: &str) -> Problem {
    Problem::new(Place::default().part(format!("figure \"{}\"", super::sheet::clean(title))), what, cure)
}

/// Refuses more (or fewer) things than a figure can hold.
pub fn count(title: &str, what: &str, n: usize, most: usize) -> Result<(), Problem> {
    match n {
        0 => Err(refuse(title, format!("there are no {what} to draw"), "leave the figure out")),
        n if n > most => Err(refuse(
            title,
            format!("{n} {what} are more than the {most} that a figure holds"),
            "draw a part of them",
        )),
        _ => Ok(()),
    }
}

/// Refuses a number that is not finite, naming where it stands.
pub fn finite(title: &str, what: &str, values: impl IntoIterator<Item = f64>) -> Result<(), Problem> {
    match values.into_iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(i) => Err(refuse(
            title,
            format!("{what}: value {} is unknown or infinite", i + 1),
            "leave such values out before, and say how many",
        )),
    }
}

/// Refuses values, finite ones, for which no axis can be made.
pub fn drawable(title: &str, what: &str, values: impl IntoIterator<Item = f64>) -> Result<(), Problem> {
    let mut most = 0.0_f64;
    for value in values.into_iter().filter(|v| v.is_finite()) {
        most = most.max(value.abs());
    }
    if most > MOST || (most > 0.0 && most < 1.0 / MOST) {
        let what = format!("{what}: values of the size {most:e} are beyond what can be drawn");
        return Err(refuse(title, what, "give them in another unit, or look for what went wrong before"));
    }
    Ok(())
}

/// Refuses an estimate outside its interval or one that is not finite; limits may be infinite.
pub fn estimate(title: &str, what: &str, estimate: &Estimate) -> Result<(), Problem> {
    finite(title, what, [estimate.value])?;
    let wrong = |(low, high): (f64, f64)| !(low <= estimate.value && estimate.value <= high);
    match estimate.interval {
        Some(interval) if wrong(interval) => {
            let what = format!(
                "{what}: the interval {} to {} does not hold the estimate {}",
                interval.0, interval.1, estimate.value
            );
            Err(refuse(title, what, "look at how the interval was made"))
        }
        _ => Ok(()),
    }
}

/// An estimate and the ends of its interval.
pub fn ends(estimate: &Estimate) -> impl Iterator<Item = f64> + use<> {
    let (low, high) = estimate.interval.unwrap_or((estimate.value, estimate.value));
    [estimate.value, low, high].into_iter()
}
