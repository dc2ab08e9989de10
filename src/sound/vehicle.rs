//! What an electric car gives off: tyres on the road, and the warning tone of quiet cars at low speed.
//!
//! **Tyres**: CNOSSOS-EU, Commission Delegated Directive (EU) 2021/1226, light vehicles on the reference surface: the
//! sound power of rolling in octave bands, A + B lg(v / 70 km/h). An electric car has no propulsion noise there that
//! counts (Pallas et al., Applied Acoustics 113, 2016, 89-101). The directive takes 20 km/h for all slower cars; here the
//! line goes on, so that a car that stands is silent. The source is a point on the road, its sound spreads over a half
//! sphere: the level at 1 m is the power's less 10 lg(2 pi).
//!
//! **Tone**: UN Regulation 138: at least 50 dB(A) at 10 km/h and 56 dB(A) at 20 km/h, 2 m beside the car, with a pitch
//! that rises by at least 0.8 % for each km/h; nothing is asked of a car that stands, and nothing above 20 km/h. Here
//! exactly these levels, in proportion to speed below, faded out up to 30 km/h, in two tones of equal level between
//! 630 Hz and 1.3 kHz, where the A-weighting is within 2 dB of none.

use super::{BLOCK, FULL_SCALE_PA, RATE, REFERENCE_PA, factor};
use crate::kernel::math::{cos, sin, sqrt};
use std::f64::consts::{PI, SQRT_2, TAU};

/// Middle of each octave band, hertz; A and B of rolling, dB.
const BANDS: [(f64, f64, f64); 8] = [
    (63.0, 83.1, 30.0),
    (125.0, 89.2, 41.5),
    (250.0, 87.7, 38.9),
    (500.0, 93.1, 25.7),
    (1000.0, 100.1, 32.5),
    (2000.0, 96.7, 37.2),
    (4000.0, 86.8, 39.0),
    (8000.0, 76.2, 40.0),
];
/// The tones of a car that has just started, hertz.
const TONES_HZ: [f64; 2] = [630.0, 1000.0];
/// How far the tones rise with each km/h.
const RISE_PER_KMH: f64 = 0.01;
/// Slower than this, a car stands, km/h.
const STANDS_KMH: f64 = 0.1;
/// A vehicle that comes or goes does so within so many blocks.
const FADE_BLOCKS: f64 = 50.0;

const KMH_PER_MPS: f64 = 3.6;

/// Sound pressure level of rolling in octave band `n` from 63 Hz, a metre away, dB; none where the car stands.
pub fn rolling_level_at_1_m_db(band: usize, speed_mps: f64) -> Option<f64> {
    let (speed_kmh, (_, a_db, b_db)) = (speed_mps * KMH_PER_MPS, BANDS.get(band)?);
    (speed_kmh >= STANDS_KMH).then(|| a_db + b_db * libm::log10(speed_kmh / 70.0) - 10.0 * libm::log10(TAU))
}

/// Sound pressure level of both tones together, a metre away, dB; none where there is no tone.
pub fn tone_level_at_1_m_db(speed_mps: f64) -> Option<f64> {
    let speed_kmh = speed_mps * KMH_PER_MPS;
    let faded = ((30.0 - speed_kmh) / 10.0).clamp(0.0, 1.0);
    (speed_kmh >= STANDS_KMH && faded > 0.0)
        .then(|| 50.0 + 20.0 * libm::log10(speed_kmh / 10.0 * faded) + 20.0 * libm::log10(2.0))
}

/// Frequency of the lower and the upper tone, hertz.
pub fn tone_hz(speed_mps: f64) -> [f64; 2] {
    TONES_HZ.map(|hz| hz * (1.0 + RISE_PER_KMH * speed_mps.max(0.0) * KMH_PER_MPS))
}

/// What a level is as an amplitude of samples, by root mean square.
fn amplitude(level_db: Option<f64>) -> f64 {
    level_db.map_or(0.0, |level_db| REFERENCE_PA / FULL_SCALE_PA * factor(level_db))
}

/// A band filter, an octave wide at half its power, twice in a row: b0 (b2 is -b0, b1 is 0), a1, a2; and what
/// brings white noise of variance 1 to variance 1.
#[derive(Debug, Clone, Copy, Default)]
struct Filter {
    b0: f64,
    a1: f64,
    a2: f64,
    unit: f64,
}

/// The filters of all bands.
#[derive(Debug, Clone)]
pub(super) struct Filters([Filter; BANDS.len()]);

