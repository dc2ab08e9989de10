//! Pictures that were looked at, kept, and compared with a tolerance that another version of Mesa passes: as a whole, and
//! around the car, its light and the participant, who cover few pixels of it.
//! `KERBSIDE_PICTURES=write` writes them anew: look at every one before it is kept.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/kept.rs"]
mod kept;
#[path = "common/skips.rs"]
mod skips;
#[path = "common/stills.rs"]
mod stills;

use glam::Vec3;
use kept::{Part, compare, differs, wanted, writing};
use kerbside::lab::{Footage, Shot, Studio, View};
use kerbside::models::{DrawList, Eye};
use kerbside::picture::Pixels;
use stills::{around, around_the_car, around_the_light, eye_at_mark, footage, list, studio};

const SIZE: [u32; 2] = [480, 270];
const DISTANCES_M: [u32; 3] = [60, 30, 10];

/// The target so far away, its light on while it brakes or off while it drives; from the participant's eyes, turned to
/// the car, 60 degrees wide.
fn seen(footage: &Footage, to_line_m: u32, on: bool) -> (DrawList, Eye, [Part; 2]) {
    let (light, accel_mps2) = if on { (1.0, -2.0) } else { (0.0, 0.0) };
    let list = list(footage, f64::from(to_line_m), light, accel_mps2);
    let eye = eye_at_mark(footage, &list, SIZE, std::f32::consts::FRAC_PI_6);
    let [columns, rows] = around_the_light(footage, &list, &eye, SIZE);
    let light = Part { name: "the light", columns, rows };
    let car = the_car(footage, &list, &eye);
    (list, eye, [car, light])
}

fn the_car(footage: &Footage, list: &DrawList, eye: &Eye) -> Part {
    let [columns, rows] = around_the_car(footage, list, eye, SIZE);
    Part { name: "the car", columns, rows }
}

fn name(daylight: &str, to_line_m: u32, on: bool) -> String {
    format!("{daylight}-{to_line_m}m-{}", if on { "on" } else { "off" })
}

/// All that is kept of one light, and that each picture is refused where another is wanted.
fn by(daylight: &str, kept: &[(u32, bool)]) {
    let footage = footage(daylight, "green");
    let Some(mut studio) = studio(&footage, SIZE) else { return };
    let mut different = Vec::new();
    for &(to_line_m, on) in kept {
        let (list, eye, parts) = seen(&footage, to_line_m, on);
        let picture = studio.draw(&list, &eye).unwrap();
        different.extend(compare(&name(daylight, to_line_m, on), &picture, &parts).err());
        if !writing() {
            refuses_others(&mut studio, &name(daylight, to_line_m, on), (&list, &eye), &parts);
        }
    }
    assert!(different.is_empty(), "{different:#?}");
}

/// A comparison that cannot fail compares nothing.
fn refuses_others(studio: &mut Studio, name: &str, (list, eye): (&DrawList, &Eye), parts: &[Part]) {
    let want = wanted(name);
    let mut other = |what: &str, change: &dyn Fn(&mut DrawList)| {
        let mut list = list.clone();
        change(&mut list);
        let is = studio.draw(&list, eye).unwrap();
        assert!(differs(&format!("{name}, {what}"), &want, &is, parts).is_err(), "{name}: {what} was not seen");
    };
    other("the light as it is not", &|list| list.vehicles[0].light_level = 1.0 - list.vehicles[0].light_level);
    other("the car gone", &|list| list.vehicles.clear());
    other("the car 25 cm higher", &|list| {
        let car = &mut list.vehicles[0];
        car.site_from_body = glam::Mat4::from_translation(Vec3::Z * 0.25) * car.site_from_body;
    });
}

/// Every distance with the light off and on.
fn all() -> Vec<(u32, bool)> {
    DISTANCES_M.into_iter().flat_map(|to_line_m| [(to_line_m, false), (to_line_m, true)]).collect()
}

#[test]
fn the_car_from_the_participant_s_eyes_by_day() {
    by("day", &all());
}

#[test]
fn the_car_from_the_participant_s_eyes_at_dusk() {
    by("dusk", &all());
}

#[test]
fn the_car_from_the_participant_s_eyes_at_night() {
    by("night", &all());
}

#[test]
fn the_car_from_the_participant_s_eyes_under_clouds() {
    by("overcast", &[(10, false)]);
}

/// What matters in a picture of a trial: the target, where it is in front, and whoever walks.
fn parts(footage: &Footage, view: View, shot: &Shot) -> Vec<Part> {
    let people = shot.list.people.iter().map(|person| {
        let corners = [[-0.3, -0.3], [0.3, -0.3], [0.3, 0.3], [-0.3, 0.3]];
        let foot = person.site_m.as_vec3();
        let box_m = corners.into_iter().flat_map(|[x, y]| [0.0, 1.8].map(|z| foot + Vec3::new(x, y, z)));
        let [columns, rows] = around(&shot.eye, box_m, SIZE);
        Part { name: "the participant", columns, rows }
    });
    let car = (view != View::Vehicle).then(|| the_car(footage, &shot.list, &shot.eye));
    people.chain(car).collect()
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
        let mut taken: Vec<(Shot, Pixels)> = Vec::new();
        studio
            .film(&footage, view, (span, &[time_s]), &mut |_, shot, pixels| {
                taken.push((shot.clone(), pixels.clone()));
                Ok(())
            })
            .unwrap();
        let [(shot, pixels)] = &taken[..] else { panic!("{name}: {} pictures", taken.len()) };
        assert!((shot.at_s - time_s).abs() < 0.02 && shot.list.vehicles.len() == 1);
        let parts = parts(&footage, view, shot);
        different.extend(compare(name, pixels, &parts).err());
        if !writing() {
            refuses_a_gap(&mut studio, name, shot, &parts);
        }
    }
    assert!(different.is_empty(), "{different:#?}");
}

/// Without whom or what it shows it is another picture.
fn refuses_a_gap(studio: &mut Studio, name: &str, shot: &Shot, parts: &[Part]) {
    let want = wanted(name);
    for part in parts {
        let mut list = shot.list.clone();
        if part.name == "the car" {
            list.vehicles.clear();
        } else {
            list.people.clear();
        }
        let is = studio.draw(&list, &shot.eye).unwrap();
        assert!(differs(name, &want, &is, parts).is_err(), "{name}: {} was not missed", part.name);
    }
}
