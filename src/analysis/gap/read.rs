//! From a plan's text to a [`GapPlan`]: all that is wrong with it at once.

use super::super::field::{Tracks, Vehicle};
use super::super::plan::{CensoredBy, Correction, KeptOut, Kind, OutcomePlan, Plan};
use super::super::read_plan::{mapping, named_tables, rules, texts, words};
use super::plan::{From, GapPlan, Measure, Source};
use crate::document::{Source as Text, Table};
use crate::kernel::spec::Cue;
use crate::map::DEFAULT_MAP_NAME;
use crate::problem::{Outcome, Problem};
use crate::study::ApproachChoice;
use crate::table::{GroundSource, StartSide};

const SCHEMA: i64 = 1;
const MOST: f64 = 1e15;
/// Kinds of numbers that have means; items in categories have not.
const KINDS: [&str; 4] = ["continuous", "binary", "count", "censored"];

pub(super) fn read(file: &str, text: &str) -> Outcome<GapPlan> {
    let source = Text::new(file, text);
    let plan = source.parse().map(|document| of_table(&Table::root(&source, &document)));
    source.finish()?;
    plan.ok_or_else(|| Problem::file(file, "the plan cannot be read", "").into())
}

fn of_table(root: &Table<'_>) -> GapPlan {
    root.i64_in("schema", SCHEMA..=SCHEMA);
    let name = root.text("name");
    let alpha = root.opt_f64_in("alpha", 1e-6..=0.49).unwrap_or(0.05);
    let table = root.required_table("measures");
    let measures: Vec<(Measure, [OutcomePlan; 2])> =
        named_tables(&table).map(|(name, table)| measure(name, &table)).collect();
    if table.exists() && measures.is_empty() {
        root.source().wrong(table.at(), "no measure is named", "add [measures.NAME] with kind");
    }
    let correction = root.opt_word("correction", Correction::WORDS);
    let side = |key: &'static str, i: usize| {
        let outcomes = measures.iter().map(|(_, both)| both[i].clone()).collect();
        source(&root.required_table(key), key, outcomes, &name)
    };
    let plan = GapPlan {
        title: root.opt_text("title").unwrap_or_default(),
        paired: root.word("people", &["same", "different"]).is_some_and(|word| word == "same"),
        correction: correction.and_then(|word| Correction::from_word(&word)).unwrap_or(Correction::Holm),
        real: side("real", 0),
        virt: side("virtual", 1),
        measures: measures.into_iter().map(|(measure, _)| measure).collect(),
        alpha,
        name,
    };
    root.finish(&[]);
    plan
}

/// A measure, and what it is in either source.
fn measure(name: String, table: &Table<'_>) -> (Measure, [OutcomePlan; 2]) {
    let kind = table.word("kind", &KINDS).and_then(|word| Kind::from_word(&word)).unwrap_or(Kind::Continuous);
    let span = |key| table.value(key).and_then(|v| v.span_f64_in(-MOST..=MOST)).map(|[low, high]| (low, high));
    let column = table.opt_text("column").unwrap_or_else(|| name.clone());
    let up_to = table.opt_f64_in("up_to", 1e-9..=MOST);
    let censored_at = table.opt_text("censored_at");
    let is_wait = kind == Kind::Censored;
    if is_wait != (up_to.is_some() && censored_at.is_some()) || !is_wait && (up_to.is_some() || censored_at.is_some()) {
        let cure = "write kind = \"censored\" with censored_at = \"column\" (until when it had not happened, where it is \
                    unknown) and up_to = a time within which everybody was watched: mean times up to there are compared";
        table.source().wrong(table.at(), "a wait needs `censored_at` and `up_to`, and only a wait has them", cure);
    }
    let measure = Measure {
        label: table.opt_text("label").unwrap_or_else(|| name.replace('_', " ")),
        unit: table.opt_text("unit").unwrap_or_default(),
        equivalence: span("equivalence"),
        up_to,
        name,
    };
    let range = span("range");
    let of = |own: &'static str| OutcomePlan {
        name: measure.name.clone(),
        label: measure.label.clone(),
        column: table.opt_text(own).unwrap_or_else(|| column.clone()),
        kind,
        unit: measure.unit.clone(),
        censored: censored_at.clone().map(CensoredBy::At),
        restricted_at: None,
        range,
        factors: Vec::new(),
        covariates: Vec::new(),
        effects: Vec::new(),
        test: None,
        also: Vec::new(),
        equivalence: None,
        family: None,
        probit: false,
        options: crate::analysis::options::Options::default(),
    };
    let both = [of("real_column"), of("virtual_column")];
    table.finish(&[]);
    (measure, both)
}

