//! Every form in which a file states a crosswalk, against corners computed by hand and against the genuine CARLA client.

use crate::peers;
use glam::DVec3;
use kerbside::map::{Code, Crosswalk, Map, PolygonSource, SiteRequest, read};
use kerbside::table::StartSide;
use std::f64::consts::{FRAC_PI_2, PI};

/// A road of 100 m, driven lanes 3.5 m wide and pavements 2 m wide on both sides, with these objects.
struct Street<'a> {
    start: (f64, f64, f64),
    geometry: &'a str,
    profile: &'a str,
    objects: &'a str,
    version: u32,
    more: &'a str,
}

const FLAT: Street =
    Street { start: (0.0, 0.0, 0.0), geometry: "<line/>", profile: "", objects: "", version: 4, more: "" };

fn lane(id: i32, kind: &str, width: f64) -> String {
    format!(
        "<lane id=\"{id}\" type=\"{kind}\" level=\"false\"><link/><width sOffset=\"0\" a=\"{width}\" b=\"0\" c=\"0\" d=\"0\"/></lane>"
    )
}

impl Street<'_> {
    fn text(&self) -> String {
        let Self { start: (x, y, hdg), geometry, profile, objects, version, more } = self;
        let left = lane(2, "sidewalk", 2.0) + &lane(1, "driving", 3.5);
        let right = lane(-1, "driving", 3.5) + &lane(-2, "sidewalk", 2.0);
        format!(
            "<?xml version=\"1.0\"?>\n<OpenDRIVE><header revMajor=\"1\" revMinor=\"{version}\" name=\"\" version=\"1\" date=\"\" north=\"0\" south=\"0\" east=\"0\" west=\"0\"/>\n\
             <road name=\"street\" id=\"1\" length=\"100\" junction=\"-1\"><link/>\n\
             <planView><geometry s=\"0\" x=\"{x}\" y=\"{y}\" hdg=\"{hdg}\" length=\"100\">{geometry}</geometry></planView>{profile}\n\
             <lanes><laneSection s=\"0\"><left>{left}</left><center><lane id=\"0\" type=\"none\" level=\"false\"/></center><right>{right}</right></laneSection></lanes>\n\
             <objects>\n{objects}\n</objects></road>\n{more}</OpenDRIVE>\n"
        )
    }

    fn read(&self) -> Map {
        read("street.xodr", &self.text()).unwrap_or_else(|e| panic!("{e}\n{}", self.text()))
    }
}

fn on_flat(objects: &str) -> Map {
    Street { objects, ..FLAT }.read()
}

/// An object of type crosswalk; attributes that come twice are the caller's.
fn object(attributes: &str, inner: &str) -> String {
    let given = |name: &str| attributes.contains(&format!("{name}=\""));
    let rest: String = [("id", "z"), ("type", "crosswalk"), ("s", "50"), ("t", "0")]
        .iter()
        .filter(|(name, _)| !given(&format!(" {name}")) && !attributes.starts_with(&format!("{name}=\"")))
        .map(|(name, value)| format!(" {name}=\"{value}\""))
        .collect();
    format!("<object {attributes}{rest}>{inner}</object>")
}

fn outline(corners: &[(f64, f64)]) -> String {
    let corners: String =
        corners.iter().map(|(u, v)| format!("<cornerLocal u=\"{u}\" v=\"{v}\" z=\"0\" height=\"0\"/>")).collect();
    format!("<outline>{corners}</outline>")
}

const SQUARE: [(f64, f64); 4] = [(-2.0, -3.0), (2.0, -3.0), (2.0, 3.0), (-2.0, 3.0)];

fn square() -> String {
    outline(&SQUARE)
}

fn corner_road(s: f64, t: f64, dz: f64) -> String {
    format!("<cornerRoad s=\"{s}\" t=\"{t}\" dz=\"{dz}\" height=\"0\"/>")
}

#[track_caller]
fn near(found: &[DVec3], expected: &[(f64, f64, f64)]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, (x, y, z)) in found.iter().zip(expected) {
        assert!((*found - DVec3::new(*x, *y, *z)).length() < 1e-9, "{found} is not ({x}, {y}, {z})");
    }
}

fn codes(crosswalk: &Crosswalk) -> Vec<&'static str> {
    crosswalk.lints.iter().map(|l| l.code.word()).filter(|w| !w.starts_with("carla")).collect()
}

fn carla_codes(crosswalk: &Crosswalk) -> Vec<&'static str> {
    crosswalk.lints.iter().map(|l| l.code.word()).filter(|w| w.starts_with("carla")).collect()
}

#[test]
fn corner_local_is_turned_with_road_and_object() {
    // The road runs north from (10, 20); 30 m on and 1 m to its left (west) is (9, 50). The object is turned by
    // another quarter: u runs west, v south. zOffset 0.1 + z 0.5.
    let inner = "<outline><cornerLocal u=\"2\" v=\"3\" z=\"0.5\"/><cornerLocal u=\"-2\" v=\"3\"/><cornerLocal u=\"0\" v=\"-1\"/></outline>";
    let objects = object(&format!("s=\"30\" t=\"1\" hdg=\"{FRAC_PI_2}\" zOffset=\"0.1\""), inner);
    let map = Street { start: (10.0, 20.0, FRAC_PI_2), objects: &objects, ..FLAT }.read();
    near(&map.crosswalks[0].corners_m, &[(7.0, 47.0, 0.6), (11.0, 47.0, 0.1), (9.0, 51.0, 0.1)]);
    let floats = vec!["corners_leave_surface"];
    assert_eq!((map.crosswalks[0].source, codes(&map.crosswalks[0])), (PolygonSource::CornerLocal, floats));
}

