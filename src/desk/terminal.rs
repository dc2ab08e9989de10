//! The desk at a terminal: questions are read and typed here, and the operator's keys.

use super::command::{Command, KEYS};
use super::lines::{Lines, Typed};
use super::{Answered, Desk, Question, Reply};
use crate::problem::{Place, Problem};
use crate::study::{Consent, Pause};
use crate::table::AnswerSource;
use std::collections::VecDeque;
use std::io::Write;
use std::time::{Duration, Instant};

/// Questions on the terminal, answers typed. A line that begins with `:` is an operator's key.
#[derive(Debug)]
pub struct Terminal {
    lines: Lines,
    commands: VecDeque<Command>,
}

impl Terminal {
    /// A desk that reads `lines` and writes to standard error, so that results can be piped on.
    pub const fn new(lines: Lines) -> Self {
        Self { lines, commands: VecDeque::new() }
    }

    /// A typed answer; operator's keys in between are kept for later.
    fn answer(&mut self, prompt: &str) -> Result<String, Problem> {
        loop {
            self.prompt(prompt);
            match self.lines.wait() {
                Typed::Line(line) if line.trim() == "?" => self.tell(KEYS),
                Typed::Line(line) if line.trim_start().starts_with(':') => self.keep(&line),
                Typed::Line(line) => return Ok(line.trim().to_owned()),
                Typed::Interrupt => return Err(left("Ctrl-C was pressed")),
                Typed::End => return Err(left("nothing more can be typed: standard input has ended")),
            }
        }
    }

    /// What has been typed, if anything; operator's keys are kept for later.
    fn polled(&mut self) -> Result<Option<String>, Problem> {
        match self.lines.poll() {
            Some(Typed::Line(line)) if line.trim() == "?" => self.tell(KEYS),
            Some(Typed::Line(line)) if line.trim_start().starts_with(':') => self.keep(&line),
            Some(Typed::Line(line)) => return Ok(Some(line.trim().to_owned())),
            Some(Typed::Interrupt) => return Err(left("Ctrl-C was pressed")),
            None if self.lines.open() => {}
            Some(Typed::End) | None => return Err(left("nothing more can be typed: standard input has ended")),
        }
        Ok(None)
    }

    /// The question, as it is read.
    fn announce(&self, question: &Question<'_>) {
        let write = |text: &str| {
            let _ = writeln!(std::io::stderr(), "{text}");
        };
        if question.item_n == 1 && !question.again {
            write(&format!("\n{}\n{}", question.instrument.title, question.instrument.instruction.trim()));
        }
        let of = question.instrument.items.len();
        write(&format!("\n{}/{of}  {}", question.item_n, question.item.text));
        if question.again {
            write(&format!("      answered so far: {}; Enter keeps it", question.before.unwrap_or("-")));
        }
    }

    /// What a typed line answers; none where it is no answer, which is said.
    fn judge(&mut self, question: &Question<'_>, typed: String) -> Option<Answered> {
        let said = match typed.as_str() {
            "" if question.again => return Some(Answered::Given(question.before.map(str::to_owned))),
            "" if question.item.optional => return Some(Answered::Given(None)),
            "" => "please answer; `-` leaves the item out".to_owned(),
            "-" => return Some(Answered::Given(None)),
            "<" if question.back => return Some(Answered::Back),
            "<" => "there is no question before this one".to_owned(),
            _ => match question.item.check(&typed) {
                Ok(value) => return Some(Answered::Given(Some(value))),
                Err(what) => what,
            },
        };
        self.tell(&format!("      {said}"));
        None
    }

    /// Waits for Enter; whatever else is typed is a key, with or without its colon.
    fn enter(&mut self) -> Result<(), Problem> {
        loop {
            let typed = self.answer("[Enter to go on] ")?;
            if typed.is_empty() {
                return Ok(());
            }
            self.keep(&typed);
        }
    }

    /// Keeps a key until the question is answered.
    fn keep(&mut self, line: &str) {
        match Command::read(line) {
            Ok(command) => {
                self.commands.push_back(command);
                self.tell("noted: it is carried out when this is done");
            }
            Err(what) => self.tell(&what),
        }
    }

    fn prompt(&self, prompt: &str) {
        let mut out = std::io::stderr();
        let _ = write!(out, "{prompt}").and_then(|()| out.flush());
    }

    fn yes(&mut self, question: &str) -> Result<bool, Problem> {
        loop {
            match yes_or_no(&self.answer(&format!("{question} [yes/no] "))?) {
                Some(yes) => return Ok(yes),
                None => self.tell("type yes or no"),
            }
        }
    }
}

