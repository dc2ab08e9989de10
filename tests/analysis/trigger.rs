//! The continuous report from a data folder: three scripted people, in the figures of the vehicle.

use super::program;
use std::path::Path;

const PLAN: &str = "schema = 1\nname = \"report\"\nkeep = [\"simulated\"]\n[factors.ehmi]\nlevels = [\"off\", \"on\"]\n\
                    [outcomes.trigger_mean_share]\nkind = \"continuous\"\n";

#[test]
fn the_trigger_is_drawn_by_distance_and_around_the_stop() {
    let folder = tempfile::tempdir().unwrap();
    let study = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/minimal.toml");
    let study = std::fs::read_to_string(study).unwrap();
    let (file, data, codes) = program::enrolled(folder.path(), &study, 3);
    // They begin at .1, .3, .5 and end at 1, .8, .6: means .3 and .8.
    for (code, (first, last)) in codes.iter().zip([(0.1, 1.0), (0.3, 0.8), (0.5, 0.6)]) {
        let script = folder.path().join(format!("{code}.txt"));
        let steps = format!(
            "eye_height 1.6 m\n[all]\nat trial + 0.0 s: trigger {first}\nat vehicle_stopped + 1.0 s: trigger {last}\n\
             at rating + 0.5 s: answer felt_safe 4\n"
        );
        std::fs::write(&script, steps).unwrap();
        let headset = format!("scripted:{}", script.display());
        program::good(&["run", &file, "--participant", code, "--data", &data, "--headset", &headset]);
    }
    let plan = folder.path().join("plan.toml");
    std::fs::write(&plan, PLAN).unwrap();
    let out = folder.path().join("out");
    program::good(&["analyze", &plan.display().to_string(), &data, "--out", &out.display().to_string()]);
    for name in ["vehicle-trigger-distance", "vehicle-trigger-time"] {
        let svg = std::fs::read_to_string(out.join(format!("figures/{name}.svg"))).unwrap();
        let told = svg.split("off: ").nth(1).unwrap_or_else(|| panic!("{name}: {svg}"));
        assert!(told.starts_with("0.300 at "), "{name}: {}", &told[..80]);
        if name.ends_with("time") {
            assert!(
                told[..80].contains("to 0.800 at ") && svg.contains("the vehicle stands"),
                "{name}: {}",
                &told[..80]
            );
        }
    }
}
