//! Learning and fatigue: crossing before the vehicle, and the time it took, from block to block and trial to trial.

use super::chart::{self, Look, Scale};
use super::conditions::Sorted;
use super::lines::{self, Axis, Plot, Series};
use super::page;
use crate::statistics::summary::{proportion, quantile};
use crate::table::{MeasureRow, TrialOutcome};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Positions in the session are put together to at most so many points.
const MOST_POINTS: usize = 8;

/// Trials by place: block, or part of the session.
type Places<'a> = BTreeMap<u32, Vec<&'a MeasureRow>>;

/// Whether the body entered the zone first; none where that is not known.
fn before(row: &MeasureRow) -> Option<bool> {
    let known = [TrialOutcome::Before, TrialOutcome::After, TrialOutcome::Never, TrialOutcome::Contact];
    known.contains(&row.outcome).then_some(row.outcome == TrialOutcome::Before)
}

/// Crossing initiation; a trial without step-off counts as later than all others.
fn waited(row: &MeasureRow) -> Option<f64> {
    if row.censored { row.cit_censored_at_s.known().map(|_| f64::INFINITY) } else { row.cit_s.known() }
}

fn times(trials: &[&MeasureRow]) -> Vec<f64> {
    trials.iter().filter_map(|row| waited(row)).collect()
}

/// Figures by block, a figure and a table by position.
pub fn section(sorted: &Sorted) -> Markup {
    let blocks = places(sorted, |trial| trial.block_n);
    let positions = binned(&places(sorted, |trial| Some(trial.plan_n)));
    if blocks.is_empty() && positions.is_empty() {
        return page::empty("There is no order to show: no kept main trial stands in trials.csv.");
    }
    html! {
        @if blocks.len() > 1 {
            @let (share, time) = (by_block(sorted, &blocks, Measure::Share), by_block(sorted, &blocks, Measure::Time));
            (page::figure(|size| share.draw(size), html! {
                (share.key())
                p { b { "Share that crossed before the vehicle, by block. " } "Upright lines: 95 % intervals; the conditions stand side by side only to be seen." }
            }))
            (page::figure(|size| time.draw(size), html! {
                (time.key())
                p { b { "Crossing initiation time, by block. " } "Points: medians over trials; upright lines: quartiles. A trial without step-off counts as later than all others; where that makes the median unknown there is no point." }
            }))
            (table("By block, all conditions together", "Block", blocks.iter().map(|(n, trials)| (n.to_string(), trials.as_slice()))))
        } @else {
            p { "All kept main trials stand in one block." }
        }
        @if positions.len() > 1 {
            (page::figure(|size| by_position(&positions).draw(size), html! {
                p { b { "Crossing initiation time over the session, all conditions together. " } "Positions in the session's plan, put together to at most " (MOST_POINTS) " points; medians and quartiles over trials. Conditions are mixed here: a change may be the order's, not the person's." }
            }))
        }
        (table("By position in the session, all conditions together", "Positions", positions.iter().map(|bin| (bin.words(), bin.trials.as_slice()))))
    }
}

fn places<'a>(sorted: &Sorted<'a>, place: impl Fn(&crate::table::TrialRow) -> Option<u32>) -> Places<'a> {
    let mut places = Places::new();
    for (_, row) in sorted.kept() {
        if let Some(n) = sorted.attempt(row).and_then(&place) {
            places.entry(n).or_default().push(row);
        }
    }
    places
}

/// Neighbouring positions and their trials.
struct Bin<'a> {
    from: u32,
    to: u32,
    trials: Vec<&'a MeasureRow>,
}

impl Bin<'_> {
    fn words(&self) -> String {
        if self.from == self.to { self.from.to_string() } else { format!("{} to {}", self.from, self.to) }
    }

    fn middle(&self) -> f64 {
        f64::from(self.from) / 2.0 + f64::from(self.to) / 2.0
    }
}

