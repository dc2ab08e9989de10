//! The built-in map before judges that nobody here wrote: the standard's own checker and the genuine CARLA client.

use crate::peers;
use kerbside::map::{DEFAULT_MAP, read};
use std::path::Path;
use std::process::Command;

/// What the standard's checker says of a text: how many checks it completed, and the lines of its issues.
fn judged(python: &Path, text: &str) -> (usize, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("map.xodr"), text).unwrap();
    let config = format!(
        "<Config><Param name=\"InputFile\" value=\"{}\"/><CheckerBundle application=\"xodrBundle\">\
         <Param name=\"resultFile\" value=\"{}\"/></CheckerBundle></Config>",
        path("map.xodr"),
        path("result.xqar")
    );
    std::fs::write(path("config.xml"), config).unwrap();
    let output =
        Command::new(python.with_file_name("qc_opendrive")).args(["-c", &path("config.xml")]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let result = std::fs::read_to_string(path("result.xqar")).unwrap();
    let xml = roxmltree::Document::parse(&result).unwrap();
    let nodes = |name: &'static str| xml.descendants().filter(move |n| n.has_tag_name(name));
    let completed = nodes("Checker").filter(|n| n.attribute("status") == Some("completed")).count();
    assert!(nodes("Checker").all(|n| n.attribute("status") != Some("error")), "{result}");
    let told = |n: roxmltree::Node| n.attribute("description").unwrap_or_default().to_owned();
    (completed, nodes("Issue").chain(nodes("Locations")).map(told).collect())
}

#[test]
fn the_standards_checker_finds_no_fault_in_the_built_in_map() {
    let Some(python) = peers::python("the built-in map was not put before asam-qc-opendrive") else { return };
    // Half of the checks exist for 1.7 and 1.8 only: the same text under those numbers is put before them too.
    for (minor, checks) in [("6", 10), ("7", 22), ("8", 22)] {
        let text = DEFAULT_MAP.replacen("revMinor=\"6\"", &format!("revMinor=\"{minor}\""), 1);
        let (completed, issues) = judged(&python, &text);
        assert!(issues.is_empty(), "1.{minor}: {issues:?}");
        assert!(completed >= checks, "1.{minor}: {completed} checks only");
    }
    // That it finds faults: 1.4 had no `rule`.
    let (_, issues) = judged(&python, &DEFAULT_MAP.replacen("revMinor=\"6\"", "revMinor=\"4\"", 1));
    assert!(issues.iter().any(|i| i.contains("'rule'")), "{issues:?}");
}

#[test]
fn the_genuine_carla_client_has_the_built_in_map_where_kerbside_has_it() {
    let Some(python) = peers::python("the built-in map was not loaded by the genuine CARLA client") else { return };
    let map = read("alcala_street.xodr", DEFAULT_MAP).unwrap();
    let road = map.road("1").unwrap();
    let asked: Vec<(i32, f64)> = [2, 1, -1, -2]
        .iter()
        .flat_map(|lane| [0.5, 50.0, 110.0, 199.0, 205.0, 220.0, 305.5, 330.0, 439.5].map(|s| (*lane, s)))
        .collect();
    let arguments: Vec<String> = asked.iter().map(|(lane, s)| format!("1,{lane},{s}")).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let told = peers::ask(&python, "carla_look.py", &arguments, DEFAULT_MAP);
    let rows: Vec<Vec<&str>> = told.lines().map(|l| l.split(' ').collect()).collect();
    let number = |text: &str| text.parse::<f64>().unwrap();
    let corners: Vec<&Vec<&str>> = rows.iter().filter(|r| r[0] == "crosswalk").collect();
    let ours = &map.crosswalks[0].corners_m;
    // The client lists the first corner again where the file does.
    assert!(corners.len() == ours.len() || corners.len() == ours.len() + 1, "{told}");
    for (theirs, ours) in corners.iter().zip(ours.iter().cycle()) {
        // CARLA's y points south; single precision at some metres.
        let far = glam::dvec3(number(theirs[1]), -number(theirs[2]), number(theirs[3])).distance(*ours);
        assert!(far < 1e-5, "{far} m: {theirs:?} {ours}");
    }
    let waypoints: Vec<&Vec<&str>> = rows.iter().filter(|r| r[0] != "crosswalk").collect();
    assert_eq!(waypoints.len(), asked.len());
    for ((lane, s), theirs) in asked.iter().zip(waypoints) {
        let at = glam::dvec3(number(theirs[4]), -number(theirs[5]), number(theirs[6]));
        // The pavement's kerb of 0.12 m is lane height, which CARLA does not read; it rises along h, which leans
        // against the slope, so the surface below it is compared.
        let (inner, outer) = road.borders_t_m(&road.sections[0], *lane, *s);
        let ours = road.point_m(*s, (inner + outer) / 2.0);
        let expected = if lane.abs() == 1 { "Driving" } else { "Sidewalk" };
        assert_eq!(theirs[8], expected);
        assert!((at - ours).length() < 1e-4, "lane {lane} at {s}: {theirs:?} {ours}");
    }
}
