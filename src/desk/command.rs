//! What an operator may order, typed here or sent by a cockpit.

/// An order of the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// End this attempt now, and why if that was said; its rows are kept.
    Abort(String),
    /// Wait before the next trial.
    Pause,
    /// Go on after a pause.
    Continue,
    /// Repeat the last trial; both attempts are kept.
    Redo(String),
    /// A note for the record.
    Note(String),
    /// A deviation from the protocol, for the record.
    Deviation(String),
    /// Leave after this trial; the session is continued later.
    Leave,
    /// End the session for good after this trial.
    End(String),
    /// Leave now: the running trial is repeated later.
    Break,
}

/// The keys, for people.
pub const KEYS: &str = "n TEXT  note        d TEXT    protocol deviation   p  pause before the next trial
r REASON  redo the last trial    a [REASON]  abort this trial      c  continue
s  stop after this trial, continue later    e REASON  end the session for good    ?  these keys
While a question waits for its answer, write : before the key, as in `:n TEXT`; < goes back to the question before.";

impl Command {
    /// Reads a typed line; the error says what is missing.
    pub fn read(line: &str) -> Result<Self, String> {
        let line = line.trim().trim_start_matches(':').trim_start();
        let (key, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let with = |command: fn(String) -> Self, wanted: &str| {
            if rest.is_empty() { Err(format!("write {wanted} after '{key}'")) } else { Ok(command(rest.to_owned())) }
        };
        match key {
            "n" | "note" => with(Self::Note, "the note"),
            "d" | "deviation" => with(Self::Deviation, "what was done otherwise"),
            "r" | "redo" => with(Self::Redo, "the reason"),
            "e" | "end" => with(Self::End, "the reason"),
            "a" | "abort" => Ok(Self::Abort(rest.to_owned())),
            "p" | "pause" => Ok(Self::Pause),
            "c" | "continue" => Ok(Self::Continue),
            "s" | "stop" => Ok(Self::Leave),
            "?" | "help" => Err(KEYS.to_owned()),
            _ => Err(format!("'{}' is no key; these are:\n{KEYS}", line.chars().take(60).collect::<String>())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn keys() {
        for (line, command) in [
            ("a", Command::Abort(String::new())),
            ("a he waved", Command::Abort("he waved".into())),
            (" :p ", Command::Pause),
            ("c", Command::Continue),
            ("n he asked a question", Command::Note("he asked a question".into())),
            ("deviation no headphones", Command::Deviation("no headphones".into())),
            (":r a phone rang", Command::Redo("a phone rang".into())),
            ("s", Command::Leave),
            ("e sick", Command::End("sick".into())),
        ] {
            assert_eq!(Command::read(line), Ok(command), "{line}");
        }
        for line in ["", "r", "n  ", "e", "x", "?", "redoing it"] {
            assert!(Command::read(line).is_err(), "{line}");
        }
    }
}
