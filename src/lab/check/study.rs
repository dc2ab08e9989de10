//! The study, and whether it belongs to the data folder.

use super::{Finding, Planned};
use crate::lab::attend::must_be_this_study;
use crate::lab::prepare::Prepared;

pub(super) fn look(planned: &Planned<'_>) -> Vec<Finding> {
    match planned.study {
        None => vec![Finding::ok("study", "none named: give its file to have it looked at")],
        Some(Err(problems)) => Finding::all_wrong("study", problems),
        Some(Ok(prepared)) => read(prepared, planned),
    }
}

fn read(prepared: &Prepared, planned: &Planned<'_>) -> Vec<Finding> {
    let study = &prepared.study;
    let (trials, sessions) = (study.trial_count(), study.sessions.number);
    let words = format!("{}: {trials} trials a session, {sessions} session(s), map {}", study.name, prepared.map_name);
    let mut found = vec![Finding::ok("study", words)];
    found.extend(prepared.warnings.iter().map(|warning| Finding::of("study", super::Verdict::Warn, warning)));
    if let Err(problems) = must_be_this_study(prepared, planned.data, None) {
        found.extend(Finding::all_wrong("study", &problems));
    }
    found
}
