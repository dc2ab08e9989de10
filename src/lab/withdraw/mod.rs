//! A participant withdraws, and the data go: from the folder, from what was derived, from packs and mirrors that can be
//! reached. The register keeps that it was so.
//!
//! First what there is is found, and nothing is changed; then it is removed, in an order that can be cut short anywhere:
//! the register says that it begins, sessions are set aside by a rename, the rest follows, and last the register says
//! that it is done. The same command finishes what was cut short.

mod found;
mod rows;

use super::export::SUMS;
use crate::problem::{Outcome, Problem, Problems};
use crate::record::folder::{DataFolder, unreadable, unwritable};
use crate::record::register::{self, Changed};
use crate::record::roster::{ERASED, ERASING, Roster};
use crate::record::storage::{Storage, make_folders, parent, remove_tree, replace, unremovable};
use crate::record::{copy_study_files, exclusions, read, wall_time_utc};
use crate::table::RegisterRow;
pub use found::{Found, Home, Pack, Sought, find};
use std::path::Path;

/// What was removed.
#[derive(Debug)]
pub struct Removed {
    /// The study's head, with the entries about it.
    pub head: String,
    /// The register's entry that says that it is done.
    pub entry_n: u32,
    /// What was found and could not be removed elsewhere: in a mirror or a pack.
    pub failed: Problems,
}

/// Removes what was found, and enters it in the register.
pub fn remove(storage: &dyn Storage, found: &Found, reason: &str) -> Outcome<Removed> {
    super::exclude::must_be_a_reason(reason)?;
    let _locks = found.lock()?;
    begin(storage, found, reason)?;
    let (own, mirrors) = found.homes.split_first().ok_or_else(nothing)?;
    clear(storage, found, own)?;
    let mut failed = Problems::default();
    let mut elsewhere = |done: Outcome<()>| {
        if let Err(found) = done {
            failed.0.extend(found.0);
        }
    };
    mirrors.iter().for_each(|mirror| elsewhere(clear(storage, found, mirror)));
    found.packs.iter().for_each(|pack| elsewhere(take_out(storage, pack)));
    let (files, bytes) = found.size();
    let not_reached = found.unreached.len() + failed.0.len();
    let missed = if not_reached == 0 { String::new() } else { format!("; copies not reached: {not_reached}") };
    let date: String = wall_time_utc().chars().take(10).collect();
    let words = format!("{date}: {files} files, {bytes} bytes removed{missed}");
    let Changed { head, entered, .. } = enter(storage, found, |_| vec![(ERASED, words)])?;
    for mirror in mirrors {
        if let Err(problem) = copy_study_files(&found.data, &mirror.data, storage) {
            failed.push(problem);
        }
    }
    let entry_n = entered.last().map_or(0, |row| row.entry_n);
    Ok(Removed { head: head.0, entry_n, failed })
}

/// The register says that it begins, before anything is gone.
fn begin(storage: &dyn Storage, found: &Found, reason: &str) -> Outcome<()> {
    enter(storage, found, |roster| {
        let person = roster.person(&found.person.code);
        let withdrew = person.is_some_and(crate::record::roster::Person::withdrew);
        let begun = person.and_then(|person| person.erasure.as_ref()).is_some_and(|erasure| !erasure.done);
        let states = [("withdrawn", withdrew), (ERASING, begun)];
        states.into_iter().filter(|(_, there)| !there).map(|(state, _)| (state, reason.to_owned())).collect()
    })
    .map(drop)
}

fn enter(
    storage: &dyn Storage,
    found: &Found,
    states: impl FnOnce(&Roster) -> Vec<(&'static str, String)>,
) -> Outcome<Changed> {
    register::change_on(storage, &found.data, |rows| {
        let row = |(state, reason): (&'static str, String)| register::row(&found.person, None, state, &reason, "");
        Ok(states(&Roster::of(rows)).into_iter().map(row).collect::<Vec<RegisterRow>>())
    })
}

/// Removes everything of a participant from a data folder or a mirror.
fn clear(storage: &dyn Storage, found: &Found, home: &Home) -> Outcome<()> {
    let erasing = home.data.erasing();
    if !home.sessions.is_empty() {
        make_folders(storage, &erasing)?;
    }
    for session in &home.sessions {
        let Some(name) = session.file_name() else { continue };
        let aside = erasing.join(name);
        remove_tree(storage, &aside)?;
        storage.rename(session, &aside).map_err(|e| unremovable(session, &e))?;
    }
    if !home.sessions.is_empty() {
        sync(storage, &home.data.0.join("sessions"))?;
        sync(storage, &erasing)?;
    }
    exclusions::redact(storage, &home.data, &found.person.code)?;
    for (table, _) in &home.tables {
        rows::take_out(storage, table, &found.person.code)?;
    }
    for path in &home.remade {
        remove_tree(storage, path)?;
    }
    if home.data.derived().is_dir() {
        sync(storage, &home.data.derived())?;
    }
    empty(storage, &home.data, &found.person.code)
}

/// Removes the sessions that were set aside, by this run or one that was cut short.
fn empty(storage: &dyn Storage, data: &DataFolder, code: &str) -> Outcome<()> {
    let erasing = data.erasing();
    for path in found::sessions_in(&erasing, code)? {
        remove_tree(storage, &path)?;
    }
    if erasing.is_dir() {
        sync(storage, &erasing)?;
        let mut entries = std::fs::read_dir(&erasing).map_err(|e| unreadable(&erasing, &e, "check the disk"))?;
        if entries.next().is_none() {
            storage.remove_folder(&erasing).map_err(|e| unremovable(&erasing, &e))?;
            sync(storage, &data.0)?;
        }
    }
    Ok(())
}

/// Takes a participant's rows out of a pack's tables. Its checksums come first, then copies of the tables go: a table that
/// still has the rows is found again by the next run, checksums and copies of tables that have none would not be.
fn take_out(storage: &dyn Storage, pack: &Pack) -> Outcome<()> {
    let path = pack.folder.join(SUMS);
    if path.symlink_metadata().is_ok() {
        let text = read::at_most(&path, 1 << 26, "it holds a checksum for each file of the pack: export again")?;
        let mut sums = String::new();
        for line in String::from_utf8_lossy(&text).lines() {
            match line.split_once("  ") {
                Some((_, name)) if pack.tables.iter().any(|(table, _)| table == name) => {
                    let sum = rows::sum_without(&pack.folder.join(name), &pack.pseudonym)?;
                    sums += &format!("{sum}  {name}\n");
                }
                Some((_, name)) if pack.copies.iter().any(|copy| copy == name) => {}
                _ => sums += &format!("{line}\n"),
            }
        }
        replace(storage, &path, sums.as_bytes())?;
    }
    for copy in &pack.copies {
        let path = pack.folder.join(copy);
        storage.remove(&path).map_err(|e| unremovable(&path, &e))?;
        sync(storage, &parent(&path))?;
    }
    for (table, _) in &pack.tables {
        rows::take_out(storage, &pack.folder.join(table), &pack.pseudonym)?;
    }
    Ok(())
}

fn sync(storage: &dyn Storage, folder: &Path) -> Result<(), Problem> {
    storage.sync_folder(folder).map_err(|e| unwritable(folder, &e))
}

fn nothing() -> Problem {
    Problem::new(crate::problem::Place::default(), "there is nothing to remove", "look again with `kerbside status`")
}
