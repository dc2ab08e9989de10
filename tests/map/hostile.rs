//! Whatever the bytes, a map is read or refused: with a line and column, in bounded time, without a panic.

use crate::any_map::{asked, refused};
use crate::skips;
use kerbside::map::{DEFAULT_MAP, Map, read, read_bytes};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Whether it was read; checks what every answer must have.
fn try_all(bytes: &[u8]) -> bool {
    let start = Instant::now();
    let read = read_bytes("hostile.xodr", bytes);
    match &read {
        Ok(map) => {
            are_numbers(map);
            asked(map, [150.0, 50.0]);
        }
        Err(problems) => refused(problems),
    }
    assert!(start.elapsed() < Duration::from_secs(2), "took {:?}", start.elapsed());
    read.is_ok()
}

/// No corner of a crosswalk and no middle or border of a lane is NaN or endless.
fn are_numbers(map: &Map) {
    for crosswalk in &map.crosswalks {
        assert!(crosswalk.corners_m.iter().all(|c| c.is_finite()), "{}", crosswalk.id);
    }
    for road in map.roads.iter().take(50) {
        for section in road.sections.iter().take(5) {
            for share in [0.0, 0.3, 1.0] {
                let s_m = section.start_s_m + (section.end_s_m - section.start_s_m) * share;
                for lane in section.lanes() {
                    let (inner_m, outer_m) = road.borders_t_m(section, lane.id, s_m);
                    assert!(inner_m.is_finite() && outer_m.is_finite(), "road {} lane {}", road.id, lane.id);
                    let edge_m = road.lane_point_m(section, lane.id, s_m, outer_m);
                    let centre_m = road.centre_m(section, lane.id, s_m);
                    assert!(edge_m.is_finite() && centre_m.is_finite(), "road {} lane {} at {s_m}", road.id, lane.id);
                }
            }
        }
    }
}

#[test]
fn bombs_and_floods_are_refused_quickly() {
    let bomb = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><OpenDRIVE>&b;</OpenDRIVE>";
    assert!(!try_all(bomb.as_bytes()));
    let megabyte = "9".repeat(1 << 20);
    assert!(!try_all(DEFAULT_MAP.replacen("length=\"440\"", &format!("length=\"{megabyte}\""), 1).as_bytes()));
    assert!(!try_all(
        DEFAULT_MAP
            .replacen("id=\"1\"", &format!("id=\"{megabyte}\" x=\"y\""), 1)
            .replacen(
                "<link/>",
                "<link><successor elementType=\"road\" elementId=\"2\" contactPoint=\"start\"/></link>",
                1
            )
            .as_bytes()
    ));
    let attributes = (0..100_000).fold(String::new(), |mut text, i| {
        let _ = write!(text, " a{i}=''");
        text
    });
    assert!(!try_all(format!("<OpenDRIVE{attributes}/>").as_bytes()));
    assert!(!try_all(format!("<?x '?><OpenDRIVE{attributes}/>").as_bytes()));
    assert!(!try_all("<a>".repeat(300_000).as_bytes()));
    let nested = (0..20_000).fold(String::new(), |mut text, i| {
        let _ = write!(text, "<a xmlns:n{i}='u'>");
        text
    });
    assert!(!try_all(nested.as_bytes()));
    assert!(!try_all("<OpenDRIVE/>".repeat(2).as_bytes()));
    assert!(!try_all(b""));
    assert!(!try_all(&[0xFF; 100]));
}

