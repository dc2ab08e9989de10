//! Steps of a synchronous simulation: everything before the cue is confirmed before the cue is sent.

use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kerbside::carla::calls;
use kerbside::carla::commands::Command;
use kerbside::carla::dialect::Dialect;
use kerbside::carla::message::{self, BatchResults};
use kerbside::carla::types::{
    BonesIn, EpisodeInfo, EpisodeSettings, OpendriveParameters, StreamToken, Transform, Vector3,
};
use kerbside::carla::{Client, Error, Simulation, Step};

use crate::scripted::{Came, Peer, framed, options, serve};
use crate::streaming::{hold, snapshot, stream_port};

const DIALECT: Dialect = Dialect::V0_9_16;
const LONG: Duration = Duration::from_secs(10);

/// A small world: its episode, its frame, and where its snapshots go.
struct Small {
    episode: u64,
    frame: u64,
    settings: EpisodeSettings,
    stream_port: u16,
    frames: Sender<Vec<u8>>,
    /// Every method that came, replied to or not.
    log: Arc<Mutex<Vec<String>>>,
}

impl Small {
    fn tick(&mut self) {
        self.frame += 1;
        let _ = self.frames.send(framed(&snapshot(self.episode, self.frame)));
    }

    fn answer(&mut self, peer: &mut Peer, came: &Came) {
        self.log.lock().unwrap().push(came.method.clone());
        match came.method.as_str() {
            "get_episode_info" => {
                let token = StreamToken { stream: 1, port: self.stream_port, address: None };
                peer.answer::<calls::GetEpisodeInfo>(came.id, EpisodeInfo { id: self.episode, token });
            }
            "get_sensor_token" => {
                let token = StreamToken { stream: 1, port: self.stream_port, address: None };
                peer.answer::<calls::GetSensorToken>(came.id, token);
            }
            "get_episode_settings" => peer.answer::<calls::GetEpisodeSettings>(came.id, self.settings),
            "set_episode_settings" => {
                self.settings = came.arguments::<calls::SetEpisodeSettings>(DIALECT).0;
                peer.answer::<calls::SetEpisodeSettings>(came.id, self.frame);
            }
            "tick_cue" => {
                peer.answer::<calls::TickCue>(came.id, self.frame + 1);
                self.tick();
            }
            "apply_batch" => {
                let (commands, cue) = came.arguments::<calls::ApplyBatch>(DIALECT);
                assert!(!cue, "the cue is a call of its own");
                let result = |c: &Command| c.actor().filter(|a| *a < 100).ok_or_else(|| "no such actor".to_owned());
                // The server takes its time; whoever does not wait sends the cue too early.
                std::thread::sleep(Duration::from_millis(30));
                self.log.lock().unwrap().push("done".to_owned());
                peer.answer::<calls::ApplyBatch>(came.id, BatchResults(commands.iter().map(result).collect()));
            }
            "set_bones_transform" => {
                let (actor, bones) = came.arguments::<calls::SetBonesTransform>(DIALECT);
                let answer = if actor == 26 && bones.bones.len() == 1 { Ok(()) } else { Err("no walker".to_owned()) };
                std::thread::sleep(Duration::from_millis(30));
                self.log.lock().unwrap().push("posed".to_owned());
                peer.send(&message::reply::<calls::SetBonesTransform>(came.id, &answer, DIALECT));
            }
            "copy_opendrive_to_file" => peer.answer::<calls::CopyOpendriveToFile>(came.id, ()),
            "load_new_episode" => {
                peer.answer::<calls::LoadNewEpisode>(came.id, ());
                (self.episode, self.frame) = (self.episode + 1, 0);
            }
            other => panic!("{other}"),
        }
    }
}

/// The last connection of a stream is the one that frames go to.
fn forwarded(frames: Receiver<Vec<u8>>) -> impl Fn(usize, TcpStream) + Send + Sync {
    let frames = Arc::new(Mutex::new(frames));
    move |_, mut stream| {
        let frames = frames.clone();
        std::thread::spawn(move || {
            let mut closed = stream.try_clone().unwrap();
            let over = Arc::new(Mutex::new(false));
            let watch = over.clone();
            std::thread::spawn(move || {
                hold(closed.try_clone().unwrap());
                *watch.lock().unwrap() = true;
                let _ = closed.flush();
            });
            while !*over.lock().unwrap() {
                let frame = frames.lock().unwrap().recv_timeout(Duration::from_millis(5));
                if let Ok(frame) = frame
                    && stream.write_all(&frame).is_err()
                {
                    return;
                }
            }
        });
    }
}

