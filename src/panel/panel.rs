//! A panel as its headset or window owns it: asked, pointed at, looked at.

use super::ask::{Ask, Control, Given, Pointing};
use super::keypad::{MOST_TYPED, said_range};
use super::layout::{Act, Face, HEIGHT, Layout, SMALL_PX, Target, WIDTH, lay};
use super::paint::{Canvas, Look, Standing};
use super::stick::{Stick, Way, neighbour};
use super::text::{Fitted, Setter};
use super::words::words;
use crate::instrument::{InstrumentItem, ItemKind};

/// Pixels for a picture: red, green, blue, alpha; sRGB, from the top left, opaque.
#[derive(Debug, Clone, Copy)]
pub struct Painted<'a> {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Four bytes for each pixel.
    pub rgba: &'a [u8],
}

/// A question or a text in the scene. Flat, upright, meant to be seen from about 1.5 m.
#[derive(Debug)]
pub struct Panel {
    setter: Setter,
    canvas: Option<Canvas>,
    asked: Option<Asked>,
    /// Select and back as they were held in the frame before, whatever was asked then.
    held: [bool; 2],
    stick: Stick,
    /// Where it was last pointed to.
    pointed: Option<[f64; 2]>,
}

/// What is asked, and how far the person has come.
#[derive(Debug)]
struct Asked {
    ask: Ask,
    layout: Layout,
    page: usize,
    /// Answer chosen or put on the line, as it is stored.
    chosen: Option<String>,
    typed: String,
    wrong: bool,
    /// The target pointed at, or reached with the stick.
    lit: Option<usize>,
    /// Whether the mark on a line follows the pointing.
    drags: bool,
    /// A press counts once select and back were seen let go.
    armed: [bool; 2],
}

impl Default for Panel {
    fn default() -> Self {
        Self::new()
    }
}

impl Panel {
    /// A panel that shows nothing yet.
    pub fn new() -> Self {
        Self {
            setter: Setter::new(),
            canvas: Canvas::new(),
            asked: None,
            held: [false; 2],
            stick: Stick::default(),
            pointed: None,
        }
    }

    /// What is to be shown from now on. Something equal to what is shown already keeps what was chosen and typed.
    pub fn ask(&mut self, ask: Option<&Ask>) {
        match (ask, &self.asked) {
            (Some(new), Some(old)) if *new == old.ask => {}
            (Some(new), _) => self.asked = Some(Asked::new(new.clone(), &mut self.setter)),
            (None, _) => self.asked = None,
        }
    }

    /// Whether something is shown.
    pub const fn shows(&self) -> bool {
        self.asked.is_some()
    }

    /// What the person did since the last frame, `since_s` ago. A press counts when it begins on the panel, and once
    /// only; one that was held while the panel appeared does not.
    pub fn act(&mut self, pointing: Pointing, since_s: f64) -> Option<Given> {
        let now = [pointing.select, pointing.back];
        let begins: [bool; 2] = std::array::from_fn(|i| now[i] && !self.held[i]);
        self.held = now;
        let way = self.stick.moved(pointing.stick, since_s);
        let at = pointing.at.filter(|at| at.iter().all(|share| (0.0..=1.0).contains(share)));
        let moved = match (at, self.pointed) {
            (Some(a), Some(b)) => (a[0] - b[0]).abs() + (a[1] - b[1]).abs() > 0.004,
            (a, b) => a.is_some() != b.is_some(),
        };
        if moved {
            self.pointed = at;
        }
        let asked = self.asked.as_mut()?;
        for i in 0..2 {
            asked.armed[i] |= !now[i];
        }
        if let Some(at) = at.map(pixel) {
            // A ray that rests does not take the light away from the stick.
            if moved || (asked.lit.is_none() && way.is_none()) {
                asked.lit = asked.under(at);
            }
            if begins[0] && asked.armed[0] {
                asked.lit = asked.under(at).or(asked.lit.filter(|_| !moved));
            }
            asked.drags &= pointing.select;
            if asked.drags {
                asked.slide_to(at[0]);
            }
        } else if moved {
            asked.lit = None;
        }
        if let Some(way) = way {
            asked.go(way, self.stick.quick());
        }
        let mut given = None;
        if begins[0] && asked.armed[0] {
            given = asked.press(at.map(pixel), &mut self.setter);
        }
        if begins[1] && asked.armed[1] && given.is_none() {
            given = asked.press_back(&mut self.setter);
        }
        if given.is_some() {
            // The same question asked again is a new one.
            let again = asked.ask.clone();
            self.asked = Some(Asked::new(again, &mut self.setter));
        }
        given
    }

