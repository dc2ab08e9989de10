//! Variety that is the same every time: numbers made of a place.

/// Numbers drawn for one thing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chance(u64);

impl Chance {
    /// For the thing that these numbers name.
    pub fn of(words: &[u64]) -> Self {
        let mut chance = Self(0x9e37_79b9_7f4a_7c15);
        for word in words {
            chance.0 ^= *word;
            chance.step();
        }
        chance
    }

    /// One step of splitmix64 (Steele, Lea & Flood 2014, OOPSLA).
    fn step(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.0 ^= mixed;
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        let share = (self.step() >> 40) as f32 / (1_u32 << 24) as f32;
        low + (high - low) * share
    }

    /// One of the numbers below `count`.
    pub fn below(&mut self, count: u32) -> u32 {
        (self.step() >> 33) as u32 % count.max(1)
    }
}
