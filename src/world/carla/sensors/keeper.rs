//! The thread that keeps what sensors see: moments in, files and rows out.

use super::super::frame::pose_from_carla;
use super::super::server::{Eye, Glimpse, Spawned, Trouble};
use super::{Moment, encode, is_due, label, locked};
use crate::carla::sensors::Seen;
use crate::kernel::seams::Fault;
use crate::kernel::shelf::{Sensed, Shelf};
use crate::kernel::site::Site;
use crate::study::Sensor;
use crate::table::{GnssRow, Mark, SensorRow, Source, Text};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
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
    missing: u64,
    /// The first of them: its tick, and why.
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

    /// What is said of it, if anything is missing of so many frames that were due.
    pub fn fault(&self, name: &str, due: u64) -> Option<Fault> {
        let (tick, why) = self.first.as_ref()?;
        let missing = self.missing;
        let detail = format!("{name}: {missing} of {due} frames are missing, the first at tick {tick}: {why}");
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
    pub fn run(mut self, moments: &Mutex<Receiver<Moment>>) -> Vec<Lost> {
        // Let go of while it works on a moment.
        let next = || locked(moments).recv();
        while let Ok(moment) = next() {
            let mut watched = std::mem::take(&mut self.watched);
            for one in watched.iter_mut().filter(|one| is_due(&one.sensor, &moment)) {
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
                // By what was due, so that the same number of two sensors is the same tick.
                let n = moment.nth / u64::from(one.sensor.every) + 1;
                let name = format!("sensors/{}/{}/{n:06}.{ending}", self.trial_n, one.sensor.name);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carla::sensors::Gnss;
    use crate::study::Sees;
    use std::collections::VecDeque;

    /// Gives what it is told to, one after the other, and notes how long it was waited for.
    #[derive(Debug)]
    struct Told(VecDeque<Result<u64, Trouble>>, Arc<Mutex<Vec<Duration>>>);

    impl Eye for Told {
        fn next(&mut self, within: Duration) -> Result<Glimpse, Trouble> {
            self.1.lock().unwrap().push(within);
            let frame = self.0.pop_front().unwrap()?;
            Ok(Glimpse { frame, pose: Default::default(), seen: Seen::Gnss(Gnss::default()) })
        }
    }

    fn watched(told: Vec<Result<u64, Trouble>>) -> (Watched, Arc<Mutex<Vec<Duration>>>) {
        let sensor = Sensor { name: "s".into(), sees: Sees::Gnss, ahead_left_up_m: [0.0; 3], pitch_deg: 0.0, every: 1 };
        let waits = Arc::default();
        (Watched::new(sensor, Box::new(Told(told.into(), Arc::clone(&waits)))), waits)
    }

    #[test]
    fn each_tick_gets_its_own_frame_whatever_came_before_or_in_its_place() {
        // 7 and 8 are of no interest, 10 never came.
        let (mut one, _) = watched(vec![Ok(7), Ok(8), Ok(9), Ok(11), Ok(12)]);
        assert_eq!(one.at(9).map(|glimpse| glimpse.frame), Ok(9));
        assert_eq!(one.at(10), Err("a later frame came in its place".into()));
        assert_eq!(one.at(11).map(|glimpse| glimpse.frame), Ok(11));
        assert_eq!(one.at(12).map(|glimpse| glimpse.frame), Ok(12));
    }

    #[test]
    fn who_is_silent_is_waited_for_once_and_who_is_gone_is_not_asked_again() {
        let late = || Err(Trouble::Late("nothing came".into()));
        let (mut one, waits) = watched(vec![late(), late(), Ok(3), Ok(4), Err(Trouble::Lost("it is gone".into()))]);
        assert_eq!(one.at(1), Err("nothing came".into()));
        assert_eq!(one.at(2), Err("nothing came".into()));
        assert!(one.at(3).is_ok() && one.at(4).is_ok());
        assert_eq!((one.at(5), one.at(6)), (Err("it is gone".into()), Err("it is gone".into())));
        assert_eq!(*waits.lock().unwrap(), [PATIENCE, Duration::ZERO, Duration::ZERO, PATIENCE, PATIENCE]);
    }

    #[test]
    fn what_is_missing_is_said_with_the_first_of_it() {
        let moment = |frame| Moment { frame, time: crate::kernel::time::WorldTime(0), nth: 0, walker: None };
        let mut lost = Lost::default();
        assert_eq!(lost.fault("roof", 9), None);
        lost.miss(&moment(40), "nothing came");
        lost.miss(&moment(38), "no room");
        lost.miss(&moment(41), "nothing came");
        let said = lost.fault("roof", 9).unwrap();
        assert_eq!(said.detail, "roof: 3 of 9 frames are missing, the first at tick 38: no room");
        assert_eq!(said.code, Mark::SensorLost);
    }
}
