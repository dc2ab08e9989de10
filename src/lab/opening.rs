//! A session's folder opened: made new, or taken up where it was left.

use super::instruments::copy_name;
use super::load::load_unsealed;
use super::order::{HeadsetChoice, Opened, Order};
use super::progress::{Redo, attempt_at, done, judged, passed_over, pending_redos, stopped};
use super::session_file::{EnvironmentFile, SessionFile, json};
use crate::headset::Pacing;
use crate::kernel::frame::{Counters, Row, Sink};
use crate::kernel::seams::Description;
use crate::kernel::spec::{Condition, TrialSpec};
use crate::kernel::time::DisplayTime;
use crate::problem::{Outcome, Problem};
use crate::record::folder::SessionFolder;
use crate::record::storage::Disk;
use crate::record::{Keeping, Recorder, Resumed, Stands, read, stands};
use crate::session::{Attempt, Progress, SessionSpec};
use crate::study::{Step, Study};
use crate::table::{
    AnswerRow, CalibrationRow, ConditionRow, EventRow, FrameRow, Mark, Rate, Source, Text, TrialOutcome, TrialRow,
    TruthRow,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A session ready for its next step.
pub(super) struct Opening {
    pub recorder: Recorder,
    pub progress: Progress,
    /// Steps of the agenda that are done.
    pub done: BTreeSet<String>,
    /// Repetitions that wait, the newest first.
    pub redos: Vec<Redo>,
    /// Why the session was to end for good.
    pub stopped: Option<String>,
    /// Whether what follows the last trial has been looked at.
    pub judged: bool,
    /// Whether the person's true parameters stand in the record already.
    pub introduced: bool,
    pub answers: Vec<AnswerRow>,
    pub trials: Vec<TrialRow>,
    pub opened: Opened,
}

/// Makes the session's folder, or continues what is there.
pub(super) fn open(order: &Order<'_>, spec: &SessionSpec, devices: &(Description, Description)) -> Outcome<Opening> {
    let folder = order.data.session(&order.who.participant, order.who.session_n);
    match stands(&folder)? {
        Stands::Nothing | Stands::Unopened => anew(order, spec, devices, &folder),
        // A finished one is refused by the recorder.
        Stands::Unfinished | Stands::Finished => again(order, spec, devices, &folder),
    }
}

type Statics = Vec<(String, Vec<u8>)>;

/// The files that describe this run of the session, below `at`.
fn statics(order: &Order<'_>, file: &SessionFile, at: &str) -> Statics {
    let prepared = order.prepared;
    let mut all = vec![
        ("session.json".to_owned(), json(file)),
        ("study.toml".to_owned(), prepared.study_text.clone().into_bytes()),
        ("map.xodr".to_owned(), prepared.map_bytes.clone()),
    ];
    for instrument in &prepared.study.instruments {
        all.push((copy_name("", &instrument.id), instrument.text.clone().into_bytes()));
    }
    if let HeadsetChoice::Scripted(_, text) = order.headset {
        all.push(("script.txt".to_owned(), text.clone().into_bytes()));
    }
    all.into_iter().map(|(name, bytes)| (format!("{at}{name}"), bytes)).collect()
}

fn borrowed(files: &Statics) -> Vec<(&str, Vec<u8>)> {
    files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect()
}

fn keeping(order: &Order<'_>) -> Keeping {
    Keeping { pacing: order.pacing, mirror: order.mirror.cloned(), storage: Arc::new(Disk) }
}

fn environment(devices: &(Description, Description), at: &str) -> (String, Vec<u8>) {
    (format!("{at}environment.json"), json(&EnvironmentFile::now(&devices.0, &devices.1)))
}

fn session_file(order: &Order<'_>, spec: &SessionSpec, devices: &(Description, Description)) -> SessionFile {
    let who = order.who;
    SessionFile {
        participant: who.participant.clone(),
        session_n: who.session_n,
        plan_row: who.plan_row,
        pilot: who.pilot,
        pacing: if order.pacing == Pacing::Lockstep { "lockstep" } else { "realtime" }.to_owned(),
        items_at_desk: order.items_at_desk,
        accepted_change: order.accept_change.map(str::to_owned),
        trials_planned: spec.trials.len(),
        ..SessionFile::new(order.prepared, &devices.0, &devices.1)
    }
}

fn anew(
    order: &Order<'_>,
    spec: &SessionSpec,
    devices: &(Description, Description),
    folder: &SessionFolder,
) -> Outcome<Opening> {
    let mut files = statics(order, &session_file(order, spec, devices), "");
    files.push(environment(devices, ""));
    let (mut recorder, head) = Recorder::create(folder, &borrowed(&files), keeping(order))?;
    let mut progress = Progress::default();
    if let Some(reason) = order.accept_change {
        progress.counters.events = 1;
        recorder.put(Row::Event(said(progress, "change_accepted", Rate::NA, format!("from the start: {reason}"))));
    }
    let opened = Opened { continued: false, head, trials: 0, recovered_in: None, changes: Vec::new() };
    Ok(Opening {
        recorder,
        progress,
        done: BTreeSet::new(),
        redos: Vec::new(),
        stopped: None,
        judged: true,
        introduced: false,
        answers: Vec::new(),
        trials: Vec::new(),
        opened,
    })
}

fn again(
    order: &Order<'_>,
    spec: &SessionSpec,
    devices: &(Description, Description),
    folder: &SessionFolder,
) -> Outcome<Opening> {
    let before = load_unsealed(folder)?;
    let mut file = session_file(order, spec, devices);
    let newest = before.newest();
    let changes = changes(newest.file, &file);
    refuse_unaccepted(&changes, order, folder)?;
    refuse_moved(newest.spec, spec, &read::table(folder)?, folder)?;
    let (mut recorder, resumed) = Recorder::resume(folder, &[], keeping(order))?;
    let mut left = Left::read(folder)?;
    let recovered = unaccounted(folder, &left.events);
    let cut = recovered.iter().any(|n| has_rows(folder, *n)).then(|| left.cut_attempt(newest.spec, newest.study));
    let cut = cut.flatten();
    let at = format!("continued/{}/", continuations(folder) + 1);
    let mut files = vec![environment(devices, &at)];
    if !changes.is_empty() {
        file.from_trial_n = left.progress.trials + 1 + u32::from(cut.is_some());
        files.extend(statics(order, &file, &at));
    }
    for (name, bytes) in files {
        recorder.add_file(&name, bytes);
    }
    let cut_n = cut.as_ref().map(|(row, _)| row.trial_n);
    if let Some((row, conditions)) = cut {
        left.progress.trials = row.trial_n;
        conditions.into_iter().for_each(|row| recorder.put(Row::Condition(row)));
        recorder.put(Row::Trial(Box::new(row.clone())));
        left.trials.push(row);
    }
    let redos = pending_redos(&left.trials, &left.events);
    let (done, stopped) = (done(&left.trials, &left.events), stopped(&left.events));
    let judged = judged(&left.trials, &left.events);
    left.remark(&mut recorder, &resumed, &recovered, &changes, order);
    let truth: Vec<TruthRow> = read::table(folder)?;
    let opened = Opened {
        continued: true,
        head: recorder.seal(cut_n)?,
        trials: left.trials.len(),
        recovered_in: resumed.recovered_in,
        changes: changes.into_iter().map(|change| change.what).collect(),
    };
    Ok(Opening {
        recorder,
        progress: left.progress,
        done,
        redos,
        stopped,
        judged,
        introduced: truth.iter().any(|row| row.trial_n.is_none()),
        answers: left.answers,
        trials: left.trials,
        opened,
    })
}

/// Recoveries that no `session_continued` event tells of yet: the last one may have been cut off itself.
fn unaccounted(folder: &SessionFolder, events: &[EventRow]) -> Vec<u32> {
    let told = |n: &u32| {
        let name = format!("recovered/{n}");
        let continued = events.iter().filter(|event| event.event.as_str() == "session_continued");
        continued.flat_map(|event| event.detail.as_str().split(' ')).any(|word| word.trim_end_matches(',') == name)
    };
    let there = (1..).take_while(|n| folder.file(&format!("recovered/{n}")).symlink_metadata().is_ok());
    there.filter(|n| !told(n)).collect()
}

/// Whether a recovery holds rows of an attempt that was cut short; what a crash before the opening left has none.
fn has_rows(folder: &SessionFolder, n: u32) -> bool {
    let rows = |table: &str| {
        let text = read::bytes(&folder.file(&format!("recovered/{n}/{table}"))).unwrap_or_default();
        let mut lines = text.split(|byte| *byte == b'\n');
        lines.any(|line| line.first().is_some_and(u8::is_ascii_digit))
    };
    ["frames.csv", "trials.csv", "world.csv"].into_iter().any(rows)
}

/// A changed study must leave what is done where it was in the plan: the session goes on by position.
fn refuse_moved(before: &SessionSpec, now: &SessionSpec, trials: &[TrialRow], folder: &SessionFolder) -> Outcome<()> {
    let at = |spec: &SessionSpec, plan_n: u32| {
        let trial = spec.trials.iter().find(|trial| trial.plan_n == plan_n)?;
        Some((trial.kind, trial.block_n, trial.cell_id.clone(), trial.repetition_n))
    };
    let moved = trials.iter().find(|row| at(before, row.plan_n) != at(now, row.plan_n));
    let Some(row) = moved else { return Ok(()) };
    let what = format!(
        "cannot go on: position {} of the plan was {} {}, and is another trial in the changed study",
        row.plan_n,
        row.kind.word(),
        row.cell_id
    );
    let cure = "change nothing that moves trials in a session under way: finish it with the study it began with";
    Err(Problem::file(folder.0.display(), what, cure).into())
}

/// How many runs have continued this session so far.
fn continuations(folder: &SessionFolder) -> usize {
    (1..).take_while(|n| folder.file(&format!("continued/{n}")).exists()).count()
}

/// Something that is not as it was.
struct Change {
    what: String,
}

/// What differs between a session as it was begun and as it would go on.
fn changes(before: &SessionFile, now: &SessionFile) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut compare = |name: &str, before: &str, now: &str| {
        if before != now {
            let short = |text: &str| text.chars().take(12).collect::<String>();
            changes.push(Change { what: format!("{name} was {}, is {}", short(before), short(now)) });
        }
    };
    compare("the study (SHA-256)", &before.study_sha256, &now.study_sha256);
    let ids: BTreeSet<&String> = before.instruments_sha256.keys().chain(now.instruments_sha256.keys()).collect();
    for id in ids {
        let of = |file: &SessionFile| file.instruments_sha256.get(id).cloned().unwrap_or_else(|| "none".to_owned());
        compare(&format!("the questionnaire {id} (SHA-256)"), &of(before), &of(now));
    }
    compare("the map (SHA-256)", &before.map_sha256, &now.map_sha256);
    compare("kerbside's version", &before.kerbside, &now.kerbside);
    compare("the seed", &before.seed.to_string(), &now.seed.to_string());
    compare("the row of the plan", &before.plan_row.to_string(), &now.plan_row.to_string());
    compare("the kind of headset", &before.headset, &now.headset);
    compare("the kind of world", &before.world, &now.world);
    let crosswalk = |file: &SessionFile| file.sites.first().map_or_else(String::new, |site| site.crosswalk.clone());
    compare("the crosswalk", &crosswalk(before), &crosswalk(now));
    let asked = |file: &SessionFile| if file.items_at_desk { "the desk" } else { "the headset" };
    compare("where items are asked", asked(before), asked(now));
    if let (Some(before), Some(now)) = (&before.world_software, &now.world_software)
        && before != now
    {
        changes.push(Change { what: format!("the world's software was {before}, is {now}") });
    }
    changes
}

