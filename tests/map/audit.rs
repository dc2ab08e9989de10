//! `--carla-audit`: the genuine CARLA client where it is installed, and Pythons that are none of that.

// Not every file of tests asks every peer.

use crate::peers;
use kerbside::inspect::audit::Audit;
use kerbside::lab::{carla_audit, carla_audit_within};
use kerbside::map::{self, DEFAULT_MAP};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What CARLA makes of `text`, held against what Kerbside makes of `ours`.
fn audited(python: &Path, ours: &str, text: &str) -> Audit {
    let map = map::read("street.xodr", ours).unwrap();
    carla_audit(&map, text, Some(python)).unwrap_or_else(|problem| panic!("{problem}"))
}

/// The built-in map with another object put before its crosswalk's road ends its objects.
fn with_object(object: &str) -> String {
    let at = DEFAULT_MAP.find("</objects>").unwrap();
    format!("{}{object}{}", &DEFAULT_MAP[..at], &DEFAULT_MAP[at..])
}

fn with_geo_reference(string: &str) -> String {
    let from = DEFAULT_MAP.find("<geoReference>").unwrap();
    let to = DEFAULT_MAP.find("</header>").unwrap();
    format!("{}<geoReference>{string}</geoReference>{}", &DEFAULT_MAP[..from], &DEFAULT_MAP[to..])
}

#[test]
fn carla_sees_the_built_in_map_as_we_do() {
    let Some(python) = peers::python("the audit of the built-in map was not tried") else { return };
    let audit = audited(&python, DEFAULT_MAP, DEFAULT_MAP);
    assert_eq!(audit.carla, "0.9.16");
    let [crosswalk] = &audit.crosswalks[..] else { panic!("{audit:?}") };
    assert!(crosswalk.seen && crosswalk.apart_most_m.unwrap() < 1e-5, "{crosswalk:?}");
    assert!(audit.only_in_carla_map_m.is_empty());
    assert_eq!(audit.lanes.known, audit.lanes.asked);
    assert!(audit.lanes.asked >= 6 && audit.lanes.apart_most_m.unwrap() < 1e-3, "{:?}", audit.lanes);
    for corner in &crosswalk.corners {
        let geo = &corner.geolocation;
        // CARLA 0.9.16 swaps north and south about +lat_0, the map's origin; its own projection is another than PROJ's.
        let (plain, mirrored) = (geo.carla_off.unwrap(), geo.carla_mirrored_off.unwrap());
        assert!((plain.north_m + 2.0 * corner.map_m[1]).abs() < 0.05, "{geo:?} {corner:?}");
        assert!(mirrored.length_m() < 0.02, "{geo:?}");
    }
    let text = audit.text();
    assert!(text.contains("CARLA sees 1 of 1") && text.contains("CARLA mirrors latitude"), "{text}");
}

#[test]
fn a_corner_that_lies_elsewhere_is_found() {
    let Some(python) = peers::python("the audit of a moved corner was not tried") else { return };
    // 0.4 m along u: what we hold is the moved map, what CARLA is given is not.
    let corner = DEFAULT_MAP.find("<cornerLocal u=\"").unwrap() + "<cornerLocal u=\"".len();
    let end = corner + DEFAULT_MAP[corner..].find('"').unwrap();
    let u: f64 = DEFAULT_MAP[corner..end].parse().unwrap();
    let moved = format!("{}{}{}", &DEFAULT_MAP[..corner], u + 0.4, &DEFAULT_MAP[end..]);
    let audit = audited(&python, &moved, DEFAULT_MAP);
    let apart: Vec<f64> = audit.crosswalks[0].corners.iter().map(|c| c.apart_m.unwrap()).collect();
    assert!((apart[0] - 0.4).abs() < 1e-5, "{apart:?}");
    assert!(apart[1..].iter().all(|m| *m < 1e-5), "{apart:?}");
    assert!(audit.text().contains("largest distance 0.4000 m"), "{}", audit.text());
}

