//! Answers given by resting a ray on them.

use super::answers::{asked, cases, scale};
use super::{Picture, press};
use crate::instrument::{ItemKind, Shown};
use crate::panel::layout::{Act, LEAST_TARGET, lay};
use crate::panel::{Ask, Control, Given, Panel, Pointing};

const FRAME_S: f64 = 0.05;
/// Beside everything that can be chosen: between the title and the question.
const AWAY: [f64; 2] = [0.5, 0.02];

/// A frame in which the ray lies there.
fn lies(panel: &mut Panel, at: Option<[f64; 2]>) -> Option<Given> {
    panel.act(Pointing { at, dwells: true, ..Pointing::default() }, FRAME_S)
}

/// Rests there for so many seconds, or until something is given.
fn rests(panel: &mut Panel, at: [f64; 2], for_s: f64) -> Option<Given> {
    let mut left_s = for_s;
    while left_s > 0.0 {
        if let Some(given) = lies(panel, Some(at)) {
            return Some(given);
        }
        left_s -= FRAME_S;
    }
    None
}

fn looks_away(panel: &mut Panel) {
    assert_eq!(rests(panel, AWAY, 0.15), None, "nothing is there");
}

/// Rests on one thing after another until something is given.
fn answer(panel: &mut Panel, answer: Option<&str>) -> Given {
    lies(panel, None);
    for _ in 0..60 {
        let at = panel.toward(answer).unwrap();
        looks_away(panel);
        if let Some(given) = rests(panel, at, 1.2) {
            return given;
        }
    }
    panic!("{answer:?} is never given");
}

fn chosen(panel: &Panel) -> Option<&str> {
    panel.asked.as_ref().unwrap().chosen.as_deref()
}

fn place(panel: &Panel, act: &Act) -> [f64; 2] {
    panel.asked.as_ref().unwrap().place_of(act).unwrap()
}

#[test]
fn every_kind_of_item_is_answered_by_resting() {
    let mut panel = Panel::new();
    for (kind, answers) in cases() {
        // Read from the left and from the right.
        for text in ["What do you think?", "מה דעתך?"] {
            for value in &answers {
                panel.ask(Some(&asked(&kind, text)));
                assert_eq!(
                    answer(&mut panel, Some(value)),
                    Given::Answer(Some((*value).to_owned())),
                    "{kind:?} {text}"
                );
            }
        }
        panel.ask(Some(&asked(&kind, "?")));
        assert_eq!(answer(&mut panel, None), Given::Answer(None), "left out: {kind:?}");
    }
}

#[test]
fn texts_consent_and_reviews_work_so_too() {
    let mut panel = Panel::new();
    panel.ask(Some(&Ask::text("", &"Some text that is long. ".repeat(120), "en")));
    assert_eq!(answer(&mut panel, None), Given::Answer(None), "after its pages");
    for value in ["yes", "no"] {
        panel.ask(Some(&Ask::plain("", &"Consent. ".repeat(200), "en", Control::YesNo)));
        assert_eq!(answer(&mut panel, Some(value)), Given::Answer(Some(value.into())));
    }
    let answers = (1..=8).map(|i| (format!("i{i}"), format!("Item {i}"), "3".to_owned())).collect();
    let review = Ask { back: true, ..Ask::plain("", "Right?", "en", Control::Review { answers }) };
    panel.ask(Some(&review));
    assert_eq!(answer(&mut panel, None), Given::Answer(None));
    panel.ask(Some(&review));
    assert_eq!(answer(&mut panel, Some("i8")), Given::Answer(Some("i8".into())));
    panel.ask(Some(&review));
    let back = place(&panel, &Act::Back);
    looks_away(&mut panel);
    assert_eq!(rests(&mut panel, back, 1.2), Some(Given::Back));
}

