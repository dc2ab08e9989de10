//! The same headset between trials.

use super::rig::{Shared, given_back};
use crate::desk::{Between, Booth};
use crate::kernel::seams::buttons;
use crate::panel::Ask;
use crate::problem::Problem;

/// The headset of a session while no trial runs.
pub(super) struct OpenXrBooth {
    pub rig: Shared,
}

impl Booth for OpenXrBooth {
    fn between(&mut self, shown: Option<&Ask>) -> Result<Between, Problem> {
        let mut rig = self.rig.borrow_mut();
        let rig = rig.as_mut().ok_or_else(given_back)?;
        rig.board.ask(shown);
        let input = rig.next_frame()?;
        rig.show_at_rest()?;
        Ok(Between {
            now: input.display_time,
            given: rig.given.take(),
            source: rig.board.source(),
            stop: input.buttons & buttons::STOP != 0,
        })
    }
}
