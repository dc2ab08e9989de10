//! Sessions through a real OpenXR runtime: Monado with a software Vulkan driver, no display, no headset.
//!
//! Each test starts a service of its own and runs this very program again beside it (the `inside_` tests). Skipped,
//! loudly, where tests/openxr-runtime.sh has not put a runtime; KERBSIDE_OPENXR=required forbids that.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

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
#[path = "common/skips.rs"]
mod skips;
#[path = "common/twin.rs"]
mod twin;
#[path = "common/xr_shim.rs"]
mod xr_shim;

use kerbside::kernel::time::DisplayTime;
use kerbside::lab::{Done, Ended};
use kerbside::problem::Outcome;
use kerbside::record::folder::SessionFolder;
use kerbside::record::read;
use kerbside::table::{AnswerRow, AnswerSource, CalibrationRow, EventRow, FrameRow, Mark, Phase, Source, TrialRow};
use kerbside::xr::Floor;
use kerbside::xr::pacing::SETTLING_FRAMES;
use puppet::Moment;
use puppet::Sent;
use remote::{Remote, Side};
use remote_study::{
    RATE_HZ, SCRIPT, STANDS, STUDY, Through, scripted, scripted_in_the_beat_of, short, through_the_runtime,
};
use runtime::Service;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use twin::Beat;

fn session(data: &Path) -> SessionFolder {
    SessionFolder(data.join("sessions/REMOTE-1"))
}

/// What the program says of a data folder; it must be content.
fn kerbside(arguments: &[&str], data: &Path) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_kerbside")).arg(arguments[0]).arg(data).args(&arguments[1..]).output();
    let output = output.unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "kerbside {arguments:?}: {said}");
    said
}

/// Names of a trial's events in order, phases with their word; without the late frames, which are the machine's.
fn events(data: &Path) -> Vec<(Option<u32>, String)> {
    let rows: Vec<EventRow> = read::table(&session(data)).unwrap();
    let named = |row: &EventRow| match row.event.as_str() {
        "late_frame" => None,
        "phase" => Some((row.trial_n, format!("phase {}", row.detail.as_str()))),
        name => Some((row.trial_n, name.to_owned())),
    };
    rows.iter().filter_map(named).collect()
}

/// Every column of measures.csv by name, a trial a row.
fn measures(data: &Path) -> Vec<Vec<(String, String)>> {
    kerbside(&["measure"], data);
    let mut reader = csv::Reader::from_path(data.join("derived/measures.csv")).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |row: csv::StringRecord| names.iter().cloned().zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn the_scripted_participant_in_a_real_headset_is_the_scripted_participant() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let simulated = folder.path().join("scripted");
    scripted(&simulated);
    let every_frame_s = 1.0 / f64::from(RATE_HZ);
    for attempt in 1..=ATTEMPTS {
        let folder = folder.path().join(attempt.to_string());
        std::fs::create_dir(&folder).unwrap();
        let said = Service::start_alone("end").runs("inside_end_to_end", &folder, &[]);
        eprintln!("{said}");
        let real = folder.join("real");
        late_frames_are_logged(&real);
        kerbside(&["verify"], &real);
        kerbside(&["replay", "--check"], &real);
        kerbside(&["replay", "--resimulate"], &real);
        if folder.join(STALE).exists() {
            skips::cannot("a session whose heads the driver passed on too late: this machine was too busy");
            continue;
        }
        assert_eq!(events(&real), events(&simulated));
        same_answers(&real, &simulated);
        // However late this machine was: a twin that had its frames.
        let twin = folder.join("twin");
        scripted_in_the_beat_of(&twin, beats(&real));
        assert_eq!(events(&real), events(&twin));
        let every = (1..=4).map(|trial_n| (trial_n, every_frame_s)).collect();
        same_measures(&measures(&real), &measures(&twin), &every);
        same_times(&real, &twin, &every);
        // Where it was not late, a headset with frames of its own.
        let quiet = quiet_trials(&real);
        eprintln!("trials without a dropped frame, the longest time between two of their frames: {quiet:.3?} s");
        same_measures(&measures(&real), &measures(&simulated), &quiet);
        same_times(&real, &simulated, &quiet);
        return;
    }
    assert!(!runtime::required(), "the driver passed heads on too late in {ATTEMPTS} sessions");
}

