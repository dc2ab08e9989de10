//! Whole trials of the shipped 2 x 2, and what a row, a reading and a seal cost, each against a named peer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use criterion::Throughput;
use kerbside::headset::{Pacing, Simulated};
use kerbside::kernel::frame::{Row, Sink, Unrecorded};
use kerbside::lab::{Overrides, Prepared, prepare};
use kerbside::record::folder::SessionFolder;
use kerbside::record::{Ending, Recorder, read};
use kerbside::session::{Attempt, Session, SessionSpec};
use kerbside::table::{FrameRow, LineWriter, SealRow, Table, VehicleRow};
use kerbside::world::Embedded;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const STUDY: &str = include_str!("../experiments/ehmi_braking_2x2.toml");

/// `VehicleRow` as somebody without Kerbside's tables would declare it.
#[derive(Serialize, Deserialize)]
struct Peer<'a> {
    trial_n: u32,
    frame_n: u64,
    vehicle_n: u32,
    role: &'a str,
    world_tick_n: u64,
    world_time_ns: i64,
    age_ns: i64,
    interpolated: u8,
    site_x_m: f64,
    site_y_m: f64,
    site_z_m: f64,
    site_yaw_rad: f64,
    site_pitch_rad: f64,
    site_roll_rad: f64,
    speed_mps: f64,
    accel_mps2: f64,
    to_pedestrian_line_m: f64,
    to_zone_m: f64,
    rear_to_zone_end_m: f64,
    light_state: &'a str,
    light_level: f64,
    brake_light: u8,
}

impl From<&VehicleRow> for Peer<'static> {
    fn from(row: &VehicleRow) -> Self {
        Self {
            trial_n: row.trial_n,
            frame_n: row.frame_n,
            vehicle_n: row.vehicle_n,
            role: row.role.word(),
            world_tick_n: row.world_tick_n,
            world_time_ns: row.world_time_ns,
            age_ns: row.age_ns,
            interpolated: u8::from(row.interpolated),
            site_x_m: row.site_x_m.or_nan(),
            site_y_m: row.site_y_m.or_nan(),
            site_z_m: row.site_z_m.or_nan(),
            site_yaw_rad: row.site_yaw_rad.or_nan(),
            site_pitch_rad: row.site_pitch_rad.or_nan(),
            site_roll_rad: row.site_roll_rad.or_nan(),
            speed_mps: row.speed_mps.or_nan(),
            accel_mps2: row.accel_mps2.or_nan(),
            to_pedestrian_line_m: row.to_pedestrian_line_m.or_nan(),
            to_zone_m: row.to_zone_m.or_nan(),
            rear_to_zone_end_m: row.rear_to_zone_end_m.or_nan(),
            light_state: row.light_state.word(),
            light_level: row.light_level.or_nan(),
            brake_light: u8::from(row.brake_light),
        }
    }
}

fn study() -> (Prepared, SessionSpec) {
    let prepared = prepare("ehmi_braking_2x2.toml", STUDY, &Overrides::default()).unwrap();
    let whose = kerbside::study::Whose { participant: "BENCH", plan_row: 1, session_n: 1 };
    let trials = prepared.study.plan(whose, prepared.seed, &prepared.sites).unwrap();
    let spec = SessionSpec {
        participant: "BENCH".into(),
        session_n: 1,
        pilot: false,
        simulated: true,
        sites: prepared.sites.clone(),
        trials: trials.into_iter().map(Arc::new).collect(),
    };
    (prepared, spec)
}

/// Runs a session into `sink`, `after` each trial; the seconds it would take a person.
fn run<S: Sink>(prepared: &Prepared, spec: &SessionSpec, sink: &mut S, mut after: impl FnMut(&mut S)) -> f64 {
    let study = &prepared.study;
    let mut headset =
        Simulated::new(&study.simulated, prepared.seed, &spec.participant, study.display_hz, Pacing::Lockstep);
    let mut world = Embedded::new(study.step_hz);
    let mut session = Session::new(spec, &mut headset, &mut world);
    let mut real_s = 0.0;
    for trial in &spec.trials {
        let (row, broken) = session.attempt(trial, &Attempt::FIRST, sink, &mut |_| false).unwrap();
        assert!(broken.is_none());
        real_s = row.end_display_time_ns.unwrap_or(0) as f64 / 1e9;
        after(sink);
    }
    real_s
}

