//! Is a folder what was sealed? Every difference is named by file, line and trial.

use super::folder::{DataFolder, SessionFolder, must_be_known, session_name};
use super::read;
use super::recover::{Stands, stands};
use super::roster::{ERASING, Person, Roster};
use super::seal::{Head, fingerprint, sha256_hex};
use super::seals::{RESTORE, Seals};
use super::sensors;
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::table::SealRow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The file that the process which records a session holds locked.
pub const LOCK: &str = "session.lock";

/// A folder that is what was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Newest link of its chain.
    pub head: Head,
    /// Every link of a session's chain; of a study, those of its register.
    pub heads: Vec<String>,
    /// Trials sealed.
    pub trials: usize,
    /// Things worth knowing that are not damage, such as an unsealed tail.
    pub notes: Vec<String>,
}

/// Checks one session's folder against its seals.
pub fn session(folder: &SessionFolder, expected: Option<&str>) -> Outcome<Verified> {
    must_be_known(folder)?;
    let name = folder.shown("seals.csv");
    let seals = Seals::read(folder)?;
    let head = seals.head().0;
    let mut problems = Problems::default();
    if !seals.canonical {
        let what = "is not written as kerbside writes it (quoting, spaces or line ends changed)";
        problems.push(Problem::file(&name, what, RESTORE));
    }
    let pieces = seals.pieces();
    // A table that cannot be read is said once, not once for each file that it may have named.
    let listed = sensors::listed(folder, &seals).map_err(|found| problems.0.extend(found.0)).ok();
    sensors::verify(folder, listed.as_ref(), &mut problems);
    let is_listed = |file: &str| match &listed {
        Some(listed) => listed.contains_key(file),
        None => file.starts_with("sensors/"),
    };
    let mut notes = Vec::new();
    let finished = seals.finished(folder);
    let mut behind = |tail: Problem, problems: &mut Problems| match finished {
        true => problems.push(tail),
        false => notes.push(format!("{}: {} (the session was cut short)", tail.place, tail.what)),
    };
    if seals.torn_bytes > 0 {
        let what = format!("ends in the middle of a seal: {} bytes follow the last whole one", seals.torn_bytes);
        behind(Problem::file(&name, what, RESTORE), &mut problems);
    }
    for (file, pieces) in &pieces {
        if let Some(tail) = file_against(folder, file, pieces, &mut problems) {
            behind(tail, &mut problems);
        }
    }
    if let Some(problem) = named_otherwise(folder) {
        problems.push(problem);
    }
    let mut recovered: BTreeMap<String, (u32, u64)> = BTreeMap::new();
    let mut unlisted = 0;
    for file in files_of(folder, &folder.0)? {
        if folder.file(&file).is_symlink() {
            let what = "is a link, not a file of the session";
            problems.push(Problem::file(folder.shown(&file), what, RESTORE));
        }
        if let Some(inside) = file.strip_prefix("recovered/") {
            let recovery = inside.split('/').next().unwrap_or_default().to_owned();
            let size = folder.file(&file).symlink_metadata().map_or(0, |meta| meta.len());
            let (files, bytes) = recovered.entry(recovery).or_insert((0, 0));
            (*files, *bytes) = (*files + 1, *bytes + size);
        } else if !finished && file.starts_with("sensors/") && !is_listed(&file) {
            unlisted += 1;
        } else if ![LOCK, "seals.csv"].contains(&file.as_str())
            && !pieces.contains_key(file.as_str())
            && !is_listed(&file)
        {
            let what = "is not in the seal: it was added after the session, or renamed";
            let unsealed = Problem::file(folder.shown(&file), what, "move it out of the session's folder");
            behind(unsealed, &mut problems);
        }
    }
    if unlisted > 0 {
        let path = folder.shown("sensors");
        notes.push(format!("{path} holds {unlisted} files that no sealed row lists (the session was cut short)"));
    }
    for (recovery, (files, bytes)) in recovered {
        let path = folder.shown(&format!("recovered/{recovery}"));
        notes.push(format!(
            "{path} holds what followed a seal at a crash ({files} files, {bytes} bytes), outside the seal"
        ));
    }
    if let Some(expected) = expected.filter(|expected| !head.eq_ignore_ascii_case(expected)) {
        problems.push(head_differs(&name, &head, expected));
    }
    problems.check()?;
    Ok(Verified { head: Head(head), heads: seals.heads.clone(), trials: seals.trials(), notes })
}