#[test]
fn pitch_lowers_what_is_ahead_and_roll_raises_the_left() {
    let (sin, cos) = 0.1_f64.sin_cos();
    let inner = outline(&[(2.0, 0.0), (0.0, 3.0), (-2.0, -3.0)]);
    let tilted = |attributes| on_flat(&object(attributes, &inner)).crosswalks.remove(0);
    let pitched = tilted("pitch=\"0.1\"");
    near(
        &pitched.corners_m,
        &[(50.0 + 2.0 * cos, 0.0, -2.0 * sin), (50.0, 3.0, 0.0), (50.0 - 2.0 * cos, -3.0, 2.0 * sin)],
    );
    assert_eq!(codes(&pitched), ["corners_leave_surface", "crosswalk_tilted"]);
    let rolled = tilted("roll=\"0.1\"");
    near(&rolled.corners_m, &[(52.0, 0.0, 0.0), (50.0, 3.0 * cos, 3.0 * sin), (48.0, -3.0 * cos, -3.0 * sin)]);
}

#[test]
fn on_a_slope_an_object_is_level_unless_it_is_perpendicular_to_the_road() {
    // 3 up along each 4: 50 m along the reference line lie 37.5 m up, and 5 m along the slope are 4 m on and 3 m up.
    let profile = "<elevationProfile><elevation s=\"0\" a=\"0\" b=\"0.75\" c=\"0\" d=\"0\"/></elevationProfile>";
    let inner = outline(&[(5.0, 0.0), (0.0, 3.0), (-5.0, -3.0)]);
    let on = |attributes| Street { profile, objects: &object(attributes, &inner), ..FLAT }.read().crosswalks.remove(0);
    near(&on("").corners_m, &[(55.0, 0.0, 37.5), (50.0, 3.0, 37.5), (45.0, -3.0, 37.5)]);
    let steep = on("perpToRoad=\"true\" pitch=\"1\"");
    near(&steep.corners_m, &[(54.0, 0.0, 40.5), (50.0, 3.0, 37.5), (46.0, -3.0, 34.5)]);
    assert!(codes(&steep).is_empty());
}

#[test]
fn corner_road_lies_on_the_road_s_surface() {
    // A circle of 20 m about (0, 20): after a quarter the road heads north at (20, 20), 1 + 0.1 * 10 pi up.
    let corners = corner_road(10.0 * PI, 3.0, 0.2) + &corner_road(10.0 * PI, -3.0, 0.0) + &corner_road(0.0, 3.0, 0.0);
    for wrap in ["<outline>", "<outlines><outline id=\"0\" closed=\"true\">"] {
        let end = if wrap.contains("outlines") { "</outline></outlines>" } else { "</outline>" };
        let map = Street {
            geometry: "<arc curvature=\"0.05\"/>",
            profile: "<elevationProfile><elevation s=\"0\" a=\"1\" b=\"0.1\" c=\"0\" d=\"0\"/></elevationProfile>",
            objects: &object("", &format!("{wrap}{corners}{end}")),
            ..FLAT
        }
        .read();
        near(&map.crosswalks[0].corners_m, &[(17.0, 20.0, 1.2 + PI), (23.0, 20.0, 1.0 + PI), (0.0, 3.0, 1.0)]);
        assert_eq!(map.crosswalks[0].source, PolygonSource::CornerRoad);
    }
}

#[test]
fn a_box_has_its_length_along_the_heading() {
    // Turned by a quarter, u runs north and v west: 6 m from north to south, 4 m from east to west, about (50, 1).
    let map = on_flat(&object(&format!("t=\"1\" hdg=\"{FRAC_PI_2}\" length=\"6\" width=\"4\""), ""));
    near(&map.crosswalks[0].corners_m, &[(52.0, -2.0, 0.0), (52.0, 4.0, 0.0), (48.0, 4.0, 0.0), (48.0, -2.0, 0.0)]);
    assert_eq!((map.crosswalks[0].source, codes(&map.crosswalks[0])), (PolygonSource::Box, vec![]));
    for (version, lints) in [(5, vec![]), (6, vec!["box_sides"]), (7, vec!["box_sides"]), (8, vec![])] {
        let map = Street { version, objects: &object("length=\"6\" width=\"4\"", ""), ..FLAT }.read();
        assert_eq!(codes(&map.crosswalks[0]), lints, "1.{version}");
    }
}

