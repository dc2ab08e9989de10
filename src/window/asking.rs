//! A panel in front of a person at a desk: the mouse points and the keys choose; or the middle of the picture points, as
//! the head does in a headset, and chooses what it rests on.

use super::board::{in_front, pointed_at};
use super::keys::Hands;
use crate::models::Eye;
use crate::panel::{Ask, Control, Given, Panel, Pointing};
use crate::picture::{Board, Pixels};
use crate::study::{Answering, Gaze};
use crate::table::AnswerSource;
use glam::DVec3;
use std::collections::VecDeque;
use winit::keyboard::KeyCode;

/// The digits in order.
const DIGITS: [[KeyCode; 2]; 10] = [
    [KeyCode::Digit0, KeyCode::Numpad0],
    [KeyCode::Digit1, KeyCode::Numpad1],
    [KeyCode::Digit2, KeyCode::Numpad2],
    [KeyCode::Digit3, KeyCode::Numpad3],
    [KeyCode::Digit4, KeyCode::Numpad4],
    [KeyCode::Digit5, KeyCode::Numpad5],
    [KeyCode::Digit6, KeyCode::Numpad6],
    [KeyCode::Digit7, KeyCode::Numpad7],
    [KeyCode::Digit8, KeyCode::Numpad8],
    [KeyCode::Digit9, KeyCode::Numpad9],
];

/// A panel, and where it stands.
pub(super) struct Asking {
    panel: Panel,
    asked: Option<Ask>,
    board: Option<Board>,
    /// What keys ask for: each a press at a place, let go in the frame after.
    presses: VecDeque<Pointing>,
    /// Whether the arrow keys moved the light since the mouse did.
    by_arrows: bool,
    pointer: Option<[f64; 2]>,
    /// Whether the middle of the picture points.
    gazes: bool,
    /// Where it does, and where the picture of the panel has its dot.
    gazed: Option<[f64; 2]>,
    dotted: Option<[f64; 2]>,
    /// With what something was given last.
    pub source: AnswerSource,
}

impl Asking {
    pub(super) fn new(answering: Answering) -> Self {
        Self {
            panel: Panel::new().dwelling(answering.dwell_s),
            asked: None,
            board: None,
            presses: VecDeque::new(),
            by_arrows: false,
            pointer: None,
            // A mouse is at hand: only where the study asks for it.
            gazes: answering.gaze == Gaze::Always,
            gazed: None,
            dotted: None,
            source: AnswerSource::PanelMouse,
        }
    }

    /// Whether the middle of the picture points, so that the mouse turns the head.
    pub(super) const fn gazes(&self) -> bool {
        self.gazes
    }

    /// What is asked from now on. Whether a panel came or went.
    pub(super) fn ask(&mut self, ask: Option<&Ask>) -> bool {
        let turned = self.asked.is_some() != ask.is_some();
        if self.asked.as_ref() != ask {
            self.asked = ask.cloned();
            self.presses.clear();
            self.by_arrows = false;
            self.panel.ask(ask);
        }
        if turned {
            self.board = None;
        }
        turned
    }

