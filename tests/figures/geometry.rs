//! Where marks stand is where the data say, read back from the drawing by its own ticks.

use crate::gallery;
use crate::svg::{Axis, across, marks, middle, number, path, places, read, upright, within_group};
use kerbside::figure::{Estimate, Forest, Row};
use kerbside::statistics::cells::CellMeans;
use kerbside::statistics::summary::quantile;
use kerbside::statistics::survival::kaplan_meier::{at_risk, curve};
use roxmltree::{Document, Node};

/// Places are written with one decimal, ticks too.
fn near(axis: &Axis, px: f64, value: f64) -> bool {
    (axis.value(px) - value).abs() <= 0.25 * axis.px()
}

fn label<'a>(node: &Node<'a, 'a>) -> &'a str {
    node.attribute("data-label").unwrap()
}

#[test]
fn a_raincloud_s_dots_and_boxes_are_the_values() {
    let data = gallery::raincloud();
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    let x = across(&svg);
    let groups = marks(&svg, "group");
    assert_eq!(groups.len(), 4);
    let mut rows = Vec::new();
    for (group, given) in groups.iter().zip(&data.groups) {
        assert_eq!(label(group), given.label);
        let values: Vec<f64> = given.values.iter().flatten().copied().collect();
        let dots = within_group(*group, "dots")[0];
        let dots: Vec<(f64, f64)> = dots.children().map(|dot| (number(dot, "cx"), number(dot, "cy"))).collect();
        assert!(dots.len() == values.len() && dots.iter().zip(&values).all(|(dot, value)| near(&x, dot.0, *value)));
        rows.push(dots);
        let rect = within_group(*group, "box")[0]
            .children()
            .find(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "rect")))
            .unwrap();
        let (left, wide) = (number(rect, "x"), number(rect, "width"));
        assert!(
            near(&x, left, quantile(&values, 0.25).unwrap()) && near(&x, left + wide, quantile(&values, 0.75).unwrap())
        );
        let cloud = places(&path(within_group(*group, "cloud")[0]));
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(near(&x, cloud[0].0, least), "the cloud is cut at the least value");
    }
    // The lines of one person go from dot to dot.
    let people: Vec<Node> = marks(&svg, "pairs")[0].children().collect();
    assert_eq!(people.len(), 24);
    for (person, node) in people.iter().enumerate() {
        let through = places(node.attribute("d").unwrap());
        let dots =
            [rows[0][person], rows[1][person], rows[1][person], rows[2][person], rows[2][person], rows[3][person]];
        assert_eq!(through, dots);
    }
}

#[test]
fn infinite_times_stand_in_their_column_and_unknown_ones_are_counted() {
    let data = gallery::arrival();
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    let x = across(&svg);
    for (group, given) in marks(&svg, "group").iter().zip(&data.groups) {
        let known: Vec<f64> = given.values.iter().flatten().copied().collect();
        let infinite = known.iter().filter(|v| v.is_infinite()).count();
        let dots: Vec<f64> = within_group(*group, "dots")[0].children().map(|dot| number(dot, "cx")).collect();
        let edge = 6.1;
        assert_eq!(dots.iter().filter(|px| x.value(**px) > edge).count(), infinite, "{}", given.label);
        assert!(infinite > 0 && dots.len() == known.len());
        let unknown = given.values.len() - known.len();
        let words = format!("n = {}, {unknown} without step-off", known.len());
        assert!(group.descendants().any(|n| n.text() == Some(words.as_str())), "{words}");
        assert!(figure.about.contains(&format!("{words}, {infinite} infinite")), "{}", figure.about);
    }
}

#[test]
fn means_and_within_subject_intervals_stand_where_they_were_computed() {
    let waits = gallery::waits_s();
    let rows: Vec<Vec<f64>> = (0..24).map(|i| waits.iter().map(|cell| cell[i]).collect()).collect();
    let cells = CellMeans::new(&rows).unwrap().within_intervals(0.95).unwrap();
    let figure = gallery::interaction().draw().unwrap();
    let svg = read(&figure);
    let y = upright(&svg);
    let drawn: Vec<Node> = marks(&svg, "line").into_iter().flat_map(|line| within_group(line, "mean")).collect();
    let intervals: Vec<Node> =
        marks(&svg, "line").into_iter().flat_map(|line| within_group(line, "interval")).collect();
    assert_eq!((drawn.len(), intervals.len()), (4, 4));
    for ((mean, interval), cell) in drawn.iter().zip(&intervals).zip(&cells) {
        assert!(near(&y, middle(&path(*mean)).1, cell.estimate));
        let heights: Vec<f64> = places(&path(*interval)).iter().map(|p| p.1).collect();
        let (top, bottom) =
            (heights.iter().copied().fold(f64::INFINITY, f64::min), heights.iter().copied().fold(0.0, f64::max));
        assert!(near(&y, top, cell.interval.high) && near(&y, bottom, cell.interval.low));
    }
}

