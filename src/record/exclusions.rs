//! `exclusions.csv`: what a person decided to leave out of the analysis. Append-only; nothing is ever deleted by it.

use super::folder::{DataFolder, unreadable, unwritable};
use super::storage::{Storage, replace};
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::table::{ExclusionRow, LineWriter, Table, Text};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const MOST_BYTES: u64 = 1 << 26;
const MEND: &str = "it is written by `kerbside exclude`: mend this line by hand, or put an earlier copy of the file back; \
                    columns and their order are those of `kerbside codebook`";

/// Whom a decision concerns: a participant, one of their sessions, or one trial of it.
pub type Whom<'a> = (&'a str, Option<u32>, Option<u32>);

/// Where the exclusions of a data folder stand.
pub fn file(folder: &DataFolder) -> PathBuf {
    folder.0.join(ExclusionRow::FILE)
}

/// Every decision, in order; none when nobody excluded anything.
pub fn read(folder: &DataFolder) -> Outcome<Vec<ExclusionRow>> {
    let path = file(folder);
    if path.symlink_metadata().is_err() {
        return Ok(Vec::new());
    }
    parsed(&path, &super::read::at_most(&path, MOST_BYTES, MEND)?)
}

/// The decision in force for exactly this participant, session and trial: its last row, when that one excludes.
pub fn in_force<'a>(rows: &'a [ExclusionRow], whom: Whom<'_>) -> Option<&'a ExclusionRow> {
    rows.iter().rfind(|row| concerns(row) == whom).filter(|row| row.excluded)
}

/// Whom a row concerns.
pub fn concerns(row: &ExclusionRow) -> Whom<'_> {
    (row.participant.as_str(), row.session_n, row.trial_n)
}

/// Appends a decision; its number is filled in. Safe on the disk when it returns.
pub fn append(folder: &DataFolder, row: ExclusionRow) -> Outcome<ExclusionRow> {
    let path = file(folder);
    let failed = |e: std::io::Error| unwritable(&path, &e);
    let mut file = File::options().read(true).append(true).create(true).open(&path).map_err(failed)?;
    locked(&file).map_err(failed)?;
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    Read::by_ref(&mut file).take(MOST_BYTES).read_to_end(&mut text).map_err(|e| unreadable(&path, &e, MEND))?;
    // A spreadsheet may have left other line ends, or none at the end: the new row goes with what is there.
    let end: &[u8] = if text.windows(2).any(|two| two == b"\r\n") { b"\r\n" } else { b"\n" };
    let mut added = Vec::new();
    if text.is_empty() {
        added.extend_from_slice(LineWriter::header::<ExclusionRow>().as_bytes());
    } else if !text.ends_with(b"\n") {
        added.extend_from_slice(end);
    }
    let before = parsed(&path, &text)?.len();
    let row = ExclusionRow { entry_n: u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1), ..row };
    added.extend_from_slice(LineWriter::default().line(&row).trim_ascii_end());
    added.extend_from_slice(end);
    // A quotation mark left open above would swallow the new row: seen before it is written.
    parsed(&path, &[text.as_slice(), &added].concat())?;
    file.write_all(&added).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    if text.is_empty() {
        // The file's name must be on the disk too; where a folder cannot be opened, it is.
        let _ = File::open(&folder.0).and_then(|folder| folder.sync_all());
    }
    Ok(row)
}