fn source(table: &Table<'_>, key: &str, outcomes: Vec<OutcomePlan>, name: &str) -> Source {
    let data = texts(table, "data");
    let tracks = table.table("tracks");
    if data.is_empty() != tracks.exists() && table.exists() {
        let cure = "write data = [\"folder or table\"], or a table [real.tracks] with file, map and vehicle";
        table.source().wrong(table.at(), format!("[{key}] needs data or tracks, and one of them only"), cure);
    }
    let from = if tracks.exists() { From::Tracks(Box::new(self::tracks(&tracks))) } else { From::Data(data) };
    let source = Source {
        label: table.opt_text("label").unwrap_or_else(|| key.to_owned()),
        from,
        intake: Plan {
            name: name.to_owned(),
            title: String::new(),
            study: None,
            alpha: 0.05,
            seed: 1,
            keep: words(table, "keep", KeptOut::WORDS).iter().filter_map(|word| KeptOut::from_word(word)).collect(),
            data: mapping(&table.table("mapping")),
            rows: rules(&table.table("rows"), false),
            factors: Vec::new(),
            covariates: Vec::new(),
            outcomes,
            exclusions: rules(&table.table("exclusions"), true),
            before: None,
            families: Vec::new(),
            leave_one_out_models: false,
        },
    };
    table.finish(&[]);
    source
}

fn tracks(table: &Table<'_>) -> Tracks {
    let vehicle = table.required_table("vehicle");
    let cue = table.opt_word("cue", &["gap_opens", "vehicle_in_view", "go_signal"]);
    let events = table.opt_text("events");
    if cue.is_some() && events.is_none() {
        let cure = "add events = \"file\", with columns crossing, event and time";
        table.source().wrong(table.at(), "a cue is an event, but no table of events is named", cure);
    }
    let tracks = Tracks {
        file: table.text("file"),
        map: table.opt_text("map").unwrap_or_else(|| DEFAULT_MAP_NAME.to_owned()),
        crosswalk: table.opt_text("crosswalk"),
        start_side: table
            .opt_word("start_side", StartSide::WORDS)
            .and_then(|word| StartSide::from_word(&word))
            .unwrap_or(StartSide::Right),
        approach: ApproachChoice::of(&table.opt_text("approach").unwrap_or_else(|| "nearest kerb".to_owned())),
        reach_m: table.opt_f64_in("reach_m", 1.0..=5000.0).unwrap_or(50.0),
        body_point: table
            .word("body_point", GroundSource::WORDS)
            .and_then(|word| GroundSource::from_word(&word))
            .unwrap_or(GroundSource::Head),
        longest_gap_s: table.opt_f64_in("longest_gap_s", 0.01..=10.0).unwrap_or(0.5),
        cue: cue.and_then(|word| {
            [Cue::GapOpens, Cue::VehicleInView, Cue::GoSignal].into_iter().find(|cue| cue.event() == word)
        }),
        events,
        vehicle: Vehicle {
            length_m: vehicle.f64_in("length_m", 0.5..=30.0),
            width_m: vehicle.f64_in("width_m", 0.3..=5.0),
            antenna_to_front_m: vehicle.f64_in("antenna_to_front_m", -5.0..=30.0),
        },
    };
    vehicle.finish(&[]);
    table.finish(&[]);
    tracks
}
