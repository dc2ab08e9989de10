//! Limits to runs: they hold in every order that is drawn, and are refused where no order can hold them.

use crate::kernel::rng::Rng;
use crate::study::runs::{Found, Limits};
use crate::study::testing::{changed, main_cells, street, study, whose};
use std::collections::BTreeMap;

/// Two factors of two levels, in so many blocks and repetitions, with these limits.
fn two_by_two(blocks: u32, repetitions: u32, limits: &str) -> String {
    let more = format!(
        "[factors.speed]\nslow = {{ speed_mps = 8 }}\nfast = {{ speed_mps = 10 }}\n[blocks]\nnumber = {blocks}\nrepetitions_per_block = {repetitions}\n[order]\nlongest_run = {{ {limits} }}\n[catch]"
    );
    changed("[catch]", &more)
}

fn longest(cells: &[String], of: impl Fn(&str) -> String) -> usize {
    cells.chunk_by(|a, b| of(a) == of(b)).map(<[String]>::len).max().unwrap()
}

#[test]
fn limits_hold_over_the_whole_session_for_many_people_and_seeds() {
    for (blocks, repetitions, limits, light, speed, cell) in [
        (3, 1, "light = 1", 1, 99, 99),
        (4, 3, "light = 2, cell = 1", 2, 99, 1),
        (2, 5, "light = 1, speed = 2", 1, 2, 99),
        (5, 1, "light = 2, speed = 2, cell = 1", 2, 2, 1),
        (2, 10, "cell = 1", 99, 99, 1),
        (1, 25, "light = 1", 1, 99, 99),
    ] {
        let study = study(&two_by_two(blocks, repetitions, limits));
        let mut orders = std::collections::BTreeSet::new();
        for seed in 0..40 {
            let plan = study.plan(whose(&format!("P{seed}"), 1), seed, &[street()]).unwrap();
            let in_blocks = main_cells(&plan);
            for block in &in_blocks {
                let mut counts = BTreeMap::new();
                block.iter().for_each(|cell| *counts.entry(cell).or_insert(0) += 1);
                assert!(counts.len() == 4 && counts.values().all(|n| *n == repetitions), "{counts:?}");
            }
            let cells = in_blocks.concat();
            let part = |i: usize| move |cell: &str| cell.split('+').nth(i).unwrap().to_owned();
            assert!(longest(&cells, part(0)) <= light, "{limits}: {cells:?}");
            assert!(longest(&cells, part(1)) <= speed, "{limits}: {cells:?}");
            assert!(longest(&cells, str::to_owned) <= cell, "{limits}: {cells:?}");
            orders.insert(cells);
        }
        assert!(orders.len() > 20, "{limits}: orders differ between people");
    }
}

#[track_caller]
fn refused(text: &str, says: &str) {
    let said = crate::study::read("s", text).expect_err("refused").to_string();
    assert!(said.contains(says), "{said}");
}

#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    refused(
        &two_by_two(1, 1, "light = 1, speed = 1"),
        "s:37:25: no order of 4 trials a block keeps all of these limits: light = 1, speed = 1; without one",
    );
    refused(&two_by_two(2, 3, "light = 1, cell = 2, speed = 1"), "limits: light = 1, speed = 1; without one");
    let single = changed("[factors.light]\noff = {}\non = { ehmi = \"bar\" }\n", "")
        .replace("effects = { \"light=on\" = 0.5 }", "")
        + "[blocks]\nnumber = 2\nrepetitions_per_block = 3\n[order]\nlongest_run = { cell = 2 }\n";
    refused(
        &single,
        "6 of the 6 trials have the same cell; at most 2 in a row need 2 others between them, but there are 0",
    );
}

/// Whether any order of one block holds, by trying all.
fn any_order(limits: &Limits, order: &mut Vec<usize>) -> bool {
    let holds = limits
        .levels
        .iter()
        .zip(&limits.longest)
        .all(|(levels, longest)| order.chunk_by(|a, b| levels[*a] == levels[*b]).all(|run| run.len() <= *longest));
    if !holds || order.len() == limits.block() {
        return holds;
    }
    (0..limits.cells).any(|cell| {
        if order.iter().filter(|other| **other == cell).count() == limits.repetitions {
            return false;
        }
        order.push(cell);
        let found = any_order(limits, order);
        order.pop();
        found
    })
}

#[test]
fn deciding_agrees_with_trying_every_order() {
    let (mut possible, mut impossible) = (0, 0);
    let mut rng = Rng::named(&["limits for the test"]);
    for _ in 0..400 {
        let (cells, repetitions) = (1 + rng.index(4), 1 + rng.index(2));
        let n = 1 + rng.index(2);
        let levels = (0..n).map(|_| (0..cells).map(|_| rng.index(2)).collect()).collect();
        let longest = (0..n).map(|_| 1 + rng.index(2)).collect();
        let limits = Limits { levels, longest, cells, repetitions, blocks: 1 };
        let truth = any_order(&limits, &mut Vec::new());
        match limits.decide() {
            Found::Order(order) => assert!(truth && order.len() == limits.block()),
            Found::Impossible => assert!(!truth, "{limits:?}"),
            Found::Undecided => panic!("{limits:?}"),
        }
        assert_eq!(limits.draw(&mut Rng::named(&["a draw"])).is_some(), truth);
        if truth { possible += 1 } else { impossible += 1 }
    }
    assert!(possible > 50 && impossible > 50, "{possible} {impossible}");
}

#[test]
fn large_designs_are_decided_soon() {
    let cells = 500;
    let levels = vec![(0..cells).map(|c| c % 2).collect(), (0..cells).map(|c| c / 250).collect(), (0..cells).collect()];
    let limits = Limits { levels, longest: vec![1, 2, 1], cells, repetitions: 1, blocks: 2 };
    let order = limits.draw(&mut Rng::named(&["large"])).expect("an order");
    assert_eq!(order.len(), 1000);
    let hard = Limits { longest: vec![1, 1, 1], ..limits };
    assert!(!matches!(hard.decide(), Found::Order(_)));
}
