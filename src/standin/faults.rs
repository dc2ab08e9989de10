//! What a stand-in does wrong when it is asked to.

use std::time::Duration;

/// Faults on request; nothing by default. Ticks are counted from the server's start, beginning with 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    /// How long each tick takes at least.
    pub slow_tick: Duration,
    /// Up to how much longer it takes, differently each time but the same in each run.
    pub jitter: Duration,
    /// A tick that takes so long, once. Nothing is answered meanwhile, as in CARLA, whose calls wait for ticks.
    pub stall: Option<(u64, Duration)>,
    /// Every so many-th frame of the world is not sent.
    pub drop_every: Option<u64>,
    /// With this tick, connections go silent for good: open, and nothing comes any more. New ones are served.
    pub dead_at: Option<u64>,
    /// With this tick, every connection is closed.
    pub cut_at: Option<u64>,
    /// Every so many-th reply comes so much later, after those that were asked for later.
    pub late_replies: Option<(u64, Duration)>,
    /// With this tick, a new episode begins: another client has loaded a map.
    pub restart_at: Option<u64>,
    /// How long a new episode takes to begin; until then there are no ticks, and calls answer `episode not ready`.
    pub slow_load: Duration,
    /// Of this batch, counted from 1, half the commands are done; then its connection is reset.
    pub reset_in_batch: Option<u64>,
    /// With this tick, each stream gets a frame that ends in its middle, and is closed.
    pub truncate_at: Option<u64>,
}

impl Faults {
    /// How long a tick takes beside its work.
    pub fn delay(&self, tick: u64) -> Duration {
        let stall = self.stall.filter(|(at, _)| *at == tick).map_or(Duration::ZERO, |(_, stall)| stall);
        self.slow_tick + self.jitter.mul_f64(chance(tick)) + stall
    }

    /// Whether the world's frame of this tick is kept back.
    pub fn drops(&self, tick: u64) -> bool {
        self.drop_every.is_some_and(|every| tick.is_multiple_of(every.max(1)))
    }

    /// How much later this reply comes.
    pub fn lateness(&self, reply: u64) -> Option<Duration> {
        self.late_replies.filter(|(every, _)| reply.is_multiple_of((*every).max(1))).map(|(_, late)| late)
    }
}

/// A number from 0 to 1 that is the same for the same tick (splitmix64).
fn chance(tick: u64) -> f64 {
    let mut mixed = tick.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_comes_once_and_jitter_differs() {
        let ms = Duration::from_millis;
        let faults = Faults { slow_tick: ms(5), stall: Some((7, ms(100))), ..Faults::default() };
        assert_eq!([6, 7, 8].map(|tick| faults.delay(tick)), [ms(5), ms(105), ms(5)]);
        let faults = Faults { jitter: ms(10), ..Faults::default() };
        let delays: Vec<Duration> = (1..100).map(|tick| faults.delay(tick)).collect();
        assert!(delays.iter().all(|delay| *delay <= ms(10)));
        assert!(delays.iter().max() > Some(&ms(9)) && delays.iter().min() < Some(&ms(1)));
    }

    #[test]
    fn every_so_many_th_is_counted_from_one() {
        let faults = Faults { drop_every: Some(3), late_replies: Some((2, Duration::ZERO)), ..Faults::default() };
        assert_eq!((1..=6).filter(|tick| faults.drops(*tick)).collect::<Vec<_>>(), [3, 6]);
        assert!(faults.lateness(4).is_some() && faults.lateness(5).is_none());
    }
}
