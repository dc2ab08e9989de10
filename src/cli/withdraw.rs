//! `kerbside withdraw`: a participant's data go.

use super::args::Withdraw;
use super::say;
use crate::lab::{self, Found, Removed, Sought};
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::record::folder::DataFolder;
use crate::record::storage::Disk;
use serde_json::json;
use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

/// Says what there is, asks, and removes it.
pub fn withdraw(args: &Withdraw) -> Outcome<()> {
    let data = DataFolder(args.dir.clone());
    let sought = Sought {
        data: &data,
        code: &args.participant,
        mirrors: &args.mirror,
        packs: &args.pack,
        key: args.key.as_deref(),
    };
    let found = lab::find(&sought)?;
    if found.is_nothing() {
        return Ok(say_done_before(args, &found)?);
    }
    if !args.json {
        say_found(&found)?;
    }
    if !args.yes && !agreed(&found)? {
        let what = "nothing was removed";
        let cure = "give the same command with --yes to remove all this for good";
        return Err(Problem::new(Place::default(), what, cure).into());
    }
    let removed = lab::remove(&Disk, &found, &args.reason)?;
    say_removed(args, &found, &removed)?;
    removed.failed.check()
}

/// Only a person at a terminal is asked.
fn agreed(found: &Found) -> Result<bool, Problem> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    let _ = write!(std::io::stderr(), "Type the code to remove all this for good: ");
    let mut typed = String::new();
    let read = std::io::stdin().lock().read_line(&mut typed);
    read.map_err(|e| {
        Problem::new(Place::default().part("standard input"), format!("cannot be read: {e}"), "use --yes")
    })?;
    Ok(typed.trim() == found.person.code)
}

fn say_found(found: &Found) -> Result<(), Problem> {
    let (files, bytes) = found.size();
    say::line(format!("Of {} there are {}, {}:", found.person.code, say::count(files, "file"), say::size(bytes)))?;
    for home in &found.homes {
        for session in home.sessions.iter().chain(&home.set_aside) {
            say::line(format!("  {}   removed", session.display()))?;
        }
        for (table, bytes) in &home.tables {
            say::line(format!("  {}   {} of rows taken out", table.display(), say::size(*bytes)))?;
        }
        for path in &home.remade {
            say::line(format!("  {}   removed, since it is made of everybody's data: make it again", path.display()))?;
        }
        if home.words > 0 {
            let file = crate::record::exclusions::file(&home.data);
            say::line(format!(
                "  {}   the reasons given for {} taken out",
                file.display(),
                say::count(home.words, "decision")
            ))?;
        }
    }
    for pack in &found.packs {
        let bytes = pack.tables.iter().map(|(_, bytes)| bytes).sum();
        let (folder, tables) = (pack.folder.display(), say::count(pack.tables.len(), "table"));
        say::line(format!("  {folder}   {} of rows taken out of {tables}, checksums renewed", say::size(bytes)))?;
        if !pack.copies.is_empty() {
            let copies = say::count(pack.copies.len(), "Parquet file");
            say::line(format!("  {folder}   {copies} removed whole: `kerbside export --parquet` makes them again"))?;
        }
    }
    say::line(format!("  {}   keeps the code and says that the data were removed", found.data.register().display()))?;
    notes(found)
}

fn notes(found: &Found) -> Result<(), Problem> {
    found.notes.iter().try_for_each(|note| say::line(format!("note: {note}")))?;
    warn(found);
    Ok(())
}

fn warn(found: &Found) {
    let cure = "reach it and give the same command again, with --mirror or --pack where it is now elsewhere";
    let problems =
        found.unreached.iter().map(|what| Problem::new(Place::default(), format!("not reached: {what}"), cure));
    say::warnings(&problems.collect::<Vec<_>>());
}

fn say_done_before(args: &Withdraw, found: &Found) -> Result<(), Problem> {
    let Some(erasure) = &found.person.erasure else { return Ok(()) };
    if args.json {
        return say::line(format!(
            "{:#}",
            json!({
                "participant": found.person.code, "removed": false, "done_before": erasure.words,
                "entry_n": erasure.entry_n, "unreached": found.unreached, "notes": found.notes,
            })
        ));
    }
    let (code, entry_n) = (&found.person.code, erasure.entry_n);
    say::line(format!(
        "{code} withdrew and the data were removed already (entry {entry_n} of the register: {})",
        erasure.words
    ))?;
    notes(found)
}

fn say_removed(args: &Withdraw, found: &Found, removed: &Removed) -> Result<(), Problem> {
    let (files, bytes) = found.size();
    let failed = |problems: &Problems| problems.0.iter().map(ToString::to_string).collect::<Vec<_>>();
    if args.json {
        let mirrors: Vec<&PathBuf> = found.homes.iter().skip(1).map(|home| &home.data.0).collect();
        let packs: Vec<&PathBuf> = found.packs.iter().map(|pack| &pack.folder).collect();
        return say::line(format!(
            "{:#}",
            json!({
                "participant": found.person.code, "removed": true, "files": files, "bytes": bytes, "mirrors": mirrors,
                "packs": packs, "entry_n": removed.entry_n, "head": removed.head, "unreached": found.unreached,
                "failed": failed(&removed.failed), "notes": found.notes,
            })
        ));
    }
    say::line("")?;
    say::line(format!("{} is removed: entry {} of the register", found.person.code, removed.entry_n))?;
    say::line(format!("head  {}", removed.head))?;
    say::line("Backups, archives and what was published already are yours to look after.")
}