#[test]
fn copies_of_a_repeat_one_by_one() {
    let repeat = "<repeat s=\"20\" length=\"40\" distance=\"20\" tStart=\"0\" tEnd=\"2\" widthStart=\"4\" widthEnd=\"8\" zOffsetStart=\"0\" zOffsetEnd=\"1\"/>";
    let map = on_flat(&object("length=\"2\" width=\"9\"", repeat));
    let ids: Vec<_> = map.crosswalks.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["z#1", "z#2", "z#3"]);
    for (crosswalk, (s, t, w, z)) in
        map.crosswalks.iter().zip([(20.0, 0.0, 4.0, 0.0), (40.0, 1.0, 6.0, 0.5), (60.0, 2.0, 8.0, 1.0)])
    {
        let (low, high) = (t - w / 2.0, t + w / 2.0);
        near(&crosswalk.corners_m, &[(s - 1.0, low, z), (s + 1.0, low, z), (s + 1.0, high, z), (s - 1.0, high, z)]);
        assert_eq!((crosswalk.source, crosswalk.s_m), (PolygonSource::Repeat, s));
        // zOffset lifts the second and third above the level road.
        let floats: &[&str] = if z > 0.0 { &["corners_leave_surface"] } else { &[] };
        assert_eq!(codes(crosswalk), [&["repeated"], floats].concat());
    }
    let outlined = on_flat(&object("", &(square() + repeat)));
    near(&outlined.crosswalks[1].corners_m, &SQUARE.map(|(u, v)| (40.0 + u, 1.0 + v, 0.5)));
    assert_eq!(outlined.crosswalks[1].source, PolygonSource::CornerLocal);
    assert_eq!(codes(&outlined.crosswalks[1]), ["repeat_sizes_unused", "repeated", "corners_leave_surface"]);
    let one = on_flat(&object("length=\"2\" width=\"9\"", &repeat.replace("length=\"40\"", "length=\"0\"")));
    assert_eq!((one.crosswalks.len(), one.crosswalks[0].id.as_str()), (1, "z"));
}

#[test]
fn a_continuous_repeat_is_swept_along_the_road() {
    let repeat = "<repeat s=\"20\" length=\"4\" distance=\"0\" tStart=\"0\" tEnd=\"0\" widthStart=\"6\" widthEnd=\"8\" zOffsetStart=\"0\" zOffsetEnd=\"0\"/>";
    let map = on_flat(&object("", repeat));
    near(&map.crosswalks[0].corners_m, &[(20.0, -3.0, 0.0), (24.0, -4.0, 0.0), (24.0, 4.0, 0.0), (20.0, 3.0, 0.0)]);
    assert_eq!(map.crosswalks[0].source, PolygonSource::Repeat);
    // Round a circle of 20 m about (0, 20): every corner lies 3 m inside or outside of it.
    let objects = object("", &repeat.replace("widthEnd=\"8\"", "widthEnd=\"6\""));
    let round = Street { geometry: "<arc curvature=\"0.05\"/>", objects: &objects, ..FLAT }.read();
    let corners = &round.crosswalks[0].corners_m;
    assert_eq!(corners.len(), 18, "4 m in steps of half a metre, both sides");
    for corner in corners {
        let from = (corner.truncate() - glam::DVec2::new(0.0, 20.0)).length();
        assert!((from - 17.0).abs() < 1e-9 || (from - 23.0).abs() < 1e-9, "{from}");
    }
}

#[test]
fn lints_and_sources_one_case_a_line() {
    let check = |objects: &str, source: PolygonSource, expected: &[&str]| {
        let map = on_flat(objects);
        let [crosswalk] = map.crosswalks.as_slice() else { panic!("{objects}: {}", map.crosswalks.len()) };
        assert!(crosswalk.refused.is_none() && crosswalk.corners_m.len() >= 3, "{objects}: {:?}", crosswalk.refused);
        assert_eq!((crosswalk.source, codes(crosswalk)), (source, expected.to_vec()), "{objects}");
        assert!(crosswalk.lints.iter().all(|l| l.spot.line > 1 && !l.message.is_empty()));
    };
    use PolygonSource::{Box, CornerLocal, CornerRoad, Corners, Hull};
    let (square, two) = (square(), outline(&SQUARE[..2]));
    let sized = "length=\"4\" width=\"6\"";
    check(&object("", &square), CornerLocal, &[]);
    check(&object("", &outline(&[SQUARE.as_slice(), &SQUARE[..1]].concat())), CornerLocal, &[]); // closed
    check(&object(sized, &square), CornerLocal, &[]);
    check(&object("length=\"4\" width=\"7.2\"", &square), CornerLocal, &["outline_and_box_disagree"]);
    check(&object(sized, &two), Box, &["outline_too_few_corners"]);
    check(&object("", &square.replace("<outline>", "<outline closed=\"false\">")), CornerLocal, &["outline_is_a_line"]);
    check(&object("", &format!("{square}<outlines>{square}</outlines>")), CornerLocal, &["outline_stated_twice"]);
    let inner = outline(&[(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0)]).replace("<outline>", "<outline outer=\"false\">");
    check(&object("", &format!("<outlines>{square}{inner}</outlines>")), CornerLocal, &["inner_outline"]);
    let mixed = format!(
        "<outline>{}{}{}</outline>",
        corner_road(48.0, -3.0, 0.0),
        corner_road(52.0, -3.0, 0.0),
        "<cornerLocal u=\"0\" v=\"3\"/>"
    );
    check(&object("", &mixed), Corners, &["outline_mixes_corners"]);
    let beyond: String =
        [(90.0, 0.0), (104.0, 0.0), (104.0, 3.0)].iter().map(|(s, t)| corner_road(*s, *t, 0.0)).collect();
    check(&object("", &format!("<outline>{beyond}</outline>")), CornerRoad, &["corner_beyond_road"]);
    let bow = outline(&[SQUARE[0], SQUARE[1], SQUARE[3], SQUARE[2]]);
    check(&object("", &bow), Hull, &["outline_crosses_itself"]);
    near(&on_flat(&object("", &bow)).crosswalks[0].corners_m, &SQUARE.map(|(u, v)| (50.0 + u, v, 0.0)));
    check(&object("type=\"Crosswalk\"", &square), CornerLocal, &["type_spelling"]);
    check(&object("type=\"crossWalk\"", &square), CornerLocal, &["type_spelling"]);
    check(&object("type=\"zebraCrossing\"", &square), CornerLocal, &["type_spelling"]);
    check(&object("type=\"-1\" name=\"LadderCrosswalk\"", &square), CornerLocal, &["crosswalk_by_name"]);
    check(&object("type=\"none\" name=\"Zebrastreifen\"", &square), CornerLocal, &["crosswalk_by_name"]);
    check(&object("type=\"\" name=\"paso de peatones\"", &square), CornerLocal, &["crosswalk_by_name"]);
    check(&object("type=\"roadMark\" subtype=\"crosswalk\"", &square), CornerLocal, &["crosswalk_by_name"]);
    check(&object("subtype=\"bicycle\"", &square), CornerLocal, &["not_for_pedestrians"]);
    check(&object("", &format!("{square}<markings/><borders/><userData/><material/>")), CornerLocal, &[]);
    check(&object("", &format!("{square}<include file=\"x\"/>")), CornerLocal, &["child_unread"]);
}

