//! `[answering]`: what people point with who answer on panels.

use crate::document::Table;
use crate::table::words;

/// Shorter than that nobody reads; longer, heads tire.
const DWELL_S: std::ops::RangeInclusive<f64> = 0.3..=5.0;

words! {
    /// When the head points instead of a controller, a hand or a mouse.
    pub enum Gaze {
        /// Where no controller and no hand is tracked.
        WithoutHands = "without_hands",
        /// Always: the same for everybody.
        Always = "always",
        /// Never: without a controller or a hand, nobody answers.
        Never = "never",
    }
}

/// What people point with who answer on panels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answering {
    /// When the head's forward ray points, and chooses what it rests on.
    pub gaze: Gaze,
    /// How long it rests on something until that is chosen, seconds. The default of 1 s is the upper end of what is usual
    /// in eye typing (0.5 to 1 s); newcomers chose 0.88 s for themselves (Majaranta, Ahola & Špakov, CHI 2009), and
    /// Microsoft's guide to gaze and dwell gives 0.8 s for single buttons. A wrong answer costs more than the difference.
    pub dwell_s: f64,
}

impl Default for Answering {
    fn default() -> Self {
        Self { gaze: Gaze::WithoutHands, dwell_s: 1.0 }
    }
}

/// Reads the table; every key may be absent.
pub(super) fn answering(table: &Table<'_>) -> Answering {
    let default = Answering::default();
    let gaze = table.opt_word("gaze", Gaze::WORDS).and_then(|word| Gaze::from_word(&word));
    let dwell = table.value("dwell_s");
    if let (Some(Gaze::Never), Some(dwell)) = (gaze, &dwell) {
        let what = "`dwell_s` does nothing where gaze = \"never\"";
        table.source().wrong(dwell.key_at(), what, "take dwell_s out, or write another gaze");
    }
    let read = Answering {
        gaze: gaze.unwrap_or(default.gaze),
        dwell_s: dwell.and_then(|value| value.f64_in(DWELL_S)).unwrap_or(default.dwell_s),
    };
    table.finish(&[]);
    read
}
