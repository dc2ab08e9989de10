//! OpenXR's session life as a pure table: what a change of state asks of us, and what it means for the trial.
//!
//! The legal changes are those of the specification's section "Session Lifecycle". A loss may be announced in any state;
//! after it, and after the runtime's wish that we leave, nothing follows but destroying the session. Runtimes have been
//! seen to leave states out: that costs no session.

use crate::kernel::seams::Fault;
use crate::table::{Mark, Source};

/// Where an OpenXR session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Created; nothing heard of it yet.
    Unknown,
    /// The runtime has no use for the session now.
    Idle,
    /// The session may begin.
    Ready,
    /// Frames are paced, nobody sees them.
    Synchronized,
    /// Seen, but without input.
    Visible,
    /// Seen, with input.
    Focused,
    /// The session is to end.
    Stopping,
    /// The runtime loses the session.
    LossPending,
    /// The runtime wants the program to leave.
    Exiting,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Unknown,
        Self::Idle,
        Self::Ready,
        Self::Synchronized,
        Self::Visible,
        Self::Focused,
        Self::Stopping,
        Self::LossPending,
        Self::Exiting,
    ];

    /// Whether the frame loop runs: wait, begin, end. In `Ready` from the session's begin on, which brings the rest.
    pub const fn runs_frames(self) -> bool {
        matches!(self, Self::Ready | Self::Synchronized | Self::Visible | Self::Focused)
    }

    /// Whether pictures can be seen; the runtime's own "should render" still decides each frame.
    pub const fn is_seen(self) -> bool {
        matches!(self, Self::Visible | Self::Focused)
    }

    /// Whether controllers and hands count.
    pub const fn has_input(self) -> bool {
        matches!(self, Self::Focused)
    }

    /// Whether OpenXR lets this state follow.
    const fn may_become(self, next: Self) -> bool {
        use State::{Exiting, Focused, Idle, LossPending, Ready, Stopping, Synchronized, Unknown, Visible};
        matches!(
            (self, next),
            (Unknown | Stopping, Idle)
                | (Idle, Ready | Exiting)
                | (Ready | Visible, Synchronized)
                | (Synchronized | Focused, Visible)
                | (Visible, Focused)
                | (Synchronized, Stopping)
                | (Unknown | Idle | Ready | Synchronized | Visible | Focused | Stopping, LossPending)
        )
    }
}

/// What happens to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The runtime announces a state.
    Becomes(State),
    /// We have asked the runtime to let us go: what follows is no fault.
    AskedToLeave,
    /// A person puts the headset on or takes it off, where the runtime tells.
    Present(bool),
}

/// What we have to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Begin the session; from now on frames run.
    Begin,
    /// End the session; until it is ready again no frame is waited for.
    End,
    /// Destroy it: the headset is lost to this run.
    Destroy,
}

/// What can be wrong while the session should serve a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The view or the input belongs to somebody else.
    Unfocused,
    /// Nobody wears the headset, or the runtime has put it to rest.
    Off,
    /// The runtime has given the session up.
    Lost,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Unfocused, Self::Off, Self::Lost];

    /// How it marks a trial.
    pub const fn mark(self) -> Mark {
        match self {
            Self::Unfocused => Mark::FocusLost,
            Self::Off => Mark::HeadsetOff,
            Self::Lost => Mark::DeviceLost,
        }
    }
}

/// A session's life so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Where it stands.
    pub state: State,
    /// Whether the session has begun and not ended: frames are waited for.
    pub running: bool,
    /// Whether it had the focus once: before, nothing is taken from anybody.
    served: bool,
    /// Whether we asked to leave.
    leaving: bool,
    /// Whether somebody wears the headset, as far as is known.
    worn: bool,
}

/// What an event brings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// What we have to do.
    pub task: Option<Task>,
    /// Faults that begin: they mark the trial.
    pub faults: Vec<Fault>,
    /// Faults that end.
    pub over: Vec<Fault>,
}

impl Default for Life {
    fn default() -> Self {
        Self { state: State::Unknown, running: false, served: false, leaving: false, worn: true }
    }
}

impl Life {
    /// Whether somebody wears the headset, as far as is known.
    pub const fn is_worn(&self) -> bool {
        self.worn
    }

