//! What the reader refuses, and where it says so.

use crate::map::testing::{RoadText, document, lane};
use crate::map::{Code, DEFAULT_MAP, Map, read, read_bytes};
use crate::problem::Outcome;

const PLAIN: RoadText = RoadText {
    id: 3,
    rule: "RHT",
    start: (0.0, 0.0, 0.0),
    length_m: 100.0,
    geometry: "<line/>",
    junction: "-1",
    link: "",
    left: "",
    right: "",
    more: "",
};

fn plain() -> String {
    let right = lane(-1, "driving", 3.5, "") + &lane(-2, "sidewalk", 2.0, "");
    document(&RoadText { right: &right, ..PLAIN }.text())
}

fn swapped(from: &str, to: &str) -> Outcome<Map> {
    let text = plain();
    assert!(text.contains(from), "{from}");
    read("m.xodr", &text.replacen(from, to, 1))
}

#[test]
fn painted_lines_are_read_with_their_places() {
    let marks = |mark: &str| {
        let lane = |id| lane(id, "driving", 3.5, "").replace("</lane>", &format!("{mark}</lane>"));
        let (left, right) = (lane(1), lane(-1));
        read("m.xodr", &document(&RoadText { left: &left, right: &right, ..PLAIN }.text()))
    };
    let map = marks("<roadMark sOffset=\"0\" type=\"solid broken\"/><roadMark sOffset=\"8\" type=\"none\"/>").unwrap();
    let section = &map.roads[0].sections[0];
    assert!(section.is_marked() && section.marks.is_empty());
    // The solid line is the inner one: to the right of the left lane's border, to the left of the right lane's.
    for (id, solid_t_m) in [(1, -0.12), (-1, 0.12)] {
        let found = &section.lane(id).unwrap().marks;
        assert_eq!(found.iter().map(|mark| (mark.s_m, mark.strokes.len())).collect::<Vec<_>>(), [(0.0, 2), (8.0, 0)]);
        let strokes = &found[0].strokes;
        assert_eq!((strokes[0].offset_t_m, strokes[0].dash, strokes[0].width_m), (solid_t_m, None, 0.12));
        assert_eq!((strokes[1].offset_t_m, strokes[1].dash.is_some()), (-solid_t_m, true));
    }
    let map = marks("<roadMark sOffset=\"0\" type=\"zigzag\"/>").unwrap();
    assert!(map.lints.iter().any(|lint| lint.code == Code::RoadMarkUnknown && lint.message.contains("`zigzag`")));
    for (mark, what) in [
        ("<roadMark sOffset=\"5\" type=\"solid\"/><roadMark sOffset=\"2\" type=\"solid\"/>", "is out of order"),
        ("<roadMark sOffset=\"0\" type=\"solid\" width=\"-1\"/>", "`width` is -1 m"),
        ("<roadMark type=\"solid\"/>", "`sOffset` of <roadMark> is missing"),
    ] {
        let problems = marks(mark).err().unwrap_or_else(|| panic!("read {mark}"));
        assert!(problems.to_string().contains(what), "{problems}");
    }
}

