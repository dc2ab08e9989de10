//! A session's folder read back: what was run, ready to be replayed or measured.

use super::prepare::with_map;
use super::session_file::SessionFile;
use crate::kernel::setup::Setup;
use crate::measures::{TrialRows, measure};
use crate::problem::{Outcome, Place, Problem};
use crate::record::folder::{FORMAT, SessionFolder};
use crate::record::{read, sha256_hex};
use crate::session::SessionSpec;
use crate::study::{self, Placed, Study};
use crate::table::{ConditionRow, EventRow, FrameRow, MeasureRow, TrialRow, VehicleRow, WorldRow};
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
}

/// Reads what was run and makes the plan again.
pub fn load(folder: &SessionFolder) -> Outcome<LoadedSession> {
    let file = session_file(folder)?;
    let study_name = folder.shown("study.toml");
    let study_text = text(folder, "study.toml", &file.study_sha256)?;
    let map_bytes = unchanged(folder, "map.xodr", &file.map_sha256)?;
    let (mut study, _) = study::read(&study_name, &study_text)?;
    if let Some(site) = file.sites.first() {
        // The place in force, which the command line may have chosen.
        study.site.crosswalk =
            Some(Placed { value: site.crosswalk.clone(), place: Place::file(folder.shown("session.json")) });
        study.site.approach.value = match &site.approach {
            Some(id) => study::ApproachChoice::Id(id.clone()),
            None => study::ApproachChoice::NearestKerb,
        };
    }
    let map_name = folder.shown("map.xodr");
    let prepared = with_map(study, &study_text, &map_name, map_bytes, file.seed, Vec::new())?;
    let trials = prepared.study.plan(&file.participant, file.plan_row, file.seed, &prepared.site)?;
    Ok(LoadedSession {
        folder: folder.clone(),
        spec: SessionSpec {
            participant: file.participant.clone(),
            session_n: file.session_n,
            pilot: file.pilot,
            simulated: file.simulated,
            site: prepared.site,
            trials: trials.into_iter().map(Arc::new).collect(),
        },
        study: prepared.study,
        file,
    })
}

fn session_file(folder: &SessionFolder) -> Outcome<SessionFile> {
    let name = folder.shown("session.json");
    let bytes = read::bytes(&folder.file("session.json"))?;
    // The format first: a newer file may hold what this version does not know.
    let format = serde_json::from_slice::<serde_json::Value>(&bytes).ok().and_then(|v| v.get("format")?.as_u64());
    if format.is_some_and(|format| format > u64::from(FORMAT)) {
        let what = format!("has format {}, this version reads up to {FORMAT}", format.unwrap_or(0));
        return Err(Problem::file(name, what, "use the version of kerbside that recorded it, or a newer one").into());
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        let place = Place::at(
            &name,
            u32::try_from(error.line()).unwrap_or(u32::MAX),
            u32::try_from(error.column()).unwrap_or(u32::MAX),
        );
        Problem::new(place, format!("is not a session's description: {error}"), "restore it from a mirror or backup")
            .into()
    })
}

fn unchanged(folder: &SessionFolder, name: &str, sha256: &str) -> Result<Vec<u8>, Problem> {
    let bytes = read::bytes(&folder.file(name))?;
    if sha256_hex(&bytes) == sha256 {
        return Ok(bytes);
    }
    let what = "is not the file that session.json names: it was changed after the session";
    Err(Problem::file(folder.shown(name), what, "restore it from a mirror or backup; `kerbside verify` tells more"))
}

fn text(folder: &SessionFolder, name: &str, sha256: &str) -> Result<String, Problem> {
    String::from_utf8(unchanged(folder, name, sha256)?)
        .map_err(|_| Problem::file(folder.shown(name), "is not UTF-8 text", "restore it from a mirror or backup"))
}

impl LoadedSession {
    /// Reads the session's tables.
    pub fn rows(&self) -> Outcome<SessionRows> {
        Ok(SessionRows {
            trials: read::table(&self.folder)?,
            conditions: read::table(&self.folder)?,
            frames: read::table(&self.folder)?,
            vehicles: read::table(&self.folder)?,
            world: read::table(&self.folder)?,
            events: read::table(&self.folder)?,
        })
    }

    /// A trial as it was set up.
    pub fn setup(&self, trial: &TrialRow) -> Outcome<Setup> {
        let spec = self.spec.trials.iter().find(|spec| spec.plan_n == trial.plan_n).ok_or_else(|| {
            let place = Place::file(self.folder.shown("trials.csv")).part(format!("trial {}", trial.trial_n));
            let what = format!("position {} is not in the session's plan", trial.plan_n);
            Problem::new(place, what, "trials.csv does not belong to this study.toml: `kerbside verify` tells more")
        })?;
        Ok(Setup::new(trial.trial_n, Arc::clone(&self.spec.site), Arc::clone(spec))?)
    }

    /// Every measure of every trial.
    pub fn measures(&self, rows: &SessionRows) -> Outcome<Vec<MeasureRow>> {
        rows.trials.iter().map(|trial| Ok(measure(&self.setup(trial)?, &rows.of(trial)))).collect()
    }
}

impl SessionRows {
    /// The rows of one trial.
    pub fn of<'a>(&'a self, trial: &'a TrialRow) -> TrialRows<'a> {
        let n = trial.trial_n;
        TrialRows {
            trial,
            frames: part(&self.frames, |row| row.trial_n, n),
            vehicles: part(&self.vehicles, |row| row.trial_n, n),
            world: part(&self.world, |row| row.trial_n, n),
            events: part(&self.events, |row| row.trial_n.unwrap_or(0), n),
        }
    }
}

/// The rows of a trial in a table that is in order of trial.
fn part<T>(rows: &[T], key: impl Fn(&T) -> u32, n: u32) -> &[T] {
    let from = rows.partition_point(|row| key(row) < n);
    let to = rows.partition_point(|row| key(row) <= n);
    rows.get(from..to).unwrap_or(&[])
}