    /// The panel as it stands, and whether it looks otherwise than when it was last looked at.
    pub fn pixels(&mut self) -> (Painted<'_>, bool) {
        let (setter, asked) = (&mut self.setter, self.asked.as_ref());
        let changed = match (self.canvas.as_mut(), asked) {
            (Some(canvas), Some(asked)) => {
                setter.rtl = asked.layout.rtl;
                let pieces = asked.pieces(setter);
                canvas.show(pieces, setter)
            }
            _ => false,
        };
        let painted = self.canvas.as_ref().map_or(Painted { width: 0, height: 0, rgba: &[] }, |canvas| Painted {
            width: canvas.pixels.width(),
            height: canvas.pixels.height(),
            rgba: canvas.pixels.data(),
        });
        (painted, changed)
    }

    /// Width and height in the scene. At 1.5 m a degree has some 35 pixels.
    pub const fn size_m() -> [f64; 2] {
        [1.2, 0.8]
    }

    /// Texts of which the end had to be cut away.
    pub fn cut(&self) -> &[String] {
        self.asked.as_ref().map_or(&[], |asked| &asked.layout.cut)
    }

    /// Where to point and press next to give this answer, none to leave it out: at the answer, a key, the next page, and
    /// at last at the button that confirms. None where that cannot be.
    pub fn toward(&self, answer: Option<&str>) -> Option<[f64; 2]> {
        let asked = self.asked.as_ref()?;
        let Some(answer) = answer else {
            let confirms = matches!(asked.ask.control, Control::GoOn | Control::Show | Control::Review { .. });
            let out = [Act::LeaveOut, Act::Turn(1), Act::Next];
            let wanted = if confirms { &out[1..] } else { &out[..1] };
            return wanted.iter().find_map(|act| asked.place_of(act));
        };
        match &asked.ask.control {
            Control::Number { .. } if asked.typed != answer => {
                let rest = answer.strip_prefix(asked.typed.as_str()).and_then(|rest| rest.chars().next());
                rest.map_or_else(|| asked.place_of(&Act::Erase), |key| asked.place_of(&Act::Key(key)))
            }
            Control::Number { .. } => self.confirm_target(),
            _ if asked.chosen.as_deref() == Some(answer) => self.confirm_target(),
            _ => self.target(answer),
        }
    }

    /// Where one points to choose an answer; where it is on another page, to get there.
    pub fn target(&self, answer: &str) -> Option<[f64; 2]> {
        let asked = self.asked.as_ref()?;
        if let (Some(line), Ok(value)) = (asked.layout.line, answer.parse::<i64>()) {
            let within = (line.least..=line.most).contains(&value);
            return within.then(|| share([line.x_of(value), line.y]));
        }
        if let Some(at) = asked.place_of(&Act::Choose(answer.to_owned())) {
            return Some(at);
        }
        let on = asked.page_of(answer)?;
        asked.place_of(&Act::Turn(if on < asked.page { -1 } else { 1 }))
    }

    /// Where one points to confirm.
    pub fn confirm_target(&self) -> Option<[f64; 2]> {
        self.asked.as_ref()?.place_of(&Act::Next)
    }
}

/// A share of the panel in its pixels.
#[allow(clippy::cast_possible_truncation)]
fn pixel([x, y]: [f64; 2]) -> [f32; 2] {
    [(x * f64::from(WIDTH)) as f32, (y * f64::from(HEIGHT)) as f32]
}

/// Pixels as a share of the panel.
fn share([x, y]: [f32; 2]) -> [f64; 2] {
    [f64::from(x / WIDTH), f64::from(y / HEIGHT)]
}