#[test]
fn what_is_refused_at_once_one_case_a_line() {
    let refused = |from: &str, to: &str, what: &str| {
        let problems = swapped(from, to).err().unwrap_or_else(|| panic!("read {to}"));
        assert!(problems.to_string().contains(what), "{to}: {problems}");
        for problem in &problems.0 {
            assert!(
                problem.place.line.is_some() && problem.place.column.is_some() && !problem.cure.is_empty(),
                "{problem}"
            );
        }
    };
    refused(
        "length=\"100\" junction",
        "length=\"-1\" junction",
        "m.xodr:3:25: `length` of <road> is -1 m; it must be more than 0",
    );
    refused("length=\"100\" junction", "length=\"0\" junction", "`length` of <road> is 0 m");
    refused("length=\"100\" junction", "length=\"1e9\" junction", "at most 100000");
    refused(
        "length=\"100\" junction",
        "length=\"90\" junction",
        "road 3 is 90 m long, but its <geometry> ends at 100 m",
    );
    refused("length=\"100\" junction", "junction", "`length` of <road> is missing");
    refused("hdg=\"0\"", "hdg=\"NaN\"", "`hdg` of <geometry> is `NaN`, which is no usable number");
    refused("x=\"0\"", "x=\"inf\"", "`x` of <geometry> is `inf`");
    refused("x=\"0\"", "x=\"1e300\"", "`x` of <geometry> is `1e300`");
    refused("x=\"0\"", "x=\"\"", "`x` of <geometry> is empty");
    refused("geometry s=\"0\"", "geometry s=\"5\"", "begins at s = 5 m; the one before ends at 0 m");
    refused("<line/>", "", "<geometry> of road 3 has no shape");
    refused("<line/>", "<spiral curvStart=\"0\"/>", "`curvEnd` of <spiral> is missing");
    refused("<line/>", "<paramPoly3/>", "`aU` of <paramPoly3> is missing");
    refused(
        "<line/>",
        "<paramPoly3 aU=\"0\" bU=\"1\" cU=\"0\" dU=\"0\" aV=\"0\" bV=\"0\" cV=\"0\" dV=\"0\" pRange=\"length\"/>",
        "`pRange` is `length`; it must be arcLength or normalized",
    );
    refused("<line/>", "<arc/>", "`curvature` of <arc> is missing");
    refused("rule=\"RHT\"", "rule=\"left\"", "`rule` is `left`; it must be RHT or LHT");
    refused("<lane id=\"-1\"", "<lane id=\"-4\"", "lane -2 of road 3 stands where lane -1 should");
    refused("<lane id=\"-1\"", "<lane id=\"one\"", "`id` of <lane> is `one`, which is no lane number");
    refused("<laneSection s=\"0\">", "<laneSection s=\"7\">", "<laneSection> of road 3 at s = 7 m is out of order");
    refused("sOffset=\"0\"", "sOffset=\"-2\"", "<width> at `sOffset` = -2 is out of order");
    refused(
        "<width sOffset=\"0\" a=\"3.5\" b=\"0\" c=\"0\" d=\"0\"/>",
        "",
        "lane -1 of road 3 has no <width> at its start",
    );
    refused(
        "<link></link>\n<plan",
        "<link><successor elementType=\"road\" elementId=\"99\" contactPoint=\"start\"/></link>\n<plan",
        "<successor> links to road `99`, which the map does not have",
    );
    refused("<header revMajor=\"1\" revMinor=\"6\"/>", "", "the map has no <header>");
    refused("</OpenDRIVE>", "", "this is no well-formed XML");
    refused("<lanes>", "<lanes x=\"&frob;\">", ":5:11: this is no well-formed XML: unknown entity reference 'frob'\n");
    refused("<OpenDRIVE>", "<!DOCTYPE x [<!ENTITY a \"b\">]><OpenDRIVE>", "take out the <!DOCTYPE");
}

#[test]
fn what_is_no_xml_says_where_it_stops() {
    let place = |text: &str| read("m", text).unwrap_err().0[0].place.to_string();
    let text = plain();
    // `length` begins at column 25 and is 12 long.
    assert_eq!(place(&text[..text.find("junction=").unwrap()]), "m:3:37", "cut off inside <road ..");
    assert_eq!(place("<a>\n<b/>\n\n"), "m:2:5");
    assert_eq!(place("<?xml version=\"1.0\"?><!DOCTYPE x><a/>"), "m:1:22");
    assert_eq!(place("<?xml version=\"1.0\"?>\n<!-- <!DOCTYPE -->\n <!DOCTYPE x><a/>"), "m:3:2");
}

#[test]
fn names_carry_nothing_that_moves_a_cursor() {
    let right = lane(-1, "driving", 3.5, "");
    let road = RoadText { right: &right, ..PLAIN }.text().replace("id=\"3\"", "id=\"3\u{9b}31m\u{202e}&#10;x\"");
    let map = read("m", &document(&road)).unwrap();
    assert_eq!(map.roads[0].id, "3\u{fffd}31m\u{fffd}\u{fffd}x");
}

