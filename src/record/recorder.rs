//! The recorder as the frame loop sees it: a queue in front of a writer thread.

use super::closing::{CLOSING, Closing, Ending};
use super::folder::{DataFolder, SessionFolder};
use super::lock::Lock;
use super::mirror::Mirror;
use super::recover::{Stands, Tail, move_tail, stands};
use super::seal::Head;
use super::seals::Seals;
use super::sensors::SensorFiles;
use super::storage::{Disk, Storage, make_folders};
use super::verify::{self, LOCK};
use super::writer::SessionFiles;
use crate::headset::Pacing;
use crate::kernel::frame::{Row, Sink};
use crate::kernel::seams::Fault;
use crate::problem::{Outcome, Problem};
use crate::table::{ClockRow, Mark, Source, Text};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Rows that may wait; at 90 Hz with three vehicles some ten seconds.
const QUEUE_ROWS: usize = 8192;
/// How often the writer looks when frames follow the wall clock: the frame loop wakes nobody.
const POLL: Duration = Duration::from_millis(5);
/// How long rows may wait before the operating system has them, when frames follow the wall clock.
const FLUSH_EVERY: Duration = Duration::from_millis(250);
/// Display time between two readings of the clocks.
const CLOCK_EVERY_NS: i64 = 1_000_000_000;

/// Files that are whole from the start, by name.
pub type Statics<'a> = [(&'a str, Vec<u8>)];

/// How a session is kept.
#[derive(Debug, Clone)]
pub struct Keeping {
    /// Who waits when the disk is slow.
    pub pacing: Pacing,
    /// The data folder of a second copy.
    pub mirror: Option<DataFolder>,
    /// The disk.
    pub storage: Arc<dyn Storage>,
}

impl From<Pacing> for Keeping {
    fn from(pacing: Pacing) -> Self {
        Self { pacing, mirror: None, storage: Arc::new(Disk) }
    }
}

/// What was found when a session was opened again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumed {
    /// Newest link of its chain.
    pub head: Head,
    /// Seals so far.
    pub seals: u32,
    /// Seals of trials so far.
    pub trials_sealed: u32,
    /// The trial that was cut short, by the rows it left; none when it left none.
    pub cut: Option<u32>,
    /// What followed the last seal: file and bytes.
    pub recovered: Vec<(String, u64)>,
    /// Where that lies now.
    pub recovered_in: Option<PathBuf>,
}

#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
pub(super) enum Order {
    Row(Row),
    File(String, Vec<u8>),
    Seal(Option<u32>, Answer),
    Close(Ending, Answer),
}

type Answer = SyncSender<Result<Head, Problem>>;

/// Takes rows from the frame loop; a thread of its own writes and seals them.
pub struct Recorder {
    queue: Option<SyncSender<Order>>,
    writer: Option<JoinHandle<()>>,
    folder: SessionFolder,
    storage: Arc<dyn Storage>,
    sensors: Option<Arc<SensorFiles>>,
    lock: Option<Lock>,
    mirror_fault: Arc<Mutex<Option<Problem>>>,
    pacing: Pacing,
    lost_rows: u64,
    began: Instant,
    next_clock_ns: i64,
}

impl Recorder {
    /// Makes a session's folder, seals its opening, and starts the writer. What a crash left of an opening that was
    /// never sealed goes to `recovered/`.
    pub fn create(folder: &SessionFolder, statics: &Statics<'_>, keeping: impl Into<Keeping>) -> Outcome<(Self, Head)> {
        let keeping = keeping.into();
        let storage = Arc::clone(&keeping.storage);
        must_be_free(folder)?;
        make_folders(&*storage, &folder.0)?;
        let lock = lock(folder)?;
        // Again under the lock: another station may have begun it meanwhile.
        must_be_free(folder)?;
        move_tail(folder, None, &*storage)?;
        let (files, head) = SessionFiles::create(folder, statics, storage)?;
        let mirror = mirror(folder, &keeping)?;
        Ok((Self::start(folder, files, lock, mirror, &keeping)?, head))
    }

