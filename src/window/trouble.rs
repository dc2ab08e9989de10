//! What can be wrong with windows, in plain words.

use crate::problem::{Place, Problem};

fn problem(what: impl Into<String>, cure: &str) -> Problem {
    Problem::new(Place::default(), what, cure)
}

/// The window was closed in the middle of a session.
pub(super) fn closed() -> Problem {
    problem("the window was closed", "the same command goes on where the session was left")
}

/// Ctrl-C before anybody had read what the keys do.
pub(super) fn interrupted() -> Problem {
    problem("interrupted (Ctrl-C) before the first trial", "the same command goes on where the session was left")
}

/// The window system cannot be reached.
pub(super) fn no_windows(why: &str) -> Problem {
    let cure = if cfg!(windows) {
        "run it from a desktop session, not as a service"
    } else {
        "run it in a desktop session (X11, or Wayland with XWayland), or use --headset simulated, which needs no window"
    };
    problem(format!("no window can be opened: {why}"), cure)
}

/// The window library's words without the place in its own source, with which they begin.
pub(super) fn inner(words: &str) -> &str {
    words.strip_prefix("os error at ").and_then(|rest| rest.split_once(": ")).map_or(words, |(_, inner)| inner)
}

/// Before the window system is asked: what is known to be missing.
pub(super) fn must_have_a_display() -> Result<(), Problem> {
    #[cfg(target_os = "linux")]
    {
        let named = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !named("DISPLAY") {
            let why = if named("WAYLAND_DISPLAY") {
                "DISPLAY is not set: this Wayland session has no XWayland"
            } else {
                "there is no desktop here (DISPLAY is not set)"
            };
            return Err(no_windows(why));
        }
        // winit would not return an error where these are missing.
        let there = xkbcommon_dl::xkbcommon_option().is_some() && xkbcommon_dl::x11::xkbcommon_x11_option().is_some();
        if !there {
            let cure = "install them: on Debian and Ubuntu `apt-get install libxkbcommon0 libxkbcommon-x11-0`";
            return Err(problem(
                "no window can be opened: the libraries libxkbcommon and libxkbcommon-x11 are missing",
                cure,
            ));
        }
    }
    Ok(())
}

/// The window is there, and cannot be drawn to.
pub(super) fn no_surface(why: &str) -> Problem {
    let cure = "install a Vulkan driver that draws to windows: on Debian `apt-get install mesa-vulkan-drivers libvulkan1`, on \
                Windows the graphics card's own driver";
    problem(format!("the window cannot be drawn to: {why}"), cure)
}

/// The graphics device stopped answering.
pub(super) fn surface_lost() -> Problem {
    problem("the window's picture was lost", "see to the graphics driver; the same command goes on")
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_place_in_somebody_s_source_is_told() {
        // winit 0.30's form of `OsError`.
        let words = "os error at /a/b/src/platform_impl/linux/mod.rs:788: Failed to open connection to X server";
        assert_eq!(super::inner(words), "Failed to open connection to X server");
        assert_eq!(super::inner("the event loop was there before"), "the event loop was there before");
    }
}
