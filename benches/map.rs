//! Maps: to load one from its text, and to find the middle of a lane, against the genuine CARLA client's map.
//!
//! The peer answers in a Python process of its own, in turns with Kerbside. What a call from Python costs by itself is
//! timed too (a property that computes nothing), and the ratio is given with and without it. Without the peer or the real
//! map, what there is is timed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/common/peers.rs"]
mod peers;
#[path = "../tests/common/skips.rs"]
mod skips;
mod support;

use kerbside::map::{LaneKind, Map, read};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use support::{done, quantile, seconds, size};

/// Between two positions asked for on a lane, metres.
const STEP_M: f64 = 5.0;

/// A lane position as a file names it.
#[derive(Clone, Copy)]
struct Position {
    road: u32,
    lane: i32,
    s_m: f64,
}

/// A map of `n` streets in rows, each of lines, arcs and slopes, with two lanes and two pavements.
fn generated(n: usize) -> String {
    let mut text = String::from("<OpenDRIVE><header revMajor=\"1\" revMinor=\"6\"/>\n");
    for i in 0..n {
        let (x, y) = ((i % 20) as f64 * 400.0, (i / 20) as f64 * 100.0);
        let _ = write!(text, "<road id=\"{}\" length=\"300\" junction=\"-1\"><link/><planView>", i + 1);
        let (mut x, mut y, mut heading) = (x, y, 0.0_f64);
        for k in 0..10 {
            let curvature = if k % 2 == 0 { 0.0 } else { 0.01 * f64::from(2 - k % 4) };
            let shape = if k % 2 == 0 { "<line/>".into() } else { format!("<arc curvature=\"{curvature}\"/>") };
            let s = 30 * k;
            let _ = write!(
                text,
                "<geometry s=\"{s}\" x=\"{x:?}\" y=\"{y:?}\" hdg=\"{heading:?}\" length=\"30\">{shape}</geometry>"
            );
            let turn = curvature * 30.0;
            let chord = if turn == 0.0 { 30.0 } else { 2.0 * (turn / 2.0).sin() / curvature };
            x += chord * (heading + turn / 2.0).cos();
            y += chord * (heading + turn / 2.0).sin();
            heading += turn;
        }
        text += "</planView><elevationProfile>";
        for k in 0..6 {
            let _ =
                write!(text, "<elevation s=\"{}\" a=\"{}\" b=\"0.002\" c=\"0\" d=\"0\"/>", 50 * k, f64::from(k) * 0.1);
        }
        text += "</elevationProfile><lanes><laneSection s=\"0\">";
        let lane = |id: i32, kind: &str, width: f64| {
            format!(
                "<lane id=\"{id}\" type=\"{kind}\" level=\"false\"><width sOffset=\"0\" a=\"{width}\" b=\"0\" c=\"0\" d=\"0\"/></lane>"
            )
        };
        let _ = write!(
            text,
            "<left>{}{}</left><center><lane id=\"0\" type=\"none\" level=\"false\"/></center><right>{}{}</right>",
            lane(2, "sidewalk", 2.0),
            lane(1, "driving", 3.25),
            lane(-1, "driving", 3.25),
            lane(-2, "sidewalk", 2.0)
        );
        text += "</laneSection></lanes></road>\n";
    }
    text + "</OpenDRIVE>\n"
}

/// Positions along every driving lane.
fn positions(map: &Map) -> Vec<Position> {
    let mut found = Vec::new();
    for road in &map.roads {
        let Ok(id) = road.id.parse() else { continue };
        for section in &road.sections {
            for lane in section.lanes().filter(|l| l.kind == LaneKind::Driving) {
                let steps = ((section.end_s_m - section.start_s_m) / STEP_M).ceil().max(1.0);
                let step_m = (section.end_s_m - section.start_s_m) / steps;
                let at = |k: usize| section.start_s_m + step_m * (k as f64 + 0.5);
                found.extend((0..steps as usize).map(|k| Position { road: id, lane: lane.id, s_m: at(k) }));
            }
        }
    }
    found
}

/// Place and heading of each: the road by its id, the section by s, as the peer does it.
fn find_all(map: &Map, by_id: &HashMap<u32, usize>, positions: &[Position]) {
    for position in positions {
        let road = &map.roads[by_id[&position.road]];
        let last = road.sections.partition_point(|s| s.start_s_m <= position.s_m).max(1) - 1;
        done((road.centre_m(&road.sections[last], position.lane, position.s_m), road.pose(position.s_m)));
    }
}

