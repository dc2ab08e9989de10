//! Lints of georeferences: one line a case.

use super::*;
use crate::map;

/// The built-in map with another header.
fn lints_of(header: &str) -> Vec<(&'static str, String)> {
    let map = with_header(header);
    georeference(&map).lints.into_iter().map(|l| (l.code.word(), l.message)).collect()
}

fn with_header(header: &str) -> Map {
    let text = map::DEFAULT_MAP;
    let from = text.find("<geoReference>").unwrap();
    let to = text.find("</header>").unwrap();
    map::read("street.xodr", &format!("{}{header}{}", &text[..from], &text[to..])).unwrap()
}

fn geo(string: &str) -> String {
    format!("<geoReference><![CDATA[{string}]]></geoReference>")
}

#[test]
fn each_doubt_has_its_code() {
    const NEAR_MUNICH: &str = "<offset x=\"691000\" y=\"5336000\" z=\"0\" hdg=\"0\"/>";
    let cases: &[(String, &[(&str, &str)])] = &[
        (geo("+proj=tmerc +lat_0=40.5 +lon_0=-3.3 +datum=WGS84"), &[]),
        (String::new(), &[("not_georeferenced", "no <geoReference>")]),
        (geo(" "), &[("not_georeferenced", "no <geoReference>")]),
        // Town10HD's.
        (
            geo(
                "+proj=tmerc +lat_0=0 +lon_0=0 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +geoidgrids=egm96_15.gtx +vunits=m",
            ),
            &[
                ("georeference_vertical_dropped", "+geoidgrids=egm96_15.gtx +vunits=m is not used"),
                ("not_georeferenced", "0 N 0 E, in the sea"),
            ],
        ),
        (geo("+proj=merc +datum=WGS84"), &[("not_georeferenced", "0 N 0 E, in the sea")]),
        (
            geo("+proj=utm +zone=32 +datum=WGS84"),
            &[
                ("georeference_contradiction", "far beside the zone: add the <offset>"),
                ("carla_ignores_georeference", "42.0 N 2.0 E"),
            ],
        ),
        (geo("+proj=utm +zone=32 +datum=WGS84") + NEAR_MUNICH, &[("carla_ignores_georeference", "42.0 N 2.0 E")]),
        (
            geo("+proj=utm +zone=32 +lat_0=37.4 +lon_0=-122.1 +datum=WGS84") + NEAR_MUNICH,
            &[
                (
                    "georeference_contradiction",
                    "`+lon_0=-122.1` beside `+zone=32`, whose middle is 9 degrees east (that longitude is in zone 10)",
                ),
                ("georeference_contradiction", "`+proj=utm` ignores `+lat_0=37.4`"),
                ("carla_ignores_georeference", "does not see +proj=utm, <offset>"),
            ],
        ),
        (
            geo("+proj=merc +lat_0=40 +lon_0=9 +datum=WGS84"),
            &[
                ("georeference_contradiction", "`+proj=merc` ignores `+lat_0=40`"),
                ("carla_ignores_georeference", "+proj=merc"),
            ],
        ),
        (
            geo("+proj=tmerc +lat_0=40 +lat_0=41 +lon_0=9"),
            &[
                ("georeference_contradiction", "the first is used"),
                ("carla_ignores_georeference", "+lon_0; it takes 41 for +lat_0;"),
            ],
        ),
        (
            geo("+proj=tmerc +lat_0=40d30'N +lon_0=9d15W"),
            &[("carla_ignores_georeference", "+lon_0; it takes 40 for +lat_0, and it takes 9 for +lon_0;")],
        ),
        // CARLA looks for words between spaces that begin with +.
        (geo("proj=tmerc lat_0=40 lon_0=9"), &[("carla_ignores_georeference", "42.0 N 2.0 E")]),
        (geo("+proj=tmerc\t+lat_0=40\t+lon_0=9"), &[("carla_ignores_georeference", "42.0 N 2.0 E")]),
        (
            geo("+proj=tmerc +lat_0=48 +lon_0=0 +ellps=clrk80 +pm=paris"),
            &[("carla_ignores_georeference", "does not see +ellps=clrk80, +pm=paris;")],
        ),
        (geo("+proj=tmerc +lat_0=48 +lon_0=9 +ellps=GRS80 +towgs84=0,0,0 +pm=greenwich"), &[]),
        // Gauss-Krueger, zone 3, a map near its origin.
        (
            geo("+proj=tmerc +lat_0=48 +lon_0=9 +ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7"),
            &[(
                "carla_ignores_georeference",
                "does not see +ellps=bessel, +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7;",
            )],
        ),
        (geo("+proj=tmerc +lat_0=95 +lon_0=9"), &[("georeference_unread", "`+lat_0=95` is no latitude")]),
        (
            geo("+proj=tmerc +lat_0=40 +lon_0=9 +k=1 +k_0=0.9996"),
            &[("georeference_contradiction", "k_0 is used"), ("carla_ignores_georeference", "+k_0=0.9996")],
        ),
        (
            geo("+proj=tmerc +lat_0=40 +lon_0=9 +x_0=1e9"),
            &[("georeference_contradiction", "lies outside what"), ("carla_ignores_georeference", "+x_0=1e9")],
        ),
        (geo("+proj=tmerc +lat_0=40 +lon_0=9 +frob=3"), &[("georeference_unread", "`+frob=3` is not understood")]),
        (geo("PROJCS[\"WGS 84\"]"), &[("georeference_unread", "WKT")]),
        (geo("+proj=tmerc +lat_0=40"), &[("carla_ignores_georeference", "needs both")]),
        (
            geo("+proj=tmerc +lat_0=40 +lon_0=9") + "<offset x=\"5\" y=\"0\" z=\"0\" hdg=\"0\"/>",
            &[("carla_ignores_georeference", "<offset>")],
        ),
    ];
    for (header, expected) in cases {
        let found = lints_of(header);
        let fits = found.len() == expected.len()
            && found
                .iter()
                .zip(*expected)
                .all(|((code, message), (word, part))| code == word && message.contains(part));
        assert!(fits, "{header}\n{found:#?}");
    }
}

#[test]
fn what_has_no_place_gets_none() {
    let earth = |header: &str| georeference(&with_header(header)).wgs84(DVec3::ZERO);
    assert!(earth(&geo("+proj=tmerc +lat_0=40.5 +lon_0=-3.3")).is_some());
    for header in ["", &geo("+proj=tmerc +lat_0=0 +lon_0=0"), &geo("EPSG:4326"), &geo("+proj=tmerc +lat_0=40 +x_0=1e9")]
    {
        assert_eq!(earth(header), None, "{header}");
    }
}

#[test]
fn a_lint_points_at_the_georeference() {
    let lints = georeference(&with_header(&geo("+proj=tmerc +lat_0=40 +lon_0=9 +frob=3"))).lints;
    assert_eq!((lints[0].spot.line, lints[0].spot.column), (7, 5));
}
