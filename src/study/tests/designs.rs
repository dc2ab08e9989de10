//! Squares, groups and sessions: their properties, counted in whole plans.

use crate::study::testing::{changed, main_cells, street, study, whose, with, with_cells};
use crate::study::{Balance, Study, Whose};
use crate::table::{Scope, TrialKind};
use std::collections::{BTreeMap, BTreeSet};

/// The cells of block `block` of each of these rows.
fn block(study: &Study, rows: impl Iterator<Item = u32>, block: usize) -> Vec<Vec<String>> {
    rows.map(|row| main_cells(&study.plan(whose("P", row), 1, &[street()]).unwrap()).swap_remove(block)).collect()
}

/// How often each cell is at each position.
fn positions(orders: &[Vec<String>]) -> BTreeMap<(usize, &str), usize> {
    let mut counts = BTreeMap::new();
    orders
        .iter()
        .flat_map(|order| order.iter().enumerate())
        .for_each(|(i, c)| *counts.entry((i, c.as_str())).or_insert(0) += 1);
    counts
}

/// How often each cell directly follows each other one.
fn follows(orders: &[Vec<String>]) -> BTreeMap<(&str, &str), usize> {
    let mut counts = BTreeMap::new();
    for pair in orders.iter().flat_map(|order| order.windows(2)) {
        *counts.entry((pair[0].as_str(), pair[1].as_str())).or_insert(0) += 1;
    }
    counts
}

fn squares(kind: &str, n: usize, more: &str) -> Study {
    study(&with_cells(n, &format!("[blocks]\nnumber = 3\n[order]\nkind = \"{kind}\"\n{more}")))
}

#[test]
fn latin_squares_hold_each_cell_once_at_each_position_in_every_block() {
    for n in 2..=12 {
        let study = squares("latin", n, "");
        assert_eq!(study.full_round(), n as u64);
        for b in 0..3 {
            let orders = block(&study, 1..=n as u32, b);
            let counts = positions(&orders);
            assert!(counts.len() == n * n && counts.values().all(|count| *count == 1), "{n}: {orders:?}");
        }
    }
}

#[test]
fn williams_squares_balance_positions_and_carry_over_in_every_block() {
    for n in 2..=12 {
        let study = squares("williams", n, "");
        let rows = if n % 2 == 0 { n } else { 2 * n };
        assert_eq!(study.full_round(), rows as u64);
        for b in 0..3 {
            let orders = block(&study, 1..=rows as u32, b);
            let (at, after) = (positions(&orders), follows(&orders));
            assert!(at.len() == n * n && at.values().all(|count| *count == rows / n), "{n}: {orders:?}");
            assert!(after.len() == n * (n - 1) && after.values().all(|count| *count == rows / n), "{n}: {after:?}");
            assert!(after.keys().all(|(a, b)| a != b));
        }
    }
}

#[test]
fn a_person_has_other_rows_of_the_square_in_other_blocks_and_catch_trials_are_never_first() {
    let study = squares("williams", 4, "");
    let plan = study.plan(whose("P", 2), 1, &[street()]).unwrap();
    let blocks: BTreeSet<_> = main_cells(&plan).into_iter().collect();
    assert_eq!(blocks.len(), 3);
    assert_eq!(plan.iter().filter(|t| t.kind == TrialKind::Catch).count(), 3);
    assert!(plan.iter().all(|t| t.kind == TrialKind::Main || t.block_trial_n > 1));
}

#[test]
fn the_first_square_of_williams_is_the_textbooks() {
    // Williams 1949: for four treatments 1 2 4 3, then each moved on by one.
    let orders = block(&squares("williams", 4, ""), 1..=4, 0);
    let orders: Vec<String> = orders.iter().map(|order| order.concat().replace('l', "")).collect();
    assert_eq!(orders, ["0132", "1203", "2310", "3021"]);
    let orders = block(&squares("williams", 3, ""), 1..=6, 0);
    let orders: Vec<String> = orders.iter().map(|order| order.concat().replace('l', "")).collect();
    assert_eq!(orders, ["012", "210", "120", "021", "201", "102"]);
}

