//! The thread that keeps what sensors see: moments in, files and rows out.

use super::super::frame::pose_from_carla;
use super::super::server::{Eye, Glimpse, Spawned, Trouble};
use super::{Moment, encode, is_due, label};
use crate::carla::sensors::Seen;
use crate::kernel::seams::Fault;
use crate::kernel::shelf::{Sensed, Shelf};
use crate::kernel::site::Site;
use crate::study::Sensor;
use crate::table::{GnssRow, Mark, SensorRow, Source, Text};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// How long a frame may come after its tick.
const PATIENCE: Duration = Duration::from_secs(2);

/// A sensor that is listened to.
#[derive(Debug)]
pub(super) struct Watched {
    pub sensor: Sensor,
    pub eye: Box<dyn Eye>,
    /// A frame that came before its moment did.
    early: Option<Glimpse>,
    /// It kept silent last time: not waited for again until it sends something.
    silent: bool,
    /// Nothing will come any more, and why.
    gone: Option<String>,
    lost: Lost,
}

/// What is missing of a sensor.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lost {
    due: u64,
    missing: u64,
    first: Option<(u64, String)>,
}

impl Lost {
    /// A frame that was due did not come, or could not be kept.
    pub fn miss(&mut self, moment: &Moment, why: impl Into<String>) {
        self.missing += 1;
        let earlier = self.first.as_ref().is_none_or(|(frame, _)| moment.frame < *frame);
        if earlier {
            self.first = Some((moment.frame, why.into()));
        }
    }

    /// What is said of it, if anything is missing.
    pub fn fault(&self, name: &str) -> Option<Fault> {
        let (tick, why) = self.first.as_ref()?;
        let detail = format!("{name}: {} frames are missing, the first at tick {tick}: {why}", self.missing);
        Some(Fault { code: Mark::SensorLost, detail, source: Source::World })
    }
}

impl Watched {
    pub fn new(sensor: Sensor, eye: Box<dyn Eye>) -> Self {
        Self { sensor, eye, early: None, silent: false, gone: None, lost: Lost::default() }
    }

    /// The frame of exactly this tick; why there is none.
    fn at(&mut self, frame: u64) -> Result<Glimpse, String> {
        loop {
            let glimpse = match self.early.take() {
                Some(glimpse) => glimpse,
                None => self.take()?,
            };
            if glimpse.frame == frame {
                return Ok(glimpse);
            }
            if glimpse.frame > frame {
                self.early = Some(glimpse);
                return Err("a later frame came in its place".to_owned());
            }
        }
    }

    fn take(&mut self) -> Result<Glimpse, String> {
        if let Some(why) = &self.gone {
            return Err(why.clone());
        }
        let taken = self.eye.next(if self.silent { Duration::ZERO } else { PATIENCE });
        self.silent = matches!(taken, Err(Trouble::Late(_)));
        taken.map_err(|trouble| {
            let why = trouble.to_string();
            if matches!(trouble, Trouble::Lost(_)) {
                self.gone = Some(why.clone());
            }
            why
        })
    }
}

/// All that the thread needs.
#[derive(Debug)]
pub(super) struct Keeper {
    pub site: Arc<Site>,
    pub trial_n: u32,
    /// The participant's walker as it was made.
    pub walker: Option<Spawned>,
    pub shelf: Arc<dyn Shelf>,
    pub watched: Vec<Watched>,
}

impl Keeper {
    /// Works until no moment will come any more; what is missing of each sensor.
    pub fn run(mut self, moments: &Receiver<Moment>) -> Vec<Lost> {
        while let Ok(moment) = moments.recv() {
            let mut watched = std::mem::take(&mut self.watched);
            for one in watched.iter_mut().filter(|one| is_due(&one.sensor, &moment)) {
                one.lost.due += 1;
                let kept = one.at(moment.frame).and_then(|glimpse| self.keep(one, &moment, glimpse));
                if let Err(why) = kept {
                    one.lost.miss(&moment, why);
                }
            }
            self.watched = watched;
        }
        self.watched.into_iter().map(|one| one.lost).collect()
    }

    fn keep(&self, one: &Watched, moment: &Moment, glimpse: Glimpse) -> Result<(), String> {
        let sensed = match &glimpse.seen {
            Seen::Gnss(place) => Sensed::Place(Box::new(GnssRow {
                trial_n: self.trial_n,
                world_tick_n: moment.frame,
                world_time_ns: moment.time.0,
                sensor: Text::new(&one.sensor.name),
                latitude_deg: place.latitude_deg.into(),
                longitude_deg: place.longitude_deg.into(),
                altitude_m: place.altitude_m.into(),
            })),
            seen => {
                let (bytes, ending) = encode::file(one.sensor.sees.kind(), seen)?;
                let name = format!("sensors/{}/{}/{:06}.{ending}", self.trial_n, one.sensor.name, one.lost.due);
                let row = Box::new(self.row(&one.sensor, moment, &glimpse, &name));
                let walker = self.walker.as_ref().zip(moment.walker.as_ref());
                let row_of = |(made, pose)| label::row(&self.site, &row, &glimpse, made, pose);
                let label = walker.map(row_of).map(Box::new);
                Sensed::File { row, bytes, label }
            }
        };
        self.shelf.keep(sensed).map_err(|problem| problem.to_string())
    }

    fn row(&self, sensor: &Sensor, moment: &Moment, glimpse: &Glimpse, name: &str) -> SensorRow {
        let pose = pose_from_carla(&self.site, &glimpse.pose);
        SensorRow {
            trial_n: self.trial_n,
            world_tick_n: moment.frame,
            world_time_ns: moment.time.0,
            sensor: Text::new(&sensor.name),
            kind: sensor.sees.kind(),
            file: Text::new(name),
            bytes: 0,
            sha256: Text::NA,
            site_x_m: pose.position_m.x.into(),
            site_y_m: pose.position_m.y.into(),
            site_z_m: pose.position_m.z.into(),
            site_yaw_rad: pose.yaw_rad.into(),
            site_pitch_rad: pose.pitch_rad.into(),
            site_roll_rad: pose.roll_rad.into(),
        }
    }
}