    /// Opens a session that was not ended and goes on behind its last seal. What followed that is moved to
    /// `recovered/N/`; the new files are sealed before this returns.
    pub fn resume(
        folder: &SessionFolder,
        statics: &Statics<'_>,
        keeping: impl Into<Keeping>,
    ) -> Outcome<(Self, Resumed)> {
        let keeping = keeping.into();
        let storage = Arc::clone(&keeping.storage);
        must_be_unfinished(folder)?;
        let lock = lock(folder)?;
        // Again under the lock: it may have been ended meanwhile.
        must_be_unfinished(folder)?;
        verify::session(folder, None)?;
        let seals = Seals::read(folder)?;
        // A mirror that is none is found before anything is moved.
        let mirror = mirror(folder, &keeping)?;
        let Tail { files: recovered, lies_in, cut } = move_tail(folder, Some(&seals), &*storage)?;
        let mut files = SessionFiles::resume(folder, &seals, storage)?;
        let mut head = seals.head();
        for (name, bytes) in statics {
            files.add_file(name, bytes)?;
        }
        if !statics.is_empty() {
            head = files.seal(None)?;
        }
        let trials_sealed = files.trials();
        let sealed_now = u32::from(!statics.is_empty());
        let seals = seals.next_n().saturating_add(sealed_now);
        let resumed = Resumed { head, seals, trials_sealed, cut, recovered, recovered_in: lies_in };
        Ok((Self::start(folder, files, lock, mirror, &keeping)?, resumed))
    }

    fn start(
        folder: &SessionFolder,
        mut files: SessionFiles,
        lock: Lock,
        mut mirror: Option<Mirror>,
        keeping: &Keeping,
    ) -> Outcome<Self> {
        let pacing = keeping.pacing;
        // A mirror that cannot be written from the start is not one.
        if let Some(problem) = mirror.as_mut().and_then(|mirror| mirror.follow(files.sealed())) {
            return Err(Problem { cure: "give another folder as the mirror".to_owned(), ..problem }.into());
        }
        let mirror_fault = Arc::default();
        let (queue, orders) = sync_channel(QUEUE_ROWS);
        let fault = Arc::clone(&mirror_fault);
        let writer = std::thread::Builder::new()
            .name(format!("record {}", folder.name()))
            .spawn(move || {
                let writer = Writer { files: &mut files, mirror, fault: &fault, failed: None, flushed: Instant::now() };
                writer.work(&orders, pacing);
            })
            .map_err(|e| Problem::file(folder.0.display(), format!("no thread for the recorder: {e}"), "try again"))?;
        Ok(Self {
            queue: Some(queue),
            writer: Some(writer),
            folder: folder.clone(),
            storage: Arc::clone(&keeping.storage),
            sensors: None,
            lock: Some(lock),
            mirror_fault,
            pacing,
            lost_rows: 0,
            began: Instant::now(),
            next_clock_ns: i64::MIN,
        })
    }

    /// Seals everything so far, with a trial or between trials; returns when it is safe on the disk.
    pub fn seal(&mut self, trial_n: Option<u32>) -> Result<Head, Problem> {
        self.ask(|answer| Order::Seal(trial_n, answer))
    }

    /// Adds a file that is whole; the next seal seals it. Its name may have folders in it.
    pub fn add_file(&mut self, name: &str, bytes: Vec<u8>) {
        if let Some(queue) = &self.queue {
            // A writer that is gone answers the next seal.
            let _ = queue.send(Order::File(name.to_owned(), bytes));
        }
    }

    /// From now on `sensors` keeps files in this session's folder, until the recorder stops.
    pub fn serve(&mut self, sensors: &Arc<SensorFiles>) {
        if let Some(before) = self.sensors.take() {
            before.close();
        }
        if let Some(queue) = &self.queue {
            sensors.open(self.folder.clone(), Arc::clone(&self.storage), queue.clone());
            self.sensors = Some(Arc::clone(sensors));
        }
    }

    /// Writes and seals `closing.json` and stops the writer: nothing can be added to the session any more.
    pub fn finish(mut self, ending: &Ending) -> Result<Head, Problem> {
        let head = self.ask(|answer| Order::Close(ending.clone(), answer))?;
        self.stop();
        if let Some(lock) = self.lock.take() {
            lock.remove();
        }
        Ok(head)
    }