#[test]
fn a_thousand_lanes_that_all_lead_into_each_other_end() {
    // A ladder: each of 40 pairs of short lanes leads into both lanes of the next, 2^40 ways back.
    let mut roads = String::new();
    let mut junctions = String::new();
    for i in 0..40 {
        for k in 0..2 {
            let (id, x) = (10 * i + k, f64::from(i) * 0.5);
            let link = if i > 0 {
                format!("<predecessor elementType=\"junction\" elementId=\"{i}\"/>")
            } else {
                String::new()
            };
            let next = if i < 39 {
                format!("<successor elementType=\"junction\" elementId=\"{}\"/>", i + 1)
            } else {
                String::new()
            };
            let _ = write!(
                roads,
                "<road id=\"{id}\" length=\"0.5\" junction=\"-1\"><link>{link}{next}</link><planView><geometry s=\"0\" x=\"{x}\" y=\"0\" hdg=\"0\" length=\"0.5\"><line/></geometry></planView>\
                 <lanes><laneSection s=\"0\"><center><lane id=\"0\" type=\"none\"/></center><right><lane id=\"-1\" type=\"driving\"><width sOffset=\"0\" a=\"3\" b=\"0\" c=\"0\" d=\"0\"/></lane></right></laneSection></lanes>{}</road>",
                if i == 39 && k == 0 {
                    "<objects><object id=\"c\" type=\"crosswalk\" s=\"0.2\" t=\"-1.5\"><outline><cornerLocal u=\"-0.2\" v=\"-2\"/><cornerLocal u=\"0.2\" v=\"-2\"/><cornerLocal u=\"0.2\" v=\"2\"/><cornerLocal u=\"-0.2\" v=\"2\"/></outline></object></objects>"
                } else {
                    ""
                }
            );
        }
        if i > 0 {
            let _ = write!(junctions, "<junction id=\"{i}\">");
            for (from, to) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let _ = write!(
                    junctions,
                    "<connection id=\"{from}{to}\" incomingRoad=\"{}\" connectingRoad=\"{}\" contactPoint=\"start\"><laneLink from=\"-1\" to=\"-1\"/></connection>",
                    10 * (i - 1) + from,
                    10 * i + to
                );
            }
            junctions += "</junction>";
        }
    }
    let text = format!("<OpenDRIVE><header/>{roads}{junctions}</OpenDRIVE>");
    assert!(try_all(text.as_bytes()), "{:?}", read("ladder", &text).err());
}

#[test]
fn a_ring_that_leads_into_itself_ends() {
    let ring = DEFAULT_MAP.replacen(
        "<link/>",
        "<link><predecessor elementType=\"road\" elementId=\"1\" contactPoint=\"end\"/><successor elementType=\"road\" elementId=\"1\" contactPoint=\"start\"/></link>",
        1,
    );
    assert!(try_all(ring.as_bytes()));
}

#[test]
fn long_roads_and_wild_polynomials_end() {
    let long = DEFAULT_MAP
        .replace("length=\"440\"", "length=\"100000\"")
        .replacen("s=\"330\"", "s=\"330\" ", 1)
        .replacen("length=\"110\"><arc curvature=\"-", "length=\"99670\"><arc curvature=\"-", 1);
    try_all(long.as_bytes());
    for number in ["1e11", "-1e11", "1e-300", "-3.25"] {
        for factor in ["a=\"3.25\" b=\"0\"", "b=\"0\" c=\"0\"", "c=\"0\" d=\"0\""] {
            let wild = factor.replacen(['0', '3'], number, 1);
            try_all(DEFAULT_MAP.replace(factor, &wild).as_bytes());
        }
        try_all(DEFAULT_MAP.replace("curvature=\"0.0025\"", &format!("curvature=\"{number}\"")).as_bytes());
        try_all(DEFAULT_MAP.replace("v=\"3.25\"", &format!("v=\"{number}\"")).as_bytes());
        try_all(DEFAULT_MAP.replace("hdg=\"0.35\"", &format!("hdg=\"{number}\"")).as_bytes());
    }
}

