//! Reference lines that are doubtful, lanes that are, and maps that are moved: worked out by hand.

use crate::map::testing::document;
use crate::map::{Code, Map, read};
use glam::DVec3;

/// A road of such pieces and lanes, 40 m long.
fn road(plan: &str, lanes: &str) -> String {
    format!(
        "<road id=\"1\" length=\"40\" junction=\"-1\"><planView>{plan}</planView><lanes><laneSection s=\"0\">\
         <center><lane id=\"0\" type=\"none\"/></center><right>{lanes}</right></laneSection></lanes>\
         <objects><object id=\"c\" type=\"crosswalk\" s=\"10\" t=\"0\" zOffset=\"0.1\"><outline>\
         <cornerLocal u=\"-1\" v=\"-3\" z=\"0\"/><cornerLocal u=\"1\" v=\"-3\" z=\"0\"/><cornerLocal u=\"1\" v=\"0\" z=\"0\"/>\
         <cornerLocal u=\"-1\" v=\"0\" z=\"0\"/></outline></object></objects></road>"
    )
}

fn straight() -> String {
    piece("0", ("0", "0", "0"), "40", "<line/>")
}

fn piece(s: &str, (x, y, hdg): (&str, &str, &str), length: &str, shape: &str) -> String {
    format!("<geometry s=\"{s}\" x=\"{x}\" y=\"{y}\" hdg=\"{hdg}\" length=\"{length}\">{shape}</geometry>")
}

fn lane(id: i32, more: &str, inner: &str) -> String {
    format!("<lane id=\"{id}\" type=\"driving\" {more}>{inner}</lane>")
}

fn width(a: &str) -> String {
    format!("<width sOffset=\"0\" a=\"{a}\" b=\"0\" c=\"0\" d=\"0\"/>")
}

fn map(text: &str) -> Map {
    read("m.xodr", &document(text)).unwrap_or_else(|e| panic!("{e}"))
}

/// What is doubtful about roads and lanes; each stands where the file says it.
fn codes(text: &str) -> Vec<Code> {
    let about = [Code::PlanGap, Code::PlanKink, Code::RangeMissing, Code::CurveLength];
    let lanes = [Code::WidthAndBorder, Code::BorderSide, Code::BorderOffset, Code::LevelInside, Code::WidthNegative];
    let map = map(text);
    let mine = map.lints.iter().filter(|lint| about.contains(&lint.code) || lanes.contains(&lint.code));
    mine.inspect(|lint| assert!(lint.spot.line > 1 && lint.spot.column > 1 && !lint.message.is_empty(), "{lint:?}"))
        .map(|lint| lint.code)
        .collect()
}

#[test]
fn joints_of_a_reference_line_one_case_a_line() {
    let check = |start: (&str, &str, &str), expected: &[Code]| {
        let plan = piece("0", ("0", "0", "0"), "15", "<line/>") + &piece("15", start, "25", "<line/>");
        assert_eq!(codes(&road(&plan, &lane(-1, "", &width("3")))), expected, "{start:?}");
    };
    check(("15", "0", "0"), &[]);
    check(("15.009", "0", "0"), &[]);
    check(("15.011", "0", "0"), &[Code::PlanGap]); // more than a centimetre
    check(("15", "-0.011", "0"), &[Code::PlanGap]);
    check(("15", "0", "0.009"), &[]);
    check(("15", "0", "-0.011"), &[Code::PlanKink]);
    check(("15", "0", "6.283185307179586"), &[]); // a whole turn is none
    check(("15", "2", "0.5"), &[Code::PlanGap, Code::PlanKink]);
}

#[test]
fn parameters_of_curves_one_case_a_line() {
    let check = |range: &str, ahead: &str, expected: &[Code]| {
        let shape = format!(
            "<paramPoly3 aU=\"0\" bU=\"{ahead}\" cU=\"0\" dU=\"0\" aV=\"0\" bV=\"0\" cV=\"0\" dV=\"0\" {range}/>"
        );
        let plan = piece("0", ("0", "0", "0"), "40", &shape);
        assert_eq!(codes(&road(&plan, &lane(-1, "", &width("3")))), expected, "{range} {ahead}");
    };
    check("pRange=\"normalized\"", "40", &[]);
    check("pRange=\"arcLength\"", "1", &[]);
    check("", "40", &[Code::RangeMissing]);
    check("pRange=\"normalized\"", "40.039", &[]); // a thousandth is 40 mm
    check("pRange=\"normalized\"", "40.041", &[Code::CurveLength]);
    check("pRange=\"normalized\"", "1", &[Code::CurveLength]); // meant as arcLength
    check("pRange=\"arcLength\"", "40", &[Code::CurveLength]);
    check("", "1", &[Code::RangeMissing, Code::CurveLength]);
}

#[test]
fn lanes_one_case_a_line() {
    let check = |lanes: String, expected: &[Code]| assert_eq!(codes(&road(&straight(), &lanes)), expected, "{lanes}");
    let border = |a: &str| format!("<border sOffset=\"0\" a=\"{a}\" b=\"0\" c=\"0\" d=\"0\"/>");
    let two = |inner: &str, outer: &str| lane(-1, inner, &width("3")) + &lane(-2, outer, &width("2"));
    check(two("", ""), &[]);
    check(lane(-1, "", &(width("3") + &border("-3"))), &[Code::WidthAndBorder]);
    check(lane(-1, "", &border("-3")), &[]);
    check(lane(-1, "", &border("3")), &[Code::BorderSide]);
    check(two("level=\"true\"", ""), &[Code::LevelInside]);
    check(two("level=\"1\"", "level=\"false\""), &[Code::LevelInside]);
    check(two("", "level=\"true\""), &[]);
    check(two("level=\"true\"", "level=\"true\""), &[]);
    let moved = road(&straight(), &lane(-1, "", &border("-3")))
        .replace("<laneSection", "<laneOffset s=\"0\" a=\"0.5\" b=\"0\" c=\"0\" d=\"0\"/><laneSection");
    assert_eq!(codes(&moved), [Code::BorderOffset]);
}

