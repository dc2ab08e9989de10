//! Sites of the built-in map, of small ones, and of a real town where it is at hand.

use crate::kernel::math::wrap_angle;
use crate::kernel::site::{ConflictZone, Site};
use crate::map::{DEFAULT_MAP, DEFAULT_MAP_NAME, Map, SiteRequest, Wanted, read};
use crate::problem::Outcome;
use crate::table::StartSide;
use glam::{DVec2, DVec3};

fn request(start_side: StartSide) -> SiteRequest {
    SiteRequest {
        crosswalk_id: None,
        start_side,
        start_mark_behind_kerb_m: 0.5,
        back_m: 200.0,
        ahead_m: 50.0,
        approach: None,
    }
}

fn default_map() -> Map {
    read(DEFAULT_MAP_NAME, DEFAULT_MAP).unwrap_or_else(|e| panic!("{e}"))
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

#[test]
fn the_default_street_from_both_kerbs() {
    for (side, id, nearest) in [(StartSide::Right, "right", -1), (StartSide::Left, "left", 1)] {
        let site = default_map().site(&request(side)).unwrap();
        assert_eq!((site.id.as_str(), site.crosswalk_id.as_str()), (id, "zebra"));
        assert!(site.kerb.point.length() < 1e-9 && (site.kerb.along - DVec2::Y).length() < 1e-9);
        assert!((site.far_kerb.point - DVec2::new(6.5, 0.0)).length() < 1e-6, "{:?}", site.far_kerb);
        assert!(
            near(site.past_kerb_m(DVec2::new(1.0, 30.0)), 1.0)
                && near(site.past_far_kerb_m(DVec2::new(1.0, 1.0)), -5.5)
        );
        assert_eq!(site.start_mark_m, DVec2::new(-0.5, 0.0));
        let ids: Vec<_> = site.approaches.iter().map(|a| a.id.clone()).collect();
        assert_eq!(ids, [format!("road 1 section 0 lane {nearest}"), format!("road 1 section 0 lane {}", -nearest)]);
        for (approach, x, towards) in [(&site.approaches[0], 1.625, -1.0), (&site.approaches[1], 4.875, 1.0)] {
            assert!((approach.distance_from_kerb_m - x).abs() < 1e-3, "{}", approach.distance_from_kerb_m);
            assert!(approach.path.length_m() >= 250.0);
            let here = approach.path.at(approach.pedestrian_line_s_m);
            assert!((here.position_m.truncate() - DVec2::new(approach.distance_from_kerb_m, 0.0)).length() < 1e-6);
            // Near traffic comes from the left, +y, and drives towards -y.
            assert!(wrap_angle(here.yaw_rad - towards * std::f64::consts::FRAC_PI_2).abs() < 1e-6, "{}", here.yaw_rad);
            // 200 m before the outline, which begins 2 m before the line.
            assert!(near(approach.pedestrian_line_s_m, 202.0), "{}", approach.pedestrian_line_s_m);
            let zone = ConflictZone::new(&approach.path, 1.8, &site.crosswalk).unwrap();
            assert!((zone.from_s_m - 200.0).abs() < 1e-3 && (zone.to_s_m - 204.0).abs() < 1e-3);
        }
        // The kerb lies on the map where the file says: 3.25 m beside the map's origin.
        assert!((site.origin_map_m.truncate().length() - 3.25).abs() < 1e-6);
        assert!((site.to_map(DVec3::new(3.25, 0.0, 0.0)).truncate()).length() < 1e-6);
    }
}

#[test]
fn paths_are_finely_sampled_without_gaps() {
    let site = default_map().site(&request(StartSide::Right)).unwrap();
    for approach in &site.approaches {
        for pair in approach.path.points_m().windows(2) {
            assert!((pair[1] - pair[0]).length() < 0.12);
        }
    }
}

#[test]
fn left_hand_traffic_turns_the_lanes_round() {
    let map = read("lht", &DEFAULT_MAP.replace("rule=\"RHT\"", "rule=\"LHT\"")).unwrap();
    let site = map.site(&request(StartSide::Right)).unwrap();
    assert_eq!(site.approaches[0].id, "road 1 section 0 lane -1");
    let yaw = site.approaches[0].path.at(site.approaches[0].pedestrian_line_s_m).yaw_rad;
    assert!((yaw - std::f64::consts::FRAC_PI_2).abs() < 1e-6); // from the right, towards +y
}

#[test]
fn what_a_site_refuses_one_case_a_line() {
    let refused = |text: &str, change: &dyn Fn(&mut SiteRequest), what: &str| {
        let mut request = request(StartSide::Right);
        change(&mut request);
        let problems =
            read("m", text).unwrap_or_else(|e| panic!("{e}")).site(&request).err().unwrap_or_else(|| panic!("{what}"));
        assert!(problems.to_string().contains(what), "{problems}");
        assert!(problems.0.iter().all(|p| !p.cure.is_empty()), "{problems}");
    };
    let corner = |from: &str, to: &str| DEFAULT_MAP.replace(from, to);
    refused(DEFAULT_MAP, &|r| r.crosswalk_id = Some("zebr".into()), "did you mean `zebra`?");
    refused(DEFAULT_MAP, &|r| r.back_m = 300.0, "reaches back only 218.4 m before the crosswalk; 300.0 m are needed");
    refused(DEFAULT_MAP, &|r| r.back_m = f64::NAN, "back is NaN m");
    refused(
        DEFAULT_MAP,
        &|r| r.approach = Some(Wanted { id: "road 1 section 0 lane -3".into(), place: None }),
        "did you mean `road 1 section 0 lane -1`? its approaches are",
    );
    let unnamed = corner("type=\"crosswalk\" name=\"zebra crossing\"", "type=\"none\" name=\"paint\"");
    refused(&unnamed, &|_| {}, "the map has no crosswalk");
    refused(
        &corner("cornerLocal", "cornerEarth"),
        &|_| {},
        "crosswalk `zebra` has a <cornerEarth> in its <outline>, which is not read",
    );
    refused(
        &corner("s=\"220\" t=\"0\" zOffset=\"0\"", "s=\"500\" t=\"0\""),
        &|_| {},
        "crosswalk `zebra` lies at s = 500 m of a road of 440 m",
    );
    refused(
        &corner("t=\"0\" zOffset=\"0\" hdg", "t=\"50\" zOffset=\"0\" hdg"),
        &|_| {},
        "crosswalk `zebra` crosses no driving lane",
    );
    refused(&corner("<line/>", "<nurbs/>"), &|_| {}, "<nurbs> as a shape of road 1 is not known");
    refused(&corner("v=\"3.25\"", "v=\"-3.252\""), &|_| {}, "covers -0.008 square metres");
    refused(
        &corner("<object id=\"waiting_right\" type=\"none\"", "<object id=\"two\" type=\"crosswalk\""),
        &|_| {},
        "choose one of `zebra`, `two`",
    );
}

#[test]
fn a_curve_that_is_not_known_matters_only_near_the_crosswalk() {
    let other = |x: f64| {
        let right = crate::map::testing::lane(-1, "driving", 3.5, "");
        crate::map::testing::RoadText {
            id: 9,
            rule: "RHT",
            start: (x, 0.0, 1.5),
            length_m: 50.0,
            geometry: "<nurbs/>",
            junction: "-1",
            link: "",
            left: "",
            right: &right,
            more: "",
        }
        .text()
    };
    let site = |x| {
        let text = DEFAULT_MAP.replace("</OpenDRIVE>", &format!("{}</OpenDRIVE>", other(x)));
        read("m", &text).unwrap().site(&request(StartSide::Right))
    };
    assert_eq!(site(500.0).unwrap(), default_map().site(&request(StartSide::Right)).unwrap());
    assert!(site(30.0).unwrap_err().to_string().contains("<nurbs> as a shape of road 9 is not known"));
}

#[test]
fn a_lane_for_both_directions_is_two_approaches() {
    let text = DEFAULT_MAP.replace("<lane id=\"1\" type=\"driving\"", "<lane id=\"1\" type=\"bidirectional\"");
    let site = read("m", &text).unwrap().site(&request(StartSide::Left)).unwrap();
    let ids: Vec<_> = site.approaches.iter().map(|a| a.id.as_str()).collect();
    let lane = "road 1 section 0 lane";
    assert_eq!(ids, [format!("{lane} 1"), format!("{lane} 1 against s"), format!("{lane} -1")]);
}

#[test]
fn a_refuge_island_ends_the_crossing() {
    let island = "<lane id=\"-1\" type=\"median\" level=\"false\"><width sOffset=\"0\" a=\"1.5\" b=\"0\" c=\"0\" d=\"0\"/></lane>\n<lane id=\"-2\" type=\"driving\" level=\"false\">";
    let text = DEFAULT_MAP
        .replace("<lane id=\"-2\" type=\"sidewalk\"", "<lane id=\"-3\" type=\"sidewalk\"")
        .replace("<lane id=\"-1\" type=\"driving\" level=\"false\">", island)
        .replace("v=\"-3.25\"", "v=\"-4.75\"");
    let map = read("island", &text).unwrap();
    for (side, lane) in [(StartSide::Right, -2), (StartSide::Left, 1)] {
        let site = map.site(&request(side)).unwrap();
        assert!(near(site.far_kerb.point.x, 3.25), "{:?}", site.far_kerb);
        let ids: Vec<_> = site.approaches.iter().map(|a| a.id.as_str()).collect();
        assert_eq!(ids, [format!("road 1 section 0 lane {lane}")]);
    }
}

#[test]
fn a_closed_outline_and_another_order_of_corners_change_nothing() {
    let first = "<cornerLocal u=\"-2\" v=\"-3.25\" z=\"0\" height=\"0\"/>";
    let closed = DEFAULT_MAP.replacen("        </outline>", &format!("{first}</outline>"), 1);
    let site = |text: &str| read("m", text).unwrap().site(&request(StartSide::Left)).unwrap();
    let (a, b) = (site(DEFAULT_MAP), site(&closed));
    assert_eq!((a.crosswalk.len(), &a), (4, &b));
}

fn town() -> Option<Map> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/maps/Town10HD.xodr");
    let Ok(bytes) = std::fs::read(path) else {
        crate::skips::cannot(&format!("no {path}; the real town was not tried"));
        return None;
    };
    Some(crate::map::read_bytes("Town10HD.xodr", &bytes).unwrap_or_else(|e| panic!("{e}")))
}

