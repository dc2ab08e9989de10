//! OpenXR: a headset behind the seam. The one room with `unsafe` (`bridge.rs`), where OpenXR and wgpu meet.

pub mod area;
pub mod calibration;
pub mod pacing;
pub mod state;
