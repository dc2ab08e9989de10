//! A session as it is run: the agenda's steps one after another, each sealed before the next.

use super::order::Ended;
use super::progress::{Redo, attempt_at, met, passed_over, practised, redo_words};
use super::sheet::Sheet;
use crate::desk::{Command, Desk, Reply};
use crate::instrument::of_trial_items;
use crate::kernel::frame::{Row, Sink};
use crate::kernel::seams::Fault;
use crate::kernel::time::DisplayTime;
use crate::problem::{Outcome, Place, Problem};
use crate::record::{Head, Recorder, wall_time_utc};
use crate::session::Session;
use crate::study::{Moment, Step, Study};
use crate::table::{AnswerRow, ClockRow, Occasion, Source, Text, TrialKind, TrialOutcome, TrialRow};
use std::collections::{BTreeSet, VecDeque};

/// A session under way.
pub(super) struct Conduct<'a, 'd> {
    pub study: &'a Study,
    pub session: Session<'a>,
    pub recorder: Recorder,
    pub desk: &'d mut dyn Desk,
    /// Whether the items after a trial are asked at the desk instead of in the headset.
    pub items_at_desk: bool,
    /// Whether the person's true parameters stand in the record already.
    pub introduced: bool,
    /// Told of every sealed trial.
    pub sealed: &'d mut dyn FnMut(&Head),
    /// Whether what follows the last trial has been looked at.
    pub judged: bool,
    /// What was answered before the session was left.
    pub answers: Vec<AnswerRow>,
    /// Attempts so far, in order.
    pub trials: Vec<TrialRow>,
    /// Newest link of the record's chain.
    pub head: Head,
    /// Why it ended before the agenda's end.
    pub ended: Option<Ended>,
}

/// A step to come, and why it is repeated if it is.
type ToDo = VecDeque<(Step, Option<String>)>;

impl Conduct<'_, '_> {
    /// Carries out the agenda; steps named in `done` are passed over, repetitions in `redos` come first.
    pub fn run(&mut self, agenda: Vec<Step>, done: &BTreeSet<String>, redos: Vec<Redo>) -> Outcome<()> {
        let open = agenda.into_iter().filter(|step| !done.contains(&step.id()));
        let redos = redos.into_iter().map(|(plan_n, reason)| (Step::Trial(plan_n), Some(reason)));
        let mut to_do: ToDo = redos.chain(open.map(|step| (step, None))).collect();
        self.take_up(done)?;
        while self.ended.is_none() {
            let Some((step, redo)) = to_do.pop_front() else { break };
            match &step {
                Step::Trial(plan_n) => self.trial(*plan_n, redo, &mut to_do)?,
                other => self.between(other)?,
            }
            self.orders(&mut to_do)?;
        }
        Ok(())
    }

    /// What should have followed the last trial, where the session was left before it did.
    fn take_up(&mut self, done: &BTreeSet<String>) -> Outcome<()> {
        let Some(last) = self.trials.last().cloned().filter(|_| self.ended.is_none()) else { return Ok(()) };
        if !self.judged {
            let of_it = self.answers.iter().filter(|row| row.trial_n == Some(last.trial_n));
            let answers: Vec<AnswerRow> = of_it.cloned().collect();
            self.stop_rules(&answers)?;
            self.after_practice(last.kind)?;
        }
        if done.contains(&items_id(last.trial_n)) { Ok(()) } else { self.items_after() }
    }