#[test]
fn wild_curves_end_and_stay_numbers() {
    let curved = |shape: &str| try_all(DEFAULT_MAP.replacen("<line/>", shape, 1).as_bytes());
    let wild = ["1e11", "-1e11", "1e-300", "3"];
    for a in wild {
        for b in wild {
            assert!(curved(&format!("<spiral curvStart=\"{a}\" curvEnd=\"{b}\"/>")), "{a} {b}");
            assert!(curved(&format!("<poly3 a=\"0\" b=\"{a}\" c=\"{b}\" d=\"0\"/>")), "{a} {b}");
            assert!(curved(&format!("<poly3 a=\"{a}\" b=\"0\" c=\"0\" d=\"{b}\"/>")), "{a} {b}");
            for range in ["normalized", "arcLength"] {
                for (u, v) in [((a, "0"), (b, "0")), ((a, "1"), ("0", b)), (("0", a), (b, b))] {
                    let u = format!("aU=\"0\" bU=\"{}\" cU=\"{}\" dU=\"0\"", u.0, u.1);
                    let v = format!("aV=\"0\" bV=\"{}\" cV=\"0\" dV=\"{}\"", v.0, v.1);
                    assert!(curved(&format!("<paramPoly3 {u} {v} pRange=\"{range}\"/>")), "{u} {v}");
                }
            }
        }
    }
}

#[test]
fn wild_surfaces_end_and_stay_numbers() {
    let profile = |inner: &str| {
        let inner = format!("<lateralProfile>{inner}</lateralProfile>");
        try_all(DEFAULT_MAP.replacen("<lateralProfile/>", &inner, 1).as_bytes())
    };
    for a in ["1e9", "-1e9", "1e-300", "1e12", "1.5707963267948966"] {
        assert!(profile(&format!("<superelevation s=\"0\" a=\"{a}\" b=\"{a}\" c=\"{a}\" d=\"{a}\"/>")));
        assert!(profile(&format!("<crossfall side=\"both\" s=\"0\" a=\"{a}\" b=\"0\" c=\"0\" d=\"{a}\"/>")));
        assert!(profile(&format!("<shape s=\"0\" t=\"-1e12\" a=\"0\" b=\"{a}\" c=\"0\" d=\"{a}\"/>")));
        assert!(profile(&format!("<shape s=\"1e-300\" t=\"1e12\" a=\"{a}\" b=\"0\" c=\"0\" d=\"0\"/>")));
        let border = format!("<border sOffset=\"0\" a=\"{a}\" b=\"-1\" c=\"{a}\" d=\"0\"/>");
        let (open, width) =
            ("<width sOffset=\"0\"", "<height sOffset=\"0\" inner=\"-1e12\" outer=\"1e12\"/><width sOffset=\"0\"");
        assert!(try_all(DEFAULT_MAP.replace(open, width).as_bytes()));
        let crossing = DEFAULT_MAP.split(open).enumerate().map(|(i, part)| match (i, part.split_once("/>")) {
            (0, _) | (_, None) => part.to_owned(),
            (_, Some((_, rest))) => border.clone() + rest,
        });
        assert!(try_all(crossing.collect::<String>().as_bytes()));
    }
    let stretch = |i: u32| format!("<shape s=\"{}\" t=\"{}\" a=\"0.1\" b=\"0\" c=\"0\" d=\"0\"/>", i / 100, i % 100);
    assert!(profile(&(0..20_000).map(stretch).collect::<String>()));
    assert!(!profile(&stretch(1).repeat(20_000)));
}

