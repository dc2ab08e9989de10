//! Whatever the bytes: a map is read or refused, its crosswalks are measured, listed and drawn, a study asks each for a
//! site, and the georeference has a place on Earth or none.
#![no_main]

#[path = "../../common/any_map.rs"]
mod any_map;

use any_map::{asked, refused};
use glam::DVec3;
use kerbside::earth::Earth;
use kerbside::inspect;
use kerbside::map::{Map, read_bytes};
use libfuzzer_sys::fuzz_target;

/// What `kerbside map` shows: of the whole map, and of its first crosswalk.
fn shown(map: &Map, bytes: &[u8]) {
    // No number that is none is printed, unless the file's own words are such.
    let has = |word: &str| bytes.windows(word.len()).any(|w| w == word.as_bytes());
    let plain = |text: &str| has("NaN") || !text.contains("NaN");
    let first = map.crosswalks.first().map(|c| c.id.as_str());
    for only in [None, first] {
        let overview = match inspect::look(map, only) {
            Ok(overview) => overview,
            Err(problems) => {
                assert!(only.is_some() && !problems.0.is_empty(), "{problems}");
                continue;
            }
        };
        let json: serde_json::Value = serde_json::from_str(&inspect::json(&overview)).unwrap();
        assert_eq!(json["crosswalks"].as_array().unwrap().len(), overview.crosswalks.len());
        assert!(plain(&inspect::text(&overview)));
        if let Some(svg) = inspect::draw(&overview) {
            assert!(plain(&svg), "{svg}");
            roxmltree::Document::parse(&svg).unwrap();
        }
    }
}

/// A place that a georeference knows comes back to where it was.
fn on_earth(map: &Map) {
    let Some(earth) = map.geo_reference.as_ref().and_then(|given| Earth::read(&given.text).ok()) else { return };
    for map_m in [DVec3::ZERO, map.offset.move_m, DVec3::new(1000.0, -2000.0, 30.0)] {
        if let Ok(there) = earth.to_wgs84(map_m) {
            assert!(there.lat_deg.abs() <= 90.0 && there.lon_deg.is_finite() && there.height_m == map_m.z, "{there:?}");
            let back_m = earth.from_wgs84(there).unwrap();
            assert!((back_m - map_m).length() <= 0.0011, "{map_m} {back_m}");
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    match read_bytes("fuzzed.xodr", bytes) {
        Ok(map) => {
            shown(&map, bytes);
            on_earth(&map);
            asked(&map, [150.0, 50.0]);
        }
        Err(problems) => refused(&problems),
    }
});
