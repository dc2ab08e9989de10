//! `kerbside carla-standin`: a server that speaks CARLA's protocol, until Ctrl-C.

use super::say;
use crate::carla::dialect::Dialect;
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::standin::{Faults, Options, Standin};
use clap::Args as ClapArgs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

fn dialect(text: &str) -> Result<Dialect, String> {
    let known = Dialect::ALL.map(Dialect::version).join(", ");
    Dialect::ALL.into_iter().find(|dialect| dialect.version() == text).ok_or_else(|| format!("give one of {known}"))
}

fn rate_hz(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|hz: &f64| (0.1..=1000.0).contains(hz));
    number.ok_or_else(|| "give ticks a second from 0.1 to 1000".to_owned())
}

fn milliseconds(text: &str) -> Result<Duration, String> {
    let number = text.parse().ok().filter(|ms: &f64| (0.0..=3_600_000.0).contains(ms));
    number.map(|ms| Duration::from_secs_f64(ms / 1000.0)).ok_or_else(|| "give milliseconds, up to an hour".to_owned())
}

fn count(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "give a whole number from 1".to_owned())
}

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

/// Serves until Ctrl-C.
pub fn standin(args: &CarlaStandin) -> Outcome<()> {
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })
    .map_err(|e| Problem::new(Place::default(), format!("Ctrl-C cannot be listened for: {e}"), "try again"))?;
    let mut options = Options { host: args.host, port: args.port, dialect: args.dialect, ..Options::default() };
    (options.version, options.rate_hz, options.faults) = (args.announce.clone(), args.rate, faults(args));
    if let Some(path) = &args.map {
        options.map = read_map(path)?;
    }
    let standin = Standin::start(options)?;
    let (host, port, dialect) = (standin.host(), standin.port(), args.dialect);
    let map = standin.look(|simulation| simulation.street.path());
    say::line(format!("stand-in for CARLA {dialect} at {host}:{port}, map {map}; Ctrl-C stops it"))?;
    // Whoever started it may be reading through a pipe.
    let _ = std::io::Write::flush(&mut std::io::stdout());
    let _ = stopped.recv();
    let (ticks, left) = (standin.ticks(), standin.look(|simulation| simulation.actors.len() - 1));
    drop(standin);
    let (ticks, left) = (say::count(usize::try_from(ticks).unwrap_or(usize::MAX), "tick"), say::count(left, "actor"));
    say::line(format!("stopped after {ticks}; left behind: {left}"))?;
    Ok(())
}

fn faults(args: &CarlaStandin) -> Faults {
    Faults {
        slow_tick: args.slow_tick.unwrap_or_default(),
        jitter: args.jitter.unwrap_or_default(),
        stall: args.stall_at.zip(args.stall),
        drop_every: args.drop_every,
        dead_at: args.dead_at,
        cut_at: args.cut_at,
        late_replies: args.late_every.zip(args.late),
        restart_at: args.restart_at,
        slow_load: args.slow_load.unwrap_or_default(),
        reset_in_batch: args.reset_in_batch,
        truncate_at: args.truncate_at,
    }
}

/// Name, file and text of a map.
fn read_map(path: &Path) -> Result<(String, String, String), Problems> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| {
        Problem::file(&file, format!("cannot be read: {e}"), "give an OpenDRIVE file, as text in UTF-8")
    })?;
    let name = path.file_stem().map_or_else(|| "Map".to_owned(), |stem| stem.to_string_lossy().into_owned());
    Ok((name, file, text))
}
