//! Pictures of a small scene of the tests' own, drawn by whatever Vulkan device is there.

use super::testing::*;
use super::*;

#[test]
fn first_light() {
    let Some(gpu) = device(1) else { return };
    let mut stage = Stage::new(&gpu, Daylight::Day, 1, [960, 600]);
    let picture = stage.draw(&gpu, &[kerb_eye(0.0)], &scene(20.0, 1.0)).remove(0);
    std::fs::write("/tmp/paint.png", picture.png().unwrap()).unwrap();
}
