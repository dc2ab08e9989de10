//! Made-up measures and a made-up trial for the report's tests; deterministic, and nobody's data.

use super::{Answer, ExampleTrial, FactorInfo, Levels, ReportInput};
use crate::kernel::ehmi::{Ehmi, LightPlace, Pattern};
use crate::kernel::geometry::Line;
use crate::kernel::path::Path;
use crate::kernel::site::{Approach, ConflictZone, Site};
use crate::kernel::spec::{Item, VehicleSpec};
use crate::table::*;
use glam::{DVec2, DVec3};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::collections::BTreeMap;

/// What a made-up study is like.
pub struct Case {
    pub people: usize,
    pub factors: Vec<FactorInfo>,
    pub repetitions: u32,
    /// Whether anybody steps off.
    pub step_off: bool,
    /// Whether measures are known.
    pub known: bool,
    pub simulated: bool,
    pub example: bool,
}

fn factor(name: &str, levels: &[&str]) -> FactorInfo {
    FactorInfo { name: name.to_owned(), levels: levels.iter().map(|l| (*l).to_owned()).collect() }
}

impl Default for Case {
    fn default() -> Self {
        let factors = vec![factor("ehmi", &["off", "on"]), factor("braking", &["gentle", "aggressive"])];
        Self { people: 24, factors, repetitions: 4, step_off: true, known: true, simulated: true, example: true }
    }
}

pub fn no_factors() -> Vec<FactorInfo> {
    Vec::new()
}

