//! How the site is laid into the room, step by step with the person: what is asked, what is measured. Pure.

use super::calibration::{Fit, Touched, from_standing_pose, from_touched_points};
use super::stage::Calibrate;
use crate::kernel::participant::TrackedPose;
use crate::panel::Guide;
use crate::problem::{Place, Problem};
use glam::{DVec2, DVec3};

/// The second mark of a calibration by touch lies so far ahead of the start mark, along the walking direction ..
pub const AHEAD_MARK_M: f64 = 2.0;
/// .. and the third so far to the left of the start mark.
pub const LEFT_MARK_M: f64 = 1.0;
/// Who chose by looking looks up again for so long.
const LOOKS_UP_NS: i64 = 1_500_000_000;
/// How long somebody stands still on the mark.
const STANDS_NS: i64 = 2_000_000_000;
/// .. and longer on a slow machine: until it was seen in so many frames.
const STANDS_FRAMES: usize = 40;

/// A frame of a calibration.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// When it is shown, ns.
    pub now_ns: i64,
    /// The head in the stage.
    pub head: &'a TrackedPose,
    /// The controller's tip in the stage: where its aim pose lies; none while it is not tracked.
    pub tip: Option<&'a TrackedPose>,
    /// Whether the person has just chosen.
    pub select: bool,
    /// Whether they have just chosen by resting their gaze on the panel.
    pub dwelt: bool,
    /// Whether the person has just gone on without.
    pub skip: bool,
}

/// What a frame of it brings.
#[derive(Debug)]
pub enum Step {
    /// The person is asked or waited for.
    Asks,
    /// It is done.
    Done(Fit),
    /// Something of it must be done again, and why.
    Again(Problem),
}

/// Why something is asked once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Nobody saw the controller.
    Untracked,
    /// The touches do not fit the marks.
    Apart,
    /// Nobody stood still.
    Moved,
}

/// A calibration under way.
#[derive(Debug)]
pub struct Calibrating {
    how: Calibrate,
    mark_m: DVec2,
    /// Since when somebody stands still.
    since_ns: Option<i64>,
    heads: Vec<TrackedPose>,
    touched: Vec<Touched>,
    why: Option<Why>,
}

impl Calibrating {
    /// Begins it at the start mark of the first site; none where nothing is to be measured.
    pub fn new(how: Calibrate, mark_m: DVec2) -> Option<Self> {
        let needed = how != Calibrate::Fixed;
        needed.then(|| Self { how, mark_m, since_ns: None, heads: Vec::new(), touched: Vec::new(), why: None })
    }

    /// What the person is asked to do now; before it, why once more.
    pub fn asks(&self, guide: &Guide) -> String {
        let [start, second, third] = guide.marks;
        let asked = match (self.how, self.since_ns, self.touched.len()) {
            (Calibrate::Points, _, 0) => start,
            (Calibrate::Points, _, 1) => second,
            (Calibrate::Points, ..) => third,
            (_, None, _) => guide.stand,
            (_, Some(_), _) => guide.still,
        };
        let why = match self.why {
            None => return asked.to_owned(),
            Some(Why::Untracked) => guide.untracked,
            Some(Why::Apart) => guide.apart,
            Some(Why::Moved) => guide.moved,
        };
        format!("{why}\n\n{asked}")
    }

    /// Whether a button on the panel, on which a gaze can rest, does as well as select.
    pub fn takes_a_look(&self) -> bool {
        self.how == Calibrate::Standing && self.since_ns.is_none()
    }

    /// The next frame.
    pub fn step(&mut self, seen: Seen<'_>) -> Step {
        if self.how == Calibrate::Points && seen.select && seen.tip.is_none() {
            self.why = Some(Why::Untracked);
            let (what, cure) = ("the controller was not tracked at that touch", "touch where the headset sees it");
            return Step::Again(Problem::new(Place::default().part("calibration"), what, cure));
        }
        if seen.select || seen.dwelt {
            self.why = None;
        }
        let (result, why) = match self.how {
            Calibrate::Points => (self.touch(seen), Why::Apart),
            Calibrate::Standing | Calibrate::Fixed => (self.stand(seen), Why::Moved),
        };
        match result {
            None => Step::Asks,
            Some(Ok(fit)) => Step::Done(fit),
            Some(Err(problem)) => {
                self.why = Some(why);
                self.since_ns = None;
                self.heads.clear();
                self.touched.clear();
                Step::Again(problem)
            }
        }
    }

