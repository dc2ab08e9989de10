//! A straight walk at constant speed from a moment on.

use super::time::DisplayTime;
use glam::DVec2;

/// A stretch of a walk on the ground, in whatever plane its points are given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leg {
    /// When it begins.
    pub from: DisplayTime,
    /// Where it begins, metres.
    pub start_m: DVec2,
    /// Where it ends, metres.
    pub end_m: DVec2,
    /// Speed.
    pub speed_mps: f64,
}

impl Leg {
    /// Where the walker is; at the start before it, at the end after it.
    pub fn at(&self, now: DisplayTime) -> DVec2 {
        let way = self.end_m - self.start_m;
        let walked_m = (self.speed_mps * now.seconds_since(self.from)).max(0.0);
        if walked_m >= way.length() { self.end_m } else { self.start_m + way.normalize() * walked_m }
    }

    /// Whether the end has been reached.
    pub fn over(&self, now: DisplayTime) -> bool {
        self.speed_mps * now.seconds_since(self.from) >= (self.end_m - self.start_m).length()
    }
}