pub fn twelve_cells() -> Vec<FactorInfo> {
    vec![
        factor(
            "external human-machine interface, concept and colour of the light",
            &["none at all", "steady light band, cyan", "pulsing light band, green"],
        ),
        factor("braking", &["gentle", "aggressive"]),
        factor("gap_s", &["3", "5"]),
    ]
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn share(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// About normal: the sum of twelve, less six.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

fn cells(factors: &[FactorInfo]) -> Vec<Vec<usize>> {
    factors.iter().fold(vec![vec![]], |cells, factor| {
        cells.iter().flat_map(|cell| (0..factor.levels.len()).map(move |l| [cell.clone(), vec![l]].concat())).collect()
    })
}

fn row(participant: &str, trial_n: u32, kind: TrialKind, cell_id: &str, simulated: bool) -> MeasureRow {
    let na = Rate::NA;
    MeasureRow {
        participant: Text::new(participant),
        session_n: 1,
        trial_n,
        kind,
        cell_id: Text::new(cell_id),
        simulated,
        marks: Text::NA,
        outcome: TrialOutcome::Never,
        contact_role: None,
        censored: true,
        step_off_s: na,
        step_backs: 0,
        zone_turn_backs: Some(0),
        waiting_s: na,
        cit_s: na,
        cit_censored_at_s: na,
        censored_at_arrival_s: na,
        step_off_after_braking_s: na,
        step_off_after_light_s: na,
        braking_seen: None,
        light_seen: None,
        distance_to_zone_m: na,
        distance_to_pedestrian_line_m: na,
        target_speed_mps: na,
        tta_s: na,
        tta_accel_s: na,
        drac_mps2: na,
        max_drac_mps2: na,
        required_decel_1s_mps2: na,
        tau_s: na,
        tau_dot: na,
        safety_margin_s: na,
        min_ttc_s: na,
        pet_s: na,
        pet_overlap: None,
        crossing_s: na,
        walking_speed_mps: na,
        max_walking_speed_mps: na,
        hesitations: None,
        hesitation_s: na,
        attention_source: None,
        attention_valid_share: Real::NA,
        attention_share: Real::NA,
        looks: None,
        first_look_s: na,
        look_time_s: na,
        trigger_mean_share: Real::NA,
        trigger_max_share: Real::NA,
        trigger_above_half_share: Real::NA,
        trigger_first_press_s: na,
        commanded_decel_mps2: na,
        achieved_decel_mps2: na,
        commanded_onset_to_stop_line_m: na,
        onset_to_stop_line_m: na,
        commanded_rest_to_stop_line_m: na,
        rest_to_stop_line_m: na,
        stopping_gap_m: na,
        commanded_light_lead_ms: Real::NA,
        light_lead_ms: Real::NA,
        frames_untracked: 0,
        largest_frame_gap_ms: Real::new(11.1),
        late_frames: Some(0),
        frame_interval_p50_ms: Real::new(11.1),
        frame_interval_p99_ms: Real::new(11.1),
    }
}

/// A trial of an approach at 8.33 m/s whose braking begins `onset_s` after the cue.
fn fill(row: &mut MeasureRow, dice: &mut Dice, person: f64, light: bool, aggressive: bool, case: &Case) {
    let (onset_s, decel, onset_m) = if aggressive { (3.0, 1.8, 19.29) } else { (0.7, 0.9, 38.58) };
    let watched_s = 16.0;
    let quick = dice.share() < 0.3;
    let patience = if quick { 1.4 } else { onset_s + 2.2 - if light { 1.0 } else { 0.0 } };
    let cit_s = (patience + 0.5 * person + 0.6 * dice.normal()).max(-0.4);
    let braking = row.kind == TrialKind::Main;
    if braking {
        row.commanded_decel_mps2 = Rate::new(decel);
        row.achieved_decel_mps2 = Rate::new(decel + 0.002 * dice.normal());
        row.commanded_onset_to_stop_line_m = Rate::new(onset_m);
        row.commanded_rest_to_stop_line_m = Rate::new(0.0);
        row.onset_to_stop_line_m = Rate::new(onset_m + 0.01 * dice.normal());
        row.rest_to_stop_line_m = Rate::new(0.02 * dice.normal());
        row.light_lead_ms = if light { Real::new(0.0) } else { Real::NA };
    }
    if !case.step_off || (dice.share() < 0.06) || (!braking && dice.share() < 0.6) {
        row.cit_censored_at_s = Rate::new(watched_s);
        return;
    }
    let braked = (cit_s - onset_s).max(0.0) * if braking { decel } else { 0.0 };
    let speed = (8.33 - braked).max(0.0);
    let distance =
        (onset_m + 2.0 + 8.33 * (onset_s - cit_s).max(0.0) - 8.33 * (cit_s - onset_s).max(0.0) * 0.6).max(2.0);
    row.censored = false;
    row.outcome = if braking {
        TrialOutcome::Before
    } else if dice.share() < 0.1 {
        TrialOutcome::Contact
    } else {
        TrialOutcome::After
    };
    row.step_off_s = Rate::new(cit_s + 6.0);
    row.cit_s = Rate::new(cit_s);
    row.distance_to_zone_m = Rate::new(distance);
    row.target_speed_mps = Rate::new(speed);
    row.min_ttc_s = Rate::new(if dice.share() < 0.2 { 0.8 + 2.0 * dice.share() } else { f64::INFINITY });
    row.pet_s = if braking { Rate::new(1.0 + 6.0 * dice.share()) } else { Rate::NA };
    row.max_drac_mps2 = Rate::new(speed * speed / (2.0 * distance));
    row.attention_source = Some(AttentionSource::Head);
    row.attention_share = Real::new(0.3 + 0.5 * dice.share());
    row.looks = Some(1 + (3.0 * dice.share()) as u32);
    row.first_look_s = Rate::new(2.0 * dice.share());
    row.tta_s = Rate::new(if speed > 0.0 { distance / speed } else { f64::INFINITY });
    if braking {
        row.step_off_after_braking_s = Rate::new(cit_s - onset_s);
        row.braking_seen = Some(cit_s >= onset_s);
        row.light_seen = light.then_some(cit_s >= onset_s);
        row.step_off_after_light_s = if light { Rate::new(cit_s - onset_s) } else { Rate::NA };
    }
}

fn measures(case: &Case) -> (Vec<MeasureRow>, Levels) {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(20_260_101));
    let (mut rows, mut all_levels) = (Vec::new(), Levels::new());
    for p in 0..case.people {
        let participant = format!("P{:03}", p + 1);
        let person = dice.normal();
        let mut trial_n = 0;
        let mut next = |kind: TrialKind, cell: &[usize], dice: &mut Dice| {
            trial_n += 1;
            let levels: Vec<(String, String)> =
                cell.iter().zip(&case.factors).map(|(l, f)| (f.name.clone(), f.levels[*l].clone())).collect();
            let cell_id = levels.iter().map(|l| l.1.as_str()).collect::<Vec<_>>().join("+");
            let mut row = row(&participant, trial_n, kind, &cell_id, case.simulated);
            let light = cell.first().is_some_and(|l| *l > 0);
            if case.known {
                fill(&mut row, dice, person, light, cell.get(1) == Some(&1), case);
            }
            let fate = dice.share();
            if fate < 0.02 {
                row.outcome = TrialOutcome::Aborted;
            } else if fate < 0.05 {
                row.marks = Text::fixed("tracking_lost frame_gap");
                row.frames_untracked = 40;
                row.largest_frame_gap_ms = Real::new(212.5);
                row.late_frames = Some(3);
                row.frame_interval_p99_ms = Real::new(22.2);
            }
            all_levels.insert((participant.clone(), 1, trial_n), levels);
            rows.push(row);
        };
        let cells = cells(&case.factors);
        (0..2).for_each(|_| next(TrialKind::Practice, &cells[0], &mut dice));
        for _ in 0..case.repetitions {
            cells.iter().for_each(|cell| next(TrialKind::Main, cell, &mut dice));
            next(TrialKind::Catch, &cells[0], &mut dice);
        }
    }
    (rows, all_levels)
}

/// The rows of `trials.csv` that belong to these measures; after practice a block ends with its catch trial.
fn trials(measures: &[MeasureRow]) -> Vec<TrialRow> {
    let (mut block, mut at) = (1, 0);
    let mut trial = |row: &MeasureRow| {
        (block, at) = if row.trial_n == 1 { (1, 1) } else { (block, at + 1) };
        let practice = row.kind == TrialKind::Practice;
        let text = |name: &str| match name {
            "participant" => row.participant.as_str().to_owned(),
            "trial_n" | "plan_n" => row.trial_n.to_string(),
            "block_n" if practice => "NA".to_owned(),
            "block_n" => block.to_string(),
            "block_trial_n" => at.to_string(),
            "kind" => row.kind.word().to_owned(),
            "cell_id" => row.cell_id.as_str().to_owned(),
            "simulated" => u8::from(row.simulated).to_string(),
            "outcome" => row.outcome.word().to_owned(),
            "session_n" | "attempt_n" => "1".to_owned(),
            "pilot" => "0".to_owned(),
            name if name.ends_with("_frame_n") || name.ends_with("_time_ns") => "0".to_owned(),
            _ => "NA".to_owned(),
        };
        let made = from_columns(&text);
        if row.kind == TrialKind::Catch || (practice && row.trial_n == 2) {
            (block, at) = (if practice { 1 } else { block + 1 }, 0);
        }
        made
    };
    measures.iter().map(&mut trial).collect()
}

fn items() -> Vec<Item> {
    let item = |id: &str, text: &str| Item {
        language: "en".into(),
        instrument: "study".to_owned(),
        version: "1".to_owned(),
        id: id.to_owned(),
        text: text.to_owned(),
        least: 1,
        most: 7,
        poles: ("not at all".to_owned(), "completely".to_owned()),
    };
    vec![item("felt_safe", "I felt safe."), item("clear", "It was clear to me what the vehicle was going to do.")]
}

/// An answer after a trial.
pub fn answer(participant: &str, trial_n: u32, item: &Item, revision_n: u32, value: &str) -> Answer {
    let text = |name: &str| match name {
        "trial_n" => trial_n.to_string(),
        "occasion" => "trial".to_owned(),
        "instrument" => item.instrument.clone(),
        "instrument_version" => item.version.clone(),
        "item" => item.id.clone(),
        "language" => "en".to_owned(),
        "value" => if value.is_empty() { "NA" } else { value }.to_owned(),
        "revision_n" => revision_n.to_string(),
        "source" => "simulated".to_owned(),
        "simulated" => "1".to_owned(),
        "block_n" => "NA".to_owned(),
        _ => "0".to_owned(),
    };
    Answer { participant: participant.to_owned(), session_n: 1, row: from_columns(&text) }
}

fn answers(measures: &[MeasureRow], items: &[Item]) -> Vec<Answer> {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(20_260_102));
    let mut answers = Vec::new();
    for row in measures {
        for item in items {
            let better = if row.cell_id.as_str().starts_with("on") { 5.0 } else { 4.0 };
            let value = (better + 1.4 * dice.normal()).round().clamp(1.0, 7.0);
            answers.push(answer(row.participant.as_str(), row.trial_n, item, 1, &format!("{value:.0}")));
        }
    }
    answers
}

