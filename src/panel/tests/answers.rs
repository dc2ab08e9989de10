//! What is given for what is pointed at, pressed, pushed; and what is not.

use super::{answer, choose, press, rest};
use crate::instrument::{InstrumentItem, ItemKind, Shown};
use crate::kernel::spec::Item;
use crate::panel::layout::{Act, HEIGHT, WIDTH};
use crate::panel::stick::{Way, neighbour};
use crate::panel::{Ask, Control, Given, Panel, Pointing};
use crate::table::AnswerSource;
use proptest::prelude::*;
use std::collections::VecDeque;

pub(super) fn item(kind: ItemKind, text: &str) -> InstrumentItem {
    InstrumentItem { id: "i".into(), text: text.into(), kind, optional: true }
}

pub(super) fn scale(shown: Shown, least: i64, most: i64) -> ItemKind {
    let anchors = vec![(least, "least of all".to_owned()), (most, "most of all".to_owned())];
    ItemKind::Scale { shown, least, most, anchors }
}

fn options(n: usize) -> ItemKind {
    ItemKind::Choice { options: (1..=n).map(|i| (format!("o{i}"), format!("Option {i}"))).collect() }
}

/// Each kind of item, and answers to give.
pub(super) fn cases() -> Vec<(ItemKind, Vec<&'static str>)> {
    vec![
        (scale(Shown::Likert, 1, 7), vec!["1", "4", "7"]),
        (scale(Shown::Likert, 0, 3), vec!["0", "3"]),
        (scale(Shown::Likert, 0, 20), vec!["0", "13", "20"]),
        (scale(Shown::Differential, -2, 2), vec!["-2", "0", "2"]),
        (scale(Shown::Differential, -5, 5), vec!["-5", "1"]),
        (scale(Shown::Slider, 0, 100), vec!["0", "37", "100"]),
        (scale(Shown::Slider, -3, 3), vec!["-3", "2"]),
        (options(3), vec!["o1", "o3"]),
        (options(9), vec!["o1", "o9"]),
        (options(23), vec!["o1", "o11", "o23"]),
        (ItemKind::Number { least: 18.0, most: 99.0, unit: "years".into() }, vec!["18", "42", "99"]),
        (ItemKind::Number { least: -20.0, most: 80.0, unit: String::new() }, vec!["-7.5", "0"]),
    ]
}

pub(super) fn asked(kind: &ItemKind, text: &str) -> Ask {
    Ask::of_item(&item(kind.clone(), text), "Title", "en", Some((2, 5)))
}

#[test]
fn every_kind_of_item_is_answered_by_pointing() {
    let mut panel = Panel::new();
    for (kind, answers) in cases() {
        // Read from the left and from the right.
        for text in ["What do you think?", "מה דעתך?"] {
            for value in &answers {
                panel.ask(Some(&asked(&kind, text)));
                let given = answer(&mut panel, Some(value));
                assert_eq!(given, Given::Answer(Some((*value).to_owned())), "{kind:?} {text}");
                assert_eq!(item(kind.clone(), "").check(value), Ok((*value).to_owned()), "as the instrument stores it");
            }
        }
        panel.ask(Some(&asked(&kind, "?")));
        assert_eq!(answer(&mut panel, None), Given::Answer(None), "left out: {kind:?}");
    }
}

fn push(panel: &mut Panel, way: Way) {
    let stick = match way {
        Way::Left => [-1.0, 0.0],
        Way::Right => [1.0, 0.0],
        Way::Up => [0.0, 1.0],
        Way::Down => [0.0, -1.0],
    };
    assert_eq!(panel.act(Pointing { stick, ..Pointing::default() }, 0.02), None);
    assert_eq!(rest(panel), None);
}

fn select(panel: &mut Panel) -> Option<Given> {
    let given = panel.act(Pointing { select: true, ..Pointing::default() }, 0.02);
    given.or(rest(panel))
}

