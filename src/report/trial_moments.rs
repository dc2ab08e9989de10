//! One trial on one clock: display time, from the primary cue.

use super::ExampleTrial;
use crate::kernel::geometry::Footprint;
use crate::table::{EventRow, LightState, Phase, PolicyState, Role};
use glam::DVec2;
use std::collections::BTreeMap;

/// Events that are shown, with what they mean.
const SHOWN: [(&str, &str); 8] = [
    ("vehicle_in_view", "vehicles come into view"),
    ("gap_opens", "rear of the leading car passes the pedestrian's line"),
    ("go_signal", "signal to go"),
    ("light_onset", "the external light says: yielding"),
    ("braking_onset", "the target begins to brake"),
    ("kerb_passed", "the person passes the kerb line"),
    ("vehicle_stopped", "the target has come to rest"),
    ("far_kerb_reached", "the person reaches the far kerb"),
];

/// Something that happened, with its letter.
pub(super) struct Moment {
    pub letter: char,
    pub event: &'static str,
    pub words: &'static str,
    pub at_s: f64,
}

/// The target at a frame, as drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub at_s: f64,
    pub footprint: Footprint,
    pub speed_mps: f64,
    pub to_zone_m: f64,
    pub light: LightState,
}

/// A trial on the clock of its cue.
pub(super) struct Timeline {
    pub moments: Vec<Moment>,
    /// The event at time 0.
    pub zero: &'static str,
    pub target: Vec<Target>,
    /// The person's ground point.
    pub walk: Vec<(f64, DVec2)>,
    pub phases: Vec<(f64, Phase)>,
    pub policy: Vec<(f64, PolicyState)>,
}

impl Timeline {
    /// The trial's approach and crossing; none when there is nothing to draw.
    pub fn new(trial: &ExampleTrial) -> Option<Self> {
        let target_n = u32::try_from(trial.spec_vehicles.iter().position(|v| v.role == Role::Target)?).ok()? + 1;
        let shift_ns = trial.frames.iter().find_map(|f| Some(f.display_time_ns - f.world_time_ns?)).unwrap_or(0);
        let shown_ns = |e: &EventRow| e.world_time_ns.map_or(e.display_time_ns, |t| t + shift_ns);
        let concerns = |e: &EventRow| {
            e.vehicle_n.is_none_or(|n| n == target_n || matches!(e.event.as_str(), "gap_opens" | "vehicle_in_view"))
        };
        let first = |name: &str| trial.events.iter().find(|e| e.event.as_str() == name && concerns(e)).map(shown_ns);
        let cue = ["gap_opens", "go_signal", "vehicle_in_view"].into_iter().find_map(|cue| Some((cue, first(cue)?)));
        let start_ns = trial.frames.first()?.display_time_ns;
        let (zero, zero_ns) = cue.unwrap_or(("the trial's first frame", start_ns));
        let seconds = |ns: i64| (ns - zero_ns) as f64 * 1e-9;

        let walked = || trial.frames.iter().filter(|f| matches!(f.phase, Phase::Approach | Phase::Crossing));
        let times: BTreeMap<u64, f64> = walked().map(|f| (f.frame_n, seconds(f.display_time_ns))).collect();
        let spec = trial.spec_vehicles.get(target_n as usize - 1)?;
        let target = trial.vehicles.iter().filter(|v| v.vehicle_n == target_n);
        let target: Vec<Target> = target
            .filter_map(|v| {
                let centre = DVec2::new(v.site_x_m.known()?, v.site_y_m.known()?);
                Some(Target {
                    at_s: *times.get(&v.frame_n)?,
                    footprint: Footprint {
                        centre,
                        yaw_rad: v.site_yaw_rad.known()?,
                        length_m: spec.length_m,
                        width_m: spec.width_m,
                    },
                    speed_mps: v.speed_mps.known()?,
                    to_zone_m: v.to_zone_m.known()?,
                    light: v.light_state,
                })
            })
            .collect();
        let walk = walked().filter_map(|f| {
            Some((seconds(f.display_time_ns), DVec2::new(f.ground_site_x_m.known()?, f.ground_site_y_m.known()?)))
        });
        let policy = trial
            .world
            .iter()
            .filter(|w| w.vehicle_n == target_n)
            .map(|w| (seconds(w.world_time_ns + shift_ns), w.policy_state));
        let found = SHOWN.iter().filter_map(|(event, words)| Some((*event, *words, seconds(first(event)?))));
        let timeline = Self {
            moments: lettered(found.collect(), zero),
            zero,
            walk: walk.collect(),
            phases: walked().map(|f| (seconds(f.display_time_ns), f.phase)).collect(),
            policy: policy.collect(),
            target,
        };
        (timeline.target.len() > 1).then_some(timeline)
    }

    /// First and last time.
    pub fn range(&self) -> (f64, f64) {
        let times = || self.target.iter().map(|s| s.at_s).chain(self.walk.iter().map(|s| s.0));
        (times().fold(f64::INFINITY, f64::min), times().fold(f64::NEG_INFINITY, f64::max))
    }

    /// The target at the frame nearest to a time.
    pub fn target_at(&self, at_s: f64) -> Option<Target> {
        self.target.iter().copied().min_by(|a, b| (a.at_s - at_s).abs().total_cmp(&(b.at_s - at_s).abs()))
    }

    /// The person at the frame nearest to a time.
    pub fn walker_at(&self, at_s: f64) -> Option<DVec2> {
        self.walk.iter().min_by(|a, b| (a.0 - at_s).abs().total_cmp(&(b.0 - at_s).abs())).map(|s| s.1)
    }
}

/// In order of time, with letters; coming into view is shown only where it is the cue.
fn lettered(mut found: Vec<(&'static str, &'static str, f64)>, zero: &str) -> Vec<Moment> {
    found.retain(|(event, _, _)| *event != "vehicle_in_view" || *event == zero);
    found.sort_by(|a, b| a.2.total_cmp(&b.2));
    let letters = 'A'..='Z';
    found.into_iter().zip(letters).map(|((event, words, at_s), letter)| Moment { letter, event, words, at_s }).collect()
}

/// Neighbouring samples with the same value, as stretches from, to.
pub(super) fn stretches<T: PartialEq + Copy>(samples: &[(f64, T)]) -> Vec<(f64, f64, T)> {
    let mut result: Vec<(f64, f64, T)> = Vec::new();
    for (t, value) in samples {
        match result.last_mut() {
            Some(last) if last.2 == *value => last.1 = *t,
            Some(last) => {
                last.1 = *t;
                result.push((*t, *t, *value));
            }
            None => result.push((*t, *t, *value)),
        }
    }
    result
}
