//! Where words stand in the drawing: no word on another, none over the plot's edge.

use super::view::View;
use glam::DVec2;

/// The plot is divided into squares of so many units.
const CELL: f64 = 2.0;
const WORD: u8 = 1;
const LINE: u8 = 2;

/// Places that are taken, and how many words found none.
#[derive(Debug)]
pub struct Labels {
    low: DVec2,
    high: DVec2,
    columns: usize,
    rows: usize,
    /// For each square of the plot, row by row, what stands in it.
    cells: Vec<u8>,
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
        Self { middle, half: DVec2::new(word.chars().count() as f64 * size * 0.28 + 2.0, size * 0.62) }
    }
}

impl Labels {
    /// Nothing is taken yet.
    pub fn within(view: &View) -> Self {
        let low = DVec2::new(view.left, view.top);
        let high = DVec2::new(view.left + view.plot_width(), view.foot());
        let [columns, rows] = ((high - low) / CELL).to_array().map(|n| n.ceil().clamp(1.0, 2000.0) as usize);
        Self { low, high, columns, rows, cells: vec![0; columns * rows], left_out: 0 }
    }

    /// Takes the ground under a line, half so wide; words avoid it where they can.
    pub fn take_line(&mut self, line: &[DVec2], half: f64) {
        self.trace(line, half, LINE);
    }

    fn trace(&mut self, line: &[DVec2], half: f64, what: u8) {
        for pair in line.windows(2).filter(|pair| pair.iter().all(|p| p.is_finite())) {
            let count = ((pair[1] - pair[0]).length() / half.max(1.0)).ceil().clamp(1.0, 500.0) as usize;
            for i in 0..=count {
                let middle = pair[0].lerp(pair[1], i as f64 / count as f64);
                self.mark(Rect { middle, half: DVec2::splat(half) }, what);
            }
        }
    }

    /// The same, for lines that no word or letter may stand on.
    pub fn bar_line(&mut self, line: &[DVec2], half: f64) {
        self.trace(line, half, WORD);
    }

    /// The first of the places that is free, better one off all lines, now taken.
    pub fn find_word(&mut self, places: impl Iterator<Item = Rect>) -> Option<DVec2> {
        let places: Vec<Rect> = places.collect();
        self.find_clear(&places, WORD | LINE).or_else(|| self.find_clear(&places, WORD))
    }

    /// The first of the places that has neither a word nor a line in it, now taken.
    pub fn find_clear_of_lines(&mut self, places: &[Rect]) -> Option<DVec2> {
        self.find_clear(places, WORD | LINE)
    }

    /// Whether a line, half so wide, runs through no word.
    pub fn misses_words(&self, line: &[DVec2], half: f64) -> bool {
        let places = line.windows(2).flat_map(|pair| (0..=64).map(|i| pair[0].lerp(pair[1], f64::from(i) / 64.0)));
        let free = |middle| self.cells_of(Rect { middle, half: DVec2::splat(half) }).all(|c| self.cells[c] & WORD == 0);
        places.into_iter().all(free)
    }

    /// Whether a place has neither a word nor a line in it.
    pub fn is_clear(&self, rect: Rect) -> bool {
        self.cells_of(rect).all(|cell| self.cells[cell] == 0)
    }

    /// The first of the places that has no word in it, now taken.
    pub fn find(&mut self, places: impl Iterator<Item = Rect>) -> Option<DVec2> {
        let places: Vec<Rect> = places.collect();
        self.find_clear(&places, WORD)
    }

    fn find_clear(&mut self, places: &[Rect], of: u8) -> Option<DVec2> {
        let free = |rect: &&Rect| {
            let inside =
                (rect.middle - rect.half).cmpge(self.low).all() && (rect.middle + rect.half).cmple(self.high).all();
            inside && self.cells_of(**rect).all(|cell| self.cells[cell] & of == 0)
        };
        let rect = *places.iter().find(free)?;
        self.mark(rect, WORD);
        Some(rect.middle)
    }

    fn mark(&mut self, rect: Rect, what: u8) {
        let cells: Vec<usize> = self.cells_of(rect).collect();
        cells.into_iter().for_each(|cell| self.cells[cell] |= what);
    }

    /// The squares that a rectangle touches, as far as they lie in the plot.
    fn cells_of(&self, rect: Rect) -> impl Iterator<Item = usize> + use<> {
        let (from, to) = ((rect.middle - rect.half - self.low) / CELL, (rect.middle + rect.half - self.low) / CELL);
        let span = |from: f64, to: f64, most: usize| {
            // A number that is none, or lies before the plot, becomes 0.
            let end = if to < 0.0 { 0 } else { (to as usize).saturating_add(1).min(most) };
            (from.max(0.0) as usize).min(end)..end
        };
        let (columns, across) = (self.columns, span(from.x, to.x, self.columns));
        span(from.y, to.y, self.rows).flat_map(move |row| across.clone().map(move |column| row * columns + column))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Labels {
        let mut labels = Labels {
            low: DVec2::ZERO,
            high: DVec2::splat(100.0),
            columns: 50,
            rows: 50,
            cells: Vec::new(),
            left_out: 0,
        };
        labels.cells = vec![0; 2500];
        labels
    }

    fn at(x: f64, y: f64) -> Rect {
        Rect { middle: DVec2::new(x, y), half: DVec2::splat(9.0) }
    }

    #[test]
    fn a_word_takes_its_place_and_stays_inside() {
        let mut labels = labels();
        assert_eq!(labels.find([at(50.0, 50.0)].into_iter()), Some(DVec2::splat(50.0)));
        assert_eq!(labels.find([at(60.0, 60.0)].into_iter()), None);
        assert_eq!(labels.find([at(95.0, 50.0), at(75.0, 50.0)].into_iter()), Some(DVec2::new(75.0, 50.0)));
    }

    #[test]
    fn words_keep_off_lines_where_they_can() {
        let mut labels = labels();
        labels.take_line(&[DVec2::new(0.0, 50.0), DVec2::new(100.0, 50.0)], 2.0);
        assert_eq!(labels.find_word([at(20.0, 50.0), at(20.0, 20.0)].into_iter()), Some(DVec2::splat(20.0)));
        assert_eq!(labels.find_word([at(80.0, 50.0)].into_iter()), Some(DVec2::new(80.0, 50.0)));
    }

    #[test]
    fn what_lies_beyond_all_numbers_is_harmless() {
        let mut labels = labels();
        for far in [1e300, -1e300, f64::NAN, f64::INFINITY] {
            labels.mark(at(far, far), WORD);
            labels.take_line(&[DVec2::splat(far), DVec2::ZERO], 4.0);
        }
        assert_eq!(labels.find([at(50.0, 50.0)].into_iter()), Some(DVec2::splat(50.0)));
    }
}
