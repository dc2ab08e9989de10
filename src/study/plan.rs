//! From a study, a participant and a seed to the trials of a session.

use super::conditions::conditions;
use super::groups::{Standing, group_count, levels_of};
use super::lanes::Lanes;
use super::model::{Extra, Level, Settings, Study, Whose};
use super::resolve::{Car, Findings, Traffic, traffic};
use crate::kernel::rng::Rng;
use crate::kernel::site::Site;
use crate::kernel::spec::{Ends, Timing, TrialSpec, VehicleSpec};
use crate::problem::{Outcome, Problems};
use crate::table::{Role, TrialKind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most trials of a session.
pub(super) const MOST_TRIALS: u64 = 1000;
/// How far past the pedestrian's line a lane should reach: a car that has passed is out of mind.
const AHEAD_M: f64 = 60.0;
/// Most combinations of group, session's level and cell.
pub(super) const MOST_COMBINATIONS: u64 = 10_000;

/// One combination of levels.
#[derive(Debug, Clone, PartialEq)]
struct Cell {
    /// Level of each factor, in the study's order.
    levels: Vec<String>,
    settings: Settings,
}

impl Cell {
    fn id(&self) -> String {
        if self.levels.is_empty() { "single".to_owned() } else { self.levels.join("+") }
    }
}

/// How many cells a design has.
pub fn cell_count(study: &Study) -> u64 {
    let levels = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    study.factors.iter().fold(1, |cells, factor| cells.saturating_mul(levels(factor.levels.len())))
}

/// How many trials a session has.
pub(super) fn trial_count(study: &Study) -> u64 {
    let extra = |extra: &Option<Extra>| u64::from(extra.as_ref().map_or(0, |e| e.trials));
    let cells = cell_count(study).saturating_mul(u64::from(study.repetitions_per_block));
    let blocks = u64::from(study.blocks).saturating_mul(cells.saturating_add(extra(&study.catch)));
    blocks.saturating_add(u64::from(study.practice_trials()))
}

/// How many combinations of group, session's level and cell a study has.
pub(super) fn combination_count(study: &Study) -> u64 {
    let sessions = study.sessions.factor.as_ref().map_or(1, |factor| u64::try_from(factor.levels.len()).unwrap_or(1));
    cell_count(study).saturating_mul(group_count(&study.groups)).saturating_mul(sessions)
}

/// The design's cells in order, the last factor changing fastest.
fn cells(study: &Study, common: Settings) -> Vec<Cell> {
    let mut cells = vec![Cell { levels: Vec::new(), settings: common }];
    if cell_count(study) > MOST_TRIALS {
        return cells;
    }
    for factor in &study.factors {
        let with = |cell: &Cell| -> Vec<Cell> {
            let one = |level: &Level| Cell {
                levels: cell.levels.iter().chain([&level.name]).cloned().collect(),
                settings: level.settings.over(&cell.settings),
            };
            factor.levels.iter().map(one).collect()
        };
        cells = cells.iter().flat_map(with).collect();
    }
    cells
}

/// A kerb at which trials start.
struct Side<'s> {
    lanes: Lanes<'s>,
    ends: Ends,
}

/// A trial before it has numbers.
struct Draft {
    block_n: Option<u32>,
    block_trial_n: u32,
    kind: TrialKind,
    cell: Cell,
}

impl Study {
    /// Trials of a session, practice and catch trials counted.
    pub fn trial_count(&self) -> u64 {
        trial_count(self)
    }

    /// Practice trials in a plan: as many as practice can take until its criterion is met.
    pub fn practice_trials(&self) -> u32 {
        let least = self.practice.as_ref().map_or(0, |practice| practice.trials);
        self.criterion.as_ref().map_or(least, |criterion| criterion.most_trials.max(least))
    }

    /// The names of the design's cells, in order.
    pub fn cell_ids(&self) -> Vec<String> {
        cells(self, Settings::default()).iter().map(Cell::id).collect()
    }

