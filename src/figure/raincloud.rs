//! Rainclouds: each group's values as a half violin, a box and dots (Allen et al. 2019), one row per group.

use super::axis::Axis;
use super::check::{self, MOST_MARKS, MOST_SERIES};
use super::look::Look;
use super::number::{c, short};
use super::scale::{Pane, round_range};
use super::sheet::{FAINT, INK, LABEL, MARGIN, PAPER, RULE, SMALL, Sheet, Side, WIDTH};
use super::sheet::{clean, dot, group, line, marker, polyline, row_height, rows, shade, text};
use super::{Drawn, Quantity};
use crate::kernel::rng::Rng;
use crate::statistics::density::{bandwidth, density};
use crate::statistics::summary::quantile;
use maud::{Markup, html};

/// Fewer values than this have neither a cloud nor a box: the dots say all.
const FEWEST: usize = 5;
/// More dots in one row than this hide each other.
const MOST_DOTS: usize = 2_000;
/// Places at which a cloud's outline is computed.
const OUTLINE: usize = 160;
/// Width of the column of infinite values.
const BEYOND: f64 = 52.0;
/// Room for labels.
const LABELS: f64 = 172.0;

/// One row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Group {
    /// The condition.
    pub label: String,
    /// One value per person (or trial); None where it is unknown, infinite where it is.
    pub values: Vec<Option<f64>>,
}

/// Distributions of groups. Clouds are Gaussian kernel densities with Silverman's bandwidth (R's `bw.nrd0`), each of the
/// same height and cut at its least and largest value; boxes hold the middle half (quantiles of type 7), whiskers end at
/// the farthest value within 1.5 box lengths (Tukey). Infinite values have a column of their own and count in the boxes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Raincloud {
    /// The figure's title.
    pub title: String,
    /// What the values are.
    pub quantity: Quantity,
    /// The rows, from above.
    pub groups: Vec<Group>,
    /// Whether values at the same place of all groups belong to one person, whose dots are joined.
    pub paired: bool,
    /// What an unknown value is: `without step-off`; `unknown` where empty.
    pub unknown: String,
    /// What an infinite value is: `vehicle standing`; may be empty.
    pub infinite: String,
    /// A threshold to be shown, and its words.
    pub threshold: Option<(f64, String)>,
    /// Names the random heights of the dots.
    pub seed: String,
}

/// Places of values, infinite ones included.
struct Across {
    axis: Axis,
    pane: Pane,
    below: bool,
    above: bool,
}

impl Across {
    fn px(&self, value: f64) -> f64 {
        if value.is_infinite() {
            return if value > 0.0 { self.pane.right + 0.6 * BEYOND } else { self.pane.left - 0.6 * BEYOND };
        }
        self.axis.scale.px(value)
    }
}

impl Raincloud {
    /// Draws it; refused without a finite value, and where paired groups differ in their number of people.
    pub fn draw(&self) -> Drawn {
        self.check()?;
        let mut sheet = Sheet::new(&self.title, &self.note());
        let across = self.across(&sheet);
        let pane = across.pane;
        let height = self.row_height();
        sheet.add(self.backdrop(&across));
        if self.paired {
            sheet.add(self.pairs(&across));
        }
        for (i, group) in self.groups.iter().enumerate() {
            sheet.about(&self.in_words(group));
            sheet.add(self.row(i, group, &across, pane.top + height * i as f64)?);
        }
        sheet.add(across.axis.below(pane));
        sheet.y = pane.bottom + across.axis.height(pane);
        Ok(sheet.finish())
    }

    fn check(&self) -> Result<(), super::Problem> {
        check::count(&self.title, "groups", self.groups.len(), MOST_SERIES)?;
        check::drawable(&self.title, &self.quantity.name, self.known())?;
        let marks: usize = self.groups.iter().map(|g| g.values.len()).sum();
        check::count(&self.title, "values", marks, 10 * MOST_MARKS)?;
        if !self.known().any(f64::is_finite) {
            let n = self.known().count();
            let what = format!("{}: no finite value ({n} infinite, {} unknown)", self.quantity.name, marks - n);
            return Err(check::refuse(&self.title, what, "give a table of the counts instead"));
        }
        let people: Vec<usize> = self.groups.iter().map(|g| g.values.len()).collect();
        if self.paired && people.windows(2).any(|pair| pair[0] != pair[1]) {
            let what = format!("paired groups of {people:?} values");
            return Err(check::refuse(&self.title, what, "give one value per person and group, unknown ones as None"));
        }
        Ok(())
    }

