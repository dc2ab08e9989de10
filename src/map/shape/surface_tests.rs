//! Surfaces and curves worked out by hand.

use crate::map::road::{CubicCurve, Piece, Shape};
use crate::map::testing::document;
use crate::map::{Code, Map, read};
use glam::{DVec2, DVec3};

/// A road east from the origin, 40 m long; left is north. `profile` stands before its lanes.
fn road(profile: &str, lanes: &str) -> Map {
    let text = format!(
        "<road id=\"1\" length=\"40\" junction=\"-1\"><planView><geometry s=\"0\" x=\"0\" y=\"0\" hdg=\"0\" length=\"40\"><line/></geometry></planView>\
         <lateralProfile>{profile}</lateralProfile><lanes>{lanes}</lanes></road>"
    );
    read("m.xodr", &document(&text)).unwrap_or_else(|e| panic!("{e}"))
}

fn section(right: &str) -> String {
    format!(
        "<laneSection s=\"0\"><center><lane id=\"0\" type=\"none\"/></center><right><lane id=\"-1\" type=\"driving\">\
         <width sOffset=\"0\" a=\"3.5\" b=\"0\" c=\"0\" d=\"0\"/></lane>{right}</right></laneSection>"
    )
}

#[test]
fn cross_sections_one_case_a_line() {
    let check = |profile: &str, (s, t): (f64, f64), expected: DVec3| {
        let found = road(profile, &section("")).roads[0].point_m(s, t);
        assert!((found - expected).length() < 1e-12, "{profile} {s} {t}: {found} {expected}");
    };
    let (sin, cos) = 0.1_f64.sin_cos();
    let lean = "<superelevation s=\"0\" a=\"0.1\" b=\"0\" c=\"0\" d=\"0\"/>";
    check(lean, (5.0, -4.0), DVec3::new(5.0, -4.0 * cos, -4.0 * sin)); // the left side is lifted, the right one sinks
    check(lean, (5.0, 4.0), DVec3::new(5.0, 4.0 * cos, 4.0 * sin));
    let fall = "<crossfall side=\"both\" s=\"0\" a=\"0.05\" b=\"0\" c=\"0\" d=\"0\"/>";
    check(fall, (5.0, 3.0), DVec3::new(5.0, 3.0, -3.0 * 0.05_f64.tan())); // both sides fall
    check(fall, (5.0, -3.0), DVec3::new(5.0, -3.0, -3.0 * 0.05_f64.tan()));
    check(&fall.replace("both", "left"), (5.0, -3.0), DVec3::new(5.0, -3.0, 0.0));
    // A crown at s = 0 (0 up to t = -3, then 0.15 m a metre, from t = 0 on -0.1), and a plateau of 1 m at s = 10.
    let crown = "<shape s=\"0\" t=\"-4\" a=\"0\" b=\"0\" c=\"0\" d=\"0\"/><shape s=\"0\" t=\"-3\" a=\"0\" b=\"0.15\" c=\"0\" d=\"0\"/>\
                 <shape s=\"0\" t=\"0\" a=\"0.45\" b=\"-0.1\" c=\"0\" d=\"0\"/><shape s=\"10\" t=\"-4\" a=\"1\" b=\"0\" c=\"0\" d=\"0\"/>";
    check(crown, (0.0, -1.0), DVec3::new(0.0, -1.0, 0.3)); // 0.15 * 2
    check(crown, (0.0, 2.0), DVec3::new(0.0, 2.0, 0.25)); // 0.45 - 0.2
    check(crown, (5.0, 2.0), DVec3::new(5.0, 2.0, 0.625)); // half way to 1
    check(crown, (30.0, 2.0), DVec3::new(30.0, 2.0, 1.0)); // the last one goes on
    // Both: 0.25 m along the upright of the plane that leans by 0.1 rad.
    let both = lean.to_string() + crown;
    check(&both, (0.0, 2.0), DVec3::new(0.0, 2.0 * cos - 0.25 * sin, 2.0 * sin + 0.25 * cos));
}

