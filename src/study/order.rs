//! The order of the cells in each block of a session.

use super::groups::Standing;
use super::model::{LongestRun, Order, Study};
use super::plan::cell_count;
use super::runs::{Found, Limits};
use super::square;
use crate::kernel::rng::Rng;
use crate::problem::Problem;

impl Study {
    /// The cells of each block, by number.
    pub(super) fn blocks_of_cells(
        &self,
        standing: &Standing<'_>,
        draw: &dyn Fn(&str) -> Rng,
    ) -> Result<Vec<Vec<usize>>, Problem> {
        if self.order == Order::Random && !self.longest_runs.is_empty() {
            let limits = self.limits();
            let order = limits.draw(&mut draw("order with limited runs"));
            let order = order.ok_or_else(|| self.no_order())?;
            return Ok(order.chunks(limits.block()).map(<[usize]>::to_vec).collect());
        }
        let block = |block_n: u32| {
            let mut cells = self.squares_of(block_n, standing);
            if self.order == Order::Random {
                draw(&format!("order of block {block_n}")).shuffle(&mut cells);
            }
            cells
        };
        Ok((1..=self.blocks).map(block).collect())
    }

    /// The rows of the square that a block is made of, one after another.
    fn squares_of(&self, block_n: u32, standing: &Standing<'_>) -> Vec<usize> {
        let repetitions = u64::from(self.repetitions_per_block);
        let blocks_before = standing.session_index * u64::from(self.blocks) + u64::from(block_n - 1);
        let first = standing.square_index + blocks_before * repetitions;
        let n = usize::try_from(cell_count(self)).unwrap_or(1);
        (0..repetitions).flat_map(|i| square::row(self.order, n, first + i)).collect()
    }

    /// The limits to runs in numbers.
    pub(super) fn limits(&self) -> Limits {
        let cells = usize::try_from(cell_count(self)).unwrap_or(1);
        Limits {
            levels: self.longest_runs.iter().map(|run| self.levels_of_cells(run, cells)).collect(),
            longest: self.longest_runs.iter().map(|run| usize::try_from(run.trials).unwrap_or(1)).collect(),
            cells,
            repetitions: usize::try_from(self.repetitions_per_block).unwrap_or(1),
            blocks: usize::try_from(self.blocks).unwrap_or(1),
        }
    }

    /// The level of each cell under a limit; the last factor's levels change fastest.
    fn levels_of_cells(&self, run: &LongestRun, cells: usize) -> Vec<usize> {
        let at = run.factor.as_ref().and_then(|name| self.factors.iter().position(|factor| factor.name == *name));
        let Some(at) = at else { return (0..cells).collect() };
        let levels = |i: usize| self.factors.get(i).map_or(1, |factor| factor.levels.len().max(1));
        let later: usize = (at + 1..self.factors.len()).map(levels).product();
        (0..cells).map(|cell| cell / later.max(1) % levels(at)).collect()
    }

    fn no_order(&self) -> Problem {
        let place = self.longest_runs.first().map(|run| run.place.clone()).unwrap_or_default();
        Problem::new(place, "no order of the trials keeps these limits", "allow longer runs")
    }

    /// Why no order keeps the limits; `None` when one does.
    pub(super) fn impossible_runs(&self) -> Option<Problem> {
        if self.longest_runs.is_empty() {
            return None;
        }
        let limits = self.limits();
        match limits.decide() {
            Found::Order(_) => None,
            Found::Impossible => Some(self.why_impossible(&limits)),
            Found::Undecided => {
                let what = "no order that keeps these limits was found in reasonable time";
                Some(Problem { what: what.to_owned(), ..self.no_order() })
            }
        }
    }

    /// The fewest limits that cannot be kept together.
    fn why_impossible(&self, limits: &Limits) -> Problem {
        let mut blamed: Vec<usize> = (0..self.longest_runs.len()).collect();
        for limit in 0..self.longest_runs.len() {
            let without: Vec<usize> = blamed.iter().copied().filter(|other| *other != limit).collect();
            if limits.only(&without).decide() == Found::Impossible {
                blamed = without;
            }
        }
        let runs: Vec<&LongestRun> = blamed.iter().filter_map(|limit| self.longest_runs.get(*limit)).collect();
        let [run] = runs.as_slice() else {
            let named: Vec<String> = runs.iter().map(|run| format!("{} = {}", name(run), run.trials)).collect();
            let what = format!(
                "no order of {} trials a block keeps all of these limits: {}; without one of them there is one",
                limits.block(),
                named.join(", ")
            );
            return Problem { what, ..self.no_order() };
        };
        let trials = limits.block() * limits.blocks;
        let levels = blamed.first().and_then(|limit| limits.levels.get(*limit)).cloned().unwrap_or_default();
        let of = |level: usize| levels.iter().filter(|other| **other == level).count() * trials / limits.cells.max(1);
        let most = levels.iter().map(|level| of(*level)).max().unwrap_or(trials);
        let most_in_a_row = usize::try_from(run.trials).unwrap_or(1).max(1);
        let what = format!(
            "{most} of the {trials} trials have the same {}; at most {most_in_a_row} in a row need {} others between \
             them, but there are {}",
            name(run),
            most.div_ceil(most_in_a_row) - 1,
            trials - most
        );
        Problem { place: run.place.clone(), what, ..self.no_order() }
    }
}

fn name(run: &LongestRun) -> &str {
    run.factor.as_deref().unwrap_or("cell")
}
