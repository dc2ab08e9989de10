//! One figure of each kind, of people made up by a seed: what is kept in tests/figures and looked at.

use kerbside::figure::{
    Bar, BlandAltman, Course, Curve, Curves, Estimate, Fan, Figure, Flow, Forest, Group, Interaction, InteractionLine,
    LeftOut, Likert, Panel, Point, QuantilePlot, Quantity, Raincloud, Residuals, Row, Step, Tracks, Trend, Trial,
};
use kerbside::kernel::rng::Rng;
use kerbside::statistics::agreement::agreement;
use kerbside::statistics::cells::CellMeans;
use kerbside::statistics::summary::summarise;
use kerbside::statistics::survival::competing::{cumulative_incidence, incidence_limits};
use kerbside::statistics::survival::kaplan_meier::{Observation, curve};

pub const CONDITIONS: [&str; 4] = [
    "eHMI off, gentle braking",
    "eHMI off, aggressive braking",
    "eHMI on, gentle braking",
    "eHMI on, aggressive braking",
];
const PEOPLE: usize = 24;

/// Waiting times of 24 people in four conditions.
pub fn waits_s() -> Vec<Vec<f64>> {
    let mut rng = Rng::named(&["figures", "waits"]);
    let own: Vec<f64> = (0..PEOPLE).map(|_| 0.6 * rng.normal()).collect();
    let of = |base: f64, rng: &mut Rng| own.iter().map(|o| (base + o + 0.5 * rng.normal()).max(0.2)).collect();
    [4.1, 3.6, 2.9, 2.7].into_iter().map(|base| of(base, &mut rng)).collect()
}

fn groups(values: &[Vec<f64>]) -> Vec<Group> {
    let group = |(label, values): (&&str, &Vec<f64>)| Group {
        label: (*label).to_owned(),
        values: values.iter().map(|v| Some(*v)).collect(),
    };
    CONDITIONS.iter().zip(values).map(group).collect()
}

pub fn raincloud() -> Raincloud {
    Raincloud {
        title: "Crossing initiation time".to_owned(),
        quantity: Quantity::new("Crossing initiation time after the gap opened", "s"),
        groups: groups(&waits_s()),
        paired: true,
        seed: "1".to_owned(),
        ..Raincloud::default()
    }
}

/// Times to arrival at step-off: many stand (infinite), some never stepped off.
pub fn arrival() -> Raincloud {
    let mut rng = Rng::named(&["figures", "arrival"]);
    let mut one = |standing: f64, base: f64| {
        if rng.uniform() < 0.06 {
            return None;
        }
        Some(if rng.uniform() < standing { f64::INFINITY } else { (base + 0.9 * rng.normal()).abs().max(0.3) })
    };
    let group = |(label, (standing, base)): (&&str, (f64, f64))| Group {
        label: (*label).to_owned(),
        values: (0..60).map(|_| one(standing, base)).collect(),
    };
    Raincloud {
        title: "Time to arrival at step-off".to_owned(),
        quantity: Quantity::new("Time until the vehicle would reach the conflict zone", "s"),
        groups: CONDITIONS.iter().zip([(0.35, 3.4), (0.25, 2.8), (0.15, 3.9), (0.1, 3.2)]).map(group).collect(),
        unknown: "without step-off".to_owned(),
        infinite: "vehicle standing".to_owned(),
        threshold: Some((1.5, "1.5 s".to_owned())),
        seed: "1".to_owned(),
        ..Raincloud::default()
    }
}

pub fn interaction() -> Interaction {
    let waits = waits_s();
    let rows: Vec<Vec<f64>> = (0..PEOPLE).map(|i| waits.iter().map(|cell| cell[i]).collect()).collect();
    let means = CellMeans::new(&rows).unwrap().within_intervals(0.95).unwrap();
    let line = |label: &str, cells: [usize; 2]| InteractionLine {
        label: label.to_owned(),
        cells: cells.iter().map(|cell| Some(Estimate::from(means[*cell]))).collect(),
    };
    Interaction {
        title: "Crossing initiation time by braking and light".to_owned(),
        note: "n = 24 people. Bars: within-subject 95 % intervals (Cousineau and Morey).".to_owned(),
        y: Quantity::new("Mean crossing initiation time", "s"),
        factor: "Braking".to_owned(),
        levels: vec!["gentle".to_owned(), "aggressive".to_owned()],
        lines: vec![line("eHMI off", [0, 1]), line("eHMI on", [2, 3])],
    }
}

