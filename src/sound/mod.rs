//! Sound: the vehicles of a scene heard at the participant's head. It reads scenes and changes nothing: simulation,
//! record and replay are the same with it and without.
//!
//! `vehicle.rs` is what a vehicle gives off, `head.rs` what a head makes of a direction, `mixer.rs` the way between them,
//! `listener.rs` frames in and samples out. All of that is arithmetic, the same on every machine. Only with the feature
//! `sound` there is a sound card: `output.rs` opens it, `heard.rs` puts it beside a headset.

mod head;
#[cfg(feature = "sound")]
mod heard;
mod listener;
mod mixer;
mod moment;
#[cfg(feature = "sound")]
mod output;
mod vehicle;
mod wav;

#[cfg(feature = "sound")]
pub use heard::Heard;
pub use listener::{FOLLOWS_BY_S, Listener};
pub use moment::{Head, MOST_VEHICLES, Moment, Moving};
#[cfg(feature = "sound")]
pub use output::{Output, probe};
pub use vehicle::{rolling_level_at_1_m_db, tone_hz, tone_level_at_1_m_db};
pub use wav::wav;

/// Left and right ear.
pub type Stereo = [f32; 2];

/// Samples a second.
pub const RATE_HZ: u32 = 48_000;
/// The same, to reckon with.
const RATE: f64 = RATE_HZ as f64;
/// Samples of a block, at whose ends directions and levels are computed: a millisecond.
const BLOCK: usize = 48;
/// The same on the clock of the display.
const BLOCK_NS: i64 = 1_000_000;
/// Speed of sound in air of 20 degrees Celsius, metres a second.
pub const SOUND_MPS: f64 = 343.0;
/// Sound pressure of the sample value 1, pascals; 0 dB of full scale (by root mean square) are 106 dB of sound pressure.
/// A car that passes a metre away at 130 km/h stays below it.
pub const FULL_SCALE_PA: f64 = 4.0;
/// Sound pressure of 0 dB, pascals.
pub const REFERENCE_PA: f64 = 20e-6;

/// The factor that a level stands for.
fn factor(level_db: f64) -> f64 {
    libm::exp10(level_db / 20.0)
}
