//! One frame, as a function: input and world in; scene and rows out.

use super::participant::{Calibration, Participant, TrackedPose};
use super::seams::{Fault, HeadFrame, Held, Scene, Shown, World, WorldEvent, WorldNews, buttons};
use super::setup::Setup;
use super::ticks::Ticks;
use super::time::{DisplayTime, WorldTime};
use super::trial::{Happened, Seen, Trial};
use crate::problem::{Place, Problem};
use crate::table::{
    AnswerRow, CalibrationRow, EventRow, FrameRow, Mark, Occasion, Phase, Real, Share, Source, Text, TruthRow,
    VehicleRow, WorldRow,
};
use crate::table::{ClockRow, ConditionRow, GnssRow, LabelRow, SensorRow, TrialOutcome, TrialRow};

/// A row on its way to the record. The rows of every frame stand in place: the frame loop does not allocate.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// `trials.csv`
    Trial(Box<TrialRow>),
    /// `conditions.csv`
    Condition(ConditionRow),
    /// `frames.csv`
    Frame(FrameRow),
    /// `vehicles.csv`
    Vehicle(VehicleRow),
    /// `world.csv`
    World(WorldRow),
    /// `events.csv`
    Event(EventRow),
    /// `answers.csv`
    Answer(Box<AnswerRow>),
    /// `calibrations.csv`
    Calibration(CalibrationRow),
    /// `truth.csv`
    Truth(TruthRow),
    /// `clocks.csv`
    Clock(ClockRow),
    /// `sensors.csv`
    Sensor(Box<SensorRow>),
    /// `labels.csv`
    Label(Box<LabelRow>),
    /// `gnss.csv`
    Gnss(Box<GnssRow>),
}

/// Where rows go: the recorder, a comparison, or nowhere.
pub trait Sink {
    /// Takes a row.
    fn put(&mut self, row: Row);
    /// What went wrong since it was last asked, such as a full queue.
    fn fault(&mut self) -> Option<Fault> {
        None
    }
}

/// No record at all: for power analysis and benchmarks.
#[derive(Debug, Default)]
pub struct Unrecorded;

impl Sink for Unrecorded {
    fn put(&mut self, _row: Row) {}
}

/// Running numbers of a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames so far.
    pub frames: u64,
    /// Events so far.
    pub events: u64,
}

/// A trial as it runs.
#[derive(Debug)]
pub struct TrialRun {
    /// The trial made ready.
    pub setup: Setup,
    /// The state machine.
    pub trial: Trial,
    /// Codes of the faults so far, each once, in order of appearance.
    pub marks: Vec<Mark>,
    /// Codes of the headset's faults that began in this trial and have not ended; twice where both hands are lost.
    open: Vec<Mark>,
    /// Display time of the last frame.
    pub now: DisplayTime,
    counters: Counters,
    calibration: Calibration,
    participant: Participant,
    head: TrackedPose,
    hands: [Option<TrackedPose>; 2],
    ticks: Ticks,
    news: WorldNews,
    drawn: Vec<VehicleRow>,
    waiting: Vec<WorldEvent>,
    happened: Vec<Happened>,
    shown: Vec<Shown>,
    world_time: Option<WorldTime>,
    head_lost: bool,
    /// The picture that is shown instead of each frame's own, where it stands still.
    held: Option<Held>,
    shown_any: bool,
    /// Whether the button to stop was up in this trial: held on from the one before it does not end this one.
    stop_was_up: bool,
    /// Since the frame before; none at the trial's first.
    waited_ms: Option<f64>,
    /// What became of the world, where it was lost: the trial ends with the frame that said so.
    world_lost: Option<String>,
    simulated: bool,
}

/// A headset that shows nothing for this long within a trial is lost, seconds; readers of a record hold to it too.
pub const LONGEST_WAIT_S: f64 = 120.0;