/// Ticks of the first pane and the numbers below them.
fn counts(svg: &Document<'_>, of: &str) -> Vec<(f64, usize)> {
    let row = marks(svg, "counts").into_iter().find(|row| row.attribute("data-label") == Some(of)).unwrap();
    let numbers = row.descendants().filter(|n| n.attribute("text-anchor") == Some("middle"));
    numbers.map(|n| (number(n, "x"), n.text().unwrap().parse().unwrap())).collect()
}

#[test]
fn curves_step_where_people_stepped_off_and_count_who_still_waits() {
    let figure = gallery::by_time().draw().unwrap();
    let svg = read(&figure);
    let (x, y) = (across(&svg), upright(&svg));
    for (i, group) in marks(&svg, "curve").into_iter().enumerate() {
        let trials = gallery::observations(i);
        let estimate = curve(&trials, "figures");
        let corners = places(&path(within_group(group, "steps")[0]));
        // Each step is a corner below and one above; the start before them, the end of watching after them.
        assert_eq!(corners.len(), 2 + 2 * estimate.steps.len());
        for ((time, share), above) in estimate.steps.iter().zip(corners[1..].chunks(2).map(|pair| pair[1])) {
            assert!(near(&x, above.0, *time) && near(&y, above.1, 100.0 * share), "{time} {share}");
        }
        assert!(near(&x, corners[corners.len() - 1].0, 9.0), "watched until 9 s");
        let band = places(&path(within_group(group, "limits")[0]));
        for (at, (low, high)) in estimate.steps.iter().map(|s| s.0).zip(&estimate.band) {
            let here: Vec<f64> = band.iter().filter(|p| near(&x, p.0, at)).map(|p| p.1).collect();
            assert!([low, high].iter().all(|limit| here.iter().any(|px| near(&y, *px, 100.0 * **limit))), "{at}");
        }
        let below = counts(&svg, gallery::CONDITIONS[i]);
        assert!(below.len() >= 4);
        for (px, still) in below {
            assert_eq!(still, at_risk(&trials, x.value(px).round()), "{}", x.value(px));
        }
        let censored = trials.iter().any(|t| !t.happened);
        let ticks = within_group(group, "censored")[0].descendants().find_map(|n| n.attribute("d")).unwrap_or("");
        assert_eq!(!ticks.is_empty(), censored);
    }
}

#[test]
fn a_distance_falls_from_left_to_right() {
    let figure = gallery::by_distance().draw().unwrap();
    let svg = read(&figure);
    let x = across(&svg);
    assert!(x.value(100.0) > x.value(600.0));
    let distance = |time_s: f64| (38.0 - 4.2 * time_s).max(0.0);
    let trials: Vec<f64> = gallery::observations(0).iter().map(|o| distance(o.time)).collect();
    for (px, still) in counts(&svg, gallery::CONDITIONS[0]) {
        let tick = x.value(px).round();
        assert_eq!(still, trials.iter().filter(|d| **d <= tick).count(), "at {tick} m");
    }
}

#[test]
fn a_trial_with_the_other_outcome_is_not_censored() {
    let data = gallery::competing();
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    let first = &data.panels[0].curves;
    let neither: Vec<f64> = first[0]
        .trials
        .iter()
        .zip(&first[1].trials)
        .filter(|(a, b)| !a.happened && !b.happened)
        .map(|(a, _)| a.at)
        .collect();
    assert!(!neither.is_empty() && neither.iter().all(|at| *at == 9.0), "all were watched until 9 s");
    let ticks = path(within_group(marks(&svg, "curve")[0], "censored")[0]);
    assert_eq!(ticks.matches('M').count(), 1);
    assert_eq!(marks(&svg, "counts").len(), 4, "one row of numbers per panel");
}

