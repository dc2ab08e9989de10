//! Reading a scripted participant's file, one step a line.
//!
//! ```text
//! eye_height 1.6 m
//! [all]
//! at gap_opens + 2.0 s: walk to 0.0 -7.2 at 1.4 m/s
//! [trials 2-5]
//! at rating + 1.0 s: answer felt_safe 5
//! ```

use crate::document::{meant, shown};
use crate::kernel::script::{Action, Look, Script, Section, Step, Trials, Trigger};
use crate::kernel::seams::buttons;
use crate::kernel::spec::Item;
use crate::problem::{Outcome, Place, Problem, Problems, short_number};
use std::ops::RangeInclusive;

/// Longest script that is read.
const MOST_BYTES: usize = 1 << 20;
/// Most problems reported.
const MOST_PROBLEMS: usize = 100;
/// Eye height of a script that gives none.
const EYE_HEIGHT_M: f64 = 1.6;

/// Reads a script; `file` is what messages call it, `items` are those of the study.
pub fn read_script(file: &str, text: &str, items: &[Item]) -> Outcome<Script> {
    if text.len() > MOST_BYTES {
        let what = format!("the script has {} bytes; at most {MOST_BYTES} are read", text.len());
        return Err(Problem::new(Place::at(file, 1, 1), what, "check that this is the right file").into());
    }
    let mut reader =
        Reader { script: Script { eye_height_m: EYE_HEIGHT_M, sections: Vec::new() }, items, has_height: false };
    let mut problems = Problems::default();
    for (n, line) in (1..).zip(text.lines()) {
        if let Err(wrong) = reader.line(n, line) {
            problems.push(Problem::new(Place::at(file, n, wrong.column), wrong.what, wrong.cure));
        }
        if problems.0.len() >= MOST_PROBLEMS {
            break;
        }
    }
    problems.check()?;
    Ok(reader.script)
}

struct Wrong {
    column: u32,
    what: String,
    cure: String,
}

fn wrong<T>(column: u32, what: impl Into<String>, cure: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { column, what: what.into(), cure: cure.into() })
}

/// The words of a line with their columns; `[`, `]`, `:` and `+` stand alone.
struct Words<'a> {
    words: std::vec::IntoIter<(u32, &'a str)>,
    end: u32,
}

impl<'a> Words<'a> {
    fn new(line: &'a str) -> Self {
        let line = line.split('#').next().unwrap_or("");
        let mut words = Vec::new();
        let (mut start, mut column) = (None, 0_u32);
        for (at, c) in line.char_indices() {
            column = column.saturating_add(1);
            let alone = matches!(c, '[' | ']' | ':') || (c == '+' && start.is_none());
            if alone || c.is_whitespace() {
                words.extend(start.take().map(|(from, column)| (column, &line[from..at])));
            } else if start.is_none() {
                start = Some((at, column));
            }
            if alone {
                words.push((column, &line[at..at + c.len_utf8()]));
            }
        }
        words.extend(start.map(|(from, column)| (column, &line[from..])));
        let end = words.last().map_or(1, |(column, word)| column + u32::try_from(word.chars().count()).unwrap_or(0));
        Self { words: words.into_iter(), end }
    }

