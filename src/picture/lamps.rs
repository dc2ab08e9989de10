//! Where a car's lights are, read off its triangles.

use crate::models::{Mesh, Surface, VehicleModel};
use glam::Vec3;

/// A rectangle that shines, in the body's frame: its halo lies around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lit {
    pub middle_m: Vec3,
    /// Half its width and height.
    pub right_m: Vec3,
    pub up_m: Vec3,
}

impl Lit {
    /// The rectangle around some places, seen from ahead (`facing` 1) or from behind (-1); none around nothing.
    fn around(places_m: impl Iterator<Item = Vec3>, facing: f32) -> Option<Self> {
        let bounds = places_m.fold(None, |bounds, p| match bounds {
            None => Some((p, p)),
            Some((low, high)) => Some((p.min(low), p.max(high))),
        });
        let (low, high): (Vec3, Vec3) = bounds?;
        let half = ((high - low) / 2.0).max(Vec3::splat(0.01));
        let x = if facing > 0.0 { high.x } else { low.x };
        let middle_m = Vec3::new(x, (low.y + high.y) / 2.0, (low.z + high.z) / 2.0);
        // Right, up and towards the viewer: right-handed as seen.
        Some(Self { middle_m, right_m: Vec3::Y * half.y * facing, up_m: Vec3::Z * half.z })
    }

    /// What of it is lit where it sweeps and this share is lit: from the car's middle, or its end that is nearer to it,
    /// outwards.
    #[must_use]
    pub(super) fn swept(&self, share: f32) -> Self {
        let half_m = self.right_m.length();
        let beside = self.middle_m.y.abs() > half_m;
        let out_m = if beside { half_m.copysign(self.middle_m.y) * (share - 1.0) } else { 0.0 };
        Self { middle_m: self.middle_m + Vec3::Y * out_m, right_m: self.right_m * share.max(0.01), up_m: self.up_m }
    }

    /// The lights of a surface, left and right apart.
    pub(super) fn pair(mesh: &Mesh, surface: Surface, facing: f32) -> Vec<Self> {
        let side = |left: bool| {
            let of =
                mesh.vertices.iter().filter(move |v| v.surface == surface.code() && (v.position_m[1] > 0.0) == left);
            Self::around(of.map(|v| Vec3::from_array(v.position_m)), facing)
        };
        [side(true), side(false)].into_iter().flatten().collect()
    }

    /// The external light: one rectangle, or one for each part where they lie apart.
    pub(super) fn bar(model: &VehicleModel) -> Vec<Self> {
        let width = |corners: &[Vec3; 4]| {
            let y = corners.map(|c| c.y);
            (y.into_iter().fold(f32::MAX, f32::min), y.into_iter().fold(f32::MIN, f32::max))
        };
        let apart = !model.light_corners_m.iter().any(|corners| {
            let (low, high) = width(corners);
            low < 0.05 && high > -0.05
        });
        let part = |side: Option<bool>| {
            let of = model.light_corners_m.iter().flatten().copied();
            Self::around(of.filter(move |p| side.is_none_or(|left| (p.y > 0.0) == left)), 1.0)
        };
        let parts = if apart { [part(Some(true)), part(Some(false))] } else { [part(None), None] };
        parts.into_iter().flatten().collect()
    }
}
