//! The server: one thread that ticks and sends, and one for each client's calls.

use super::faults::Faults;
use super::functions;
use super::sensing;
use super::simulation::Simulation;
use super::streams::Streams;
use crate::carla::calls;
use crate::carla::commands::Command;
use crate::carla::dialect::Dialect;
use crate::carla::message::{Call, Request};
use crate::carla::types::WORLD_STREAM;
use crate::carla::wire::Extent;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// A request is no longer than this: maps go through calls.
const LONGEST_REQUEST: usize = 256 << 20;
/// So many clients at a time; more are closed at once.
const MOST_CLIENTS: usize = 256;
/// How often the ticking thread looks for new connections while nothing happens.
const GLANCE: Duration = Duration::from_millis(2);
/// So many late replies wait at most; then they are no longer late.
const MOST_LATE: usize = 10_000;

/// What all threads of a server share.
#[derive(Debug)]
pub struct Shared {
    state: Mutex<State>,
    /// A cue has come, or the settings have changed, or the server stops.
    news: Condvar,
    stops: AtomicBool,
    late: mpsc::SyncSender<Late>,
    started: Instant,
}

/// The simulation and what belongs to the server alone.
#[derive(Debug)]
pub struct State {
    /// The simulation.
    pub simulation: Simulation,
    /// What goes wrong on request.
    pub faults: Faults,
    /// Ticks since the server started.
    pub ticks: u64,
    /// When the episode that is being loaded begins.
    ready_at: Option<Instant>,
    batches: u64,
    replies: u64,
    /// Clients by number.
    clients: BTreeMap<u64, TcpStream>,
    next_client: u64,
    /// Clients with a smaller number hear nothing any more.
    silent_below: u64,
}

/// A reply that comes late.
#[derive(Debug)]
struct Late {
    due: Instant,
    socket: Arc<Mutex<TcpStream>>,
    bytes: Vec<u8>,
}

impl Shared {
    /// Locks the state. A thread that panicked meanwhile is no reason to stop serving the others.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the server is being stopped.
    fn stops(&self) -> bool {
        self.stops.load(Ordering::Relaxed)
    }

    /// Stops the server; closes every connection.
    pub fn stop(&self) {
        self.stops.store(true, Ordering::Relaxed);
        self.state().close_clients();
        self.news.notify_all();
    }
}

impl State {
    /// Whether no map is being loaded.
    fn is_ready(&self) -> bool {
        self.ready_at.is_none_or(|at| Instant::now() >= at)
    }

    fn close_clients(&mut self) {
        for client in std::mem::take(&mut self.clients).values() {
            let _ = client.shutdown(Shutdown::Both);
        }
    }
}

/// Starts a server on ports that are bound; the thread that ticks ends with the server.
pub fn start(
    simulation: Simulation,
    faults: Faults,
    period: Duration,
    (calls, streams): (TcpListener, TcpListener),
) -> std::io::Result<(Arc<Shared>, std::thread::JoinHandle<()>)> {
    calls.set_nonblocking(true)?;
    let streams = Streams::new(streams)?;
    let (late, posted) = mpsc::sync_channel(MOST_LATE);
    let state = State {
        simulation,
        faults,
        ticks: 0,
        ready_at: None,
        batches: 0,
        replies: 0,
        clients: BTreeMap::new(),
        next_client: 0,
        silent_below: 0,
    };
    let shared = Arc::new(Shared {
        state: Mutex::new(state),
        news: Condvar::new(),
        stops: AtomicBool::new(false),
        late,
        started: Instant::now(),
    });
    std::thread::Builder::new().name("standin-late".into()).spawn(move || post(&posted))?;
    let game = Game { shared: Arc::clone(&shared), calls, streams, period, last: Instant::now() };
    let thread = std::thread::Builder::new().name("standin".into()).spawn(move || game.run())?;
    Ok((shared, thread))
}

/// Sends late replies when they are due; all are equally late, so they are due in their order.
fn post(posted: &mpsc::Receiver<Late>) {
    for late in posted {
        std::thread::sleep(late.due.saturating_duration_since(Instant::now()));
        let _ = lock(&late.socket).write_all(&late.bytes);
    }
}

fn lock(socket: &Mutex<TcpStream>) -> MutexGuard<'_, TcpStream> {
    socket.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread that ticks.
struct Game {
    shared: Arc<Shared>,
    calls: TcpListener,
    streams: Streams,
    period: Duration,
    last: Instant,
}

/// What a tick sends: stream and frame, the world's first.
type Frames = Vec<(u32, Vec<u8>)>;

impl Game {
    fn run(mut self) {
        while !self.shared.stops() {
            self.welcome();
            if let Some(synchronous) = self.wait() {
                self.tick(synchronous);
            }
        }
        self.streams.close();
    }

