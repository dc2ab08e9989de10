//! What a person in a headset sees, after a real OpenXR runtime has composed it on a screen; and how evenly it comes.
//!
//! As in tests/openxr.rs each test starts a service of its own and runs this very program again beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/kept.rs"]
mod kept;
#[path = "common/neck.rs"]
mod neck;
#[path = "common/puppet.rs"]
mod puppet;
#[path = "common/puppet_booth.rs"]
mod puppet_booth;
#[path = "common/remote.rs"]
mod remote;
#[path = "common/remote_study.rs"]
mod remote_study;
#[path = "common/runtime.rs"]
mod runtime;
#[path = "common/screen.rs"]
mod screen;
#[path = "common/shown.rs"]
mod shown;
#[path = "common/skips.rs"]
mod skips;
#[path = "common/stills.rs"]
mod stills;
#[path = "common/twin.rs"]
mod twin;

use glam::{DQuat, DVec3};
use kept::Part;
use kerbside::kernel::participant::Participant;
use kerbside::kernel::seams::Scene;
use kerbside::lab::OpenXrChoice;
use kerbside::models::Street;
use kerbside::picture::Pixels;
use kerbside::record::folder::SessionFolder;
use kerbside::record::read;
use kerbside::table::{EventRow, FrameRow, Phase};
use kerbside::xr::Resolution;
use kerbside::xr::pacing::SETTLING_FRAMES;
use remote::{Remote, Side};
use remote_study::{in_the_headset, in_the_headset_with, prepared};
use runtime::Service;
use screen::{Screen, ended};
use shown::{show, whole};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Monado's window for a headset that is a program.
const SCREEN: [u32; 2] = [960, 540];
/// The same where time counts, for the runtime composes by program, on the processor that draws: its own window would cost
/// it more than the picture of a study.
const SMALL_SCREEN: [u32; 2] = [192, 108];
/// Tells the two programs of a test apart: the inner has shown its frames; the outer has seen them.
const SHOWN: &str = "shown";
const SEEN: &str = "seen";

#[test]
fn both_eyes_after_composition_are_the_picture_that_is_kept() {
    if !runtime::installed() {
        return;
    }
    let Some(screen) = Screen::sized(SCREEN) else { return };
    let folder = tempfile::tempdir().unwrap();
    let service = Service::on_screen("eyes", &screen.display, 20, 100);
    let mut inner = service.inner("inside_looks", folder.path());
    let mut inner = inner.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while !folder.path().join(SHOWN).exists() && inner.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(120), "nothing was shown");
        std::thread::sleep(Duration::from_millis(100));
    }
    let picture = screen.picture();
    std::fs::write(folder.path().join(SEEN), "").unwrap();
    let said = ended(inner, Duration::from_secs(60), || {});
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let rgba = picture.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
    let is = Pixels { width: SCREEN[0], height: SCREEN[1], rgba };
    kept::compare("both-eyes", &is, &both_eyes()).unwrap();
}

/// A comparison that cannot fail compares nothing: what is kept, but with something wrong, is refused.
#[test]
fn wrong_pictures_of_both_eyes_are_refused() {
    let want = kept::wanted("both-eyes");
    let refused = |what: &str, changed: &dyn Fn(u32, u32) -> [u8; 4]| {
        let places = (0..want.height).flat_map(|y| (0..want.width).map(move |x| (x, y)));
        let is = Pixels { rgba: places.flat_map(|(x, y)| changed(x, y)).collect(), ..want.clone() };
        assert!(kept::differs(what, &want, &is, &both_eyes()).is_err(), "{what} was not seen");
    };
    let half = want.width / 2;
    refused("eyes exchanged", &|x, y| want.at((x + half) % want.width, y).unwrap());
    refused("twice the left eye", &|x, y| want.at(x % half, y).unwrap());
    refused("upside down", &|x, y| want.at(x, want.height - 1 - y).unwrap());
    for part in both_eyes() {
        // A flat patch of the road or the panel's own ground, as if it were not drawn.
        let flat = want.at(part.columns[0] + 2, part.rows[1] - 2).unwrap();
        let inside =
            |x, y| (part.columns[0]..part.columns[1]).contains(&x) && (part.rows[0]..part.rows[1]).contains(&y);
        refused(part.name, &|x, y| if inside(x, y) { flat } else { want.at(x, y).unwrap() });
    }
}