#[test]
fn it_takes_the_time_that_the_study_says() {
    for dwell_s in [0.5, 1.0, 2.0] {
        let mut panel = Panel::new().dwelling(dwell_s);
        panel.ask(Some(&asked(&scale(Shown::Likert, 1, 5), "?")));
        looks_away(&mut panel);
        let at = panel.target("4").unwrap();
        assert_eq!((rests(&mut panel, at, dwell_s - FRAME_S), chosen(&panel)), (None, None), "{dwell_s}");
        // Away for one frame, or lost for one: it begins anew.
        for away in [Some(AWAY), None] {
            lies(&mut panel, away);
            assert_eq!((rests(&mut panel, at, dwell_s - FRAME_S), chosen(&panel)), (None, None), "{dwell_s}");
        }
        rests(&mut panel, at, 3.0 * FRAME_S);
        assert_eq!(chosen(&panel), Some("4"), "{dwell_s}");
    }
}

#[test]
fn what_was_chosen_must_be_left_before_it_is_chosen_again() {
    let mut panel = Panel::new();
    panel.ask(Some(&asked(&ItemKind::Number { least: 0.0, most: 999.0, unit: String::new() }, "How many?")));
    let five = place(&panel, &Act::Key('5'));
    looks_away(&mut panel);
    for typed in ["5", "55", "555"] {
        rests(&mut panel, five, 6.0);
        assert_eq!(panel.asked.as_ref().unwrap().typed, typed);
        looks_away(&mut panel);
    }
    // A row of a review is taken back by choosing it again, not by looking at it for long.
    let answers = vec![("a".into(), "Item a".into(), "3".into()), ("b".into(), "Item b".into(), "4".into())];
    panel.ask(Some(&Ask::plain("", "Right?", "en", Control::Review { answers })));
    let b = panel.target("b").unwrap();
    looks_away(&mut panel);
    rests(&mut panel, b, 6.0);
    assert_eq!(chosen(&panel), Some("b"));
    looks_away(&mut panel);
    rests(&mut panel, b, 6.0);
    assert_eq!(chosen(&panel), None);
}

#[test]
fn what_comes_up_under_the_gaze_is_not_chosen() {
    let mut panel = Panel::new();
    let text = |text: &str| Ask::text("", text, "en");
    // Each text has the same button at the same place.
    panel.ask(Some(&text("One.")));
    let next = panel.confirm_target().unwrap();
    assert_eq!(rests(&mut panel, next, 6.0), None, "it came up there");
    looks_away(&mut panel);
    assert_eq!(rests(&mut panel, next, 1.2), Some(Given::Answer(None)));
    for said in ["Two.", "Three."] {
        panel.ask(Some(&text(said)));
        assert_eq!(rests(&mut panel, next, 6.0), None, "{said}");
    }
    // Pages, too: one look turns one page.
    panel.ask(Some(&text(&"Some text that is long. ".repeat(120))));
    looks_away(&mut panel);
    assert_eq!(rests(&mut panel, next, 6.0), None);
    assert_eq!(panel.asked.as_ref().unwrap().page, 1);
}

#[test]
fn a_mark_on_a_line_is_put_and_moved_step_by_step() {
    let mut panel = Panel::new();
    for (text, by) in [("Hot?", 1), ("Hot?", -1), ("חם?", 1), ("חם?", -1)] {
        panel.ask(Some(&asked(&scale(Shown::Slider, 0, 100), text)));
        looks_away(&mut panel);
        let at = panel.target("37").unwrap();
        // Heads tremble.
        for (i, tremble) in [0.01, -0.012, 0.008, -0.004, 0.0].into_iter().cycle().take(24).enumerate() {
            assert_eq!(lies(&mut panel, Some([at[0] + tremble, at[1]])), None, "{i}");
        }
        let put: i64 = chosen(&panel).unwrap().parse().unwrap();
        assert!((put - 37).abs() <= 1, "{put}");
        let step = place(&panel, &Act::Step(by));
        for expected in [put + by, put + 2 * by, put + 3 * by] {
            looks_away(&mut panel);
            rests(&mut panel, step, 6.0);
            assert_eq!(chosen(&panel), Some(expected.to_string().as_str()), "{text}");
        }
        // More lies where it lies on the line.
        let more = panel.target("90").unwrap()[0] > panel.target("10").unwrap()[0];
        assert_eq!((place(&panel, &Act::Step(1))[0] > 0.5), more, "{text}");
    }
    // At its ends there is nothing further to choose, and a look along the line chooses nothing.
    panel.ask(Some(&asked(&scale(Shown::Slider, 0, 100), "Hot?")));
    looks_away(&mut panel);
    let [from, to] = ["0", "100"].map(|value| panel.target(value).unwrap());
    for i in 0..=60 {
        assert_eq!(lies(&mut panel, Some([from[0] + (to[0] - from[0]) * f64::from(i) / 60.0, from[1]])), None);
    }
    assert_eq!(chosen(&panel), None);
    rests(&mut panel, to, 1.2);
    let up = place(&panel, &Act::Step(1));
    rests(&mut panel, up, 6.0);
    assert_eq!(chosen(&panel), Some("100"));
}

