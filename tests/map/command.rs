//! `kerbside map` as people and programs meet it: every case a run of the real binary.

use crate::peers;
use kerbside::map::{Code, DEFAULT_MAP};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A run of `kerbside map` in a folder: exit code, standard output, standard error.
fn map(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kerbside"));
    let output = command.current_dir(dir).arg("map").args(args).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(!err.contains("panicked"), "{err}");
    assert!(!out.contains('\x1b') && !err.contains('\x1b'), "escape codes where no terminal is");
    (output.status.code().unwrap(), out, err)
}

fn works(dir: &Path, args: &[&str]) -> String {
    let (code, out, err) = map(dir, args);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    out
}

fn json(dir: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&works(dir, &[args, &["--json"]].concat())).unwrap()
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The built-in map with something else in it.
fn changed(dir: &Path, name: &str, from: &str, to: &str) -> String {
    assert!(DEFAULT_MAP.contains(from), "{from}");
    let path = dir.join(name);
    fs::write(&path, DEFAULT_MAP.replace(from, to)).unwrap();
    path.display().to_string()
}

fn close(value: &Value, expected: f64, within: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() <= within, "{value} is not {expected}");
}

#[test]
fn the_json_of_the_built_in_map_has_the_numbers_of_its_file() {
    let found = json(here(), &[]);
    assert_eq!(found["file"], "builtin:alcala_street");
    assert_eq!(found["opendrive_version"], "1.6");
    assert_eq!((&found["roads"], &found["junctions"], &found["lanes"]), (&1.into(), &0.into(), &4.into()));
    assert_eq!(found["traffic"], "right");
    // Two lanes of 440 m; on a bend of 400 m one is longer by as much as the other is shorter.
    close(&found["driving_lanes_m"], 880.0, 0.02);
    let crosswalk = &found["crosswalks"][0];
    assert_eq!((&crosswalk["id"], &crosswalk["road"]), (&"zebra".into(), &"1".into()));
    assert_eq!(crosswalk["polygon_source"], "corner_local");
    assert_eq!(crosswalk["refused"], Value::Null);
    close(&crosswalk["length_m"], 6.5, 1e-6);
    close(&crosswalk["width_m"], 4.0, 1e-6);
    // u, v = -2, -3.25 and so on, turned by 0.35 rad about the map's origin: cos 0.939372713, sin 0.342897807.
    let corners = [[-0.764328, -3.738757], [2.993163, -2.367166], [0.764328, 3.738757], [-2.993163, 2.367166]];
    for (i, corner) in corners.iter().enumerate() {
        close(&crosswalk["corners_map_m"][i][0], corner[0], 1e-6);
        close(&crosswalk["corners_map_m"][i][1], corner[1], 1e-6);
        close(&crosswalk["corners_map_m"][i][2], 0.0, 1e-6);
    }
    assert_eq!(crosswalk["corners_map_m"].as_array().unwrap().len(), 4);
    // On the origin's parallel a degree is 6_369_xxx m * pi / 180: a second corner 3.738757 m south of 40.5127.
    // Radius of the meridian on WGS84 at 40.5127 N: a (1 - e2) / (1 - e2 sin2)^1.5 = 6362334 m.
    let first = &crosswalk["corners_wgs84"][0];
    close(&first["lat_deg"], 40.5127 - (3.738757_f64 / 6_362_334.0).to_degrees(), 2e-9);
    // Radius across it, a / (1 - e2 sin2)^0.5 = 6387166 m, times the cosine of the latitude.
    close(&first["lon_deg"], -3.3490 - (0.764328 / (6_387_166.0 * 40.5127_f64.to_radians().cos())).to_degrees(), 2e-9);
    close(&found["georeference"]["origin"]["lat_deg"], 40.5127, 1e-10);
    close(&found["georeference"]["origin"]["lon_deg"], -3.349, 1e-10);
    let near = crosswalk["approaches"].as_array().unwrap().iter().find(|a| a["lane"] == -1).unwrap();
    assert_eq!((&near["id"], &near["direction"]), (&"road 1 section 0 lane -1".into(), &"with_s".into()));
    close(&near["distance_from_kerb_m"], 1.625, 1e-6); // the middle of a lane of 3.25 m
    // From the road's start to the outline, 218 m along the reference line; the right lane runs outside a left bend.
    close(&near["reaches_back_m"], 218.0 + 110.0 * 1.625 / 400.0, 0.01);
    let lanes = crosswalk["lanes_crossed"].as_array().unwrap();
    let areas: f64 = lanes.iter().map(|lane| lane["area_m2"].as_f64().unwrap()).sum();
    assert!((areas - 26.0).abs() < 1e-3, "{areas}"); // 4 m x 6.5 m
    assert!(lanes.iter().all(|lane| lane["type"] == "driving"), "{lanes:?}");
}

