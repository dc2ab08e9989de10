//! The names that stand in `events.csv`, each with its meaning: printed by the codebook.

/// An event's name and meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventName {
    /// As in the column `event`.
    pub name: &'static str,
    /// What it means, and what stands in `value` and `detail`.
    pub about: &'static str,
    /// Whether `detail` may hold a person's own words.
    pub own_words: bool,
}

const fn event(name: &'static str, about: &'static str) -> EventName {
    EventName { name, about, own_words: false }
}

/// One whose `detail` somebody typed, or that names a file by somebody's code.
const fn said(name: &'static str, about: &'static str) -> EventName {
    EventName { name, about, own_words: true }
}

/// Every event there is, in the order in which a trial may show them.
pub const EVENTS: &[EventName] = &[
    event("phase", "the trial enters a phase; detail: the phase"),
    event("not_settled", "the participant did not settle at the start mark in time; the trial is aborted"),
    event(
        "vehicle_in_view",
        "a vehicle comes into view; value: front bumper to the pedestrian's line, m; detail: role",
    ),
    said("carla_recording", "CARLA's recorder writes this trial; detail: the file on the server's computer"),
    event("go_signal", "the signal to go is given"),
    event("leading_at_line", "the leading car's front bumper passes the pedestrian's line"),
    event("gap_opens", "the leading car's rear bumper passes the pedestrian's line"),
    event("pedestrian_detected", "the vehicle detects the pedestrian; value: front bumper to the pedestrian's line, m"),
    event("yield_decided", "the policy decides to yield; value: front bumper to the pedestrian's line, m"),
    event("light_onset", "the external light begins to say that the vehicle yields; detail: light state"),
    event("light_changes", "the external light says something else; detail: light state"),
    event("braking_onset", "the brakes come on; value: front bumper to the pedestrian's line, m"),
    event("vehicle_stopped", "the vehicle has come to rest; value: front bumper to the pedestrian's line, m"),
    event("target_enters_zone", "the target's front bumper enters its conflict zone"),
    event("target_at_line", "the target's front bumper passes the pedestrian's line"),
    event("target_passed", "the target's rear bumper passes the pedestrian's line"),
    event("target_leaves_zone", "the target's rear bumper leaves its conflict zone"),
    event("vehicle_passed", "another vehicle's rear bumper passes the pedestrian's line"),
    event("leave_decided", "a standing vehicle decides to leave; detail: why"),
    event("vehicle_leaves", "a standing vehicle starts; value: front bumper to the pedestrian's line, m"),
    event(
        "kerb_passed",
        "the ground point is past the kerb line by the margin, 0.30 m for a head (live; the measure step-off looks at the whole trial)",
    ),
    event("step_back", "the ground point is behind the kerb line again before any conflict zone"),
    event("zone_entered", "the body enters the target's conflict zone"),
    event(
        "stepped_off",
        "the trial ends here by the study's design, its room being shorter than the road; value: ground point past the kerb line, m",
    ),
    event("far_kerb_reached", "the ground point reaches the far kerb line"),
    event("zone_missed", "the participant reached the far kerb beside the target's conflict zone; marks the trial"),
    event("contact", "the body's disc meets a vehicle's footprint; detail: the vehicle's role"),
    event("time_out", "the trial's time is over"),
    event("stop", "ended by operator or participant (source); a headset's picture fades to black from here on"),
    event("fault", "a fault that marks the trial; detail: code and words"),
    event(
        "fault_over",
        "a fault of the headset has ended: focus_lost, headset_off, controller_lost, area_left, not_shown; or the world's ticks come in time again: world_late, value: greatest age meanwhile, ms; without it the fault lasted to the trial's end; detail: code and words",
    ),
    event(
        "calibration_checked",
        "before the first trial after the street was laid into the room; value: what was measured, m; detail: `eyes` (height above the street), `mark` (head to the start mark) or `floor` (touched marks above the runtime's floor), and `fine` or what is wrong",
    ),
    event(
        "picture_held",
        "from this frame on the headset shows an earlier picture, outside the walking area: vehicles, people and signals stand still in it while the rows of frames.csv, vehicles.csv and world.csv go on; value: the frame whose picture is still shown, NA where the trial has shown none (an empty street)",
    ),
    event(
        "picture_moves",
        "from this frame on the picture is the frame's own again; without it the picture stood still to the trial's end",
    ),
    event("consent", "the participant was asked to agree; detail: version of the text, and agreed or refused"),
    event("step_done", "a step of the session outside the trials is done; detail: which, such as `before ssq`"),
    event("practice_done", "practice ends; value: trials of practice; detail: whether the criterion is met"),
    event("pause", "a pause has ended; value: how long it was, s; detail: between blocks, or by the operator"),
    said("note", "the experimenter's note; its wall time is in clocks.csv"),
    said("deviation", "something was done otherwise than the protocol says; its wall time is in clocks.csv"),
    said("redo", "a trial is to be repeated; detail: `trial` and its trial_n, and why"),
    event("stop_rule", "an answer or score reached the study's limit; value: it; detail: which, and what was decided"),
    said("session_stopped", "the session is to end for good; detail: why"),
    event(
        "session_continued",
        "the session goes on after it was left; value: bytes that went to recovered/; detail: after which trial, and where they went",
    ),
    said("change_accepted", "the session goes on with another study, map or version; detail: what, and why"),
    event("head_found", "the fault head_lost has ended: the head's position is valid and measured again"),
    event(
        "late_frame",
        "the predicted display time advanced by more than 1.5 periods of the display (of its reported rate, else the runtime's predicted period, no longer than a frame of the study's rate_hz); every frame is judged from the approach on, before it all but a trial's first ten; value: since the frame before, ms",
    ),
];
