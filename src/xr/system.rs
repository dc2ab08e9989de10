//! The runtime and the headset as they are found, and what they say of themselves.

use super::bridge;
use super::device::same_rate;
use super::stage::Floor;
use super::trouble::{Doing, problem, trouble};
use crate::kernel::seams::Description;
use crate::problem::Problem;
use openxr as xr;

/// A runtime with a headset.
pub(super) struct System {
    pub instance: xr::Instance,
    pub id: xr::SystemId,
    pub offers: Offers,
    pub facts: Facts,
}

/// What the headset can do beyond the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Offers {
    /// The floor below the place of the last recentring.
    pub local_floor: bool,
    /// The display's rate can be read and chosen.
    pub rate: bool,
    /// It feels whether somebody wears it.
    pub presence: bool,
    /// Hands without controllers: their joints.
    pub joints: bool,
    /// Hands without controllers: pinching and pointing.
    pub pinch: bool,
}

/// What is written down about the devices, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub details: Vec<(String, String)>,
    pub simulated: bool,
}

impl Facts {
    /// Notes a fact.
    pub fn note(&mut self, what: &str, is: impl Into<String>) {
        self.details.push((what.to_owned(), is.into()));
    }

    /// For the record.
    pub fn description(&self) -> Description {
        Description { kind: "openxr".into(), details: self.details.clone(), simulated: self.simulated }
    }
}

/// Parts of the names of headsets that are programs.
const PROGRAMS: [&str; 5] = ["simulated hmd", "remote hmd", "simulator", "null hmd", "fake"];

/// Whether a headset of this name is a program instead of a device on a head.
pub(super) fn is_a_program(system_name: &str) -> bool {
    let name = system_name.to_lowercase();
    PROGRAMS.iter().any(|program| name.contains(program))
}

/// Finds the runtime and its headset.
pub(super) fn find(loader: Option<xr::Entry>, simulated_ok: bool) -> Result<System, Problem> {
    let entry = match loader {
        Some(entry) => entry,
        None => bridge::loader().map_err(|error| no_loader(&error))?,
    };
    let there = entry.enumerate_extensions().map_err(|code| trouble(code, Doing::Asking))?;
    if !there.khr_vulkan_enable2 {
        let what = "the OpenXR runtime does not offer Vulkan (XR_KHR_vulkan_enable2), with which Kerbside draws";
        return Err(problem(what, "choose a runtime that does: SteamVR, Meta's own, Monado, WiVRn"));
    }
    let mut wanted = xr::ExtensionSet::default();
    wanted.khr_vulkan_enable2 = true;
    wanted.ext_local_floor = there.ext_local_floor;
    wanted.fb_display_refresh_rate = there.fb_display_refresh_rate;
    wanted.ext_user_presence = there.ext_user_presence;
    wanted.ext_hand_tracking = there.ext_hand_tracking;
    wanted.ext_hand_interaction = there.ext_hand_interaction;
    let application = xr::ApplicationInfo {
        application_name: "Kerbside",
        application_version: 1,
        engine_name: "Kerbside",
        engine_version: 1,
        ..xr::ApplicationInfo::default()
    };
    let made = entry.create_instance(&application, &wanted, &[], &());
    let instance = made.map_err(|code| trouble(code, Doing::Instance))?;
    let of_system = |code| trouble(code, Doing::System);
    let runtime = instance.properties().map_err(of_system)?;
    let id = instance.system(xr::FormFactor::HEAD_MOUNTED_DISPLAY).map_err(of_system)?;
    let system = instance.system_properties(id).map_err(of_system)?;
    let mut facts = Facts { simulated: is_a_program(&system.system_name), ..Facts::default() };
    if facts.simulated && !simulated_ok {
        let what = format!(
            "the headset is a program, not a device: '{}' of {} (a runtime without hardware gives one silently)",
            system.system_name, runtime.runtime_name
        );
        let cure = "connect the headset and switch it on; or give --simulated-headset, which marks the session as \
                    simulated";
        return Err(problem(what, cure));
    }
    facts.note("runtime", runtime.runtime_name);
    facts.note("runtime_version", runtime.runtime_version.to_string());
    facts.note("system", system.system_name);
    let names: Vec<String> = wanted.names().iter().map(|name| words(name)).collect();
    facts.note("extensions", names.join(" "));
    let hands = there.ext_hand_tracking && instance.supports_hand_tracking(id).unwrap_or(false);
    let offers = Offers {
        local_floor: there.ext_local_floor,
        rate: there.fb_display_refresh_rate,
        presence: there.ext_user_presence,
        joints: hands,
        pinch: there.ext_hand_interaction,
    };
    Ok(System { instance, id, offers, facts })
}

