//! From vehicles to ears: what each gives off goes into a line, and each ear reads it as far back as the way takes. So
//! what is heard comes from where the vehicle was when it gave it off, and the Doppler shift follows from the way itself.

use super::head::{EARS, Ear, Shadow};
use super::moment::{Head, MOST_VEHICLES, Moment, Moving};
use super::vehicle::{Filters, Voice};
use super::{BLOCK, RATE, SOUND_MPS, Stereo};
use glam::DVec3;

/// Samples of a line: 1.4 s, 468 m; from further away nothing of it is heard.
const LINE: usize = 1 << 16;
/// Blocks whose places are kept: as long as the line.
const PLACES: usize = 1 << 11;
const LONGEST_S: f64 = 1.3;
/// A source is no nearer than this, metres: a car is no point.
const NEAREST_M: f64 = 1.0;
/// The most by which a delay changes in a block, samples: 86 m/s. A leap (a headset that is recentred) becomes a glide.
const GLIDE: f64 = 0.25 * BLOCK as f64;
/// How far level and shadow follow within a block.
const FOLLOW: f64 = 0.2;
/// Height of the tyres' sound over the road, metres: CNOSSOS-EU's.
const SOURCE_HEIGHT_M: f64 = 0.05;

/// All vehicles at both ears.
#[derive(Debug)]
pub(super) struct Mixer {
    filters: Filters,
    lines: Vec<Line>,
}

impl Mixer {
    /// All the memory that it will ever need.
    pub(super) fn new() -> Self {
        Self { filters: Filters::new(), lines: (0..MOST_VEHICLES).map(|_| Line::new()).collect() }
    }

    /// The next block; at its end head and vehicles are as this moment says.
    pub(super) fn block(&mut self, now: &Moment) -> [Stereo; BLOCK] {
        let mut sum = [[0.0_f64; 2]; BLOCK];
        for vehicle in now.vehicles() {
            let free = |line: &Line| line.vehicle.is_none_or(|one| one.key == vehicle.key);
            let own = self.lines.iter().position(|line| line.vehicle.is_some_and(|one| one.key == vehicle.key));
            let Some(line) = own.or_else(|| self.lines.iter().position(free)) else { continue };
            self.lines[line].drive(*vehicle);
        }
        for line in &mut self.lines {
            let Some(vehicle) = line.vehicle else { continue };
            let there = now.vehicles().any(|one| one.key == vehicle.key);
            line.speak(&self.filters, there);
            if let Some(head) = now.head {
                line.hear(&head, &mut sum);
            }
            line.end_of_block(there);
        }
        #[allow(clippy::cast_possible_truncation)]
        let sample = |value: f64| value.clamp(-1.0, 1.0) as f32;
        sum.map(|ears| ears.map(sample))
    }
}

/// A vehicle's line, free where there is none.
#[derive(Debug)]
struct Line {
    vehicle: Option<Moving>,
    voice: Voice,
    /// What was given off, the newest sample before `written`, all round.
    line: Box<[f32]>,
    written: usize,
    /// Where the vehicle was at the end of each block, the newest before `blocks`, all round.
    places: Box<[DVec3]>,
    blocks: usize,
    /// Blocks since it fell silent.
    silent: usize,
    /// The way of the sound at the end of the block before, seconds.
    way_s: Option<f64>,
    ears: [Heard; 2],
}

/// An ear as the block before left it.
#[derive(Debug, Clone, Copy, Default)]
struct Heard {
    delay: f64,
    gain: f64,
    alpha: f64,
    shadow: Shadow,
}

impl Line {
    fn new() -> Self {
        Self {
            vehicle: None,
            voice: Voice::new((0, 0), 0.0),
            line: vec![0.0; LINE].into_boxed_slice(),
            written: 0,
            places: vec![DVec3::ZERO; PLACES].into_boxed_slice(),
            blocks: 0,
            silent: 0,
            way_s: None,
            ears: [Heard::default(); 2],
        }
    }

