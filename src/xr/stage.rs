//! Where the stage lies at the site of each trial, and what counts as its floor.

use crate::kernel::participant::Calibration;
use crate::kernel::setup::Setup;
use crate::kernel::site::Site;
use std::sync::Arc;

/// How the site is laid into the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Calibrate {
    /// The runtime's own stage: its origin is the start mark, its forward the way across.
    #[default]
    Fixed,
    /// The participant stands on the mark and looks across.
    Standing,
    /// Two or three marks on the floor are touched with a controller.
    Points,
}

/// Which space of the runtime counts as the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Floor {
    /// The best that the runtime offers.
    #[default]
    Best,
    /// The room as it was set up, or refuse.
    Stage,
    /// The place where the headset was last recentred, at the floor, or refuse.
    LocalFloor,
}

/// The stage as laid, and as the site of each trial sees it.
#[derive(Debug, Default)]
pub(super) struct Laid {
    newest_n: u32,
    /// At the session's first site, and that site.
    first: Option<(Calibration, Arc<Site>)>,
    /// At the site of the trial that runs.
    here: Option<(Calibration, Arc<Site>)>,
    /// Whether the first has changed since `here` was made.
    moved: bool,
}

impl Laid {
    fn next_n(&mut self) -> u32 {
        self.newest_n = self.newest_n.saturating_add(1);
        self.newest_n
    }

    /// Whether it has been laid.
    pub const fn is_laid(&self) -> bool {
        self.first.is_some()
    }

    /// Nobody knows any more where it lies.
    pub fn forget(&mut self) {
        self.first = None;
    }

    /// Lays it, or lays it anew: `calibration` is at the session's first site.
    pub fn lay(&mut self, calibration: Calibration, site: &Arc<Site>) {
        self.first = Some((calibration, Arc::clone(site)));
        self.moved = true;
    }

    /// The calibration of a trial: a new one, with the next number, whenever the site or the stage has changed.
    pub fn at(&mut self, setup: &Setup) -> Calibration {
        let (first, first_site) = match &self.first {
            Some((calibration, site)) => (*calibration, Arc::clone(site)),
            None => {
                let site = &setup.first_site;
                let fixed = Calibration::at_mark(0, site.start_mark_m);
                self.lay(fixed, site);
                (fixed, Arc::clone(site))
            }
        };
        if let Some((here, site)) = &self.here
            && !self.moved
            && site.id == setup.site.id
        {
            return *here;
        }
        let n = self.next_n();
        let here = if first_site.id == setup.site.id {
            Calibration { n, ..first }
        } else {
            first.at_other_site(n, &first_site, &setup.site)
        };
        self.here = Some((here, Arc::clone(&setup.site)));
        self.moved = false;
        here
    }

    /// The calibration in force.
    pub fn now(&self) -> Option<Calibration> {
        self.here.as_ref().map(|(calibration, _)| *calibration)
    }

    /// The start mark of the trial's site.
    pub fn start_mark_m(&self) -> Option<glam::DVec2> {
        self.here.as_ref().map(|(_, site)| site.start_mark_m)
    }

    /// The stage was moved in the room: both change by the same `change`; the new one at the trial's site comes back.
    pub fn recentre(&mut self, change: impl Fn(&Calibration) -> Calibration) -> Option<Calibration> {
        if let Some((first, _)) = &mut self.first {
            *first = change(first);
        }
        let n = self.next_n();
        let (here, _) = self.here.as_mut()?;
        *here = Calibration { n, ..change(here) };
        Some(*here)
    }
}
