//! What must hold whatever a map's bytes were: of a map that is read, and of the refusal of one that is not.

use kerbside::map::{Map, SiteRequest};
use kerbside::problem::Problems;
use kerbside::table::StartSide;

/// Doubts are told with their place, crosswalks are measured, and a study that asks for a site gets one or hears why not.
/// How many sites the first four crosswalks make.
pub fn asked(map: &Map, [back_m, ahead_m]: [f64; 2]) -> usize {
    for lint in &map.lints {
        assert!(!lint.message.is_empty() && lint.message.len() < 2000 && lint.spot.line > 0, "{lint:?}");
    }
    let mut sites = 0;
    for crosswalk in map.crosswalks.iter().take(4) {
        let crossing = map.crossing(crosswalk);
        assert!(crossing.length_m.is_none_or(|m| m.is_finite() && m >= 0.0), "{crossing:?}");
        for start_side in [StartSide::Right, StartSide::Left] {
            let site = map.site(&SiteRequest {
                crosswalk_id: Some(crosswalk.id.clone()),
                start_side,
                start_mark_behind_kerb_m: 0.5,
                back_m,
                ahead_m,
                approach: None,
            });
            match site {
                Ok(site) => {
                    assert!(!site.approaches.is_empty() && site.far_kerb.point.x > 0.0);
                    sites += 1;
                }
                Err(problems) => {
                    assert!(problems.0.iter().all(|p| !p.what.is_empty() && !p.cure.is_empty()), "{problems}");
                }
            }
        }
    }
    sites
}

/// Each problem has its place, few and short enough to be read.
pub fn refused(problems: &Problems) {
    assert!(!problems.0.is_empty() && problems.0.len() <= 50);
    for problem in &problems.0 {
        assert!(problem.place.line.is_some() && problem.place.column.is_some(), "{problem}");
        assert!(problem.to_string().len() < 2000, "a message of {} bytes", problem.to_string().len());
    }
}
