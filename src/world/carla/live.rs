//! A trial in `realtime`: a thread of its own begins it, makes the server tick, exactly one tick after the other, as the
//! display clock goes on, and ends it; the frame loop takes what has come and never waits. Where the approach starts
//! before the trial has begun on the server, what is drawn is late, and marked, as with any other late tick.

use super::buffer::Buffer;
use super::server::{Server, Trouble};
use super::trial::{Tick, Trial};
use super::{Held, Start, end};
use crate::kernel::participant::Participant;
use crate::kernel::seams::{Fault, WorldNews};
use crate::kernel::time::beat_ns;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Where the frame loop shows no more frames, the world goes on by no more than this.
const LONGEST_AHEAD: Duration = Duration::from_millis(100);
/// So many ticks may wait for the frame loop.
const MOST_WAITING: usize = 1024;

/// What the frame loop tells the ticker.
#[derive(Debug, Default)]
struct Told {
    /// Display time since the start of the frame last begun, when it was begun, and the participant in it.
    frame: Option<(i64, Instant, Participant)>,
    over: bool,
}

#[derive(Debug, Default)]
struct Shared {
    told: Mutex<Told>,
    news: Condvar,
}

impl Shared {
    /// Held for a copy of a few words, by either side.
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the ticker leaves: the server, and what went wrong since the last frame.
type Left = (Box<dyn Server>, Vec<Fault>);

/// A trial whose ticks come from a thread of their own.
pub(super) struct Live {
    shared: Arc<Shared>,
    come: Receiver<Result<Tick, Trouble>>,
    buffer: Buffer,
    thread: JoinHandle<Option<Left>>,
}

/// A trial that has ended for the frame loop, and whose thread takes away what it made.
pub(super) struct Leaving(JoinHandle<Option<Left>>);

impl Leaving {
    /// Waits for it: the server, unless its thread has died, and what went wrong since the last frame.
    pub fn join(self) -> (Option<Box<dyn Server>>, Vec<Fault>) {
        let left = self.0.join().ok().flatten();
        left.map_or((None, Vec::new()), |(server, faults)| (Some(server), faults))
    }
}

impl Live {
    /// Begins a trial, as soon as the server is there.
    pub fn new(held: Held, start: Start) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (send, come) = sync_channel(MOST_WAITING);
        let buffer = Buffer::new(start.choices.delay_ns());
        let told = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("carla ticker".into()).spawn(move || {
            let server = held.here();
            if server.is_none() {
                // Nobody listens where the trial has ended meanwhile.
                let _ = send.send(Err(Trouble::Lost("is gone".into())));
            }
            Some(play(server?, &start, told, send))
        })?;
        Ok(Self { shared, come, buffer, thread })
    }

    /// A frame: takes what has come and draws; an error where the server is lost.
    pub fn advance(
        &mut self,
        since_start_ns: i64,
        participant: &Participant,
        news: &mut WorldNews,
    ) -> Result<(), Trouble> {
        self.shared.told().frame = Some((since_start_ns, Instant::now(), *participant));
        self.shared.news.notify_one();
        let lost = loop {
            match self.come.try_recv() {
                Ok(Ok(tick)) => self.buffer.put(tick),
                Ok(Err(trouble)) => break Some(trouble),
                Err(TryRecvError::Empty) => break None,
                Err(TryRecvError::Disconnected) => break Some(Trouble::Lost("the ticking thread is gone".into())),
            }
        };
        self.buffer.draw(since_start_ns, news);
        lost.map_or(Ok(()), Err)
    }

    /// Ends the trial, and waits for nothing.
    pub fn end(self) -> Leaving {
        self.shared.told().over = true;
        self.shared.news.notify_one();
        // A full queue holds the ticker up: nobody listens any more.
        drop(self.come);
        Leaving(self.thread)
    }
}

/// The thread's side, from beginning to end.
fn play(
    mut server: Box<dyn Server>,
    start: &Start,
    shared: Arc<Shared>,
    send: SyncSender<Result<Tick, Trouble>>,
) -> Left {
    let (mut trial, run_in) = match start.begin(server.as_mut()) {
        Ok(begun) => begun,
        Err(trouble) => {
            // Nobody listens where the trial has ended meanwhile.
            let _ = send.send(Err(trouble));
            return (server, Vec::new());
        }
    };
    let mut ticker = Ticker { shared, send, step_hz: start.choices.step_hz, ticks: 0 };
    if run_in.into_iter().all(|tick| ticker.send.send(Ok(tick)).is_ok()) {
        ticker.run(&mut trial, server.as_mut());
    }
    let faults = end(&mut trial, server.as_mut(), &start.choices);
    (server, faults)
}

/// What makes the server tick.
struct Ticker {
    shared: Arc<Shared>,
    send: SyncSender<Result<Tick, Trouble>>,
    step_hz: u32,
    ticks: u64,
}

impl Ticker {
    fn run(&mut self, trial: &mut Trial, server: &mut dyn Server) {
        while let Some(participant) = self.due() {
            let ticked = trial.tick(server, &participant);
            self.ticks += 1;
            let lost = ticked.is_err();
            if self.send.send(ticked).is_err() || lost {
                break;
            }
        }
    }

    /// Waits until the next tick is due; the participant then, none when the trial is over.
    fn due(&self) -> Option<Participant> {
        let next_ns = beat_ns(self.ticks + 1, self.step_hz);
        let mut told = self.shared.told();
        loop {
            if told.over {
                return None;
            }
            let left = told.frame.map(|(since_start_ns, begun, participant)| {
                let now_ns = since_start_ns.saturating_add(nanoseconds(begun.elapsed().min(LONGEST_AHEAD)));
                (next_ns - now_ns, begun.elapsed() >= LONGEST_AHEAD, participant)
            });
            told = match left {
                Some((left_ns, _, participant)) if left_ns <= 0 => return Some(participant),
                Some((left_ns, false, _)) => {
                    let wait = Duration::from_nanos(left_ns.unsigned_abs());
                    self.shared.news.wait_timeout(told, wait).unwrap_or_else(PoisonError::into_inner).0
                }
                // Before the start, and while no frames are shown.
                _ => self.shared.news.wait(told).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}
