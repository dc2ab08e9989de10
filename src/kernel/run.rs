//! The loop of a trial: the whole program on one page.

use super::frame::{Counters, Sink, TrialRun};
use super::seams::{Fault, Headset, World};
use super::setup::Setup;
use super::time::DisplayTime;
use crate::problem::Problem;
use crate::table::{Mark, Phase, Source};

/// A trial that has ended, and what cut it short if anything did.
#[derive(Debug)]
pub struct Ended {
    /// The trial as it stood.
    pub run: TrialRun,
    /// The device or world that failed.
    pub broken: Option<Problem>,
}

/// Runs one attempt at a trial to its end. `stop` is asked once a frame whether the operator wants it aborted.
pub fn run_trial(
    setup: Setup,
    headset: &mut dyn Headset,
    world: &mut dyn World,
    sink: &mut dyn Sink,
    stop: &mut dyn FnMut(u64) -> bool,
    start: Start,
) -> Result<Ended, Problem> {
    let mut calibration = headset.begin_trial(&setup)?;
    calibration.n = calibration.n.saturating_add(start.calibrations_before);
    world.begin_trial(&setup)?;
    let mut run = TrialRun::new(setup, calibration, start.counters, start.now, start.simulated);
    if calibration.n != start.calibration_n {
        run.calibrated(sink);
    }
    let mut broken = None;
    while run.trial.phase != Phase::Done {
        if let Err(problem) = frame(&mut run, headset, world, sink, stop, start.calibrations_before) {
            let fault = Fault { code: Mark::DeviceLost, detail: problem.what.clone(), source: Source::Headset };
            run.mark(&fault, sink);
            broken = Some(problem);
            break;
        }
        broken = run.world_lost();
        if broken.is_some() {
            break;
        }
    }
    for fault in world.end_trial() {
        run.mark(&fault, sink);
    }
    for row in headset.truth() {
        sink.put(super::frame::Row::Truth(row));
    }
    Ok(Ended { run, broken })
}

/// Where a trial takes up the session's running numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// Frames and events so far.
    pub counters: Counters,
    /// Calibration already in the record; 0 for none.
    pub calibration_n: u32,
    /// Calibrations that a headset before this one made; this one counts from 1 again.
    pub calibrations_before: u32,
    /// Display time of the last frame, or of the end of a pause after it.
    pub now: DisplayTime,
    /// Whether the participant is simulated or scripted.
    pub simulated: bool,
}

/// One frame: wait, compute, show.
fn frame(
    run: &mut TrialRun,
    headset: &mut dyn Headset,
    world: &mut dyn World,
    sink: &mut dyn Sink,
    stop: &mut dyn FnMut(u64) -> bool,
    calibrations_before: u32,
) -> Result<(), Problem> {
    let mut input = headset.wait_frame()?;
    if let Some(calibration) = &mut input.calibration {
        calibration.n = calibration.n.saturating_add(calibrations_before);
    }
    let stop = stop(run.counters().frames.saturating_add(1));
    run.frame(&input, stop, world, sink)?;
    headset.present(&run.scene())
}
