//! Graphics, windows and the headset.

use super::{Finding, HeadsetKind, Planned, Verdict};
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
        HeadsetKind::OpenXr { simulated_ok } => {
            let study = planned.study.and_then(|study| study.as_ref().ok());
            said("headset", xr::probe(simulated_ok, study.map(|prepared| prepared.study.display_hz)))
        }
    });
    found
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
}
