//! Lines typed at a terminal, read on a thread of their own so that nothing waits for them.

use std::io::{BufRead, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, sync_channel};
use std::time::Duration;

/// Longer lines are cut: nobody types them.
const MOST_BYTES: u64 = 1 << 16;
/// How often a waiting desk looks whether it was interrupted.
const LOOK: Duration = Duration::from_millis(50);

/// Typed lines as they come, and whether Ctrl-C was pressed.
#[derive(Debug)]
pub struct Lines {
    typed: Option<Receiver<String>>,
    interrupted: &'static AtomicBool,
}

/// What came while waiting for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A line, without its end.
    Line(String),
    /// Ctrl-C.
    Interrupt,
    /// There will be no more lines.
    End,
}

impl Lines {
    /// Lines of `input`; `interrupted` is set by Ctrl-C.
    pub fn of(input: impl Read + Send + 'static, interrupted: &'static AtomicBool) -> Self {
        let (sender, typed) = sync_channel(64);
        let read = std::thread::Builder::new().name("lines".into()).spawn(move || {
            let mut input = std::io::BufReader::new(input);
            loop {
                let mut line = Vec::new();
                match input.by_ref().take(MOST_BYTES).read_until(b'\n', &mut line) {
                    Ok(0) | Err(_) => break,
                    Ok(_) => {
                        let line = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
                        if sender.send(line).is_err() {
                            break;
                        }
                    }
                }
            }
        });
        Self { typed: read.is_ok().then_some(typed), interrupted }
    }

    /// Nobody types: only Ctrl-C is heard.
    pub const fn none(interrupted: &'static AtomicBool) -> Self {
        Self { typed: None, interrupted }
    }

    /// Whether Ctrl-C was pressed.
    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether there may be more lines.
    pub const fn open(&self) -> bool {
        self.typed.is_some()
    }

    /// What has come, without waiting.
    pub fn poll(&mut self) -> Option<Typed> {
        if self.interrupted() {
            return Some(Typed::Interrupt);
        }
        match self.typed.as_ref()?.try_recv() {
            Ok(line) => Some(Typed::Line(line)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                self.typed = None;
                None
            }
        }
    }

    /// Waits for the next line.
    pub fn wait(&mut self) -> Typed {
        loop {
            if self.interrupted() {
                return Typed::Interrupt;
            }
            let Some(typed) = &self.typed else { return Typed::End };
            match typed.recv_timeout(LOOK) {
                Ok(line) => return Typed::Line(line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => self.typed = None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static NOT: AtomicBool = AtomicBool::new(false);

    #[test]
    fn lines_come_one_by_one_and_end() {
        let mut lines = Lines::of(std::io::Cursor::new("one\r\ntwo\nlast"), &NOT);
        for expected in ["one", "two", "last"] {
            assert_eq!(lines.wait(), Typed::Line(expected.into()));
        }
        assert_eq!(lines.wait(), Typed::End);
        assert_eq!(lines.poll(), None);
    }

    #[test]
    fn ctrl_c_is_heard_while_nobody_types() {
        static PRESSED: AtomicBool = AtomicBool::new(true);
        let mut lines = Lines::none(&PRESSED);
        assert_eq!(lines.wait(), Typed::Interrupt);
        assert_eq!(lines.poll(), Some(Typed::Interrupt));
    }
}
