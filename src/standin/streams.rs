//! The streams: who has subscribed to what, and frames on their way. Used by the thread that ticks, and by no other.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// So many connections at a time; more are closed at once.
const MOST: usize = 256;
/// Who has not said after this long which stream it wants is sent away.
const GREETING: Duration = Duration::from_secs(5);
/// How long synchronous ticks wait for a reader before it is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// All connections to the streams' port.
#[derive(Debug)]
pub struct Streams {
    listener: TcpListener,
    greeting: Vec<Greeting>,
    subscribers: Vec<Subscriber>,
}

/// A connection that has not said yet what it wants.
#[derive(Debug)]
struct Greeting {
    socket: TcpStream,
    said: [u8; 4],
    len: usize,
    since: Instant,
}

#[derive(Debug)]
struct Subscriber {
    stream: u32,
    socket: TcpStream,
    /// What the socket did not take yet, and how much of it is gone.
    waiting: Vec<u8>,
    gone: usize,
    silent: bool,
}

impl Streams {
    /// Streams on a port that is bound already.
    pub fn new(listener: TcpListener) -> std::io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self { listener, greeting: Vec::new(), subscribers: Vec::new() })
    }

    /// Takes new connections and hears which stream each wants; those that want one that does not exist are closed, as are
    /// subscribers of streams that no longer do.
    pub fn greet(&mut self, exists: impl Fn(u32) -> bool) {
        while let Ok((socket, _)) = self.listener.accept() {
            let ready = socket.set_nonblocking(true).and_then(|()| socket.set_nodelay(true));
            if ready.is_ok() && self.greeting.len() + self.subscribers.len() < MOST {
                self.greeting.push(Greeting { socket, said: [0; 4], len: 0, since: Instant::now() });
            }
        }
        for mut new in std::mem::take(&mut self.greeting) {
            match new.socket.read(&mut new.said[new.len..]) {
                Ok(0) => continue,
                Ok(read) => new.len += read,
                Err(e) if is_not_yet(&e) => {}
                Err(_) => continue,
            }
            if new.len < new.said.len() {
                if new.since.elapsed() < GREETING {
                    self.greeting.push(new);
                }
                continue;
            }
            let stream = u32::from_le_bytes(new.said);
            if exists(stream) {
                let socket = new.socket;
                self.subscribers.push(Subscriber { stream, socket, waiting: Vec::new(), gone: 0, silent: false });
            }
        }
        self.subscribers.retain(|subscriber| exists(subscriber.stream));
    }

    /// Whether anybody listens to a stream.
    pub fn is_heard(&self, stream: u32) -> bool {
        self.subscribers.iter().any(|subscriber| subscriber.stream == stream)
    }

    /// Sends a frame, which begins with its length, to everybody who listens. Synchronous ticks wait until it is on its way;
    /// asynchronous ones skip whoever has not yet taken the frame before.
    pub fn send(&mut self, stream: u32, frame: &[u8], synchronous: bool, stop: impl Fn() -> bool) {
        self.subscribers.retain_mut(|subscriber| {
            subscriber.stream != stream || subscriber.silent || subscriber.offer(frame, synchronous, &stop).is_ok()
        });
    }

    /// Sends half a frame of what was announced as a whole one, and closes.
    pub fn truncate(&mut self, stream: u32, frame: &[u8]) {
        self.subscribers.retain_mut(|subscriber| {
            let whole = subscriber.stream != stream;
            if !whole {
                let _ = subscriber.offer(&frame[..frame.len() / 2], true, &|| false);
            }
            whole
        });
    }

    /// From now on nothing comes on the connections that are there.
    pub fn silence(&mut self) {
        self.subscribers.iter_mut().for_each(|subscriber| subscriber.silent = true);
    }

    /// Closes every connection.
    pub fn close(&mut self) {
        self.subscribers.clear();
        self.greeting.clear();
    }
}

fn is_not_yet(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

impl Subscriber {
    fn offer(&mut self, frame: &[u8], wait: bool, stop: &impl Fn() -> bool) -> std::io::Result<()> {
        self.flush(wait, stop)?;
        if self.gone < self.waiting.len() {
            return Ok(()); // too slow: this frame is not for it
        }
        self.waiting.clear();
        self.waiting.extend_from_slice(frame);
        self.gone = 0;
        self.flush(wait, stop)
    }

    /// Gives the socket what it takes; with `wait`, all of it.
    fn flush(&mut self, wait: bool, stop: &impl Fn() -> bool) -> std::io::Result<()> {
        let mut since = None;
        while self.gone < self.waiting.len() {
            match self.socket.write(&self.waiting[self.gone..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => self.gone += written,
                Err(e) if is_not_yet(&e) => {
                    let since = *since.get_or_insert_with(Instant::now);
                    if !wait || stop() {
                        return Ok(());
                    }
                    if since.elapsed() > PATIENCE {
                        return Err(ErrorKind::TimedOut.into());
                    }
                    std::thread::sleep(Duration::from_micros(50));
                }
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}
