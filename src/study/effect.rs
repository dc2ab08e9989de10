//! How much of an effect simulated people have: for power analysis and for rates of error.

use super::model::{Factor, Study};

impl Study {
    /// The same study for people whose true effects are `scale` times as large: the mean shift of each answer by each level,
    /// and the mean weight of the light in the decision to cross. How much people differ in them stays.
    ///
    /// What vehicles do differently - braking, speed, gap - is no effect of people's and is not scaled; but at 0 every level
    /// drives and shines like the first level of its factor. Then nothing differs but the name, and whatever a test finds is
    /// an error.
    #[must_use]
    pub fn with_effect(&self, scale: f64) -> Self {
        let mut study = self.clone();
        let effects = study.simulated.answers.iter_mut().flat_map(|answers| &mut answers.effects);
        effects.for_each(|effect| effect.effect *= scale);
        study.simulated.model.k_ehmi *= scale;
        if scale == 0.0 {
            study.factors.iter_mut().chain(&mut study.groups).chain(&mut study.sessions.factor).for_each(alike);
        }
        study
    }
}

fn alike(factor: &mut Factor) {
    if let Some(first) = factor.levels.first().map(|level| level.settings.clone()) {
        factor.levels.iter_mut().for_each(|level| level.settings.clone_from(&first));
    }
}

#[cfg(test)]
mod tests {
    use crate::study::read;

    #[test]
    fn answers_and_light_are_scaled_and_at_0_nothing_differs_but_the_name() {
        let study = read("s.toml", include_str!("../../experiments/ehmi_braking_2x2.toml")).unwrap().0;
        let half = study.with_effect(0.5);
        let (whole, halved) = (&study.simulated.answers[0], &half.simulated.answers[0]);
        assert!(whole.effects.iter().zip(&halved.effects).all(|(a, b)| 0.5 * a.effect == b.effect && a.effect != 0.0));
        assert_eq!((whole.effect_sd, &whole.thresholds), (halved.effect_sd, &halved.thresholds));
        assert_eq!(half.simulated.model.k_ehmi, 0.5 * study.simulated.model.k_ehmi);
        assert_eq!(half.factors, study.factors, "vehicles are as the study says");
        let none = study.with_effect(0.0);
        assert!(none.simulated.answers.iter().flat_map(|answers| &answers.effects).all(|effect| effect.effect == 0.0));
        for (factor, own) in none.factors.iter().zip(&study.factors) {
            assert!(factor.levels.iter().all(|level| level.settings == own.levels[0].settings));
            assert!(factor.levels.iter().zip(&own.levels).all(|(level, own)| level.name == own.name));
        }
        assert_eq!(study.with_effect(1.0), study);
    }
}