#[test]
fn what_only_carla_lists_is_named() {
    let Some(python) = peers::python("the audit of inherited corners was not tried") else { return };
    // CARLA does not read <outlines>; it gives such an object the corners of the one before, at its own place.
    let object = "<object id=\"77\" type=\"crosswalk\" name=\"far\" s=\"60\" t=\"0\" zOffset=\"0\" hdg=\"0\" orientation=\"none\">";
    let outline = "<outline><cornerLocal u=\"2\" v=\"3\" z=\"0\"/><cornerLocal u=\"-2\" v=\"3\" z=\"0\"/>\
                   <cornerLocal u=\"-2\" v=\"-3\" z=\"0\"/></outline>";
    let inherits = with_object(&format!("{object}<outlines>{outline}</outlines></object>"));
    let audit = audited(&python, DEFAULT_MAP, &inherits);
    assert!(audit.crosswalks[0].apart_most_m.unwrap() < 1e-5);
    let [only] = &audit.only_in_carla_map_m[..] else { panic!("{audit:?}") };
    // The zebra's four corners, 160 m further back along the road.
    assert_eq!(only.len(), 4, "{only:?}");
    assert!(audit.text().contains("Only in CARLA: 4 corners from"), "{}", audit.text());
    // And what only the map has is not seen by CARLA.
    let audit = audited(&python, &with_object(&format!("{object}{outline}</object>")), DEFAULT_MAP);
    assert_eq!(audit.crosswalks.iter().map(|c| c.seen).collect::<Vec<_>>(), [true, false]);
    assert!(audit.text().contains("77 on road 1: CARLA does not see it"), "{}", audit.text());
}

#[test]
fn a_zone_is_lost_on_carla() {
    let Some(python) = peers::python("the audit of a UTM map was not tried") else { return };
    let text = with_geo_reference("+proj=utm +zone=32 +datum=WGS84")
        .replace("</geoReference>", "</geoReference><offset x=\"691000\" y=\"5336000\" z=\"500\" hdg=\"0.5\"/>");
    let audit = audited(&python, &text, &text);
    // <offset> is undone for CARLA, so corners and lanes still agree.
    assert!(audit.crosswalks[0].apart_most_m.unwrap() < 1e-5, "{:?}", audit.crosswalks[0]);
    assert!(audit.lanes.apart_most_m.unwrap() < 1e-3, "{:?}", audit.lanes);
    let geo = &audit.crosswalks[0].corners[0].geolocation;
    let carla = geo.carla_deg.unwrap();
    assert!((carla[0] - 42.0).abs() < 1e-3 && (carla[1] - 2.0).abs() < 1e-3, "{carla:?}");
    assert!(geo.carla_off.unwrap().length_m() > 900e3);
}

#[test]
fn carla_sees_sixteen_crosswalks_in_town10() {
    let Some(python) = peers::python("the audit of Town10HD was not tried") else { return };
    let Some((_, text)) = peers::real_map("Town10HD.xodr") else { return };
    let audit = audited(&python, &text, &text);
    assert_eq!(audit.crosswalks.len(), 16);
    for crosswalk in &audit.crosswalks {
        assert!(crosswalk.seen && crosswalk.apart_most_m.unwrap() < 1e-3, "{crosswalk:?}");
        assert!(crosswalk.corners.iter().all(|c| c.geolocation.wgs84_deg.is_none()));
    }
    assert!(audit.only_in_carla_map_m.is_empty());
    assert!(audit.text().contains("nothing to compare"), "{}", audit.text());
    eprintln!("{:?}", audit.lanes);
}