/// Takes the words of every decision about a participant who withdrew out of the file; the decisions stay, so that the
/// others keep their numbers. How many had words.
pub fn redact(storage: &dyn Storage, folder: &DataFolder, participant: &str) -> Outcome<usize> {
    let path = file(folder);
    if path.symlink_metadata().is_err() {
        return Ok(0);
    }
    // Whoever appends waits until the new file is there.
    let old = File::options().append(true).open(&path).map_err(|e| unwritable(&path, &e))?;
    locked(&old).map_err(|e| unwritable(&path, &e))?;
    let mut rows = read(folder)?;
    let mut with_words = 0;
    for row in rows.iter_mut().filter(|row| row.participant.as_str() == participant && !is_redacted(row)) {
        row.reason = Text::fixed(REDACTED);
        with_words += 1;
    }
    if with_words > 0 {
        let mut text = LineWriter::header::<ExclusionRow>().into_bytes();
        let mut line = LineWriter::default();
        rows.iter().for_each(|row| text.extend_from_slice(line.line(row)));
        replace(storage, &path, &text)?;
    }
    Ok(with_words)
}

/// Whether a decision's words were taken out.
pub fn is_redacted(row: &ExclusionRow) -> bool {
    row.reason.as_str() == REDACTED
}

/// What stands in the place of a reason that named somebody who withdrew.
const REDACTED: &str = "(removed: the participant withdrew)";

/// Two stations may write at once; a disk without locks is taken as it is.
fn locked(file: &File) -> std::io::Result<()> {
    match file.lock() {
        Err(e) if e.kind() != std::io::ErrorKind::Unsupported => Err(e),
        _ => Ok(()),
    }
}

fn parsed(path: &Path, text: &[u8]) -> Outcome<Vec<ExclusionRow>> {
    if text.is_empty() {
        // Made, and the machine stopped before the first row: nothing was decided.
        return Ok(Vec::new());
    }
    let name = path.display().to_string();
    let rows: Vec<ExclusionRow> = super::read::rows(&name, text).map_err(|mut found| {
        found.0.iter_mut().for_each(|problem| MEND.clone_into(&mut problem.cure));
        found
    })?;
    let mut problems = Problems::default();
    for (line, row) in (2..).zip(&rows) {
        if let Some((column, what)) = wrong(row, line - 1) {
            problems.push(Problem::new(Place::at(&name, line, 1).part(format!("column {column}")), what, MEND));
        }
    }
    problems.check()?;
    Ok(rows)
}

