//! How things are said: colour only on a terminal, progress only where somebody looks.

use crate::problem::{Place, Problem, Problems};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};

/// Writes a line to standard output; a reader that has gone away (`| head`) is no error, a full disk is.
pub fn line(text: impl AsRef<str>) -> Result<(), Problem> {
    match writeln!(std::io::stdout(), "{}", text.as_ref()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            let what = format!("what is printed cannot be written: {e}");
            Err(Problem::new(Place::default().part("standard output"), what, "print to a terminal, or to another disk"))
        }
        _ => Ok(()),
    }
}

/// Colours of words on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// All is well.
    Green,
    /// Worth a look.
    Yellow,
    /// Wrong.
    Red,
}

/// Text for standard output, in colour where that is a terminal.
pub fn coloured(text: &str, colour: Colour) -> String {
    if !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some() {
        return text.to_owned();
    }
    let code = match colour {
        Colour::Green => 32,
        Colour::Yellow => 33,
        Colour::Red => 31,
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

/// Writes every problem to standard error.
pub fn problems(problems: &Problems) {
    const MOST: usize = 25;
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (red, plain) = if colour { ("\x1b[31m", "\x1b[0m") } else { ("", "") };
    for problem in problems.0.iter().take(MOST) {
        let _ = writeln!(std::io::stderr(), "{red}error:{plain} {problem}");
    }
    if problems.0.len() > MOST {
        let _ = writeln!(std::io::stderr(), "... and {} more", problems.0.len() - MOST);
    }
}

/// Writes warnings to standard error.
pub fn warnings(warnings: &[Problem]) {
    for warning in warnings {
        let _ = writeln!(std::io::stderr(), "warning: {warning}");
    }
}

/// Writes notes to standard error.
pub fn notes(notes: &[String]) {
    for note in notes {
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
}

/// A progress bar for so many things; silent when standard error is no terminal.
pub fn progress(what: &'static str, n: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(n), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{prefix:>12} [{bar:32}] {pos}/{len} {msg} {eta}");
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_prefix(what);
    bar
}

/// Bytes in a unit that fits.
pub fn size(bytes: u64) -> String {
    if bytes < 1_000_000 { format!("{} kB", bytes.div_ceil(1000)) } else { format!("{} MB", bytes.div_ceil(1_000_000)) }
}

/// So many things, in words: `1 session`, `2 sessions`.
pub fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// So many people, in words.
pub fn people(n: usize) -> String {
    if n == 1 { "1 person".to_owned() } else { format!("{n} people") }
}