/// A score of a person: a questionnaire before and after, and the difference.
fn scores(case: &Case) -> Vec<ScoreRow> {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(20_260_103));
    let mut rows = Vec::new();
    for p in 0..case.people {
        for (occasion, score) in [("before", "total"), ("after", "total"), ("after", "total.difference")] {
            let value = 10.0 * dice.share();
            let text = |name: &str| match name {
                "participant" => format!("P{:03}", p + 1),
                "occasion" => occasion.to_owned(),
                "score" => score.to_owned(),
                "instrument" => "ssq".to_owned(),
                "value" => format!("{value:.6}"),
                "validated" | "simulated" => "0".to_owned(),
                "session_n" | "instrument_version" | "items" | "answered" => "1".to_owned(),
                _ => "NA".to_owned(),
            };
            rows.push(from_columns(&text));
        }
    }
    rows
}

/// A row of a register.
pub fn register_row(code: &str, group: &str, state: &str) -> RegisterRow {
    let text = |name: &str| match name {
        "participant" => code.to_owned(),
        "group" if group.is_empty() => "NA".to_owned(),
        "group" => group.to_owned(),
        "state" => state.to_owned(),
        "entry_n" | "plan_row" => "1".to_owned(),
        _ => "NA".to_owned(),
    };
    from_columns(&text)
}

