//! Before a session: runtime, headset and graphics as a session would meet them.

use super::bridge;
use super::device::Device;
use super::open::rate;
use super::pictures::{Resolution, eye_size};
use super::stage::Floor;
use super::system::{self, System};
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

/// Opens the headset for a moment and says what it is; nothing is shown in it.
pub fn probe(simulated_ok: bool, rate_hz: Option<u32>) -> Result<Probed, Problem> {
    let System { instance, id, offers, mut facts } = system::find(None, simulated_ok)?;
    let size = eye_size(&instance, id, Resolution::default())?;
    facts.note("eye_pixels", format!("{} x {}", size[0], size[1]));
    let graphics = bridge::graphics(&instance, id)?;
    facts.note("graphics", graphics.gpu.name.clone());
    let session = bridge::session(&instance, id, &graphics)?;
    let (space, kind, words) = system::stage(&session.0, Floor::Best, offers)?;
    let mut device = Device::new(instance, graphics, session, (space, kind))?;
    rate(&mut device, offers, rate_hz.unwrap_or(0), &mut facts)?;
    facts.note("stage", words);
    facts.note("tells_when_taken_off", if offers.presence { "yes" } else { "no" });
    let rate_hz = device.rate_hz;
    device.leave();
    Ok(Probed { details: facts.details, rate_hz })
}
