//! Sensors on the target vehicle: what a vehicle's perception can be trained on, with the participant's true box.
//!
//! ```text
//! begin_trial   each sensor of the study is fixed to the target; ticks are made until every one of them sends
//! a tick        the server's frame number and the participant's walker in it go into a bounded queue ([`Moment`])
//! its thread    ([`keeper`]) for each moment and sensor: the frame of exactly that tick, waited for; encoded ([`encode`]),
//!               labelled ([`label`]), handed to the shelf, which writes file and rows
//! end_trial     the thread finishes what is queued; what is missing is one fault a sensor, `sensor_lost`
//! ```
//!
//! Frames come on the client's threads and are worked on by the keeper's: the frame loop sees none of it. In `lockstep` a
//! full queue holds up the next tick; in `realtime` nothing waits: the newest ticks are kept in the queue, as the newest
//! frames are in each sensor's stream, so that after a stall they still meet, and older ones are missing. Nothing goes missing unsaid: each frame that was due is a row, or counted in the trial's fault.
//!
//! Sensors send at every tick, whatever the study keeps: how CARLA spaces the frames of a slower sensor is not its ticks'
//! business, and every `every`-th tick must be the same one for all of them.
//!
//! Where there is no shelf (nothing is recorded) there are no sensors.

mod encode;
mod keeper;
mod label;

use super::server::{ActorId, Mount, Pose, Server, Spawned, Trouble};
use super::vehicle::Vehicle;
use crate::kernel::seams::Fault;
use crate::kernel::setup::Setup;
use crate::kernel::shelf::Shelf;
use crate::kernel::time::WorldTime;
use crate::study::{Camera, Sees, Sensor};
use crate::table::{Mark, Source};
use glam::DVec3;
use keeper::{Keeper, Lost, Watched};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

/// What may wait of all sensors together, bytes; it decides how many ticks may.
const MOST_WAITING_BYTES: u64 = 256 << 20;
/// Bounds of how many ticks may wait.
const WAITING_TICKS: [usize; 2] = [4, 64];
/// While a sensor's stream begins, each tick gives it so long to send.
const FIRST_FRAME: Duration = Duration::from_millis(50);
/// So many ticks are made for that at most.
const FIRST_TICKS: usize = 200;

/// A tick, as sensors' frames are matched with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    /// The server's number of it.
    pub frame: u64,
    pub time: WorldTime,
    /// Ticks since the trial's first.
    pub nth: u64,
    /// Where the participant's walker is in it.
    pub walker: Option<Pose>,
}

/// The sensors of a trial.
#[derive(Debug)]
pub(super) struct Sensors {
    ids: Vec<ActorId>,
    state: State,
    most_waiting: usize,
    /// In `lockstep` a full queue is waited for.
    waits: bool,
    ticks: u64,
    /// Moments for which there was no room in the queue.
    no_room: Vec<Moment>,
}

#[derive(Debug)]
enum State {
    Mounted(Vec<Watched>),
    Watching(Queue, JoinHandle<Vec<Lost>>, Vec<Sensor>),
    Over,
}

/// The way to the keeper's thread: its own end is gone with it.
#[derive(Debug)]
struct Queue {
    to: SyncSender<Moment>,
    from: Weak<Mutex<Receiver<Moment>>>,
}

impl Queue {
    fn new(most: usize) -> (Self, Arc<Mutex<Receiver<Moment>>>) {
        let (to, from) = sync_channel(most);
        let from = Arc::new(Mutex::new(from));
        (Self { to, from: Arc::downgrade(&from) }, from)
    }

    /// Waits for room; the moment, where nobody will take it any more.
    fn put(&self, moment: Moment) -> Option<Moment> {
        self.to.send(moment).err().map(|unsent| unsent.0)
    }

    /// Waits for nothing: a full queue loses its oldest moment. What is lost.
    fn put_at_once(&self, moment: Moment) -> Option<Moment> {
        match self.to.try_send(moment) {
            Ok(()) => None,
            Err(TrySendError::Disconnected(moment)) => Some(moment),
            Err(TrySendError::Full(moment)) => {
                // Whoever waits there for a moment finds one in a full queue, and lets go at once.
                let oldest = self.from.upgrade().and_then(|from| locked(&from).try_recv().ok());
                // Nobody else puts any in: there is room now.
                self.put(moment).or(oldest)
            }
        }
    }
}

