//! A panel as its headset or window owns it: asked, pointed at, looked at.

use super::ask::{Ask, Control, Given, Pointing};
use super::asked::{Asked, pixel, share};
use super::dwell::Rest;
use super::layout::Act;
use super::paint::Canvas;
use super::stick::Stick;
use super::text::Setter;
use crate::study::Answering;

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
    pub(super) setter: Setter,
    canvas: Option<Canvas>,
    pub(super) asked: Option<Asked>,
    /// Select and back as they were held in the frame before, whatever was asked then.
    held: [bool; 2],
    stick: Stick,
    /// Where it was last pointed to.
    pointed: Option<[f64; 2]>,
    /// How long a ray that chooses by resting must rest, seconds.
    dwell_s: f64,
    /// Whether it chose so in the last frame.
    dwells: bool,
    rest: Rest,
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
            dwell_s: Answering::default().dwell_s,
            dwells: false,
            rest: Rest::default(),
        }
    }

    /// With another time to rest on something until it is chosen, seconds.
    #[must_use]
    pub const fn dwelling(mut self, dwell_s: f64) -> Self {
        self.dwell_s = dwell_s;
        self
    }

    /// What is to be shown from now on. Something equal to what is shown already keeps what was chosen and typed.
    pub fn ask(&mut self, ask: Option<&Ask>) {
        match (ask, &self.asked) {
            (Some(new), Some(old)) if *new == old.ask => {}
            (Some(new), _) => {
                self.asked = Some(Asked::new(new.clone(), self.dwells, &mut self.setter));
                self.rest.must_leave();
            }
            (None, _) => self.asked = None,
        }
    }

    /// Whether something is shown.
    pub const fn shows(&self) -> bool {
        self.asked.is_some()
    }

    /// What the person did since the last frame, `since_s` ago. A press counts when it begins on the panel, and once
    /// only; one that was held while the panel appeared does not. Where [`Pointing::dwells`], resting on something is a
    /// press too; what was chosen so, or came up under the ray, must be left before it is chosen again.
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
        self.dwells = pointing.dwells;
        let asked = self.asked.as_mut()?;
        asked.dwell(self.dwells, &mut self.setter);
        for (armed, held) in asked.armed.iter_mut().zip(now) {
            *armed |= !held;
        }
        if let Some(at) = at.map(pixel) {
            // A ray that rests does not take the light away from the stick.
            if moved || self.dwells || (asked.lit.is_none() && way.is_none()) {
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
        let rests = at.filter(|_| self.dwells).and_then(|at| asked.rests(pixel(at), self.rest.on()));
        let rested = self.rest.lies(rests, since_s, self.dwell_s);
        let pressed = begins[0] && asked.armed[0];
        let (page, mut given) = (asked.page, None);
        if pressed || rested {
            given = asked.press(at.map(pixel), &mut self.setter);
        }
        if begins[1] && asked.armed[1] && given.is_none() {
            given = asked.press_back(&mut self.setter);
        }
        if pressed || given.is_some() || asked.page != page {
            self.rest.must_leave();
        }
        if given.is_some() {
            // The same question asked again is a new one.
            let again = asked.ask.clone();
            self.asked = Some(Asked::new(again, self.dwells, &mut self.setter));
        }
        given
    }

    /// The panel as it stands, and whether it looks otherwise than when it was last looked at.
    pub fn pixels(&mut self) -> (Painted<'_>, bool) {
        let (setter, asked) = (&mut self.setter, self.asked.as_ref());
        let changed = match (self.canvas.as_mut(), asked) {
            (Some(canvas), Some(asked)) => {
                setter.rtl = asked.layout.rtl;
                let pieces = asked.pieces(self.rest.shown(self.dwell_s), setter);
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
            let acts: &[Act] = match asked.ask.control {
                Control::GoOn => &[Act::Turn(1), Act::Next],
                Control::Review { .. } => &[Act::Next],
                _ => &[Act::LeaveOut],
            };
            return acts.iter().find_map(|act| asked.place_of(act));
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
