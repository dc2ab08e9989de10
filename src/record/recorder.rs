//! The recorder as the frame loop sees it: a queue in front of a writer thread.

use super::folder::SessionFolder;
use super::seal::Head;
use super::writer::SessionFiles;
use crate::headset::Pacing;
use crate::kernel::frame::{Row, Sink};
use crate::kernel::seams::Fault;
use crate::problem::Problem;
use crate::table::{ClockRow, Mark, Source, Text};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Rows that may wait; at 90 Hz with three vehicles some ten seconds.
const QUEUE_ROWS: usize = 8192;
/// How often the writer looks when frames follow the wall clock: the frame loop wakes nobody.
const POLL: Duration = Duration::from_millis(5);
/// Display time between two readings of the clocks.
const CLOCK_EVERY_NS: i64 = 1_000_000_000;

/// Files that are whole from the start, by name.
pub type Statics<'a> = [(&'a str, Vec<u8>)];

#[allow(clippy::large_enum_variant)]
enum Order {
    Row(Row),
    Seal(Option<u32>, SyncSender<Result<Head, Problem>>),
}

/// Takes rows from the frame loop; a thread of its own writes and seals them.
pub struct Recorder {
    queue: Option<SyncSender<Order>>,
    writer: Option<JoinHandle<()>>,
    pacing: Pacing,
    lost_rows: u64,
    began: Instant,
    next_clock_ns: i64,
}

impl Recorder {
    /// Makes a session's folder, seals its opening, and starts the writer.
    pub fn create(folder: &SessionFolder, statics: &Statics<'_>, pacing: Pacing) -> Result<(Self, Head), Problem> {
        let (mut files, head) = SessionFiles::create(folder, statics)?;
        let (queue, orders) = sync_channel(QUEUE_ROWS);
        let name = format!("record {}", folder.name());
        let writer = std::thread::Builder::new()
            .name(name)
            .spawn(move || write(&mut files, &orders, pacing))
            .map_err(|e| Problem::file(folder.0.display(), format!("no thread for the recorder: {e}"), "try again"))?;
        let recorder = Self {
            queue: Some(queue),
            writer: Some(writer),
            pacing,
            lost_rows: 0,
            began: Instant::now(),
            next_clock_ns: i64::MIN,
        };
        Ok((recorder, head))
    }

    /// Seals everything so far; returns when it is safe on the disk.
    pub fn seal(&mut self, trial_n: Option<u32>) -> Result<Head, Problem> {
        let (reply, answer) = sync_channel(1);
        let queue = self.queue.as_ref().ok_or_else(gone)?;
        queue.send(Order::Seal(trial_n, reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    /// Seals the session's end and stops the writer.
    pub fn finish(mut self) -> Result<Head, Problem> {
        let head = self.seal(None);
        self.stop();
        head
    }

    fn stop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            // A writer that failed has already answered with its error.
            let _ = writer.join();
        }
    }

    fn send(&mut self, row: Row) {
        let Some(queue) = &self.queue else { return };
        let order = Order::Row(row);
        match self.pacing {
            // Back-pressure: virtual time waits. A writer that is gone answers the next seal.
            Pacing::Lockstep => drop(queue.send(order)),
            Pacing::Realtime => {
                if let Err(TrySendError::Full(_)) = queue.try_send(order) {
                    self.lost_rows += 1;
                }
            }
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.stop();
    }
}

fn gone() -> Problem {
    Problem::new(
        crate::problem::Place::default(),
        "the recorder has stopped",
        "see the error before this one; what was sealed is safe",
    )
}

impl Sink for Recorder {
    fn put(&mut self, row: Row) {
        if let Row::Frame(frame) = &row
            && frame.display_time_ns >= self.next_clock_ns
        {
            let first = self.next_clock_ns == i64::MIN;
            self.next_clock_ns = frame.display_time_ns + CLOCK_EVERY_NS;
            let host_time_ns = i64::try_from(self.began.elapsed().as_nanos()).unwrap_or(i64::MAX);
            let clock = ClockRow {
                trial_n: Some(frame.trial_n),
                frame_n: frame.frame_n,
                clock: Text::fixed("host"),
                display_time_ns: frame.display_time_ns,
                host_time_ns,
                world_time_ns: frame.world_time_ns,
                source_time_ns: None,
                wall_time_utc: if first { Text::new(super::wall_time_utc()) } else { Text::NA },
            };
            self.send(Row::Clock(clock));
        }
        self.send(row);
    }

    fn fault(&mut self) -> Option<Fault> {
        let lost = std::mem::take(&mut self.lost_rows);
        (lost > 0).then(|| Fault {
            code: Mark::RowsLost,
            detail: format!("{lost} rows did not fit in the recorder's queue"),
            source: Source::Recorder,
        })
    }
}

/// The writer thread: rows as they come; after an error only that error, to every seal.
fn write(files: &mut SessionFiles, orders: &Receiver<Order>, pacing: Pacing) {
    let mut failed: Option<Problem> = None;
    while let Some(order) = next(orders, pacing) {
        match order {
            Order::Row(row) => {
                if failed.is_none() {
                    failed = files.put(&row).err();
                }
            }
            Order::Seal(trial_n, reply) => {
                let answer = match &failed {
                    Some(problem) => Err(problem.clone()),
                    None => files.seal(trial_n),
                };
                failed = answer.as_ref().err().cloned();
                let _ = reply.send(answer);
            }
        }
    }
}

fn next(orders: &Receiver<Order>, pacing: Pacing) -> Option<Order> {
    if pacing == Pacing::Lockstep {
        return orders.recv().ok();
    }
    loop {
        match orders.try_recv() {
            Ok(order) => return Some(order),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => std::thread::sleep(POLL),
        }
    }
}