fn binned<'a>(positions: &Places<'a>) -> Vec<Bin<'a>> {
    let all: Vec<(u32, &Vec<&MeasureRow>)> = positions.iter().map(|(n, trials)| (*n, trials)).collect();
    let each = all.len().div_ceil(MOST_POINTS).max(1);
    let bin = |part: &[(u32, &Vec<&'a MeasureRow>)]| {
        let (from, to) = (part.first()?.0, part.last()?.0);
        Some(Bin { from, to, trials: part.iter().flat_map(|(_, trials)| trials.iter().copied()).collect() })
    };
    all.chunks(each).filter_map(bin).collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Measure {
    Share,
    Time,
}

/// A point: its value, and the ends of its spread.
fn point(measure: Measure, trials: &[&MeasureRow]) -> Option<(f64, Option<(f64, f64)>)> {
    match measure {
        Measure::Share => {
            let share = proportion(trials.iter().filter_map(|row| Some((row.participant.as_str(), before(row)?))));
            Some((share.share()?, share.interval))
        }
        Measure::Time => {
            let times = times(trials);
            let median = quantile(&times, 0.5).filter(|m| m.is_finite())?;
            Some((median, quantile(&times, 0.25).zip(quantile(&times, 0.75))))
        }
    }
}

fn series<'a>(label: &'a str, look: Look, measure: Measure, places: &[(f64, Vec<&MeasureRow>)]) -> Series<'a> {
    let known = places.iter().filter_map(|(x, trials)| Some((*x, point(measure, trials)?)));
    let known: Vec<_> = known.collect();
    let trials: usize = places.iter().map(|(_, trials)| trials.len()).sum();
    Series {
        label,
        look,
        points: known.iter().map(|(x, (y, _))| (*x, *y)).collect(),
        spreads: known
            .iter()
            .filter_map(|(x, (_, spread))| Some((*x, spread.as_ref()?.0, spread.as_ref()?.1)))
            .collect(),
        note: format!("n = {trials}"),
    }
}

fn by_block<'a>(sorted: &'a Sorted, blocks: &Places, measure: Measure) -> Plot<'a> {
    let of_block = |block: u32, condition: &super::conditions::Condition<'a>| -> Vec<&'a MeasureRow> {
        let here = |row: &&MeasureRow| sorted.attempt(row).and_then(|trial| trial.block_n) == Some(block);
        condition.trials.iter().copied().filter(here).collect()
    };
    let series: Vec<Series> = sorted
        .looks()
        .map(|(look, condition)| {
            let places: Vec<_> = blocks.keys().map(|n| (f64::from(*n), of_block(*n, condition))).collect();
            series(&condition.label, look, measure, &places)
        })
        .collect();
    let ends = (blocks.keys().next().copied().unwrap_or(1), blocks.keys().last().copied().unwrap_or(1));
    let x = Axis {
        from: f64::from(ends.0) - 0.4,
        to: f64::from(ends.1) + 0.4,
        ticks: every(blocks.keys().map(|n| f64::from(*n)).collect()),
        name: "Block".to_owned(),
        show: lines::plain,
    };
    match measure {
        Measure::Share => {
            let y = lines::shares("Share that crossed before");
            Plot {
                title: "Share that crossed before the vehicle, by block and condition",
                series,
                x,
                y,
                stepped: false,
            }
        }
        Measure::Time => {
            let (series, y) = with_time(series);
            Plot { title: "Median crossing initiation time, by block and condition", series, x, y, stepped: false }
        }
    }
}

/// At most ten of the ticks.
fn every(ticks: Vec<f64>) -> Vec<f64> {
    let step = ticks.len().div_ceil(10).max(1);
    ticks.into_iter().step_by(step).collect()
}

