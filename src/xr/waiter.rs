//! The runtime's own wait, on a thread of its own: OpenXR gives it no limit, and a runtime that lets it hang must not
//! hold the program.

use super::trouble::problem;
use crate::problem::Problem;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Waits for frames, one at a time.
pub(super) struct Waiter<F> {
    /// None once it is to end.
    asks: Option<Sender<()>>,
    frames: Receiver<F>,
    /// Since when a frame has been waited for that has not come.
    since: Option<Instant>,
    thread: Option<JoinHandle<()>>,
}

impl<F: Send + 'static> Waiter<F> {
    /// A waiter on what `wait` returns, once it does.
    pub fn new(mut wait: impl FnMut() -> F + Send + 'static) -> Result<Self, Problem> {
        let (asks, asked) = channel();
        let (send, frames) = channel();
        let run = move || {
            while asked.recv().is_ok() {
                if send.send(wait()).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("headset-wait".into()).spawn(run);
        let thread = thread.map_err(|e| problem(format!("no thread can be started: {e}"), "end other programs"))?;
        Ok(Self { asks: Some(asks), frames, since: None, thread: Some(thread) })
    }

    /// The next frame; none where it has not come within the limit: then the next call waits on for the same one.
    pub fn wait(&mut self, limit: Duration) -> Result<Option<F>, Problem> {
        if self.since.is_none() {
            let asked = self.asks.as_ref().is_some_and(|asks| asks.send(()).is_ok());
            if !asked {
                return Err(ended());
            }
            self.since = Some(Instant::now());
        }
        match self.frames.recv_timeout(limit) {
            Ok(frame) => {
                self.since = None;
                Ok(Some(frame))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }

    /// How long a frame has been waited for that has not come; none where none is.
    pub fn held_for(&self) -> Option<Duration> {
        self.since.map(|since| since.elapsed())
    }
}

fn ended() -> Problem {
    problem("the thread that waits for frames has ended", "give the same command again: the session goes on")
}

impl<F> Drop for Waiter<F> {
    fn drop(&mut self) {
        self.asks = None;
        // One that hangs in the runtime is left there: nobody can call it back.
        if let (Some(thread), None) = (self.thread.take(), self.since) {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    const SOON: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_wait_that_hangs_is_taken_up_again_and_not_asked_for_twice() {
        let (release, held) = channel();
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        let mut waiter = Waiter::new(move || {
            held.recv().unwrap();
            counted.fetch_add(1, Ordering::SeqCst)
        })
        .unwrap();
        assert_eq!(waiter.wait(SOON).unwrap(), None);
        assert!(waiter.held_for().is_some());
        assert_eq!(waiter.wait(SOON).unwrap(), None);
        release.send(()).unwrap();
        assert_eq!(waiter.wait(LONG).unwrap(), Some(0));
        assert_eq!((waiter.held_for(), calls.load(Ordering::SeqCst)), (None, 1));
        release.send(()).unwrap();
        assert_eq!(waiter.wait(LONG).unwrap(), Some(1));
    }

    #[test]
    fn one_that_hangs_for_good_holds_nobody_up_at_the_end() {
        let (_never, held) = channel::<()>();
        let mut waiter = Waiter::new(move || held.recv().is_ok()).unwrap();
        assert_eq!(waiter.wait(SOON).unwrap(), None);
        drop(waiter);
    }
}
