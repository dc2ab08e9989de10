//! The desk in a headset or window: people read and answer on panels, frame by frame, while the operator sits elsewhere.

use super::booth::{Between, Booth};
use super::command::Command;
use super::terminal::left;
use super::{Answered, Desk, Question, Reply};
use crate::instrument::{Instrument, ItemKind};
use crate::kernel::time::{DisplayTime, nanoseconds, seconds};
use crate::panel::{Ask, Control, Given, answer_words, language_of, words};
use crate::problem::Problem;
use crate::study::{Consent, Pause};
use crate::table::AnswerSource;
use std::collections::VecDeque;

/// Asks the participant on panels and leaves the running of the session to the operator's own desk.
pub struct BoothDesk<'d> {
    booth: Box<dyn Booth>,
    operator: &'d mut dyn Desk,
    /// Commands given while the participant read or answered.
    heard: VecDeque<Command>,
    /// What is spoken where a text does not tell.
    language: String,
    /// When the last frame was seen.
    seen: Option<DisplayTime>,
    /// Whether the participant held the stop button in the last frame.
    stop: bool,
    /// With what the last answer was given.
    source: AnswerSource,
}

impl std::fmt::Debug for BoothDesk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BoothDesk").field("heard", &self.heard).finish_non_exhaustive()
    }
}

impl<'d> BoothDesk<'d> {
    /// A desk in this headset or window.
    pub fn new(booth: Box<dyn Booth>, operator: &'d mut dyn Desk) -> Self {
        let heard = VecDeque::new();
        Self { booth, operator, heard, language: "en".to_owned(), seen: None, stop: false, source: AnswerSource::Panel }
    }

    /// The language of the panels' own words beside texts that do not tell theirs.
    #[must_use]
    pub fn speaking(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }

    /// The language of a text: by its letters, where they tell.
    fn language(&self, text: &str) -> String {
        match language_of(text) {
            "en" => self.language.clone(),
            told => told.to_owned(),
        }
    }

    /// A frame; whether the participant wants to stop is passed on once.
    fn frame(&mut self, ask: Option<&Ask>) -> Result<Between, Problem> {
        let between = self.booth.between(ask)?;
        self.seen = Some(between.now);
        if between.stop && !self.stop {
            self.operator.tell(
                "THE PARTICIPANT WANTS TO STOP. Keys: s stops here and the session is continued later, e REASON ends it for good.",
            );
        }
        self.stop = between.stop;
        Ok(between)
    }

    /// What the operator ordered meanwhile; whoever leaves need not wait for an answer.
    fn listen(&mut self) -> Result<(), Problem> {
        while let Some(command) = self.operator.command() {
            match command {
                Command::Break => return Err(left("Ctrl-C was pressed")),
                Command::Leave => return Err(left("stopped by the operator")),
                Command::End(_) => {
                    self.heard.push_front(command);
                    return Err(left("ended by the operator"));
                }
                Command::Abort(_) => self.operator.tell("no trial is running"),
                Command::Continue => self.operator.tell("nothing is paused"),
                Command::Note(_) | Command::Deviation(_) | Command::Redo(_) | Command::Pause => {
                    self.heard.push_back(command);
                    self.operator.tell("noted: it is carried out when this is done");
                }
            }
        }
        Ok(())
    }

    /// Shows a panel until something is given.
    fn show(&mut self, ask: &Ask) -> Result<Reply<Given>, Problem> {
        let mut began = None;
        loop {
            let frame = self.frame(Some(ask))?;
            let began: DisplayTime = *began.get_or_insert(frame.now);
            if let Some(value) = frame.given {
                self.source = frame.source;
                return Ok(Reply { value, took_ns: frame.now.0.saturating_sub(began.0) });
            }
            self.listen()?;
        }
    }

    /// Shows a panel while the operator is asked something, frame by frame.
    fn meanwhile<T>(&mut self, ask: &Ask, asked: &mut Asks<'_, T>) -> Result<Reply<T>, Problem> {
        let mut began = None;
        loop {
            let frame = self.frame(Some(ask))?;
            let first = began.is_none();
            let began: DisplayTime = *began.get_or_insert(frame.now);
            if let Some(value) = asked(self.operator, first)? {
                return Ok(Reply { value, took_ns: frame.now.0.saturating_sub(began.0) });
            }
        }
    }

    /// Something is shown, and nothing can be pressed.
    fn notice(&self, text: &str, under: &str) -> Ask {
        let language = self.language(if text.trim().is_empty() { under } else { text });
        let both = format!("{}\n\n{}", text.trim(), under);
        Ask::plain("", both.trim(), &language, Control::Show)
    }

    fn please_wait(&self) -> Ask {
        self.notice("", words(&self.language).wait)
    }

    fn yes(&mut self, text: &str) -> Result<Reply<bool>, Problem> {
        let language = self.language(text);
        let ask = Ask::plain("", text, &language, Control::YesNo);
        let reply = self.show(&ask)?;
        Ok(Reply { value: reply.value == Given::Answer(Some("yes".to_owned())), took_ns: reply.took_ns })
    }

    /// Free words are said aloud and written down at the operator's desk.
    fn dictate(&mut self, question: &Question<'_>) -> Result<Reply<Answered>, Problem> {
        let aloud = words(&question.instrument.language).aloud;
        let ask = Ask { text: format!("{}\n\n{aloud}", question.item.text), ..asked(question) };
        let reply = self.meanwhile(&ask, &mut |operator, first| operator.try_ask(question, first))?;
        self.source = self.operator.source();
        Ok(reply)
    }
}

