//! Files of sensors, read as any other program would.

use glam::DVec3;
use std::path::Path;

/// What segmenting cameras call people.
const PEDESTRIAN: u16 = 12;
/// Every picture of the tests is so wide and high, pixels.
pub const WIDTH: usize = 112;
const HEIGHT: usize = 63;

/// Pixels of a picture, each channel of 16 bits as one number.
pub fn pixels(file: &Path) -> (png::ColorType, Vec<u16>) {
    let mut decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(file).unwrap()));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!((info.width as usize, info.height as usize), (WIDTH, HEIGHT), "{}", file.display());
    let numbers = match info.bit_depth {
        png::BitDepth::Sixteen => bytes.as_chunks::<2>().0.iter().map(|b| u16::from_be_bytes(*b)).collect(),
        _ => bytes.iter().map(|byte| u16::from(*byte)).collect(),
    };
    (info.color_type, numbers)
}

/// Columns and rows of the pixels that are pedestrians.
pub fn people(labels: &[u16]) -> Vec<[usize; 2]> {
    let at = |(i, label): (usize, &u16)| (*label == PEDESTRIAN).then_some([i % WIDTH, i / WIDTH]);
    labels.iter().enumerate().filter_map(at).collect()
}

/// Points of a scan in the sensor's frame: x ahead, y left, z up, metres.
pub fn points(file: &Path) -> Vec<DVec3> {
    let bytes = std::fs::read(file).unwrap();
    let end = bytes.windows(11).position(|w| w == b"end_header\n").unwrap() + 11;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    assert!(head.starts_with("ply\nformat binary_little_endian 1.0\n"), "{head}");
    let count: usize = head.split("element vertex ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    assert_eq!(bytes.len() - end, 16 * count);
    let number = |b: &[u8]| f64::from(f32::from_le_bytes(b.try_into().unwrap()));
    bytes[end..]
        .as_chunks::<16>()
        .0
        .iter()
        .map(|p| DVec3::new(number(&p[..4]), number(&p[4..8]), number(&p[8..12])))
        .collect()
}

/// The first of them, and what follows the last.
pub fn edges(people: &[[usize; 2]], axis: usize) -> Option<[usize; 2]> {
    let along = people.iter().map(|at| at[axis]);
    Some([along.clone().min()?, along.max()? + 1])
}
