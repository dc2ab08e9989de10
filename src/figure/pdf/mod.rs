//! A figure as PDF: one page of the figure's size, vectors as vectors, text as text in Kerbside's own fonts.
//!
//! Only what figures consist of is understood: `rect`, `circle`, `path` of lines and half circles, `text`.

mod paint;
mod path;
mod text;

use super::Figure;
use super::check::refuse;
use crate::problem::Problem;
use paint::Paint;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, TextStr};
use roxmltree::{Document, Node};
use text::Fonts;

/// Points to a CSS pixel.
const POINTS: f64 = 0.75;
/// Numbers of the objects that stand first; those of fonts follow.
const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);
const FIRST_FREE: i32 = 6;

impl Figure {
    /// The figure as a PDF file's bytes: the same figure, the same bytes. A character that none of Kerbside's fonts has is
    /// refused, since it would be a box.
    pub fn pdf(&self) -> Result<Vec<u8>, Problem> {
        let missing =
            crate::panel::missing_glyphs(&Document::parse(&self.svg).map(|svg| words(&svg)).unwrap_or_default());
        if !missing.is_empty() {
            let what = format!("no font of Kerbside has the characters {missing:?} for PDF");
            return Err(refuse(&self.title, what, "use the SVG, or other words"));
        }
        let svg =
            Document::parse(&self.svg).map_err(|e| refuse(&self.title, format!("no XML: {e}"), "draw it again"))?;
        let mut fonts = Fonts::new();
        let mut content = Content::new();
        let mut alphas = Vec::new();
        // Points from below become pixels from above.
        content.transform([POINTS, 0.0, 0.0, -POINTS, 0.0, POINTS * self.height_px].map(narrow));
        for node in svg.descendants().filter(Node::is_element) {
            mark(node, &mut content, &mut fonts, &mut alphas)
                .ok_or_else(|| refuse(&self.title, format!("{node:?} is no mark of a figure"), "draw it again"))?;
        }
        Ok(self.document(content, &fonts, &alphas))
    }

    fn document(&self, content: Content, fonts: &Fonts, alphas: &[String]) -> Vec<u8> {
        let mut pdf = Pdf::new();
        pdf.catalog(CATALOG).pages(PAGES).lang(TextStr("en"));
        pdf.document_info(INFO).title(TextStr(&self.title)).creator(TextStr("Kerbside"));
        pdf.pages(PAGES).kids([PAGE]).count(1);
        let names = fonts.write(&mut pdf, FIRST_FREE);
        let mut page = pdf.page(PAGE);
        let size = [POINTS * self.width_px, POINTS * self.height_px].map(narrow);
        page.parent(PAGES).media_box(Rect::new(0.0, 0.0, size[0], size[1])).contents(CONTENT);
        let mut resources = page.resources();
        let mut dictionary = resources.fonts();
        for (name, id) in &names {
            dictionary.pair(Name(name.as_bytes()), *id);
        }
        dictionary.finish();
        let mut states = resources.ext_g_states();
        for alpha in alphas {
            let value: f32 = alpha.parse().unwrap_or(1.0);
            let mut state =
                states.insert(Name(state_name(alpha).as_bytes())).start::<pdf_writer::writers::ExtGraphicsState<'_>>();
            state.non_stroking_alpha(value).stroking_alpha(value);
        }
        states.finish();
        resources.finish();
        page.finish();
        let packed = packed(&content.finish());
        pdf.stream(CONTENT, &packed).filter(pdf_writer::Filter::FlateDecode);
        pdf.finish()
    }
}

/// Compressed bytes.
fn packed(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6)
}

/// PDF's numbers have 32 bits.
#[allow(clippy::cast_possible_truncation)]
fn narrow(value: f64) -> f32 {
    value as f32
}

/// The name of what sets an opacity: letters and digits.
fn state_name(alpha: &str) -> String {
    format!("A{}", alpha.replace('.', "_"))
}

fn words(svg: &Document<'_>) -> String {
    svg.descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")))
        .filter_map(|node| node.text())
        .collect()
}

/// A number of an attribute, 0 where it is not given.
fn number(node: Node<'_, '_>, name: &str) -> Option<f64> {
    node.attribute(name).map_or(Some(0.0), |value| value.parse().ok())
}

/// Draws one mark; None where it is none of those that figures have.
fn mark(node: Node<'_, '_>, content: &mut Content, fonts: &mut Fonts, alphas: &mut Vec<String>) -> Option<()> {
    let name = node.tag_name().name();
    if matches!(name, "svg" | "g" | "title" | "desc") {
        return Some(());
    }
    let paint = Paint::of(node)?;
    content.save_state();
    if let Some(alpha) = &paint.alpha {
        if !alphas.contains(alpha) {
            alphas.push(alpha.clone());
        }
        content.set_parameters(Name(state_name(alpha).as_bytes()));
    }
    paint.set(content);
    match name {
        "rect" => {
            let [x, y, w, h] = ["x", "y", "width", "height"].map(|name| number(node, name).map(narrow));
            content.rect(x?, y?, w?, h?);
            paint.end(content);
        }
        "circle" => {
            path::circle(content, number(node, "cx")?, number(node, "cy")?, number(node, "r")?);
            paint.end(content);
        }
        "path" => {
            path::draw(content, node.attribute("d")?)?;
            paint.end(content);
        }
        "text" => fonts.draw(content, node, paint.fill?)?,
        _ => return None,
    }
    content.restore_state();
    Some(())
}