impl TrialRun {
    /// A trial about to see its first frame.
    pub fn new(setup: Setup, calibration: Calibration, counters: Counters, now: DisplayTime, simulated: bool) -> Self {
        Self {
            participant: Participant::locate(&TrackedPose::LOST, &calibration),
            head: TrackedPose::LOST,
            hands: [None; 2],
            trial: Trial::new(now),
            marks: Vec::new(),
            open: Vec::new(),
            now,
            counters,
            calibration,
            ticks: Ticks::with_room(setup.spec.vehicles.len()),
            news: WorldNews::with_room(setup.spec.vehicles.len()),
            drawn: Vec::with_capacity(setup.spec.vehicles.len()),
            waiting: Vec::with_capacity(32),
            happened: Vec::with_capacity(8),
            shown: Vec::with_capacity(16),
            world_time: None,
            head_lost: false,
            held: None,
            shown_any: false,
            stop_was_up: false,
            waited_ms: None,
            world_lost: None,
            simulated,
            setup,
        }
    }

    /// Running numbers after the frames so far.
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    /// One frame: places the participant, advances the world, moves the trial on, and writes the rows.
    pub fn frame(
        &mut self,
        input: &HeadFrame,
        stop: bool,
        world: &mut dyn World,
        sink: &mut dyn Sink,
    ) -> Result<(), Problem> {
        self.clock(input.display_time)?;
        self.counters.frames = self.counters.frames.saturating_add(1);
        if let Some(calibration) = input.calibration {
            self.calibration = calibration;
            self.calibrated(sink);
        }
        self.shown.clear();
        self.participant = Participant::locate(&input.head, &self.calibration)
            .with_hands([&input.left, &input.right].map(Option::as_ref), &self.calibration);
        (self.head, self.hands) = (input.head, [input.left, input.right]);
        self.note_faults(input, sink);
        let traffic = matches!(self.trial.phase, Phase::Approach | Phase::Crossing | Phase::Contact);
        if traffic {
            self.advance(world, sink)?;
        } else {
            // One frame late, on purpose: the frame that ends the traffic has its rows, so it draws them.
            self.drawn.clear();
            self.world_time = None;
        }
        self.answer(input, sink);
        let held = input.buttons & buttons::STOP != 0;
        let pressed = held && self.stop_was_up;
        self.stop_was_up |= !held;
        if stop || pressed {
            let source = if stop { Source::Operator } else { Source::Participant };
            self.event("stop", source, EventRest::NONE, sink);
        }
        let seen = Seen {
            participant: &self.participant,
            vehicles: &self.drawn,
            answered: input.answer.is_some() && self.trial.phase == Phase::Rating,
            stop: stop || pressed,
        };
        let before = self.trial.phase;
        self.happened.clear();
        self.trial.next(self.now, seen, &self.setup, &mut self.happened);
        if before == Phase::Ready && self.trial.phase == Phase::Approach {
            world.start(self.now);
        }
        self.write(input, traffic, sink);
        Ok(())
    }

    /// Time goes on, and not by leaps: a world that catches up in one go would hold the loop.
    fn clock(&mut self, now: DisplayTime) -> Result<(), Problem> {
        let first = !std::mem::replace(&mut self.shown_any, true);
        let waited_s = now.seconds_since(self.now);
        self.waited_ms = Some(1000.0 * waited_s).filter(|_| !first);
        let goes_on = waited_s > 0.0 && waited_s < LONGEST_WAIT_S;
        if !(first || goes_on) {
            let place = Place::default().part(format!(
                "trial {}, frame {}",
                self.setup.trial_n,
                self.counters.frames.saturating_add(1)
            ));
            let what = format!("the frame is shown {waited_s} s after the one before it");
            return Err(Problem::new(place, what, "see what held the headset up, then redo the trial"));
        }
        self.now = now;
        Ok(())
    }

