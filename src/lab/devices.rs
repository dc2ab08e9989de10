//! The headset of a session, made as ordered; and the booth that belongs to it.

use super::order::{HeadsetChoice, Order};
use crate::desk::Booth;
use crate::headset::{Scripted, Simulated};
use crate::kernel::seams::Headset;
use crate::problem::Outcome;

/// What a participant stands before.
pub(super) struct Devices {
    /// Where poses come from and pictures go.
    pub headset: Box<dyn Headset>,
    /// The same device between trials, where a person is in it.
    pub booth: Option<Box<dyn Booth>>,
}

/// Opens the headset that was ordered.
pub(super) fn devices(order: &Order<'_>) -> Outcome<Devices> {
    let (study, who) = (&order.prepared.study, order.who);
    let headset: Box<dyn Headset> = match order.headset {
        HeadsetChoice::Simulated => Box::new(Simulated::new(
            &study.simulated,
            order.prepared.seed,
            &who.participant,
            study.display_hz,
            order.pacing,
        )),
        HeadsetChoice::Scripted(script, _) => Box::new(Scripted::new(script.clone(), study.display_hz, order.pacing)),
    };
    Ok(Devices { headset, booth: None })
}