/// The axis of times for these lines; a spread without an end is drawn to the axis' end.
fn with_time(mut series: Vec<Series>) -> (Vec<Series>, Axis) {
    let finite =
        series.iter().flat_map(|s| s.points.iter().map(|p| p.1).chain(s.spreads.iter().flat_map(|s| [s.1, s.2])));
    let (from, to) = chart::round_range(finite.chain([0.0]));
    for spread in series.iter_mut().flat_map(|s| &mut s.spreads) {
        spread.2 = spread.2.min(to);
    }
    let ticks = Scale::new(from, to, 0.0, 1.0).ticks(5);
    (series, Axis { from, to, ticks, name: "After the cue (s)".to_owned(), show: lines::plain })
}

fn by_position<'a>(bins: &[Bin]) -> Plot<'a> {
    /// Black on white, white on black: no condition's colour.
    const ALL: Look = Look(48);
    let places: Vec<_> = bins.iter().map(|bin| (bin.middle(), bin.trials.clone())).collect();
    let (series, y) = with_time(vec![series("all conditions", ALL, Measure::Time, &places)]);
    let (from, to) = (bins.first().map_or(0.0, |b| f64::from(b.from)), bins.last().map_or(1.0, |b| f64::from(b.to)));
    let x = Axis {
        from: from - 0.5,
        to: to + 0.5,
        ticks: Scale::new(from, to, 0.0, 1.0).ticks(8).into_iter().filter(|t| t.fract() == 0.0).collect(),
        name: "Position in the session".to_owned(),
        show: lines::plain,
    };
    Plot { title: "Median crossing initiation time, by position in the session", series, x, y, stepped: false }
}

fn table<'a>(caption: &str, what: &str, rows: impl Iterator<Item = (String, &'a [&'a MeasureRow])>) -> Markup {
    let head = html! {
        tr { th.what rowspan="2" scope="col" { (what) } th rowspan="2" scope="col" { "Trials" }
            th.group colspan="4" scope="colgroup" { "Crossed before the vehicle" }
            th.group colspan="4" scope="colgroup" { "Crossing initiation time " span.unit { "s" } } }
        tr { @for name in ["of", "n", "%"] { th scope="col" { (name) } } th.i scope="col" { "95 %" }
            @for name in ["of", "25 %", "median", "75 %"] { th scope="col" { (name) } } }
    };
    let body = html! {
        @for (name, trials) in rows {
            @let share = proportion(trials.iter().filter_map(|row| Some((row.participant.as_str(), before(row)?))));
            @let times = times(trials);
            tr {
                (page::condition(&name, None)) (page::count(trials.len()))
                (page::count(share.trials)) (page::share(&share))
                (page::count(times.len())) (page::quartiles(&times, 2))
            }
        }
    };
    page::table(caption, head, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::conditions::sort;
    use crate::report::synthetic::{self, Case};

    #[test]
    fn every_kept_trial_stands_in_one_block_and_at_one_position() {
        let input = synthetic::input(&Case::default());
        let sorted = sort(&input);
        let kept = sorted.kept().count();
        let blocks = places(&sorted, |trial| trial.block_n);
        let bins = binned(&places(&sorted, |trial| Some(trial.plan_n)));
        assert_eq!(blocks.values().map(Vec::len).sum::<usize>(), kept);
        assert_eq!(bins.iter().map(|bin| bin.trials.len()).sum::<usize>(), kept);
        assert!(bins.len() <= MOST_POINTS && bins.windows(2).all(|pair| pair[0].to < pair[1].from));
    }

    #[test]
    fn a_trial_without_step_off_is_later_than_all_others() {
        let mut input = synthetic::input(&Case { step_off: false, people: 1, ..Case::default() });
        let rows: Vec<&MeasureRow> = input.measures.iter().take(3).collect();
        assert_eq!(point(Measure::Time, &rows), None, "nobody stepped off: no median");
        input.measures[0].censored = false;
        input.measures[0].cit_s = crate::table::Real::new(2.0);
        input.measures[1].censored = false;
        input.measures[1].cit_s = crate::table::Real::new(3.0);
        let rows: Vec<&MeasureRow> = input.measures.iter().take(3).collect();
        assert_eq!(point(Measure::Time, &rows), Some((3.0, Some((2.5, f64::INFINITY)))));
    }
}
