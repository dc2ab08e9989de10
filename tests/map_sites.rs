//! The shipped 2 x 2 study at crosswalks of real maps, and of a curved one of ours.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/peers.rs"]
#[allow(dead_code)]
mod peers;
#[path = "common/program.rs"]
mod program;

use kerbside::map::{self, Map, SiteRequest};
use kerbside::study::{self, Study, Whose};
use kerbside::table::StartSide;
use peers::real_map;
use program::good;
use std::path::Path;
use std::sync::Arc;

const TWO_BY_TWO: &str = include_str!("../experiments/ehmi_braking_2x2.toml");

/// The approach that the study's target takes at a crosswalk, or why it cannot run there.
fn target(study: &Study, map: &Map, crosswalk: &str, start_side: StartSide) -> Result<String, String> {
    let request = SiteRequest {
        crosswalk_id: Some(crosswalk.into()),
        start_side,
        start_mark_behind_kerb_m: study.site.start_mark_behind_kerb_m,
        back_m: study.needed_back_m(),
        ahead_m: study.needed_ahead_m(),
        approach: None,
    };
    let site = Arc::new(map.site(&request).map_err(|problems| problems.to_string())?);
    let whose = Whose { participant: "P1", plan_row: 1, session_n: 1 };
    let plan = study.plan(whose, 1, &[Arc::clone(&site)]).map_err(|problems| problems.to_string())?;
    assert_eq!(plan.len(), 17);
    Ok(site.approaches[plan[0].vehicles[0].approach].id.clone())
}

#[test]
fn the_shipped_study_at_every_crosswalk_of_a_real_town() {
    let Some((_, text)) = real_map("Town10HD.xodr") else { return };
    let map = map::read("Town10HD.xodr", &text).unwrap();
    let study = study::read("ehmi_braking_2x2.toml", TWO_BY_TWO).unwrap().0;
    let (mut runs, mut not) = (Vec::new(), Vec::new());
    for crosswalk in &map.crosswalks {
        for side in [StartSide::Right, StartSide::Left] {
            match target(&study, &map, &crosswalk.id, side) {
                Ok(id) => runs.push(format!("{} {side:?}: {id}", crosswalk.id)),
                Err(why) => not.push(format!("{} {side:?}: {why}", crosswalk.id)),
            }
        }
    }
    println!("{}\n\n{}", runs.join("\n"), not.join("\n"));
    assert_eq!(runs.len() + not.len(), 32);
    // Where it does not run, the message says so: ways over the same ground that nothing tells apart.
    assert!(not.iter().all(|why| why.contains("is ambiguous at crosswalk") && why.contains("cure: ")), "{not:#?}");
    // As counted by hand from the lists: at 1133 from either side and at 1136 from the left, two turns are alike.
    assert_eq!(runs.len(), 29, "{runs:#?}");
}

/// Runs the demo at a crosswalk of a map.
fn demo(map: &Path, crosswalk: &str) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    let map = map.display().to_string();
    let args = ["demo", "--map", &map, "--crosswalk", crosswalk, "--participants", "2", "--out", &out, "--json"];
    let said: serde_json::Value = serde_json::from_str(&good(&args)).unwrap();
    assert_eq!((&said["trials"], &said["participants"]), (&34.into(), &2.into()), "{said}");
}

#[test]
fn the_demo_runs_at_a_crosswalk_of_a_real_town() {
    let Some((path, _)) = real_map("Town10HD.xodr") else { return };
    demo(&path, "1140");
}