/// A program that is no Python, or a Python that misbehaves.
#[cfg(unix)]
fn fake(folder: &Path, name: &str, script: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[cfg(unix)]
#[test]
fn a_python_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let map = map::read("street.xodr", DEFAULT_MAP).unwrap();
    let answer = |json: &str| format!("cat >/dev/null; echo '{json}'");
    #[rustfmt::skip]
    let cases = [
        ("no_carla", answer(r#"{"error": "no_carla", "detail": "No module named carla"}"#), "no CARLA client: No module named carla", "pip install carla==0.9.16"),
        ("old", answer(r#"{"error": "version", "detail": "0.9.15"}"#), "has CARLA 0.9.15; the audit knows 0.9.16", "pip install"),
        ("refuses", answer(r#"{"error": "map", "detail": "failed to generate map"}"#), "street.xodr: CARLA refuses this map: failed to generate map", "kerbside map FILE"),
        ("script", answer(r#"{"error": "script", "detail": "KeyError"}"#), "the script failed: KeyError", "give a Python"),
        ("garbage", "cat >/dev/null; echo Hello; echo boo >&2".into(), "its answer is not the script's; it said: boo", "give a Python"),
        ("silent", "cat >/dev/null".into(), "its answer is not the script's", "give a Python"),
        ("deaf", "exec <&-; echo '[]'".into(), "its answer is not the script's", "give a Python"),
        ("short", answer(r#"{"carla": "0.9.16", "crosswalks": [], "waypoints": [], "geolocations": []}"#), "waypoints were asked for, 0 came back", "give a Python"),
        ("not_finite", answer(r#"{"carla": "0.9.16", "crosswalks": [[1, 2, NaN]], "waypoints": [], "geolocations": []}"#), "its answer is not the script's", "give a Python"),
        ("fails", "echo 'Traceback: it broke' >&2; exit 3".into(), "crashed on this map (exit status: 3); it said: Traceback: it broke", "built-in map"),
        ("crashes", "kill -SEGV $$".into(), "crashed on this map (signal: 11", "built-in map"),
        ("floods", "cat >/dev/null; yes 2>/dev/null | head -c 100000000; yes | head -c 1000000 >&2".into(), "its answer does not end", "give a Python"),
    ];
    for (name, script, what, cure) in cases {
        let python = fake(folder.path(), name, &script);
        let problem = carla_audit(&map, DEFAULT_MAP, Some(&python)).unwrap_err();
        let text = problem.to_string();
        assert!(text.contains(what) && problem.cure.contains(cure), "{name}: {text}");
        assert!(text.len() < 1200, "{name}: {} characters", text.len());
    }
}

#[cfg(unix)]
#[test]
fn a_python_that_hangs_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let map = map::read("street.xodr", DEFAULT_MAP).unwrap();
    // One that sleeps, one that prints for ever, one whose child keeps its pipes.
    for (name, script) in [("sleeps", "exec sleep 60"), ("prints", "exec yes"), ("child", "sleep 30 & exec sleep 60")] {
        let python = fake(folder.path(), name, script);
        let begun = Instant::now();
        let limit = Duration::from_millis(400);
        let problem = carla_audit_within(&map, DEFAULT_MAP, Some(&python), limit).unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(20), "{name}: {:?}", begun.elapsed());
        assert!(problem.to_string().contains("had not read the map after 0.4 s, and was stopped"), "{name}: {problem}");
    }
}

#[test]
fn a_python_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let map = map::read("street.xodr", DEFAULT_MAP).unwrap();
    let nowhere = folder.path().join("nowhere");
    let problem = carla_audit(&map, DEFAULT_MAP, Some(&nowhere)).unwrap_err().to_string();
    assert!(problem.contains("cannot be started") && problem.contains("pip install carla==0.9.16"), "{problem}");
    let problem = carla_audit(&map, DEFAULT_MAP, Some(folder.path())).unwrap_err().to_string();
    assert!(problem.contains("is no virtual environment"), "{problem}");
}

#[test]
fn the_command_prints_it() {
    let Some(python) = peers::python("kerbside map --carla-audit was not tried") else { return };
    let kerbside = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kerbside"));
        let output = command.args(["map", "--carla-audit", "--python"]).arg(&python).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(kerbside(&[]).contains("CARLA sees 1 of 1"));
    let json: serde_json::Value = serde_json::from_str(&kerbside(&["--json"])).unwrap();
    assert_eq!(json["carla"], "0.9.16");
    assert_eq!(json["crosswalks"][0]["corners"].as_array().unwrap().len(), 4);
}
