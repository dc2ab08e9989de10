//! Lines of points, addressed by their length in the plane.

use glam::DVec3;

/// Arc length in the plane up to each point, metres.
pub(super) fn lengths(points_m: &[DVec3]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut last = points_m.first().copied().unwrap_or_default();
    let step = |point: &DVec3| {
        sum += (*point - last).truncate().length();
        last = *point;
        sum
    };
    points_m.iter().map(step).collect()
}

/// The point at an arc length; a line of one point is that point.
pub(super) fn between(points: &[DVec3], lengths: &[f64], at: f64) -> DVec3 {
    if points.len() < 2 {
        return points.first().copied().unwrap_or_default();
    }
    let i = lengths.partition_point(|l| *l <= at).clamp(1, points.len() - 1);
    let step = lengths[i] - lengths[i - 1];
    let share = if step > 0.0 { ((at - lengths[i - 1]) / step).clamp(0.0, 1.0) } else { 0.0 };
    points[i - 1] + (points[i] - points[i - 1]) * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_the_plane_only_and_points_lie_between() {
        let points = [DVec3::ZERO, DVec3::new(3.0, 4.0, 100.0), DVec3::new(3.0, 4.0, 7.0), DVec3::new(4.0, 4.0, 0.0)];
        let found = lengths(&points);
        assert_eq!(found, [0.0, 5.0, 5.0, 6.0]);
        assert_eq!(between(&points, &found, 2.5), DVec3::new(1.5, 2.0, 50.0));
        assert_eq!(between(&points, &found, 5.5), DVec3::new(3.5, 4.0, 3.5));
        assert_eq!(between(&points, &found, 9.0), points[3]); // kept within the line
        assert_eq!(between(&points[3..], &found[3..], 9.0), points[3]);
    }
}
