//! Allocations per frame, on the frame's thread alone. `tests/allocations.rs` holds the frame to none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/counting.rs"]
mod counting;
#[path = "../tests/common/drive.rs"]
mod drive;
mod support;

use counting::{Counting, allocations};
use drive::Drive;
use kerbside::headset::Pacing;
use kerbside::kernel::frame::{Sink, Unrecorded};
use kerbside::record::Recorder;
use kerbside::record::folder::SessionFolder;

#[global_allocator]
static COUNTING: Counting = Counting;

/// Allocations inside the frame and around it (input, simulated eye), and whether the frame showed an event.
type Counted = (u64, u64, bool);

fn count<S: Sink>(n: usize, sink: &mut S, mut rest: impl FnMut(&mut S)) -> Vec<Counted> {
    let mut drive = Drive::new(Pacing::Lockstep);
    let mut counts = Vec::new();
    let mut frames = 0;
    while counts.len() < n {
        let traffic = drive.traffic();
        let mut input = None;
        let mut around = allocations(|| input = Some(drive.input()));
        let input = input.unwrap();
        let inside = allocations(|| drive.frame(&input, sink));
        let eventful = drive.eventful();
        around += allocations(|| drive.present());
        if traffic {
            counts.push((inside, around, eventful));
        }
        frames += 1;
        if frames % 500 == 0 {
            rest(sink);
        }
    }
    counts
}

fn rows(sink: &str, counts: &[Counted]) -> Vec<Vec<String>> {
    let row = |which: &str, of: &dyn Fn(&Counted) -> Option<u64>| {
        let counts: Vec<u64> = counts.iter().filter_map(of).collect();
        let sum: u64 = counts.iter().sum();
        vec![
            format!("{sink}: {which}"),
            counts.len().to_string(),
            format!("{:.4}", sum as f64 / counts.len() as f64),
            counts.iter().max().unwrap().to_string(),
        ]
    };
    vec![
        row("frames without an event", &|c| (!c.2).then_some(c.0)),
        row("frames that show an event", &|c| c.2.then_some(c.0)),
        row("around all frames (simulated person)", &|c| Some(c.1)),
    ]
}

fn main() {
    let n = support::size(20_000, 2_000);
    let folder = tempfile::tempdir().unwrap();
    let session = SessionFolder(folder.path().join("BENCH-1"));
    let (mut recorder, _) = Recorder::create(&session, &[], Pacing::Realtime).unwrap();
    let mut table = rows("nothing", &count(n, &mut Unrecorded, |_| {}));
    let recorded = count(n, &mut recorder, |recorder| drop(recorder.seal(None).unwrap()));
    table.extend(rows("recorder", &recorded));
    support::table("allocations on the frame's thread", &["rows go to", "frames", "mean", "most"], &table);
}
