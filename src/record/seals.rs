//! `seals.csv` read back: its whole seals, chained, and what a crash left behind them.

use super::closing::CLOSING;
use super::folder::{SessionFolder, format_of};
use super::read;
use super::seal::{GENESIS, Head, chain_row, link};
use crate::problem::{Outcome, Place, Problem};
use crate::table::{LineWriter, SealRow};
use std::collections::BTreeMap;

/// The whole seals of a session.
#[derive(Debug)]
pub struct Seals {
    /// Their rows.
    pub rows: Vec<SealRow>,
    /// The chain's links, one a seal; at least one.
    pub heads: Vec<String>,
    /// Bytes of the file up to the end of the last whole seal.
    pub whole_bytes: u64,
    /// Bytes behind it: the seal that a crash cut off.
    pub torn_bytes: u64,
    /// Whether the file is written as Kerbside writes it.
    pub canonical: bool,
}

/// What is to be done about a damaged record.
pub const RESTORE: &str = "restore the file from a mirror or backup; what is damaged cannot be trusted";

impl Seals {
    /// Reads a session's seals and recomputes their chain.
    pub fn read(folder: &SessionFolder) -> Outcome<Self> {
        let name = folder.shown("seals.csv");
        let text = read::bytes(&folder.file("seals.csv"))?;
        let whole = end_of_last_seal(&text).unwrap_or(text.len());
        let (sealed, tail) = text.split_at(whole);
        let rows: Vec<SealRow> = read::rows(&name, sealed)?;
        let heads = chain(&name, &rows)?;
        let seals = Self {
            canonical: sealed == canonical(&rows),
            rows,
            heads,
            whole_bytes: whole as u64,
            torn_bytes: tail.len() as u64,
        };
        seals.must_be_torn(&name, sealed, tail)?;
        Ok(seals)
    }

    /// Newest link of the chain.
    pub fn head(&self) -> Head {
        Head(self.heads.last().cloned().unwrap_or_else(|| GENESIS.to_owned()))
    }

    /// Number of the next seal.
    pub fn next_n(&self) -> u32 {
        u32::try_from(self.heads.len()).unwrap_or(u32::MAX)
    }

    /// Seals of trials.
    pub fn trials(&self) -> usize {
        self.rows.iter().filter(|row| row.trial_n.is_some() && row.file.as_str() == "chain").count()
    }

    /// The pieces of each file, in order.
    pub fn pieces(&self) -> BTreeMap<String, Vec<&SealRow>> {
        let mut pieces: BTreeMap<String, Vec<&SealRow>> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.file.as_str() != "chain") {
            pieces.entry(row.file.as_str().to_owned()).or_default().push(row);
        }
        pieces
    }

    /// How many bytes of each file are sealed.
    pub fn lengths(&self) -> BTreeMap<String, u64> {
        self.pieces().into_iter().map(|(file, pieces)| (file, pieces.last().map_or(0, |row| row.to_byte))).collect()
    }

    /// Whether the session was ended: its closing is sealed, or, in format 1, its last seal is of no trial.
    pub fn finished(&self, folder: &SessionFolder) -> bool {
        let sealed = |wanted: &dyn Fn(&str) -> bool| self.rows.iter().any(|row| wanted(row.file.as_str()));
        if sealed(&|file| file == CLOSING) {
            return true;
        }
        // A session of format 1 that a later version continued goes by the later rule.
        let old = format_of(folder) == Some(1) && !sealed(&|file| file.starts_with("continued/"));
        old && self.rows.last().is_some_and(|row| row.seal_n > 0 && row.trial_n.is_none())
    }

    /// A crash leaves the beginning of one more seal; anything else behind the last seal is damage.
    fn must_be_torn(&self, name: &str, sealed: &[u8], tail: &[u8]) -> Outcome<()> {
        let lengths = self.lengths();
        let goes_on = |row: &SealRow| {
            let from = lengths.get(row.file.as_str()).copied().unwrap_or(0);
            row.seal_n == self.next_n() && row.from_byte == from && row.to_byte > from && row.file.as_str() != "chain"
        };
        let whole_lines = tail.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
        let (lines, _) = tail.split_at(whole_lines);
        let text = [LineWriter::header::<SealRow>().as_bytes(), lines].concat();
        let rows: Outcome<Vec<SealRow>> = read::rows(name, &text);
        if rows.is_ok_and(|rows| rows.iter().all(goes_on)) {
            return Ok(());
        }
        let line = sealed.iter().filter(|b| **b == b'\n').count() + 1;
        let place = Place::at(name, u32::try_from(line).unwrap_or(u32::MAX), 1);
        let what = "what follows here is no seal and no beginning of one: it was changed or added";
        Err(Problem::new(place, what, RESTORE).into())
    }
}

/// The byte after the last chain row; none where there is none.
fn end_of_last_seal(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut end = None;
    for line in text.split_inclusive(|b| *b == b'\n') {
        at += line.len();
        let is_chain = line.ends_with(b"\n") && line.split(|b| *b == b',').nth(2) == Some(b"chain");
        end = if is_chain { Some(at) } else { end };
    }
    end
}

fn canonical(rows: &[SealRow]) -> Vec<u8> {
    let mut text = LineWriter::header::<SealRow>().into_bytes();
    let mut writer = LineWriter::default();
    for row in rows {
        text.extend_from_slice(writer.line(row));
    }
    text
}

/// Recomputes the chain; its links, or the line at which it breaks.
fn chain(name: &str, rows: &[SealRow]) -> Outcome<Vec<String>> {
    let mut heads: Vec<String> = Vec::new();
    let mut open: Vec<SealRow> = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let place = || Place::at(name, u32::try_from(i + 2).unwrap_or(u32::MAX), 1);
        let seal_n = heads.len();
        if usize::try_from(row.seal_n).ok() != Some(seal_n) {
            let what = format!("seal {} where seal {seal_n} was expected", row.seal_n);
            return Err(Problem::new(place(), what, RESTORE).into());
        }
        if row.file.as_str() != "chain" {
            open.push(row.clone());
            continue;
        }
        let linked = link(heads.last().map_or(GENESIS, String::as_str), &open);
        // The link covers the seal's pieces; what its own row says besides follows from them.
        let trial_n = open.first().map_or(row.trial_n, |piece| piece.trial_n);
        if *row != chain_row(row.seal_n, trial_n, &linked) {
            let what = format!("the chain breaks in seal {seal_n}: a row of this seal or of one before was changed");
            return Err(Problem::new(place(), what, RESTORE).into());
        }
        heads.push(linked);
        open.clear();
    }
    if !open.is_empty() || heads.is_empty() {
        return Err(Problem::new(Place::file(name), "ends in the middle of a seal", RESTORE).into());
    }
    Ok(heads)
}
