//! A session's folder opened: made new, or taken up where it was left.

use super::conduct::{attempt_at, passed_over};
use super::instruments::copy_name;
use super::live::{HeadsetChoice, Opened, Order};
use super::load::load_unsealed;
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
    /// A repetition that was ordered and not yet made: position in the plan, and why.
    pub redo: Option<(u32, String)>,
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
    let (recorder, head) = Recorder::create(folder, &borrowed(&files), keeping(order))?;
    let opened = Opened { continued: false, head, trials: 0, recovered_in: None, changes: Vec::new() };
    Ok(Opening {
        recorder,
        progress: Progress::default(),
        done: BTreeSet::new(),
        redo: None,
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
    let (mut recorder, resumed) = Recorder::resume(folder, &[], keeping(order))?;
    let mut left = Left::read(folder)?;
    let at = format!("continued/{}/", continuations(folder) + 1);
    let cut = resumed.cut.and_then(|_| left.cut_attempt(newest.spec, newest.study));
    let mut files = vec![environment(devices, &at)];
    if !changes.is_empty() {
        file.from_trial_n = left.progress.trials + 1 + u32::from(cut.is_some());
        files.extend(statics(order, &file, &at));
    }
    for (name, bytes) in files {
        recorder.add_file(&name, bytes);
    }
    if let Some((row, conditions)) = cut {
        left.progress.trials = row.trial_n;
        conditions.into_iter().for_each(|row| recorder.put(Row::Condition(row)));
        recorder.put(Row::Trial(Box::new(row.clone())));
        recorder.seal(Some(row.trial_n))?;
        left.trials.push(row);
    }
    left.remark(&mut recorder, &resumed, &changes, order);
    let opened = Opened {
        continued: true,
        head: recorder.seal(None)?,
        trials: left.trials.len(),
        recovered_in: resumed.recovered_in,
        changes: changes.into_iter().map(|change| change.what).collect(),
    };
    let (done, redo) = (left.done(), left.redo.take());
    let truth: Vec<TruthRow> = read::table(folder)?;
    let introduced = truth.iter().any(|row| row.trial_n.is_none());
    Ok(Opening {
        recorder,
        progress: left.progress,
        done,
        redo,
        introduced,
        answers: left.answers,
        trials: left.trials,
        opened,
    })
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
    compare("the map (SHA-256)", &before.map_sha256, &now.map_sha256);
    compare("kerbside's version", &before.kerbside, &now.kerbside);
    compare("the seed", &before.seed.to_string(), &now.seed.to_string());
    compare("the row of the plan", &before.plan_row.to_string(), &now.plan_row.to_string());
    compare("the kind of headset", &before.headset, &now.headset);
    let crosswalk = |file: &SessionFile| file.sites.first().map_or_else(String::new, |site| site.crosswalk.clone());
    compare("the crosswalk", &crosswalk(before), &crosswalk(now));
    let asked = |file: &SessionFile| if file.items_at_desk { "the desk" } else { "the headset" };
    compare("where items are asked", asked(before), asked(now));
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
    /// A repetition that was ordered and not yet made: position in the plan, and why.
    redo: Option<(u32, String)>,
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
        let redo = pending_redo(&trials, &events);
        Ok(Self { trials, answers, events, progress, redo })
    }

    /// The attempt that a crash cut short, as a row of its own; its rows are in `recovered/`.
    fn cut_attempt(&self, spec: &SessionSpec, study: &Study) -> Option<(TrialRow, Vec<ConditionRow>)> {
        let done = self.done();
        let open = |trial: &&Arc<TrialSpec>| match &self.redo {
            Some((plan_n, _)) => trial.plan_n == *plan_n,
            None => !done.contains(&Step::Trial(trial.plan_n).id()) && !passed_over(study, &self.trials, trial.kind),
        };
        let trial = spec.trials.iter().find(open)?;
        let reason = self.redo.as_ref().map(|(_, reason)| reason.clone());
        let attempt = attempt_at(&self.trials, trial.plan_n, reason);
        Some(cut_row(spec, trial, &attempt, self.progress.trials + 1))
    }

    /// Steps of the agenda that are done.
    fn done(&self) -> BTreeSet<String> {
        let steps = self.events.iter().filter(|event| event.event.as_str() == "step_done");
        let mut done: BTreeSet<String> = steps.map(|event| event.detail.as_str().to_owned()).collect();
        let whole = self.trials.iter().filter(|row| row.outcome != TrialOutcome::Interrupted);
        done.extend(whole.map(|row| Step::Trial(row.plan_n).id()));
        done
    }

    /// Says in the record that the session goes on, and with what changes.
    fn remark(&mut self, recorder: &mut Recorder, resumed: &Resumed, changes: &[Change], order: &Order<'_>) {
        let bytes: u64 = resumed.recovered.iter().map(|(_, bytes)| bytes).sum();
        #[allow(clippy::cast_precision_loss)]
        let value = Rate::new(bytes as f64);
        let mut add = |event: &'static str, value: Rate, detail: String| {
            self.progress.counters.events += 1;
            recorder.put(Row::Event(EventRow {
                trial_n: None,
                event_n: self.progress.counters.events,
                event: Text::fixed(event),
                source: Source::Operator,
                frame_n: self.progress.counters.frames,
                display_time_ns: self.progress.now.0,
                world_time_ns: None,
                vehicle_n: None,
                value,
                detail: Text::new(detail),
            }));
        };
        add("session_continued", value, format!("after trial {}", self.progress.trials));
        for change in changes {
            let reason = order.accept_change.unwrap_or_default();
            add("change_accepted", Rate::NA, format!("{}: {reason}", change.what));
        }
    }
}

/// The last repetition that was ordered, when no attempt has been made since.
fn pending_redo(trials: &[TrialRow], events: &[EventRow]) -> Option<(u32, String)> {
    let at = events.iter().rposition(|event| event.event.as_str() == "redo" && event.trial_n.is_none())?;
    if events.iter().skip(at).any(|event| event.trial_n.is_some()) {
        return None;
    }
    let (trial, reason) = events.get(at)?.detail.as_str().strip_prefix("trial ")?.split_once(": ")?;
    let trial_n: u32 = trial.parse().ok()?;
    let row = trials.iter().find(|row| row.trial_n == trial_n)?;
    let since = trials.iter().any(|later| later.trial_n > trial_n && later.plan_n == row.plan_n);
    (!since).then(|| (row.plan_n, reason.to_owned()))
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
