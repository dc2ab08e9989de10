//! From a study's text to a [`Study`]: form first, then what the numbers imply.

use super::concept::{concepts, shipped_concepts, warn_of_sizes};
use super::model::{ApproachChoice, Placed, SiteChoice, Study, TrialTimes};
use super::questions::{FindInstrument, shipped_instruments};
use super::settings::{Names, settings};
use super::{answering, carla, check, design, language, policy, protocol, questions, scenery, simulated, vehicles};
use crate::document::shown;
use crate::document::{Source, Table};
use crate::kernel::spec::Cue;
use crate::problem::{Outcome, Place, Problem};
use crate::table::StartSide;

/// The schema that this version reads.
pub const SCHEMA: i64 = 1;

/// Tables of later versions, refused by name until they do something.
const RESERVED: [&str; 1] = ["mocap"];

/// Reads and checks a study whose instruments ship or stand in its text; `file` is what messages call it. Gives the
/// study and warnings.
pub fn read(file: &str, text: &str) -> Outcome<(Study, Vec<Problem>)> {
    read_with(file, text, &shipped_instruments)
}

/// The same, with instruments from where `find` gets them: files beside the study, or copies in a session's folder.
pub fn read_with(file: &str, text: &str, find: FindInstrument<'_>) -> Outcome<(Study, Vec<Problem>)> {
    let source = Source::new(file, text);
    if let Some(study) = checked(&source, find) {
        return source.finish().map(|warnings| (study, warnings));
    }
    Err(source.finish().err().unwrap_or_else(|| Problem::file(file, "the study cannot be read", "").into()))
}

fn checked(source: &Source<'_>, find: FindInstrument<'_>) -> Option<Study> {
    let document = source.parse()?;
    let root = Table::root(source, &document);
    if let Some(schema) = root.required("schema").filter(|schema| schema.i64_in(SCHEMA..=SCHEMA).is_none()) {
        let cure = format!("write schema = {SCHEMA}, or use the version of Kerbside the study was written for");
        source.wrong(schema.at(), "another schema than this version of Kerbside reads", cure);
        return None;
    }
    let study = study(&root, find);
    root.finish(&RESERVED);
    // What numbers imply is judged only when every number is what was meant.
    if !source.any_wrong() {
        check::check(&study, source);
        warn_of_sizes(&study, &root.table("ehmi"), source);
    }
    (!source.any_wrong()).then_some(study)
}

fn study(root: &Table<'_>, find: FindInstrument<'_>) -> Study {
    let policies = policy::policies(&root.table("braking"));
    let shipped = shipped_concepts();
    let mut lights = concepts(&root.table("ehmi"), &shipped);
    lights.extend(shipped);
    let cars = vehicles::vehicles(&root.required_table("vehicles"), &policies);
    let names = Names { policies: &policies, concepts: &lights, leading: cars.leading.as_ref() };
    let common = settings(&root.table("settings"), &names);
    let factors = design::factors(&root.table("factors"), &names);
    let groups = design::outer_factors(&root.table("groups"), &names, &factors);
    let inner = [factors.as_slice(), &groups].concat();
    let sessions = protocol::sessions(&root.table("sessions"), &names, &inner);
    let every_factor = [inner.as_slice(), sessions.factor.as_slice()].concat();
    let language = language::language(root);
    let items = design::items(root.value("items"), language.as_deref().unwrap_or(language::ENGLISH));
    let asked = questions::questions(&root.table("instruments"), &root.table("questionnaires"), &items, find);
    let (practice, criterion) = design::practice(&root.table("practice"), &names);
    let (order, longest_runs) = design::order(&root.table("order"), &factors);
    let step_hz = rate(&root.table("world"), "step_hz", 30);
    let (blocks, repetitions_per_block) = design::blocks(&root.table("blocks"));
    Study {
        name: name(root),
        title: root.text("title"),
        language,
        about: root.opt_text("about").unwrap_or_default(),
        seed: root.value("seed").and_then(|v| v.i64_in(0..=i64::MAX)).and_then(|n| u64::try_from(n).ok()),
        site: site(&root.required_table("site")),
        step_hz,
        carla: carla::in_carla(&root.table("carla"), step_hz),
        display_hz: rate(&root.table("display"), "rate_hz", 90),
        trial: trial(&root.required_table("trial")),
        instructions: protocol::instructions(root.value("instructions"), practice.is_some()),
        practice,
        criterion,
        catch: design::catch(&root.table("catch"), &names),
        blocks,
        repetitions_per_block,
        order,
        longest_runs,
        groups,
        sessions,
        code_pattern: protocol::code_pattern(&root.table("participants")),
        consent: protocol::consent(&root.table("consent")),
        pause: protocol::pause(&root.table("pause"), blocks),
        room: protocol::room(&root.table("room")),
        scene: scenery::scenery(&root.table("scene")),
        answering: answering::answering(&root.table("answering")),
        stop_rules: questions::stop_rules(root.value("stop_rules"), &asked),
        simulated: simulated::simulated(&root.table("simulated"), &asked.trial_items, &every_factor),
        questionnaires: asked.questionnaires,
        instruments: asked.instruments,
        items: asked.trial_items,
        target: cars.target,
        opposite: cars.opposite,
        settings: common,
        leading: cars.leading,
        concepts: lights,
        policies,
        factors,
    }
}