    /// Whether this is wrong now; nothing is before the first focus and once we have asked to leave.
    const fn suffers(&self, trouble: Trouble) -> bool {
        use State::{Exiting, Idle, LossPending, Ready, Stopping, Synchronized, Visible};
        let serves = self.served && !self.leaving;
        serves
            && match trouble {
                Trouble::Unfocused => matches!(self.state, Visible | Synchronized | Stopping | Idle | Ready),
                Trouble::Off => !self.worn || matches!(self.state, Stopping | Idle | Ready),
                Trouble::Lost => matches!(self.state, LossPending | Exiting),
            }
    }

    /// What is wrong now, as faults of a trial that begins.
    pub fn faults(&self) -> Vec<Fault> {
        let wrong = Trouble::ALL.into_iter().filter(|trouble| self.suffers(*trouble));
        wrong.map(|trouble| fault(trouble, Event::Becomes(self.state))).collect()
    }

    /// The life after an event, and what it asks of us. A runtime that breaks the specification's order is obeyed all the
    /// same: what is wrong then is said with the fault that it brings, and where it brings none nobody is harmed.
    pub fn after(self, event: Event) -> (Self, Step) {
        let mut next = self;
        let mut task = None;
        let mut order = String::new();
        match event {
            // A runtime may say the same state twice: nothing has changed.
            Event::Becomes(state) if state != self.state => {
                if !self.state.may_become(state) {
                    order = format!(" (it went from {:?} to {state:?}, which OpenXR does not allow)", self.state);
                }
                next.state = state;
                next.served |= state == State::Focused;
                task = self.task(state);
                next.running = match task {
                    Some(Task::Begin) => true,
                    Some(Task::End | Task::Destroy) => false,
                    None => self.running,
                };
            }
            Event::Becomes(_) => {}
            Event::AskedToLeave => next.leaving = true,
            Event::Present(worn) => next.worn = worn,
        }
        let begins = |trouble: &Trouble| !self.suffers(*trouble) && next.suffers(*trouble);
        // What ends because we leave, or with the session itself, is no news.
        let ends = |trouble: &Trouble| {
            let gone = next.leaving || next.suffers(Trouble::Lost);
            self.suffers(*trouble) && !next.suffers(*trouble) && !gone
        };
        let with_order = |mut fault: Fault| {
            fault.detail.push_str(&order);
            fault
        };
        let faults = Trouble::ALL.into_iter().filter(begins).map(|trouble| with_order(fault(trouble, event))).collect();
        let over = Trouble::ALL.into_iter().filter(ends).map(|trouble| with_order(end(trouble))).collect();
        (next, Step { task, faults, over })
    }

    /// What a new state asks of us. Frames run from the session's begin to its end, whatever states a runtime leaves out.
    const fn task(&self, next: State) -> Option<Task> {
        match next {
            State::LossPending | State::Exiting => Some(Task::Destroy),
            State::Ready if !self.running => Some(Task::Begin),
            State::Stopping | State::Idle if self.running => Some(Task::End),
            _ => None,
        }
    }
}

fn of_headset(code: Mark, detail: &str) -> Fault {
    Fault { code, detail: detail.to_owned(), source: Source::Headset }
}

fn fault(trouble: Trouble, event: Event) -> Fault {
    let detail = match (trouble, event) {
        (Trouble::Off, Event::Present(_)) => "the headset was taken off",
        (Trouble::Unfocused, Event::Becomes(State::Visible)) => "another program or the runtime's menu took the input",
        (Trouble::Unfocused, _) => "another program or the runtime's menu took the view",
        (Trouble::Off, _) => "the runtime put the headset to rest: it was taken off or is asleep",
        (Trouble::Lost, Event::Becomes(State::Exiting)) => "the runtime ended the program's session",
        (Trouble::Lost, _) => "the runtime lost the session",
    };
    of_headset(trouble.mark(), detail)
}

fn end(trouble: Trouble) -> Fault {
    let detail = match trouble {
        Trouble::Unfocused => "view and input are back",
        Trouble::Off => "the headset is worn and awake again",
        Trouble::Lost => "the session is back",
    };
    of_headset(trouble.mark(), detail)
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod state_tests;
