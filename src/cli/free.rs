//! `kerbside carla-free`: a server that a session has left without a word is given back; and the guard that does so by
//! itself.
//!
//! A process that is killed, or that a library ends (Xlib, when its X server goes), cannot clean up. So a session on a CARLA
//! server, and a check of one, has a second process beside it, which does nothing but wait for the first to end.

use super::args::CarlaFree;
use super::say;
use crate::lab::WorldChoice;
use crate::problem::{Outcome, Place, Problem};
use crate::world::carla::{Before, free as give_back};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

/// What the guard says when it has seen how the server runs.
const READY: &str = "ready";
/// What it is told by a session that has left its server in order.
const IN_ORDER: &str = "in order";

/// Gives a server back.
pub fn free(args: &CarlaFree) -> Outcome<()> {
    let WorldChoice::Carla { host, port } = &args.world else {
        let what = "only a server reached by carla:// can be given back";
        return Err(Problem::new(Place::default().part("WORLD"), what, "give carla://HOST:PORT").into());
    };
    if args.guard {
        guard(host, *port);
        return Ok(());
    }
    let actors = give_back(host, *port, None)?;
    say::line(format!("{} of Kerbside's destroyed; time runs by itself", say::count(actors, "actor")))?;
    Ok(())
}

/// Waits for the session to end. Nobody may be left to hear what it says.
fn guard(host: &str, port: u16) {
    // The one before may have been killed a moment ago, and its guard be at work.
    drop(turn(host, port));
    // A server that cannot be reached is the session's to complain about.
    let Ok(before) = Before::of(host, port) else { return };
    let _ = writeln!(std::io::stdout(), "{READY}");
    let mut told = String::new();
    let _ = std::io::stdin().read_to_string(&mut told);
    if told.contains(IN_ORDER) {
        return;
    }
    let _turn = turn(host, port);
    // Where time did not run by itself before, somebody else may have had the server all along.
    let words = match give_back(host, port, (!before.waits_for_ticks()).then_some(before)) {
        Ok(actors) => format!(
            "kerbside ended without a word: its CARLA server was given back ({} destroyed); give the same command again",
            say::count(actors, "actor")
        ),
        Err(problem) => {
            format!("kerbside ended without a word, and its CARLA server could not be given back: {problem}")
        }
    };
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// Waits until no other process on this machine gives this server back. Where that cannot be known, it is not waited for.
fn turn(host: &str, port: u16) -> Option<File> {
    let host: String = host.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let path = std::env::temp_dir().join(format!("kerbside-carla-{host}-{port}.lock"));
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).ok()?;
    file.lock().ok()?;
    Some(file)
}

/// The second process beside whatever takes a CARLA server. Dropped, it is told that all is in order.
#[derive(Debug)]
pub struct Guard(Option<Child>);

impl Guard {
    /// None is needed for other worlds. Where it cannot be started, the session goes without.
    pub fn beside(world: &WorldChoice) -> Self {
        let WorldChoice::Carla { host, port } = world else { return Self(None) };
        let started = start(host, *port);
        if let Err(error) = &started {
            say::notes(&[format!("no second process to give the CARLA server back if this one is killed: {error}")]);
        }
        Self(started.ok())
    }
}

fn start(host: &str, port: u16) -> std::io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    let world = format!("carla://{}", crate::carla::Options::new(host, port).address());
    command.args(["carla-free", "--guard", &world]).stdin(Stdio::piped()).stdout(Stdio::piped());
    apart(&mut command);
    let mut child = command.spawn()?;
    // How the server runs is noted before the session changes it; where it cannot be reached, the session says so itself.
    if let Some(out) = child.stdout.take() {
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
    }
    Ok(child)
}

/// Signals of the terminal are for the session alone.
#[cfg(unix)]
fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

/// Signals of the terminal are for the session alone.
#[cfg(windows)]
fn apart(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP);
}

#[cfg(not(any(unix, windows)))]
fn apart(_: &mut Command) {}

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(child) = &mut self.0 else { return };
        if let Some(mut input) = child.stdin.take() {
            let _ = writeln!(input, "{IN_ORDER}");
        }
        let _ = child.wait();
    }
}
