//! Work counted in small steps, not in time, so that whatever ends for its sake ends alike on every machine.

/// Steps allowed for one crosswalk; each takes some tenths of a microsecond.
const MOST: usize = 6_000_000;

/// Steps of work done for one crosswalk.
#[derive(Debug, Default)]
pub(super) struct Work {
    done: usize,
}

impl Work {
    /// Counts steps about to be done; `None` when they are too many.
    pub fn add(&mut self, steps: usize) -> Option<()> {
        self.done = self.done.saturating_add(steps);
        (!self.is_spent()).then_some(())
    }

    /// Whether no more may be done.
    pub fn is_spent(&self) -> bool {
        self.done > MOST
    }

    pub fn done(&self) -> usize {
        self.done
    }
}
