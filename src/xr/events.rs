//! What the runtime announces between frames.

use super::state::{Event as Change, State};
use openxr as xr;

/// What the program does with an announcement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum News {
    /// A change of the session's life.
    Life(Change),
    /// The runtime goes away.
    InstanceLost,
    /// A reference space moves at a time of the runtime's clock: to where, in itself as it was, where that is said.
    Moved { kind: xr::ReferenceSpaceType, at: xr::Time, to: Option<xr::Posef> },
    /// The display has another rate.
    Rate(f32),
    /// The controllers are others than before.
    Controllers,
}

/// An announcement that concerns us.
pub(super) fn news(event: &xr::Event<'_>) -> Option<News> {
    Some(match event {
        xr::Event::SessionStateChanged(change) => News::Life(Change::Becomes(state(change.state())?)),
        xr::Event::UserPresenceChangedEXT(change) => News::Life(Change::Present(change.is_user_present())),
        xr::Event::InstanceLossPending(_) => News::InstanceLost,
        xr::Event::ReferenceSpaceChangePending(change) => News::Moved {
            kind: change.reference_space_type(),
            at: change.change_time(),
            to: change.pose_valid().then(|| change.pose_in_previous_space()),
        },
        xr::Event::DisplayRefreshRateChangedFB(change) => News::Rate(change.to_display_refresh_rate()),
        xr::Event::InteractionProfileChanged(_) => News::Controllers,
        _ => return None,
    })
}

fn state(state: xr::SessionState) -> Option<State> {
    Some(match state {
        xr::SessionState::IDLE => State::Idle,
        xr::SessionState::READY => State::Ready,
        xr::SessionState::SYNCHRONIZED => State::Synchronized,
        xr::SessionState::VISIBLE => State::Visible,
        xr::SessionState::FOCUSED => State::Focused,
        xr::SessionState::STOPPING => State::Stopping,
        xr::SessionState::LOSS_PENDING => State::LossPending,
        xr::SessionState::EXITING => State::Exiting,
        _ => return None,
    })
}
