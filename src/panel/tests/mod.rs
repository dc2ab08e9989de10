//! Panels looked at, pointed at, answered.

mod gallery;

use super::{Painted, Panel, Pointing};

/// Points and presses until an answer is chosen, and leaves the ray somewhere else.
fn choose(panel: &mut Panel, value: Option<&str>) {
    panel.act(Pointing::default(), 0.02);
    let Some(value) = value else { return };
    for _ in 0..40 {
        let at = panel.target(value);
        assert!(at.is_some(), "{value} can be pointed at");
        if panel.toward(Some(value)) == panel.confirm_target() {
            return;
        }
        panel.act(Pointing { at, select: true, ..Pointing::default() }, 0.02);
        panel.act(Pointing { at, ..Pointing::default() }, 0.02);
    }
}

fn write_png(path: &str, painted: Painted<'_>) {
    std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
    let mut png = png::Encoder::new(std::fs::File::create(path).unwrap(), painted.width, painted.height);
    png.set_color(png::ColorType::Rgba);
    png.write_header().unwrap().write_image_data(painted.rgba).unwrap();
}
