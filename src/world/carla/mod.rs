//! CARLA behind the world seam: the same study, its vehicles driven by Kerbside's own policies on a CARLA server, the
//! participant there as a walker whose body moves.
//!
//! ```text
//! new           the study's map, made a world if it is not the server's; synchronous ticks
//! begin_trial   vehicles and walker made; vehicles run in to their speed at world time 0
//! advance       Traffic's tick -> one awaited batch (vehicles, lights, walker), awaited bones -> tick cue -> the world
//!               frame of exactly that tick -> rows: place, speed, acceleration as CARLA has them, commanded beside
//! end_trial     what was made is destroyed
//! shut_down     asynchronous again
//! ```
//!
//! World time is the server's elapsed time less that at the trial's start. In `lockstep` a frame waits for the ticks that
//! it needs. In `realtime` a thread begins the trial, makes the server tick and ends the trial, and the frame loop never
//! waits (`live.rs`): what is drawn lies a declared delay back between two ticks that have come (`buffer.rs`).
//!
//! What the study's sensors on the target see is kept by a thread of its own (`sensors/`), which the frame loop never
//! waits for.
//!
//! `frame.rs` converts coordinates, and nothing else does. [`Server`] is all that is asked of a server.

mod buffer;
mod choices;
mod contact;
mod frame;
mod free;
#[cfg(feature = "carla-rust")]
mod libcarla;
mod live;
mod own;
mod pace;
mod pedals;
mod sensors;
mod server;
mod trial;
mod vehicle;
mod vigil;
mod walker;

#[cfg(test)]
mod testing;

pub use choices::Choices;
pub use contact::{Tried, first_contact};
pub use free::{Before, free};
#[cfg(feature = "carla-rust")]
pub use libcarla::LibCarla;
pub use own::OwnClient;
pub use server::{
    About, ActorId, ActorState, Bone, Bones, Eye, Glimpse, Left, Mount, Order, Pedals, Pose, Server, Spawned, Stepped,
    Trouble, WorldFrame, lights,
};

use crate::headset::Pacing;
use crate::kernel::participant::Participant;
use crate::kernel::seams::{Description, Fault, World, WorldEvent, WorldNews};
use crate::kernel::setup::Setup;
use crate::kernel::shelf::Shelf;
use crate::kernel::time::{DisplayTime, WorldTime};
use crate::problem::{Place, Problem};
use crate::study::Presence;
use crate::table::{Mark, Source, Text};
use buffer::SAME_TIME_NS;
use live::{Leaving, Live};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use trial::{OURS, Tick, Trial};

/// A world on a CARLA server.
pub struct Carla {
    choices: Choices,
    about: About,
    /// Of the OpenDRIVE text as the server has it.
    map_sha256: String,
    held: Held,
    playing: Playing,
    started: DisplayTime,
    /// Where goes what sensors see; without it there are none.
    shelf: Option<Arc<dyn Shelf>>,
}

/// Where the server is.
enum Held {
    Here(Box<dyn Server>),
    /// The thread of the trial before still has it.
    Coming(Leaving),
    Gone,
}

enum Playing {
    Nothing,
    /// The trial, and the ticks before its start until they are handed out.
    Lockstep(Box<Trial>, Vec<Tick>),
    Live(Live),
}

impl Carla {
    /// A world on this server, which gets the study's map, if it has another, and waits for ticks from here on.
    pub fn new(mut server: Box<dyn Server>, choices: Choices) -> Result<Self, Problem> {
        // Its map is known by its name only once it is there.
        let ready = make_ready(server.as_mut(), &choices)
            .and_then(|_| server.clear(OURS))
            .and_then(|()| Ok((server.about()?, server.map_text()?)));
        let (about, map_text) = match ready {
            Ok(ready) => ready,
            Err(trouble) => {
                server.leave();
                return Err(problem(trouble));
            }
        };
        let (held, playing) = (Held::Here(server), Playing::Nothing);
        let map_sha256 = format!("{:x}", Sha256::digest(map_text));
        Ok(Self { choices, about, map_sha256, held, playing, started: DisplayTime(0), shelf: None })
    }

    /// The same, with the study's sensors on the target vehicle.
    pub fn keeping(mut self, shelf: Arc<dyn Shelf>) -> Self {
        self.shelf = Some(shelf);
        self
    }

