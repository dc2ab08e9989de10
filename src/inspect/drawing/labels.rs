//! Where words stand in the drawing: no word on another, none over the plot's edge.

use super::view::View;
use glam::DVec2;

/// Places that are taken, and how many words found none.
#[derive(Debug)]
pub struct Labels {
    low: DVec2,
    high: DVec2,
    taken: Vec<Rect>,
    left_out: usize,
}

/// A rectangle on the paper, by its middle and its half sizes.
#[derive(Debug, Clone, Copy)]
pub struct Rect {
    /// Its middle.
    pub middle: DVec2,
    /// Half its width and height.
    pub half: DVec2,
}

impl Rect {
    /// What a word takes up when centred here.
    pub fn of_word(middle: DVec2, word: &str, size: f64) -> Self {
        Self { middle, half: DVec2::new(word.chars().count() as f64 * size * 0.3 + 3.0, size * 0.62) }
    }

    fn meets(&self, other: &Self) -> bool {
        (self.middle - other.middle).abs().cmplt(self.half + other.half).all()
    }
}

impl Labels {
    /// Nothing is taken yet.
    pub fn within(view: &View) -> Self {
        let low = DVec2::new(view.left, view.top);
        let high = DVec2::new(view.left + view.plot_width(), view.foot());
        Self { low, high, taken: Vec::new(), left_out: 0 }
    }

    /// Takes a place whatever stands there.
    pub fn take(&mut self, rect: Rect) {
        self.taken.push(rect);
    }

    /// The first of the places that is free, now taken.
    pub fn find(&mut self, places: impl IntoIterator<Item = Rect>) -> Option<DVec2> {
        let free = |rect: &Rect| {
            let inside =
                (rect.middle - rect.half).cmpge(self.low).all() && (rect.middle + rect.half).cmple(self.high).all();
            inside && !self.taken.iter().any(|other| other.meets(rect))
        };
        let rect = places.into_iter().find(free)?;
        self.taken.push(rect);
        Some(rect.middle)
    }

    /// Counts a word that found no place.
    pub fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// How many words found no place.
    pub fn left_out(&self) -> usize {
        self.left_out
    }
}

/// Middles around a point, near ones first.
pub fn around(at: DVec2, from: f64, to: f64) -> impl Iterator<Item = DVec2> {
    let rings = (0..=4).map(move |i| from + (to - from) * f64::from(i) / 4.0);
    rings.flat_map(move |radius| {
        (0..16).map(move |i| at + DVec2::from_angle(f64::from(i) * std::f64::consts::TAU / 16.0) * radius)
    })
}
