//! Text: shaped with Kerbside's own fonts, which are embedded.

use super::paint::Colour;
use super::{narrow, number, packed};
use crate::panel::{FONT_FAMILY, built_in_fonts};
use cosmic_text::{Attrs, Buffer, Family, Font, FontSystem, LayoutGlyph, Metrics, Shaping, Weight, fontdb};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, TextRenderingMode, UnicodeCmap};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};
use roxmltree::Node;
use std::collections::BTreeMap;
use std::sync::Arc;

/// There is no bold font: the rim of strong letters, in sizes of the letters.
const RIM: f64 = 0.03;
/// Glyphs are named by their numbers in the font.
const IDENTITY: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// A glyph that was drawn.
struct Glyph {
    /// Thousandths of the letters' size.
    width: f32,
    /// What it stands for.
    text: String,
}

/// A font with the glyphs that were drawn.
struct Used {
    font: Arc<Font>,
    glyphs: BTreeMap<u16, Glyph>,
}

/// The fonts of a document.
pub struct Fonts {
    system: FontSystem,
    used: Vec<(fontdb::ID, Used)>,
}

impl Fonts {
    pub fn new() -> Self {
        Self { system: built_in_fonts(), used: Vec::new() }
    }

    /// Draws a `text` element; None where it is not understood.
    pub fn draw(&mut self, content: &mut Content, node: Node<'_, '_>, colour: Colour) -> Option<()> {
        let (x, y, size) = (number(node, "x")?, number(node, "y")?, number(node, "font-size")?);
        let words = node.text().unwrap_or("");
        let mut buffer = Buffer::new(&mut self.system, Metrics::new(narrow(size), narrow(size)));
        buffer.set_size(&mut self.system, None, None);
        let attrs = Attrs::new().family(Family::Name(FONT_FAMILY));
        buffer.set_text(&mut self.system, words, &attrs, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.system, false);
        let glyphs: Vec<LayoutGlyph> = buffer.layout_runs().flat_map(|run| run.glyphs.iter().cloned()).collect();
        let left = glyphs.iter().map(|g| g.x).fold(f32::INFINITY, f32::min);
        let right = glyphs.iter().map(|g| g.x + g.w).fold(f32::NEG_INFINITY, f32::max);
        let start = match node.attribute("text-anchor") {
            None => left,
            Some("middle") => 0.5 * (left + right),
            Some("end") => right,
            Some(_) => return None,
        };
        content.begin_text();
        if node.attribute("font-weight").is_some() {
            let [r, g, b] = colour;
            content.set_text_rendering_mode(TextRenderingMode::FillStroke);
            content.set_stroke_rgb(r, g, b).set_line_width(narrow(RIM * size));
        }
        for glyph in &glyphs {
            let place = self.place(glyph, words)?;
            content.set_font(Name(name(place).as_bytes()), glyph.font_size);
            let (dx, dy) =
                (glyph.x - start + glyph.font_size * glyph.x_offset, glyph.y - glyph.font_size * glyph.y_offset);
            // Letters are upright although the page is turned over.
            content.set_text_matrix([1.0, 0.0, 0.0, -1.0, narrow(x) + dx, narrow(y) + dy]);
            content.show(Str(&glyph.glyph_id.to_be_bytes()));
        }
        content.end_text();
        Some(())
    }

    /// The place of a glyph's font among those used, where the glyph is written down.
    fn place(&mut self, glyph: &LayoutGlyph, words: &str) -> Option<usize> {
        let place = match self.used.iter().position(|(id, _)| *id == glyph.font_id) {
            Some(place) => place,
            None => {
                let font = self.system.get_font(glyph.font_id, Weight::NORMAL)?;
                self.used.push((glyph.font_id, Used { font, glyphs: BTreeMap::new() }));
                self.used.len() - 1
            }
        };
        let text = words.get(glyph.start..glyph.end).unwrap_or("").to_owned();
        let width = 1000.0 * glyph.w / glyph.font_size;
        self.used[place].1.glyphs.entry(glyph.glyph_id).or_insert(Glyph { width, text });
        Some(place)
    }

    /// Writes the fonts, their objects numbered from `first`, and gives their names and objects.
    pub fn write(&self, pdf: &mut Pdf, first: i32) -> Vec<(String, Ref)> {
        let mut names = Vec::new();
        for (place, (_, used)) in self.used.iter().enumerate() {
            let id = |i: i32| Ref::new(first + 5 * i32::try_from(place).unwrap_or(0) + i);
            write_font(pdf, used, [id(0), id(1), id(2), id(3), id(4)]);
            names.push((name(place), id(0)));
        }
        names
    }
}

fn name(place: usize) -> String {
    format!("F{place}")
}

/// A font as a composite font with all its glyphs.
fn write_font(pdf: &mut Pdf, used: &Used, [whole, cids, descriptor, file, unicode]: [Ref; 5]) {
    let font = used.font.as_swash();
    let metrics = font.metrics(&[]);
    let thousandths = |value: f32| 1000.0 * value / f32::from(metrics.units_per_em.max(1));
    let label = format!("KerbsideNoto{}", whole.get());
    let base = Name(label.as_bytes());

    let mut type0 = pdf.type0_font(whole);
    type0.base_font(base).encoding_predefined(Name(b"Identity-H")).descendant_font(cids).to_unicode(unicode);
    type0.finish();

    let mut cid = pdf.cid_font(cids);
    cid.subtype(CidFontType::Type2)
        .base_font(base)
        .system_info(IDENTITY)
        .font_descriptor(descriptor)
        .default_width(0.0);
    cid.cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = cid.widths();
    for (glyph, drawn) in &used.glyphs {
        widths.consecutive(*glyph, [drawn.width]);
    }
    widths.finish();
    cid.finish();

    let (ascent, descent) = (thousandths(metrics.ascent), -thousandths(metrics.descent));
    let mut about = pdf.font_descriptor(descriptor);
    about.name(base).flags(FontFlags::NON_SYMBOLIC).bbox(Rect::new(
        0.0,
        descent,
        thousandths(metrics.max_width),
        ascent,
    ));
    about
        .italic_angle(0.0)
        .ascent(ascent)
        .descent(descent)
        .cap_height(thousandths(metrics.cap_height))
        .stem_v(80.0)
        .font_file2(file);
    about.finish();

    let data = used.font.data();
    let bytes = packed(data);
    let mut stream = pdf.stream(file, &bytes);
    stream
        .filter(pdf_writer::Filter::FlateDecode)
        .pair(Name(b"Length1"), i32::try_from(data.len()).unwrap_or(i32::MAX));
    stream.finish();

    let mut map = UnicodeCmap::new(Name(b"Kerbside"), IDENTITY);
    for (glyph, drawn) in used.glyphs.iter().filter(|(_, drawn)| !drawn.text.is_empty()) {
        map.pair_with_multiple(*glyph, drawn.text.chars());
    }
    pdf.cmap(unicode, &map.finish());
}
