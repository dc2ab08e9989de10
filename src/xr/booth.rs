//! The same headset between trials.

use super::rig::{Shared, given_back};
use crate::desk::{Between, Booth};
use crate::kernel::participant::Calibration;
use crate::kernel::seams::buttons;
use crate::panel::Ask;
use crate::problem::Problem;
use glam::DVec2;

/// The headset of a session while no trial runs.
pub(super) struct OpenXrBooth {
    pub rig: Shared,
}

impl Booth for OpenXrBooth {
    fn between(&mut self, _shown: Option<&Ask>) -> Result<Between, Problem> {
        let mut rig = self.rig.borrow_mut();
        let rig = rig.as_mut().ok_or_else(given_back)?;
        let input = rig.wait_frame()?;
        // The street at rest: what moved in the last trial is gone.
        rig.pictures.list.vehicles.clear();
        let calibration = rig.laid.now().unwrap_or_else(|| Calibration::at_mark(0, DVec2::ZERO));
        rig.show(&calibration)?;
        Ok(Between { now: input.display_time, given: None, stop: input.buttons & buttons::STOP != 0 })
    }
}