    fn begin(&mut self, setup: &Setup) -> Result<(), Problem> {
        self.end_trial();
        let start = Start { setup: setup.clone(), choices: self.choices.clone(), shelf: self.shelf.clone() };
        self.playing = match (self.choices.pacing, std::mem::replace(&mut self.held, Held::Gone)) {
            (_, Held::Gone) => return Err(problem(Trouble::Lost("is gone".into()))),
            (Pacing::Lockstep, held) => {
                let Some(mut server) = held.here() else { return Err(problem(Trouble::Lost("is gone".into()))) };
                let begun = start.begin(server.as_mut());
                self.held = Held::Here(server);
                let (trial, run_in) = begun.map_err(problem)?;
                Playing::Lockstep(Box::new(trial), run_in)
            }
            (Pacing::Realtime, held) => Playing::Live(Live::new(held, start).map_err(|error| {
                let what = format!("no thread for CARLA's ticks: {error}");
                Problem::new(Place::default().part("--world"), what, "close other programs and try again")
            })?),
        };
        Ok(())
    }
}

impl Held {
    /// The server, waited for where a trial's thread still has it; none where that has died.
    fn here(self) -> Option<Box<dyn Server>> {
        match self {
            Self::Here(server) => Some(server),
            Self::Coming(leaving) => leaving.join().0,
            Self::Gone => None,
        }
    }
}

/// A trial about to begin.
struct Start {
    setup: Setup,
    choices: Choices,
    shelf: Option<Arc<dyn Shelf>>,
}

impl Start {
    /// Everything that a trial needs, made on the server; the ticks before its start.
    fn begin(&self, server: &mut dyn Server) -> Result<(Trial, Vec<Tick>), Trouble> {
        let begun = record(server, &self.choices, &format!("trial{}", self.setup.trial_n)).and_then(|file| {
            let (trial, mut run_in) = Trial::begin(server, &self.setup, &self.choices, self.shelf.as_ref())?;
            if let Some(file) = file {
                tell_recording(&file, &mut run_in);
            }
            Ok((trial, run_in))
        });
        if begun.is_err() {
            end_recording(server, &self.choices);
        }
        begun
    }
}

/// Takes away what a trial has made, its recording ended; what was lost of what sensors saw.
fn end(trial: &mut Trial, server: &mut dyn Server, choices: &Choices) -> Vec<Fault> {
    let faults = trial.end(server);
    end_recording(server, choices);
    faults
}

fn end_recording(server: &mut dyn Server, choices: &Choices) {
    if choices.recording.is_some() {
        // What cannot be stopped has ended with the server.
        let _ = server.stop_recorder();
    }
}

/// Sees to it that the server has the study's map, what is to be spawned, and ticks when told to; whether it had to
/// make a world of the map.
fn make_ready(server: &mut dyn Server, choices: &Choices) -> Result<bool, Trouble> {
    server.must_be_free()?;
    let blueprints = server.blueprints()?;
    let walker = (choices.study.presence != Presence::Absent).then_some(&choices.study.walker);
    for wanted in std::iter::once(&choices.study.vehicle).chain(walker) {
        if !blueprints.contains(wanted) {
            return Err(Trouble::Refused(format!("the server has no blueprint {wanted}")));
        }
    }
    let made = !same_map(&server.map_text()?, &choices.map_text);
    if made {
        server.make_world(&choices.map_text)?;
        if !same_map(&server.map_text()?, &choices.map_text) {
            return Err(Trouble::Refused("a world was made of the study's map, but the server has another map".into()));
        }
    }
    server.synchronise(choices.step_s())?;
    Ok(made)
}

/// CARLA's own recorder, where it is wanted, writes this part of the session; its file, as the server names it.
fn record(server: &mut dyn Server, choices: &Choices, part: &str) -> Result<Option<String>, Trouble> {
    let Some(name) = &choices.recording else { return Ok(None) };
    let name = format!("{name}-{part}.log");
    let file = server.start_recorder(&name)?;
    // CARLA answers so where it cannot write.
    if file.trim().is_empty() {
        return Err(Trouble::Refused(format!("the server cannot write the recording {name}")));
    }
    Ok(Some(file))
}

/// Tells with the first tick which file CARLA's recorder writes.
fn tell_recording(file: &str, ticks: &mut [Tick]) {
    let Some(first) = ticks.first_mut() else { return };
    first.events.push(WorldEvent {
        event: Text::fixed("carla_recording"),
        time: first.time,
        vehicle_n: None,
        value: None,
        detail: Text::new(file),
    });
}

