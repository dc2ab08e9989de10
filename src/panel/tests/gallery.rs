//! Every control in several scripts, short and long.

use super::Picture;
use crate::panel::layout::{HEIGHT, LEAST_TARGET, WIDTH, lay};
use crate::panel::rect::Rect;
use crate::panel::text::height_px;
use crate::panel::{Ask, Control, Panel};

fn named(words: &[(i64, &str)]) -> Vec<(i64, String)> {
    words.iter().map(|(at, text)| (*at, (*text).to_owned())).collect()
}

fn ask(language: &str, title: &str, progress: (usize, usize), text: &str, control: Control) -> Ask {
    Ask { progress: Some(progress), back: true, ..Ask::plain(title, text, language, control) }
}

/// Name, question, and the answer chosen in the picture.
pub(super) fn gallery() -> Vec<(&'static str, Ask, Option<&'static str>)> {
    let options = |n: usize| (1..=n).map(|i| (format!("o{i}"), format!("Option number {i}"))).collect::<Vec<_>>();
    vec![
        (
            "likert-en",
            ask(
                "en",
                "Perceived safety",
                (3, 12),
                "I felt safe while I crossed the road in front of the vehicle.",
                Control::Likert { least: 1, most: 7, anchors: named(&[(1, "Strongly disagree"), (4, "Neither"), (7, "Strongly agree")]) },
            ),
            Some("5"),
        ),
        (
            "likert-all-de",
            ask(
                "de",
                "Fragebogen zur wahrgenommenen Sicherheit",
                (4, 12),
                "Ich konnte vorhersehen, was das Fahrzeug als Nächstes tun würde.",
                Control::Likert {
                    least: 1,
                    most: 5,
                    anchors: named(&[
                        (1, "stimme überhaupt nicht zu"),
                        (2, "stimme eher nicht zu"),
                        (3, "teils, teils"),
                        (4, "stimme eher zu"),
                        (5, "stimme voll und ganz zu"),
                    ]),
                },
            ),
            None,
        ),
        (
            "likert-rows-de",
            ask(
                "de",
                "Wartebereitschaft",
                (5, 12),
                "Wie wahrscheinlich ist es, dass Sie beim nächsten Mal warten, bis das Fahrzeug vollständig zum Stehen gekommen ist?",
                Control::Likert {
                    least: 0,
                    most: 3,
                    anchors: named(&[
                        (0, "Ganz ausgeschlossen, ich würde unter allen Umständen sofort losgehen, ohne auf das Fahrzeug zu achten und ohne stehen zu bleiben"),
                        (1, "Eher unwahrscheinlich"),
                        (2, "Verkehrssicherheitsüberlegungsabhängigerweise"),
                        (3, "Sicher"),
                    ]),
                },
            ),
            Some("2"),
        ),
        (
            "slider-el",
            ask(
                "el",
                "Φόρτος εργασίας",
                (1, 6),
                "Πόσο πνευματικά απαιτητική ήταν η διάσχιση του δρόμου;",
                Control::Slider { least: 0, most: 100, anchors: named(&[(0, "Πολύ χαμηλή"), (100, "Πολύ υψηλή")]) },
            ),
            Some("62"),
        ),
        (
            "tlx-ru",
            ask(
                "ru",
                "Нагрузка",
                (2, 6),
                "Насколько напряжённым был темп, в котором вы переходили дорогу?",
                Control::Slider { least: 0, most: 20, anchors: named(&[(0, "Очень низкий"), (20, "Очень высокий")]) },
            ),
            None,
        ),
        (
            "differential-he",
            ask(
                "he",
                "שאלון קבלה",
                (7, 9),
                "המערכת הזאת הייתה עבורי:",
                Control::Differential { least: -2, most: 2, poles: ("מועילה".into(), "חסרת תועלת".into()) },
            ),
            Some("-1"),
        ),
        (
            "choice-ar",
            ask(
                "ar",
                "الأمان",
                (2, 4),
                "ماذا أخبرك ضوء السيارة (eHMI) قبل أن تعبر الشارع؟",
                Control::Choice {
                    options: [("stop", "السيارة ستتوقف"), ("go", "السيارة لن تتوقف"), ("none", "لم ألاحظ أي ضوء"), ("unsure", "لست متأكدًا 50 %")]
                        .map(|(a, b)| (a.to_owned(), b.to_owned()))
                        .to_vec(),
                },
            ),
            Some("go"),
        ),
        ("choice-many", ask("en", "Colours", (1, 1), "Which of these did you see?", Control::Choice { options: options(23) }), Some("o12")),
        (
            "number-fr",
            Ask {
                optional: true,
                ..ask("fr", "À propos de vous", (1, 3), "Quel âge avez-vous ?", Control::Number { least: 18.0, most: 99.0, unit: "ans".into() })
            },
            None,
        ),
        (
            "number-signed",
            ask("en", "Estimate", (1, 3), "By how many km/h did the car slow down?", Control::Number { least: -20.0, most: 80.0, unit: "km/h".into() }),
            None,
        ),
        (
            "consent-ar",
            Ask::plain(
                "موافقة",
                "تشارك في دراسة حول عبور الطريق أمام المركبات ذاتية القيادة. يمكنك التوقف في أي وقت دون ذكر الأسباب. تُحفظ بياناتك من دون اسمك.",
                "ar",
                Control::YesNo,
            ),
            Some("yes"),
        ),
        (
            "text-long-en",
            Ask::plain("Instructions", &"You stand at the kerb of a road. A vehicle comes from the left. Cross when you feel safe to do so, as you would in everyday life. You may stop at any time; say so, or press the menu button.\n\n".repeat(8), "en", Control::GoOn),
            None,
        ),
        (
            "question-400",
            ask(
                "en",
                "A very long title of an instrument that nobody would want to read in full, in a small line above the question itself",
                (111, 112),
                &"Thinking of all the crossings that you have just made, and of the vehicles that gave way to you as well as those that did not, ".repeat(4)[..400],
                Control::Likert { least: 1, most: 7, anchors: named(&[(1, ""), (7, "")]) },
            ),
            None,
        ),
        (
            "review-en",
            Ask::plain(
                "Perceived safety",
                "Are these answers right?",
                "en",
                Control::Review {
                    answers: (1..=8)
                        .map(|i| (format!("i{i}"), format!("{i}. I felt safe while I crossed the road in front of the vehicle that had a light."), "5  agree".to_owned()))
                        .collect(),
                },
            ),
            Some("i3"),
        ),
        (
            "review-he",
            Ask::plain(
                "שאלון",
                "האם התשובות נכונות?",
                "he",
                Control::Review { answers: vec![("a".into(), "הרגשתי בטוח".into(), "5 מסכים".into()), ("b".into(), "הבנתי את הרכב".into(), "–".into())] },
            ),
            None,
        ),
        ("show-el", Ask::plain("Παύση", "Παρακαλώ περιμένετε.", "el", Control::Show), None),
    ]
}