#[test]
fn a_link_to_no_junction_ends_the_road() {
    let link = "<link><successor elementType=\"junction\" elementId=\"9\"/></link>\n<plan";
    let map = read("m", &plain().replacen("<link></link>\n<plan", link, 1)).unwrap();
    let lint = map.lints.iter().find(|l| l.code == Code::LinkToNothing).unwrap();
    assert_eq!(lint.message, "road 3 links to junction `9`, which the map does not have: nothing leads on from there");
    assert_eq!(lint.spot, map.roads[0].spot);
}

#[test]
fn everything_is_reported_at_once_but_not_without_end() {
    let text = plain().replace("x=\"0\"", "x=\"?\"").replace("a=\"3.5\"", "a=\"wide\"");
    assert_eq!(read("m", &text).unwrap_err().0.len(), 3); // x, a, and so no width at the start
    let many = (0..200).map(|_| PLAIN.text()).collect::<String>();
    assert_eq!(read("m", &document(&many)).unwrap_err().0.len(), 50);
}

#[test]
fn a_second_road_with_the_same_id_is_refused_where_it_stands() {
    let right = lane(-1, "driving", 3.5, "");
    let road = RoadText { right: &right, ..PLAIN }.text();
    let problems = read("m", &document(&(road.clone() + &road))).unwrap_err();
    assert!(problems.to_string().contains("a second road with the id `3`"), "{problems}");
}

#[test]
fn what_is_not_read_waits_until_the_road_is_needed_one_case_a_line() {
    let waits = |from: &str, to: &str, what: &str| {
        let map = swapped(from, to).unwrap_or_else(|e| panic!("{e}"));
        let problem = map.roads[0].unsupported.as_ref().unwrap_or_else(|| panic!("{to} is read"));
        assert!(problem.what.contains(what) && problem.place.line.is_some(), "{problem}");
        let lint = map.lints.iter().find(|lint| lint.code == Code::RoadUnread).unwrap();
        assert!(lint.message.contains(what) && Some(lint.spot.line) == problem.place.line, "{lint:?}");
    };
    waits("<line/>", "<nurbs/>", "<nurbs> as a shape of road 3 is not known");
    // Straight down for 31 m, then about within 1/800000 m, and up again.
    waits("<line/>", "<poly3 a=\"0\" b=\"-1e4\" c=\"8e5\" d=\"0\"/>", "the poly3 of road 3 turns too sharply");
    let profile = |what: &str| format!("<lateralProfile>{what}</lateralProfile><lanes>");
    waits(
        "<lanes>",
        &profile("<superelevation s=\"0\" a=\"0.1\" b=\"0.1\" c=\"0\" d=\"0\"/>"),
        "the cross-section of road 3 leans by 2.60 rad", // 0.1 + 0.1 * 25 m: the first of five places beyond 1 rad
    );
    waits(
        "<lanes>",
        &profile("<crossfall side=\"left\" s=\"0\" a=\"-3\" b=\"0\" c=\"0\" d=\"0\"/>"),
        "the cross-section of road 3 leans by -3.00 rad",
    );
    waits(
        "<lanes>",
        &profile(
            "<crossSectionSurface><surfaceStrips><strip id=\"1\"><constant><coefficients s=\"0\" a=\"1\"/></constant></strip></surfaceStrips></crossSectionSurface>",
        ),
        "<crossSectionSurface> of road 3 is not read yet",
    );
}

#[test]
fn what_does_no_harm_is_read() {
    let fine = |from: &str, to: &str| {
        let map = swapped(from, to).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(map.roads[0].unsupported, None);
        map
    };
    fine(
        "<lanes>",
        "<lateralProfile><superelevation s=\"0\" a=\"0\" b=\"0\" c=\"0\" d=\"0\"/></lateralProfile><lanes>",
    );
    fine("<width", "<height sOffset=\"0\" inner=\"0.1\" outer=\"0.1\"/><width");
    fine("revMinor=\"6\"/>", "revMinor=\"6\"><offset x=\"0\" y=\"0.0\" z=\"0\" hdg=\"0e0\"/></header>");
    assert_eq!(fine("length=\"100\" j", "length=\" 1.0e+2 \" j").roads[0].length_m, 100.0);
    let geo = "revMinor=\"6\"><geoReference>\n<![CDATA[+proj=utm +zone=30]]> </geoReference></header>";
    assert_eq!(
        fine("revMinor=\"6\"/>", geo).geo_reference.as_ref().map(|geo| geo.text.as_str()),
        Some("+proj=utm +zone=30")
    );
    assert_eq!(
        fine("revMinor=\"6\"/>", &geo.replace("<![CDATA[", "").replace("]]>", ""))
            .geo_reference
            .as_ref()
            .map(|geo| geo.text.as_str()),
        Some("+proj=utm +zone=30")
    );
}