/// The same with the record: seconds of each seal once the queue is empty.
fn record(prepared: &Prepared, spec: &SessionSpec, folder: &Path, quiet: Duration) -> Vec<f64> {
    let folder = SessionFolder(folder.join("BENCH-1"));
    let (mut recorder, _) = Recorder::create(&folder, &[], Pacing::Lockstep).unwrap();
    let mut seals = Vec::new();
    run(prepared, spec, &mut recorder, |recorder| {
        std::thread::sleep(quiet);
        seals.push(support::seconds(|| recorder.seal(Some(1)).unwrap()));
    });
    recorder.finish(&Ending::Done).unwrap();
    seals
}

/// The peer of a seal: the pieces it names, appended to as many plain files and synced one by one.
fn plain_seals(seals: &[SealRow]) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let open = |row: &SealRow| {
        let path = folder.path().join(row.file.as_str().replace('/', "-"));
        File::options().append(true).create(true).open(path).unwrap()
    };
    let mut times = Vec::new();
    for seal in seals.chunk_by(|a, b| a.seal_n == b.seal_n).filter(|seal| seal[0].trial_n.is_some()) {
        let bytes = |row: &SealRow| vec![b'.'; usize::try_from(row.to_byte - row.from_byte).unwrap()];
        let pieces: Vec<(File, Vec<u8>)> = seal.iter().map(|row| (open(row), bytes(row))).collect();
        times.push(support::seconds(|| {
            for (file, bytes) in &pieces {
                (&mut &*file).write_all(bytes).unwrap();
                file.sync_data().unwrap();
            }
        }));
    }
    times
}

#[derive(Default)]
struct Vehicles(Vec<VehicleRow>);

impl Sink for Vehicles {
    fn put(&mut self, row: Row) {
        if let Row::Vehicle(row) = row {
            self.0.push(row);
        }
    }
}

fn lines(rows: &[VehicleRow]) -> usize {
    let mut line = LineWriter::default();
    rows.iter().map(|row| black_box(line.line(row)).len()).sum()
}

fn peer_lines(rows: &[VehicleRow]) -> usize {
    let mut written = 0;
    for part in rows.chunks(1000) {
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::with_capacity(1 << 18));
        part.iter().for_each(|row| writer.serialize(Peer::from(row)).unwrap());
        written += black_box(writer.into_inner().unwrap()).len();
    }
    written
}

/// Every record of some CSV, no field looked at.
fn pass(bytes: &[u8]) -> usize {
    let mut reader = csv::Reader::from_reader(bytes);
    let mut record = csv::StringRecord::new();
    let mut n = 0;
    while reader.read_record(&mut record).unwrap() {
        n += 1;
    }
    n
}

fn peer_rows(bytes: &[u8]) -> usize {
    let mut reader = csv::Reader::from_reader(bytes);
    let mut record = csv::StringRecord::new();
    let headers = reader.headers().unwrap().clone();
    let mut kept = Vec::new();
    while reader.read_record(&mut record).unwrap() {
        let row: Peer<'_> = record.deserialize(Some(&headers)).unwrap();
        kept.push(Peer { role: "", light_state: "", ..row });
    }
    black_box(kept).len()
}

