//! What is asked, and how far a person has come with it.

use super::ask::{Ask, Control, Given};
use super::dwell::Progress;
use super::keypad::{MOST_TYPED, said_range};
use super::layout::{Act, BUTTON_PX, Face, HEIGHT, LEAST_TARGET, Layout, SMALL_PX, Target, WIDTH, lay};
use super::paint::{Look, Piece, Standing};
use super::rect::Rect;
use super::stick::{Way, neighbour};
use super::text::Setter;
use super::words::words;
use crate::instrument::{InstrumentItem, ItemKind};

/// What is asked, and how far the person has come.
#[derive(Debug)]
pub(super) struct Asked {
    pub ask: Ask,
    pub layout: Layout,
    pub page: usize,
    /// Answer chosen or put on the line, as it is stored.
    pub chosen: Option<String>,
    pub typed: String,
    pub wrong: bool,
    /// The target pointed at, or reached with the stick.
    pub lit: Option<usize>,
    /// Whether the mark on a line follows the pointing.
    pub drags: bool,
    /// A press counts once select and back were seen let go.
    pub armed: [bool; 2],
    /// Whether answers are chosen by resting on them.
    pub dwells: bool,
}

/// A ray that rests on a line stays within a stretch so wide: 2.5 degrees, as heads tremble by less.
const STRETCH: f32 = LEAST_TARGET;

/// A share of the panel in its pixels.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn pixel([x, y]: [f64; 2]) -> [f32; 2] {
    [(x * f64::from(WIDTH)) as f32, (y * f64::from(HEIGHT)) as f32]
}

/// Pixels as a share of the panel.
pub(super) fn share([x, y]: [f32; 2]) -> [f64; 2] {
    [f64::from(x / WIDTH), f64::from(y / HEIGHT)]
}

impl Asked {
    pub fn new(ask: Ask, dwells: bool, setter: &mut Setter) -> Self {
        let layout = lay(&ask, 0, dwells, setter);
        let number = matches!(ask.control, Control::Number { .. });
        let before = ask.before.clone();
        let mut asked = Self {
            typed: before.clone().filter(|_| number).unwrap_or_default(),
            chosen: before.filter(|_| !number),
            ask,
            layout,
            page: 0,
            wrong: false,
            lit: None,
            drags: false,
            armed: [false; 2],
            dwells,
        };
        if let Some(page) = asked.chosen.clone().and_then(|chosen| asked.page_of(&chosen)).filter(|page| *page > 0) {
            asked.turn(isize::try_from(page).unwrap_or(0), setter);
        }
        asked
    }

    pub fn under(&self, at: [f32; 2]) -> Option<usize> {
        self.layout.targets.iter().position(|target| target.place.holds(at))
    }

    pub fn place_of(&self, act: &Act) -> Option<[f64; 2]> {
        let target = self.layout.targets.iter().find(|target| target.act == *act)?;
        Some(share(target.place.centre()))
    }

    /// The page of a list on which an answer stands.
    pub fn page_of(&self, answer: &str) -> Option<usize> {
        let at = match &self.ask.control {
            Control::Choice { options } => options.iter().position(|(value, _)| value == answer)?,
            Control::Review { answers } => answers.iter().position(|(id, ..)| id == answer)?,
            Control::YesNo => return Some(self.layout.pages - 1),
            _ => return None,
        };
        Some(at / super::lists::per_page(&self.ask.control))
    }

    pub fn turn(&mut self, by: isize, setter: &mut Setter) {
        let page = self.page.saturating_add_signed(by).min(self.layout.pages - 1);
        if page != self.page {
            // Whoever turns pages points at where the button was: it often is there again.
            self.page = page;
            self.lay(setter);
        }
    }

    fn lay(&mut self, setter: &mut Setter) {
        self.layout = lay(&self.ask, self.page, self.dwells, setter);
        self.relabel(setter);
        self.lit = None;
        self.drags = false;
    }

    /// From now on answers are chosen by resting on them, or by pressing again.
    pub fn dwell(&mut self, dwells: bool, setter: &mut Setter) {
        if dwells != self.dwells {
            self.dwells = dwells;
            self.lay(setter);
        }
    }

