//! The words that stand in columns of fixed levels.

use super::words;

words! {
    /// What a trial is for.
    pub enum TrialKind {
        /// Learning the task; left out of the analysis.
        Practice = "practice",
        /// A cell of the design.
        Main = "main",
        /// A trial in which the car does not yield, so that crossing is not always right.
        Catch = "catch",
    }
}

words! {
    /// How a trial ended. Order of precedence: the first that holds.
    pub enum TrialOutcome {
        /// Ended by the operator or the participant.
        Aborted = "aborted",
        /// Cut short by a crash, a power cut or a lost device.
        Interrupted = "interrupted",
        /// The body's disc met a vehicle's footprint.
        Contact = "contact",
        /// The body entered the target's conflict zone before the target did.
        Before = "before",
        /// The target entered the conflict zone before the body did.
        After = "after",
        /// Ended at step-off by the study's design: who would have been first in the zone is unknown.
        SteppedOff = "stepped_off",
        /// The time ran out without the body entering the zone.
        Never = "never",
    }
}

words! {
    /// Where a trial stands.
    pub enum Phase {
        /// Going back to the start mark, turning to the road, standing still.
        Settle = "settle",
        /// Standing ready; no traffic yet.
        Ready = "ready",
        /// Traffic approaches; the participant is on the pavement.
        Approach = "approach",
        /// The participant has passed the kerb.
        Crossing = "crossing",
        /// A vehicle was met: what happens is still seen, but belongs to no measure.
        Contact = "contact",
        /// Questions after the trial.
        Rating = "rating",
        /// Over.
        Done = "done",
    }
}

words! {
    /// What a vehicle is in a trial; measures refer to the target.
    pub enum Role {
        /// The vehicle under study.
        Target = "target",
        /// Drives ahead of the target and opens the gap.
        Leading = "leading",
        /// Comes from the other side.
        Opposite = "opposite",
        /// Any other traffic.
        Other = "other",
    }
}

words! {
    /// What the braking policy is doing.
    pub enum PolicyState {
        /// Driving on.
        Driving = "driving",
        /// Has decided to yield; brakes not yet on.
        Yielding = "yielding",
        /// Brakes on.
        Braking = "braking",
        /// Standing for the pedestrian.
        Stopped = "stopped",
        /// Driving off again.
        Leaving = "leaving",
    }
}

words! {
    /// What the external light says; follows the vehicle's own state, never a timer from the scene's start.
    pub enum LightState {
        /// Dark: no external light, or a concept that shows nothing in this state of the vehicle.
        Off = "off",
        /// Lit while the vehicle simply drives.
        Driving = "driving",
        /// The vehicle has decided to yield and slows down.
        Yielding = "yielding",
        /// The vehicle stands for the pedestrian.
        Stopped = "stopped",
        /// The vehicle is about to start, or starts again.
        Starting = "starting",
    }
}

words! {
    /// Which point of the body was put on the ground.
    pub enum GroundSource {
        /// The tracked pelvis.
        Pelvis = "pelvis",
        /// The tracked head.
        Head = "head",
    }
}

words! {
    /// Whose ray is held against the target when attention is measured.
    pub enum AttentionSource {
        /// The eyes' gaze.
        Gaze = "gaze",
        /// The head's direction.
        Head = "head",
    }
}