    /// Takes new clients.
    fn welcome(&mut self) {
        while let Ok((socket, _)) = self.calls.accept() {
            let mut state = self.shared.state();
            let ready = socket.set_nonblocking(false).and_then(|()| socket.set_nodelay(true));
            let (true, Ok(own)) = (ready.is_ok() && state.clients.len() < MOST_CLIENTS, socket.try_clone()) else {
                continue;
            };
            let number = state.next_client;
            state.next_client += 1;
            state.clients.insert(number, own);
            let client = Client { shared: Arc::clone(&self.shared), number, socket: Arc::new(Mutex::new(socket)) };
            // Without a thread nobody answers: the connection closes with the client.
            if std::thread::Builder::new().name(format!("standin-{number}")).spawn(move || client.serve()).is_err() {
                state.clients.remove(&number);
            }
        }
        let state = self.shared.state();
        self.streams.greet(|stream| stream == WORLD_STREAM || state.simulation.sensor_of(stream).is_some());
    }

    /// Waits a little for a reason to tick: a cue, or that the next asynchronous tick is due. Whether it is synchronous.
    fn wait(&self) -> Option<bool> {
        let mut state = self.shared.state();
        let reason = |state: &mut State| {
            if !state.is_ready() {
                return None;
            }
            if !state.simulation.settings.synchronous {
                return (self.last.elapsed() >= self.period).then_some(false);
            }
            state.simulation.cues = state.simulation.cues.checked_sub(1)?;
            Some(true)
        };
        let found = reason(&mut state);
        if found.is_some() {
            return found;
        }
        let left = if state.simulation.settings.synchronous {
            GLANCE
        } else {
            self.period.saturating_sub(self.last.elapsed())
        };
        let (mut state, _) =
            self.shared.news.wait_timeout(state, left.min(GLANCE)).unwrap_or_else(PoisonError::into_inner);
        reason(&mut state)
    }

    fn tick(&mut self, synchronous: bool) {
        // A subscriber who was there before the cue gets this tick's frame.
        self.welcome();
        let shared = Arc::clone(&self.shared);
        let mut state = shared.state();
        if !synchronous && state.simulation.settings.synchronous {
            return; // made synchronous since: only cues tick
        }
        state.ticks += 1;
        let tick = state.ticks;
        let delay = state.faults.delay(tick);
        // Calls wait for the tick, as in CARLA: the state stays locked.
        self.linger(delay);
        let on_the_clock_s = self.last.elapsed().as_secs_f64();
        self.last = Instant::now();
        let at = |when: Option<u64>| when == Some(tick);
        if at(state.faults.restart_at) {
            state.simulation.restart();
        }
        let delta_s = state.simulation.step_s(on_the_clock_s);
        state.simulation.tick(delta_s);
        let frames = self.frames(&mut state.simulation);
        let (cut, dead) = (at(state.faults.cut_at), at(state.faults.dead_at));
        let (truncated, dropped) = (at(state.faults.truncate_at), state.faults.drops(tick));
        if cut {
            state.close_clients();
        }
        if dead {
            state.silent_below = state.next_client;
        }
        drop(state);
        if cut {
            self.streams.close();
        }
        if dead {
            self.streams.silence();
        }
        for (stream, frame) in &frames {
            if truncated {
                self.streams.truncate(*stream, frame);
            } else if !(dropped && *stream == WORLD_STREAM) {
                self.streams.send(*stream, frame, synchronous, || shared.stops());
            }
        }
    }

    fn linger(&self, delay: Duration) {
        let until = Instant::now() + delay;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            if self.shared.stops() {
                return;
            }
            std::thread::sleep(left.min(Duration::from_millis(20)));
        }
    }

    fn frames(&self, simulation: &mut Simulation) -> Frames {
        let dialect = simulation.dialect;
        let platform_s = self.shared.started.elapsed().as_secs_f64();
        let mut frames = vec![(WORLD_STREAM, with_length(&simulation.snapshot(platform_s).to_bytes(dialect)))];
        for (stream, seen) in sensing::look(simulation, |stream| self.streams.is_heard(stream)) {
            frames.push((stream, with_length(&seen.to_bytes(dialect))));
        }
        frames
    }
}

fn with_length(frame: &[u8]) -> Vec<u8> {
    let len = u32::try_from(frame.len()).unwrap_or(u32::MAX);
    [&len.to_le_bytes(), frame].concat()
}

/// One client's calls.
struct Client {
    shared: Arc<Shared>,
    number: u64,
    socket: Arc<Mutex<TcpStream>>,
}

impl Client {
    fn serve(&self) {
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