fn words(name: &[u8]) -> String {
    String::from_utf8_lossy(name).trim_end_matches('\0').to_owned()
}

fn no_loader(error: &xr::EntryError) -> Problem {
    let mut what = format!("OpenXR is not installed on this computer: {error}");
    if let Some(source) = std::error::Error::source(error) {
        what = format!("OpenXR is not installed on this computer: {source}");
    }
    let cure = "install the OpenXR loader: on Debian `apt-get install libopenxr-loader1`; on Windows put \
                openxr_loader.dll beside kerbside.exe";
    problem(what, cure)
}

/// The space that counts as the stage, with its floor at height 0; and its name for the record.
pub(super) fn stage(
    session: &xr::Session<xr::Vulkan>,
    floor: Floor,
    offers: Offers,
) -> Result<(xr::Space, xr::ReferenceSpaceType, &'static str), Problem> {
    let wrong = |code| trouble(code, Doing::Session);
    let there = session.enumerate_reference_spaces().map_err(wrong)?;
    let local_floor = xr::ReferenceSpaceType::LOCAL_FLOOR;
    let stage = there.contains(&xr::ReferenceSpaceType::STAGE) && floor != Floor::LocalFloor;
    let (kind, floor_m, words) = if stage {
        (xr::ReferenceSpaceType::STAGE, 0.0, "STAGE")
    } else if floor == Floor::Stage {
        let what = "the headset's room is not set up: the runtime offers no STAGE";
        return Err(problem(what, "run the room setup of the headset's software"));
    } else if offers.local_floor && there.contains(&local_floor) {
        (local_floor, 0.0, "LOCAL_FLOOR")
    } else if floor == Floor::LocalFloor {
        return Err(problem("the runtime offers no LOCAL_FLOOR", "leave the choice of the floor out"));
    } else {
        (xr::ReferenceSpaceType::LOCAL, -GUESSED_EYES_M, "LOCAL, its floor guessed 1.6 m below")
    };
    let mut pose = xr::Posef::IDENTITY;
    pose.position.y = floor_m;
    Ok((session.create_reference_space(kind, pose).map_err(wrong)?, kind, words))
}

/// Where neither the room nor the floor is known: LOCAL's origin is at the eyes of somebody who stands.
const GUESSED_EYES_M: f32 = 1.6;

/// Asks the display for the study's rate where it offers that; what was asked for. It takes its time.
pub(super) fn ask_for_rate(session: &xr::Session<xr::Vulkan>, wanted_hz: u32, facts: &mut Facts) -> Option<f64> {
    let offered = session.enumerate_display_refresh_rates().unwrap_or_default();
    let list: Vec<String> = offered.iter().map(|hz| hz.to_string()).collect();
    facts.note("rates_offered_hz", list.join(" "));
    let hz = offered.into_iter().find(|hz| same_rate(f64::from(*hz), f64::from(wanted_hz)))?;
    session.request_display_refresh_rate(hz).ok().map(|()| f64::from(hz))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_devices_by_their_names() {
        // Names as Monado 25.0.0, Meta's simulator and SteamVR give them.
        for program in ["Monado: Simulated HMD", "Remote HMD", "Meta XR Simulator", "SteamVR/OpenXR : null HMD"] {
            assert!(is_a_program(program), "{program}");
        }
        for device in ["Meta Quest 3", "SteamVR/OpenXR : vrlink", "Valve Index", "Varjo XR-4"] {
            assert!(!is_a_program(device), "{device}");
        }
    }
}