#[test]
fn every_crosswalk_of_a_real_town_makes_a_site_from_both_kerbs() {
    let Some(map) = town() else { return };
    let list = &map.crosswalks;
    assert_eq!(list.len(), 16);
    let mut good = 0;
    for info in list {
        for side in [StartSide::Right, StartSide::Left] {
            let found = map.site(&SiteRequest { crosswalk_id: Some(info.id.clone()), back_m: 175.0, ..request(side) });
            println!("{} {side:?} {}", info.id, summary(&found));
            match found {
                Ok(site) => {
                    check_town_site(&site);
                    good += 1;
                }
                Err(problems) => {
                    assert!(problems.0.iter().all(|p| !p.cure.is_empty() && p.place.line.is_some()), "{problems}")
                }
            }
        }
    }
    assert_eq!(good, 32);
}

fn summary(found: &Outcome<Site>) -> String {
    match found {
        Ok(site) => {
            let first = &site.approaches[0];
            format!(
                "kerb to kerb {:.2} m, {} approaches, nearest {} at {:.2} m",
                site.far_kerb.point.x,
                site.approaches.len(),
                first.id,
                first.distance_from_kerb_m
            )
        }
        Err(problems) => problems.to_string(),
    }
}

fn check_town_site(site: &Site) {
    let (kerb, far) = (site.kerb, site.far_kerb);
    let id = &site.crosswalk_id;
    // The sharpest bend of the town, at 1143, is cut at 53 degrees: the cosine is 0.60.
    assert!(kerb.point.length() < 1e-9 && kerb.along.y > 0.58 && far.along.y > 0.58, "{id} {kerb:?} {far:?}");
    assert!((7.0..26.0).contains(&far.point.x), "{id} {far:?}");
    for approach in &site.approaches {
        assert!((0.0..site.far_kerb.point.x).contains(&approach.distance_from_kerb_m));
        let line = approach.path.at(approach.pedestrian_line_s_m).position_m;
        assert!(line.y.abs() < 1e-6 && (line.x - approach.distance_from_kerb_m).abs() < 1e-6);
        let zone = ConflictZone::new(&approach.path, 1.8, &site.crosswalk).unwrap();
        assert!(zone.from_s_m > 170.0, "{} {}", approach.id, zone.from_s_m);
        assert!(approach.path.points_m().windows(2).all(|p| (p[1] - p[0]).length() < 0.35));
    }
}

