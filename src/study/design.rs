//! Reading the design: factors, practice and catch trials, blocks, order, items.

use super::model::{Extra, Factor, Level, Order, Settings};
use super::settings::{Names, settings};
use crate::document::{Table, Value};
use crate::kernel::spec::Item;

/// Reads `[factors]`.
pub(super) fn factors(table: &Table<'_>, names: &Names<'_>) -> Vec<Factor> {
    let mut factors: Vec<Factor> = Vec::new();
    for (name, value) in table.named() {
        let (Some(table), before) = (value.table(), value.source().wrong_so_far()) else { continue };
        let levels = levels(&table, names);
        if levels.len() < 2 && value.source().wrong_so_far() == before {
            let what = format!("the factor `{name}` has {} level, but needs two or more", levels.len());
            value.source().wrong(value.key_at(), what, "add a level, or put what it sets into [settings]");
        }
        let factor = Factor { name, levels };
        refuse_same_key(&factors, &factor, &value);
        factors.push(factor);
    }
    factors
}

fn levels(table: &Table<'_>, names: &Names<'_>) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    let before = table.source().wrong_so_far();
    for (name, value) in table.named() {
        let Some(table) = value.table() else { continue };
        let level = Level { name, settings: settings(&table, names) };
        // A setting that could not be read says nothing about sameness.
        let same = levels.iter().find(|other| other.settings == level.settings);
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

/// Reads `[order]`.
pub(super) fn order(table: &Table<'_>) -> Order {
    let kind = table.opt_word("kind", Order::WORDS);
    table.finish(&[]);
    kind.and_then(|word| Order::from_word(&word)).unwrap_or(Order::Random)
}

/// Reads `[[items]]`.
pub(super) fn items(value: Option<Value<'_>>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for value in value.and_then(|v| v.list()).unwrap_or_default() {
        let Some(table) = value.table() else { continue };
        let item = item(&table);
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

fn item(table: &Table<'_>) -> Item {
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