#[test]
fn a_fan_s_median_is_that_of_its_tracks() {
    let data = gallery::fan();
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    let (x, y) = (across(&svg), upright(&svg));
    let tracks = &data.panels[0].tracks;
    let median = places(&path(within_group(marks(&svg, "fan")[0], "median")[0]));
    // Tracks have a point every half metre, as the fan has places: no interpolation here.
    for at in [60.0, 45.0, 30.0, 15.0] {
        let here: Vec<f64> = tracks.iter().filter_map(|t| t.iter().find(|p| p.0 == at)).map(|p| p.1).collect();
        let drawn = median.iter().find(|p| near(&x, p.0, at)).unwrap();
        assert!(near(&y, drawn.1, quantile(&here, 0.5).unwrap()), "{at} m");
    }
}

#[test]
fn bars_are_as_long_as_their_shares_and_lie_around_the_middle() {
    let data = gallery::likert();
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    let bars = marks(&svg, "bar");
    let total = |i: usize| {
        bars[i].children().filter_map(|n| n.attribute("width")).map(|w| w.parse::<f64>().unwrap()).sum::<f64>()
    };
    for (i, (bar, given)) in bars.iter().zip(&data.bars).enumerate() {
        let sum: usize = given.counts.iter().sum();
        assert!((total(i) - total(0)).abs() < 0.5, "all shares together are as long in each bar");
        for rect in bar.children().filter(|n| n.attribute("data-answer").is_some()) {
            let answer: usize = rect.attribute("data-answer").unwrap().parse().unwrap();
            let share = given.counts[answer] as f64 / sum as f64;
            assert!((number(rect, "width") - share * total(0)).abs() < 0.3);
        }
    }
    // The middle answer (of seven) is halved by the same line in all bars.
    let middles: Vec<f64> = bars
        .iter()
        .map(|bar| bar.children().find(|n| n.attribute("data-answer") == Some("3")).unwrap())
        .map(|rect| number(rect, "x") + 0.5 * number(rect, "width"))
        .collect();
    assert!(middles.iter().all(|at| (at - middles[0]).abs() < 0.2), "{middles:?}");
}

#[test]
fn means_over_trials_have_their_intervals_and_numbers() {
    let data = gallery::learning();
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    let (x, y) = (across(&svg), upright(&svg));
    for (group, course) in marks(&svg, "course").into_iter().zip(&data.courses) {
        let points: Vec<(f64, f64)> =
            within_group(group, "points")[0].children().map(|n| middle(n.attribute("d").unwrap())).collect();
        let whiskers: Vec<String> =
            within_group(group, "intervals")[0].children().map(|n| n.attribute("d").unwrap().to_owned()).collect();
        assert_eq!((points.len(), whiskers.len()), (12, 12));
        for ((drawn, whisker), point) in points.iter().zip(&whiskers).zip(&course.points) {
            // Courses stand side by side, at most 4 units from the trial's own place.
            assert!((x.value(drawn.0) - point.x).abs() <= 4.3 * x.px() && near(&y, drawn.1, point.mean.value));
            let heights: Vec<f64> = places(whisker).iter().map(|p| p.1).collect();
            let (low, high) = point.mean.interval.unwrap();
            assert!(near(&y, heights[0], low) && near(&y, heights[heights.len() - 1], high), "{heights:?}");
        }
        for (px, n) in counts(&svg, &course.label) {
            assert_eq!(n, if x.value(px).round() > 8.0 { 21 } else { 24 });
        }
    }
}

