//! How long the built-in street takes to draw for two eyes; run by hand, nothing is asserted of the time.
//! `cargo test --test picture_speed -- --ignored --nocapture`
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/stills.rs"]
mod stills;

use glam::Vec3;
use kerbside::models::{Eye, Fov, Street};
use kerbside::picture::{Gpu, Offscreen, Painter, Surfaces};
use kerbside::study::Daylight;
use std::time::Instant;
use stills::{footage, list};

const SIZE: [u32; 2] = [320, 240];

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
    for (name, daylight, street, at) in [
        ("day, to the car", Daylight::Day, &footage.street, car),
        ("day, away from it", Daylight::Day, &footage.street, 2.0 * mark - car),
        ("overcast, to the car", Daylight::Overcast, &footage.street, car),
        ("night, to the car", Daylight::Night, &footage.street, car),
        ("day, no street", Daylight::Day, &nothing, car),
    ] {
        let mut scenery = footage.scenery.clone();
        scenery.daylight = daylight;
        let surfaces = Surfaces { format: Offscreen::FORMAT, size: SIZE, views: 2, samples: 4 };
        let mut painter = Painter::new(&gpu, surfaces, &scenery).unwrap();
        painter.enter(&gpu, street, &footage.setup).unwrap();
        let target = Offscreen::new(&gpu, SIZE, 2);
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