    /// Where a ray rests that lies here and rested there before; none where nothing can be chosen.
    pub fn rests(&self, at: [f32; 2], before: Option<Rect>) -> Option<Rect> {
        let target = self.layout.targets.get(self.under(at)?).filter(|target| self.is_on(&target.act))?;
        if target.act != Act::Slide {
            return Some(target.place);
        }
        // Of a line a stretch: as long as the ray stays in it, it rests.
        let line = target.place;
        let x = (at[0] - STRETCH / 2.0).clamp(line.x, line.x.max(line.right() - STRETCH));
        let around = Rect { x, w: STRETCH, ..line };
        let same = |before: &Rect| before.holds(at) && (before.y, before.w) == (around.y, around.w);
        Some(before.filter(same).unwrap_or(around))
    }

    /// Whether pressing a target does something.
    pub fn is_on(&self, act: &Act) -> bool {
        match act {
            Act::Next => self.has_answer(),
            Act::Step(by) => self.stepped(*by) != self.chosen,
            Act::Turn(by) => {
                let page = self.page.saturating_add_signed(*by);
                page != self.page && page < self.layout.pages
            }
            _ => true,
        }
    }

    pub fn has_answer(&self) -> bool {
        match self.ask.control {
            Control::GoOn | Control::Review { .. } => true,
            Control::Show => false,
            Control::Number { .. } => !self.typed.is_empty(),
            _ => self.chosen.is_some(),
        }
    }

    pub fn press(&mut self, at: Option<[f32; 2]>, setter: &mut Setter) -> Option<Given> {
        let act = self.layout.targets.get(self.lit?)?.act.clone();
        if !self.is_on(&act) {
            return None;
        }
        match act {
            Act::Choose(value) => {
                let again = self.chosen.as_deref() == Some(value.as_str());
                let listed = matches!(self.ask.control, Control::Review { .. });
                // In a review a second press takes the choice back.
                self.chosen = if again && listed { None } else { Some(value) };
                self.relabel(setter);
                self.light_next(at);
            }
            Act::Slide => {
                match at.filter(|at| self.layout.targets.iter().any(|t| t.act == Act::Slide && t.place.holds(*at))) {
                    Some([x, _]) => {
                        self.slide_to(x);
                        self.drags = true;
                    }
                    None => {
                        self.chosen = self.chosen.take().or_else(|| self.middle());
                        self.light_next(at);
                    }
                }
            }
            Act::Step(by) => self.chosen = self.stepped(by),
            Act::Key(key) => {
                if self.typed.len() < MOST_TYPED && self.may_type(key) {
                    self.typed.push(key);
                }
                self.wrong = false;
            }
            Act::Erase => {
                self.typed.pop();
                self.wrong = false;
            }
            Act::Turn(by) => self.turn(by, setter),
            Act::Next => return self.confirm(),
            Act::Back => return Some(Given::Back),
            Act::LeaveOut => return Some(Given::Answer(None)),
        }
        None
    }

    /// With the stick, the button that confirms is next.
    pub fn light_next(&mut self, at: Option<[f32; 2]>) {
        if at.is_none_or(|at| self.under(at) != self.lit) {
            self.lit = self.layout.targets.iter().position(|target| target.act == Act::Next);
        }
    }

    /// The confirming button of a review says what it will do.
    pub fn relabel(&mut self, setter: &mut Setter) {
        if !matches!(self.ask.control, Control::Review { .. }) {
            return;
        }
        let own = words(&self.ask.language);
        let word = if self.chosen.is_some() { own.change } else { own.right };
        if let Some(next) = self.layout.targets.iter_mut().find(|target| target.act == Act::Next) {
            let room = next.place.inside(12.0);
            next.face = Face::Button(setter.fit(word, [room.w, room.h], &BUTTON_PX));
        }
    }

    pub fn may_type(&self, key: char) -> bool {
        match key {
            '-' => self.typed.is_empty(),
            '.' => self.typed.ends_with(|c: char| c.is_ascii_digit()) && !self.typed.contains('.'),
            _ => true,
        }
    }

