//! The shipped plan on a real data folder: what `kerbside demo` records, analysed, against numbers made by hand.

use super::synthetic::Csv;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const PEOPLE: usize = 6;
/// Main trials of the shipped study: three blocks of four.
const MAIN: usize = 12;

fn kerbside(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_kerbside")).args(arguments).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Each main trial: who, both levels, and its measures.
fn trials(demo: &Path) -> Vec<(String, String, String, BTreeMap<String, String>)> {
    let mut levels: BTreeMap<(String, String, String), String> = BTreeMap::new();
    for session in std::fs::read_dir(demo.join("sessions")).unwrap() {
        let session = session.unwrap();
        let code = session.file_name().to_string_lossy().rsplit_once('-').unwrap().0.to_owned();
        for row in Csv::read(&session.path().join("conditions.csv")).rows() {
            levels.insert((code.clone(), row["trial_n"].clone(), row["factor"].clone()), row["level"].clone());
        }
    }
    let measures = Csv::read(&demo.join("derived/measures.csv"));
    let main = measures.rows().filter(|row| row["kind"] == "main" && row["marks"] == "NA");
    main.map(|row| {
        let level =
            |factor: &str| levels[&(row["participant"].clone(), row["trial_n"].clone(), factor.to_owned())].clone();
        (row["participant"].clone(), level("ehmi"), level("braking"), row)
    })
    .collect()
}

#[test]
fn the_shipped_plan_analyses_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let plan = root.join("analysis/plans/ehmi_braking_2x2.toml").display().to_string();
    kerbside(folder.path(), &["demo", "--participants", &PEOPLE.to_string(), "--out", "demo"]);
    let refused = Command::new(env!("CARGO_BIN_EXE_kerbside"))
        .args(["analyze", &plan, "demo"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("--keep simulated"), "{said}");
    let said = kerbside(folder.path(), &["analyze", &plan, "demo", "--keep", "simulated", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let out = folder.path().join("demo/derived/analysis-ehmi-braking-2x2");
    let files: Vec<&str> = said["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    for file in &files {
        assert!(std::fs::metadata(out.join(file)).unwrap().len() > 0, "{file}");
    }
    for file in ["report.html", "figures/flow.svg", "figures/flow.pdf", "figures/vehicle-speed.svg"] {
        assert!(files.contains(&file), "{file}: {files:?}");
    }
    let demo = folder.path().join("demo");
    let trials = trials(&demo);
    let analysed = said["results"]["flow"].as_array().unwrap().last().unwrap();
    assert_eq!(analysed["trials"], trials.len());
    assert_eq!((trials.len(), analysed["participants"].as_u64()), (PEOPLE * MAIN, Some(PEOPLE as u64)));

    // The paired t of the light on the distance: each participant's mean of cell means with less that without.
    let mut cells: BTreeMap<(&str, &str, &str), Vec<f64>> = BTreeMap::new();
    for (who, ehmi, braking, row) in &trials {
        if let Ok(distance) = row["distance_to_zone_m"].parse() {
            cells.entry((who, ehmi, braking)).or_default().push(distance);
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let people: Vec<&str> =
        cells.keys().map(|(who, ..)| *who).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    let score = |who: &&str| {
        let cell = |ehmi, braking| cells.get(&(*who, ehmi, braking)).map(|values| mean(values));
        let on = 0.5 * (cell("on", "gentle")? + cell("on", "aggressive")?);
        Some(on - 0.5 * (cell("off", "gentle")? + cell("off", "aggressive")?))
    };
    let scores: Vec<f64> = people.iter().filter_map(score).collect();
    let (n, middle) = (scores.len() as f64, mean(&scores));
    let sd = (scores.iter().map(|score| (score - middle).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let tests = Csv::read(&out.join("tests.csv"));
    let row = tests
        .rows()
        .find(|row| row["outcome"] == "distance" && row["effect"] == "ehmi" && row["test"] == "paired_t")
        .unwrap();
    let near = |text: &str, value: f64| (text.parse::<f64>().unwrap() - value).abs() < 1e-9 * value.abs();
    assert_eq!(row["people"], scores.len().to_string());
    assert!(near(&row["value"], middle / (sd / n.sqrt())), "{} {}", row["value"], middle / (sd / n.sqrt()));
    assert!(near(&row["estimate_value"], middle), "{} {middle}", row["estimate_value"]);

    // Waits: all main trials, those without a step-off censored.
    let cells = Csv::read(&out.join("cells.csv"));
    for (ehmi, braking) in [("off", "gentle"), ("off", "aggressive"), ("on", "gentle"), ("on", "aggressive")] {
        let own = || trials.iter().filter(|(_, e, b, _)| e == ehmi && b == braking);
        let happened = own().filter(|(.., row)| row["censored"] == "0").count();
        let cell = format!("{ehmi}, {braking}");
        let said = |what: &str| {
            let wanted = |row: &BTreeMap<String, String>| {
                row["outcome"] == "crossing_initiation" && row["cell"] == cell && row["what"] == what
            };
            cells.rows().find(wanted).unwrap()["value"].clone()
        };
        assert_eq!(
            (said("happened"), said("censored")),
            (happened.to_string(), (own().count() - happened).to_string())
        );
    }

    // A plan that is locked after the sessions says so, in its first words.
    let small = "schema = 1\nname = \"late\"\n[factors.ehmi]\nlevels = [\"off\", \"on\"]\n[outcomes.distance]\n\
                 column = \"distance_to_zone_m\"\nkind = \"continuous\"\n";
    std::fs::write(folder.path().join("late.toml"), small).unwrap();
    kerbside(folder.path(), &["analyze", "late.toml", "--lock"]);
    let said = kerbside(folder.path(), &["analyze", "late.toml", "demo", "--keep", "simulated", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let lock = &said["results"]["lock"];
    let words = format!(", AFTER the first of the {PEOPLE} sessions in the data began (");
    assert!(lock["state"] == "late" && lock["words"].as_str().unwrap().contains(&words), "{lock}");
    let late = std::fs::read_to_string(folder.path().join("demo/derived/analysis-late/report.html")).unwrap();
    assert!(late.contains("<div class=\"banner\" role=\"note\"><p>The plan was locked on"), "no banner");

    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    for words in [
        "All participants in these numbers are SIMULATED",
        "Rscript analysis.R",
        "headset: simulated at 30 frames a second; vehicles: embedded world in 25 steps a second",
        "Trials per participant",
        "Speed of the vehicle over its distance",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("Not drawn") && !page.contains("<script") && !page.contains("http://localhost"));
}
