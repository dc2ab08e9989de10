//! Participants come and go: codes, rows of the plan, groups.

use super::attend::must_be_this_study;
use super::prepare::Prepared;
use crate::kernel::rng::Rng;
use crate::problem::{Outcome, Place, Problem};
use crate::record::folder::DataFolder;
use crate::record::register::{self, Changed, Enrolled};
use crate::study::{check_code, participant_code};
use crate::table::RegisterRow;

/// Enrols one participant: a code of Kerbside's own, or `code` where the study gives a pattern.
pub fn enrol(prepared: &Prepared, data: &DataFolder, code: Option<&str>, group: Option<&str>) -> Outcome<Enrolled> {
    must_be_this_study(prepared, data, None)?;
    let study = &prepared.study;
    let pattern = study.code_pattern.as_deref();
    if let Some(group) = group {
        known_group(prepared, group)?;
    }
    match (code, pattern) {
        (Some(code), Some(_)) => check_code(code, pattern).map_err(|what| {
            Problem::new(Place::default().part("--code"), what, "write it as the study's code_pattern says")
        })?,
        (Some(_), None) => {
            let what = "the study has no code_pattern: Kerbside makes the codes";
            return Err(Problem::new(Place::default().part("--code"), what, "leave --code out").into());
        }
        (None, Some(pattern)) => {
            let what = format!("the study's codes have the form {pattern}");
            return Err(Problem::new(Place::default(), what, "give one with --code CODE").into());
        }
        (None, None) => {}
    }
    let mut fresh = |rows: &[RegisterRow]| Ok(code.map_or_else(|| fresh_code(rows), str::to_owned));
    register::enrol(data, &mut fresh, &|row| study.group_of(row, prepared.seed), group)
}

/// The group must be one that the study has.
fn known_group(prepared: &Prepared, group: &str) -> Result<(), Problem> {
    let groups = prepared.study.group_names();
    if groups.iter().any(|known| known == group) {
        return Ok(());
    }
    let cure = if groups.is_empty() { "leave --group out".to_owned() } else { format!("give one of: {}", groups.join(", ")) };
    Err(Problem::new(Place::default().part("--group"), format!("the study has no group '{group}'"), cure))
}

/// A code that nobody has: drawn from the time of day.
fn fresh_code(rows: &[RegisterRow]) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let mut rng = Rng::named(&["code", &now.to_string(), &std::process::id().to_string()]);
    loop {
        let code = participant_code(|of| rng.below(of));
        if rows.iter().all(|row| row.participant.as_str() != code) {
            return code;
        }
    }
}

/// A participant drops out, or withdraws consent.
pub fn drop_out(data: &DataFolder, code: &str, reason: &str, withdrawn: bool) -> Outcome<Changed> {
    if reason.trim().is_empty() {
        let what = "no reason is given";
        return Err(Problem::new(Place::default().part("--reason"), what, "say why, in a few words").into());
    }
    let state = if withdrawn { "withdrawn" } else { "dropped" };
    register::drop_out(data, code, state, reason)
}
