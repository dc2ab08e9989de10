//! `kerbside plan`: everybody's order, and how balanced it is.

use super::args::Plan;
use super::run::read_study;
use super::{plan_text, say};
use crate::kernel::rng::Rng;
use crate::kernel::spec::{Condition, TrialSpec};
use crate::lab::{Overrides, Prepared};
use crate::problem::{Outcome, Problem};
use crate::study::{Balance, Order, Whose};
use crate::table::Scope;
use serde_json::Value;
use serde_json::json;
use std::collections::BTreeSet;

/// One session of one row of the plan.
pub struct Planned {
    /// Row of the plan, from 1.
    pub plan_row: u32,
    /// Its group; none without between-subject factors.
    pub group: Option<String>,
    /// Session, from 1.
    pub session_n: u32,
    /// Level of the session's factor.
    pub session_level: Option<String>,
    /// Its trials.
    pub trials: Vec<TrialSpec>,
}

/// Prints the plan of a study.
pub fn plan(args: &Plan) -> Outcome<()> {
    let overrides = Overrides {
        map: args.map.clone(),
        crosswalk: args.crosswalk.clone(),
        approach: args.approach.clone(),
        seed: args.seed,
    };
    let prepared = read_study(&args.study, &overrides)?;
    let rows = args.participants.unwrap_or_else(|| usual_rows(prepared.study.full_round()));
    let sessions = everybody(&prepared, rows)?;
    let text = if args.csv {
        csv(&prepared, &sessions)?
    } else if args.json {
        format!("{:#}", as_json(&prepared, rows, &sessions))
    } else {
        plan_text::text(&prepared, rows, &sessions)
    };
    Ok(say::line(text.trim_end())?)
}

/// One full round, doubled and so on to four people or more, at most 24.
fn usual_rows(round: u64) -> u32 {
    let round = u32::try_from(round).unwrap_or(24).clamp(1, 24);
    (4_u32.div_ceil(round) * round).min(24)
}

/// Whether the order depends on the participant's code.
pub fn drawn(prepared: &Prepared) -> bool {
    prepared.study.order == Order::Random
}

fn everybody(prepared: &Prepared, rows: u32) -> Outcome<Vec<Planned>> {
    let study = &prepared.study;
    let mut all = Vec::new();
    for plan_row in 1..=rows {
        let mut rng = Rng::named(&["placeholder codes", &plan_row.to_string()]);
        let code = study.draw_code(|of| rng.below(of));
        for session_n in 1..=study.sessions.number {
            let whose = Whose { participant: &code, plan_row, session_n };
            all.push(Planned {
                plan_row,
                group: study.group_name(plan_row, prepared.seed),
                session_n,
                session_level: study.session_level(plan_row, session_n).map(|level| level.name.clone()),
                trials: study.plan(whose, prepared.seed, &prepared.sites)?,
            });
        }
    }
    Ok(all)
}

/// The balance of everybody's orders, and of each group's where there are groups: what it is of, and the counts.
pub fn balances(prepared: &Prepared, sessions: &[Planned]) -> Vec<(Option<String>, Balance)> {
    let of = |group: Option<&String>| {
        let mine = sessions.iter().filter(|session| group.is_none() || session.group.as_ref() == group);
        Balance::of(prepared.study.cell_ids(), mine.map(|session| session.trials.as_slice()))
    };
    let groups: BTreeSet<&String> = sessions.iter().filter_map(|session| session.group.as_ref()).collect();
    let mut all = vec![(None, of(None))];
    all.extend(groups.into_iter().map(|group| (Some(group.clone()), of(Some(group)))));
    all
}

/// The study's factors in a trial, group and session among them.
fn levels(trial: &TrialSpec) -> impl Iterator<Item = &Condition> {
    trial.conditions.iter().filter(|condition| condition.scope != Scope::Setting)
}

fn csv(prepared: &Prepared, sessions: &[Planned]) -> Outcome<String> {
    let failed = |e: csv::Error| Problem::file("the plan", e.to_string(), "");
    let mut writer = csv::Writer::from_writer(Vec::new());
    let study = &prepared.study;
    let mut header: Vec<&str> =
        vec!["plan_row", "group", "session_n", "plan_n", "block_n", "block_trial_n", "kind", "cell_id", "repetition_n"];
    let factors = study.factors.iter().chain(&study.groups).chain(&study.sessions.factor);
    header.extend(factors.map(|factor| factor.name.as_str()));
    writer.write_record(&header).map_err(failed)?;
    let or_na = |n: Option<u32>| n.map_or_else(|| "NA".to_owned(), |n| n.to_string());
    for session in sessions {
        for trial in &session.trials {
            let mut row = vec![
                session.plan_row.to_string(),
                session.group.clone().unwrap_or_else(|| "NA".to_owned()),
                session.session_n.to_string(),
                trial.plan_n.to_string(),
                or_na(trial.block_n),
                trial.block_trial_n.to_string(),
                trial.kind.word().to_owned(),
                trial.cell_id.clone(),
                or_na(trial.repetition_n),
            ];
            row.extend(levels(trial).map(|condition| condition.level.clone()));
            writer.write_record(&row).map_err(failed)?;
        }
    }
    let bytes = writer.into_inner().map_err(|e| Problem::file("the plan", e.to_string(), ""))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn as_json(prepared: &Prepared, rows: u32, sessions: &[Planned]) -> Value {
    let study = &prepared.study;
    let trial = |trial: &TrialSpec| {
        let levels: serde_json::Map<String, Value> =
            levels(trial).map(|condition| (condition.factor.clone(), json!(condition.level))).collect();
        json!({
            "plan_n": trial.plan_n, "block_n": trial.block_n, "block_trial_n": trial.block_trial_n,
            "kind": trial.kind.word(), "cell_id": trial.cell_id, "repetition_n": trial.repetition_n,
            "site": trial.site, "levels": levels,
        })
    };
    let session = |session: &Planned| {
        json!({
            "plan_row": session.plan_row, "group": session.group, "session_n": session.session_n,
            "session_level": session.session_level,
            "trials": session.trials.iter().map(trial).collect::<Vec<_>>(),
        })
    };
    let balance = |(group, balance): &(Option<String>, Balance)| {
        let (positions, follows) = (balance.position_range(), balance.follow_range());
        json!({
            "group": group, "cells": balance.cells,
            "positions": { "counts": balance.positions, "range": positions, "balanced": positions[0] == positions[1] },
            "carry_over": {
                "counts": balance.follows, "range": follows, "balanced": follows[0] == follows[1],
                "repeats": balance.repeats(),
            },
        })
    };
    json!({
        "study": study.name, "seed": prepared.seed, "order": study.order.word(), "participants": rows,
        "full_round": study.full_round(), "drawn_anew_for_real_codes": drawn(prepared),
        "trials_per_session": study.trial_count(), "estimated_s": study.estimated_s(),
        "sessions": sessions.iter().map(session).collect::<Vec<_>>(),
        "balance": balances(prepared, sessions).iter().map(balance).collect::<Vec<_>>(),
    })
}
