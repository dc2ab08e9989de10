//! What is read, what is warned about, and that no text whatever makes it panic.

use crate::kernel::ehmi::Pattern;
use crate::kernel::spec::Cue;
use crate::study::testing::{HIKER, SMALL, TWO_BY_TWO, changed, street, study, warnings, whose};
use crate::study::{read, shipped_concepts, srgb_from_xy};
use proptest::prelude::*;

#[test]
fn the_shipped_studies_are_without_fault() {
    assert_eq!(warnings(TWO_BY_TWO), []);
    assert_eq!(warnings(HIKER), []);
    assert_eq!(study(TWO_BY_TWO).seed, Some(2023));
    assert_eq!(study(TWO_BY_TWO).trial.cue.value, Cue::GapOpens);
    assert_eq!(study(TWO_BY_TWO).items.len(), 2);
    assert_eq!(study(TWO_BY_TWO).simulated.answers[0].effects.len(), 2);
}

/// The fenced blocks of the format's description in one language.
fn described(language: &str) -> String {
    let description = include_str!("../../../experiments/README.md");
    let fence = format!("```{language}\n");
    let blocks = description.split(&fence).skip(1);
    blocks.filter_map(|block| block.split("```").next()).collect()
}

#[test]
fn the_format_is_described_as_it_is() {
    let study = study(&described("toml"));
    assert_eq!(study.plan(whose("p1", 1), 1, &[street()]).unwrap().len(), 2 + 2 * (2 * 2 + 2));
    assert!(crate::study::read_script("README.md", &described("text"), &study.items).is_ok());
}

#[test]
fn the_shipped_lights_are_all_there() {
    let names: Vec<String> = shipped_concepts().into_iter().map(|c| c.name).collect();
    assert_eq!(names, ["none", "grail", "cyan_pulse", "slow_pulsing_band", "flashing_headlights"]);
    assert_eq!(shipped_concepts()[0], crate::study::concept::dark());
    assert_eq!(study(SMALL).concept("cyan_pulse").unwrap().yielding, Pattern::Pulse { hz: 0.5 });
}

#[test]
fn what_is_left_out_has_its_default() {
    let study = study(SMALL);
    assert_eq!((study.step_hz, study.display_hz, study.blocks, study.seed), (30, 90, 1, None));
    assert_eq!(study.simulated.model.k_ehmi, 0.94077939);
    assert_eq!(study.simulated.answers[0].thresholds, [-1.0, 1.0]);
    assert_eq!(study.items[0].instrument, "trial_items");
    assert_eq!((study.language.as_deref(), study.spoken(), study.items[0].language.as_str()), (None, "en", "en"));
}

#[test]
fn a_study_says_in_which_language_it_speaks_and_an_item_may_say_another() {
    let german = study(&format!("language = \"de\"\n{SMALL}"));
    assert_eq!((german.spoken(), german.items[0].language.as_str()), ("de", "de"));
    let text = SMALL.replace("text = \"I felt safe.\"", "language = \"pt-BR\"\ntext = \"Eu me senti seguro.\"");
    let mixed = study(&format!("language = \"de\"\n{text}"));
    assert_eq!((mixed.spoken(), mixed.items[0].language.as_str()), ("de", "pt-BR"));
}

#[test]
fn colours_one_case_a_line() {
    assert_eq!(srgb_from_xy(0.3127, 0.3290), ([255, 255, 255], true));
    assert_eq!(srgb_from_xy(0.64, 0.33), ([255, 0, 0], true));
    assert_eq!(srgb_from_xy(0.30, 0.60), ([0, 255, 0], true));
    assert_eq!(srgb_from_xy(0.15, 0.06), ([0, 0, 255], true));
    assert!(!srgb_from_xy(0.17, 0.70).1, "green of a laser");
}

/// The warnings of the small study with one text replaced, as text.
fn warned(from: &str, to: &str) -> String {
    warnings(&changed(from, to)).iter().map(ToString::to_string).collect()
}

