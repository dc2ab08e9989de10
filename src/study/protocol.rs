//! Reading what surrounds the trials: codes, sessions, consent, instructions, pauses and the room.

use super::design;
use super::model::{Consent, Factor, IfShort, Instruction, Moment, Pause, Room, Sessions};
use super::settings::Names;
use crate::document::{Table, Value, shown};

/// Reads `[participants]`: the form of codes.
pub(super) fn code_pattern(table: &Table<'_>) -> Option<String> {
    let value = table.value("code_pattern");
    table.finish(&[]);
    let value = value?;
    let pattern = value.text()?;
    let plain = pattern.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !plain || pattern.len() > 20 {
        let what = format!("\"{}\" cannot be the form of codes: folders are named after them", shown(&pattern));
        value.source().wrong(value.at(), what, "use letters, digits and _, at most 20, such as \"P999\"");
    } else if !pattern.contains(['9', 'A']) {
        let what = format!("the form \"{pattern}\" has one code only: no 9 for a digit and no A for a letter");
        value.source().wrong(
            value.at(),
            what,
            "write 9 for each digit and A for each capital letter, such as \"P999\"",
        );
    }
    Some(pattern)
}

/// Reads `[sessions]`; `before` are the other factors.
pub(super) fn sessions(table: &Table<'_>, names: &Names<'_>, before: &[Factor]) -> Sessions {
    let number = table.value("number");
    let order = table.value("order");
    let factors = table.table("factor");
    let mut found = design::outer_factors(&factors, names, before);
    table.finish(&[]);
    if found.len() > 1 {
        let what = format!("{} factors vary between sessions, but at most one can", found.len());
        factors.source().wrong(factors.at(), what, "keep one; let the others vary within subjects or between groups");
    }
    let factor = if found.is_empty() { None } else { Some(found.swap_remove(0)) };
    if let Some(value) = order.as_ref().filter(|_| factor.is_none()) {
        let cure = "take `order` out, or add [sessions.factor.NAME] with a level for each session";
        value.source().wrong(value.key_at(), "`order` orders the levels of a factor, but there is none", cure);
    }
    let rotate = order.and_then(|v| v.word(&["fixed", "rotate"])).is_some_and(|word| word == "rotate");
    Sessions { number: number_of(number, factor.as_ref()), factor, rotate }
}

/// How many sessions: as many as the factor has levels.
fn number_of(value: Option<Value<'_>>, factor: Option<&Factor>) -> u32 {
    let levels = factor.and_then(|factor| u32::try_from(factor.levels.len()).ok());
    let number = value.as_ref().and_then(|v| v.i64_in(1..=100)).and_then(|n| u32::try_from(n).ok());
    if let (Some(value), Some(number), Some(levels)) = (value, number, levels)
        && number != levels
    {
        let what = format!("{number} sessions cannot have one level each of a factor with {levels}");
        value.source().wrong(value.at(), what, format!("write number = {levels}, or leave it out"));
    }
    number.or(levels).unwrap_or(1)
}

/// Reads `[consent]`.
pub(super) fn consent(table: &Table<'_>) -> Option<Consent> {
    if !table.exists() {
        return None;
    }
    let consent = Consent { version: table.text("version"), text: table.text("text") };
    table.finish(&[]);
    Some(consent)
}

/// Reads `[[instructions]]`.
pub(super) fn instructions(value: Option<Value<'_>>, practice: bool) -> Vec<Instruction> {
    let mut found = Vec::new();
    for value in value.and_then(|v| v.list()).unwrap_or_default().iter().take(100) {
        let Some(table) = value.table() else { continue };
        let at = table.word("at", Moment::WORDS).and_then(|word| Moment::from_word(&word));
        let text = table.text("text");
        table.finish(&[]);
        if at == Some(Moment::Practice) && !practice {
            let what = "these instructions come before practice, but there is none";
            value.source().wrong(value.at(), what, "add [practice], or write at = \"block\"");
        }
        found.extend(at.map(|at| Instruction { at, text }));
    }
    found
}

/// Reads `[pause]`.
pub(super) fn pause(table: &Table<'_>, blocks: u32) -> Option<Pause> {
    if !table.exists() {
        return None;
    }
    let pause = Pause { least_s: table.opt_f64_in("least_s", 0.0..=3600.0).unwrap_or(0.0), text: table.text("text") };
    table.finish(&[]);
    if blocks < 2 {
        let what = "a pause follows each block but the last, but there is one block only";
        table.source().warn(table.at(), what, "take [pause] out, or add blocks");
    }
    Some(pause)
}

/// Reads `[room]`.
pub(super) fn room(table: &Table<'_>) -> Room {
    let depth = table.value("depth_m");
    let if_short = table.value("if_short");
    if let Some(value) = if_short.as_ref().filter(|_| depth.is_none()) {
        let what = "`if_short` does nothing while the room's depth is not given";
        value.source().wrong(value.key_at(), what, "add depth_m, or take if_short out");
    }
    let room = Room {
        place: depth.as_ref().map_or_else(|| table.place(), |v| v.place()),
        depth_m: depth.and_then(|v| v.f64_in(0.5..=1000.0)),
        if_short: if_short
            .and_then(|v| v.word(IfShort::WORDS))
            .and_then(|word| IfShort::from_word(&word))
            .unwrap_or(IfShort::Refuse),
        alternate_sides: table.value("alternate_sides").and_then(|v| v.boolean()).unwrap_or(false),
    };
    table.finish(&[]);
    room
}
