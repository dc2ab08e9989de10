//! From what an instrument asks to what a panel shows, and from what a person gives back to what is stored.

use super::ask::{Ask, Control, Given};
use super::guide::{Way, guide};
use super::words::language_of;
use crate::instrument::{InstrumentItem, ItemKind, Shown};
use crate::kernel::seams::{Answer, Scene};
use crate::kernel::spec::Item;
use crate::table::AnswerSource;

impl Ask {
    /// A text with a button to go on.
    pub fn text(title: &str, text: &str, language: &str) -> Self {
        Self::plain(title, text, language, Control::GoOn)
    }

    /// Anything that is neither numbered nor optional and has nothing before it.
    pub fn plain(title: &str, text: &str, language: &str, control: Control) -> Self {
        Self {
            language: language.to_owned(),
            title: title.to_owned(),
            progress: None,
            text: text.to_owned(),
            control,
            optional: false,
            back: false,
            before: None,
        }
    }

    /// To somebody who has left the walking area: which way to walk.
    pub fn way_back(way: Way, language: &str) -> Self {
        Self::plain("", &guide(language).way_back(way), language, Control::Show)
    }

    /// An item of an instrument in its language. Free words cannot be given on a panel: the question is only shown, and
    /// asked elsewhere.
    pub fn of_item(item: &InstrumentItem, title: &str, language: &str, progress: Option<(usize, usize)>) -> Self {
        let control = match &item.kind {
            ItemKind::Scale { shown, least, most, anchors } => scale(*shown, *least, *most, anchors),
            ItemKind::Choice { options } => Control::Choice { options: options.clone() },
            ItemKind::Number { least, most, unit } => {
                Control::Number { least: *least, most: *most, unit: unit.clone() }
            }
            ItemKind::Text { .. } => Control::Show,
        };
        let optional = item.optional && control != Control::Show;
        Self { progress, optional, ..Self::plain(title, &item.text, language, control) }
    }

    /// What a frame of a trial asks, and which of how many that is.
    pub fn of_scene(scene: &Scene<'_>) -> Option<Self> {
        let (item, items) = (scene.item?, &scene.setup.spec.items);
        let at = items.iter().position(|one| one.id == item.id && one.instrument == item.instrument);
        Some(Self::of_trial_item(item, "", at.map(|at| (at + 1, items.len()))))
    }

    /// A question right after a trial, in its language; where that is English, as it is where nobody said, its letters may
    /// tell another.
    pub fn of_trial_item(item: &Item, title: &str, progress: Option<(usize, usize)>) -> Self {
        let anchors = vec![(item.least, item.poles.0.clone()), (item.most, item.poles.1.clone())];
        let control = scale(Shown::Likert, item.least, item.most, &anchors);
        let language = if item.language == "en" { language_of(&item.text) } else { &item.language };
        Self { progress, ..Self::plain(title, &item.text, language, control) }
    }
}

fn scale(shown: Shown, least: i64, most: i64, anchors: &[(i64, String)]) -> Control {
    let at = |end: i64| anchors.iter().find(|(at, _)| *at == end).map(|(_, text)| text.clone()).unwrap_or_default();
    match shown {
        Shown::Likert => Control::Likert { least, most, anchors: anchors.to_vec() },
        Shown::Differential => Control::Differential { least, most, poles: (at(least), at(most)) },
        Shown::Slider => Control::Slider { least, most, anchors: anchors.to_vec() },
    }
}

impl Given {
    /// The answer to a question right after a trial, given by these means; none when it is not one.
    pub fn trial_answer(&self, source: AnswerSource) -> Option<Answer> {
        let Self::Answer(value) = self else { return None };
        let value = match value {
            None => None,
            Some(value) => Some(value.parse().ok()?),
        };
        Some(Answer { value, source })
    }
}

/// A stored answer in the words that were shown.
pub fn answer_words(item: &InstrumentItem, value: Option<&str>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    let number: Option<i64> = value.parse().ok();
    match &item.kind {
        ItemKind::Choice { options } => options.iter().find(|(word, _)| word == value).map(|(_, text)| text.clone()),
        ItemKind::Scale { anchors, shown: Shown::Likert, .. } => anchors
            .iter()
            .find(|(at, text)| Some(*at) == number && !text.trim().is_empty())
            .map(|(at, text)| format!("{at}  {text}")),
        ItemKind::Number { unit, .. } if !unit.is_empty() => Some(format!("{value} {unit}")),
        _ => None,
    }
    .unwrap_or_else(|| value.to_owned())
}
