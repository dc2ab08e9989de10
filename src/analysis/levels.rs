//! Levels of factors, compared and taken alone: weights of the design's cells.

use super::design::Design;
use super::options::Contrasts;

/// A weight for each level of each factor of a design, in its order: a cell's weight is their product.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weighted {
    /// `light=band vs none`, or the levels: `band`.
    pub name: String,
    /// The weights.
    pub levels: Vec<Vec<f64>>,
}

impl Weighted {
    /// Weights of the cells of some of the factors; the last changes fastest.
    pub(super) fn cells(&self, of: impl Fn(usize) -> bool) -> Vec<f64> {
        let own = self.levels.iter().enumerate().filter(|(i, _)| of(*i));
        own.fold(vec![1.0], |cells, (_, levels)| {
            cells.iter().flat_map(|cell| levels.iter().map(move |level| cell * level)).collect()
        })
    }
}

/// Whether an effect asks more than one question: a factor in it has three levels or more.
pub(super) fn asks_several(design: &Design<'_>, effect: &[usize]) -> bool {
    effect.iter().any(|i| design.factors[*i].levels.len() > 2)
}

/// The comparisons within an effect, evenly over the factors that are not in it: of two levels the second less the first,
/// of more each less the reference, or all pairs. Of an interaction differences of differences.
pub(super) fn contrasts(design: &Design<'_>, effect: &[usize], how: Contrasts) -> Vec<Weighted> {
    if how == Contrasts::None {
        return Vec::new();
    }
    let pairs = |n: usize| -> Vec<(usize, usize)> {
        match how {
            Contrasts::Pairs => (0..n).flat_map(|low| (low + 1..n).map(move |high| (high, low))).collect(),
            _ => (1..n).map(|high| (high, 0)).collect(),
        }
    };
    let mut all = vec![even(design)];
    for i in effect {
        let factor = design.factors[*i];
        let compared = |one: &Weighted, (high, low): (usize, usize)| {
            let mut one = one.clone();
            one.levels[*i] = vec![0.0; factor.levels.len()];
            (one.levels[*i][high], one.levels[*i][low]) = (1.0, -1.0);
            let own = if factor.levels.len() == 2 {
                factor.name.clone()
            } else {
                format!("{}={} vs {}", factor.name, factor.levels[high], factor.levels[low])
            };
            one.name = if one.name.is_empty() { own } else { format!("{}:{own}", one.name) };
            one
        };
        all = all
            .iter()
            .flat_map(|one| pairs(factor.levels.len()).into_iter().map(|pair| compared(one, pair)).collect::<Vec<_>>())
            .collect();
    }
    all
}

/// The levels of an effect's factors, alone or together, evenly over the others.
pub(super) fn means(design: &Design<'_>, effect: &[usize]) -> Vec<Weighted> {
    let mut all = vec![even(design)];
    for i in effect {
        let factor = design.factors[*i];
        let taken = |one: &Weighted, level: usize| {
            let mut one = one.clone();
            one.levels[*i] = vec![0.0; factor.levels.len()];
            one.levels[*i][level] = 1.0;
            let own = &factor.levels[level];
            one.name = if one.name.is_empty() { own.clone() } else { format!("{}, {own}", one.name) };
            one
        };
        let levels = 0..factor.levels.len();
        all = all.iter().flat_map(|one| levels.clone().map(|level| taken(one, level)).collect::<Vec<_>>()).collect();
    }
    all
}

/// The mean of all cells.
fn even(design: &Design<'_>) -> Weighted {
    let levels = design.factors.iter().map(|factor| vec![1.0 / factor.levels.len() as f64; factor.levels.len()]);
    Weighted { name: String::new(), levels: levels.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::plan::Factor;

    #[test]
    fn levels_are_compared_evenly_over_the_other_factors() {
        let factor = |name: &str, levels: &[&str]| Factor {
            name: name.to_owned(),
            column: name.to_owned(),
            levels: levels.iter().map(|level| (*level).to_owned()).collect(),
            between: false,
        };
        let (light, gap) = (factor("light", &["none", "lamp", "band"]), factor("gap", &["2", "5"]));
        let design = Design { factors: vec![&light, &gap], effects: Vec::new() };
        let of = |effect: &[usize], how| -> Vec<(String, Vec<f64>)> {
            contrasts(&design, effect, how).into_iter().map(|one| (one.name.clone(), one.cells(|_| true))).collect()
        };
        let reference = of(&[0], Contrasts::Reference);
        assert_eq!(reference[1], ("light=band vs none".to_owned(), vec![-0.5, -0.5, 0.0, 0.0, 0.5, 0.5]));
        let pairs = of(&[0], Contrasts::Pairs);
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["light=lamp vs none", "light=band vs none", "light=band vs lamp"]);
        let both = of(&[0, 1], Contrasts::Reference);
        assert_eq!(both[0], ("light=lamp vs none:gap".to_owned(), vec![1.0, -1.0, -1.0, 1.0, 0.0, 0.0]));
        assert!(of(&[0], Contrasts::None).is_empty());
        let levels = means(&design, &[0]);
        assert_eq!((levels[2].name.as_str(), levels[2].cells(|_| true)), ("band", vec![0.0, 0.0, 0.0, 0.0, 0.5, 0.5]));
        assert_eq!(means(&design, &[0, 1])[3].name, "lamp, 5");
        assert_eq!(levels[1].cells(|i| i == 1), [0.5, 0.5]);
        assert!(asks_several(&design, &[0, 1]) && !asks_several(&design, &[1]));
    }
}
