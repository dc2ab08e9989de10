//! A vehicle's motion along its lane and its braking policy, in closed form
//! between events: the result does not depend on where a world's steps fall.

use super::ehmi::Ehmi;
use super::math::first_root_after;
use super::spec::{Braking, Onset, VehicleSpec};
use crate::table::{LightState, PolicyState};

/// Where a vehicle is along its lane and how it moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Motion {
    /// Front bumper along the path, metres from the path's start.
    pub front_s_m: f64,
    /// Speed, metres per second; never negative.
    pub speed_mps: f64,
    /// Acceleration.
    pub accel_mps2: f64,
}

impl Motion {
    /// The motion after `dt_s` of constant jerk.
    #[must_use]
    pub fn after(self, dt_s: f64, jerk_mps3: f64) -> Self {
        Self {
            front_s_m: self.front_s_m
                + dt_s * (self.speed_mps + dt_s * (self.accel_mps2 / 2.0 + dt_s * jerk_mps3 / 6.0)),
            speed_mps: (self.speed_mps + dt_s * (self.accel_mps2 + dt_s * jerk_mps3 / 2.0)).max(0.0),
            accel_mps2: self.accel_mps2 + dt_s * jerk_mps3,
        }
    }
}

/// Distance from braking onset to standstill, metres; with a jerk limit the
/// deceleration first grows from 0, which adds v a / 2j - a^3 / 24 j^2.
pub fn braking_distance_m(speed_mps: f64, decel_mps2: f64, jerk_mps3: Option<f64>) -> f64 {
    let plain = speed_mps * speed_mps / (2.0 * decel_mps2);
    let Some(jerk) = jerk_mps3 else { return plain };
    if speed_mps < decel_mps2 * decel_mps2 / (2.0 * jerk) {
        // It stands before the deceleration is reached: v = j t^2 / 2.
        return speed_mps * super::math::sqrt(2.0 * speed_mps / jerk) * 2.0 / 3.0;
    }
    plain + speed_mps * decel_mps2 / (2.0 * jerk) - decel_mps2 * decel_mps2 * decel_mps2 / (24.0 * jerk * jerk)
}

/// The deceleration that brings a vehicle to rest over `distance_m`; none when the jerk limit is too low for it.
pub fn deceleration_for_mps2(speed_mps: f64, distance_m: f64, jerk_mps3: Option<f64>) -> Option<f64> {
    if !(distance_m > 0.0 && speed_mps > 0.0) {
        return None;
    }
    let plain = speed_mps * speed_mps / (2.0 * distance_m);
    if jerk_mps3.is_none() {
        return Some(plain);
    }
    // Distance falls as deceleration grows: bisect between the plain answer and a very hard stop.
    let (mut low, mut high) = (plain, 100.0_f64.max(plain));
    if braking_distance_m(speed_mps, high, jerk_mps3) > distance_m {
        return None;
    }
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if braking_distance_m(speed_mps, middle, jerk_mps3) > distance_m { low = middle } else { high = middle }
    }
    Some(high)
}

/// What a policy knows of the pedestrian; absent when nothing is tracked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PedestrianSeen {
    /// Ground point past the kerb line, metres; negative on the pavement.
    pub past_kerb_m: f64,
    /// Whether the body has passed the vehicle's conflict zone.
    pub past_zone: bool,
}

/// Something that happened to a vehicle within a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Happening {
    /// World time, seconds.
    pub time_s: f64,
    /// Event name as in `events.csv`.
    pub event: &'static str,
    /// A number that belongs to it.
    pub value: Option<f64>,
    /// Words that belong to it.
    pub detail: &'static str,
}

/// A driver of the embedded kind: motion, policy and light, stepped together.
#[derive(Debug, Clone, PartialEq)]
pub struct Driver {
    /// Where it is.
    pub motion: Motion,
    /// What the policy is doing.
    pub policy: PolicyState,
    /// What the light says.
    pub light: LightState,
    /// World time since which it says so, seconds; none when since before the trial.
    pub light_since_s: Option<f64>,
    /// World time of the decision to yield, known beforehand where the onset is a place.
    decision_s: Option<f64>,
    clear_since_s: Option<f64>,
    stopped_at_s: f64,
    leave_at_s: f64,
    line_s_m: f64,
}

/// A stretch of constant jerk, until something changes.
struct Stretch {
    for_s: f64,
    jerk_mps3: f64,
}