    /// The host's monotonic clock, from the session's start.
    pub fn host_time_ns(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_nanos()).unwrap_or(i64::MAX)
    }

    /// What is wrong with the mirror; once, until it is well again. The session itself is not concerned.
    pub fn mirror_fault(&self) -> Option<Problem> {
        self.mirror_fault.lock().ok()?.take()
    }

    fn ask(&self, order: impl FnOnce(Answer) -> Order) -> Result<Head, Problem> {
        let (reply, answer) = sync_channel(1);
        let queue = self.queue.as_ref().ok_or_else(gone)?;
        queue.send(order(reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    fn stop(&mut self) {
        // The writer ends when nobody can send to it any more.
        if let Some(sensors) = self.sensors.take() {
            sensors.close();
        }
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

fn mirror(folder: &SessionFolder, keeping: &Keeping) -> Outcome<Option<Mirror>> {
    let open = |data| Mirror::open(folder, data, Arc::clone(&keeping.storage));
    keeping.mirror.as_ref().map(open).transpose()
}

fn must_be_free(folder: &SessionFolder) -> Outcome<()> {
    if matches!(stands(folder)?, Stands::Unfinished | Stands::Finished) {
        let what = "holds a session already";
        return Err(Problem::file(folder.0.display(), what, "continue it, or give another session number").into());
    }
    Ok(())
}

fn lock(folder: &SessionFolder) -> Result<Lock, Problem> {
    Lock::take(&folder.file(LOCK), "the session is being recorded")
}

fn must_be_unfinished(folder: &SessionFolder) -> Outcome<()> {
    let (what, cure) = match stands(folder)? {
        Stands::Unfinished => return Ok(()),
        Stands::Finished => ("is finished: nothing can be added to it", "run another session"),
        Stands::Nothing => ("holds no session", "run the session from its beginning"),
        Stands::Unopened => ("holds a session that never began", "run the session from its beginning"),
    };
    Err(Problem::file(folder.0.display(), what, cure).into())
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
            let host_time_ns = self.host_time_ns();
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
struct Writer<'a> {
    files: &'a mut SessionFiles,
    mirror: Option<Mirror>,
    fault: &'a Mutex<Option<Problem>>,
    failed: Option<Problem>,
    flushed: Instant,
}

impl Writer<'_> {
    fn work(mut self, orders: &Receiver<Order>, pacing: Pacing) {
        while let Some(order) = self.next(orders, pacing) {
            match order {
                Order::Row(row) => self.unless_failed(|files| files.put(&row)),
                Order::File(name, bytes) => self.unless_failed(|files| files.add_file(&name, &bytes)),
                Order::Seal(trial_n, reply) => drop(reply.send(self.seal(trial_n))),
                Order::Close(ending, reply) => {
                    self.unless_failed(|files| {
                        let closing = Closing::new(&ending, files.trials());
                        files.add_file(CLOSING, &closing.bytes())
                    });
                    drop(reply.send(self.seal(None)));
                }
            }
        }
    }

    fn unless_failed(&mut self, work: impl FnOnce(&mut SessionFiles) -> Result<(), Problem>) {
        if self.failed.is_none() {
            self.failed = work(self.files).err();
        }
    }

    fn seal(&mut self, trial_n: Option<u32>) -> Result<Head, Problem> {
        if let Some(problem) = &self.failed {
            return Err(problem.clone());
        }
        let sealed = self.files.seal(trial_n);
        self.failed = sealed.as_ref().err().cloned();
        let head = sealed?;
        if let Some(problem) = self.mirror.as_mut().and_then(|mirror| mirror.follow(self.files.sealed()))
            && let Ok(mut fault) = self.fault.lock()
        {
            *fault = Some(problem);
        }
        Ok(head)
    }

    fn next(&mut self, orders: &Receiver<Order>, pacing: Pacing) -> Option<Order> {
        if pacing == Pacing::Lockstep {
            return orders.recv().ok();
        }
        loop {
            match orders.try_recv() {
                Ok(order) => return Some(order),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {
                    if self.flushed.elapsed() >= FLUSH_EVERY {
                        self.unless_failed(SessionFiles::flush);
                        self.flushed = Instant::now();
                    }
                    std::thread::sleep(POLL);
                }
            }
        }
    }
}