#[test]
fn several_outlines_and_doubled_ids() {
    let other = outline(&[(4.0, -3.0), (6.0, -3.0), (6.0, 3.0), (4.0, 3.0)]);
    let map = on_flat(&object("", &format!("<outlines>{}{other}</outlines>", square())));
    let ids: Vec<_> = map.crosswalks.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["z#1", "z#2"]);
    assert_eq!(codes(&map.crosswalks[1]), ["several_outlines"]);
    near(&map.crosswalks[1].corners_m, &[(54.0, -3.0, 0.0), (56.0, -3.0, 0.0), (56.0, 3.0, 0.0), (54.0, 3.0, 0.0)]);
    // Each lies where its own middle is.
    assert_eq!(map.crosswalks.iter().map(|c| c.s_m).collect::<Vec<_>>(), [50.0, 55.0]);
    // Several outlines are no box.
    let sized = object("length=\"4\" width=\"6\"", &format!("<outlines>{}{other}</outlines>", square()));
    assert_eq!(codes(&on_flat(&sized).crosswalks[1]), ["several_outlines"]);
    let map = on_flat(&(object("", &square()) + &object("id=\"y\"", &square()) + &object("s=\"70\"", &square())));
    for (i, other) in [(0, 2), (2, 0)] {
        let crosswalk = &map.crosswalks[i];
        assert_eq!((codes(crosswalk), crosswalk.corners_m.len()), (vec!["id_twice"], 4));
        let lint = crosswalk.lints.iter().find(|l| l.code == Code::IdTwice).unwrap();
        let line = map.crosswalks[other].spot.line;
        assert_eq!(lint.message, format!("the crosswalk on line {line} has the id `z`, too"));
        let refused = crosswalk.refused.as_ref().unwrap();
        assert_eq!(refused.what, "crosswalk `z`: its id occurs twice, so a study cannot name it");
        assert_eq!(refused.place.line, Some(crosswalk.spot.line));
    }
    assert!(codes(&map.crosswalks[1]).is_empty() && map.crosswalks[1].refused.is_none());
}

#[test]
fn corners_that_leave_the_surface_one_case_a_line() {
    let check = |profile: &str, attributes: &str, inner: &str, expected: Option<&str>| {
        let objects = object(attributes, inner);
        let map = Street { profile, objects: &objects, ..FLAT }.read();
        let found = map.crosswalks[0].lints.iter().find(|l| l.code == Code::CornersLeaveSurface);
        let begins = found.map(|l| l.message.split(" the road").next().unwrap_or(""));
        assert_eq!(begins, expected, "{profile} {objects}");
    };
    let slope =
        |b: f64| format!("<elevationProfile><elevation s=\"0\" a=\"1\" b=\"{b}\" c=\"0\" d=\"0\"/></elevationProfile>");
    let bank = "<lateralProfile><superelevation s=\"0\" a=\"0.1\" b=\"0\" c=\"0\" d=\"0\"/></lateralProfile>";
    let road: String =
        SQUARE.iter().map(|(u, v)| corner_road(50.0 + u, *v, if *v > 0.0 { 0.2 } else { 0.0 })).collect();
    check("", "", &square(), None);
    check("", "zOffset=\"0.04\"", &square(), None);
    check("", "zOffset=\"0.5\"", &square(), Some("its corners lie up to 0.50 m above"));
    // 2 m ahead and behind.
    check(&slope(0.02), "", &square(), None);
    check(&slope(0.03), "", &square(), Some("its corners lie up to 0.06 m above and 0.06 m below"));
    check(&slope(0.03), "perpToRoad=\"true\"", &square(), None);
    // 3 tan(0.1) = 0.301.
    check(bank, "", &square(), Some("its corners lie up to 0.30 m above and 0.30 m below"));
    check(bank, "perpToRoad=\"true\"", &square(), None);
    check(bank, "", &format!("<outline>{}</outline>", road.replace("dz=\"0.2\"", "dz=\"0\"")), None);
    check("", "", &format!("<outline>{road}</outline>"), Some("its corners lie up to 0.20 m above"));
    // On a pavement 0.12 m high, which begins at t = 3.5; the road itself is 0.12 m lower.
    let high = outline(&[(-2.0, -4.0), (2.0, -4.0), (2.0, 4.0), (-2.0, 4.0)]).replace("z=\"0\"", "z=\"0.12\"");
    let objects = object("", &high);
    let text = Street { objects: &objects, ..FLAT }.text();
    let kerb = "<height sOffset=\"0\" inner=\"0.12\" outer=\"0.12\"/></lane>";
    let raised: Vec<String> =
        text.split("</lane>").map(|l| l.to_owned() + if l.contains("sidewalk") { kerb } else { "</lane>" }).collect();
    let raised = raised.concat();
    let floats = |text: &str| codes(&read("m", text.trim_end_matches("</lane>")).unwrap().crosswalks[0]);
    assert_eq!(floats(&text), ["corners_leave_surface"]);
    assert!(floats(&raised).is_empty());
}

