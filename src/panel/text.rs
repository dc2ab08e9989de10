//! Text set and drawn: shaped, in its reading order, broken into lines, made to fit.

use super::colours::Colour;
use super::fonts::{FAMILY, built_in};
use super::rect::Rect;
use cosmic_text::{Align, Attrs, Buffer, Color, Family, FontSystem, Metrics, Shaping, SwashCache, Wrap};
use tiny_skia::Pixmap;

/// From one line to the next, in sizes of the letters.
const LINE: f32 = 1.32;

/// Where lines stand within their width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Middle,
    Right,
}

/// A text that has found its size.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fitted {
    pub text: String,
    pub size_px: f32,
    pub lines: usize,
    /// Whether something of it had to be left away.
    pub cut: bool,
}

impl Fitted {
    pub fn height_px(&self) -> f32 {
        height_px(self.lines, self.size_px)
    }
}

/// So many lines are this high.
#[allow(clippy::cast_precision_loss)]
pub(super) fn height_px(lines: usize, size_px: f32) -> f32 {
    lines as f32 * (size_px * LINE).ceil()
}

/// Sets and draws text with the built-in fonts.
pub(super) struct Setter {
    fonts: FontSystem,
    images: SwashCache,
    /// Whether what is drawn now is read from right to left.
    pub rtl: bool,
}

impl std::fmt::Debug for Setter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Setter")
    }
}

impl Setter {
    pub fn new() -> Self {
        Self { fonts: built_in(), images: SwashCache::new(), rtl: false }
    }

    fn set(&mut self, text: &str, size_px: f32, width_px: f32, side: Side, wrap: Wrap) -> Buffer {
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(size_px, (size_px * LINE).ceil()));
        buffer.set_wrap(&mut self.fonts, wrap);
        buffer.set_size(&mut self.fonts, Some(width_px), None);
        let align = match side {
            Side::Left => Align::Left,
            Side::Middle => Align::Center,
            Side::Right => Align::Right,
        };
        let attrs = Attrs::new().family(Family::Name(FAMILY));
        buffer.set_text(&mut self.fonts, text, &attrs, Shaping::Advanced, Some(align));
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer
    }

    /// How many lines a text takes, and whether a word is wider than they are.
    fn measure(&mut self, text: &str, size_px: f32, width_px: f32, wrap: Wrap) -> (usize, bool) {
        let buffer = self.set(text, size_px, width_px, Side::Left, wrap);
        let too_wide = buffer.layout_runs().any(|run| run.line_w > width_px + 0.5);
        (buffer.layout_runs().count(), too_wide)
    }

    /// The largest of some sizes, given from large to small, at which a text fits without breaking a word; else the
    /// smallest, words broken and, if even that does not do, the end cut.
    pub fn fit(&mut self, text: &str, [width_px, height]: [f32; 2], sizes_px: &[f32]) -> Fitted {
        let text = text.trim();
        let whole = |size_px, lines| Fitted { text: text.to_owned(), size_px, lines, cut: false };
        for &size_px in sizes_px {
            let (lines, too_wide) = self.measure(text, size_px, width_px, Wrap::Word);
            if !too_wide && height_px(lines, size_px) <= height {
                return whole(size_px, lines);
            }
        }
        let size_px = sizes_px.last().copied().unwrap_or(28.0);
        let (lines, _) = self.measure(text, size_px, width_px, Wrap::WordOrGlyph);
        if height_px(lines, size_px) <= height {
            return whole(size_px, lines);
        }
        self.cut(text, size_px, [width_px, height])
    }

    /// As much of the beginning as there is room for, found by halving.
    fn cut(&mut self, text: &str, size_px: f32, [width_px, height]: [f32; 2]) -> Fitted {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let beginning = |n: usize| {
            let kept = ends.get(n).map_or(text, |&end| &text[..end]);
            format!("{}…", kept.trim_end())
        };
        let (mut fits, mut too_long) = (0, ends.len());
        while too_long - fits > 1 {
            let middle = usize::midpoint(fits, too_long);
            let (lines, _) = self.measure(&beginning(middle), size_px, width_px, Wrap::WordOrGlyph);
            if height_px(lines, size_px) <= height { fits = middle } else { too_long = middle }
        }
        let text = beginning(fits);
        let (lines, _) = self.measure(&text, size_px, width_px, Wrap::WordOrGlyph);
        Fitted { text, size_px, lines, cut: true }
    }

    /// Draws lines `first..last` of a text from the top of a place, and nothing beside it; deep tails and high marks, as in
    /// Arabic, may reach a little above and below.
    pub fn draw(
        &mut self,
        onto: &mut Pixmap,
        said: &Fitted,
        place: Rect,
        side: Side,
        colour: Colour,
        (first, last): (usize, usize),
    ) {
        let size_px = said.size_px;
        let buffer = self.set(&said.text, size_px, place.w, side, Wrap::WordOrGlyph);
        let reach = (size_px * 0.35).ceil();
        let ink_place = Rect { y: place.y - reach, h: place.h + 2.0 * reach, ..place };
        let top = buffer.layout_runs().nth(first).map_or(0.0, |run| run.line_top);
        for run in buffer.layout_runs().take(last).skip(first) {
            for glyph in run.glyphs {
                let at = glyph.physical((place.x, place.y - top + run.line_y), 1.0);
                let ink = Color::rgb(colour[0], colour[1], colour[2]);
                self.images.with_pixels(&mut self.fonts, at.cache_key, ink, |x, y, ink| {
                    blend(onto, ink_place, at.x + x, at.y + y, ink);
                });
            }
        }
    }

    /// The characters from left to right as they are seen, each glyph by the first character it stands for, with
    /// whether some font has it.
    #[cfg(test)]
    pub fn seen(&mut self, text: &str) -> Vec<(char, bool)> {
        let buffer = self.set(text, 40.0, 10_000.0, Side::Left, Wrap::None);
        let runs = buffer.layout_runs();
        let mut glyphs: Vec<(f32, char, bool)> = runs
            .flat_map(|run| {
                run.glyphs
                    .iter()
                    .map(|g| (g.x, run.text[g.start..].chars().next().unwrap_or_default(), g.glyph_id != 0))
            })
            .collect();
        glyphs.sort_by(|a, b| a.0.total_cmp(&b.0));
        glyphs.into_iter().map(|(_, c, known)| (c, known)).collect()
    }
}