fn name(root: &Table<'_>) -> String {
    let Some(value) = root.required("name") else { return String::new() };
    let name = value.text().unwrap_or_default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(name.chars().all(plain) && name.len() <= 60) {
        let what = format!("\"{}\" cannot be a study's name: folders are named after it", shown(&name));
        value.source().wrong(value.at(), what, "use lower-case letters, digits and hyphens, at most 60");
    }
    name
}

fn rate(table: &Table<'_>, key: &'static str, default: u32) -> u32 {
    let rate = table.opt_u32_in(key, 1..=1000).unwrap_or(default);
    table.finish(&[]);
    rate
}

fn site(table: &Table<'_>) -> SiteChoice {
    let placed = |key| table.value(key).and_then(|v| Some(Placed { value: v.text()?, place: v.place() }));
    let map = table.required("map").and_then(|v| Some(Placed { value: v.text()?, place: v.place() }));
    let side = table.word("start_side", StartSide::WORDS).and_then(|word| StartSide::from_word(&word));
    let approach = placed("approach").map(|id| Placed { value: ApproachChoice::of(&id.value), place: id.place });
    let stop_line = table.required("stop_line_m");
    let site = SiteChoice {
        map: map.unwrap_or_else(|| Placed { value: String::new(), place: Place::default() }),
        crosswalk: placed("crosswalk"),
        start_side: side.unwrap_or(StartSide::Right),
        start_mark_behind_kerb_m: table.opt_f64_in("start_mark_behind_kerb_m", 0.0..=10.0).unwrap_or(0.5),
        stop_line_m: Placed {
            value: stop_line.as_ref().and_then(|v| v.f64_in(0.0..=50.0)).unwrap_or(0.0),
            place: stop_line.map_or_else(|| table.place(), |v| v.place()),
        },
        approach: approach.unwrap_or_else(|| Placed { value: ApproachChoice::NearestKerb, place: table.place() }),
    };
    table.finish(&[]);
    site
}

const CUES: [Cue; 3] = [Cue::GapOpens, Cue::VehicleInView, Cue::GoSignal];

fn trial(table: &Table<'_>) -> TrialTimes {
    let time_out = table.required("time_out_s");
    let cue_value = table.required("cue");
    let word = cue_value.as_ref().and_then(|v| v.word(&CUES.map(Cue::event)));
    let cue = CUES.into_iter().find(|cue| Some(cue.event()) == word.as_deref());
    let go = table.value("go_signal_s");
    match (&go, cue) {
        (None, Some(Cue::GoSignal)) => {
            let what = "the cue is the signal to go, but nothing says when it comes";
            table.source().wrong(table.at(), what, "add go_signal_s, in seconds from the start of the approach");
        }
        (Some(value), Some(Cue::GapOpens | Cue::VehicleInView)) => {
            let what = "`go_signal_s` does nothing unless the cue is \"go_signal\"";
            table.source().wrong(value.key_at(), what, "take go_signal_s out, or write cue = \"go_signal\"");
        }
        _ => {}
    }
    let or = |key, range, default: f64| table.opt_f64_in(key, range).unwrap_or(default);
    let times = TrialTimes {
        settle_s: or("settle_s", 0.0..=60.0, 1.0),
        settle_time_out_s: or("settle_time_out_s", 1.0..=3600.0, 120.0),
        ready_s: table.value("ready_s").and_then(|v| v.span_f64_in(0.0..=600.0)).unwrap_or([1.0, 1.0]),
        time_out_s: Placed {
            value: time_out.as_ref().and_then(|v| v.f64_in(1.0..=600.0)).unwrap_or(1.0),
            place: time_out.map_or_else(|| table.place(), |v| v.place()),
        },
        cue: Placed {
            value: cue.unwrap_or(Cue::VehicleInView),
            place: cue_value.map_or_else(|| table.place(), |v| v.place()),
        },
        go_signal_s: go.and_then(|v| v.f64_in(0.0..=600.0)),
        mark_radius_m: or("mark_radius_m", 0.05..=5.0, 0.5),
    };
    table.finish(&[]);
    times
}
