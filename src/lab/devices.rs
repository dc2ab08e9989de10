//! The headset of a session, made as ordered; and the booth that belongs to it.

use super::order::{HeadsetChoice, OpenXrChoice, Order};
use crate::desk::Booth;
use crate::headset::{Scripted, Simulated};
use crate::kernel::seams::Headset;
use crate::map;
use crate::models::Street;
use crate::problem::Outcome;
use crate::xr;
use std::sync::Arc;

/// What a participant stands before.
pub struct Devices {
    /// Where poses come from and pictures go.
    pub headset: Box<dyn Headset>,
    /// The same device between trials, where a person is in it.
    pub booth: Option<Box<dyn Booth>>,
}

/// Opens the headset that was ordered.
pub fn devices(order: &Order<'_>) -> Outcome<Devices> {
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
        HeadsetChoice::OpenXr(choice) => {
            let (headset, booth) = xr::open(wanted(order, *choice, None)?)?;
            return Ok(Devices { headset, booth: Some(booth) });
        }
    };
    Ok(Devices { headset, booth: None })
}

/// What a study asks of a headset; `loader` where something stands between the program and the runtime.
pub fn wanted(order: &Order<'_>, choice: OpenXrChoice, loader: Option<xr::Entry>) -> Outcome<xr::Wanted> {
    let prepared = order.prepared;
    let (study, map) = (&prepared.study, map::read_bytes(&prepared.map_name, &prepared.map_bytes)?);
    let street = |site: &Arc<_>| Arc::new(Street::new(&map, site, &study.scene));
    Ok(xr::Wanted {
        simulated_ok: choice.simulated_ok,
        rate_hz: study.display_hz,
        calibrate: choice.calibrate,
        floor: choice.floor,
        scenery: study.scene.clone(),
        streets: prepared.sites.iter().map(|site| (site.id.clone(), street(site))).collect(),
        room_depth_m: study.room.depth_m,
        tell: |text| eprintln!("{text}"),
        loader,
    })
}
