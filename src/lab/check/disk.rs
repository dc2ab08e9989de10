//! The data folder: whether it can be written, how fast a write is safe, for how many sessions there is room.

use super::{Finding, Planned};
use crate::lab::attend::rows;
use crate::lab::order::WorldChoice;
use crate::problem::Problem;
use crate::record::folder::{DataFolder, unwritable};
use crate::record::storage::{Storage, parent};
use crate::study::{Sensor, Study};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What a trial's seal makes safe: the rows of a trial of half a minute at 90 frames a second.
const SEAL_BYTES: usize = 1 << 20;
/// So often, and at most so long.
const TRIES: usize = 8;
const LONGEST: Duration = Duration::from_millis(1500);
/// A seal that takes longer than this is felt between trials.
const SLOW: Duration = Duration::from_millis(500);
/// Fewer sessions than this should be noticed before the study begins.
const FEW_SESSIONS: u64 = 20;
/// Where no study is named.
const LITTLE_BYTES: u64 = 1 << 30;

pub(super) fn look(planned: &Planned<'_>, storage: &dyn Storage) -> Vec<Finding> {
    let data = planned.data;
    let mut found = Vec::new();
    if let Err(problems) = rows(data) {
        found.extend(Finding::all_wrong("register", &problems));
    }
    let folder = match existing(&data.0) {
        Ok(folder) => folder,
        Err(problem) => {
            found.push(Finding::wrong("data folder", &problem));
            return found;
        }
    };
    let new = if folder == data.0 { "" } else { ", which is not there yet and will be made" };
    match written(storage, &folder) {
        Err(problem) => found.push(Finding::wrong("data folder", &problem)),
        Ok(speed) => {
            found.push(Finding::ok("data folder", format!("{}{new}: can be written", data.0.display())));
            found.push(speed.finding());
        }
    }
    found.push(room(planned, fs4::available_space(&folder).ok()));
    found
}

/// The folder itself, or the nearest one above it that is there: a session makes the rest.
fn existing(path: &Path) -> Result<PathBuf, Problem> {
    let mut at = path.to_path_buf();
    loop {
        if at.is_dir() {
            return Ok(at);
        }
        if at.symlink_metadata().is_ok() {
            return Err(Problem::file(at.display(), "is no folder", "give another folder with --data"));
        }
        let above = parent(&at);
        if above == at {
            return Err(Problem::file(path.display(), "lies on no disk that is there", "give a folder with --data"));
        }
        at = above;
    }
}

/// How long it took to make a trial's rows safe: the middle and the worst of some tries.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Speed {
    middle: Duration,
    worst: Duration,
}

impl Speed {
    fn finding(self) -> Finding {
        #[allow(clippy::cast_precision_loss)]
        let mb_per_s = SEAL_BYTES as f64 / 1e6 / self.middle.as_secs_f64().max(1e-9);
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let words =
            format!("1 MiB is safe in {:.1} ms (worst {:.1} ms): {mb_per_s:.0} MB/s", ms(self.middle), ms(self.worst));
        if self.middle <= SLOW {
            return Finding::ok("disk speed", words);
        }
        let cure = "give --data a folder on a local solid-state disk, not a network drive or a stick; trials stay \
                    whole, but each seal takes so long";
        Finding::warn("disk speed", words, cure)
    }
}

/// Writes what a trial would, some times over, and takes it away again.
fn written(storage: &dyn Storage, folder: &Path) -> Result<Speed, Problem> {
    let path = folder.join(format!("kerbside-check-{}.tmp", std::process::id()));
    let bytes = vec![b'7'; SEAL_BYTES];
    let mut tried = Vec::new();
    let done = storage.create(&path).and_then(|mut file| {
        let began = Instant::now();
        while tried.len() < TRIES && began.elapsed() < LONGEST {
            let one = Instant::now();
            file.append(&bytes)?;
            file.sync()?;
            tried.push(one.elapsed());
        }
        Ok(())
    });
    let removed = if path.symlink_metadata().is_ok() { storage.remove(&path) } else { Ok(()) };
    done.and(removed).map_err(|error| unwritable(folder, &error))?;
    tried.sort();
    let at = |i: usize| tried.get(i).copied().unwrap_or_default();
    Ok(Speed { middle: at(tried.len() / 2), worst: at(tried.len().saturating_sub(1)) })
}

