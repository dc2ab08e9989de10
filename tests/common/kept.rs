//! Pictures that were looked at and are kept in tests/pictures; `KERBSIDE_PICTURES=write` writes them anew.
#![allow(dead_code)]

use kerbside::picture::Pixels;
use std::path::{Path, PathBuf};

/// Another driver may dither, filter and round otherwise: so far on average, of 255.
const MEAN_APART: f64 = 2.0;
/// And this share of the pixels, such as those along edges, may be much different.
const MUCH: u8 = 40;
const SHARE_MUCH: f64 = 0.01;

/// The file of a picture that is kept.
pub fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(format!("{name}.png"))
}

/// Compares with the picture that is kept; what was drawn instead is written beside the build.
pub fn compare(name: &str, is: &Pixels) -> Result<(), String> {
    let file = kept(name);
    if std::env::var("KERBSIDE_PICTURES").is_ok_and(|v| v == "write") {
        std::fs::write(file, is.png().unwrap()).unwrap();
        return Ok(());
    }
    let bytes = std::fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let want = Pixels::from_png(&bytes).unwrap();
    assert_eq!((is.width, is.height), (want.width, want.height), "{name}");
    let apart = |i: usize| is.rgba[i].abs_diff(want.rgba[i]);
    let of: Vec<usize> = (0..is.rgba.len()).filter(|i| i % 4 != 3).collect();
    let mean = of.iter().map(|i| f64::from(apart(*i))).sum::<f64>() / of.len() as f64;
    let pixels = is.rgba.len() / 4;
    let much = (0..pixels).filter(|p| (0..3).any(|c| apart(4 * p + c) > MUCH)).count() as f64 / pixels as f64;
    eprintln!("{name}: {mean:.3} apart on average, {:.2} % of the pixels much", 100.0 * much);
    if mean <= MEAN_APART && much <= SHARE_MUCH {
        return Ok(());
    }
    let instead = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    std::fs::write(&instead, is.png().unwrap()).unwrap();
    Err(format!("{name} looks different ({mean:.2} apart, {:.2} % much): see {}", 100.0 * much, instead.display()))
}
