//! Whether what people are to read can be shown to them.

use crate::instrument::{Instrument, ItemKind};
use crate::panel::missing_glyphs;
use crate::problem::{Place, Problem};
use crate::study::Study;

/// A warning for each text of a study with characters that panels cannot show.
pub(super) fn lettering(study: &Study) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut look = |whose: String, texts: Vec<&str>| {
        let mut missing: Vec<char> = Vec::new();
        for c in texts.into_iter().flat_map(missing_glyphs) {
            if !missing.contains(&c) {
                missing.push(c);
            }
        }
        if missing.is_empty() {
            return;
        }
        let few: Vec<String> = missing.iter().take(8).map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
        let more = if missing.len() > 8 { " and others" } else { "" };
        let what = format!("{whose}: panels have no letters for {}{more} and show empty boxes", few.join(", "));
        let cure =
            "use other words; panels know Latin, Greek, Cyrillic, Arabic and Hebrew (a terminal shows what it can)";
        found.push(Problem::new(Place::default(), what, cure));
    };
    if let Some(consent) = &study.consent {
        look("the text of the consent".to_owned(), vec![&consent.text]);
    }
    for text in &study.instructions {
        look(format!("the instruction at `{}`", text.at.word()), vec![&text.text]);
    }
    if let Some(pause) = &study.pause {
        look("the text of the pause".to_owned(), vec![&pause.text]);
    }
    for instrument in &study.instruments {
        look(format!("the instrument `{}`", instrument.id), texts(instrument));
    }
    for item in &study.items {
        look(format!("the item `{}`", item.id), vec![&item.text, &item.poles.0, &item.poles.1]);
    }
    found
}

/// Everything of an instrument that is read by those who answer.
fn texts(instrument: &Instrument) -> Vec<&str> {
    let mut texts = vec![instrument.title.as_str(), instrument.instruction.as_str()];
    for item in &instrument.items {
        texts.push(&item.text);
        match &item.kind {
            ItemKind::Scale { anchors, .. } => texts.extend(anchors.iter().map(|(_, text)| text.as_str())),
            ItemKind::Choice { options } => texts.extend(options.iter().map(|(_, text)| text.as_str())),
            ItemKind::Number { unit, .. } => texts.push(unit),
            ItemKind::Text { .. } => {}
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shown_is_named_with_its_place() {
        let text = include_str!("../../experiments/hiker.toml");
        let mut study = crate::study::read("hiker.toml", text).unwrap().0;
        assert!(lettering(&study).is_empty(), "the shipped study");
        study.consent = Some(crate::study::Consent { version: "1".into(), text: "同意 ok".into() });
        let said: Vec<String> = lettering(&study).iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 1);
        assert!(said[0].contains("the text of the consent: panels have no letters for 同 (U+540C), 意"), "{said:?}");
    }
}
