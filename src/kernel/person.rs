//! A simulated person: true parameters, drawn once per participant.

use super::decision::Model;
use super::rng::Rng;
use super::spec::{Item, TrialSpec};
use crate::table::{Free, Scope, Text, TruthRow};

/// From what distribution people are drawn. No publication gives these spreads: they are ours.
#[derive(Debug, Clone, PartialEq)]
pub struct People {
    /// Mean walking speed.
    pub walking_speed_mps: f64,
    /// Its spread between people.
    pub walking_speed_sd_mps: f64,
    /// Least and greatest time from decision to first step.
    pub start_latency_s: [f64; 2],
    /// Mean height of the eyes.
    pub eye_height_m: f64,
    /// Its spread.
    pub eye_height_sd_m: f64,
    /// Spread of the decision model's threshold, in its own unit.
    pub threshold_sd: f64,
    /// Spread of the decision model's weight of the light.
    pub ehmi_effect_sd: f64,
    /// The decision model without differences between people.
    pub model: Model,
    /// How items are answered.
    pub answers: Vec<AnswerModel>,
}

impl Default for People {
    fn default() -> Self {
        Self {
            walking_speed_mps: 1.4,
            walking_speed_sd_mps: 0.2,
            start_latency_s: [0.2, 0.4],
            eye_height_m: 1.6,
            eye_height_sd_m: 0.07,
            threshold_sd: 0.1,
            ehmi_effect_sd: 0.3,
            model: Model::PUBLISHED,
            answers: Vec::new(),
        }
    }
}

/// Cumulative probit answers to one item: a latent normal against rising thresholds.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerModel {
    /// Item it answers.
    pub item: String,
    /// Thresholds on the latent scale, rising; one fewer than the item has answers.
    pub thresholds: Vec<f64>,
    /// Spread of people's intercepts.
    pub intercept_sd: f64,
    /// Shift of the latent by a factor's level.
    pub effects: Vec<Effect>,
    /// Spread between people of each effect.
    pub effect_sd: f64,
}

/// The shift of an answer by a level.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Factor.
    pub factor: String,
    /// Its level.
    pub level: String,
    /// Shift on the latent scale, in standard deviations of the noise.
    pub effect: f64,
}

/// One person's true parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Walking speed.
    pub walking_speed_mps: f64,
    /// Height of the eyes.
    pub eye_height_m: f64,
    /// Least and greatest time from decision to first step.
    pub start_latency_s: [f64; 2],
    /// Decision model, this person's own.
    pub model: Model,
    answers: Vec<PersonAnswers>,
}

#[derive(Debug, Clone, PartialEq)]
struct PersonAnswers {
    model: AnswerModel,
    intercept: f64,
}

impl Person {
    /// Draws a person.
    pub fn draw(people: &People, seed: u64, participant: &str) -> Self {
        let mut rng = Rng::named(&["person", &seed.to_string(), participant]);
        let mut near = |mean: f64, sd: f64| mean + sd * rng.normal();
        let walking_speed_mps = near(people.walking_speed_mps, people.walking_speed_sd_mps).clamp(0.6, 2.2);
        let eye_height_m = near(people.eye_height_m, people.eye_height_sd_m).clamp(1.2, 2.0);
        // A threshold at 0 would decide at once: nobody is that hasty.
        let threshold = near(people.model.threshold, people.threshold_sd).max(0.1);
        let k_ehmi = near(people.model.k_ehmi, people.ehmi_effect_sd);
        let answers = people.answers.iter().map(|answers| PersonAnswers {
            intercept: near(0.0, answers.intercept_sd),
            model: AnswerModel {
                effects: answers
                    .effects
                    .iter()
                    .map(|effect| Effect { effect: near(effect.effect, answers.effect_sd), ..effect.clone() })
                    .collect(),
                ..answers.clone()
            },
        });
        let answers = answers.collect();
        Self {
            walking_speed_mps,
            eye_height_m,
            start_latency_s: people.start_latency_s,
            model: Model { threshold, k_ehmi, ..people.model },
            answers,
        }
    }

