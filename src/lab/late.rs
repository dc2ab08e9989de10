//! Whether so many frames of a session were late that somebody should know.

use crate::measures::{TrialRows, late_frames};
use crate::problem::Outcome;
use crate::record::folder::SessionFolder;
use crate::record::read;
use crate::table::{EventRow, FrameRow, TrialRow};
use serde::Serialize;

/// From this share of a trial's frames on it is worth a word: a few late frames are in every session.
const WORTH_TELLING: f64 = 0.01;

/// Late frames of a session in which there were more than a few.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LateFrames {
    /// Trials in which more than 1 % of the frames were late.
    pub trials: usize,
    /// Of so many, attempts counted.
    pub of_trials: usize,
    /// Greatest share of late frames among the frames of a trial's approach and crossing.
    pub worst_share: f64,
    /// The trial in which that was.
    pub worst_trial_n: u32,
}

impl LateFrames {
    /// Of a session whose trials and events these are; none where no trial had more than a few.
    pub(super) fn of(folder: &SessionFolder, trials: &[TrialRow], events: &[EventRow]) -> Outcome<Option<Self>> {
        // Frames are many, and most sessions have none that was late.
        if !events.iter().any(|event| event.event.as_str() == "late_frame") {
            return Ok(None);
        }
        let frames: Vec<FrameRow> = read::table(folder)?;
        let shares = trials.iter().filter_map(|trial| {
            let frames = frames.chunk_by(|a, b| a.trial_n == b.trial_n).find(|of| of[0].trial_n == trial.trial_n)?;
            let events: Vec<EventRow> =
                events.iter().filter(|event| event.trial_n == Some(trial.trial_n)).cloned().collect();
            let rows = TrialRows { trial, frames, vehicles: &[], world: &[], events: &events };
            let (late, of) = late_frames(&rows)?;
            #[allow(clippy::cast_precision_loss)]
            let share = f64::from(late) / of as f64;
            (share > WORTH_TELLING).then_some((share, trial.trial_n))
        });
        let shares: Vec<(f64, u32)> = shares.collect();
        let worst = shares.iter().copied().reduce(|a, b| if b.0 > a.0 { b } else { a });
        Ok(worst.map(|(worst_share, worst_trial_n)| Self {
            trials: shares.len(),
            of_trials: trials.len(),
            worst_share,
            worst_trial_n,
        }))
    }

    /// In a few words.
    pub fn words(&self) -> String {
        let Self { trials, of_trials, worst_share, worst_trial_n } = self;
        format!(
            "over 1 % in {trials} of {of_trials} trials, up to {:.1} % (trial {worst_trial_n})",
            100.0 * worst_share
        )
    }
}

/// Of a session that was run; none where no trial had more than a few.
pub fn late_frames_of(folder: &SessionFolder) -> Outcome<Option<LateFrames>> {
    LateFrames::of(folder, &read::table::<TrialRow>(folder)?, &read::table::<EventRow>(folder)?)
}
