//! Cells, effects, contrasts, and the columns of models.

use super::plan::{Factor, OutcomePlan, Plan};

/// The factors of one outcome.
#[derive(Debug, Clone)]
pub struct Design<'p> {
    /// In the outcome's order.
    pub factors: Vec<&'p Factor>,
    /// Effects that are asked for, as indices of `factors`.
    pub effects: Vec<Vec<usize>>,
}

impl<'p> Design<'p> {
    /// Of an outcome.
    pub fn of(plan: &'p Plan, outcome: &OutcomePlan) -> Self {
        let factors: Vec<&Factor> = outcome.factors.iter().filter_map(|i| plan.factors.get(*i)).collect();
        let effects = if outcome.effects.is_empty() { every_effect(factors.len()) } else { outcome.effects.clone() };
        Self { factors, effects }
    }

    /// How many levels each factor has.
    fn levels(&self) -> Vec<usize> {
        self.factors.iter().map(|factor| factor.levels.len()).collect()
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.levels().iter().product()
    }

    /// The cell of these levels; the last factor changes fastest.
    pub fn cell(&self, levels: &[usize]) -> usize {
        levels.iter().zip(self.levels()).fold(0, |cell, (level, of)| cell * of + level)
    }

    /// The levels of a cell.
    pub fn levels_of(&self, cell: usize) -> Vec<usize> {
        let mut rest = cell;
        let mut levels: Vec<usize> = self
            .levels()
            .iter()
            .rev()
            .map(|of| {
                let level = rest % of;
                rest /= of;
                level
            })
            .collect();
        levels.reverse();
        levels
    }

    /// A cell's name: `on, gentle`.
    pub fn cell_name(&self, cell: usize) -> String {
        let levels = self.levels_of(cell);
        let names = self.factors.iter().zip(&levels).map(|(factor, level)| factor.levels[*level].as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    /// An effect's name: `ehmi:braking`.
    pub fn effect_name(&self, effect: &[usize]) -> String {
        effect.iter().map(|i| self.factors[*i].name.as_str()).collect::<Vec<_>>().join(":")
    }

    /// Whether any factor varies between participants.
    pub fn has_between(&self) -> bool {
        self.factors.iter().any(|factor| factor.between)
    }

    /// Whether an effect is one contrast of each participant's cells: a paired t test, no analysis of variance needed.
    pub fn is_one_contrast(&self, effect: &[usize]) -> bool {
        !self.has_between() && effect.iter().all(|i| self.factors[*i].levels.len() == 2)
    }

    /// Weights of the cells: of a factor of two levels, the mean of its second level less that of the first; of an
    /// interaction, the difference of these differences.
    pub fn weights(&self, effect: &[usize]) -> Vec<f64> {
        let cells = self.cells();
        let share = (cells >> effect.len()) as f64;
        let sign = |cell: usize| {
            let levels = self.levels_of(cell);
            effect.iter().fold(1.0, |sign, i| if levels[*i] == 1 { sign } else { -sign })
        };
        (0..cells).map(|cell| sign(cell) / share).collect()
    }

    /// Columns of a model: for each level but the first, 1 in it and 0 elsewhere, less 1 over the number of levels, so
    /// that a coefficient is the difference from the reference, taken over the other factors' levels evenly.
    /// Interactions are products.
    pub fn columns(&self) -> Vec<ModelColumn> {
        let mut columns = Vec::new();
        for effect in every_effect(self.factors.len()) {
            let mut parts: Vec<Vec<(usize, usize)>> = vec![Vec::new()];
            for factor in &effect {
                let levels = 1..self.factors[*factor].levels.len();
                parts = parts
                    .iter()
                    .flat_map(|part| levels.clone().map(move |level| [part.clone(), vec![(*factor, level)]].concat()))
                    .collect();
            }
            columns.extend(parts.into_iter().map(|parts| ModelColumn { effect: effect.clone(), parts }));
        }
        columns
    }

    /// A column in words: `ehmi on against off`, `ehmi on against off × gap 5s against 2s`.
    pub fn column_words(&self, column: &ModelColumn) -> String {
        let part = |(factor, level): &(usize, usize)| {
            let Factor { name, levels, .. } = self.factors[*factor];
            format!("{name} {} against {}", levels[*level], levels[0])
        };
        column.parts.iter().map(part).collect::<Vec<_>>().join(" × ")
    }

    /// Those factors of an effect that vary within participants: in their effect participants may differ.
    pub fn within(&self, effect: &[usize]) -> Vec<usize> {
        effect.iter().copied().filter(|factor| !self.factors[*factor].between).collect()
    }

    /// A column's name: the effect's, with the levels where a factor has more than two.
    pub fn column_name(&self, column: &ModelColumn) -> String {
        let part = |(factor, level): &(usize, usize)| {
            let factor = self.factors[*factor];
            if factor.levels.len() == 2 {
                factor.name.clone()
            } else {
                format!("{}={}", factor.name, factor.levels[*level])
            }
        };
        column.parts.iter().map(part).collect::<Vec<_>>().join(":")
    }
}

/// A column of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelColumn {
    /// The effect that it belongs to.
    pub effect: Vec<usize>,
    /// Factor and level of each part.
    pub parts: Vec<(usize, usize)>,
}

impl ModelColumn {
    /// Its value for a trial with these levels.
    pub fn value(&self, design: &Design<'_>, levels: &[usize]) -> f64 {
        let part = |(factor, level): &(usize, usize)| {
            f64::from(u8::from(levels[*factor] == *level)) - 1.0 / design.factors[*factor].levels.len() as f64
        };
        self.parts.iter().map(part).product()
    }
}

/// Main effects first, then interactions of two, of three.
fn every_effect(factors: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> =
        (1_usize..1 << factors).map(|set| (0..factors).filter(|factor| set >> factor & 1 == 1).collect()).collect();
    all.sort_by_key(|effect: &Vec<usize>| (effect.len(), effect.clone()));
    all
}
