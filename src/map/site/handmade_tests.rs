//! Streets drawn for one question each: where kerbs, approaches and lints of a crosswalk lie.

use crate::map::testing::{RoadText, document, lane};
use crate::map::{Code, Map, SiteRequest, read};
use crate::table::StartSide;

/// Lanes from the left pavement to the right one; `link` joins the driving lanes on.
struct Street<'a> {
    geometry: &'a str,
    rule: &'a str,
    left: &'a [(&'a str, f64)],
    right: &'a [(&'a str, f64)],
    /// Corners of the crosswalk at s = 150 along and beside the road.
    corners: &'a [(f64, f64)],
}

const PAVED: &[(&str, f64)] = &[("driving", 3.5), ("sidewalk", 2.0)];
const ZEBRA: &[(f64, f64)] = &[(-2.0, -3.5), (2.0, -3.5), (2.0, 3.5), (-2.0, 3.5)];
const STREET: Street<'_> = Street { geometry: "<line/>", rule: "RHT", left: PAVED, right: PAVED, corners: ZEBRA };

impl Street<'_> {
    fn map(&self) -> Map {
        read("street.xodr", &self.text()).unwrap_or_else(|e| panic!("{e}"))
    }

    fn text(&self) -> String {
        let lanes = |list: &[(&str, f64)], sign: i32| {
            (1..).zip(list).map(|(i, (kind, width))| lane(i * sign, kind, *width, "")).collect::<String>()
        };
        let corner = |(u, v): &(f64, f64)| format!("<cornerLocal u=\"{u}\" v=\"{v}\" z=\"0\" height=\"0\"/>");
        let corners: String = self.corners.iter().map(corner).collect();
        let object = format!(
            "<objects><object type=\"crosswalk\" id=\"z\" s=\"150\" t=\"0\" zOffset=\"0\" hdg=\"0\"><outline>{corners}</outline></object></objects>"
        );
        let (left, right) = (lanes(self.left, 1), lanes(self.right, -1));
        let road = RoadText {
            id: 1,
            rule: self.rule,
            start: (0.0, 0.0, 0.0),
            length_m: 300.0,
            geometry: self.geometry,
            junction: "-1",
            link: "",
            left: &left,
            right: &right,
            more: &object,
        };
        document(&road.text())
    }

    /// Width from kerb to kerb, names of the approaches by their distance from the right kerb, codes of the lints.
    fn seen(&self) -> (String, Vec<String>, Vec<Code>) {
        let map = self.map();
        let crossing = map.crossing(&map.crosswalks[0]);
        let mut approaches: Vec<_> = crossing
            .approaches
            .iter()
            .filter_map(|a| Some((a.distance_from_right_kerb_m?, a.id.replace("road 1 section 0 lane ", ""))))
            .collect();
        approaches.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let length = crossing.length_m.map_or("none".into(), |m| format!("{m:.2}"));
        let names = approaches.into_iter().map(|(m, name)| format!("{name} at {m:.2}")).collect();
        (length, names, crossing.lints.into_iter().map(|lint| lint.code).collect())
    }
}

fn check(street: Street<'_>, length: &str, approaches: &[&str], lints: &[Code]) {
    let (found, names, codes) = street.seen();
    assert_eq!((found.as_str(), names.iter().map(String::as_str).collect::<Vec<_>>().as_slice()), (length, approaches));
    assert_eq!(codes, lints, "{length} {approaches:?}");
}