/// A session's folder bears its participant and number; another name means that it was copied or renamed.
fn named_otherwise(folder: &SessionFolder) -> Option<Problem> {
    let file: serde_json::Value = serde_json::from_slice(&read::bytes(&folder.file("session.json")).ok()?).ok()?;
    let session_n = u32::try_from(file.get("session_n")?.as_u64()?).ok()?;
    let name = session_name(file.get("participant")?.as_str()?, session_n);
    let path = std::fs::canonicalize(&folder.0).ok()?;
    let shown = path.file_name()?.to_string_lossy().into_owned();
    (shown != name).then(|| {
        let what = format!("is the folder of session {}: it was copied or renamed", read::short(&name));
        Problem::file(folder.0.display(), what, "give it its own name again, or remove the copy")
    })
}

fn head_differs(name: &str, head: &str, expected: &str) -> Problem {
    Problem::file(
        name,
        format!("the chain ends in {head}, but {expected} was expected"),
        "seals were removed or everything was rewritten since that head was noted: restore from a mirror",
    )
}

/// One file against its pieces; at the first difference, its lines against their fingerprints.
fn file_against(folder: &SessionFolder, file: &str, pieces: &[&SealRow], problems: &mut Problems) -> Option<Problem> {
    let shown = folder.shown(file);
    if Path::new(file).components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
        let what = format!("the seal names '{}', which is not a file of a session", read::short(file));
        problems.push(Problem::file(folder.shown("seals.csv"), what, RESTORE));
        return None;
    }
    let path = folder.file(file);
    if path.symlink_metadata().is_err() {
        problems.push(Problem::file(shown, "is missing: it was removed or renamed", RESTORE));
        return None;
    }
    let bytes = match read::bytes(&path) {
        Ok(bytes) => bytes,
        Err(problem) => {
            problems.push(problem);
            return None;
        }
    };
    let mut at = 0_u64;
    for piece in pieces {
        let (from, to) = (piece.from_byte, piece.to_byte);
        let inside = usize::try_from(from).ok().zip(usize::try_from(to).ok());
        let part = inside.and_then(|(from, to)| bytes.get(from..to));
        let whole = from == at && part.is_some_and(|part| sha256_hex(part) == piece.sha256.as_str());
        if !whole {
            let before = problems.0.len();
            name_lines(folder, file, &bytes, piece, problems);
            if problems.0.len() == before {
                let trial = piece.trial_n.map_or("the opening or closing".to_owned(), |n| format!("trial {n}"));
                let what = if part.is_none() {
                    format!("is cut off at byte {} (sealed up to {to}, in {trial})", bytes.len())
                } else {
                    format!("was changed between bytes {from} and {to} (sealed with {trial})")
                };
                problems.push(Problem::file(shown, what, RESTORE));
            }
            return None;
        }
        at = to;
    }
    let tail = (bytes.len() as u64).checked_sub(at).filter(|tail| *tail > 0)?;
    let line = bytes.iter().take(usize::try_from(at).unwrap_or(0)).filter(|b| **b == b'\n').count() + 1;
    let what = format!("has {tail} bytes after the last seal (from line {line} on): added, or a trial cut short");
    Some(Problem::file(shown, what, "rows after the last seal are not part of the record"))
}

