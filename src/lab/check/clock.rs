//! The clocks: one that is written down, one that times.

use super::Finding;
use crate::record::wall_time_utc;
use std::time::{Duration, Instant};

/// This version was written in this year: a clock that shows an earlier one is wrong.
const WRITTEN_IN: u32 = 2026;
/// Coarser than this, frames could not be told apart.
const COARSE: Duration = Duration::from_millis(1);

pub(super) fn look() -> Vec<Finding> {
    vec![wall(&wall_time_utc()), monotonic(resolution())]
}

fn wall(utc: &str) -> Finding {
    let year = utc.get(..4).and_then(|year| year.parse::<u32>().ok());
    if year.is_some_and(|year| (WRITTEN_IN..WRITTEN_IN + 50).contains(&year)) {
        return Finding::ok("wall clock", format!("{utc} (UTC; the time zone does not matter)"));
    }
    let cure = "set the computer's clock: notes and environment.json carry its time; order and measures do not use it";
    Finding::warn("wall clock", format!("{utc} cannot be right"), cure)
}

fn monotonic(resolution: Option<Duration>) -> Finding {
    match resolution {
        Some(step) if step <= COARSE => Finding::ok("monotonic clock", format!("steps of {step:?} or less")),
        Some(step) => coarse(format!("steps of {step:?}")),
        None => coarse("did not move while it was watched".to_owned()),
    }
}

fn coarse(found: String) -> Finding {
    let cure = "close other programs; in a virtual machine, give it a better clock source";
    Finding::warn("monotonic clock", format!("{found}: too coarse to time frames"), cure)
}

/// The smallest step seen in a few milliseconds.
fn resolution() -> Option<Duration> {
    const LOOKS: u32 = 2000;
    const LONGEST: Duration = Duration::from_millis(200);
    let began = Instant::now();
    let (mut before, mut least) = (began, None);
    for _ in 0..LOOKS {
        let now = Instant::now();
        let step = now.duration_since(before);
        if !step.is_zero() {
            least = Some(least.map_or(step, |least: Duration| least.min(step)));
        }
        before = now;
        if now.duration_since(began) > LONGEST {
            break;
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_clock_from_before_this_version_is_wrong() {
        // What a computer shows whose battery is flat.
        for (utc, verdict) in [
            ("1970-01-01T00:00:10.000Z", Verdict::Warn),
            ("2025-12-31T23:59:59.000Z", Verdict::Warn),
            ("2026-11-22T18:30:00.000Z", Verdict::Ok),
            ("2206-01-01T00:00:00.000Z", Verdict::Warn),
            ("", Verdict::Warn),
        ] {
            assert_eq!(wall(utc).verdict, verdict, "{utc}");
        }
    }

    #[test]
    fn a_clock_that_stands_or_leaps_is_too_coarse() {
        assert_eq!(monotonic(None).verdict, Verdict::Warn);
        // The tick of an old Windows.
        assert_eq!(monotonic(Some(Duration::from_micros(15_600))).verdict, Verdict::Warn);
        assert_eq!(monotonic(Some(Duration::from_nanos(40))).verdict, Verdict::Ok);
        assert!(resolution().is_some());
    }
}