impl Driver {
    /// A driver at its start; `line_s_m` is where its lane crosses the pedestrian's line.
    pub fn new(spec: &VehicleSpec, line_s_m: f64) -> Self {
        let mut driver = Self {
            motion: Motion {
                front_s_m: line_s_m - spec.start_to_pedestrian_line_m,
                speed_mps: spec.speed_mps,
                accel_mps2: 0.0,
            },
            policy: PolicyState::Driving,
            light: LightState::Off,
            light_since_s: None,
            decision_s: None,
            clear_since_s: None,
            stopped_at_s: 0.0,
            leave_at_s: 0.0,
            line_s_m,
        };
        if let Some(Braking { onset: Onset::AtDistance { to_pedestrian_line_m }, brake_delay_s, .. }) = spec.braking {
            let brake_at_s = (spec.start_to_pedestrian_line_m - to_pedestrian_line_m) / spec.speed_mps;
            driver.decision_s = Some((brake_at_s - brake_delay_s).max(0.0));
        }
        driver.light = spec.ehmi.state(PolicyState::Driving, false);
        driver
    }

    /// Front bumper to the pedestrian's line, metres.
    pub fn to_pedestrian_line_m(&self) -> f64 {
        self.line_s_m - self.motion.front_s_m
    }

    /// Steps from `from_s` to `to_s` (world seconds), appending what happens.
    /// `marks` are places along the path whose passing by the front bumper is an event.
    pub fn step(
        &mut self,
        spec: &VehicleSpec,
        from_s: f64,
        to_s: f64,
        pedestrian: Option<PedestrianSeen>,
        marks: &[(f64, &'static str)],
        happenings: &mut Vec<Happening>,
    ) {
        self.look(spec, from_s, pedestrian, happenings);
        let mut now_s = from_s;
        // Each pass ends at a change of policy or light; there are fewer than 16 in any step.
        for _ in 0..16 {
            let stretch = self.stretch(spec, now_s);
            let dt_s = stretch.for_s.min(to_s - now_s).max(0.0);
            let before = self.motion;
            self.motion = before.after(dt_s, stretch.jerk_mps3);
            passed(before, dt_s, stretch.jerk_mps3, self.motion, now_s, marks, happenings);
            let whole = stretch.for_s <= to_s - now_s;
            now_s = if whole { now_s + dt_s } else { to_s };
            if !whole {
                break;
            }
            self.change(spec, now_s, happenings);
        }
    }

    /// The two places where a policy reads the pedestrian: detection, and a clear crossing.
    fn look(
        &mut self,
        spec: &VehicleSpec,
        now_s: f64,
        pedestrian: Option<PedestrianSeen>,
        happenings: &mut Vec<Happening>,
    ) {
        let Some(braking) = spec.braking else { return };
        if let (PolicyState::Driving, None, Onset::Detected { range_m, kerb_m }, Some(seen)) =
            (self.policy, self.decision_s, braking.onset, pedestrian)
        {
            let distance_m = self.to_pedestrian_line_m();
            if distance_m > 0.0 && distance_m <= range_m && seen.past_kerb_m >= -kerb_m && !seen.past_zone {
                self.decision_s = Some(now_s);
                happenings.push(Happening {
                    time_s: now_s,
                    event: "pedestrian_detected",
                    value: Some(distance_m),
                    detail: "",
                });
            }
        }
        let (PolicyState::Stopped, Some(leave)) = (self.policy, braking.leave) else { return };
        if pedestrian.is_some_and(|seen| seen.past_zone) {
            self.clear_since_s.get_or_insert(now_s);
        } else {
            self.clear_since_s = None;
        }
        let clear = self.clear_since_s.is_some_and(|since| now_s - since >= leave.clear_s);
        let waited = leave.longest_wait_s.is_some_and(|longest| now_s - self.stopped_at_s >= longest);
        let on_pavement = pedestrian.is_some_and(|seen| seen.past_kerb_m < 0.0);
        if clear || (waited && on_pavement) {
            self.leave_at_s = now_s + leave.announce_s;
            self.policy = PolicyState::Leaving;
            happenings.push(Happening {
                time_s: now_s,
                event: "leave_decided",
                value: None,
                detail: if clear { "crossing clear" } else { "waited long enough" },
            });
            self.relight(&spec.ehmi, spec, now_s, happenings);
        }
    }

    /// The stretch of constant jerk that begins now.
    fn stretch(&self, spec: &VehicleSpec, now_s: f64) -> Stretch {
        let Motion { speed_mps, accel_mps2, .. } = self.motion;
        let (mut for_s, jerk_mps3) = match (self.policy, spec.braking) {
            (PolicyState::Driving, Some(_)) => (self.decision_s.map_or(f64::INFINITY, |at| at - now_s), 0.0),
            (PolicyState::Yielding, Some(braking)) => (self.brake_at_s(&braking) - now_s, 0.0),
            (PolicyState::Braking, Some(braking)) => match braking.jerk_mps3 {
                Some(jerk) if accel_mps2 > -braking.decel_mps2 => {
                    let ramp_s = (braking.decel_mps2 + accel_mps2) / jerk;
                    let stop_s = first_root_after(0.0, speed_mps, accel_mps2, -jerk / 2.0);
                    (stop_s.unwrap_or(f64::INFINITY).min(ramp_s), -jerk)
                }
                _ => (speed_mps / braking.decel_mps2, 0.0),
            },
            (PolicyState::Leaving, Some(_)) if now_s < self.leave_at_s => (self.leave_at_s - now_s, 0.0),
            (PolicyState::Leaving, Some(_)) if accel_mps2 > 0.0 => ((spec.speed_mps - speed_mps) / accel_mps2, 0.0),
            _ => (f64::INFINITY, 0.0),
        };
        if let Some(due_s) = self.light_due_s(spec).filter(|due| *due > now_s) {
            for_s = for_s.min(due_s - now_s);
        }
        Stretch { for_s: for_s.max(0.0), jerk_mps3 }
    }

    /// What changes at the end of a stretch.
    fn change(&mut self, spec: &VehicleSpec, now_s: f64, happenings: &mut Vec<Happening>) {
        let Some(braking) = spec.braking else { return };
        let mut happened = |event, value| happenings.push(Happening { time_s: now_s, event, value, detail: "" });
        const SAME_S: f64 = 1e-9;
        let line_m = self.line_s_m - self.motion.front_s_m;
        match self.policy {
            PolicyState::Driving if self.decision_s.is_some_and(|at| now_s >= at - SAME_S) => {
                self.policy = PolicyState::Yielding;
                happened("yield_decided", Some(line_m));
            }
            PolicyState::Yielding if now_s >= self.brake_at_s(&braking) - SAME_S => {
                self.policy = PolicyState::Braking;
                self.motion.accel_mps2 = if braking.jerk_mps3.is_some() { 0.0 } else { -braking.decel_mps2 };
                happened("braking_onset", Some(line_m));
            }
            PolicyState::Braking if self.motion.speed_mps <= SAME_S => {
                self.policy = PolicyState::Stopped;
                self.motion.speed_mps = 0.0;
                self.motion.accel_mps2 = 0.0;
                self.stopped_at_s = now_s;
                happened("vehicle_stopped", Some(line_m));
            }
            PolicyState::Braking
                if braking.jerk_mps3.is_some() && self.motion.accel_mps2 <= -braking.decel_mps2 + SAME_S =>
            {
                self.motion.accel_mps2 = -braking.decel_mps2;
            }
            PolicyState::Leaving if self.motion.speed_mps >= spec.speed_mps - SAME_S => {
                self.motion.speed_mps = spec.speed_mps;
                self.motion.accel_mps2 = 0.0;
            }
            PolicyState::Leaving if now_s >= self.leave_at_s - SAME_S && self.motion.accel_mps2 == 0.0 => {
                self.motion.accel_mps2 = braking.leave.map_or(0.0, |leave| leave.accel_mps2);
                happened("vehicle_leaves", Some(line_m));
            }
            _ => {}
        }
        self.relight(&spec.ehmi, spec, now_s, happenings);
    }

    fn brake_at_s(&self, braking: &Braking) -> f64 {
        self.decision_s.map_or(f64::INFINITY, |at| at + braking.brake_delay_s)
    }

    fn light_due_s(&self, spec: &VehicleSpec) -> Option<f64> {
        Some(self.decision_s? + spec.braking?.light_delay_s)
    }

    fn relight(&mut self, ehmi: &Ehmi, spec: &VehicleSpec, now_s: f64, happenings: &mut Vec<Happening>) {
        let due = self.policy != PolicyState::Driving && self.light_due_s(spec).is_some_and(|due| now_s >= due - 1e-9);
        let light = ehmi.state(self.policy, due);
        if light == self.light {
            return;
        }
        let dark_before = matches!(self.light, LightState::Off | LightState::Driving);
        let says_yielding = matches!(light, LightState::Yielding | LightState::Stopped);
        self.light = light;
        self.light_since_s = Some(now_s);
        let event = if dark_before && says_yielding { "light_onset" } else { "light_changes" };
        happenings.push(Happening { time_s: now_s, event, value: None, detail: light.word() });
    }
}

/// Appends the marks that the front bumper passes within a stretch, each at its own time.
fn passed(
    before: Motion,
    dt_s: f64,
    jerk_mps3: f64,
    after: Motion,
    now_s: f64,
    marks: &[(f64, &'static str)],
    happenings: &mut Vec<Happening>,
) {
    for (mark_s_m, event) in marks {
        if before.front_s_m < *mark_s_m && *mark_s_m <= after.front_s_m {
            let (mut low, mut high) = (0.0, dt_s);
            for _ in 0..60 {
                let middle = (low + high) / 2.0;
                if before.after(middle, jerk_mps3).front_s_m < *mark_s_m { low = middle } else { high = middle }
            }
            happenings.push(Happening { time_s: now_s + high, event, value: None, detail: "" });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ehmi::{LightPlace, Pattern};
    use super::super::spec::Leave;
    use super::*;
    use crate::table::Role;

    fn light() -> Ehmi {
        Ehmi {
            name: "grail".into(),
            colour_srgb: [0, 255, 0],
            place: LightPlace::Bumper,
            size_m: [1.5, 0.1],
            luminance_cd_per_m2: 1000.0,
            driving: Pattern::Off,
            yielding: Pattern::Steady,
            stopped: Pattern::Steady,
            starting: Pattern::Off,
        }
    }

    fn car(speed_mps: f64, braking: Option<Braking>) -> VehicleSpec {
        VehicleSpec {
            role: Role::Target,
            approach: 0,
            length_m: 4.5,
            width_m: 1.8,
            height_m: 1.5,
            speed_mps,
            start_to_pedestrian_line_m: 100.0,
            stop_line_m: 2.5,
            braking,
            ehmi: light(),
        }
    }

    fn braking(onset_m: f64, decel_mps2: f64, jerk_mps3: Option<f64>) -> Braking {
        Braking {
            onset: Onset::AtDistance { to_pedestrian_line_m: onset_m },
            decel_mps2,
            jerk_mps3,
            light_delay_s: 0.0,
            brake_delay_s: 0.0,
            leave: None,
        }
    }

    /// Runs at `hz` steps a second for `for_s`; the driver, all happenings, and the state at each step.
    fn run(
        spec: &VehicleSpec,
        hz: f64,
        for_s: f64,
        pedestrian: impl Fn(f64) -> Option<PedestrianSeen>,
    ) -> (Driver, Vec<Happening>) {
        let mut driver = Driver::new(spec, 200.0);
        let mut happenings = Vec::new();
        for k in 0..(for_s * hz).round() as u32 {
            let (from_s, to_s) = (f64::from(k) / hz, f64::from(k + 1) / hz);
            driver.step(spec, from_s, to_s, pedestrian(from_s), &[(200.0, "target_at_line")], &mut happenings);
        }
        (driver, happenings)
    }

    fn time_of(happenings: &[Happening], event: &str) -> f64 {
        happenings.iter().find(|h| h.event == event).unwrap_or_else(|| panic!("no {event}")).time_s
    }

    #[test]
    fn constant_speed() {
        let (driver, happenings) = run(&car(10.0, None), 50.0, 12.0, |_| None);
        assert!((driver.motion.front_s_m - 220.0).abs() < 1e-9);
        assert!((time_of(&happenings, "target_at_line") - 10.0).abs() < 1e-9);
    }

    #[test]
    fn constant_deceleration_stops_where_and_when_the_closed_form_says_at_any_step() {
        // v = 25/3 m/s, 0.9 m/s2 from 38.58 + 2.5 m before the line: stops after v2/2a = 38.580 m, v/a = 9.259 s.
        let v = 25.0 / 3.0;
        for hz in [7.0, 20.0, 30.0, 50.0, 90.0, 1000.0] {
            let (driver, happenings) = run(&car(v, Some(braking(41.08, 0.9, None))), hz, 30.0, |_| None);
            let onset = (100.0 - 41.08) / v;
            assert!((time_of(&happenings, "braking_onset") - onset).abs() < 1e-9, "{hz}");
            assert!((time_of(&happenings, "vehicle_stopped") - (onset + v / 0.9)).abs() < 1e-9, "{hz}");
            assert!((driver.to_pedestrian_line_m() - (41.08 - v * v / 1.8)).abs() < 1e-9, "{hz}");
            assert_eq!((driver.motion.speed_mps, driver.motion.accel_mps2), (0.0, 0.0), "{hz}");
        }
    }

    #[test]
    fn jerk_limit_adds_the_closed_form_distance() {
        // HIKER at 35 mph: 3.4 m/s2 with 2.5 m/s3 adds v a/2j - a3/24j2 = 10.639 - 0.262 m.
        let (v, a, j) = (15.646_4, 3.4, 2.5);
        let distance = braking_distance_m(v, a, Some(j));
        assert!((distance - (v * v / (2.0 * a) + v * a / (2.0 * j) - a * a * a / (24.0 * j * j))).abs() < 1e-12);
        for hz in [7.0, 50.0, 90.0] {
            let (driver, happenings) = run(&car(v, Some(braking(60.0, a, Some(j)))), hz, 20.0, |_| None);
            assert!((60.0 - driver.to_pedestrian_line_m() - distance).abs() < 1e-7, "{hz}");
            // Time: ramp a/j, then (v - a2/2j)/a.
            let whole = a / j + (v - a * a / (2.0 * j)) / a;
            let took = time_of(&happenings, "vehicle_stopped") - time_of(&happenings, "braking_onset");
            assert!((took - whole).abs() < 1e-7, "{hz}");
        }
    }

    #[test]
    fn jerk_limit_at_a_walking_speed_stops_within_the_ramp() {
        let (v, j) = (1.0, 2.0); // t = sqrt(2v/j) = 1 s, distance = 2/3 v t
        assert!((braking_distance_m(v, 3.0, Some(j)) - 2.0 / 3.0).abs() < 1e-12);
        let (driver, _) = run(&car(v, Some(braking(99.0, 3.0, Some(j)))), 30.0, 10.0, |_| None);
        assert!((99.0 - driver.to_pedestrian_line_m() - 2.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn deceleration_is_the_inverse_of_distance() {
        assert_eq!(deceleration_for_mps2(10.0, 50.0, None), Some(1.0));
        let a = deceleration_for_mps2(13.411, 45.0, Some(2.5)).unwrap();
        assert!((braking_distance_m(13.411, a, Some(2.5)) - 45.0).abs() < 1e-9);
        assert_eq!(deceleration_for_mps2(13.411, 0.5, Some(2.5)), None);
        assert_eq!(deceleration_for_mps2(13.411, -1.0, None), None);
    }

    #[test]
    fn standing_start_follows_the_closed_form() {
        let mut spec = car(8.0, Some(braking(50.0, 2.0, None)));
        let leave = Leave { clear_s: 1.0, longest_wait_s: None, announce_s: 0.5, accel_mps2: 1.6 };
        spec.braking = spec.braking.map(|b| Braking { leave: Some(leave), ..b });
        let gone = |now_s: f64| Some(PedestrianSeen { past_kerb_m: 1.0, past_zone: now_s >= 15.0 });
        let (driver, happenings) = run(&spec, 100.0, 30.0, gone);
        assert!((time_of(&happenings, "leave_decided") - 16.0).abs() < 1e-9);
        assert!((time_of(&happenings, "vehicle_leaves") - 16.5).abs() < 1e-9);
        // From rest 34 m before the line: 5 s at 1.6 m/s2 = 20 m, then 8 m/s for 8.5 s = 68 m.
        assert!(
            (driver.to_pedestrian_line_m() - (34.0 - 20.0 - 68.0)).abs() < 1e-6,
            "{}",
            driver.to_pedestrian_line_m()
        );
        assert_eq!(driver.motion.speed_mps, 8.0);
    }

    #[test]
    fn a_stopped_car_waits_for_an_untracked_or_waiting_pedestrian() {
        let mut spec = car(8.0, Some(braking(50.0, 2.0, None)));
        let leave = Leave { clear_s: 0.0, longest_wait_s: Some(10.0), announce_s: 0.0, accel_mps2: 1.0 };
        spec.braking = spec.braking.map(|b| Braking { leave: Some(leave), ..b });
        let (driver, _) = run(&spec, 50.0, 60.0, |_| None);
        assert_eq!(driver.policy, PolicyState::Stopped);
        let in_the_road = |_| Some(PedestrianSeen { past_kerb_m: 0.5, past_zone: false });
        assert_eq!(run(&spec, 50.0, 60.0, in_the_road).0.policy, PolicyState::Stopped);
        let waits = |_| Some(PedestrianSeen { past_kerb_m: -0.5, past_zone: false });
        assert_eq!(run(&spec, 50.0, 60.0, waits).0.policy, PolicyState::Leaving);
    }

    #[test]
    fn light_and_brake_delays_count_from_the_decision() {
        let mut spec = car(10.0, Some(braking(50.0, 2.0, None)));
        spec.braking = spec.braking.map(|b| Braking { light_delay_s: 0.25, brake_delay_s: 1.0, ..b });
        let (_, happenings) = run(&spec, 30.0, 20.0, |_| None);
        let brake = time_of(&happenings, "braking_onset");
        assert!((brake - 5.0).abs() < 1e-9, "braking begins at the commanded point whatever the delays");
        assert!((time_of(&happenings, "yield_decided") - 4.0).abs() < 1e-9);
        assert!((brake - time_of(&happenings, "light_onset") - 0.75).abs() < 1e-9, "lead = brake delay - light delay");
        // Light after the brake.
        spec.braking = spec.braking.map(|b| Braking { light_delay_s: 0.5, brake_delay_s: 0.0, ..b });
        let (_, happenings) = run(&spec, 30.0, 20.0, |_| None);
        assert!((time_of(&happenings, "light_onset") - time_of(&happenings, "braking_onset") - 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_pedestrian_is_detected_near_the_kerb_and_within_range() {
        let mut spec = car(10.0, Some(braking(0.0, 3.0, None)));
        spec.braking = spec.braking.map(|b| Braking { onset: Onset::Detected { range_m: 60.0, kerb_m: 1.0 }, ..b });
        let near = |_| Some(PedestrianSeen { past_kerb_m: -0.5, past_zone: false });
        let (_, happenings) = run(&spec, 50.0, 20.0, near);
        assert!((time_of(&happenings, "braking_onset") - 4.0).abs() <= 0.02, "within one step of 60 m");
        let far = |_| Some(PedestrianSeen { past_kerb_m: -3.0, past_zone: false });
        assert!(run(&spec, 50.0, 20.0, far).1.iter().all(|h| h.event != "braking_onset"));
        assert!(run(&spec, 50.0, 20.0, |_| None).1.iter().all(|h| h.event != "braking_onset"), "unknown is not seen");
    }

    #[test]
    fn detection_wants_a_pedestrian_who_has_not_passed_and_a_car_that_has_not() {
        let detected = |onset| {
            let mut spec = car(10.0, Some(braking(0.0, 3.0, None)));
            spec.braking = spec.braking.map(|b| Braking { onset, ..b });
            spec
        };
        let spec = detected(Onset::Detected { range_m: 60.0, kerb_m: 1.0 });
        let past = |_| Some(PedestrianSeen { past_kerb_m: 5.0, past_zone: true });
        assert!(run(&spec, 50.0, 20.0, past).1.iter().all(|h| h.event != "pedestrian_detected"));
        // Steps to the kerb when the car's front is past the line: nothing to yield for.
        let late =
            |now_s: f64| Some(PedestrianSeen { past_kerb_m: if now_s > 10.5 { 0.0 } else { -9.0 }, past_zone: false });
        assert!(run(&spec, 50.0, 20.0, late).1.iter().all(|h| h.event != "pedestrian_detected"));
    }

    #[test]
    fn a_crossing_that_is_entered_again_is_not_clear() {
        let mut spec = car(8.0, Some(braking(50.0, 2.0, None)));
        let leave = Leave { clear_s: 1.0, longest_wait_s: None, announce_s: 0.0, accel_mps2: 1.6 };
        spec.braking = spec.braking.map(|b| Braking { leave: Some(leave), ..b });
        let again = |now_s: f64| {
            Some(PedestrianSeen { past_kerb_m: 1.0, past_zone: (15.0..15.5).contains(&now_s) || now_s >= 18.0 })
        };
        let (_, happenings) = run(&spec, 100.0, 30.0, again);
        assert!((time_of(&happenings, "leave_decided") - 19.0).abs() < 1e-9);
    }
}
