//! Runs a session live: devices, record, seal after seal.

use super::prepare::Prepared;
use super::session_file::{EnvironmentFile, SessionFile, json};
use crate::headset::{Pacing, Scripted, Simulated};
use crate::kernel::script::Script;
use crate::kernel::seams::{Headset, World};
use crate::problem::{Outcome, Problem};
use crate::record::folder::DataFolder;
use crate::record::{Head, Recorder};
use crate::session::{Attempt, Session, SessionSpec};
use crate::study::Whose;
use crate::world::Embedded;
use std::sync::Arc;

/// Who is behind the headset.
#[derive(Debug, Clone, PartialEq)]
pub enum HeadsetChoice {
    /// The simulated participant of the study.
    Simulated,
    /// A script, with its text for the record.
    Scripted(Script, String),
}

/// Which session this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Participant's code.
    pub participant: String,
    /// Row of the plan, from 1.
    pub plan_row: u32,
    /// Session, from 1.
    pub session_n: u32,
    /// Whether this is a pilot.
    pub pilot: bool,
}

/// A session that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// Trials sealed.
    pub trials: usize,
    /// Head of its chain.
    pub head: Head,
    /// What cut it short.
    pub broken: Option<Problem>,
}

/// Runs a session to its end; each trial is sealed before the next begins.
pub fn run_session(
    prepared: &Prepared,
    who: &Who,
    choice: &HeadsetChoice,
    pacing: Pacing,
    data: &DataFolder,
    sealed: &mut dyn FnMut(&Head),
) -> Outcome<Done> {
    let study = &prepared.study;
    let whose = Whose { participant: &who.participant, plan_row: who.plan_row, session_n: who.session_n };
    let trials = study.plan(whose, prepared.seed, &prepared.sites)?;
    let mut headset: Box<dyn Headset> = match choice {
        HeadsetChoice::Simulated => {
            Box::new(Simulated::new(&study.simulated, prepared.seed, &who.participant, study.display_hz, pacing))
        }
        HeadsetChoice::Scripted(script, _) => Box::new(Scripted::new(script.clone(), study.display_hz, pacing)),
    };
    let mut world = Embedded::new(study.step_hz);
    let (seen, made) = (headset.describe(), world.describe());
    let file = SessionFile {
        participant: who.participant.clone(),
        session_n: who.session_n,
        plan_row: who.plan_row,
        pilot: who.pilot,
        pacing: if pacing == Pacing::Lockstep { "lockstep" } else { "realtime" }.to_owned(),
        trials_planned: trials.len(),
        ..SessionFile::new(prepared, &seen, &made)
    };
    let spec = SessionSpec {
        participant: who.participant.clone(),
        session_n: who.session_n,
        pilot: who.pilot,
        simulated: seen.simulated,
        sites: prepared.sites.clone(),
        trials: trials.into_iter().map(Arc::new).collect(),
    };
    let mut statics = vec![
        ("session.json", json(&file)),
        ("environment.json", json(&EnvironmentFile::now(&seen, &made))),
        ("study.toml", prepared.study_text.clone().into_bytes()),
        ("map.xodr", prepared.map_bytes.clone()),
    ];
    if let HeadsetChoice::Scripted(_, text) = choice {
        statics.push(("script.txt", text.clone().into_bytes()));
    }
    let folder = data.session(&who.participant, who.session_n);
    let (mut recorder, _) = Recorder::create(&folder, &statics, pacing)?;
    let mut session = Session::new(&spec, headset.as_mut(), &mut world);
    let mut broken = None;
    for trial in &spec.trials {
        let (row, fault) = session.attempt(trial, &Attempt::FIRST, &mut recorder, &mut |_| false)?;
        sealed(&recorder.seal(Some(row.trial_n))?);
        broken = fault;
        if broken.is_some() {
            break;
        }
    }
    let done = session.progress().trials;
    session.shut_down();
    let head = recorder.finish()?;
    Ok(Done { trials: usize::try_from(done).unwrap_or(0), head, broken })
}
