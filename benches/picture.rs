//! The picture: what preparing a frame for two eyes costs the CPU, and what triangles and pixels cost the GPU (or the
//! program that stands for one).
//!
//! Everything is a ratio within one run: the CPU's share against recording an empty pass, the GPU's against the same
//! target with nothing in it. Without a Vulkan device that draws two eyes at once nothing is measured, and that is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/drive.rs"]
mod drive;
mod support;

use drive::Drive;
use glam::{Vec2, Vec3};
use kerbside::headset::Pacing;
use kerbside::kernel::frame::Unrecorded;
use kerbside::models::{DrawList, Eye, Fov, Mesh, Street, Surface};
use kerbside::picture::{Gpu, Offscreen, Painter, Surfaces};
use kerbside::study::{ContactShown, Daylight, Scenery, Surroundings};
use std::num::NonZeroU32;
use support::{in_turns, size, table};

/// A headset's two eyes at the kerb, turned to the traffic.
fn eyes() -> [Eye; 2] {
    let fov = Fov { left_rad: -0.87, right_rad: 0.79, up_rad: 0.84, down_rad: -0.84 };
    [0.032, -0.032].map(|side| {
        let from = Vec3::new(-0.5, side, 1.62);
        Eye::looking_at(from, from + Vec3::new(1.0, 1.0, -0.05), Vec3::Z, fov)
    })
}

/// A street of some triangles: upright bricks in rows on both sides of a road.
fn street(triangles: usize) -> Street {
    let mut mesh = Mesh::default();
    let side = (triangles as f32 / 2.0).sqrt().ceil() as usize;
    for i in 0..triangles / 2 {
        let (row, along) = ((i / side) as f32 / side as f32, (i % side) as f32 / side as f32);
        let low = Vec3::new(10.0 + row * 40.0, 80.0 * along - 10.0, 0.0);
        let (u, v) = (Vec3::NEG_Y * 60.0 / side as f32, Vec3::Z * 6.0);
        mesh.polygon(&[low, low + u, low + u + v, low + v], |p| Vec2::new(p.y, p.z), Surface::Brick);
    }
    Street { mesh, ..Street::default() }
}

/// A painter for both eyes in the middle of a trial, and what it draws.
struct Scene {
    painter: Painter,
    target: Offscreen,
    view: wgpu::TextureView,
    list: DrawList,
}

impl Scene {
    fn new(gpu: &Gpu, pixels: [u32; 2], triangles: usize, with_traffic: bool) -> Self {
        let scenery = Scenery {
            daylight: Daylight::Day,
            surroundings: Surroundings::Street,
            contact: ContactShown::Fade,
            bystanders: Vec::new(),
            sound: false,
        };
        let surfaces = Surfaces { format: Offscreen::FORMAT, size: pixels, views: 2, samples: 4 };
        let mut painter = Painter::new(gpu, surfaces, &scenery).unwrap();
        let mut drive = Drive::new(Pacing::Lockstep);
        while drive.run().scene().vehicles.len() < 3 {
            let input = drive.input();
            drive.frame(&input, &mut Unrecorded);
            drive.present();
        }
        let mut list = DrawList::default();
        painter.enter(gpu, &street(triangles), drive.run().scene().setup).unwrap();
        if with_traffic {
            list.fill(&drive.run().scene(), &scenery);
            assert!(list.vehicles.len() == 3, "a frame with traffic has cars: {}", list.vehicles.len());
        }
        let target = Offscreen::new(gpu, pixels, 2);
        Self { painter, view: target.view(), target, list }
    }

    /// What a frame costs the CPU: all but handing it to the GPU.
    fn encode(&mut self, gpu: &Gpu) -> wgpu::CommandBuffer {
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        self.painter.paint(gpu, &mut encoder, &self.view, &eyes(), &self.list);
        encoder.finish()
    }

    /// A frame, drawn to its end.
    fn draw(&mut self, gpu: &Gpu) {
        let commands = self.encode(gpu);
        gpu.queue.submit([commands]);
        gpu.device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
    }
}