#[test]
fn real_maps_with_curves_are_read_whole() {
    for name in ["curves_elevation", "fabriksgatan", "parking_demo"] {
        let path = format!("{}/../shared/data/maps/{name}.xodr", env!("CARGO_MANIFEST_DIR"));
        let Ok(text) = std::fs::read_to_string(&path) else {
            crate::skips::cannot(&format!("no {path}; this real map was not read"));
            continue;
        };
        let map = read(name, &text).unwrap_or_else(|e| panic!("{e}"));
        assert!(map.roads.iter().all(|r| r.unsupported.is_none()), "{name}");
    }
}

#[test]
fn a_crosswalk_over_the_joint_of_two_sections_is_the_same_crosswalk() {
    let start = DEFAULT_MAP.find("<laneSection").unwrap();
    let end = DEFAULT_MAP.find("</laneSection>").unwrap() + "</laneSection>".len();
    let section = &DEFAULT_MAP[start..end];
    let linked = |to: &str| {
        ["2", "1", "-1", "-2"].iter().fold(section.to_owned(), |text, id| {
            let lane = text.find(&format!("<lane id=\"{id}\"")).unwrap();
            let open = lane + text[lane..].find('>').unwrap() + 1;
            format!("{}<link><{to} id=\"{id}\"/></link>{}", &text[..open], &text[open..])
        })
    };
    let (before, after) = (linked("successor"), linked("predecessor"));
    let whole = default_map().site(&request(StartSide::Right)).unwrap();
    // The middle line, its 90 % neighbours and the ends of the crosswalk, which lies from 218 to 222 m.
    for joint_s_m in ["217.9", "218", "218.2", "219.999999", "220", "220.000001", "221.8", "222"] {
        let second = after.replacen("s=\"0\"", &format!("s=\"{joint_s_m}\""), 1);
        let text = format!("{}{before}{second}{}", &DEFAULT_MAP[..start], &DEFAULT_MAP[end..]);
        let site = read("m", &text).unwrap().site(&request(StartSide::Right)).unwrap();
        assert!((site.origin_map_m - whole.origin_map_m).length() < 1e-6, "{joint_s_m}");
        assert!((site.far_kerb.point - whole.far_kerb.point).length() < 1e-6, "{joint_s_m}: {:?}", site.far_kerb);
        assert!((site.kerb.along - DVec2::Y).length() < 1e-6 && (site.far_kerb.along - DVec2::Y).length() < 1e-6);
        assert_eq!(site.approaches.len(), 2, "{joint_s_m}");
    }
}

