//! What the server keeps books of and does not do: recordings and traffic managers.

use std::collections::BTreeMap;
use std::fmt::Write;

/// So many recordings and traffic managers are remembered; then the server refuses more.
const MOST: usize = 1000;

/// CARLA's recorder without its files: what would be in them.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    running: Option<String>,
    kept: BTreeMap<String, Recording>,
}

/// One recording.
#[derive(Debug, Clone, PartialEq)]
struct Recording {
    map: String,
    frames: u64,
    duration_s: f64,
    /// Name and kind of every actor seen.
    actors: BTreeMap<u32, String>,
}

impl Recorder {
    /// Starts a recording, which ends one that runs; answers with its name.
    pub fn start(&mut self, name: &str, map: &str) -> Result<String, String> {
        if self.kept.len() >= MOST && !self.kept.contains_key(name) {
            return Err(format!("the server keeps {MOST} recordings and no more"));
        }
        let recording = Recording { map: map.to_owned(), frames: 0, duration_s: 0.0, actors: BTreeMap::new() };
        self.kept.insert(name.to_owned(), recording);
        self.running = Some(name.to_owned());
        Ok(name.to_owned())
    }

    /// Ends the recording that runs.
    pub fn stop(&mut self) {
        self.running = None;
    }

    /// The name of the recording that runs.
    pub fn running(&self) -> Option<&str> {
        self.running.as_deref()
    }

    /// A tick of the simulation, with number and kind of each actor.
    pub fn tick<'a>(&mut self, delta_s: f64, actors: impl Iterator<Item = (u32, &'a str)>) {
        let Some(recording) = self.running.as_ref().and_then(|name| self.kept.get_mut(name)) else { return };
        recording.frames += 1;
        recording.duration_s += delta_s;
        for (id, kind) in actors {
            if !recording.actors.contains_key(&id) && recording.actors.len() < 100 * MOST {
                recording.actors.insert(id, kind.to_owned());
            }
        }
    }

    /// What is in a recording, in the layout of CARLA's own answer.
    pub fn describe(&self, name: &str) -> String {
        let Some(recording) = self.kept.get(name) else { return format!("File {name} not found on server\n") };
        let Recording { map, frames, duration_s, actors } = recording;
        let mut text = format!("Version: 1\nMap: {map}\n\n");
        for (id, kind) in actors {
            let _ = writeln!(text, " Create {id}: {kind}");
        }
        let _ = write!(text, "\nFrames: {frames}\nDuration: {duration_s:.3} seconds\n");
        text
    }

    /// What a replay answers: this server has nothing to show again.
    pub fn replay(&self, name: &str) -> String {
        if self.kept.contains_key(name) {
            format!("{name}: this stand-in for CARLA keeps books of recordings and replays none\n")
        } else {
            self.describe(name)
        }
    }
}

/// Which traffic managers said that they are there: port and host.
#[derive(Debug, Clone, Default)]
pub struct TrafficManagers(BTreeMap<u16, String>);

impl TrafficManagers {
    /// Whether one is known at the port.
    pub fn is_running(&self, port: u16) -> bool {
        self.0.contains_key(&port)
    }

    /// Host and port of the one at the port; nothing and 0 where there is none.
    pub fn find(&self, port: u16) -> (String, u16) {
        self.0.get(&port).map_or_else(|| (String::new(), 0), |host| (host.clone(), port))
    }

    /// One says that it is there; false where the port is taken.
    pub fn add(&mut self, host: String, port: u16) -> bool {
        if self.0.len() >= MOST || self.is_running(port) {
            return false;
        }
        self.0.insert(port, host);
        true
    }

    /// One is gone; false where there was none.
    pub fn remove(&mut self, port: u16) -> bool {
        self.0.remove(&port).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_counts_frames_and_actors_while_it_runs() {
        let mut recorder = Recorder::default();
        recorder.start("trial-3.log", "Town01").unwrap();
        for _ in 0..20 {
            recorder.tick(0.05, [(25, "vehicle.tesla.model3"), (24, "spectator")].into_iter());
        }
        recorder.stop();
        recorder.tick(0.05, [(26, "walker.pedestrian.0001")].into_iter());
        let text = recorder.describe("trial-3.log");
        assert!(text.contains("Frames: 20\nDuration: 1.000 seconds"), "{text}");
        assert!(text.contains("Create 25: vehicle.tesla.model3") && !text.contains("walker"), "{text}");
        assert_eq!(recorder.describe("other.log"), "File other.log not found on server\n");
        assert_eq!(recorder.running(), None);
    }

    #[test]
    fn a_port_has_one_traffic_manager() {
        let mut managers = TrafficManagers::default();
        assert!(managers.add("10.0.0.1".into(), 8000) && !managers.add("10.0.0.2".into(), 8000));
        assert_eq!(managers.find(8000), ("10.0.0.1".into(), 8000));
        assert!(managers.remove(8000) && !managers.remove(8000));
        assert_eq!(managers.find(8000), (String::new(), 0));
    }
}
