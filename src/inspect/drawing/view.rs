//! From the map's frame to the paper: which part is shown, how large, and how points become paths.

use super::super::ground::{patches_in, step_m};
use super::super::overview::Overview;
use glam::{DVec2, DVec3};

/// The plot is at most so many units wide and high.
const MOST_UNITS: f64 = 900.0;
/// And at least so wide and high.
const LEAST_UNITS: DVec2 = DVec2::new(600.0, 320.0);
/// What is shown around a chosen crosswalk, metres.
const AROUND_M: f64 = 20.0;
/// Empty paper beyond the ground, metres.
const MARGIN_M: f64 = 3.0;
/// No map is drawn smaller or larger than this, metres.
const SPAN_M: (f64, f64) = (1.0, 1e7);

/// The part of the map that is shown, and its place on the paper.
#[derive(Debug)]
pub struct View {
    /// Least coordinates shown, metres.
    pub low_m: DVec2,
    /// Greatest coordinates shown, metres.
    pub high_m: DVec2,
    /// Scale: user units for a metre.
    pub units_per_m: f64,
    /// Left edge of the plot, units.
    pub left: f64,
    /// Upper edge of the plot, units.
    pub top: f64,
}

impl View {
    /// Shows the chosen crosswalk, or all of the map; `None` when there is nothing to show.
    pub fn of(overview: &Overview) -> Option<Self> {
        let (low, high) = overview.extents_m?;
        let chosen = overview.crosswalks.first().filter(|_| overview.chosen);
        let (low, high) = match chosen.and_then(|seen| Some((seen.middle_m()?, seen))) {
            Some((middle, seen)) => {
                let far = |p: &DVec3| (p.truncate() - middle.truncate()).length();
                let reach = seen.crosswalk.corners_m.iter().map(far).fold(0.0, f64::max);
                let around = DVec2::splat((reach + AROUND_M).min(SPAN_M.1));
                let window = (middle.truncate() - around, middle.truncate() + around);
                cropped(overview, window)
            }
            None => {
                let margin = (high - low).truncate().max_element().max(SPAN_M.0) * 0.04;
                (low.truncate() - margin, high.truncate() + margin)
            }
        };
        Some(Self::showing(low, high))
    }

    /// Shows a window, widened where it would be a mere strip.
    fn showing(low: DVec2, high: DVec2) -> Self {
        let (middle, size) = ((low + high) / 2.0, (high - low).clamp(DVec2::splat(SPAN_M.0), DVec2::splat(SPAN_M.1)));
        let units_per_m = MOST_UNITS / size.max_element();
        let size = size.max(LEAST_UNITS / units_per_m);
        let ticks = [middle.y - size.y / 2.0, middle.y + size.y / 2.0].map(|y| format!("{y:.0}").len());
        let left = 34.0 + 7.0 * ticks.into_iter().max().unwrap_or(1) as f64;
        Self { low_m: middle - size / 2.0, high_m: middle + size / 2.0, units_per_m, left, top: 96.0 }
    }

    /// Width of the plot, units.
    pub fn plot_width(&self) -> f64 {
        (self.high_m.x - self.low_m.x) * self.units_per_m
    }

    /// Height of the plot, units.
    pub fn plot_height(&self) -> f64 {
        (self.high_m.y - self.low_m.y) * self.units_per_m
    }

    /// Width of the paper, units.
    pub fn width(&self) -> f64 {
        self.left + self.plot_width() + 22.0
    }

    /// The plot's lower edge, units.
    pub fn foot(&self) -> f64 {
        self.top + self.plot_height()
    }

    /// A point of the map on the paper.
    pub fn at(&self, map_m: DVec2) -> DVec2 {
        let from = (map_m - self.low_m) * self.units_per_m;
        DVec2::new(self.left + from.x, self.foot() - from.y)
    }

    /// Whether a point on the paper lies in the plot, with so much room around it.
    pub fn holds(&self, at: DVec2, room: f64) -> bool {
        let (low, high) = (DVec2::new(self.left, self.top), DVec2::new(self.left + self.plot_width(), self.foot()));
        at.cmpge(low + room).all() && at.cmple(high - room).all()
    }

    /// Points of the map as a path, without those that change nothing at this scale.
    pub fn path(&self, points_m: impl IntoIterator<Item = DVec2>, closed: bool, tolerance: f64) -> String {
        let points: Vec<DVec2> = points_m.into_iter().map(|p| self.at(p)).collect();
        let mut path = String::new();
        for (i, p) in simplified(&points, tolerance).into_iter().enumerate() {
            path += &format!("{}{} {}", if i == 0 { "M" } else { "L" }, n(p.x), n(p.y));
        }
        if closed && !path.is_empty() { path + "Z" } else { path }
    }

