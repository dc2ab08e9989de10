//! OpenXR's session life as a pure table: what a change of state asks of us, and what it means for the trial.
//!
//! The legal changes are those of the specification's section "Session Lifecycle". A loss may be announced in any state;
//! after it, and after the runtime's wish that we leave, nothing follows but destroying the session.

use crate::kernel::seams::Fault;
use crate::problem::{Place, Problem};
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

    /// The states that may follow.
    const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Unknown | Self::Stopping, Self::Idle)
                | (Self::Idle, Self::Ready | Self::Exiting)
                | (Self::Ready | Self::Visible, Self::Synchronized)
                | (Self::Synchronized | Self::Focused, Self::Visible)
                | (Self::Visible, Self::Focused)
                | (Self::Synchronized, Self::Stopping)
                | (
                    Self::Unknown
                        | Self::Idle
                        | Self::Ready
                        | Self::Synchronized
                        | Self::Visible
                        | Self::Focused
                        | Self::Stopping,
                    Self::LossPending
                )
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

/// What is wrong while the session should serve a trial. The worst stands last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The view or the input belongs to somebody else.
    Unfocused,
    /// Nobody wears the headset, or the runtime has put it to rest.
    Off,
    /// The runtime has given the session up.
    Lost,
}

impl Trouble {
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
    /// A fault that begins: it marks the trial.
    pub fault: Option<Fault>,
    /// A fault that ends.
    pub over: Option<Mark>,
}

impl Default for Life {
    fn default() -> Self {
        Self { state: State::Unknown, served: false, leaving: false, worn: true }
    }
}

impl Life {
    /// Whether somebody wears the headset, as far as is known.
    pub const fn is_worn(&self) -> bool {
        self.worn
    }

    /// What is wrong now; nothing before the first focus and once we have asked to leave.
    pub fn trouble(&self) -> Option<Trouble> {
        if !self.served || self.leaving {
            return None;
        }
        let of_state = match self.state {
            State::Focused | State::Unknown => None,
            State::Visible | State::Synchronized => Some(Trouble::Unfocused),
            State::Stopping | State::Idle | State::Ready => Some(Trouble::Off),
            State::LossPending | State::Exiting => Some(Trouble::Lost),
        };
        of_state.max((!self.worn).then_some(Trouble::Off))
    }

    /// The life after an event, and what it asks of us. An error where the runtime breaks the specification's order; the
    /// life is then as it was.
    pub fn after(self, event: Event) -> Result<(Self, Step), Problem> {
        let mut next = self;
        let mut task = None;
        match event {
            Event::Becomes(state) => {
                // A runtime may say the same state twice: nothing has changed.
                if state != self.state {
                    if !self.state.may_become(state) {
                        return Err(out_of_order(self.state, state));
                    }
                    next.state = state;
                    next.served |= state == State::Focused;
                    task = task_of(state);
                }
            }
            Event::AskedToLeave => next.leaving = true,
            Event::Present(worn) => next.worn = worn,
        }
        let (before, now) = (self.trouble(), next.trouble());
        let changed = before != now;
        let fault = now.filter(|_| changed && now > before).map(|trouble| fault(trouble, event));
        // What ends silently when we leave is no news; neither is a worse trouble that hides a lesser one.
        let over = before.filter(|_| changed && now < before && !next.leaving).map(Trouble::mark);
        Ok((next, Step { task, fault, over }))
    }
}

const fn task_of(state: State) -> Option<Task> {
    match state {
        State::Ready => Some(Task::Begin),
        State::Stopping => Some(Task::End),
        State::LossPending | State::Exiting => Some(Task::Destroy),
        _ => None,
    }
}

fn fault(trouble: Trouble, event: Event) -> Fault {
    let detail = match (trouble, event) {
        (_, Event::Present(_)) => "the headset was taken off",
        (_, Event::Becomes(State::Visible)) => "another program or the runtime's menu took the input",
        (Trouble::Unfocused, _) => "another program or the runtime's menu took the view",
        (Trouble::Off, _) => "the runtime put the headset to rest: it was taken off or is asleep",
        (Trouble::Lost, Event::Becomes(State::Exiting)) => "the runtime ended the program's session",
        (Trouble::Lost, _) => "the runtime lost the session",
    };
    Fault { code: trouble.mark(), detail: detail.to_owned(), source: Source::Headset }
}

fn out_of_order(from: State, to: State) -> Problem {
    Problem::new(
        Place::default().part("OpenXR session"),
        format!("the runtime went from {from:?} to {to:?}, which OpenXR does not allow"),
        "restart the OpenXR runtime; if it happens again, update the runtime and report it to its makers",
    )
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod state_tests;