/// The pushes that lead from the lit target to another.
fn pushes(panel: &Panel, to: [f64; 2]) -> Vec<Way> {
    let asked = panel.asked.as_ref().unwrap();
    let places: Vec<_> = asked.layout.targets.iter().map(|target| target.place).collect();
    #[allow(clippy::cast_possible_truncation)]
    let at = [(to[0] * f64::from(WIDTH)) as f32, (to[1] * f64::from(HEIGHT)) as f32];
    let goal = places.iter().position(|place| place.holds(at)).unwrap();
    let on = |i: usize| asked.is_on(&asked.layout.targets[i].act);
    let start = asked.lit.unwrap();
    let mut open = VecDeque::from([(start, Vec::new())]);
    let mut seen = vec![start];
    while let Some((here, path)) = open.pop_front() {
        if here == goal {
            return path;
        }
        for way in [Way::Left, Way::Right, Way::Up, Way::Down] {
            // On a line left and right move the mark.
            let slides = asked.layout.targets[here].act == Act::Slide && matches!(way, Way::Left | Way::Right);
            if let Some(next) = neighbour(&places, here, way, &on).filter(|next| !slides && !seen.contains(next)) {
                seen.push(next);
                open.push_back((next, [path.clone(), vec![way]].concat()));
            }
        }
    }
    panic!("no way from {start} to {goal}: {:?}", asked.ask.control);
}

fn answer_by_stick(panel: &mut Panel, value: Option<&str>) -> Given {
    rest(panel);
    for _ in 0..60 {
        let asked = panel.asked.as_ref().unwrap();
        if asked.lit.is_none() {
            push(panel, Way::Down);
            assert!(panel.asked.as_ref().unwrap().lit.is_some());
        }
        let on_line = panel.asked.as_ref().unwrap().layout.line.zip(value.and_then(|v| v.parse::<i64>().ok()));
        let mut to = panel.toward(value).unwrap();
        if let Some((line, value)) = on_line.filter(|_| Some(to) != panel.confirm_target()) {
            to = [f64::from(f32::midpoint(line.from_x, line.to_x) / WIDTH), f64::from(line.y / HEIGHT)];
            for way in pushes(panel, to) {
                push(panel, way);
            }
            let slid = panel.asked.as_ref().unwrap().slid();
            let right = slid.is_none_or(|slid| (slid < value) == (line.to_x > line.from_x));
            push(panel, if right { Way::Right } else { Way::Left });
            continue;
        }
        for way in pushes(panel, to) {
            push(panel, way);
        }
        if let Some(given) = select(panel) {
            return given;
        }
    }
    panic!("{value:?} is never given");
}

#[test]
fn every_kind_of_item_is_answered_with_the_stick() {
    let mut panel = Panel::new();
    for (kind, answers) in cases() {
        for text in ["What?", "מה?"] {
            for value in &answers {
                panel.ask(Some(&asked(&kind, text)));
                let given = answer_by_stick(&mut panel, Some(value));
                assert_eq!(given, Given::Answer(Some((*value).to_owned())), "{kind:?} {text}");
            }
        }
        panel.ask(Some(&asked(&kind, "?")));
        assert_eq!(answer_by_stick(&mut panel, None), Given::Answer(None), "left out: {kind:?}");
    }
}

#[test]
fn texts_consent_and_reviews() {
    let mut panel = Panel::new();
    panel.ask(Some(&Ask::text("", &"Some text that is long. ".repeat(120), "en")));
    assert_eq!(answer(&mut panel, None), Given::Answer(None), "after its pages");
    for value in ["yes", "no"] {
        panel.ask(Some(&Ask::plain("", &"Consent. ".repeat(200), "en", Control::YesNo)));
        choose(&mut panel, Some("yes"));
        assert_eq!(
            answer(&mut panel, Some(value)),
            Given::Answer(Some(value.into())),
            "changed before it is confirmed"
        );
    }
    let answers = (1..=8).map(|i| (format!("i{i}"), format!("Item {i}"), "3".to_owned())).collect();
    let review = Ask::plain("", "Right?", "en", Control::Review { answers });
    panel.ask(Some(&review));
    assert_eq!(answer(&mut panel, None), Given::Answer(None));
    panel.ask(Some(&review));
    assert_eq!(answer(&mut panel, Some("i8")), Given::Answer(Some("i8".into())));
    panel.ask(Some(&Ask::plain("", "Wait.", "en", Control::Show)));
    assert_eq!((panel.toward(None), panel.confirm_target()), (None, None));
}

