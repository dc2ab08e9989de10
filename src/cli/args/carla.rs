//! CARLA servers: one that stands in for it, and one that is given back.

use super::values::{count, dialect, milliseconds, rate_hz, world};
use crate::carla::dialect::Dialect;
use crate::lab::WorldChoice;
use clap::Args as ClapArgs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, ClapArgs)]
#[command(after_help = "Any CARLA client of the same version can connect: Kerbside's own, or Python's\n\
                  (`pip install carla==0.9.16`). Vehicles and walkers move by simple kinematics; there is no physics\n\
                  beyond that, no traffic that drives by itself, and recordings are counted, not kept.\n\n\
                  Faults happen only when asked for. Ticks are counted from the start, beginning with 1.\n\n\
                  Examples:\n  kerbside carla-standin\n  kerbside carla-standin --port 2000 --map Town10HD.xodr\n  \
                  kerbside carla-standin --dialect 0.9.15 --stall-at 200 --stall 3000\n  \
                  kerbside carla-standin --late-every 10 --late 80        every tenth reply 80 ms late\n\n\
                  Ctrl-C stops it. Streams are at the port after --port.")]
pub struct CarlaStandin {
    /// The port of its calls; 0 takes any that is free
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub port: u16,
    /// The address it listens at; 0.0.0.0 lets other machines in
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// The map: an OpenDRIVE file; by default the built-in street
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Which version of CARLA it is: 0.9.14, 0.9.15 or 0.9.16
    #[arg(long, value_name = "VERSION", default_value = "0.9.16", value_parser = dialect)]
    pub dialect: Dialect,
    /// How often it ticks while nobody makes it synchronous, Hz
    #[arg(long, value_name = "HZ", default_value = "60", value_parser = rate_hz)]
    pub rate: f64,
    /// Fault: says that it is this version of CARLA
    #[arg(long, value_name = "VERSION")]
    pub announce: Option<String>,
    /// Fault: each tick takes at least so long, ms
    #[arg(long, value_name = "MS", value_parser = milliseconds)]
    pub slow_tick: Option<Duration>,
    /// Fault: each tick takes up to so much longer, differently each time, ms
    #[arg(long, value_name = "MS", value_parser = milliseconds)]
    pub jitter: Option<Duration>,
    /// Fault: this tick takes as long as --stall says
    #[arg(long, value_name = "TICK", value_parser = count, requires = "stall")]
    pub stall_at: Option<u64>,
    /// Fault: how long the tick of --stall-at takes, ms
    #[arg(long, value_name = "MS", value_parser = milliseconds, requires = "stall_at")]
    pub stall: Option<Duration>,
    /// Fault: every so many-th frame of the world is not sent
    #[arg(long, value_name = "N", value_parser = count)]
    pub drop_every: Option<u64>,
    /// Fault: with this tick, connections go silent and stay open
    #[arg(long, value_name = "TICK", value_parser = count)]
    pub dead_at: Option<u64>,
    /// Fault: with this tick, every connection is closed
    #[arg(long, value_name = "TICK", value_parser = count)]
    pub cut_at: Option<u64>,
    /// Fault: every so many-th reply is as late as --late says, behind later ones
    #[arg(long, value_name = "N", value_parser = count, requires = "late")]
    pub late_every: Option<u64>,
    /// Fault: how late the replies of --late-every are, ms
    #[arg(long, value_name = "MS", value_parser = milliseconds, requires = "late_every")]
    pub late: Option<Duration>,
    /// Fault: with this tick, a new episode begins, as when another client loads a map
    #[arg(long, value_name = "TICK", value_parser = count)]
    pub restart_at: Option<u64>,
    /// Fault: loading a map takes so long, ms
    #[arg(long, value_name = "MS", value_parser = milliseconds)]
    pub slow_load: Option<Duration>,
    /// Fault: in the middle of this batch (the first is 1), its connection is reset
    #[arg(long, value_name = "BATCH", value_parser = count)]
    pub reset_in_batch: Option<u64>,
    /// Fault: with this tick, each stream's frame ends in its middle, and the stream is closed
    #[arg(long, value_name = "TICK", value_parser = count)]
    pub truncate_at: Option<u64>,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "A session gives its server back by itself, and where it is killed a second process of it does. This is for\n\
                  when the whole machine went down. A server that somebody makes tick is refused: it is theirs.\n\n\
                  Example:\n  kerbside carla-free carla://localhost:2000"
)]
pub struct CarlaFree {
    /// The server: `carla://HOST:PORT`
    #[arg(value_name = "WORLD", value_parser = world)]
    pub world: WorldChoice,
    /// Waits until its input ends, and does nothing when that has said that all is in order
    #[arg(long, hide = true)]
    pub guard: bool,
}
