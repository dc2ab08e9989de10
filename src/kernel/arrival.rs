//! Times to arrival, from a vehicle's motion along its lane.

use super::math::first_root_after;

/// Within this a vehicle that brakes to rest stops exactly at the place, metres.
const EXACTLY_M: f64 = 1e-9;

/// Time to arrival at constant speed, seconds: distance over speed. `Inf` when standing, 0 when there.
pub fn tta_s(distance_m: f64, speed_mps: f64) -> f64 {
    if distance_m <= 0.0 {
        0.0
    } else if speed_mps <= 0.0 {
        f64::INFINITY
    } else {
        distance_m / speed_mps
    }
}

/// Time to arrival at constant acceleration, seconds: the smallest positive root of
/// D = v t + a t^2 / 2; `Inf` when it stops short or exactly there.
pub fn tta_accel_s(distance_m: f64, speed_mps: f64, accel_mps2: f64) -> f64 {
    if distance_m <= 0.0 {
        return 0.0;
    }
    if accel_mps2 < 0.0 && speed_mps * speed_mps / (-2.0 * accel_mps2) <= distance_m + EXACTLY_M {
        return f64::INFINITY;
    }
    first_root_after(0.0, -distance_m, speed_mps, accel_mps2 / 2.0).unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_to_arrival_one_case_a_line() {
        assert_eq!(tta_s(20.0, 10.0), 2.0);
        assert_eq!(tta_s(20.0, 0.0), f64::INFINITY); // standing
        assert_eq!(tta_s(20.0, -1.0), f64::INFINITY); // opening
        assert_eq!(tta_s(0.0, 10.0), 0.0); // in the zone
        assert_eq!(tta_s(-1.0, 0.0), 0.0); // standing in the zone
    }

    #[test]
    fn time_to_arrival_with_acceleration_one_case_a_line() {
        assert_eq!(tta_accel_s(20.0, 10.0, 0.0), 2.0);
        assert_eq!(tta_accel_s(18.0, 10.0, -2.0), 10.0 / 2.0 - (25.0_f64 - 18.0).sqrt()); // t = v/a - sqrt(v2/a2 - 2D/a)
        assert_eq!(tta_accel_s(25.0, 10.0, -2.0), f64::INFINITY); // stops exactly there
        assert_eq!(tta_accel_s(25.0 - 5e-10, 10.0, -2.0), f64::INFINITY); // within 1e-9 m
        assert!(tta_accel_s(24.999, 10.0, -2.0).is_finite()); // just too far
        assert_eq!(tta_accel_s(30.0, 10.0, -2.0), f64::INFINITY); // stops short; the root after standstill does not count
        assert_eq!(tta_accel_s(8.0, 0.0, 1.0), 4.0); // starts from rest
        assert_eq!(tta_accel_s(8.0, 0.0, 0.0), f64::INFINITY); // stands
        assert_eq!(tta_accel_s(0.0, 10.0, -2.0), 0.0); // there
    }
}