/// Every form of crosswalk, reference and crossing path in one map.
fn every_form() -> String {
    let objects = "<object id=\"r\" type=\"crosswalk\" name=\"x\" s=\"100\" t=\"0\" hdg=\"0.1\" zOffset=\"0.1\" pitch=\"0.01\" roll=\"0.01\" length=\"4\" width=\"6\">\
        <repeat s=\"100\" length=\"20\" distance=\"10\" tStart=\"0\" tEnd=\"1\" widthStart=\"5\" widthEnd=\"6\" lengthStart=\"3\" lengthEnd=\"4\" zOffsetStart=\"0\" zOffsetEnd=\"0\"/>\
        <repeat s=\"150\" length=\"5\" distance=\"0\" tStart=\"0\" tEnd=\"0\"/></object>\
        <object id=\"o\" type=\"-1\" subtype=\"y\" name=\"LadderCrosswalk\" s=\"180\" t=\"0\" perpToRoad=\"true\"><outlines><outline outer=\"true\" closed=\"true\" id=\"0\">\
        <cornerRoad s=\"178\" t=\"3\" dz=\"0.1\"/><cornerRoad s=\"178\" t=\"-3\" dz=\"0\"/><cornerRoad s=\"182\" t=\"-3\" dz=\"0\"/><cornerLocal u=\"1\" v=\"2\" z=\"0\"/></outline></outlines></object>\
        <objectReference id=\"o\" s=\"181\" t=\"1\" orientation=\"none\"/></objects>";
    let crossing = "<road id=\"2\" length=\"11.5\" junction=\"5\"><planView><geometry s=\"0\" x=\"1\" y=\"-6\" hdg=\"1.9\" length=\"11.5\"><line/></geometry></planView>\
        <lanes><laneSection s=\"0\"><center><lane id=\"0\" type=\"none\"/></center><right><lane id=\"-1\" type=\"walking\"><width sOffset=\"0\" a=\"3\" b=\"0\" c=\"0\" d=\"0\"/></lane></right></laneSection></lanes></road>\
        <junction id=\"5\" type=\"crossing\"><crossPath id=\"7\" crossingRoad=\"2\" roadAtStart=\"1\" roadAtEnd=\"1\"><startLaneLink s=\"220\" from=\"-2\" to=\"-1\"/>\
        <endLaneLink s=\"220\" from=\"2\" to=\"-1\"/></crossPath></junction></OpenDRIVE>";
    DEFAULT_MAP.replacen("</objects>", objects, 1).replacen("</OpenDRIVE>", crossing, 1)
}

#[test]
fn every_attribute_of_every_form_may_be_missing_garbled_or_huge() {
    let text = every_form();
    assert!(try_all(text.as_bytes()), "{:?}", read("forms", &text).err());
    assert_eq!(read("forms", &text).unwrap().crosswalks.len(), 1 + 4 + 1 + 1);
    let mut at = text.find("<object id=\"r\"").unwrap();
    let megabyte = "9".repeat(1 << 20);
    while let Some(open) = text[at..].find("=\"").map(|i| at + i) {
        let close = open + 2 + text[open + 2..].find('"').unwrap_or(0);
        for value in ["", "NaN", "-1", "1e12"] {
            try_all(format!("{}=\"{value}{}", &text[..open], &text[close..]).as_bytes());
        }
        let name = text[..open].rfind(' ').unwrap_or(open);
        try_all(format!("{}{}", &text[..name], &text[close + 1..]).as_bytes());
        at = close + 1;
    }
    for name in ["id=\"o\"", "name=\"LadderCrosswalk\"", "type=\"-1\"", "crossingRoad=\"2\"", "id=\"5\""] {
        let (key, value) = name.split_once('=').unwrap();
        try_all(text.replace(name, &format!("{key}=\"{megabyte}{}", &value[1..])).as_bytes());
    }
}

#[test]
fn thousands_of_repeats_and_references_end() {
    let repeat = "<repeat s=\"100\" length=\"20\" distance=\"0.21\" tStart=\"0\" tEnd=\"1\"/>";
    let sized = "<object id=\"r\" type=\"crosswalk\" s=\"100\" t=\"0\" length=\"4\" width=\"6\">";
    let objects = |inner: &str| DEFAULT_MAP.replacen("</objects>", &format!("{inner}</objects>"), 1);
    try_all(objects(&format!("{sized}{}</object>", repeat.repeat(5000))).as_bytes());
    let flood = objects(&format!("{sized}{repeat}</object>").repeat(200));
    assert!(!try_all(flood.as_bytes()), "more than 10000 crosswalks");
    let references = "<objectReference id=\"r\" s=\"1\" t=\"0\"/>".repeat(20_000);
    assert!(try_all(objects(&format!("{sized}{repeat}</object>{references}")).as_bytes()));
    let zigzag: String = (0..100).map(|i| format!("<cornerLocal u=\"{i}\" v=\"{}\"/>", i % 2 * 3)).collect();
    let outline = format!("<object id=\"r\" type=\"crosswalk\" s=\"100\" t=\"0\"><outline>{zigzag}</outline></object>");
    assert!(try_all(objects(&outline.repeat(300)).as_bytes()));
}

