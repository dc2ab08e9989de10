//! Controllers and hands: what they do in a frame. What is not active or not valid is none, never zero.

use super::device::tracked;
use super::hands::{Side, grip_of_palm};
use super::profiles::{Does, HANDS, PROFILES, Profile, poses};
use super::system::Offers;
use super::trouble::{Doing, trouble};
use crate::kernel::participant::TrackedPose;
use crate::kernel::seams::{Fault, buttons};
use crate::problem::Problem;
use crate::table::{Mark, Source};
use openxr as xr;

/// Back held for so long means stop, on controllers that have no other button for it.
const STOP_AFTER_NS: i64 = 1_000_000_000;

/// A hand of the runtime.
struct Hand {
    path: xr::Path,
    name: &'static str,
    side: Side,
    grip: xr::Space,
    aim: xr::Space,
    joints: Option<xr::HandTracker>,
    /// Whether it was tracked in the frame before.
    held: bool,
    /// Whether a controller in it was lost in this trial and has not come back.
    lost: bool,
    /// Whether there is a controller in it, not a hand alone.
    controller: bool,
}

/// All input of a session.
pub(super) struct Input {
    set: xr::ActionSet,
    grip: xr::Action<xr::Posef>,
    aim: xr::Action<xr::Posef>,
    select: xr::Action<bool>,
    trigger: xr::Action<f32>,
    stop: xr::Action<bool>,
    back: xr::Action<bool>,
    stick: xr::Action<xr::Vector2f>,
    buzz: xr::Action<xr::Haptic>,
    hands: [Hand; 2],
    back_since: Option<xr::Time>,
    /// Whether select was held in each hand, to know which hand pointed last.
    selecting: [bool; 2],
    pointing_hand: usize,
}

/// What the hands do in a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doings {
    /// Left and right, in the stage.
    pub hands: [Option<TrackedPose>; 2],
    /// The ray of the hand that points: its pose in the stage, along -z.
    pub aim: Option<TrackedPose>,
    /// Whether that hand holds no controller.
    pub bare: bool,
    /// From 0 to 1; none without a trigger.
    pub trigger: Option<f64>,
    /// Bits of [`buttons`].
    pub buttons: u32,
    /// Right and up, -1 to 1.
    pub stick: [f64; 2],
    /// Whether back is held.
    pub back: bool,
}

impl Doings {
    /// Nothing is known of the hands.
    pub const NOTHING: Self =
        Self { hands: [None; 2], aim: None, bare: false, trigger: None, buttons: 0, stick: [0.0; 2], back: false };

    /// Whether select is held.
    pub const fn select(&self) -> bool {
        self.buttons & buttons::SELECT != 0
    }
}

fn wrong(code: xr::sys::Result) -> Problem {
    trouble(code, Doing::Input)
}

impl Input {
    /// Names the actions, suggests buttons for them and attaches them to the session.
    pub fn new(xr: &xr::Instance, session: &xr::Session<xr::Vulkan>, offers: Offers) -> Result<Self, Problem> {
        let set = xr.create_action_set("kerbside", "Kerbside", 0).map_err(wrong)?;
        let left = xr.string_to_path("/user/hand/left").map_err(wrong)?;
        let right = xr.string_to_path("/user/hand/right").map_err(wrong)?;
        let sides = [left, right];
        let grip = set.create_action("grip", "Where the hand is", &sides).map_err(wrong)?;
        let aim = set.create_action("aim", "Where it points", &sides).map_err(wrong)?;
        let hand = |path, name, side, which| {
            let space = |action: &xr::Action<xr::Posef>| action.create_space(session, path, xr::Posef::IDENTITY);
            let joints = if offers.joints { session.create_hand_tracker(which).ok() } else { None };
            let (grip, aim) = (space(&grip).map_err(wrong)?, space(&aim).map_err(wrong)?);
            Ok(Hand { path, name, side, grip, aim, joints, held: false, lost: false, controller: true })
        };
        let hands =
            [hand(left, "left", Side::Left, xr::Hand::LEFT)?, hand(right, "right", Side::Right, xr::Hand::RIGHT)?];
        let made = Self {
            select: set.create_action("select", "Choose", &sides).map_err(wrong)?,
            trigger: set.create_action("trigger", "Report continuously", &sides).map_err(wrong)?,
            stop: set.create_action("stop", "Stop", &sides).map_err(wrong)?,
            back: set.create_action("back", "Back", &sides).map_err(wrong)?,
            stick: set.create_action("stick", "Move along answers", &sides).map_err(wrong)?,
            buzz: set.create_action("buzz", "Feel", &sides).map_err(wrong)?,
            hands,
            grip,
            aim,
            set,
            back_since: None,
            selecting: [false; 2],
            pointing_hand: 1,
        };
        for profile in PROFILES.iter().filter(|profile| offers.pinch || !profile.pinch) {
            made.suggest(xr, profile)?;
        }
        session.attach_action_sets(&[&made.set]).map_err(wrong)?;
        Ok(made)
    }

