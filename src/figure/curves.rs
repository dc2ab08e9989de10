//! Cumulative curves of waiting, by time or by distance, with the numbers still at risk below.

use super::axis::Axis;
use super::check::{self, MOST_MARKS, MOST_SERIES};
use super::counts::{self, Counts};
use super::look::Look;
use super::number::{c, number, short};
use super::scale::{Pane, Scale, round_range};
use super::sheet::{MARGIN, SMALL, STRONG, Sample, Sheet, Side, WIDTH};
use super::sheet::{clean, group, line, row_height, rows, shade};
use super::{Drawn, Quantity};
use crate::statistics::survival::kaplan_meier::{Curve as Estimated, Observation};
use maud::{Markup, html};

/// One trial: where it happened, or where watching ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Time or distance; finite.
    pub at: f64,
    /// Whether it happened there; false where the trial was censored.
    pub happened: bool,
}

/// One curve: the share of trials in which it has happened.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// The condition, or the outcome.
    pub label: String,
    /// Place and share (0 to 1) from there on, in the order in which it happened.
    pub steps: Vec<(f64, f64)>,
    /// Lower and upper limit at the same places; empty without limits.
    pub limits: Vec<(f64, f64)>,
    /// All trials: they give the numbers at risk and the marks of censoring.
    pub trials: Vec<Trial>,
}

impl Curve {
    /// An estimated curve over time.
    pub fn over_time(label: impl Into<String>, observations: &[Observation], curve: &Estimated) -> Self {
        let trials = observations.iter().map(|o| Trial { at: o.time, happened: o.happened }).collect();
        Self { label: label.into(), steps: curve.steps.clone(), limits: curve.band.clone(), trials }
    }

    /// An estimated curve over a distance that falls: its time was the distance with the other sign.
    pub fn over_falling_distance(label: impl Into<String>, observations: &[Observation], curve: &Estimated) -> Self {
        let mut mirrored = Self::over_time(label, observations, curve);
        mirrored.steps.iter_mut().for_each(|(at, _)| *at = -*at);
        mirrored.trials.iter_mut().for_each(|trial| trial.at = -trial.at);
        mirrored
    }
}

/// Curves that share a pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    /// What the pane is of; empty for a single one.
    pub label: String,
    /// The curves; a curve has the same look in all panels, by its place.
    pub curves: Vec<Curve>,
    /// Whether the curves are outcomes that exclude each other of the same trials, given in the same order to each: there
    /// is one row of numbers at risk, and a trial with another outcome is not marked as censored.
    pub competing: bool,
}

/// Cumulative curves (one minus Kaplan and Meier's estimate, or cumulative incidences) in one or several panels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curves {
    /// The figure's title.
    pub title: String,
    /// What estimate and limits are, and of how many people: `Kaplan-Meier; 95 % bands: bootstrap over 24 people.`
    pub note: String,
    /// Time or distance.
    pub x: Quantity,
    /// What the share is: `Stepped off`.
    pub share: String,
    /// Whether the quantity falls from left to right, as the distance of a car that comes nearer.
    pub falling: bool,
    /// The panels, from left and above.
    pub panels: Vec<Panel>,
}

impl Curves {
    /// Draws it; censored trials are ticks across their curve.
    pub fn draw(&self) -> Drawn {
        self.check()?;
        let mut sheet = Sheet::new(&self.title, &self.note);
        sheet.key(&self.looks(), Sample::Line);
        let columns = if self.panels.len() == 1 { 1 } else { 2 };
        for row in self.panels.chunks(columns) {
            let top = sheet.y;
            let mut bottom = top;
            for (column, panel) in row.iter().enumerate() {
                let wide = (WIDTH - 2.0 * MARGIN - 22.0 * (columns as f64 - 1.0)) / columns as f64;
                let left = MARGIN + column as f64 * (wide + 22.0);
                bottom = bottom.max(self.panel(&mut sheet, panel, left, left + wide, top));
            }
            sheet.y = bottom + 6.0;
        }
        Ok(sheet.finish())
    }

    fn curves(&self) -> impl Iterator<Item = &Curve> {
        self.panels.iter().flat_map(|panel| &panel.curves)
    }

    /// The labels of all panels, each place once.
    fn looks(&self) -> Vec<(Look, &str)> {
        let longest = self.panels.iter().max_by_key(|panel| panel.curves.len());
        longest
            .into_iter()
            .flat_map(|p| p.curves.iter().enumerate().map(|(i, one)| (Look(i), one.label.as_str())))
            .collect()
    }