    /// All values that are known, infinite ones too.
    fn known(&self) -> impl Iterator<Item = f64> + '_ {
        self.groups.iter().flat_map(|g| g.known())
    }

    fn note(&self) -> String {
        let clouds = "Cloud: kernel density (Gaussian, bandwidth nrd0), each of the same height. Box: middle half and median; \
            whiskers: to 1.5 box lengths. Dots: single values.";
        let pairs = if self.paired { " Lines join the values of one person." } else { "" };
        format!("{clouds}{pairs}")
    }

    fn unknown(&self) -> &str {
        if self.unknown.is_empty() { "unknown" } else { &self.unknown }
    }

    fn row_height(&self) -> f64 {
        (560.0 / self.groups.len() as f64).clamp(54.0, 104.0)
    }

    fn across(&self, sheet: &Sheet) -> Across {
        let (below, above) = (self.known().any(|v| v == f64::NEG_INFINITY), self.known().any(|v| v == f64::INFINITY));
        let left = MARGIN + LABELS + 10.0 + if below { BEYOND } else { 0.0 };
        let right = WIDTH - MARGIN - 8.0 - if above { BEYOND } else { 0.0 };
        let limit = self.threshold.iter().map(|(at, _)| *at);
        let range = round_range(self.known().chain(limit));
        let axis = Axis::across(&self.quantity, range, (left, right), false);
        let top = sheet.y + if self.threshold.is_some() || above || below { 20.0 } else { 6.0 };
        let bottom = top + self.row_height() * self.groups.len() as f64;
        Across { axis, pane: Pane { left, right, top, bottom }, below, above }
    }

    fn backdrop(&self, across: &Across) -> Markup {
        let Pane { left, right, top, bottom } = across.pane;
        let column = |x: f64, edge: f64, sign: &str| {
            html! {
                (line(&format!("M{} {}V{}", c(edge), c(top), c(bottom)), FAINT, 1.0, "2 3"))
                (line(&format!("M{} {}V{}", c(x), c(top), c(bottom)), RULE, 1.0, ""))
                (text(x, bottom + 18.0, Side::Middle, SMALL, sign))
            }
        };
        let words = if self.infinite.is_empty() { "infinite" } else { &self.infinite };
        html! {
            (across.axis.lines_up(across.pane))
            @if across.above {
                (column(across.px(f64::INFINITY), right + 8.0, "∞"))
                (text(WIDTH - MARGIN, top - 6.0, Side::End, SMALL, &format!("∞: {words}")))
            }
            @if across.below {
                (column(across.px(f64::NEG_INFINITY), left - 8.0, "−∞"))
                @if !across.above { (text(left - BEYOND, top - 6.0, Side::Start, SMALL, &format!("−∞: {words}"))) }
            }
            @if let Some((at, words)) = &self.threshold {
                (line(&format!("M{} {}V{}", c(across.px(*at)), c(top - 4.0), c(bottom)), INK, 1.2, "5 3"))
                (text(across.px(*at) + 4.0, top - 6.0, Side::Start, SMALL, words))
            }
        }
    }

    fn row(&self, i: usize, one: &Group, across: &Across, top: f64) -> Result<Markup, super::Problem> {
        let (look, height) = (Look(i), self.row_height());
        let base = top + 0.5 * height;
        let finite: Vec<f64> = one.known().filter(|v| v.is_finite()).collect();
        let cloud = self.cloud(&finite, across, base, 0.46 * height)?;
        Ok(group(
            "group",
            &one.label,
            html! {
                (self.label(i, one, top))
                @if let Some(cloud) = cloud { g data-mark="cloud" { (shade(&cloud, look.colour(), 0.45)) (line(&cloud, look.colour(), 1.2, "")) } }
                (boxed(one, across, base, look))
                @if one.known().count() > MOST_DOTS {
                    (text(across.pane.left + 6.0, base + 0.4 * height, Side::Start, SMALL, "too many values for dots"))
                } @else {
                    g data-mark="dots" { @for (x, y) in self.dots(i, across).into_iter().flatten() { (dot(x, y, 2.6, look.colour())) } }
                }
            },
        ))
    }

    /// The group's sign, name and numbers, left of the pane.
    fn label(&self, i: usize, one: &Group, top: f64) -> Markup {
        let small = self.row_height() < 80.0;
        let names = LABEL.wrap(&clean(&one.label), LABELS - 16.0, if small { 2 } else { 3 });
        let counts = SMALL.wrap(&self.counts(one), LABELS - 16.0, if small { 1 } else { 2 });
        let tall = row_height(LABEL) * names.len() as f64 + row_height(SMALL) * counts.len() as f64;
        let first = top + 0.5 * (self.row_height() - tall) + 11.0;
        html! {
            (marker(Look(i), MARGIN + 5.0, first - 4.0, 4.5))
            (rows(MARGIN + 16.0, first, Side::Start, LABEL, &names))
            (rows(MARGIN + 16.0, first + row_height(LABEL) * names.len() as f64, Side::Start, SMALL, &counts))
        }
    }

    fn counts(&self, one: &Group) -> String {
        let unknown = one.values.len() - one.known().count();
        let more = if unknown > 0 { format!(", {unknown} {}", self.unknown()) } else { String::new() };
        format!("n = {}{more}", one.known().count())
    }

    /// Outline of the half violin, above `base`; None for few or equal values.
    fn cloud(&self, finite: &[f64], across: &Across, base: f64, high: f64) -> Result<Option<String>, super::Problem> {
        let Ok(width) = bandwidth(finite) else { return Ok(None) };
        let (least, most) = finite.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |r, v| (r.0.min(*v), r.1.max(*v)));
        if finite.len() < FEWEST {
            return Ok(None);
        }
        let place = |i: usize| least + (most - least) * i as f64 / (OUTLINE - 1) as f64;
        let places: Vec<f64> = (0..OUTLINE).map(place).collect();
        let heights = density(finite, width, &places)
            .map_err(|refusal| check::refuse(&self.title, refusal.to_string(), "look at the values"))?;
        let peak = heights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let outline = places.iter().zip(&heights).map(|(x, h)| (across.px(*x), base - high * h / peak));
        let feet = [(across.px(least), base)].into_iter().chain(outline).chain([(across.px(most), base)]);
        Ok(Some(polyline(feet) + "Z"))
    }

    /// Where the dots of a row stand; None for unknown values.
    fn dots(&self, i: usize, across: &Across) -> Vec<Option<(f64, f64)>> {
        let height = self.row_height();
        let top = across.pane.top + height * (i as f64 + 0.5) + 17.0;
        let room = (0.5 * height - 21.0).max(6.0);
        let mut rng = Rng::named(&["raincloud", &self.seed, &i.to_string()]);
        // The column of infinite values is spread to both sides as well: nothing else tells its dots apart.
        let mut one = |value: Option<f64>| {
            let (down, aside) = (rng.uniform(), rng.uniform());
            let value = value.filter(|v| !v.is_nan())?;
            let aside = if value.is_infinite() { 0.5 * BEYOND * (aside - 0.5) } else { 0.0 };
            Some((across.px(value) + aside, top + room * down))
        };
        self.groups[i].values.iter().map(|v| one(*v)).collect()
    }

    /// Lines between the dots of one person, row to row.
    fn pairs(&self, across: &Across) -> Markup {
        let all: Vec<Vec<Option<(f64, f64)>>> = (0..self.groups.len()).map(|i| self.dots(i, across)).collect();
        let people = all.first().map_or(0, Vec::len);
        let few = people <= MOST_DOTS;
        let joined = |person: usize| {
            let steps = all.windows(2).filter_map(move |pair| Some((pair[0][person]?, pair[1][person]?)));
            steps.map(|((x, y), (u, v))| format!("M{} {}L{} {}", c(x), c(y), c(u), c(v))).collect::<String>()
        };
        html! {
            g data-mark="pairs" { @if few { @for person in 0..people { (line(&joined(person), if people > 60 { RULE } else { "#b9c2bf" }, 0.7, "")) } } }
        }
    }

    fn in_words(&self, one: &Group) -> String {
        let values: Vec<f64> = one.known().collect();
        let at = |share| quantile(&values, share).map_or("–".to_owned(), short);
        let middle = match values.len() {
            0 => String::new(),
            1 => format!(", {}", self.quantity.value(values[0])),
            _ => format!(", median {} {} (quartiles {} and {})", at(0.5), self.quantity.unit, at(0.25), at(0.75)),
        };
        let infinite = values.iter().filter(|v| v.is_infinite()).count();
        let infinite = if infinite > 0 { format!(", {infinite} infinite") } else { String::new() };
        format!("{}: {}{infinite}{middle}.", one.label, self.counts(one))
    }
}

