//! The frame thread does not allocate while a trial runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/counting.rs"]
mod counting;
#[path = "common/drive.rs"]
mod drive;

use counting::{Counting, allocations};
use drive::Drive;
use kerbside::headset::Pacing;
use kerbside::kernel::frame::{Sink, Unrecorded};
use kerbside::record::folder::SessionFolder;
use kerbside::record::{Ending, Recorder};

#[global_allocator]
static COUNTING: Counting = Counting;

/// Allocations of every frame of approach and crossing in three trials: in the frame function, and around it.
/// `rest` is called between frames.
fn count<S: Sink>(sink: &mut S, mut rest: impl FnMut(&mut S)) -> Vec<(u64, u64)> {
    let mut drive = Drive::new(Pacing::Lockstep);
    let mut counts = Vec::new();
    while drive.run().setup.trial_n <= 3 {
        let mut input = None;
        let traffic = drive.traffic();
        let outside = allocations(|| input = Some(drive.input()));
        let input = input.unwrap();
        let inside = allocations(|| drive.frame(&input, sink));
        let outside = outside + allocations(|| drive.present());
        if traffic {
            counts.push((inside, outside));
        }
        rest(sink);
    }
    assert!(drive.run().marks.is_empty(), "{:?}", drive.run().marks);
    counts
}

fn none(counts: &[(u64, u64)]) {
    assert!(counts.len() > 2000, "{} frames", counts.len());
    let wrong: Vec<_> = counts.iter().enumerate().filter(|(_, c)| c.0 > 0).take(10).collect();
    assert!(wrong.is_empty(), "frames that allocate (frame, (inside, around)): {wrong:?}");
}

#[test]
fn the_counter_counts() {
    let made = |n| drop(std::hint::black_box(Vec::<u8>::with_capacity(n)));
    assert_eq!(allocations(|| made(7)), 1);
    assert_eq!(allocations(|| made(0)), 0);
}

#[test]
fn no_frame_with_traffic_allocates_without_a_record() {
    none(&count(&mut Unrecorded, |_| {}));
}

#[test]
fn no_frame_with_traffic_allocates_with_the_recorder() {
    let folder = tempfile::tempdir().unwrap();
    let folder = SessionFolder(folder.path().join("BENCH-1"));
    let (mut recorder, _) = Recorder::create(&folder, &[], Pacing::Realtime).unwrap();
    let mut frames = 0;
    let counts = count(&mut recorder, |recorder| {
        frames += 1;
        if frames % 500 == 0 {
            // Nothing paces these frames: the queue is emptied before it is full.
            recorder.seal(None).unwrap();
        }
    });
    recorder.finish(&Ending::Done).unwrap();
    none(&counts);
}
