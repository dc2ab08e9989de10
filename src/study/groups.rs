//! Which group a row of the plan belongs to, and which level a session has.

use super::model::{Factor, Level, Settings, Study};
use crate::kernel::rng::Rng;

/// Where a row of the plan stands: the levels that its person has whatever the trial.
#[derive(Debug, Clone)]
pub(super) struct Standing<'s> {
    /// Level of each between-subject factor.
    pub group: Vec<&'s Level>,
    /// Level of the session's factor.
    pub session: Option<&'s Level>,
    /// How many rows of the same group, and of the same order of sessions, come before: it picks the square's row.
    pub square_index: u64,
    /// Session, from 0; later ones take up the squares where earlier ones left off.
    pub session_index: u64,
}

impl Standing<'_> {
    /// What group and session set, over the study's settings.
    pub fn settings(&self, common: &Settings) -> Settings {
        self.group.iter().chain(&self.session).fold(common.clone(), |below, level| level.settings.over(&below))
    }
}

/// How many groups there are; 1 without between-subject factors.
pub(super) fn group_count(groups: &[Factor]) -> u64 {
    groups.iter().fold(1, |n, factor| n.saturating_mul(u64::try_from(factor.levels.len()).unwrap_or(u64::MAX)))
}

/// The levels of a group by its number, the last factor's changing fastest.
pub(super) fn levels_of(groups: &[Factor], number: u64) -> Vec<&Level> {
    let mut rest = number;
    let mut levels: Vec<&Level> = Vec::new();
    for factor in groups.iter().rev() {
        let n = u64::try_from(factor.levels.len()).unwrap_or(1).max(1);
        levels.extend(usize::try_from(rest % n).ok().and_then(|i| factor.levels.get(i)));
        rest /= n;
    }
    levels.reverse();
    levels
}

impl Study {
    /// How many groups there are; 1 without between-subject factors.
    pub fn group_count(&self) -> u64 {
        group_count(&self.groups)
    }

    /// The group of a row of the plan: its level of each between-subject factor. Every so many rows in turn hold each
    /// group once, in an order drawn by the seed: whoever takes over a row takes over its group.
    pub fn group_of(&self, plan_row: u32, seed: u64) -> Vec<&Level> {
        let n = self.group_count().max(1);
        let (round, within) = self.place(plan_row);
        let mut order: Vec<u64> = (0..n).collect();
        Rng::named(&["kerbside groups 1", &self.name, &seed.to_string(), &round.to_string()]).shuffle(&mut order);
        let number = usize::try_from(within).ok().and_then(|i| order.get(i)).copied().unwrap_or(0);
        levels_of(&self.groups, number)
    }

    /// The group's name: its levels joined by `+`; none without between-subject factors.
    pub fn group_name(&self, plan_row: u32, seed: u64) -> Option<String> {
        let names: Vec<&str> = self.group_of(plan_row, seed).iter().map(|level| level.name.as_str()).collect();
        (!names.is_empty()).then(|| names.join("+"))
    }

    /// The round of groups that a row belongs to, and its place in it, both from 0.
    fn place(&self, plan_row: u32) -> (u64, u64) {
        let (row, n) = (u64::from(plan_row.max(1) - 1), self.group_count().max(1));
        (row / n, row % n)
    }

    /// The level of the session's factor in a session of a row; none without such a factor.
    pub fn session_level(&self, plan_row: u32, session_n: u32) -> Option<&Level> {
        let factor = self.sessions.factor.as_ref()?;
        let n = u64::try_from(factor.levels.len()).ok().filter(|n| *n > 0)?;
        let from = if self.sessions.rotate { self.place(plan_row).0 } else { 0 };
        let at = (from + u64::from(session_n.max(1) - 1)) % n;
        factor.levels.get(usize::try_from(at).ok()?)
    }

    /// How many orders of the session's levels there are.
    fn session_orders(&self) -> u64 {
        let levels = self.sessions.factor.as_ref().map_or(1, |factor| factor.levels.len());
        if self.sessions.rotate { u64::try_from(levels).unwrap_or(1).max(1) } else { 1 }
    }

    pub(super) fn standing(&self, plan_row: u32, session_n: u32, seed: u64) -> Standing<'_> {
        Standing {
            group: self.group_of(plan_row, seed),
            session: self.session_level(plan_row, session_n),
            // All orders of the sessions meet the same row of the square before the next row comes.
            square_index: self.place(plan_row).0 / self.session_orders(),
            session_index: if self.sessions.number > 1 { u64::from(session_n.max(1) - 1) } else { 0 },
        }
    }

    /// How many participants make the design whole: every group, order of sessions and row of the square.
    pub fn full_round(&self) -> u64 {
        let cells = usize::try_from(super::plan::cell_count(self)).unwrap_or(usize::MAX);
        let rows = u64::try_from(super::square::rows(self.order, cells)).unwrap_or(u64::MAX);
        self.group_count().saturating_mul(self.session_orders()).saturating_mul(rows)
    }
}