#[test]
fn names_stand_in_a_fixed_order() {
    let text = works(here(), &["--json"]);
    let names = [
        "\"file\"",
        "\"name\"",
        "\"opendrive_version\"",
        "\"georeference\"",
        "\"offset\"",
        "\"extents_m\"",
        "\"traffic\"",
        "\"roads\"",
        "\"lanes\"",
        "\"crosswalks\"",
        "\"corners_map_m\"",
        "\"corners_wgs84\"",
        "\"length_m\"",
        "\"width_m\"",
        "\"lanes_crossed\"",
        "\"approaches\"",
        "\"lints\"",
        "\"refused\"",
    ];
    let places: Vec<usize> = names.iter().map(|name| text.find(name).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(text, works(here(), &["--json"]));
}

#[test]
fn what_is_unknown_is_null_and_never_zero() {
    let dir = tempfile::tempdir().unwrap();
    let from = DEFAULT_MAP.find("<geoReference>").unwrap();
    let to = DEFAULT_MAP.find("</geoReference>").unwrap() + "</geoReference>".len();
    let path = changed(dir.path(), "nowhere.xodr", &DEFAULT_MAP[from..to], "");
    let found = json(dir.path(), &[&path]);
    assert_eq!(found["georeference"], Value::Null);
    assert_eq!(found["crosswalks"][0]["corners_wgs84"], Value::Null);
    let lint = found["lints"].as_array().unwrap().iter().find(|l| l["code"] == "not_georeferenced").unwrap();
    assert_eq!((&lint["line"], &lint["column"]), (&Value::Null, &Value::Null));
    let text = works(dir.path(), &[&path]);
    assert!(text.contains("on Earth    unknown") && text.contains("not_georeferenced"), "{text}");
}

#[test]
fn the_text_says_what_a_person_needs_and_what_to_try() {
    let text = works(here(), &[]);
    for words in [
        "OpenDRIVE 1.6, traffic keeps right",
        "1 road, 0 junctions",
        "0.88 km of driving lanes",
        "40.5127000 N, 3.3490000 W",
        "crosswalk zebra (zebra crossing)",
        "6.50 m from kerb to kerb, 4.00 m along the road",
        "road 1 section 0 lane -1",
        "kerbside demo --map builtin:alcala_street --crosswalk zebra",
    ] {
        assert!(text.contains(words), "'{words}' is not said:\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let one = works(here(), &["--crosswalk", "zebra"]);
    assert!(one.contains("x    -0.7643  y    -3.7388"), "{one}");
    assert!(one.lines().all(|line| line.chars().count() <= 100), "{one}");
}

#[test]
fn wrong_arguments_are_answered_with_a_cure() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("empty.xodr"), " \n").unwrap();
    fs::write(dir.path().join("binary.xodr"), [0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe]).unwrap();
    fs::write(dir.path().join("text.xodr"), "hello").unwrap();
    fs::write(dir.path().join("other.xodr"), "<svg/>").unwrap();
    fs::create_dir(dir.path().join("folder")).unwrap();
    let cases: [(&[&str], i32, &[&str]); 14] = [
        (&["missing.xodr"], 1, &["missing.xodr", "cure: give an OpenDRIVE file"]),
        (&["empty.xodr"], 1, &["empty.xodr: is empty", "cure"]),
        (&["binary.xodr"], 1, &["binary.xodr:1:5", "UTF-8", "cure"]),
        (&["text.xodr"], 1, &["text.xodr:1:1", "cure"]),
        (&["other.xodr"], 1, &["other.xodr:1:1", "cure"]),
        (&["folder"], 1, &["folder", "cure"]),
        (&["builtin:alcala"], 1, &["no built-in map 'alcala'", "builtin:alcala_street"]),
        (&["--crosswalk", "zebr"], 1, &["did you mean `zebra`?"]),
        (&["--svg", "nowhere/out.svg"], 1, &["nowhere/out.svg: the picture cannot be written", "cure"]),
        (&["--svg", "folder"], 1, &["folder: is no file that a picture can be written to", "cure"]),
        (&["--carla-audit", "--python", "nowhere"], 1, &["nowhere", "cure"]),
        (&["--python", "nowhere"], 2, &["--carla-audit"]),
        (&["--carla-audit", "--crosswalk", "zebra"], 2, &["--crosswalk"]),
        (&["--jsn"], 2, &["--json"]),
    ];
    for (args, code, words) in cases {
        let (ended, out, err) = map(dir.path(), args);
        assert_eq!(ended, code, "{args:?}: {out}{err}");
        words.iter().for_each(|word| assert!(err.contains(word), "{args:?}: '{word}' is not said: {err}"));
    }
}

#[test]
fn a_map_without_crosswalks_is_no_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = changed(dir.path(), "plain.xodr", "type=\"crosswalk\"", "type=\"none\"");
    // Its name would make it a crosswalk.
    let text = fs::read_to_string(&path).unwrap().replace("name=\"zebra crossing\"", "name=\"paint\"");
    fs::write(&path, text.replace("id=\"zebra\"", "id=\"paint\"")).unwrap();
    assert!(works(dir.path(), &[&path, "--svg", "plain.svg"]).contains("<object type=\"crosswalk\">"));
    assert_eq!(json(dir.path(), &[&path])["crosswalks"].as_array().unwrap().len(), 0);
    drawing(&dir.path().join("plain.svg"));
}

