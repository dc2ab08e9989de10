//! The study, the script and the session of the tests with a real OpenXR runtime.
#![allow(dead_code)]

use super::neck::Neck;
use super::puppet::{Meddle, Puppet, Sent};
use super::puppet_booth::PuppetBooth;
use super::remote::Remote;
use super::runtime;
use super::twin::{Beat, Twin};
use glam::DVec2;
use kerbside::desk::{Booth, Lines, Simulated};
use kerbside::headset::Pacing;
use kerbside::kernel::participant::Calibration;
use kerbside::kernel::script::Script;
use kerbside::kernel::seams::Headset;
use kerbside::kernel::setup::Setup;
use kerbside::lab::{
    self, Devices, Done, HeadsetChoice, Observer, OpenXrChoice, Opened, Order, Overrides, Prepared, Who, WorldChoice,
};
use kerbside::problem::{Outcome, Place, Problem};
use kerbside::record::Head;
use kerbside::record::folder::DataFolder;
use kerbside::study::read_script;
use kerbside::xr::{self, Calibrate, Entry, Floor, Resolution};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

/// Monado's null compositor shows 20 frames a second.
pub const RATE_HZ: u32 = 20;

/// The driver is a program: it draws 80 x 60 pixels in time, not 320 x 240.
const COARSE: Resolution = Resolution(25);

/// Short trials with everything that a script can do through the runtime.
pub const STUDY: &str = r#"schema = 1
name = "remote"
title = "A scripted participant in a real headset"
seed = 5

[site]
map = "builtin:alcala_street"
start_side = "right"
stop_line_m = 2.5

[world]
step_hz = 40

[display]
rate_hz = 20

# A processor that draws has more to do with a whole street than 20 frames a second allow.
[scene]
surroundings = "bare"
daylight = "overcast"

[trial]
settle_s = 0.5
ready_s = [0.5, 0.7]
time_out_s = 12
cue = "gap_opens"

[vehicles.target]
speed_mps = 8.33333

[vehicles.leading]
headway_s = 3.0
in_view_to_pedestrian_line_m = 15

[braking.gentle]
onset = { to_stop_line_m = 20 }
decel_mps2 = 1.8

[settings]
braking = "gentle"

[factors.ehmi]
off = { ehmi = "none" }
on = { ehmi = "grail" }

[blocks]
number = 1
repetitions_per_block = 2

[[items]]
id = "felt_safe"
text = "I felt safe."
least = 1
most = 7
poles = ["not at all", "completely"]
"#;

/// Crosses early, waits for the car to stop and crosses, stays where it is; looks, reports and answers.
pub const SCRIPT: &str = "eye_height 1.63 m
[all]
at trial + 0.0 s: trigger 0.0
at approach + 0.5 s: look target
at approach + 1.0 s: trigger 0.75
at gap_opens + 0.8 s: trigger 0.25
at gap_opens + 0.3 s: walk to 0.0 -8.6 at 2.2 m/s
at rating + 0.7 s: answer felt_safe 6
[trials 2-2]
at trial + 0.0 s: trigger 0.0
at approach + 1.0 s: look left
at approach + 1.9 s: look target
at vehicle_stopped + 0.6 s: walk to 0.2 -8.6 at 2.4 m/s
at rating + 0.7 s: answer felt_safe 2
[trials 3-3]
at trial + 0.0 s: trigger 0.0
at approach + 0.5 s: look target
at approach + 3.0 s: trigger 1.0
at rating + 0.7 s: answer felt_safe 7
";

/// Stands where it is and answers.
pub const STANDS: &str = "eye_height 1.63 m
[all]
at trial + 0.0 s: trigger 0.0
at rating + 0.2 s: answer felt_safe 4
";

/// Consent, a text, and a question of every kind before the trials; a scale of opposites after them.
pub const QUESTIONS: &str = r#"
[consent]
version = "1"
text = "You may stop at any time."