    fn check(&self) -> Result<(), super::Problem> {
        let title = &self.title;
        check::count(title, "panels", self.panels.len(), MOST_SERIES)?;
        check::count(title, "curves", self.curves().count(), MOST_SERIES)?;
        check::count(title, "trials", self.curves().map(|one| one.trials.len()).sum(), 10 * MOST_MARKS)?;
        let uneven =
            |p: &&Panel| p.competing && p.curves.windows(2).any(|two| two[0].trials.len() != two[1].trials.len());
        if let Some(panel) = self.panels.iter().find(uneven) {
            let what = format!("{}: competing outcomes of different numbers of trials", panel.label);
            return Err(check::refuse(title, what, "give all trials, in the same order, to each outcome"));
        }
        for one in self.curves() {
            let places = || one.steps.iter().map(|(at, _)| *at).chain(one.trials.iter().map(|trial| trial.at));
            check::finite(title, &one.label, places())?;
            check::drawable(title, &one.label, places())?;
            let shares = one.steps.iter().map(|(_, share)| *share);
            let mut shares = shares.chain(one.limits.iter().flat_map(|(low, high)| [*low, *high]));
            if shares.any(|share| !(-1e-9..=1.0 + 1e-9).contains(&share)) {
                let what = format!("{}: a share outside 0 to 1", one.label);
                return Err(check::refuse(title, what, "give shares, not percentages or counts"));
            }
            if !one.limits.is_empty() && one.limits.len() != one.steps.len() {
                let what = format!("{}: {} limits for {} steps", one.label, one.limits.len(), one.steps.len());
                return Err(check::refuse(title, what, "give a lower and an upper limit for each step, or none"));
            }
            let order = |a: f64, b: f64| if self.falling { a >= b } else { a <= b };
            if !one.steps.windows(2).all(|pair| order(pair[0].0, pair[1].0)) {
                let what = format!("{}: steps are not in order", one.label);
                return Err(check::refuse(title, what, "sort them in the direction of the axis"));
            }
        }
        Ok(())
    }

