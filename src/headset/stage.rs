//! The stage of a headset without hardware: laid once, at the start mark of the session's first site.

use crate::kernel::participant::Calibration;
use crate::kernel::setup::Setup;

/// Where the stage lies, as the site of each trial sees it.
#[derive(Debug, Default)]
pub struct Stage {
    site_id: String,
    calibration: Option<Calibration>,
}

impl Stage {
    /// Not yet laid.
    pub const fn new() -> Self {
        Self { site_id: String::new(), calibration: None }
    }

    /// The calibration in force in a trial: a new one, with the next number, whenever the site changes.
    pub fn at(&mut self, setup: &Setup) -> Calibration {
        if let Some(calibration) = self.calibration.filter(|_| self.site_id == setup.site.id) {
            return calibration;
        }
        let n = self.calibration.map_or(1, |before| before.n.saturating_add(1));
        let first = &setup.first_site;
        let at_first = Calibration::at_mark(n, first.start_mark_m);
        let at_first_site = first.id == setup.site.id;
        let calibration = if at_first_site { at_first } else { at_first.at_other_site(n, first, &setup.site) };
        self.site_id.clone_from(&setup.site.id);
        self.calibration = Some(calibration);
        calibration
    }
}
