//! The shipped 2 x 2 study at crosswalks of real maps, and of a curved one of ours.

use crate::peers;
use crate::program;
use kerbside::map::{self, Map, SiteRequest};
use kerbside::study::{self, Study, Whose};
use kerbside::table::StartSide;
use peers::real_map;
use program::{good, refused};
use std::path::Path;
use std::sync::Arc;

const TWO_BY_TWO: &str = include_str!("../../experiments/ehmi_braking_2x2.toml");

/// What the study asks of a map.
fn request(study: &Study, crosswalk: &str, start_side: StartSide) -> SiteRequest {
    SiteRequest {
        crosswalk_id: Some(crosswalk.into()),
        start_side,
        start_mark_behind_kerb_m: study.site.start_mark_behind_kerb_m,
        back_m: study.needed_back_m(),
        ahead_m: study.needed_ahead_m(),
        approach: None,
    }
}

/// The approach that the study's target takes at a crosswalk, or why it cannot run there.
fn target(study: &Study, map: &Map, crosswalk: &str, start_side: StartSide) -> Result<String, String> {
    let site = Arc::new(map.site(&request(study, crosswalk, start_side)).map_err(|problems| problems.to_string())?);
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

#[test]
fn the_demo_runs_at_a_crosswalk_of_another_tool_s_street() {
    let Some((path, _)) = real_map("parking_demo.xodr") else { return };
    demo(&path, "3");
    // The second is a box of 10 m along the road: the study's stop line would lie on it.
    let map = path.display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    let said = refused(&["demo", "--map", &map, "--crosswalk", "2", "--participants", "1", "--out", &out]);
    assert!(said.contains("cure: let stop_line_m be 5.00 or more"), "{said}");
}

/// A street of ours that bends: a spiral from straight to a radius of 150 m, tilted by 0.03 rad with its left side up,
/// a carriageway of 7 m; the crosswalk lies 100 m into the bend.
fn curved() -> String {
    let lane = |id: i32, kind: &str, width_m: f64| {
        format!(
            "<lane id=\"{id}\" type=\"{kind}\" level=\"false\"><width sOffset=\"0\" a=\"{width_m}\" b=\"0\" c=\"0\" d=\"0\"/></lane>"
        )
    };
    let corner = |u: f64, v: f64| format!("<cornerLocal u=\"{u}\" v=\"{v}\" z=\"0\" height=\"0\"/>");
    format!(
        "<?xml version=\"1.0\"?>\n<OpenDRIVE><header revMajor=\"1\" revMinor=\"6\"/>\n\
         <road id=\"1\" rule=\"RHT\" length=\"400\" junction=\"-1\"><planView>\n\
         <geometry s=\"0\" x=\"0\" y=\"0\" hdg=\"0.5\" length=\"150\"><line/></geometry>\n\
         <geometry s=\"150\" x=\"131.63738428355592\" y=\"71.91383079063045\" hdg=\"0.5\" length=\"250\"><spiral curvStart=\"0\" curvEnd=\"0.006666666666666667\"/></geometry>\n\
         </planView><elevationProfile><elevation s=\"0\" a=\"600\" b=\"0.02\" c=\"0\" d=\"0\"/></elevationProfile>\n\
         <lateralProfile><superelevation s=\"0\" a=\"0\" b=\"0\" c=\"0\" d=\"0\"/><superelevation s=\"150\" a=\"0.03\" b=\"0\" c=\"0\" d=\"0\"/></lateralProfile>\n\
         <lanes><laneSection s=\"0\"><left>{}{}</left><center><lane id=\"0\" type=\"none\"/></center><right>{}{}</right></laneSection></lanes>\n\
         <objects><object type=\"crosswalk\" id=\"bend\" s=\"250\" t=\"0\" zOffset=\"0\" hdg=\"0\"><outline>{}{}{}{}</outline></object></objects>\n\
         </road></OpenDRIVE>\n",
        lane(1, "driving", 3.5),
        lane(2, "sidewalk", 2.0),
        lane(-1, "driving", 3.5),
        lane(-2, "sidewalk", 2.0),
        corner(-2.0, -3.5),
        corner(2.0, -3.5),
        corner(2.0, 3.5),
        corner(-2.0, 3.5),
    )
}

#[test]
fn the_demo_runs_in_a_bend_that_is_tilted() {
    let text = curved();
    let map = map::read("curved.xodr", &text).unwrap();
    let study = study::read("ehmi_braking_2x2.toml", TWO_BY_TWO).unwrap().0;
    for (side, lane) in [(StartSide::Right, "-1"), (StartSide::Left, "1")] {
        assert_eq!(target(&study, &map, "bend", side).unwrap(), format!("road 1 section 0 lane {lane}"));
        let request = request(&study, "bend", side);
        let site = map.site(&request).unwrap();
        // 7 m along a surface tilted by 0.03 rad, seen from above.
        let across_m = 7.0 * 0.03_f64.cos();
        assert!((site.far_kerb.point.x - across_m).abs() < 0.01, "{:?}", site.far_kerb);
        // The reference line climbs to 600 + 0.02 * 250 m; the kerb lies 3.5 m beside it: right lower, left higher.
        let height_m = 605.0 + if side == StartSide::Right { -3.5 } else { 3.5 } * 0.03_f64.sin();
        assert!((site.origin_map_m.z - height_m).abs() < 0.01, "{}", site.origin_map_m.z);
        // The lane at the pedestrian's line lies half way down the tilt on that side.
        let approach = &site.approaches[0];
        let at = approach.path.at(approach.pedestrian_line_s_m).position_m.z + site.origin_map_m.z;
        let lane_m = 605.0 + if side == StartSide::Right { -1.75 } else { 1.75 } * 0.03_f64.sin();
        assert!((at - lane_m).abs() < 0.01, "{at} {lane_m}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("curved.xodr");
    std::fs::write(&file, &text).unwrap();
    demo(&file, "bend");
}
