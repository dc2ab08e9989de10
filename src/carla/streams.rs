//! Streams: the world's snapshots and what sensors see. Each has a connection of its own, which is made anew when it
//! ends.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;

use super::calls;
use super::client::Client;
use super::connection::{self, Connection};
use super::dialect::Dialect;
use super::error::Error;
use super::frames::{FrameHeader, WorldSnapshot, hello};
use super::queue::{Keep, Queue, StreamCounts};
use super::sensors::{SensorFrame, SensorKind};
use super::types::{Actor, WORLD_STREAM};
use super::wire::Malformed;

/// How long to wait before a stream is connected again that brought nothing.
const PAUSE: Duration = Duration::from_secs(1);
/// The same where it brought frames before it ended.
const SHORT_PAUSE: Duration = Duration::from_millis(20);

/// The world's snapshots as they come.
#[derive(Debug)]
pub struct WorldStream {
    subscription: Subscription<WorldSnapshot>,
}

impl WorldStream {
    /// Subscribes. Frames come from now on; the first may be some steps away.
    pub fn subscribe(client: &Client, keep: Keep) -> Self {
        let mut last: Option<(u64, u64)> = None;
        let read = move |frame: Vec<u8>| {
            let snapshot = WorldSnapshot::read(&frame)?;
            let place = (snapshot.episode, snapshot.frame);
            // Within an episode frames only count up; what does not is an echo.
            let is_echo = last.is_some_and(|(episode, frame)| episode == place.0 && place.1 <= frame);
            if is_echo {
                return Ok(None);
            }
            last = Some(place);
            Ok(Some(snapshot))
        };
        let name = "the world".to_owned();
        Self { subscription: Subscription::start(client, WORLD_STREAM, name, keep, read) }
    }

    /// The next snapshot, waited for.
    pub fn next(&self, within: Duration) -> Result<WorldSnapshot, Error> {
        self.subscription.queue.next(within)
    }

    /// The next snapshot if it is there; an error when none will come any more.
    pub fn poll(&self) -> Result<Option<WorldSnapshot>, Error> {
        self.subscription.queue.poll()
    }

    /// How the stream has fared.
    pub fn counts(&self) -> StreamCounts {
        self.subscription.queue.counts()
    }
}

/// What a sensor sees, as it comes.
#[derive(Debug)]
pub struct SensorStream {
    subscription: Subscription<SensorBytes>,
}

/// A frame of a sensor, not taken apart yet.
#[derive(Debug, Clone, PartialEq)]
pub struct SensorBytes {
    /// Which step, when, and where the sensor was.
    pub header: FrameHeader,
    /// The whole frame, header included, as it came.
    pub bytes: Vec<u8>,
    kind: Option<SensorKind>,
    dialect: Dialect,
}

impl SensorBytes {
    /// Takes it apart.
    pub fn read(&self) -> Result<SensorFrame, Malformed> {
        SensorFrame::read(&self.bytes, self.kind, self.dialect)
    }
}

impl SensorStream {
    /// Subscribes to a sensor; `None` where the actor is none.
    pub fn subscribe(client: &Client, sensor: &Actor, keep: Keep) -> Option<Self> {
        let token = sensor.stream?;
        let (kind, dialect) = (SensorKind::of_blueprint(&sensor.description.id), client.dialect());
        let read = move |bytes: Vec<u8>| {
            let (header, _) = FrameHeader::read(&bytes)?;
            Ok(Some(SensorBytes { header, bytes, kind, dialect }))
        };
        let name = format!("{} (actor {})", sensor.description.id, sensor.id);
        Some(Self { subscription: Subscription::start(client, token.stream, name, keep, read) })
    }

    /// The next frame, waited for.
    pub fn next(&self, within: Duration) -> Result<SensorBytes, Error> {
        self.subscription.queue.next(within)
    }

    /// The next frame if it is there; an error when none will come any more.
    pub fn poll(&self) -> Result<Option<SensorBytes>, Error> {
        self.subscription.queue.poll()
    }

    /// How the stream has fared.
    pub fn counts(&self) -> StreamCounts {
        self.subscription.queue.counts()
    }
}

/// A task that receives until it is dropped.
#[derive(Debug)]
struct Subscription<T> {
    queue: Arc<Queue<T>>,
    task: AbortHandle,
    /// The thread of the task lives as long as the client.
    _client: Client,
}

