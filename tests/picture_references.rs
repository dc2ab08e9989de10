//! Pictures that were looked at, kept, and compared with a tolerance that another version of Mesa passes.
//! `KERBSIDE_PICTURES=write` writes them anew: look at every one before it is kept.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/kept.rs"]
mod reference;
#[path = "common/skips.rs"]
mod skips;
#[path = "common/stills.rs"]
mod stills;

use glam::Vec3;
use kerbside::lab::{Footage, View};
use kerbside::models::Eye;
use reference::{compare, kept};
use stills::{eye_at_mark, footage, list, studio};

const SIZE: [u32; 2] = [480, 270];
/// From the participant's eyes, turned to the car; 60 degrees wide.
fn participant(footage: &Footage, list: &kerbside::models::DrawList) -> Eye {
    eye_at_mark(footage, list, SIZE, std::f32::consts::FRAC_PI_6)
}

#[test]
fn the_car_from_the_participant_s_eyes() {
    let mut different = Vec::new();
    for (name, daylight, to_line_m, light, accel_mps2) in [
        ("day-60m-off", "day", 60.0, 0.0, 0.0),
        ("day-60m-on", "day", 60.0, 1.0, -2.0),
        ("day-30m-off", "day", 30.0, 0.0, 0.0),
        ("day-10m-on", "day", 10.0, 1.0, -3.0),
        ("overcast-10m-off", "overcast", 10.0, 0.0, 0.0),
        ("dusk-30m-on", "dusk", 30.0, 1.0, -2.0),
        ("dusk-10m-off", "dusk", 10.0, 0.0, 0.0),
        ("night-60m-on", "night", 60.0, 1.0, -2.0),
        ("night-30m-off", "night", 30.0, 0.0, 0.0),
        ("night-10m-on", "night", 10.0, 1.0, -3.0),
    ] {
        let footage = footage(daylight, "green");
        let Some(mut studio) = studio(&footage, SIZE) else { return };
        let list = list(&footage, to_line_m, light, accel_mps2);
        let picture = studio.draw(&list, &participant(&footage, &list)).unwrap();
        different.extend(compare(name, &picture).err());
    }
    assert!(different.is_empty(), "{different:#?}");
}

#[test]
fn the_trial_from_outside() {
    let footage = footage("day", "cyan");
    let Some(mut studio) = studio(&footage, SIZE) else { return };
    let span = footage.span().unwrap();
    let mut different = Vec::new();
    for (name, view, time_s) in [
        ("top", View::Top, 6.0),
        ("spectator", View::Spectator, 6.0),
        ("vehicle", View::Vehicle, 6.0),
        ("participant", View::Participant, 3.0),
    ] {
        let mut drawn = 0;
        studio
            .film(&footage, view, (span, &[time_s]), &mut |_, shot, pixels| {
                assert!((shot.at_s - time_s).abs() < 0.02 && shot.list.vehicles.len() == 1);
                different.extend(compare(name, pixels).err());
                drawn += 1;
                Ok(())
            })
            .unwrap();
        assert_eq!(drawn, 1, "{name}");
    }
    assert!(different.is_empty(), "{different:#?}");
}

/// A comparison that cannot fail compares nothing.
#[test]
fn the_comparison_tells_pictures_apart() {
    let footage = footage("day", "green");
    let Some(mut studio) = studio(&footage, SIZE) else { return };
    let on = list(&footage, 10.0, 1.0, -3.0);
    let eye = participant(&footage, &on);
    let mut other = on.clone();
    other.vehicles[0].site_from_body = glam::Mat4::from_translation(Vec3::Z * 0.25) * other.vehicles[0].site_from_body;
    let moved = studio.draw(&other, &eye).unwrap();
    if kept("day-10m-on").exists() && std::env::var_os("KERBSIDE_PICTURES").is_none() {
        assert!(compare("day-10m-on", &moved).is_err(), "a car 25 cm higher is another picture");
    }
}