/// Names the lines of a table that differ from their fingerprints.
fn name_lines(folder: &SessionFolder, file: &str, bytes: &[u8], piece: &SealRow, problems: &mut Problems) {
    const MOST: usize = 5;
    let Ok(prints) = read::bytes(&folder.file(&format!("lines/{file}"))) else { return };
    let recorded: Vec<&[u8]> = prints.split(|b| *b == b'\n').filter(|line| !line.is_empty()).collect();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    let found: Vec<[u8; 8]> = lines.iter().map(|line| fingerprint(line)).collect();
    let same = |i: usize, k: usize| found.get(i).zip(recorded.get(k)).is_some_and(|(a, b)| a.as_slice() == *b);
    let trial = |line: usize| {
        let text = lines.get(line).map(|l| String::from_utf8_lossy(l).into_owned()).unwrap_or_default();
        let first = text.split(',').next().unwrap_or("").trim().to_owned();
        if file == "trials.csv" || first.parse::<u32>().is_err() {
            piece.trial_n.map_or(String::new(), |n| format!(" (sealed with trial {n})"))
        } else {
            format!(" (trial {first})")
        }
    };
    let mut say = |line: usize, what: &str| {
        let place = Place::at(folder.shown(file), u32::try_from(line + 1).unwrap_or(u32::MAX), 1);
        problems.push(Problem::new(place, format!("{what}{}", trial(line)), RESTORE));
    };
    let (mut i, mut k, mut named) = (0, 0, 0);
    while (i < found.len() || k < recorded.len()) && named < MOST {
        if same(i, k) {
            (i, k) = (i + 1, k + 1);
            continue;
        }
        named += 1;
        let ahead =
            |from_i: usize, from_k: usize| (0..3).all(|n| same(from_i + n, from_k + n) || from_i + n >= found.len());
        if k >= recorded.len() {
            say(i, "this row was added");
            i += 1;
        } else if i >= found.len() {
            say(i, "the file ends here: rows are missing from this line on");
            break;
        } else if same(i + 1, k) && same(i, k + 1) {
            say(i, "this row and the next were swapped");
            (i, k) = (i + 2, k + 2);
        } else if same(i, k + 1) && ahead(i, k + 1) {
            say(i, "a row is missing before this line");
            k += 1;
        } else if same(i + 1, k) && ahead(i + 1, k) {
            say(i, "this row was added");
            i += 1;
        } else {
            say(i, "this row was changed");
            (i, k) = (i + 1, k + 1);
        }
    }
}

/// Files of a session's folder, relative, derived and recovered ones left out.
pub(super) fn files_of(folder: &SessionFolder, at: &Path) -> Result<Vec<String>, Problem> {
    let unreadable = |e: std::io::Error| super::folder::unreadable(at, &e, "check the folder's permissions");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(at).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let relative: PathBuf = path.strip_prefix(&folder.0).unwrap_or(&path).to_path_buf();
        let name = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        if path.is_dir() && !path.is_symlink() {
            if name != "derived" {
                files.extend(files_of(folder, &path)?);
            }
        } else {
            files.push(name);
        }
    }
    files.sort();
    Ok(files)
}

