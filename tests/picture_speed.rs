//! How long the built-in street takes to draw for two eyes; run by hand, nothing is asserted of the time.
//! `cargo test --test picture_speed -- --ignored --nocapture`
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/skips.rs"]
mod skips;
#[path = "common/stills.rs"]
mod stills;

use glam::Vec3;
use kerbside::models::{Detail, Eye, Fov, Street, VehicleModel};
use kerbside::picture::{Gpu, Offscreen, Painter, Surfaces};
use kerbside::study::Daylight;
use std::collections::BTreeMap;
use std::time::Instant;
use stills::{footage, list};

fn size() -> [u32; 2] {
    std::env::var("KERBSIDE_SIZE").map_or([320, 240], |size| {
        let (columns, rows) = size.split_once('x').unwrap();
        [columns.parse().unwrap(), rows.parse().unwrap()]
    })
}

/// A headset's two eyes at the mark, turned to the car.
fn eyes(from: Vec3, at: Vec3) -> [Eye; 2] {
    let fov = Fov { left_rad: -0.87, right_rad: 0.79, up_rad: 0.84, down_rad: -0.84 };
    [0.032, -0.032].map(|side| Eye::looking_at(from + Vec3::X * side, at, Vec3::Z, fov))
}

#[test]
#[ignore = "a measurement, made by hand"]
fn milliseconds_a_frame() {
    let Ok(gpu) = Gpu::headless_for(2) else { return };
    let footage = footage("day", "green");
    let list = list(&footage, 30.0, 1.0, -2.0);
    let mark = footage.setup.site.start_mark_m.as_vec2().extend(1.62);
    let car = list.vehicles[0].site_m.as_vec3() + Vec3::Z * 0.7;
    println!("{}: {} triangles", gpu.name, footage.street.mesh.triangle_count());
    let nothing = Street::default();
    let bare = stills::footage("bare", "green").street;
    for (name, daylight, street, at) in [
        ("day, to the car", Daylight::Day, &footage.street, car),
        ("day, away from it", Daylight::Day, &footage.street, 2.0 * mark - car),
        ("overcast, to the car", Daylight::Overcast, &footage.street, car),
        ("night, to the car", Daylight::Night, &footage.street, car),
        ("overcast, bare", Daylight::Overcast, &bare, car),
        ("overcast, bare, away", Daylight::Overcast, &bare, 2.0 * mark - car),
        ("day, bare", Daylight::Day, &bare, car),
        ("day, no street", Daylight::Day, &nothing, car),
    ] {
        let mut scenery = footage.scenery.clone();
        scenery.daylight = daylight;
        let surfaces = Surfaces { format: Offscreen::FORMAT, size: size(), views: 2, samples: 4 };
        let mut painter = Painter::new(&gpu, surfaces, &scenery).unwrap();
        painter.enter(&gpu, street, &footage.setup).unwrap();
        let target = Offscreen::new(&gpu, size(), 2);
        let view = target.view();
        let eyes = eyes(mark, at);
        let mut draw = || {
            let start = Instant::now();
            let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            painter.paint(&gpu, &mut encoder, &view, &eyes, &list);
            gpu.queue.submit([encoder.finish()]);
            gpu.device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
            start.elapsed().as_secs_f64() * 1e3
        };
        draw();
        let mut times: Vec<f64> = (0..15).map(|_| draw()).collect();
        times.sort_by(f64::total_cmp);
        println!("{name}: median {:.1} ms, least {:.1} ms", times[7], times[0]);
    }
}

#[test]
#[ignore = "a measurement, made by hand"]
fn triangles() {
    for surroundings in ["bare", "day"] {
        let footage = footage(surroundings, "green");
        let spec = footage.setup.spec.target().unwrap();
        for detail in [Detail::Near, Detail::Far] {
            let car = VehicleModel::new(spec, detail);
            println!("{detail:?}: body {}, wheel {}", car.body.triangle_count(), car.wheel.triangle_count());
        }
        let mesh = &footage.street.mesh;
        let mut by = BTreeMap::new();
        for three in mesh.indices.chunks(3) {
            let corner = mesh.vertices[three[0] as usize];
            let far_m = Vec3::from(corner.position_m).length();
            *by.entry((corner.surface, (far_m / 100.0) as u32)).or_insert(0) += 1;
        }
        println!("{surroundings}: {} triangles, {} corners", mesh.triangle_count(), mesh.vertices.len());
        println!("by stuff and hundreds of metres: {by:?}");
    }
}
