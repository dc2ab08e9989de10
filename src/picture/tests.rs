//! Pictures of a small scene of the tests' own, drawn by whatever Vulkan device is there.

use super::testing::*;
use super::*;
use crate::kernel::ehmi::{LightPlace, Pattern};
use crate::models::{DrawList, DrawnEdge, DrawnHand, Eye, Fov, Street, Surface, Veil};
use crate::table::LightState;
use glam::{DVec2, Mat4, Vec3};

const SIZE: [u32; 2] = [320, 200];

/// The pixel where a place of the site appears.
fn pixel_of(eye: &Eye, picture: &Pixels, site_m: Vec3) -> [u8; 4] {
    let [x, y] = eye.project(site_m).unwrap();
    let at = |v: f32, n: u32| ((v + 1.0) / 2.0 * n as f32) as u32;
    picture.at(at(x, picture.width), at(-y, picture.height)).unwrap()
}

/// Mean of red, green and blue.
fn grey([r, g, b, _]: [u8; 4]) -> f64 {
    (f64::from(r) + f64::from(g) + f64::from(b)) / 3.0
}

#[test]
fn the_numbers_of_surfaces_are_the_shaders() {
    use Surface::*;
    let all = [
        Asphalt,
        Marking,
        Kerb,
        Pavement,
        Grass,
        Plaster,
        Brick,
        Window,
        Roof,
        Bark,
        Leaves,
        Metal,
        LampGlass,
        Paint,
        Tyre,
        Rim,
        CarGlass,
        Plastic,
        LightBar,
        BrakeLight,
        Headlight,
        Skin,
        Cloth,
        Hair,
        Mark,
        Wood,
        YellowMarking,
    ];
    let constants: Vec<String> = pipelines::SURFACE
        .lines()
        .filter_map(|line| line.strip_prefix("const "))
        .map(|line| line.replace("u;", "").replace(": u32 = ", " "))
        .collect();
    let wanted: Vec<String> = all
        .iter()
        .map(|surface| {
            let mut name = String::new();
            for (i, c) in format!("{surface:?}").chars().enumerate() {
                let between = i > 0 && c.is_uppercase();
                name.extend(between.then_some('_').into_iter().chain(c.to_uppercase()));
            }
            format!("{name} {}", surface.code())
        })
        .collect();
    assert_eq!(constants, wanted);
}

#[test]
fn a_day_has_a_blue_sky_and_shadows_an_overcast_one_neither() {
    let Some(gpu) = device(1) else { return };
    // The post's foot is at (2, -3.5); its shadow falls away from the sun, 1 m along the ground.
    let (sun, eye) = (daylight::Light::of(Daylight::Day).sun, eye_at(Vec3::new(-4.0, -3.0, 2.5), -0.2));
    let along = -sun.truncate().normalize();
    let shaded = Vec3::new(2.0, -3.5, 0.0) + (along * 1.0).extend(0.0);
    let beside = shaded + Vec3::new(along.y, -along.x, 0.0) * 0.8;
    for (daylight, shadows) in [(Daylight::Day, true), (Daylight::Overcast, false)] {
        let mut stage = Stage::new(&gpu, daylight, 1, SIZE);
        let picture = stage.draw(&gpu, &[eye], &DrawList::default()).remove(0);
        let [dark, light] = [shaded, beside].map(|place| grey(pixel_of(&eye, &picture, place)));
        // In the shadow only the sky's light is left: by the numbers of the day a quarter; by the picture's curve some
        // half of the brightness. Under clouds both are the same asphalt.
        assert_eq!(dark < 0.7 * light, shadows, "{daylight:?}: {dark} beside {light}");
        assert!(shadows || (dark - light).abs() < 12.0, "{dark} beside {light}");
        let [r, _, b, a] = picture.at(SIZE[0] / 2, 2).unwrap();
        assert_eq!((b > r + 20, a), (shadows, 255), "sky by {daylight:?}: {r} {b}");
    }
}