[questionnaires]
before = ["about"]
after = ["van_der_laan"]

[[instructions]]
at = "start"
text = "Cross when you feel safe."

[instruments.about]
title = "About you"
version = "1"
language = "en"
validated = false
wording = "full"
citation = "none"
licence = "ours"
instruction = "Some questions about you."

[instruments.about.items]
age = { text = "How old are you?", answers = { kind = "number", least = 18, most = 99, unit = "years" } }
drives = { text = "האם יש לך רישיון נהיגה?", answers = { kind = "choice", options = { yes = "כן", no = "לא" } } }
calm = { text = "I am calm.", answers = { kind = "slider", least = 0, most = 100, anchors = { 0 = "no", 100 = "yes" } } }
"#;

/// The study with trials that end soon, seconds after the approach begins.
pub fn short(time_out_s: u32) -> String {
    STUDY.replace("time_out_s = 12", &format!("time_out_s = {time_out_s}"))
}

static NEVER: AtomicBool = AtomicBool::new(false);

/// The study, ready.
pub fn prepared(study: &str) -> Prepared {
    lab::prepare("remote.toml", study, &Overrides::default()).unwrap()
}

/// The script, read.
pub fn script_of(text: &str, study: &Prepared) -> Script {
    read_script("remote.txt", text, &study.study.items).unwrap()
}

fn who() -> Who {
    Who { participant: "REMOTE".into(), plan_row: 1, session_n: 1, pilot: true }
}

struct Deaf;

impl Observer for Deaf {
    fn opened(&mut self, _opened: &Opened) -> Outcome<()> {
        Ok(())
    }

    fn sealed(&mut self, _head: &Head) {}
}

fn attend(prepared: &Prepared, data: &Path, headset: &HeadsetChoice, opens: &mut lab::Opens<'_>) -> Outcome<Done> {
    let (data, who) = (DataFolder(data.to_owned()), who());
    let order = Order {
        interrupted: &NEVER,
        prepared,
        who: &who,
        headset,
        world: &WorldChoice::Embedded,
        pacing: if matches!(headset, HeadsetChoice::OpenXr(_)) { Pacing::Realtime } else { Pacing::Lockstep },
        data: &data,
        mirror: None,
        items_at_desk: false,
        accept_change: None,
        spectator: false,
    };
    let mut desk = Simulated::new(prepared.seed, "REMOTE", Lines::none(&NEVER));
    lab::attend_with(&order, &mut desk, &mut Deaf, opens).map(|(done, _)| done)
}

/// The same session without a runtime.
pub fn scripted(data: &Path) {
    let prepared = prepared(STUDY);
    let script = script_of(SCRIPT, &prepared);
    let choice = HeadsetChoice::Scripted(script, SCRIPT.to_owned());
    let done = attend(&prepared, data, &choice, &mut lab::devices).unwrap();
    assert_eq!(done.ended, lab::Ended::Done);
}

/// The same session without a runtime, with the frames of one that had one.
pub fn scripted_in_the_beat_of(data: &Path, beats: BTreeMap<u32, Vec<Beat>>) {
    let prepared = prepared(STUDY);
    let script = script_of(SCRIPT, &prepared);
    let choice = HeadsetChoice::Scripted(script.clone(), SCRIPT.to_owned());
    let mut twin = Some(Twin::new(script, RATE_HZ, beats));
    let mut opens = |_: &Order<'_>| Ok(Devices { headset: Box::new(twin.take().expect("opened once")), booth: None });
    let done = attend(&prepared, data, &choice, &mut opens).unwrap();
    assert_eq!(done.ended, lab::Ended::Done);
}

/// How the headset of a session is opened.
#[derive(Default)]
pub struct Through {
    /// A loader with something between.
    pub loader: Option<Entry>,
    /// What counts as the floor.
    pub floor: Floor,
    /// Whether the participant is asked between trials too, in the headset.
    pub between: bool,
    /// Whether the hands are empty: the head turns to the answers.
    pub by_head: bool,
}