/// The genuine client in a process of its own.
struct Peer {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    _home: tempfile::TempDir,
}

impl Peer {
    /// `None` when it is not installed, or when it is only to be seen whether the benchmarks run.
    fn start(file: &Path, positions: &[Position]) -> Option<Self> {
        if !support::in_full() {
            return None;
        }
        let python = peers::python("maps are timed without a peer")?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/carla_time.py");
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(python)
            .arg(script)
            .arg(file)
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut orders = child.stdin.take().unwrap();
        for position in positions {
            writeln!(orders, "{} {} {:?}", position.road, position.lane, position.s_m).unwrap();
        }
        writeln!(orders).unwrap();
        orders.flush().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut peer = Self { child, orders, answers, _home: home };
        let missing = peer.answer();
        assert!(missing * 100.0 < positions.len() as f64, "the peer has no lane at {missing} positions");
        Some(peer)
    }

    fn answer(&mut self) -> f64 {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim().parse().unwrap_or_else(|_| panic!("the peer said {line:?}"))
    }

    fn seconds(&mut self, order: &str) -> f64 {
        writeln!(self.orders, "{order}").unwrap();
        self.orders.flush().unwrap();
        self.answer()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Least, median and greatest of some times or ratios.
fn spread(mut values: Vec<f64>, unit: f64, name: &str) -> String {
    let [least, median, most] = [0.0, 0.5, 1.0].map(|share| quantile(&mut values, share) * unit);
    format!("{median:.3} ({least:.3} to {most:.3}) {name}")
}

fn measure(heading: &str, file: &Path, text: &str) {
    let map = read("timed.xodr", text).unwrap();
    let by_id: HashMap<u32, usize> =
        map.roads.iter().enumerate().filter_map(|(i, r)| Some((r.id.parse().ok()?, i))).collect();
    let positions = positions(&map);
    let mut peer = Peer::start(file, &positions);
    // Ours is timed over several rounds of all positions: one alone is short beside the clock and the scheduler.
    let rounds = size(10, 1);
    let (mut ours_load, mut ours_find) = (Vec::new(), Vec::new());
    let (mut load, mut find, mut calls) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..size(15, 1) {
        ours_load.push(seconds(|| read("timed.xodr", text)));
        let all = seconds(|| (0..rounds).for_each(|_| find_all(&map, &by_id, &positions)));
        ours_find.push(all / rounds as f64 / positions.len() as f64);
        if let Some(peer) = &mut peer {
            let each = positions.len() as f64;
            load.push(peer.seconds("load"));
            find.push(peer.seconds("positions") / each);
            calls.push(peer.seconds("calls") / each);
        }
    }
    let row = |what: &str, value: String| vec![what.to_owned(), value];
    let mut rows = vec![
        row("load, Kerbside", spread(ours_load.clone(), 1e3, "ms")),
        row("a lane position, Kerbside", spread(ours_find.clone(), 1e9, "ns")),
    ];
    if peer.is_some() {
        let over = |theirs: &[f64], ours: &[f64]| theirs.iter().zip(ours).map(|(t, o)| t / o).collect::<Vec<_>>();
        let without: Vec<f64> = find.iter().zip(&calls).map(|(f, c)| f - c).collect();
        rows.extend([
            row("load / Kerbside's", spread(over(&load, &ours_load), 1.0, "times")),
            row("a lane position / Kerbside's", spread(over(&find, &ours_find), 1.0, "times")),
            row("the same without the call", spread(over(&without, &ours_find), 1.0, "times")),
            row("load, CARLA client", spread(load, 1e3, "ms")),
            row("a lane position, CARLA client", spread(find, 1e9, "ns")),
            row("a call that computes nothing", spread(calls, 1e9, "ns")),
        ]);
    }
    let heading = format!(
        "{heading}: {} roads, {:.1} MB, {} positions; median (least to most)",
        map.roads.len(),
        text.len() as f64 / 1e6,
        positions.len()
    );
    support::table(&heading, &["what", "value"], &rows);
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("generated.xodr");
    let text = generated(size(300, 20));
    std::fs::write(&file, &text).unwrap();
    measure("a generated map", &file, &text);
    if let Some((path, text)) = peers::real_map("Town10HD.xodr") {
        measure("Town10HD", &path, &text);
    }
}