#[test]
fn the_balance_that_is_printed_is_the_one_counted_here() {
    let study = squares("williams", 5, "");
    let plans: Vec<_> = (1..=10).map(|row| study.plan(whose("P", row), 1, &[street()]).unwrap()).collect();
    let balance = Balance::of(study.cell_ids(), plans.iter().map(Vec::as_slice));
    assert_eq!((balance.position_range(), balance.follow_range(), balance.repeats()), ([6, 6], [6, 6], 0));
    let fewer = Balance::of(study.cell_ids(), plans.iter().take(9).map(Vec::as_slice));
    assert_ne!(fewer.position_range()[0], fewer.position_range()[1]);
    // Two rows end to end: what one ends with is followed by what the next begins with.
    let twice = squares("latin", 3, "").plan(whose("P", 1), 1, &[street()]).unwrap();
    let balance = Balance::of(study.cell_ids(), [twice.as_slice()]);
    assert_eq!(balance.follows[0], [0, 2, 0, 0, 0], "l0 l1 l2, l1 l2 l0, l2 l0 l1");
}

#[test]
fn repetitions_in_a_block_are_further_rows_of_the_square() {
    let text = with_cells(3, "[blocks]\nnumber = 2\nrepetitions_per_block = 2\n[order]\nkind = \"latin\"\n");
    let plan = study(&text).plan(whose("P", 1), 1, &[street()]).unwrap();
    assert_eq!(main_cells(&plan)[0].concat(), "l0l1l2l1l2l0");
    assert_eq!(main_cells(&plan)[1].concat(), "l2l0l1l0l1l2");
}

const GROUPS: &str = "[groups.light]\noff = {}\non = { ehmi = \"grail\" }\n[groups.told]\nno = {}\nyes = {}\n";

#[test]
fn every_so_many_rows_hold_each_group_once() {
    let study = squares("williams", 3, GROUPS);
    assert_eq!((study.group_count(), study.full_round()), (4, 24));
    let mut orders = BTreeSet::new();
    for seed in 0..20 {
        for round in 0..10 {
            let names: Vec<_> = (1..=4).map(|i| study.group_name(4 * round + i, seed).unwrap()).collect();
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 4, "{names:?}");
            orders.insert(names);
        }
    }
    assert_eq!(orders.len(), 24, "200 draws of 24 orders: all come");
    assert_eq!(squares("latin", 3, "").group_name(1, 1), None);
}

#[test]
fn squares_are_balanced_within_each_group() {
    let study = squares("williams", 3, GROUPS);
    for group in ["off+no", "off+yes", "on+no", "on+yes"] {
        let rows = || (1..=24).filter(|row| study.group_name(*row, 1).as_deref() == Some(group));
        for b in 0..3 {
            let orders = block(&study, rows(), b);
            assert_eq!(orders.len(), 6);
            assert!(positions(&orders).values().all(|count| *count == 2));
            assert!(follows(&orders).values().all(|count| *count == 2) && follows(&orders).len() == 6);
        }
    }
}

#[test]
fn who_takes_over_a_row_takes_over_its_group_and_its_row_of_the_square() {
    let study = squares("williams", 4, GROUPS);
    let of = |code: &str, row| study.plan(whose(code, row), 9, &[street()]).unwrap();
    for row in 1..=16 {
        let (before, after) = (of("A1", row), of("B2", row));
        assert_eq!(main_cells(&before), main_cells(&after));
        let group = |plan: &[crate::kernel::spec::TrialSpec]| -> Vec<_> {
            plan[0].conditions.iter().filter(|c| c.scope == Scope::Between).cloned().collect()
        };
        assert_eq!(group(&before), group(&after));
    }
    // A drop-out after row 5 who is refilled leaves every count as it was.
    let whole: Vec<_> = (1..=16).map(|row| of(if row == 5 { "NEW" } else { "OLD" }, row)).collect();
    let balance = Balance::of(study.cell_ids(), whole.iter().map(Vec::as_slice));
    assert_eq!((balance.position_range(), balance.follow_range()), ([12, 12], [12, 12]));
}

