//! What is owed to a server: actors that are to go, and time that is to run by itself again. Paid on every way out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use super::calls;
use super::client::Client;
use super::commands::{Attachment, Command};
use super::connection;
use super::error::Error;
use super::message::Call;
use super::types::{Actor, ActorDescription, ActorId, EpisodeSettings, Transform};

/// How long to wait between two attempts to reach a server that was lost.
const TRY_AGAIN: Duration = Duration::from_millis(250);
/// How long to wait for actors that were asked for and have not come yet.
const COMING: Duration = Duration::from_secs(2);

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
    /// Held for a moment at a time: the client's own thread notes actors that come.
    debt: Arc<Mutex<Debt>>,
    /// Held while it is being paid: whoever comes second waits until it is.
    paying: Mutex<()>,
}

#[derive(Debug, Default)]
struct Debt {
    /// Number and blueprint, in the order in which they came.
    actors: Vec<(ActorId, String)>,
    /// How many actors were asked for and have not come yet.
    coming: usize,
    settings: bool,
}

fn locked(debt: &Mutex<Debt>) -> MutexGuard<'_, Debt> {
    debt.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Teardown {
    /// Notes how time runs now. `within` bounds how long paying may take.
    pub fn new(client: &Client, within: Duration) -> Result<Self, Error> {
        let episode = client.call::<calls::GetEpisodeInfo>(())?.id;
        let found = client.call::<calls::GetEpisodeSettings>(())?;
        // Somebody may have died before us and left it waiting.
        let settings = EpisodeSettings { synchronous: false, ..found };
        let (debt, paying) = (Arc::default(), Mutex::default());
        Ok(Self { owner: Arc::new(Owner { client: client.clone(), episode, settings, within, debt, paying }) })
    }

    /// Brings an actor that is to go. It is owed as soon as the server says that it is there, even when nobody waits
    /// for that any more.
    pub fn spawn(
        &self,
        description: ActorDescription,
        transform: Transform,
        attachment: Option<Attachment>,
        within: Duration,
    ) -> Result<Actor, Error> {
        match attachment {
            None => self.owner.spawn::<calls::SpawnActor>(&(description, transform), within),
            Some(attachment) => {
                let arguments = calls::AttachedActor { description, transform, attachment };
                self.owner.spawn::<calls::SpawnActorWithParent>(&arguments, within)
            }
        }
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
    fn spawn<C: Call<Answer = Actor>>(&self, arguments: &C::Arguments, within: Duration) -> Result<Actor, Error> {
        let (sender, answered) = mpsc::sync_channel(1);
        let dialect = self.client.dialect();
        // Not the owner itself: the client's own thread must not be the last to let go of it.
        let debt = Arc::clone(&self.debt);
        let deliver = Box::new(move |reply: Result<Vec<u8>, Error>| {
            let answer = reply.and_then(|reply| connection::answer::<C>(&reply, dialect));
            let mut debt = locked(&debt);
            debt.coming = debt.coming.saturating_sub(1);
            if let Ok(actor) = &answer {
                debt.actors.push((actor.id, actor.description.id.clone()));
            }
            drop(debt);
            // Nobody may be waiting any more.
            let _ = sender.try_send(answer);
        });
        self.debt().coming += 1;
        if let Err(why) = self.client.connection().submit::<C>(arguments, dialect, Some(deliver)) {
            self.debt().coming -= 1;
            return Err(why);
        }
        match answered.recv_timeout(within) {
            Ok(answer) => answer,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(Error::TimedOut { call: C::METHOD, after: within }),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Error::Closed),
        }
    }

    fn debt(&self) -> MutexGuard<'_, Debt> {
        locked(&self.debt)
    }

    fn pay(&self) -> Result<(), Error> {
        let _alone = self.paying.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + self.within;
        self.await_actors_that_come(until);
        if self.is_paid() {
            return Ok(());
        }
        // A connection may have fallen silent: half of the time is kept for a new one.
        let mut result = self.pay_over(&self.client, Instant::now() + self.within / 2);
        while let Err(why) = &result {
            let is_refusal = matches!(why, Error::Server { .. } | Error::NotInThisVersion { .. });
            if is_refusal || Instant::now() >= until {
                break;
            }
            result = self.pay_anew(until);
            if result.is_err() {
                std::thread::sleep(TRY_AGAIN);
            }
        }
        result
    }

    fn is_paid(&self) -> bool {
        let debt = self.debt();
        debt.actors.is_empty() && !debt.settings
    }

    /// An actor that was asked for and comes too late for whoever asked still has to go.
    fn await_actors_that_come(&self, until: Instant) {
        let until = until.min(Instant::now() + COMING);
        while self.debt().coming > 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Over the connection there is.
    fn pay_over(&self, client: &Client, until: Instant) -> Result<(), Error> {
        let left = || until.saturating_duration_since(Instant::now()).min(client.options().reply_within);
        let (actors, settings) = {
            let debt = self.debt();
            (debt.actors.iter().map(|(id, _)| *id).collect::<Vec<_>>(), debt.settings)
        };
        if !actors.is_empty() {
            // What came last goes first: sensors before what they hang on.
            let commands = actors.iter().rev().map(|id| Command::DestroyActor(*id)).collect();
            // That one is not there any more is as good.
            client.call_within::<calls::ApplyBatch>((commands, false), left())?;
            self.debt().actors.retain(|(id, _)| !actors.contains(id));
        }
        if settings {
            client.call_within::<calls::SetEpisodeSettings>((self.settings,), left())?;
            self.debt().settings = false;
        }
        Ok(())
    }

    /// Over a new connection, to a server of which nobody knows what happened to it.
    fn pay_anew(&self, until: Instant) -> Result<(), Error> {
        let left = until.saturating_duration_since(Instant::now()).max(TRY_AGAIN);
        let mut options = self.client.options().clone();
        options.connect_within = options.connect_within.min(left);
        options.reply_within = options.reply_within.min(left);
        let client = Client::connect(options)?;
        if client.call::<calls::GetEpisodeInfo>(())?.id == self.episode {
            let ids = self.debt().actors.iter().map(|(id, _)| *id).collect();
            let there = client.call::<calls::GetActorsById>((ids,))?;
            let is_ours = |id, blueprint: &str| there.iter().any(|a| a.id == id && a.description.id == blueprint);
            self.debt().actors.retain(|(id, blueprint)| is_ours(*id, blueprint));
        } else {
            self.debt().actors.clear();
        }
        self.pay_over(&client, until)
    }
}
