//! Choosing by resting: who has nothing to press lets a ray rest on something until it is chosen.

use super::rect::Rect;

/// Nothing is shown for so long: a ray that only passes makes no unrest (150 ms in Microsoft's guide to gaze and dwell).
const ONSET_S: f64 = 0.15;
/// The bar grows in so many steps; each is a new picture of the panel.
const STEPS: f64 = 16.0;

/// What a ray rests on, and for how long.
#[derive(Debug, Default)]
pub(super) struct Rest {
    on: Option<Rect>,
    for_s: f64,
    /// Whether it must leave this place before anything is chosen there.
    spent: bool,
    /// Whether something has just come up: what the ray then lies on by chance is not chosen.
    anew: bool,
}

impl Rest {
    /// What the ray lies on next must be left before it counts.
    pub const fn must_leave(&mut self) {
        self.anew = true;
    }

    /// Where it rests.
    pub const fn on(&self) -> Option<Rect> {
        self.on
    }

    /// A frame in which it lies here; whether it has now rested long enough to choose what is there.
    pub fn lies(&mut self, on: Option<Rect>, since_s: f64, dwell_s: f64) -> bool {
        if self.anew || on != self.on {
            *self = Self { on, for_s: 0.0, spent: self.anew && on.is_some(), anew: false };
            return false;
        }
        if on.is_none() || self.spent || !since_s.is_finite() {
            return false;
        }
        self.for_s += since_s.max(0.0);
        self.spent = self.for_s >= dwell_s;
        self.spent
    }

    /// Where it rests and how many of [`STEPS`] of the time are over; none while there is nothing to show.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn shown(&self, dwell_s: f64) -> Option<Progress> {
        let place = self.on.filter(|_| !self.spent && !self.anew && self.for_s >= ONSET_S)?;
        let share = (self.for_s - ONSET_S) / (dwell_s - ONSET_S).max(1e-3);
        Some(Progress { place, steps: (share * STEPS).floor().clamp(0.0, STEPS) as u8 })
    }
}

/// How far a choice has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Progress {
    pub place: Rect,
    steps: u8,
}

impl Progress {
    /// From 0 to 1.
    #[allow(clippy::cast_possible_truncation)]
    pub fn share(self) -> f32 {
        f32::from(self.steps) / STEPS as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Option<Rect> = Some(Rect::new(0.0, 0.0, 100.0, 100.0));
    const B: Option<Rect> = Some(Rect::new(200.0, 0.0, 100.0, 100.0));

    /// Frames of a tenth of a second, a second to rest: those in which something was chosen, counted from 1.
    fn chosen(frames: &[(Option<Rect>, usize)]) -> Vec<usize> {
        let mut rest = Rest::default();
        let each = frames.iter().flat_map(|(on, n)| std::iter::repeat_n(*on, *n));
        (1..).zip(each).filter(|(_, on)| rest.lies(*on, 0.1, 0.95)).map(|(n, _)| n).collect()
    }

    #[test]
    fn what_is_rested_on_is_chosen_once_until_it_is_left() {
        for (frames, expected) in [
            // The first frame is the arrival: ten tenths of a second after it.
            (vec![(A, 10)], vec![]),
            (vec![(A, 11)], vec![11]),
            (vec![(A, 60)], vec![11]),
            // Looking away for a frame begins it anew, and so does another place.
            (vec![(A, 9), (None, 1), (A, 10)], vec![]),
            (vec![(A, 9), (B, 10), (A, 10)], vec![]),
            (vec![(A, 9), (B, 11)], vec![20]),
            // Left and looked at again, it is chosen again.
            (vec![(A, 20), (None, 1), (A, 11)], vec![11, 32]),
            (vec![(A, 20), (B, 11), (A, 11)], vec![11, 31, 42]),
            (vec![(None, 60)], vec![]),
        ] {
            assert_eq!(chosen(&frames), expected, "{frames:?}");
        }
    }

    #[test]
    fn what_comes_up_under_the_ray_must_be_left_first() {
        let mut rest = Rest::default();
        rest.must_leave();
        assert!((0..50).all(|_| !rest.lies(A, 0.1, 0.95)));
        assert!((0..10).all(|_| !rest.lies(B, 0.1, 0.95)) && rest.lies(B, 0.1, 0.95));
        // Something else comes up at the same place.
        rest.must_leave();
        assert!((0..50).all(|_| !rest.lies(B, 0.1, 0.95)));
    }

    #[test]
    fn the_bar_comes_late_grows_and_goes() {
        let mut rest = Rest::default();
        let shares: Vec<Option<f32>> = (0..30)
            .map(|_| {
                rest.lies(A, 0.05, 1.0);
                rest.shown(1.0).map(Progress::share)
            })
            .collect();
        assert_eq!(shares[..3], [None; 3], "0.0, 0.05, 0.1 s");
        assert!(shares[4].is_some_and(|share| share < 0.1), "{shares:?}");
        let seen: Vec<f32> = shares.iter().flatten().copied().collect();
        assert!(seen.is_sorted() && seen.last().is_some_and(|last| *last > 0.9), "{seen:?}");
        assert_eq!(shares.last(), Some(&None), "chosen: nothing more grows");
    }

    #[test]
    fn a_clock_that_is_not_sane_chooses_nothing() {
        let mut rest = Rest::default();
        for since_s in [f64::NAN, f64::INFINITY, -5.0, 0.0] {
            assert!(!rest.lies(A, since_s, 1.0), "{since_s}");
        }
        assert!(!rest.lies(A, 0.99, 1.0) && rest.lies(A, 0.02, 1.0));
    }
}