#[test]
fn a_forest_s_intervals_end_where_they_end_or_in_an_arrow() {
    let estimate = |value: f64, low: f64, high: f64| Some(Estimate { value, interval: Some((low, high)) });
    let row = |label: &str, estimate| Row { label: label.to_owned(), n: 9, estimate, ..Row::default() };
    let rows = vec![
        row("narrow", estimate(0.2, 0.1, 0.3)),
        row("wide", estimate(-0.4, -0.9, 0.1)),
        row("huge", estimate(0.5, -400.0, f64::INFINITY)),
        row("none", None),
    ];
    let data = Forest { title: "Gap".to_owned(), rows, ..gallery::forest() };
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    let x = across(&svg);
    let drawn = marks(&svg, "row");
    for i in [0, 1] {
        let given = data.rows[i].estimate.unwrap();
        let reach: Vec<f64> = places(&path(within_group(drawn[i], "interval")[0])).iter().map(|p| p.0).collect();
        assert!(
            near(&x, reach[0], given.interval.unwrap().0)
                && near(&x, reach[reach.len() - 1], given.interval.unwrap().1)
        );
        assert!(near(&x, middle(&path(within_group(drawn[i], "estimate")[0])).0, given.value));
    }
    assert!(x.value(680.0) < 10.0, "one huge interval does not squeeze the others");
    let heads = path(within_group(drawn[2], "interval")[0]);
    assert!(heads.contains("l-6 4l6 4") && heads.contains("l6 4l-6 4"), "both ends are arrows: {heads}");
    assert!(within_group(drawn[3], "estimate").is_empty() && figure.about.contains("none: no estimate"));
}

#[test]
fn agreement_shows_differences_over_means_and_the_limits() {
    let data = gallery::bland_altman();
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    let (x, y) = (across(&svg), upright(&svg));
    let dots: Vec<Node> = marks(&svg, "points")[0].children().collect();
    assert_eq!(dots.len(), 18);
    for (dot, (first, second)) in dots.iter().zip(&data.pairs) {
        assert!(near(&x, number(*dot, "cx"), 0.5 * (first + second)) && near(&y, number(*dot, "cy"), second - first));
    }
    for (mark, one) in [("bias", data.agreement.bias), ("low", data.agreement.low), ("high", data.agreement.high)] {
        let lines: Vec<&str> = marks(&svg, mark)[0].children().filter_map(|n| n.attribute("d")).collect();
        let (band, line) = (places(lines[0]), places(lines[1]));
        assert!(near(&y, band[0].1, one.interval.high) && near(&y, band[3].1, one.interval.low), "{mark}");
        assert!(near(&y, line[0].1, one.estimate), "{mark}");
    }
}

#[test]
fn quantiles_are_those_of_r() {
    let data = gallery::quantiles();
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    let (x, y) = (across(&svg), upright(&svg));
    let dots: Vec<(f64, f64)> =
        marks(&svg, "points")[0].children().map(|n| (number(n, "cx"), number(n, "cy"))).collect();
    let mut values = data.values.clone();
    values.sort_by(f64::total_cmp);
    assert!(dots.len() == 40 && dots.iter().zip(&values).all(|(dot, value)| near(&y, dot.1, *value)));
    // R 4.2.2: qnorm(ppoints(40))[c(1, 10, 40)].
    for (i, z) in [(0, -2.241_402_728), (9, -0.714_367_440), (39, 2.241_402_728)] {
        assert!(near(&x, dots[i].0, z), "{}", x.value(dots[i].0));
    }
    // The line goes through both quartiles (type 7), as R's qqline.
    let line = places(&path(marks(&svg, "line")[0]));
    let slope = (y.value(line[1].1) - y.value(line[0].1)) / (x.value(line[1].0) - x.value(line[0].0));
    let should = (quantile(&values, 0.75).unwrap() - quantile(&values, 0.25).unwrap()) / (2.0 * 0.674_489_75);
    assert!((slope - should).abs() < 0.01 * should, "{slope} {should}");
}

#[test]
fn residuals_stand_over_their_fitted_values() {
    let data = gallery::residuals();
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    let (x, y) = (across(&svg), upright(&svg));
    let dots: Vec<Node> = marks(&svg, "points")[0].children().collect();
    assert_eq!(dots.len(), 300);
    for (dot, (fitted, residual)) in dots.iter().zip(&data.points) {
        assert!(near(&x, number(*dot, "cx"), *fitted) && near(&y, number(*dot, "cy"), *residual));
    }
}

#[test]
fn a_flow_that_does_not_add_up_is_refused() {
    let mut data = gallery::flow();
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    let texts: Vec<&str> = svg.descendants().filter_map(|n| n.text()).collect();
    for words in
        ["28 participants, 700 trials", "Left out: 1 participant, 42 trials", "• pilot: 1 participant, 25 trials"]
    {
        assert!(texts.contains(&words), "{words}");
    }
    data.steps[0].left_out[0].trials -= 1;
    let problem = data.draw().unwrap_err().to_string();
    assert!(problem.contains("Enrolled: of 700 trials, 699 are left out or go on"), "{problem}");
}