/// A decision by hand.
pub fn exclusion(participant: &str, session_n: Option<u32>, trial_n: Option<u32>) -> ExclusionRow {
    ExclusionRow {
        entry_n: 1,
        wall_time_utc: Text::fixed("2026-01-02T03:04:05.000Z"),
        participant: Text::new(participant),
        session_n,
        trial_n,
        excluded: true,
        reason: Text::fixed("talked"),
    }
}

fn register(people: usize) -> Vec<RegisterRow> {
    let state = |p: usize| if p % 11 == 10 { "stopped" } else { "done" };
    (0..people).map(|p| register_row(&format!("P{:03}", p + 1), "", state(p))).collect()
}

fn planned(measures: &[MeasureRow]) -> BTreeMap<String, usize> {
    let mut planned = BTreeMap::new();
    for row in measures.iter().filter(|row| row.kind == TrialKind::Main) {
        *planned.entry(row.cell_id.as_str().to_owned()).or_default() += 1;
    }
    planned
}

/// A report's input for a case.
pub fn input(case: &Case) -> ReportInput {
    let (measures, levels) = measures(case);
    let items = items();
    ReportInput {
        title: "A light and a brake at the crosswalk".to_owned(),
        about: "How an external light and the manner of braking change when people cross before an automated vehicle."
            .to_owned(),
        study_name: "alcala-2023-like".to_owned(),
        version: "0.1.0".to_owned(),
        seed: Some(2023),
        map: "two_lanes.xodr".to_owned(),
        crosswalk: "crosswalk 7, from the right kerb".to_owned(),
        participants: case.people,
        simulated: if case.simulated { case.people } else { 0 },
        scripted: 0,
        factors: case.factors.clone(),
        planned: planned(&measures),
        trials: trials(&measures),
        answers: if case.known { answers(&measures, &items) } else { Vec::new() },
        items,
        scores: scores(case),
        register: register(case.people),
        exclusions: Vec::new(),
        measures,
        levels,
        heads: vec![(
            "study register".to_owned(),
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        )],
        example: case.example.then(example),
        data_folder: "kerbside-demo".to_owned(),
    }
}

