//! Sessions on the stand-in for CARLA's server.
#![allow(dead_code)]

use kerbside::desk::{Lines, Simulated};
use kerbside::headset::Pacing;
use kerbside::kernel::setup::Setup;
use kerbside::lab::{
    self, Ended, HeadsetChoice, LoadedSession, Observer, Opened, Order, Overrides, Prepared, Who, WorldChoice,
};
use kerbside::problem::{Outcome, Problem};
use kerbside::record::Head;
use kerbside::record::folder::{DataFolder, SessionFolder};
use kerbside::standin::{Faults, Options, Standin};
use kerbside::study::{InCarla, Whose, read_script};
use kerbside::table::{MeasureRow, TrialRow};
use kerbside::world::carla::{Carla, Choices, OwnClient};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The shipped study, as it stands.
pub const STUDY: &str = include_str!("../../experiments/ehmi_braking_2x2.toml");

/// The same with three trials.
pub fn short() -> String {
    let text = STUDY.replace("number = 3\n", "number = 1\n");
    let from = text.find("[practice]").unwrap();
    let to = text.find("[blocks]").unwrap();
    let text = format!("{}{}", &text[..from], &text[to..]);
    text.replace(
        "[factors.braking]\ngentle = { braking = \"gentle\" }\naggressive = { braking = \"aggressive\" }\n",
        "",
    )
    .replace("braking = \"none\"\n\n[factors.ehmi]", "braking = \"gentle\"\n\n[factors.ehmi]")
    .replace(", \"braking=aggressive\" = -0.2", "")
    .replace(", \"braking=aggressive\" = -0.4", "")
}

/// Crosses a while after the gap has opened.
pub fn scripted() -> String {
    let path = "[all]\nat gap_opens + 1.0 s: walk to 0.0 -9.0 at 1.4 m/s\nat approach + 0.5 s: look target\n";
    path.to_owned()
}

pub fn standin(faults: Faults) -> Standin {
    Standin::start(Options { faults, ..Options::default() }).unwrap()
}

/// One at a port that another has just left.
pub fn standin_at(port: u16) -> Standin {
    for _ in 0..100 {
        if let Ok(standin) = Standin::start(Options { port, ..Options::default() }) {
            return standin;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("port {port} stays taken");
}

pub fn world_of(server: &Standin) -> WorldChoice {
    WorldChoice::Carla { host: "127.0.0.1".into(), port: server.port() }
}

static NEVER: AtomicBool = AtomicBool::new(false);
/// The participant.
pub const CODE: &str = "K7Q2MR";

struct Unobserved;

impl Observer for Unobserved {
    fn opened(&mut self, _opened: &Opened) -> Outcome<()> {
        Ok(())
    }
    fn sealed(&mut self, _head: &Head) {}
}

/// A session as it was left.
#[derive(Debug)]
pub struct Ran {
    pub folder: SessionFolder,
    pub ended: Ended,
}

pub fn prepared(study: &str) -> Prepared {
    lab::prepare("study.toml", study, &Overrides::default()).unwrap()
}

/// Runs or continues the session of a pilot.
pub fn run(data: &Path, study: &str, world: &WorldChoice, pacing: Pacing, script: &str) -> Outcome<Ran> {
    run_accepting(data, study, world, pacing, script, None)
}

/// The same where a change of it is accepted, for this reason.
pub fn run_accepting(
    data: &Path,
    study: &str,
    world: &WorldChoice,
    pacing: Pacing,
    script: &str,
    accept_change: Option<&str>,
) -> Outcome<Ran> {
    let prepared = prepared(study);
    let headset = HeadsetChoice::Scripted(read_script("path.txt", script, &prepared.study.items)?, script.to_owned());
    let data = DataFolder(data.to_owned());
    let who = Who { participant: CODE.into(), plan_row: 1, session_n: 1, pilot: true };
    let order = Order {
        prepared: &prepared,
        who: &who,
        headset: &headset,
        world,
        pacing,
        data: &data,
        mirror: None,
        items_at_desk: false,
        spectator: false,
        interrupted: &NEVER,
        accept_change,
    };
    let mut desk = Simulated::new(prepared.seed, CODE, Lines::none(&NEVER));
    let done = lab::run_session(&order, &mut desk, &mut Unobserved)?;
    Ok(Ran { folder: data.session(CODE, 1), ended: done.ended })
}

#[track_caller]
pub fn ran(data: &Path, study: &str, world: &WorldChoice, pacing: Pacing, script: &str) -> Ran {
    run(data, study, world, pacing, script).unwrap_or_else(|problems| panic!("{problems}"))
}

impl Ran {
    pub fn load(&self) -> LoadedSession {
        lab::load_unsealed(&self.folder).unwrap()
    }

    pub fn trials(&self) -> Vec<TrialRow> {
        kerbside::record::read::table(&self.folder).unwrap()
    }

    pub fn measures(&self) -> Vec<MeasureRow> {
        let session = self.load();
        session.measures(&session.rows().unwrap()).unwrap()
    }
}

#[track_caller]
pub fn near(what: &str, a: f64, b: f64, most: f64) {
    let same = (a.is_nan() && b.is_nan()) || a == b || (a - b).abs() <= most;
    assert!(same, "{what}: {a} and {b}");
}

/// The second run kept what the first had, and repeated the trial that was cut.
pub fn both_ended(before: &[TrialRow], after: &[TrialRow]) {
    assert_eq!(before, &after[..before.len()]);
    let (cut, next) = (before.last().unwrap(), &after[before.len()]);
    assert_eq!((next.plan_n, next.attempt_n), (cut.plan_n, cut.attempt_n + 1));
}

/// The world alone, on a server, with what a test wants otherwise.
pub fn bare_world(server: &Standin, change: impl FnOnce(&mut Choices)) -> Carla {
    bare_world_at(server.port(), change)
}

/// The same where the server is another program.
pub fn bare_world_at(port: u16, change: impl FnOnce(&mut Choices)) -> Carla {
    try_world_at(port, change).unwrap_or_else(|problem| panic!("{problem}"))
}

/// The same where the server may refuse.
pub fn try_world_at(port: u16, change: impl FnOnce(&mut Choices)) -> Result<Carla, Problem> {
    let prepared = prepared(STUDY);
    let mut choices = Choices {
        step_hz: prepared.study.step_hz,
        pacing: Pacing::Lockstep,
        study: InCarla::default(),
        recording: None,
        map_text: String::from_utf8(prepared.map_bytes.clone()).unwrap(),
    };
    change(&mut choices);
    Carla::new(Box::new(OwnClient::connect("127.0.0.1", port)?), choices)
}

/// A trial of the shipped study's plan whose target brakes gently and shows its light, or does not.
pub fn setup(light: bool) -> Setup {
    let prepared = prepared(STUDY);
    let whose = Whose { participant: CODE, plan_row: 1, session_n: 1 };
    let cell = if light { "on+gentle" } else { "off+gentle" };
    let trials = prepared.study.plan(whose, prepared.seed, &prepared.sites).unwrap();
    let trial = trials.into_iter().find(|trial| trial.cell_id == cell).unwrap();
    Setup::new(1, Arc::clone(&prepared.sites[0]), Arc::new(trial)).unwrap()
}
