//! A street and a car before somebody in a headset, without a session.
#![allow(dead_code)]

use super::remote_study::{STUDY, prepared};
use super::stills;
use kerbside::kernel::participant::Participant;
use kerbside::kernel::seams::{Headset, Scene};
use kerbside::kernel::setup::Setup;
use kerbside::kernel::time::WorldTime;
use kerbside::lab::{Footage, Prepared};
use kerbside::problem::Problem;
use kerbside::study::Whose;
use kerbside::table::Phase;

/// The street with everything, and a car with a light whichever trial it is.
pub fn whole(daylight: &str) -> Prepared {
    let study = STUDY.replace("\"bare\"", "\"street\"").replace("\"overcast\"", &format!("\"{daylight}\""));
    prepared(&study.replace("ehmi = \"none\"", "ehmi = \"cyan_pulse\""))
}

/// Shows a car that yields 16 m away and the question, until it is enough.
pub fn show(
    headset: &mut dyn Headset,
    setup: &Setup,
    prepared: &Prepared,
    more: &mut dyn FnMut(u64) -> bool,
) -> Result<(), Problem> {
    let whose = Whose { participant: "REMOTE", plan_row: 1, session_n: 1 };
    let footage = Footage::of_study(prepared, whose, 1).unwrap();
    let calibration = headset.begin_trial(setup)?;
    let cars = [stills::row(&footage, 16.0, 1.0, -2.0)];
    let item = prepared.study.items.first();
    for frame_n in 0.. {
        if !more(frame_n) {
            break;
        }
        let input = headset.wait_frame()?;
        let participant = Participant::locate(&input.head, &calibration);
        headset.present(&Scene {
            frame_n,
            phase: Phase::Rating,
            vehicles: &cars,
            world_time: Some(WorldTime(0)),
            item,
            hands: [input.left, input.right],
            ..Scene::at_rest(input.display_time, setup, &calibration, &participant, input.head)
        })?;
    }
    Ok(())
}
