//! A server that a session has left without a word (killed, its machine off) is given back.

use super::own::OwnClient;
use super::server::{Server, Trouble};
use super::trial::OURS;
use super::{Problem, problem};
use crate::carla::types::EpisodeSettings;
use crate::carla::{Client, Options, calls};

/// How a server's time ran before a session.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Before(EpisodeSettings);

impl Before {
    /// Whether somebody made it tick, or had left it so.
    pub const fn waits_for_ticks(&self) -> bool {
        self.0.synchronous
    }

    /// Asks the server how it runs now, and changes nothing.
    pub fn of(host: &str, port: u16) -> Result<Self, Problem> {
        let asked = || Client::connect(Options::new(host, port))?.call::<calls::GetEpisodeSettings>(());
        asked().map(Self).map_err(|error| super::own::unreached(host, port, &error))
    }
}

/// Gives a server back that a session has left: its time runs by itself again, and the actors of Kerbside's are destroyed.
/// Says how many there were. `before` is for the process that saw the session end, and how time ran before it: whoever
/// else asks must not take the server from somebody who makes it tick.
///
/// Errors: the server cannot be reached, or is somebody's.
pub fn free(host: &str, port: u16, before: Option<Before>) -> Result<usize, Problem> {
    if let Some(Before(settings)) = before {
        // First of all: of a server that waits for ticks nothing would be seen.
        let settings = EpisodeSettings { synchronous: false, ..settings };
        let set = || Client::connect(Options::new(host, port))?.call::<calls::SetEpisodeSettings>((settings,));
        set().map_err(|error| super::own::unreached(host, port, &error))?;
    }
    let mut server = OwnClient::connect(host, port)?;
    freed(&mut server, before.is_some()).map_err(problem)
}

fn freed(server: &mut OwnClient, is_ours: bool) -> Result<usize, Trouble> {
    if !is_ours {
        server.must_be_free()?;
        server.runs_by_itself()?;
    }
    let left = server.there(OURS)?;
    if !left.is_empty() {
        server.destroy(&left)?;
    }
    Ok(left.len())
}
