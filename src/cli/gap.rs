//! `kerbside gap`: the same measures at a real and a virtual crosswalk, and the difference between them.

use super::args::GapArgs;
use super::say;
use crate::analysis::plan::KeptOut;
use crate::analysis::write::sentence;
use crate::lab::{Comparison, compare};
use crate::problem::Outcome;
use serde_json::json;

/// Compares two data sets by a plan.
pub fn gap(args: &GapArgs) -> Outcome<()> {
    let keep = args.keep.iter().filter_map(|word| KeptOut::from_word(word)).collect();
    let bar = say::progress("reading", 0);
    let compared = compare(&Comparison { plan: args.plan.clone(), out: args.out.clone(), keep }, &|done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let compared = compared?;
    let gap = &compared.gap;
    if args.json {
        let all = json!({ "out": compared.out, "files": compared.files, "notes": compared.notes, "gap": gap });
        say::line(format!("{all:#}"))?;
        return Ok(());
    }
    if gap.simulated {
        say::line("SIMULATED participants are in these numbers: they say nothing about people.")?;
    }
    for measure in &gap.measures {
        for test in std::iter::once(&measure.difference).chain(&measure.equivalence) {
            say::line(sentence(&measure.label, test, gap.alpha))?;
        }
        if measure.alone != (0, 0) {
            let (real, virt) = measure.alone;
            say::line(format!("  note: in one source only, so in no pair: {real} real, {virt} virtual"))?;
        }
        measure.notes.iter().try_for_each(|note| say::line(format!("  note: {note}")))?;
    }
    compared.notes.iter().try_for_each(|note| say::line(format!("note: {note}")))?;
    say::line("")?;
    say::line(format!("written to {}: {}", compared.out.display(), compared.files.join(", ")))?;
    say::line(format!("the same numbers by R: Rscript {}", compared.out.join("gap.R").display()))?;
    Ok(())
}
