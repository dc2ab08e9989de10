//! A thumbstick or arrow keys: pushes and their repetition, and what lies in their direction.

use super::rect::Rect;

/// Where a push goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Left,
    Right,
    Up,
    Down,
}

/// Pushed from here on, let go below there.
const PUSHED: f64 = 0.6;
const LET_GO: f64 = 0.4;
/// Until a push held is repeated, and from then on.
const FIRST_S: f64 = 0.4;
const AGAIN_S: f64 = 0.1;
/// So many repetitions, and strides grow.
const QUICK: u32 = 6;

/// How a stick is held.
#[derive(Debug, Default)]
pub(super) struct Stick {
    way: Option<Way>,
    left_s: f64,
    repeated: u32,
}

impl Stick {
    /// The push of this frame, if there is one.
    pub fn moved(&mut self, [right, up]: [f64; 2], since_s: f64) -> Option<Way> {
        let (right, up) = (finite(right), finite(up));
        let most = right.abs().max(up.abs());
        let least = if self.way.is_some() { LET_GO } else { PUSHED };
        if most < least {
            *self = Self::default();
            return None;
        }
        let way = match right.abs() >= up.abs() {
            true if right > 0.0 => Way::Right,
            true => Way::Left,
            false if up > 0.0 => Way::Up,
            false => Way::Down,
        };
        if self.way != Some(way) {
            *self = Self { way: Some(way), left_s: FIRST_S, repeated: 0 };
            return Some(way);
        }
        self.left_s -= finite(since_s).max(0.0);
        if self.left_s > 0.0 {
            return None;
        }
        self.left_s = AGAIN_S;
        self.repeated = self.repeated.saturating_add(1);
        Some(way)
    }

    /// Whether it has been held so long that strides may grow.
    pub const fn quick(&self) -> bool {
        self.repeated > QUICK
    }
}

fn finite(x: f64) -> f64 {
    if x.is_finite() { x } else { 0.0 }
}

/// The nearest place in a direction that is on; what lies straight ahead goes before what lies aside.
pub(super) fn neighbour(places: &[Rect], from: usize, way: Way, on: &dyn Fn(usize) -> bool) -> Option<usize> {
    let here = places.get(from)?;
    let [x, y] = here.centre();
    let mut best: Option<(f32, usize)> = None;
    for (i, place) in places.iter().enumerate().filter(|(i, _)| *i != from && on(*i)) {
        let [to_x, to_y] = place.centre();
        let (ahead, aside) = match way {
            Way::Left => (x - to_x, gap(here.y, here.bottom(), place.y, place.bottom())),
            Way::Right => (to_x - x, gap(here.y, here.bottom(), place.y, place.bottom())),
            Way::Up => (y - to_y, gap(here.x, here.right(), place.x, place.right())),
            Way::Down => (to_y - y, gap(here.x, here.right(), place.x, place.right())),
        };
        // Between things equally far ahead the nearer middle.
        let off = match way {
            Way::Left | Way::Right => (y - to_y).abs(),
            Way::Up | Way::Down => (x - to_x).abs(),
        };
        // Sideways only to what is on the same height.
        let sideways = matches!(way, Way::Left | Way::Right) && aside > 0.0;
        let score = 2.0f32.mul_add(aside, ahead) + 0.01 * off;
        if ahead > 1.0 && !sideways && best.is_none_or(|(least, _)| score < least) {
            best = Some((score, i));
        }
    }
    best.map(|(_, i)| i)
}

/// How far two stretches are apart.
fn gap(a: f32, b: f32, c: f32, d: f32) -> f32 {
    (c - b).max(a - d).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_counts_once_and_is_repeated_when_held() {
        let mut stick = Stick::default();
        let pushes = |stick: &mut Stick, at: [f64; 2], frames: u32| {
            (0..frames).filter(|_| stick.moved(at, 0.01).is_some()).count()
        };
        assert_eq!(pushes(&mut stick, [0.5, 0.0], 100), 0, "not far enough");
        assert_eq!(pushes(&mut stick, [1.0, 0.0], 40), 1, "0.4 s");
        assert_eq!(pushes(&mut stick, [1.0, 0.0], 100), 10, "one more second, a repetition each 0.1 s");
        assert!(stick.quick());
        assert_eq!(stick.moved([0.5, 0.0], 0.01), None, "still held a little");
        assert_eq!(stick.moved([0.1, 0.0], 0.01), None);
        assert_eq!(stick.moved([0.0, -0.9], 0.01), Some(Way::Down));
        assert_eq!(stick.moved([f64::NAN, f64::INFINITY], f64::NAN), None);
    }

    #[test]
    fn what_lies_in_a_direction() {
        // Three in a row above one wide on the right below.
        let places = [(0.0, 0.0, 50.0), (60.0, 0.0, 50.0), (120.0, 0.0, 50.0), (100.0, 200.0, 70.0)]
            .map(|(x, y, w)| Rect::new(x, y, w, 50.0));
        let all = |_: usize| true;
        for (from, way, to) in [
            (0, Way::Right, Some(1)),
            (1, Way::Right, Some(2)),
            (2, Way::Right, None),
            (2, Way::Left, Some(1)),
            (0, Way::Down, Some(3)),
            (3, Way::Up, Some(2)),
            (3, Way::Left, None),
            (0, Way::Up, None),
        ] {
            assert_eq!(neighbour(&places, from, way, &all), to, "{from} {way:?}");
        }
        assert_eq!(neighbour(&places, 0, Way::Right, &|i| i != 1), Some(2), "what is off is passed over");
    }
}
