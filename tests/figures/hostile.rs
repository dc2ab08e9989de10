//! Hostile data: drawn honestly or refused in words.

use crate::gallery;
use crate::svg::{marks, read};
use kerbside::figure::{
    Bar, Course, Curve, Curves, Drawn, Estimate, Fan, Flow, Forest, Group, Interaction, InteractionLine, Likert, Panel,
    Point, QuantilePlot, Quantity, Raincloud, Residuals, Row, Step, Tracks, Trend, Trial,
};

const LONG: &str =
    "The vehicle brakes late & hard <onset 19.29 m>, the light band pulses \"slowly\" from 38.58 m on, and it rains";
const ARABIC: &str = "الفرامل المفاجئة مع الضوء الأخضر";

fn cloud(values: &[Vec<Option<f64>>]) -> Raincloud {
    let group = |(i, values): (usize, &Vec<Option<f64>>)| Group { label: format!("g{i}"), values: values.clone() };
    Raincloud {
        title: "T".to_owned(),
        quantity: Quantity::new("value", "s"),
        groups: values.iter().enumerate().map(group).collect(),
        ..Raincloud::default()
    }
}

fn refused(drawn: Drawn, words: &str) {
    let problem = drawn.unwrap_err().to_string();
    assert!(problem.contains(words) && problem.contains("figure \"") && problem.contains("cure:"), "{problem}");
}

#[test]
fn any_text_gives_valid_xml_and_the_same_bytes() {
    for title in
        [LONG, ARABIC, "]]>&amp;<script>alert(1)</script>", "a\u{0}b\u{1b}[31m\u{202e}c\n\td\u{ffff}e", "", "😀 測試 ñ"]
    {
        let mut data = gallery::raincloud();
        data.title = title.to_owned();
        data.quantity = Quantity::new(title, title);
        for group in &mut data.groups {
            group.label = title.to_owned();
        }
        let figure = data.draw().unwrap();
        let svg = read(&figure);
        assert!(svg.descendants().all(|n| n.tag_name().name() != "script"));
        assert_eq!(figure, data.draw().unwrap());
        if !title.contains('\u{0}') {
            assert_eq!(figure.title, title, "text is kept as it is");
        }
    }
}

#[test]
fn few_equal_huge_tiny_and_unknown_values() {
    let known = |values: &[f64]| values.iter().map(|v| Some(*v)).collect::<Vec<_>>();
    for values in [
        vec![known(&[3.0])],
        vec![known(&[3.0, 3.0, 3.0, 3.0, 3.0, 3.0])],
        vec![known(&[0.0; 9]), known(&[1.0])],
        vec![known(&[1e200, -1e200, 3.0, 1e199, 5e199])],
        vec![known(&[1e-200, 3e-200, 2e-200, 2e-200, 5e-200])],
        vec![known(&[1e9, 1e9 + 1e-3, 1e9 + 2e-3, 1e9, 1e9])],
        vec![vec![None; 5], known(&[1.0, 2.0])],
        vec![vec![], known(&[1.0, 2.0])],
        vec![vec![Some(f64::NAN), Some(f64::NEG_INFINITY), Some(f64::INFINITY), Some(2.0), Some(2.0), Some(2.5)]],
    ] {
        let figure = cloud(&values).draw().unwrap();
        let svg = read(&figure);
        let dots: usize = marks(&svg, "dots").iter().map(|g| g.children().count()).sum();
        assert_eq!(dots, values.iter().flatten().filter(|v| v.is_some_and(|v| !v.is_nan())).count(), "{values:?}");
    }
    let one = read_counts(&cloud(&[known(&[3.0])]));
    assert_eq!(one, (0, 0), "one value has neither cloud nor box");
    assert_eq!(read_counts(&cloud(&[known(&[3.0; 6])])), (0, 1), "equal values have no density");
    refused(cloud(&[]).draw(), "no groups");
    refused(cloud(&[vec![]]).draw(), "no values");
    refused(cloud(&[vec![None, Some(f64::INFINITY)]]).draw(), "no finite value (1 infinite, 1 unknown)");
    refused(cloud(&[known(&[1e300, 2.0])]).draw(), "beyond what can be drawn");
    refused(cloud(&[known(&[1e-300])]).draw(), "beyond what can be drawn");
    let uneven = Raincloud { paired: true, ..cloud(&[known(&[1.0]), known(&[1.0, 2.0])]) };
    refused(uneven.draw(), "paired groups of [1, 2] values");
}

