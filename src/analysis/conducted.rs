//! How the sessions were conducted: on what, and how well their clocks kept time.

use super::intake::{Taken, Trial};
use super::sheet::Sheet;
use crate::statistics::summary::quantile;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a methods section says of the apparatus.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Conducted {
    /// What sessions ran on; sessions alike are one of these.
    pub set_ups: Vec<SetUp>,
    /// How the clocks kept time in the trials that were analysed.
    pub timing: Timing,
    /// Of the participants analysed, how many were simulated or scripted.
    pub simulated: usize,
}

/// What some of the sessions ran on.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct SetUp {
    /// How many sessions.
    pub sessions: usize,
    /// The study's name.
    pub study: String,
    /// The map's name.
    pub map: String,
    /// The crosswalks, by name.
    pub crosswalks: Vec<String>,
    /// Kerb to kerb, metres.
    pub carriageway_m: Option<f64>,
    /// Kind of headset.
    pub headset: String,
    /// Its rate where it has no hardware.
    pub display_rate_hz: Option<u32>,
    /// Kind of world.
    pub world: String,
    /// Steps a second of the embedded world.
    pub world_step_hz: Option<u32>,
    /// `lockstep` or `realtime`.
    pub pacing: String,
    /// Version of Kerbside that recorded.
    pub version: String,
    /// What headset and world said of themselves.
    pub devices: Vec<(String, String)>,
    /// Age of the target as drawn; none where nothing was drawn.
    pub age: Option<Age>,
}

/// Age of the world as drawn: display time less the display time that belongs to the drawn world time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Age {
    /// Median over frames; of several sessions the median of these.
    pub median_ms: f64,
    /// Greatest.
    pub most_ms: f64,
}

/// How the clocks kept time; what the tables do not tell is none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Default)]
pub struct Timing {
    /// Trials that this is about.
    pub trials: usize,
    /// From frame to frame: median over trials of each trial's median.
    pub interval_p50_ms: Option<f64>,
    /// From frame to frame: greatest of the trials' 99th percentiles.
    pub interval_p99_ms: Option<f64>,
    /// Largest gap between two frames.
    pub largest_gap_ms: Option<f64>,
    /// Late frames in all trials.
    pub late_frames: Option<f64>,
    /// Trials with frames without a valid head position.
    pub untracked_trials: Option<usize>,
}

impl Conducted {
    /// Of sessions, each a set-up of one session, and the trials of them that are analysed.
    pub fn of(sessions: &[SetUp], sheet: &Sheet, taken: &Taken) -> Self {
        let analysed: Vec<&Trial> = taken.trials.iter().filter(|trial| trial.analysed).collect();
        let simulated = analysed.iter().filter(|trial| sheet.known(trial.row, "simulated") == Some(1.0));
        let simulated = simulated.map(|trial| trial.participant).collect::<BTreeSet<_>>().len();
        Self { set_ups: together(sessions), timing: Timing::of(sheet, &analysed), simulated }
    }
}

/// Sessions alike become one set-up.
fn together(sessions: &[SetUp]) -> Vec<SetUp> {
    let kind = |session: &SetUp| SetUp { sessions: 0, age: None, ..session.clone() };
    let mut kinds: Vec<(SetUp, Vec<Age>)> = Vec::new();
    for session in sessions {
        let own = kind(session);
        let at = kinds.iter().position(|(known, _)| *known == SetUp { sessions: known.sessions, ..own.clone() });
        let at = at.unwrap_or_else(|| {
            kinds.push((own, Vec::new()));
            kinds.len() - 1
        });
        kinds[at].0.sessions += session.sessions;
        kinds[at].1.extend(session.age);
    }
    let of_all = |(set_up, ages): (SetUp, Vec<Age>)| {
        let medians: Vec<f64> = ages.iter().map(|age| age.median_ms).collect();
        let most_ms = ages.iter().map(|age| age.most_ms).fold(f64::NEG_INFINITY, f64::max);
        SetUp { age: quantile(&medians, 0.5).map(|median_ms| Age { median_ms, most_ms }), ..set_up }
    };
    kinds.into_iter().map(of_all).collect()
}

impl Timing {
    fn of(sheet: &Sheet, trials: &[&Trial]) -> Self {
        let known = |column: &str| -> Vec<f64> { trials.iter().filter_map(|t| sheet.known(t.row, column)).collect() };
        let untracked = known("frames_untracked");
        let late = known("late_frames");
        Self {
            trials: trials.len(),
            interval_p50_ms: quantile(&known("frame_interval_p50_ms"), 0.5),
            interval_p99_ms: quantile(&known("frame_interval_p99_ms"), 1.0),
            largest_gap_ms: quantile(&known("largest_frame_gap_ms"), 1.0),
            late_frames: (!late.is_empty()).then(|| late.iter().sum()),
            untracked_trials: (!untracked.is_empty()).then(|| untracked.iter().filter(|n| **n > 0.0).count()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_alike_are_one_set_up() {
        let session = |headset: &str, median_ms: f64| SetUp {
            sessions: 1,
            headset: headset.to_owned(),
            age: Some(Age { median_ms, most_ms: 2.0 * median_ms }),
            ..SetUp::default()
        };
        let all = together(&[session("openxr", 10.0), session("simulated", 0.0), session("openxr", 20.0)]);
        assert_eq!(
            all.iter().map(|one| (one.sessions, one.headset.as_str())).collect::<Vec<_>>(),
            [(2, "openxr"), (1, "simulated")]
        );
        assert_eq!(all[0].age, Some(Age { median_ms: 15.0, most_ms: 40.0 }));
    }
}