    /// The scene of the frame just made.
    pub fn scene(&self) -> Scene<'_> {
        Scene {
            frame_n: self.counters.frames,
            display_time: self.now,
            setup: &self.setup,
            phase: self.trial.phase,
            world_time: self.world_time,
            vehicles: &self.drawn,
            item: self.setup.spec.items.get(self.trial.item).filter(|_| self.trial.phase == Phase::Rating),
            calibration: &self.calibration,
            participant: &self.participant,
            head: self.head,
            hands: self.hands,
            go: self.trial.go,
            held: self.held.is_some(),
            shown: &self.shown,
            ticks: &self.news.rows,
        }
    }

    /// How the trial ended; `interrupted` when it has not.
    pub fn outcome(&self) -> TrialOutcome {
        self.trial.outcome.filter(|_| self.trial.phase == Phase::Done).unwrap_or(TrialOutcome::Interrupted)
    }

    /// What became of the world, where it was lost in the frame just made.
    pub fn world_lost(&self) -> Option<Problem> {
        let what = self.world_lost.as_ref()?;
        Some(Problem::new(Place::default(), what, "mend that; the same command goes on at this trial"))
    }

    /// Marks the trial with a fault.
    pub fn mark(&mut self, fault: &Fault, sink: &mut dyn Sink) {
        if !self.marks.contains(&fault.code) {
            self.marks.push(fault.code);
        }
        self.fault("fault", fault, sink);
    }

    /// A fault is over; the end of one that began before this trial is none of its business.
    fn end(&mut self, fault: &Fault, sink: &mut dyn Sink) {
        if let Some(at) = self.open.iter().position(|code| *code == fault.code) {
            self.open.swap_remove(at);
            self.fault("fault_over", fault, sink);
        }
    }

    fn fault(&mut self, event: &'static str, fault: &Fault, sink: &mut dyn Sink) {
        let detail = Text::new(format!("{}: {}", fault.code.word(), fault.detail));
        self.event(event, fault.source, EventRest { detail, ..EventRest::NONE }, sink);
    }

    /// Writes the calibration in force.
    pub fn calibrated(&self, sink: &mut dyn Sink) {
        let [x, y, z] = self.calibration.site_from_stage_m;
        sink.put(Row::Calibration(CalibrationRow {
            calibration_n: self.calibration.n,
            trial_n: Some(self.setup.trial_n),
            frame_n: self.counters.frames,
            site_id: Text::new(&self.setup.site.id),
            method: Text::fixed(self.calibration.method),
            site_from_stage_x_m: x,
            site_from_stage_y_m: y,
            site_from_stage_z_m: z,
            site_from_stage_yaw_rad: self.calibration.yaw_rad,
            residual_mm: Real::option(self.calibration.residual_mm),
        }));
    }

    fn note_faults(&mut self, input: &HeadFrame, sink: &mut dyn Sink) {
        if input.late {
            self.event(
                "late_frame",
                Source::Headset,
                EventRest { value: Real::option(self.waited_ms), ..EventRest::NONE },
                sink,
            );
        }
        for fault in &input.faults {
            self.mark(fault, sink);
            self.open.push(fault.code);
        }
        for fault in &input.over {
            self.end(fault, sink);
        }
        self.note_held(input.held, sink);
        for check in &input.checked {
            let (value, detail) = (Real::option(check.measured_m), Text::new(&check.detail));
            let rest = EventRest { value, detail, ..EventRest::NONE };
            self.event("calibration_checked", Source::Headset, rest, sink);
        }
        // Before what the frame itself finds, so that a replay, which gets all faults as input, keeps the order.
        if let Some(fault) = sink.fault() {
            self.mark(&fault, sink);
        }
        let unknown = self.participant.ground_m().is_none();
        let lost = unknown || !input.head.is_measured();
        if lost != self.head_lost {
            self.head_lost = lost;
            if lost {
                let detail = if unknown { "no valid head position" } else { "the head's position is held or guessed" };
                let detail = detail.to_owned();
                self.mark(&Fault { code: Mark::HeadLost, detail, source: Source::Headset }, sink);
            } else {
                self.event("head_found", Source::Headset, EventRest::NONE, sink);
            }
        }
    }

    /// Rows go on while the picture stands still: the record says from which frame on, and which is still shown.
    fn note_held(&mut self, held: Option<Held>, sink: &mut dyn Sink) {
        let was_held = std::mem::replace(&mut self.held, held);
        match (was_held, held) {
            (None, Some(Held { frame_n })) => {
                #[allow(clippy::cast_precision_loss)]
                let value = Real::option(frame_n.map(|n| n as f64));
                self.event("picture_held", Source::Headset, EventRest { value, ..EventRest::NONE }, sink);
            }
            (Some(_), None) => self.event("picture_moves", Source::Headset, EventRest::NONE, sink),
            (None, None) | (Some(_), Some(_)) => {}
        }
    }

    fn advance(&mut self, world: &mut dyn World, sink: &mut dyn Sink) -> Result<(), Problem> {
        self.news.clear();
        world.advance(self.now, &self.participant, &mut self.news)?;
        for row in &self.news.rows {
            sink.put(Row::World(*row));
        }
        self.ticks.absorb(&self.news.rows);
        self.ticks.draw(&self.setup, self.counters.frames, &self.news, &mut self.drawn);
        self.world_time = Some(self.news.drawn);
        for i in 0..self.news.faults.len() {
            let fault = self.news.faults[i].clone();
            self.mark(&fault, sink);
            if fault.code == Mark::DeviceLost {
                self.world_lost.get_or_insert(fault.detail);
            }
        }
        self.waiting.append(&mut self.news.events);
        let shown = self.waiting.partition_point(|event| event.time <= self.news.drawn);
        for i in 0..shown {
            let event = self.waiting[i].clone();
            // As the participant sees it: so long before what this frame draws.
            let before_ns = self.news.drawn.0 - event.time.0;
            self.shown.push(Shown { event: event.event.clone(), at: DisplayTime(self.now.0 - before_ns) });
            let rest = EventRest {
                world_time_ns: Some(event.time.0),
                vehicle_n: event.vehicle_n,
                value: Real::option(event.value),
                detail: event.detail,
            };
            self.event(event.event, Source::World, rest, sink);
        }
        self.waiting.drain(..shown);
        Ok(())
    }

    fn answer(&mut self, input: &HeadFrame, sink: &mut dyn Sink) {
        let (Some(answer), Phase::Rating) = (&input.answer, self.trial.phase) else { return };
        let Some(item) = self.setup.spec.items.get(self.trial.item) else { return };
        sink.put(Row::Answer(Box::new(AnswerRow {
            trial_n: Some(self.setup.trial_n),
            occasion: Occasion::Trial,
            block_n: None,
            instrument: Text::new(&item.instrument),
            instrument_version: Text::new(&item.version),
            item: Text::new(&item.id),
            language: Text::new(&item.language),
            value: answer.value.map_or(Text::NA, |value| Text::new(value.to_string())),
            shown_display_time_ns: self.trial.item_shown.0,
            answered_display_time_ns: self.now.0,
            revision_n: 1,
            source: answer.source,
            simulated: self.simulated,
        })));
    }

    fn write(&mut self, input: &HeadFrame, traffic: bool, sink: &mut dyn Sink) {
        for i in 0..self.happened.len() {
            let Happened { event, value, detail, vehicle_n } = self.happened[i];
            match event {
                "not_settled" => self.marks.push(Mark::NotSettled),
                "zone_missed" => self.marks.push(Mark::ZoneMissed),
                _ => {}
            }
            let rest = EventRest {
                world_time_ns: self.world_time.map(|t| t.0),
                value: Real::option(value),
                detail: Text::fixed(detail),
                vehicle_n,
            };
            self.shown.push(Shown { event: Text::fixed(if event == "phase" { detail } else { event }), at: self.now });
            let source = if seen_of_participant(event) { Source::Participant } else { Source::Trial };
            self.event(event, source, rest, sink);
        }
        sink.put(Row::Frame(self.frame_row(input)));
        if traffic {
            for vehicle in &self.drawn {
                sink.put(Row::Vehicle(*vehicle));
            }
        }
    }

    fn frame_row(&self, input: &HeadFrame) -> FrameRow {
        let ([x, y, z], [qx, qy, qz, qw]) = input.head.fields();
        let [site_x, site_y, site_z] = self.participant.head_m;
        let ground = self.participant.ground_m();
        let hand = |pose: &Option<TrackedPose>| pose.map_or(TrackedPose::LOST, |pose| pose).fields();
        let ([lx, ly, lz], [lqx, lqy, lqz, lqw]) = hand(&input.left);
        let ([rx, ry, rz], [rqx, rqy, rqz, rqw]) = hand(&input.right);
        let gaze = input.gaze;
        let gaze_at = |of: fn(&super::seams::Gaze) -> f64| gaze.as_ref().map(of);
        FrameRow {
            trial_n: self.setup.trial_n,
            frame_n: self.counters.frames,
            display_time_ns: self.now.0,
            world_time_ns: self.world_time.map(|t| t.0),
            world_tick_n: self.world_time.and_then(|_| self.ticks.newest_n()),
            phase: self.trial.phase,
            head_flags: input.head.flags,
            head_stage_x_m: x,
            head_stage_y_m: y,
            head_stage_z_m: z,
            head_stage_qx: qx,
            head_stage_qy: qy,
            head_stage_qz: qz,
            head_stage_qw: qw,
            calibration_n: self.calibration.n,
            head_site_x_m: site_x,
            head_site_y_m: site_y,
            head_site_z_m: site_z,
            head_site_yaw_rad: self.participant.yaw_rad,
            head_site_pitch_rad: self.participant.pitch_rad,
            ground_site_x_m: Real::option(ground.map(|g| g.x)),
            ground_site_y_m: Real::option(ground.map(|g| g.y)),
            ground_source: self.participant.source,
            trigger_share: Share::option(input.trigger),
            buttons: input.buttons,
            gaze_flags: gaze.map(|g| g.flags),
            gaze_stage_x_m: Real::option(gaze_at(|g| g.origin_m.x)),
            gaze_stage_y_m: Real::option(gaze_at(|g| g.origin_m.y)),
            gaze_stage_z_m: Real::option(gaze_at(|g| g.origin_m.z)),
            gaze_stage_dx: Real::option(gaze_at(|g| g.direction.x)),
            gaze_stage_dy: Real::option(gaze_at(|g| g.direction.y)),
            gaze_stage_dz: Real::option(gaze_at(|g| g.direction.z)),
            left_flags: input.left.map(|pose| pose.flags),
            left_stage_x_m: lx,
            left_stage_y_m: ly,
            left_stage_z_m: lz,
            left_stage_qx: lqx,
            left_stage_qy: lqy,
            left_stage_qz: lqz,
            left_stage_qw: lqw,
            right_flags: input.right.map(|pose| pose.flags),
            right_stage_x_m: rx,
            right_stage_y_m: ry,
            right_stage_z_m: rz,
            right_stage_qx: rqx,
            right_stage_qy: rqy,
            right_stage_qz: rqz,
            right_stage_qw: rqw,
        }
    }

    fn event(&mut self, event: impl Into<Text>, source: Source, rest: EventRest, sink: &mut dyn Sink) {
        self.counters.events = self.counters.events.saturating_add(1);
        sink.put(Row::Event(EventRow {
            trial_n: Some(self.setup.trial_n),
            event_n: self.counters.events,
            event: event.into(),
            source,
            frame_n: self.counters.frames,
            display_time_ns: self.now.0,
            world_time_ns: rest.world_time_ns,
            vehicle_n: rest.vehicle_n,
            value: rest.value,
            detail: rest.detail,
        }));
    }
}

/// What an event may carry besides its name and place.
struct EventRest {
    world_time_ns: Option<i64>,
    vehicle_n: Option<u32>,
    value: crate::table::Rate,
    detail: Text,
}

impl EventRest {
    const NONE: Self = Self { world_time_ns: None, vehicle_n: None, value: Real::NA, detail: Text::NA };
}

/// Events that say what the participant did, as against what the trial decided.
fn seen_of_participant(event: &str) -> bool {
    matches!(event, "kerb_passed" | "step_back" | "zone_entered" | "stepped_off" | "far_kerb_reached")
}