    /// One attempt at a trial, sealed.
    fn trial(&mut self, plan_n: u32, redo: Option<String>, to_do: &mut ToDo) -> Outcome<()> {
        let Some(trial) = self.session.spec.trials.iter().find(|trial| trial.plan_n == plan_n).cloned() else {
            let what = format!("position {plan_n} is not in the session's plan");
            return Err(Problem::new(Place::default(), what, "this is a fault of Kerbside: please report it").into());
        };
        if redo.is_none() && passed_over(self.study, &self.trials, trial.kind) {
            return Ok(());
        }
        let attempt = attempt_at(&self.trials, plan_n, redo);
        let (mut broke, mut heard) = (false, Vec::new());
        let mut tee =
            Tee { sink: &mut self.recorder, introduced: self.introduced, answers: Vec::new(), stopped: false };
        let desk = &mut *self.desk;
        let (row, fault) = self.session.attempt(&trial, &attempt, &mut tee, &mut |_| {
            while let Some(command) = desk.command() {
                match command {
                    Command::Abort(reason) => {
                        if !reason.is_empty() {
                            heard.push((Command::Note(format!("aborted: {reason}")), wall_time_utc()));
                        }
                        return true;
                    }
                    Command::Break => {
                        broke = true;
                        return true;
                    }
                    other => heard.push((other, wall_time_utc())),
                }
            }
            false
        })?;
        let (answers, stopped) = (tee.answers, tee.stopped);
        self.introduced = true;
        let trial_n = row.trial_n;
        self.trials.push(row);
        if broke {
            // The attempt is kept as it stands, and repeated when the session goes on: one seal for both.
            self.note("redo", Source::Operator, None, &redo_words(trial_n, "interrupted (Ctrl-C)"));
        }
        self.seal(Some(trial_n))?;
        if broke {
            self.leave("interrupted (Ctrl-C)");
        } else if let Some(problem) = fault {
            self.ended = Some(Ended::Broken(problem));
        } else {
            self.items_after()?;
            self.stop_rules(&answers)?;
            self.after_practice(trial.kind)?;
            // Somebody in a headset who wants to stop is not shown the next trial before the operator has seen to it.
            if stopped && self.desk.shows_frames() && self.desk.attended() && self.ended.is_none() {
                self.wait("wished by the participant", to_do)?;
            }
        }
        for (command, typed_utc) in heard {
            self.order(command, &typed_utc, to_do)?;
        }
        Ok(())
    }

    /// Ends the session for good; said in the record at once, so that a crash before the closing does not undo it.
    fn stop(&mut self, reason: String) -> Outcome<()> {
        if self.ended.is_none() {
            self.note("session_stopped", Source::Operator, None, &reason);
            self.ended = Some(Ended::Stopped(reason));
        }
        Ok(self.seal(None)?)
    }

    /// Says once whether the criterion was met, and ends the session where the study wants that.
    fn after_practice(&mut self, kind: TrialKind) -> Outcome<()> {
        let Some(criterion) = self.study.criterion.clone().filter(|_| kind == TrialKind::Practice) else {
            return Ok(());
        };
        let n = practised(&self.trials).len();
        let (event, detail) = if met(self.study, &criterion, &self.trials) {
            ("practice_done", "the criterion is met")
        } else if n >= usize::try_from(criterion.most_trials).unwrap_or(usize::MAX) {
            ("practice_done", "the criterion is not met")
        } else {
            return Ok(());
        };
        #[allow(clippy::cast_precision_loss)]
        self.note(event, Source::Trial, Some(n as f64), detail);
        if criterion.or_end && !met(self.study, &criterion, &self.trials) {
            return self.stop(format!("the criterion of practice was not met in {n} trials"));
        }
        Ok(self.seal(None)?)
    }

    /// A step that is not a trial.
    fn between(&mut self, step: &Step) -> Outcome<()> {
        match step {
            Step::Consent => self.consent()?,
            Step::Instruct(moment, _) => self.instruct(*moment)?,
            Step::Ask { instrument, occasion, block_n } => self.questionnaire(instrument, *occasion, *block_n)?,
            Step::Pause(_) => self.pause()?,
            Step::Trial(_) => {}
        }
        if self.ended.is_none() {
            self.note("step_done", Source::Operator, None, &step.id());
        }
        Ok(self.seal(None)?)
    }

    fn consent(&mut self) -> Outcome<()> {
        let Some(consent) = &self.study.consent else { return Ok(()) };
        let reply = self.desk.consent(consent);
        let Some(agreed) = self.replied(reply)? else { return Ok(()) };
        let word = if agreed { "agreed" } else { "refused" };
        self.note("consent", Source::Participant, None, &format!("version {}: {word}", consent.version));
        self.wall_time(wall_time_utc());
        if agreed { Ok(()) } else { self.stop("consent was refused".into()) }
    }

