//! The built-in fonts, and what they cannot show.

use cosmic_text::fontdb::{Database, Source};
use cosmic_text::{Font, FontSystem};
use std::sync::{Arc, OnceLock};

const FONTS: [&[u8]; 5] = [
    include_bytes!("fonts/NotoSans-Regular.subset.ttf"),
    include_bytes!("fonts/NotoSansArabic-Regular.subset.ttf"),
    include_bytes!("fonts/NotoSansHebrew-Regular.subset.ttf"),
    include_bytes!("fonts/NotoSansMath-Regular.subset.ttf"),
    include_bytes!("fonts/NotoSansSymbols2-Regular.subset.ttf"),
];
/// The one that is asked first.
pub(crate) const FAMILY: &str = "Noto Sans";

/// The built-in fonts and no other.
pub(crate) fn built_in() -> FontSystem {
    let mut all = Database::new();
    for font in FONTS {
        all.load_font_source(Source::Binary(Arc::new(font)));
    }
    all.set_sans_serif_family(FAMILY);
    // The order of what stands in for what must not depend on where the program runs.
    FontSystem::new_with_locale_and_db("en".to_owned(), all)
}

/// The fonts, each with its table of characters.
fn fonts() -> &'static [Arc<Font>] {
    static ALL: OnceLock<Vec<Arc<Font>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut fonts = built_in();
        let ids: Vec<_> = fonts.db().faces().map(|face| (face.id, face.weight)).collect();
        ids.into_iter().filter_map(|(id, weight)| fonts.get_font(id, weight)).collect()
    })
}

fn known(c: char) -> bool {
    fonts().iter().any(|font| font.as_swash().charmap().map(c) != 0)
}

/// The characters of a text that no built-in font has, each once, in their order. They would be seen as empty boxes.
pub fn missing_glyphs(text: &str) -> Vec<char> {
    let mut missing = Vec::new();
    for c in text.chars() {
        // Ends of lines, joiners, marks of direction are not drawn.
        let unseen = c.is_control() || ('\u{200b}'..='\u{200f}').contains(&c) || ('\u{2028}'..='\u{202e}').contains(&c);
        let isolates = ('\u{2060}'..='\u{2069}').contains(&c) || c == '\u{feff}' || c == '\u{ad}';
        if !unseen && !isolates && !known(c) && !missing.contains(&c) {
            missing.push(c);
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_promised_is_there() {
        // Pangrams: every letter of the language.
        for text in [
            "The quick brown fox jumps over the lazy dog. 0123456789 (½) “quoted” – … €",
            "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich",
            "Pchnąć w tę łódź jeża lub ośm skrzyń fig; Příliš žluťoučký kůň; Fahiş bluz güvencesi yağdır ıİ",
            "Tôi có thể ăn thủy tinh mà không hại gì",
            "Γαζέες καὶ μυρτιὲς δὲν θὰ βρῶ πιὰ".split(' ').next().unwrap(),
            "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία ΐ ΰ",
            "Съешь же ещё этих мягких французских булок, да выпей чаю; Їжак ґанок є",
            "صِف خَلقَ خَودِ كَمِثلِ الشَمسِ إِذ بَزَغَت ٠١٢٣ ؟ ، پچگژ",
            "דג סקרן שט בים מאוכזב ולפתע מצא חברה, שָׁלוֹם",
            "← → ↑ ↓ ≤ ≥ ≠ ± × ÷ ∞ ≈ ✓ ✗ ▲ ▼ ■ ●",
        ] {
            assert_eq!(missing_glyphs(text), Vec::<char>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_not_there_is_named_once() {
        assert_eq!(missing_glyphs("安全 safe 安\n\u{200f}😀"), ['安', '全', '😀']);
    }
}
