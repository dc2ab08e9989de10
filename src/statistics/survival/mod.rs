//! Waiting times, some of them censored: never dropped, never cut off at the end of watching.

pub mod competing;
pub mod cox;
pub mod frailty;
pub mod kaplan_meier;
pub mod log_rank;

use super::Answer;
use super::Refusal;
use super::sample::{finite, same_length};

/// Refuses times that are not finite, lists of different length, and data without an event.
fn known(times: &[f64], happened: &[bool]) -> Answer<()> {
    finite("times", times)?;
    same_length("times and events", times.len(), happened.len())?;
    if happened.iter().any(|h| *h) { Ok(()) } else { Err(Refusal::NoEvents) }
}

/// Indices in strata, each in order of time.
fn strata(times: &[f64], stratum: &[usize]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|a, b| stratum[*a].cmp(&stratum[*b]).then(times[*a].total_cmp(&times[*b])));
    order.chunk_by(|a, b| stratum[*a] == stratum[*b]).map(<[usize]>::to_vec).collect()
}