#[test]
fn nights_are_dark_and_lamps_light_the_road() {
    let Some(gpu) = device(1) else { return };
    let eye = kerb_eye(0.0);
    let mean = |daylight| {
        let mut stage = Stage::new(&gpu, daylight, 1, SIZE);
        let picture = stage.draw(&gpu, &[eye], &DrawList::default()).remove(0);
        let sum: f64 = picture.rgba.chunks(4).map(|p| grey(p.try_into().unwrap())).sum();
        let sky = grey(picture.at(2, 2).unwrap());
        let near_lamp = pixel_of(&eye, &picture, Vec3::new(5.0, 0.9, 0.0));
        (sum / f64::from(SIZE[0] * SIZE[1]), sky, grey(near_lamp))
    };
    let [day, dusk, night] = [Daylight::Day, Daylight::Dusk, Daylight::Night].map(mean);
    // Lamps make up for some of it below, not in the sky.
    assert!(day.0 > 1.3 * dusk.0 && dusk.0 > night.0, "{day:?} {dusk:?} {night:?}");
    assert!(day.1 > 1.3 * dusk.1 && dusk.1 > 3.0 * night.1, "{day:?} {dusk:?} {night:?}");
    assert!(night.1 < 40.0 && night.2 > 2.0 * night.1 + 20.0, "{night:?}");
}

#[test]
fn a_veil_covers_all_of_it_and_half_a_veil_half() {
    let Some(gpu) = device(1) else { return };
    let mut stage = Stage::new(&gpu, Daylight::Day, 1, SIZE);
    let mut seen = |black| {
        let list = DrawList { veil: Veil { black }, ..scene(12.0, 1.0) };
        stage.draw(&gpu, &[kerb_eye(0.0)], &list).remove(0)
    };
    let [clear, half, black] = [0.0, 0.5, 1.0].map(&mut seen);
    assert!(black.rgba.chunks(4).all(|p| p == [0, 0, 0, 255]));
    for (clear, half) in clear.rgba.chunks(4).zip(half.rgba.chunks(4)) {
        // Half of the light; the curve of sRGB for both.
        let want = daylight::linear([clear[0]; 3]).x / 2.0;
        assert!((daylight::linear([half[0]; 3]).x - want).abs() < 0.02, "{clear:?} {half:?}");
    }
}

/// Rows of the pixels that a side of the walking area changes in a picture from this eye.
fn edge_in(gpu: &Gpu, eye: Eye, edge: DrawnEdge) -> Vec<u32> {
    let mut stage = Stage::new(gpu, Daylight::Day, 1, SIZE);
    let clear = stage.draw(gpu, &[eye], &scene(12.0, 1.0)).remove(0);
    let list = DrawList { edges: vec![edge], ..scene(12.0, 1.0) };
    let grid = stage.draw(gpu, &[eye], &list).remove(0);
    let pairs = clear.rgba.chunks(4).zip(grid.rgba.chunks(4)).zip(0u32..);
    pairs.filter(|((a, b), _)| a != b).map(|(_, i)| i / SIZE[0]).collect()
}

#[test]
fn a_side_of_the_walking_area_is_drawn_where_it_is() {
    let Some(gpu) = device(1) else { return };
    // Eyes 1.65 m over the start kerb look along x; a side lies so far ahead, across the way.
    let eye = |turn_rad: f64| {
        let (from, look) = (Vec3::new(0.0, 0.0, 1.65), DVec2::from_angle(turn_rad).as_vec2().extend(0.0));
        Eye::looking_at(from, from + look, Vec3::Z, Fov::symmetric(0.8, 1.6))
    };
    let side = |ahead_m: f64, seen| DrawnEdge { site_m: DVec2::new(ahead_m, 0.0), inward: DVec2::NEG_X, seen };
    let near = edge_in(&gpu, eye(0.0), side(0.4, 1.0));
    let share = near.len() as f64 / f64::from(SIZE[0] * SIZE[1]);
    assert!((0.01..0.6).contains(&share), "a grid, not a wall: {share}");
    // It ends at the floor: nothing of it is lower in the picture than its foot.
    let far = edge_in(&gpu, eye(0.0), side(2.0, 1.0));
    let foot = eye(0.0).project(Vec3::new(2.0, 0.0, 0.0)).unwrap();
    let row = (0.5 - 0.5 * foot[1]) * SIZE[1] as f32;
    let lowest = far.into_iter().max().unwrap() as f32;
    assert!((lowest - row).abs() < 4.0, "its foot is seen in row {lowest}, it is in row {row}");
    // Whoever looks away from it sees nothing of it; whoever is beyond it sees it where they came from.
    assert!(edge_in(&gpu, eye(std::f64::consts::PI), side(0.4, 1.0)).is_empty());
    assert!(edge_in(&gpu, eye(0.0), side(-0.4, 1.0)).is_empty());
    assert!(!edge_in(&gpu, eye(std::f64::consts::PI), side(-0.4, 1.0)).is_empty());
    assert!(edge_in(&gpu, eye(0.0), side(0.4, 0.0)).is_empty());
}