#[test]
fn warnings_one_case_a_line() {
    assert_eq!(warned("schema", "schema"), "");
    assert!(warned("\"steady\"", "{ flash_hz = 5 }").starts_with("study.toml:19:7: `bar` blinks at 5 Hz"));
    assert!(warned("\"steady\"", "{ pulse_hz = 5 }").contains("WCAG"));
    assert_eq!(warned("\"steady\"", "{ flash_hz = 3 }"), "");
    assert!(warned("\"steady\"", "{ pulse_hz = 1 }\nstandard = \"J3134\"").contains("claims SAE J3134"));
    assert_eq!(warned("\"steady\"", "\"steady\"\ndriving = \"steady\"\nstandard = \"J3134\""), "");
    assert_eq!(warned("[1.5, 0.1]", "[1.75, 0.45]"), "");
    let wide = warned("[1.5, 0.1]", "[1.8, 0.1]");
    assert!(
        wide.starts_with("study.toml:22:10: `bar` is 1.8 x 0.1 m, more than there is room for at the bumper"),
        "{wide}"
    );
    assert!(wide.contains("is drawn 1.76 x 0.10 m") && wide.contains("at most [1.75, 0.45]"), "{wide}");
    let hanging = warned("place = \"bumper\"", "place = \"roof\"");
    assert!(hanging.contains("along the roof's front edge of a car 1.8 m wide"), "{hanging}");
    // A light that ships, on a car that is too small for it; and one that no trial shows.
    let small = warned("[vehicles.target]", "[vehicles.target]\nwidth_m = 1.4");
    assert!(small.starts_with("study.toml:23:10: `bar` is 1.5"), "{small}");
    let shipped = warnings(
        &changed("ehmi = \"bar\"", "ehmi = \"grail\"").replace("[vehicles.target]", "[vehicles.target]\nwidth_m = 1.4"),
    );
    assert!(
        shipped.len() == 1 && shipped[0].to_string().starts_with("study.toml:11:11: `grail` is 1.5"),
        "{shipped:?}"
    );
    assert!(
        warned("{ srgb = \"#00ff00\" }", "{ cie_xy = [0.17, 0.70] }").starts_with("study.toml:20:21: the chromaticity")
    );
    assert!(warned("to_stop_line_m = 50", "to_stop_line_m = 49").contains("1.00 m past the stop line"));
    assert!(warned("time_out_s = 30", "time_out_s = 9").contains("it stands after 14.8 s"));
    assert!(warned("time_out_s = 30", "time_out_s = 9").contains("drives on arrives after 10.0 s"));
    assert!(warned("[settings]\nbraking = \"soft\"", "[settings]").starts_with("study.toml:16:10: no trial uses"));
    assert!(warned("decel_mps2 = 1.0", "decel_mps2 = 1.0\nlight_delay_s = 10").is_empty());
}

/// Good, or problems that all name a line of the text.
fn judged(text: &str) -> Result<(), TestCaseError> {
    match read("s", text) {
        Ok((study, _)) => {
            let _ = study.plan(whose("p", 1), 1, &[street(), street()]);
            let _ = (study.full_round(), study.estimated_s(), study.group_name(7, 1), study.cell_ids());
        }
        Err(problems) => {
            prop_assert!(!problems.0.is_empty());
            prop_assert!(problems.0.iter().all(|p| p.place.line.is_some() && !p.what.is_empty()), "{problems:?}");
        }
    }
    Ok(())
}

#[test]
fn long_and_deep_texts_are_judged_soon() {
    let long = "x".repeat(1 << 19);
    assert!(read("s", &changed("\"right\"", &format!("\"{long}\""))).unwrap_err().to_string().len() < 1000);
    assert!(read("s", &changed("off = {}", &format!("{long} = 1"))).is_err());
    assert!(read("s", &format!("a = {}", "[".repeat(1 << 19))).is_err());
    assert!(read("s", &changed("[settings]", &"[[items]]\n".repeat(10_000))).is_err());
    let many: String = (0..20_000).map(|i| format!("[braking.a{i}]\n")).collect();
    assert!(read("s", &changed("[settings]", &format!("{many}[settings]"))).is_err());
}

