//! Plane questions about outlines: do they cross themselves, what is the hull round them, which corners matter.

use crate::kernel::geometry::{Polygon, clip_to_convex, signed_area};
use glam::{DVec2, DVec3};

/// Corners nearer than this, seen from above, are one, metres.
pub(super) const SAME_CORNER_M: f64 = 1e-3;
/// A corner this near the line between its neighbours bends nothing, metres.
const STRAIGHT_M: f64 = 1e-6;

/// The corners without those that repeat the one before; a last corner that repeats the first is taken off,
/// as some tools close the outline so.
pub(super) fn without_repeats(corners: impl IntoIterator<Item = DVec3>) -> Vec<DVec3> {
    let apart = |a: &DVec3, b: &DVec3| (*a - *b).truncate().length() > SAME_CORNER_M;
    let mut kept: Vec<DVec3> = Vec::new();
    for corner in corners {
        if kept.last().is_none_or(|last| apart(last, &corner)) {
            kept.push(corner);
        }
    }
    if kept.len() > 1 && !apart(&kept[0], &kept[kept.len() - 1]) {
        kept.pop();
    }
    kept
}

/// Whether two edges that do not touch by being neighbours cross. Time grows with the square of the corners.
pub(super) fn crosses_itself(corners: &[DVec3]) -> bool {
    let at = |i: usize| corners[i % corners.len()].truncate();
    let count = corners.len();
    (0..count).any(|i| {
        let last = if i == 0 { count - 1 } else { count };
        (i + 2..last).any(|k| cross((at(i), at(i + 1)), (at(k), at(k + 1))))
    })
}

fn cross((a, b): (DVec2, DVec2), (c, d): (DVec2, DVec2)) -> bool {
    let side = |from: DVec2, to: DVec2, p: DVec2| (to - from).perp_dot(p - from);
    side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
}

/// The convex hull, counter-clockwise (Andrew 1979).
pub(super) fn hull(corners: &[DVec3]) -> Vec<DVec3> {
    let mut sorted = corners.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let half = |points: &mut dyn Iterator<Item = &DVec3>| {
        let mut chain: Vec<DVec3> = Vec::new();
        for point in points {
            while let [.., a, b] = chain.as_slice()
                && (*b - *a).truncate().perp_dot((*point - *b).truncate()) <= 0.0
            {
                chain.pop();
            }
            chain.push(*point);
        }
        chain.pop();
        chain
    };
    let mut lower = half(&mut sorted.iter());
    lower.extend(half(&mut sorted.iter().rev()));
    lower
}

/// The area that two polygons share, each taken as its hull, as a share of the smaller one.
pub(super) fn shared(a: &[DVec3], b: &[DVec3]) -> f64 {
    let flat = |p: &[DVec3]| hull(p).iter().map(|c| c.truncate()).collect::<Polygon>();
    let (a, b) = (flat(a), flat(b));
    let least = signed_area(&a).min(signed_area(&b));
    if least > 0.0 { signed_area(&clip_to_convex(&a, &b)).abs() / least } else { 0.0 }
}

/// A band between two borders, sampled side by side, as an outline: left border backwards after the right one,
/// without the corners that bend nothing.
pub(super) fn band(right: &[DVec3], left: &[DVec3]) -> Vec<DVec3> {
    let mut corners = straightened(right);
    let mut back = straightened(left);
    back.reverse();
    corners.extend(back);
    without_repeats(corners)
}

fn straightened(line: &[DVec3]) -> Vec<DVec3> {
    let mut kept: Vec<DVec3> = Vec::new();
    for (i, point) in line.iter().enumerate() {
        let bends = match (kept.last(), line.get(i + 1)) {
            (Some(last), Some(next)) => {
                let along = *next - *last;
                let off = (*point - *last).cross(along).length();
                off > STRAIGHT_M * along.length()
            }
            _ => true,
        };
        if bends {
            kept.push(*point);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(points: &[(f64, f64)]) -> Vec<DVec3> {
        points.iter().map(|(x, y)| DVec3::new(*x, *y, 0.0)).collect()
    }

    #[test]
    fn what_crosses_itself_one_case_a_line() {
        let crosses = |points: &[(f64, f64)]| crosses_itself(&flat(points));
        assert!(!crosses(&[(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.0, 2.0)]));
        assert!(!crosses(&[(0.0, 2.0), (4.0, 2.0), (4.0, 0.0), (0.0, 0.0)])); // clockwise
        assert!(crosses(&[(0.0, 0.0), (4.0, 0.0), (0.0, 2.0), (4.0, 2.0)])); // a bow tie
        assert!(crosses(&[(0.0, 0.0), (4.0, 2.0), (4.0, 0.0), (0.0, 2.0)])); // the other one
        assert!(!crosses(&[(0.0, 0.0), (4.0, 0.0), (1.0, 1.0), (0.0, 4.0)])); // dented, but in order
        assert!(crosses(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, -1.0), (0.0, 4.0)]));
        assert!(!crosses(&[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]));
        assert!(!crosses(&[]));
    }

    #[test]
    fn hulls_repeats_and_bands() {
        let bow = flat(&[(0.0, 0.0), (4.0, 0.0), (0.0, 2.0), (4.0, 2.0)]);
        assert_eq!(hull(&bow), flat(&[(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.0, 2.0)]));
        let closed = flat(&[(0.0, 0.0), (0.0, 0.0005), (4.0, 0.0), (4.0, 2.0), (0.0, 0.0)]);
        assert_eq!(without_repeats(closed), flat(&[(0.0, 0.0), (4.0, 0.0), (4.0, 2.0)]));
        let right = flat(&[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 1.0)]);
        let left = flat(&[(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (2.0, 2.0)]);
        let expected = flat(&[(0.0, 0.0), (2.0, 0.0), (3.0, 1.0), (2.0, 2.0), (2.0, 1.0), (0.0, 1.0)]);
        assert_eq!(band(&right, &left), expected);
        let half = flat(&[(2.0, 0.0), (6.0, 0.0), (6.0, 2.0), (2.0, 2.0)]);
        assert!((shared(&bow, &half) - 0.5).abs() < 1e-12, "2 x 2 of 4 x 2");
        assert_eq!(shared(&bow, &flat(&[(9.0, 9.0), (10.0, 9.0), (9.0, 10.0)])), 0.0);
    }
}
