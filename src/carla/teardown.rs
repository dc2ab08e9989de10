//! What is owed to a server: actors that are to go, and time that is to run by itself again. Paid on every way out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::calls;
use super::client::Client;
use super::commands::Command;
use super::error::Error;
use super::types::{Actor, ActorId, EpisodeSettings};

/// How long to wait between two attempts to reach a server that was lost.
const TRY_AGAIN: Duration = Duration::from_millis(250);

/// Remembers what is owed, and pays it once: when told to, or when it is dropped, in a panic too. Clones are the same
/// debt, so that a handler of signals can pay it.
///
/// Where the connection was lost it is made anew, for a bounded time. Actors are then destroyed only where the same
/// episode still runs and the same kind of actor has the number: another episode gives the numbers to others.
#[derive(Debug, Clone)]
pub struct Teardown {
    owner: Arc<Owner>,
}

#[derive(Debug)]
struct Owner {
    client: Client,
    episode: u64,
    /// How time ran before; asynchronous in any case.
    settings: EpisodeSettings,
    within: Duration,
    debt: Mutex<Debt>,
}

#[derive(Debug, Default)]
struct Debt {
    /// Number and blueprint, in the order in which they came.
    actors: Vec<(ActorId, String)>,
    settings: bool,
}

impl Teardown {
    /// Notes how time runs now. `within` bounds how long paying may take.
    pub fn new(client: &Client, within: Duration) -> Result<Self, Error> {
        let episode = client.call::<calls::GetEpisodeInfo>(())?.id;
        let found = client.call::<calls::GetEpisodeSettings>(())?;
        // Somebody may have died before us and left it waiting.
        let settings = EpisodeSettings { synchronous: false, ..found };
        let owner = Owner { client: client.clone(), episode, settings, within, debt: Mutex::default() };
        Ok(Self { owner: Arc::new(owner) })
    }

    /// This actor is to go.
    pub fn owes_actor(&self, actor: &Actor) {
        self.owes(actor.id, &actor.description.id);
    }

    /// This actor, of this blueprint, is to go.
    pub fn owes(&self, actor: ActorId, blueprint: &str) {
        self.owner.debt().actors.push((actor, blueprint.to_owned()));
    }

    /// This actor has gone.
    pub fn actor_has_gone(&self, actor: ActorId) {
        self.owner.debt().actors.retain(|(id, _)| *id != actor);
    }

    /// Time is to run as it did. To be said before the settings are changed.
    pub fn owes_settings(&self) {
        self.owner.debt().settings = true;
    }

    /// What is still owed: actors, and whether settings are.
    pub fn owed(&self) -> (Vec<ActorId>, bool) {
        let debt = self.owner.debt();
        (debt.actors.iter().map(|(id, _)| *id).collect(), debt.settings)
    }

    /// Pays. What could not be paid is still owed.
    pub fn pay(&self) -> Result<(), Error> {
        self.owner.pay()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // There is nobody to tell; `pay` tells.
        let _ = self.pay();
    }
}

impl Owner {
    fn debt(&self) -> MutexGuard<'_, Debt> {
        self.debt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pay(&self) -> Result<(), Error> {
        let until = Instant::now() + self.within;
        let mut debt = self.debt();
        if debt.actors.is_empty() && !debt.settings {
            return Ok(());
        }
        let mut result = self.pay_over(&self.client, &mut debt, until);
        while let Err(why) = &result {
            let is_refusal = matches!(why, Error::Server { .. } | Error::NotInThisVersion { .. });
            if is_refusal || Instant::now() >= until {
                break;
            }
            result = self.pay_anew(&mut debt, until);
            if result.is_err() {
                std::thread::sleep(TRY_AGAIN);
            }
        }
        result
    }

    /// Over the connection there is.
    fn pay_over(&self, client: &Client, debt: &mut Debt, until: Instant) -> Result<(), Error> {
        let left = || until.saturating_duration_since(Instant::now()).min(client.options().reply_within);
        if !debt.actors.is_empty() {
            // What came last goes first: sensors before what they hang on.
            let commands = debt.actors.iter().rev().map(|(id, _)| Command::DestroyActor(*id)).collect();
            // That one is not there any more is as good.
            client.call_within::<calls::ApplyBatch>((commands, false), left())?;
            debt.actors.clear();
        }
        if debt.settings {
            client.call_within::<calls::SetEpisodeSettings>((self.settings,), left())?;
            debt.settings = false;
        }
        Ok(())
    }

    /// Over a new connection, to a server of which nobody knows what happened to it.
    fn pay_anew(&self, debt: &mut Debt, until: Instant) -> Result<(), Error> {
        let left = until.saturating_duration_since(Instant::now()).max(TRY_AGAIN);
        let mut options = self.client.options().clone();
        options.connect_within = options.connect_within.min(left);
        options.reply_within = options.reply_within.min(left);
        let client = Client::connect(options)?;
        if client.call::<calls::GetEpisodeInfo>(())?.id == self.episode {
            let ids = debt.actors.iter().map(|(id, _)| *id).collect();
            let there = client.call::<calls::GetActorsById>((ids,))?;
            let is_ours = |id, blueprint: &str| there.iter().any(|a| a.id == id && a.description.id == blueprint);
            debt.actors.retain(|(id, blueprint)| is_ours(*id, blueprint));
        } else {
            debt.actors.clear();
        }
        self.pay_over(&client, debt, until)
    }
}