fn refuse_unaccepted(changes: &[Change], order: &Order<'_>, folder: &SessionFolder) -> Outcome<()> {
    if changes.is_empty() || order.accept_change.is_some() {
        return Ok(());
    }
    let list: Vec<&str> = changes.iter().map(|change| change.what.as_str()).collect();
    let what = format!("cannot go on as it began: {}", list.join("; "));
    let cure = "go on with what the session began with, or say why with --accept-change REASON";
    Err(Problem::file(folder.0.display(), what, cure).into())
}

/// What a session was left with: its sealed rows.
struct Left {
    trials: Vec<TrialRow>,
    answers: Vec<AnswerRow>,
    events: Vec<EventRow>,
    progress: Progress,
}

impl Left {
    fn read(folder: &SessionFolder) -> Outcome<Self> {
        let trials: Vec<TrialRow> = read::table(folder)?;
        let events: Vec<EventRow> = read::table(folder)?;
        let frames: Vec<FrameRow> = read::table(folder)?;
        let answers: Vec<AnswerRow> = read::table(folder)?;
        let calibrations: Vec<CalibrationRow> = read::table(folder)?;
        let times = [
            frames.last().map(|row| row.display_time_ns),
            events.last().map(|row| row.display_time_ns),
            answers.last().map(|row| row.answered_display_time_ns),
        ];
        let progress = Progress {
            counters: Counters {
                frames: frames.last().map_or(0, |row| row.frame_n),
                events: events.last().map_or(0, |row| row.event_n),
            },
            trials: trials.last().map_or(0, |row| row.trial_n),
            calibration_n: calibrations.last().map_or(0, |row| row.calibration_n),
            now: DisplayTime(times.into_iter().flatten().max().unwrap_or(0)),
        };
        Ok(Self { trials, answers, events, progress })
    }