#[test]
fn versions_one_case_a_line() {
    let said = |version: &str| {
        let text = FLAT.text().replace("revMajor=\"1\" revMinor=\"4\"", version);
        let lints = read("m", &text).unwrap().lints;
        lints.into_iter().find(|l| l.code == Code::VersionUnknown).map(|l| l.message)
    };
    for minor in 4..=8 {
        assert_eq!(said(&format!("revMajor=\"1\" revMinor=\"{minor}\"")), None);
    }
    let read_as = ": the file is read by the rules of OpenDRIVE 1.4 to 1.8";
    for (version, shown) in [
        ("revMajor=\"1\" revMinor=\"3\"", "revMajor = 1, revMinor = 3"),
        ("revMajor=\"2\" revMinor=\"7\"", "revMajor = 2, revMinor = 7"),
        ("revMajor=\"1\"", "revMajor = 1, revMinor = nothing"),
        ("revMajor=\"one\" revMinor=\"6\"", "revMajor = one, revMinor = 6"),
    ] {
        assert_eq!(said(version), Some(format!("{shown}{read_as}")));
    }
}

#[test]
fn what_is_refused_by_name_one_case_a_line() {
    let refused = |objects: &str, what: &str| {
        let map = on_flat(objects);
        let problem = map.crosswalks[0].refused.as_ref().unwrap_or_else(|| panic!("{objects} is read"));
        assert!(problem.what.contains(what) && !problem.cure.is_empty() && problem.place.line.is_some(), "{problem}");
        assert!(map.crosswalks[0].corners_m.is_empty());
    };
    let sized = "length=\"4\" width=\"6\"";
    let repeat = |more: &str| format!("<repeat s=\"20\" tStart=\"0\" tEnd=\"0\" {more}/>");
    refused(&object("", ""), "neither an outline of at least three corners nor a length and width above 0");
    refused(&object("length=\"4\" width=\"0\"", ""), "neither an outline");
    refused(&object("", &outline(&SQUARE[..2])), "neither an outline");
    refused(&object("radius=\"3\"", ""), "only a radius");
    refused(&object("s=\"101\"", &square()), "crosswalk `z` lies at s = 101 m of a road of 100 m");
    refused(&object("s=\"-1\"", &square()), "lies at s = -1 m");
    refused(&object("", &outline(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, -1.0), (0.0, 4.0)])), "crosses itself");
    refused(&object("", &outline(&[(0.0, 0.0), (1.0, 0.0)].repeat(101))), "more than 200 corners");
    refused(&object("", "<outline><cornerEarth/></outline>"), "a <cornerEarth> in its <outline>");
    refused(&object(sized, &repeat("length=\"20\" distance=\"1e-9\"")), "at most 100 copies");
    refused(&object(sized, &repeat("length=\"-20\" distance=\"1\"")), "length -20 m");
    refused(&object(sized, &repeat("length=\"90\" distance=\"1\"")), "from s = 20 m over 90 m of a road of 100 m");
    refused(&object("", &repeat("length=\"9\" distance=\"0\"")), "sweeps an object without width");
    refused(&object("", &(square() + &repeat("length=\"9\" distance=\"0\""))), "sweeps an outline");
    refused(&object(sized, &repeat("length=\"9\" distance=\"5\" detachFromReferenceLine=\"true\"")), "detached");
    let road = format!("<outline>{}</outline>", corner_road(1.0, 1.0, 0.0).repeat(3));
    refused(
        &object(sized, &(road + &repeat("length=\"9\" distance=\"5\""))),
        "a <repeat> of an outline of <cornerRoad>",
    );
}

#[test]
fn what_is_no_crosswalk_is_not_taken_for_one() {
    let none = |objects: &str, expected: &[Code]| {
        let map = on_flat(objects);
        let codes: Vec<Code> = map.lints.iter().map(|l| l.code).filter(|c| c.word().contains("crosswalk")).collect();
        assert!(map.crosswalks.is_empty() && codes == expected, "{objects}: {codes:?}");
    };
    none(&object("type=\"-1\" name=\"StopLine\"", &square()), &[]);
    // CARLA looks for the word in the name only, and lists what has corners.
    none(&object("type=\"-1\" name=\"Crosswalk sign\"", &square()), &[Code::CarlaTakesForCrosswalk]);
    none(&object("type=\"pole\" name=\"crosswalk pole\"", ""), &[]);
    none(&object("type=\"-1\" name=\"RailroadCrossing\"", ""), &[]);
    none(&object("type=\"patch\" name=\"zebra\"", &square()), &[Code::MaybeCrosswalk]);
    let junction = format!("<junction id=\"5\"><objects>{}</objects></junction>", object("", &square()));
    let map = Street { more: &junction, ..FLAT }.read();
    assert_eq!(map.lints.iter().filter(|l| l.code == Code::CrosswalkUnread).count(), 1);
}