/// The tables of the design and around the trials, each key in use.
const MANY_KEYS: &str = r#"[participants]
code_pattern = "P999"
[groups.told]
no = {}
yes = { speed_mps = 9 }
[sessions]
number = 2
order = "rotate"
[sessions.factor.place]
field = {}
vr = { headway_s = 5 }
[practice]
trials = 2
criterion = { in_a_row = 3, outcomes = ["before", "after"], most_trials = 10, or_end = true }
[blocks]
number = 2
repetitions_per_block = 3
[order]
kind = "random"
longest_run = { light = 2, cell = 2 }
[questionnaires]
before = ["ssq"]
after_trial = ["fms"]
after_block = ["misc"]
after = ["ssq", "ipq"]
[consent]
version = "2"
text = "I agree."
[[instructions]]
at = "start"
text = "Hello."
[pause]
least_s = 60
text = "Take a rest."
[[stop_rules]]
instrument = "misc"
item = "misc"
at_least = 6
[room]
depth_m = 4.0
if_short = "step_off_only"
alternate_sides = true
"#;

#[test]
fn a_study_may_use_every_key() {
    let study = study(&crate::study::testing::with(MANY_KEYS));
    assert_eq!((study.items.len(), study.instruments.len()), (2, 4));
    assert_eq!(study.plan(whose("P001", 1), 1, &[street(), street()]).unwrap().len(), 10 + 2 * (2 * 3 + 1));
}

proptest! {
    #[test]
    fn a_mutilated_study_with_every_key_is_judged(at in 0.0..1.0_f64, cut in 0..40_usize, put in "\\PC{0,8}") {
        let cut_from = (at * MANY_KEYS.len() as f64) as usize;
        let to = (cut_from + cut).min(MANY_KEYS.len());
        judged(&crate::study::testing::with(&format!("{}{put}{}", &MANY_KEYS[..cut_from], &MANY_KEYS[to..])))?;
    }

    #[test]
    fn any_value_in_any_place_of_every_key_is_judged(n in 0..200_usize, value in prop_oneof![
        any::<i64>().prop_map(|i| i.to_string()), (0..1200_u32).prop_map(|i| i.to_string()), Just("[]".to_owned()),
        Just("{}".to_owned()), Just("true".to_owned()), Just("\"latin\"".to_owned()), Just("[\"ssq\"]".to_owned()),
        any::<f64>().prop_map(|f| format!("{f:?}")),
    ]) {
        let starts: Vec<usize> = MANY_KEYS.match_indices("= ").map(|(i, _)| i + 2).collect();
        let start = starts[n % starts.len()];
        let end = start + MANY_KEYS[start..].find(['\n', ',', ' ']).unwrap_or(0);
        judged(&crate::study::testing::with(&format!("{}{value}{}", &MANY_KEYS[..start], &MANY_KEYS[end..])))?;
    }

    #[test]
    fn any_text_is_judged(text in "\\PC*") {
        judged(&text)?;
    }

    #[test]
    fn any_toml_like_text_is_judged(text in "([a-z\\[\\]{}=\",.\\n0-9-]|schema = 1\\n|\\[site\\]|name = )*") {
        judged(&text)?;
    }

    #[test]
    fn a_mutilated_study_is_judged(which in 0..3_usize, at in 0.0..1.0_f64, cut in 0..40_usize, put in "\\PC{0,8}") {
        let text: Vec<char> = [TWO_BY_TWO, HIKER, SMALL][which].chars().collect();
        let from = (at * text.len() as f64) as usize;
        let to = (from + cut).min(text.len());
        let text: String = text[..from].iter().copied().chain(put.chars()).chain(text[to..].iter().copied()).collect();
        judged(&text)?;
    }

    #[test]
    fn any_number_in_any_place_is_judged(n in 0..200_usize, number in prop_oneof![
        any::<f64>().prop_map(|f| format!("{f:?}")), any::<i64>().prop_map(|i| i.to_string()), Just("-0.0".to_owned()), Just("1e400".to_owned()),
    ]) {
        // The n-th value after `= ` becomes the number.
        let starts: Vec<usize> = SMALL.match_indices("= ").map(|(i, _)| i + 2).collect();
        let start = starts[n % starts.len()];
        let end = start + SMALL[start..].find(['\n', ',', ' ']).unwrap_or(0);
        judged(&format!("{}{number}{}", &SMALL[..start], &SMALL[end..]))?;
    }
}