/// The same target cleared and nothing drawn: what wgpu itself costs.
fn empty(gpu: &Gpu, view: &wgpu::TextureView) -> wgpu::CommandBuffer {
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: None,
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::BLACK), store: wgpu::StoreOp::Store },
        })],
        depth_stencil_attachment: None,
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: NonZeroU32::new(0b11),
    }));
    encoder.finish()
}

fn cpu(gpu: &Gpu) {
    let mut scene = Scene::new(gpu, [256, 256], 20_000, true);
    let view = scene.target.view();
    let submit = |commands| {
        gpu.queue.submit([commands]);
        gpu.device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
    };
    let (mut scenes, mut empties) = (Vec::new(), Vec::new());
    // A program draws what is recorded in a tenth of a second, and that is waited for.
    for _ in 0..if gpu.software { size(50, 4) } else { size(400, 4) } {
        // In turns; the GPU's own work is waited for outside the times.
        let mut commands = None;
        scenes.push(support::seconds(|| commands = Some(scene.encode(gpu))));
        commands.take().into_iter().for_each(submit);
        empties.push(support::seconds(|| commands = Some(empty(gpu, &view))));
        commands.take().into_iter().for_each(submit);
    }
    let [scene_s, empty_s] = [&mut scenes, &mut empties].map(|times| support::quantile(times, 0.5));
    let row = |name: &str, s: f64| {
        vec![
            name.to_owned(),
            format!("{:.1}", s * 1e6),
            format!("{:.2}", s / empty_s),
            format!("{:.2} %", s * 120.0 * 100.0),
        ]
    };
    table(
        "CPU: preparing and recording a frame for two eyes, by day",
        &["what", "median us", "times the empty pass", "of 8.33 ms"],
        &[row("three cars, street, shadows, sky", scene_s), row("an empty pass", empty_s)],
    );
}

fn drawn(gpu: &Gpu) {
    let mut rows = Vec::new();
    let resolutions: &[[u32; 2]] =
        if gpu.software { &[[160, 160], [320, 320], [640, 640]] } else { &[[640, 640], [1344, 1512], [2064, 2208]] };
    // A program takes half a second for the largest.
    let rounds = if gpu.software { size(4, 2) } else { size(30, 2) };
    for pixels in resolutions.iter().take(size(3, 1)) {
        let mut nothing = Scene::new(gpu, *pixels, 0, false);
        for triangles in [2_000, 20_000, 200_000].into_iter().take(size(3, 1)) {
            let mut scene = Scene::new(gpu, *pixels, triangles, true);
            let [full_s, empty_s] = in_turns(rounds, &mut [&mut || scene.draw(gpu), &mut || nothing.draw(gpu)]);
            rows.push(vec![
                format!("2 x {} x {}", pixels[0], pixels[1]),
                triangles.to_string(),
                format!("{:.2}", full_s * 1e3),
                format!("{:.2}", empty_s * 1e3),
                format!("{:.2}", full_s / empty_s),
            ]);
        }
    }
    table(
        "drawing a frame for two eyes to its end, 4x MSAA, against sky and signal alone",
        &["pixels", "triangles of the street", "median ms", "empty ms", "ratio"],
        &rows,
    );
}

fn main() {
    let gpu = match Gpu::headless_for(2) {
        Ok(gpu) => gpu,
        Err(problem) => {
            assert!(std::env::var("KERBSIDE_VULKAN").as_deref() != Ok("required"), "{problem}");
            eprintln!("SKIPPED, no picture was timed: {problem}");
            return;
        }
    };
    println!("{}{}", gpu.name, if gpu.software { ": a program, no graphics card" } else { "" });
    let mut criterion = support::criterion();
    let mut scene = Scene::new(&gpu, [64, 64], 2_000, true);
    let mut group = criterion.benchmark_group("picture");
    group.bench_function("stereo frame, prepared and recorded", |bencher| bencher.iter(|| scene.encode(&gpu)));
    group.bench_function("empty pass", |bencher| bencher.iter(|| empty(&gpu, &scene.view)));
    group.finish();
    criterion.final_summary();
    cpu(&gpu);
    drawn(&gpu);
}
