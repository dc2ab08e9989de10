//! How balanced orders are: counted in the plans themselves, whatever made them.

use crate::kernel::spec::TrialSpec;
use crate::table::TrialKind;

/// Counts over sessions. Catch and practice trials are left out, as if they were not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The design's cells.
    pub cells: Vec<String>,
    /// For each cell, how often it is at each position of a block.
    pub positions: Vec<Vec<u32>>,
    /// For each cell, how often each cell directly follows it within a block.
    pub follows: Vec<Vec<u32>>,
}

impl Balance {
    /// Counts in the plans of sessions.
    pub fn of<'p>(cells: Vec<String>, plans: impl IntoIterator<Item = &'p [TrialSpec]>) -> Self {
        let n = cells.len();
        let mut balance = Self { cells, positions: vec![Vec::new(); n], follows: vec![vec![0; n]; n] };
        for plan in plans {
            let main: Vec<&TrialSpec> = plan.iter().filter(|trial| trial.kind == TrialKind::Main).collect();
            main.chunk_by(|a, b| a.block_n == b.block_n).for_each(|block| balance.block(block));
        }
        balance
    }

    fn block(&mut self, block: &[&TrialSpec]) {
        for counts in &mut self.positions {
            counts.resize(counts.len().max(block.len()), 0);
        }
        let mut before: Option<usize> = None;
        for (position, trial) in block.iter().enumerate() {
            let cell = self.cells.iter().position(|id| *id == trial.cell_id);
            if let Some(count) = cell.and_then(|cell| self.positions.get_mut(cell)?.get_mut(position)) {
                *count += 1;
            }
            if let Some(count) = before.zip(cell).and_then(|(from, to)| self.follows.get_mut(from)?.get_mut(to)) {
                *count += 1;
            }
            before = cell;
        }
    }

    /// Least and greatest count of a cell at a position.
    pub fn position_range(&self) -> [u32; 2] {
        range(self.positions.iter().flatten().copied())
    }

    /// Least and greatest count of a cell right after another one.
    pub fn follow_range(&self) -> [u32; 2] {
        let others = self.follows.iter().enumerate().flat_map(|(from, counts)| {
            counts.iter().enumerate().filter(move |(to, _)| *to != from).map(|(_, count)| *count)
        });
        range(others)
    }

    /// How often a cell follows itself.
    pub fn repeats(&self) -> u32 {
        self.follows.iter().enumerate().filter_map(|(cell, counts)| counts.get(cell)).sum()
    }
}

fn range(counts: impl Iterator<Item = u32> + Clone) -> [u32; 2] {
    [counts.clone().min().unwrap_or(0), counts.max().unwrap_or(0)]
}