/// Six trials of each person; who has not stepped off by 9 s is censored there.
pub fn observations(condition: usize) -> Vec<Observation> {
    let mut rng = Rng::named(&["figures", "observations", CONDITIONS[condition]]);
    let waits = waits_s();
    let mut trial = |person: usize| {
        let time = waits[condition][person] * (0.55 * rng.normal()).exp() + 0.4;
        Observation { person, time: time.min(9.0), happened: time < 9.0 }
    };
    (0..6 * PEOPLE).map(|i| trial(i % PEOPLE)).collect()
}

pub fn by_time() -> Curves {
    let of = |(i, label): (usize, &&str)| {
        let trials = observations(i);
        Curve::over_time(*label, &trials, &curve(&trials, "figures"))
    };
    Curves {
        title: "Stepping off over time".to_owned(),
        note: "One minus Kaplan and Meier's estimate; bands: 95 %, bootstrap over 24 people. Small ticks: censored trials.".to_owned(),
        x: Quantity::new("Time after the gap opened", "s"),
        share: "Trials with step-off".to_owned(),
        falling: false,
        panels: vec![Panel { curves: CONDITIONS.iter().enumerate().map(of).collect(), ..Panel::default() }],
    }
}

pub fn by_distance() -> Curves {
    let of = |(i, label): (usize, &&str)| {
        let distance = |o: &Observation| (38.0 - 4.2 * o.time).max(0.0);
        let trials: Vec<Observation> =
            observations(i).iter().map(|o| Observation { time: -distance(o), ..*o }).collect();
        Curve::over_falling_distance(*label, &trials, &curve(&trials, "figures"))
    };
    let curves: Vec<Curve> = CONDITIONS.iter().enumerate().map(of).collect();
    Curves {
        title: "Stepping off as the vehicle comes nearer".to_owned(),
        note: "One minus Kaplan and Meier's estimate; bands: 95 %, bootstrap over 24 people.".to_owned(),
        x: Quantity::new("Front bumper to conflict zone", "m"),
        share: "Trials with step-off".to_owned(),
        falling: true,
        panels: vec![Panel { curves: curves[..2].to_vec(), ..Panel::default() }],
    }
}

pub fn competing() -> Curves {
    let panel = |(i, label): (usize, &&str)| {
        let mut rng = Rng::named(&["figures", "causes", label]);
        let trials = observations(i);
        let times: Vec<f64> = trials.iter().map(|o| o.time).collect();
        let cause: Vec<Option<usize>> = trials
            .iter()
            .map(|o| if o.happened { Some(usize::from(rng.uniform() < 0.12 * o.time)) } else { None })
            .collect();
        let person: Vec<usize> = trials.iter().map(|o| o.person).collect();
        let curves = cumulative_incidence(&times, &cause, 2, None).unwrap();
        let limits = incidence_limits(&times, &cause, 2, &person, "figures").unwrap();
        let one = |(c, name): (usize, &str)| Curve {
            label: name.to_owned(),
            steps: curves[c].clone(),
            limits: limits[c].clone(),
            trials: times.iter().zip(&cause).map(|(at, is)| Trial { at: *at, happened: *is == Some(c) }).collect(),
        };
        Panel {
            label: (*label).to_owned(),
            curves: ["crossed before the vehicle", "crossed after the vehicle"]
                .into_iter()
                .enumerate()
                .map(one)
                .collect(),
            competing: true,
        }
    };
    Curves {
        title: "Crossing before and after the vehicle".to_owned(),
        note: "Cumulative incidence (Aalen and Johansen); bands: 95 %, bootstrap over 24 people.".to_owned(),
        x: Quantity::new("Time after the gap opened", "s"),
        share: "Trials".to_owned(),
        falling: false,
        panels: CONDITIONS.iter().enumerate().map(panel).collect(),
    }
}

pub fn fan() -> Fan {
    let track = |rng: &mut Rng, decel: f64| {
        let (onset, v0) = (34.0 + 3.0 * rng.normal(), 8.3 + 0.3 * rng.normal());
        let decel = decel * (1.0 + 0.1 * rng.normal());
        let at = |i: usize| {
            let d = 60.0 - 0.5 * i as f64;
            let square = v0 * v0 - 2.0 * decel * (onset - d).max(0.0);
            (d, square.max(0.0).sqrt())
        };
        (0..=120).map(at).take_while(|(d, v)| *v > 0.0 && *d >= 0.0).collect::<Vec<_>>()
    };
    let panel = |(label, decel): (&&str, f64)| {
        let mut rng = Rng::named(&["figures", "fan", label]);
        Tracks { label: (*label).to_owned(), tracks: (0..30).map(|_| track(&mut rng, decel)).collect() }
    };
    Fan {
        title: "Speed of the vehicle as it comes nearer".to_owned(),
        x: Quantity::new("Front bumper to conflict zone", "m"),
        y: Quantity::new("Speed", "m/s"),
        falling: true,
        panels: CONDITIONS.iter().zip([0.9, 1.8, 0.9, 1.8]).map(panel).collect(),
    }
}