    fn stand(&mut self, seen: Seen<'_>) -> Option<Result<Fit, Problem>> {
        let Some(since_ns) = self.since_ns else {
            let from_ns = if seen.select { seen.now_ns } else { seen.now_ns.saturating_add(LOOKS_UP_NS) };
            self.since_ns = (seen.select || seen.dwelt).then_some(from_ns);
            return None;
        };
        if seen.now_ns < since_ns {
            return None;
        }
        self.heads.push(*seen.head);
        let stood_ns = seen.now_ns - since_ns;
        let enough = self.heads.len() >= STANDS_FRAMES || stood_ns >= 10 * STANDS_NS;
        (stood_ns >= STANDS_NS && enough).then(|| from_standing_pose(0, &self.heads, self.mark_m.extend(0.0), 0.0, 0.0))
    }

    fn touch(&mut self, seen: Seen<'_>) -> Option<Result<Fit, Problem>> {
        if seen.skip && self.touched.len() == 2 {
            return Some(from_touched_points(0, &self.touched));
        }
        if !seen.select {
            return None;
        }
        let (name, at_m) = match self.touched.len() {
            0 => ("the start mark", DVec2::ZERO),
            1 => ("the second mark", DVec2::new(AHEAD_MARK_M, 0.0)),
            _ => ("the third mark", DVec2::new(0.0, LEFT_MARK_M)),
        };
        let stage_m = seen.tip.and_then(TrackedPose::position_m).unwrap_or(DVec3::NAN);
        self.touched.push(Touched { name: name.to_owned(), site_m: (self.mark_m + at_m).extend(0.0), stage_m });
        (self.touched.len() == 3).then(|| from_touched_points(0, &self.touched))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::participant::{Calibration, flags};
    use crate::panel::guide;
    use crate::table::{Angle, Metres};
    use glam::DQuat;

    /// A room whose stage lies turned and shifted at the site.
    fn room() -> Calibration {
        Calibration {
            site_from_stage_m: [1.2, -0.7, 0.0].map(Metres::new),
            yaw_rad: Angle::new(2.1),
            ..Calibration::at_mark(0, DVec2::ZERO)
        }
    }

    fn at(site_m: DVec3) -> TrackedPose {
        // Looks along the site's x: in the stage, turned back by the room's yaw.
        TrackedPose::new(flags::ALL, room().stage_from_site(site_m), DQuat::from_rotation_y(-2.1))
    }

    fn seen(now_s: f64, head: &TrackedPose, select: bool) -> Seen<'_> {
        Seen {
            now_ns: crate::kernel::time::nanoseconds(now_s),
            head,
            tip: Some(head),
            select,
            dwelt: false,
            skip: false,
        }
    }

    fn is_the_room(fit: &Fit) {
        let known = room();
        for place_m in [DVec3::ZERO, DVec3::new(3.0, 1.0, -2.0)] {
            assert!((fit.calibration.place(place_m) - known.place(place_m)).length() < 1e-4);
        }
    }

    #[test]
    fn nothing_is_measured_where_the_stage_is_the_site() {
        assert!(Calibrating::new(Calibrate::Fixed, DVec2::ZERO).is_none());
    }

    #[test]
    fn somebody_stands_on_the_mark_for_two_seconds() {
        let mark_m = DVec2::new(-0.5, 0.0);
        let mut calibrating = Calibrating::new(Calibrate::Standing, mark_m).unwrap();
        let head = at(mark_m.extend(1.7));
        assert!(matches!(calibrating.step(seen(0.0, &head, false)), Step::Asks));
        assert_eq!(calibrating.asks(guide("en")), guide("en").stand);
        calibrating.step(seen(1.0, &head, true));
        assert_eq!(calibrating.asks(guide("de")), guide("de").still);
        for i in 1..40 {
            assert!(matches!(calibrating.step(seen(1.0 + 0.05 * f64::from(i), &head, false)), Step::Asks), "{i}");
        }
        let Step::Done(fit) = calibrating.step(seen(3.0, &head, false)) else { panic!("not done") };
        is_the_room(&fit);
    }