/// So often the session is run until the driver has passed on every head in time.
const ATTEMPTS: u32 = 4;
/// A file that says that a frame got the head of the frame before.
const STALE: &str = "stale";
/// A file that says when each frame was expected, and when it was seen, ns.
const BEATS: &str = "beats";

/// The frames of each trial of a session, as expected and as seen.
fn beats(data: &Path) -> BTreeMap<u32, Vec<Beat>> {
    let text = std::fs::read_to_string(data.with_file_name(BEATS)).unwrap();
    let time = |word: Option<&str>| DisplayTime(word.unwrap().parse().unwrap());
    let pairs = text.lines().map(|line| {
        let mut words = line.split(' ');
        (time(words.next()), time(words.next()))
    });
    let expected: BTreeMap<i64, DisplayTime> = pairs.map(|(expected, seen)| (seen.0, expected)).collect();
    let mut trials: BTreeMap<u32, Vec<Beat>> = BTreeMap::new();
    for frame in read::table::<FrameRow>(&session(data)).unwrap() {
        let beat = (expected[&frame.display_time_ns], DisplayTime(frame.display_time_ns));
        trials.entry(frame.trial_n).or_default().push(beat);
    }
    trials
}

/// Trials in which no frame was dropped before the questions, each with its longest time between two frames, s: what is
/// promised within a frame is promised of these.
fn quiet_trials(data: &Path) -> BTreeMap<u32, f64> {
    let frames: Vec<FrameRow> = read::table(&session(data)).unwrap();
    let before = frames.iter().filter(|row| !matches!(row.phase, Phase::Rating | Phase::Done));
    let mut longest: BTreeMap<u32, f64> = BTreeMap::new();
    for pair in before.collect::<Vec<_>>().windows(2).filter(|pair| pair[0].trial_n == pair[1].trial_n) {
        let gap_s = (pair[1].display_time_ns - pair[0].display_time_ns) as f64 / 1e9;
        let longest = longest.entry(pair[1].trial_n).or_insert(0.0);
        *longest = longest.max(gap_s);
    }
    longest.retain(|_, gap_s| *gap_s <= 1.5 / f64::from(RATE_HZ));
    longest
}

/// Within a frame: times by its length, lengths and speeds by what changes in it. What says how busy the machine was is
/// not compared.
fn same_measures(real: &[Vec<(String, String)>], simulated: &[Vec<(String, String)>], quiet: &BTreeMap<u32, f64>) {
    const MACHINE: [&str; 4] =
        ["largest_frame_gap_ms", "late_frames", "frame_interval_p50_ms", "frame_interval_p99_ms"];
    const FASTEST_MPS: f64 = 8.33333;
    assert_eq!(real.len(), simulated.len());
    for (real, simulated) in real.iter().zip(simulated) {
        let trial_n = real.iter().find(|(name, _)| name == "trial_n").unwrap().1.parse().unwrap();
        let Some(gap_s) = quiet.get(&trial_n) else { continue };
        let frame_s = gap_s + 1e-3;
        for ((name, found), (_, expected)) in real.iter().zip(simulated) {
            let within = match name.as_str() {
                name if MACHINE.contains(&name) => continue,
                // The way of the body over 0.2 s.
                "max_walking_speed_mps" => 2.4 * frame_s / 0.2,
                // Differences of two times, each within a frame.
                "safety_margin_s" | "min_ttc_s" | "pet_s" => 2.0 * frame_s,
                "tau_dot" => 0.1,
                name if name.ends_with("_mps2") => 1.8 * frame_s / 2.0 + 0.1,
                name if name.ends_with("_mps") => 1.8 * frame_s,
                name if name.ends_with("_m") => FASTEST_MPS * frame_s,
                name if name.ends_with("_s") => frame_s,
                name if name.ends_with("_share") => frame_s,
                _ => 0.0,
            };
            let apart = match (found.parse::<f64>(), expected.parse::<f64>()) {
                (Ok(a), Ok(b)) if a.is_finite() && b.is_finite() => (a - b).abs(),
                _ if found == expected => 0.0,
                _ => f64::INFINITY,
            };
            assert!(
                apart <= within,
                "trial {trial_n}, {name}: {found} in the headset, {expected} without, {within:.3} allowed"
            );
        }
    }
}

