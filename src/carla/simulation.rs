//! The simulation as its one ticker sees it: settings, maps, actors, and steps of which each is waited for.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::calls;
use super::client::Client;
use super::commands::Command;
use super::error::Error;
use super::frames::WorldSnapshot;
use super::message::{BatchResults, Call};
use super::queue::{Keep, StreamCounts};
use super::streams::WorldStream;
use super::types::{ActorId, BonesIn, EpisodeSettings, OpendriveParameters};

/// The map that is made from OpenDRIVE text.
pub const OPENDRIVE_MAP: &str = "OpenDriveMap";
/// All layers of a map.
const ALL_LAYERS: u16 = 0xffff;
/// How often a server that loads a map is asked whether it is done.
const ASK_AGAIN: Duration = Duration::from_millis(100);
/// How long a server that waits for cues is given to send a frame before it is cued.
const FRAME_UNCUED: Duration = Duration::from_millis(250);
/// Snapshots that may wait. In a synchronous simulation each is waited for; more come only from one that runs by itself.
const SNAPSHOTS: usize = 64;

/// What is done before a step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Step {
    /// In one batch, in order.
    pub commands: Vec<Command>,
    /// Bones of walkers; no command sets them.
    pub bones: Vec<(ActorId, BonesIn)>,
    /// How much of them shows.
    pub blends: Vec<(ActorId, f32)>,
}

/// What a step brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Stepped {
    /// The world after it.
    pub snapshot: WorldSnapshot,
    /// What became of each command.
    pub results: BatchResults,
}

/// A simulation that was joined.
#[derive(Debug)]
pub struct Simulation {
    client: Client,
    world: WorldStream,
    episode: u64,
}

impl Simulation {
    /// Joins what is running, and waits until its snapshots come: a step made earlier would be missed. A server that
    /// waits for cues, because whoever ticked it has gone, is given one.
    pub fn join(client: &Client) -> Result<Self, Error> {
        Self::join_unheard(client, FRAME_UNCUED)
    }

    /// The same, where somebody else may tick the server: it is listened to for so long before it is given a cue, which
    /// would be a tick too many to them.
    pub fn join_unheard(client: &Client, listen: Duration) -> Result<Self, Error> {
        let episode = client.call::<calls::GetEpisodeInfo>(())?.id;
        let simulation = Self { client: client.clone(), world: subscribe(client), episode };
        simulation.await_first_frame(listen)?;
        Ok(simulation)
    }

    /// A server that waits for cues is given one after `uncued` without a frame.
    fn await_first_frame(&self, uncued: Duration) -> Result<(), Error> {
        let begun = Instant::now();
        loop {
            let is_waiting = self.client.call::<calls::GetEpisodeSettings>(())?.synchronous;
            let until = begun + self.patience() + if is_waiting { uncued } else { Duration::ZERO };
            let wait = if is_waiting { uncued } else { until.saturating_duration_since(Instant::now()) };
            match self.world.next(wait) {
                Ok(snapshot) if snapshot.episode == self.episode => return Ok(()),
                Ok(snapshot) if Instant::now() >= until => return Err(self.other(&snapshot)),
                Ok(_) => {}
                Err(no_frame @ Error::NoFrame { .. }) if Instant::now() >= until => return Err(no_frame),
                Err(Error::NoFrame { .. }) if is_waiting => drop(self.client.call::<calls::TickCue>(())?),
                Err(Error::NoFrame { .. }) => {}
                Err(why) => return Err(why),
            }
        }
    }

    fn patience(&self) -> Duration {
        self.client.options().reply_within
    }

    /// The connection.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The episode that was joined.
    pub fn episode(&self) -> u64 {
        self.episode
    }

    /// How the world's stream has fared.
    pub fn counts(&self) -> StreamCounts {
        self.world.counts()
    }

    /// Sets how time runs.
    pub fn set_settings(&self, settings: EpisodeSettings) -> Result<(), Error> {
        // Steps wait for their own frame, whatever came before: no need to wait here.
        self.client.call::<calls::SetEpisodeSettings>((settings,)).map(drop)
    }

    /// The first snapshot of this episode whose number is at least `frame`, waited for.
    pub fn frame_from(&self, frame: u64, within: Duration) -> Result<WorldSnapshot, Error> {
        let until = Instant::now() + within;
        loop {
            let snapshot = self.world.next(until.saturating_duration_since(Instant::now()))?;
            if snapshot.episode != self.episode {
                return Err(self.other(&snapshot));
            }
            if snapshot.frame >= frame {
                return Ok(snapshot);
            }
        }
    }

