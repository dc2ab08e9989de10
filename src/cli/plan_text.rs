//! The plan in words, at most 100 columns wide.

use super::plan::{Planned, balances, drawn};
use super::say::count;
use crate::kernel::spec::TrialSpec;
use crate::lab::Prepared;
use crate::study::{Balance, Study};
use crate::table::TrialKind;

/// Lines are no longer, one long word apart.
const COLUMNS: usize = 100;
/// More cells than this are not printed as a table: --json has every count.
const MOST_CELLS: usize = 8;

/// Everything that the plan says.
pub fn text(prepared: &Prepared, rows: u32, sessions: &[Planned]) -> String {
    let study = &prepared.study;
    let mut out = format!("{}: {}\n\n", study.name, study.title);
    out += &session_contents(study);
    out += &format!("\norder: {}, seed {}; ", study.order.word(), prepared.seed);
    let round = usize::try_from(study.full_round()).unwrap_or(usize::MAX);
    out += &format!("a full round is {}; shown: {rows}\n", count(round, "participant"));
    if drawn(prepared) {
        out += "Orders are drawn by each participant's code. These are of made-up codes: real ones draw others.\n";
    }
    out.push('\n');
    out += &orders(sessions);
    for (group, balance) in balances(prepared, sessions) {
        out.push('\n');
        out += &balance_text(group.as_deref(), &balance);
    }
    out
}

/// What a session consists of, a line each.
fn session_contents(study: &Study) -> String {
    let mut parts = Vec::new();
    let mut part = |what: &str, text: String| parts.push(wrapped(&format!("  {what:<12}"), &text));
    let asked = &study.questionnaires;
    if let Some(consent) = &study.consent {
        part("consent", format!("version {}", consent.version));
    }
    if !asked.before.is_empty() {
        part("before", asked.before.join(", "));
    }
    if let Some(practice) = &study.practice {
        part("practice", practice_text(study, practice.trials));
    }
    let catch = study.catch.as_ref().map_or(0, |catch| catch.trials);
    let main = study.cell_ids().len() * usize::try_from(study.repetitions_per_block).unwrap_or(1);
    let catch = if catch > 0 { format!(" and {catch} catch") } else { String::new() };
    let blocks = count(usize::try_from(study.blocks).unwrap_or(1), "block");
    part("blocks", format!("{blocks} of {}{catch}", count(main, "trial")));
    if !study.items.is_empty() {
        part("each trial", count(study.items.len(), "question"));
    }
    if !asked.after_block.is_empty() {
        part("each block", asked.after_block.join(", "));
    }
    if let Some(pause) = study.pause.as_ref().filter(|_| study.blocks > 1) {
        part("pauses", format!("at least {} s after each block but the last", pause.least_s));
    }
    if !asked.after.is_empty() {
        part("after", asked.after.join(", "));
    }
    let minutes = study.estimated_s().map(|s| (s / 60.0).ceil());
    let minutes =
        if minutes[0] < minutes[1] { format!("{} to {}", minutes[0], minutes[1]) } else { minutes[1].to_string() };
    part("in all", format!("at most {}, about {minutes} min (an estimate)", count(trials(study), "trial")));
    let sessions = match &study.sessions.factor {
        Some(factor) => {
            let levels: Vec<&str> = factor.levels.iter().map(|level| level.name.as_str()).collect();
            format!("one of {} per participant ({}: {}):\n", study.sessions.number, factor.name, levels.join(", "))
        }
        None if study.sessions.number > 1 => format!("one of {} per participant:\n", study.sessions.number),
        None => "\n".to_owned(),
    };
    format!("a session, {sessions}{}", parts.concat()).replace("a session, \n", "a session:\n")
}

fn trials(study: &Study) -> usize {
    usize::try_from(study.trial_count()).unwrap_or(usize::MAX)
}

fn practice_text(study: &Study, least: u32) -> String {
    let Some(criterion) = &study.criterion else {
        return count(usize::try_from(least).unwrap_or(0), "trial");
    };
    let outcomes: Vec<&str> = criterion.outcomes.iter().map(|outcome| outcome.word()).collect();
    let or_end = if criterion.or_end { ", or the session ends" } else { "" };
    let (row, most) = (criterion.in_a_row, criterion.most_trials);
    format!("{least} to {most} trials, until {row} in a row end {}{or_end}", outcomes.join(" or "))
}