#[test]
fn streets_one_case_a_line() {
    let both = &["-1 at 1.75", "1 at 5.25"];
    check(STREET, "7.00", both, &[]);
    check(Street { rule: "LHT", ..STREET }, "7.00", both, &[]);
    // One way, two lanes: both drive with s.
    let one_way = &[("driving", 3.5), ("driving", 3.5), ("sidewalk", 2.0)];
    let across = &[(-2.0, -7.0), (2.0, -7.0), (2.0, 0.0), (-2.0, 0.0)];
    check(
        Street { left: &[("sidewalk", 2.0)], right: one_way, corners: across, ..STREET },
        "7.00",
        &["-2 at 1.75", "-1 at 5.25"],
        &[],
    );
    // A lane for both directions is two approaches.
    let shared = &[("bidirectional", 3.5), ("sidewalk", 2.0)];
    check(Street { left: shared, ..STREET }, "7.00", &["-1 at 1.75", "1 at 5.25", "1 against s at 5.25"], &[]);
    // A shoulder belongs to the carriageway; the outline ends a metre before the kerb.
    let shoulder = &[("driving", 3.5), ("shoulder", 1.0), ("sidewalk", 2.0)];
    check(Street { right: shoulder, ..STREET }, "8.00", &["-1 at 2.75", "1 at 6.25"], &[Code::OutlineShort]);
    // The outline lies on the pavements too.
    let long = &[(-2.0, -4.5), (2.0, -4.5), (2.0, 4.5), (-2.0, 4.5)];
    check(Street { corners: long, ..STREET }, "7.00", both, &[Code::OutlineLong, Code::OutlineLong]);
    // It ends inside the road.
    let short = &[(-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0)];
    check(Street { corners: short, ..STREET }, "7.00", both, &[Code::OutlineShort, Code::OutlineShort]);
    // Nothing to stand on to the left.
    check(Street { left: &[("driving", 3.5)], ..STREET }, "7.00", both, &[Code::MissingKerb]);
    // It reaches over the edge of the map.
    let off = &[(-2.0, -3.5), (2.0, -3.5), (2.0, 6.5), (-2.0, 6.5)];
    check(Street { corners: off, ..STREET }, "7.00", both, &[Code::CornersOffRoad, Code::OutlineLong]);
    // A refuge island of 1.5 m: the crossing from the right ends there.
    let island = &[("median", 1.5), ("driving", 3.5), ("sidewalk", 2.0)];
    let whole = &[(-2.0, -3.5), (2.0, -3.5), (2.0, 5.0), (-2.0, 5.0)];
    check(Street { left: island, corners: whole, ..STREET }, "3.50", &["-1 at 1.75"], &[Code::Island]);
    // No lane is driven on.
    check(
        Street { left: &[("sidewalk", 5.5)], right: &[("sidewalk", 5.5)], ..STREET },
        "none",
        &[],
        &[Code::NoDrivingLane],
    );
    // A trapezoid, as some tools draw it; a dented outline; one drawn clockwise.
    let trapezoid = &[(-2.5, 3.2), (-1.5, -3.2), (1.5, -3.2), (2.5, 3.2)];
    check(Street { corners: trapezoid, ..STREET }, "7.00", both, &[]);
    let dented = &[(-2.0, -3.5), (0.0, -3.0), (2.0, -3.5), (2.0, 3.5), (0.0, 3.0), (-2.0, 3.5)];
    check(Street { corners: dented, ..STREET }, "7.00", both, &[]);
    let clockwise = &[(-2.0, 3.5), (2.0, 3.5), (2.0, -3.5), (-2.0, -3.5)];
    check(Street { corners: clockwise, ..STREET }, "7.00", both, &[]);
    // A crosswalk at 40 degrees to the road's normal: 7 m / cos 40 along its middle, kerbs turned by 40 degrees.
    let skew = &[(-4.94, -3.5), (-0.94, -3.5), (4.94, 3.5), (0.94, 3.5)];
    let (length, names, lints) = Street { corners: skew, ..STREET }.seen();
    assert_eq!((names.len(), lints.as_slice()), (2, [Code::KerbTurned; 2].as_slice()), "{length} {names:?}");
}

#[test]
fn a_bend_keeps_its_kerbs_on_the_lanes_borders() {
    // Radius 60 m to the left: the kerbs at 56.5 and 63.5 m from the centre, crossed along a radius.
    let map = Street { geometry: "<arc curvature=\"0.016666666666666666\"/>", ..STREET }.map();
    for side in [StartSide::Right, StartSide::Left] {
        let request = SiteRequest {
            crosswalk_id: None,
            start_side: side,
            start_mark_behind_kerb_m: 0.5,
            back_m: 100.0,
            ahead_m: 50.0,
            approach: None,
        };
        let site = map.site(&request).unwrap();
        let centre = glam::DVec2::new(0.0, 60.0);
        let (from, to) = if side == StartSide::Right { (63.5, 56.5) } else { (56.5, 63.5) };
        let radius = |p: glam::DVec3| (p.truncate() - centre).length();
        assert!((radius(site.origin_map_m) - from).abs() < 1e-3, "{}", radius(site.origin_map_m));
        let far = radius(site.to_map(site.far_kerb.point.extend(0.0)));
        assert!((far - to).abs() < 1e-3 && (site.far_kerb.point.x - 7.0).abs() < 1e-3, "{far}");
        assert!(site.kerb.along.y > 0.9999 && site.far_kerb.along.y > 0.9999);
    }
}

