//! The headset of a session, made as ordered; and the booth that belongs to it.

use super::order::{HeadsetChoice, OpenXrChoice, Order};
use super::prepare::Prepared;
use crate::desk::Booth;
use crate::headset::{Scripted, Simulated};
use crate::kernel::seams::Headset;
use crate::kernel::setup::Setup;
use crate::map;
use crate::models::{Street, Streets};
use crate::problem::{Outcome, Place, Problem};
use crate::study::{Answering, Whose};
use crate::window::{self, Watched};
use crate::xr;
use std::sync::Arc;

/// What a participant stands before.
pub struct Devices {
    /// Where poses come from and pictures go.
    pub headset: Box<dyn Headset>,
    /// The same device between trials, where a person is in it.
    pub booth: Option<Box<dyn Booth>>,
}

/// Opens the headset that was ordered.
pub fn devices(order: &Order<'_>) -> Outcome<Devices> {
    let (study, who) = (&order.prepared.study, order.who);
    let headset: Box<dyn Headset> = match order.headset {
        HeadsetChoice::Simulated => {
            let (people, seed) = (&study.simulated, order.prepared.seed);
            let person = Simulated::new(people, seed, &who.participant, study.display_hz, order.pacing);
            Box::new(person.in_session(who.session_n))
        }
        HeadsetChoice::Scripted(script, _) => Box::new(Scripted::new(script.clone(), study.display_hz, order.pacing)),
        HeadsetChoice::OpenXr(choice) => {
            let sound = sound(order)?;
            let (headset, booth) = xr::open(wanted(order, *choice, None)?)?;
            return Ok(Devices { headset: watched(order, sound(headset))?, booth: Some(booth) });
        }
        HeadsetChoice::Window => return window(order),
    };
    Ok(Devices { headset: watched(order, headset)?, booth: None })
}

/// The headset, and a window beside it where one was ordered.
fn watched(order: &Order<'_>, headset: Box<dyn Headset>) -> Outcome<Box<dyn Headset>> {
    if !order.spectator {
        return Ok(headset);
    }
    let study = &order.prepared.study;
    Ok(Box::new(Watched::open(headset, &study.name, &study.scene, streets(order)?)?))
}

/// A window as the headset.
fn window(order: &Order<'_>) -> Outcome<Devices> {
    let (study, sound) = (&order.prepared.study, sound(order)?);
    let wanted = window::Wanted {
        title: study.name.clone(),
        rate_hz: study.display_hz,
        scenery: study.scene.clone(),
        answering: study.answering,
        language: study.spoken().to_owned(),
        streets: streets(order)?,
        first: first(order)?,
        interrupted: order.interrupted,
    };
    let (headset, booth) = window::open(wanted)?;
    Ok(Devices { headset: sound(headset), booth: Some(booth) })
}

/// Puts sound beside a headset that a person wears, where the study wants it; what is simulated hears nothing. The sound
/// card is opened first: a session whose sound is missing does not begin, and nobody puts a headset on for it.
fn sound(order: &Order<'_>) -> Result<impl FnOnce(Box<dyn Headset>) -> Box<dyn Headset>, Problem> {
    let output = if order.prepared.study.scene.sound { Some(sound_card()?) } else { None };
    Ok(move |headset| match output {
        Some(output) => heard(headset, output),
        None => headset,
    })
}

#[cfg(feature = "sound")]
fn sound_card() -> Result<crate::sound::Output, Problem> {
    crate::sound::Output::open()
}

#[cfg(feature = "sound")]
fn heard(headset: Box<dyn Headset>, output: crate::sound::Output) -> Box<dyn Headset> {
    Box::new(crate::sound::Heard::new(headset, output))
}

#[cfg(not(feature = "sound"))]
fn sound_card() -> Result<std::convert::Infallible, Problem> {
    let what = "the study wants sound, and this kerbside was built without it";
    let cure = "build it with `cargo build --release --features sound` (docs/headsets.md), or take `sound` out of the \
                study";
    Err(Problem::new(Place::default().part("[scene] sound"), what, cure))
}

#[cfg(not(feature = "sound"))]
fn heard(_: Box<dyn Headset>, output: std::convert::Infallible) -> Box<dyn Headset> {
    match output {}
}

/// What would play, where a study wants sound; the card is opened for a moment.
pub(super) fn sound_probe() -> Result<String, Problem> {
    #[cfg(feature = "sound")]
    return crate::sound::probe();
    #[cfg(not(feature = "sound"))]
    sound_card().map(|card| match card {})
}

/// The street of each site.
fn streets(order: &Order<'_>) -> Outcome<Streets> {
    let prepared = order.prepared;
    let map = map::read_bytes(&prepared.map_name, &prepared.map_bytes)?;
    let street = |site| Arc::new(Street::new(&map, site, &prepared.study.scene));
    Ok(prepared.sites.iter().map(|site| (site.id.clone(), street(site))).collect())
}

/// The first trial of the plan: its street is seen before any trial begins.
fn first(order: &Order<'_>) -> Outcome<Setup> {
    let who = order.who;
    let whose = Whose { participant: &who.participant, plan_row: who.plan_row, session_n: who.session_n };
    first_trial(order.prepared, whose)
}

/// The first trial of somebody's plan, made ready.
pub(super) fn first_trial(prepared: &Prepared, whose: Whose<'_>) -> Outcome<Setup> {
    let trial = prepared.study.plan(whose, prepared.seed, &prepared.sites)?.into_iter().next();
    let found = trial.and_then(|trial| Some((prepared.sites.get(trial.site)?, prepared.sites.first()?, trial)));
    let (site, first_site, trial) = found.ok_or_else(|| {
        let what = "the study plans no trial";
        Problem::new(Place::default(), what, "give it at least one block with one trial")
    })?;
    Ok(Setup::new(1, Arc::clone(site), Arc::new(trial))?.in_session_at(first_site))
}

/// What a study asks of a headset; `loader` where something stands between the program and the runtime.
pub fn wanted(order: &Order<'_>, choice: OpenXrChoice, loader: Option<xr::Entry>) -> Outcome<xr::Wanted> {
    let study = &order.prepared.study;
    Ok(xr::Wanted {
        simulated_ok: choice.simulated_ok,
        rate_hz: study.display_hz,
        calibrate: choice.calibrate,
        floor: choice.floor,
        resolution: choice.resolution,
        scenery: study.scene.clone(),
        answering: Answering { gaze: choice.gaze.unwrap_or(study.answering.gaze), ..study.answering },
        streets: streets(order)?,
        first: first(order)?,
        room_depth_m: study.room.depth_m,
        language: study.spoken().to_owned(),
        tell: |text| eprintln!("{text}"),
        interrupted: order.interrupted,
        loader,
    })
}