#[test]
fn group_and_session_stand_in_the_conditions_and_set_what_they_set() {
    let text = with_cells(
        2,
        "[groups.light]\noff = {}\non = { ehmi = \"grail\" }\n[sessions]\norder = \"rotate\"\n[sessions.factor.place]\nfield = { headway_s = 5 }\nvr = {}\n",
    );
    let study = study(&text);
    assert_eq!((study.sessions.number, study.sessions.rotate), (2, true));
    for row in 1..=8 {
        for session_n in 1..=2 {
            let plan = study.plan(Whose { participant: "P", plan_row: row, session_n }, 3, &[street()]).unwrap();
            let group = study.group_name(row, 3).unwrap();
            let place = ["field", "vr"][((row as usize - 1) / 2 + session_n as usize - 1) % 2];
            for trial in plan {
                let of = |scope| {
                    trial.conditions.iter().find(|c| c.scope == scope).map(|c| (c.factor.as_str(), c.level.as_str()))
                };
                assert_eq!(of(Scope::Between), Some(("light", group.as_str())));
                assert_eq!(of(Scope::Session), Some(("place", place)));
                assert_eq!(trial.target().unwrap().ehmi.name, if group == "on" { "grail" } else { "none" });
                let headway = trial.conditions.iter().find(|c| c.factor == "leading.headway_s").unwrap();
                assert_eq!(headway.level, if place == "field" { "5" } else { "4" });
            }
        }
    }
}

#[test]
fn orders_of_sessions_are_crossed_with_the_rows_of_the_square() {
    let text = with_cells(
        4,
        "[order]\nkind = \"williams\"\n[sessions]\norder = \"rotate\"\n[sessions.factor.place]\na = {}\nb = {}\n",
    );
    let study = study(&text);
    assert_eq!(study.full_round(), 8);
    for session_n in 1..=2 {
        for level in ["a", "b"] {
            let rows = (1..=8).filter(|row| study.session_level(*row, session_n).unwrap().name == level);
            let orders: Vec<Vec<String>> = rows
                .map(|plan_row| {
                    let whose = Whose { participant: "P", plan_row, session_n };
                    main_cells(&study.plan(whose, 1, &[street()]).unwrap()).swap_remove(0)
                })
                .collect();
            assert!(orders.len() == 4 && positions(&orders).values().all(|count| *count == 1), "{orders:?}");
        }
    }
}

#[test]
fn a_later_session_of_several_draws_its_own_orders() {
    let once = study(&with("[blocks]\nnumber = 8\n"));
    let twice = study(&with("[blocks]\nnumber = 8\n[sessions]\nnumber = 2\n"));
    let plan = |study: &Study, session_n| {
        main_cells(&study.plan(Whose { participant: "P", plan_row: 1, session_n }, 1, &[street()]).unwrap())
    };
    assert_eq!(plan(&once, 1), plan(&once, 2));
    assert_eq!(plan(&once, 1), plan(&twice, 1));
    assert_ne!(plan(&twice, 1), plan(&twice, 2));
}

#[test]
fn practice_is_as_long_as_it_can_become() {
    let criterion = "criterion = { in_a_row = 3, outcomes = [\"before\", \"after\"], most_trials = 9 }";
    let study = study(&with(&format!("[practice]\ntrials = 4\n{criterion}\n")));
    let plan = study.plan(whose("P", 1), 1, &[street()]).unwrap();
    assert_eq!(plan.iter().filter(|t| t.kind == TrialKind::Practice).count(), 9);
    assert_eq!((study.trial_count(), study.practice_trials()), (9 + 3, 9));
    assert!(!study.criterion.unwrap().or_end);
}

#[test]
fn the_squares_plan_never_changes_between_versions() {
    let study = study(&changed(
        "[catch]",
        "[factors.speed]\nslow = { speed_mps = 8 }\nfast = { speed_mps = 10 }\n[groups.told]\nno = {}\nyes = {}\n[order]\nkind = \"williams\"\n[catch]",
    ));
    let plan = study.plan(whose("K7Q2MR", 5), 2023, &[street()]).unwrap();
    let cells: Vec<&str> = plan.iter().map(|t| t.cell_id.as_str()).collect();
    let groups: String =
        (1..=12).filter_map(|row| study.group_name(row, 2023)).map(|name| name[..1].to_owned()).collect();
    assert_eq!(
        (cells.join(" ").as_str(), groups.as_str()),
        ("on+slow on+fast off+fast off+slow catch", "nyynnynyynyn")
    );
}