    /// Whether something is shown.
    pub(super) const fn shows(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether it has its place.
    pub(super) const fn stands(&self) -> bool {
        self.board.is_some()
    }

    /// Where the panel stands: in front of the eyes as they were when it came.
    pub(super) fn stand(&mut self, eyes_m: DVec3, look: DVec3) -> Option<Board> {
        if self.board.is_none() && self.shows() {
            let painted = self.panel.pixels().0;
            self.board = Some(in_front(eyes_m, look, [painted.width, painted.height]));
        }
        self.board
    }

    /// The panel's picture where it has changed, or in any case.
    pub(super) fn picture(&mut self, in_any_case: bool) -> Option<Pixels> {
        let (painted, changed) = self.panel.pixels();
        let moved = std::mem::replace(&mut self.dotted, self.gazed) != self.gazed;
        let wanted = (changed || moved || in_any_case) && painted.width > 0;
        wanted.then(|| {
            let mut rgba = painted.rgba.to_vec();
            if let Some(at) = self.gazed {
                dot(&mut rgba, [painted.width, painted.height], at);
            }
            Pixels { width: painted.width, height: painted.height, rgba }
        })
    }

    /// What somebody does with mouse and keys in a frame, `since_s` after the one before.
    pub(super) fn act(
        &mut self,
        hands: &Hands,
        (pressed, clicked): (&[KeyCode], bool),
        eye: &Eye,
        since_s: f64,
    ) -> Option<Given> {
        for key in pressed {
            self.key(*key);
        }
        let pressed = self.presses.pop_front();
        let pointing = match pressed {
            Some(press) => press,
            None if self.gazes => self.gaze(eye),
            None => self.mouse(hands, clicked, eye),
        };
        // Keys press what is laid out for resting.
        let given = self.panel.act(Pointing { dwells: self.gazes, ..pointing }, since_s);
        let by_gaze = self.gazes && pressed.is_none();
        self.source = if by_gaze { AnswerSource::PanelGaze } else { AnswerSource::PanelMouse };
        if given.is_some() {
            self.presses.clear();
        }
        given
    }

    fn gaze(&mut self, eye: &Eye) -> Pointing {
        self.gazed = self.board.and_then(|board| pointed_at(&board, eye, [0.5, 0.5]));
        Pointing { at: self.gazed, ..Pointing::default() }
    }

    fn mouse(&mut self, hands: &Hands, clicked: bool, eye: &Eye) -> Pointing {
        if hands.pointer != self.pointer {
            self.pointer = hands.pointer;
            self.by_arrows = false;
        }
        let stick = hands.stick();
        self.by_arrows |= stick != [0.0, 0.0];
        let board = self.board.filter(|_| !self.by_arrows);
        let at = board.zip(hands.pointer).and_then(|(board, pointer)| pointed_at(&board, eye, pointer));
        Pointing {
            at,
            select: (hands.left || clicked) && at.is_some(),
            stick,
            back: hands.holds(&[KeyCode::Backspace]),
            dwells: false,
        }
    }

    /// Digits choose, Enter confirms what is chosen or presses what the arrows lit.
    fn key(&mut self, key: KeyCode) {
        if matches!(key, KeyCode::Enter | KeyCode::NumpadEnter) {
            let at = if self.by_arrows { None } else { self.panel.confirm_target() };
            if at.is_some() || self.by_arrows {
                self.press(at);
            }
        } else if let Some(n) = DIGITS.iter().position(|keys| keys.contains(&key)) {
            let answer = self.asked.as_ref().and_then(|ask| answer_of(&ask.control, n));
            let at = answer.and_then(|answer| self.panel.target(&answer));
            if at.is_some() {
                self.by_arrows = false;
                self.press(at);
            }
        }
    }

    /// A key that is struck again before its press was seen is one press: slow pictures gather no queue.
    fn press(&mut self, at: Option<[f64; 2]>) {
        if self.presses.iter().any(|press| press.at == at) {
            return;
        }
        for select in [false, true, false] {
            self.presses.push_back(Pointing { at, select, ..Pointing::default() });
        }
    }
}

/// A white dot with a dark rim where the gaze meets the panel.
fn dot(rgba: &mut [u8], [width, height]: [u32; 2], at: [f64; 2]) {
    const RADIUS: f64 = 11.0;
    const RIM: f64 = 4.0;
    let [x, y] = [at[0] * f64::from(width), at[1] * f64::from(height)];
    for (row, line) in (0..).map(f64::from).zip(rgba.chunks_exact_mut(4 * width.max(1) as usize)) {
        if (row + 0.5 - y).abs() > RADIUS {
            continue;
        }
        for (column, pixel) in (0..).map(f64::from).zip(line.chunks_exact_mut(4)) {
            let away = (column + 0.5 - x).hypot(row + 0.5 - y);
            if away <= RADIUS {
                let grey = if away > RADIUS - RIM { 20 } else { 255 };
                pixel.copy_from_slice(&[grey, grey, grey, 255]);
            }
        }
    }
}

/// The answer that a digit stands for: the step itself, or the place in the list.
fn answer_of(control: &Control, digit: usize) -> Option<String> {
    match control {
        Control::Likert { least, most, .. }
        | Control::Differential { least, most, .. }
        | Control::Slider { least, most, .. } => {
            let value = i64::try_from(digit).ok()?;
            (*least..=*most).contains(&value).then(|| value.to_string())
        }
        Control::Choice { options } => options.get(digit.checked_sub(1)?).map(|(word, _)| word.clone()),
        Control::YesNo => ["yes", "no"].get(digit.checked_sub(1)?).map(|word| (*word).to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Fov;
    use glam::Vec3;

    const EYES_M: DVec3 = DVec3::new(-0.5, 2.0, 1.65);
    const FRAME_S: f64 = 0.05;

    fn asking(gaze: Gaze) -> Asking {
        let mut asking = Asking::new(Answering { gaze, dwell_s: 0.5 });
        let control = Control::Slider { least: 0, most: 100, anchors: Vec::new() };
        asking.ask(Some(&Ask::plain("", "How clear was it?", "en", control)));
        asking.stand(EYES_M, DVec3::Y);
        asking
    }

    /// Eyes that look at a place of the panel: 0 to 1 from its left and from its top.
    fn looks(asking: &Asking, at: [f64; 2]) -> Eye {
        let board = asking.board.unwrap();
        let share = Vec3::new(at[0] as f32 - 0.5, 0.5 - at[1] as f32, 0.0);
        let place_m = board.site_from_board.transform_point3(share * Vec3::new(board.size_m[0], board.size_m[1], 0.0));
        Eye::looking_at(EYES_M.as_vec3(), place_m, Vec3::Z, Fov::symmetric(0.5, 16.0 / 9.0))
    }

    /// Looks there for so many frames, or until something is given.
    fn rests(asking: &mut Asking, at: [f64; 2], frames: usize) -> Option<Given> {
        let eye = looks(asking, at);
        (0..frames).find_map(|_| asking.act(&Hands::default(), (&[], false), &eye, FRAME_S))
    }

    #[test]
    fn the_middle_of_the_picture_answers_where_the_study_asks_for_it() {
        let mut always = asking(Gaze::Always);
        assert_eq!(rests(&mut always, [0.5, 0.05], 4), None);
        let at = always.panel.target("70").unwrap();
        assert_eq!(rests(&mut always, at, 12), None);
        let confirm = always.panel.confirm_target().unwrap();
        assert_eq!(rests(&mut always, confirm, 12), Some(Given::Answer(Some("70".into()))));
        assert_eq!(always.source, AnswerSource::PanelGaze);
        let mut mouse = asking(Gaze::WithoutHands);
        let at = mouse.panel.target("70").unwrap();
        assert_eq!((rests(&mut mouse, at, 60), mouse.panel.toward(Some("70"))), (None, Some(at)), "a mouse is there");
    }

    #[test]
    fn keys_answer_beside_the_gaze() {
        let mut always = asking(Gaze::Always);
        rests(&mut always, [0.5, 0.05], 4);
        let eye = looks(&always, [0.5, 0.05]);
        let mut given = None;
        for keys in [&[KeyCode::Digit7][..], &[], &[], &[], &[KeyCode::Enter], &[], &[], &[]] {
            given = given.or(always.act(&Hands::default(), (keys, false), &eye, FRAME_S).zip(Some(always.source)));
        }
        assert_eq!(given, Some((Given::Answer(Some("7".into())), AnswerSource::PanelMouse)));
    }

    #[test]
    fn a_dot_shows_where_the_gaze_meets_the_panel() {
        let mut always = asking(Gaze::Always);
        rests(&mut always, [0.25, 0.5], 1);
        let with_dot = always.picture(false).unwrap();
        let [x, y] = [with_dot.width / 4, with_dot.height / 2];
        let pixel = |picture: &Pixels, x: u32, y: u32| {
            let at = 4 * (y * picture.width + x) as usize;
            picture.rgba[at..at + 4].to_vec()
        };
        assert_eq!(pixel(&with_dot, x, y), [255, 255, 255, 255]);
        assert_eq!(pixel(&with_dot, x + 9, y), [20, 20, 20, 255]);
        assert!(always.picture(false).is_none(), "nothing has moved");
        rests(&mut always, [0.75, 0.5], 1);
        let moved = always.picture(false).unwrap();
        assert_ne!(pixel(&moved, x, y), [255, 255, 255, 255]);
        for at in [[0.0, 0.0], [1.0, 1.0], [0.5, 1.0]] {
            dot(&mut vec![0; 4 * 30 * 20], [30, 20], at);
        }
    }
}