#[test]
fn references_add_no_ground_and_are_checked() {
    let reference = |attributes: &str| format!("<objectReference {attributes} orientation=\"none\"/>");
    let with = |attributes: &str| {
        let plain = object("", &square()) + &object("id=\"tree\" type=\"tree\"", "");
        on_flat(&(plain + &reference(attributes)))
    };
    let good = with("id=\"z\" s=\"54\" t=\"0\""); // 2 m beside it
    assert!(good.crosswalks.len() == 1 && codes(&good.crosswalks[0]).is_empty());
    assert!(good.lints.iter().all(|l| l.code != Code::ReferenceToNothing));
    assert_eq!(codes(&with("id=\"z\" s=\"60\" t=\"0\"").crosswalks[0]), ["reference_far"]);
    assert_eq!(codes(&with("id=\"z\" s=\"NaN\" t=\"0\"").crosswalks[0]), ["reference_unread"]);
    assert_eq!(codes(&with("id=\"z\" t=\"0\"").crosswalks[0]), ["reference_unread"]);
    assert!(with("id=\"y\" s=\"1\" t=\"0\"").lints.iter().any(|l| l.code == Code::ReferenceToNothing));
    assert!(with("id=\"tree\" s=\"1\" t=\"0\"").lints.iter().all(|l| l.code != Code::ReferenceToNothing));
}

/// A road of 11 m with two walking lanes of 1.5 m, northwards across the street at x = 50, pavement to pavement.
fn crossing(path: &str) -> String {
    let lanes = [lane(1, "walking", 1.5), lane(-1, "walking", 1.5)];
    format!(
        "<road id=\"2\" length=\"11\" junction=\"5\"><planView><geometry s=\"0\" x=\"50\" y=\"-5.5\" hdg=\"{FRAC_PI_2}\" length=\"11\"><line/></geometry></planView>\
         <lanes><laneSection s=\"0\"><left>{}</left><center><lane id=\"0\" type=\"none\"/></center><right>{}</right></laneSection></lanes></road>\
         <junction id=\"5\" type=\"crossing\">{path}</junction>",
        lanes[0], lanes[1]
    )
}

const PATH: &str = "<crossPath id=\"7\" crossingRoad=\"2\" roadAtStart=\"1\" roadAtEnd=\"1\"><startLaneLink s=\"50\" from=\"-2\" to=\"1\"/><endLaneLink s=\"50\" from=\"2\" to=\"-1\"/></crossPath>";

#[test]
fn a_cross_path_is_the_ground_of_its_road_s_lanes() {
    let with = |path: &str| Street { more: &crossing(path), version: 8, ..FLAT }.read();
    let map = with(PATH);
    let [crosswalk] = map.crosswalks.as_slice() else { panic!("{}", map.crosswalks.len()) };
    assert_eq!((crosswalk.id.as_str(), crosswalk.road, crosswalk.s_m), ("5:7", 0, 50.0));
    near(&crosswalk.corners_m, &[(51.5, -5.5, 0.0), (51.5, 5.5, 0.0), (48.5, 5.5, 0.0), (48.5, -5.5, 0.0)]);
    assert_eq!((crosswalk.source.word(), codes(crosswalk)), ("cross_path", vec![]));
    // One lane only; links that name none; a place far away.
    let one = with(&PATH.replace("to=\"-1\"", "to=\"1\""));
    near(&one.crosswalks[0].corners_m, &[(50.0, -5.5, 0.0), (50.0, 5.5, 0.0), (48.5, 5.5, 0.0), (48.5, -5.5, 0.0)]);
    assert_eq!(codes(&with("<crossPath crossingRoad=\"2\"/>").crosswalks[0]), ["cross_path_lanes"; 2]);
    assert_eq!(
        codes(&with(&PATH.replace("<startLaneLink s=\"50\"", "<startLaneLink s=\"20\"")).crosswalks[0]),
        ["cross_path_lanes"]
    );
    let nowhere = with(&PATH.replace("crossingRoad=\"2\"", "crossingRoad=\"9\""));
    assert!(nowhere.crosswalks.is_empty() && nowhere.lints.iter().any(|l| l.code == Code::CrosswalkUnread));
    // A study can be run on it: the kerbs are the street's, not the crossing road's.
    for start_side in [StartSide::Right, StartSide::Left] {
        let request = SiteRequest {
            crosswalk_id: Some("5:7".into()),
            start_side,
            start_mark_behind_kerb_m: 0.5,
            back_m: 40.0,
            ahead_m: 40.0,
            approach: None,
        };
        let site = map.site(&request).unwrap_or_else(|e| panic!("{e}"));
        assert!((site.far_kerb.point.x - 7.0).abs() < 1e-6, "{:?}", site.far_kerb);
        assert_eq!(site.approaches.len(), 2);
    }
    // An object on the same ground.
    let both = Street { more: &crossing(PATH), objects: &object("", &square()), version: 8, ..FLAT }.read();
    assert!(both.crosswalks.iter().all(|c| codes(c) == ["cross_path_overlaps"]), "{:?}", both.crosswalks);
}