fn yes_or_no(typed: &str) -> Option<bool> {
    match typed.to_lowercase().as_str() {
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

pub(super) fn left(what: &str) -> Problem {
    Problem::new(Place::default(), what, "what was answered so far is sealed: the same `kerbside run` continues")
}

fn timed<T>(value: impl FnOnce() -> Result<T, Problem>) -> Result<Reply<T>, Problem> {
    let began = Instant::now();
    let value = value()?;
    Ok(Reply { value, took_ns: i64::try_from(began.elapsed().as_nanos()).unwrap_or(i64::MAX) })
}

impl Desk for Terminal {
    fn source(&self) -> AnswerSource {
        AnswerSource::Terminal
    }

    fn consent(&mut self, consent: &Consent) -> Result<Reply<bool>, Problem> {
        self.tell(&format!("\nConsent, version {}\n\n{}\n", consent.version, consent.text.trim()));
        timed(|| {
            let agrees = self.yes("Does the participant agree?")?;
            Ok(agrees || !self.yes("Then the session ends for good, without a trial. Is that so?")?)
        })
    }

    fn instruct(&mut self, text: &str) -> Result<Reply<()>, Problem> {
        self.tell(&format!("\n{}\n", text.trim()));
        timed(|| self.enter())
    }

    fn ask(&mut self, question: &Question<'_>) -> Result<Reply<Answered>, Problem> {
        self.announce(question);
        let offers = format!("      {} > ", question.item.offers());
        timed(|| {
            loop {
                let typed = self.answer(&offers)?;
                if let Some(answered) = self.judge(question, typed) {
                    return Ok(answered);
                }
            }
        })
    }

    fn try_ask(&mut self, question: &Question<'_>, first: bool) -> Result<Option<Answered>, Problem> {
        let offers = format!("      {} > ", question.item.offers());
        if first {
            self.announce(question);
            self.prompt(&offers);
        }
        let Some(typed) = self.polled()? else { return Ok(None) };
        let answered = self.judge(question, typed);
        if answered.is_none() {
            self.prompt(&offers);
        }
        Ok(answered)
    }

    fn pause(&mut self, pause: &Pause) -> Result<Reply<()>, Problem> {
        self.tell(&format!("\n{} (at least {} s)", pause.text.trim(), pause.least_s));
        let least = Duration::from_secs_f64(pause.least_s.clamp(0.0, 86_400.0));
        timed(|| {
            let began = Instant::now();
            loop {
                self.enter()?;
                let left = least.saturating_sub(began.elapsed());
                if left.is_zero() {
                    return Ok(());
                }
                self.tell(&format!("not yet: another {} s", left.as_secs() + 1));
            }
        })
    }

    fn propose_end(&mut self, why: &str) -> Result<bool, Problem> {
        self.tell(&format!("\n{why}"));
        self.yes("End the session?")
    }

    fn try_end(&mut self, why: &str, first: bool) -> Result<Option<bool>, Problem> {
        const PROMPT: &str = "End the session? [yes/no] ";
        if first {
            self.tell(&format!("\n{why}"));
            self.prompt(PROMPT);
        }
        let Some(typed) = self.polled()? else { return Ok(None) };
        let said = yes_or_no(&typed);
        if said.is_none() {
            self.tell("type yes or no");
            self.prompt(PROMPT);
        }
        Ok(said)
    }

    fn command(&mut self) -> Option<Command> {
        if let Some(command) = self.commands.pop_front() {
            return Some(command);
        }
        match self.lines.poll()? {
            Typed::Interrupt => Some(Command::Break),
            Typed::End => None,
            Typed::Line(line) if line.trim().is_empty() => None,
            Typed::Line(line) => Command::read(&line).map_err(|what| self.tell(&what)).ok(),
        }
    }

    fn queued(&mut self) -> Option<Command> {
        self.commands.pop_front().or_else(|| self.lines.interrupted().then_some(Command::Break))
    }

    fn wait_for_command(&mut self) -> Reply<Option<Command>> {
        let began = Instant::now();
        let value = loop {
            if let Some(command) = self.commands.pop_front() {
                break Some(command);
            }
            self.prompt("[paused; c continues, ? shows the keys] ");
            match self.lines.wait() {
                Typed::Interrupt => break Some(Command::Break),
                Typed::End => break None,
                Typed::Line(line) if line.trim() == "?" => self.tell(KEYS),
                Typed::Line(line) => match Command::read(&line) {
                    Ok(command) => break Some(command),
                    Err(what) => self.tell(&what),
                },
            }
        };
        Reply { value, took_ns: i64::try_from(began.elapsed().as_nanos()).unwrap_or(i64::MAX) }
    }

    fn attended(&self) -> bool {
        self.lines.open() || !self.commands.is_empty()
    }

    fn tell(&mut self, text: &str) {
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}