/// What matters in the picture of both eyes: panel, hands and car in each.
fn both_eyes() -> Vec<Part> {
    let of = |name, columns, rows| Part { name, columns, rows };
    vec![
        of("the left eye's panel", [141, 350], [216, 361]),
        of("the right eye's panel", [610, 819], [216, 361]),
        of("the left eye's left hand", [73, 211], [434, 540]),
        of("the left eye's right hand", [358, 459], [353, 540]),
        of("the left eye's car", [92, 136], [270, 304]),
        of("the right eye's left hand", [491, 661], [434, 540]),
        of("the right eye's right hand", [806, 898], [353, 540]),
        of("the right eye's car", [570, 610], [270, 304]),
    ]
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_looks() {
    let (prepared, folder) = (whole("day"), runtime::folder());
    let choice = OpenXrChoice { simulated_ok: true, resolution: Resolution(50), ..OpenXrChoice::default() };
    in_the_headset(&prepared, &folder.join("data"), choice, |mut headset, setup| {
        let mut remote = Remote::connect(runtime::port());
        // A head turned to the car, a controller in each hand; the runtime's own picture of the room is not ours.
        let turned = DQuat::from_rotation_y(1.0);
        remote.head(DVec3::new(0.0, 1.63, 0.0), turned);
        // Fingers, a grip's -y, ahead and a little down in the left; the right points at the panel (grip and aim
        // are one here, and not in a hand).
        for (side, right_m, up_rad) in [(Side::Left, -0.15, 1.1), (Side::Right, 0.25, 0.15)] {
            let at = DVec3::new(0.0, 1.28, 0.0) + turned * DVec3::new(right_m, 0.0, -0.45);
            remote.controller(side, at, turned * DQuat::from_rotation_x(up_rad));
        }
        remote.send();
        remote.heard();
        show(headset.as_mut(), setup, &prepared, &mut |shown| {
            if shown == 12 {
                std::fs::write(folder.join(SHOWN), "").unwrap();
            }
            assert!(shown < 4000, "nobody looks");
            !folder.join(SEEN).exists()
        })
    });
}

/// Trials in which nobody crosses.
const PACED: &str = r#"schema = 1
name = "pacing"
title = "Nobody crosses"
seed = 3
[site]
map = "builtin:alcala_street"
start_side = "right"
stop_line_m = 2.5
[display]
rate_hz = RATE
[scene]
surroundings = "AROUND"
daylight = "LIGHT"
[trial]
settle_s = 0.5
ready_s = 0.5
time_out_s = 13
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
"#;
/// The file in which the loop with an empty scene leaves when its frames were seen, nanoseconds a line.
const TIMES: &str = "times";
/// The study of a run.
const PACED_FILE: &str = "study.toml";

/// Display times of one trial, with each frame's number.
type Times = Vec<(u64, i64)>;

/// What is drawn in turn: a name, the study's surroundings, its light. The last two have neither houses nor shadows; the
/// last has no study either.
const SCENES: [(&str, &str, &str); 4] =
    [("street", "street", "day"), ("bare", "bare", "day"), ("clouds", "bare", "overcast"), (EMPTY, "bare", "overcast")];
const EMPTY: &str = "empty";

/// A benchmark, to be run alone: `cargo test --release --test openxr_screen -- --ignored how_evenly --nocapture`. At
/// falling shares of the headset's resolution (KERBSIDE_PACING="25 15" tries these percents), each at three rates: the
/// whole study with a street, with a bare road and with a bare road under clouds, and the same loop with nothing but sky
/// and no study, which is what the runtime costs. Ends with the share at which a rate is sustained with a study. Nothing
/// is promised of its times; that every late frame is logged as late, and none that is in time, is tested.
#[test]
#[ignore = "a benchmark"]
fn how_evenly_frames_come() {
    if !runtime::installed() {
        return;
    }
    let Some(screen) = Screen::sized(SMALL_SCREEN) else { return };
    let asked = std::env::var("KERBSIDE_PACING").unwrap_or("10 5 2".into());
    println!("  %  Hz scene   frames     late   p50 ms   p99 ms  not logged");
    let mut sustained = Vec::new();
    for percent in asked.split(' ').map(|word| word.parse().expect("KERBSIDE_PACING: percents")) {
        for (hz, scene) in [90, 72, 60].into_iter().flat_map(|hz| SCENES.map(|scene| (hz, scene))) {
            let share = evenly(&screen, percent, hz, scene);
            if share < 0.01 {
                sustained.push((scene.0, hz, percent));
            }
        }
        if sustained.iter().any(|(scene, ..)| *scene != EMPTY) {
            break;
        }
    }
    for (scene, hz, percent) in &sustained {
        println!("{scene}: {hz} Hz at {percent} % is sustained: less than one frame in a hundred is late");
    }
    println!("{} of these rates are sustained here", if sustained.is_empty() { "none" } else { "no other" });
}

/// The share of late frames at a rate, with a scene.
fn evenly(screen: &Screen, percent: u32, hz: u32, (scene, around, light): (&str, &str, &str)) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::on_screen("pacing", &screen.display, hz, percent);
    let study = PACED.replace("RATE", &hz.to_string()).replace("AROUND", around).replace("LIGHT", light);
    std::fs::write(folder.path().join(PACED_FILE), study).unwrap();
    let (trials, logged) = if scene == EMPTY {
        (vec![empty_loop(screen, &service, folder.path())], None)
    } else {
        session(screen, &service, folder.path())
    };
    paced(&format!("{percent:3} {hz:3} {scene:7}"), hz, &trials, logged.as_deref())
}

