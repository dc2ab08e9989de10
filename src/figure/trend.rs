//! Means along a number: over the order of trials (learning), over time (a continuous report).

use super::axis::Axis;
use super::check::{self, MOST_MARKS, MOST_SERIES};
use super::counts::{self, Counts, whisker};
use super::look::Look;
use super::number::{c, short};
use super::scale::{Pane, Scale, round_range};
use super::sheet::{FAINT, MARGIN, SMALL, Sample, Sheet, Side, WIDTH};
use super::sheet::{group, line, marker, polyline, shade, text};
use super::words::shorten;
use super::{Drawn, Estimate, Quantity};
use maud::{Markup, html};

/// More rows of numbers than this are not shown below the axis.
const MOST_ROWS: usize = 12;
/// Room that a number of people takes, with the air around it.
const NUMBER_PX: f64 = 28.0;

/// A mean at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The place, such as the trial's number or the time.
    pub x: f64,
    /// The mean there, with its interval.
    pub mean: Estimate,
    /// How many people it is of.
    pub n: usize,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Course {
    /// The condition.
    pub label: String,
    /// Its means, in order of their places; a place without a mean is left out.
    pub points: Vec<Point>,
}

/// Means with intervals, along the order of trials or along time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trend {
    /// The figure's title.
    pub title: String,
    /// What the means and intervals are: `Means over people with 95 % t intervals.`
    pub note: String,
    /// The horizontal axis.
    pub x: Quantity,
    /// The vertical axis.
    pub y: Quantity,
    /// The conditions.
    pub courses: Vec<Course>,
    /// False: single points, as of trials, with whiskers and ticks at whole numbers. True: a line with a band, as of time.
    pub continuous: bool,
    /// Whether the quantity falls from left to right, as the distance of a car that comes nearer; points are in that order.
    pub falling: bool,
    /// The ends of the vertical axis where they are given, such as 0 and 1 of a trigger.
    pub y_range: Option<(f64, f64)>,
    /// Places to be marked, and their words: the cue, the end of a block.
    pub marks: Vec<(f64, String)>,
}

impl Trend {
    /// Draws it.
    pub fn draw(&self) -> Drawn {
        self.check()?;
        let mut sheet = Sheet::new(&self.title, &self.note);
        let looks: Vec<(Look, &str)> =
            self.courses.iter().enumerate().map(|(i, course)| (Look(i), course.label.as_str())).collect();
        sheet.key(&looks, self.sample());
        let (pane, xs, ys) = self.axes(&sheet);
        sheet.add(ys.beside(pane));
        sheet.add(self.marked(pane, xs.scale));
        for (i, course) in self.courses.iter().enumerate() {
            sheet.about(&in_words(course));
            sheet.add(group("course", &course.label, self.course(i, course, pane, xs.scale, ys.scale)));
        }
        sheet.add(xs.below(pane));
        sheet.y = pane.bottom + xs.height(pane);
        self.numbers(&mut sheet, pane, &xs);
        Ok(sheet.finish())
    }

    fn sample(&self) -> Sample {
        if self.continuous { Sample::Line } else { Sample::Marked }
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        self.courses.iter().flat_map(|course| &course.points)
    }

    fn check(&self) -> Result<(), super::Problem> {
        check::count(&self.title, "courses", self.courses.len(), MOST_SERIES)?;
        check::count(&self.title, "points", self.points().count(), MOST_MARKS)?;
        check::finite(&self.title, &self.x.name, self.points().map(|p| p.x))?;
        check::drawable(&self.title, &self.x.name, self.points().map(|p| p.x))?;
        check::drawable(&self.title, &self.y.name, self.points().flat_map(|p| check::ends(&p.mean)))?;
        let wrong = |a: f64, b: f64| if self.falling { a < b } else { a > b };
        let ordered = |course: &&Course| course.points.windows(2).any(|pair| wrong(pair[0].x, pair[1].x));
        if let Some(course) = self.courses.iter().find(ordered) {
            let what = format!("{}: places are not in order", course.label);
            return Err(check::refuse(&self.title, what, "sort the points of each course"));
        }
        self.points().try_for_each(|p| check::estimate(&self.title, &self.y.name, &p.mean))
    }

    fn axes(&self, sheet: &Sheet) -> (Pane, Axis, Axis) {
        let xs = self.points().map(|p| p.x).chain(self.marks.iter().map(|(at, _)| *at));
        let (low, high) =
            xs.filter(|x| x.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |r, x| (r.0.min(x), r.1.max(x)));
        // Single points keep clear of the pane's edges.
        let air = if self.continuous && low < high { 0.0 } else { 0.5_f64.max(0.03 * (high - low)) };
        let ends = self.points().flat_map(|p| check::ends(&p.mean));
        let y_range = self.y_range.unwrap_or_else(|| round_range(ends));
        let draft = Axis::upright(&self.y, y_range, 0.0, 260.0);
        let left = MARGIN + draft.room();
        let right = WIDTH - MARGIN - 10.0;
        let top = sheet.y + draft.above(right - left) + 4.0;
        let pane = Pane { left, right, top, bottom: top + 260.0 };
        let ends = if self.falling { (high + air, low - air) } else { (low - air, high + air) };
        let x_axis = Axis::across(&self.x, ends, (left, right), !self.continuous);
        (pane, x_axis, Axis::upright(&self.y, y_range, pane.top, pane.bottom))
    }