pub fn likert() -> Likert {
    let bar = |(label, counts): (&&str, [usize; 7])| Bar { label: (*label).to_owned(), counts: counts.to_vec() };
    let counts = [
        [14, 22, 30, 34, 25, 13, 6],
        [22, 28, 31, 28, 20, 11, 4],
        [4, 8, 14, 27, 38, 33, 20],
        [6, 11, 18, 30, 36, 28, 15],
    ];
    Likert {
        title: "Felt safety after each trial".to_owned(),
        note: "\u{201c}I felt safe while I crossed.\u{201d} 24 people, six trials of each condition.".to_owned(),
        answers: ["1 not at all", "2", "3", "4 neither", "5", "6", "7 entirely"].map(str::to_owned).to_vec(),
        bars: CONDITIONS.iter().zip(counts).map(bar).collect(),
    }
}

fn mean(x: f64, values: &[f64]) -> Option<Point> {
    let names: Vec<String> = (0..values.len()).map(|i| format!("{i:03}")).collect();
    let summary = summarise(names.iter().map(String::as_str).zip(values.iter().copied()));
    Some(Point { x, mean: Estimate { value: summary.mean?, interval: summary.interval }, n: summary.people })
}

pub fn learning() -> Trend {
    let mut rng = Rng::named(&["figures", "learning"]);
    let mut course = |label: &str, base: f64| Course {
        label: label.to_owned(),
        points: (1..=12)
            .filter_map(|trial| {
                let people = if trial > 8 { 21 } else { PEOPLE };
                let level = base + 1.2 * (-f64::from(trial) / 4.0).exp();
                mean(f64::from(trial), &(0..people).map(|_| level + 0.7 * rng.normal()).collect::<Vec<_>>())
            })
            .collect(),
    };
    Trend {
        title: "Crossing initiation time over the order of trials".to_owned(),
        note: "Means over people with 95 % t intervals.".to_owned(),
        x: Quantity::new("Trial of the session", ""),
        y: Quantity::new("Crossing initiation time", "s"),
        courses: vec![course("began with eHMI off", 3.2), course("began with eHMI on", 2.6)],
        marks: vec![(6.5, "second block".to_owned())],
        ..Trend::default()
    }
}

pub fn trigger() -> Trend {
    let mut rng = Rng::named(&["figures", "trigger"]);
    let mut course = |label: &str, at_s: f64, peak: f64| {
        let own: Vec<(f64, f64)> =
            (0..PEOPLE).map(|_| (at_s + 0.8 * rng.normal(), peak + 0.12 * rng.normal())).collect();
        let report = |t: f64, (start, peak): (f64, f64)| {
            (peak / (1.0 + (-(t - start) * 2.0).exp()) - (peak / (1.0 + (-(t - start - 3.0) * 1.5).exp())))
                .clamp(0.0, 1.0)
        };
        let points = (0..=100).filter_map(|i| {
            let t = -1.0 + 0.1 * f64::from(i);
            mean(t, &own.iter().map(|o| report(t, *o)).collect::<Vec<_>>())
        });
        Course { label: label.to_owned(), points: points.collect() }
    };
    let courses =
        vec![course(CONDITIONS[0], 1.8, 0.7), course(CONDITIONS[1], 2.2, 0.9), course(CONDITIONS[2], 1.6, 0.4)];
    Trend {
        title: "\u{201c}I feel unsafe\u{201d}: the continuous report".to_owned(),
        note: "Means over people, bands: pointwise 95 % t intervals.".to_owned(),
        x: Quantity::new("Time after the gap opened", "s"),
        y: Quantity::new("Trigger, 0 released to 1 fully pressed", ""),
        courses,
        continuous: true,
        falling: false,
        y_range: Some((0.0, 1.0)),
        marks: vec![(0.0, "gap opens".to_owned()), (1.5, "braking begins".to_owned())],
    }
}

