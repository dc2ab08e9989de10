//! Conditions by name, and in parts where they are too many for one figure.

use crate::analysis::design::Design;

/// Conditions that share a figure or a panel.
pub(super) struct Part {
    /// The levels that they have in common; empty where all conditions are in one part.
    pub label: String,
    /// The cells.
    pub cells: Vec<usize>,
    /// Their names by the other factors.
    pub names: Vec<String>,
}

/// All conditions in parts of at most `most`, split by the first factors.
pub(super) fn parts(design: &Design<'_>, most: usize) -> Vec<Part> {
    let sizes: Vec<usize> = design.factors.iter().map(|factor| factor.levels.len()).collect();
    let last = sizes.len().saturating_sub(1);
    let leading = (0..last).find(|from| sizes[*from..].iter().product::<usize>() <= most).unwrap_or(last);
    let together = sizes.get(leading..).map_or(1, |own| own.iter().product());
    let cells: Vec<usize> = (0..design.cells()).collect();
    let part = |own: &[usize]| Part {
        label: own.first().map_or(String::new(), |cell| names(design, *cell, 0, leading)),
        cells: own.to_vec(),
        names: own.iter().map(|cell| name(design, *cell, leading)).collect(),
    };
    cells.chunks(together).flat_map(|own| own.chunks(most)).map(part).collect()
}

/// A condition by all its factors: `ehmi on, braking gentle`.
pub(super) fn name(design: &Design<'_>, cell: usize, from: usize) -> String {
    let name = names(design, cell, from, design.factors.len());
    if name.is_empty() { "all trials".to_owned() } else { name }
}

/// The levels of some of the factors.
pub(super) fn names(design: &Design<'_>, cell: usize, from: usize, to: usize) -> String {
    let levels = design.levels_of(cell);
    let name = |i: usize| format!("{} {}", design.factors[i].name, design.factors[i].levels[levels[i]]);
    (from..to).map(name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::plan::Factor;

    #[test]
    fn many_conditions_are_split_by_the_first_factors() {
        let factor = |name: &str, n: usize| Factor {
            name: name.to_owned(),
            column: name.to_owned(),
            levels: (0..n).map(|i| i.to_string()).collect(),
            between: false,
        };
        let (a, b, c) = (factor("a", 3), factor("b", 2), factor("c", 14));
        let of = |factors: Vec<&Factor>, most: usize| {
            let design = Design { factors: factors.clone(), effects: Vec::new() };
            let own = parts(&design, most);
            let cells: Vec<usize> = own.iter().flat_map(|part| part.cells.clone()).collect();
            assert_eq!(cells, (0..design.cells()).collect::<Vec<_>>(), "each condition once");
            own.into_iter().map(|part| (part.label, part.names)).collect::<Vec<_>>()
        };
        assert_eq!(of(vec![], 6), [(String::new(), vec!["all trials".to_owned()])]);
        assert_eq!(of(vec![&a, &b], 6).len(), 1);
        let split = of(vec![&a, &b], 5);
        assert_eq!((split.len(), split[2].0.as_str()), (3, "a 2"));
        assert_eq!(split[2].1, ["b 0", "b 1"]);
        assert_eq!(of(vec![&b, &c], 12).iter().map(|part| part.1.len()).collect::<Vec<_>>(), [12, 2, 12, 2]);
    }
}
