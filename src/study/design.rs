//! Reading the design: factors, practice and catch trials, blocks, order, items.

use super::language::language;
use super::model::{Criterion, Extra, Factor, Level, LongestRun, Order, Settings};
use super::settings::{Names, settings};
use crate::document::{Table, Value, meant, shown};
use crate::kernel::spec::Item;
use crate::table::TrialOutcome;

/// Reads `[factors]`: within subjects, so its levels must differ in what they set.
pub(super) fn factors(table: &Table<'_>, names: &Names<'_>) -> Vec<Factor> {
    all_factors(table, names, &[], true)
}

/// Reads `[groups]` or `[sessions.factor]`: what its levels mean may lie outside the trials, so they may set nothing.
/// `before` are the factors that it must not collide with.
pub(super) fn outer_factors(table: &Table<'_>, names: &Names<'_>, before: &[Factor]) -> Vec<Factor> {
    all_factors(table, names, before, false)
}

fn all_factors(table: &Table<'_>, names: &Names<'_>, before: &[Factor], differ: bool) -> Vec<Factor> {
    let mut all: Vec<Factor> = before.to_vec();
    for (name, value) in table.named() {
        let (Some(table), so_far) = (value.table(), value.source().wrong_so_far()) else { continue };
        let levels = levels(&table, names, differ);
        if levels.len() < 2 && value.source().wrong_so_far() == so_far {
            let what = format!("the factor `{name}` has {} level, but needs two or more", levels.len());
            value.source().wrong(value.key_at(), what, "add a level, or put what it sets into [settings]");
        }
        let factor = Factor { name, levels };
        if all.iter().any(|other| other.name == factor.name) {
            let what = format!("there is a factor `{}` already", factor.name);
            value.source().wrong(value.key_at(), what, "give each factor its own name");
        }
        refuse_same_key(&all, &factor, &value);
        all.push(factor);
    }
    all.split_off(before.len())
}

fn levels(table: &Table<'_>, names: &Names<'_>, differ: bool) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    let before = table.source().wrong_so_far();
    for (name, value) in table.named() {
        let Some(table) = value.table() else { continue };
        let level = Level { name, settings: settings(&table, names) };
        // A setting that could not be read says nothing about sameness.
        let same = levels.iter().find(|other| differ && other.settings == level.settings);
        if let Some(same) = same.filter(|_| value.source().wrong_so_far() == before) {
            let what = format!("the levels `{}` and `{}` set the same", same.name, level.name);
            value.source().wrong(value.key_at(), what, "let them differ, or leave one out");
        }
        levels.push(level);
    }
    levels
}

/// Two factors that set the same key would hide each other.
fn refuse_same_key(before: &[Factor], factor: &Factor, value: &Value<'_>) {
    let keys =
        |factor: &Factor| -> Vec<&'static str> { factor.levels.iter().flat_map(|l| l.settings.keys()).collect() };
    let mine = keys(factor);
    for other in before {
        if let Some(key) = keys(other).into_iter().find(|key| mine.contains(key)) {
            let what = format!("the factors `{}` and `{}` both set `{key}`", other.name, factor.name);
            value.source().wrong(value.key_at(), what, "let only one factor set it");
        }
    }
}

/// Reads `[practice]` or `[catch]`; `count` is the key of how many.
pub(super) fn extra(table: &Table<'_>, count: &'static str, names: &Names<'_>) -> Option<Extra> {
    if !table.exists() {
        return None;
    }
    let trials = u32::try_from(table.i64_in(count, 0..=100)).unwrap_or(0);
    let settings = settings(&table.table("settings"), names);
    table.finish(&[]);
    Some(Extra { trials, settings, place: table.place() })
}

/// Reads `[practice]`: its trials, and until when it goes on.
pub(super) fn practice(table: &Table<'_>, names: &Names<'_>) -> (Option<Extra>, Option<Criterion>) {
    let value = table.value("criterion");
    let Some(practice) = extra(table, "trials", names) else { return (None, None) };
    let criterion = value.and_then(|v| v.table()).map(|table| criterion(&table, practice.trials));
    (Some(practice), criterion)
}

/// Outcomes that can count as good.
const GOOD: [TrialOutcome; 3] = [TrialOutcome::Before, TrialOutcome::After, TrialOutcome::Never];

fn criterion(table: &Table<'_>, least_trials: u32) -> Criterion {
    let in_a_row = table.required("in_a_row");
    let most = table.required("most_trials");
    let number = |v: &Option<Value<'_>>| v.as_ref().and_then(|v| v.i64_in(1..=100)).and_then(|n| u32::try_from(n).ok());
    let criterion = Criterion {
        in_a_row: number(&in_a_row).unwrap_or(1),
        outcomes: outcomes(table),
        most_trials: number(&most).unwrap_or(100),
        or_end: table.value("or_end").and_then(|v| v.boolean()).unwrap_or(false),
    };
    table.finish(&[]);
    let needed = criterion.in_a_row.max(least_trials);
    if let Some(value) = most.filter(|_| criterion.most_trials < needed) {
        let what = format!(
            "at most {} trials of practice cannot hold the {least_trials} of `trials` and {} good ones in a row",
            criterion.most_trials, criterion.in_a_row
        );
        value.source().wrong(value.at(), what, format!("let most_trials be {needed} or more"));
    }
    criterion
}