/// Every event up to the questions comes within a frame of where it comes without the headset.
fn same_times(real: &Path, simulated: &Path, quiet: &BTreeMap<u32, f64>) {
    let (real, simulated) = (times(real), times(simulated));
    for (trial_n, gap_s) in quiet {
        let (real, simulated) = (&real[trial_n], &simulated[trial_n]);
        assert!(real.len() > 10 && real.len() == simulated.len(), "trial {trial_n}: {real:?}");
        for ((name, found_s), (_, expected_s)) in real.iter().zip(simulated) {
            let apart_s = (found_s - expected_s).abs();
            assert!(
                apart_s <= gap_s + 1e-3,
                "trial {trial_n}, {name}: at {found_s:.3} s in the headset, {expected_s:.3} s without"
            );
        }
    }
}

/// When a trial's events happened, s: what the world did since the approach began, by its own clock; what person and
/// trial did since then too, and before it since the phase before. The answers end it: the panel is pointed at, which the
/// script need not.
fn times(data: &Path) -> BTreeMap<u32, Vec<(String, f64)>> {
    let rows: Vec<EventRow> = read::table(&session(data)).unwrap();
    let mut trials: BTreeMap<u32, Vec<(String, f64)>> = BTreeMap::new();
    let mut since_ns = 0;
    let (mut approached, mut answers) = (false, false);
    for row in rows.iter().filter(|row| row.trial_n.is_some() && row.event.as_str() != "late_frame") {
        let phase = (row.event.as_str() == "phase").then(|| row.detail.as_str());
        let trial = trials.entry(row.trial_n.unwrap()).or_default();
        if trial.is_empty() {
            (since_ns, approached, answers) = (row.display_time_ns, false, false);
        }
        if answers {
            continue;
        }
        let at_ns = match row.source {
            Source::World => row.world_time_ns.unwrap(),
            _ => row.display_time_ns - since_ns,
        };
        trial.push((format!("{} {}", row.event.as_str(), phase.unwrap_or_default()), at_ns as f64 / 1e9));
        if phase.is_some() && !approached {
            since_ns = row.display_time_ns;
        }
        approached |= phase == Some("approach");
        answers |= phase == Some("rating");
    }
    trials
}

/// The answers, pointed at and pulled, are those of the script; and a frame that is late is logged as late.
fn same_answers(real: &Path, simulated: &Path) {
    let given = |data: &Path| -> Vec<_> {
        let rows: Vec<AnswerRow> = read::table(&session(data)).unwrap();
        rows.into_iter().map(|row| (row.trial_n, row.item, row.value, row.source)).collect()
    };
    let (real, simulated) = (given(real), given(simulated));
    assert_eq!(real.len(), 4);
    for (real, simulated) in real.iter().zip(&simulated) {
        assert_eq!((&real.0, &real.1, &real.2), (&simulated.0, &simulated.1, &simulated.2));
        assert_eq!((real.3, simulated.3), (AnswerSource::PanelController, AnswerSource::Scripted));
    }
}

