//! A session's folder read back: what was run, ready to be replayed or measured.

use super::instruments;
use super::order::without_items;
use super::prepare::{Prepared, with_map};
use super::session_file::{SessionFile, SiteFile};
use crate::kernel::setup::Setup;
use crate::map::Map;
use crate::measures::{TrialRows, measure};
use crate::problem::{Outcome, Place, Problem};
use crate::record::folder::{SessionFolder, must_be_known};
use crate::record::sound::Belongs;
use crate::record::{read, sha256_hex, verify};
use crate::session::SessionSpec;
use crate::study::{self, InstrumentRef, Placed, Study, Whose};
use crate::table::{AnswerRow, ConditionRow, EventRow, FrameRow, MeasureRow, TrialRow, VehicleRow, WorldRow};
use std::sync::Arc;

/// A session as its folder describes it.
#[derive(Debug)]
pub struct LoadedSession {
    /// Its folder.
    pub folder: SessionFolder,
    /// `session.json`
    pub file: SessionFile,
    /// The study.
    pub study: Study,
    /// Participant, site and plan, made again from study, map and seed.
    pub spec: SessionSpec,
    /// Its map.
    map: Map,
    /// What the session went on with after accepted changes, in order.
    later: Vec<Part>,
}

/// The same of a part of a session: from an attempt on.
#[derive(Debug)]
struct Part {
    file: SessionFile,
    study: Study,
    spec: SessionSpec,
    map: Map,
}

/// What was in force during a part of a session.
#[derive(Debug, Clone, Copy)]
pub struct InForce<'a> {
    /// `session.json`
    pub file: &'a SessionFile,
    /// The study.
    pub study: &'a Study,
    /// Participant, site and plan.
    pub spec: &'a SessionSpec,
    /// The map.
    pub map: &'a Map,
}

/// The tables that measures and drawings need.
#[derive(Debug)]
pub struct SessionRows {
    /// `trials.csv`
    pub trials: Vec<TrialRow>,
    /// `conditions.csv`
    pub conditions: Vec<ConditionRow>,
    /// `frames.csv`
    pub frames: Vec<FrameRow>,
    /// `vehicles.csv`
    pub vehicles: Vec<VehicleRow>,
    /// `world.csv`
    pub world: Vec<WorldRow>,
    /// `events.csv`
    pub events: Vec<EventRow>,
    /// `answers.csv`
    pub answers: Vec<AnswerRow>,
}

/// Checks the seal, reads what was run and makes the plan again.
pub fn load(folder: &SessionFolder) -> Outcome<LoadedSession> {
    // A replay or a measure of changed data would look as good as any: the seal comes first.
    verify::session(folder, None)?;
    load_unsealed(folder)
}

/// The same without a look at the seal: whatever is read is still held against study, plan and the other tables.
pub fn load_unsealed(folder: &SessionFolder) -> Outcome<LoadedSession> {
    let Part { file, study, spec, map } = part(folder, "")?;
    let later: Outcome<Vec<Part>> = changed_at(folder).iter().map(|at| part(folder, at)).collect();
    Ok(LoadedSession { folder: folder.clone(), file, study, spec, map, later: later? })
}

/// Where the folder describes what the session went on with, in order.
fn changed_at(folder: &SessionFolder) -> Vec<String> {
    let at = |n: &usize| format!("continued/{n}/");
    let continued = (1..).take_while(|n| folder.file(&at(n)).symlink_metadata().is_ok());
    continued
        .map(|n| at(&n))
        .filter(|at| folder.file(&format!("{at}session.json")).symlink_metadata().is_ok())
        .collect()
}

/// The newest description of a session: that of its last continuation with changes, else `session.json`.
pub fn newest_session_file(folder: &SessionFolder) -> Outcome<SessionFile> {
    session_file(folder, changed_at(folder).last().map_or("", String::as_str))
}