#[test]
fn overlapping_roads_that_no_junction_joins_are_named() {
    let text = |junction: &str| {
        let road = |id, y, more: &str, junction: &str| {
            let right = lane(-1, "driving", 3.5, "") + &lane(-2, "sidewalk", 2.0, "");
            RoadText {
                id,
                rule: "RHT",
                start: (0.0, y, 0.0),
                length_m: 300.0,
                geometry: "<line/>",
                junction,
                link: "",
                left: "",
                right: &right,
                more,
            }
            .text()
        };
        let object = "<objects><object type=\"crosswalk\" id=\"z\" s=\"150\" t=\"0\" zOffset=\"0\" hdg=\"0\"><outline><cornerLocal u=\"-2\" v=\"-3.5\" z=\"0\" height=\"0\"/><cornerLocal u=\"2\" v=\"-3.5\" z=\"0\" height=\"0\"/><cornerLocal u=\"2\" v=\"0\" z=\"0\" height=\"0\"/><cornerLocal u=\"-2\" v=\"0\" z=\"0\" height=\"0\"/></outline></object></objects>";
        document(&(road(1, 0.0, object, junction) + &road(2, -1.0, "", junction)))
    };
    let overlap = |text: &str| {
        let map = read("m", text).unwrap();
        let lints = map.crossing(&map.crosswalks[0]).lints;
        lints.into_iter().find(|lint| lint.code == Code::RoadsOverlap).map(|lint| lint.message)
    };
    assert!(overlap(&text("-1")).unwrap().contains("`1 and 2`"));
    assert_eq!(overlap(&text("5")), None); // two ways through one junction
}

/// Road 1 and road 2 in a row, joined by what `joins` states; how far back an approach reaches from s = 150 of road 2.
fn reach_over(link_1: &str, link_2: &str, lanes: [&str; 2], joins: &str) -> (f64, Vec<Code>) {
    let object = "<objects><object type=\"crosswalk\" id=\"z\" s=\"150\" t=\"-1.75\" zOffset=\"0\" hdg=\"0\"><outline><cornerLocal u=\"-2\" v=\"-1.75\" z=\"0\" height=\"0\"/><cornerLocal u=\"2\" v=\"-1.75\" z=\"0\" height=\"0\"/><cornerLocal u=\"2\" v=\"1.75\" z=\"0\" height=\"0\"/><cornerLocal u=\"-2\" v=\"1.75\" z=\"0\" height=\"0\"/></outline></object></objects>";
    let road = |id, x, link, lane_link, more| {
        let right = lane(-1, "driving", 3.5, lane_link) + &lane(-2, "sidewalk", 2.0, "");
        let left = lane(1, "sidewalk", 2.0, "");
        RoadText {
            id,
            rule: "RHT",
            start: (x, 0.0, 0.0),
            length_m: 200.0,
            geometry: "<line/>",
            junction: "-1",
            link,
            left: &left,
            right: &right,
            more,
        }
        .text()
    };
    let text = road(1, 0.0, link_1, lanes[0], "") + &road(2, 200.0, link_2, lanes[1], object) + joins;
    let map = read("m", &document(&text)).unwrap_or_else(|e| panic!("{joins}: {e}"));
    let crossing = map.crossing(&map.crosswalks[0]);
    assert_eq!(crossing.approaches.len(), 1, "{:?}", crossing.refused);
    (
        crossing.approaches[0].reaches_back_m,
        map.lints.iter().map(|lint| lint.code).filter(|code| code.word().starts_with("link")).collect(),
    )
}

