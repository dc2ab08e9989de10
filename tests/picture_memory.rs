//! Drawing keeps no memory: the process is as large after thousands of frames as after the first hundreds.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/drive.rs"]
mod drive;
#[path = "common/skips.rs"]
mod skips;

use drive::Drive;
use kerbside::headset::Pacing;
use kerbside::kernel::frame::Unrecorded;
use kerbside::models::{DrawList, Eye, Fov, Lamp, Street};
use kerbside::picture::{Gpu, Offscreen, Painter, Surfaces};
use kerbside::study::{ContactShown, Daylight, Scenery, Surroundings};

/// Frames drawn before memory is looked at: drivers fill their pools first.
const FIRST: usize = 150;
/// What may come on top, KiB: a driver's pools breathe. One matrix kept a frame would be 625 KiB over 10,000 frames, one
/// instance buffer 280 MiB.
const SLACK_KIB: u64 = 512;

/// Memory that this process holds, KiB; none where the system does not say.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn stays_flat(frames: usize) {
    let gpu = match Gpu::headless() {
        Ok(gpu) => gpu,
        Err(problem) => {
            assert!(std::env::var("KERBSIDE_VULKAN").as_deref() != Ok("required"), "{problem}");
            skips::missing(&format!("nothing was drawn: {problem}"));
            return;
        }
    };
    let scenery = Scenery {
        daylight: Daylight::Dusk,
        surroundings: Surroundings::Bare,
        contact: ContactShown::Fade,
        bystanders: Vec::new(),
        sound: false,
    };
    let size = [64, 48];
    let surfaces = Surfaces { format: Offscreen::FORMAT, size, views: 1, samples: 4 };
    let mut painter = Painter::new(&gpu, surfaces, &scenery).unwrap();
    let lamps = (0..20_u8).map(|i| Lamp { site_m: [8.0, 10.0 * f32::from(i) - 100.0, 6.0] }).collect();
    let street = Street { lamps, ..Street::default() };
    let mut drive = Drive::new(Pacing::Lockstep);
    let (target, mut list) = (Offscreen::new(&gpu, size, 1), DrawList::default());
    let view = target.view();
    let (mut trial_n, mut before) = (0, None);
    for frame in 0..frames {
        let input = drive.input();
        drive.frame(&input, &mut Unrecorded);
        drive.present();
        let scene = drive.run().scene();
        if trial_n != scene.setup.trial_n {
            trial_n = scene.setup.trial_n;
            painter.enter(&gpu, &street, scene.setup).unwrap();
        }
        list.fill(&scene, &scenery);
        let fov = Fov::symmetric(0.6, 4.0 / 3.0);
        let (place, turn) = (input.head.position_m().unwrap(), input.head.rotation().unwrap());
        let eye = Eye::in_stage(scene.calibration, place, turn, fov);
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        painter.paint(&gpu, &mut encoder, &view, &[eye], &list);
        gpu.queue.submit([encoder.finish()]);
        gpu.device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
        if frame == FIRST {
            before = resident_kib();
        }
    }
    let Some((before, after)) = before.zip(resident_kib()) else {
        skips::cannot("this system does not say how much memory a process holds");
        return;
    };
    println!("{frames} frames: {before} KiB after {FIRST} of them, {after} KiB in the end");
    assert!(after <= before + SLACK_KIB, "{before} KiB, then {after} KiB");
}

#[test]
fn memory_stays_flat_over_some_frames() {
    stays_flat(450);
}

/// `tests/long.sh` runs it.
#[test]
#[ignore = "takes minutes"]
fn memory_stays_flat_over_ten_thousand_frames() {
    stays_flat(10_000);
}
