//! The smallest rectangle around an outline.

use glam::DVec2;

/// A rectangle: its middle, a unit vector along one pair of sides, and half its sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rectangle {
    pub centre: DVec2,
    pub axis: DVec2,
    /// Along the axis.
    pub half_length_m: f64,
    /// Across it.
    pub half_width_m: f64,
}

impl Rectangle {
    /// The rectangle of least area around the corners; `None` when they lie on a line.
    pub fn around(corners: &[DVec2]) -> Option<Self> {
        let hull = hull(corners);
        let mut best: Option<Self> = None;
        // One side of the smallest rectangle lies along a side of the hull.
        for (i, a) in hull.iter().enumerate() {
            let Some(axis) = (hull[(i + 1) % hull.len()] - *a).try_normalize() else { continue };
            let one = Self::along(&hull, axis);
            if best.is_none_or(|b| one.area() < b.area() - 1e-9) {
                best = Some(one);
            }
        }
        best.filter(|b| b.area() > 1e-6)
    }

    fn along(corners: &[DVec2], axis: DVec2) -> Self {
        let (mut low, mut high) = (DVec2::INFINITY, DVec2::NEG_INFINITY);
        for corner in corners {
            let local = DVec2::new(axis.dot(*corner), axis.perp().dot(*corner));
            (low, high) = (low.min(local), high.max(local));
        }
        let (middle, half) = ((low + high) / 2.0, (high - low) / 2.0);
        Self { centre: axis * middle.x + axis.perp() * middle.y, axis, half_length_m: half.x, half_width_m: half.y }
    }

    fn area(&self) -> f64 {
        4.0 * self.half_length_m * self.half_width_m
    }

    /// The same rectangle with its axis along its other side.
    pub fn turned(self) -> Self {
        Self { axis: self.axis.perp(), half_length_m: self.half_width_m, half_width_m: self.half_length_m, ..self }
    }

    /// The same rectangle with its axis reversed.
    pub fn reversed(self) -> Self {
        Self { axis: -self.axis, ..self }
    }
}

/// The convex hull, counter-clockwise (Andrew's monotone chain).
fn hull(corners: &[DVec2]) -> Vec<DVec2> {
    let mut sorted = corners.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let half = |points: &mut dyn Iterator<Item = &DVec2>| {
        let mut chain: Vec<DVec2> = Vec::new();
        for point in points {
            while let [.., a, b] = chain.as_slice()
                && (*b - *a).perp_dot(*point - *b) <= 0.0
            {
                chain.pop();
            }
            chain.push(*point);
        }
        chain.pop();
        chain
    };
    let mut hull = half(&mut sorted.iter());
    hull.extend(half(&mut sorted.iter().rev()));
    hull
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::geometry::direction;

    #[test]
    fn a_turned_rectangle_is_found_with_its_sizes() {
        let (ahead, centre) = (direction(0.3), DVec2::new(1000.0, -500.0));
        let corner = |u: f64, v: f64| centre + ahead * u + ahead.perp() * v;
        // A dent in one side changes nothing.
        let outline = [corner(3.0, 2.0), corner(-3.0, 2.0), corner(-2.5, 0.0), corner(-3.0, -2.0), corner(3.0, -2.0)];
        let found = Rectangle::around(&outline).unwrap();
        let (long, short) = (found.half_length_m.max(found.half_width_m), found.half_length_m.min(found.half_width_m));
        assert!((long - 3.0).abs() < 1e-9 && (short - 2.0).abs() < 1e-9, "{found:?}");
        assert!((found.centre - centre).length() < 1e-9);
    }

    #[test]
    fn corners_on_a_line_have_no_rectangle() {
        assert_eq!(Rectangle::around(&[DVec2::ZERO, DVec2::X, DVec2::X * 2.0]), None);
        assert_eq!(Rectangle::around(&[]), None);
    }
}
