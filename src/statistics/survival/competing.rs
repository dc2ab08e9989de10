//! Outcomes that exclude each other: crossed before the car, after it, never.

use super::strata;
use crate::statistics::sample::{finite, same_length};
use crate::statistics::{Answer, Refusal};

/// Cumulative incidence of each cause (Aalen and Johansen 1978): time and share from then on, at each time at which any
/// of them happened. `cause` is None where watching ended first. With `weights` (one per trial, whole numbers), each
/// trial counts that often: how the bootstrap over people draws them.
pub fn cumulative_incidence(
    times: &[f64],
    cause: &[Option<usize>],
    causes: usize,
    weights: Option<&[u32]>,
) -> Answer<Vec<Vec<(f64, f64)>>> {
    finite("times", times)?;
    same_length("times and causes", times.len(), cause.len())?;
    same_length("times and weights", times.len(), weights.map_or(times.len(), <[u32]>::len))?;
    if let Some(index) = cause.iter().flatten().find(|c| **c >= causes) {
        return Err(Refusal::OutOfRange { what: "a cause", value: *index as f64, range: "below the number of causes" });
    }
    let weight = |i: usize| weights.map_or(1.0, |w| f64::from(w[i]));
    let Some(order) = strata(times, &vec![0; times.len()]).pop() else { return Ok(vec![Vec::new(); causes]) };
    let mut at_risk: f64 = order.iter().map(|i| weight(*i)).sum();
    let mut none_yet = 1.0;
    let mut shares = vec![0.0; causes];
    let mut curves = vec![Vec::new(); causes];
    for tied in order.chunk_by(|a, b| times[*a] == times[*b]) {
        let mut events = vec![0.0; causes];
        for i in tied {
            if let Some(cause) = cause[*i] {
                events[cause] += weight(*i);
            }
        }
        let all: f64 = events.iter().sum();
        if all > 0.0 {
            for (cause, curve) in curves.iter_mut().enumerate() {
                shares[cause] += none_yet * events[cause] / at_risk;
                curve.push((times[tied[0]], shares[cause]));
            }
            none_yet *= 1.0 - all / at_risk;
        }
        at_risk -= tied.iter().map(|i| weight(*i)).sum::<f64>();
    }
    Ok(curves)
}
