//! Where everything of a panel stands, and what can be pointed at.

use super::ask::{Ask, Control};
use super::rect::Rect;
use super::scales::{self, Line};
use super::text::{Fitted, Setter, Side, height_px};
use super::words::{Words, right_to_left, words};

/// The panel's pixels.
pub(super) const WIDTH: f32 = 1620.0;
pub(super) const HEIGHT: f32 = 1080.0;
/// What is left free at the edge.
pub(super) const MARGIN: f32 = 60.0;
/// What can be pointed at is no smaller: 2.5 degrees where it is seen from 1.5 m.
pub(super) const LEAST_TARGET: f32 = 90.0;
/// Between two things to point at.
pub(super) const GAP: f32 = 14.0;
/// Sizes of a question, of a long text, of what stands on buttons, of small print.
const QUESTION_PX: [f32; 6] = [54.0, 48.0, 42.0, 38.0, 34.0, 30.0];
const TEXT_PX: [f32; 3] = [50.0, 44.0, 40.0];
pub(super) const BUTTON_PX: [f32; 5] = [44.0, 40.0, 36.0, 32.0, 28.0];
pub(super) const SMALL_PX: [f32; 3] = [34.0, 30.0, 28.0];
/// Between the line above and the buttons below.
pub(super) const MIDDLE: Rect = Rect::new(MARGIN, 124.0, WIDTH - 2.0 * MARGIN, 776.0);
const FOOTER: Rect = Rect::new(MARGIN, 930.0, WIDTH - 2.0 * MARGIN, 104.0);

/// What pointing and pressing does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// Chooses an answer, as it is stored.
    Choose(String),
    /// Puts the mark on the line.
    Slide,
    /// Moves it by so much.
    Step(i64),
    /// Types.
    Key(char),
    /// Takes the last typed away.
    Erase,
    /// So many pages on.
    Turn(isize),
    Next,
    Back,
    LeaveOut,
}

/// How it looks.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Face {
    /// Words on a button.
    Button(Fitted),
    /// A round step of a scale, with its number or nothing.
    Step(Fitted),
    /// An option or a row, words from the side where reading begins, with a mark before them.
    Row(Fitted, Option<Fitted>),
    /// A line to put a mark on.
    Track,
    /// A small arrow: up or down, or the eraser.
    Sign(Sign),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Up,
    Down,
    Erase,
}

/// Something to point at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    pub act: Act,
    pub place: Rect,
    pub face: Face,
}

/// Words at a place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub fitted: Fitted,
    pub place: Rect,
    pub side: Side,
    pub quiet: bool,
    /// Lines from .. to.
    pub lines: (usize, usize),
}

/// A panel laid out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    pub said: Vec<Said>,
    pub targets: Vec<Target>,
    /// The line of a slider.
    pub line: Option<Line>,
    /// Where typed digits are shown, and where what is wrong with them.
    pub field: Option<[Rect; 2]>,
    pub pages: usize,
    pub rtl: bool,
    /// Texts of which the end is not seen.
    pub cut: Vec<String>,
}

/// What the pieces of a layout are made with.
pub(super) struct Maker<'a> {
    pub ask: &'a Ask,
    pub page: usize,
    /// Whether a line has buttons for single steps.
    pub steps: bool,
    pub setter: &'a mut Setter,
    pub words: &'static Words,
    pub made: Layout,
}

/// Lays a panel out; with buttons for the steps of a line where there is nothing finer to move its mark with.
pub(super) fn lay(ask: &Ask, page: usize, steps: bool, setter: &mut Setter) -> Layout {
    let spoken = if ask.text.trim().is_empty() { &ask.title } else { &ask.text };
    let made = Layout {
        said: Vec::new(),
        targets: Vec::new(),
        line: None,
        field: None,
        pages: 1,
        rtl: right_to_left(spoken, &ask.language),
        cut: Vec::new(),
    };
    let mut maker = Maker { ask, page, steps, setter, words: words(&ask.language), made };
    maker.header();
    match &ask.control {
        Control::GoOn | Control::Show | Control::YesNo => maker.text(),
        Control::Likert { least, most, anchors } => scales::likert(&mut maker, *least, *most, anchors),
        Control::Differential { least, most, poles } => scales::differential(&mut maker, *least, *most, poles),
        Control::Slider { least, most, anchors } => scales::slider(&mut maker, *least, *most, anchors),
        Control::Choice { options } => super::lists::choice(&mut maker, options),
        Control::Review { answers } => super::lists::review(&mut maker, answers),
        Control::Number { least, most, unit } => super::keypad::keypad(&mut maker, *least, *most, unit),
    }
    maker.footer();
    maker.made
}

