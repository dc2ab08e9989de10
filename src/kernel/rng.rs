//! Random numbers named by algorithm (ChaCha8) and by purpose: the same study,
//! seed, participant, trial and purpose give the same numbers everywhere.

use super::math::{ln, sqrt};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use sha2::{Digest, Sha256};

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Rng {
    bits: ChaCha8Rng,
    spare_normal: Option<f64>,
}

impl Rng {
    /// The stream that these words name, in this order.
    pub fn named(words: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for word in words {
            // The length keeps ["ab", "c"] and ["a", "bc"] apart.
            hash.update((word.len() as u64).to_le_bytes());
            hash.update(word.as_bytes());
        }
        Self { bits: ChaCha8Rng::from_seed(hash.finalize().into()), spare_normal: None }
    }

    /// Uniform from 0 (included) to 1 (excluded).
    pub fn uniform(&mut self) -> f64 {
        #[allow(clippy::cast_precision_loss)]
        let share = (self.bits.next_u64() >> 11) as f64;
        share / 9_007_199_254_740_992.0
    }

    /// Uniform from `low` to `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A whole number from 0 to `n - 1`; 0 when `n` is 0. Unbiased (Lemire 2019).
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 {
            return 0;
        }
        let reject_below = n.wrapping_neg() % n;
        loop {
            let product = u128::from(self.bits.next_u64()) * u128::from(n);
            #[allow(clippy::cast_possible_truncation)]
            let (high, low) = ((product >> 64) as u64, product as u64);
            if low >= reject_below {
                return high;
            }
        }
    }

    /// A place in a list of `n`; 0 when it is empty.
    pub fn index(&mut self, n: usize) -> usize {
        usize::try_from(self.below(n as u64)).unwrap_or(0)
    }

    /// Normal with mean 0 and standard deviation 1 (Marsaglia's polar method).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = u * u + v * v;
            if square > 0.0 && square < 1.0 {
                let scale = sqrt(-2.0 * ln(square) / square);
                self.spare_normal = Some(v * scale);
                return u * scale;
            }
        }
    }

    /// A random order of the elements (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let pick = self.index(last + 1);
            items.swap(last, pick);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_stream_and_words_do_not_run_together() {
        let first = |words: &[&str]| Rng::named(words).uniform();
        assert_eq!(first(&["a", "b"]), first(&["a", "b"]));
        assert_ne!(first(&["a", "b"]), first(&["ab"]));
        assert_ne!(first(&["a", "b"]), first(&["b", "a"]));
    }

    #[test]
    fn normals_have_the_moments_of_a_normal() {
        let mut rng = Rng::named(&["moments"]);
        let n = 200_000;
        let (mut sum, mut square, mut fourth) = (0.0, 0.0, 0.0);
        for _ in 0..n {
            let x = rng.normal();
            sum += x;
            square += x * x;
            fourth += x * x * x * x;
        }
        let n = f64::from(n);
        // Four standard errors: 1/sqrt n, sqrt(2/n), sqrt(96/n).
        assert!((sum / n).abs() < 4.0 / n.sqrt());
        assert!((square / n - 1.0).abs() < 4.0 * (2.0 / n).sqrt());
        assert!((fourth / n - 3.0).abs() < 4.0 * (96.0 / n).sqrt());
    }

    #[test]
    fn every_order_of_three_is_as_likely() {
        let mut counts = std::collections::BTreeMap::new();
        let mut rng = Rng::named(&["orders"]);
        for _ in 0..6000 {
            let mut order = [0, 1, 2];
            rng.shuffle(&mut order);
            *counts.entry(order).or_insert(0) += 1;
        }
        // Each has mean 1000 and standard deviation 29.
        assert!(counts.len() == 6 && counts.values().all(|n| (850..1150).contains(n)), "{counts:?}");
        assert_eq!((rng.index(0), rng.index(1)), (0, 0));
    }

    #[test]
    fn a_shuffle_keeps_everything() {
        let mut items: Vec<u32> = (0..100).collect();
        Rng::named(&["shuffle"]).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
