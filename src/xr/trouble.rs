//! What OpenXR says went wrong, in plain words with a cure.

use crate::problem::{Place, Problem};
use openxr as xr;
use xr::sys::Result as Code;

/// What was being done when it went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    /// Asking what the runtime offers.
    Asking,
    /// Making an instance.
    Instance,
    /// Finding the headset.
    System,
    /// Making the graphics device.
    Graphics,
    /// Making the session.
    Session,
    /// Making images to draw to.
    Images,
    /// Setting up input.
    Input,
    /// Running frames.
    Frames,
}

impl Doing {
    const fn words(self) -> &'static str {
        match self {
            Self::Asking => "asking the OpenXR runtime what it offers",
            Self::Instance => "starting OpenXR",
            Self::System => "looking for the headset",
            Self::Graphics => "sharing the graphics card with the headset",
            Self::Session => "opening a session with the headset",
            Self::Images => "making the images that the headset shows",
            Self::Input => "setting up the controllers",
            Self::Frames => "showing a frame",
        }
    }
}

/// A problem with the headset as a whole.
pub(super) fn problem(what: impl Into<String>, cure: impl Into<String>) -> Problem {
    Problem::new(Place::default().part("--headset openxr"), what, cure)
}

/// What an error of OpenXR means for the people in the laboratory.
pub(super) fn trouble(code: Code, doing: Doing) -> Problem {
    let not_started = "start the headset's software (SteamVR, the Meta or Monado service) and wait until it shows the \
                       headset; then give the same command again";
    let (what, cure): (&str, &str) = match (code, doing) {
        (Code::ERROR_RUNTIME_UNAVAILABLE, _) => (
            "no OpenXR runtime is registered on this computer",
            "install the headset's software (SteamVR, Meta, Monado) and choose it as the OpenXR runtime in its \
             settings, or set XR_RUNTIME_JSON to the runtime's file (where it is set: is the file there?)",
        ),
        (Code::ERROR_RUNTIME_FAILURE, Doing::Asking | Doing::Instance) => {
            ("the OpenXR runtime is installed but does not answer: its service is not running", not_started)
        }
        (Code::ERROR_API_LAYER_NOT_PRESENT, _) => (
            "an OpenXR layer that was asked for is not installed",
            "unset XR_ENABLE_API_LAYERS, or set XR_API_LAYER_PATH to the folder where the layer is",
        ),
        (Code::ERROR_FORM_FACTOR_UNAVAILABLE, _) => (
            "the OpenXR runtime runs, but no headset is connected",
            "connect the headset, switch it on, and wait until its software shows it; then give the same command again",
        ),
        (Code::ERROR_FORM_FACTOR_UNSUPPORTED, _) => {
            ("the OpenXR runtime serves no headsets", "choose the headset's own software as the OpenXR runtime")
        }
        (Code::ERROR_INSTANCE_LOST, _) => (
            "the OpenXR runtime went away: its service was stopped or crashed",
            "start the headset's software; then give the same command again: the session goes on",
        ),
        (Code::ERROR_SESSION_LOST, _) => (
            "the headset was lost: unplugged, switched off, or taken by its software",
            "connect the headset again; then give the same command again: the session goes on",
        ),
        _ => {
            let what = format!("{} failed: the OpenXR runtime answered {code:?}", doing.words());
            return problem(what, not_started);
        }
    };
    problem(what, cure)
}