impl Asked {
    fn new(ask: Ask, setter: &mut Setter) -> Self {
        let layout = lay(&ask, 0, setter);
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
        };
        if let Some(page) = asked.chosen.clone().and_then(|chosen| asked.page_of(&chosen)).filter(|page| *page > 0) {
            asked.turn(isize::try_from(page).unwrap_or(0), setter);
        }
        asked
    }

    fn under(&self, at: [f32; 2]) -> Option<usize> {
        self.layout.targets.iter().position(|target| target.place.holds(at))
    }

    fn place_of(&self, act: &Act) -> Option<[f64; 2]> {
        let target = self.layout.targets.iter().find(|target| target.act == *act)?;
        Some(share(target.place.centre()))
    }

    /// The page of a list on which an answer stands.
    fn page_of(&self, answer: &str) -> Option<usize> {
        let at = match &self.ask.control {
            Control::Choice { options } => options.iter().position(|(value, _)| value == answer)?,
            Control::Review { answers } => answers.iter().position(|(id, ..)| id == answer)?,
            Control::YesNo => return Some(self.layout.pages - 1),
            _ => return None,
        };
        Some(at / super::lists::per_page(&self.ask.control))
    }

    fn turn(&mut self, by: isize, setter: &mut Setter) {
        let page = self.page.saturating_add_signed(by).min(self.layout.pages - 1);
        if page != self.page {
            // Whoever turns pages points at where the button was: it often is there again.
            self.page = page;
            self.layout = lay(&self.ask, page, setter);
            self.lit = None;
            self.drags = false;
        }
    }

    /// Whether pressing a target does something.
    fn is_on(&self, act: &Act) -> bool {
        match act {
            Act::Next => self.has_answer(),
            Act::Turn(by) => {
                let page = self.page.saturating_add_signed(*by);
                page != self.page && page < self.layout.pages
            }
            _ => true,
        }
    }

    fn has_answer(&self) -> bool {
        match self.ask.control {
            Control::GoOn | Control::Review { .. } => true,
            Control::Show => false,
            Control::Number { .. } => !self.typed.is_empty(),
            _ => self.chosen.is_some(),
        }
    }

    fn press(&mut self, at: Option<[f32; 2]>, setter: &mut Setter) -> Option<Given> {
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
                self.to_next(at);
            }
            Act::Slide => {
                match at.filter(|at| self.layout.targets.iter().any(|t| t.act == Act::Slide && t.place.holds(*at))) {
                    Some([x, _]) => {
                        self.slide_to(x);
                        self.drags = true;
                    }
                    None => {
                        self.chosen = self.chosen.take().or_else(|| self.middle());
                        self.to_next(at);
                    }
                }
            }
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
    fn to_next(&mut self, at: Option<[f32; 2]>) {
        if at.is_none_or(|at| self.under(at) != self.lit) {
            self.lit = self.layout.targets.iter().position(|target| target.act == Act::Next);
        }
    }

    /// The confirming button of a review says what it will do.
    fn relabel(&mut self, setter: &mut Setter) {
        if !matches!(self.ask.control, Control::Review { .. }) {
            return;
        }
        let own = words(&self.ask.language);
        let word = if self.chosen.is_some() { own.change } else { own.right };
        if let Some(next) = self.layout.targets.iter_mut().find(|target| target.act == Act::Next) {
            let room = next.place.inside(12.0);
            next.face = Face::Button(setter.fit(word, [room.w, room.h], &super::layout::BUTTON_PX));
        }
    }

    fn may_type(&self, key: char) -> bool {
        match key {
            '-' => self.typed.is_empty(),
            '.' => self.typed.ends_with(|c: char| c.is_ascii_digit()) && !self.typed.contains('.'),
            _ => true,
        }
    }

    fn confirm(&mut self) -> Option<Given> {
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

    fn press_back(&mut self, setter: &mut Setter) -> Option<Given> {
        if self.page > 0 && self.layout.targets.iter().any(|target| target.act == Act::Turn(-1)) {
            self.turn(-1, setter);
            return None;
        }
        self.ask.back.then_some(Given::Back)
    }

    fn slide_to(&mut self, x: f32) {
        if let Some(line) = self.layout.line {
            self.chosen = Some(line.value_at(x).to_string());
        }
    }

    fn slid(&self) -> Option<i64> {
        self.layout.line.and(self.chosen.as_ref())?.parse().ok()
    }

    fn middle(&self) -> Option<String> {
        let line = self.layout.line?;
        Some(i64::midpoint(line.least, line.most).to_string())
    }

    /// The stick was pushed: the mark on a line moves, or the light goes to the next target.
    fn go(&mut self, way: Way, quick: bool) {
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
            let value = match self.slid() {
                Some(value) => Some(value.saturating_add(by).clamp(line.least, line.most).to_string()),
                None => self.middle(),
            };
            self.chosen = value;
            return;
        }
        let on = |i: usize| self.layout.targets.get(i).is_some_and(|target| self.is_on(&target.act));
        let places: Vec<_> = self.layout.targets.iter().map(|target| target.place).collect();
        if let Some(next) = self.lit.and_then(|lit| neighbour(&places, lit, way, &on)) {
            self.lit = Some(next);
        }
    }

    #[allow(clippy::cast_precision_loss)]
    fn pieces(&self, setter: &mut Setter) -> Vec<super::paint::Piece> {
        let look = |i: usize, target: &Target| Look {
            lit: self.lit == Some(i) && self.is_on(&target.act),
            chosen: matches!(&target.act, Act::Choose(value) if Some(value) == self.chosen.as_ref()),
            on: self.is_on(&target.act),
        };
        let [field, wrong] = self.layout.field.unwrap_or_default();
        let typed = self.typed.replace('-', "−");
        let said = match (&self.ask.control, self.wrong) {
            (Control::Number { least, most, .. }, true) => {
                format!("✗ {}", said_range(words(&self.ask.language).range, *least, *most))
            }
            _ => String::new(),
        };
        let fit = |setter: &mut Setter, text: &str, w: f32, h: f32, sizes: &[f32]| -> Fitted {
            setter.fit(text, [w, h], sizes)
        };
        let standing = Standing {
            layout: &self.layout,
            look: &look,
            slid: self.slid(),
            typed: fit(setter, &typed, field.w - 48.0, field.h, &[64.0, 48.0, 36.0]),
            wrong: fit(setter, &said, wrong.w, wrong.h, &SMALL_PX),
            progress: self.ask.progress.map(|(n, of)| n as f32 / of.max(1) as f32),
        };
        standing.pieces()
    }
}
