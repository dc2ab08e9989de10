//! What sensors saw, as files that perception's own tools open.
//!
//! | | file | |
//! |---|---|---|
//! | rgb | PNG | 8 bits each of red, green, blue |
//! | depth | PNG | 16 bits of grey: centimetres ahead of the camera's plane (not along the ray); 65535 from 655.35 m on |
//! | semantic | PNG | 8 bits of grey: CARLA's label, such as 12 for pedestrians |
//! | lidar | PLY | binary, little-endian; x ahead, y left, z up in the sensor's frame, metres; intensity |

use crate::carla::sensors::{Image, Seen};
use crate::table::SensorKind;
use crate::world::carla::frame::point_from_carla;

/// Where CARLA's depth ends, metres, and how it counts up to there: 24 bits.
const FAR_M: f64 = 1000.0;
const FAR_STEPS: f64 = 16_777_215.0;

/// A file's bytes and its ending; words where that was not seen.
pub(super) fn file(kind: SensorKind, seen: &Seen) -> Result<(Vec<u8>, &'static str), String> {
    match (kind, seen) {
        (SensorKind::Rgb, Seen::Image(image)) => {
            let rgb = image.bgra.as_chunks::<4>().0.iter().flat_map(|[b, g, r, _]| [*r, *g, *b]).collect();
            Ok((png(image, png::ColorType::Rgb, png::BitDepth::Eight, rgb)?, "png"))
        }
        (SensorKind::Semantic, Seen::Image(image)) => {
            let labels = image.bgra.as_chunks::<4>().0.iter().map(|[_, _, red, _]| *red).collect();
            Ok((png(image, png::ColorType::Grayscale, png::BitDepth::Eight, labels)?, "png"))
        }
        (SensorKind::Depth, Seen::Image(image)) => {
            let depths =
                image.bgra.as_chunks::<4>().0.iter().flat_map(|pixel| depth_cm(*pixel).to_be_bytes()).collect();
            Ok((png(image, png::ColorType::Grayscale, png::BitDepth::Sixteen, depths)?, "png"))
        }
        (SensorKind::Lidar, Seen::Lidar(scan)) => {
            let points = scan.points.iter().flat_map(|&[x, y, z, intensity]| {
                let [ahead, left, up] = point_from_carla([x, y, z]);
                [ahead, left, up, intensity]
            });
            let numbers: Vec<u8> = points.flat_map(|number| number.to_le_bytes()).collect();
            Ok((ply(scan.points.len(), &numbers), "ply"))
        }
        (kind, _) => Err(format!("what came is not what a sensor of kind {} sends", kind.word())),
    }
}

fn png(image: &Image, colour: png::ColorType, depth: png::BitDepth, pixels: Vec<u8>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, image.width, image.height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    encoder.set_compression(png::Compression::Fast);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&pixels)?;
        writer.finish()
    });
    written.map_err(|why| format!("no picture can be made of it: {why}"))?;
    Ok(bytes)
}

/// CARLA packs a share of a kilometre into 24 bits, the lowest in red.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn depth_cm([blue, green, red, _]: [u8; 4]) -> u16 {
    let steps = f64::from(u32::from_le_bytes([red, green, blue, 0]));
    (100.0 * FAR_M * steps / FAR_STEPS).round().min(f64::from(u16::MAX)) as u16
}

/// Of so many points, four numbers each.
fn ply(count: usize, numbers: &[u8]) -> Vec<u8> {
    let head = format!(
        "ply\nformat binary_little_endian 1.0\n\
         comment x ahead, y left, z up in the sensor's frame, metres\n\
         element vertex {count}\nproperty float x\nproperty float y\nproperty float z\nproperty float intensity\n\
         end_header\n"
    );
    [head.as_bytes(), numbers].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carla::sensors::Scan;

    #[test]
    fn depth_is_in_centimetres_and_ends_where_16_bits_do() {
        // As the stand-in and CARLA pack it: a share of 1000 m, the lowest byte in red.
        let packed = |metres: f64| {
            let [red, green, blue, _] = ((metres / FAR_M * FAR_STEPS).round() as u32).to_le_bytes();
            [blue, green, red, 255]
        };
        for (metres, cm) in [(0.0, 0), (0.126, 13), (12.34, 1234), (655.34, 65534), (655.4, 65535), (1000.0, 65535)] {
            assert_eq!(depth_cm(packed(metres)), cm, "{metres} m");
        }
    }

    #[test]
    fn colours_come_in_their_order_and_labels_are_red() {
        let image = Image { width: 2, height: 1, fov_deg: 90.0, bgra: vec![1, 2, 3, 255, 4, 5, 12, 255] };
        let read = |kind| {
            let (bytes, ending) = file(kind, &Seen::Image(image.clone())).unwrap();
            assert_eq!(ending, "png");
            let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            pixels
        };
        assert_eq!(read(SensorKind::Rgb), [3, 2, 1, 12, 5, 4]);
        assert_eq!(read(SensorKind::Semantic), [3, 12]);
    }

    #[test]
    fn points_are_right_handed() {
        let scan = Scan { horizontal_angle: 0.0, channels: vec![1], points: vec![[1.0, 2.0, 3.0, 0.5]] };
        let (bytes, ending) = file(SensorKind::Lidar, &Seen::Lidar(scan)).unwrap();
        assert_eq!(ending, "ply");
        let numbers: Vec<u8> = [1.0_f32, -2.0, 3.0, 0.5].iter().flat_map(|n| n.to_le_bytes()).collect();
        assert!(bytes.ends_with(&[b"end_header\n", numbers.as_slice()].concat()));
    }

    #[test]
    fn what_is_not_of_the_kind_is_refused_in_words() {
        let image = Image { width: 1, height: 1, fov_deg: 90.0, bgra: vec![0; 4] };
        let refused = file(SensorKind::Lidar, &Seen::Image(image)).unwrap_err();
        assert!(refused.contains("of kind lidar"), "{refused}");
        let nothing = Image { width: 0, height: 0, fov_deg: 90.0, bgra: Vec::new() };
        assert!(file(SensorKind::Rgb, &Seen::Image(nothing)).unwrap_err().contains("no picture"));
    }
}