impl Maker<'_> {
    /// A place as it lies for this reading direction: places are written for left to right.
    pub fn at(&self, place: Rect) -> Rect {
        if self.made.rtl { place.mirrored(WIDTH) } else { place }
    }

    /// Where reading begins, or ends.
    pub fn side(&self, begins: bool) -> Side {
        if begins == self.made.rtl { Side::Right } else { Side::Left }
    }

    pub fn fit(&mut self, text: &str, room: [f32; 2], sizes_px: &[f32]) -> Fitted {
        let fitted = self.setter.fit(text, room, sizes_px);
        if fitted.cut {
            self.made.cut.push(text.trim().to_owned());
        }
        fitted
    }

    /// Words at a place that is final already, in the middle of its height.
    pub fn say(&mut self, fitted: Fitted, place: Rect, side: Side, quiet: bool) {
        if fitted.text.is_empty() {
            return;
        }
        let spare = (place.h - fitted.height_px()).max(0.0);
        let place = Rect { y: place.y + (spare / 2.0).floor(), h: fitted.height_px().min(place.h), ..place };
        let lines = (0, fitted.lines);
        self.made.said.push(Said { fitted, place, side, quiet, lines });
    }

    pub fn target(&mut self, act: Act, place: Rect, face: Face) {
        self.made.targets.push(Target { act, place, face });
    }

    /// A button with words.
    pub fn button(&mut self, act: Act, place: Rect, text: &str) {
        let room = place.inside(12.0);
        let fitted = self.fit(text, [room.w, room.h], &BUTTON_PX);
        self.target(act, place, Face::Button(fitted));
    }

    /// The question, in the middle of what is left above a control.
    pub fn question(&mut self, control_top: f32) {
        let place = Rect { h: (control_top - MIDDLE.y - 24.0).max(60.0), ..MIDDLE };
        let text = self.ask.text.clone();
        let fitted = self.fit(&text, [place.w, place.h], &QUESTION_PX);
        let side = self.side(true);
        self.say(fitted, place, side, false);
    }

    fn header(&mut self) {
        let place = Rect::new(MARGIN, 34.0, WIDTH - 2.0 * MARGIN - 260.0, 48.0);
        let title = self.ask.title.clone();
        let fitted = self.fit(&title, [place.w, place.h], &[34.0, 30.0]);
        let (place, side) = (self.at(place), self.side(true));
        self.say(fitted, place, side, true);
        if let Some((n, of)) = self.ask.progress {
            let place = self.at(Rect::new(WIDTH - MARGIN - 240.0, 34.0, 240.0, 48.0));
            let fitted = self.fit(&format!("{n} / {of}"), [place.w, place.h], &[34.0, 30.0, 24.0]);
            let side = self.side(false);
            self.say(fitted, place, side, true);
        }
    }

    /// A text by itself, on as many pages as it takes; yes and no on the last.
    fn text(&mut self) {
        let asks = self.ask.control == Control::YesNo;
        let buttons = if asks { 150.0 } else { 0.0 };
        let room = Rect { h: MIDDLE.h - buttons, ..MIDDLE };
        let text = self.ask.text.trim().to_owned();
        let mut fitted = self.setter.fit(&text, [room.w, room.h], &TEXT_PX);
        if fitted.cut {
            // Pages: nothing is cut, however long.
            fitted = self.setter.fit(&text, [room.w, f32::INFINITY], &TEXT_PX[2..]);
        }
        let line_px = height_px(1, fitted.size_px);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let per_page = ((room.h / line_px).floor() as usize).max(1);
        self.made.pages = fitted.lines.div_ceil(per_page).max(1);
        let page = self.page.min(self.made.pages - 1);
        let first = page * per_page;
        let last = (first + per_page).min(fitted.lines);
        let side = self.side(true);
        let shown = height_px(last.saturating_sub(first), fitted.size_px);
        // A short text stands a little above the middle.
        let above = if self.made.pages == 1 { ((room.h - shown) * 0.4).floor() } else { 0.0 };
        if !fitted.text.is_empty() {
            let place = Rect { y: room.y + above, h: shown, ..room };
            self.made.said.push(Said { fitted, place, side, quiet: false, lines: (first, last) });
        }
        if asks && page + 1 == self.made.pages {
            let row = Rect::new(MARGIN, MIDDLE.bottom() - 130.0, 920.0, 120.0);
            let both = [("yes", self.words.yes), ("no", self.words.no)];
            for ((value, word), place) in both.into_iter().zip(row.columns(2, 40.0)) {
                let place = self.at(place);
                self.option(value, word, place);
            }
        }
    }

    /// An option with its mark.
    pub fn option(&mut self, value: &str, text: &str, place: Rect) {
        let fitted = self.fit(text, [place.w - 110.0, place.h - 12.0], &BUTTON_PX);
        self.target(Act::Choose(value.to_owned()), place, Face::Row(fitted, None));
    }

    /// Back, leave out, next; and which page.
    fn footer(&mut self) {
        let (ask, page, pages) = (self.ask, self.page, self.made.pages);
        let turns = matches!(ask.control, Control::GoOn | Control::Show | Control::YesNo);
        let before = turns && page > 0;
        if ask.back || before {
            let act = if before { Act::Turn(-1) } else { Act::Back };
            let place = self.at(Rect { w: 300.0, ..FOOTER });
            self.button(act, place, self.words.back);
        }
        if ask.optional {
            let place = self.at(Rect { x: 560.0, w: 400.0, ..FOOTER });
            self.button(Act::LeaveOut, place, self.words.leave_out);
        } else if turns && pages > 1 {
            let place = Rect { x: 660.0, w: 300.0, ..FOOTER };
            let fitted = self.fit(&format!("{} / {pages}", page + 1), [place.w, place.h], &SMALL_PX);
            self.say(fitted, place, Side::Middle, true);
        }
        let place = self.at(Rect { x: WIDTH - MARGIN - 400.0, w: 400.0, ..FOOTER });
        if turns && page + 1 < pages {
            self.button(Act::Turn(1), place, self.words.more);
        } else if ask.control != Control::Show {
            let word = if matches!(ask.control, Control::Review { .. }) { self.words.right } else { self.words.next };
            self.button(Act::Next, place, word);
        }
    }
}