    /// The quantity at the left and at the right edge.
    fn range(&self) -> (f64, f64) {
        let places = self.curves().flat_map(|one| one.trials.iter().map(|t| t.at).chain(one.steps.iter().map(|s| s.0)));
        let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |r, v| (r.0.min(v), r.1.max(v)));
        // Waiting starts at 0 and a distance ends there, where that does not squeeze the curves.
        let zero = if low > 0.0 && low < 0.7 * high { Some(0.0) } else { None };
        let (low, high) = round_range([low, high].into_iter().chain(zero));
        if self.falling { (high, low) } else { (low, high) }
    }

    /// Draws one panel and gives where it ends.
    fn panel(&self, sheet: &mut Sheet, panel: &Panel, left: f64, right: f64, top: f64) -> f64 {
        let share = Quantity::new(&self.share, "%");
        let draft = Axis::upright(&share, (0.0, 100.0), 0.0, 230.0);
        let heading = STRONG.wrap(&clean(&panel.label), right - left, 2);
        let first = top + row_height(STRONG) * heading.len() as f64;
        // Labels of the numbers at risk stand left of the axis where there is one panel.
        let start = left
            + if self.panels.len() == 1 {
                self.label_room(right - left).max(draft.room())
            } else {
                draft.room().max(50.0)
            };
        let pane_top = if panel.label.is_empty() { top } else { first } + draft.above(right - start) + 2.0;
        let pane = Pane {
            left: start,
            right: right - 8.0,
            top: pane_top,
            bottom: pane_top + if self.panels.len() == 1 { 270.0 } else { 190.0 },
        };
        let xs = Axis::across(&self.x, self.range(), (pane.left, pane.right), false);
        let ys = Axis::upright(&share, (0.0, 100.0), pane.top, pane.bottom);
        sheet.add(html! {
            (rows(left, top + row_height(STRONG) - 2.0, Side::Start, STRONG, &heading))
            (ys.beside(pane))
            (xs.below(pane))
        });
        for (i, one) in panel.curves.iter().enumerate() {
            sheet.about(&in_words(one, panel, &self.x));
            sheet.add(group("curve", &one.label, self.curve(panel, i, xs.scale, ys.scale)));
        }
        let below = pane.bottom + xs.height(pane);
        let all = self.at_risk(panel, &xs);
        let places: Vec<f64> = xs.ticks.at.iter().map(|tick| xs.scale.px(*tick)).collect();
        sheet.add(counts::table("Trials at risk", &all, pane, left, below, &places));
        below + counts::height(all.len()) + 8.0
    }

    fn curve(&self, panel: &Panel, i: usize, xs: Scale, ys: Scale) -> Markup {
        let (look, one) = (Look(i), &panel.curves[i]);
        // Bands of many curves lie over each other.
        let faint = (0.6 / panel.curves.len() as f64).clamp(0.05, 0.15);
        let (from, _) = self.range();
        let last = one.trials.iter().map(|t| t.at).chain(one.steps.iter().map(|s| s.0));
        let end = last.fold(from, |end, at| if self.falling { end.min(at) } else { end.max(at) });
        let share = |share: f64| c(ys.px(100.0 * share.clamp(0.0, 1.0)));
        let stepped = |shares: &[f64]| {
            let steps = one.steps.iter().zip(shares).map(|((at, _), s)| format!("H{}V{}", c(xs.px(*at)), share(*s)));
            steps.collect::<String>()
        };
        let shares: Vec<f64> = one.steps.iter().map(|(_, share)| *share).collect();
        let path = format!("M{} {}{}H{}", c(xs.px(from)), share(0.0), stepped(&shares), c(xs.px(end)));
        html! {
            @if !one.limits.is_empty() { g data-mark="limits" { (shade(&self.band(one, end, xs, ys), look.colour(), faint)) } }
            g data-mark="steps" { (line(&path, look.colour(), 2.0, look.dash())) }
            g data-mark="censored" { (line(&self.censored(panel, one, xs, ys), look.colour(), 1.2, "")) }
        }
    }

    /// The area between the limits, stepped like the curve.
    fn band(&self, one: &Curve, end: f64, xs: Scale, ys: Scale) -> String {
        let y = |share: f64| c(ys.px(100.0 * share.clamp(0.0, 1.0)));
        let Some((first, _)) = one.steps.first() else { return String::new() };
        let mut path = format!("M{} {}", c(xs.px(*first)), y(0.0));
        for ((at, _), (_, high)) in one.steps.iter().zip(&one.limits) {
            path += &format!("H{}V{}", c(xs.px(*at)), y(*high));
        }
        path += &format!("H{}", c(xs.px(end)));
        let mut right = end;
        for ((at, _), (low, _)) in one.steps.iter().zip(&one.limits).rev() {
            path += &format!("H{}V{}", c(xs.px(right)), y(*low));
            right = *at;
        }
        path + &format!("H{}Z", c(xs.px(*first)))
    }

    /// Ticks across the curve where trials were censored, each place once.
    fn censored(&self, panel: &Panel, one: &Curve, xs: Scale, ys: Scale) -> String {
        let passed = |at: f64, place: f64| if self.falling { at >= place } else { at <= place };
        let happened = |i: usize, trial: &Trial| {
            trial.happened || panel.competing && panel.curves.iter().any(|other| other.trials[i].happened)
        };
        let ended = one.trials.iter().enumerate().filter(|(i, trial)| !happened(*i, trial));
        let mut places: Vec<f64> = ended.map(|(_, trial)| trial.at).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        let tick = |place: f64| {
            let share = one.steps.iter().rev().find(|(at, _)| passed(*at, place)).map_or(0.0, |(_, share)| *share);
            format!("M{} {}v8", c(xs.px(place)), c(ys.px(100.0 * share) - 4.0))
        };
        places.into_iter().map(tick).collect()
    }

    /// Room for the labels of the numbers at risk.
    fn label_room(&self, wide: f64) -> f64 {
        let labels = self.curves().map(|one| SMALL.width(&clean(&one.label)) + 62.0);
        labels.fold(0.0, f64::max).min(0.36 * wide)
    }

    fn at_risk<'a>(&self, panel: &'a Panel, xs: &Axis) -> Vec<Counts<'a>> {
        let waits = |at: f64, tick: f64| if self.falling { at <= tick } else { at >= tick };
        let row = |(i, one): (usize, &'a Curve)| {
            let still = |tick: &f64| Some(one.trials.iter().filter(|trial| waits(trial.at, *tick)).count());
            let numbers = xs.ticks.at.iter().map(still).collect();
            let (look, label) =
                if panel.competing { (None, "all") } else { (Some((Look(i), Sample::Line)), one.label.as_str()) };
            Counts { look, label, numbers }
        };
        let rows = if panel.competing { 1 } else { panel.curves.len() };
        panel.curves.iter().enumerate().filter(|(_, one)| !one.trials.is_empty()).take(rows).map(row).collect()
    }
}

fn in_words(one: &Curve, panel: &Panel, x: &Quantity) -> String {
    let happened = one.trials.iter().filter(|trial| trial.happened).count();
    let half = one.steps.iter().find(|(_, share)| *share >= 0.5 - 1e-9);
    let half = half.map_or("half never reached".to_owned(), |(at, _)| format!("half at {} {}", short(*at), x.unit));
    let end = one.steps.last().map_or(0.0, |(_, share)| *share);
    let place = if panel.label.is_empty() { String::new() } else { format!("{}, ", panel.label) };
    let share = number(Some(100.0 * end), 0);
    format!("{place}{}: {happened} of {} trials, {share} % at the end, {half}.", one.label, one.trials.len())
}