    fn marked(&self, pane: Pane, xs: Scale) -> Markup {
        html! {
            @for (at, words) in &self.marks {
                @let x = xs.px(*at);
                // Words near the right edge stand left of their line.
                @let ends = x + SMALL.width(words) > pane.right && x > 0.5 * (pane.left + pane.right);
                @let room = if ends { x - pane.left } else { pane.right - x } - 8.0;
                (line(&format!("M{} {}V{}", c(x), c(pane.top - 3.0), c(pane.bottom)), FAINT, 1.2, "3 3"))
                (text(x + if ends { -4.0 } else { 4.0 }, pane.top + 8.0, if ends { Side::End } else { Side::Start }, SMALL, &shorten(words, room, SMALL.size)))
            }
        }
    }

    fn course(&self, i: usize, course: &Course, pane: Pane, xs: Scale, ys: Scale) -> Markup {
        let look = Look(i);
        let n = self.courses.len() as f64;
        let aside = if self.continuous { 0.0 } else { (i as f64 - (n - 1.0) / 2.0) * (24.0 / n).min(8.0) };
        let at = |p: &Point| (xs.px(p.x) + aside, ys.px_within(p.mean.value));
        let limits = |p: &Point| {
            p.mean.interval.map(|(low, high)| (xs.px(p.x) + aside, limit(low, pane, ys), limit(high, pane, ys)))
        };
        let path = polyline(course.points.iter().map(at));
        html! {
            @if self.continuous {
                @let band: Vec<(f64, f64, f64)> = course.points.iter().filter_map(limits).collect();
                @let outline = band.iter().map(|(x, _, high)| (*x, *high)).chain(band.iter().rev().map(|(x, low, _)| (*x, *low)));
                @if band.len() > 1 { g data-mark="band" { (shade(&(polyline(outline) + "Z"), look.colour(), 0.16)) } }
                g data-mark="line" { (line(&path, look.colour(), 2.0, look.dash())) }
            } @else {
                g data-mark="line" { (line(&path, look.colour(), 1.6, look.dash())) }
                g data-mark="intervals" { @for (x, low, high) in course.points.iter().filter_map(limits) { (line(&whisker(x, low, high), look.colour(), 1.3, "")) } }
            }
            @if !self.continuous || course.points.len() == 1 {
                g data-mark="points" { @for (x, y) in course.points.iter().map(at) { (marker(look, x, y, 4.2)) } }
            }
        }
    }

    /// How many people each mean is of, below the axis.
    fn numbers(&self, sheet: &mut Sheet, pane: Pane, xs: &Axis) {
        if self.courses.len() > MOST_ROWS {
            return;
        }
        let (places, reach) = self.numbered(xs);
        let near = |course: &Course, place: f64| {
            let away = |p: &&Point| (p.x - place).abs();
            let nearest = course.points.iter().min_by(|a, b| away(a).total_cmp(&away(b)))?;
            (away(&nearest) <= reach).then_some(nearest.n)
        };
        let row = |(i, course)| {
            let numbers = places.iter().map(|place| near(course, *place)).collect();
            Counts { look: Some((Look(i), self.sample())), label: &course.label, numbers }
        };
        let all: Vec<Counts> = self.courses.iter().enumerate().map(row).collect();
        let places: Vec<f64> = places.iter().map(|place| xs.scale.px(*place)).collect();
        sheet.add(counts::table("Number of people", &all, pane, MARGIN, sheet.y, &places));
        sheet.y += counts::height(all.len());
    }

    /// Where numbers stand, and how far from there their means may lie: under each place of single points where there is
    /// room for that, else under the ticks.
    fn numbered(&self, xs: &Axis) -> (Vec<f64>, f64) {
        let mut places: Vec<f64> = self.points().map(|p| p.x).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        let apart_px = |pair: &[f64]| (xs.scale.px(pair[1]) - xs.scale.px(pair[0])).abs();
        if !self.continuous && places.windows(2).all(|pair| apart_px(pair) >= NUMBER_PX) {
            return (places, 0.0);
        }
        let between = xs.ticks.at.windows(2).map(|pair| (pair[1] - pair[0]).abs()).next();
        (xs.ticks.at.clone(), between.map_or(f64::INFINITY, |between| 0.25 * between))
    }
}

/// A limit of an interval, at the pane's edge where it lies beyond.
fn limit(value: f64, pane: Pane, ys: Scale) -> f64 {
    if value == f64::INFINITY {
        return pane.top;
    }
    if value == f64::NEG_INFINITY { pane.bottom } else { ys.px_within(value) }
}

fn in_words(course: &Course) -> String {
    let ends = course.points.first().zip(course.points.last());
    let words = |p: &Point| format!("{} at {} (n = {})", short(p.mean.value), short(p.x), p.n);
    match ends {
        Some((first, last)) => format!("{}: {} to {}.", course.label, words(first), words(last)),
        None => format!("{}: no points.", course.label),
    }
}