impl<T> Drop for Subscription<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<T: Send + 'static> Subscription<T> {
    fn start(
        client: &Client,
        stream: u32,
        name: String,
        keep: Keep,
        read: impl FnMut(Vec<u8>) -> Result<Option<T>, Malformed> + Send + Sync + 'static,
    ) -> Self {
        let queue = Arc::new(Queue::new(name, keep));
        let receiver = Receiver {
            connection: Arc::clone(client.connection()),
            dialect: client.dialect(),
            host: client.peer(),
            stream,
            connect_within: client.options().connect_within,
            most_frame_bytes: client.options().most_frame_bytes,
            queue: Arc::clone(&queue),
            read,
        };
        let task = client.runtime().spawn(receiver.run()).abort_handle();
        Self { queue, task, _client: client.clone() }
    }
}

struct Receiver<T, R> {
    connection: Arc<Connection>,
    dialect: Dialect,
    host: IpAddr,
    stream: u32,
    connect_within: Duration,
    most_frame_bytes: usize,
    queue: Arc<Queue<T>>,
    read: R,
}

impl<T, R: FnMut(Vec<u8>) -> Result<Option<T>, Malformed>> Receiver<T, R> {
    /// Receives, and connects again whenever the stream ends, until the connection for calls is lost: without it no
    /// new stream can be asked for.
    async fn run(mut self) {
        loop {
            let before = self.queue.counts().received;
            match self.open().await {
                Ok(stream) => {
                    let trouble = self.receive(stream).await;
                    self.queue.trouble(trouble);
                }
                Err(why) if why.ends_connection() && !matches!(why, Error::NoConnection { .. }) => {
                    return self.queue.end(why);
                }
                Err(why) => self.queue.trouble(why.to_string()),
            }
            let brought_frames = self.queue.counts().received > before;
            tokio::time::sleep(if brought_frames { SHORT_PAUSE } else { PAUSE }).await;
            self.queue.count(|counts| counts.reconnects += 1);
        }
    }

    /// Asks where the stream is, and connects to it.
    async fn open(&self) -> Result<TcpStream, Error> {
        let asked = self.connection.ask::<calls::GetSensorToken>((self.stream,), self.dialect);
        let token = tokio::time::timeout(self.connect_within, asked)
            .await
            .map_err(|_| Error::TimedOut { call: "get_sensor_token", after: self.connect_within })??;
        let address = SocketAddr::new(token.address.unwrap_or(self.host), token.port);
        let mut stream = connection::connect(&address.to_string(), self.connect_within).await?;
        stream
            .write_all(&hello(token.stream))
            .await
            .map_err(|e| Error::NoConnection { address: address.to_string(), why: e.to_string() })?;
        Ok(stream)
    }

    /// Receives frames until the stream ends; answers how it did.
    async fn receive(&mut self, stream: TcpStream) -> String {
        let mut from = BufReader::with_capacity(1 << 16, stream);
        loop {
            let bytes = match self.frame(&mut from).await {
                Ok(bytes) => bytes,
                Err(trouble) => return trouble,
            };
            match (self.read)(bytes) {
                Ok(Some(frame)) => self.queue.push(frame).await,
                Ok(None) => self.queue.count(|counts| {
                    counts.received += 1;
                    counts.repeated += 1;
                }),
                // Where one frame is nonsense the next cannot be trusted.
                Err(malformed) => {
                    self.queue.count(|counts| counts.malformed += 1);
                    return format!("a frame could not be understood: {malformed}");
                }
            }
        }
    }

    /// The bytes of the next frame. Memory grows with what comes, not with what is announced.
    async fn frame(&self, from: &mut BufReader<TcpStream>) -> Result<Vec<u8>, String> {
        let len = from.read_u32_le().await.map_err(|e| format!("the stream ended: {e}"))?;
        let size = len as usize;
        if size == 0 {
            return Err("the server ended the stream".to_owned());
        }
        if size > self.most_frame_bytes {
            self.queue.count(|counts| counts.malformed += 1);
            return Err(format!("a frame of {size} bytes was announced, {} are allowed", self.most_frame_bytes));
        }
        let mut bytes = Vec::with_capacity(size.min(1 << 16));
        let taken =
            from.take(len.into()).read_to_end(&mut bytes).await.map_err(|e| format!("the stream ended: {e}"))?;
        if taken < size {
            return Err(format!("the stream ended after {taken} of {size} bytes of a frame"));
        }
        Ok(bytes)
    }
}