/// A line for each block of each session.
fn orders(sessions: &[Planned]) -> String {
    let name = |planned: &Planned| match &planned.session_level {
        Some(level) => format!("{} {level}", planned.session_n),
        None => planned.session_n.to_string(),
    };
    let wide =
        |of: &dyn Fn(&Planned) -> usize, title: &str| sessions.iter().map(of).max().unwrap_or(0).max(title.len());
    let groups = sessions.iter().any(|planned| planned.group.is_some());
    let several = sessions.iter().any(|planned| planned.session_n > 1);
    let group_w = wide(&|planned| planned.group.as_ref().map_or(0, String::len), "group");
    let session_w = wide(&|planned| name(planned).len(), "session");
    let lead = |row: &str, group: &str, session: &str, block: &str| {
        let group = if groups { format!("  {group:<group_w$}") } else { String::new() };
        let session = if several { format!("  {session:<session_w$}") } else { String::new() };
        format!("{row:>5}{group}{session}  {block:<8}  ")
    };
    let mut out = format!("{}cells in order\n", lead("row", "group", "session", "block"));
    for planned in sessions {
        for block in planned.trials.chunk_by(|a, b| a.block_n == b.block_n) {
            let n =
                block.first().and_then(|trial| trial.block_n).map_or_else(|| "practice".to_owned(), |n| n.to_string());
            let lead = lead(&planned.plan_row.to_string(), planned.group.as_deref().unwrap_or(""), &name(planned), &n);
            out += &wrapped(&lead, &cells(block));
        }
    }
    out
}

/// The cells of a block in order; practice is all alike.
fn cells(block: &[TrialSpec]) -> String {
    match block.first() {
        Some(trial) if trial.kind == TrialKind::Practice => format!("{} x {}", shown(trial), block.len()),
        _ => block.iter().map(shown).collect::<Vec<_>>().join(" "),
    }
}

/// A trial's cell; what is no cell of the design in brackets.
fn shown(trial: &TrialSpec) -> String {
    if trial.kind == TrialKind::Main { trial.cell_id.clone() } else { format!("[{}]", trial.kind.word()) }
}

/// Words after a lead, broken at the width and put below each other.
fn wrapped(lead: &str, text: &str) -> String {
    let (mut out, mut line) = (String::new(), lead.to_owned());
    for word in text.split(' ') {
        if line.len() > lead.len() && line.chars().count() + word.chars().count() >= COLUMNS {
            out += line.trim_end();
            out.push('\n');
            line = " ".repeat(lead.chars().count());
        }
        line += word;
        line.push(' ');
    }
    out + line.trim_end() + "\n"
}

fn balance_text(group: Option<&str>, balance: &Balance) -> String {
    let of = group.map_or_else(String::new, |group| format!(", group {group}"));
    let verdict = |[least, most]: [u32; 2]| {
        if least == most { format!("balanced: {least} each") } else { format!("not balanced: from {least} to {most}") }
    };
    let mut out = format!("positions{of} (how often a cell is at a position of a block): ");
    out += &format!("{}\n", verdict(balance.position_range()));
    if group.is_none() {
        out += &table(&balance.cells, &balance.positions, &|i| (i + 1).to_string());
    }
    out += &format!("carry-over{of} (how often a cell directly follows another): {}", verdict(balance.follow_range()));
    if balance.repeats() > 0 {
        out += &format!("; {} times itself", balance.repeats());
    }
    out.push('\n');
    if group.is_none() {
        out += &table(&balance.cells, &balance.follows, &|i| balance.cells.get(i).cloned().unwrap_or_default());
    }
    out
}

/// Counts by cell; nothing where they would not fit.
fn table(cells: &[String], counts: &[Vec<u32>], title: &dyn Fn(usize) -> String) -> String {
    let columns = counts.iter().map(Vec::len).max().unwrap_or(0);
    let titles: Vec<String> = (0..columns).map(title).collect();
    let widest = |names: &[String]| names.iter().map(String::len).max().unwrap_or(0).max(3);
    let (cell_w, column_w) = (widest(cells), widest(&titles));
    if cells.len() > MOST_CELLS || 2 + cell_w + columns * (column_w + 2) > COLUMNS {
        return "  (too many to print here: --json has every count)\n".to_owned();
    }
    let row = |name: &str, values: &[String]| {
        let values: String = values.iter().map(|value| format!("  {value:>column_w$}")).collect();
        format!("  {name:<cell_w$}{values}\n")
    };
    let mut out = row("", &titles);
    for (cell, counts) in cells.iter().zip(counts) {
        out += &row(cell, &counts.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    out
}
