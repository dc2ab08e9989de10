//! Plans: the same from the same seed, balanced, and complete in what they say.

use crate::kernel::spec::TrialSpec;
use crate::problem::Problems;
use crate::study::testing::{HIKER, SMALL, TWO_BY_TWO, changed, street, study, whose};
use crate::table::{Role, Scope, TrialKind};
use std::collections::BTreeMap;

fn plan(text: &str, participant: &str, row: u32, seed: u64) -> Vec<TrialSpec> {
    study(text).plan(whose(participant, row), seed, &[street()]).unwrap()
}

fn refused(text: &str) -> Problems {
    study(text).plan(whose("p1", 1), 1, &[street()]).expect_err("refused")
}

#[test]
fn the_same_arguments_give_the_same_plan() {
    assert_eq!(plan(TWO_BY_TWO, "p1", 1, 7), plan(TWO_BY_TWO, "p1", 1, 7));
    assert_ne!(plan(TWO_BY_TWO, "p1", 1, 7), plan(TWO_BY_TWO, "p1", 1, 8));
    assert_ne!(plan(TWO_BY_TWO, "p1", 1, 7), plan(TWO_BY_TWO, "p2", 1, 7));
    assert_ne!(plan(TWO_BY_TWO, "p1", 1, 7), plan(TWO_BY_TWO, "p1", 2, 7));
}

#[test]
fn a_plan_never_changes_between_versions() {
    let order: Vec<String> = plan(TWO_BY_TWO, "p1", 1, 2023).into_iter().map(|t| t.cell_id).collect();
    assert_eq!(
        order[..8].join(" "),
        "practice practice on+gentle catch off+aggressive on+aggressive off+gentle off+gentle"
    );
}

/// A plan as text, one trial a line, hashed: any change to orders, waits or conditions changes it.
fn hash(plan: &[TrialSpec]) -> String {
    use sha2::{Digest, Sha256};
    let mut lines = String::new();
    for t in plan {
        let conditions: Vec<String> =
            t.conditions.iter().map(|c| format!("{} {}={}", c.scope.word(), c.factor, c.level)).collect();
        let (block, word, repetition) = (t.block_n, t.kind.word(), t.repetition_n);
        let (n, at, cell) = (t.plan_n, t.block_trial_n, &t.cell_id);
        lines += &format!("{n} {block:?} {at} {word} {cell} {repetition:?} {}\n", conditions.join(", "));
    }
    Sha256::digest(lines).iter().map(|byte| format!("{byte:02x}")).take(8).collect()
}

#[test]
fn old_sessions_are_replayed_by_planning_again() {
    // Computed by version 0.1.0, before studies had groups, sessions and squares.
    assert_eq!(hash(&plan(TWO_BY_TWO, "K7Q2MR", 3, 2023)), "8badf14631632141");
    assert_eq!(hash(&plan(HIKER, "K7Q2MR", 3, 2019)), "87eaaff36e8b879d");
    assert_eq!(hash(&plan(SMALL, "K7Q2MR", 3, 1)), "d6d0e8727affd939");
}

#[test]
fn counts() {
    assert_eq!(plan(TWO_BY_TWO, "p1", 1, 1).len(), 17);
    assert_eq!(study(TWO_BY_TWO).trial_count(), 17);
    assert_eq!(plan(HIKER, "p1", 1, 1).len(), 74);
    assert_eq!(crate::study::cell_count(&study(HIKER)), 72);
    assert_eq!(plan(SMALL, "p1", 1, 1).len(), 3);
}

#[test]
fn each_block_has_every_cell_as_often_and_never_begins_with_a_catch_trial() {
    for seed in 0..50 {
        let plan = plan(TWO_BY_TWO, "p1", 1, seed);
        let mut counts = BTreeMap::new();
        for trial in &plan {
            *counts.entry((trial.block_n, trial.cell_id.clone())).or_insert(0) += 1;
            assert!(trial.kind != TrialKind::Catch || trial.block_trial_n > 1);
            assert!((1.0..=3.0).contains(&trial.timing.ready_s));
        }
        // Two of practice; in each of three blocks four cells and a catch trial, one of each.
        assert_eq!(counts.len(), 1 + 3 * 5);
        assert!(counts.iter().all(|((block, _), n)| *n == if block.is_none() { 2 } else { 1 }), "{counts:?}");
    }
}

#[test]
fn numbers_run_from_one() {
    let plan = plan(TWO_BY_TWO, "p1", 1, 1);
    assert!(plan.iter().zip(1..).all(|(trial, n)| trial.plan_n == n));
    let blocks: Vec<_> = plan.iter().map(|t| (t.block_n, t.block_trial_n)).collect();
    assert_eq!(blocks[..4], [(None, 1), (None, 2), (Some(1), 1), (Some(1), 2)]);
    assert_eq!(blocks[7], (Some(2), 1));
    let mut repetitions: Vec<_> =
        plan.iter().filter(|t| t.cell_id == "on+gentle").filter_map(|t| t.repetition_n).collect();
    repetitions.sort_unstable();
    assert_eq!(repetitions, [1, 2, 3]);
    assert!(plan.iter().all(|t| t.repetition_n.is_some() == (t.kind == TrialKind::Main)));
}

