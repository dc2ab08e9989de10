//! Whatever the bytes: a map is read or refused, its crosswalks are measured, a study asks each for a site.
#![no_main]

use kerbside::map::{SiteRequest, read_bytes};
use kerbside::table::StartSide;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match read_bytes("fuzzed.xodr", bytes) {
        Ok(map) => {
            for lint in &map.lints {
                assert!(!lint.message.is_empty() && lint.message.len() < 2000, "{lint:?}");
            }
            for crosswalk in map.crosswalks.iter().take(4) {
                let crossing = map.crossing(crosswalk);
                assert!(crossing.length_m.is_none_or(|m| m.is_finite() && m >= 0.0), "{crossing:?}");
                for start_side in [StartSide::Right, StartSide::Left] {
                    let site = map.site(&SiteRequest {
                        crosswalk_id: Some(crosswalk.id.clone()),
                        start_side,
                        start_mark_behind_kerb_m: 0.5,
                        back_m: 150.0,
                        ahead_m: 50.0,
                        approach: None,
                    });
                    match site {
                        Ok(site) => assert!(site.far_kerb.point.x > 0.0 && !site.approaches.is_empty()),
                        Err(problems) => assert!(problems.0.iter().all(|p| !p.what.is_empty() && !p.cure.is_empty())),
                    }
                }
            }
        }
        Err(problems) => {
            assert!(!problems.0.is_empty() && problems.0.len() <= 50);
            for problem in &problems.0 {
                assert!(problem.place.line.is_some() && problem.place.column.is_some(), "{problem}");
                assert!(problem.to_string().len() < 2000, "a message of {} bytes", problem.to_string().len());
            }
        }
    }
});
