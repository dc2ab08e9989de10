//! The client: calls that block, or that are waited for later, over one connection.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::calls;
use super::connection::{self, Connection};
use super::dialect::Dialect;
use super::error::Error;
use super::message::Call;

/// Where the server is, and how patient and how generous the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Name or address.
    pub host: String,
    /// The port for calls; streams have theirs, which the server says.
    pub port: u16,
    /// How long a connection may take.
    pub connect_within: Duration,
    /// How long a reply may take where the call does not say otherwise.
    pub reply_within: Duration,
    /// The largest reply; the files of a large map reach hundreds of megabytes.
    pub most_reply_bytes: usize,
    /// The largest frame of a stream; a picture of 4096 x 4096 pixels has 64 MiB.
    pub most_frame_bytes: usize,
    /// How to speak to a server whose version is not known; without it such a server is refused.
    pub speak: Option<Dialect>,
}

impl Options {
    /// For a server, with what is usual elsewhere: 5 s, 512 MiB, 128 MiB.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
            connect_within: Duration::from_secs(5),
            reply_within: Duration::from_secs(5),
            most_reply_bytes: 512 << 20,
            most_frame_bytes: 128 << 20,
            speak: None,
        }
    }

    /// Host and port as one text.
    pub fn address(&self) -> String {
        let is_bare_v6 = self.host.contains(':') && !self.host.starts_with('[');
        if is_bare_v6 { format!("[{}]:{}", self.host, self.port) } else { format!("{}:{}", self.host, self.port) }
    }
}

/// A connection to a CARLA server. Clones share it; it is closed when the last of them is dropped.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    options: Options,
    version: String,
    dialect: Dialect,
    line: Line,
}

/// The connection and the thread it lives on.
#[derive(Debug)]
struct Line {
    connection: Arc<Connection>,
    peer: IpAddr,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.connection.close(&Error::Closed);
        drop(self.stop.take());
        // Its own thread cannot wait for itself.
        if let Some(thread) = self.thread.take().filter(|t| t.thread().id() != std::thread::current().id()) {
            let _ = thread.join();
        }
    }
}

impl Client {
    /// Connects and asks the server for its version.
    pub fn connect(options: Options) -> Result<Self, Error> {
        let line = Line::open(&options)?;
        // How calls look does not matter yet: this one is the same in all versions.
        let oldest = Dialect::ALL[0];
        let version = Pending::<calls::Version>::submit(&line.connection, &(), oldest)?.wait(options.reply_within)?;
        let dialect = Dialect::of_version(&version)
            .or(options.speak)
            .ok_or_else(|| Error::UnknownVersion { version: version.clone() })?;
        Ok(Self { inner: Arc::new(Inner { options, version, dialect, line }) })
    }

    /// What the server says of its version.
    pub fn version(&self) -> &str {
        &self.inner.version
    }

    /// How it is spoken to.
    pub fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    /// What it was connected with.
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// Calls a function and waits for its answer, as long as the options say.
    pub fn call<C: Call>(&self, arguments: C::Arguments) -> Result<C::Answer, Error> {
        self.call_within::<C>(arguments, self.inner.options.reply_within)
    }

    /// Calls a function and waits for its answer.
    pub fn call_within<C: Call>(&self, arguments: C::Arguments, within: Duration) -> Result<C::Answer, Error> {
        self.submit::<C>(&arguments)?.wait(within)
    }

    /// Sends a call whose answer is waited for later, if at all.
    pub fn submit<C: Call>(&self, arguments: &C::Arguments) -> Result<Pending<C>, Error> {
        Pending::submit(&self.inner.line.connection, arguments, self.inner.dialect)
    }

    /// Sends a call whose answer nobody wants. The server may do it after calls that are sent later.
    pub fn send<C: Call>(&self, arguments: &C::Arguments) -> Result<(), Error> {
        self.inner.line.connection.submit::<C>(arguments, self.inner.dialect, None).map(|_| ())
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.inner.line.connection
    }

    pub(super) fn peer(&self) -> IpAddr {
        self.inner.line.peer
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.inner.line.runtime
    }
}

impl Line {
    fn open(options: &Options) -> Result<Self, Error> {
        let system = |e: std::io::Error| Error::System { why: e.to_string() };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build().map_err(system)?;
        let stream = match runtime.block_on(connection::connect(&options.address(), options.connect_within)) {
            Ok(stream) => stream,
            Err(why) => {
                // A name that is still being looked up is not waited for.
                runtime.shutdown_background();
                return Err(why);
            }
        };
        let peer = stream.peer_addr().map_err(system)?.ip();
        let (connection, keep_going) = connection::over(stream, options.most_reply_bytes);
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let run = move || {
            runtime.block_on(async {
                keep_going.await;
                // Streams may still run; they end with the client.
                let _ = stopped.await;
            });
        };
        let thread = std::thread::Builder::new().name("carla".to_owned()).spawn(run).map_err(system)?;
        Ok(Self { connection, peer, runtime: handle, stop: Some(stop), thread: Some(thread) })
    }
}

/// A call that was sent. Dropped without waiting, its reply is passed over when it comes.
#[derive(Debug)]
pub struct Pending<C: Call> {
    connection: Arc<Connection>,
    id: u32,
    reply: mpsc::Receiver<Result<Vec<u8>, Error>>,
    dialect: Dialect,
    call: PhantomData<fn() -> C>,
}

impl<C: Call> Pending<C> {
    fn submit(connection: &Arc<Connection>, arguments: &C::Arguments, dialect: Dialect) -> Result<Self, Error> {
        let (sender, reply) = mpsc::sync_channel(1);
        let deliver = Box::new(move |bytes| {
            // Nobody may be waiting any more.
            let _ = sender.try_send(bytes);
        });
        let id = connection.submit::<C>(arguments, dialect, Some(deliver))?;
        Ok(Self { connection: Arc::clone(connection), id, reply, dialect, call: PhantomData })
    }

    /// Waits for the answer.
    pub fn wait(self, within: Duration) -> Result<C::Answer, Error> {
        match self.reply.recv_timeout(within) {
            Ok(reply) => connection::answer::<C>(&reply?, self.dialect),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(Error::TimedOut { call: C::METHOD, after: within }),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Error::Closed),
        }
    }

    /// The answer if it is there, without waiting; once.
    pub fn poll(&self) -> Option<Result<C::Answer, Error>> {
        match self.reply.try_recv() {
            Ok(reply) => Some(reply.and_then(|reply| connection::answer::<C>(&reply, self.dialect))),
            Err(mpsc::TryRecvError::Empty) => None,
            Err(mpsc::TryRecvError::Disconnected) => Some(Err(Error::Closed)),
        }
    }
}

impl<C: Call> Drop for Pending<C> {
    fn drop(&mut self) {
        self.connection.forget(self.id);
    }
}