#[test]
fn the_parking_demo_has_three() {
    let Some((_, text)) = peers::real_map("parking_demo.xodr") else { return };
    let map = read("parking_demo.xodr", &text).unwrap();
    let found: Vec<_> = map.crosswalks.iter().map(|c| (c.id.as_str(), c.source.word())).collect();
    assert_eq!(found, [("1", "corner_road"), ("2", "box"), ("3", "corner_local")]);
    // The road runs 100 m east from the origin, then bends right round (100, -50) with a radius of 50 m; it is level.
    let corners = |i: usize| map.crosswalks[i].corners_m.as_slice();
    near(corners(0), &[(7.0, 3.2, 0.0), (8.0, -3.2, 0.0), (11.0, -3.2, 0.0), (12.0, 3.2, 0.0)]);
    // Two corners at s = 79 are no area: the box of 10 m by 7 m about s = 10 is used.
    near(corners(1), &[(5.0, -3.5, 0.0), (15.0, -3.5, 0.0), (15.0, 3.5, 0.0), (5.0, 3.5, 0.0)]);
    // s = 152: 52 m round the bend is an angle of 1.04; the object is turned by a further 1.5707964.
    let (sin, cos) = 1.04_f64.sin_cos();
    let (v, u) = (1.570_796_4_f64 - 1.04).sin_cos();
    let at = |a: f64, b: f64| (100.0 + 50.0 * sin + a * u - b * v, -50.0 + 50.0 * cos + a * v + b * u, 0.0);
    near(corners(2), &[at(-3.2, -2.0), at(3.2, -2.0), at(3.2, 2.0), at(-3.2, 2.0)]);
    let lints = codes(&map.crosswalks[1]);
    assert!(lints.contains(&"outline_too_few_corners") && !lints.contains(&"outline_and_box_disagree"), "{lints:?}");
    let few = map.crosswalks[1].lints.iter().find(|l| l.code == Code::OutlineTooFewCorners).unwrap();
    // (79, +-3) is 69.07 m from (10, 0).
    let expected = "an <outline> with 2 corners is no area, and lies 69 m from the object at s = 10 m: at s = 79 m";
    assert_eq!(few.message, expected);
}

type Corners = Option<Vec<[f64; 3]>>;

/// What the genuine client's map says to each text.
fn carla(texts: &[String]) -> Option<Vec<Corners>> {
    let python = peers::python("CARLA's crosswalks")?;
    let input = serde_json::to_string(texts).unwrap();
    Some(serde_json::from_str(&peers::ask(&python, "carla_crosswalks.py", &[], &input)).unwrap())
}

/// How far a crosswalk's corners lie from the nearest run of as many points in CARLA's flat list, metres.
fn apart(crosswalk: &Crosswalk, flat: &[[f64; 3]]) -> f64 {
    let off = |window: &[[f64; 3]]| {
        let pairs = window.iter().zip(&crosswalk.corners_m);
        pairs.map(|(a, b)| (DVec3::from_array(*a) - *b).truncate().length()).fold(0.0, f64::max)
    };
    flat.windows(crosswalk.corners_m.len()).map(off).fold(f64::INFINITY, f64::min)
}

#[test]
fn corners_agree_with_the_genuine_carla() {
    // Twenty combinations of heading, t and outline on a street that bends; each outline is closed.
    let mut objects = String::new();
    for i in 0..20 {
        let (hdg, t) = (f64::from(i) * 0.77 - 5.0, f64::from(i % 5) * 1.3 - 2.6);
        let width = 2.0 + f64::from(i % 3);
        let corners = [(-2.0, -width), (2.5, -width), (2.0, width), (-1.0, width + 0.5), (-2.0, -width)];
        let attributes = format!("id=\"c{i}\" s=\"{}\" t=\"{t}\" hdg=\"{hdg}\" zOffset=\"0\"", 3 + 4 * i);
        objects += &object(&attributes, &outline(&corners));
    }
    let street =
        Street { start: (30.0, -20.0, 0.7), geometry: "<arc curvature=\"-0.01\"/>", objects: &objects, ..FLAT };
    let town = peers::real_map("Town10HD.xodr").map(|(_, text)| text);
    let texts: Vec<String> = [Some(street.text()), town].into_iter().flatten().collect();
    let Some(answers) = carla(&texts) else { return };
    for (text, (answer, expected)) in texts.iter().zip(answers.iter().zip([(20, 100), (16, 80)])) {
        let map = read("m", text).unwrap();
        let flat = answer.as_ref().unwrap();
        assert_eq!((map.crosswalks.len(), flat.len()), expected);
        for crosswalk in &map.crosswalks {
            let apart_m = apart(crosswalk, flat);
            assert!(apart_m < 1e-3, "crosswalk {} lies {apart_m} m from CARLA's", crosswalk.id);
        }
    }
}