#[test]
fn the_words_of_opendrive_1_8_turn_the_lanes_round_too() {
    let first = |text: &str| {
        let site = read("m", text).unwrap().site(&request(StartSide::Right)).unwrap();
        let yaw = |a: &crate::kernel::site::Approach| a.path.at(a.pedestrian_line_s_m).yaw_rad;
        site.approaches.iter().map(|a| (a.id.clone(), yaw(a) > 0.0)).collect::<Vec<_>>()
    };
    let lane = |n: &str| format!("road 1 section 0 lane {n}");
    let with = |more: &str| DEFAULT_MAP.replace("type=\"driving\"", &format!("type=\"driving\" {more}"));
    // Near traffic comes from the left and drives towards -y, unless it is reversed.
    assert_eq!(first(DEFAULT_MAP), [(lane("-1"), false), (lane("1"), true)]);
    assert_eq!(first(&with("direction=\"standard\"")), first(DEFAULT_MAP));
    assert_eq!(first(&with("direction=\"reversed\"")), [(lane("-1"), true), (lane("1"), false)]);
    assert_eq!(first(&with("direction=\"both\"")).len(), 4);
    assert_eq!(first(&DEFAULT_MAP.replace("\"driving\"", "\"shared\"")), first(DEFAULT_MAP));
    let problems = read("m", &with("direction=\"up\"")).unwrap_err().to_string();
    assert!(problems.contains("`direction` is `up`; it must be standard, reversed or both"), "{problems}");
    let map = read("m", &DEFAULT_MAP.replacen("\"driving\"", "\"Driving\"", 1)).unwrap();
    assert!(map.lints.iter().any(|l| l.code.word() == "lane_type_unknown" && l.message.contains("`Driving`")));
}