pub fn forest() -> Forest {
    let row = |label: &str, value: f64, half: f64, words: &str| Row {
        label: label.to_owned(),
        n: 18,
        estimate: Some(Estimate { value, interval: Some((value - half, value + half)) }),
        bounds: Some((-0.3, 0.3)),
        drawn: format!("{value:.2} [{:.2}, {:.2}]", value - half, value + half).replace('-', "−"),
        words: words.to_owned(),
    };
    Forest {
        title: "Behavioural gap: virtual less real".to_owned(),
        note: "Standardised mean differences of 18 people with 95 % intervals.".to_owned(),
        quantity: Quantity::new("Standardised difference dz", ""),
        reference: 0.0,
        heads: ("d_z".to_owned(), "in the measure's unit".to_owned()),
        sides: ("less in VR".to_owned(), "more in VR".to_owned()),
        rows: vec![
            row("Crossing initiation time", 0.62, 0.5, "0.41 s [0.10, 0.72]"),
            row("Walking speed", -0.81, 0.54, "−0.17 m/s [−0.28, −0.06]"),
            row("Share of time looking at the vehicle", 0.95, 0.57, "0.12 [0.05, 0.19]"),
            row("Distance to the conflict zone at step-off", 0.08, 0.46, "0.4 m [−1.9, 2.7]"),
            Row { label: "Post-encroachment time".to_owned(), n: 0, ..Row::default() },
        ],
    }
}

pub fn flow() -> Flow {
    let out = |reason: &str, participants: Option<usize>, trials: usize| LeftOut {
        reason: reason.to_owned(),
        participants,
        trials,
    };
    let step = |label: &str, participants: usize, trials: usize, left_out: Vec<LeftOut>| Step {
        label: label.to_owned(),
        participants,
        trials,
        left_out,
    };
    Flow {
        title: "Participants and trials".to_owned(),
        steps: vec![
            step(
                "Enrolled",
                28,
                700,
                vec![out("simulator sickness, session stopped", Some(2), 50), out("pilot", Some(1), 25)],
            ),
            step(
                "Session finished",
                25,
                625,
                vec![
                    out("aborted by the operator", None, 6),
                    out("tracking lost for more than 0.5 s", None, 11),
                    out("excluded by hand: lace untied (P07)", Some(1), 25),
                ],
            ),
            step("Analysed", 24, 583, vec![]),
        ],
        parts: CONDITIONS
            .iter()
            .zip([146, 145, 147, 145])
            .map(|(label, trials)| step(label, 24, trials, vec![]))
            .collect(),
    }
}

fn pairs() -> Vec<(f64, f64)> {
    let mut rng = Rng::named(&["figures", "pairs"]);
    let mut one = |_| {
        let own = 1.35 + 0.15 * rng.normal();
        (own, own - 0.12 + 0.1 * rng.normal())
    };
    (0..18).map(&mut one).collect()
}

pub fn bland_altman() -> BlandAltman {
    let pairs = pairs();
    let differences: Vec<f64> = pairs.iter().map(|(real, virtual_)| virtual_ - real).collect();
    BlandAltman {
        title: "Agreement of walking speeds".to_owned(),
        quantity: Quantity::new("Mean walking speed", "m/s"),
        names: ("real".to_owned(), "virtual".to_owned()),
        agreement: agreement(&differences, 0.95, 0.95).unwrap(),
        pairs,
    }
}

pub fn quantiles() -> QuantilePlot {
    let mut rng = Rng::named(&["figures", "quantiles"]);
    QuantilePlot {
        title: "Are the differences normal?".to_owned(),
        quantity: Quantity::new("Difference between eHMI on and off", "s"),
        values: (0..40).map(|_| -0.8 + 0.6 * rng.normal() + 0.15 * rng.normal().powi(2)).collect(),
    }
}

pub fn residuals() -> Residuals {
    let mut rng = Rng::named(&["figures", "residuals"]);
    let mut one = |_| {
        let fitted = 2.0 + 2.5 * rng.uniform();
        (fitted, (0.15 + 0.15 * fitted) * rng.normal())
    };
    Residuals {
        title: "Residuals of the linear mixed model".to_owned(),
        quantity: Quantity::new("Crossing initiation time", "s"),
        points: (0..300).map(&mut one).collect(),
    }
}

/// All of them, by the names under which they are kept.
pub fn all() -> Vec<(&'static str, Figure)> {
    vec![
        ("raincloud", raincloud().draw().unwrap()),
        ("arrival", arrival().draw().unwrap()),
        ("interaction", interaction().draw().unwrap()),
        ("curves-time", by_time().draw().unwrap()),
        ("curves-distance", by_distance().draw().unwrap()),
        ("curves-competing", competing().draw().unwrap()),
        ("fan", fan().draw().unwrap()),
        ("likert", likert().draw().unwrap()),
        ("learning", learning().draw().unwrap()),
        ("trigger", trigger().draw().unwrap()),
        ("forest", forest().draw().unwrap()),
        ("flow", flow().draw().unwrap()),
        ("bland-altman", bland_altman().draw().unwrap()),
        ("quantiles", quantiles().draw().unwrap()),
        ("residuals", residuals().draw().unwrap()),
    ]
}