#[test]
fn links_over_which_an_approach_reaches_back_one_case_a_line() {
    let road = |end: &str, id: i32, contact: &str| {
        format!("<{end} elementType=\"road\" elementId=\"{id}\" contactPoint=\"{contact}\"/>")
    };
    let junction = |end: &str| format!("<{end} elementType=\"junction\" elementId=\"9\"/>");
    let (on, back) = ("<successor id=\"-1\"/>", "<predecessor id=\"-1\"/>");
    let (to_2, to_1) = (road("successor", 2, "start"), road("predecessor", 1, "end"));
    let check = |links: [&str; 2], lanes, joins, reach_m: f64, lints: &[Code]| {
        let (found_m, codes) = reach_over(links[0], links[1], lanes, joins);
        assert!((found_m - reach_m).abs() < 0.01, "{links:?} {joins}: {found_m}");
        assert_eq!(codes, lints, "{links:?} {joins}");
    };
    check([&to_2, &to_1], [on, back], "", 348.0, &[]);
    check([&to_2, &to_1], [on, ""], "", 348.0, &[Code::LinkOneSided]);
    check([&to_2, ""], [on, ""], "", 348.0, &[Code::LinkOneSided]); // only road 1 knows of road 2
    check([&to_2, &to_1], ["", ""], "", 148.0, &[Code::LinkMissing, Code::LinkMissing]);
    let direct = "<junction id=\"9\" type=\"direct\"><connection id=\"0\" incomingRoad=\"1\" linkedRoad=\"2\" contactPoint=\"start\"><laneLink from=\"-1\" to=\"-1\" overlapZone=\"0\"/></connection></junction>";
    check([&junction("successor"), &junction("predecessor")], ["", ""], direct, 348.0, &[]);
    // Virtual junctions leave the main road whole; the side road ends where it leaves.
    let along = "<predecessor elementType=\"road\" elementId=\"1\" elementS=\"150\" elementDir=\"+\"/>";
    let leaves = "<junction id=\"9\" type=\"virtual\" mainRoad=\"1\" sStart=\"140\" sEnd=\"160\" orientation=\"+\"><connection id=\"0\" incomingRoad=\"1\" connectingRoad=\"2\" contactPoint=\"start\"><laneLink from=\"-1\" to=\"-1\"/></connection></junction>";
    check(["", along], ["", back], leaves, 148.0, &[Code::LinkUnread, Code::LinkUnread]);
    let crossing =
        "<junction id=\"9\" type=\"crossing\"><roadSection roadId=\"1\" sStart=\"40\" sEnd=\"60\"/></junction>";
    check([&to_2, &to_1], [on, back], crossing, 348.0, &[]);
    check(
        [&to_2, &to_1],
        [on, back],
        "<junctionGroup id=\"7\" type=\"unknown\"><junctionReference junction=\"9\"/></junctionGroup>",
        348.0,
        &[],
    );
}