    fn instruct(&mut self, moment: Moment) -> Outcome<()> {
        for text in self.study.instructions.iter().filter(|text| text.at == moment) {
            let reply = self.desk.instruct(&text.text);
            if self.replied(reply)?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn pause(&mut self) -> Outcome<()> {
        let Some(pause) = &self.study.pause else { return Ok(()) };
        let began = self.session.now();
        let reply = self.desk.pause(pause);
        if self.replied(reply)?.is_some() {
            let took_s = self.session.now().seconds_since(began);
            self.note("pause", Source::Operator, Some(took_s), "between blocks");
        }
        Ok(())
    }

    /// What came back from the desk, time moved on; none when somebody left meanwhile.
    pub(super) fn replied<T>(&mut self, reply: Result<Reply<T>, Problem>) -> Outcome<Option<T>> {
        match reply {
            Ok(reply) => {
                let then = DisplayTime(self.session.now().0.saturating_add(reply.took_ns.max(0)));
                // A desk that shows frames knows when the last one was seen.
                self.session.pause_until(self.desk.now().map_or(then, |seen| seen.max(then)));
                Ok(Some(reply.value))
            }
            Err(problem) => {
                self.last_orders()?;
                self.leave(&problem.what);
                Ok(None)
            }
        }
    }

    /// What the operator ordered before a question was left: notes are kept, and an end for good is one.
    fn last_orders(&mut self) -> Outcome<()> {
        while self.ended.is_none() {
            match self.desk.queued() {
                Some(Command::Note(text)) => self.remark("note", &text, &wall_time_utc())?,
                Some(Command::Deviation(text)) => self.remark("deviation", &text, &wall_time_utc())?,
                Some(Command::End(reason)) => self.stop(reason)?,
                Some(Command::Break) | None => break,
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Asks an instrument outside the trials; what a person has answered is sealed item by item.
    fn questionnaire(&mut self, id: &str, occasion: Occasion, block_n: Option<u32>) -> Outcome<()> {
        let Some(instrument) = self.study.instrument(id) else { return Ok(()) };
        let sheet = Sheet { instrument, occasion, block_n, trial_n: None };
        match self.sheet(&sheet)? {
            Some(answers) => self.stop_rules(&answers),
            None => Ok(()),
        }
    }

    /// The items after the last trial, where they are asked at the desk. The trial itself is sealed by then.
    fn items_after(&mut self) -> Outcome<()> {
        let Some(last) = self.trials.last().filter(|_| self.items_at_desk && self.ended.is_none()) else {
            return Ok(());
        };
        if matches!(last.outcome, TrialOutcome::Aborted | TrialOutcome::Interrupted) || self.study.items.is_empty() {
            return Ok(());
        }
        let (trial_n, block_n) = (last.trial_n, last.block_n);
        let mut answers = Vec::new();
        for instrument in &mut of_trial_items(&self.study.items) {
            if let Some(known) = self.study.instrument(&instrument.id) {
                instrument.title.clone_from(&known.title);
            }
            let sheet = Sheet { instrument, occasion: Occasion::Trial, block_n, trial_n: Some(trial_n) };
            let Some(rows) = self.sheet(&sheet)? else { return Ok(()) };
            answers.extend(rows);
        }
        self.note("step_done", Source::Operator, None, &items_id(trial_n));
        self.seal(None)?;
        self.stop_rules(&answers)
    }

    /// Proposes the end when an answer or a score reaches a limit of the study.
    fn stop_rules(&mut self, answers: &[AnswerRow]) -> Outcome<()> {
        for rule in &self.study.stop_rules {
            let Some(value) = reached(self.study, &rule.instrument, &rule.item, answers) else { continue };
            if value < rule.at_least || self.ended.is_some() {
                continue;
            }
            let why =
                format!("{} {} is {value}: the study proposes to end at {}", rule.instrument, rule.item, rule.at_least);
            let ends = match self.desk.propose_end(&why) {
                Ok(ends) => ends,
                Err(problem) => {
                    self.ended = Some(Ended::Left(problem.what));
                    return Ok(());
                }
            };
            let said = if ends { "ended" } else { "went on" };
            self.note(
                "stop_rule",
                Source::Operator,
                Some(value),
                &format!("{} {}: {said}", rule.instrument, rule.item),
            );
            if ends {
                self.stop(format!("stop rule: {why}"))?;
            }
            self.seal(None)?;
        }
        Ok(())
    }

    /// Carries out what the operator has ordered since the last look.
    fn orders(&mut self, to_do: &mut ToDo) -> Outcome<()> {
        while self.ended.is_none() {
            let Some(command) = self.desk.queued() else { break };
            self.order(command, &wall_time_utc(), to_do)?;
        }
        Ok(())
    }

    fn order(&mut self, command: Command, typed_utc: &str, to_do: &mut ToDo) -> Outcome<()> {
        match command {
            Command::Note(text) => self.remark("note", &text, typed_utc)?,
            Command::Deviation(text) => self.remark("deviation", &text, typed_utc)?,
            Command::Redo(reason) => self.redo(reason, to_do)?,
            Command::Pause if self.ended.is_some() => {}
            Command::Pause => self.wait("by the operator", to_do)?,
            Command::End(reason) => self.stop(reason)?,
            Command::Leave => self.leave("stopped by the operator"),
            Command::Break => self.leave("interrupted (Ctrl-C)"),
            Command::Abort(_) => self.desk.tell("no trial is running"),
            Command::Continue => self.desk.tell("nothing is paused"),
        }
        Ok(())
    }

    fn leave(&mut self, why: &str) {
        self.ended.get_or_insert_with(|| Ended::Left(why.to_owned()));
    }

    /// A note with the wall time at which it was typed, sealed at once.
    fn remark(&mut self, event: &'static str, text: &str, typed_utc: &str) -> Outcome<()> {
        self.note(event, Source::Operator, None, text);
        self.wall_time(typed_utc.to_owned());
        Ok(self.seal(None)?)
    }

    fn redo(&mut self, reason: String, to_do: &mut ToDo) -> Outcome<()> {
        let Some(last) = self.trials.last() else {
            self.desk.tell("there is no trial to redo yet");
            return Ok(());
        };
        let plan_n = last.plan_n;
        let words = redo_words(last.trial_n, &reason);
        self.remark("redo", &words, &wall_time_utc())?;
        to_do.push_front((Step::Trial(plan_n), Some(reason)));
        Ok(())
    }

    fn wait(&mut self, why: &'static str, to_do: &mut ToDo) -> Outcome<()> {
        let began = self.session.now();
        self.desk.tell(&format!("paused, {why}: c goes on, s stops here, e REASON ends the session for good"));
        loop {
            let reply = self.desk.wait_for_command();
            let Some(command) = self.replied(Ok(reply))?.flatten() else { break };
            match command {
                Command::Continue => break,
                Command::Pause => {}
                other => self.order(other, &wall_time_utc(), to_do)?,
            }
            if self.ended.is_some() {
                break;
            }
        }
        let took_s = self.session.now().seconds_since(began);
        self.note("pause", Source::Operator, Some(took_s), why);
        Ok(self.seal(None)?)
    }

    fn note(&mut self, event: &'static str, source: Source, value: Option<f64>, detail: &str) {
        self.session.note(event, source, value, detail, &mut self.recorder);
    }

    /// The wall time of a note or consent.
    fn wall_time(&mut self, utc: String) {
        let clock = ClockRow {
            trial_n: None,
            frame_n: self.session.progress().counters.frames,
            clock: Text::fixed("host"),
            display_time_ns: self.session.now().0,
            host_time_ns: self.recorder.host_time_ns(),
            world_time_ns: None,
            source_time_ns: None,
            wall_time_utc: Text::new(utc),
        };
        self.recorder.put(Row::Clock(clock));
    }

    /// Seals what there is; the operator is told when the mirror fails.
    pub(super) fn seal(&mut self, trial_n: Option<u32>) -> Result<(), Problem> {
        self.head = self.recorder.seal(trial_n)?;
        if trial_n.is_some() {
            (self.sealed)(&self.head);
        }
        if let Some(problem) = self.recorder.mirror_fault() {
            self.desk.tell(&format!("WARNING: the mirror is not up to date: {problem}"));
        }
        Ok(())
    }
}

/// The value of an item or a score among some answers; none when it is not there.
fn reached(study: &Study, instrument: &str, item: &str, answers: &[AnswerRow]) -> Option<f64> {
    let of = |name: &str| {
        let row =
            answers.iter().rev().find(|row| row.instrument.as_str() == instrument && row.item.as_str() == name)?;
        (!row.value.is_na()).then(|| row.value.as_str().to_owned())
    };
    if let Some(answer) = of(item) {
        return answer.parse().ok();
    }
    answers.iter().find(|row| row.instrument.as_str() == instrument)?;
    let scores = study.instrument(instrument)?.score(&of);
    scores.into_iter().find(|score| score.name == item)?.value
}

/// The name of the step that asks the items after a trial.
fn items_id(trial_n: u32) -> String {
    format!("items {trial_n}")
}

/// Keeps the answers of a trial on their way to the record, and what is known already out of it.
struct Tee<'a> {
    sink: &'a mut Recorder,
    /// The person's own parameters stand in the record already.
    introduced: bool,
    answers: Vec<AnswerRow>,
    /// Whether the participant wanted to stop.
    stopped: bool,
}

impl Sink for Tee<'_> {
    fn put(&mut self, row: Row) {
        match &row {
            Row::Answer(answer) => self.answers.push((**answer).clone()),
            Row::Event(event) if event.event.as_str() == "stop" => {
                self.stopped |= event.source == Source::Participant;
            }
            Row::Truth(truth) if truth.trial_n.is_none() && self.introduced => return,
            _ => {}
        }
        self.sink.put(row);
    }

    fn fault(&mut self) -> Option<Fault> {
        self.sink.fault()
    }
}