    /// The vehicle is here now; a new one has the line to itself.
    fn drive(&mut self, vehicle: Moving) {
        let source_m = vehicle.site_m + DVec3::Z * SOURCE_HEIGHT_M;
        if self.vehicle.is_none() {
            self.voice = Voice::new(vehicle.key, vehicle.speed_mps);
            self.line.fill(0.0);
            self.places.fill(source_m);
            self.way_s = None;
            self.ears = [Heard::default(); 2];
        }
        self.vehicle = Some(Moving { site_m: source_m, ..vehicle });
        self.silent = 0;
    }

    fn speak(&mut self, filters: &Filters, there: bool) {
        let Some(vehicle) = self.vehicle else { return };
        for sample in self.voice.speak(filters, vehicle.speed_mps, there) {
            self.line[self.written % LINE] = sample;
            self.written = self.written.wrapping_add(1);
        }
        self.places[self.blocks % PLACES] = vehicle.site_m;
        self.blocks = self.blocks.wrapping_add(1);
    }

    /// A line is given back when the last sound of it has passed.
    fn end_of_block(&mut self, there: bool) {
        self.silent = if there || !self.voice.is_silent() { 0 } else { self.silent + 1 };
        if self.silent > LINE / BLOCK {
            self.vehicle = None;
        }
    }

    /// Where the vehicle was so long before the end of this block.
    fn place(&self, before_s: f64) -> DVec3 {
        let back = (before_s * RATE / BLOCK as f64).clamp(0.0, (PLACES - 3) as f64);
        let (whole, part) = whole_and_part(back);
        let at = |back: usize| self.places[self.blocks.wrapping_sub(1 + back) % PLACES];
        at(whole).lerp(at(whole + 1), part)
    }

    fn hear(&mut self, head: &Head, sum: &mut [[f64; 2]; BLOCK]) {
        let first = self.way_s.is_none();
        let mut way_s = self.way_s.unwrap_or_else(|| (self.place(0.0) - head.site_m).length() / SOUND_MPS);
        // The sound that arrives now left so long ago: each round leaves v / c of the error.
        for _ in 0..if first { 12 } else { 3 } {
            way_s = ((self.place(way_s) - head.site_m).length() / SOUND_MPS).min(LONGEST_S);
        }
        self.way_s = Some(way_s);
        let (from, far_m) = (self.place(way_s) - head.site_m, (way_s * SOUND_MPS).max(NEAREST_M));
        for (side, (ear, own)) in EARS.into_iter().zip(self.ears.into_iter().enumerate()) {
            let target = Ear::towards(side, head.yaw_rad, from.normalize_or_zero());
            let delay = (far_m / SOUND_MPS + target.later_s) * RATE;
            let mut after = Heard { delay, gain: 1.0 / far_m, alpha: target.alpha, ..own };
            let before = if first { after } else { own };
            after.delay = before.delay + (delay - before.delay).clamp(-GLIDE, GLIDE);
            after.gain = before.gain + (after.gain - before.gain) * FOLLOW;
            after.alpha = before.alpha + (after.alpha - before.alpha) * FOLLOW;
            for (n, out) in sum.iter_mut().enumerate() {
                let share = (n + 1) as f64 / BLOCK as f64;
                let at = |before: f64, after: f64| before + (after - before) * share;
                let x = self.read(n, at(before.delay, after.delay)) * at(before.gain, after.gain);
                out[ear] += after.shadow.next(at(before.alpha, after.alpha), x);
            }
            self.ears[ear] = after;
        }
    }

    /// What was given off so many samples before sample `n` of this block: the cubic through the four nearest.
    fn read(&self, n: usize, delay: f64) -> f64 {
        let (whole, part) = whole_and_part(delay);
        let newest = self.written.wrapping_sub(BLOCK - n);
        let at = |back: usize| f64::from(self.line[newest.wrapping_sub(back) % LINE]);
        let [a, b, c, d] = [at(whole - 1), at(whole), at(whole + 1), at(whole + 2)];
        let (slope_b, slope_c) = ((c - a) / 2.0, (d - b) / 2.0);
        let (cube, square) = (2.0 * (b - c) + slope_b + slope_c, 3.0 * (c - b) - 2.0 * slope_b - slope_c);
        ((cube * part + square) * part + slope_b) * part + b
    }
}

/// A number that is not negative, cut in two.
fn whole_and_part(number: f64) -> (usize, f64) {
    let whole = number.floor();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let index = whole as usize;
    (index, number - whole)
}