    fn suggest(&self, xr: &xr::Instance, profile: &Profile) -> Result<(), Problem> {
        let mut bindings = Vec::new();
        for (side, own) in [("left", profile.left), ("right", profile.right)] {
            for (button, does) in poses().iter().chain(profile.both).chain(own) {
                let path = xr.string_to_path(&format!("/user/hand/{side}/{button}")).map_err(wrong)?;
                bindings.push(self.binding(*does, path));
            }
        }
        let name = xr.string_to_path(profile.name).map_err(wrong)?;
        match xr.suggest_interaction_profile_bindings(name, &bindings) {
            // A runtime may know a controller not at all, or fewer buttons of it; another profile serves then.
            Ok(()) | Err(xr::sys::Result::ERROR_PATH_UNSUPPORTED) => Ok(()),
            Err(code) => Err(wrong(code)),
        }
    }

    fn binding(&self, does: Does, path: xr::Path) -> xr::Binding<'_> {
        match does {
            Does::Grip => xr::Binding::new(&self.grip, path),
            Does::Aim => xr::Binding::new(&self.aim, path),
            Does::Select => xr::Binding::new(&self.select, path),
            Does::Trigger => xr::Binding::new(&self.trigger, path),
            Does::Stop => xr::Binding::new(&self.stop, path),
            Does::Back => xr::Binding::new(&self.back, path),
            Does::Stick => xr::Binding::new(&self.stick, path),
            Does::Buzz => xr::Binding::new(&self.buzz, path),
        }
    }

    /// A trial begins: a controller that is not there now was not lost in it.
    pub fn begin_trial(&mut self) {
        self.hands.iter_mut().for_each(|hand| (hand.held, hand.lost) = (false, false));
    }

    /// What the hands do at a time of the runtime's clock; what was lost goes to `faults`, what has come back to `over`.
    pub fn read(
        &mut self,
        session: &xr::Session<xr::Vulkan>,
        stage: &xr::Space,
        time: xr::Time,
        (faults, over): (&mut Vec<Fault>, &mut Vec<Fault>),
    ) -> Result<Doings, Problem> {
        session.sync_actions(&[xr::ActiveActionSet::new(&self.set)]).map_err(wrong)?;
        let mut doings = Doings::NOTHING;
        let (mut stop, mut aims, mut gripped) = (false, [None; 2], [false; 2]);
        for i in 0..self.hands.len() {
            let Some(hand) = self.hands.get(i) else { continue };
            let on = |state: xr::ActionState<bool>| state.is_active && state.current_state;
            let select = on(self.select.state(session, hand.path).map_err(wrong)?);
            stop |= on(self.stop.state(session, hand.path).map_err(wrong)?);
            doings.back |= on(self.back.state(session, hand.path).map_err(wrong)?);
            let trigger = self.trigger.state(session, hand.path).map_err(wrong)?;
            if trigger.is_active {
                let pulled = f64::from(trigger.current_state).clamp(0.0, 1.0);
                doings.trigger = Some(doings.trigger.map_or(pulled, |other| other.max(pulled)));
            }
            let stick = self.stick.state(session, hand.path).map_err(wrong)?;
            if stick.is_active {
                let moved = [f64::from(stick.current_state.x), f64::from(stick.current_state.y)];
                doings.stick = further(doings.stick, moved);
            }
            let grip = self.grip.is_active(session, hand.path).map_err(wrong)?;
            doings.hands[i] = hand.place(grip, stage, time)?;
            // A place that is held or guessed is a controller that nobody sees.
            gripped[i] = grip && doings.hands[i].is_some_and(|pose| pose.is_measured());
            if self.aim.is_active(session, hand.path).map_err(wrong)? {
                aims[i] = usable(tracked(&hand.aim.locate(stage, time).map_err(wrong)?));
            }
            if select && !self.selecting[i] {
                self.pointing_hand = i;
            }
            self.selecting[i] = select;
            doings.buttons |= if select { buttons::SELECT } else { 0 };
        }
        let points = if aims[self.pointing_hand].is_some() { self.pointing_hand } else { 1 - self.pointing_hand };
        (doings.aim, doings.bare) = (aims[points], !self.hands[points].controller);
        self.stop(stop, &mut doings, time);
        for (hand, gripped) in self.hands.iter_mut().zip(gripped) {
            hand.notice(gripped, faults, over);
        }
        Ok(doings)
    }

    fn stop(&mut self, stop: bool, doings: &mut Doings, time: xr::Time) {
        self.back_since = doings.back.then(|| self.back_since.unwrap_or(time));
        let held = self.back_since.is_some_and(|since| time.as_nanos() - since.as_nanos() >= STOP_AFTER_NS);
        if stop || held {
            doings.buttons |= buttons::STOP;
        }
    }

    /// A short buzz in the hand that points.
    pub fn buzz(&self, session: &xr::Session<xr::Vulkan>) {
        let hand = &self.hands[self.pointing_hand];
        let short = xr::HapticVibration::new().amplitude(0.4).duration(xr::Duration::from_nanos(30_000_000));
        // A controller that cannot buzz is no reason to stop.
        let _ = self.buzz.apply_feedback(session, hand.path, &short);
    }

    /// The runtime has other controllers now.
    pub fn changed(&mut self, xr: &xr::Instance, session: &xr::Session<xr::Vulkan>) {
        for hand in &mut self.hands {
            let profile = session.current_interaction_profile(hand.path).ok().filter(|path| *path != xr::Path::NULL);
            // Put down for good, it was a controller all the same: the frame that misses it comes after this.
            if let Some(name) = profile.and_then(|path| xr.path_to_string(path).ok()) {
                hand.controller = name != HANDS;
            }
        }
    }
}

