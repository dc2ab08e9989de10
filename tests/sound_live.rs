//! The sound card's side, in builds with the feature `sound`: a session that is heard through a sound server, what was
//! heard held against what the record says, and the server's end in the middle. No sound card is needed: PulseAudio's
//! null sink plays into nothing, in its own time, and lets itself be recorded.
#![cfg(all(feature = "sound", target_os = "linux"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/program.rs"]
mod program;
#[path = "common/screen.rs"]
mod screen;
#[path = "common/skips.rs"]
mod skips;

use kerbside::desk::{Lines, Simulated as SimulatedDesk};
use kerbside::headset::{Pacing, Simulated};
use kerbside::lab::{
    Devices, Ended, Footage, HeadsetChoice, Observer, Opened, Order, Overrides, Who, WorldChoice, attend_with, prepare,
    soundtrack,
};
use kerbside::problem::Outcome;
use kerbside::record::folder::{DataFolder, SessionFolder};
use kerbside::record::{Head, read};
use kerbside::sound::{Heard, Output, Stereo};
use kerbside::table::{EventRow, Mark, TrialRow};
use screen::has;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

static NEVER: AtomicBool = AtomicBool::new(false);

const CODE: &str = "K7Q2MR";
/// Where the session's own process finds its data folder.
const DATA: &str = "KERBSIDE_TEST_SOUND_DATA";
const RATE: usize = 48_000;