/// One pixel of ink over what is there; the ground is always opaque.
fn blend(onto: &mut Pixmap, place: Rect, x: i32, y: i32, ink: Color) {
    #[allow(clippy::cast_precision_loss)]
    let inside = place.holds([x as f32, y as f32]);
    let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
    let (width, height) = (onto.width() as usize, onto.height() as usize);
    if !inside || x >= width || y >= height {
        return;
    }
    let at = 4 * (y * width + x);
    let Some(pixel) = onto.data_mut().get_mut(at..at + 3) else { return };
    let share = u32::from(ink.a());
    for (under, over) in pixel.iter_mut().zip([ink.r(), ink.g(), ink.b()]) {
        let mixed = (u32::from(over) * share + u32::from(*under) * (255 - share) + 127) / 255;
        *under = u8::try_from(mixed).unwrap_or(u8::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> String {
        Setter::new().seen(text).into_iter().map(|(c, _)| c).collect()
    }

    #[test]
    fn right_to_left_is_seen_from_the_right() {
        assert_eq!(seen("שלום"), "םולש");
        // A number in Hebrew keeps its own order (Unicode bidirectional algorithm, rule L2).
        assert_eq!(seen("דרך 25"), "25 ךרד");
        assert_eq!(seen("CARLA שלום ok"), "CARLA םולש ok");
        let arabic = seen("هل 7");
        assert!(arabic.starts_with("7 ") && arabic.ends_with('ه'), "{arabic}");
    }

    #[test]
    fn arabic_letters_join() {
        let mut setter = Setter::new();
        let glyphs = |setter: &mut Setter, text: &str| {
            let buffer = setter.set(text, 40.0, 1000.0, Side::Left, Wrap::None);
            buffer.layout_runs().flat_map(|run| run.glyphs.iter().map(|g| g.glyph_id).collect::<Vec<_>>()).collect()
        };
        let alone: Vec<u16> = glyphs(&mut setter, "ب");
        let word: Vec<u16> = glyphs(&mut setter, "ببب");
        assert_eq!(word.len(), 3);
        assert!(word[0] != word[1] && word[1] != word[2] && word[0] != word[2], "first, middle, last shape: {word:?}");
        assert!(!word.contains(&alone[0]));
        let lam_alef: Vec<u16> = glyphs(&mut setter, "لا");
        assert_eq!(lam_alef.len(), 1, "lam and alef are one shape");
    }

    #[test]
    fn no_box_in_any_script_and_a_box_where_there_is_no_letter() {
        let mut setter = Setter::new();
        for text in ["Überqueren?", "Αισθάνομαι ασφαλής", "Я чувствую себя", "أشعر بالأمان ٣", "אני מרגיש בטוח ≥ 3"]
        {
            assert!(setter.seen(text).iter().all(|(_, known)| *known), "{text}");
        }
        assert_eq!(setter.seen("a安"), [('a', true), ('安', false)]);
    }

    #[test]
    fn what_is_too_long_gets_smaller_then_breaks_then_is_cut() {
        let mut setter = Setter::new();
        let sizes = [50.0, 40.0, 30.0];
        let fitted = setter.fit("Short", [400.0, 100.0], &sizes);
        assert_eq!((fitted.size_px, fitted.lines, fitted.cut), (50.0, 1, false));
        let word = setter.fit("Donaudampfschifffahrt", [400.0, 100.0], &sizes);
        assert!(word.size_px < 50.0 && word.lines == 1, "{word:?}");
        let broken = setter.fit(&"n".repeat(60), [400.0, 200.0], &sizes);
        assert!(broken.size_px == 30.0 && broken.lines > 1 && !broken.cut, "{broken:?}");
        let cut = setter.fit(&"long words ".repeat(50), [400.0, 100.0], &sizes);
        assert!(cut.cut && cut.text.ends_with('…') && cut.height_px() <= 100.0 && cut.text.len() > 20, "{cut:?}");
        let none = setter.fit("never", [4.0, 4.0], &sizes);
        assert!(none.cut && none.text == "…", "{none:?}");
        assert_eq!(setter.fit("", [400.0, 100.0], &sizes).text, "");
    }
}