/// The session beside a service; what was sent to the headset.
pub fn through_the_runtime(
    data: &Path,
    study: &str,
    script: &str,
    mut through: Through,
    meddle: Box<Meddle>,
) -> (Outcome<Done>, Vec<Sent>) {
    let prepared = prepared(study);
    let script = script_of(script, &prepared);
    let choice =
        OpenXrChoice { simulated_ok: true, floor: through.floor, resolution: COARSE, ..OpenXrChoice::default() };
    let (mut sent, mut meddle) = (None, Some(meddle));
    let done = attend(&prepared, data, &HeadsetChoice::OpenXr(choice), &mut |order| {
        let (headset, booth) = xr::open(lab::wanted(order, choice, through.loader.take())?)?;
        let remote = Rc::new(RefCell::new(Remote::connect(runtime::port())));
        let rate_hz = order.prepared.study.display_hz;
        // What is told of the head comes some frames later: rests a little longer than it must.
        let longer_s = order.prepared.study.answering.dwell_s + 0.4;
        let neck = || through.by_head.then(|| Neck::new(longer_s));
        let puppet = Puppet::new(headset, script.clone(), remote.clone(), rate_hz, meddle.take().unwrap());
        let puppet = puppet.by_head(neck());
        sent = Some(puppet.sent());
        let booth = through.between.then(|| Box::new(PuppetBooth::new(booth, remote, neck())) as Box<dyn Booth>);
        Ok(Devices { headset: Box::new(puppet), booth })
    });
    (done, sent.map(|sent| sent.take()).unwrap_or_default())
}

/// The calibration that a headset makes while a person does something, and the start mark at the site.
pub fn laid_into_the_room(
    data: &Path,
    calibrate: Calibrate,
    acts: impl Fn(&mut Remote) + Send + Clone + 'static,
) -> (Calibration, DVec2) {
    let choice = OpenXrChoice { simulated_ok: true, calibrate, resolution: COARSE, ..OpenXrChoice::default() };
    in_the_headset(&prepared(STUDY), data, choice, |mut headset, setup| {
        // Until it has the focus.
        for _ in 0..30 {
            headset.wait_frame()?;
        }
        let mut remote = Remote::connect(runtime::port());
        let acts = acts.clone();
        let person = std::thread::spawn(move || {
            acts(&mut remote);
            remote
        });
        let calibration = headset.begin_trial(setup)?;
        drop(person.join().unwrap());
        Ok((calibration, setup.site.start_mark_m))
    })
}

/// What comes of doing something with the headset of a study, before its first trial; there is none after it.
pub fn in_the_headset<T>(
    prepared: &Prepared,
    data: &Path,
    choice: OpenXrChoice,
    acts: impl FnMut(Box<dyn Headset>, &Setup) -> Result<T, Problem>,
) -> T {
    in_the_headset_with(prepared, data, choice, &|_| {}, acts)
}

/// The same, with another wish.
pub fn in_the_headset_with<T>(
    prepared: &Prepared,
    data: &Path,
    choice: OpenXrChoice,
    other: &dyn Fn(&mut xr::Wanted),
    mut acts: impl FnMut(Box<dyn Headset>, &Setup) -> Result<T, Problem>,
) -> T {
    let mut found = None;
    let outcome = attend(prepared, data, &HeadsetChoice::OpenXr(choice), &mut |order| {
        let mut wanted = lab::wanted(order, choice, None)?;
        other(&mut wanted);
        let setup = wanted.first.clone();
        let (headset, _booth) = xr::open(wanted)?;
        found = Some(acts(headset, &setup)?);
        Err(Problem::new(Place::default(), "that was all", "nothing").into())
    });
    found.unwrap_or_else(|| panic!("nothing came of it: {:?}", outcome.err()))
}
