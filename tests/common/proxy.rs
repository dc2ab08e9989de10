//! A TCP proxy before the stand-in that is a bad network: it delays, stalls, loses, adds, cuts and resets.
//!
//! It listens at 127.0.0.2, at the stand-in's own two ports: a stream's token names a port and no address, so streams lead
//! through it as calls do, and nothing that passes is changed unless a test says so.
#![allow(dead_code)]

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

/// Where proxies listen; servers are at 127.0.0.1.
pub const HERE: &str = "127.0.0.2";
/// How often a thread looks whether it is to end.
const GLANCE: Duration = Duration::from_millis(5);
/// Nothing but a stall keeps a byte longer than this.
const PIECE: usize = 16 << 10;

/// One of the ways that bytes take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the client, to the port of calls.
    Requests,
    /// Back from there.
    Replies,
    /// From the port of streams.
    Frames,
    /// To the port of streams; four bytes for each.
    Greetings,
}

/// What happens once, at a byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Harm {
    /// Nothing goes on this way for so long; what comes is kept.
    Stall(Duration),
    /// The connection is closed on both sides.
    Cut,
    /// The connection is reset on both sides.
    Reset,
    /// So many bytes are lost.
    Lose(usize),
    /// These bytes come between.
    Add(Vec<u8>),
    /// Nothing goes any more, either way, on any connection there is; they stay open.
    Dead,
    /// Of requests alone, and not at a byte: the one that holds these bytes for the so many-th time, counted from 0, goes on,
    /// is carried out, and its reply is lost with the connection.
    Unanswered(&'static [u8]),
}

#[derive(Debug)]
struct Road {
    /// How many bytes have gone each way: requests, replies, frames, greetings.
    gone: [AtomicU64; 4],
    /// What is to happen, and whether it has.
    harm: Option<(Way, u64, Harm)>,
    harmed: AtomicBool,
    /// How many requests went by that hold the bytes of [`Harm::Unanswered`].
    held: AtomicU64,
    /// Each piece comes so much later.
    delay: Duration,
    /// New connections are refused, by closing them.
    shut: AtomicBool,
    over: AtomicBool,
    /// Connections before this number are dead.
    dead_below: AtomicU64,
    connections: AtomicU64,
    open: Mutex<Vec<Weak<Pair>>>,
}

/// A proxy; it ends when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    road: Arc<Road>,
    port: u16,
    listeners: Vec<JoinHandle<()>>,
}

impl Proxy {
    /// Before the server at these ports, with something that happens, and how late everything is.
    pub fn start(calls: u16, streams: u16, harm: Option<(Way, u64, Harm)>, delay: Duration) -> Self {
        let road = Arc::new(Road {
            gone: Default::default(),
            harm,
            harmed: AtomicBool::new(false),
            held: AtomicU64::new(0),
            delay,
            shut: AtomicBool::new(false),
            over: AtomicBool::new(false),
            dead_below: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            open: Mutex::default(),
        });
        let lines = [(calls, [Way::Requests, Way::Replies]), (streams, [Way::Greetings, Way::Frames])];
        let listeners = lines.map(|(port, ways)| {
            let listener = TcpListener::bind((HERE, port)).unwrap();
            listener.set_nonblocking(true).unwrap();
            let road = Arc::clone(&road);
            let server = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
            std::thread::spawn(move || listen(&road, &listener, server, ways))
        });
        Self { road, port: calls, listeners: listeners.into() }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many bytes have gone this way.
    pub fn gone(&self, way: Way) -> u64 {
        self.road.gone[way as usize].load(Ordering::Relaxed)
    }

    /// Whether what was to happen has happened.
    pub fn harmed(&self) -> bool {
        self.road.harmed.load(Ordering::Relaxed)
    }

    /// Every connection is cut, and new ones are closed, until `mend`: a cable that was pulled.
    pub fn pull(&self) {
        self.road.shut.store(true, Ordering::Relaxed);
        self.road.end_all();
    }

    /// It is plugged in again.
    pub fn mend(&self) {
        self.road.shut.store(false, Ordering::Relaxed);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.road.over.store(true, Ordering::Relaxed);
        self.road.end_all();
        for listener in self.listeners.drain(..) {
            let _ = listener.join();
        }
    }
}

impl Road {
    fn end_all(&self) {
        for pair in self.open.lock().unwrap().drain(..) {
            if let Some(pair) = pair.upgrade() {
                pair.end();
            }
        }
    }

    fn over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn is_dead(&self, pair: &Pair) -> bool {
        pair.number < self.dead_below.load(Ordering::Relaxed)
    }
}

/// A client's connection and the one to the server.
#[derive(Debug)]
struct Pair {
    client: TcpStream,
    server: TcpStream,
    number: u64,
    /// Ends with a reset, not in order.
    resets: AtomicBool,
    /// Ends with the next reply.
    unanswered: AtomicBool,
}

impl Pair {
    fn end(&self) {
        for socket in [&self.client, &self.server] {
            // A socket that is closed with no time to linger is reset; this side's readers end first, and close it.
            let how = if self.resets.load(Ordering::Relaxed) { Shutdown::Read } else { Shutdown::Both };
            let _ = socket.shutdown(how);
        }
    }

