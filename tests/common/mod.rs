//! A straight street and the HIKER design, built by hand: no map, no study, no files.
#![allow(dead_code)]

use glam::{DVec2, DVec3};
use kerbside::kernel::ehmi::{Ehmi, LightPlace, Pattern};
use kerbside::kernel::frame::{Row, Sink};
use kerbside::kernel::geometry::Line;
use kerbside::kernel::path::Path;
use kerbside::kernel::site::{Approach, Site};
use kerbside::kernel::spec::{Braking, Condition, Cue, Ends, Onset, Timing, TrialSpec, VehicleSpec};
use kerbside::session::SessionSpec;
use kerbside::table::{Role, Scope, TrialKind};
use std::sync::Arc;

/// Two 3.5 m lanes along y, a zebra 4 m wide, walked from x = 0 to 7. Near lane: traffic from the left (+y), as
/// on the right-hand side of the road; far lane: from the right.
pub fn straight_site() -> Site {
    let lane = |x: f64, from: f64, to: f64| Path::new([DVec3::new(x, from, 0.0), DVec3::new(x, to, 0.0)]).unwrap();
    let approach = |id: &str, x: f64, from: f64| Approach {
        id: id.into(),
        distance_from_kerb_m: x,
        path: lane(x, from, -from),
        pedestrian_line_s_m: from.abs(),
    };
    Site {
        id: "right".into(),
        crosswalk_id: "zebra".into(),
        origin_map_m: DVec3::ZERO,
        heading_map_rad: 0.0,
        crosswalk: vec![DVec2::new(0.0, -2.0), DVec2::new(7.0, -2.0), DVec2::new(7.0, 2.0), DVec2::new(0.0, 2.0)],
        kerb: Line { point: DVec2::ZERO, along: DVec2::Y },
        far_kerb: Line { point: DVec2::new(7.0, 0.0), along: DVec2::Y },
        start_mark_m: DVec2::new(-0.5, 0.0),
        approaches: vec![approach("near", 1.75, 300.0), approach("far", 5.25, -300.0)],
    }
}

pub fn light(yielding: Pattern) -> Ehmi {
    Ehmi {
        name: if yielding == Pattern::Off { "none" } else { "band" }.into(),
        colour_srgb: [0, 255, 255],
        place: LightPlace::Windscreen,
        size_m: [1.2, 0.1],
        luminance_cd_per_m2: 1000.0,
        driving: Pattern::Off,
        yielding,
        stopped: yielding,
        starting: Pattern::Off,
    }
}

pub fn car(role: Role, speed_mps: f64, start_m: f64) -> VehicleSpec {
    VehicleSpec {
        role,
        approach: 0,
        length_m: 4.5,
        width_m: 1.8,
        height_m: 1.5,
        speed_mps,
        start_to_pedestrian_line_m: start_m,
        stop_line_m: 2.5,
        braking: None,
        ehmi: light(Pattern::Off),
    }
}

pub const MPH_30: f64 = 13.411_2;

/// A HIKER trial: the leading car in view from 95 m, the target `gap_s` behind it; yielding from 38.5 m to 2.5 m.
pub fn hiker(speed_mps: f64, gap_s: f64, yields: bool, lit: bool) -> TrialSpec {
    let mut target = car(Role::Target, speed_mps, 95.0 + gap_s * speed_mps);
    if yields {
        target.braking = Some(Braking {
            onset: Onset::AtDistance { to_pedestrian_line_m: 38.5 },
            decel_mps2: speed_mps * speed_mps / 72.0,
            jerk_mps3: None,
            light_delay_s: 0.0,
            brake_delay_s: 0.0,
            leave: None,
        });
    }
    if lit {
        target.ehmi = light(Pattern::Pulse { hz: 0.4 });
    }
    TrialSpec {
        plan_n: 1,
        block_n: Some(1),
        block_trial_n: 1,
        kind: TrialKind::Main,
        cell_id: format!("{gap_s}+{yields}+{lit}"),
        repetition_n: Some(1),
        conditions: vec![Condition { scope: Scope::Within, factor: "gap".into(), level: gap_s.to_string() }],
        site: 0,
        ends: Ends::FarKerb,
        vehicles: vec![target, car(Role::Leading, speed_mps, 95.0)],
        cue: Cue::GapOpens,
        timing: Timing {
            settle_s: 0.5,
            settle_time_out_s: 60.0,
            ready_s: 0.5,
            time_out_s: 40.0,
            go_signal_s: None,
            mark_radius_m: 0.3,
        },
        items: vec![],
    }
}