/// Every frame of a trial that came more than 1.5 periods after the one before has its event, and no other has.
fn late_frames_are_logged(data: &Path) {
    let (frames, events): (Vec<FrameRow>, Vec<EventRow>) =
        (read::table(&session(data)).unwrap(), read::table(&session(data)).unwrap());
    let logged: Vec<u64> =
        events.iter().filter(|row| row.event.as_str() == "late_frame").map(|row| row.frame_n).collect();
    let limit_ns = 1_500_000_000 / i64::from(RATE_HZ);
    let late = |pair: &[FrameRow]| {
        (pair[0].trial_n == pair[1].trial_n && pair[1].display_time_ns - pair[0].display_time_ns > limit_ns)
            .then_some(pair[1].frame_n)
    };
    let late: Vec<u64> = frames.windows(2).filter_map(late).collect();
    // From the approach on every frame is judged; before it the pacing finds its beat, in a frame before the trial's first
    // and the next nine.
    let judged = |frame_n: &u64| {
        let frame = frames.iter().find(|frame| frame.frame_n == *frame_n).unwrap();
        let first = frames.iter().find(|other| other.trial_n == frame.trial_n).unwrap();
        let before = frames.iter().rev().find(|other| other.frame_n < *frame_n).unwrap();
        let approaches = !matches!(before.phase, Phase::Settle | Phase::Ready);
        approaches || frame_n - first.frame_n >= u64::from(SETTLING_FRAMES) - 1
    };
    assert_eq!(logged, late.into_iter().filter(judged).collect::<Vec<_>>());
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_end_to_end() {
    let data = runtime::folder().join("real");
    let (done, sent) = through_the_runtime(&data, STUDY, SCRIPT, Through::default(), Box::new(|_, _| {}));
    assert_eq!(done.unwrap().ended, Ended::Done);
    let beats: String = sent.iter().map(|sent| format!("{} {}\n", sent.expected.0, sent.display_time.0)).collect();
    std::fs::write(runtime::folder().join(BEATS), beats).unwrap();
    if same_places(&data, &sent) > 0 {
        std::fs::write(runtime::folder().join(STALE), "").unwrap();
    }
}

/// The record has each head where it was sent, to a millimetre; or, where the driver's thread slept, where it was sent for
/// one of the frames just before. How many of those.
fn same_places(data: &Path, sent: &[Sent]) -> usize {
    /// So many frames the driver may sleep.
    const STALEST: usize = 4;
    let frames: Vec<FrameRow> = read::table(&session(data)).unwrap();
    assert!(frames.len() > 100 && frames.len() <= sent.len(), "{} frames, {} sent", frames.len(), sent.len());
    let (mut worst_m, mut stale) = (0.0_f64, 0);
    for frame in &frames {
        let at = sent.iter().position(|sent| sent.display_time.0 == frame.display_time_ns);
        let at = at.expect("a frame that was sent");
        let found = [frame.head_stage_x_m, frame.head_stage_y_m, frame.head_stage_z_m].map(|v| v.or_nan());
        let apart_m = |sent: &Sent| (glam::DVec3::from(found) - sent.head.position_m().unwrap()).length();
        let apart_m: Vec<f64> = sent[at.saturating_sub(STALEST)..=at].iter().rev().map(apart_m).collect();
        let Some(behind) = apart_m.iter().position(|m| *m <= 1e-3) else {
            panic!("frame {}: so many metres from where it was sent, newest first: {apart_m:?}", frame.frame_n)
        };
        stale += usize::from(behind > 0);
        worst_m = worst_m.max(apart_m[behind]);
    }
    let ahead = |sent: &&Sent| (sent.expected.0 - sent.display_time.0).abs() > 1_000_000_000 / i64::from(RATE_HZ) / 2;
    let late = sent.iter().filter(ahead).count();
    println!("{} frames, heads at most {worst_m:.6} m off, {late} not when expected, {stale} stale", frames.len());
    stale
}

/// Each trial's number, marks and outcome.
fn trials(data: &Path) -> Vec<(u32, String, String)> {
    let rows: Vec<TrialRow> = read::table(&session(data)).unwrap();
    let one = |row: &TrialRow| (row.plan_n, row.marks.as_str().to_owned(), row.outcome.word().to_owned());
    rows.iter().map(one).collect()
}

fn expect_trials(data: &Path, expected: &[(u32, &str, &str)]) {
    let found = trials(data);
    let found: Vec<(u32, &str, &str)> =
        found.iter().map(|(n, marks, how)| (*n, marks.as_str(), how.as_str())).collect();
    assert_eq!(found, expected);
    kerbside(&["verify"], data);
    kerbside(&["replay", "--check"], data);
}

fn done(outcome: Outcome<Done>) {
    assert_eq!(outcome.unwrap().ended, Ended::Done);
}

/// Frames into an approach at which something goes wrong, and at which it is well again.
const WRONG: Option<u64> = Some(2);
const WELL: Option<u64> = Some(5);

#[test]
fn what_the_runtime_does_marks_its_trial_and_the_session_goes_on() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    Service::start("faults").runs("inside_faults", folder.path(), &[]);
    let data = folder.path().join("real");
    let never = "never";
    // Where the street lies is not known any more: every trial says so until it is laid anew.
    let marks = [
        (1, "controller_lost", never),
        (2, "recentred", never),
        (3, "recentred focus_lost not_shown", never),
        (4, "recentred", never),
    ];
    expect_trials(&data, &marks);
    let ended: Vec<(u32, Mark)> = spans(&data).into_iter().map(|span| (span.trial_n, span.code)).collect();
    let (controller, focus, shown) = (Mark::ControllerLost, Mark::FocusLost, Mark::NotShown);
    assert_eq!(ended.iter().filter(|one| **one == (1, controller)).count(), 1, "{ended:?}");
    assert!(ended.contains(&(3, focus)) && ended.contains(&(3, shown)), "{ended:?}");
    a_move_without_a_place_is_no_calibration(&data);
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_faults() {
    let mut second = None;
    let meddle = move |remote: &mut Remote, moment: &Moment<'_>| match (moment.plan_n, moment.traffic) {
        (1, WRONG) => remote.active(Side::Left, false),
        (1, WELL) => remote.active(Side::Left, true),
        // The participant stands where the origin is, so that the next trials find the street where it was.
        (2, WRONG) => assert!(runtime::tool("monado-ctl").arg("-c").output().unwrap().status.success()),
        // Another program takes the view and the input, until it ends.
        (3, WRONG) => second = Some(runtime::Client::start()),
        (3, _) if moment.marks.contains(&Mark::NotShown) => drop(second.take()),
        _ => {}
    };
    let through = Through { floor: Floor::LocalFloor, ..Through::default() };
    let data = runtime::folder().join("real");
    let (outcome, _) = through_the_runtime(&data, &short(12), STANDS, through, Box::new(meddle));
    done(outcome);
}

