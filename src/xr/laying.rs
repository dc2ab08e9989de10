//! The street laid into the room: the person is asked, what comes of it is checked.

use super::calibrating::{Calibrating, Seen, Step};
use super::calibration::{Fit, check_at_mark, check_eyes, check_floor, off_mark_m};
use super::rig::Rig;
use super::stage::Calibrate;
use super::trouble::problem;
use crate::kernel::participant::{Calibration, TrackedPose};
use crate::kernel::seams::Checked;
use crate::kernel::setup::Setup;
use crate::panel::{Ask, Control, guide};
use crate::problem::Problem;
use glam::{DVec2, DVec3};
use std::time::{Duration, Instant};

/// How long a calibration may take.
const MOST_CALIBRATION: Duration = Duration::from_secs(180);

impl Rig {
    /// Lays the site into the room, once a session.
    pub(super) fn lay(&mut self, setup: &Setup) -> Result<(), Problem> {
        if self.laid.is_laid() {
            return Ok(());
        }
        let mark_m = setup.first_site.start_mark_m;
        let calibration = match Calibrating::new(self.calibrate, mark_m) {
            None => Calibration::at_mark(0, mark_m),
            Some(calibrating) => self.measure(calibrating)?.calibration,
        };
        self.laid.lay(calibration, &setup.first_site);
        // Before the first trial: a warning, since whoever is about to stand there may not stand there yet.
        self.next_frame()?;
        let head = self.frame.as_ref().map_or(TrackedPose::LOST, |frame| frame.head);
        self.device.end()?;
        let eyes_m = head.position_m().map(|head_m| calibration.place(head_m).z);
        self.check("eyes", eyes_m, check_eyes(&calibration, &head, 0.0).map(|_| ()));
        let off_m = off_mark_m(&calibration, &head, mark_m);
        self.check("mark", off_m, check_at_mark(&calibration, &head, mark_m));
        Ok(())
    }

    /// What came of a check: a warning for the operator where it is not fine, and a line of the record.
    fn check(&mut self, what: &str, measured_m: Option<f64>, came: Result<(), Problem>) {
        let detail = match came {
            Ok(()) => format!("{what}: fine"),
            Err(problem) => {
                (self.tell)(&format!("WARNING: {problem}"));
                format!("{what}: {}", problem.what)
            }
        };
        self.checked.push(Checked { measured_m, detail });
    }

    /// Has the person stand on the mark or touch the marks, until it fits.
    fn measure(&mut self, mut calibrating: Calibrating) -> Result<Fit, Problem> {
        let began = Instant::now();
        let (mut held, mut skipped) = (true, true);
        while began.elapsed() < MOST_CALIBRATION {
            self.heed("the street was laid into the room")?;
            let input = self.next_frame()?;
            let (select, skip) = (self.doings.select(), self.doings.back);
            // Where a gaze rests on the panel's button it is given as if it were pressed.
            let dwelt = calibrating.takes_a_look() && self.given.take().is_some();
            let seen = Seen {
                now_ns: input.display_time.0,
                head: &input.head,
                // A place that is held or guessed is none that was touched.
                tip: self.doings.aim.as_ref().filter(|aim| aim.is_measured()),
                select: select && !held,
                dwelt,
                skip: skip && !skipped,
            };
            (held, skipped) = (select, skip);
            match calibrating.step(seen) {
                Step::Done(fit) => {
                    self.device.end()?;
                    let touched = self.calibrate == Calibrate::Points && self.device.knows_floor();
                    let fit = if touched { fit.on_the_floor() } else { fit };
                    self.told(&fit);
                    return Ok(fit);
                }
                Step::Again(problem) => (self.tell)(&format!("calibration: {problem}")),
                Step::Asks => {}
            }
            let control = if calibrating.takes_a_look() { Control::GoOn } else { Control::Show };
            let ask = Ask::plain("", &calibrating.asks(guide(&self.language)), &self.language, control);
            self.board.ask(Some(&ask));
            self.show_at_rest()?;
        }
        let what = "nobody calibrated the headset within three minutes";
        Err(problem(what, "have somebody put it on and follow the words in it; or give --calibrate fixed"))
    }

    fn told(&mut self, fit: &Fit) {
        self.board.ask(None);
        self.input.buzz(&self.device.session);
        let each: Vec<String> = fit.residuals_mm.iter().map(|mm| format!("{mm:.0} mm")).collect();
        // Marks lie on the floor: where they were touched far above or below the runtime's own, one of the two is wrong.
        let floor = Calibration::at_mark(0, DVec2::ZERO);
        if let Some(above_m) = fit.touched_above_m {
            self.check("floor", Some(above_m), check_floor(&floor, DVec3::Y * above_m, 0.0));
        }
        let method = fit.calibration.method.replace('_', " ");
        (self.tell)(&format!("calibrated by {method}; residuals {}", each.join(", ")));
    }
}
