//! Pictures that were looked at and are kept in tests/pictures; `KERBSIDE_PICTURES=write` writes them anew.
#![allow(dead_code)]

use kerbside::picture::Pixels;
use std::path::{Path, PathBuf};

/// What may differ: another driver may dither, filter and round otherwise.
struct Tolerance {
    /// So far on average, of 255.
    mean: f64,
    /// And this share of the pixels, such as those along edges, may be apart by more than [`MUCH`].
    share_much: f64,
}

const MUCH: u8 = 40;
const WHOLE: Tolerance = Tolerance { mean: 2.0, share_much: 0.01 };
/// Around a thing that matters there are more edges than elsewhere, and nothing that could hide that it is wrong.
const PART: Tolerance = Tolerance { mean: 3.0, share_much: 0.06 };

/// A thing that matters in a picture: its name, and the columns and rows that it covers, ends not included.
#[derive(Debug, Clone)]
pub struct Part {
    pub name: &'static str,
    pub columns: [u32; 2],
    pub rows: [u32; 2],
}

impl Part {
    fn pixels(&self) -> impl Iterator<Item = (u32, u32)> {
        let [from, to] = self.columns;
        (self.rows[0]..self.rows[1]).flat_map(move |y| (from..to).map(move |x| (x, y)))
    }
}

/// The file of a picture that is kept.
pub fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(format!("{name}.png"))
}

/// Whether pictures are written anew instead of compared.
pub fn writing() -> bool {
    std::env::var("KERBSIDE_PICTURES").is_ok_and(|v| v == "write")
}

/// The picture that is kept.
pub fn wanted(name: &str) -> Pixels {
    let file = kept(name);
    Pixels::from_png(&std::fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))).unwrap()
}

/// Compares with the picture that is kept, as a whole and around what matters; what was drawn instead is written beside
/// the build.
pub fn compare(name: &str, is: &Pixels, parts: &[Part]) -> Result<(), String> {
    if writing() {
        std::fs::write(kept(name), is.png().unwrap()).unwrap();
        return Ok(());
    }
    differs(name, &wanted(name), is, parts).map_err(|what| {
        let instead = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        std::fs::write(&instead, is.png().unwrap()).unwrap();
        format!("{name}: {what}: see {}", instead.display())
    })
}

/// An error that says what is different where two pictures are.
pub fn differs(name: &str, want: &Pixels, is: &Pixels, parts: &[Part]) -> Result<(), String> {
    if (is.width, is.height) != (want.width, want.height) {
        return Err(format!("{} x {} pixels, not {} x {}", is.width, is.height, want.width, want.height));
    }
    let whole = Part { name: "the picture", columns: [0, want.width], rows: [0, want.height] };
    let judged = std::iter::once((&whole, WHOLE)).chain(parts.iter().map(|part| (part, PART)));
    let wrong: Vec<String> = judged.filter_map(|(part, most)| part_differs(name, want, is, part, &most)).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join(", ")) }
}

fn part_differs(name: &str, want: &Pixels, is: &Pixels, part: &Part, most: &Tolerance) -> Option<String> {
    let (mut sum, mut much, mut count) = (0.0, 0.0, 0.0);
    for (x, y) in part.pixels() {
        let (want, is) = (want.at(x, y).unwrap(), is.at(x, y).unwrap());
        let apart = [0, 1, 2].map(|c| want[c].abs_diff(is[c]));
        sum += apart.iter().map(|d| f64::from(*d)).sum::<f64>() / 3.0;
        much += f64::from(u8::from(apart.iter().any(|d| *d > MUCH)));
        count += 1.0;
    }
    assert!(count > 0.0, "{name}: nothing of {} is in the picture", part.name);
    let (mean, share) = (sum / count, much / count);
    let said = format!("{} {mean:.2} apart on average, {:.2} % of its pixels much", part.name, 100.0 * share);
    eprintln!("{name}: {said}");
    (mean > most.mean || share > most.share_much).then_some(said)
}
