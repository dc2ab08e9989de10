//! Reading `[simulated]`: how simulated people differ and answer. The decision
//! model's published constants are not a study's to set, its light effect apart.

use super::model::Factor;
use crate::document::{Table, Value};
use crate::document::{meant, shown};
use crate::kernel::decision::Model;
use crate::kernel::person::{AnswerModel, Effect, People};
use crate::kernel::spec::Item;

/// Reads `[simulated]`; everything has a default.
pub(super) fn simulated(table: &Table<'_>, items: &[Item], factors: &[Factor]) -> People {
    let or = |key, range, default: f64| table.opt_f64_in(key, range).unwrap_or(default);
    let model = table.table("model");
    let answers = table.table("answers");
    let usual = People::default();
    let read = People {
        walking_speed_mps: or("walking_speed_mps", 0.3..=3.0, usual.walking_speed_mps),
        walking_speed_sd_mps: or("walking_speed_sd_mps", 0.0..=1.0, usual.walking_speed_sd_mps),
        start_latency_s: table
            .value("start_latency_s")
            .and_then(|v| v.span_f64_in(0.0..=5.0))
            .unwrap_or(usual.start_latency_s),
        threshold_sd: or("threshold_sd", 0.0..=1.0, usual.threshold_sd),
        ehmi_effect_sd: or("ehmi_effect_sd", 0.0..=5.0, usual.ehmi_effect_sd),
        eye_height_m: or("eye_height_m", 0.5..=2.5, usual.eye_height_m),
        eye_height_sd_m: or("eye_height_sd_m", 0.0..=0.5, usual.eye_height_sd_m),
        model: Model { k_ehmi: model.opt_f64_in("k_ehmi", -10.0..=10.0).unwrap_or(usual.model.k_ehmi), ..usual.model },
        answers: answer_models(&answers, items, factors),
    };
    model.finish(&[]);
    table.finish(&[]);
    read
}

fn answer_models(table: &Table<'_>, items: &[Item], factors: &[Factor]) -> Vec<AnswerModel> {
    let mut given = Vec::new();
    for (name, value) in table.any_entries() {
        let Some(item) =
            items.iter().find(|item| item.id == name || format!("{}.{}", item.instrument, item.id) == name)
        else {
            let cure = match meant(&name, items.iter().map(|item| item.id.as_str())) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "name an item of [[items]], or one asked in after_trial as \"instrument.item\"".to_owned(),
            };
            value.source().wrong(value.key_at(), format!("there is no item `{}`", shown(&name)), cure);
            continue;
        };
        given.extend(value.table().map(|table| answer_model(item, &table, factors)));
    }
    let of = |item: &Item| given.iter().find(|model| model.item == item.id).cloned();
    items.iter().map(|item| of(item).unwrap_or_else(|| plain(item))).collect()
}

/// How many thresholds part an item's answers.
fn thresholds_of(item: &Item) -> usize {
    usize::try_from(item.most - item.least).unwrap_or(0)
}

/// An item without a model of its own: evenly spread answers that no factor moves.
fn plain(item: &Item) -> AnswerModel {
    let n = thresholds_of(item);
    #[allow(clippy::cast_precision_loss)]
    let thresholds = (1..=n).map(|i| (2 * i) as f64 * 2.0 / (n + 1) as f64 - 2.0).collect();
    AnswerModel { item: item.id.clone(), thresholds, intercept_sd: 0.8, effects: Vec::new(), effect_sd: 0.0 }
}

fn answer_model(item: &Item, table: &Table<'_>, factors: &[Factor]) -> AnswerModel {
    let effects = table.table("effects");
    let model = AnswerModel {
        item: item.id.clone(),
        thresholds: table.required("thresholds").map(|v| thresholds(&v, item)).unwrap_or_default(),
        intercept_sd: table.opt_f64_in("intercept_sd", 0.0..=10.0).unwrap_or(0.8),
        effects: effects.any_entries().iter().filter_map(|(name, value)| effect(name, value, factors)).collect(),
        effect_sd: table.opt_f64_in("effect_sd", 0.0..=10.0).unwrap_or(0.0),
    };
    table.finish(&[]);
    model
}

fn thresholds(value: &Value<'_>, item: &Item) -> Vec<f64> {
    let Some(list) = value.list() else { return Vec::new() };
    let numbers: Vec<f64> = list.iter().filter_map(|v| v.f64_in(-20.0..=20.0)).collect();
    if numbers.len() != list.len() {
        return numbers;
    }
    let wanted = thresholds_of(item);
    if numbers.len() != wanted {
        let what = format!(
            "`{}` has answers from {} to {}, so {wanted} thresholds, but {} are given",
            item.id,
            item.least,
            item.most,
            numbers.len()
        );
        value.source().wrong(value.at(), what, "give one threshold between each two neighbouring answers");
    }
    for (pair, v) in numbers.windows(2).zip(list.iter().skip(1)) {
        if pair[1] <= pair[0] {
            let what = format!("thresholds must rise, but {} follows {}", pair[1], pair[0]);
            v.source().wrong(v.at(), what, "put them in rising order, none twice");
        }
    }
    numbers
}

fn effect(name: &str, value: &Value<'_>, factors: &[Factor]) -> Option<Effect> {
    let effect = value.f64_in(-20.0..=20.0);
    let levels = || factors.iter().flat_map(|f| f.levels.iter().map(move |l| (f, l)));
    let Some((factor, level)) = levels().find(|(f, l)| format!("{}={}", f.name, l.name) == name) else {
        let known: Vec<String> = levels().map(|(f, l)| format!("{}={}", f.name, l.name)).collect();
        let cure = match meant(name, known.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("write \"factor=level\", one of: {}", known.join(", ")),
        };
        let what = format!("\"{}\" is no level of a factor", shown(name));
        value.source().wrong(value.key_at(), what, cure);
        return None;
    };
    Some(Effect { factor: factor.name.clone(), level: level.name.clone(), effect: effect? })
}