/// A sound server of the test's own, and what it plays; gone when dropped.
struct Server {
    folder: tempfile::TempDir,
    pulse: Child,
    recorder: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        for child in [&mut self.recorder, &mut self.pulse] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Server {
    fn start() -> Option<Self> {
        let missing: Vec<&str> = ["pulseaudio", "parec", "pactl"].into_iter().filter(|name| !has(name)).collect();
        if !missing.is_empty() {
            skips::missing(&format!(
                "{missing:?} not found; apt-get install pulseaudio pulseaudio-utils libasound2-plugins"
            ));
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        std::fs::create_dir(at("run")).unwrap();
        let socket = format!("unix:{}", at("native"));
        // What a program finds as the system's default output.
        let default = format!("type pulse server \"{socket}\"");
        std::fs::write(at(".asoundrc"), format!("pcm.!default {{ {default} }}\nctl.!default {{ {default} }}\n"))
            .unwrap();
        let modules = [
            format!("module-native-protocol-unix socket={} auth-anonymous=1", at("native")),
            "module-null-sink sink_name=null rate=48000 channels=2 format=float32le".to_owned(),
        ];
        let pulse = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "-L", &modules[0], "-L", &modules[1]])
            .env("HOME", folder.path())
            .env("XDG_RUNTIME_DIR", at("run"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        let answers =
            || Command::new("pactl").arg("info").env("PULSE_SERVER", &socket).output().unwrap().status.success();
        while !answers() {
            assert!(began.elapsed() < Duration::from_secs(30), "PulseAudio did not start");
            std::thread::sleep(Duration::from_millis(200));
        }
        let heard = std::fs::File::create(at("heard")).unwrap();
        let recorder = Command::new("parec")
            .args(["-d", "null.monitor", "--rate=48000", "--channels=2", "--format=float32le", "--raw"])
            .arg("--latency-msec=50")
            .env("PULSE_SERVER", &socket)
            .stdout(heard)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // A recorder that begins late has no beginning of the first trial.
        while std::fs::metadata(at("heard")).unwrap().len() == 0 {
            assert!(began.elapsed() < Duration::from_secs(30), "nothing is recorded");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(Self { folder, pulse, recorder })
    }

    /// The session of [`the_session_of_another_test`], in a process of its own that has this server for a sound card.
    fn session(&self, data: &Path) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_session_of_another_test", "--nocapture"])
            .env("HOME", self.folder.path())
            .env(DATA, data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn heard(&self) -> Vec<Stereo> {
        let bytes = std::fs::read(self.folder.path().join("heard")).unwrap();
        let value = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
        bytes.chunks_exact(8).map(|frame| [value(&frame[..4]), value(&frame[4..])]).collect()
    }
}

struct Unobserved;

impl Observer for Unobserved {
    fn opened(&mut self, _: &Opened) -> Outcome<()> {
        Ok(())
    }
    fn sealed(&mut self, _: &Head) {}
}

/// Three short trials, frames in their own time, the street heard; the person simulated.
#[test]
fn the_session_of_another_test() {
    let Some(data) = std::env::var_os(DATA) else { return };
    let study = program::STUDY.replace("rate_hz = 10", "rate_hz = 60").replace("time_out_s = 20", "time_out_s = 7");
    let study = study.replace("trials_per_block = 1", "trials_per_block = 0").replace("number = 2", "number = 1");
    let study = study.replace("least_s = 5", "least_s = 0") + "\n[scene]\nsound = true\n";
    let prepared = prepare("study.toml", &study, &Overrides::default()).unwrap();
    let data = DataFolder(data.into());
    let who = Who { participant: CODE.into(), plan_row: 1, session_n: 1, pilot: true };
    let order = Order {
        spectator: false,
        interrupted: &NEVER,
        prepared: &prepared,
        who: &who,
        headset: &HeadsetChoice::Simulated,
        world: &WorldChoice::Embedded,
        pacing: Pacing::Realtime,
        data: &data,
        mirror: None,
        items_at_desk: false,
        accept_change: None,
    };
    let mut opens = |order: &Order<'_>| {
        let study = &order.prepared.study;
        let person = Simulated::new(&study.simulated, order.prepared.seed, CODE, study.display_hz, order.pacing);
        let heard = Heard::new(Box::new(person), Output::open()?);
        Ok(Devices { headset: Box::new(heard), booth: None })
    };
    let mut desk = SimulatedDesk::new(prepared.seed, CODE, Lines::none(&NEVER));
    let (done, _) = attend_with(&order, &mut desk, &mut Unobserved, &mut opens).unwrap();
    assert_eq!(done.ended, Ended::Done);
}

/// Waits for the session's process, which must have ended well.
fn ended(mut child: Child) {
    let (mut out, mut said) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{out}\n{said}");
}

fn trials(session: &SessionFolder) -> Vec<TrialRow> {
    read::table(session).unwrap()
}

/// Where a piece lies in a recording, near `near`, and how like it is there (1 the same, 0 nothing alike), at the left ear.
fn find(piece: &[Stereo], heard: &[Stereo], near: usize, within: usize) -> (usize, f64) {
    let square = |part: &[Stereo]| part.iter().map(|s| f64::from(s[0]).powi(2)).sum::<f64>();
    let like = |at: usize| {
        let Some(part) = heard.get(at..at + piece.len()) else { return 0.0 };
        let product: f64 = piece.iter().zip(part).map(|(a, b)| f64::from(a[0]) * f64::from(b[0])).sum();
        product / (square(piece) * square(part)).sqrt().max(1e-30)
    };
    let places = near.saturating_sub(within)..near + within;
    places.map(|at| (at, like(at))).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
}

/// Where something begins to be heard after a third of a second of nothing.
fn onsets(heard: &[Stereo]) -> Vec<usize> {
    let (mut silent, mut found) = (RATE, Vec::new());
    for (n, sample) in heard.iter().enumerate() {
        if *sample == [0.0; 2] {
            silent += 1;
        } else {
            if silent > RATE / 3 {
                found.push(n);
            }
            silent = 0;
        }
    }
    found
}

/// A session heard and compared. None where the record itself tells of gaps, else what was apart.
fn compared(server: &Server) -> Option<Result<(), String>> {
    let data = tempfile::tempdir().unwrap();
    ended(server.session(data.path()));
    std::thread::sleep(Duration::from_secs(1));
    let session = DataFolder(data.path().to_path_buf()).session(CODE, 1);
    let environment = std::fs::read_to_string(session.file("environment.json")).unwrap();
    assert!(environment.contains("48000 Hz, 2 channels"), "{environment}");
    let heard = server.heard();
    let trials = trials(&session);
    let events: Vec<EventRow> = read::table(&session).unwrap();
    let faults = events.iter().filter(|event| event.event.as_str() == "fault");
    let faults: Vec<String> = faults.map(|fault| fault.detail.as_str().to_owned()).collect();
    if !faults.is_empty() {
        println!("the record tells of gaps, so what was played was not compared: {faults:?}");
        return None;
    }
    let begins = onsets(&heard);
    assert_eq!(begins.len(), trials.len(), "{begins:?}");
    for (trial, begins) in trials.iter().zip(begins) {
        let expected = soundtrack(&Footage::of_session(&session, trial.trial_n).unwrap()).unwrap();
        let first = onsets(&expected)[0];
        // Twenty milliseconds out of each half second, as the record sounds, are found in what was played, where they
        // should be: the sound follows its frames within 15 ms of the same delay all along. Cars that stand are silent.
        let found: Vec<(i64, f64)> = (first + RATE / 4..expected.len() - RATE / 50)
            .step_by(RATE / 2)
            .map(|at| {
                let (piece, there) = (&expected[at..at + RATE / 50], begins + at - first);
                let silent = |sound: &[Stereo]| sound.iter().all(|sample| *sample == [0.0; 2]);
                if silent(piece) && heard.get(there..there + RATE / 50).is_some_and(silent) {
                    return (0, 1.0);
                }
                let (place, like) = find(piece, &heard, there, RATE / 40);
                ((place as i64 - begins as i64) - (at as i64 - first as i64), like)
            })
            .collect();
        let alike = found.iter().filter(|(apart, like)| *like > 0.8 && apart.abs() < RATE as i64 * 15 / 1000).count();
        println!("trial {}: {alike} of {} pieces: {found:.2?}", trial.trial_n, found.len());
        assert!(found.len() > 6, "{found:?}");
        if alike * 10 < found.len() * 9 {
            return Some(Err(format!("{found:?}")));
        }
    }
    Some(Ok(()))
}

#[test]
fn what_a_sound_server_plays_is_what_the_record_sounds_like() {
    // Beside other work frames, sound server and its recorder come late by more than is compared, and nothing is heard of it
    // but delay: once in four times the machine must have had time.
    let mut apart = Vec::new();
    for _ in 0..4 {
        let Some(server) = Server::start() else { return };
        match compared(&server) {
            Some(Ok(())) => return,
            Some(Err(found)) => apart.push(found),
            None => {}
        }
    }
    assert!(apart.is_empty(), "{apart:#?}");
    skips::cannot("sound had gaps four times, and the record says so: what was played was not compared");
}

#[test]
fn a_sound_server_that_ends_marks_the_trials_and_nothing_else() {
    let Some(mut server) = Server::start() else { return };
    let data = tempfile::tempdir().unwrap();
    let child = server.session(data.path());
    let session = DataFolder(data.path().to_path_buf()).session(CODE, 1);
    let began = Instant::now();
    let sealed = || read::table::<TrialRow>(&session).map_or(0, |rows: Vec<TrialRow>| rows.len());
    while sealed() < 1 {
        assert!(began.elapsed() < Duration::from_secs(120), "no trial after two minutes");
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_secs(2));
    server.pulse.kill().unwrap();
    ended(child);
    let trials = trials(&session);
    assert_eq!(trials.len(), 3);
    let marked = |n: usize| trials[n].marks.as_str().split(' ').any(|mark| mark == Mark::SoundLost.word());
    assert!(marked(1) && marked(2), "{trials:?}");
    let events: Vec<EventRow> = read::table(&session).unwrap();
    let faults: Vec<&EventRow> = events.iter().filter(|event| event.event.as_str() == "fault").collect();
    assert!(
        faults.iter().any(|fault| fault.trial_n == Some(2) && fault.detail.as_str().contains("any more")),
        "{faults:?}"
    );
    assert!(faults.iter().any(|fault| fault.trial_n == Some(3) && fault.detail.as_str().contains("nothing is heard")));
    let data = data.path().display().to_string();
    program::good(&["verify", &data]);
    program::good(&["replay", &data, "--check"]);
}

#[test]
fn without_a_sound_card_a_person_s_session_does_not_begin() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at(".asoundrc"), "pcm.!default { type hw card 31 }\nctl.!default { type hw card 31 }\n").unwrap();
    std::fs::write(at("study.toml"), format!("{}\n[scene]\nsound = true\n", program::STUDY)).unwrap();
    let ran = |args: &[&str]| {
        let output = program::kerbside(args).env("HOME", folder.path()).env_remove("DISPLAY").output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (study, data) = (at("study.toml"), at("data"));
    let (code, said) = ran(&["run", &study, "--pilot", "--participant", CODE, "--data", &data, "--headset", "window"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("nothing can be played") && said.contains("make it the system's default output"), "{said}");
    assert!(!folder.path().join("data/sessions").exists(), "nothing is begun");
    let (code, said) = ran(&["check", &study, "--data", &data, "--headset", "window"]);
    let line = said.lines().find(|line| line.contains("nothing can be played")).unwrap_or_default();
    assert!(code == Some(1) && line.starts_with("wrong  sound"), "{said}");
    // Nobody hears it: a simulated person needs no card.
    let (code, said) = ran(&["run", &study, "--pilot", "--participant", CODE, "--data", &data]);
    assert_eq!(code, Some(0), "{said}");
    let environment = std::fs::read_to_string(at(&format!("data/sessions/{CODE}-1/environment.json"))).unwrap();
    assert!(!environment.contains("\"sound\""), "{environment}");
}
