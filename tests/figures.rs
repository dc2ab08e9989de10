//! Figures: what they show is read back from the drawing, and one of each kind is kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "figures/gallery.rs"]
mod gallery;
#[path = "figures/geometry.rs"]
mod geometry;
#[path = "figures/hostile.rs"]
mod hostile;
#[path = "figures/pdf.rs"]
mod pdf;
#[path = "common/skips.rs"]
mod skips;
#[path = "figures/svg.rs"]
mod svg;

use std::path::Path;

/// `KERBSIDE_PICTURES=write` writes the kept figures anew: look at them then.
#[test]
fn the_figures_are_those_that_were_looked_at() {
    let write = std::env::var("KERBSIDE_PICTURES").is_ok_and(|v| v == "write");
    let mut other = Vec::new();
    for (name, figure) in gallery::all() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/figures").join(format!("{name}.svg"));
        if write {
            std::fs::write(&file, &figure.svg).unwrap();
        }
        if std::fs::read_to_string(&file).unwrap_or_default() != figure.svg {
            let instead = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.svg"));
            std::fs::write(&instead, &figure.svg).unwrap();
            other.push(format!("{} is not as kept: see {}", file.display(), instead.display()));
        }
    }
    assert!(other.is_empty(), "{}", other.join("\n"));
}