    /// What trials have before the cell's levels: the study's settings and those of each group and session's level.
    fn every_common(&self) -> Vec<Settings> {
        let sessions: Vec<Option<&Level>> = match &self.sessions.factor {
            Some(factor) => factor.levels.iter().map(Some).collect(),
            None => vec![None],
        };
        let mut all = Vec::new();
        for number in 0..group_count(&self.groups) {
            for session in &sessions {
                let standing = Standing {
                    group: levels_of(&self.groups, number),
                    session: *session,
                    square_index: 0,
                    session_index: 0,
                };
                all.push(standing.settings(&self.settings));
            }
        }
        all
    }

    /// The settings of every kind of trial that a plan can hold.
    pub(super) fn every_settings(&self) -> Vec<Settings> {
        if combination_count(self) > MOST_COMBINATIONS {
            return Vec::new();
        }
        self.every_common().into_iter().flat_map(|common| self.settings_over(common)).collect()
    }

    fn settings_over(&self, common: Settings) -> Vec<Settings> {
        let cells = cells(self, common);
        let mut all: Vec<Settings> = cells.iter().map(|cell| cell.settings.clone()).collect();
        for extra in [&self.practice, &self.catch].into_iter().flatten().filter(|extra| extra.trials > 0) {
            all.extend(cells.iter().map(|cell| extra.settings.over(&cell.settings)));
        }
        all
    }

    /// How far back from the pedestrian's line lanes must reach: the farthest start and the vehicle behind its front.
    pub fn needed_back_m(&self) -> f64 {
        let mut found = Findings::default();
        let all = self.every_settings();
        let cars = all.iter().flat_map(|settings| traffic(self, settings, None, &mut found).cars);
        cars.map(|car| car.start_to_line_m + car.size.length_m).fold(0.0, f64::max)
    }

    /// How far past the pedestrian's line lanes should reach.
    pub fn needed_ahead_m(&self) -> f64 {
        let lengths =
            [Some(self.target.size), self.leading.as_ref().map(|c| c.size), self.opposite.as_ref().map(|c| c.size)];
        AHEAD_M + lengths.into_iter().flatten().map(|size| size.length_m).fold(0.0, f64::max)
    }

    /// The trials of a session: the same arguments give the same plan. One site, or two with alternating sides.
    pub fn plan(&self, whose: Whose<'_>, seed: u64, sites: &[Arc<Site>]) -> Outcome<Vec<TrialSpec>> {
        let sides = if self.room.alternate_sides { 2 } else { 1 };
        let places = sites.iter().take(sides).map(|site| self.side(site)).collect::<Outcome<Vec<Side<'_>>>>()?;
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let standing = self.standing(whose.plan_row, whose.session_n, seed);
        let draw = |purpose: &str| self.rng(whose, seed, &standing, purpose);
        let mut ready = draw("ready");
        let mut repetitions = BTreeMap::<String, u32>::new();
        let (mut plan, mut problems) = (Vec::new(), Problems::default());
        for (n, (draft, (site, side))) in
            (1..).zip(self.drafts(&standing, &draw)?.iter().zip(places.iter().enumerate().cycle()))
        {
            let mut found = Findings::default();
            let cars = traffic(self, &draft.cell.settings, Some(side.lanes.zones), &mut found);
            let out_of_reach = cars.cars.iter().filter_map(|car| side.lanes.out_of_reach(self, car));
            let wrong = found.problems.into_iter().chain(out_of_reach);
            wrong.for_each(|problem| {
                if !problems.0.contains(&problem) {
                    problems.push(problem)
                }
            });
            let mut trial = self.trial(n, draft, &standing, &cars, &side.lanes, ready.uniform());
            (trial.site, trial.ends) = (site, side.ends);
            if trial.kind == TrialKind::Main {
                let count = repetitions.entry(trial.cell_id.clone()).or_insert(0);
                *count += 1;
                trial.repetition_n = Some(*count);
            }
            plan.push(trial);
        }
        problems.check()?;
        Ok(plan)
    }