#[test]
fn a_lit_bar_has_its_concepts_very_colour_and_the_halo_stays_beside_it() {
    let Some(gpu) = device(1) else { return };
    for colour in [[0, 255, 255], [0, 166, 81], [255, 128, 0]] {
        for daylight in [Daylight::Day, Daylight::Night] {
            let mut stage = Stage::new(&gpu, daylight, 1, SIZE);
            stage.painter.enter(&gpu, &street(true), &setup(vec![spec(colour, Pattern::Steady)])).unwrap();
            // From ahead of the car, at the height of its bar.
            let list = scene(8.0, 1.0);
            let model = crate::models::VehicleModel::new(&spec(colour, Pattern::Steady), crate::models::Detail::Near);
            assert!(!model.light_corners_m.is_empty(), "a car with a bar has a bar");
            let eye = eye_at(Vec3::new(1.75, 4.5, 0.7), std::f32::consts::FRAC_PI_2);
            let picture = stage.draw(&gpu, &[eye], &list).remove(0);
            // Pieces that cover pixels of their own; at the bar's ends they are turned away.
            let on_site = |p: &Vec3| list.vehicles[0].site_from_body.transform_point3(*p);
            let size = |corners: &[Vec3; 4]| {
                let [a, b] = [corners[0], corners[2]].map(|p| eye.project(on_site(&p)).unwrap());
                ((a[0] - b[0]) * SIZE[0] as f32 / 2.0).abs().min(((a[1] - b[1]) * SIZE[1] as f32 / 2.0).abs())
            };
            let wide: Vec<_> = model.light_corners_m.iter().filter(|corners| size(corners) > 3.0).collect();
            assert!(wide.len() > 2, "{}", wide.len());
            for corners in wide {
                let [r, g, b, a] = pixel_of(&eye, &picture, on_site(&(corners.iter().sum::<Vec3>() / 4.0)));
                let off = [r, g, b].iter().zip(colour).map(|(is, want)| is.abs_diff(want)).max().unwrap();
                assert!(off <= 1 && a == 255, "{daylight:?} {colour:?}: {:?}", [r, g, b, a]);
            }
            assert!(picture.rgba.chunks(4).all(|p| p[3] == 255));
        }
    }
}

/// A place half-way up a light, so far along it: 0 is where it is nearest to the car's middle, 1 its left and -1 its right
/// end.
fn on_the_light(corners_m: &[[Vec3; 4]], along: f32) -> Vec3 {
    let across = || corners_m.iter().flatten().map(|p| p.y.abs());
    let (inner, outer) = (across().fold(f32::MAX, f32::min), across().fold(0.0, f32::max));
    let inner = if corners_m.iter().any(|[a, b, ..]| a.y <= 0.0 && b.y >= 0.0) { 0.0 } else { inner };
    let y = (inner + (outer - inner) * along.abs()).copysign(along);
    let [a, b, c, d] = *corners_m.iter().find(|[a, b, ..]| (a.y..=b.y).contains(&y)).expect("a piece of the light");
    let share = (y - a.y) / (b.y - a.y);
    (a.lerp(b, share) + d.lerp(c, share)) / 2.0
}