/// A fault that began and ended within a trial.
#[derive(Debug)]
struct Span {
    trial_n: u32,
    code: Mark,
    /// From its frame on ..
    from_frame_n: u64,
    /// .. up to this one, which is well.
    to_frame_n: u64,
}

/// Every fault that ended, by `fault` and `fault_over`; each end has its beginning before it in the same trial.
fn spans(data: &Path) -> Vec<Span> {
    let rows: Vec<EventRow> = read::table(&session(data)).unwrap();
    let code = |row: &EventRow| Mark::from_word(row.detail.as_str().split_once(": ").unwrap().0).unwrap();
    let mut spans = Vec::new();
    for (i, over) in rows.iter().enumerate().filter(|(_, row)| row.event.as_str() == "fault_over") {
        let begins =
            |row: &&EventRow| row.event.as_str() == "fault" && row.trial_n == over.trial_n && code(row) == code(over);
        let fault = rows[..i].iter().rev().find(begins).unwrap_or_else(|| panic!("the end of nothing: {over:?}"));
        let (from_frame_n, to_frame_n) = (fault.frame_n, over.frame_n);
        spans.push(Span { trial_n: over.trial_n.unwrap(), code: code(over), from_frame_n, to_frame_n });
    }
    spans
}

/// Monado announces that its space moves and not where to: the trial says so, and no calibration is made up.
fn a_move_without_a_place_is_no_calibration(data: &Path) {
    let rows: Vec<EventRow> = read::table(&session(data)).unwrap();
    let fault = rows.iter().find(|row| row.event.as_str() == "fault" && row.trial_n == Some(2)).unwrap();
    assert!(fault.detail.as_str().contains("does not say where to"), "{fault:?}");
    let calibrations: Vec<CalibrationRow> = read::table(&session(data)).unwrap();
    assert!(calibrations.iter().all(|row| row.method.as_str() == "fixed"), "{calibrations:?}");
}

#[test]
fn a_service_that_is_killed_costs_one_trial() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start("killed");
    service.runs("inside_killed", folder.path(), &[]);
    service.again();
    service.runs("inside_goes_on", folder.path(), &[]);
    let never = "never";
    expect_trials(
        &folder.path().join("real"),
        &[(1, "", never), (2, "device_lost", "interrupted"), (2, "", never), (3, "", never), (4, "", never)],
    );
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_killed() {
    let meddle = |_: &mut Remote, moment: &Moment<'_>| {
        if (moment.plan_n, moment.traffic) == (2, WRONG) {
            runtime::service("kill");
        }
    };
    let data = runtime::folder().join("real");
    let (outcome, _) = through_the_runtime(&data, &short(5), STANDS, Through::default(), Box::new(meddle));
    let Ended::Broken(problem) = outcome.unwrap().ended else { panic!("the service was killed") };
    assert!(problem.to_string().contains("the OpenXR runtime went away"), "{problem}");
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_goes_on() {
    let data = runtime::folder().join("real");
    done(through_the_runtime(&data, &short(5), STANDS, Through::default(), Box::new(|_, _| {})).0);
}