fn wrong(row: &ExclusionRow, entry_n: u32) -> Option<(&'static str, String)> {
    if row.entry_n != entry_n {
        let what = format!("{} where {entry_n} was expected: a row was removed, added or moved", row.entry_n);
        return Some(("entry_n", what));
    }
    if row.participant.is_na() {
        return Some(("participant", "is missing".to_owned()));
    }
    if row.trial_n.is_some() && row.session_n.is_none() {
        return Some(("session_n", "is missing: a trial belongs to a session".to_owned()));
    }
    row.reason.is_na().then(|| ("reason", "is missing: nothing is left out without one".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::storage::Disk;

    const HEADER: &str = "entry_n,wall_time_utc,participant,session_n,trial_n,excluded,reason\n";

    fn row(session_n: Option<u32>, trial_n: Option<u32>, excluded: bool) -> ExclusionRow {
        ExclusionRow {
            entry_n: 0,
            wall_time_utc: Text::new("2026-01-02T03:04:05.000Z"),
            participant: Text::new("A"),
            session_n,
            trial_n,
            excluded,
            reason: Text::new("felt unwell, \"a bit\""),
        }
    }

    #[test]
    fn the_last_row_for_the_same_trial_holds() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder(dir.path().to_path_buf());
        assert!(read(&folder).unwrap().is_empty());
        std::fs::write(file(&folder), "").unwrap();
        assert!(read(&folder).unwrap().is_empty(), "made, and the machine stopped before the first row");
        for (trial_n, excluded) in [(3, true), (4, true), (3, false)] {
            append(&folder, row(Some(1), Some(trial_n), excluded)).unwrap();
        }
        let rows = read(&folder).unwrap();
        assert_eq!(rows.iter().map(|row| row.entry_n).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(in_force(&rows, ("A", Some(1), Some(3))).is_none());
        assert_eq!(in_force(&rows, ("A", Some(1), Some(4))).unwrap().reason.as_str(), "felt unwell, \"a bit\"");
        assert!(in_force(&rows, ("A", None, None)).is_none());
        assert!(in_force(&rows, ("B", Some(1), Some(4))).is_none());
    }

    #[test]
    fn the_words_about_somebody_who_withdrew_go_and_the_decisions_stay() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder(dir.path().to_path_buf());
        assert_eq!(redact(&Disk, &folder, "A").unwrap(), 0, "no file");
        append(&folder, row(Some(1), Some(3), true)).unwrap();
        append(&folder, ExclusionRow { participant: Text::new("AB"), ..row(None, None, true) }).unwrap();
        let other = read(&folder).unwrap().pop().unwrap();
        assert_eq!(redact(&Disk, &folder, "A").unwrap(), 1);
        assert_eq!(redact(&Disk, &folder, "A").unwrap(), 0, "already");
        let rows = read(&folder).unwrap();
        assert_eq!((rows.len(), &rows[1]), (2, &other), "a code that begins like it");
        assert!(in_force(&rows, ("A", Some(1), Some(3))).is_some_and(is_redacted));
        assert_eq!(append(&folder, row(None, None, true)).unwrap().entry_n, 3);
    }

    #[test]
    fn a_quotation_mark_left_open_swallows_no_new_row() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder(dir.path().to_path_buf());
        let text = format!("{HEADER}1,2026-01-02T03:04:05.000Z,A,1,3,1,\"why\n");
        std::fs::write(file(&folder), &text).unwrap();
        let said = append(&folder, row(None, None, true)).unwrap_err().to_string();
        assert!(said.contains("exclusions.csv:2:1: a row does not end where its line ends"), "{said}");
        assert_eq!(std::fs::read_to_string(file(&folder)).unwrap(), text, "nothing was written");
    }

    #[test]
    fn hand_edits_are_survived_or_named_one_case_a_line() {
        let line = "1,2026-01-02T03:04:05.000Z,A,1,3,1,why\n";
        for (text, said) in [
            (format!("{HEADER}{line}"), ""),
            (format!("\u{feff}{HEADER}{line}").replace('\n', "\r\n"), ""),
            (format!("{HEADER}{}", line.trim_end()), ""),
            (HEADER.replace(',', ";"), "exclusions.csv:1:1: column 1 is 'entry_n;wall"),
            (
                format!("{HEADER}{}", line.replace("A,1,3", "A,NA,3")),
                "exclusions.csv:2:1: column session_n: is missing",
            ),
            (format!("{HEADER}{}", line.replace(",A,", ",,")), "exclusions.csv:2:1: column participant: is missing"),
            (format!("{HEADER}{}", line.replace("why", "")), "exclusions.csv:2:1: column reason: is missing"),
            (format!("{HEADER}{}", line.replace("3,1,", "3,yes,")), "exclusions.csv:2:1: column excluded: "),
            (format!("{HEADER}{line}{line}"), "exclusions.csv:3:1: column entry_n: 1 where 2 was expected"),
            (
                format!("{HEADER}{}", line.replace(",why", "")),
                "exclusions.csv:2:1: column reason: the field is missing",
            ),
            (format!("{HEADER}{}{line}", line.replace("why", "\"why")), "exclusions.csv:2:1: a row does not end"),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let folder = DataFolder(dir.path().to_path_buf());
            std::fs::write(file(&folder), &text).unwrap();
            match read(&folder) {
                Ok(rows) => assert_eq!((rows.len(), said), (1, ""), "{text}"),
                Err(found) => {
                    let found = found.to_string();
                    assert!(!said.is_empty() && found.contains(said), "{text}: {found}");
                    assert!(found.contains("cure: it is written by `kerbside exclude`"), "{found}");
                }
            }
            if said.is_empty() {
                assert_eq!(append(&folder, row(None, None, true)).unwrap().entry_n, 2);
                assert_eq!(read(&folder).unwrap().len(), 2, "{text}");
            }
        }
    }
}
