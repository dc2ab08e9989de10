//! A stand-in for CARLA's server: it speaks CARLA's wire protocol and moves vehicles and walkers by simple kinematics.
//!
//! It is to CARLA what the simulated headset is to a headset: studies, adapters and clients can be run against it without
//! a graphics card, and it goes wrong on request. What it does: episodes, synchronous and asynchronous ticks, counted
//! cues, blueprints, maps from OpenDRIVE, collisions at spawning, control, lights, bones, batches, cameras, lidar, GNSS
//! and IMU, and the books of recorder and traffic managers. What it does not: physics beyond kinematics, traffic that
//! drives by itself, recordings that can be replayed, weather that is seen.
//!
//! ```
//! use kerbside::standin::{Options, Standin};
//!
//! let standin = Standin::start(Options::default())?;
//! println!("a CARLA client finds it at 127.0.0.1:{}", standin.port());
//! assert_eq!(standin.look(|simulation| simulation.actors.len()), 1); // the spectator
//! # Ok::<(), kerbside::problem::Problems>(())
//! ```

mod actor;
mod bones;
mod books;
mod camera;
mod client;
mod command;
mod faults;
mod functions;
mod library;
mod motion;
mod pose;
mod scene;
mod sensing;
mod server;
mod simulation;
mod streams;
mod street;

pub use actor::{Actor, Body, Sensor, Vehicle, Walker};
pub use bones::{Bone, BonePose, HALF_HEIGHT_M, Posture, bones};
pub use books::{Recorder, TrafficManagers};
pub use faults::Faults;
pub use library::Blueprint;
pub use motion::{Driving, Motion};
pub use pose::Pose;
pub use simulation::Simulation;
pub use street::Street;

use crate::carla::dialect::Dialect;
use crate::map::DEFAULT_MAP;
use crate::problem::{Outcome, Place, Problem};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// How often asynchronous ticks come unless somebody says otherwise, Hz.
const DEFAULT_RATE_HZ: f64 = 60.0;

/// How a stand-in is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens; the loopback unless other machines are to reach it.
    pub host: IpAddr,
    /// The port of its calls; streams are at the next one. 0 takes any that are free.
    pub port: u16,
    /// Which version of CARLA it is.
    pub dialect: Dialect,
    /// Which version it says it is, where that differs.
    pub version: Option<String>,
    /// The map: its name in CARLA, its file as people know it, its OpenDRIVE text.
    pub map: (String, String, String),
    /// How often asynchronous ticks come, Hz.
    pub rate_hz: f64,
    /// What goes wrong.
    pub faults: Faults,
}

impl Default for Options {
    /// 0.9.16 on the built-in street, at any free port of this machine, 60 asynchronous ticks a second.
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            dialect: Dialect::V0_9_16,
            version: None,
            map: ("Alcala".to_owned(), crate::map::DEFAULT_MAP_NAME.to_owned(), DEFAULT_MAP.to_owned()),
            rate_hz: DEFAULT_RATE_HZ,
            faults: Faults::default(),
        }
    }
}

/// A running stand-in; it stops when this is dropped.
#[derive(Debug)]
pub struct Standin {
    shared: Arc<server::Shared>,
    thread: Option<JoinHandle<()>>,
    host: IpAddr,
    port: u16,
}

impl Standin {
    /// Starts one; what is wrong with the map or the ports where it cannot.
    pub fn start(options: Options) -> Outcome<Self> {
        let (name, file, text) = &options.map;
        let mut simulation = Simulation::new(options.dialect, Street::read(name, file, text)?);
        if let Some(version) = options.version {
            simulation.version = version;
        }
        // As in CARLA, a server that was started again has another episode.
        simulation.episode = u64::from(RandomState::new().build_hasher().finish() as u32);
        let (calls, streams) = bind(options.host, options.port)?;
        let cannot = |e: std::io::Error| {
            Problem::new(Place::default(), format!("the stand-in could not be started: {e}"), "try again")
        };
        let port = calls.local_addr().map_err(cannot)?.port();
        simulation.stream_port = streams.local_addr().map_err(cannot)?.port();
        let rate_hz = if options.rate_hz.is_nan() { DEFAULT_RATE_HZ } else { options.rate_hz.clamp(0.1, 10_000.0) };
        let period = Duration::from_secs_f64(1.0 / rate_hz);
        let (shared, thread) = server::start(simulation, options.faults, period, (calls, streams)).map_err(cannot)?;
        Ok(Self { shared, thread: Some(thread), host: options.host, port })
    }

    /// The port of its calls.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens for calls.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// Shows the simulation as it is now: what is left of a client, whether it is synchronous. Nothing ticks meanwhile.
    pub fn look<T>(&self, at: impl FnOnce(&Simulation) -> T) -> T {
        at(&self.shared.state().simulation)
    }

    /// How many ticks there were since it started.
    pub fn ticks(&self) -> u64 {
        self.shared.state().ticks
    }

    /// From now on these go wrong, and no others.
    pub fn set_faults(&self, faults: Faults) {
        self.shared.state().faults = faults;
    }

    /// A new episode on the same map, as when another client has loaded it again.
    pub fn restart_episode(&self) {
        self.shared.state().simulation.restart();
    }
}

impl Drop for Standin {
    /// Stops at once: every connection is closed, the ports are free again.
    fn drop(&mut self) {
        self.shared.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Two ports in a row, where the first is given.
fn bind(host: IpAddr, port: u16) -> Result<(TcpListener, TcpListener), Problem> {
    let taken = |port: u16, e: std::io::Error| {
        let what = format!("port {port} of {host} cannot be listened at: {e}");
        Problem::new(Place::default(), what, "end what listens there (another CARLA server?), or give another --port")
    };
    if port == u16::MAX {
        let what = format!("no port comes after {port}, and streams are at the next");
        return Err(Problem::new(
            Place::default().part("--port"),
            what,
            "give a lower --port, or 0 for any that is free",
        ));
    }
    let calls = TcpListener::bind((host, port)).map_err(|e| taken(port, e))?;
    let next = calls.local_addr().ok().and_then(|own| own.port().checked_add(1));
    let streams = match next {
        // Any port will do for streams where any will do for calls: their tokens name it.
        Some(next) if port == 0 => TcpListener::bind((host, next)).or_else(|_| TcpListener::bind((host, 0))),
        Some(next) => TcpListener::bind((host, next)),
        // The system's own choice was the last port there is.
        None => TcpListener::bind((host, 0)),
    };
    Ok((calls, streams.map_err(|e| taken(next.unwrap_or(0), e))?))
}