#[test]
fn what_only_a_real_headset_does_is_put_between() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    Service::start("shim").runs("inside_shim", folder.path(), &[]);
    let data = folder.path().join("real");
    let never = "never";
    let marks = [
        (1, "not_shown head_lost", never),
        (2, "headset_off", never),
        (3, "head_lost", never),
        (4, "", never),
        (5, "controller_lost", never),
        (6, "not_shown head_lost", never),
        (7, "focus_lost headset_off not_shown head_lost", never),
        (8, "", never),
    ];
    expect_trials(&data, &marks);
    let frames: Vec<FrameRow> = read::table(&session(&data)).unwrap();
    let lost: Vec<&FrameRow> = frames.iter().filter(|frame| frame.head_flags == 0).collect();
    // Where nothing is known nothing is written: no head at the origin.
    assert!(lost.iter().all(|row| [1, 6, 7].contains(&row.trial_n) && row.head_stage_x_m.known().is_none()));
    assert_eq!(lost.iter().filter(|row| row.trial_n == 1).count(), 3);
    let found = events(&data).into_iter().filter(|(_, name)| name == "head_found").count();
    assert_eq!(found, 4);
    // A place that is guessed stands in the record with flags that say so.
    let guessed: Vec<&FrameRow> = frames.iter().filter(|frame| frame.head_flags == 7).collect();
    assert!(guessed.iter().all(|row| row.trial_n == 3 && row.head_stage_x_m.known().is_some()));
    assert_eq!(guessed.len(), 3);
    let guessed = frames.iter().filter(|frame| frame.left_flags == Some(7));
    assert_eq!(guessed.map(|row| row.trial_n).collect::<Vec<_>>(), [5; 3]);
    // Each fault ends where it ends: an analyst sees how long it was.
    let lengths: Vec<(u32, Mark, u64)> =
        spans(&data).iter().map(|span| (span.trial_n, span.code, span.to_frame_n - span.from_frame_n)).collect();
    let of = |trial_n: u32| lengths.iter().filter(move |one| one.0 == trial_n).map(|one| (one.1, one.2));
    assert_eq!(of(1).collect::<Vec<_>>(), [(Mark::NotShown, 3)]);
    assert_eq!(of(2).collect::<Vec<_>>(), [(Mark::HeadsetOff, 3)]);
    assert_eq!(of(5).collect::<Vec<_>>(), [(Mark::ControllerLost, 3); 2]);
    assert_eq!(of(6).map(|one| one.0).collect::<Vec<_>>(), [Mark::NotShown]);
    let mut again: Vec<Mark> = of(7).map(|one| one.0).collect();
    again.sort_by_key(|mark| mark.word());
    assert_eq!(again, [Mark::FocusLost, Mark::HeadsetOff, Mark::NotShown]);
    assert_eq!(lengths.len(), 1 + 1 + 2 + 1 + 3, "{lengths:?}");
    // The display was asked for the study's rate and took its time.
    let environment = std::fs::read_to_string(session(&data).file("environment.json")).unwrap();
    let rate = environment.lines().find(|line| line.contains("\"rate_hz\"")).unwrap();
    assert!(rate.contains(&RATE_HZ.to_string()), "{rate}");
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_shim() {
    use openxr::sys::SessionState as State;
    let meddle = |_: &mut Remote, moment: &Moment<'_>| match (moment.plan_n, moment.traffic) {
        (1, WRONG) => xr_shim::lose_head(true),
        (1, WELL) => xr_shim::lose_head(false),
        (2, WRONG) => xr_shim::take_off(true),
        (2, WELL) => xr_shim::take_off(false),
        (3, WRONG) => xr_shim::guess_head(true),
        (3, WELL) => xr_shim::guess_head(false),
        (5, WRONG) => xr_shim::guess_hands(true),
        (5, WELL) => xr_shim::guess_hands(false),
        // The runtime hangs; the program does not.
        (6, WRONG) => xr_shim::hold_frames(true),
        (6, WELL) => xr_shim::hold_frames(false),
        // To rest and back without the states that the specification has between.
        (7, WRONG) => xr_shim::announce(&[State::IDLE]),
        (7, WELL) => xr_shim::announce(&[State::READY, State::FOCUSED]),
        _ => {}
    };
    xr_shim::slow_rate();
    let through = Through { loader: Some(xr_shim::loader()), ..Through::default() };
    let data = runtime::folder().join("real");
    let study = short(6).replace("repetitions_per_block = 2", "repetitions_per_block = 4");
    done(through_the_runtime(&data, &study, STANDS, through, Box::new(meddle)).0);
    every_profile_is_taken();
}

