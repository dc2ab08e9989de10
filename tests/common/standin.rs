//! A bare client of CARLA's protocol for tests of the stand-in: one thread, blocking, no cleverness.
#![allow(dead_code)]

use kerbside::carla::dialect::Dialect;
use kerbside::carla::frames::WorldSnapshot;
use kerbside::carla::message::{Call, Reply, request};
use kerbside::carla::wire::Extent;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Nothing in these tests takes this long, unless it hangs.
const LONG: Duration = Duration::from_secs(20);

/// A connection for calls.
pub struct Caller {
    pub socket: TcpStream,
    dialect: Dialect,
    bytes: Vec<u8>,
    next: u32,
}

impl Caller {
    pub fn connect(port: u16, dialect: Dialect) -> Self {
        let socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_nodelay(true).unwrap();
        socket.set_read_timeout(Some(LONG)).unwrap();
        Self { socket, dialect, bytes: Vec::new(), next: 1 }
    }

    /// Sends a call and waits for no reply; its number.
    pub fn send<C: Call>(&mut self, asynchronous: bool, arguments: C::Arguments) -> u32 {
        let id = self.next;
        self.next += 1;
        self.socket.write_all(&request::<C>(id, asynchronous, &arguments, self.dialect)).unwrap();
        id
    }

    /// The bytes of the next reply; `None` when the connection has ended.
    pub fn next_bytes(&mut self) -> Option<Vec<u8>> {
        let mut piece = [0; 1 << 16];
        let mut extent = Extent::default();
        loop {
            if let Some(len) = extent.find(&self.bytes).unwrap() {
                return Some(self.bytes.drain(..len).collect());
            }
            match self.socket.read(&mut piece) {
                Ok(0) => return None,
                Ok(read) => self.bytes.extend_from_slice(&piece[..read]),
                Err(e) if e.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(e) => panic!("no reply: {e}"),
            }
        }
    }

    /// The next reply, whose number must be `id`; the words of what went wrong with the call, or the answer.
    pub fn reply<C: Call>(&mut self, id: u32) -> Result<C::Answer, String> {
        let bytes = self.next_bytes().expect("the connection has ended");
        let reply = Reply::read(&bytes, self.dialect).unwrap();
        assert_eq!(reply.id, id, "{}", C::METHOD);
        reply.answer::<C>().unwrap()
    }

    pub fn call<C: Call>(&mut self, arguments: C::Arguments) -> Result<C::Answer, String> {
        let id = self.send::<C>(false, arguments);
        self.reply::<C>(id)
    }
}

/// A stream.
pub struct Listener {
    pub socket: TcpStream,
}

impl Listener {
    pub fn subscribe(port: u16, stream: u32) -> Self {
        let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(LONG)).unwrap();
        socket.write_all(&stream.to_le_bytes()).unwrap();
        Self { socket }
    }

    /// The next frame; `None` when the stream has ended, the words why when it ended inside a frame.
    pub fn frame(&mut self) -> Option<Result<Vec<u8>, String>> {
        let mut len = [0; 4];
        if let Err(e) = self.socket.read_exact(&mut len) {
            let ended = [std::io::ErrorKind::UnexpectedEof, std::io::ErrorKind::ConnectionReset].contains(&e.kind());
            assert!(ended, "no frame: {e}");
            return None;
        }
        let mut frame = vec![0; u32::from_le_bytes(len) as usize];
        Some(self.socket.read_exact(&mut frame).map(|()| frame).map_err(|e| e.to_string()))
    }

    pub fn snapshot(&mut self) -> WorldSnapshot {
        WorldSnapshot::read(&self.frame().expect("the stream has ended").unwrap()).unwrap()
    }
}