fn room(planned: &Planned<'_>, free: Option<u64>) -> Finding {
    let study = planned.study.and_then(|study| study.as_ref().ok()).map(|prepared| &prepared.study);
    let a_session = study.map(|study| most_bytes(study, planned.world)).max(largest(planned.data));
    let Some(free) = free else { return Finding::ok("disk space", "unknown: this system does not say") };
    judge(free, a_session)
}

fn judge(free: u64, a_session: Option<u64>) -> Finding {
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    let cure = "free some space on this disk, or give --data a folder on another";
    let Some(a_session) = a_session else {
        let words = format!("{} MB free", megabytes(free));
        let little = free < LITTLE_BYTES;
        return if little { Finding::warn("disk space", words, cure) } else { Finding::ok("disk space", words) };
    };
    let sessions = free / a_session.max(1);
    let words =
        format!("{} MB free: room for {sessions} sessions of at most {} MB", megabytes(free), megabytes(a_session));
    match sessions {
        0 => Finding::wrong("disk space", &Problem::new(Default::default(), words, cure)),
        n if n < FEW_SESSIONS => Finding::warn("disk space", words, cure),
        _ => Finding::ok("disk space", words),
    }
}

/// The largest session so far; none where there is none.
fn largest(data: &DataFolder) -> Option<u64> {
    let sessions = data.sessions().ok()?;
    sessions.iter().map(|session| size(&session.0)).max()
}

/// Bytes of the files in a folder and below; what cannot be read counts nothing.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().fold(0, |sum, entry| {
        let Ok(meta) = entry.metadata() else { return sum };
        sum + if meta.is_dir() { size(&entry.path()) } else { meta.len() }
    })
}

/// Bytes of rows with everything tracked, each with its checksum's line; a demo's are 197, 129 and 133.
const FRAME_BYTES: f64 = 400.0;
const VEHICLE_BYTES: f64 = 150.0;
const WORLD_BYTES: f64 = 150.0;
/// Copies of study and map, seals, and what is asked.
const REST_BYTES: f64 = 2e6;
/// Before the approach and after it: settling, waiting, answering.
const AROUND_S: f64 = 60.0;

/// A session's bytes when every trial runs to its time-out: more than it will be.
fn most_bytes(study: &Study, place: &WorldChoice) -> u64 {
    let others = [study.leading.is_some(), study.opposite.is_some()].into_iter().filter(|there| *there).count();
    #[allow(clippy::cast_precision_loss)]
    let (vehicles, trials) = (1.0 + others as f64, study.trial_count() as f64);
    let approach_s = study.trial.time_out_s.value;
    let frames =
        f64::from(study.display_hz) * (FRAME_BYTES * (approach_s + AROUND_S) + VEHICLE_BYTES * vehicles * approach_s);
    let world = f64::from(study.step_hz) * WORLD_BYTES * vehicles * approach_s;
    let sensors = approach_s * sensor_bytes_per_s(study, place);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let bytes = (trials * (frames + world + sensors) + REST_BYTES) as u64;
    bytes
}

/// What sensors send of frames that are kept, where there are any.
fn sensor_bytes_per_s(study: &Study, place: &WorldChoice) -> f64 {
    if matches!(place, WorldChoice::Embedded) {
        return 0.0;
    }
    #[allow(clippy::cast_precision_loss)]
    let kept = |sensor: &Sensor| sensor.frame_bytes(study.step_hz) as f64 / f64::from(sensor.every);
    f64::from(study.step_hz) * study.carla.sensors.iter().map(kept).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn room_is_counted_in_sessions() {
        for (free, session, verdict) in [
            (999, Some(1000), Verdict::Wrong),
            (1000, Some(1000), Verdict::Warn),
            (19_999, Some(1000), Verdict::Warn),
            (20_000, Some(1000), Verdict::Ok),
            (LITTLE_BYTES - 1, None, Verdict::Warn),
            (LITTLE_BYTES, None, Verdict::Ok),
        ] {
            assert_eq!(judge(free, session).verdict, verdict, "{free} {session:?}");
        }
        assert!(judge(20_500_000, Some(1_000_000)).found.contains("room for 20 sessions"));
    }

    #[test]
    fn a_slow_disk_is_named() {
        let speed = |ms| Speed { middle: Duration::from_millis(ms), worst: Duration::from_millis(2 * ms) };
        assert_eq!(speed(20).finding().verdict, Verdict::Ok);
        // 1.048576 MB in 20 ms.
        assert!(speed(20).finding().found.contains("20.0 ms (worst 40.0 ms): 52 MB/s"), "{:?}", speed(20).finding());
        assert_eq!(speed(900).finding().verdict, Verdict::Warn);
    }
}