fn main() {
    let (prepared, spec) = study();
    let trials = spec.trials.len();
    let folder = tempfile::tempdir().unwrap();
    let seals = record(&prepared, &spec, folder.path(), Duration::from_millis(support::size(50, 1) as u64));
    let session = SessionFolder(folder.path().join("BENCH-1"));
    let frames = read::bytes(&session.file(FrameRow::FILE)).unwrap();
    let vehicles = read::bytes(&session.file(VehicleRow::FILE)).unwrap();
    let mut kept = Vehicles::default();
    let real_s = run(&prepared, &spec, &mut kept, |_| {});
    let rows = kept.0;
    let into_a_folder = || {
        let folder = tempfile::tempdir().unwrap();
        record(&prepared, &spec, folder.path(), Duration::ZERO)
    };

    let mut criterion = support::criterion();
    let mut group = criterion.benchmark_group("session of 17 trials");
    group.throughput(Throughput::Elements(trials as u64)).sample_size(10);
    group.bench_function("no record", |bencher| bencher.iter(|| run(&prepared, &spec, &mut Unrecorded, |_| {})));
    group.bench_function("record", |bencher| bencher.iter(into_a_folder));
    group.finish();
    let mut group = criterion.benchmark_group("vehicles.csv, a row to its line");
    group.throughput(Throughput::Elements(rows.len() as u64));
    group.bench_function("LineWriter", |bencher| bencher.iter(|| lines(&rows)));
    group.bench_function("csv and serde", |bencher| bencher.iter(|| peer_lines(&rows)));
    group.finish();
    let mut group = criterion.benchmark_group("reading");
    group.throughput(Throughput::Bytes(frames.len() as u64));
    group.bench_function("frames.csv to rows", |b| b.iter(|| read::rows::<FrameRow>("frames.csv", &frames).unwrap()));
    group.bench_function("frames.csv, csv::Reader alone", |bencher| bencher.iter(|| pass(&frames)));
    group.finish();
    criterion.final_summary();

    let rounds = support::size(15, 1);
    let [bare_s, recorded_s] = support::in_turns(
        rounds.min(9),
        &mut [&mut || support::done(run(&prepared, &spec, &mut Unrecorded, |_| {})), &mut || {
            support::done(into_a_folder())
        }],
    );
    let [line_s, peer_line_s] =
        support::in_turns(rounds, &mut [&mut || support::done(lines(&rows)), &mut || support::done(peer_lines(&rows))]);
    let [table_s, pass_s, vehicles_s, peer_rows_s] = support::in_turns(
        rounds,
        &mut [
            &mut || support::done(read::table::<FrameRow>(&session).unwrap()),
            &mut || support::done(pass(&read::bytes(&session.file(FrameRow::FILE)).unwrap())),
            &mut || support::done(read::rows::<VehicleRow>("vehicles.csv", &vehicles).unwrap()),
            &mut || support::done(peer_rows(&vehicles)),
        ],
    );
    let sealed: Vec<SealRow> = read::table(&session).unwrap();
    let sealed: Vec<SealRow> = sealed.into_iter().filter(|row| row.file.as_str() != "chain").collect();
    let seal_s = support::quantile(&mut seals.clone(), 0.5);
    let plain_s = support::quantile(&mut plain_seals(&sealed), 0.5);

    let n = trials as f64;
    let each =
        |name: &str, seconds: f64, per: f64, unit: &str| vec![name.to_owned(), format!("{:.3} {unit}", seconds / per)];
    support::table(
        "medians",
        &["what", "cost"],
        &[
            each("a trial, no record", bare_s * 1e3, n, "ms"),
            each("a trial, with the record and its seal", recorded_s * 1e3, n, "ms"),
            each("the seal of a trial alone (queue empty before)", seal_s * 1e3, 1.0, "ms"),
            each("the same pieces appended and synced plainly", plain_s * 1e3, 1.0, "ms"),
            each("a vehicle's row to its line", line_s * 1e9, rows.len() as f64, "ns"),
            each("the same by csv::Writer and serde", peer_line_s * 1e9, rows.len() as f64, "ns"),
            each("frames.csv to rows, from the disk", table_s * 1e3, 1.0, "ms"),
            each("frames.csv through csv::Reader, from the disk", pass_s * 1e3, 1.0, "ms"),
            each("vehicles.csv to rows", vehicles_s * 1e3, 1.0, "ms"),
            each("vehicles.csv by csv::Reader and serde", peer_rows_s * 1e3, 1.0, "ms"),
        ],
    );
    let ratio = |name: &str, ratio: f64| vec![name.to_owned(), format!("{ratio:.2}")];
    support::table(
        "trials a second, and ratios",
        &["what", "value"],
        &[
            ratio("trials a second, no record", n / bare_s),
            ratio("trials a second, with the record", n / recorded_s),
            ratio("times faster than real time, no record", real_s / bare_s),
            ratio("times faster than real time, with the record", real_s / recorded_s),
            ratio("with the record / without", recorded_s / bare_s),
            ratio("seal / the same pieces plainly synced", seal_s / plain_s),
            ratio("row to line: csv::Writer and serde / LineWriter", peer_line_s / line_s),
            ratio("frames.csv: to rows / csv::Reader alone", table_s / pass_s),
            ratio("vehicles.csv: csv::Reader and serde / to rows", peer_rows_s / vehicles_s),
        ],
    );
}
