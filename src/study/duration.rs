//! About how long a session takes, for plans and appointments; measured sessions know better.

use super::model::Study;

/// Reading and answering one item: ours.
const ITEM_S: f64 = 6.0;
/// Reading one text of instructions: ours.
const TEXT_S: f64 = 30.0;
/// Reading and agreeing to the consent: ours.
const CONSENT_S: f64 = 120.0;
/// A road to cross and to go back over at ease: ours.
const CROSSING_S: f64 = 15.0;

impl Study {
    /// Least and most of an estimate: with the least practice and with the most.
    pub fn estimated_s(&self) -> [f64; 2] {
        let trials = u32::try_from(self.trial_count()).unwrap_or(u32::MAX);
        let spared = self.practice_trials() - self.practice.as_ref().map_or(0, |practice| practice.trials);
        let around_s = self.around_s();
        [trials - spared.min(trials), trials].map(|n| around_s + f64::from(n) * self.trial_s())
    }

    /// One trial: until the target is there, a crossing, the questions.
    fn trial_s(&self) -> f64 {
        let ready_s = (self.trial.ready_s[0] + self.trial.ready_s[1]) / 2.0;
        let arrival_s = self.needed_back_m() / self.target.speed_mps;
        let approach_s = (arrival_s + CROSSING_S).min(self.trial.time_out_s.value);
        self.trial.settle_s + ready_s + approach_s + ITEM_S * count(self.items.len())
    }

    /// Everything but the trials.
    fn around_s(&self) -> f64 {
        let items = |ids: &[String]| -> f64 {
            ids.iter().filter_map(|id| self.instrument(id)).map(|instrument| count(instrument.items.len())).sum()
        };
        let asked = &self.questionnaires;
        let blocks = f64::from(self.blocks);
        let pauses_s = self.pause.as_ref().map_or(0.0, |pause| pause.least_s) * (blocks - 1.0);
        let consent_s = if self.consent.is_some() { CONSENT_S } else { 0.0 };
        let answered = items(&asked.before) + items(&asked.after) + blocks * items(&asked.after_block);
        consent_s + pauses_s + ITEM_S * answered + TEXT_S * count(self.instructions.len())
    }
}

#[allow(clippy::cast_precision_loss)]
fn count(n: usize) -> f64 {
    n as f64
}