fn read_counts(data: &Raincloud) -> (usize, usize) {
    let figure = data.draw().unwrap();
    let svg = read(&figure);
    (marks(&svg, "cloud").len(), marks(&svg, "box").len())
}

#[test]
fn many_values_are_not_drawn_one_by_one_but_said() {
    let values: Vec<Option<f64>> = (0..5_000).map(|i| Some(f64::from(i % 97))).collect();
    let figure = cloud(&[values]).draw().unwrap();
    assert!(
        figure.svg.len() < 40_000 && figure.svg.contains("too many values for dots") && figure.svg.contains("n = 5000")
    );
}

#[test]
fn two_hundred_people_in_twelve_conditions_with_long_names() {
    let waits = gallery::waits_s();
    let group = |i: usize| Group {
        label: format!("{} {LONG}", i + 1),
        values: (0..200).map(|p| Some(waits[i % 4][p % 24] * (1.0 + 0.003 * p as f64))).collect(),
    };
    let clouds = Raincloud { groups: (0..12).map(group).collect(), ..gallery::raincloud() };
    let mut all = vec![("many-raincloud", clouds.draw().unwrap())];

    let base = gallery::by_time().panels[0].curves.clone();
    let curve = |i: usize| Curve { label: format!("{} {LONG}", i + 1), ..base[i % 4].clone() };
    let panels = vec![Panel { curves: (0..12).map(curve).collect(), ..Panel::default() }];
    all.push(("many-curves", Curves { panels, ..gallery::by_time() }.draw().unwrap()));

    let cell = |i: usize| Some(Estimate { value: 3.0 + 0.1 * i as f64, interval: Some((2.5, 3.5 + 0.2 * i as f64)) });
    let lines =
        ["eHMI off", LONG].map(|label| InteractionLine { label: label.to_owned(), cells: (0..12).map(cell).collect() });
    let levels = (0..12).map(|i| format!("{} {LONG}", i + 1)).collect();
    all.push((
        "many-interaction",
        Interaction { levels, lines: lines.to_vec(), ..gallery::interaction() }.draw().unwrap(),
    ));

    let tracks = gallery::fan().panels;
    let panels = (0..12).map(|i| Tracks { label: format!("{} {LONG}", i + 1), ..tracks[i % 4].clone() }).collect();
    all.push(("many-fan", Fan { panels, ..gallery::fan() }.draw().unwrap()));

    let answers = (0..11).map(|i| format!("{i} {}", &LONG[..20])).collect();
    let bars = (0..12)
        .map(|i| Bar { label: format!("{} {LONG}", i + 1), counts: (0..11).map(|a| (a * i) % 7).collect() })
        .collect();
    all.push(("many-likert", Likert { answers, bars, ..gallery::likert() }.draw().unwrap()));

    let rows = (0..12).map(|i| Row {
        label: format!("{ARABIC} {LONG}"),
        words: LONG.to_owned(),
        ..gallery::forest().rows[i % 5].clone()
    });
    all.push((
        "many-forest",
        Forest { rows: rows.collect(), sides: (LONG.to_owned(), LONG.to_owned()), ..gallery::forest() }.draw().unwrap(),
    ));

    let part =
        |i: usize| Step { label: format!("{} {LONG}", i + 1), participants: 200, trials: 2400, left_out: vec![] };
    let mut flow = Flow { parts: (0..12).map(part).collect(), ..gallery::flow() };
    flow.steps[0].left_out[0].reason = LONG.repeat(2);
    all.push(("many-flow", flow.draw().unwrap()));

    let course = gallery::learning().courses;
    let courses = (0..12).map(|i| Course { label: format!("{} {LONG}", i + 1), ..course[i % 2].clone() }).collect();
    all.push((
        "many-learning",
        Trend { courses, marks: vec![(11.9, LONG.to_owned())], ..gallery::learning() }.draw().unwrap(),
    ));

    for (name, figure) in &all {
        read(figure);
        assert!(figure.svg.len() < 3_000_000, "{name}: {} bytes", figure.svg.len());
        // To be looked at.
        std::fs::write(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.svg")), &figure.svg)
            .unwrap();
    }
}

#[test]
fn labels_that_differ_in_their_end_are_told_apart() {
    let label =
        |level: &str| format!("Distance of the vehicle at step-off, speed=30mph vs 25mph × ehmi={level} vs none");
    let rows = ["headlights", "band"].map(|level| Row { label: label(level), ..gallery::forest().rows[0].clone() });
    let forest = Forest { rows: rows.to_vec(), ..gallery::forest() }.draw().unwrap();
    let tree = read(&forest);
    // Whatever is said to those who do not see it stands before the first shape.
    let drawn = tree.descendants().skip_while(|node| node.tag_name().name() != "rect");
    let words: String = drawn.filter(|node| node.is_text()).filter_map(|node| node.text()).collect();
    assert!(words.contains("headlights") && words.contains("band"), "{words}");
}

#[test]
fn a_number_of_people_stands_below_every_point_that_has_room_for_one() {
    let any = gallery::learning().courses[0].points[0];
    let point = |(i, x): (usize, f64)| Point { x, n: 21 + i, ..any };
    // Places that lie on no tick.
    let places = [7.0, 16.0, 25.0, 34.0, 43.0, 52.0, 61.0, 70.0];
    let course = Course { label: "all".to_owned(), points: places.into_iter().enumerate().map(point).collect() };
    let trend = Trend { courses: vec![course], ..gallery::learning() }.draw().unwrap();
    let tree = read(&trend);
    let counts = marks(&tree, "counts")[0];
    let said: Vec<&str> =
        counts.children().filter(|node| node.tag_name().name() == "text").filter_map(|node| node.text()).collect();
    assert_eq!(said, ["21", "22", "23", "24", "25", "26", "27", "28"]);
}

#[test]
fn one_condition_one_person_and_nothing_at_all() {
    let trial = |at, happened| Trial { at, happened };
    let curves = |steps: &[(f64, f64)], trials: &[Trial]| Curves {
        title: "C".to_owned(),
        panels: vec![Panel {
            curves: vec![Curve {
                label: "one".to_owned(),
                steps: steps.to_vec(),
                trials: trials.to_vec(),
                ..Curve::default()
            }],
            ..Panel::default()
        }],
        ..Curves::default()
    };
    read(&curves(&[(2.0, 1.0)], &[trial(2.0, true)]).draw().unwrap());
    let censored = curves(&[], &[trial(9.0, false), trial(9.0, false)]).draw().unwrap();
    assert!(censored.about.contains("0 of 2 trials, 0 % at the end, half never reached"), "{}", censored.about);
    read(&censored);
    refused(curves(&[], &[]).draw(), "no trials");
    refused(curves(&[(1.0, 50.0)], &[trial(1.0, true)]).draw(), "outside 0 to 1");
    refused(curves(&[(2.0, 0.5), (1.0, 1.0)], &[trial(2.0, true)]).draw(), "not in order");
    refused(curves(&[(f64::NAN, 0.5)], &[trial(2.0, true)]).draw(), "unknown or infinite");

    let point = |x, value, interval, n| Point { x, mean: Estimate { value, interval }, n };
    let trend = |points: Vec<Point>, continuous| Trend {
        title: "L".to_owned(),
        courses: vec![Course { label: "one".to_owned(), points }],
        continuous,
        ..Trend::default()
    };
    for continuous in [false, true] {
        read(&trend(vec![point(1.0, 2.0, None, 1)], continuous).draw().unwrap());
        read(
            &trend(
                vec![point(1.0, 2.0, Some((f64::NEG_INFINITY, f64::INFINITY)), 2), point(2.0, 2.0, None, 1)],
                continuous,
            )
            .draw()
            .unwrap(),
        );
        refused(trend(vec![], continuous).draw(), "no points");
        refused(trend(vec![point(1.0, 2.0, Some((3.0, 4.0)), 2)], continuous).draw(), "does not hold the estimate");
        refused(trend(vec![point(2.0, 1.0, None, 1), point(1.0, 1.0, None, 1)], continuous).draw(), "not in order");
        refused(trend(vec![point(1.0, f64::NAN, None, 1)], continuous).draw(), "unknown or infinite");
    }

    let values =
        |values: &[f64]| QuantilePlot { title: "Q".to_owned(), values: values.to_vec(), ..QuantilePlot::default() };
    refused(values(&[1.0, 2.0, 3.0]).draw(), "3 values");
    refused(values(&[2.0; 8]).draw(), "all equal");
    refused(values(&[1.0, 2.0, f64::INFINITY, 4.0]).draw(), "value 3 is unknown or infinite");
    read(&values(&[1.0, 1.0, 1.0, 1.0, 1.0, 7.0]).draw().unwrap());

    let residuals =
        |points: &[(f64, f64)]| Residuals { title: "R".to_owned(), points: points.to_vec(), ..Residuals::default() };
    read(&residuals(&[(1.0, 0.0)]).draw().unwrap());
    read(&residuals(&[(1.0, 0.1); 30]).draw().unwrap());
    refused(residuals(&[]).draw(), "no residuals");

    let likert = |counts: &[usize]| Likert {
        title: "L".to_owned(),
        answers: vec!["no".to_owned(), "yes".to_owned()],
        bars: vec![Bar { label: "one".to_owned(), counts: counts.to_vec() }],
        ..Likert::default()
    };
    read(&likert(&[0, 1]).draw().unwrap());
    refused(likert(&[0, 0]).draw(), "nobody has answered");
    refused(likert(&[1]).draw(), "1 counts for 2 answers");
    refused(likert(&[usize::MAX, 1]).draw(), "more answers than can be counted");

    let fan = |tracks: Vec<Vec<(f64, f64)>>| Fan {
        title: "F".to_owned(),
        panels: vec![Tracks { label: "one".to_owned(), tracks }],
        ..Fan::default()
    };
    let one = fan(vec![vec![(3.0, 1.0), (1.0, 0.0)]]).draw().unwrap();
    assert!(one.about.contains("1 track, too few for a median"), "{}", one.about);
    read(&one);
    read(&fan(vec![vec![(3.0, 1.0)]; 9]).draw().unwrap());
    refused(fan(vec![vec![]]).draw(), "no points");

    let forest = |rows| Forest { title: "G".to_owned(), rows, ..Forest::default() };
    refused(forest(vec![Row::default()]).draw(), "no estimates");
    let lone = Row { estimate: Some(Estimate { value: 0.0, interval: None }), ..Row::default() };
    read(&forest(vec![lone]).draw().unwrap());

    refused(Flow::default().draw(), "no steps");
    let pair = Interaction {
        levels: vec!["a".to_owned(), "b".to_owned()],
        lines: vec![InteractionLine::default()],
        ..Interaction::default()
    };
    refused(pair.draw(), "no cell means");
    let cells = vec![Some(Estimate { value: 5.0, interval: None }), None];
    let lines = vec![InteractionLine { label: String::new(), cells }];
    read(&Interaction { lines, ..pair }.draw().unwrap());
}
