//! A server of a few lines that does as a test says, good or bad, over real sockets.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use kerbside::carla::Options;
use kerbside::carla::calls;
use kerbside::carla::dialect::Dialect;
use kerbside::carla::frames::WorldSnapshot;
use kerbside::carla::message::{self, Answer, Call, Request};
use kerbside::carla::wire::{Extent, Writer};

/// The server's side of one connection for calls.
pub struct Peer {
    stream: TcpStream,
    buffer: Vec<u8>,
    pub dialect: Dialect,
}

/// A request that came.
pub struct Came {
    pub id: u32,
    pub method: String,
    pub asynchronous: bool,
    pub bytes: Vec<u8>,
}

impl Came {
    pub fn arguments<C: Call>(&self, dialect: Dialect) -> C::Arguments {
        let request = Request::read(&self.bytes, dialect).unwrap();
        assert!(request.has_arguments_of::<C>(), "{}", self.method);
        request.arguments::<C>().unwrap()
    }
}

impl Peer {
    pub fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { stream, buffer: Vec::new(), dialect: Dialect::V0_9_16 }
    }

    /// The next request; `None` when the client has gone.
    pub fn request(&mut self) -> Option<Came> {
        let mut extent = Extent::default();
        loop {
            if let Some(len) = extent.find(&self.buffer).unwrap() {
                let bytes: Vec<u8> = self.buffer.drain(..len).collect();
                let request = Request::read(&bytes, self.dialect).unwrap();
                let (id, method, asynchronous) = (request.id, request.method, request.asynchronous);
                return Some(Came { id, method, asynchronous, bytes });
            }
            let mut some = [0; 4096];
            match self.stream.read(&mut some) {
                Ok(0) => return None,
                Ok(len) => self.buffer.extend(&some[..len]),
                Err(e) if e.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(e) => panic!("{e}"),
            }
        }
    }

    /// The next request, which has to be this one.
    pub fn expect<C: Call>(&mut self) -> Came {
        let came = self.request().unwrap_or_else(|| panic!("{} should have come", C::METHOD));
        assert_eq!(came.method, C::METHOD);
        came
    }

    /// Sends bytes; a client that has gone is nothing to a server.
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    pub fn answer<C: Call>(&mut self, id: u32, answer: C::Answer) {
        self.send(&message::reply::<C>(id, &Ok(answer), self.dialect));
    }

    /// What every client asks first.
    pub fn say_version(&mut self, version: &str) {
        let came = self.expect::<calls::Version>();
        self.answer::<calls::Version>(came.id, version.to_owned());
    }
}

/// Answers one connection after the other as `script` says, each on its own thread.
pub fn serve(script: impl Fn(usize, Peer) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = std::sync::Arc::new(script);
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            let script = script.clone();
            std::thread::spawn(move || script(n, Peer::new(stream.unwrap())));
        }
    });
    port
}

/// One connection, whose thread can be joined: what it asserts, the test asserts.
pub fn serve_once(script: impl FnOnce(&mut Peer) + Send + 'static) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let mut peer = Peer::new(listener.accept().unwrap().0);
        peer.say_version("0.9.16");
        script(&mut peer);
    });
    (port, thread)
}

pub fn options(port: u16) -> Options {
    let mut options = Options::new("127.0.0.1", port);
    options.reply_within = Duration::from_secs(10);
    options
}

/// A reply whose result is whatever these bytes are.
pub fn reply_with(id: u32, result: &[u8]) -> Vec<u8> {
    let mut to = Writer::new(Dialect::V0_9_16);
    to.array(4);
    to.unsigned(1);
    to.unsigned(id.into());
    to.nil();
    to.raw(result);
    to.into_bytes()
}

/// The reply that the genuine server sends to a call for whose reply nobody waits.
pub fn default_reply<A: Answer>(id: u32) -> Vec<u8> {
    let mut to = Writer::new(Dialect::V0_9_16);
    A::write_answer(&Err(message::UNKNOWN_ERROR.to_owned()), &mut to);
    reply_with(id, &to.into_bytes())
}

/// A snapshot as a stream sends it.
pub fn framed(snapshot: &WorldSnapshot) -> Vec<u8> {
    let frame = snapshot.to_bytes(Dialect::V0_9_16);
    let mut bytes = u32::try_from(frame.len()).unwrap().to_le_bytes().to_vec();
    bytes.extend(frame);
    bytes
}