/// Whether two OpenDRIVE texts are the same but for line ends and what surrounds them.
fn same_map(a: &str, b: &str) -> bool {
    let lines = |text: &str| text.trim().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    lines(a) == lines(b)
}

/// A trouble in words, with the cure.
fn problem(trouble: Trouble) -> Problem {
    let cure = match &trouble {
        Trouble::Lost(_) => "see that the CARLA server runs and can be reached; then give the same command again",
        Trouble::Late(_) => "see whether the CARLA server hangs, or is too slow for the study's step",
        Trouble::Refused(why) if why.contains("collision") => {
            "something stands there: `kerbside carla-free` takes away what a killed session has left"
        }
        Trouble::Refused(_) => "`kerbside check --world` runs through every call that a study needs",
        Trouble::Taken(_) => "end that session or that client, or wait until it is done; or use another server",
    };
    Problem::new(Place::default().part("the CARLA server"), trouble.to_string(), cure)
}

fn lost(trouble: &Trouble) -> Fault {
    Fault { code: Mark::DeviceLost, detail: format!("the CARLA server: {trouble}"), source: Source::World }
}

fn hand_out(tick: Tick, news: &mut WorldNews) {
    news.rows.extend(tick.rows);
    news.events.extend(tick.events);
    news.faults.extend(tick.faults);
}

impl World for Carla {
    fn describe(&self) -> Description {
        let choices = &self.choices;
        let delay_ms = choices.delay_ns() as f64 / 1e6;
        let details = [
            ("version", self.about.version.clone()),
            ("map", self.about.map.clone()),
            ("map_sha256", self.map_sha256.clone()),
            ("client", self.about.client.clone()),
            ("step_hz", choices.step_hz.to_string()),
            ("control", choices.study.control.word().to_owned()),
            ("participant", choices.study.presence.word().to_owned()),
            ("delay_ms", delay_ms.to_string()),
            ("vehicle", choices.study.vehicle.clone()),
            ("walker", choices.study.walker.clone()),
        ];
        let details = details.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Description { kind: "carla".into(), details, simulated: true }
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<(), Problem> {
        self.begin(setup)
    }

    fn start(&mut self, at: DisplayTime) {
        self.started = at;
    }

    fn advance(&mut self, to: DisplayTime, participant: &Participant, news: &mut WorldNews) -> Result<(), Problem> {
        let since_start_ns = to.0 - self.started.0;
        match &mut self.playing {
            Playing::Nothing => {}
            Playing::Live(live) => {
                if let Err(trouble) = live.advance(since_start_ns, participant, news) {
                    news.faults.push(lost(&trouble));
                }
            }
            Playing::Lockstep(trial, run_in) => {
                run_in.drain(..).for_each(|tick| hand_out(tick, news));
                news.drawn = WorldTime(since_start_ns);
                news.age_ns = 0;
                while let (true, Held::Here(server)) = (trial.time().0 + SAME_TIME_NS < news.drawn.0, &mut self.held) {
                    match trial.tick(server.as_mut(), participant) {
                        Ok(tick) => hand_out(tick, news),
                        Err(trouble) => {
                            news.faults.push(lost(&trouble));
                            news.drawn = trial.newest();
                            news.age_ns = since_start_ns - news.drawn.0;
                            break;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn end_trial(&mut self) -> Vec<Fault> {
        match std::mem::replace(&mut self.playing, Playing::Nothing) {
            Playing::Nothing => Vec::new(),
            Playing::Lockstep(mut trial, _) => {
                let Held::Here(server) = &mut self.held else { return Vec::new() };
                end(&mut trial, server.as_mut(), &self.choices)
            }
            Playing::Live(live) => {
                let leaving = live.end();
                if self.choices.study.sensors.is_empty() || self.shelf.is_none() {
                    // The next trial's thread waits for it.
                    self.held = Held::Coming(leaving);
                    return Vec::new();
                }
                let (server, faults) = leaving.join();
                self.held = server.map_or(Held::Gone, Held::Here);
                faults
            }
        }
    }

    fn shut_down(&mut self) {
        self.end_trial();
        if let Some(mut server) = std::mem::replace(&mut self.held, Held::Gone).here() {
            server.leave();
        }
    }
}

impl Drop for Carla {
    fn drop(&mut self) {
        self.shut_down();
    }
}

#[cfg(test)]
mod world_tests;
