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
    /// Asks the server how it runs now, and changes nothing.
    pub fn of(host: &str, port: u16) -> Result<Self, Problem> {
        let asked = || Client::connect(Options::new(host, port))?.call::<calls::GetEpisodeSettings>(());
        asked().map(Self).map_err(|error| super::own::unreached(host, port, &error))
    }
}

/// Gives a server back that a session has left: its time runs by itself again, as `before` says where that is known, and
/// the actors of Kerbside's are destroyed. Says how many there were.
///
/// Errors: the server cannot be reached, or somebody makes it tick, whose it then is.
pub fn free(host: &str, port: u16, before: Option<Before>) -> Result<usize, Problem> {
    let mut server = OwnClient::connect(host, port)?;
    freed(&mut server, before).map_err(problem)
}

fn freed(server: &mut OwnClient, before: Option<Before>) -> Result<usize, Trouble> {
    server.must_be_free()?;
    server.runs_by_itself(before.map(|Before(settings)| settings))?;
    let left = server.there(OURS)?;
    if !left.is_empty() {
        server.destroy(&left)?;
    }
    Ok(left.len())
}
