//! `kerbside carla-standin`: a server that speaks CARLA's protocol, until Ctrl-C.

use super::args::CarlaStandin;
use super::say;
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::standin::{Faults, Options, Standin};
use std::path::Path;
use std::sync::mpsc;

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
    let (address, dialect) = (standin.address(), args.dialect);
    let map = standin.look(|simulation| simulation.street.path());
    say::line(format!("stand-in for CARLA {dialect} at {address}, map {map}; Ctrl-C stops it"))?;
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