#[test]
fn a_light_that_sweeps_grows_outwards_wherever_it_is_and_only_in_the_state_that_sweeps() {
    let Some(gpu) = device(1) else { return };
    let (colour, sweep) = ([0, 255, 255], Pattern::Sweep { hz: 0.5 });
    for place in [LightPlace::Bumper, LightPlace::Windscreen, LightPlace::Roof, LightPlace::Headlights] {
        let mut car = spec(colour, sweep);
        (car.ehmi.place, car.ehmi.stopped) = (place, Pattern::Pulse { hz: 0.5 });
        car.ehmi.size_m = if place == LightPlace::Headlights { [0.4, 0.15] } else { [1.1, 0.12] };
        let mut stage = Stage::new(&gpu, Daylight::Overcast, 1, SIZE);
        stage.painter.enter(&gpu, &street(true), &setup(vec![car.clone()])).unwrap();
        let corners_m = crate::models::VehicleModel::new(&car, crate::models::Detail::Near).light_corners_m;
        let eye = eye_at(Vec3::new(1.75, 4.5, on_the_light(&corners_m, 0.5).z), std::f32::consts::FRAC_PI_2);
        let parts = [-0.93, -0.7, -0.45, -0.2, 0.2, 0.45, 0.7, 0.93];
        let mut colours = |state, since_s| {
            let mut list = scene(8.0, car.ehmi.level(state, since_s) as f32);
            list.vehicles[0].light_state = state;
            let picture = stage.draw(&gpu, &[eye], &list).remove(0);
            let at = |along| list.vehicles[0].site_from_body.transform_point3(on_the_light(&corners_m, along));
            parts.map(|along| pixel_of(&eye, &picture, at(along)))
        };
        let is = |[r, g, b, _]: [u8; 4]| [r, g, b].iter().zip(colour).all(|(is, want)| is.abs_diff(want) <= 1);
        // One period, in eighths: what is lit is lit fully, the inner parts first, left and right at once.
        for eighth in 0..8_u8 {
            let share = f32::from(eighth) / 8.0;
            let lit = colours(LightState::Yielding, f64::from(eighth) / 4.0).map(is);
            assert_eq!(lit, parts.map(|along| along.abs() < share), "{place:?}, {share} lit");
        }
        // The same car stopped: the pulse's level all along it, at a quarter of its period a half.
        let [dark, half, full] = [0.0, 0.5, 1.0].map(|since_s| colours(LightState::Stopped, since_s));
        assert!(full.into_iter().all(is) && !half.into_iter().any(is), "{place:?}: {half:?} {full:?}");
        assert!(half.iter().zip(dark).all(|(half, dark)| half[1] > dark[1] + 60), "{place:?}: {half:?} {dark:?}");
    }
}

#[test]
fn hands_have_the_sleeves_of_the_person_that_is_seen_from_outside() {
    let Some(gpu) = device(1) else { return };
    let mut stage = Stage::new(&gpu, Daylight::Overcast, 1, SIZE);
    let eye = kerb_eye(0.0);
    for left in [true, false] {
        // Half a metre ahead, the sleeve upwards, both halves of it: towards the thumb and away from it.
        let site_from_hand = Mat4::from_translation(Vec3::new(0.0, 0.0, 1.62))
            * Mat4::from_cols(Vec3::NEG_Y.extend(0.0), Vec3::Z.extend(0.0), Vec3::NEG_X.extend(0.0), glam::Vec4::W);
        for turn_rad in [0.0, std::f32::consts::PI] {
            let hand = DrawnHand { site_from_hand: site_from_hand * Mat4::from_rotation_y(turn_rad), left };
            let list = DrawList { hands: vec![hand], ..DrawList::default() };
            let picture = stage.draw(&gpu, &[eye], &list).remove(0);
            let [r, g, b, _] = pixel_of(&eye, &picture, Vec3::new(0.0, 0.0, 1.62 + 0.145));
            // Red, as the participant's clothes are: not black, and no trousers.
            assert!(r > 80 && r > g + 40 && r > b + 40, "left {left}: {:?}", [r, g, b]);
        }
    }
}

#[test]
fn the_signal_to_go_is_green_when_it_is_shown() {
    let Some(gpu) = device(1) else { return };
    let mut stage = Stage::new(&gpu, Daylight::Overcast, 1, SIZE);
    let eye = eye_at(Vec3::new(4.0, -2.5, 2.2), 0.0);
    // Half a metre behind the crosswalk's end and beside it, 2.2 m high.
    let at = Vec3::new(7.4, -2.5, 2.2);
    let [dark, lit] = [false, true].map(|go| {
        let list = DrawList { go, ..DrawList::default() };
        pixel_of(&eye, &stage.draw(&gpu, &[eye], &list).remove(0), at)
    });
    assert!(grey(dark) < 80.0, "{dark:?}");
    assert!(lit[0] <= 1 && lit[1].abs_diff(220) <= 1 && lit[2].abs_diff(120) <= 1, "{lit:?}");
}

