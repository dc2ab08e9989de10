//! One connection for calls: requests go out in order, replies come back in any, matched by number.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Notify, mpsc, oneshot};

use super::dialect::Dialect;
use super::error::{Error, WHOLE_CONNECTION, lasting};
use super::message::{self, Call, Reply};
use super::wire::Extent;

/// How many requests may wait to be sent.
const MOST_WAITING: usize = 1024;
/// A receive buffer that grew larger is given back when it is empty.
const KEPT_BUFFER_BYTES: usize = 1 << 20;
/// How long the last requests may take to leave when the client is closed.
const FLUSH: Duration = Duration::from_secs(1);

/// What is done with the bytes of a reply, or with the reason why none comes.
pub(super) type Deliver = Box<dyn FnOnce(Result<Vec<u8>, Error>) + Send>;

/// The calls of one connection; shared by whoever calls and by the tasks that send and receive.
pub(super) struct Connection {
    calls: Mutex<Calls>,
    closing: Notify,
}

struct Calls {
    next_id: u32,
    waiting: BTreeMap<u32, Deliver>,
    /// Gone when the connection is closed.
    outgoing: Option<mpsc::Sender<Vec<u8>>>,
    /// Why it is.
    closed: Error,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("waiting", &self.calls().waiting.len()).finish_non_exhaustive()
    }
}

impl Connection {
    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a call. `deliver` is called once, from another thread; without it nobody waits. Answers the number of the
    /// request.
    pub(super) fn submit<C: Call>(
        &self,
        arguments: &C::Arguments,
        dialect: Dialect,
        deliver: Option<Deliver>,
    ) -> Result<u32, Error> {
        if dialect < C::SINCE {
            return Err(Error::NotInThisVersion { call: C::METHOD, dialect, since: C::SINCE });
        }
        let mut calls = self.calls();
        let id = calls.next_id;
        let Some(outgoing) = &calls.outgoing else { return Err(calls.closed.clone()) };
        let request = message::request::<C>(id, deliver.is_none(), arguments, dialect);
        outgoing.try_send(request).map_err(|full| match full {
            mpsc::error::TrySendError::Full(_) => Error::Backlog { call: C::METHOD, waiting: MOST_WAITING },
            mpsc::error::TrySendError::Closed(_) => calls.closed.clone(),
        })?;
        calls.next_id = id.checked_add(1).unwrap_or(1);
        if let Some(deliver) = deliver {
            calls.waiting.insert(id, deliver);
        }
        Ok(id)
    }

    /// Nobody waits for this reply any more.
    pub(super) fn forget(&self, id: u32) {
        self.calls().waiting.remove(&id);
    }

    /// Ends it: everyone who waits is told why, and what was submitted still leaves.
    pub(super) fn close(&self, why: &Error) {
        let waiting = {
            let mut calls = self.calls();
            if calls.outgoing.take().is_some() {
                calls.closed = why.clone();
            }
            std::mem::take(&mut calls.waiting)
        };
        self.closing.notify_one();
        for deliver in waiting.into_values() {
            deliver(Err(why.clone()));
        }
    }

    /// A call from within the client's own thread.
    pub(super) async fn ask<C: Call>(&self, arguments: C::Arguments, dialect: Dialect) -> Result<C::Answer, Error> {
        let (sender, receiver) = oneshot::channel();
        let deliver = Box::new(move |reply| {
            // Whoever asked may have gone.
            let _ = sender.send(reply);
        });
        self.submit::<C>(&arguments, dialect, Some(deliver))?;
        let reply = receiver.await.map_err(|_| Error::Closed)??;
        answer::<C>(&reply, dialect)
    }

    /// Hands a reply to whoever waits for it. One for whom nobody waits is late, or was never wanted.
    fn deliver(&self, reply: &[u8]) -> Result<(), Error> {
        let id = Reply::read(reply, Dialect::V0_9_16).map_err(nonsense)?.id;
        let waiting = self.calls().waiting.remove(&id);
        if let Some(deliver) = waiting {
            deliver(Ok(reply.to_vec()));
        }
        Ok(())
    }
}

fn nonsense(malformed: super::wire::Malformed) -> Error {
    Error::Nonsense { what: WHOLE_CONNECTION.to_owned(), malformed }
}