impl Group {
    fn known(&self) -> impl Iterator<Item = f64> + '_ {
        self.values.iter().flatten().copied().filter(|v| !v.is_nan())
    }
}

/// Box and whiskers just below the cloud's foot.
fn boxed(one: &Group, across: &Across, base: f64, look: Look) -> Markup {
    let values: Vec<f64> = one.known().collect();
    let at = |share| quantile(&values, share).filter(|_| values.len() >= FEWEST);
    let (Some(low), Some(middle), Some(high)) = (at(0.25), at(0.5), at(0.75)) else { return html! {} };
    let reach = 1.5 * (high - low);
    // An infinite quartile has no box length: the whisker then ends at the box.
    let within = |v: &&f64| reach.is_finite() && **v >= low - reach && **v <= high + reach;
    let (least, most) = values.iter().filter(within).fold((low, high), |r, v| (r.0.min(*v), r.1.max(*v)));
    let (y, tall) = (base + 3.0, 9.0);
    let (left, right) = (across.px(low), across.px(high));
    html! {
        g data-mark="box" {
            (line(&format!("M{} {}H{}M{} {}H{}", c(across.px(least)), c(y + tall / 2.0), c(left), c(right), c(y + tall / 2.0), c(across.px(most))), look.colour(), 1.4, ""))
            rect x=(c(left)) y=(c(y)) width=(c(right - left)) height=(c(tall)) fill=(PAPER) stroke=(look.colour()) stroke-width="1.4" {}
            (line(&format!("M{} {}v{}", c(across.px(middle)), c(y - 1.5), c(tall + 3.0)), INK, 2.4, ""))
        }
    }
}
