//! What is owed to a server: actors that are to go, and time that is to run by itself again. Paid on every way out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use super::calls;
use super::client::Client;
use super::commands::{Attachment, Command};
use super::connection;
use super::error::Error;
use super::message::Call;
use super::queue::Keep;
use super::streams::WorldStream;
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
///
/// An actor that was asked for and whose number never came, since the connection was lost between, is looked for in the
/// world by its blueprint, its `role_name` and what it is attached to: give actors a role that nobody else gives.
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
    asked: Vec<Asked>,
    /// How many were asked for since the beginning.
    asked_ever: u64,
    settings: bool,
}

/// An actor that was asked for, and of which it is not known whether it came.
#[derive(Debug, Clone)]
struct Asked {
    nth: u64,
    description: ActorDescription,
    parent: Option<ActorId>,
    /// No answer will come any more that could be read.
    is_unheard: bool,
}

impl Asked {
    fn is(&self, actor: &Actor) -> bool {
        let same_kind = actor.description.id == self.description.id && actor.parent == self.parent;
        same_kind && role(&actor.description) == role(&self.description)
    }
}

fn role(description: &ActorDescription) -> Option<&str> {
    description.attributes.iter().find(|attribute| attribute.id == "role_name").map(|role| role.value.as_str())
}

impl Debt {
    /// What became of an actor that was asked for.
    fn heard(&mut self, nth: u64, answer: &Result<Actor, Error>) {
        match answer {
            Ok(actor) => self.actors.push((actor.id, actor.description.id.clone())),
            Err(Error::Server { .. }) => {}
            // The server may have made it, and said so to nobody.
            Err(_) => return self.asked.iter_mut().filter(|asked| asked.nth == nth).for_each(|a| a.is_unheard = true),
        }
        self.asked.retain(|asked| asked.nth != nth);
    }
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
        let parent = attachment.as_ref().map(|attachment| attachment.parent);
        let asked = Asked { nth: 0, description: description.clone(), parent, is_unheard: false };
        match attachment {
            None => self.owner.spawn::<calls::SpawnActor>(asked, &(description, transform), within),
            Some(attachment) => {
                let arguments = calls::AttachedActor { description, transform, attachment };
                self.owner.spawn::<calls::SpawnActorWithParent>(asked, &arguments, within)
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
    fn spawn<C: Call<Answer = Actor>>(
        &self,
        asked: Asked,
        arguments: &C::Arguments,
        within: Duration,
    ) -> Result<Actor, Error> {
        let (sender, answered) = mpsc::sync_channel(1);
        let dialect = self.client.dialect();
        let nth = {
            let mut debt = self.debt();
            debt.asked_ever += 1;
            let nth = debt.asked_ever;
            debt.asked.push(Asked { nth, ..asked });
            nth
        };
        // Not the owner itself: the client's own thread must not be the last to let go of it.
        let debt = Arc::clone(&self.debt);
        let deliver = Box::new(move |reply: Result<Vec<u8>, Error>| {
            let answer = reply.and_then(|reply| connection::answer::<C>(&reply, dialect));
            locked(&debt).heard(nth, &answer);
            // Nobody may be waiting any more.
            let _ = sender.try_send(answer);
        });
        if let Err(why) = self.client.connection().submit::<C>(arguments, dialect, Some(deliver)) {
            self.debt().asked.retain(|asked| asked.nth != nth);
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
        debt.actors.is_empty() && debt.asked.is_empty() && !debt.settings
    }

    /// An actor that was asked for and comes too late for whoever asked still has to go.
    fn await_actors_that_come(&self, until: Instant) {
        let until = until.min(Instant::now() + COMING);
        while self.debt().asked.iter().any(|asked| !asked.is_unheard) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Over the connection there is.
    fn pay_over(&self, client: &Client, until: Instant) -> Result<(), Error> {
        let looked = self.look_for_unheard(client, until);
        let actors: Vec<ActorId> = self.debt().actors.iter().map(|(id, _)| *id).collect();
        if !actors.is_empty() {
            // What came last goes first: sensors before what they hang on.
            let commands = actors.iter().rev().map(|id| Command::DestroyActor(*id)).collect();
            // That one is not there any more is as good.
            client.call_within::<calls::ApplyBatch>((commands, false), left(client, until))?;
            self.debt().actors.retain(|(id, _)| !actors.contains(id));
        }
        self.pay_settings(client, until)?;
        looked
    }

    fn pay_settings(&self, client: &Client, until: Instant) -> Result<(), Error> {
        if self.debt().settings {
            client.call_within::<calls::SetEpisodeSettings>((self.settings,), left(client, until))?;
            self.debt().settings = false;
        }
        Ok(())
    }

    /// Actors that were asked for and never heard of are owed too, where the world has them.
    fn look_for_unheard(&self, client: &Client, until: Instant) -> Result<(), Error> {
        let asked = self.debt().asked.clone();
        if asked.is_empty() {
            return Ok(());
        }
        // A server that waits for us shows nothing.
        self.pay_settings(client, until)?;
        let world = WorldStream::subscribe(client, Keep::Newest(1));
        // The first may have left before the last actor came.
        world.next(left(client, until))?;
        let snapshot = world.next(left(client, until))?;
        let ids = snapshot.actors.iter().map(|actor| actor.id).collect();
        let there = client.call_within::<calls::GetActorsById>((ids,), left(client, until))?;
        let mut debt = self.debt();
        for asked in asked {
            let is_new = |actor: &&Actor| !debt.actors.iter().any(|(id, _)| *id == actor.id);
            let found = there.iter().filter(|actor| asked.is(actor)).filter(is_new).max_by_key(|actor| actor.id);
            let found = found.map(|actor| (actor.id, actor.description.id.clone()));
            debt.actors.extend(found.filter(|_| snapshot.episode == self.episode));
            debt.asked.retain(|other| other.nth != asked.nth);
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
            let mut debt = self.debt();
            debt.actors.clear();
            debt.asked.clear();
        }
        self.pay_over(&client, until)
    }
}

/// How long a call may still take.
fn left(client: &Client, until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now()).min(client.options().reply_within)
}
