//! Pictures that stay in memory.

use super::daylight::linear;
use crate::problem::{Place, Problem};

/// A picture in memory: sRGB with alpha, 8 bits each, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pixels {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
}

impl Pixels {
    /// The pixel in a column and row; none outside.
    pub fn at(&self, x: u32, y: u32) -> Option<[u8; 4]> {
        let i = (y as usize * self.width as usize + x as usize) * 4;
        let inside = x < self.width && y < self.height;
        self.rgba.get(i..i + 4).filter(|_| inside).and_then(|p| p.try_into().ok())
    }

    /// As a PNG file in memory; it says that its colours are sRGB.
    pub fn png(&self) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_source_srgb(png::SrgbRenderingIntent::RelativeColorimetric);
        let written = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(&self.rgba)?;
            writer.finish()
        });
        match written {
            Ok(()) => Ok(bytes),
            Err(e) => {
                let what = format!("a picture of {} x {} pixels is no PNG: {e}", self.width, self.height);
                Err(Problem::new(Place::default(), what, "ask for a picture of at least one pixel"))
            }
        }
    }

    /// From a PNG file in memory: 8 bits, with or without alpha, colours or grey.
    pub fn from_png(bytes: &[u8]) -> Result<Self, Problem> {
        let wrong = |e: &dyn std::fmt::Display| {
            Problem::new(Place::default(), format!("not a readable PNG: {e}"), "give a whole PNG file")
        };
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
        let mut reader = decoder.read_info().map_err(|e| wrong(&e))?;
        let size = reader.output_buffer_size().ok_or_else(|| wrong(&"its size is beyond this computer"))?;
        let mut data = vec![0; size];
        let info = reader.next_frame(&mut data).map_err(|e| wrong(&e))?;
        data.truncate(info.buffer_size());
        let rgba = match info.color_type {
            png::ColorType::GrayscaleAlpha => {
                data.chunks_exact(2).flat_map(|grey| [grey[0], grey[0], grey[0], grey[1]]).collect()
            }
            _ => data,
        };
        Ok(Self { width: info.width, height: info.height, rgba })
    }

    /// Half as many columns and rows (at least one), each pixel the mean of four in linear light, by their alpha.
    #[must_use]
    pub fn half(&self) -> Self {
        let (width, height) = ((self.width / 2).max(1), (self.height / 2).max(1));
        let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
        for y in 0..height {
            for x in 0..width {
                let at = |dx: u32, dy: u32| {
                    self.at(
                        (2 * x + dx).min(self.width.saturating_sub(1)),
                        (2 * y + dy).min(self.height.saturating_sub(1)),
                    )
                };
                rgba.extend(mean([at(0, 0), at(1, 0), at(0, 1), at(1, 1)].map(Option::unwrap_or_default)));
            }
        }
        Self { width, height, rgba }
    }
}

/// The mean of four pixels.
fn mean(pixels: [[u8; 4]; 4]) -> [u8; 4] {
    let alpha: f32 = pixels.iter().map(|p| f32::from(p[3])).sum();
    if alpha <= 0.0 {
        return [0; 4];
    }
    let light = pixels.iter().map(|[r, g, b, a]| linear([*r, *g, *b]) * f32::from(*a)).sum::<glam::Vec3>() / alpha;
    let [r, g, b] = light.to_array().map(|v| {
        let coded = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
        (coded * 255.0).round() as u8
    });
    [r, g, b, (alpha / 4.0).round() as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_the_same_after_a_file() {
        let rgba: Vec<u8> = (0..3 * 5 * 4).map(|i| (i * 7 % 256) as u8).collect();
        let picture = Pixels { width: 3, height: 5, rgba };
        assert_eq!(Pixels::from_png(&picture.png().unwrap()).unwrap(), picture);
        assert_eq!(picture.at(2, 4).unwrap()[0], ((4 * 3 + 2) * 4 * 7 % 256) as u8);
        assert_eq!(picture.at(3, 0), None);
        let cut = &picture.png().unwrap()[..40];
        assert!(Pixels::from_png(cut).unwrap_err().what.contains("PNG"));
        assert!(Pixels::default().png().is_err());
    }

    #[test]
    fn halves_are_made_in_light_not_in_numbers() {
        // Black and white beside each other: half the light is 188 in sRGB, not 128.
        let [k, w] = [[0, 0, 0, 255], [255, 255, 255, 255]];
        let picture = Pixels { width: 2, height: 2, rgba: [k, w, w, k].concat() };
        assert_eq!(picture.half(), Pixels { width: 1, height: 1, rgba: vec![188, 188, 188, 255] });
        // What cannot be seen has no colour.
        let picture = Pixels { width: 2, height: 1, rgba: [[255, 0, 0, 255], [0, 255, 0, 0]].concat() };
        assert_eq!(picture.half().rgba, [255, 0, 0, 128]);
    }
}