    #[test]
    fn who_walks_about_is_asked_again() {
        let mut calibrating = Calibrating::new(Calibrate::Standing, DVec2::ZERO).unwrap();
        calibrating.step(seen(0.0, &at(DVec3::new(0.0, 0.0, 1.7)), true));
        for i in 1..40 {
            let now_s = 0.05 * f64::from(i);
            calibrating.step(seen(now_s, &at(DVec3::new(now_s, 0.0, 1.7)), false));
        }
        let last = at(DVec3::new(2.0, 0.0, 1.7));
        let Step::Again(problem) = calibrating.step(seen(2.0, &last, false)) else { panic!("taken") };
        assert!(problem.what.contains("nobody stood still"), "{problem}");
        let said = calibrating.asks(guide("fr"));
        assert_eq!(said, format!("{}\n\n{}", guide("fr").moved, guide("fr").stand), "it begins anew, and says why");
        calibrating.step(seen(3.0, &last, true));
        assert_eq!(calibrating.asks(guide("fr")), guide("fr").still, "once is enough");
    }

    #[test]
    fn whoever_chose_by_looking_looks_up_before_it_counts() {
        let mut calibrating = Calibrating::new(Calibrate::Standing, DVec2::ZERO).unwrap();
        let head = at(DVec3::new(0.0, 0.0, 1.7));
        assert!(calibrating.takes_a_look());
        calibrating.step(Seen { dwelt: true, ..seen(1.0, &head, false) });
        assert!(!calibrating.takes_a_look());
        // Down at the panel, then up: only what comes after a second and a half is looked at.
        let down = TrackedPose::new(flags::ALL, head.position_m().unwrap(), DQuat::from_rotation_y(-1.4));
        for i in 0..70 {
            let now_s = 1.0 + 0.05 * f64::from(i);
            let seen = seen(now_s, if now_s < 2.45 { &down } else { &head }, false);
            assert!(matches!(calibrating.step(seen), Step::Asks), "{now_s}");
        }
        let Step::Done(fit) = calibrating.step(seen(4.5, &head, false)) else { panic!("not done") };
        is_the_room(&fit);
    }

    #[test]
    fn a_touch_that_nobody_saw_is_refused_at_once() {
        let mut calibrating = Calibrating::new(Calibrate::Points, DVec2::ZERO).unwrap();
        let [first, second] = [0.0, 2.0].map(|x| at(DVec3::new(x, 0.0, 0.0)));
        calibrating.step(seen(0.0, &first, true));
        let unseen = Seen { tip: None, ..seen(1.0, &second, true) };
        let Step::Again(problem) = calibrating.step(unseen) else { panic!("taken") };
        assert!(problem.what.contains("not tracked"), "{problem}");
        let english = guide("en");
        assert_eq!(calibrating.asks(english), format!("{}\n\n{}", english.untracked, english.marks[1]));
        // What was touched before stays; the same mark once more.
        calibrating.step(seen(2.0, &second, true));
        assert_eq!(calibrating.asks(english), english.marks[2]);
        let last = calibrating.step(Seen { skip: true, ..seen(3.0, &first, false) });
        let Step::Done(fit) = last else { panic!("{last:?}") };
        is_the_room(&fit);
    }

    #[test]
    fn marks_that_do_not_fit_are_said_on_the_panel_too() {
        let mut calibrating = Calibrating::new(Calibrate::Points, DVec2::ZERO).unwrap();
        let places = [0.0, 1.2].map(|x| at(DVec3::new(x, 0.0, 0.0)));
        places.iter().for_each(|tip| drop(calibrating.step(seen(0.0, tip, true))));
        let last = calibrating.step(Seen { skip: true, ..seen(1.0, &places[0], false) });
        assert!(matches!(last, Step::Again(_)), "{last:?}");
        let english = guide("en");
        assert_eq!(calibrating.asks(english), format!("{}\n\n{}", english.apart, english.marks[0]));
    }

    #[test]
    fn two_or_three_marks_are_touched() {
        let mark_m = DVec2::new(-0.5, 0.0);
        let places = [(-0.5, 0.0), (1.5, 0.0), (-0.5, 1.0)].map(|(x, y)| at(DVec3::new(x, y, 0.0)));
        for number in [2, 3] {
            let mut calibrating = Calibrating::new(Calibrate::Points, mark_m).unwrap();
            let mut last = Step::Asks;
            for tip in places.iter().take(number) {
                assert!(matches!(last, Step::Asks));
                last = calibrating.step(seen(0.0, tip, true));
            }
            if number == 2 {
                let head = &places[0];
                last = calibrating.step(Seen { skip: true, ..seen(1.0, head, false) });
            }
            let Step::Done(fit) = last else { panic!("{number} marks: {last:?}") };
            is_the_room(&fit);
            assert_eq!(fit.residuals_mm.len(), number);
        }
    }
}
