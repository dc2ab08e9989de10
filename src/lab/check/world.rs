//! The world: the embedded one is there; a CARLA server is run through every call that a study needs.

use super::{Finding, Planned, Verdict};
use crate::headset::Pacing;
use crate::kernel::setup::Setup;
use crate::lab::order::WorldChoice;
use crate::lab::prepare::Prepared;
use crate::lab::worlds::choices;
use crate::problem::{Outcome, Problem};
use crate::study::Whose;
use crate::world::carla::{Choices, OwnClient, Server, Tried, first_contact};
use std::sync::Arc;

pub(super) fn look(planned: &Planned<'_>) -> Vec<Finding> {
    let WorldChoice::Carla { host, port } = planned.world else {
        return vec![Finding::ok("world", format!("embedded, version {}", env!("CARGO_PKG_VERSION")))];
    };
    match OwnClient::connect(host, *port) {
        Ok(mut server) => contact(&mut server, planned),
        Err(problem) => vec![Finding::wrong("world", &problem)],
    }
}

fn contact(server: &mut dyn Server, planned: &Planned<'_>) -> Vec<Finding> {
    let study = planned.study.and_then(|study| study.as_ref().ok());
    let (choices, setup) = match study.map(first_trial).transpose() {
        Ok(Some((choices, setup))) => (choices, Some(setup)),
        Ok(None) => (Choices::without_study(), None),
        Err(problems) => {
            server.leave();
            return Finding::all_wrong("world", &problems);
        }
    };
    let (tried, stopped) = first_contact(server, &choices, setup.as_ref());
    let mut found: Vec<Finding> = tried.into_iter().map(finding).collect();
    found.extend(stopped.map(|problem: Problem| Finding::wrong("world", &problem)));
    found
}

fn finding(tried: Tried) -> Finding {
    let verdict = if tried.doubt.is_some() { Verdict::Warn } else { Verdict::Ok };
    Finding { part: "world", verdict, found: tried.found, cure: tried.doubt.unwrap_or_default() }
}

/// The first trial of the study's plan.
fn first_trial(prepared: &Prepared) -> Outcome<(Choices, Setup)> {
    let whose = Whose { participant: "", plan_row: 1, session_n: 1 };
    let trials = prepared.study.plan(whose, prepared.seed, &prepared.sites)?;
    let found = trials.into_iter().next().and_then(|trial| Some((prepared.sites.get(trial.site)?, trial)));
    let (site, trial) = found.ok_or_else(|| {
        Problem::new(Default::default(), "the study plans no trial", "give it at least one block with one trial")
    })?;
    let choices = choices(prepared, Pacing::Realtime, &prepared.study.name)?;
    Ok((choices, Setup::new(1, Arc::clone(site), Arc::new(trial))?))
}