#[test]
fn lanes_on_the_surface_one_case_a_line() {
    let lean = "<superelevation s=\"0\" a=\"0.1\" b=\"0\" c=\"0\" d=\"0\"/>";
    let check = |profile: &str, second: &str, t: f64, expected: DVec3| {
        let map = road(profile, &section(second));
        let road = &map.roads[0];
        let found = road.lane_point_m(&road.sections[0], -2, 5.0, t);
        assert!((found - expected).length() < 1e-12, "{second} {t}: {found} {expected}");
    };
    let lane = |level: &str, height: &str| {
        format!(
            "<lane id=\"-2\" type=\"sidewalk\" level=\"{level}\"><width sOffset=\"0\" a=\"2\" b=\"0\" c=\"0\" d=\"0\"/>{height}</lane>"
        )
    };
    let kerb = "<height sOffset=\"0\" inner=\"0.1\" outer=\"0.2\"/><height sOffset=\"20\" inner=\"5\" outer=\"5\"/>";
    check("", &lane("false", kerb), -4.5, DVec3::new(5.0, -4.5, 0.15)); // in the middle of the first record
    let (sin, cos) = 0.1_f64.sin_cos();
    // Level from t = -3.5 on: one metre further out at the same height.
    check(lean, &lane("true", ""), -4.5, DVec3::new(5.0, -3.5 * cos - 1.0, -3.5 * sin));
    check(lean, &lane("true", kerb), -4.5, DVec3::new(5.0, -3.5 * cos - 1.0, -3.5 * sin + 0.15));
    check(lean, &lane("false", kerb), -4.5, DVec3::new(5.0, -4.5 * cos - 0.15 * sin, -4.5 * sin + 0.15 * cos));
}

#[test]
fn borders_one_case_a_line() {
    let check = |before: &str, border: &str, expected: (f64, f64), code: Option<Code>| {
        let map =
            road("", &format!("{before}{}", section(&format!("<lane id=\"-2\" type=\"sidewalk\">{border}</lane>"))));
        let road = &map.roads[0];
        assert_eq!(road.borders_t_m(&road.sections[0], -2, 10.0), expected, "{border}");
        let codes = map.lints.iter().map(|l| l.code).filter(|code| *code != Code::CarlaIgnoresRoad);
        assert_eq!(codes.collect::<Vec<_>>(), Vec::from_iter(code), "{border}");
    };
    let border = "<border sOffset=\"0\" a=\"-5\" b=\"-0.1\" c=\"0\" d=\"0\"/>";
    let width = "<width sOffset=\"0\" a=\"2\" b=\"0\" c=\"0\" d=\"0\"/>";
    check("", border, (-3.5, -6.0), None); // -5 - 0.1 * 10
    check("", &border.replace('-', ""), (-3.5, -6.0), Some(Code::BorderSide));
    check("", &border.replace("-5", "-1"), (-3.5, -3.5), None); // inside the inner lane: no lane
    check("", &(width.to_string() + border), (-3.5, -5.5), Some(Code::WidthAndBorder));
    let offset = "<laneOffset s=\"0\" a=\"0.5\" b=\"0\" c=\"0\" d=\"0\"/>";
    check(offset, border, (-3.0, -6.0), Some(Code::BorderOffset));
}

#[test]
fn a_section_for_one_side_leaves_the_other_as_it_was() {
    let one_side = "<laneSection s=\"20\" singleSide=\"true\"><left><lane id=\"1\" type=\"driving\"><width sOffset=\"0\" a=\"3\" b=\"0\" c=\"0\" d=\"0\"/></lane></left><center><lane id=\"0\" type=\"none\"/></center></laneSection>";
    let first = section("").replace("b=\"0\"", "b=\"0.1\"");
    let map = road("", &(first + one_side));
    let road = &map.roads[0];
    assert_eq!(road.borders_t_m(&road.sections[1], -1, 30.0), (0.0, -6.5)); // 3.5 + 0.1 * 30: the width goes on
    assert_eq!((road.sections[0].right[0].successor, road.sections[1].right[0].predecessor), (Some(-1), Some(-1)));
}

#[test]
fn cubics_are_followed_along_their_arc() {
    // v = 0.05 u^2: its arc up to u is (u w + asinh(0.1 u) / 0.1) / 2 with w = sqrt(1 + (0.1 u)^2).
    let arc_m = |u: f64| (u * (1.0 + 0.01 * u * u).sqrt() + (0.1 * u).asinh() / 0.1) / 2.0;
    let poly = CubicCurve::poly3([0.0, 0.0, 0.05, 0.0], arc_m(30.0)).unwrap();
    // The same curve with a parameter that runs 1.5 times as fast.
    let fast = CubicCurve::param([0.0, 1.5, 0.0, 0.0], [0.0, 0.0, 0.05 * 2.25, 0.0], 20.0).unwrap();
    for curve in [poly, fast] {
        let piece = Piece { s_m: 0.0, x_m: 1.0, y_m: 2.0, hdg_rad: 0.0, length_m: 1.0, shape: Shape::Cubic(curve) };
        for u in [0.0_f64, 0.1, 7.0, 20.0, 29.9, 30.0] {
            let pose = piece.at(arc_m(u));
            let expected = DVec2::new(1.0 + u, 2.0 + 0.05 * u * u);
            assert!((pose.position_m - expected).length() < 1e-7, "{u}: {pose:?}");
            assert!((pose.hdg_rad - (0.1 * u).atan()).abs() < 1e-7, "{u}: {pose:?}");
        }
    }
}