#[test]
fn what_the_lints_say_of_carla_is_what_it_does() {
    let plain = object("", &square());
    let later = |attributes: &str, inner: &str| object("id=\"first\" s=\"20\"", &square()) + &object(attributes, inner);
    let wrapped = format!("<outlines>{}</outlines>", square());
    let corners = format!("<outline>{}</outline>", corner_road(1.0, 1.0, 0.0).repeat(3));
    let closed = outline(&[SQUARE.as_slice(), &SQUARE[..1]].concat());
    let repeat = "<repeat s=\"20\" length=\"40\" distance=\"20\" tStart=\"0\" tEnd=\"0\" zOffsetStart=\"0\" zOffsetEnd=\"0\" heightStart=\"0\" heightEnd=\"0\"/>";
    let high = "<outline><cornerLocal u=\"0\" v=\"0\"/></outline>";
    // The objects; how many corners CARLA lists, None where it refuses; its lints of the last crosswalk.
    let cases: Vec<(String, Option<usize>, &[&str])> = vec![
        (object("", &closed), Some(5), &[]),
        (plain.clone(), Some(4), &["carla_runs_on"]),
        (object("", &wrapped), Some(0), &["carla_not_read"]),
        (later("", &wrapped), Some(8), &["carla_inherits_corners"]),
        (later("length=\"4\" width=\"6\"", ""), Some(8), &["carla_inherits_corners"]),
        (later("", &corners), Some(4), &["carla_not_read"]),
        (object("type=\"-1\" name=\"zebra\"", &closed), Some(0), &["carla_not_read"]),
        (object("type=\"-1\" name=\"LadderCrosswalk\"", &closed), Some(5), &[]),
        (object("type=\"Crosswalk\"", &square()), Some(0), &["carla_not_read"]),
        (object("", &(closed.clone() + repeat)), Some(5), &["carla_reads_part"]),
        (object("", &(closed.clone() + &square())), Some(5), &["carla_reads_part"]),
        (object("", &(closed.clone() + high)), Some(5), &["carla_reads_part"]),
        (object("s=\"100.05\"", &closed), None, &["carla_fails"]),
        (object("zOffset=\"1\"", &closed), Some(5), &["carla_ignores_height"]),
        (object("pitch=\"0.2\"", &closed), Some(5), &["carla_ignores_tilt"]),
        (format!("</objects><objects>{}", object("", &closed)), Some(0), &["carla_not_read"]),
    ];
    for (objects, _, lints) in &cases {
        let map = on_flat(objects);
        assert_eq!(carla_codes(map.crosswalks.last().unwrap()), *lints, "{objects}");
    }
    let texts: Vec<String> = cases.iter().map(|(objects, ..)| Street { objects, ..FLAT }.text()).collect();
    let Some(answers) = carla(&texts) else { return };
    for ((objects, count, _), answer) in cases.iter().zip(&answers) {
        assert_eq!(answer.as_ref().map(Vec::len), *count, "{objects}");
    }
    let heights = |answer: &Corners| answer.as_ref().unwrap().iter().all(|c| c[2] == 0.0);
    assert!(heights(&answers[13]) && heights(&answers[14]), "neither zOffset nor pitch counts");
}

#[test]
fn where_carla_lays_a_crosswalk_elsewhere() {
    let closed = outline(&[SQUARE.as_slice(), &SQUARE[..1]].concat());
    let objects = object("t=\"1\"", &closed);
    let street = |profile| Street { objects: &objects, profile, ..FLAT }.text();
    let slope = "<elevationProfile><elevation s=\"0\" a=\"1\" b=\"0.2\" c=\"0\" d=\"0\"/></elevationProfile>";
    let offset =
        street("").replace("west=\"0\"/>", "west=\"0\"><offset x=\"100\" y=\"0\" z=\"0\" hdg=\"0\"/></header>");
    let lane_offset = street("").replace("<lanes>", "<lanes><laneOffset s=\"0\" a=\"1.5\" b=\"0\" c=\"0\" d=\"0\"/>");
    let bank = "<lateralProfile><superelevation s=\"0\" a=\"0.1\" b=\"0\" c=\"0\" d=\"0\"/></lateralProfile>";
    let banked = street(bank);
    let texts = [street(slope), offset, lane_offset, banked.clone(), banked.replace("t=\"1\"", "t=\"0\"")];
    let lints =
        ["carla_tilts", "carla_ignores_offset", "carla_adds_lane_offset", "carla_ignores_superelevation", "nothing"];
    for (text, lint) in texts.iter().zip(lints) {
        let found = carla_codes(&read("m", text).unwrap().crosswalks[0]);
        assert_eq!(found.first().copied().unwrap_or("nothing"), lint);
        assert!(found.len() < 2, "{found:?}");
    }
    let Some(answers) = carla(&texts) else { return };
    // Our first corner by hand, and how far CARLA's lies from it.
    // CARLA takes the slope of 0.2 for an angle of 0.2 rad: u = -2 becomes -2 cos, t = 1 becomes cos; up by sin and
    // down by 2 sin.
    let (sin, cos) = 0.2_f64.sin_cos();
    let (bank_sin, bank_cos) = 0.1_f64.sin_cos();
    let expected = [
        ([48.0, -2.0, 11.0], [2.0 - 2.0 * cos, cos - 1.0, sin - 2.0 * sin]),
        ([148.0, -2.0, 0.0], [-100.0, 0.0, 0.0]),
        ([48.0, -2.0, 0.0], [0.0, 1.5, 0.0]),
        // t = 1 on the road's bank of 0.1 rad; CARLA's t = 1 is level.
        ([48.0, bank_cos - 3.0, bank_sin], [0.0, 1.0 - bank_cos, -bank_sin]),
        ([48.0, -3.0, 0.0], [0.0, 0.0, 0.0]),
    ];
    for ((text, answer), (ours, off)) in texts.iter().zip(&answers).zip(expected) {
        let ours = DVec3::from_array(ours);
        near(&read("m", text).unwrap().crosswalks[0].corners_m[..1], &[ours.into()]);
        let theirs = DVec3::from_array(answer.as_ref().unwrap()[0]);
        assert!((theirs - ours - DVec3::from_array(off)).length() < 1e-3, "{theirs}");
    }
}
