//! How a simulated pedestrian decides: the variable-drift diffusion model with
//! two accumulators of Pekkanen, Giles, Lee, Madigan, Daimon, Merat and
//! Markkula, "Variable-drift diffusion models of pedestrian road-crossing
//! decisions", Computational Brain & Behavior 5 (2022).

use super::math::{atan, sqrt};
use super::rng::Rng;

/// Beats a second of the model's own clock. It belongs to the model: the share
/// who cross a 4 s gap changes with it.
pub const MODEL_HZ: u32 = 30;

/// Parameters of the model; units of seconds and metres inside the arctan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Model {
    /// Noise of both accumulators.
    pub sigma: f64,
    /// Leak of both accumulators, per second.
    pub damping: f64,
    /// Steepness of the drift.
    pub scale: f64,
    /// Generalised time to arrival at which the drift changes sign, seconds.
    pub tau_threshold: f64,
    /// Where an accumulator decides.
    pub threshold: f64,
    /// Weight of distance as against time to arrival.
    pub k_dist: f64,
    /// Weight of the time to arrival's rate of change.
    pub k_dot: f64,
    /// Weight of a light that says "yielding".
    pub k_ehmi: f64,
    /// Time to arrival of the leading car at which it begins to count as past, seconds.
    pub pass: f64,
}

impl Model {
    /// As published: fitted to the Keio/UK experiment; `pass` and `k_ehmi` to HIKER.
    pub const PUBLISHED: Self = Self {
        sigma: 0.641_274_15,
        damping: 1.844_033_12,
        scale: 0.587_277_14,
        tau_threshold: 1.636_531_63,
        threshold: 0.840_237_53,
        k_dist: 0.751_613_04,
        k_dot: 0.585_050_68,
        k_ehmi: 0.940_779_39,
        pass: 0.334_584_80,
    };
    /// Speed that turns distance into time in the distance term, m/s.
    const USUAL_SPEED_MPS: f64 = 13.89;

    /// Drift of the crossing accumulator.
    fn drift(&self, sight: &Sight) -> f64 {
        atan(self.scale * (self.generalised_tau(sight) - self.tau_threshold))
    }

    /// Generalised time to arrival, seconds; infinite when the target stands or has passed.
    fn generalised_tau(&self, sight: &Sight) -> f64 {
        let (distance_m, speed_mps) = (sight.target_m, sight.target_mps);
        if speed_mps <= 0.0 || sight.target_passed {
            return f64::INFINITY;
        }
        let gap_m = match sight.leading {
            Some(leading) if leading.to_line_m > 0.0 => distance_m - leading.to_line_m,
            _ => distance_m,
        };
        let tau = gap_m / speed_mps;
        let tau_dot = -1.0 - distance_m * sight.target_mps2 / (speed_mps * speed_mps);
        let light = if sight.light { self.k_ehmi } else { 0.0 };
        tau + self.k_dist * (gap_m / Self::USUAL_SPEED_MPS - tau) + self.k_dot * (tau_dot + 1.0) + light
    }
}

/// What the simulated eye sees at a beat of the model's clock. Distances run
/// from front bumpers along the lane to the pedestrian's line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sight {
    /// Target's distance.
    pub target_m: f64,
    /// Target's speed.
    pub target_mps: f64,
    /// Target's acceleration.
    pub target_mps2: f64,
    /// Whether the target's rear bumper has passed the line.
    pub target_passed: bool,
    /// Whether the target's light says that it yields.
    pub light: bool,
    /// The leading car, if there is one.
    pub leading: Option<Leading>,
    /// Without a leading car: whether the cue has been given.
    pub cue: bool,
}

/// The leading car, as seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leading {
    /// Its front bumper's distance; negative once past.
    pub to_line_m: f64,
    /// Its speed.
    pub speed_mps: f64,
}

/// The two accumulators of one person in one trial.
#[derive(Debug, Clone)]
pub struct Decision {
    model: Model,
    crossing: f64,
    passing: f64,
    passed: bool,
    crossing_noise: Rng,
    passing_noise: Rng,
}

impl Decision {
    /// Both accumulators at 0, as when the cars come into view.
    pub const fn new(model: Model, crossing_noise: Rng, passing_noise: Rng) -> Self {
        Self { model, crossing: 0.0, passing: 0.0, passed: false, crossing_noise, passing_noise }
    }

    /// One beat of the model's clock; true when the person decides to cross.
    pub fn beat(&mut self, sight: &Sight) -> bool {
        let drift = self.model.drift(sight);
        self.crossing = self.step(self.crossing, drift, true);
        match sight.leading {
            Some(leading) => {
                let toward = if leading.to_line_m / leading.speed_mps < self.model.pass { 1.0 } else { -1.0 };
                self.passing = self.step(self.passing, toward * std::f64::consts::FRAC_PI_2, false);
                self.passed |= self.passing >= self.model.threshold;
            }
            None => self.passed |= sight.cue,
        }
        self.passed && self.crossing >= self.model.threshold
    }

    fn step(&mut self, x: f64, drift: f64, crossing: bool) -> f64 {
        let dt = 1.0 / f64::from(MODEL_HZ);
        let noise = if crossing { self.crossing_noise.normal() } else { self.passing_noise.normal() };
        x + (drift - self.model.damping * x) * dt + self.model.sigma * sqrt(dt) * noise
    }
}
