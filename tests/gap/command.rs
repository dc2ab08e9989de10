//! `kerbside gap` as a user runs it.

use super::truth::{FEW, demo, kerbside, written};
use std::path::Path;

fn plan(demo: &Path, length_m: f64, width_m: f64) -> String {
    format!(
        "schema = 1\nname = \"itself\"\ntitle = \"A study and its own tracks\"\npeople = \"same\"\n\
         [real]\nlabel = \"tracks\"\n[real.tracks]\nfile = \"field.csv\"\nevents = \"events.csv\"\ncue = \"gap_opens\"\n\
         body_point = \"head\"\nvehicle = {{ length_m = {length_m}, width_m = {width_m}, antenna_to_front_m = {} }}\n\
         [virtual]\nlabel = \"session\"\ndata = [\"{}\"]\nkeep = [\"simulated\", \"practice\", \"catch\"]\n\
         [measures.walking_speed_mps]\nlabel = \"Walking speed\"\nkind = \"continuous\"\nunit = \"m/s\"\nequivalence = [-0.1, 0.1]\n\
         [measures.distance_to_pedestrian_line_m]\nkind = \"continuous\"\nunit = \"m\"\nequivalence = [-1, 1]\n\
         [measures.crossing_s]\nlabel = \"Crossing\"\nkind = \"continuous\"\nunit = \"s\"\nequivalence = [-0.3, 0.3]\n\
         [measures.cit_s]\nlabel = \"Initiation\"\nkind = \"censored\"\ncensored_at = \"cit_censored_at_s\"\nup_to = 8\nunit = \"s\"\n\
         equivalence = [-0.3, 0.3]\n",
        length_m / 2.0,
        demo.display()
    )
}

#[test]
fn a_study_against_its_own_tracks_is_equivalent() {
    let written = written(FEW);
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("field.csv", &written.samples);
    put("events.csv", &written.events);
    put("gap.toml", &plan(demo(), written.tracks.vehicle.length_m, written.tracks.vehicle.width_m));
    let (done, said) = kerbside(folder.path(), &["gap", "gap.toml"]);
    assert!(done, "{said}");
    assert!(said.starts_with("SIMULATED participants are in these numbers"), "{said}");
    assert_eq!(said.matches("equivalent within the bounds").count(), 4, "{said}");
    let out = folder.path().join("gap-itself");
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join("gap.json")).unwrap()).unwrap();
    assert_eq!(json["measures"][0]["real"]["people"], 3);
    for name in ["gap.md", "gap.csv", "gap.R", "gap.svg", "participants.csv", "flow.csv", "real_measures.csv"] {
        assert!(out.join(name).metadata().unwrap().len() > 100, "{name}");
    }
    assert!(!std::fs::read_to_string(out.join("gap.md")).unwrap().contains("NaN"));
    // The same inputs give the same bytes.
    let (_, again) = kerbside(folder.path(), &["gap", "gap.toml", "--out", "again", "--json"]);
    assert!(again.contains("\"paired\": true"), "{again}");
    for name in ["gap.md", "gap.csv", "gap.json", "gap.svg", "numbers.csv", "real_measures.csv"] {
        let read = |folder: &str, name: &str| std::fs::read(out.parent().unwrap().join(folder).join(name)).unwrap();
        assert_eq!(read("gap-itself", name), read("again", name), "{name}");
    }
}

#[test]
fn the_shipped_example_shows_a_gap_and_says_that_it_is_invented() {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("analysis/plans/gap_example.toml");
    let folder = tempfile::tempdir().unwrap();
    let (done, said) = kerbside(folder.path(), &["gap", &plan.display().to_string()]);
    assert!(done && said.starts_with("SIMULATED participants are in these numbers"), "{said}");
    let out = folder.path().join("gap-gap-example");
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join("gap.json")).unwrap()).unwrap();
    let measures = json["measures"].as_array().unwrap();
    assert!(measures.len() == 3 && measures.iter().all(|one| one["difference"]["people"] == 12), "{json:#}");
    // The forest prints what it draws, and beside it the same in the measure's unit, each under its heading.
    let svg = std::fs::read_to_string(out.join("gap.svg")).unwrap();
    let size = measures[0]["difference"]["effect_sizes"].as_array().unwrap();
    let drawn = size.iter().find(|one| one["name"] == "d_av").unwrap()["value"].as_f64().unwrap();
    let words = format!("{drawn:.2}").replace('-', "−");
    for part in [">d_av<", ">in the measure's unit<", words.as_str()] {
        assert!(svg.contains(part), "{part}: {svg}");
    }
    // Every plan that README's commands name is there, with the files that it needs.
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let typed: Vec<&str> = readme.lines().filter(|line| line.starts_with("kerbside gap ")).collect();
    assert_eq!(typed.len(), 1, "{typed:?}");
    assert_eq!(typed[0].split_whitespace().nth(2), Some("analysis/plans/gap_example.toml"));
}

#[test]
fn wrong_arguments_and_files_are_answered_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let tables = "schema = 1\nname = \"t\"\npeople = \"same\"\n[real]\ndata = [\"a.csv\"]\n[virtual]\ndata = [\"b.csv\"]\n\
                  [measures.y]\nkind = \"continuous\"\n";
    put("gap.toml", tables);
    put("tracks.toml", &plan(Path::new("nowhere"), 4.5, 1.8));
    put("a.csv", "participant,y\nP1,1\nP2,2\nP3,2.5\n");
    for (arguments, words) in [
        (&["gap"][..], "<PLAN>"),
        (&["gap", "none.toml"], "none.toml: cannot be read"),
        (&["gap", "gap.toml"], "b.csv: cannot be read"),
        (&["gap", "tracks.toml"], "field.csv: cannot be read"),
        (&["gap", "gap.toml", "--keep", "simulate"], "simulated"),
    ] {
        let (done, said) = kerbside(folder.path(), arguments);
        assert!(!done && said.contains(words), "{arguments:?}: {said}");
    }
    put("b.csv", "participant,y\nP1,1.5\nP2,NA\nP9,2\n");
    let (done, said) = kerbside(folder.path(), &["gap", "gap.toml"]);
    assert!(done && said.contains("no answer, since") && said.contains("virtual: unknown in 1 of 3 trials"), "{said}");
    put("b.csv", "participant,y\nP1,1.5\nP2,Mar-12\n");
    let (done, said) = kerbside(folder.path(), &["gap", "gap.toml"]);
    assert!(!done && said.contains("b.csv:3: column y: \"Mar-12\" is not a number"), "{said}");
}
