//! What a study's numbers imply: every cell must be possible, and the plan finite.

use super::model::{Order, Study};
use super::plan::{MOST_COMBINATIONS, MOST_TRIALS, cell_count, combination_count, trial_count};
use super::resolve::{Findings, traffic};
use crate::document::Source;
use crate::kernel::spec::Cue;
use crate::problem::{Place, Problem};

/// Notes in `source` what is wrong and what is odd.
pub(super) fn check(study: &Study, source: &Source<'_>) {
    let trials = trial_count(study);
    if trials > MOST_TRIALS {
        let what = format!(
            "a session would have {trials} trials ({} cells, {} repetitions, {} blocks); at most {MOST_TRIALS} are allowed",
            cell_count(study),
            study.repetitions_per_block,
            study.blocks
        );
        source.wrong(0, what, "take fewer levels, repetitions or blocks");
        return;
    }
    let combinations = combination_count(study);
    if combinations > MOST_COMBINATIONS {
        let what = format!(
            "groups, sessions and cells have {combinations} combinations; at most {MOST_COMBINATIONS} are allowed"
        );
        source.wrong(0, what, "take fewer levels");
        return;
    }
    check_cue(study, source);
    if let Some(problem) = study.impossible_runs() {
        source.wrong_at(problem);
    }
    let mut found = Findings::default();
    for settings in study.every_settings() {
        traffic(study, &settings, None, &mut found);
    }
    found.problems.into_iter().for_each(|problem| source.wrong_at(problem));
    found.warnings.into_iter().for_each(|warning| source.warn_at(warning));
    warn_of_unused(study, source);
    warn_of_sides(study, source);
}

/// The kerb goes with the position in the plan: an order that is not drawn ties it to the cells.
fn warn_of_sides(study: &Study, source: &Source<'_>) {
    if study.room.alternate_sides && study.order != Order::Random {
        let what = "people start at either kerb in turn, by the position of a trial in the plan: with this order a cell \
                    may always be met from the same side";
        let cure = "use order = \"random\", or look at site_id in the analysis";
        source.warn_at(Problem::new(study.room.place.clone(), what, cure));
    }
}

fn check_cue(study: &Study, source: &Source<'_>) {
    let cue = &study.trial.cue;
    let wrong = |place: &Place, what: &str, cure: &str| source.wrong_at(Problem::new(place.clone(), what, cure));
    match cue.value {
        Cue::GapOpens if study.leading.is_none() => wrong(
            &cue.place,
            "the cue `gap_opens` is the passing of a leading car, but the study has none",
            "add [vehicles.leading], or choose the cue \"vehicle_in_view\" or \"go_signal\"",
        ),
        Cue::GoSignal if study.trial.go_signal_s.is_some_and(|go_s| go_s >= study.trial.time_out_s.value) => wrong(
            &study.trial.time_out_s.place,
            "the signal to go comes after the end of the trial",
            "lengthen time_out_s, or shorten go_signal_s",
        ),
        _ => {}
    }
}

fn warn_of_unused(study: &Study, source: &Source<'_>) {
    let all = study.every_settings();
    let opposite = study.opposite.as_ref().map(|car| car.braking.as_str());
    for policy in &study.policies {
        let used = opposite == Some(&policy.name) || all.iter().any(|settings| settings.braking() == policy.name);
        if !used {
            let what = format!("no trial uses the braking policy `{}`", policy.name);
            source.warn_at(Problem::new(policy.place.clone(), what, "name it in a factor's level or in [settings]"));
        }
    }
}