fn locked(from: &Mutex<Receiver<Moment>>) -> MutexGuard<'_, Receiver<Moment>> {
    from.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sensors {
    /// Fixes the study's sensors to a vehicle.
    pub fn mount(server: &mut dyn Server, wanted: &[Sensor], on: &Vehicle, step_hz: u32) -> Result<Self, Trouble> {
        let most_waiting = most_waiting(wanted, step_hz);
        let mut sensors =
            Self { ids: Vec::new(), state: State::Over, most_waiting, waits: false, ticks: 0, no_room: Vec::new() };
        let mut watched = Vec::new();
        for sensor in wanted {
            let at = Pose {
                location_m: on.mount_m(DVec3::from_array(sensor.ahead_left_up_m)),
                pitch_deg: sensor.pitch_deg,
                ..Pose::default()
            };
            let (blueprint, attributes) = made_of(&sensor.sees, step_hz);
            // What is queued as a moment waits as a frame too; a few more may come meanwhile.
            let mount = Mount { blueprint, attributes, on: on.id, at, most_waiting: most_waiting + 8 };
            let mounted = server.mount(&mount);
            match mounted {
                Ok((id, eye)) => {
                    sensors.ids.push(id);
                    watched.push(Watched::new(sensor.clone(), eye));
                }
                Err(trouble) => {
                    // Whatever is left, the server's own leave-taking takes away.
                    let _ = server.destroy(&sensors.ids);
                    return Err(trouble);
                }
            }
        }
        sensors.state = State::Mounted(watched);
        Ok(sensors)
    }

    /// Makes ticks, each of which leaves everything where it is, until every sensor has sent something.
    pub fn await_first(&mut self, mut tick: impl FnMut() -> Result<(), Trouble>) -> Result<(), Trouble> {
        let State::Mounted(watched) = &mut self.state else { return Ok(()) };
        for one in watched {
            let mut ticks = 0;
            // One after the other: meanwhile the others' streams begin too.
            while let Err(why) = one.eye.next(FIRST_FRAME) {
                if !matches!(why, Trouble::Late(_)) {
                    return Err(why);
                }
                if ticks == FIRST_TICKS {
                    let name = &one.sensor.name;
                    return Err(Trouble::Late(format!("sensor {name} sends nothing in {ticks} ticks: {why}")));
                }
                ticks += 1;
                tick()?;
            }
        }
        Ok(())
    }

    /// From here on what is seen is kept. `waits`: a full queue is waited for.
    pub fn watch(
        &mut self,
        setup: &Setup,
        walker: Option<Spawned>,
        shelf: Arc<dyn Shelf>,
        waits: bool,
    ) -> Result<(), Trouble> {
        let State::Mounted(watched) = std::mem::replace(&mut self.state, State::Over) else { return Ok(()) };
        self.waits = waits;
        let (queue, moments) = Queue::new(self.most_waiting);
        let sensors = watched.iter().map(|one| one.sensor.clone()).collect();
        let keeper = Keeper { site: Arc::clone(&setup.site), trial_n: setup.trial_n, walker, shelf, watched };
        let thread = std::thread::Builder::new().name("carla sensors".into()).spawn(move || keeper.run(&moments));
        let thread = thread.map_err(|why| Trouble::Refused(format!("no thread for the sensors: {why}")))?;
        self.state = State::Watching(queue, thread, sensors);
        Ok(())
    }

    /// A tick was made.
    pub fn ticked(&mut self, frame: u64, time: WorldTime, walker: Option<Pose>) {
        let State::Watching(queue, ..) = &self.state else { return };
        let moment = Moment { frame, time, nth: self.ticks, walker };
        self.ticks += 1;
        self.no_room.extend(if self.waits { queue.put(moment) } else { queue.put_at_once(moment) });
    }

    /// Waits for what is queued; the actors, which are to be destroyed, and what is missing.
    pub fn end(&mut self) -> (Vec<ActorId>, Vec<Fault>) {
        let ids = std::mem::take(&mut self.ids);
        let State::Watching(queue, thread, sensors) = std::mem::replace(&mut self.state, State::Over) else {
            return (ids, Vec::new());
        };
        drop(queue);
        let Ok(mut lost) = thread.join() else {
            let detail = "the thread that keeps what sensors see has failed".to_owned();
            return (ids, vec![Fault { code: Mark::SensorLost, detail, source: Source::World }]);
        };
        for (sensor, lost) in sensors.iter().zip(&mut lost) {
            for moment in self.no_room.iter().filter(|moment| is_due(sensor, moment)) {
                lost.miss(moment, "no room: frames came faster than they could be kept");
            }
        }
        let told = sensors.iter().zip(&lost).filter_map(|(sensor, lost)| {
            let due = self.ticks.div_ceil(u64::from(sensor.every));
            lost.fault(&sensor.name, due)
        });
        (ids, told.collect())
    }
}

/// Whether a sensor's frame of this moment is wanted.
fn is_due(sensor: &Sensor, moment: &Moment) -> bool {
    moment.nth.is_multiple_of(u64::from(sensor.every))
}

/// How many ticks may wait, by what their frames take up.
fn most_waiting(wanted: &[Sensor], step_hz: u32) -> usize {
    let bytes: u64 = wanted.iter().map(|sensor| sensor.frame_bytes(step_hz)).sum();
    let ticks = usize::try_from(MOST_WAITING_BYTES / bytes.max(1)).unwrap_or(usize::MAX);
    ticks.clamp(WAITING_TICKS[0], WAITING_TICKS[1])
}

/// A pinhole camera, whose pixels the boxes of `labels.csv` are reckoned in: CARLA's own lens bends straight lines.
const STRAIGHT_LENS: [&str; 5] = ["lens_circle_multiplier", "lens_k", "lens_kcube", "lens_x_size", "lens_y_size"];

/// Blueprint, and attributes that are not as they stand in it. A lidar turns once a tick: each frame is a full turn.
fn made_of(sees: &Sees, step_hz: u32) -> (&'static str, Vec<(&'static str, String)>) {
    let picture = |camera: &Camera| {
        let size = [("image_size_x", camera.width_px), ("image_size_y", camera.height_px)];
        let size = size.map(|(name, px)| (name, px.to_string())).into_iter();
        size.chain([("fov", camera.fov_deg.to_string())]).chain(STRAIGHT_LENS.map(|of| (of, "0".to_owned()))).collect()
    };
    match sees {
        Sees::Rgb(camera) => ("sensor.camera.rgb", picture(camera)),
        Sees::Depth(camera) => ("sensor.camera.depth", picture(camera)),
        Sees::Semantic(camera) => ("sensor.camera.semantic_segmentation", picture(camera)),
        Sees::Lidar { range_m, channels, points_per_s } => (
            "sensor.lidar.ray_cast",
            vec![
                ("range", range_m.to_string()),
                ("channels", channels.to_string()),
                ("points_per_second", points_per_s.to_string()),
                ("rotation_frequency", step_hz.to_string()),
            ],
        ),
        Sees::Gnss => ("sensor.other.gnss", Vec::new()),
    }
}
