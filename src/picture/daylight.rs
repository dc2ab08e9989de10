//! The light outdoors as numbers: sun, sky, haze, lamps, exposure. Fixed for each word of `daylight`, so that a scene
//! looks the same in every trial and to every participant.

use crate::study::Daylight;
use glam::Vec3;

/// The light of a scene. Strengths are relative; a white surface in full sun gives back about 4.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Light {
    /// Towards the sun, or where it went down.
    pub sun: Vec3,
    /// Whether it casts shadows.
    pub shadows: bool,
    /// Its light on a surface that faces it.
    pub sunlight: Vec3,
    /// What light is multiplied by before the curve of the picture.
    pub exposure: f32,
    /// Sky overhead.
    pub zenith: Vec3,
    /// Sky at the horizon.
    pub horizon: Vec3,
    /// Added to the horizon towards the sun.
    pub glow: Vec3,
    /// Light from the sky on a level surface.
    pub above: Vec3,
    /// Light from the ground on a surface that faces down.
    pub below: Vec3,
    /// Share of light lost to haze a metre.
    pub haze_per_m: f32,
    /// Strength of street lamps: light at 1 m.
    pub lamps: f32,
    /// Headlights: 1 is dipped beams at night.
    pub headlights: f32,
    /// Share of windows that are lit.
    pub windows: f32,
    /// How strong halos around lights are.
    pub halos: f32,
}

impl Light {
    pub(super) fn of(daylight: Daylight) -> Self {
        match daylight {
            Daylight::Day => Self::day(),
            Daylight::Overcast => Self::overcast(),
            Daylight::Dusk => Self::dusk(),
            Daylight::Night => Self::night(),
        }
    }

    /// The sun stands 50 degrees high, along the street and a little behind whoever waits at the kerb: houses beside the
    /// street leave the crosswalk lit, and nobody looks into it. It is fixed in the site's frame: from either kerb the
    /// light is the same.
    fn day() -> Self {
        Self {
            sun: Vec3::new(-0.25, -0.58, 0.775).normalize(),
            shadows: true,
            sunlight: Vec3::new(2.9, 2.7, 2.4),
            exposure: 0.85,
            zenith: Vec3::new(0.11, 0.33, 0.95),
            horizon: Vec3::new(0.95, 1.30, 1.68),
            glow: Vec3::new(0.5, 0.4, 0.25),
            above: Vec3::new(0.75, 0.92, 1.2),
            below: Vec3::new(0.42, 0.40, 0.37),
            haze_per_m: 1.0 / 1400.0,
            lamps: 0.0,
            headlights: 0.0,
            windows: 0.0,
            halos: 0.10,
        }
    }

    fn overcast() -> Self {
        Self {
            shadows: false,
            sunlight: Vec3::ZERO,
            exposure: 1.0,
            zenith: Vec3::new(0.85, 0.90, 0.97),
            horizon: Vec3::new(1.10, 1.13, 1.15),
            glow: Vec3::ZERO,
            above: Vec3::new(1.55, 1.60, 1.66),
            below: Vec3::new(0.50, 0.50, 0.48),
            haze_per_m: 1.0 / 700.0,
            halos: 0.12,
            ..Self::day()
        }
    }

    fn dusk() -> Self {
        Self {
            sun: Vec3::new(0.45, -0.89, 0.02).normalize(),
            shadows: false,
            sunlight: Vec3::ZERO,
            exposure: 1.7,
            zenith: Vec3::new(0.030, 0.055, 0.14),
            horizon: Vec3::new(0.17, 0.19, 0.27),
            glow: Vec3::new(0.55, 0.22, 0.06),
            above: Vec3::new(0.16, 0.18, 0.26),
            below: Vec3::new(0.06, 0.06, 0.07),
            haze_per_m: 1.0 / 900.0,
            lamps: 26.0,
            headlights: 0.6,
            windows: 0.25,
            halos: 0.35,
        }
    }

    fn night() -> Self {
        Self {
            sun: Vec3::new(0.45, -0.89, 0.02).normalize(),
            exposure: 2.0,
            zenith: Vec3::new(0.0016, 0.0022, 0.0050),
            horizon: Vec3::new(0.010, 0.010, 0.013),
            glow: Vec3::ZERO,
            above: Vec3::new(0.020, 0.022, 0.032),
            below: Vec3::new(0.012, 0.012, 0.013),
            haze_per_m: 1.0 / 900.0,
            lamps: 75.0,
            headlights: 1.0,
            windows: 0.3,
            halos: 0.5,
            ..Self::dusk()
        }
    }
}

/// A colour's linear light, as the GPU's own decoding of sRGB gives it (IEC 61966-2-1).
pub(super) fn linear(srgb: [u8; 3]) -> Vec3 {
    Vec3::from_array(srgb.map(|value| {
        let v = f32::from(value) / 255.0;
        if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    }))
}