/// What a reply says.
pub(super) fn answer<C: Call>(reply: &[u8], dialect: Dialect) -> Result<C::Answer, Error> {
    let nonsense = |malformed| Error::Nonsense { what: format!("the reply to `{}`", C::METHOD), malformed };
    let reply = Reply::read(reply, dialect).map_err(nonsense)?;
    reply.answer::<C>().map_err(nonsense)?.map_err(|words| Error::Server { call: C::METHOD, words })
}

/// Connects, within a time.
pub(super) async fn connect(address: &str, within: Duration) -> Result<TcpStream, Error> {
    let failed = |why: String| Error::NoConnection { address: address.to_owned(), why };
    let connected = tokio::time::timeout(within, TcpStream::connect(address)).await;
    let stream = connected
        .map_err(|_| failed(format!("nothing came back within {}", lasting(within))))?
        .map_err(|e| failed(e.to_string()))?;
    // Small messages leave at once: CARLA itself says that this makes synchronous mode three times faster.
    stream.set_nodelay(true).map_err(|e| failed(e.to_string()))?;
    Ok(stream)
}

/// A connection over a socket, and the task that keeps it going until it is closed or lost.
pub(super) fn over(
    stream: TcpStream,
    most_reply_bytes: usize,
) -> (Arc<Connection>, impl Future<Output = ()> + Send + 'static) {
    let (outgoing, requests) = mpsc::channel(MOST_WAITING);
    let calls = Calls { next_id: 1, waiting: BTreeMap::new(), outgoing: Some(outgoing), closed: Error::Closed };
    let connection = Arc::new(Connection { calls: Mutex::new(calls), closing: Notify::new() });
    let shared = Arc::clone(&connection);
    (connection, async move { keep_going(shared, stream, requests, most_reply_bytes).await })
}

async fn keep_going(
    connection: Arc<Connection>,
    stream: TcpStream,
    requests: mpsc::Receiver<Vec<u8>>,
    most_reply_bytes: usize,
) {
    let (incoming, outgoing) = stream.into_split();
    let mut writing = std::pin::pin!(write_requests(outgoing, requests));
    let is_written = tokio::select! {
        why = read_replies(&connection, incoming, most_reply_bytes) => { connection.close(&why); false }
        why = &mut writing => { connection.close(&why); true }
        () = connection.closing.notified() => false,
    };
    if !is_written {
        // What was submitted still leaves, if the server takes it.
        let _ = tokio::time::timeout(FLUSH, writing).await;
    }
}

/// Until the connection is closed or lost.
async fn write_requests(mut to: OwnedWriteHalf, mut requests: mpsc::Receiver<Vec<u8>>) -> Error {
    while let Some(request) = requests.recv().await {
        if let Err(e) = to.write_all(&request).await {
            return lost(&e);
        }
    }
    let _ = to.shutdown().await;
    Error::Closed
}

/// Until the connection is lost or brings nonsense.
async fn read_replies(connection: &Connection, mut from: OwnedReadHalf, limit: usize) -> Error {
    let mut buffer = Vec::new();
    let mut extent = Extent::default();
    loop {
        match deliver_all(connection, &buffer, &mut extent) {
            Ok(done) => drop(buffer.drain(..done)),
            Err(why) => return why,
        }
        if extent.at_least() > limit {
            return Error::TooLarge { bytes: extent.at_least(), limit };
        }
        if buffer.is_empty() && buffer.capacity() > KEPT_BUFFER_BYTES {
            buffer = Vec::new();
        }
        buffer.reserve(8192);
        match from.read_buf(&mut buffer).await {
            Ok(0) => return Error::Lost { why: "the server closed it".to_owned() },
            Ok(_) => {}
            Err(e) => return lost(&e),
        }
    }
}

/// Delivers the replies that are all there; answers how many bytes they were.
fn deliver_all(connection: &Connection, buffer: &[u8], extent: &mut Extent) -> Result<usize, Error> {
    let mut done = 0;
    while let Some(len) = extent.find(&buffer[done..]).map_err(nonsense)? {
        connection.deliver(&buffer[done..done + len])?;
        *extent = Extent::default();
        done += len;
    }
    Ok(done)
}

fn lost(why: &std::io::Error) -> Error {
    Error::Lost { why: why.to_string() }
}