/// A picture, held to be XML: its scale in units per metre, and its text.
fn drawing(path: &Path) -> (f64, String) {
    let text = fs::read_to_string(path).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "svg");
    let scale: f64 = root.attribute("data-units-per-m").unwrap().parse().unwrap();
    let bar = document.descendants().find(|n| n.attribute("data-scale-bar-m").is_some()).unwrap();
    let metres: f64 = bar.attribute("data-scale-bar-m").unwrap().parse().unwrap();
    let width: f64 = bar.first_element_child().unwrap().attribute("width").unwrap().parse().unwrap();
    assert!((width - metres * scale).abs() < 0.01, "a scale bar of {metres} m has {width} units");
    assert!(!text.contains("NaN") && !text.contains("inf"), "{}", path.display());
    (scale, text)
}

/// The points of a path of straight lines.
fn points(path: &str) -> Vec<(f64, f64)> {
    let pairs = path.trim_end_matches('Z').split(['M', 'L']).filter(|p| !p.is_empty());
    pairs.map(|p| p.split_once(' ').unwrap()).map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).collect()
}

#[test]
fn the_picture_is_to_scale_with_north_up() {
    let dir = tempfile::tempdir().unwrap();
    works(dir.path(), &["--crosswalk", "zebra", "--svg", "zebra.svg"]);
    let (scale, text) = drawing(&dir.path().join("zebra.svg"));
    let document = roxmltree::Document::parse(&text).unwrap();
    let zebra = document.descendants().find(|n| n.attribute("class") == Some("zebra")).unwrap();
    let corners = points(zebra.attribute("d").unwrap());
    assert_eq!(corners.len(), 4);
    let side = |a: (f64, f64), b: (f64, f64)| ((b.0 - a.0).hypot(b.1 - a.1), (-(b.1 - a.1)).atan2(b.0 - a.0));
    let ((along_m, heading), (across_m, _)) = (side(corners[0], corners[1]), side(corners[1], corners[2]));
    assert!((along_m / scale - 4.0).abs() < 0.002 && (across_m / scale - 6.5).abs() < 0.002, "{along_m} {across_m}");
    // The file's heading, counter-clockwise from east: the picture is not mirrored.
    assert!((heading - 0.35).abs() < 0.001, "{heading}");
    for words in ["Crosswalk zebra", "6.50 m", "4.00 m", "start kerb", "road 1 section 0 lane -1", "40.5127000 N"] {
        assert!(text.contains(words), "'{words}' is not in the picture");
    }
}

