//! What can go wrong between client and server, in words that people read.

use std::time::Duration;

use super::dialect::Dialect;
use super::wire::Malformed;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// Nobody answers there.
    #[error(
        "no connection to CARLA at {address}: {why}; is the simulator running there, and is the port the right one?"
    )]
    NoConnection {
        /// Host and port.
        address: String,
        /// What the system says.
        why: String,
    },
    /// The reply did not come in time.
    #[error("CARLA did not answer `{call}` within {}", lasting(*after))]
    TimedOut {
        /// The function.
        call: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The server says no.
    #[error("CARLA refuses `{call}`: {words}")]
    Server {
        /// The function.
        call: &'static str,
        /// The server's words.
        words: String,
    },
    /// The connection ended.
    #[error("the connection to CARLA was lost: {why}")]
    Lost {
        /// How.
        why: String,
    },
    /// What came is not what CARLA sends.
    #[error("what came from CARLA cannot be understood ({what}): {malformed}")]
    Nonsense {
        /// In what: the function, or the stream.
        what: String,
        /// Where and how.
        malformed: Malformed,
    },
    /// More came than is allowed.
    #[error("CARLA announces {bytes} bytes at once, and {limit} are allowed")]
    TooLarge {
        /// At least so many.
        bytes: usize,
        /// The bound that was set.
        limit: usize,
    },
    /// Requests wait because the server takes none.
    #[error("CARLA takes no requests any more: `{call}` was not sent, {waiting} wait before it")]
    Backlog {
        /// The function.
        call: &'static str,
        /// How many.
        waiting: usize,
    },
    /// A version that is not known.
    #[error("the server says it is CARLA {version:?}; known are {}", known())]
    UnknownVersion {
        /// What it says.
        version: String,
    },
    /// The function came later.
    #[error("CARLA {dialect} has no `{call}`: it came with {since}")]
    NotInThisVersion {
        /// The function.
        call: &'static str,
        /// The server's version.
        dialect: Dialect,
        /// The first that has it.
        since: Dialect,
    },
    /// No frame came in time.
    #[error("no frame of {stream} came within {}{}", lasting(*after), because(trouble))]
    NoFrame {
        /// Of what.
        stream: String,
        /// How long was waited.
        after: Duration,
        /// What the stream had trouble with last.
        trouble: Option<String>,
    },
    /// Another map was loaded, or the same again: all actors are gone.
    #[error("CARLA has begun another episode ({now} instead of {before}): a map was loaded, and all actors are gone")]
    OtherEpisode {
        /// The one that was joined.
        before: u64,
        /// The one that runs.
        now: u64,
    },
    /// The client was closed.
    #[error("the client was closed")]
    Closed,
    /// The system gives no thread or no socket.
    #[error("the client cannot start: {why}")]
    System {
        /// What the system says.
        why: String,
    },
}

fn known() -> String {
    Dialect::ALL.map(Dialect::version).join(", ")
}

/// A time in words, as finely as people want to know it: what was left of a wait has nanoseconds.
pub(super) fn lasting(time: Duration) -> String {
    let parts = if time < Duration::from_secs(1) { 1e3 } else { 1e2 };
    format!("{} s", (time.as_secs_f64() * parts).round() / parts)
}

fn because(trouble: &Option<String>) -> String {
    trouble.as_ref().map_or_else(String::new, |trouble| format!(" ({trouble})"))
}

impl Error {
    /// Whether this connection is of no more use.
    pub fn ends_connection(&self) -> bool {
        matches!(
            self,
            Self::NoConnection { .. } | Self::Lost { .. } | Self::TooLarge { .. } | Self::Closed | Self::System { .. }
        ) || matches!(self, Self::Nonsense { what, .. } if what == WHOLE_CONNECTION)
    }
}

/// What is named where the connection itself brings nonsense, and not one reply.
pub(super) const WHOLE_CONNECTION: &str = "the replies";
