//! What happened in a tick.

use super::{Trial, nearest_ns};
use crate::kernel::seams::WorldEvent;
use crate::kernel::time::WorldTime;
use crate::table::Text;
use crate::world::carla::vehicle::Found;

/// The event that waits until a vehicle on pedals has come to rest in CARLA too, and what counts as rest.
const STOPPED: &str = "vehicle_stopped";
const STANDING_MPS: f64 = 0.02;

impl Trial {
    /// What happened in the tick: the policy's decisions when it made them, where CARLA's vehicles were then; places as
    /// those passed them.
    pub(super) fn events(&mut self, from: &[Option<Found>], now: WorldTime) -> Vec<WorldEvent> {
        let took_s = self.took_s.max(f64::MIN_POSITIVE);
        let mut events = std::mem::take(&mut self.stopping);
        events.append(&mut self.news.events);
        events.retain(|event| !self.is_place(event));
        for mut event in std::mem::take(&mut events) {
            let Some(i) = number(&event) else { continue };
            let (Some(Some(from)), Some(vehicle)) = (from.get(i), self.vehicles.get(i)) else { continue };
            let Some(to) = vehicle.found else { continue };
            if event.event.as_str() == STOPPED && to.speed_mps > STANDING_MPS && vehicle.rolls_on() {
                event.time = WorldTime(now.0 + nearest_ns(self.choices.step_s()));
                self.stopping.push(event);
                continue;
            }
            event.time = event.time.min(now);
            if event.value.is_some() {
                let share = (1.0 - now.seconds_since(event.time) / took_s).clamp(0.0, 1.0);
                let front_s_m = from.front_s_m + (to.front_s_m - from.front_s_m) * share;
                event.value = self.line_s_m(i).map(|line_s_m| line_s_m - front_s_m);
            }
            events.push(event);
        }
        for (i, from) in from.iter().enumerate() {
            self.places_passed(i, from.as_ref(), now, &mut events);
        }
        events.sort_by_key(|event| (event.time, event.vehicle_n));
        events
    }

    /// Whether an event is the passing of a place.
    fn is_place(&self, event: &WorldEvent) -> bool {
        let marks = number(event).map_or(&[][..], |i| self.traffic.marks(i));
        marks.iter().any(|(_, name)| *name == event.event.as_str())
    }

    /// Where vehicle `i`'s lane crosses the pedestrian's line.
    fn line_s_m(&self, i: usize) -> Option<f64> {
        Some(self.setup.approach(self.setup.spec.vehicles.get(i)?)?.pedestrian_line_s_m)
    }

    /// Places that the front of vehicle `i` has passed in the tick, each once, as between two frames of even speed.
    fn places_passed(&mut self, i: usize, from: Option<&Found>, now: WorldTime, events: &mut Vec<WorldEvent>) {
        let found = self.vehicles.get(i).and_then(|vehicle| vehicle.found);
        let (Some(from), Some(to), Some(passed)) = (from, found, self.passed.get_mut(i)) else { return };
        for ((at_m, name), passed) in self.traffic.marks(i).iter().zip(passed) {
            if *passed || to.front_s_m < *at_m {
                continue;
            }
            *passed = true;
            let share = ((at_m - from.front_s_m) / (to.front_s_m - from.front_s_m)).clamp(0.0, 1.0);
            events.push(WorldEvent {
                event: Text::fixed(name),
                time: WorldTime(now.0 - nearest_ns((1.0 - share) * self.took_s)),
                vehicle_n: u32::try_from(i + 1).ok(),
                value: None,
                detail: Text::fixed(""),
            });
        }
    }
}

/// Which vehicle an event is of, from 0.
fn number(event: &WorldEvent) -> Option<usize> {
    usize::try_from(event.vehicle_n?).ok()?.checked_sub(1)
}