type Log = Arc<Mutex<Vec<String>>>;

fn small(synchronous: bool) -> (Client, Log) {
    let (sender, frames) = channel();
    let stream_port = stream_port(1, forwarded(frames));
    let log = Log::default();
    let shared = log.clone();
    let port = serve(move |_, mut peer| {
        peer.say_version("0.9.16");
        let settings = EpisodeSettings { synchronous, ..EpisodeSettings::default() };
        let (frames, log) = (sender.clone(), shared.clone());
        let mut world = Small { episode: 7, frame: 100, settings, stream_port, frames, log };
        while let Some(came) = peer.request() {
            world.answer(&mut peer, &came);
        }
    });
    (Client::connect(options(port)).unwrap(), log)
}

#[test]
fn a_step_is_confirmed_before_its_cue_and_waits_for_its_own_frame() {
    let (client, log) = small(true);
    // Nobody ticks it: the first frame comes from a cue of ours.
    let simulation = Simulation::join(&client).unwrap();
    assert_eq!(simulation.episode(), 7);
    let begun = log.lock().unwrap().len();
    for n in 0..3_u64 {
        let velocity = Vector3::from_array([8.0, 0.0, 0.0]);
        let step = Step {
            commands: vec![Command::ApplyTargetVelocity(26, velocity), Command::DestroyActor(999)],
            bones: vec![(26, BonesIn { bones: vec![("crl_Head__C".to_owned(), Transform::default())] })],
            blends: Vec::new(),
        };
        let stepped = simulation.step(step, LONG).unwrap();
        assert_eq!(stepped.results.0, [Ok(26), Err("no such actor".to_owned())]);
        assert_eq!(stepped.snapshot, snapshot(7, stepped.snapshot.frame));
        assert!(stepped.snapshot.frame >= 102 + n, "{}", stepped.snapshot.frame);
    }
    let log = log.lock().unwrap();
    let one = ["apply_batch", "done", "set_bones_transform", "posed", "tick_cue"];
    assert_eq!(log[begun..], one.repeat(3));
}

#[test]
fn bones_that_are_refused_stop_the_step_before_its_cue() {
    let (client, log) = small(true);
    let simulation = Simulation::join(&client).unwrap();
    let step = Step { bones: vec![(27, BonesIn::default())], ..Step::default() };
    let refused = simulation.step(step, LONG).unwrap_err();
    assert_eq!(refused.to_string(), "CARLA refuses `set_bones_transform`: no walker");
    assert_eq!(log.lock().unwrap().last().unwrap(), "posed");
    // And the next one is none the worse.
    simulation.step(Step::default(), LONG).unwrap();
}

#[test]
fn a_map_that_is_loaded_is_another_episode() {
    let (client, log) = small(true);
    let mut simulation = Simulation::join(&client).unwrap();
    simulation.load_opendrive("<OpenDRIVE/>", OpendriveParameters::default(), false, LONG).unwrap();
    assert_eq!(simulation.episode(), 8);
    let first = simulation.step(Step::default(), LONG).unwrap().snapshot;
    assert_eq!(first.episode, 8);
    let log = log.lock().unwrap();
    let copied = log.iter().position(|method| method == "copy_opendrive_to_file").unwrap();
    assert_eq!(log[copied + 1], "load_new_episode");
}

#[test]
fn an_episode_that_changes_under_us_is_an_error() {
    let (client, _) = small(true);
    let simulation = Simulation::join(&client).unwrap();
    // Somebody else loads a map.
    client.call::<calls::LoadNewEpisode>(("Town01".to_owned(), false, 0xffff)).unwrap();
    let why = simulation.step(Step::default(), LONG).unwrap_err();
    assert_eq!(why, Error::OtherEpisode { before: 7, now: 8 });
}