#[test]
fn what_carla_does_not_read_of_roads_is_said_once_one_case_a_line() {
    let said = |from: &str, to: &str| -> Vec<String> {
        let lints = swapped(from, to).unwrap_or_else(|e| panic!("{e}")).lints;
        lints.into_iter().filter(|l| l.code == Code::CarlaIgnoresRoad).map(|l| l.message).collect()
    };
    let profile = |what: &str| format!("<lateralProfile>{what}</lateralProfile><lanes>");
    let check = |from: &str, to: &str, what: &str| {
        let expected = if what.is_empty() { vec![] } else { vec![format!("CARLA does not read the {what}")] };
        assert_eq!(said(from, to), expected, "{to}");
    };
    check("<line/>", "<line/>", "");
    let level = "<superelevation s=\"0\" a=\"0\" b=\"0\" c=\"0\" d=\"0\"/>";
    check("<lanes>", &profile(level), "");
    let bank = level.replace("a=\"0\"", "a=\"0.1\"");
    check("<lanes>", &profile(&bank), "<superelevation> of road 3: to it, they are level across");
    let fall = "<crossfall side=\"left\" s=\"0\" a=\"0.1\" b=\"0\" c=\"0\" d=\"0\"/>";
    check("<lanes>", &profile(fall), "<crossfall> of road 3: to it, they are level across");
    let shape = "<shape s=\"0\" t=\"-2\" a=\"0.1\" b=\"0\" c=\"0\" d=\"0\"/>";
    check("<lanes>", &profile(shape), "<shape> of road 3: to it, they are level across");
    let height = "<height sOffset=\"0\" inner=\"0.1\" outer=\"0.1\"/><width";
    check("<width", height, "<height> of road 3: to it, those lanes lie on the road");
    let border = "<border sOffset=\"0\" a=\"-3.5\" b=\"0\" c=\"0\" d=\"0\"/>";
    let width = "<width sOffset=\"0\" a=\"3.5\" b=\"0\" c=\"0\" d=\"0\"/>";
    check(width, border, "<border> of road 3: to it, those lanes are 0 m wide");
    let offset = "revMinor=\"6\"><offset x=\"5\" y=\"0\" z=\"0\" hdg=\"0\"/></header>";
    let there = "<offset> of road 3: to it, they lie where the file's own coordinates say";
    check("revMinor=\"6\"/>", offset, there);
}

#[test]
fn bytes_are_checked_before_they_are_read() {
    let mut bytes = b"\xEF\xBB\xBF".to_vec();
    bytes.extend(DEFAULT_MAP.as_bytes());
    assert_eq!(read_bytes("m", &bytes).unwrap().crosswalks.len(), 1);
    let problems = read_bytes("m", b"<a>\n\xFF").unwrap_err();
    assert_eq!(problems.0[0].place.to_string(), "m:2:1");
    let flood = format!("<OpenDRIVE {}/>", (0..300).map(|i| format!("a{i}='' ")).collect::<String>());
    assert!(read("m", &flood).unwrap_err().to_string().contains("more than 200 attributes"));
}

#[test]
fn what_the_header_says_twice_is_linted() {
    let geo = "<geoReference>+proj=utm +zone=30</geoReference>";
    let one = swapped("revMinor=\"6\"/>", &format!("revMinor=\"6\">{geo}</header>")).unwrap();
    assert!(one.lints.iter().all(|l| l.code.word() != "header_twice"));
    let two = swapped("revMinor=\"6\"/>", &format!("revMinor=\"6\">{geo}{geo}</header>")).unwrap();
    assert_eq!(two.lints.iter().filter(|l| l.code.word() == "header_twice").count(), 1);
}