impl Filters {
    pub(super) fn new() -> Self {
        Self(BANDS.map(|(hz, ..)| {
            // The bilinear band-pass of constant peak gain, of quality sqrt 2.
            let w = TAU * hz / RATE;
            let alpha = sin(w) / (2.0 * SQRT_2);
            let a0 = 1.0 + alpha;
            let mut filter = Filter { b0: alpha / a0, a1: -2.0 * cos(w) / a0, a2: (1.0 - alpha) / a0, unit: 1.0 };
            // White noise keeps the energy of the response to one impulse; the lowest band's is over in half a second.
            let (mut band, mut energy) = (Band::default(), 0.0);
            for n in 0..24_000 {
                let y = band.next(&filter, if n == 0 { 1.0 } else { 0.0 });
                energy += y * y;
            }
            filter.unit = 1.0 / sqrt(energy);
            filter
        }))
    }
}

/// What the two filters of a band remember.
#[derive(Debug, Clone, Copy, Default)]
struct Band([[f64; 2]; 2]);

impl Band {
    fn next(&mut self, filter: &Filter, x: f64) -> f64 {
        let mut x = x;
        for [s1, s2] in &mut self.0 {
            let y = filter.b0 * x + *s1;
            (*s1, *s2) = (*s2 - filter.a1 * y, -filter.b0 * x - filter.a2 * y);
            x = y;
        }
        x
    }
}

/// A vehicle's voice.
#[derive(Debug, Clone)]
pub(super) struct Voice {
    random: u64,
    bands: [Band; BANDS.len()],
    phases: [f64; 2],
    /// As the block before left them: amplitude of each band, of a tone, the tones' frequencies, the fade.
    rolling: [f64; BANDS.len()],
    tone: f64,
    tone_hz: [f64; 2],
    present: f64,
}

impl Voice {
    /// A vehicle that begins to be heard; its noise is its own, and always the same.
    pub(super) fn new(key: (u32, u32), speed_mps: f64) -> Self {
        let mut voice = Self {
            random: (u64::from(key.0) << 32 | u64::from(key.1)) ^ 0x9e37_79b9_7f4a_7c15,
            bands: [Band::default(); BANDS.len()],
            phases: [0.0; 2],
            rolling: std::array::from_fn(|band| amplitude(rolling_level_at_1_m_db(band, speed_mps))),
            tone: amplitude(tone_level_at_1_m_db(speed_mps)),
            tone_hz: tone_hz(speed_mps),
            present: 0.0,
        };
        // Neighbouring keys begin far apart.
        for _ in 0..8 {
            voice.noise();
        }
        voice
    }

    /// Whether nothing is given off any more.
    pub(super) fn is_silent(&self) -> bool {
        self.present == 0.0
    }

    /// White noise of variance 1: xorshift64* (Vigna 2016), its upper half as a number in [-1, 1).
    fn noise(&mut self) -> f64 {
        let mut x = self.random;
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.random = x;
        let upper = u32::try_from(x.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32).unwrap_or(0);
        (f64::from(upper) / 2_147_483_648.0 - 1.0) * sqrt(3.0)
    }

    /// The next block, as heard a metre away; at its end the vehicle has this speed, and is there or is on its way out.
    pub(super) fn speak(&mut self, filters: &Filters, speed_mps: f64, there: bool) -> [f32; BLOCK] {
        let rolling: [f64; BANDS.len()] =
            std::array::from_fn(|band| amplitude(rolling_level_at_1_m_db(band, speed_mps)));
        let (tone, hz) = (amplitude(tone_level_at_1_m_db(speed_mps)), tone_hz(speed_mps));
        let step = if there { 1.0 } else { -1.0 } / FADE_BLOCKS;
        let present = (self.present + step).clamp(0.0, 1.0);
        let mut block = [0.0; BLOCK];
        for (n, sample) in (1_u32..).zip(&mut block) {
            let share = f64::from(n) / BLOCK as f64;
            let at = |before: f64, after: f64| before + (after - before) * share;
            let mut sum = 0.0;
            for (i, filter) in filters.0.iter().enumerate() {
                // Each band has a noise of its own: where bands overlap, powers add and nothing cancels.
                let noise = self.noise();
                sum += self.bands[i].next(filter, noise) * filter.unit * at(self.rolling[i], rolling[i]);
            }
            for (i, hz) in hz.iter().enumerate() {
                self.phases[i] = (self.phases[i] + TAU * at(self.tone_hz[i], *hz) / RATE) % (2.0 * PI);
                // Two sines of this amplitude have together the tone's root mean square.
                sum += at(self.tone, tone) * sin(self.phases[i]);
            }
            #[allow(clippy::cast_possible_truncation)]
            let value = (sum * at(self.present, present)) as f32;
            *sample = value;
        }
        (self.rolling, self.tone, self.tone_hz, self.present) = (rolling, tone, hz, present);
        block
    }
}
