//! Colours, lines and opacity of a mark.

use super::narrow;
use pdf_writer::Content;
use pdf_writer::types::LineJoinStyle;
use roxmltree::Node;

/// Red, green and blue from 0 to 1.
pub type Colour = [f32; 3];

/// How a mark is filled and outlined.
pub struct Paint {
    pub fill: Option<Colour>,
    stroke: Option<Colour>,
    width: f64,
    dash: Vec<f32>,
    pub alpha: Option<String>,
}

impl Paint {
    /// As the attributes say; None where one of them is not understood.
    pub fn of(node: Node<'_, '_>) -> Option<Self> {
        let dash = node.attribute("stroke-dasharray").unwrap_or("");
        Some(Self {
            fill: colour(node.attribute("fill").unwrap_or("#000000"))?,
            stroke: colour(node.attribute("stroke").unwrap_or("none"))?,
            width: node.attribute("stroke-width").map_or(Some(1.0), |value| value.parse().ok())?,
            dash: dash.split_whitespace().map(|part| part.parse().ok()).collect::<Option<_>>()?,
            alpha: node.attribute("fill-opacity").or(node.attribute("stroke-opacity")).map(str::to_owned),
        })
    }

    /// Sets colours and line.
    pub fn set(&self, content: &mut Content) {
        if let Some([r, g, b]) = self.fill {
            content.set_fill_rgb(r, g, b);
        }
        if let Some([r, g, b]) = self.stroke {
            content.set_stroke_rgb(r, g, b).set_line_width(narrow(self.width)).set_line_join(LineJoinStyle::RoundJoin);
            if !self.dash.is_empty() {
                content.set_dash_pattern(self.dash.iter().copied(), 0.0);
            }
        }
    }

    /// Fills and outlines the path that was made.
    pub fn end(&self, content: &mut Content) {
        match (self.fill.is_some(), self.stroke.is_some()) {
            (true, true) => content.fill_nonzero_and_stroke(),
            (true, false) => content.fill_nonzero(),
            (false, true) => content.stroke(),
            (false, false) => content.end_path(),
        };
    }
}

/// `#rgb`, `#rrggbb` or `none`; None where it is something else.
#[allow(clippy::option_option)]
fn colour(text: &str) -> Option<Option<Colour>> {
    if text == "none" {
        return Some(None);
    }
    let digits = text.strip_prefix('#')?;
    let long: String =
        if digits.len() == 3 { digits.chars().flat_map(|c| [c, c]).collect() } else { digits.to_owned() };
    if long.len() != 6 {
        return None;
    }
    let part = |from: usize| u8::from_str_radix(long.get(from..from + 2)?, 16).ok().map(|v| f32::from(v) / 255.0);
    Some(Some([part(0)?, part(2)?, part(4)?]))
}