    /// The true parameters, for `truth.csv`.
    pub fn truth(&self) -> Vec<TruthRow> {
        let row = |parameter: String, value: f64| TruthRow {
            trial_n: None,
            parameter: Text::new(parameter),
            value: Free(value),
        };
        let mut rows = vec![
            row("walking_speed_mps".into(), self.walking_speed_mps),
            row("eye_height_m".into(), self.eye_height_m),
            row("model.threshold".into(), self.model.threshold),
            row("model.k_ehmi".into(), self.model.k_ehmi),
        ];
        for answers in &self.answers {
            rows.push(row(format!("answers.{}.intercept", answers.model.item), answers.intercept));
            for effect in &answers.model.effects {
                let name = format!("answers.{}.{}={}", answers.model.item, effect.factor, effect.level);
                rows.push(row(name, effect.effect));
            }
        }
        rows
    }

    /// This person's answer to an item in a trial; the middle when no model is given for it.
    pub fn answer(&self, item: &Item, spec: &TrialSpec, rng: &mut Rng) -> i64 {
        let Some(own) = self.answers.iter().find(|own| own.model.item == item.id) else {
            return i64::midpoint(item.least, item.most);
        };
        let applies = |effect: &&Effect| {
            spec.conditions
                .iter()
                .any(|c| c.scope != Scope::Setting && c.factor == effect.factor && c.level == effect.level)
        };
        let shift: f64 = own.model.effects.iter().filter(applies).map(|effect| effect.effect).sum();
        let latent = own.intercept + shift + rng.normal();
        let above = own.model.thresholds.iter().filter(|threshold| latent > **threshold).count();
        (item.least + i64::try_from(above).unwrap_or(0)).min(item.most)
    }
}

/// Which of `steps` answers a simulated person gives to a questionnaire's item: the same probit, with evenly spread
/// thresholds. No publication gives these numbers: they are ours. Scales that begin at 0 mostly ask for symptoms,
/// which most people do not have.
pub fn questionnaire_step(steps: usize, symptoms: bool, person: &mut Rng, answer: &mut Rng) -> usize {
    const INTERCEPT_SD: f64 = 0.8;
    const NO_SYMPTOMS: f64 = -2.0;
    let shift = if symptoms { NO_SYMPTOMS } else { 0.0 };
    let latent = shift + INTERCEPT_SD * person.normal() + answer.normal();
    #[allow(clippy::cast_precision_loss)]
    let threshold = |i: usize| 4.0 * i as f64 / steps as f64 - 2.0;
    (1..steps).filter(|i| latent > threshold(*i)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::spec::{Condition, Cue, Ends, Timing};
    use crate::table::TrialKind;

    #[test]
    fn answers_follow_the_cumulative_probit() {
        // One threshold at 0, an effect of 1: P(above) = Phi(1) = 0.841345 with it, 0.5 without (R: pnorm(1)).
        let effect = Effect { factor: "ehmi".into(), level: "on".into(), effect: 1.0 };
        let answers = AnswerModel {
            item: "safe".into(),
            thresholds: vec![0.0],
            intercept_sd: 0.0,
            effects: vec![effect],
            effect_sd: 0.0,
        };
        let person = Person::draw(&People { answers: vec![answers], ..People::default() }, 1, "P");
        let item = Item {
            instrument: String::new(),
            version: String::new(),
            language: String::new(),
            id: "safe".into(),
            text: String::new(),
            least: 0,
            most: 1,
            poles: (String::new(), String::new()),
        };
        let n = 20_000;
        for (level, expected) in [("on", 0.841_345), ("off", 0.5)] {
            let condition = Condition { scope: Scope::Within, factor: "ehmi".into(), level: level.into() };
            let timing = Timing {
                settle_s: 0.0,
                settle_time_out_s: 1.0,
                ready_s: 0.0,
                time_out_s: 1.0,
                go_signal_s: None,
                mark_radius_m: 1.0,
            };
            let spec = TrialSpec {
                plan_n: 1,
                block_n: None,
                block_trial_n: 1,
                kind: TrialKind::Main,
                cell_id: String::new(),
                repetition_n: None,
                conditions: vec![condition],
                site: 0,
                ends: Ends::FarKerb,
                vehicles: vec![],
                cue: Cue::GapOpens,
                timing,
                items: vec![],
            };
            let mut rng = Rng::named(&["answers", level]);
            let above = (0..n).filter(|_| person.answer(&item, &spec, &mut rng) == 1).count() as f64 / f64::from(n);
            let four_errors = 4.0 * (expected * (1.0 - expected) / f64::from(n)).sqrt();
            assert!((above - expected).abs() < four_errors, "{level}: {above}");
        }
    }
}
