//! Before a session: runtime, headset and graphics as a session would meet them.

use super::bridge::{Images, Shape};
use super::device::Device;
use super::open::{Begun, begin, rate};
use super::pictures::Resolution;
use super::stage::Floor;
use crate::problem::Problem;

/// A headset as it was met.
#[derive(Debug, Clone, PartialEq)]
pub struct Probed {
    /// What it says of itself.
    pub details: Vec<(String, String)>,
    /// What its display shows after it was asked for the study's rate, frames a second; none where the runtime does not
    /// tell.
    pub rate_hz: Option<f64>,
}

/// Opens the headset for a moment, with the images and the input of a session, and says what it is; nothing is shown in
/// it.
pub fn probe(
    simulated_ok: bool,
    rate_hz: Option<u32>,
    (floor, resolution): (Floor, Resolution),
) -> Result<Probed, Problem> {
    let begun = begin(None, simulated_ok, (floor, resolution))?;
    let Begun { instance, graphics, session, stage, size, format, input, offers, mut facts, .. } = begun;
    let images = Images::new(&session.0, &graphics.gpu, Shape { size, layers: 2, format })?;
    let mut device = Device::new(instance, graphics, session, stage, rate_hz.map(f64::from))?;
    rate(&mut device, offers, rate_hz.unwrap_or(0), &mut facts)?;
    let rate_hz = device.rate_hz;
    device.leave();
    // Before the session that they belong to.
    drop((images, input));
    Ok(Probed { details: facts.details, rate_hz })
}