fn site() -> Site {
    // A zebra a little askew, 4 m wide over 7 m of road; traffic comes from the walker's left.
    let crosswalk = vec![DVec2::new(0.0, -2.0), DVec2::new(7.0, -1.6), DVec2::new(7.0, 2.4), DVec2::new(0.0, 2.0)];
    let path = Path::new([DVec3::new(1.75, 90.0, 0.0), DVec3::new(1.75, -60.0, 0.0)]).unwrap();
    Site {
        id: "right".to_owned(),
        crosswalk_id: "7".to_owned(),
        origin_map_m: DVec3::ZERO,
        heading_map_rad: 0.0,
        crosswalk,
        kerb: Line { point: DVec2::ZERO, along: DVec2::Y },
        far_kerb: Line { point: DVec2::new(7.0, 0.0), along: DVec2::Y },
        start_mark_m: DVec2::new(-0.8, 0.0),
        approaches: vec![Approach {
            id: "road 1 lane -1".to_owned(),
            distance_from_kerb_m: 1.75,
            path,
            pedestrian_line_s_m: 90.0,
        }],
    }
}

/// The target of the example: 8.33 m/s, brakes at 0.9 m/s2 from t = 1.2 s, 38.58 m before its stop line.
fn target_at(t: f64) -> (f64, f64, PolicyState) {
    let (v, a, onset) = (8.333, 0.9, 1.2);
    let stop = onset + v / a;
    let gone = |t: f64| {
        if t < onset {
            v * t
        } else {
            let s = t.min(stop) - onset;
            v * onset + v * s - a * s * s / 2.0
        }
    };
    let state = if t < onset {
        PolicyState::Driving
    } else if t < stop {
        PolicyState::Braking
    } else {
        PolicyState::Stopped
    };
    (gone(stop) - gone(t) + 2.5, if t < onset { v } else { (v - a * (t - onset)).max(0.0) }, state)
}

