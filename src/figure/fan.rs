//! Fans: how a quantity runs along another over many tracks, as quantiles of the tracks.

use super::axis::Axis;
use super::check::{self, MOST_MARKS, MOST_SERIES};
use super::look::Look;
use super::number::short;
use super::scale::{Pane, Scale, round_range};
use super::sheet::{FAINT, MARGIN, SMALL, STRONG, Sheet, Side, WIDTH};
use super::sheet::{clean, group, line, marker, polyline, row_height, rows, shade, text};
use super::{Drawn, Quantity};
use crate::statistics::summary::quantile;
use maud::{Markup, html};

/// Places along the axis at which quantiles are taken.
const PLACES: usize = 121;
/// Fewer tracks than this at a place have no quantiles: the tracks themselves are drawn.
const FEWEST: usize = 5;
/// So many tracks are drawn beneath the fan.
const MOST_TRACKS: usize = 40;

/// The tracks of one condition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tracks {
    /// The condition.
    pub label: String,
    /// One track per trial: places and values in the order of time. A place that comes again (a vehicle that stands)
    /// counts with its first value.
    pub tracks: Vec<Vec<(f64, f64)>>,
}

/// Median, middle half and middle nine tenths of tracks, such as a vehicle's speed over its distance: one panel per
/// condition, all with the same axes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fan {
    /// The figure's title.
    pub title: String,
    /// The horizontal axis: `Distance to the conflict zone`.
    pub x: Quantity,
    /// The vertical axis: `Speed`.
    pub y: Quantity,
    /// Whether the horizontal quantity falls from left to right.
    pub falling: bool,
    /// The conditions.
    pub panels: Vec<Tracks>,
}

const NOTE: &str =
    "Line: median. Dark band: middle 50 % of the tracks; light band: middle 90 %. Thin lines: single tracks.";

impl Fan {
    /// Draws it.
    pub fn draw(&self) -> Drawn {
        self.check()?;
        let mut sheet = Sheet::new(&self.title, NOTE);
        let columns = match self.panels.len() {
            1 => 1,
            2 | 4 => 2,
            _ => 3,
        };
        let gap = 18.0;
        let wide = (WIDTH - 2.0 * MARGIN - gap * (columns as f64 - 1.0)) / columns as f64;
        let high = [280.0, 190.0, 150.0][columns - 1];
        for (r, row) in self.panels.chunks(columns).enumerate() {
            let top = sheet.y;
            let names: Vec<Vec<String>> =
                row.iter().map(|panel| STRONG.wrap(&clean(&panel.label), wide - 16.0, 3)).collect();
            let heading = row_height(STRONG) * names.iter().map(Vec::len).max().unwrap_or(1) as f64;
            let mut bottom = top;
            for (column, (panel, name)) in row.iter().zip(&names).enumerate() {
                let left = MARGIN + column as f64 * (wide + gap);
                let look = Look(r * columns + column);
                sheet.add(html! {
                    (marker(look, left + 5.0, top + 12.0, 4.5))
                    (rows(left + 16.0, top + 16.0, Side::Start, STRONG, name))
                    (text(left + 16.0, top + 16.0 + row_height(STRONG) * name.len() as f64, Side::Start, SMALL, &tracks(panel.tracks.len())))
                });
                let first = top + heading + row_height(SMALL) + 8.0;
                bottom = bottom.max(self.panel(&mut sheet, panel, look, (left, left + wide), (first, high)));
            }
            sheet.y = bottom + 10.0;
        }
        Ok(sheet.finish())
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.panels.iter().flat_map(|panel| panel.tracks.iter().flatten().copied())
    }

    fn check(&self) -> Result<(), super::Problem> {
        check::count(&self.title, "panels", self.panels.len(), MOST_SERIES)?;
        check::count(&self.title, "points", self.points().count(), 50 * MOST_MARKS)?;
        check::finite(&self.title, &self.x.name, self.points().map(|p| p.0))?;
        check::finite(&self.title, &self.y.name, self.points().map(|p| p.1))?;
        check::drawable(&self.title, &self.x.name, self.points().map(|p| p.0))?;
        check::drawable(&self.title, &self.y.name, self.points().map(|p| p.1))
    }

    fn panel(
        &self,
        sheet: &mut Sheet,
        panel: &Tracks,
        look: Look,
        (left, right): (f64, f64),
        (top, high): (f64, f64),
    ) -> f64 {
        let y_range = round_range(self.points().map(|p| p.1));
        let draft = Axis::upright(&self.y, y_range, 0.0, high);
        let start = left + draft.room();
        let pane_top = top + draft.above(right - start) + 2.0;
        let pane = Pane { left: start, right: right - 8.0, top: pane_top, bottom: pane_top + high };
        let (low, most) = round_range(self.points().map(|p| p.0));
        let range = if self.falling { (most, low) } else { (low, most) };
        let xs = Axis::across(&self.x, range, (pane.left, pane.right), false);
        let ys = Axis::upright(&self.y, y_range, pane.top, pane.bottom);
        let place = |i: usize| range.0 + (range.1 - range.0) * i as f64 / (PLACES - 1) as f64;
        let places: Vec<f64> = (0..PLACES).map(place).collect();
        let values = columns(&panel.tracks, &places);
        sheet.about(&in_words(panel, &places, &values, &self.x, &self.y));
        sheet.add(html! {
            (ys.beside(pane))
            (group("fan", &panel.label, fan(panel, look, &places, &values, xs.scale, ys.scale)))
            (xs.below(pane))
        });
        pane.bottom + xs.height(pane)
    }
}