#[test]
fn fixed_order_is_the_files() {
    let text = TWO_BY_TWO.replace("\"random\"", "\"fixed\"");
    let main: Vec<_> =
        plan(&text, "p1", 1, 1).into_iter().filter(|t| t.kind == TrialKind::Main).map(|t| t.cell_id).collect();
    assert_eq!(main[..4], ["off+gentle", "off+aggressive", "on+gentle", "on+aggressive"]);
    assert_eq!(main[..4], main[4..8]);
}

#[test]
fn conditions_name_factors_and_settings() {
    let plan = plan(TWO_BY_TWO, "p1", 1, 1);
    let trial = plan.iter().find(|t| t.cell_id == "on+gentle").unwrap();
    let rows: Vec<String> =
        trial.conditions.iter().map(|c| format!("{} {} {}", c.scope.word(), c.factor, c.level)).collect();
    assert_eq!(rows[..2], ["within ehmi on", "within braking gentle"]);
    for row in [
        "setting stop_line_m 2.5",
        "setting leading.headway_s 5",
        "setting target.speed_mps 8.33333",
        "setting target.start_to_pedestrian_line_m 101.66665",
        "setting target.braking gentle",
        "setting target.ehmi grail",
        "setting target.decel_mps2 0.9",
        "setting target.onset_to_stop_line_m 38.58",
        "setting target.onset_to_pedestrian_line_m 41.08",
        "setting target.stop_to_stop_line_m -0.00022",
        "setting target.light_delay_s 0",
        "setting target.brake_delay_s 0",
    ] {
        assert!(rows.iter().any(|r| r == row), "{row} is not in {rows:#?}");
    }
    assert!(rows.contains(&format!("setting ready_s {}", trial.timing.ready_s)));
}

#[test]
fn a_catch_trial_drives_on_in_the_dark_and_has_no_level_it_overrides() {
    let plan = plan(TWO_BY_TWO, "p1", 1, 1);
    for trial in plan.iter().filter(|t| t.kind == TrialKind::Catch) {
        let target = trial.target().unwrap();
        assert!(target.braking.is_none() && target.ehmi.name == "none");
        let of = |name: &str| trial.conditions.iter().find(|c| c.scope == Scope::Within && c.factor == name).unwrap();
        assert_eq!(of("braking").level, "NA");
        assert_eq!((trial.cell_id.as_str(), trial.repetition_n), ("catch", None));
    }
}

#[test]
fn a_study_without_factors_has_one_cell() {
    let text = changed("[factors.light]\noff = {}\non = { ehmi = \"bar\" }\n", "")
        .replace("effects = { \"light=on\" = 0.5 }", "");
    let plan = plan(&text, "p1", 1, 1);
    assert_eq!(plan.iter().filter(|t| t.cell_id == "single").count(), 1);
}

const OPPOSITE: &str =
    "[vehicles.opposite]\nspeed_mps = 9\nstart_to_pedestrian_line_m = 80\nbraking = \"soft\"\n[braking.soft]";

#[test]
fn lanes() {
    let trial = &plan(&changed("[braking.soft]", OPPOSITE), "p1", 1, 1)[0];
    let lanes: Vec<_> = trial.vehicles.iter().map(|v| (v.role, v.approach)).collect();
    assert_eq!(lanes, [(Role::Target, 1), (Role::Leading, 1), (Role::Opposite, 0)]);
    assert!(trial.vehicles[2].braking.is_some());
    let named = plan(&changed("stop_line_m = 2.5", "stop_line_m = 2.5\napproach = \"far\""), "p1", 1, 1);
    assert_eq!(named[0].target().unwrap().approach, 0);
}

#[test]
fn what_the_site_refuses_is_said_with_the_studys_line() {
    let text = changed("stop_line_m = 2.5", "stop_line_m = 2.5\napproach = \"fra\"");
    assert!(
        refused(&text)
            .to_string()
            .starts_with("study.toml:8:12: crosswalk zebra has no approach \"fra\"\n    cure: did you mean \"far\"?")
    );
    let text = changed("stop_line_m = 2.5", "stop_line_m = 1.5");
    let said = refused(&text).to_string();
    assert!(
        said.starts_with("study.toml:7:15: the stop line, 1.5 m before the pedestrian's line, lies on crosswalk zebra"),
        "{said}"
    );
    let text = changed("in_view_to_pedestrian_line_m = 60", "in_view_to_pedestrian_line_m = 170");
    let said = refused(&text).to_string();
    assert!(said.starts_with("study.toml:13:11: the target vehicle starts 210.0 m before"), "{said}");
    let text = changed("to_stop_line_m = 50", "to_zone_m = 30");
    let said = refused(&text).to_string();
    assert!(said.starts_with("study.toml:16:10: `soft` at 10 m/s: it would come to rest 18.00 m past"), "{said}");
    let mut one_way = (*street()).clone();
    one_way.approaches.remove(0);
    let said = study(&changed("[braking.soft]", OPPOSITE))
        .plan(whose("p", 1), 1, &[one_way.clone().into()])
        .unwrap_err()
        .to_string();
    assert!(said.starts_with("study.toml:16:11: no lane at crosswalk zebra runs the other way"), "{said}");
    one_way.approaches.clear();
    assert!(
        study(SMALL)
            .plan(whose("p", 1), 1, &[one_way.clone().into()])
            .unwrap_err()
            .to_string()
            .contains("has no approach")
    );
}

#[test]
fn reach_of_the_lanes() {
    assert!((study(HIKER).needed_back_m() - (95.0 + 5.0 * 15.646 + 4.5)).abs() < 1e-9);
    assert_eq!(study(HIKER).needed_ahead_m(), 64.5);
}
