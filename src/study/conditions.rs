//! The conditions of a trial for the record: every factor's level, and every
//! setting in force, given or derived.

use super::groups::Standing;
use super::model::{Settings, Study};
use super::resolve::{Car, Stop, Traffic};
use crate::kernel::spec::{Condition, Onset, Timing};
use crate::table::{Field, Rate, Role, Scope};

/// The rows of a trial. `levels` are those of the cell before anything was laid over it.
pub(super) fn conditions(
    study: &Study,
    standing: &Standing<'_>,
    levels: &[String],
    settings: &Settings,
    traffic: &Traffic,
    timing: &Timing,
) -> Vec<Condition> {
    let mut rows = Rows(Vec::new());
    for (factor, name) in study.factors.iter().zip(levels) {
        let level = factor.levels.iter().find(|level| level.name == *name);
        // A practice or catch trial that overrides a level does not have it.
        let holds = level.is_some_and(|level| level.settings.hold_in(settings));
        rows.add(Scope::Within, factor.name.clone(), if holds { name.clone() } else { "NA".to_owned() });
    }
    // Group and session belong to the person: a trial that overrides what they set does not change them.
    for (factor, level) in study.groups.iter().zip(&standing.group) {
        rows.add(Scope::Between, factor.name.clone(), level.name.clone());
    }
    for (factor, level) in study.sessions.factor.iter().zip(standing.session) {
        rows.add(Scope::Session, factor.name.clone(), level.name.clone());
    }
    rows.number("stop_line_m", study.site.stop_line_m.value);
    rows.number("ready_s", timing.ready_s);
    rows.number("time_out_s", timing.time_out_s);
    if let Some(go_s) = timing.go_signal_s {
        rows.number("go_signal_s", go_s);
    }
    if let Some(headway_s) = traffic.headway_s {
        rows.number("leading.headway_s", headway_s);
    }
    for car in &traffic.cars {
        rows.car(study, settings, car);
    }
    rows.0
}

/// A number as the record writes it: up to five decimals, a point as mark.
fn text_of(value: f64) -> String {
    let mut text = Vec::new();
    Rate::new(value).put(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

struct Rows(Vec<Condition>);

impl Rows {
    fn add(&mut self, scope: Scope, factor: String, level: String) {
        self.0.push(Condition { scope, factor, level });
    }

    fn number(&mut self, name: &str, value: f64) {
        self.add(Scope::Setting, name.to_owned(), text_of(value));
    }

    fn car(&mut self, study: &Study, settings: &Settings, car: &Car) {
        let role = car.role.word();
        let mut number = |name: &str, value: f64| self.number(&format!("{role}.{name}"), value);
        number("speed_mps", car.speed_mps);
        number("start_to_pedestrian_line_m", car.start_to_line_m);
        number("length_m", car.size.length_m);
        number("width_m", car.size.width_m);
        if car.role == Role::Leading {
            return;
        }
        self.add(Scope::Setting, format!("{role}.braking"), car.policy.clone());
        if car.role == Role::Target {
            self.add(Scope::Setting, format!("{role}.ehmi"), settings.ehmi().to_owned());
        }
        if let Some(stop) = &car.stop {
            self.stop(study.site.stop_line_m.value, role, stop);
        }
    }

    fn stop(&mut self, stop_line_m: f64, role: &str, stop: &Stop) {
        let braking = &stop.braking;
        let mut number = |name: &str, value: f64| self.number(&format!("{role}.{name}"), value);
        match braking.onset {
            Onset::AtDistance { to_pedestrian_line_m } => {
                number("onset_to_pedestrian_line_m", to_pedestrian_line_m);
                number("onset_to_stop_line_m", to_pedestrian_line_m - stop_line_m);
            }
            Onset::Detected { range_m, kerb_m } => {
                number("detected_range_m", range_m);
                number("detected_kerb_m", kerb_m);
            }
        }
        number("decel_mps2", braking.decel_mps2);
        if let Some(jerk_mps3) = braking.jerk_mps3 {
            number("jerk_mps3", jerk_mps3);
        }
        if let Some(stop_m) = stop.stop_to_line_m {
            number("stop_to_stop_line_m", stop_m - stop_line_m);
        }
        number("light_delay_s", braking.light_delay_s);
        number("brake_delay_s", braking.brake_delay_s);
        if let Some(leave) = braking.leave {
            number("leave_clear_s", leave.clear_s);
            number("leave_longest_wait_s", leave.longest_wait_s.unwrap_or(f64::INFINITY));
            number("leave_announce_s", leave.announce_s);
            number("leave_accel_mps2", leave.accel_mps2);
        }
        let derived: Vec<&str> = stop.derived.iter().map(|d| d.word()).collect();
        let derived = if derived.is_empty() { "none".to_owned() } else { derived.join(" ") };
        self.add(Scope::Setting, format!("{role}.braking_derived"), derived);
    }
}
