//! Random orders with limits to runs of the same level: drawn until one holds, searched for where that takes too long.
//!
//! Limits count over the trials of the design alone, as if catch trials were not there, and across blocks.

use crate::kernel::rng::Rng;
use std::collections::BTreeSet;

/// A search gives up after so many steps.
const MOST_STEPS: usize = 50_000;
/// So many numbers are kept of dead ends: what is not kept is searched again.
const MOST_KEPT: usize = 2_000_000;
/// Shuffles of a block that are tried before it is searched.
const SHUFFLES: usize = 100;
/// Sessions that are tried before the one order that is known is taken.
const SESSIONS: usize = 20;

/// The cells of a design and the limits over them.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// For each limit, the level that each cell has.
    pub levels: Vec<Vec<usize>>,
    /// For each limit, the longest run.
    pub longest: Vec<usize>,
    /// Cells of the design.
    pub cells: usize,
    /// How often a block has each.
    pub repetitions: usize,
    /// Blocks of the session.
    pub blocks: usize,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// An order of the whole session.
    Order(Vec<usize>),
    /// There is none: every order was tried.
    Impossible,
    /// Neither in so many steps.
    Undecided,
}

/// The run at the end of an order: its level and length.
type Run = (Option<usize>, usize);

/// A session's order as it grows, and the runs at its end.
#[derive(Debug, Clone)]
struct Growing<'l> {
    limits: &'l Limits,
    order: Vec<usize>,
    left: Vec<usize>,
}

impl<'l> Growing<'l> {
    fn new(limits: &'l Limits) -> Self {
        Self { limits, order: Vec::new(), left: vec![limits.repetitions; limits.cells] }
    }

    fn level(&self, limit: usize, cell: usize) -> Option<usize> {
        self.limits.levels.get(limit).and_then(|levels| levels.get(cell)).copied()
    }

    /// The run at the end under a limit: its level and length, no longer than matters.
    fn run(&self, limit: usize, longest: usize) -> Run {
        let level = self.order.last().and_then(|cell| self.level(limit, *cell));
        let same = |cell: &&usize| self.level(limit, **cell) == level;
        (level, self.order.iter().rev().take(longest).take_while(same).count())
    }

    /// The runs at the end under each limit.
    fn runs(&self) -> Vec<Run> {
        self.limits.longest.iter().enumerate().map(|(limit, longest)| self.run(limit, *longest)).collect()
    }

    /// Whether a cell may come next after these runs.
    fn fits(&self, cell: usize, runs: &[Run]) -> bool {
        let limits = runs.iter().zip(&self.limits.longest).enumerate();
        limits.into_iter().all(|(limit, ((level, run), longest))| *level != self.level(limit, cell) || run < longest)
    }

    fn push(&mut self, cell: usize) {
        self.order.push(cell);
        self.left[cell] -= 1;
        if self.left.iter().all(|n| *n == 0) {
            self.left.fill(self.limits.repetitions);
        }
    }

    fn pop(&mut self) {
        if self.order.len().is_multiple_of(self.limits.block()) {
            self.left.fill(0);
        }
        if let Some(cell) = self.order.pop() {
            self.left[cell] += 1;
        }
    }

    /// All that the rest depends on.
    fn state(&self) -> (usize, Vec<usize>, Vec<Run>) {
        (self.order.len(), self.left.clone(), self.runs())
    }

    /// Cells that may come next, the first to be tried last; drawn by `rng` where one is given.
    fn choices(&self, rng: &mut Option<&mut Rng>) -> Vec<usize> {
        let runs = self.runs();
        let mut cells: Vec<usize> =
            (0..self.limits.cells).filter(|cell| self.left[*cell] > 0 && self.fits(*cell, &runs)).collect();
        match rng {
            Some(rng) => rng.shuffle(&mut cells),
            None => cells.sort_by_key(|cell| self.left[*cell]),
        }
        cells
    }

    /// Grows the order to `length`, going back where it meets a dead end; every order is tried unless steps run out.
    fn search(&mut self, length: usize, most_steps: usize, mut rng: Option<&mut Rng>) -> Found {
        let from = self.order.len();
        let mut dead = BTreeSet::new();
        let mut open = vec![self.choices(&mut rng)];
        for _ in 0..most_steps {
            if self.order.len() >= length {
                return Found::Order(self.order.clone());
            }
            match open.last_mut().and_then(Vec::pop) {
                Some(cell) => {
                    self.push(cell);
                    let next = if dead.contains(&self.state()) { Vec::new() } else { self.choices(&mut rng) };
                    open.push(next);
                }
                None if self.order.len() == from => return Found::Impossible,
                None => {
                    if dead.len() * (self.limits.cells + 8) < MOST_KEPT {
                        dead.insert(self.state());
                    }
                    open.pop();
                    self.pop();
                }
            }
        }
        if self.order.len() >= length { Found::Order(self.order.clone()) } else { Found::Undecided }
    }

    /// Appends a shuffled block when one of some shuffles holds.
    fn shuffled(&mut self, rng: &mut Rng) -> bool {
        let kept = self.order.len();
        let mut block: Vec<usize> = (0..self.limits.repetitions).flat_map(|_| 0..self.limits.cells).collect();
        for _ in 0..SHUFFLES {
            rng.shuffle(&mut block);
            let holds = block.iter().all(|cell| {
                let fits = self.fits(*cell, &self.runs());
                self.order.push(*cell);
                fits
            });
            if holds {
                return true;
            }
            self.order.truncate(kept);
        }
        false
    }
}

impl Limits {
    /// Trials of a block.
    pub fn block(&self) -> usize {
        (self.cells * self.repetitions).max(1)
    }

    /// Some order of the whole session, the same each time, or that there is none.
    pub fn decide(&self) -> Found {
        Growing::new(self).search(self.block() * self.blocks, MOST_STEPS, None)
    }

    /// An order of the whole session in which every limit holds, drawn by `rng`; none where there is none.
    pub fn draw(&self, rng: &mut Rng) -> Option<Vec<usize>> {
        (0..SESSIONS).find_map(|_| self.try_session(rng)).or_else(|| self.known(rng))
    }

    /// Block by block; a block that cannot follow the one before ends the try.
    fn try_session(&self, rng: &mut Rng) -> Option<Vec<usize>> {
        let mut growing = Growing::new(self);
        for block in 1..=self.blocks {
            if !growing.shuffled(rng) {
                let most_steps = 20 * self.block();
                let Found::Order(_) = growing.search(block * self.block(), most_steps, Some(rng)) else { return None };
            }
        }
        Some(growing.order)
    }

    /// The order that is known, backwards or not: what holds one way holds the other.
    fn known(&self, rng: &mut Rng) -> Option<Vec<usize>> {
        let Found::Order(mut order) = self.decide() else { return None };
        if rng.index(2) == 1 {
            order.reverse();
        }
        Some(order)
    }

    /// The limits of these numbers alone.
    pub fn only(&self, which: &[usize]) -> Self {
        let pick = |limit: &usize| Some((self.levels.get(*limit)?.clone(), *self.longest.get(*limit)?));
        let (levels, longest) = which.iter().filter_map(pick).unzip();
        Self { levels, longest, ..self.clone() }
    }
}
