//! `kerbside export`: a pack of a study's data for others.

use super::args::Export;
use super::say;
use crate::lab::{self, Exported, Wish};
use crate::problem::{Outcome, Problem};
use crate::record::folder::DataFolder;
use serde_json::json;

/// Makes a pack and says what is in it.
pub fn export(args: &Export) -> Outcome<()> {
    let wish = Wish {
        out: &args.out,
        authors: &args.author,
        licence: args.licence.as_deref(),
        title: args.title.as_deref(),
        plan: args.plan.as_deref(),
        lock: args.lock.as_deref(),
        frames: args.frames,
        free_text: args.text,
        parquet: args.parquet,
        leave_out: &args.leave_out,
        key: args.key.as_deref(),
    };
    let bar = say::progress("reading", 0);
    let exported = lab::export(&DataFolder(args.dir.clone()), &wish, &|done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let exported = exported?;
    Ok(if args.json { print_json(args, &exported) } else { print_words(args, &exported) }?)
}

fn print_json(args: &Export, exported: &Exported) -> Result<(), Problem> {
    let files: Vec<_> = exported.files.iter().map(|(file, bytes)| json!({ "file": file, "bytes": bytes })).collect();
    say::line(format!(
        "{:#}",
        json!({
            "pack": args.out, "files": files, "participants": exported.participants, "trials": exported.trials,
            "withdrawn": exported.withdrawn, "simulated": exported.simulated, "notes": exported.notes,
        })
    ))
}

fn print_words(args: &Export, exported: &Exported) -> Result<(), Problem> {
    let (people, trials) = (say::count(exported.participants, "participant"), say::count(exported.trials, "trial"));
    say::line(format!("{trials} of {people} exported to {}", args.out.display()))?;
    say::line("")?;
    for (file, bytes) in &exported.files {
        say::line(format!("  {file:<26}{:>9}", say::size(*bytes)))?;
    }
    say::line("")?;
    if exported.withdrawn > 0 {
        say::line(format!("left out: {} who withdrew", say::count(exported.withdrawn, "participant")))?;
    }
    if exported.simulated {
        say::line("note: some or all participants are SIMULATED (column simulated)")?;
    }
    exported.notes.iter().try_for_each(|note| say::line(format!("note: {note}")))?;
    say::line("whole? (cd there) sha256sum -c SHA256SUMS")
}