/// A real runtime knows every button that is asked of it: a name that it does not know would cost a controller all of its.
fn every_profile_is_taken() {
    let suggested = xr_shim::suggested();
    let refused: Vec<_> = suggested.iter().filter(|(_, result)| *result != openxr::sys::Result::SUCCESS).collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert!(suggested.iter().any(|(profile, _)| profile.ends_with("hand_interaction_ext")), "{suggested:?}");
    assert_eq!(suggested.len(), 6, "{suggested:?}");
}

#[test]
fn a_compositor_that_keeps_an_image_ends_the_session_in_order() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    Service::start("keeps").runs("inside_keeps", folder.path(), &[]);
    expect_trials(&folder.path().join("real"), &[(1, "device_lost", "interrupted")]);
}

#[test]
#[ignore = "run beside a service by the test above"]
fn inside_keeps() {
    let meddle = |_: &mut Remote, moment: &Moment<'_>| {
        if (moment.plan_n, moment.traffic) == (1, WRONG) {
            xr_shim::hold_images();
        }
    };
    let through = Through { loader: Some(xr_shim::loader()), ..Through::default() };
    let data = runtime::folder().join("real");
    let (outcome, _) = through_the_runtime(&data, &short(5), STANDS, through, Box::new(meddle));
    let Ended::Broken(problem) = outcome.unwrap().ended else { panic!("no image came back") };
    assert!(problem.to_string().contains("has not given an image back"), "{problem}");
}

/// What `kerbside run` says beside a service of this name, with these settings.
fn refused(name: &str, folder: &Path, arguments: &[&str], set: &[(&str, &str)]) -> String {
    let study = folder.join("study.toml");
    std::fs::write(&study, short(5)).unwrap();
    let mut command = Command::new(runtime::root().join("xr-run"));
    let data = folder.join(name);
    let run = ["--participant", "H7777P", "--pilot", "--headset", "openxr", "--data"];
    command.arg(env!("CARGO_BIN_EXE_kerbside")).arg("run").arg(study).args(run).arg(&data).args(arguments);
    let output = command.env("XR_SERVICE", name).envs(set.iter().copied()).output().unwrap();
    assert!(!output.status.success(), "{name}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const NO_DRIVER: &str = "the headset's picture cannot be drawn: this computer has no Vulkan driver
    cure: install a Vulkan driver: on Debian and Ubuntu `apt-get install libvulkan1 mesa-vulkan-drivers`";

#[test]
fn what_is_missing_is_said_in_words_of_its_own() {
    if !runtime::installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let no_loader = folder.path().join("libraries");
    std::fs::create_dir(&no_loader).unwrap();
    std::fs::write(no_loader.join("libopenxr_loader.so.1"), "no library").unwrap();
    let no_loader = no_loader.to_str().unwrap();
    let service = Service::start("words");
    let there = service.name().to_owned();
    let program = ["--simulated-headset"];
    type Case<'a> = (&'a str, &'a [&'a str], &'a [(&'a str, &'a str)], &'a str);
    let cases: [Case<'_>; 5] = [
        ("no-loader", &program, &[("XR_LIBRARIES", no_loader)], "OpenXR is not installed on this computer"),
        ("no-runtime", &program, &[("XR_RUNTIME_JSON", "/nowhere.json")], "no OpenXR runtime is registered"),
        ("no-service", &program, &[], "its service is not running"),
        (&there, &[], &[], "the headset is a program, not a device: 'Monado: Remote HMD'"),
        (&there, &program, &[("VK_DRIVER_FILES", "/nowhere.json")], NO_DRIVER),
    ];
    for (name, arguments, set, words) in cases {
        let said = refused(name, folder.path(), arguments, set);
        eprintln!("{name} {set:?}: {said}");
        assert!(said.contains(words) && said.contains("cure: "), "{name} {set:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
        assert!(!folder.path().join(name).join("register.csv").exists(), "no trace of a session that never was");
    }
}