    fn reset(&self) {
        self.resets.store(true, Ordering::Relaxed);
        for socket in [&self.client, &self.server] {
            socket2::SockRef::from(socket).set_linger(Some(Duration::ZERO)).unwrap();
        }
    }

    fn ends(&self, way: Way) -> (&TcpStream, &TcpStream) {
        match way {
            Way::Requests | Way::Greetings => (&self.client, &self.server),
            Way::Replies | Way::Frames => (&self.server, &self.client),
        }
    }
}

fn listen(road: &Arc<Road>, listener: &TcpListener, server: SocketAddr, ways: [Way; 2]) {
    while !road.over() {
        let Ok((client, _)) = listener.accept() else {
            std::thread::sleep(GLANCE);
            continue;
        };
        if road.shut.load(Ordering::Relaxed) {
            continue;
        }
        let Ok(server) = TcpStream::connect(server) else { continue };
        for socket in [&client, &server] {
            socket.set_nonblocking(false).unwrap();
            socket.set_nodelay(true).unwrap();
            socket.set_read_timeout(Some(GLANCE)).unwrap();
        }
        let number = road.connections.fetch_add(1, Ordering::Relaxed);
        let pair = Arc::new(Pair {
            client,
            server,
            number,
            resets: AtomicBool::new(false),
            unanswered: AtomicBool::new(false),
        });
        road.open.lock().unwrap().push(Arc::downgrade(&pair));
        for way in ways {
            let (road, pair) = (Arc::clone(road), Arc::clone(&pair));
            std::thread::spawn(move || carry(&road, way, &pair));
        }
    }
}

/// Carries bytes one way until either side ends, and harms them where it is time.
fn carry(road: &Road, way: Way, pair: &Pair) {
    let (mut from, mut to) = pair.ends(way);
    let mut piece = vec![0; PIECE];
    while !road.over() {
        if road.is_dead(pair) {
            std::thread::sleep(GLANCE);
            continue;
        }
        let read = match from.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(_) => break,
        };
        if !road.delay.is_zero() {
            std::thread::sleep(road.delay);
        }
        let before = road.gone[way as usize].fetch_add(read as u64, Ordering::Relaxed);
        let passing = before..before + read as u64;
        if way == Way::Replies && pair.unanswered.load(Ordering::Relaxed) {
            break;
        }
        let is_now = |(on, at, harm): &&(Way, u64, Harm)| match harm {
            Harm::Unanswered(bytes) => *on == way && road.holds(&piece[..read], bytes) == Some(*at),
            _ => *on == way && passing.contains(at),
        };
        let passed = match road.harm.as_ref().filter(is_now) {
            None => to.write_all(&piece[..read]),
            Some((_, _, Harm::Unanswered(_))) => {
                road.harmed.store(true, Ordering::Relaxed);
                pair.unanswered.store(true, Ordering::Relaxed);
                to.write_all(&piece[..read])
            }
            Some((_, at, harm)) => {
                let (sound, rest) = piece[..read].split_at((at - before) as usize);
                to.write_all(sound).and_then(|()| road.harm(harm, pair, to, rest))
            }
        };
        if passed.is_err() {
            break;
        }
    }
    pair.end();
}

impl Road {
    /// For the how many-th time a request holds these bytes, if it does.
    fn holds(&self, request: &[u8], bytes: &[u8]) -> Option<u64> {
        let holds = request.windows(bytes.len()).any(|part| part == bytes);
        holds.then(|| self.held.fetch_add(1, Ordering::Relaxed))
    }

    /// Does it; an error where the connection is to end.
    fn harm(&self, harm: &Harm, pair: &Pair, mut to: &TcpStream, rest: &[u8]) -> std::io::Result<()> {
        self.harmed.store(true, Ordering::Relaxed);
        match harm {
            Harm::Stall(time) => {
                std::thread::sleep(*time);
                to.write_all(rest)
            }
            Harm::Lose(count) => to.write_all(&rest[(*count).min(rest.len())..]),
            Harm::Add(bytes) => to.write_all(&[bytes, rest].concat()),
            Harm::Dead => {
                self.dead_below.store(self.connections.load(Ordering::Relaxed), Ordering::Relaxed);
                Ok(())
            }
            // Of a request, not of a byte.
            Harm::Unanswered(_) => to.write_all(rest),
            Harm::Cut => Err(ErrorKind::ConnectionAborted.into()),
            Harm::Reset => {
                pair.reset();
                Err(ErrorKind::ConnectionReset.into())
            }
        }
    }
}
