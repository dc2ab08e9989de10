//! Participants come and go: codes, rows of the plan, groups.

use super::attend::must_be_of_this_name;
use super::prepare::Prepared;
use crate::kernel::rng::Rng;
use crate::problem::{Outcome, Place, Problem};
use crate::record::folder::DataFolder;
use crate::record::register::{self, Changed, Enrolled};
use crate::table::RegisterRow;
use std::collections::BTreeSet;

/// Enrols one participant under a fresh code, or under `code` where the study says what codes look like.
pub fn enrol(prepared: &Prepared, data: &DataFolder, code: Option<&str>, group: Option<&str>) -> Outcome<Enrolled> {
    must_be_of_this_name(prepared, data)?;
    let study = &prepared.study;
    if let Some(group) = group {
        known_group(prepared, group)?;
    }
    if let Some(code) = code {
        own_code(prepared, code)?;
    }
    let mut fresh = |rows: &[RegisterRow]| code.map_or_else(|| fresh_code(prepared, rows), |code| Ok(code.to_owned()));
    let group_of = |row| study.group_name(row, prepared.seed).unwrap_or_default();
    register::enrol(data, &mut fresh, &group_of, group)
}

/// A laboratory's own code is taken only where the study says what such codes look like.
fn own_code(prepared: &Prepared, code: &str) -> Result<(), Problem> {
    let wrong = |what: String, cure: &str| Problem::new(Place::default().part("--code"), what, cure);
    if prepared.study.code_pattern.is_none() {
        return Err(wrong("the study has no code_pattern: Kerbside makes the codes".into(), "leave --code out"));
    }
    prepared.study.check_code(code).map_err(|what| wrong(what, "write it as the study's code_pattern says"))
}

/// The group must be one that the study has.
fn known_group(prepared: &Prepared, group: &str) -> Result<(), Problem> {
    let study = &prepared.study;
    let round = u32::try_from(study.group_count()).unwrap_or(1);
    let groups: BTreeSet<String> = (1..=round).filter_map(|row| study.group_name(row, prepared.seed)).collect();
    if groups.contains(group) {
        return Ok(());
    }
    let known: Vec<&str> = groups.iter().map(String::as_str).collect();
    let cure =
        if known.is_empty() { "leave --group out".to_owned() } else { format!("give one of: {}", known.join(", ")) };
    Err(Problem::new(Place::default().part("--group"), format!("the study has no group '{group}'"), cure))
}

/// A code that nobody has: drawn from the time of day.
fn fresh_code(prepared: &Prepared, rows: &[RegisterRow]) -> Outcome<String> {
    /// A study's own form may have few codes; past so many draws they are taken to be used up.
    const TRIES: usize = 100_000;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let mut rng = Rng::named(&["code", &now.to_string(), &std::process::id().to_string()]);
    let taken: BTreeSet<&str> = rows.iter().map(|row| row.participant.as_str()).collect();
    let mut codes = (0..TRIES).map(|_| prepared.study.draw_code(|of| rng.below(of)));
    codes.find(|code| !taken.contains(code.as_str())).ok_or_else(|| {
        Problem::new(Place::default(), "no code of the study's form is left", "lengthen code_pattern").into()
    })
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
