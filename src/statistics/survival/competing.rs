//! Outcomes that exclude each other: crossed before the car, after it, never.

use super::kaplan_meier::{FEWEST_PEOPLE, RESAMPLES, limits, share_at};
use super::strata;
use crate::kernel::rng::Rng;
use crate::statistics::sample::{at_least, finite, same_length};
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

/// Lower and upper 95 % limits of each cause's incidence at the times of its curve: whole people are drawn, as many as
/// there are. `person` is each trial's person, by any number.
pub fn incidence_limits(
    times: &[f64],
    cause: &[Option<usize>],
    causes: usize,
    person: &[usize],
    seed: &str,
) -> Answer<Vec<Vec<(f64, f64)>>> {
    let curves = cumulative_incidence(times, cause, causes, None)?;
    same_length("times and people", times.len(), person.len())?;
    let mut people = person.to_vec();
    people.sort_unstable();
    people.dedup();
    at_least("people", people.len(), FEWEST_PEOPLE)?;
    let place: Vec<usize> = person.iter().map(|one| people.partition_point(|other| other < one)).collect();
    let mut rng = Rng::named(&["cumulative incidence", seed]);
    let mut shares: Vec<Vec<Vec<f64>>> =
        curves.iter().map(|curve| vec![Vec::with_capacity(RESAMPLES); curve.len()]).collect();
    for _ in 0..RESAMPLES {
        let mut drawn = vec![0_u32; people.len()];
        for _ in 0..people.len() {
            drawn[rng.index(people.len())] += 1;
        }
        let weights: Vec<u32> = place.iter().map(|place| drawn[*place]).collect();
        let resampled = cumulative_incidence(times, cause, causes, Some(&weights))?;
        for ((resampled, curve), shares) in resampled.iter().zip(&curves).zip(&mut shares) {
            for (share, (time, _)) in shares.iter_mut().zip(curve) {
                share.push(share_at(resampled, *time));
            }
        }
    }
    let of_cause = |cause: Vec<Vec<f64>>| cause.into_iter().map(|mut values| limits(&mut values)).collect();
    Ok(shares.into_iter().map(of_cause).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_shares_have_the_width_of_a_binomial() {
        // 100 people with one trial each, 30 cross before and 50 after: the shares' standard errors are .046 and .05.
        let times: Vec<f64> = (0..100)
            .map(|i| {
                if i < 30 {
                    1.0
                } else if i < 80 {
                    2.0
                } else {
                    9.0
                }
            })
            .collect();
        let cause: Vec<Option<usize>> = (0..100)
            .map(|i| {
                if i < 30 {
                    Some(0)
                } else if i < 80 {
                    Some(1)
                } else {
                    None
                }
            })
            .collect();
        let person: Vec<usize> = (0..100).map(|i| 7 * i).collect();
        let both = incidence_limits(&times, &cause, 2, &person, "x").unwrap();
        for (limits, share, error) in [(&both[0], 0.3, 0.0458), (&both[1], 0.5, 0.05)] {
            let (low, high) = limits[1];
            assert!(
                (low - (share - 1.96 * error)).abs() < 0.03 && (high - (share + 1.96 * error)).abs() < 0.03,
                "{low} {high}"
            );
        }
        assert_eq!(both, incidence_limits(&times, &cause, 2, &person, "x").unwrap());
        assert!(incidence_limits(&times[..3], &cause[..3], 2, &person[..3], "x").is_err(), "too few people");
        assert!(cumulative_incidence(&times, &cause, 1, None).is_err(), "a cause beyond the number of causes");
    }
}
