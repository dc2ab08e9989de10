//! The simulated desk: the simulated participant answers; nobody runs the session unless somebody types.

use super::command::Command;
use super::lines::{Lines, Typed};
use super::{Answered, Desk, Question, Reply};
use crate::kernel::person::questionnaire_step;
use crate::kernel::rng::Rng;
use crate::problem::Problem;
use crate::study::{Consent, Pause};
use crate::table::AnswerSource;

const S: i64 = 1_000_000_000;

/// Answers drawn by seed, participant, occasion and item.
#[derive(Debug)]
pub struct Simulated {
    seed: String,
    participant: String,
    lines: Lines,
}

impl Simulated {
    /// The person whom seed and code define; `lines` may carry commands.
    pub fn new(seed: u64, participant: &str, lines: Lines) -> Self {
        Self { seed: seed.to_string(), participant: participant.to_owned(), lines }
    }

    fn stream(&self, names: &[&str]) -> Rng {
        let mut all = vec!["questionnaire", self.seed.as_str(), self.participant.as_str()];
        all.extend_from_slice(names);
        Rng::named(&all)
    }
}

impl Desk for Simulated {
    fn source(&self) -> AnswerSource {
        AnswerSource::Simulated
    }

    fn consent(&mut self, _consent: &Consent) -> Result<Reply<bool>, Problem> {
        Ok(Reply { value: true, took_ns: 30 * S })
    }

    fn instruct(&mut self, _text: &str) -> Result<Reply<()>, Problem> {
        Ok(Reply { value: (), took_ns: 10 * S })
    }

    fn ask(&mut self, question: &Question<'_>) -> Result<Reply<Answered>, Problem> {
        let (instrument, item) = (question.instrument.id.as_str(), question.item.id.as_str());
        let block = question.block_n.map_or_else(String::new, |n| n.to_string());
        let mut person = self.stream(&["intercept", instrument]);
        let mut answer = self.stream(&["answer", question.occasion.word(), &block, instrument, item]);
        let steps = question.item.steps();
        let value = steps.and_then(|steps| {
            let symptoms = steps.first().is_some_and(|first| first == "0");
            let step = questionnaire_step(steps.len(), symptoms, &mut person, &mut answer);
            steps.get(step).cloned()
        });
        let took_ms = i64::try_from(1500 + answer.below(5000)).unwrap_or(1500);
        Ok(Reply { value: Answered::Given(value), took_ns: took_ms * 1_000_000 })
    }

    fn pause(&mut self, pause: &Pause) -> Result<Reply<()>, Problem> {
        #[allow(clippy::cast_possible_truncation)]
        let took_ns = (pause.least_s * 1e9).round() as i64;
        Ok(Reply { value: (), took_ns })
    }

    fn propose_end(&mut self, _why: &str) -> Result<bool, Problem> {
        Ok(true)
    }

    fn command(&mut self) -> Option<Command> {
        match self.lines.poll()? {
            Typed::Interrupt => Some(Command::Break),
            Typed::End => None,
            Typed::Line(line) => Command::read(&line).map_err(|what| self.tell(&what)).ok(),
        }
    }

    fn queued(&mut self) -> Option<Command> {
        self.command()
    }

    fn wait_for_command(&mut self) -> Reply<Option<Command>> {
        let value = loop {
            match self.lines.wait() {
                Typed::Interrupt => break Some(Command::Break),
                Typed::End => break None,
                Typed::Line(line) => match Command::read(&line) {
                    Ok(command) => break Some(command),
                    Err(what) => self.tell(&what),
                },
            }
        };
        // Virtual time stands still while the operator of simulated people thinks.
        Reply { value, took_ns: 0 }
    }

    fn attended(&self) -> bool {
        self.lines.open()
    }

    fn tell(&mut self, text: &str) {
        eprintln!("{text}");
    }
}