pub fn session(trials: Vec<TrialSpec>, participant: &str) -> SessionSpec {
    SessionSpec {
        participant: participant.into(),
        session_n: 1,
        pilot: false,
        simulated: true,
        sites: vec![Arc::new(straight_site())],
        trials: trials.into_iter().zip(1..).map(|(trial, plan_n)| Arc::new(TrialSpec { plan_n, ..trial })).collect(),
    }
}

/// Keeps every row in memory.
#[derive(Default)]
pub struct Rows(pub Vec<Row>);

impl Sink for Rows {
    fn put(&mut self, row: Row) {
        self.0.push(row);
    }
}

impl Rows {
    pub fn frames(&self) -> Vec<kerbside::table::FrameRow> {
        self.0.iter().filter_map(|row| if let Row::Frame(row) = row { Some(*row) } else { None }).collect()
    }

    pub fn world(&self) -> Vec<kerbside::table::WorldRow> {
        self.0.iter().filter_map(|row| if let Row::World(row) = row { Some(*row) } else { None }).collect()
    }

    pub fn vehicles(&self) -> Vec<kerbside::table::VehicleRow> {
        self.0.iter().filter_map(|row| if let Row::Vehicle(row) = row { Some(*row) } else { None }).collect()
    }

    pub fn events(&self) -> Vec<kerbside::table::EventRow> {
        self.0.iter().filter_map(|row| if let Row::Event(row) = row { Some(row.clone()) } else { None }).collect()
    }

    pub fn truth(&self, parameter: &str) -> Option<f64> {
        self.0.iter().find_map(|row| match row {
            Row::Truth(row) if row.parameter.as_str() == parameter => Some(row.value.0),
            _ => None,
        })
    }
}

use kerbside::headset::{Pacing, Scripted};
use kerbside::kernel::script::{Action, Script, Section, Step, Trials, Trigger};
use kerbside::kernel::seams::Headset;
use kerbside::measures::{TrialRows, measure};
use kerbside::session::{Attempt, Session};
use kerbside::table::{MeasureRow, TrialRow};
use kerbside::world::Embedded;

/// A script of one section for all trials.
pub fn script(steps: &[(Trigger, f64, Action)]) -> Script {
    let steps = steps.iter().zip(1..).map(|((trigger, after_s, action), line)| Step {
        trigger: *trigger,
        after_s: *after_s,
        action: action.clone(),
        line,
    });
    Script { eye_height_m: 1.6, sections: vec![Section { trials: Trials::All, steps: steps.collect() }] }
}

pub fn walk(ahead_m: f64, speed_mps: f64) -> Action {
    Action::WalkTo { x_m: 0.0, z_m: -ahead_m, speed_mps }
}

/// One trial by a script at these rates: its row, all rows, and its measures.
pub fn act(spec: TrialSpec, script: Script, rate_hz: u32, step_hz: u32) -> (TrialRow, Rows, MeasureRow) {
    act_in(spec, &mut Scripted::new(script, rate_hz, Pacing::Lockstep), step_hz)
}

/// The same in any headset.
pub fn act_in(spec: TrialSpec, headset: &mut dyn Headset, step_hz: u32) -> (TrialRow, Rows, MeasureRow) {
    let session_spec = session(vec![spec], "SCRIPT");
    let mut world = Embedded::new(step_hz);
    let mut rows = Rows::default();
    let mut session = Session::new(&session_spec, headset, &mut world);
    let trial = session_spec.trials[0].clone();
    let (row, broken) = session.attempt(&trial, &Attempt::FIRST, &mut rows, &mut |_| false).unwrap();
    assert!(broken.is_none(), "{broken:?}");
    let measures = measured(&session_spec, &row, &rows);
    assert_eq!(row.outcome, measures.outcome, "the live loop and the whole trial agree how it ended");
    (row, rows, measures)
}

pub fn measured(spec: &SessionSpec, row: &TrialRow, rows: &Rows) -> MeasureRow {
    let setup = spec.setup(row.trial_n, &spec.trials[0]).unwrap();
    let (frames, vehicles, world, events) = (rows.frames(), rows.vehicles(), rows.world(), rows.events());
    let rows = TrialRows { trial: row, frames: &frames, vehicles: &vehicles, world: &world, events: &events };
    measure(&setup, &rows)
}