    fn peek(&self) -> Option<&'a str> {
        self.words.as_slice().first().map(|(_, word)| *word)
    }

    fn next(&mut self, wanted: &str) -> Result<(u32, &'a str), Wrong> {
        match self.words.next() {
            Some(word) => Ok(word),
            None => wrong(self.end, format!("the line ends too soon: {wanted} is wanted"), format!("write {wanted}")),
        }
    }

    fn literal(&mut self, word: &str) -> Result<(), Wrong> {
        let (column, found) = self.next(&format!("`{word}`"))?;
        if found == word {
            return Ok(());
        }
        wrong(column, format!("`{}` where `{word}` is wanted", shown(found)), format!("write `{word}`"))
    }

    /// A number and, when there is one, its unit as a word of its own or glued to it.
    fn number(&mut self, name: &str, unit: &str, range: RangeInclusive<f64>) -> Result<f64, Wrong> {
        let (column, word) = self.next(name)?;
        let (digits, glued) = match word.strip_suffix(unit) {
            Some(digits) if !unit.is_empty() => (digits, true),
            _ => (word, false),
        };
        let form = |b: u8| b.is_ascii_digit() || matches!(b, b'-' | b'.');
        let number = Some(digits).filter(|d| d.bytes().all(form)).and_then(|d| d.parse::<f64>().ok());
        let (least, most) = (range.start(), range.end());
        let cure = format!("give a number from {least} to {most} {unit}").trim_end().to_owned();
        match number {
            Some(number) if range.contains(&number) => {
                if !glued && !unit.is_empty() {
                    self.literal(unit)?;
                }
                Ok(number)
            }
            Some(number) => {
                wrong(column, format!("{name} is {}, outside what is possible", short_number(number)), cure)
            }
            None => wrong(column, format!("`{}` where {name} is wanted", shown(word)), cure),
        }
    }

    /// Nothing more may stand on the line.
    fn end(mut self) -> Result<(), Wrong> {
        match self.words.next() {
            None => Ok(()),
            Some((column, word)) => {
                wrong(column, format!("`{}` is too much here", shown(word)), "end the line before it")
            }
        }
    }
}

fn one_of<'k>(column: u32, word: &str, what: &str, known: &[&'k str]) -> Result<&'k str, Wrong> {
    if let Some(found) = known.iter().find(|name| **name == word) {
        return Ok(found);
    }
    let cure = match meant(word, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("write one of: {}", known.join(", ")),
    };
    wrong(column, format!("`{}` is no {what}", shown(word)), cure)
}

struct Reader<'a> {
    script: Script,
    items: &'a [Item],
    has_height: bool,
}

impl Reader<'_> {
    fn line(&mut self, n: u32, line: &str) -> Result<(), Wrong> {
        let mut words = Words::new(line);
        let Some(first) = words.peek() else { return Ok(()) };
        let (column, _) = words.next("a line")?;
        match first {
            "[" => self.section(column, words),
            "eye_height" => self.eye_height(column, words),
            "at" => self.step(n, column, words),
            _ => {
                let what = format!("a line cannot begin with `{}`", shown(first));
                wrong(column, what, "begin it with `at`, `[`, `eye_height` or `#`")
            }
        }
    }

    fn eye_height(&mut self, column: u32, mut words: Words<'_>) -> Result<(), Wrong> {
        if std::mem::replace(&mut self.has_height, true) {
            return wrong(column, "the eye height is given twice", "keep one");
        }
        self.script.eye_height_m = words.number("the eye height", "m", 0.5..=2.5)?;
        words.end()
    }

    fn section(&mut self, column: u32, mut words: Words<'_>) -> Result<(), Wrong> {
        // The section begins even when its head is wrong, so that its steps are checked as well.
        let trials = section_trials(&mut words);
        let clash = trials.as_ref().is_ok_and(|new| self.script.sections.iter().any(|old| overlap(old.trials, *new)));
        let known = trials.as_ref().map_or(Trials::Range(0, 0), |trials| *trials);
        self.script.sections.push(Section { trials: known, steps: Vec::new() });
        trials?;
        if clash {
            return wrong(column, "these trials have a section already", "let each trial stand in one section");
        }
        words.end()
    }

    fn step(&mut self, n: u32, column: u32, mut words: Words<'_>) -> Result<(), Wrong> {
        let step = step(n, &mut words, self.items)?;
        words.end()?;
        match self.script.sections.last_mut() {
            Some(section) => section.steps.push(step),
            None => return wrong(column, "this step belongs to no trial", "write [all] or [trial 1] above it"),
        }
        Ok(())
    }
}

fn overlap(a: Trials, b: Trials) -> bool {
    match (a, b) {
        (Trials::All, Trials::All) => true,
        (Trials::Range(a0, a1), Trials::Range(b0, b1)) => a0 <= b1 && b0 <= a1,
        _ => false,
    }
}

