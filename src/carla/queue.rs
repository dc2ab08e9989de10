//! Frames between the thread that receives them and the one that uses them: bounded.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::error::Error;

/// What happens to frames that come faster than they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// So many of the newest; older ones are dropped and counted.
    Newest(usize),
    /// All, in order; when so many wait, no more are received, and the server has to wait or drop.
    Every(usize),
}

/// How a stream has fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StreamCounts {
    /// Frames that came.
    pub received: u64,
    /// Of these, dropped because newer ones came before they were taken.
    pub dropped: u64,
    /// Of these, passed over because they were no newer than the one before.
    pub repeated: u64,
    /// Frames that could not be understood.
    pub malformed: u64,
    /// How often the stream was connected anew.
    pub reconnects: u64,
}

#[derive(Debug)]
struct State<T> {
    frames: VecDeque<T>,
    counts: StreamCounts,
    trouble: Option<String>,
    ended: Option<Error>,
}

#[derive(Debug)]
pub(super) struct Queue<T> {
    keep: Keep,
    name: String,
    state: Mutex<State<T>>,
    came: Condvar,
    room: Notify,
}

impl<T> Queue<T> {
    pub(super) fn new(name: String, keep: Keep) -> Self {
        let state = State { frames: VecDeque::new(), counts: StreamCounts::default(), trouble: None, ended: None };
        Self { keep, name, state: Mutex::new(state), came: Condvar::new(), room: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a frame in; waits for room where every frame is kept.
    pub(super) async fn push(&self, frame: T) {
        if let Keep::Every(most) = self.keep {
            while self.state().frames.len() >= most.max(1) {
                self.room.notified().await;
            }
        }
        let mut state = self.state();
        state.frames.push_back(frame);
        state.counts.received += 1;
        if let Keep::Newest(most) = self.keep {
            while state.frames.len() > most.max(1) {
                state.frames.pop_front();
                state.counts.dropped += 1;
            }
        }
        drop(state);
        self.came.notify_all();
    }

    pub(super) fn count(&self, with: impl FnOnce(&mut StreamCounts)) {
        with(&mut self.state().counts);
    }

    pub(super) fn counts(&self) -> StreamCounts {
        self.state().counts
    }

    /// What went wrong last; told to whoever waits in vain.
    pub(super) fn trouble(&self, words: String) {
        self.state().trouble = Some(words);
    }

    /// No frame will come any more.
    pub(super) fn end(&self, why: Error) {
        self.state().ended = Some(why);
        self.came.notify_all();
    }

    /// The oldest frame, waited for.
    pub(super) fn next(&self, within: Duration) -> Result<T, Error> {
        let until = Instant::now() + within;
        let mut state = self.state();
        loop {
            if let Some(frame) = state.frames.pop_front() {
                drop(state);
                self.room.notify_one();
                return Ok(frame);
            }
            if let Some(why) = &state.ended {
                return Err(why.clone());
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let trouble = state.trouble.clone();
                return Err(Error::NoFrame { stream: self.name.clone(), after: within, trouble });
            }
            state = self.came.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The oldest frame if there is one.
    pub(super) fn poll(&self) -> Result<Option<T>, Error> {
        let mut state = self.state();
        let frame = state.frames.pop_front();
        match (&frame, &state.ended) {
            (None, Some(why)) => return Err(why.clone()),
            _ => drop(state),
        }
        self.room.notify_one();
        Ok(frame)
    }
}