#[test]
fn whatever_a_file_says_the_picture_is_xml() {
    let dir = tempfile::tempdir().unwrap();
    let bad = "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#9;]]&gt;";
    let path = changed(dir.path(), "bad.xodr", "zebra crossing", bad);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("id=\"zebra\"", &format!("id=\"{bad}\"")).replace("Alcala street, mod", bad))
        .unwrap();
    let id = "<script>alert(1)</script>&\"\t]]>";
    for args in [vec![path.as_str(), "--svg", "a.svg"], vec![&path, "--svg", "a.svg", "--crosswalk", id]] {
        works(dir.path(), &args);
        let (_, text) = drawing(&dir.path().join("a.svg"));
        assert!(!text.contains("<script"), "{text}");
    }
}

#[test]
fn hundreds_of_crosswalks_are_drawn_and_listed_in_little_room() {
    let dir = tempfile::tempdir().unwrap();
    let from = DEFAULT_MAP.find("<object id=\"zebra\"").unwrap();
    let to = from + DEFAULT_MAP[from..].find("</object>").unwrap() + "</object>".len();
    let object = &DEFAULT_MAP[from..to];
    let many: String = (0..200).map(|i| object.replace("\"zebra\"", &format!("\"z{i}\""))).collect();
    let path = changed(dir.path(), "many.xodr", object, &many);
    let found = json(dir.path(), &[&path, "--svg", "many.svg"]);
    assert_eq!(found["crosswalks"].as_array().unwrap().len(), 200);
    let (_, text) = drawing(&dir.path().join("many.svg"));
    assert!(text.len() < 1_000_000 && text.contains("found no room"), "{}", text.len());
}

#[test]
fn every_kind_of_lint_is_documented() {
    let readme = fs::read_to_string(here().join("maps/README.md")).unwrap();
    for code in Code::ALL {
        let row = format!("| `{}` | {} |", code.word(), code.meaning());
        assert!(readme.contains(&row), "maps/README.md has no row\n{row}");
    }
}

#[test]
fn real_maps_have_their_crosswalks_and_a_picture() {
    let dir = tempfile::tempdir().unwrap();
    // Counted in the files: objects of type crosswalk, all of them with a polygon of their own.
    for (name, crosswalks) in
        [("Town10HD.xodr", 16), ("parking_demo.xodr", 3), ("fabriksgatan.xodr", 0), ("curves_elevation.xodr", 0)]
    {
        let Some((path, _)) = peers::real_map(name) else { continue };
        let path = path.display().to_string();
        let found = json(dir.path(), &[&path, "--svg", "whole.svg"]);
        let listed = found["crosswalks"].as_array().unwrap();
        assert_eq!(listed.len(), crosswalks, "{name}");
        let (_, text) = drawing(&dir.path().join("whole.svg"));
        assert!(text.len() < 3_000_000, "{name}: {}", text.len());
        for crosswalk in listed {
            let id = crosswalk["id"].as_str().unwrap();
            let drawn = !crosswalk["corners_map_m"].as_array().unwrap().is_empty();
            assert_eq!(text.contains(&format!(">{id}<")), drawn, "{name}: the name {id} in the picture");
            works(dir.path(), &[&path, "--crosswalk", id, "--svg", "one.svg"]);
            drawing(&dir.path().join("one.svg"));
        }
    }
}