fn section_trials(words: &mut Words<'_>) -> Result<Trials, Wrong> {
    let (column, word) = words.next("`all]`, `trial 3]` or `trials 2-5]`")?;
    let kind = one_of(column, word, "section", &["all", "trial", "trials"])?;
    let trials = if kind == "all" {
        Trials::All
    } else {
        let (column, text) = words.next("a trial's number")?;
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let number = |digits: &str| digits.parse::<u32>().ok().filter(|n| (1..=1_000_000).contains(n));
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => Trials::Range(first, last),
            (Some(first), Some(last)) => {
                return wrong(
                    column,
                    format!("trials run from {first} down to {last}"),
                    "write the lower number first",
                );
            }
            _ => {
                let what = format!("`{}` is no trial", shown(text));
                return wrong(column, what, "write a position in the plan, from 1, or two with - between");
            }
        }
    };
    words.literal("]")?;
    Ok(trials)
}

fn step(line: u32, words: &mut Words<'_>, items: &[Item]) -> Result<Step, Wrong> {
    let (column, word) = words.next("an event")?;
    let word = one_of(column, word, "event", Trigger::WORDS)?;
    let trigger = Trigger::from_word(word).unwrap_or(Trigger::Trial);
    let after_s = if words.peek() == Some("+") {
        words.literal("+")?;
        words.number("a time", "s", 0.0..=3600.0)?
    } else {
        0.0
    };
    words.literal(":")?;
    Ok(Step { trigger, after_s, action: action(words, items)?, line })
}

fn action(words: &mut Words<'_>, items: &[Item]) -> Result<Action, Wrong> {
    let (column, word) = words.next("an action")?;
    match one_of(column, word, "action", &["look", "walk", "press", "answer", "trigger", "lose"])? {
        "look" => {
            let (column, word) = words.next("where to look")?;
            let word = one_of(column, word, "direction", Look::WORDS)?;
            Ok(Action::Look(Look::from_word(word).unwrap_or(Look::Ahead)))
        }
        "walk" => {
            words.literal("to")?;
            let x_m = words.number("x (metres to the right)", "", -100.0..=100.0)?;
            let z_m = words.number("z (metres back; the road is at negative z)", "", -100.0..=100.0)?;
            words.literal("at")?;
            Ok(Action::WalkTo { x_m, z_m, speed_mps: words.number("a walking speed", "m/s", 0.05..=10.0)? })
        }
        "press" => {
            let (column, word) = words.next("a button")?;
            let word = one_of(column, word, "button", &["select", "stop", "menu"])?;
            Ok(Action::Press(match word {
                "select" => buttons::SELECT,
                "stop" => buttons::STOP,
                _ => buttons::MENU,
            }))
        }
        "answer" => answer(words, items),
        "trigger" => Ok(Action::Trigger(words.number("the trigger", "", 0.0..=1.0)?)),
        _ => {
            words.literal("head")?;
            words.literal("for")?;
            Ok(Action::LoseHead { for_s: words.number("a time", "s", 0.0..=600.0)? })
        }
    }
}

fn answer(words: &mut Words<'_>, items: &[Item]) -> Result<Action, Wrong> {
    let (column, id) = words.next("an item")?;
    let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    let id = one_of(column, id, "item of the study", &ids)?;
    let (column, word) = words.next("an answer")?;
    let item = id.to_owned();
    if word == "skip" {
        return Ok(Action::Answer { item, value: None });
    }
    let range = items.iter().find(|item| item.id == id).map_or(0..=0, |item| item.least..=item.most);
    match word.parse::<i64>().ok().filter(|value| range.contains(value)) {
        Some(value) => Ok(Action::Answer { item, value: Some(value) }),
        None => {
            let what = format!("`{}` is no answer to `{item}`", shown(word));
            wrong(column, what, format!("give a whole number from {} to {}, or `skip`", range.start(), range.end()))
        }
    }
}