/// The description below `at`, its study, and the plan made again.
fn part(folder: &SessionFolder, at: &str) -> Outcome<Part> {
    let file = session_file(folder, at)?;
    let study_name = folder.shown(&format!("{at}study.toml"));
    let study_text = text(folder, &format!("{at}study.toml"), &file.study_sha256)?;
    let map_bytes = unchanged(folder, &format!("{at}map.xodr"), &file.map_sha256)?;
    let find = |wanted: &InstrumentRef| instruments::in_session(folder, at, wanted);
    let (mut study, _) = study::read_with(&study_name, &study_text, &find)?;
    let site = site_in_force(&file, folder)?;
    // The place in force, which the command line may have chosen.
    study.site.crosswalk =
        Some(Placed { value: site.crosswalk.clone(), place: Place::file(folder.shown("session.json")) });
    study.site.approach.value = match &site.approach {
        Some(id) => study::ApproachChoice::Id(id.clone()),
        None => study::ApproachChoice::NearestKerb,
    };
    let map_name = folder.shown(&format!("{at}map.xodr"));
    let prepared = with_map(study, &study_text, &map_name, map_bytes, file.seed, Vec::new())?;
    agrees(&file, &prepared, folder)?;
    let whose = Whose { participant: &file.participant, plan_row: file.plan_row, session_n: file.session_n };
    let trials = prepared.study.plan(whose, file.seed, &prepared.sites)?;
    let trials: Vec<_> = trials.into_iter().map(Arc::new).collect();
    let spec = SessionSpec {
        participant: file.participant.clone(),
        session_n: file.session_n,
        pilot: file.pilot,
        simulated: file.simulated,
        sites: prepared.sites,
        trials: if file.items_at_desk { without_items(trials) } else { trials },
    };
    Ok(Part { file, study: prepared.study, spec, map: prepared.map })
}

/// The site of the first trial; the other kerb's, where there is one, follows from it.
fn site_in_force<'a>(file: &'a SessionFile, folder: &SessionFolder) -> Result<&'a SiteFile, Problem> {
    match file.sites.as_slice() {
        [site] | [site, _] => Ok(site),
        sites => {
            let what = format!("names {} sites; a session is at one, or at two with alternating sides", sites.len());
            Err(Problem::file(folder.shown("session.json"), what, MIRROR))
        }
    }
}

const MIRROR: &str = "restore it from a mirror or backup; `kerbside verify` tells more";

/// What session.json says of site and world is what study and map give: coordinates and replays hang on it.
fn agrees(file: &SessionFile, prepared: &Prepared, folder: &SessionFolder) -> Result<(), Problem> {
    let differs = if file.world == "embedded" && file.world_step_hz != Some(prepared.study.step_hz) {
        Some("world_step_hz")
    } else if file.session_n == 0 || file.plan_row == 0 {
        Some("session_n or plan_row")
    } else {
        sites_differ(&file.sites, prepared)
    };
    let Some(key) = differs else { return Ok(()) };
    let what = format!("{key} is not what study.toml and map.xodr give: one of the three was changed");
    Err(Problem::new(Place::file(folder.shown("session.json")).part(key), what, MIRROR))
}

/// The first key in which the sites differ from those that study and map give.
fn sites_differ(sites: &[SiteFile], prepared: &Prepared) -> Option<&'static str> {
    if sites.len() != prepared.sites.len() {
        return Some("sites");
    }
    let approach = &prepared.study.site.approach.value;
    sites.iter().zip(&prepared.sites).find_map(|(site, made)| site.differs(&SiteFile::of(made, approach)))
}

fn session_file(folder: &SessionFolder, at: &str) -> Outcome<SessionFile> {
    let file = format!("{at}session.json");
    let name = folder.shown(&file);
    // The format first: a newer file may hold what this version does not know.
    must_be_known(folder)?;
    let bytes = read::bytes(&folder.file(&file))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let place = Place::at(
            &name,
            u32::try_from(error.line()).unwrap_or(u32::MAX),
            u32::try_from(error.column()).unwrap_or(u32::MAX),
        );
        let what = format!("is not a session's description: {}", read::short(&error.to_string()));
        Problem::new(place, what, MIRROR).into()
    })
}