impl Hand {
    /// A controller that is put down or not seen marks the trial; a hand alone comes and goes.
    fn notice(&mut self, gripped: bool, faults: &mut Vec<Fault>, over: &mut Vec<Fault>) {
        let of = |detail: String| Fault { code: Mark::ControllerLost, detail, source: Source::Headset };
        if self.held && !gripped && self.controller {
            self.lost = true;
            faults.push(of(format!("the {} controller is no longer tracked", self.name)));
        }
        if self.lost && gripped {
            self.lost = false;
            over.push(of(format!("the {} controller is tracked again", self.name)));
        }
        self.held = gripped;
    }

    /// Where the hand is: the grip of the controller in it, else the same of the bare hand.
    fn place(&self, active: bool, stage: &xr::Space, time: xr::Time) -> Result<Option<TrackedPose>, Problem> {
        if active {
            return Ok(Some(tracked(&self.grip.locate(stage, time).map_err(wrong)?)));
        }
        let Some(joints) = &self.joints else { return Ok(None) };
        let palm = stage.locate_hand_joints(joints, time).map_err(wrong)?;
        Ok(palm.map(|joints| {
            let joint = joints[xr::HandJoint::PALM];
            let palm = tracked(&xr::SpaceLocation { location_flags: joint.location_flags, pose: joint.pose });
            grip_of_palm(&palm, f64::from(joint.radius), self.side)
        }))
    }
}

/// A pose that can be pointed with.
fn usable(pose: TrackedPose) -> Option<TrackedPose> {
    (pose.position_m().is_some() && pose.rotation().is_some()).then_some(pose)
}

/// Of two thumbsticks, the one that is moved further.
fn further(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    let length = |v: [f64; 2]| v[0] * v[0] + v[1] * v[1];
    if length(b) > length(a) { b } else { a }
}