#[test]
fn widths_below_zero_one_case_a_line() {
    let check = |records: &[(f64, [f64; 4])], expected: Option<&str>| {
        let records: String = records
            .iter()
            .map(|(s, [a, b, c, d])| format!("<width sOffset=\"{s}\" a=\"{a}\" b=\"{b}\" c=\"{c}\" d=\"{d}\"/>"))
            .collect();
        let map = map(&road(&straight(), &lane(-1, "", &records)));
        let found: Vec<_> = map.lints.iter().filter(|lint| lint.code == Code::WidthNegative).collect();
        assert_eq!(found.len(), usize::from(expected.is_some()), "{records}: {found:?}");
        if let (Some(lint), Some(words)) = (found.first(), expected) {
            assert!(lint.message.starts_with(&format!("lane -1 of road 1 is {words}; ")), "{}", lint.message);
        }
    };
    check(&[(0.0, [3.0, 0.0, 0.0, 0.0])], None);
    check(&[(0.0, [0.0; 4])], None);
    check(&[(0.0, [-0.0005, 0.0, 0.0, 0.0])], None); // rounding
    check(&[(0.0, [-0.5, 0.0, 0.0, 0.0])], Some("-0.500 m wide at s = 0.00 m"));
    check(&[(0.0, [3.0, -0.1, 0.0, 0.0])], Some("-1.000 m wide at s = 40.00 m")); // 3 - 0.1 * 40
    check(&[(0.0, [3.0, -0.1, 0.0, 0.0]), (30.0, [0.0; 4])], None); // ends where it has come to nothing
    check(&[(0.0, [3.0, -0.8, 0.04, 0.0])], Some("-1.000 m wide at s = 10.00 m")); // 0.04 (s - 10)^2 - 1
    check(&[(0.0, [5.0, -0.8, 0.04, 0.0])], None); // 1 m at s = 10
    // a + 3 d - 0.375 d^2 + 0.01 d^3 is greatest at 5 (a + 6.875), least at 20 (a - 10).
    check(&[(0.0, [9.0, 3.0, -0.375, 0.01])], Some("-1.000 m wide at s = 20.00 m"));
    check(&[(0.0, [11.0, 3.0, -0.375, 0.01])], None);
    check(&[(0.0, [9.0, 3.0, -0.375, 0.01]), (10.0, [3.0, 0.0, 0.0, 0.0])], None); // 11.5 at 10
    check(&[(0.0, [3.0, 0.0, 0.0, 0.0]), (10.0, [9.0, 3.0, -0.375, 0.01])], Some("-1.000 m wide at s = 30.00 m"));
    check(&[(0.0, [-0.25, 1.0, 0.0, 0.0]), (1.0, [3.0, 0.0, 0.0, 0.0])], Some("-0.250 m wide at s = 0.00 m"));
}

#[test]
fn a_moved_map_one_case_a_line() {
    let text = document(&road(&straight(), &lane(-1, "", &width("3")))).replace(
        "<lanes>",
        "<elevationProfile><elevation s=\"5\" a=\"0.5\" b=\"0\" c=\"0\" d=\"0\"/></elevationProfile><lanes>",
    );
    let check = |offset: &str, s: f64, t: f64, point: DVec3, corner: DVec3, turned: bool| {
        let text = text.replace("revMinor=\"6\"/>", &format!("revMinor=\"6\"><offset {offset}/></header>"));
        let map = read("m.xodr", &text).unwrap_or_else(|e| panic!("{e}"));
        let (found, first) = (map.roads[0].point_m(s, t), map.crosswalks[0].corners_m[0]);
        assert!((found - point).length() < 1e-12, "{offset}: {found}");
        // The first corner lies at (9, -3) of the file, 0.5 m up the road and another 0.1 m.
        assert!((first - corner).length() < 1e-12, "{offset}: {first}");
        assert_eq!(map.lints.iter().any(|lint| lint.code == Code::OffsetTurned), turned, "{offset}");
        assert!((map.offset.undo(first) - DVec3::new(9.0, -3.0, 0.6)).length() < 1e-12, "{offset}");
    };
    let (moved, lifted, turned) = ("x=\"100\" y=\"200\"", "z=\"50\"", "hdg=\"1.5707963267948966\"");
    check("", 20.0, 2.0, DVec3::new(20.0, 2.0, 0.5), DVec3::new(9.0, -3.0, 0.6), false);
    check(moved, 20.0, 2.0, DVec3::new(120.0, 202.0, 0.5), DVec3::new(109.0, 197.0, 0.6), false);
    check(lifted, 20.0, 2.0, DVec3::new(20.0, 2.0, 50.5), DVec3::new(9.0, -3.0, 50.6), false);
    check(lifted, 2.0, 0.0, DVec3::new(2.0, 0.0, 50.0), DVec3::new(9.0, -3.0, 50.6), false); // before the first elevation
    // A quarter turn to the left takes (20, 2) to (-2, 20) and (9, -3) to (3, 9).
    check(turned, 20.0, 2.0, DVec3::new(-2.0, 20.0, 0.5), DVec3::new(3.0, 9.0, 0.6), true);
    check(
        &format!("{moved} {lifted} {turned}"),
        20.0,
        2.0,
        DVec3::new(98.0, 220.0, 50.5),
        DVec3::new(103.0, 209.0, 50.6),
        true,
    );
}
