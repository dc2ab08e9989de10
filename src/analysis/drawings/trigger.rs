//! The continuous report: how far the trigger was held while the vehicle came, by its distance and around its stop.

use super::categories::MOST_LINES;
use super::parts::{Part, parts};
use super::vehicle::Shown;
use super::{Drawing, Report, Reported, Seen};
use crate::analysis::intake::Trial;
use crate::figure::{Course, Drawn, Estimate, Point, Quantity, Trend};
use crate::statistics::summary::summarise;

/// Places along the axis at which means are taken.
const PLACES: usize = 80;
/// A place of which fewer than this share of a condition's participants are known is not drawn: the others may differ.
const FEWEST: f64 = 0.5;

/// What the reports are laid along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Along {
    Distance,
    Stop,
}

pub(super) fn drawings(shown: &Shown<'_>, seen: &[Seen]) -> Vec<Drawing> {
    let any = |(trial, _): &(&Trial, usize)| seen.get(trial.row).is_some_and(|seen| !seen.report.points.is_empty());
    if !shown.trials.iter().any(any) {
        return Vec::new();
    }
    let mut drawings = Vec::new();
    for (along, what, about) in [
        (
            Along::Distance,
            "trigger-distance",
            "The report when the vehicle had come so near, for the first time; read from left, far away, to right, at the zone. \
             A trial without a report is not in it.",
        ),
        (
            Along::Stop,
            "trigger-time",
            "The report around the moment at which the vehicle came to rest; trials in which it never stood are not in it.",
        ),
    ] {
        let figures: Vec<Drawn> =
            parts(&shown.design, MOST_LINES).iter().filter_map(|part| figure(shown, seen, along, part)).collect();
        drawings.extend(shown.each(what, about, figures));
    }
    drawings
}

/// A part's conditions, each a line; none where nothing is known of them.
fn figure(shown: &Shown<'_>, seen: &[Seen], along: Along, part: &Part) -> Option<Drawn> {
    let reports = |cell: usize| -> Vec<(usize, &Report)> {
        let own = shown.of_cell(cell).filter_map(|trial| Some((trial.participant, &seen.get(trial.row)?.report)));
        own.filter(|(_, report)| range(report, along).is_some()).collect()
    };
    let all: Vec<(f64, f64)> =
        part.cells.iter().flat_map(|cell| reports(*cell)).filter_map(|(_, report)| range(report, along)).collect();
    let low = all.iter().map(|(low, _)| *low).reduce(f64::min)?;
    let high = all.iter().map(|(_, high)| *high).reduce(f64::max)?;
    let course = |(cell, label): (&usize, &String)| {
        let own = reports(*cell);
        let mut people: Vec<usize> = own.iter().map(|(person, _)| *person).collect();
        people.sort_unstable();
        people.dedup();
        let place = |i: usize| low + (high - low) * i as f64 / (PLACES - 1) as f64;
        let points = (0..PLACES).filter_map(|i| {
            let x = place(i);
            // Participants first: a mean of each one's trials.
            let codes: Vec<(String, f64)> = own
                .iter()
                .filter_map(|(person, report)| Some((format!("{person:06}"), at(report, along, x)?)))
                .collect();
            let summary = summarise(codes.iter().map(|(code, value)| (code.as_str(), *value)));
            let known = summary.people as f64 >= FEWEST * people.len() as f64;
            let mean = Estimate { value: summary.mean?, interval: summary.interval };
            known.then_some(Point { x, mean, n: summary.people })
        });
        Course { label: label.clone(), points: points.collect() }
    };
    let mut courses: Vec<Course> = part.cells.iter().zip(&part.names).map(course).collect();
    if along == Along::Distance {
        courses.iter_mut().for_each(|course| course.points.reverse());
    }
    let more = if part.label.is_empty() { String::new() } else { format!(": {}", part.label) };
    let (x, title) = match along {
        Along::Distance => (
            Quantity::new("Distance of the vehicle's front to the conflict zone", "m"),
            "by the distance of the vehicle",
        ),
        Along::Stop => (Quantity::new("Time from the vehicle's stop", "s"), "around the vehicle's stop"),
    };
    Some(
        Trend {
            title: format!("Continuous report {title}{more}"),
            note: "Means over participants, each a mean of their own trials; bands: pointwise 95 % t intervals."
                .to_owned(),
            x,
            y: Quantity::new("Trigger, 0 released to 1 fully pressed", ""),
            courses,
            continuous: true,
            falling: along == Along::Distance,
            y_range: Some((0.0, 1.0)),
            marks: if along == Along::Stop { vec![(0.0, "the vehicle stands".to_owned())] } else { Vec::new() },
        }
        .draw(),
    )
}

/// Where a report begins and ends; none where it has no such place.
fn range(report: &Report, along: Along) -> Option<(f64, f64)> {
    let places: Vec<f64> = report.points.iter().filter_map(|point| place(report, point, along)).collect();
    let low = places.iter().copied().reduce(f64::min)?;
    Some((low, places.iter().copied().reduce(f64::max)?))
}

fn place(report: &Report, point: &Reported, along: Along) -> Option<f64> {
    match along {
        Along::Distance => point.to_zone_m.filter(|distance| *distance >= 0.0),
        Along::Stop => report.stop_s.map(|stop| point.time_s - stop),
    }
}

/// The report at a place: by time the last one until then, by distance the first one so near; none outside of it.
fn at(report: &Report, along: Along, x: f64) -> Option<f64> {
    let (low, high) = range(report, along)?;
    // Places are made of sums: the ends are the ends.
    let x = if (low - 1e-9..=high + 1e-9).contains(&x) { x.clamp(low, high) } else { return None };
    let mut places = report.points.iter().filter_map(|point| Some((place(report, point, along)?, point.share)));
    match along {
        Along::Distance => places.find(|(distance, _)| *distance <= x).map(|(_, share)| share),
        Along::Stop => places.take_while(|(time, _)| *time <= x).last().map(|(_, share)| share),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_taken_where_it_was_known() {
        let point = |time_s: f64, to_zone_m: f64, share: f64| Reported { time_s, to_zone_m: Some(to_zone_m), share };
        let report = Report {
            stop_s: Some(3.0),
            points: vec![point(1.0, 20.0, 0.0), point(2.0, 10.0, 0.5), point(3.0, 4.0, 1.0), point(4.0, 4.0, 0.2)],
        };
        assert_eq!([20.0, 12.0, 10.0, 4.0].map(|x| at(&report, Along::Distance, x)), [0.0, 0.5, 0.5, 1.0].map(Some));
        assert_eq!((at(&report, Along::Distance, 21.0), at(&report, Along::Distance, 3.0)), (None, None));
        assert_eq!(
            [-2.0, -0.5, 0.0, 0.9, 1.0].map(|x| at(&report, Along::Stop, x)),
            [0.0, 0.5, 1.0, 1.0, 0.2].map(Some)
        );
        assert_eq!(at(&Report { stop_s: None, ..report }, Along::Stop, 0.0), None, "it never stood");
    }
}