/// The loop without a study.
fn empty_loop(screen: &Screen, service: &Service, folder: &Path) -> Times {
    composed_small(screen, &mut service.inner("inside_draws_nothing", folder));
    let text = std::fs::read_to_string(folder.join(TIMES)).unwrap();
    // Runtimes find their beat first; in a session that lies before the approach.
    text.lines().zip(0..).skip(SETTLING_FRAMES as usize).map(|(ns, n)| (n, ns.parse().unwrap())).collect()
}

#[test]
#[ignore = "run beside a service by the benchmark above"]
fn inside_draws_nothing() {
    let folder = runtime::folder();
    let choice = OpenXrChoice { simulated_ok: true, ..OpenXrChoice::default() };
    let nothing = |wanted: &mut kerbside::xr::Wanted| {
        wanted.streets.iter_mut().for_each(|(_, street)| *street = std::sync::Arc::new(Street::default()));
    };
    let study = prepared(&std::fs::read_to_string(folder.join(PACED_FILE)).unwrap());
    let times = in_the_headset_with(&study, &folder.join("data"), choice, &nothing, |mut headset, setup| {
        let calibration = headset.begin_trial(setup)?;
        let mut times = String::new();
        // As long as two trials at 60 to 90 frames a second.
        for _ in 0..1900 {
            let input = headset.wait_frame()?;
            times.push_str(&format!("{}\n", input.display_time.0));
            let participant = Participant::locate(&input.head, &calibration);
            headset.present(&Scene::at_rest(input.display_time, setup, &calibration, &participant, input.head))?;
        }
        Ok(times)
    });
    std::fs::write(folder.join(TIMES), times).unwrap();
}

/// The whole study, run by the program; which frames it logged as late.
fn session(screen: &Screen, service: &Service, folder: &Path) -> (Vec<Times>, Option<Vec<u64>>) {
    let (file, data) = (folder.join(PACED_FILE), folder.join("data"));
    let mut command = service.command(Path::new(env!("CARGO_BIN_EXE_kerbside")));
    command.arg("run").arg(file).args(["--participant", "H7777P", "--headset", "openxr", "--simulated-headset"]);
    composed_small(screen, command.args(["--pilot", "--data"]).arg(&data));
    let record = SessionFolder(data.join("sessions/H7777P-1"));
    let (frames, events): (Vec<FrameRow>, Vec<EventRow>) =
        (read::table(&record).unwrap(), read::table(&record).unwrap());
    let trials = frames.chunk_by(|a, b| a.trial_n == b.trial_n);
    let driven = |rows: &[FrameRow]| {
        let approach = rows.iter().skip_while(|row| matches!(row.phase, Phase::Settle | Phase::Ready));
        approach.map(|row| (row.frame_n, row.display_time_ns)).collect()
    };
    let trials = trials.map(driven).collect();
    let late = events.iter().filter(|row| row.event.as_str() == "late_frame").map(|row| row.frame_n).collect();
    (trials, Some(late))
}

/// Runs a program to its end; the runtime's window, which opens with the program's session, shrinks to the screen.
fn composed_small(screen: &Screen, command: &mut Command) {
    let mut program = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    screen.fill("Monado", &mut program);
    let ran = ended(program, Duration::from_secs(600), || {});
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// A line of the table: the share of frames that came more than 1.5 periods after the one before, of all from the approach
/// on.
fn paced(what: &str, hz: u32, trials: &[Times], logged: Option<&[u64]>) -> f64 {
    let limit_ns = 1_500_000_000 / i64::from(hz);
    let pairs = trials.iter().flat_map(|times| times.windows(2));
    let mut intervals: Vec<(i64, u64)> = pairs.map(|pair| (pair[1].1 - pair[0].1, pair[1].0)).collect();
    assert!(!intervals.is_empty(), "{what}: no trial came to its approach");
    intervals.sort_unstable();
    let quantile_ms = |share: f64| intervals[((intervals.len() - 1) as f64 * share) as usize].0 as f64 / 1e6;
    let late: Vec<u64> = intervals.iter().filter(|(ns, _)| *ns > limit_ns).map(|(_, n)| *n).collect();
    // Half a millisecond around the limit belongs to the runtime's own rounding.
    let clearly = intervals.iter().filter(|(ns, _)| *ns > limit_ns + 500_000);
    let unlogged = logged.map(|logged| clearly.filter(|(_, n)| !logged.contains(n)).count());
    let in_time = intervals.iter().filter(|(ns, _)| *ns < limit_ns - 500_000);
    let wronged = in_time.filter(|(_, n)| logged.is_some_and(|logged| logged.contains(n))).count();
    let share = late.len() as f64 / intervals.len() as f64;
    println!(
        "{what} {:6} {:7.2}% {:8.2} {:8.2}  {}",
        intervals.len(),
        100.0 * share,
        quantile_ms(0.5),
        quantile_ms(0.99),
        unlogged.map_or("-".into(), |n| n.to_string()),
    );
    assert!(unlogged.is_none_or(|n| n == 0), "late frames that are not logged as late");
    assert_eq!(wronged, 0, "frames in time that are logged as late");
    share
}