fn example() -> ExampleTrial {
    let site = site();
    let pattern = Pattern::Steady;
    let ehmi = Ehmi {
        name: "grail".to_owned(),
        colour_srgb: [0, 255, 160],
        place: LightPlace::Bumper,
        size_m: [1.4, 0.1],
        luminance_cd_per_m2: 2000.0,
        driving: Pattern::Off,
        yielding: pattern,
        stopped: pattern,
        starting: Pattern::Off,
    };
    let spec = VehicleSpec {
        role: Role::Target,
        approach: 0,
        length_m: 4.5,
        width_m: 1.8,
        height_m: 1.5,
        speed_mps: 8.333,
        start_to_pedestrian_line_m: 80.0,
        stop_line_m: 2.5,
        braking: None,
        ehmi,
    };
    let zone = ConflictZone::new(&site.approaches[0].path, 1.8, &site.crosswalk).unwrap();
    let (mut frames, mut vehicles, mut world) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..(13 * 72_u64) {
        let t = i as f64 / 72.0 - 2.0;
        let walked = ((t - 3.1).max(0.0) * 1.4).min(8.2);
        frames.push(frame(i, t, -0.8 + walked, 0.02 * (3.0 * t).sin()));
        let (vehicle, tick) = vehicle(i, t, &zone);
        vehicles.push(vehicle);
        world.push(tick);
    }
    let events = [
        ("vehicle_in_view", -2.0, 1),
        ("gap_opens", 0.0, 1),
        ("light_onset", 1.2, 1),
        ("braking_onset", 1.2, 1),
        ("vehicle_stopped", 10.459, 1),
    ];
    let mut events: Vec<EventRow> = events.iter().map(|(name, t, n)| event(name, *t, Some(*n))).collect();
    events.extend([event("kerb_passed", 3.67, None), event("far_kerb_reached", 8.67, None)]);
    ExampleTrial {
        site,
        spec_vehicles: vec![spec],
        zones: vec![zone],
        participant: "P003".to_owned(),
        trial_n: 12,
        cell: "on+gentle".to_owned(),
        frames,
        vehicles,
        world,
        events,
    }
}

fn ns(t: f64) -> i64 {
    (t * 1e9).round() as i64
}

fn event(name: &'static str, t: f64, vehicle_n: Option<u32>) -> EventRow {
    EventRow {
        trial_n: Some(12),
        event_n: 1,
        event: Text::fixed(name),
        source: Source::World,
        frame_n: 0,
        display_time_ns: ns(t + 100.0),
        world_time_ns: vehicle_n.map(|_| ns(t + 5.0)),
        vehicle_n,
        value: Rate::NA,
        detail: Text::NA,
    }
}

fn vehicle(i: u64, t: f64, zone: &ConflictZone) -> (VehicleRow, WorldRow) {
    let (to_line_m, speed, policy_state) = target_at(t);
    let light_state = match policy_state {
        PolicyState::Driving => LightState::Off,
        PolicyState::Stopped => LightState::Stopped,
        _ => LightState::Yielding,
    };
    let to_zone_m = to_line_m - (90.0 - zone.from_s_m);
    let text = |name: &str| match name {
        "trial_n" => "12".to_owned(),
        "frame_n" | "tick_n" => i.to_string(),
        "vehicle_n" => "1".to_owned(),
        "role" => "target".to_owned(),
        "world_time_ns" => ns(t + 5.0).to_string(),
        "site_x_m" => "1.75".to_owned(),
        "site_y_m" => format!("{:.5}", to_line_m + 2.25),
        "site_yaw_rad" => "-1.570796".to_owned(),
        "speed_mps" => format!("{speed:.5}"),
        "to_zone_m" => format!("{to_zone_m:.5}"),
        "light_state" => light_state.word().to_owned(),
        "policy_state" => policy_state.word().to_owned(),
        _ => "0".to_owned(),
    };
    (from_columns(&text), from_columns(&text))
}

fn frame(i: u64, t: f64, x: f64, y: f64) -> FrameRow {
    let phase = if x < 0.0 { "approach" } else { "crossing" };
    from_columns(&|name: &str| match name {
        "trial_n" => "12".to_owned(),
        "frame_n" => i.to_string(),
        "display_time_ns" => ns(t + 100.0).to_string(),
        "world_time_ns" => ns(t + 5.0).to_string(),
        "phase" => phase.to_owned(),
        "ground_site_x_m" => format!("{x:.5}"),
        "ground_site_y_m" => format!("{y:.5}"),
        "ground_source" => "pelvis".to_owned(),
        _ => "0".to_owned(),
    })
}

/// A row from the text of each of its columns.
fn from_columns<T: Table>(text: &dyn Fn(&str) -> String) -> T {
    let texts: Vec<String> = T::COLUMNS.iter().map(|column| text(column.name)).collect();
    T::from_fields(|i| texts.get(i).map(String::as_str)).unwrap()
}