    fn side<'s>(&self, site: &'s Site) -> Outcome<Side<'s>> {
        Ok(Side { lanes: Lanes::new(self, site)?, ends: self.ends(site)? })
    }

    /// The stream of a purpose; a later session of several draws its own.
    fn rng(&self, whose: Whose<'_>, seed: u64, standing: &Standing<'_>, purpose: &str) -> Rng {
        let (seed, row, session) = (seed.to_string(), whose.plan_row.to_string(), whose.session_n.to_string());
        let mut words = vec!["kerbside plan 1", &self.name, &seed, whose.participant, &row, purpose];
        if standing.session_index > 0 {
            words.extend(["session", &session]);
        }
        Rng::named(&words)
    }

    fn drafts(&self, standing: &Standing<'_>, draw: &dyn Fn(&str) -> Rng) -> Outcome<Vec<Draft>> {
        let cells = cells(self, standing.settings(&self.settings));
        let mut drafts = Vec::new();
        let mut practice = draw("practice");
        for n in 1..=self.practice_trials() {
            let cell = laid_over(&self.practice, &cells[practice.index(cells.len())]);
            drafts.push(Draft { block_n: None, block_trial_n: n, kind: TrialKind::Practice, cell });
        }
        for (block_n, order) in (1..).zip(self.blocks_of_cells(standing, draw)?) {
            let main = order.iter().filter_map(|cell| cells.get(*cell));
            let mut block: Vec<(TrialKind, Cell)> = main.map(|cell| (TrialKind::Main, cell.clone())).collect();
            let mut catch = draw(&format!("catch trials of block {block_n}"));
            for _ in 0..self.catch.as_ref().map_or(0, |catch| catch.trials) {
                let cell = laid_over(&self.catch, &cells[catch.index(cells.len())]);
                // Anywhere but first: a block opens with a trial of the design.
                block.insert(1 + catch.index(block.len()), (TrialKind::Catch, cell));
            }
            let numbered = (1..).zip(block);
            drafts.extend(numbered.map(|(block_trial_n, (kind, cell))| Draft {
                block_n: Some(block_n),
                block_trial_n,
                kind,
                cell,
            }));
        }
        Ok(drafts)
    }

    fn trial(
        &self,
        plan_n: u32,
        draft: &Draft,
        standing: &Standing<'_>,
        traffic: &Traffic,
        lanes: &Lanes<'_>,
        ready_share: f64,
    ) -> TrialSpec {
        let cell_id = if draft.kind == TrialKind::Main { draft.cell.id() } else { draft.kind.word().to_owned() };
        let [least, most] = self.trial.ready_s;
        let timing = Timing {
            settle_s: self.trial.settle_s,
            settle_time_out_s: self.trial.settle_time_out_s,
            // Whole milliseconds, so that the logged value is the value.
            ready_s: (1000.0 * (least + ready_share * (most - least))).round() / 1000.0,
            time_out_s: self.trial.time_out_s.value,
            go_signal_s: self.trial.go_signal_s,
            mark_radius_m: self.trial.mark_radius_m,
        };
        TrialSpec {
            plan_n,
            block_n: draft.block_n,
            block_trial_n: draft.block_trial_n,
            kind: draft.kind,
            repetition_n: None,
            conditions: conditions(self, standing, &draft.cell.levels, &draft.cell.settings, traffic, &timing),
            cell_id,
            site: 0,
            ends: Ends::FarKerb,
            vehicles: traffic.cars.iter().map(|car| self.vehicle(car, &draft.cell.settings, lanes)).collect(),
            cue: self.trial.cue.value,
            timing,
            items: self.items.clone(),
        }
    }

    fn vehicle(&self, car: &Car, settings: &Settings, lanes: &Lanes<'_>) -> VehicleSpec {
        let light = if car.role == Role::Target { settings.ehmi() } else { "none" };
        VehicleSpec {
            role: car.role,
            approach: lanes.of(car.role),
            length_m: car.size.length_m,
            width_m: car.size.width_m,
            height_m: car.size.height_m,
            speed_mps: car.speed_mps,
            start_to_pedestrian_line_m: car.start_to_line_m,
            stop_line_m: self.site.stop_line_m.value,
            braking: car.stop.as_ref().map(|stop| stop.braking),
            ehmi: self.concept(light).cloned().unwrap_or_else(super::concept::dark),
        }
    }
}

fn laid_over(extra: &Option<Extra>, cell: &Cell) -> Cell {
    let mut cell = cell.clone();
    if let Some(extra) = extra {
        cell.settings = extra.settings.over(&cell.settings);
    }
    cell
}