#[test]
fn who_takes_up_a_controller_goes_on_with_what_was_chosen() {
    let mut panel = Panel::new();
    panel.ask(Some(&asked(&scale(Shown::Slider, 0, 100), "?")));
    looks_away(&mut panel);
    let at = panel.target("20").unwrap();
    rests(&mut panel, at, 1.2);
    // Without resting there is nothing to step with: the line is as long as ever.
    panel.act(Pointing::default(), FRAME_S);
    assert_eq!((chosen(&panel), panel.asked.as_ref().unwrap().place_of(&Act::Step(1))), (Some("20"), None));
    let confirm = panel.confirm_target().unwrap();
    for _ in 0..60 {
        let resting = Pointing { at: Some(confirm), ..Pointing::default() };
        assert_eq!(panel.act(resting, FRAME_S), None, "a controller chooses by pressing");
    }
    assert_eq!(press(&mut panel, confirm), Some(Given::Answer(Some("20".into()))));
}

#[test]
fn buttons_beside_a_line_are_large_enough_and_apart() {
    let mut panel = Panel::new();
    for text in ["?", "חם?"] {
        let layout = lay(&asked(&scale(Shown::Slider, 0, 100), text), 0, true, &mut panel.setter);
        let places: Vec<_> = layout.targets.iter().map(|target| target.place).collect();
        for (i, place) in places.iter().enumerate() {
            assert!(place.w >= LEAST_TARGET && place.h >= LEAST_TARGET && place.x >= 0.0, "{place:?}");
            let apart = |other: &&crate::panel::rect::Rect| {
                place.right() <= other.x
                    || other.right() <= place.x
                    || place.bottom() <= other.y
                    || other.bottom() <= place.y
            };
            assert!(places[..i].iter().all(|other| apart(&other)), "{place:?}");
        }
    }
}

/// Question, what is rested on, and for how long.
fn gallery() -> Vec<(&'static str, Ask, Act, f64)> {
    let question = |kind: &ItemKind, text: &str| Ask { back: true, ..asked(kind, text) };
    let likert = question(&scale(Shown::Likert, 1, 7), "I felt safe while I crossed the road in front of the vehicle.");
    vec![
        ("dwell-likert", Ask { before: Some("2".into()), ..likert.clone() }, Act::Choose("5".into()), 0.7),
        ("dwell-next", Ask { before: Some("5".into()), ..likert }, Act::Next, 0.45),
        ("dwell-slider", question(&scale(Shown::Slider, 0, 100), "How clear was it?"), Act::Slide, 0.8),
        ("dwell-step-he", question(&scale(Shown::Slider, 0, 100), "כמה ברור זה היה?"), Act::Step(1), 0.6),
    ]
}

#[test]
fn what_is_rested_on_looks_as_it_was_approved() {
    let mut panel = Panel::new();
    let mut wrong = Vec::new();
    for (name, ask, act, for_s) in gallery() {
        panel.ask(Some(&ask));
        looks_away(&mut panel);
        let at = place(&panel, &act);
        assert_eq!(rests(&mut panel, at, for_s), None, "{name}");
        wrong.extend(Picture::of(panel.pixels().0).kept(name));
        assert!(!panel.pixels().1, "{name}: nothing has changed");
        rests(&mut panel, at, 0.2);
        assert!(panel.pixels().1, "{name}: the bar grows");
    }
    assert!(wrong.is_empty(), "{}\nafter a change that is meant: KERBSIDE_PICTURES=write", wrong.join("\n"));
}