#[test]
fn a_bridge_over_the_crosswalk_is_another_street() {
    let over = |z_m: f64| {
        let lanes = super::super::testing::lane(-1, "driving", 9.0, "");
        let bridge = super::super::testing::RoadText {
            id: 9,
            rule: "RHT",
            start: (20.58, -56.38, 1.9208),
            length_m: 120.0,
            geometry: "<line/>",
            junction: "-1",
            link: "",
            left: "",
            right: &lanes,
            more: "",
        }
        .text()
        .replace(
            "<lanes>",
            &format!(
                "<elevationProfile><elevation s=\"0\" a=\"{z_m}\" b=\"0\" c=\"0\" d=\"0\"/></elevationProfile><lanes>"
            ),
        );
        read("m", &DEFAULT_MAP.replace("</OpenDRIVE>", &format!("{bridge}</OpenDRIVE>"))).unwrap()
    };
    let same = |z_m| {
        let site = over(z_m).site(&request(StartSide::Right));
        site.is_ok_and(|site| site == default_map().site(&request(StartSide::Right)).unwrap())
    };
    assert!(same(5.0) && same(-5.0));
    // At the street's own height it is part of the ground.
    assert!(!same(0.0));
}

#[test]
fn heights_go_on_before_the_start_and_a_winding_curve_is_refused() {
    let raised = |s: &str| {
        let text = DEFAULT_MAP
            .replace("<elevation s=\"0\" a=\"-1\" b=\"0.005\"", &format!("<elevation s=\"{s}\" a=\"650\" b=\"0.5\""));
        read("m", &text).unwrap().road("1").unwrap().elevation_m(-1e-3)
    };
    // 650 - 0.5 * 0.001, and from a record half a millimetre late 650 - 0.5 * 0.0015.
    assert!(near(raised("0"), 649.9995) && near(raised("0.0005"), 649.99925), "{} {}", raised("0"), raised("0.0005"));
    let winding = read("m", &DEFAULT_MAP.replacen("0.0025", "1000", 1)).unwrap();
    let problem = winding.roads[0].unsupported.as_ref().unwrap();
    assert!(problem.what.contains("may wind round 17507 times") && problem.place.line.is_some(), "{problem}");
}