fn tracks(n: usize) -> String {
    if n == 1 { "1 track".to_owned() } else { format!("{n} tracks") }
}

/// The values of all tracks at each place.
fn columns(tracks: &[Vec<(f64, f64)>], places: &[f64]) -> Vec<Vec<f64>> {
    let mut columns = vec![Vec::new(); places.len()];
    for track in tracks {
        for (column, value) in columns.iter_mut().zip(along(track, places)) {
            column.extend(value);
        }
    }
    columns
}

/// A track's value at each of evenly spaced places, linear between its points; None where it has not been.
fn along(track: &[(f64, f64)], places: &[f64]) -> Vec<Option<f64>> {
    let mut values = vec![None; places.len()];
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return values };
    let step = (last - first) / (places.len().max(2) - 1) as f64;
    let most = places.len() as f64 - 1.0;
    for pair in track.windows(2) {
        let ((x, y), (u, v)) = (pair[0], pair[1]);
        let (from, to) = ((x - first) / step, (u - first) / step);
        let (low, high) = (from.min(to).ceil().max(0.0), from.max(to).floor().min(most));
        let mut i = low;
        while i <= high {
            let share = if to == from { 0.0 } else { (i - from) / (to - from) };
            values[i as usize].get_or_insert(y + (v - y) * share);
            i += 1.0;
        }
    }
    values
}

fn fan(panel: &Tracks, look: Look, places: &[f64], values: &[Vec<f64>], xs: Scale, ys: Scale) -> Markup {
    let at = |share: f64| -> Vec<(f64, f64)> {
        let known = places.iter().zip(values).filter(|(_, column)| column.len() >= FEWEST);
        known.filter_map(|(x, column)| Some((xs.px(*x), ys.px(quantile(column, share)?)))).collect()
    };
    let band = |low: f64, high: f64| {
        let outline = polyline(at(high).into_iter().chain(at(low).into_iter().rev()));
        if outline.is_empty() { outline } else { outline + "Z" }
    };
    let single = |track: &[(f64, f64)]| polyline(thinned(track).map(|(x, y)| (xs.px(x), ys.px(y))));
    let alone = at(0.5).is_empty();
    html! {
        @if panel.tracks.len() <= MOST_TRACKS {
            g data-mark="tracks" { @for track in &panel.tracks { (line(&single(track), if alone { look.colour() } else { FAINT }, if alone { 1.2 } else { 0.5 }, "")) } }
        }
        @if !alone {
            g data-mark="band-90" { (shade(&band(0.05, 0.95), look.colour(), 0.2)) }
            g data-mark="band-50" { (shade(&band(0.25, 0.75), look.colour(), 0.35)) }
        }
        g data-mark="median" { (line(&polyline(at(0.5)), look.colour(), 2.2, look.dash())) }
    }
}

/// At most some 200 points of a track, its last always.
fn thinned(track: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> + '_ {
    let every = track.len().div_ceil(200).max(1);
    let last = (track.len() % every != 1 && every > 1).then(|| track.last().copied()).flatten();
    track.iter().copied().step_by(every).chain(last)
}

fn in_words(panel: &Tracks, places: &[f64], values: &[Vec<f64>], x: &Quantity, y: &Quantity) -> String {
    let known: Vec<usize> = (0..places.len()).filter(|i| values[*i].len() >= FEWEST).collect();
    let median = |i: usize| quantile(&values[i], 0.5).map_or("–".to_owned(), short);
    let words = match (known.first(), known.last()) {
        (Some(first), Some(last)) => format!(
            "median {} {} at {} {} to {} {} at {} {}",
            median(*first),
            y.unit,
            short(places[*first]),
            x.unit,
            median(*last),
            y.unit,
            short(places[*last]),
            x.unit
        ),
        _ => "too few for a median".to_owned(),
    };
    format!("{}: {}, {words}.", panel.label, tracks(panel.tracks.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_is_read_between_its_points_and_where_it_stands_once() {
        let places = [30.0, 20.0, 10.0, 0.0];
        // From 25 m to 5 m with falling speed, where it stands while its speed falls to 0.
        let track = [(25.0, 10.0), (15.0, 8.0), (5.0, 4.0), (5.0, 0.0)];
        assert_eq!(along(&track, &places), [None, Some(9.0), Some(6.0), None]);
        assert_eq!(along(&[(10.0, 3.0), (10.0, 2.0)], &places), [None, None, Some(3.0), None]);
        assert_eq!(along(&[], &places), [None; 4]);
        assert_eq!(thinned(&[(0.0, 0.0), (1.0, 1.0)]).count(), 2);
        let long: Vec<(f64, f64)> = (0..1000).map(|i| (f64::from(i), 0.0)).collect();
        assert!(thinned(&long).count() <= 202 && thinned(&long).last() == Some((999.0, 0.0)));
    }
}