/// A street of two pieces, the second of which begins at `second_x_m` instead of x = 100; seen from the crosswalk at s = 150.
fn cut_street(second_x_m: f64, s_m: f64) -> Map {
    let text = STREET.text().replace("s=\"150\" t=\"0\"", &format!("s=\"{s_m}\" t=\"0\""));
    let whole = "<geometry s=\"0\" x=\"0\" y=\"0\" hdg=\"0\" length=\"300\"><line/></geometry>";
    assert!(text.contains(whole), "{text}");
    let two = format!(
        "<geometry s=\"0\" x=\"0\" y=\"0\" hdg=\"0\" length=\"100\"><line/></geometry><geometry s=\"100\" x=\"{second_x_m}\" y=\"0\" hdg=\"0\" length=\"200\"><line/></geometry>"
    );
    read("street.xodr", &text.replace(whole, &two)).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn no_way_leads_over_a_hole_in_a_road_one_case_a_line() {
    let reaches = |x, s_m| {
        let map = cut_street(x, s_m);
        let crossing = map.crossing(&map.crosswalks[0]);
        let mut found: Vec<_> = crossing.approaches.iter().map(|a| (a.lane.lane, a.reaches_back_m)).collect();
        found.sort_by_key(|(lane, _)| *lane);
        assert!(crossing.refused.is_none(), "{:?}", crossing.refused);
        let long = |a: &crate::map::ApproachInfo| a.points_m.windows(2).any(|p| (p[1] - p[0]).length() > 0.35);
        assert!(!crossing.approaches.iter().any(long));
        found
    };
    let near = |found: Vec<(i32, f64)>, right_m: f64, left_m: f64| {
        let [(-1, a), (1, b)] = found.as_slice() else { panic!("{found:?}") };
        assert!((a - right_m).abs() < 0.11 && (b - left_m).abs() < 0.11, "{found:?}");
    };
    near(reaches(100.0, 150.0), 148.0, 148.0); // no hole
    near(reaches(100.15, 150.0), 148.15, 148.0); // as small as a link's that is followed
    near(reaches(100.3, 150.0), 48.0, 148.0);
    near(reaches(103.0, 150.0), 48.0, 148.0);
    near(reaches(1100.0, 150.0), 48.0, 148.0);
    near(reaches(97.0, 150.0), 48.0, 148.0); // the pieces overlap
    near(reaches(1100.0, 50.0), 48.0, 48.0); // seen from the other piece, only the way against s is cut
}

#[test]
fn the_reason_names_the_hole() {
    let request = SiteRequest {
        crosswalk_id: None,
        start_side: StartSide::Right,
        start_mark_behind_kerb_m: 0.5,
        back_m: 100.0,
        ahead_m: 50.0,
        approach: Some(crate::map::Wanted { id: "road 1 section 0 lane -1".into(), place: None }),
    };
    let said = cut_street(103.0, 150.0).site(&request).unwrap_err().to_string();
    assert!(
        said.contains("reaches back only 48.0 m") && said.contains("has a hole of 3.00 m at (103.00, -1.75)"),
        "{said}"
    );
}

#[test]
fn a_lane_too_narrow_on_the_crosswalk_is_no_approach_one_case_a_line() {
    let wide = |m: f64| Street {
        left: &[("driving", 3.5), ("sidewalk", 2.0)],
        right: if m < 1.5 {
            &[("driving", 1.4), ("shoulder", 2.1), ("sidewalk", 2.0)]
        } else {
            &[("driving", 1.6), ("shoulder", 1.9), ("sidewalk", 2.0)]
        },
        ..STREET
    };
    check(wide(1.4), "7.00", &["1 at 5.25"], &[Code::LaneNarrow]);
    check(wide(1.6), "7.00", &["-1 at 2.70", "1 at 5.25"], &[]);
    // No width until after the crosswalk's middle: the lane begins on it, so no vehicle comes over it from there.
    let text = STREET.text().replacen(
        "<width sOffset=\"0\" a=\"3.5\"",
        "<width sOffset=\"0\" a=\"0\" b=\"0\" c=\"0\" d=\"0\"/><width sOffset=\"151\" a=\"0\" b=\"0.35\" c=\"0\" d=\"0\"/><width sOffset=\"161\" a=\"3.5\"",
        1,
    );
    let map = read("m", &text).unwrap();
    let crossing = map.crossing(&map.crosswalks[0]);
    assert_eq!(crossing.approaches.len(), 1, "{crossing:?}");
    assert!(
        crossing.lints.iter().any(|lint| lint.code == Code::LaneNarrow && lint.message.contains("only 0.00 m wide"))
    );
}

#[test]
fn behind_an_island_the_other_kerb_has_its_own_lanes() {
    let island = &[("median", 1.5), ("driving", 3.0), ("sidewalk", 2.0)];
    let whole = &[(-2.0, -3.5), (2.0, -3.5), (2.0, 4.5), (-2.0, 4.5)];
    let map = Street { left: island, corners: whole, ..STREET }.map();
    let crossing = map.crossing(&map.crosswalks[0]);
    let near = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 1e-6);
    assert!(near(crossing.length_m, 3.5) && near(crossing.length_from_left_m, 3.0), "{crossing:?}");
    assert_eq!((crossing.kerbs_map.len(), crossing.kerbs_from_left_map.len(), crossing.approaches.len()), (2, 2, 2));
    for approach in &crossing.approaches {
        let sides: Vec<_> = approach.start_sides().collect();
        let (side, found, m) = match approach.lane.lane {
            -1 => (StartSide::Right, approach.distance_from_right_kerb_m, 1.75),
            _ => (StartSide::Left, approach.distance_from_left_kerb_m, 1.5),
        };
        assert!(sides == [side] && near(found, m), "{approach:?}");
    }
    let map = STREET.map();
    let crossing = map.crossing(&map.crosswalks[0]);
    assert!(near(crossing.length_from_left_m, 7.0) && crossing.kerbs_from_left_map.is_empty());
    assert!(
        crossing
            .approaches
            .iter()
            .all(|a| near(a.distance_from_right_kerb_m.zip(a.distance_from_left_kerb_m).map(|(r, l)| r + l), 7.0))
    );
}