    /// The attempt that a crash cut short, as a row of its own; its rows are in `recovered/`.
    fn cut_attempt(&self, spec: &SessionSpec, study: &Study) -> Option<(TrialRow, Vec<ConditionRow>)> {
        let done = done(&self.trials, &self.events);
        let redo = pending_redos(&self.trials, &self.events).into_iter().next();
        let open = |trial: &&Arc<TrialSpec>| match &redo {
            Some((plan_n, _)) => trial.plan_n == *plan_n,
            None => !done.contains(&Step::Trial(trial.plan_n).id()) && !passed_over(study, &self.trials, trial.kind),
        };
        let trial = spec.trials.iter().find(open)?;
        let attempt = attempt_at(&self.trials, trial.plan_n, redo.map(|(_, reason)| reason));
        Some(cut_row(spec, trial, &attempt, self.progress.trials + 1))
    }

    /// Says in the record that the session goes on, and with what changes.
    fn remark(
        &mut self,
        recorder: &mut Recorder,
        resumed: &Resumed,
        recovered: &[u32],
        changes: &[Change],
        order: &Order<'_>,
    ) {
        let bytes: u64 = resumed.recovered.iter().map(|(_, bytes)| bytes).sum();
        #[allow(clippy::cast_precision_loss)]
        let value = Rate::new(bytes as f64);
        let places: String = recovered.iter().map(|n| format!(", recovered/{n}")).collect();
        let mut events = vec![("session_continued", value, format!("after trial {}{places}", self.progress.trials))];
        let reason = order.accept_change.unwrap_or_default();
        events.extend(changes.iter().map(|change| ("change_accepted", Rate::NA, format!("{}: {reason}", change.what))));
        for (event, value, detail) in events {
            self.progress.counters.events += 1;
            recorder.put(Row::Event(said(self.progress, event, value, detail)));
        }
    }
}