    /// Makes one step of a synchronous simulation: everything that is to be done before it is done and confirmed, then
    /// the server is cued, then the world after this very step is waited for.
    pub fn step(&self, step: Step, within: Duration) -> Result<Stepped, Error> {
        let until = Instant::now() + within;
        let left = || until.saturating_duration_since(Instant::now());
        let Step { commands, bones, blends } = step;
        let sent = commands.len();
        let batch = if sent == 0 { None } else { Some(self.client.submit::<calls::ApplyBatch>(&(commands, false))?) };
        let mut posed = Vec::new();
        for bones in bones {
            posed.push(self.client.submit::<calls::SetBonesTransform>(&bones)?);
        }
        let mut blended = Vec::new();
        for blend in blends {
            blended.push(self.client.submit::<calls::BlendPose>(&blend)?);
        }
        let results = batch.map_or(Ok(BatchResults(Vec::new())), |batch| batch.wait(left()))?;
        if results.0.len() != sent {
            let words = format!("{} results for {sent} commands", results.0.len());
            return Err(Error::Server { call: calls::ApplyBatch::METHOD, words });
        }
        posed.into_iter().try_for_each(|pending| pending.wait(left()))?;
        blended.into_iter().try_for_each(|pending| pending.wait(left()))?;
        let frame = self.client.call_within::<calls::TickCue>((), left())?;
        Ok(Stepped { snapshot: self.frame_from(frame, left())?, results })
    }

    /// The newest snapshot of an asynchronous simulation that was not taken yet; waited for where there is none.
    pub fn newest(&self, within: Duration) -> Result<WorldSnapshot, Error> {
        let mut newest = self.frame_from(0, within)?;
        while let Some(snapshot) = self.world.poll()? {
            newest = snapshot;
        }
        if newest.episode == self.episode { Ok(newest) } else { Err(self.other(&newest)) }
    }

    fn other(&self, snapshot: &WorldSnapshot) -> Error {
        Error::OtherEpisode { before: self.episode, now: snapshot.episode }
    }

    /// Makes a map of OpenDRIVE text and loads it: a new episode, without any of the actors there were. Settings go
    /// back to a server's own where `reset_settings` says so.
    pub fn load_opendrive(
        &mut self,
        text: &str,
        parameters: OpendriveParameters,
        reset_settings: bool,
        within: Duration,
    ) -> Result<(), Error> {
        let until = Instant::now() + within;
        self.client.call_within::<calls::CopyOpendriveToFile>((text.to_owned(), parameters), within)?;
        self.load_map(OPENDRIVE_MAP, reset_settings, until.saturating_duration_since(Instant::now()))
    }

    /// Loads a map that the server has: a new episode, without any of the actors there were.
    pub fn load_map(&mut self, map: &str, reset_settings: bool, within: Duration) -> Result<(), Error> {
        let until = Instant::now() + within;
        let arguments = (map.to_owned(), reset_settings, ALL_LAYERS);
        self.client.call_within::<calls::LoadNewEpisode>(arguments, within)?;
        let before = self.episode;
        loop {
            // While it loads a server says that the episode is not ready, or nothing.
            match self.client.call::<calls::GetEpisodeInfo>(()) {
                Ok(info) if info.id != before => {
                    self.episode = info.id;
                    break;
                }
                Err(why) if why.ends_connection() => return Err(why),
                Ok(_) | Err(_) if Instant::now() >= until => {
                    return Err(Error::TimedOut { call: calls::LoadNewEpisode::METHOD, after: within });
                }
                // A server that waits for cues may need one to come as far as loading.
                Ok(_) | Err(_) => drop(self.cue_if_waiting()),
            }
            sleep(ASK_AGAIN);
        }
        self.world = subscribe(&self.client);
        self.await_first_frame(FRAME_UNCUED)
    }

    fn cue_if_waiting(&self) -> Result<(), Error> {
        if self.client.call::<calls::GetEpisodeSettings>(())?.synchronous {
            self.client.call::<calls::TickCue>(())?;
        }
        Ok(())
    }
}

fn subscribe(client: &Client) -> WorldStream {
    WorldStream::subscribe(client, Keep::Newest(SNAPSHOTS))
}