    /// A distance between grid lines, scale bar and the like: 1, 2 or 5 times a power of ten, near the wish.
    pub fn round_m(wish_m: f64) -> f64 {
        let power = 10_f64.powf(wish_m.max(1e-3).log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|s| s * power);
        steps.into_iter().min_by(|a, b| (a - wish_m).abs().total_cmp(&(b - wish_m).abs())).unwrap_or(power)
    }
}

/// The part of a window that has ground in it, with a margin; the window where it has none.
fn cropped(overview: &Overview, window: (DVec2, DVec2)) -> (DVec2, DVec2) {
    let map = overview.map;
    let step_m = step_m(map);
    let (mut low, mut high) = (DVec2::INFINITY, DVec2::NEG_INFINITY);
    for road in 0..map.roads.len() {
        for patch in patches_in(map, road, step_m, step_m, window) {
            for point in patch.inner_m.iter().chain(&patch.outer_m).map(|p| p.truncate()).filter(|p| p.is_finite()) {
                // Ground goes on beyond the window: as far as its edge it counts.
                let inside = point.clamp(window.0, window.1);
                if (inside - point).abs().max_element() <= step_m {
                    (low, high) = (low.min(inside), high.max(inside));
                }
            }
        }
    }
    let empty = !low.cmple(high).all();
    if empty { window } else { ((low - MARGIN_M).max(window.0), (high + MARGIN_M).min(window.1)) }
}

/// A number of units in the file: hundredths are enough.
pub fn n(value: f64) -> String {
    let text = format!("{:.2}", value + 0.0);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A number of metres as a label: no more decimals than it needs.
pub fn metres(value: f64) -> String {
    n(value)
}

/// The points that are needed so that no other lies further from the line than the tolerance.
pub fn simplified(points: &[DVec2], tolerance: f64) -> Vec<DVec2> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut keep = vec![false; points.len()];
    let mut open = vec![(0, points.len() - 1)];
    while let Some((from, to)) = open.pop() {
        (keep[from], keep[to]) = (true, true);
        let far = |i: usize| (distance(points[from], points[to], points[i]), i);
        let Some((away, at)) = (from + 1..to).map(far).max_by(|a, b| a.0.total_cmp(&b.0)) else { continue };
        if away > tolerance {
            open.extend([(from, at), (at, to)]);
        }
    }
    points.iter().zip(keep).filter(|(_, keep)| *keep).map(|(p, _)| *p).collect()
}

/// How far a point lies from the piece of line between two others.
pub fn distance(a: DVec2, b: DVec2, p: DVec2) -> f64 {
    let along = b - a;
    let share =
        if along.length_squared() > 0.0 { ((p - a).dot(along) / along.length_squared()).clamp(0.0, 1.0) } else { 0.0 };
    (a + along * share - p).length()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_distances_one_case_a_line() {
        for (wish, round) in [(7.9, 10.0), (7.0, 5.0), (0.13, 0.1), (1.6, 2.0), (33.0, 20.0), (36.0, 50.0)] {
            assert!((View::round_m(wish) - round).abs() < 1e-9, "{wish}: {}", View::round_m(wish));
        }
    }

    #[test]
    fn a_straight_row_of_points_is_two_and_a_corner_stays() {
        let row: Vec<DVec2> = (0..100).map(|i| DVec2::new(f64::from(i), 0.0)).collect();
        assert_eq!(simplified(&row, 0.1), [row[0], row[99]]);
        let bent = [DVec2::ZERO, DVec2::new(5.0, 0.05), DVec2::new(10.0, 0.0), DVec2::new(10.0, 5.0)];
        assert_eq!(simplified(&bent, 0.1), [bent[0], bent[2], bent[3]]);
    }

    #[test]
    fn a_window_keeps_its_scale_both_ways() {
        let view = View::showing(DVec2::new(-10.0, -20.0), DVec2::new(20.0, 40.0));
        assert!((view.units_per_m - 15.0).abs() < 1e-12); // 900 units for 60 m
        let (a, b) = (view.at(DVec2::new(0.0, 0.0)), view.at(DVec2::new(4.0, 3.0)));
        assert!(((b - a) - DVec2::new(60.0, -45.0)).length() < 1e-9);
    }
}