#[test]
fn a_press_counts_only_when_it_begins_on_the_panel_after_it_appeared() {
    let mut panel = Panel::new();
    let ask = asked(&scale(Shown::Likert, 1, 5), "?");
    let held = |at| Pointing { at, select: true, ..Pointing::default() };
    panel.act(held(None), 0.02);
    panel.ask(Some(&ask));
    let five = panel.target("5");
    for _ in 0..5 {
        assert_eq!(panel.act(held(five), 0.02), None);
    }
    assert_eq!(panel.toward(Some("5")), five, "not chosen by the press that was held while it appeared");
    // Let go and pressed beside everything.
    for at in [Some([0.01, 0.5]), Some([0.5, 0.12]), Some([1.5, 0.5]), Some([-0.1, f64::NAN]), None] {
        rest(&mut panel);
        panel.act(Pointing { at, ..Pointing::default() }, 0.02);
        assert_eq!(panel.act(held(at), 0.02), None);
        // Dragged onto an answer: it did not begin there.
        assert_eq!(panel.act(held(five), 0.02), None);
    }
    assert_eq!(panel.toward(Some("5")), five);
    rest(&mut panel);
    let confirm = panel.confirm_target().unwrap();
    assert_eq!(press(&mut panel, confirm), None, "nothing to confirm");
    assert_eq!(press(&mut panel, five.unwrap()), None, "chosen, not given");
    // One press gives one answer: the next question is not answered by it.
    let next = panel.confirm_target();
    panel.act(Pointing { at: next, ..Pointing::default() }, 0.02);
    assert_eq!(panel.act(held(next), 0.02), Some(Given::Answer(Some("5".into()))));
    panel.ask(Some(&asked(&scale(Shown::Likert, 1, 5), "And this?")));
    for _ in 0..3 {
        assert_eq!(panel.act(held(next), 0.02), None);
    }
}

#[test]
fn the_same_question_keeps_what_was_chosen_and_a_new_one_does_not() {
    let mut panel = Panel::new();
    let ask = asked(&scale(Shown::Likert, 1, 5), "?");
    panel.ask(Some(&ask));
    choose(&mut panel, Some("2"));
    panel.ask(Some(&ask.clone()));
    assert_eq!(panel.toward(Some("2")), panel.confirm_target(), "kept");
    assert_eq!(answer(&mut panel, Some("2")), Given::Answer(Some("2".into())));
    panel.ask(Some(&ask));
    assert_ne!(panel.toward(Some("2")), panel.confirm_target(), "asked once more");
    panel.ask(Some(&Ask { before: Some("4".into()), ..ask }));
    assert_eq!(panel.toward(Some("4")), panel.confirm_target(), "what was answered before stands");
    let number = asked(&ItemKind::Number { least: 0.0, most: 9.0, unit: String::new() }, "?");
    panel.ask(Some(&Ask { before: Some("7".into()), ..number }));
    assert_eq!(answer(&mut panel, Some("7")), Given::Answer(Some("7".into())));
}

#[test]
fn back_by_button_and_on_the_panel() {
    let mut panel = Panel::new();
    let ask = asked(&scale(Shown::Likert, 1, 5), "?");
    let back = Pointing { back: true, ..Pointing::default() };
    panel.ask(Some(&ask));
    rest(&mut panel);
    assert_eq!(panel.act(back, 0.02), None, "nothing is before it");
    panel.ask(Some(&Ask { back: true, ..ask }));
    assert_eq!(panel.act(back, 0.02), None, "held while it appeared");
    rest(&mut panel);
    assert_eq!(panel.act(back, 0.02), Some(Given::Back));
    let at = panel.asked.as_ref().unwrap().place_of(&Act::Back).unwrap();
    rest(&mut panel);
    assert_eq!(press(&mut panel, at), Some(Given::Back));
}

#[test]
fn a_number_out_of_range_is_refused() {
    let mut panel = Panel::new();
    panel.ask(Some(&asked(&ItemKind::Number { least: 18.0, most: 99.0, unit: "years".into() }, "How old?")));
    for _ in 0..2 {
        choose(&mut panel, Some("7"));
        panel.pixels();
        let confirm = panel.confirm_target().unwrap();
        assert_eq!(press(&mut panel, confirm), None);
        assert!(panel.asked.as_ref().unwrap().wrong);
        assert!(panel.pixels().1, "and it is said");
    }
    assert_eq!(answer(&mut panel, Some("77")), Given::Answer(Some("77".into())));
}

