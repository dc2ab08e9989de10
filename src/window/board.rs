//! Where a panel stands in front of a person at a desk, and what the mouse points at on it. Pure.

use crate::models::Eye;
use crate::picture::Board;
use glam::{DVec3, Mat4, Vec3};

/// How far in front of the eyes.
const AWAY_M: f32 = 1.5;
/// A board this high fills most of the window.
const HIGHEST_M: f32 = 1.05;
const WIDEST_M: f32 = 1.7;

/// A board for a picture of so many columns and rows, upright in front of eyes that look along `look` (site frame).
pub(super) fn in_front(eyes_m: DVec3, look: DVec3, pixels: [u32; 2]) -> Board {
    let eyes_m = eyes_m.as_vec3();
    let ahead = Vec3::new(look.as_vec3().x, look.as_vec3().y, 0.0).try_normalize().unwrap_or(Vec3::X);
    let out = -ahead;
    let right = Vec3::Z.cross(out);
    let middle_m = eyes_m + AWAY_M * ahead;
    #[allow(clippy::cast_precision_loss)]
    let width_over_height = pixels[0].max(1) as f32 / pixels[1].max(1) as f32;
    let height_m = HIGHEST_M.min(WIDEST_M / width_over_height);
    let site_from_board =
        Mat4::from_cols(right.extend(0.0), Vec3::Z.extend(0.0), out.extend(0.0), middle_m.extend(1.0));
    Board { site_from_board, size_m: [height_m * width_over_height, height_m] }
}

/// Where the line of sight through a place of the window (0 to 1 from the left and from the top) meets the board: 0 to 1
/// from its left and from its top; none beside it.
pub(super) fn pointed_at(board: &Board, eye: &Eye, window: [f64; 2]) -> Option<[f64; 2]> {
    let fov = eye.fov;
    #[allow(clippy::cast_possible_truncation)]
    let (x, y) = (window[0] as f32, window[1] as f32);
    let between = |from: f32, to: f32, share: f32| from.tan() + (to.tan() - from.tan()) * share;
    let sight = Vec3::new(between(fov.left_rad, fov.right_rad, x), between(fov.up_rad, fov.down_rad, y), -1.0);
    let board_from_eye = board.site_from_board.inverse() * eye.site_from_eye;
    let (from, along) = (board_from_eye.transform_point3(Vec3::ZERO), board_from_eye.transform_vector3(sight));
    if from.z * along.z >= 0.0 {
        return None;
    }
    let at = from - along * (from.z / along.z);
    let across = |at: f32, size: f32| f64::from(at / size + 0.5);
    let found = [across(at.x, board.size_m[0]), 1.0 - across(at.y, board.size_m[1])];
    found.iter().all(|share| (0.0..=1.0).contains(share)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Fov;

    const EYES: DVec3 = DVec3::new(-0.5, 2.0, 1.65);

    /// Eyes that look along y of the site, and a board of 3 : 2 in front of them.
    fn scene() -> (Eye, Board) {
        let fov = Fov::symmetric(0.5, 16.0 / 9.0);
        let eyes = EYES.as_vec3();
        (Eye::looking_at(eyes, eyes + Vec3::Y, Vec3::Z, fov), in_front(EYES, DVec3::Y, [1200, 800]))
    }

    #[test]
    fn a_board_stands_upright_before_the_eyes_and_faces_them() {
        let (_, board) = scene();
        let place = |x: f32, y: f32| board.site_from_board.transform_point3(Vec3::new(x, y, 0.0));
        assert!((place(0.0, 0.0) - Vec3::new(-0.5, 3.5, 1.65)).length() < 1e-5);
        // Who looks along y has x to the right.
        assert!((place(0.5, 0.0) - Vec3::new(0.0, 3.5, 1.65)).length() < 1e-5);
        assert!((place(0.0, 0.5) - Vec3::new(-0.5, 3.5, 2.15)).length() < 1e-5);
        let out = board.site_from_board.transform_vector3(Vec3::Z);
        assert!((out - Vec3::NEG_Y).length() < 1e-5, "towards the eyes");
        assert!((board.size_m[0] / board.size_m[1] - 1.5).abs() < 1e-5);
        assert!((board.site_from_board.determinant() - 1.0).abs() < 1e-5, "not mirrored");
    }

    #[test]
    fn a_board_never_leaves_the_window() {
        for pixels in [[1200, 800], [800, 1200], [2000, 100], [1, 1], [0, 0]] {
            let board = in_front(EYES, DVec3::Y, pixels);
            assert!(board.size_m[0] <= WIDEST_M + 1e-4 && board.size_m[1] <= HIGHEST_M + 1e-4, "{pixels:?}");
        }
        // Straight down has no direction: any will do.
        assert!(in_front(EYES, DVec3::NEG_Z, [3, 2]).site_from_board.is_finite());
    }

    #[test]
    fn what_is_seen_under_the_mouse_is_what_it_points_at() {
        let (eye, board) = scene();
        for at in [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.0, 1.0], [0.33, 0.77]] {
            let [width, height] = board.size_m;
            let place = Vec3::new((at[0] as f32 - 0.5) * width, (0.5 - at[1] as f32) * height, 0.0);
            // Where the picture shows it, by the projection that the painter uses.
            let [x, y] = eye.project(board.site_from_board.transform_point3(place)).unwrap();
            let window = [f64::from(x) / 2.0 + 0.5, 0.5 - f64::from(y) / 2.0];
            let found = pointed_at(&board, &eye, [window[0].clamp(0.0, 1.0), window[1].clamp(0.0, 1.0)]);
            // The corners may lie on the edge by a rounding.
            let inside = at.iter().all(|share| (0.01..0.99).contains(share));
            match found {
                Some(found) => assert!((0..2).all(|i| (found[i] - at[i]).abs() < 1e-4), "{at:?}: {found:?}"),
                None => assert!(!inside, "{at:?}"),
            }
        }
    }

    #[test]
    fn beside_the_board_and_behind_the_eyes_there_is_nothing() {
        let (eye, board) = scene();
        assert_eq!(pointed_at(&board, &eye, [0.01, 0.01]), None);
        let away = Eye::looking_at(EYES.as_vec3(), EYES.as_vec3() - Vec3::Y, Vec3::Z, eye.fov);
        assert_eq!(pointed_at(&board, &away, [0.5, 0.5]), None);
    }
}
