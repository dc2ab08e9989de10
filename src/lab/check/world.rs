//! The world: the embedded one is there; a CARLA server is run through every call that a study needs.

use super::{Finding, Planned, Verdict};
use crate::headset::Pacing;
use crate::kernel::setup::Setup;
use crate::lab::devices::first_trial;
use crate::lab::prepare::Prepared;
use crate::lab::worlds::{choices, server};
use crate::problem::{Outcome, Problem};
use crate::study::Whose;
use crate::world::carla::{Choices, Server, Tried, first_contact};

pub(super) fn look(planned: &Planned<'_>) -> Vec<Finding> {
    match server(planned.world) {
        Ok(None) => vec![Finding::ok("world", format!("embedded, version {}", env!("CARGO_PKG_VERSION")))],
        Ok(Some(mut server)) => contact(server.as_mut(), planned),
        Err(problem) => vec![Finding::wrong("world", &problem)],
    }
}

fn contact(server: &mut dyn Server, planned: &Planned<'_>) -> Vec<Finding> {
    let played = match planned.study {
        None => Err("name a study: only then a trial can be tried"),
        // What is wrong with it stands among the findings already.
        Some(Err(_)) => Err("mend the study: only then a trial can be tried"),
        Some(Ok(prepared)) => Ok(prepared),
    };
    let (choices, setup) = match played.map(first) {
        Ok(Ok((choices, setup))) => (choices, Ok(setup)),
        Ok(Err(problems)) => {
            server.leave();
            return Finding::all_wrong("world", &problems);
        }
        Err(cure) => (Choices::without_study(), Err(cure)),
    };
    let (tried, stopped) = first_contact(server, &choices, setup.as_ref().map_err(|cure| *cure));
    let mut found: Vec<Finding> = tried.into_iter().map(finding).collect();
    found.extend(stopped.map(|problem: Problem| Finding::wrong("world", &problem)));
    found
}

fn finding(tried: Tried) -> Finding {
    let verdict = if tried.doubt.is_some() { Verdict::Warn } else { Verdict::Ok };
    Finding { part: "world", verdict, found: tried.found, cure: tried.doubt.unwrap_or_default() }
}

/// The first trial of the study's plan, and how it is played.
fn first(prepared: &Prepared) -> Outcome<(Choices, Setup)> {
    let setup = first_trial(prepared, Whose { participant: "", plan_row: 1, session_n: 1 })?;
    Ok((choices(prepared, Pacing::Realtime, &prepared.study.name)?, setup))
}
