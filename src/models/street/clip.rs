//! Convex polygons cut by convex polygons, seen from above.

use super::solid::area_m2;
use glam::{Vec2, Vec3};

/// Polygons that share less than this do not overlap, square metres.
const SHARED_M2: f32 = 2e-3;
/// A piece smaller than this is left out, square metres.
const LEAST_M2: f32 = 1e-4;

/// Both parts of a convex polygon on either side of the line from `a` to `b`: on its left, on its right.
fn split(subject: &[Vec3], a: Vec2, b: Vec2) -> [Vec<Vec3>; 2] {
    let side = |p: Vec3| (b - a).perp_dot(p.truncate() - a);
    let (mut left, mut right) = (Vec::with_capacity(subject.len() + 1), Vec::with_capacity(subject.len() + 1));
    for (p, q) in subject.iter().zip(subject.iter().cycle().skip(1)) {
        let (here, there) = (side(*p), side(*q));
        if here >= 0.0 {
            left.push(*p);
        }
        if here <= 0.0 {
            right.push(*p);
        }
        if (here > 0.0 && there < 0.0) || (here < 0.0 && there > 0.0) {
            let cut = p.lerp(*q, here / (here - there));
            left.push(cut);
            right.push(cut);
        }
    }
    [left, right]
}

/// The part of a convex polygon inside another, which runs counter-clockwise.
pub(super) fn inside(subject: &[Vec3], clip: &[Vec2]) -> Vec<Vec3> {
    let mut rest = subject.to_vec();
    for (a, b) in clip.iter().zip(clip.iter().cycle().skip(1)) {
        if rest.is_empty() {
            break;
        }
        let [left, _] = split(&rest, *a, *b);
        rest = left;
    }
    rest
}

/// The part of a convex polygon outside another, which runs counter-clockwise, in convex pieces; none where they do
/// not overlap.
pub(super) fn outside(subject: &[Vec3], clip: &[Vec2]) -> Option<Vec<Vec<Vec3>>> {
    if area_m2(&inside(subject, clip)).abs() < SHARED_M2 {
        return None;
    }
    let (mut rest, mut pieces) = (subject.to_vec(), Vec::new());
    for (a, b) in clip.iter().zip(clip.iter().cycle().skip(1)) {
        let [left, right] = split(&rest, *a, *b);
        if area_m2(&right).abs() > LEAST_M2 {
            pieces.push(right);
        }
        rest = left;
    }
    Some(pieces)
}

/// A simple polygon as triangles (ear clipping), counter-clockwise; what crosses itself loses its crossing part.
pub(super) fn triangles(outline: &[Vec2]) -> Vec<[Vec2; 3]> {
    let mut ring: Vec<Vec2> = outline.to_vec();
    let twice: f32 = ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| a.perp_dot(*b)).sum();
    if twice < 0.0 {
        ring.reverse();
    }
    let mut found = Vec::new();
    while ring.len() > 3 {
        let Some(ear) = (0..ring.len()).find(|i| is_ear(&ring, *i)) else { return found };
        found.push(corner(&ring, ear));
        ring.remove(ear);
    }
    if let [a, b, c] = ring.as_slice() {
        found.push([*a, *b, *c]);
    }
    found
}

fn corner(ring: &[Vec2], i: usize) -> [Vec2; 3] {
    let count = ring.len();
    [ring[(i + count - 1) % count], ring[i], ring[(i + 1) % count]]
}

fn is_ear(ring: &[Vec2], i: usize) -> bool {
    let [a, b, c] = corner(ring, i);
    if (b - a).perp_dot(c - b) < 0.0 {
        return false;
    }
    let count = ring.len();
    let others = (2..count - 1).map(|k| ring[(i + k) % count]);
    !others.filter(|p| *p != a && *p != c).any(|p| holds(&[a, b, c], p))
}

/// Whether a counter-clockwise triangle has a point in it.
pub(super) fn holds([a, b, c]: &[Vec2; 3], p: Vec2) -> bool {
    (*b - *a).perp_dot(p - *a) >= 0.0 && (*c - *b).perp_dot(p - *b) >= 0.0 && (*a - *c).perp_dot(p - *c) >= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f32, size: f32) -> Vec<Vec2> {
        vec![Vec2::new(x, 0.0), Vec2::new(x + size, 0.0), Vec2::new(x + size, size), Vec2::new(x, size)]
    }

    #[test]
    fn inside_and_outside_share_the_area() {
        // A slope z = x over 4 x 4 m, cut by a 1 x 1 m hole at its lower edge: 1 m2 inside, 15 m2 outside.
        let subject: Vec<Vec3> = square(0.0, 4.0).iter().map(|p| p.extend(p.x)).collect();
        let hole = square(1.0, 1.0);
        assert!((area_m2(&inside(&subject, &hole)) - 1.0).abs() < 1e-5);
        let pieces = outside(&subject, &hole).unwrap();
        assert!((pieces.iter().map(|p| area_m2(p)).sum::<f32>() - 15.0).abs() < 1e-4);
        assert!(pieces.iter().flatten().all(|p| (p.z - p.x).abs() < 1e-6), "cuts keep the slope");
        assert_eq!(outside(&subject, &square(4.0, 2.0)), None, "a common edge is no overlap");
        let all = [(-1.0, -1.0), (9.0, -1.0), (9.0, 9.0), (-1.0, 9.0)].map(|(x, y)| Vec2::new(x, y));
        assert_eq!(outside(&subject, &all), Some(vec![]), "nothing is left of what lies inside");
    }

    #[test]
    fn an_outline_with_a_notch_keeps_its_area() {
        // An L: 4 x 4 m less 2 x 2 m = 12 m2, whichever way round.
        let l = [(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 2.0), (2.0, 4.0), (0.0, 4.0)].map(|(x, y)| Vec2::new(x, y));
        let back: Vec<Vec2> = l.iter().rev().copied().collect();
        for ring in [l.to_vec(), back] {
            let area: f32 = triangles(&ring).iter().map(|[a, b, c]| (*b - *a).perp_dot(*c - *a) / 2.0).sum();
            assert!((area - 12.0).abs() < 1e-5, "{area}");
        }
    }
}