/// Asks the operator once a frame, the first time with `true`, until there is something.
type Asks<'a, T> = dyn FnMut(&mut dyn Desk, bool) -> Result<Option<T>, Problem> + 'a;

/// The panel of a question.
fn asked(question: &Question<'_>) -> Ask {
    let instrument = question.instrument;
    let progress = Some((question.item_n, instrument.items.len()));
    let ask = Ask::of_item(question.item, &instrument.title, &instrument.language, progress);
    Ask { back: question.back, before: question.before.map(str::to_owned), ..ask }
}

impl Desk for BoothDesk<'_> {
    fn source(&self) -> AnswerSource {
        self.source
    }

    fn consent(&mut self, consent: &Consent) -> Result<Reply<bool>, Problem> {
        let mut took_ns = 0;
        loop {
            let agrees = self.yes(&consent.text)?;
            took_ns += agrees.took_ns;
            if agrees.value {
                return Ok(Reply { value: true, took_ns });
            }
            // A refusal ends the session for good: whoever slipped is asked again.
            self.operator.tell("The participant does not agree. Is that so? Then the session ends for good.");
            let sure = self.meanwhile(&self.please_wait(), &mut |operator, first| {
                operator.try_end("The participant chose No on the consent panel.", first)
            })?;
            took_ns += sure.took_ns;
            if sure.value {
                return Ok(Reply { value: false, took_ns });
            }
        }
    }

    fn instruct(&mut self, text: &str) -> Result<Reply<()>, Problem> {
        let reply = self.show(&Ask::text("", text, &self.language(text)))?;
        Ok(Reply { value: (), took_ns: reply.took_ns })
    }

    fn ask(&mut self, question: &Question<'_>) -> Result<Reply<Answered>, Problem> {
        let instrument = question.instrument;
        if question.item_n == 1 && !question.again && !instrument.instruction.trim().is_empty() {
            self.show(&Ask::text(&instrument.title, &instrument.instruction, &instrument.language))?;
        }
        if matches!(question.item.kind, ItemKind::Text { .. }) {
            return self.dictate(question);
        }
        let reply = self.show(&asked(question))?;
        let value = match reply.value {
            Given::Back => Answered::Back,
            Given::Answer(value) => Answered::Given(value),
        };
        Ok(Reply { value, took_ns: reply.took_ns })
    }

    fn review(&mut self, of: &Instrument, answers: &[Option<String>]) -> Result<Reply<Option<usize>>, Problem> {
        let listed = of
            .items
            .iter()
            .zip(answers)
            .map(|(item, answer)| (item.id.clone(), item.text.clone(), answer_words(item, answer.as_deref())));
        let control = Control::Review { answers: listed.collect() };
        let reply = self.show(&Ask::plain(&of.title, words(&of.language).review, &of.language, control))?;
        let Given::Answer(Some(id)) = reply.value else { return Ok(Reply { value: None, took_ns: reply.took_ns }) };
        Ok(Reply { value: of.items.iter().position(|item| item.id == id), took_ns: reply.took_ns })
    }

    fn pause(&mut self, pause: &Pause) -> Result<Reply<()>, Problem> {
        let least_ns = nanoseconds(pause.least_s.clamp(0.0, 86_400.0));
        let language = self.language(&pause.text);
        let (mut began, mut took_ns) = (None, 0);
        loop {
            let left_s = seconds(least_ns.saturating_sub(took_ns)).ceil();
            let ask = if left_s > 0.0 {
                let under = words(&language).seconds.replacen("{}", &left_s.to_string(), 1);
                self.notice(&pause.text, &under)
            } else {
                Ask::text("", &pause.text, &language)
            };
            let frame = self.frame(Some(&ask))?;
            let began: DisplayTime = *began.get_or_insert(frame.now);
            took_ns = frame.now.0.saturating_sub(began.0);
            if ask.control == Control::GoOn && frame.given.is_some() {
                return Ok(Reply { value: (), took_ns });
            }
            self.listen()?;
        }
    }

    fn propose_end(&mut self, why: &str) -> Result<bool, Problem> {
        let ask = self.please_wait();
        self.meanwhile(&ask, &mut |operator, first| operator.try_end(why, first)).map(|reply| reply.value)
    }

    fn command(&mut self) -> Option<Command> {
        self.heard.pop_front().or_else(|| self.operator.command())
    }

    fn queued(&mut self) -> Option<Command> {
        self.heard.pop_front().or_else(|| self.operator.queued())
    }

    fn wait_for_command(&mut self) -> Reply<Option<Command>> {
        let ask = self.please_wait();
        let mut began = None;
        loop {
            let Ok(frame) = self.frame(Some(&ask)) else { return Reply { value: Some(Command::Break), took_ns: 0 } };
            let began: DisplayTime = *began.get_or_insert(frame.now);
            let took_ns = frame.now.0.saturating_sub(began.0);
            if let Some(command) = self.command() {
                return Reply { value: Some(command), took_ns };
            }
            if !self.operator.attended() {
                return Reply { value: None, took_ns };
            }
        }
    }

    fn attended(&self) -> bool {
        self.operator.attended()
    }

    fn shows_frames(&self) -> bool {
        true
    }

    fn now(&self) -> Option<DisplayTime> {
        self.seen
    }

    fn tell(&mut self, text: &str) {
        self.operator.tell(text);
    }
}
