//! What a session does for its server while it does not tick itself: whoever else makes it tick is answered with a tick.
//!
//! CARLA tells no client of the others, and between two trials a session has neither actors nor ticks to be seen by. So a
//! session that finds a server waiting for ticks gives it some, and knows by the answers that somebody is there; without
//! an answer, whoever made it wait has died (`OwnClient::somebody_ticks`).

use crate::carla::{Client, Error, Keep, WorldStream, calls};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A session that has not ticked for so long is silent, and listens.
const SILENT: Duration = Duration::from_millis(300);
/// How often it looks whether it is to tick again.
const LOOK: Duration = Duration::from_millis(50);
/// After an answer the next waits so long: two that answer each other make no storm.
const BETWEEN_ANSWERS: Duration = Duration::from_millis(200);
/// How long an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// Frames that may wait.
const FRAMES: usize = 16;

/// Listens from a thread of its own until it is dropped.
#[derive(Debug)]
pub(super) struct Vigil {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    held: Mutex<Held>,
    changed: Condvar,
}

#[derive(Debug)]
struct Held {
    /// The newest frame that this session has made; none before its first.
    newest: Option<u64>,
    ticked: Instant,
    ticking: bool,
    over: bool,
}

impl Vigil {
    /// Begins to listen; the first tick of its own tells it which frames are others'.
    pub fn new(client: &Client) -> std::io::Result<Self> {
        let held = Held { newest: None, ticked: Instant::now(), ticking: false, over: false };
        let shared = Arc::new(Shared { held: Mutex::new(held), changed: Condvar::new() });
        let (listening, client) = (Arc::clone(&shared), client.clone());
        let thread = std::thread::Builder::new().name("carla vigil".into()).spawn(move || listening.listen(&client))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// The session ticks now: what comes meanwhile is its own.
    pub fn ticks(&self) {
        self.shared.held().ticking = true;
    }

    /// It has ticked; the number of the frame that came, if one came.
    pub fn ticked(&self, frame: Option<u64>) {
        let mut held = self.shared.held();
        held.ticking = false;
        held.ticked = Instant::now();
        held.newest = frame.or(held.newest);
    }
}

impl Drop for Vigil {
    fn drop(&mut self) {
        self.shared.held().over = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It does not panic; and nothing of it is wanted any more.
            let _ = thread.join();
        }
    }
}

impl Held {
    fn is_silent(&self) -> bool {
        !self.ticking && !self.over && self.ticked.elapsed() >= SILENT
    }
}

impl Shared {
    /// Held for a few words, or for an answer.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(&self, client: &Client) {
        while self.is_silent_soon() {
            let world = WorldStream::subscribe(client, Keep::Newest(FRAMES));
            while self.held().is_silent() {
                match world.next(LOOK) {
                    Ok(snapshot) => self.answer(client, snapshot.frame),
                    Err(Error::NoFrame { .. }) => {}
                    // There is no server any more: its session will find out.
                    Err(_) => return,
                }
            }
        }
    }

    /// Waits until the session is silent; not so once it is over.
    fn is_silent_soon(&self) -> bool {
        let mut held = self.held();
        while !held.over && !held.is_silent() {
            held = self.changed.wait_timeout(held, SILENT).unwrap_or_else(PoisonError::into_inner).0;
        }
        !held.over
    }

    /// Answers a frame that somebody else made.
    fn answer(&self, client: &Client, frame: u64) {
        let mut held = self.held();
        let is_others = held.newest.is_some_and(|newest| frame > newest);
        if !is_others || !held.is_silent() {
            return;
        }
        // A server that does not answer will be found out by the session.
        held.newest = Some(client.call_within::<calls::TickCue>((), ANSWER_WITHIN).unwrap_or(frame).max(frame));
        let _ = self.changed.wait_timeout_while(held, BETWEEN_ANSWERS, |held| !held.over);
    }
}