/// An event of no trial, as far as the session has come.
fn said(progress: Progress, event: &'static str, value: Rate, detail: String) -> EventRow {
    EventRow {
        trial_n: None,
        event_n: progress.counters.events,
        event: Text::fixed(event),
        source: Source::Operator,
        frame_n: progress.counters.frames,
        display_time_ns: progress.now.0,
        world_time_ns: None,
        vehicle_n: None,
        value,
        detail: Text::new(detail),
    }
}

fn cut_row(spec: &SessionSpec, trial: &TrialSpec, attempt: &Attempt, trial_n: u32) -> (TrialRow, Vec<ConditionRow>) {
    let site_id = spec.sites.get(trial.site).map_or_else(String::new, |site| site.id.clone());
    let row = TrialRow {
        participant: Text::new(&spec.participant),
        session_n: spec.session_n,
        trial_n,
        attempt_n: attempt.attempt_n,
        redo_of_trial_n: attempt.redo_of_trial_n,
        redo_reason: attempt.reason.clone(),
        plan_n: trial.plan_n,
        block_n: trial.block_n,
        block_trial_n: trial.block_trial_n,
        kind: trial.kind,
        cell_id: Text::new(&trial.cell_id),
        repetition_n: trial.repetition_n,
        pilot: spec.pilot,
        simulated: spec.simulated,
        site_id: Text::new(site_id),
        cue: Text::fixed(trial.cue.event()),
        outcome: TrialOutcome::Interrupted,
        marks: Text::fixed(Mark::CutShort.word()),
        first_frame_n: None,
        last_frame_n: None,
        start_display_time_ns: None,
        end_display_time_ns: None,
    };
    let condition = |condition: &Condition| ConditionRow {
        trial_n,
        scope: condition.scope,
        factor: Text::new(&condition.factor),
        level: Text::new(&condition.level),
    };
    (row, trial.conditions.iter().map(condition).collect())
}