#[test]
fn a_list_of_very_many_crosswalks_stops_measuring_and_says_so() {
    let crosswalk =
        |i: usize| format!("<object id=\"m{i}\" type=\"crosswalk\" s=\"200\" t=\"0\" length=\"30\" width=\"30\"/>");
    let flood: String = (0..200).map(crosswalk).collect();
    let map = read("flood", &DEFAULT_MAP.replacen("</objects>", &format!("{flood}</objects>"), 1)).unwrap();
    // Enough for a few of them, each some 300 strips long over six lanes, and their approaches.
    let mut left = 100_000;
    let found: Vec<_> = map.crosswalks.iter().map(|c| map.crossing_within(c, &mut left)).collect();
    let not_measured = |refused: &Option<kerbside::problem::Problem>| {
        refused.as_ref().is_some_and(|p| p.what.starts_with("not measured") && p.cure.contains("--crosswalk"))
    };
    let measured = found.iter().take_while(|c| !not_measured(&c.refused)).count();
    assert!((2..200).contains(&measured) && left == 0, "{measured} measured, {left} left");
    assert!(found[measured..].iter().all(|c| not_measured(&c.refused) && c.length_m.is_none()));
    // The others are measured as if each were alone.
    assert_eq!(found[measured - 1], map.crossing(&map.crosswalks[measured - 1]));
}

#[test]
fn every_single_attribute_may_be_missing_or_garbled() {
    let mut at = 0;
    while let Some(open) = DEFAULT_MAP[at..].find("=\"").map(|i| at + i) {
        let close = open + 2 + DEFAULT_MAP[open + 2..].find('"').unwrap_or(0);
        for value in ["", "NaN", "-1", "1e9", "x\u{e9}"] {
            try_all(format!("{}=\"{value}{}", &DEFAULT_MAP[..open], &DEFAULT_MAP[close..]).as_bytes());
        }
        at = close + 1;
    }
}

#[test]
fn a_real_file_cut_short_anywhere_is_refused() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/maps/Town10HD.xodr");
    let Ok(bytes) = std::fs::read(path) else {
        skips::cannot(&format!("no {path}; no real file was cut short"));
        return;
    };
    for i in 0..60 {
        assert!(!try_all(&bytes[..bytes.len() * i / 60]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "(<[a-zA-Z]{1,8}( [a-z]{1,4}=\"[^\"]{0,9}\")*/?>|[^<]{0,5}|</[a-z]{1,4}>){0,30}") {
        try_all(text.as_bytes());
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        try_all(&bytes);
    }

    #[test]
    fn flipped_bytes(flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = DEFAULT_MAP.as_bytes().to_vec();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        try_all(&bytes);
    }

    #[test]
    fn other_digits(flips in proptest::collection::vec((any::<prop::sample::Index>(), 0u8..12), 1..8)) {
        let mut bytes = DEFAULT_MAP.as_bytes().to_vec();
        let digits: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i].is_ascii_digit()).collect();
        for (at, digit) in flips {
            bytes[digits[at.index(digits.len())]] = b"0123456789-e"[usize::from(digit)];
        }
        try_all(&bytes);
    }

    #[test]
    fn cut_short(at in any::<prop::sample::Index>()) {
        let bytes = DEFAULT_MAP.trim_end().as_bytes();
        prop_assert!(!try_all(&bytes[..at.index(bytes.len())]));
    }

    #[test]
    fn pieces_cut_out(from in any::<prop::sample::Index>(), length in 1usize..300) {
        let bytes = DEFAULT_MAP.as_bytes();
        let from = from.index(bytes.len());
        let to = (from + length).min(bytes.len());
        try_all(&[&bytes[..from], &bytes[to..]].concat());
    }
}
