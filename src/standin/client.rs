//! One client's calls: read, answered from the simulation, and sent back, late where that is asked for.

use super::functions;
use super::server::{Shared, State};
use crate::carla::calls;
use crate::carla::commands::Command;
use crate::carla::dialect::Dialect;
use crate::carla::message::{Call, Request};
use crate::carla::wire::Extent;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// A request is no longer than this: maps come in requests.
const LONGEST_REQUEST: usize = 128 << 20;
/// So many late replies wait at most; then they are no longer late.
pub const MOST_LATE: usize = 10_000;

/// A reply that comes late.
#[derive(Debug)]
pub struct Late {
    due: Instant,
    socket: Arc<Mutex<TcpStream>>,
    bytes: Vec<u8>,
}

/// Sends late replies when they are due; all are equally late, so they are due in their order.
pub fn post(posted: &mpsc::Receiver<Late>) {
    for late in posted {
        std::thread::sleep(late.due.saturating_duration_since(Instant::now()));
        let _ = lock(&late.socket).write_all(&late.bytes);
    }
}

fn lock(socket: &Mutex<TcpStream>) -> MutexGuard<'_, TcpStream> {
    socket.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One client's calls.
pub struct Client {
    /// What all threads share.
    pub shared: Arc<Shared>,
    /// Its number.
    pub number: u64,
    /// Where replies go.
    pub socket: Arc<Mutex<TcpStream>>,
}

impl Client {
    /// Serves it until it goes.
    pub fn serve(&self) {
        let reader = lock(&self.socket).try_clone();
        if let Ok(reader) = reader {
            self.hear(reader);
        }
        self.shared.state().clients.remove(&self.number);
    }

    /// Answers calls until the connection ends or what comes is no call.
    fn hear(&self, mut reader: TcpStream) {
        let mut bytes: Vec<u8> = Vec::new();
        let mut extent = Extent::default();
        let mut piece = vec![0; 64 << 10];
        let dialect = self.shared.state().simulation.dialect;
        while !self.shared.stops() {
            match extent.find(&bytes) {
                Ok(Some(len)) => {
                    if self.answer(&bytes[..len], dialect).is_none() {
                        return;
                    }
                    bytes.drain(..len);
                    extent = Extent::default();
                }
                Ok(None) if extent.at_least() <= LONGEST_REQUEST => match reader.read(&mut piece) {
                    Ok(0) | Err(_) => return,
                    Ok(read) => bytes.extend_from_slice(&piece[..read]),
                },
                _ => return,
            }
        }
    }

    /// Answers one call; nothing when the connection is to be closed.
    fn answer(&self, request: &[u8], dialect: Dialect) -> Option<()> {
        let request = Request::read(request, dialect).ok()?;
        let mut state = self.shared.state();
        if self.resets(&mut state, &request) {
            return None;
        }
        let (ready, episode) = (state.is_ready(), state.simulation.episode);
        let reply = functions::answer(&mut state.simulation, &request, ready);
        if state.simulation.episode != episode {
            state.ready_at = Some(Instant::now() + state.faults.slow_load);
        }
        state.replies += 1;
        let lateness = state.faults.lateness(state.replies);
        let silent = self.number < state.silent_below;
        let ticks = state.simulation.cues > 0;
        drop(state);
        let sent = if silent {
            Ok(())
        } else if let Some(lateness) = lateness {
            let late = Late { due: Instant::now() + lateness, socket: Arc::clone(&self.socket), bytes: reply };
            match self.shared.late.try_send(late) {
                Ok(()) => Ok(()),
                Err(mpsc::TrySendError::Full(late) | mpsc::TrySendError::Disconnected(late)) => {
                    lock(&self.socket).write_all(&late.bytes)
                }
            }
        } else {
            lock(&self.socket).write_all(&reply)
        };
        // The number of a tick is known before the tick, as in CARLA.
        if ticks {
            self.shared.news.notify_all();
        }
        sent.ok()
    }

    /// Whether this is the batch in whose middle the connection is reset; half of it is done then.
    fn resets(&self, state: &mut State, request: &Request<'_>) -> bool {
        if request.method != calls::ApplyBatch::METHOD {
            return false;
        }
        state.batches += 1;
        if state.faults.reset_in_batch != Some(state.batches) {
            return false;
        }
        if let Ok((commands, _)) = request.arguments::<calls::ApplyBatch>() {
            let half: &[Command] = &commands[..commands.len() / 2];
            for command in half {
                let _ = state.simulation.apply(command);
            }
        }
        // No reply and no orderly end: the client finds a connection that was reset.
        let _ = socket2::SockRef::from(&*lock(&self.socket)).set_linger(Some(Duration::ZERO));
        true
    }
}
