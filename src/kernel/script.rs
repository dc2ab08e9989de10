//! What a scripted participant does: steps that begin at events of the trial.
//! Plain data; `crate::study` reads it from text, a headset carries it out.

use crate::table::words;

/// How long a scripted press holds a button.
pub const PRESS_HELD_S: f64 = 0.2;

/// A scripted participant.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// Height of the eyes above the ground.
    pub eye_height_m: f64,
    /// What to do in which trials, in the file's order.
    pub sections: Vec<Section>,
}

/// Steps for some trials.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Which trials.
    pub trials: Trials,
    /// The steps, in the file's order.
    pub steps: Vec<Step>,
}

/// Trials by their position in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trials {
    /// Every trial without a section of its own.
    All,
    /// From the first to the second position, both included, from 1.
    Range(u32, u32),
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it waits for.
    pub trigger: Trigger,
    /// How long after that it begins.
    pub after_s: f64,
    /// What is done.
    pub action: Action,
    /// Line of the script, from 1.
    pub line: u32,
}

words! {
    /// What a step waits for: a phase of the trial, or the first event of this name.
    pub enum Trigger {
        /// The trial's first frame.
        Trial = "trial",
        /// Settled; the wait before the approach begins.
        Ready = "ready",
        /// The approach begins.
        Approach = "approach",
        /// Each item asked after the trial, as it is shown.
        Rating = "rating",
        /// The vehicles come into view.
        VehicleInView = "vehicle_in_view",
        /// The leading car's front bumper passes the pedestrian's line.
        LeadingAtLine = "leading_at_line",
        /// The leading car's rear bumper passes the pedestrian's line.
        GapOpens = "gap_opens",
        /// The signal to go is shown.
        GoSignal = "go_signal",
        /// A policy detects the pedestrian.
        PedestrianDetected = "pedestrian_detected",
        /// The target decides to yield.
        YieldDecided = "yield_decided",
        /// The light begins to say that the target yields.
        LightOnset = "light_onset",
        /// The target begins to brake.
        BrakingOnset = "braking_onset",
        /// The target comes to rest.
        VehicleStopped = "vehicle_stopped",
        /// The target's front bumper enters its conflict zone.
        TargetEntersZone = "target_enters_zone",
        /// The target's front bumper passes the pedestrian's line.
        TargetAtLine = "target_at_line",
        /// The target's rear bumper passes the pedestrian's line.
        TargetPassed = "target_passed",
        /// The target's rear bumper leaves its conflict zone.
        TargetLeavesZone = "target_leaves_zone",
        /// The target decides to drive off again.
        LeaveDecided = "leave_decided",
        /// The target drives off again.
        VehicleLeaves = "vehicle_leaves",
        /// The participant passes the kerb line.
        KerbPassed = "kerb_passed",
        /// The trial ends at step-off, as the study says.
        SteppedOff = "stepped_off",
        /// The participant enters the target's conflict zone.
        ZoneEntered = "zone_entered",
        /// The participant reaches the far kerb line.
        FarKerbReached = "far_kerb_reached",
    }
}

words! {
    /// Where to look.
    pub enum Look {
        /// Along the road to the left.
        Left = "left",
        /// Along the road to the right.
        Right = "right",
        /// Across the road.
        Ahead = "ahead",
        /// At the target, following it; ahead while there is none.
        Target = "target",
    }
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Turns the head.
    Look(Look),
    /// Walks in a straight line; replaces a walk under way. The stage lies at the first site's start mark and stays there
    /// when people start at either kerb in turn: the way back from the other kerb leads to greater z.
    WalkTo {
        /// Stage, to the right.
        x_m: f64,
        /// Stage, backward: the road lies at negative z of the first site's start mark.
        z_m: f64,
        /// Speed.
        speed_mps: f64,
    },
    /// Presses buttons for [`PRESS_HELD_S`]; bits of [`super::seams::buttons`].
    Press(u32),
    /// Answers an item.
    Answer {
        /// Its id.
        item: String,
        /// The answer; none leaves it out.
        value: Option<i64>,
    },
    /// Holds the analogue trigger at a value from 0 to 1.
    Trigger(f64),
    /// The head's pose is lost.
    LoseHead {
        /// For how long.
        for_s: f64,
    },
}

impl Script {
    /// The steps of the trial at this position of the plan: its own section's, else those for all.
    pub fn steps(&self, plan_n: u32) -> &[Step] {
        let own = |s: &&Section| matches!(s.trials, Trials::Range(first, last) if (first..=last).contains(&plan_n));
        let all = |s: &&Section| s.trials == Trials::All;
        let section = self.sections.iter().find(own).or_else(|| self.sections.iter().find(all));
        section.map_or(&[], |section| &section.steps)
    }
}
