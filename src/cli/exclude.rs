//! `kerbside exclude`: leaves data out of the analysis by hand, with a reason; nothing is deleted.

use super::args::Exclude;
use super::say;
use crate::lab::{Exclusion, exclude as enter};
use crate::problem::Outcome;
use crate::record::folder::DataFolder;

/// Enters an exclusion, or takes one back.
pub fn exclude(args: &Exclude) -> Outcome<()> {
    let data = DataFolder(args.data.clone());
    let what = Exclusion {
        participant: args.code.clone(),
        session_n: args.session,
        trial_n: args.trial,
        reason: args.reason.clone(),
        undo: args.undo,
    };
    let row = enter(&data, &what)?;
    let session = row.session_n.map(|n| format!(" session {n}")).unwrap_or_default();
    let trial = row.trial_n.map(|n| format!(" trial {n}")).unwrap_or_default();
    let said = if row.excluded { "is left out" } else { "is no longer left out by hand" };
    say::line(format!("{}{session}{trial} {said}: row {} of exclusions.csv", row.participant, row.entry_n))?;
    say::line(format!("now run: kerbside collect {}", args.data.display()))?;
    Ok(())
}