/// Checks a whole data folder: the register's chain, every session, and that both agree.
pub fn data_folder(folder: &DataFolder, expected: Option<&str>) -> Outcome<Verified> {
    let name = folder.register().display().to_string();
    let super::register::Checked { rows, head, mut problems } = super::register::check(folder)?;
    let mut sealed: BTreeMap<String, String> = BTreeMap::new();
    let mut opened: Vec<(String, String)> = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for row in &rows {
        if let Some(session_n) = row.session_n {
            let session = session_name(row.participant.as_str(), session_n);
            if ["done", "stopped"].contains(&row.state.as_str()) {
                sealed.insert(session.clone(), row.session_head.as_str().to_owned());
            }
            if row.state.as_str() == "running" && !row.session_head.is_na() {
                opened.push((session.clone(), row.session_head.as_str().to_owned()));
            }
            known.push(session);
        }
    }
    let (mut trials, mut notes) = (0, Vec::new());
    if let Some(expected) = expected.filter(|expected| problems.0.is_empty() && !head.eq_ignore_ascii_case(expected)) {
        // A study grows: a head noted earlier vouches for all entries up to its own.
        match rows.iter().position(|row| row.register_head.as_str().eq_ignore_ascii_case(expected)) {
            Some(at) => notes.push(format!(
                "the head given is that of entry {} of {}: it vouches for the entries up to there, not for the {} since",
                at + 1,
                rows.len(),
                rows.len() - at - 1
            )),
            None => problems.push(head_differs(&name, &head, expected)),
        }
    }
    notes.extend(strangers(folder)?);
    let roster = Roster::of(&rows);
    let erasure = |session: &str| {
        let person = roster.person(session.rsplit_once('-')?.0)?;
        person.erasure.as_ref().map(|erasure| (person, erasure))
    };
    notes.extend(roster.people.iter().filter_map(|person| removed(folder, person)));
    // Somebody may be enrolled before the first session.
    let sessions = if folder.0.join("sessions").is_dir() { folder.sessions()? } else { Vec::new() };
    for session_folder in &sessions {
        let session_name = session_folder.name();
        if let Some((person, erasure)) = erasure(&session_name).filter(|(_, erasure)| erasure.done) {
            let (code, entry_n) = (read::short(&person.code), erasure.entry_n);
            let what =
                format!("is here, but {code} withdrew and entry {entry_n} of the register says that it was removed");
            let cure = format!("remove it again: kerbside withdraw {code} {}", folder.0.display());
            problems.push(Problem::file(session_folder.0.display(), what, cure));
            continue;
        }
        let standing = stands(session_folder).ok();
        if matches!(standing, Some(Stands::Nothing | Stands::Unopened)) && !sealed.contains_key(&session_name) {
            notes.push(format!("{session_name} has not begun: nothing is sealed in it"));
            continue;
        }
        let opening = standing == Some(Stands::Unfinished) && session_folder.file(LOCK).exists();
        if !known.contains(&session_name) && opening {
            notes.push(format!("{session_name} is not in the register yet"));
        } else if !known.contains(&session_name) {
            let what = "is not in the register: it was added, or renamed";
            problems.push(Problem::file(session_folder.0.display(), what, "move it out of the data folder"));
        }
        match session(session_folder, sealed.get(&session_name).map(String::as_str)) {
            Ok(verified) => {
                trials += verified.trials;
                let own = opened.iter().filter(|(session, _)| *session == session_name);
                if let Some((_, head)) = own.into_iter().find(|(_, head)| !verified.heads.contains(head)) {
                    let what = format!(
                        "does not have the seal {} with which the register says that it began",
                        read::short(head)
                    );
                    let cure = "another session was put in its place: restore it from a mirror";
                    problems.push(Problem::file(session_folder.0.display(), what, cure));
                }
                notes.extend(verified.notes);
                if !sealed.contains_key(&session_name) {
                    notes.push(format!("{session_name} is not finished: its head is not in the register"));
                }
            }
            Err(found) => problems.0.extend(found.0),
        }
    }
    let begun: BTreeSet<&String> = sealed.keys().chain(opened.iter().map(|(session, _)| session)).collect();
    for session in begun {
        if erasure(session).is_none() && !sessions.iter().any(|folder| folder.name() == *session) {
            let path = folder.0.join("sessions").join(read::short(session));
            let what = match sealed.contains_key(session) {
                true => "is missing: the register says that it was done",
                false => "is missing: the register says that it was begun",
            };
            problems.push(Problem::file(path.display(), what, RESTORE));
        }
    }
    problems.check()?;
    let heads = rows.iter().map(|row| row.register_head.as_str().to_owned()).collect();
    Ok(Verified { head: Head(head), heads, trials, notes })
}

/// What is to be known of somebody whose data were removed, or are being removed.
fn removed(folder: &DataFolder, person: &Person) -> Option<String> {
    let (code, erasure) = (read::short(&person.code), person.erasure.as_ref()?);
    if !erasure.done {
        let again = format!("kerbside withdraw {code} {}", folder.0.display());
        return Some(format!("{code} withdrew, but the removal of the data was cut short: finish it with `{again}`"));
    }
    let sessions: Vec<String> =
        person.sessions.iter().map(|session| format!("session {} ({})", session.session_n, session.head)).collect();
    let sessions = if sessions.is_empty() { "nothing was sealed".to_owned() } else { sessions.join(", ") };
    Some(format!(
        "{code} withdrew and the data were removed, as entry {} of the register says ({}): {sessions}",
        erasure.entry_n,
        read::short(&erasure.words)
    ))
}

/// What a data folder may hold.
const KNOWN: [&str; 10] = [
    "register.csv",
    "codebook.csv",
    "sessions",
    "derived",
    "exclusions.csv",
    "recovered",
    "register.lock",
    "copies.csv",
    "pseudonyms.key",
    ERASING,
];

/// What lies in a data folder without being part of it.
pub fn strangers(folder: &DataFolder) -> Result<Vec<String>, Problem> {
    let mut found = Vec::new();
    for (at, known) in [(folder.0.clone(), &KNOWN[..]), (folder.0.join("sessions"), &[][..])] {
        let unreadable = |e: std::io::Error| super::folder::unreadable(&at, &e, "check the folder's permissions");
        for entry in std::fs::read_dir(&at).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let session = at != folder.0 && path.is_dir();
            if !session && !known.contains(&name.as_str()) {
                found.push(format!("{} is not part of the record", path.display()));
            }
        }
    }
    let recovered = folder.0.join("recovered");
    if recovered.symlink_metadata().is_ok() {
        found.push(format!("{} holds what a power cut left of the register's last line", recovered.display()));
    }
    found.sort();
    Ok(found)
}
