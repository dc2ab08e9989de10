//! Graphics, windows and the headset.

use super::{Finding, HeadsetKind, Planned, Verdict};
use crate::lab::devices::sound_probe;
use crate::picture::Gpu;
use crate::problem::Problem;
use crate::window;
use crate::xr;

/// What a device says of itself.
type Said = Vec<(String, String)>;

pub(super) fn look(planned: &Planned<'_>) -> Vec<Finding> {
    let kind = match planned.headset {
        Ok(kind) => *kind,
        Err(problems) => {
            let mut found = Finding::all_wrong("headset", problems);
            found.push(graphics(Gpu::headless(), false));
            return found;
        }
    };
    let draws = matches!(kind, HeadsetKind::Window | HeadsetKind::OpenXr { .. });
    let mut found = vec![graphics(Gpu::headless(), draws)];
    found.extend(match kind {
        HeadsetKind::Simulated => vec![Finding::ok("headset", "simulated: needs no hardware")],
        HeadsetKind::Scripted => vec![Finding::ok("headset", "scripted: needs no hardware")],
        HeadsetKind::Window => said("window", window::probe()),
        HeadsetKind::OpenXr { simulated_ok, floor, resolution } => {
            let study = planned.study.and_then(|study| study.as_ref().ok());
            let study_hz = study.map(|prepared| prepared.study.display_hz);
            let probed = xr::probe(simulated_ok, study_hz, (floor, resolution));
            let rate = probed.as_ref().ok().and_then(|probed| rate(probed.rate_hz, study_hz?));
            let mut found = said("headset", probed.map(|probed| probed.details));
            found.extend(rate);
            found
        }
    });
    found.extend(sound(planned, draws));
    found
}

/// Whether a study that wants sound gets it; `person` where somebody is there to hear it.
fn sound(planned: &Planned<'_>, person: bool) -> Option<Finding> {
    planned.study.and_then(|study| study.as_ref().ok()).filter(|prepared| prepared.study.scene.sound)?;
    if !person {
        return Some(Finding::ok("sound", "the study wants it; none is played to a participant who is simulated"));
    }
    Some(match sound_probe() {
        Ok(name) => Finding::ok("sound", name),
        Err(problem) => Finding::wrong("sound", &problem),
    })
}

/// The graphics device; a session without a picture can do without.
fn graphics(opened: Result<Gpu, Problem>, draws: bool) -> Finding {
    match opened {
        Ok(gpu) if gpu.software && draws => {
            let cure =
                "install the graphics card's own driver: without it frames come late; it is enough for trying out";
            Finding::warn("graphics", format!("{}: a program, not a graphics card", gpu.name), cure)
        }
        Ok(gpu) if gpu.software => Finding::ok("graphics", format!("{}: a program, not a graphics card", gpu.name)),
        Ok(gpu) => Finding::ok("graphics", gpu.name),
        Err(problem) if draws => Finding::wrong("graphics", &problem),
        Err(problem) => Finding::of("graphics", Verdict::Warn, &problem),
    }
}

/// A display that does not show as many frames a second as the study asks for.
fn rate(display_hz: Option<f64>, study_hz: u32) -> Option<Finding> {
    let Some(hz) = display_hz else {
        let found =
            format!("the study asks for {study_hz} frames a second; the runtime does not tell its display's rate");
        return Some(Finding::warn(
            "headset",
            found,
            "set the rate in the headset's own software, and look at a pilot",
        ));
    };
    let same = xr::same_rate(hz, f64::from(study_hz));
    (!same).then(|| {
        let found = format!("the study asks for {study_hz} frames a second; the display shows {hz}");
        let cure = "set the rate in the headset's own software, or the study's [display] rate_hz to one that it offers";
        Finding::warn("headset", found, cure)
    })
}

fn said(part: &'static str, said: Result<Said, Problem>) -> Vec<Finding> {
    match said {
        Ok(said) => said.into_iter().map(|(name, value)| Finding::ok(part, format!("{name}: {value}"))).collect(),
        Err(problem) => vec![Finding::wrong(part, &problem)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_picture_stops_only_those_who_need_one() {
        let none = || Err(Problem::new(Default::default(), "no Vulkan device", "install one"));
        assert_eq!(graphics(none(), true).verdict, Verdict::Wrong);
        assert_eq!(graphics(none(), false).verdict, Verdict::Warn);
        assert_eq!(graphics(none(), true).cure, "install one");
    }

    #[test]
    fn another_rate_than_the_study_s_is_a_warning_and_no_more() {
        assert_eq!(rate(Some(90.0), 90), None);
        assert_eq!(rate(Some(59.94), 60), None);
        for (display_hz, words) in [(Some(72.0), "the display shows 72"), (None, "does not tell")] {
            let found = rate(display_hz, 90).unwrap();
            assert_eq!(found.verdict, Verdict::Warn);
            assert!(found.found.contains("asks for 90") && found.found.contains(words), "{found:?}");
        }
    }
}