fn unchanged(folder: &SessionFolder, name: &str, sha256: &str) -> Result<Vec<u8>, Problem> {
    let bytes = read::bytes(&folder.file(name))?;
    if sha256_hex(&bytes) == sha256 {
        return Ok(bytes);
    }
    let what = "is not the file that session.json names: it was changed after the session";
    Err(Problem::file(folder.shown(name), what, MIRROR))
}

fn text(folder: &SessionFolder, name: &str, sha256: &str) -> Result<String, Problem> {
    String::from_utf8(unchanged(folder, name, sha256)?)
        .map_err(|_| Problem::file(folder.shown(name), "is not UTF-8 text", MIRROR))
}

impl LoadedSession {
    /// What was in force during an attempt.
    pub fn in_force(&self, trial_n: u32) -> InForce<'_> {
        let later = self.later.iter().rev().find(|part| part.file.from_trial_n <= trial_n);
        later.map_or_else(
            || InForce { file: &self.file, study: &self.study, spec: &self.spec, map: &self.map },
            |part| InForce { file: &part.file, study: &part.study, spec: &part.spec, map: &part.map },
        )
    }

    /// Every version of the study that was in force, in order.
    pub fn studies(&self) -> impl Iterator<Item = &Study> {
        std::iter::once(&self.study).chain(self.later.iter().map(|part| &part.study))
    }

    /// What was in force last.
    pub fn newest(&self) -> InForce<'_> {
        self.in_force(u32::MAX)
    }

    /// Reads the session's tables; every row belongs to a trial of `trials.csv`.
    pub fn rows(&self) -> Outcome<SessionRows> {
        let sealed = read::Sealed::of(&self.folder);
        let rows = SessionRows {
            trials: sealed.table()?,
            conditions: sealed.table()?,
            frames: sealed.table()?,
            vehicles: sealed.table()?,
            world: sealed.table()?,
            events: sealed.table()?,
            answers: sealed.table()?,
        };
        let mut belongs = Belongs::new(&self.folder, &rows.trials);
        belongs.rows(&rows.conditions, |row| (Some(row.trial_n), None));
        belongs.rows(&rows.frames, |row| (Some(row.trial_n), Some(row.frame_n)));
        belongs.rows(&rows.vehicles, |row| (Some(row.trial_n), Some(row.frame_n)));
        belongs.rows(&rows.world, |row| (Some(row.trial_n), None));
        belongs.rows(&rows.events, |row| (row.trial_n, Some(row.frame_n)));
        belongs.rows(&rows.answers, |row| (row.trial_n, None));
        belongs.whole(&rows.frames);
        belongs.check()?;
        Ok(rows)
    }

    /// A trial as it was set up.
    pub fn setup(&self, trial: &TrialRow) -> Outcome<Setup> {
        let wrong = |what: String| {
            let place = Place::file(self.folder.shown("trials.csv")).part(format!("trial {}", trial.trial_n));
            Problem::new(
                place,
                read::short(&what),
                "trials.csv does not belong to this session: `kerbside verify` tells more",
            )
        };
        if trial.participant.as_str() != self.file.participant || trial.session_n != self.file.session_n {
            let (code, n) = (&self.file.participant, self.file.session_n);
            let what = format!(
                "is of {}, session {}, but session.json is of {code}, session {n}",
                trial.participant, trial.session_n
            );
            return Err(wrong(what).into());
        }
        let in_force = self.in_force(trial.trial_n).spec;
        let spec = in_force.trials.iter().find(|spec| spec.plan_n == trial.plan_n);
        let spec = spec.ok_or_else(|| wrong(format!("position {} is not in the session's plan", trial.plan_n)))?;
        if (spec.kind, spec.cell_id.as_str(), spec.repetition_n)
            != (trial.kind, trial.cell_id.as_str(), trial.repetition_n)
        {
            let (cell, planned, n) = (&trial.cell_id, &spec.cell_id, trial.plan_n);
            let what = format!(
                "is of cell {cell}, but the plan that study, seed and participant give has {planned} at position {n}, or another repetition of it"
            );
            return Err(wrong(what).into());
        }
        Ok(in_force.setup(trial.trial_n, spec).map_err(|mut problem| {
            problem.place.file.get_or_insert_with(|| self.folder.shown("study.toml"));
            problem
        })?)
    }

    /// Every measure of every trial.
    pub fn measures(&self, rows: &SessionRows) -> Outcome<Vec<MeasureRow>> {
        let of_trial = |(line, trial): (u32, &TrialRow)| {
            let setup = self.setup(trial).map_err(|mut found| {
                for problem in &mut found.0 {
                    problem.place.line.get_or_insert(line);
                }
                found
            })?;
            Ok(measure(&setup, &rows.of(trial)))
        };
        (2..).zip(&rows.trials).map(of_trial).collect()
    }
}