#[test]
fn both_eyes_at_once_see_what_each_eye_sees() {
    let (Some(one), Some(two)) = (device(1), device(2)) else { return };
    let fov = |side: f32| Fov { left_rad: -0.7 - side, right_rad: 0.7 - side, up_rad: 0.6, down_rad: -0.65 };
    let eyes = [1.0_f32, -1.0].map(|side| {
        let from = Vec3::new(-0.5, 0.032 * side, 1.6);
        Eye::looking_at(from, from + Vec3::new(1.0, 2.0, -0.05), Vec3::Z, fov(0.1 * side))
    });
    // (The grid at the edge of the walking area stands around the middle between the eyes: not the same for one.)
    let list = DrawList { veil: Veil { black: 0.1 }, ..scene(5.0, 1.0) };
    for daylight in [Daylight::Day, Daylight::Night] {
        // What reaches beyond the picture Mesa 22's software driver draws into the first eye's picture for both; there
        // the street is left out, and the car is well within the picture.
        let cut_wrongly = two.name.contains("Mesa 22");
        let stage_for = |gpu: &Gpu, views| {
            let mut stage = Stage::new(gpu, daylight, views, SIZE);
            if cut_wrongly {
                eprintln!("without the street: {} draws it wrongly", gpu.name);
                stage
                    .painter
                    .enter(gpu, &Street::default(), &setup(vec![spec([0, 255, 255], Pattern::Steady)]))
                    .unwrap();
            }
            stage
        };
        let both = stage_for(&two, 2).draw(&two, &eyes, &list);
        assert_eq!(both.len(), 2);
        assert_ne!(both[0], both[1]);
        let mut stage = stage_for(&one, 1);
        for (eye, stereo) in eyes.iter().zip(&both) {
            let mono = stage.draw(&one, &[*eye], &list).remove(0);
            let off = mono.rgba.iter().zip(&stereo.rgba).filter(|(a, b)| a.abs_diff(**b) > 2).count();
            // The same arithmetic; a compiler may order it otherwise at an edge here and there.
            assert!(off * 1000 <= mono.rgba.len(), "{daylight:?}: {off} of {}", mono.rgba.len());
        }
    }
}

#[test]
fn a_panel_hangs_where_it_is_hung_with_its_own_colours() {
    let Some(gpu) = device(1) else { return };
    let mut stage = Stage::new(&gpu, Daylight::Night, 1, SIZE);
    let panel = Pixels { width: 64, height: 32, rgba: [200, 60, 30, 255].repeat(64 * 32) };
    let eye = kerb_eye(0.0);
    // 1.5 m ahead, facing the eye: its x is to the eye's right, which is -y of the site.
    let middle = Vec3::new(1.0, 0.0, 1.6);
    let axes =
        Mat4::from_cols(Vec3::NEG_Y.extend(0.0), Vec3::Z.extend(0.0), Vec3::NEG_X.extend(0.0), middle.extend(1.0));
    let board = Board { site_from_board: axes, size_m: [0.8, 0.4] };
    let without = stage.draw(&gpu, &[eye], &DrawList::default()).remove(0);
    stage.painter.board(&gpu, Some((board, &panel)));
    let with = stage.draw(&gpu, &[eye], &DrawList::default()).remove(0);
    for place in [middle, middle + Vec3::new(0.0, 0.38, 0.18)] {
        let is = pixel_of(&eye, &with, place);
        assert!(is.iter().zip([200, 60, 30, 255]).all(|(a, b)| a.abs_diff(b) <= 1), "{is:?}");
    }
    let beside = middle + Vec3::new(0.0, 0.42, 0.0);
    assert_eq!(pixel_of(&eye, &with, beside), pixel_of(&eye, &without, beside));
    stage.painter.board(&gpu, None);
    assert_eq!(stage.draw(&gpu, &[eye], &DrawList::default()).remove(0), without);
}

#[test]
fn a_format_that_cannot_be_drawn_to_is_a_problem_not_a_crash() {
    let Some(gpu) = device(1) else { return };
    let surfaces = Surfaces { format: wgpu::TextureFormat::Rgba8Snorm, size: SIZE, views: 1, samples: 4 };
    let problem = Painter::new(&gpu, surfaces, &scenery(Daylight::Day)).unwrap_err();
    assert!(problem.what.contains("cannot draw the picture"), "{problem}");
    // Two eyes on a device that was opened for one.
    let surfaces = Surfaces { format: Offscreen::FORMAT, size: SIZE, views: 2, samples: 4 };
    assert!(Painter::new(&gpu, surfaces, &scenery(Daylight::Day)).is_err());
}

#[test]
fn what_a_device_fails_at_is_an_error_and_no_crash() {
    let Some(gpu) = device(1) else { return };
    assert_eq!(gpu.works().err(), None);
    // More columns than any device allows: as with memory that is short, wgpu says so outside of the call.
    let problem = Offscreen::new(&gpu, [1 << 20, 1], 1).read(&gpu, 0).unwrap_err().to_string();
    assert!(problem.contains(" cannot draw the picture: "), "{problem}");
    assert_eq!(gpu.works().err(), None, "it is told once");
}
