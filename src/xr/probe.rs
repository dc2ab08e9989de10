//! Before a session: runtime, headset and graphics as a session would meet them.

use super::bridge;
use super::pictures::{Resolution, eye_size};
use super::stage::Floor;
use super::system::{self, System};
use crate::problem::Problem;

/// Opens the headset for a moment and says what it is; nothing is shown in it.
pub fn probe(simulated_ok: bool, rate_hz: Option<u32>) -> Result<Vec<(String, String)>, Problem> {
    let System { instance, id, offers, mut facts } = system::find(None, simulated_ok)?;
    let size = eye_size(&instance, id, Resolution::default())?;
    facts.note("eye_pixels", format!("{} x {}", size[0], size[1]));
    let graphics = bridge::graphics(&instance, id)?;
    facts.note("graphics", graphics.gpu.name.clone());
    let session = bridge::session(&instance, id, &graphics)?;
    if offers.rate {
        system::display_rate(&session.0, rate_hz.unwrap_or(0), &mut facts);
    }
    let (_space, _, words) = system::stage(&session.0, Floor::Best, offers)?;
    facts.note("stage", words);
    facts.note("tells_when_taken_off", if offers.presence { "yes" } else { "no" });
    Ok(facts.details)
}
