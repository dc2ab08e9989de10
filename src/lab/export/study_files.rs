//! What the data were made with: study, map, questionnaires, machines, and the plan of the analysis.

use super::codebook::{Described, Entry};
use super::pack::Unfinished;
use super::{Source, given};
use crate::lab::collect::data::Session;
use crate::lab::derived_file::{write_table, write_whole};
use crate::lab::session_file::{EnvironmentFile, json};
use crate::problem::{Outcome, Place, Problem};
use crate::record::{read, sha256_hex};
use crate::table::{InstrumentRow, Table, Text};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// No plan or lock is larger than this.
const MOST_BYTES: u64 = 1 << 24;

/// A kind of machine on which sessions ran, without what would tell when or whose it is.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Machine {
    os: String,
    arch: String,
    processors: usize,
    build: String,
    kerbside: String,
    devices: BTreeMap<String, BTreeMap<String, String>>,
}

/// Writes them; the one table among them.
pub(super) fn write(source: &Source<'_>, pack: &Unfinished) -> Outcome<Vec<Described>> {
    source.copies(pack, "study", "toml", true)?;
    source.copies(pack, "map", "xodr", false)?;
    let machines: BTreeSet<Machine> = source.sessions().filter_map(machine).collect();
    write_whole(&pack.path("environment.json")?, &json(&machines))?;
    for (name, path) in [("plan", source.wish.plan), ("lock", source.wish.lock)] {
        if let Some(path) = path {
            source.analysis(pack, name, path)?;
        }
    }
    let instruments = source.instruments();
    write_table(&pack.path(&format!("{}{}", super::tables::FOLDER, InstrumentRow::FILE))?, instruments.iter())?;
    Ok(vec![Described { file: InstrumentRow::FILE, columns: InstrumentRow::COLUMNS.iter().map(Entry::of).collect() }])
}

impl Source<'_> {
    /// Each version of a file that sessions keep a copy of, once: `study.toml`, and `study-12ab34cd.toml` for others.
    fn copies(&self, pack: &Unfinished, stem: &str, end: &str, is_text: bool) -> Outcome<()> {
        let mut written = BTreeSet::new();
        for session in self.sessions() {
            for at in std::iter::once(String::new()).chain(later(session)) {
                let path = session.folder.file(&format!("{at}{stem}.{end}"));
                if path.symlink_metadata().is_err() {
                    continue;
                }
                let bytes = read::bytes(&path)?;
                if is_text {
                    self.must_name_nobody(&path, &bytes)?;
                }
                let sha256 = sha256_hex(&bytes);
                let name = if written.is_empty() { stem.to_owned() } else { format!("{stem}-{}", &sha256[..8]) };
                if written.insert(sha256) {
                    write_whole(&pack.path(&format!("study/{name}.{end}"))?, &bytes)?;
                }
            }
        }
        Ok(())
    }

    /// A file of the analysis that was given, under its own ending.
    fn analysis(&self, pack: &Unfinished, name: &str, path: &Path) -> Outcome<()> {
        let bytes = given(path, MOST_BYTES, &format!("give the analysis {name}'s file"))?;
        self.must_name_nobody(path, &bytes)?;
        let end =
            path.extension().and_then(|end| end.to_str()).filter(|end| end.bytes().all(|b| b.is_ascii_alphanumeric()));
        let end = end.map_or_else(String::new, |end| format!(".{end}"));
        Ok(write_whole(&pack.path(&format!("analysis/{name}{end}"))?, &bytes)?)
    }

    /// A file that is copied as it is must not name a participant by code: with it, whoever has a list of codes could
    /// tell who is who.
    fn must_name_nobody(&self, path: &Path, bytes: &[u8]) -> Result<(), Problem> {
        let text = String::from_utf8_lossy(bytes);
        let Some((line, code)) = self.names.code_in(&text) else { return Ok(()) };
        let place = Place::at(path.display().to_string(), line, 1);
        let what = format!("names the participant {code}, and a pack never does");
        Err(Problem::new(place, what, "take the code out; `kerbside exclude` leaves a participant out of the analysis"))
    }

    fn instruments(&self) -> Vec<InstrumentRow> {
        let mut rows = BTreeMap::new();
        for one in self.sessions().flat_map(|session| &session.instruments) {
            let row = InstrumentRow {
                instrument: Text::new(&one.id),
                version: Text::new(&one.version),
                language: Text::new(&one.language),
                title: Text::new(&one.title),
                validated: one.validated,
                citation: Text::new(&one.citation),
                licence: Text::new(&one.licence),
                sha256: Text::new(sha256_hex(one.text.as_bytes())),
            };
            rows.insert((one.id.clone(), one.version.clone(), one.language.clone()), row);
        }
        rows.into_values().collect()
    }
}

/// Where a session keeps what it went on with after an accepted change.
fn later(session: &Session) -> impl Iterator<Item = String> {
    let there = |n: &u32| session.folder.file(&format!("continued/{n}")).symlink_metadata().is_ok();
    (1..).take_while(move |n| there(n)).map(|n| format!("continued/{n}/"))
}

fn machine(session: &Session) -> Option<Machine> {
    let bytes = read::bytes(&session.folder.file("environment.json")).ok()?;
    let EnvironmentFile { os, arch, processors, build, devices, .. } = serde_json::from_slice(&bytes).ok()?;
    Some(Machine { os, arch, processors, build, kerbside: session.file.kerbside.clone(), devices })
}