#[test]
fn a_slider_is_dragged_and_the_mark_stays_where_it_is_let_go() {
    let mut panel = Panel::new();
    panel.ask(Some(&asked(&scale(Shown::Slider, 0, 100), "?")));
    rest(&mut panel);
    let [from, to] = ["10", "80"].map(|value| panel.target(value).unwrap());
    panel.act(Pointing { at: Some(from), ..Pointing::default() }, 0.02);
    for i in 0..=20 {
        // Sliding past the line's height keeps hold of the mark.
        let at = [from[0] + (to[0] - from[0]) * f64::from(i) / 20.0, from[1] + 0.01 * f64::from(i)];
        panel.act(Pointing { at: Some(at), select: true, ..Pointing::default() }, 0.02);
    }
    rest(&mut panel);
    panel.act(Pointing { at: Some(from), ..Pointing::default() }, 0.02);
    assert_eq!(panel.asked.as_ref().unwrap().slid(), Some(80));
}

#[test]
fn it_is_painted_again_only_when_something_changed() {
    let mut panel = Panel::new();
    panel.ask(Some(&asked(&scale(Shown::Likert, 1, 5), "?")));
    assert!(panel.pixels().1);
    rest(&mut panel);
    assert!(!panel.pixels().1);
    let at = panel.target("3");
    panel.act(Pointing { at, ..Pointing::default() }, 0.02);
    assert!(panel.pixels().1, "lit");
    panel.act(Pointing { at: at.map(|[x, y]| [x + 0.003, y]), ..Pointing::default() }, 0.02);
    assert!(!panel.pixels().1, "still the same step");
    // What was painted piece by piece equals what is painted at once.
    press(&mut panel, at.unwrap());
    rest(&mut panel);
    let piecewise = panel.pixels().0.rgba.to_vec();
    let asked = panel.asked.as_ref().unwrap();
    let (ask, value) = (asked.ask.clone(), asked.chosen.clone());
    let mut other = Panel::new();
    other.ask(Some(&Ask { before: value, ..ask }));
    assert!(other.pixels().0.rgba == piecewise);
}

#[test]
fn a_question_right_after_a_trial_becomes_the_kernel_s_answer() {
    let item = Item {
        instrument: "study".into(),
        version: "1".into(),
        language: "de".into(),
        id: "safe".into(),
        text: "Ich fühlte mich sicher.".into(),
        least: 1,
        most: 7,
        poles: ("gar nicht".into(), "völlig".into()),
    };
    let mut panel = Panel::new();
    panel.ask(Some(&Ask::of_trial_item(&item, "Title", Some((1, 2)))));
    assert_eq!(Ask::of_trial_item(&item, "", None).language, "de");
    // Where nobody has said it, the letters do.
    let greek = Item { language: "en".into(), text: "Ένιωσα ασφάλεια.".into(), ..item.clone() };
    assert_eq!(Ask::of_trial_item(&greek, "", None).language, "el");
    let given = answer(&mut panel, Some("6")).trial_answer(AnswerSource::PanelHand).unwrap();
    assert_eq!((given.value, given.source), (Some(6), AnswerSource::PanelHand));
    assert_eq!(Given::Answer(None).trial_answer(AnswerSource::PanelHand).unwrap().value, None);
    assert_eq!(Given::Back.trial_answer(AnswerSource::PanelHand), None);
    assert_eq!(Given::Answer(Some("yes".into())).trial_answer(AnswerSource::PanelHand), None);
}

fn pointing() -> impl Strategy<Value = Pointing> {
    let share = prop_oneof![6 => 0.0..=1.0f64, 1 => -2.0..3.0f64, 1 => Just(f64::NAN)];
    let at = prop_oneof![5 => [share.clone(), share].prop_map(Some), 1 => Just(None)];
    let push = prop_oneof![3 => Just(0.0), 2 => -1.0..=1.0f64, 1 => Just(1.0)];
    (at, any::<bool>(), [push.clone(), push], prop::bool::weighted(0.1), any::<bool>())
        .prop_map(|(at, select, stick, back, dwells)| Pointing { at, select, stick, back, dwells })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_only_valid_answers_are_given(
        case in 0..12usize,
        optional: bool,
        moves in prop::collection::vec((pointing(), 0.0..0.5f64), 1..150),
    ) {
        let (kind, _) = cases().swap_remove(case);
        let item = InstrumentItem { optional, ..item(kind, "Question?") };
        let ask = Ask { back: true, ..Ask::of_item(&item, "", "en", None) };
        let mut panel = Panel::new();
        for (pointing, since_s) in moves {
            panel.ask(Some(&ask));
            match panel.act(pointing, since_s) {
                Some(Given::Answer(Some(value))) => prop_assert_eq!(item.check(&value), Ok(value)),
                Some(Given::Answer(None)) => prop_assert!(optional),
                Some(Given::Back) | None => {}
            }
        }
    }
}
