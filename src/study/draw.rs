//! Random numbers that are the same on every machine: ChaCha8, seeded with the
//! SHA-256 of named parts, so that no draw depends on how many came before it elsewhere.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use sha2::{Digest, Sha256};

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream that belongs to these parts, in this order.
    pub fn new(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // The length keeps ["ab", "c"] and ["a", "bc"] apart.
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part.as_bytes());
        }
        Self(ChaCha8Rng::from_seed(hash.finalize().into()))
    }

    /// A whole number from 0 to `n - 1`, each as likely; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        let Ok(n) = u64::try_from(n) else { return 0 };
        if n == 0 {
            return 0;
        }
        // Numbers of the last, incomplete round of n are drawn again.
        let whole = u64::MAX - u64::MAX % n;
        loop {
            let drawn = self.0.next_u64();
            if drawn < whole {
                return usize::try_from(drawn % n).unwrap_or(0);
            }
        }
    }

    /// A number from 0 to just below 1, in steps of 2^-53.
    pub fn share(&mut self) -> f64 {
        #[allow(clippy::cast_precision_loss)]
        let steps = (self.0.next_u64() >> 11) as f64;
        steps / 9_007_199_254_740_992.0
    }

    /// Puts things into random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for i in (1..things.len()).rev() {
            things.swap(i, self.below(i + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_fixed_and_apart() {
        assert_eq!(Draw::new(&["a", "b"]).below(1_000_000), Draw::new(&["a", "b"]).below(1_000_000));
        assert_ne!(Draw::new(&["ab", "c"]).0.next_u64(), Draw::new(&["a", "bc"]).0.next_u64());
    }

    #[test]
    fn every_order_of_three_is_as_likely() {
        let mut counts = std::collections::BTreeMap::new();
        let mut draw = Draw::new(&["orders"]);
        for _ in 0..6000 {
            let mut order = [0, 1, 2];
            draw.shuffle(&mut order);
            *counts.entry(order).or_insert(0) += 1;
        }
        // Each has mean 1000 and standard deviation 29.
        assert!(counts.len() == 6 && counts.values().all(|n| (850..1150).contains(n)), "{counts:?}");
    }

    #[test]
    fn edges() {
        assert_eq!(Draw::new(&[]).below(0), 0);
        assert_eq!(Draw::new(&[]).below(1), 0);
        assert!((0.0..1.0).contains(&Draw::new(&[]).share()));
    }
}