fn outcomes(table: &Table<'_>) -> Vec<TrialOutcome> {
    let Some(value) = table.required("outcomes") else { return Vec::new() };
    let Some(list) = value.list() else { return Vec::new() };
    if list.is_empty() {
        value.source().wrong(value.at(), "no outcome counts as good", "name one or more: before, after, never");
    }
    let mut outcomes: Vec<TrialOutcome> = Vec::new();
    for value in list {
        let word = value.word(&GOOD.map(|outcome| outcome.word()));
        let Some(outcome) = word.and_then(|word| TrialOutcome::from_word(&word)) else { continue };
        if outcomes.contains(&outcome) {
            let what = format!("`{}` is there twice", outcome.word());
            value.source().wrong(value.at(), what, "name each outcome once");
        }
        outcomes.push(outcome);
    }
    outcomes
}

/// Catch trials never yield: refuses a policy, and lays `none` over what says nothing.
pub(super) fn catch(table: &Table<'_>, names: &Names<'_>) -> Option<Extra> {
    let mut catch = extra(table, "trials_per_block", names)?;
    if catch.settings.braking.is_some() && catch.settings.braking() != "none" {
        let what = format!(
            "catch trials are those in which the target drives on, but these brake `{}`",
            catch.settings.braking()
        );
        table.source().wrong(table.at(), what, "write braking = \"none\" in the catch trials' settings");
    }
    catch.settings = catch.settings.over(&Settings { braking: Some("none".to_owned()), ..Settings::default() });
    Some(catch)
}

/// Reads `[blocks]`: how many, and repetitions of each cell.
pub(super) fn blocks(table: &Table<'_>) -> (u32, u32) {
    let number = table.opt_u32_in("number", 1..=100).unwrap_or(1);
    let repetitions = table.opt_u32_in("repetitions_per_block", 1..=100).unwrap_or(1);
    table.finish(&[]);
    (number, repetitions)
}

/// Reads `[order]`: its kind, and the longest runs that a random order may have.
pub(super) fn order(table: &Table<'_>, factors: &[Factor]) -> (Order, Vec<LongestRun>) {
    let kind = table.opt_word("kind", Order::WORDS);
    let order = kind.and_then(|word| Order::from_word(&word)).unwrap_or(Order::Random);
    let longest = table.value("longest_run");
    table.finish(&[]);
    if let Some(value) = longest.as_ref().filter(|_| order != Order::Random) {
        let what = format!("`longest_run` limits random orders, but this order is \"{}\"", order.word());
        value.source().wrong(value.key_at(), what, "take longest_run out, or write kind = \"random\"");
    }
    let runs = longest.and_then(|value| value.table()).map(|table| longest_runs(&table, factors));
    (order, runs.unwrap_or_default())
}

fn longest_runs(table: &Table<'_>, factors: &[Factor]) -> Vec<LongestRun> {
    let mut runs = Vec::new();
    for (name, value) in table.named() {
        let known = || factors.iter().map(|factor| factor.name.as_str()).chain(["cell"]);
        if !known().any(|known| known == name) {
            let cure = match meant(&name, known()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("name a factor of [factors], or `cell`: {}", known().collect::<Vec<_>>().join(", ")),
            };
            let what = format!("there is no within-subject factor `{}`", shown(&name));
            value.source().wrong(value.key_at(), what, cure);
        } else if let Some(trials) = value.i64_in(1..=1000) {
            let trials = u32::try_from(trials).unwrap_or(1);
            runs.push(LongestRun { factor: (name != "cell").then_some(name), trials, place: value.place() });
        }
    }
    runs
}

/// Reads `[[items]]`, in the study's language where they name none.
pub(super) fn items(value: Option<Value<'_>>, spoken: &str) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for value in value.and_then(|v| v.list()).unwrap_or_default() {
        let Some(table) = value.table() else { continue };
        let item = item(&table, spoken);
        if items.iter().any(|other| other.id == item.id) && !item.id.is_empty() {
            value.source().wrong(value.at(), format!("the item `{}` is there twice", item.id), "give each its own id");
        }
        items.push(item);
        if items.len() > 100 {
            value.source().wrong(value.at(), "more than 100 items after each trial", "leave some out");
            break;
        }
    }
    items
}

fn item(table: &Table<'_>, spoken: &str) -> Item {
    let before = table.source().wrong_so_far();
    let id = table.required("id").and_then(|v| {
        let id = v.text()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if !id.chars().all(plain) {
            v.source().wrong(v.at(), "an item's id is one word", "use letters, digits, _ and - only");
        }
        Some(id)
    });
    let (least, most) = (table.i64_in("least", -1000..=1000), table.i64_in("most", -1000..=1000));
    if table.source().wrong_so_far() == before {
        range(table, least, most);
    }
    let item = Item {
        instrument: table.opt_text("instrument").unwrap_or_else(|| "trial_items".to_owned()),
        version: table.opt_text("version").unwrap_or_else(|| "1".to_owned()),
        language: language(table).unwrap_or_else(|| spoken.to_owned()),
        id: id.unwrap_or_default(),
        text: table.text("text"),
        least,
        most,
        poles: table.required("poles").and_then(|v| poles(&v)).unwrap_or_default(),
    };
    table.finish(&[]);
    item
}

fn range(table: &Table<'_>, least: i64, most: i64) {
    let (source, Some(value)) = (table.source(), table.value("most")) else { return };
    if most <= least {
        source.wrong(
            value.at(),
            format!("the highest answer, {most}, is not above the lowest, {least}"),
            "let most be above least",
        );
    } else if most - least > 100 {
        source.wrong(value.at(), format!("an item with {} answers", most - least + 1), "use at most 101 answers");
    }
}

fn poles(value: &Value<'_>) -> Option<(String, String)> {
    let list = value.list()?;
    let [low, high] = list.as_slice() else {
        let what = format!("`poles` has {} entries, but two are wanted", list.len());
        value.source().wrong(value.at(), what, "write [\"words at the lowest answer\", \"words at the highest\"]");
        return None;
    };
    let (low, high) = (low.text(), high.text());
    Some((low?, high?))
}