/// A comparison that cannot fail compares nothing: a panel on which nothing is chosen is refused.
#[test]
fn a_wrong_panel_is_refused() {
    let mut panel = Panel::new();
    let mut refused = 0;
    for (name, ask, chosen) in gallery().into_iter().filter(|(.., chosen)| chosen.is_some()) {
        panel.ask(Some(&ask));
        let bare = Picture::of(panel.pixels().0).halved();
        super::choose(&mut panel, chosen);
        let right = Picture::of(panel.pixels().0).halved();
        assert!(bare.off(name) > 0 && right.off(name) == 0, "{name}");
        refused += 1;
    }
    assert!(refused > 3, "{refused}");
}

#[test]
fn every_panel_looks_as_it_was_approved() {
    let mut panel = Panel::new();
    let mut wrong = Vec::new();
    for (name, ask, chosen) in gallery() {
        panel.ask(Some(&ask));
        super::choose(&mut panel, chosen);
        let (painted, changed) = panel.pixels();
        assert!(changed, "{name}");
        wrong.extend(Picture::of(painted).kept(name));
    }
    assert!(wrong.is_empty(), "{}\nafter a change that is meant: KERBSIDE_PICTURES=write", wrong.join("\n"));
}

#[test]
fn what_can_be_pointed_at_lies_inside_apart_and_is_large_enough() {
    let mut panel = Panel::new();
    for (name, ask, _) in gallery() {
        let mut pages = 1;
        for page in 0.. {
            if page >= pages {
                break;
            }
            let layout = lay(&ask, page, false, &mut panel.setter);
            pages = layout.pages;
            let places: Vec<Rect> = layout.targets.iter().map(|target| target.place).collect();
            assert!(ask.control == Control::Show || !places.is_empty(), "{name}");
            let within =
                |place: &Rect| place.x >= 0.0 && place.y >= 0.0 && place.right() <= WIDTH && place.bottom() <= HEIGHT;
            for (i, place) in places.iter().enumerate() {
                assert!(within(place), "{name}: {place:?}");
                assert!(place.w >= LEAST_TARGET && place.h >= LEAST_TARGET, "{name}: {place:?}");
                for other in &places[..i] {
                    let apart = place.right() <= other.x
                        || other.right() <= place.x
                        || place.bottom() <= other.y
                        || other.bottom() <= place.y;
                    assert!(apart, "{name}: {place:?} {other:?}");
                }
            }
            for said in &layout.said {
                let place = said.place;
                assert!(within(&place), "{name}: {said:?}");
                let height = height_px(said.lines.1 - said.lines.0, said.fitted.size_px);
                assert!(height <= place.h + 1.0, "{name}: words flow over: {said:?}");
                let over = places.iter().any(|target| {
                    place.x < target.right()
                        && target.x < place.right()
                        && place.y < target.bottom()
                        && target.y < place.y + height
                });
                assert!(!over, "{name}: words lie over a button: {said:?}");
            }
            let long_title = name == "question-400" && layout.cut.len() == 1;
            assert!(layout.cut.is_empty() || long_title, "{name}: {:?}", layout.cut);
        }
    }
}

#[test]
fn a_question_without_room_is_cut_and_said() {
    let mut panel = Panel::new();
    let text = "word ".repeat(600);
    panel.ask(Some(&ask("en", "", (1, 2), &text, Control::Number { least: 0.0, most: 9.0, unit: String::new() })));
    assert_eq!(panel.cut(), [text.trim().to_owned()]);
    panel.ask(Some(&Ask::text("", &text, "en")));
    assert!(panel.cut().is_empty(), "a text has pages");
}