words! {
    /// A fault that marks a trial.
    pub enum Mark {
        /// The head's position was not valid for at least one frame.
        HeadLost = "head_lost",
        /// The participant did not settle at the start mark in time.
        NotSettled = "not_settled",
        /// The participant reached the far kerb without entering the target's zone: crossed beside the crosswalk.
        ZoneMissed = "zone_missed",
        /// The stage was recentred during the trial.
        Recentred = "recentred",
        /// A device was lost; the trial was cut short.
        DeviceLost = "device_lost",
        /// The world did not keep up or failed.
        WorldFault = "world_fault",
        /// The world's ticks came late: in at least one frame vehicles were drawn older than the delay that was declared.
        WorldLate = "world_late",
        /// The recorder's queue was full: rows are missing.
        RowsLost = "rows_lost",
        /// The runtime took the view or the input away from the participant.
        FocusLost = "focus_lost",
        /// The headset was taken off.
        HeadsetOff = "headset_off",
        /// Frames that nobody saw: from fault to fault_over the runtime took no picture (asleep, covered by another program, eyes or head not located); rows go on.
        NotShown = "not_shown",
        /// The display's refresh rate changed during the trial.
        RateChanged = "rate_changed",
        /// A controller that had been tracked was lost: put down, switched off, or its place held or guessed.
        ControllerLost = "controller_lost",
        /// The participant left the walking area: from fault to fault_over the picture stood still; rows go on.
        AreaLeft = "area_left",
        /// Frames of a sensor on the vehicle are missing: sensors.csv and gnss.csv have no rows of them.
        SensorLost = "sensor_lost",
        /// The sound that the study asks for had a gap, or was not heard from the fault on; the picture went on.
        SoundLost = "sound_lost",
        /// The attempt was cut short by a crash or power cut; its rows are in recovered/.
        CutShort = "cut_short",
    }
}

words! {
    /// What a sensor on the target vehicle sees.
    pub enum SensorKind {
        /// A picture in colour.
        Rgb = "rgb",
        /// How far ahead of the camera each pixel's surface lies.
        Depth = "depth",
        /// What stands in each pixel, as CARLA labels it.
        Semantic = "semantic",
        /// Points, one full turn a frame.
        Lidar = "lidar",
        /// Where on Earth, as CARLA reckons.
        Gnss = "gnss",
    }
}

words! {
    /// Where an event or an answer came from.
    pub enum Source {
        /// The trial's state machine.
        Trial = "trial",
        /// The world: vehicles, policy, light.
        World = "world",
        /// The headset or another body tracker: faults, recentring, buttons.
        Headset = "headset",
        /// The participant.
        Participant = "participant",
        /// The experimenter.
        Operator = "operator",
        /// The recorder.
        Recorder = "recorder",
    }
}

words! {
    /// What a condition's row says.
    pub enum Scope {
        /// A factor that varies within a person.
        Within = "within",
        /// A factor that varies between people.
        Between = "between",
        /// A factor that varies between sessions.
        Session = "session",
        /// A setting in force, given or derived, that is not a factor.
        Setting = "setting",
    }
}

words! {
    /// When an instrument's item was asked.
    pub enum Occasion {
        /// Before the first trial.
        Before = "before",
        /// After a trial.
        Trial = "trial",
        /// After a block.
        Block = "block",
        /// After the last trial.
        After = "after",
    }
}

words! {
    /// Who gave an answer, and by what means.
    pub enum AnswerSource {
        /// The simulated participant.
        Simulated = "simulated",
        /// A script.
        Scripted = "scripted",
        /// A person, on a panel in the scene; with what was not told.
        Panel = "panel",
        /// A person, on a panel, pointing with a controller.
        PanelController = "panel_controller",
        /// A person, on a panel, pointing with a bare hand.
        PanelHand = "panel_hand",
        /// A person, on a panel, resting the head's forward ray on the answer.
        PanelGaze = "panel_gaze",
        /// A person, on a panel in a desktop window, with mouse or keys.
        PanelMouse = "panel_mouse",
        /// A person, at a terminal.
        Terminal = "terminal",
        /// A person, in the cockpit's browser.
        Cockpit = "cockpit",
    }
}

impl AnswerSource {
    /// Whether it was given on a panel, by whoever is in the headset or at the window.
    pub const fn is_panel(self) -> bool {
        matches!(self, Self::Panel | Self::PanelController | Self::PanelHand | Self::PanelGaze | Self::PanelMouse)
    }
}

words! {
    /// The kerb at which the participant starts.
    pub enum StartSide {
        /// The kerb on the right of the road's direction (its t is negative).
        Right = "right",
        /// The kerb on the left of the road's direction (its t is positive).
        Left = "left",
    }
}

words! {
    /// What a copy of the data is.
    pub enum CopyKind {
        /// A second copy of the record, by `kerbside run --mirror`.
        Mirror = "mirror",
        /// A pack for others, by `kerbside export`.
        Pack = "pack",
    }
}
