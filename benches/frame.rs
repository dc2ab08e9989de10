//! One frame's work: how long, and which share of the budget at 120 Hz.
//!
//! The distribution is this file's own: `TrialRun::frame` between two readings of `Instant`, frame by frame, over
//! approach and crossing only. The cost of the two readings is in every number and is printed; it is not subtracted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/drive.rs"]
mod drive;
mod support;

use drive::{Drive, HZ};
use kerbside::headset::Pacing;
use kerbside::kernel::frame::{Row, Sink, Unrecorded};
use kerbside::record::Recorder;
use kerbside::record::folder::SessionFolder;
use kerbside::table::{LineWriter, Table};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::Duration;

/// Frames between two emptyings of the recorder's queue: seven rows each stay below its 8192.
const BURST: usize = 600;

/// The peer: the same rows as text into one buffered file, on the frame's own thread.
struct Straight {
    line: LineWriter,
    file: BufWriter<File>,
}

impl Straight {
    fn write<T: Table>(&mut self, row: &T) {
        self.file.write_all(self.line.line(row)).unwrap();
    }
}

impl Sink for Straight {
    fn put(&mut self, row: Row) {
        match row {
            Row::Frame(row) => self.write(&row),
            Row::Vehicle(row) => self.write(&row),
            Row::World(row) => self.write(&row),
            Row::Event(row) => self.write(&row),
            _ => {}
        }
    }
}

/// The recorder as in a live session, in a folder that vanishes.
struct Recorded {
    recorder: Recorder,
    _folder: tempfile::TempDir,
}

impl Recorded {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let session = SessionFolder(folder.path().join("BENCH-1"));
        let (recorder, _) = Recorder::create(&session, &[], Pacing::Realtime).unwrap();
        Self { recorder, _folder: folder }
    }
}

/// Seconds of each of `n` frames with traffic; `rest` is called, untimed, after every burst of frames.
fn times<S: Sink>(drive: &mut Drive, n: usize, sink: &mut S, mut rest: impl FnMut(&mut S)) -> Vec<f64> {
    let mut times = Vec::with_capacity(n);
    let mut since_rest = 0;
    while times.len() < n {
        let input = drive.input();
        if drive.traffic() {
            times.push(support::seconds(|| drive.frame(&input, sink)));
        } else {
            drive.frame(&input, sink);
        }
        drive.present();
        since_rest += 1;
        if since_rest >= BURST {
            since_rest = 0;
            rest(sink);
        }
    }
    rest(sink);
    assert!(drive.run().marks.is_empty(), "rows were lost: {:?}", drive.run().marks);
    times
}

fn nothing(n: usize) -> Vec<f64> {
    times(&mut Drive::new(Pacing::Lockstep), n, &mut Unrecorded, |_| {})
}

fn recorder(n: usize) -> Vec<f64> {
    let mut recorded = Recorded::new();
    let mut drive = Drive::new(Pacing::Lockstep);
    times(&mut drive, n, &mut recorded.recorder, |recorder| drop(recorder.seal(None).unwrap()))
}

fn recorder_by_the_wall_clock(n: usize) -> Vec<f64> {
    let mut recorded = Recorded::new();
    times(&mut Drive::new(Pacing::Realtime), n, &mut recorded.recorder, |_| {})
}

fn straight(n: usize) -> Vec<f64> {
    let file = BufWriter::with_capacity(1 << 16, tempfile::tempfile().unwrap());
    times(&mut Drive::new(Pacing::Lockstep), n, &mut Straight { line: LineWriter::default(), file }, |_| {})
}

fn with_criterion() {
    let mut criterion = support::criterion();
    let mut group = criterion.benchmark_group("frame");
    let mut one = |name: &str, frames: fn(usize) -> Vec<f64>| {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|n| Duration::from_secs_f64(frames(usize::try_from(n).unwrap()).iter().sum()));
        });
    };
    one("nothing", nothing);
    one("recorder", recorder);
    group.finish();
    criterion.final_summary();
}

fn main() {
    with_criterion();
    let n = support::size(20_000, 200);
    let mut clock: Vec<f64> = (0..n).map(|_| support::seconds(|| ())).collect();
    // In turns, so that what disturbs the machine disturbs all of them.
    let mut turns = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..10 {
        for (times, frames) in turns.iter_mut().zip([nothing, recorder, straight] as [fn(usize) -> Vec<f64>; 3]) {
            times.extend(frames(n / 10));
        }
    }
    let [bare, queued, peer] = turns;
    let mut all = [
        ("nothing", bare),
        ("the recorder's queue", queued),
        (
            "the recorder's queue, frames by the wall clock at 120 Hz",
            recorder_by_the_wall_clock(support::size(2400, 20)),
        ),
        ("peer: text into one BufWriter<File> on the frame's thread", peer),
    ];
    let budget_s = 1.0 / f64::from(HZ);
    let medians = all.each_mut().map(|(_, times)| support::quantile(times, 0.5));
    let rows: Vec<Vec<String>> = all
        .iter_mut()
        .map(|(name, times)| {
            let (median, p99) = (support::quantile(times, 0.5), support::quantile(times, 0.99));
            let most = support::quantile(times, 1.0);
            vec![
                (*name).to_owned(),
                times.len().to_string(),
                format!("{:.2}", median * 1e6),
                format!("{:.2}", p99 * 1e6),
                format!("{:.1}", most * 1e6),
                format!("{:.3} %", median / budget_s * 100.0),
                format!("{:.3} %", p99 / budget_s * 100.0),
            ]
        })
        .collect();
    support::table(
        "one frame (three vehicles, a world tick in every frame), by where its rows go",
        &["rows go to", "frames", "median us", "p99 us", "most us", "median of 8.33 ms", "p99 of 8.33 ms"],
        &rows,
    );
    println!("  two readings of the clock alone: median {:.3} us", support::quantile(&mut clock, 0.5) * 1e6);
    let ratio = |name: &str, a: f64, b: f64| vec![name.to_owned(), format!("{:.2}", a / b)];
    support::table(
        "ratios of medians",
        &["what", "ratio"],
        &[
            ratio("frame with the recorder / frame without", medians[1], medians[0]),
            ratio("peer on the frame's thread / frame with the recorder", medians[3], medians[1]),
            ratio("120 Hz budget / frame with the recorder, by the wall clock", budget_s, medians[2]),
        ],
    );
}