impl SessionRows {
    /// The rows of one trial.
    pub fn of<'a>(&'a self, trial: &'a TrialRow) -> TrialRows<'a> {
        let n = trial.trial_n;
        TrialRows {
            trial,
            frames: of_trial(&self.frames, |row| row.trial_n, n),
            vehicles: of_trial(&self.vehicles, |row| row.trial_n, n),
            world: of_trial(&self.world, |row| row.trial_n, n),
            events: events(&self.events, n),
        }
    }
}

/// The rows of a trial in a table that is in order of trial.
fn of_trial<T>(rows: &[T], key: impl Fn(&T) -> u32, n: u32) -> &[T] {
    let from = rows.partition_point(|row| key(row) < n);
    let to = rows.partition_point(|row| key(row) <= n);
    rows.get(from..to).unwrap_or(&[])
}

/// A trial's events; between trials there may be others, of no trial.
fn events(rows: &[EventRow], n: u32) -> &[EventRow] {
    let of_trial = |row: &EventRow| row.trial_n == Some(n);
    match (rows.iter().position(of_trial), rows.iter().rposition(of_trial)) {
        (Some(from), Some(to)) => rows.get(from..=to).unwrap_or(&[]),
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::prepare;
    use super::*;
    use crate::kernel::seams::Description;
    use crate::map::{DEFAULT_MAP, DEFAULT_MAP_NAME};

    #[test]
    fn session_json_must_name_the_sites_that_study_and_map_give() {
        let text = include_str!("../../experiments/hiker.toml");
        let mut study = study::read("hiker.toml", text).unwrap().0;
        study.room.alternate_sides = true;
        let map = DEFAULT_MAP.as_bytes().to_vec();
        let prepared = prepare::with_map(study, text, DEFAULT_MAP_NAME, map, 1, Vec::new()).unwrap();
        let world = Description { kind: "embedded".into(), ..Description::default() };
        let file = SessionFile::new(&prepared, &Description::default(), &world);
        let ids: Vec<&str> = file.sites.iter().map(|site| site.site_id.as_str()).collect();
        assert_eq!(ids, ["right", "left"]);
        let folder = SessionFolder("s".into());
        agrees(&file, &prepared, &folder).unwrap();
        assert_eq!(site_in_force(&file, &folder).unwrap().site_id, "right");
        let with = |change: fn(&mut Vec<SiteFile>)| {
            let mut file = file.clone();
            change(&mut file.sites);
            file
        };
        let wrong = |file: &SessionFile| agrees(file, &prepared, &folder).unwrap_err().place.to_string();
        assert!(wrong(&with(|sites| sites.truncate(1))).contains("sites"));
        assert!(wrong(&with(|sites| sites.reverse())).contains("site_id"));
        assert!(wrong(&with(|sites| sites[1].heading_map_rad += 0.01)).contains("heading_map_rad"));
        let three = with(|sites| sites.push(sites[0].clone()));
        assert!(site_in_force(&three, &folder).is_err());
        assert!(site_in_force(&with(Vec::clear), &folder).is_err());
    }
}