    pub fn confirm(&mut self) -> Option<Given> {
        let Control::Number { least, most, unit } = &self.ask.control else {
            return Some(Given::Answer(self.chosen.clone()));
        };
        let kind = ItemKind::Number { least: *least, most: *most, unit: unit.clone() };
        let item = InstrumentItem { id: String::new(), text: String::new(), kind, optional: false };
        match item.check(self.typed.trim_end_matches('.')) {
            Ok(value) => Some(Given::Answer(Some(value))),
            Err(_) => {
                self.wrong = true;
                None
            }
        }
    }

    pub fn press_back(&mut self, setter: &mut Setter) -> Option<Given> {
        if self.page > 0 && self.layout.targets.iter().any(|target| target.act == Act::Turn(-1)) {
            self.turn(-1, setter);
            return None;
        }
        self.ask.back.then_some(Given::Back)
    }

    pub fn slide_to(&mut self, x: f32) {
        if let Some(line) = self.layout.line {
            self.chosen = Some(line.value_at(x).to_string());
        }
    }

    pub fn slid(&self) -> Option<i64> {
        self.layout.line.and(self.chosen.as_ref())?.parse().ok()
    }

    /// What the mark on a line would say so many steps on.
    fn stepped(&self, by: i64) -> Option<String> {
        let (Some(line), Some(value)) = (self.layout.line, self.slid()) else { return self.middle() };
        Some(value.saturating_add(by).clamp(line.least, line.most).to_string())
    }

    pub fn middle(&self) -> Option<String> {
        let line = self.layout.line?;
        Some(i64::midpoint(line.least, line.most).to_string())
    }

    /// The stick was pushed: the mark on a line moves, or the light goes to the next target.
    pub fn go(&mut self, way: Way, quick: bool) {
        let Some(lit) = self.lit.and_then(|lit| self.layout.targets.get(lit)) else {
            let is_chosen = |target: &Target| matches!(&target.act, Act::Choose(v) if Some(v) == self.chosen.as_ref());
            self.lit =
                self.layout.targets.iter().position(is_chosen).or(Some(0)).filter(|_| !self.layout.targets.is_empty());
            return;
        };
        if let (Act::Slide, Some(line), Way::Left | Way::Right) = (&lit.act, self.layout.line, way) {
            let forward = (way == Way::Right) == (line.to_x > line.from_x);
            let stride = if quick { (line.most.saturating_sub(line.least) / 25).max(1) } else { 1 };
            let by = if forward { stride } else { -stride };
            self.chosen = self.stepped(by);
            return;
        }
        let on = |i: usize| self.layout.targets.get(i).is_some_and(|target| self.is_on(&target.act));
        let places: Vec<_> = self.layout.targets.iter().map(|target| target.place).collect();
        if let Some(next) = self.lit.and_then(|lit| neighbour(&places, lit, way, &on)) {
            self.lit = Some(next);
        }
    }

    #[allow(clippy::cast_precision_loss)]
    pub fn pieces(&self, resting: Option<Progress>, setter: &mut Setter) -> Vec<Piece> {
        let look = |i: usize, target: &Target| Look {
            lit: self.lit == Some(i) && self.is_on(&target.act),
            chosen: matches!(&target.act, Act::Choose(value) if Some(value) == self.chosen.as_ref()),
            on: self.is_on(&target.act),
            resting: resting.filter(|_| self.lit == Some(i)),
        };
        let [field, wrong] = self.layout.field.unwrap_or_default();
        let typed = self.typed.replace('-', "−");
        let said = match (&self.ask.control, self.wrong) {
            (Control::Number { least, most, .. }, true) => {
                format!("✗ {}", said_range(words(&self.ask.language).range, *least, *most))
            }
            _ => String::new(),
        };
        let standing = Standing {
            layout: &self.layout,
            look: &look,
            slid: self.slid(),
            typed: setter.fit(&typed, [field.w - 48.0, field.h], &[64.0, 48.0, 36.0]),
            wrong: setter.fit(&said, [wrong.w, wrong.h], &SMALL_PX),
            progress: self.ask.progress.map(|(n, of)| n as f32 / of.max(1) as f32),
        };
        standing.pieces()
    }
}
