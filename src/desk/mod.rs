//! The desk: who answers the questions between trials, and who runs the session.
//!
//! A third seam beside headset and world, outside the frame loop: it may wait for people. The simulated desk
//! ships and is the default; a cockpit will stand behind the same trait and send the same commands.

mod booth;
mod booth_desk;
mod command;
mod lines;
mod simulated;
mod terminal;

pub use booth::{Between, Booth};
pub use booth_desk::BoothDesk;
pub use command::Command;
pub use lines::Lines;
pub use simulated::Simulated;
pub use terminal::Terminal;

use crate::instrument::{Instrument, InstrumentItem};
use crate::kernel::time::DisplayTime;
use crate::problem::Problem;
use crate::study::{Consent, Pause};
use crate::table::{AnswerSource, Occasion};

/// A question outside the frame loop.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// When it is asked.
    pub occasion: Occasion,
    /// Block after which it is asked.
    pub block_n: Option<u32>,
    /// Whose item it is.
    pub instrument: &'a Instrument,
    /// The item.
    pub item: &'a InstrumentItem,
    /// Its number among the instrument's items, from 1.
    pub item_n: usize,
    /// Whether one can go back to a question before it.
    pub back: bool,
    /// Whether it was asked before, and is asked again.
    pub again: bool,
    /// What was answered then.
    pub before: Option<&'a str>,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// The answer as it is stored; none when it is left out.
    Given(Option<String>),
    /// The person goes back to the question before.
    Back,
}

/// What came back, and how long it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<T> {
    /// What was answered.
    pub value: T,
    /// From shown to answered, in the session's time.
    pub took_ns: i64,
}

/// Who answers and who runs the session.
pub trait Desk {
    /// Whose answers these are, for the record.
    fn source(&self) -> AnswerSource;
    /// Shows the text of the consent and asks whether the participant agrees.
    fn consent(&mut self, consent: &Consent) -> Result<Reply<bool>, Problem>;
    /// Shows a text until it has been read.
    fn instruct(&mut self, text: &str) -> Result<Reply<()>, Problem>;
    /// Asks an item.
    fn ask(&mut self, question: &Question<'_>) -> Result<Reply<Answered>, Problem>;
    /// Asks an item without waiting: called again and again until there is an answer. `first` begins it.
    fn try_ask(&mut self, question: &Question<'_>, _first: bool) -> Result<Option<Answered>, Problem> {
        self.ask(question).map(|reply| Some(reply.value))
    }
    /// Shows the answers given to an instrument's items; which item is to be asked again, none when all are right.
    fn review(&mut self, _of: &Instrument, _answers: &[Option<String>]) -> Result<Reply<Option<usize>>, Problem> {
        Ok(Reply { value: None, took_ns: 0 })
    }
    /// A pause between blocks.
    fn pause(&mut self, pause: &Pause) -> Result<Reply<()>, Problem>;
    /// Something speaks for ending the session; whether it is to end.
    fn propose_end(&mut self, why: &str) -> Result<bool, Problem>;
    /// The same without waiting: called again and again until it is decided. `first` begins it.
    fn try_end(&mut self, why: &str, _first: bool) -> Result<Option<bool>, Problem> {
        self.propose_end(why).map(Some)
    }
    /// The next command of the operator while a trial runs, if there is one. Never waits: it is asked once a frame.
    fn command(&mut self) -> Option<Command>;
    /// The next command given so far, between trials: what is typed then may be an answer to the next question.
    fn queued(&mut self) -> Option<Command>;
    /// Waits for the next command; none when nobody can give one.
    fn wait_for_command(&mut self) -> Reply<Option<Command>>;
    /// Whether somebody can still give commands.
    fn attended(&self) -> bool {
        true
    }
    /// Whether the participant is in a headset or at a window that this desk shows panels in.
    fn shows_frames(&self) -> bool {
        false
    }
    /// When the last frame between trials was seen, where the desk shows frames.
    fn now(&self) -> Option<DisplayTime> {
        None
    }
    /// Tells the operator something.
    fn tell(&mut self, text: &str);
}
