//! The clocks of the kernel, in integer nanoseconds. Nothing here reads a clock:
//! time is an argument.

use crate::table::{Field, Kind};

macro_rules! clock {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
        pub struct $name(pub i64);

        impl $name {
            /// Seconds from `earlier` to this.
            pub fn seconds_since(self, earlier: Self) -> f64 {
                seconds(self.0 - earlier.0)
            }

            /// This time and so many seconds, rounded down to a nanosecond.
            #[must_use]
            pub fn plus_seconds(self, seconds: f64) -> Self {
                Self(self.0 + nanoseconds(seconds))
            }
        }

        impl Field for $name {
            const KIND: Kind = Kind::Integer;
            fn put(&self, out: &mut Vec<u8>) {
                self.0.put(out);
            }
            fn get(text: &str) -> Result<Self, String> {
                i64::get(text).map(Self)
            }
        }
    };
}

clock! {
    /// The headset's predicted display time.
    DisplayTime
}
clock! {
    /// The world's own time; in the embedded world 0 is the start of a trial's approach.
    WorldTime
}

/// Nanoseconds as seconds.
pub fn seconds(ns: i64) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let ns = ns as f64;
    ns / 1e9
}

/// Seconds as whole nanoseconds, rounded down.
pub fn nanoseconds(seconds: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation)]
    let ns = (seconds * 1e9).floor() as i64;
    ns
}

/// Time of the `n`th beat of a clock of `rate_hz` beats a second: floor(n 1e9 / rate), exact for whole rates.
pub fn beat_ns(n: u64, rate_hz: u32) -> i64 {
    let ns = u128::from(n) * 1_000_000_000 / u128::from(rate_hz.max(1));
    i64::try_from(ns).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_do_not_drift() {
        assert_eq!(beat_ns(1, 90), 11_111_111);
        assert_eq!(beat_ns(90, 90), 1_000_000_000);
        assert_eq!(beat_ns(72 * 86_400, 72), 86_400_000_000_000);
    }
}
