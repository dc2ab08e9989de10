//! A layout becomes pixels. Only what looks otherwise than before is painted again.

use super::colours::{ACCENT, BUTTON, Colour, EDGE, GROUND, LIT, OFF, OFF_WORDS, ON_ACCENT, QUIET, WARNING, WORDS};
use super::dwell::Progress;
use super::layout::{Act, Face, HEIGHT, Layout, Said, Sign, Target, WIDTH};
use super::rect::Rect;
use super::scales::Line;
use super::text::{Fitted, Setter, Side};
use tiny_skia::{FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

/// How a target stands at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Look {
    /// Pointed at.
    pub lit: bool,
    pub chosen: bool,
    /// Whether pressing does something.
    pub on: bool,
    /// Rested on, and how far that has come.
    pub resting: Option<Progress>,
}

/// What is painted by itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Said(Said),
    Target(Target, Look),
    Track(Target, Look, Line, Option<i64>),
    Field(Rect, Fitted, Side),
    Wrong(Rect, Fitted, Side),
    Progress(f32, bool),
}

impl Piece {
    /// Everything it paints lies in here.
    fn place(&self) -> Rect {
        match self {
            Self::Said(said) => said.place,
            Self::Target(target, _) | Self::Track(target, ..) => target.place,
            Self::Field(place, ..) | Self::Wrong(place, ..) => *place,
            Self::Progress(..) => Rect::new(60.0, 92.0, WIDTH - 120.0, 8.0),
        }
    }
}

/// The pieces of a layout with the state they are in.
pub(super) struct Standing<'a> {
    pub layout: &'a Layout,
    pub look: &'a dyn Fn(usize, &Target) -> Look,
    pub slid: Option<i64>,
    pub typed: Fitted,
    pub wrong: Fitted,
    pub progress: Option<f32>,
}

impl Standing<'_> {
    pub fn pieces(&self) -> Vec<Piece> {
        let layout = self.layout;
        let side = if layout.rtl { Side::Right } else { Side::Left };
        let mut pieces: Vec<Piece> = layout.said.iter().cloned().map(Piece::Said).collect();
        for (i, target) in layout.targets.iter().enumerate() {
            let look = (self.look)(i, target);
            pieces.push(match (layout.line, &target.act) {
                (Some(line), Act::Slide) => Piece::Track(target.clone(), look, line, self.slid),
                _ => Piece::Target(target.clone(), look),
            });
        }
        if let Some([field, wrong]) = layout.field {
            pieces.push(Piece::Field(field, self.typed.clone(), side));
            pieces.push(Piece::Wrong(wrong, self.wrong.clone(), side));
        }
        pieces.extend(self.progress.map(|share| Piece::Progress(share, layout.rtl)));
        pieces
    }
}

/// The pixels, and what they show.
#[derive(Debug)]
pub(super) struct Canvas {
    pub pixels: Pixmap,
    shown: Option<Vec<Piece>>,
}

impl Canvas {
    /// None where there is no memory for it.
    pub fn new() -> Option<Self> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let pixels = Pixmap::new(WIDTH as u32, HEIGHT as u32)?;
        Some(Self { pixels, shown: None })
    }

    /// Shows these pieces; whether anything had to be painted.
    pub fn show(&mut self, pieces: Vec<Piece>, setter: &mut Setter) -> bool {
        let before = self.shown.take();
        let same_places = before.as_ref().is_some_and(|before| {
            before.len() == pieces.len() && before.iter().zip(&pieces).all(|(a, b)| a.place() == b.place())
        });
        let mut painted = false;
        if same_places {
            for (_, piece) in before.iter().flatten().zip(&pieces).filter(|(a, b)| a != b) {
                self.fill(piece.place(), GROUND);
                self.piece(piece, setter);
                painted = true;
            }
        } else {
            self.ground();
            for piece in &pieces {
                self.piece(piece, setter);
            }
            painted = true;
        }
        self.shown = Some(pieces);
        painted
    }

    fn ground(&mut self) {
        let all = Rect::new(0.0, 0.0, WIDTH, HEIGHT);
        self.fill(all, GROUND);
        self.frame(all.inside(3.0), 18.0, EDGE, 4.0);
    }

    fn piece(&mut self, piece: &Piece, setter: &mut Setter) {
        match piece {
            Piece::Said(said) => {
                let colour = if said.quiet { QUIET } else { WORDS };
                setter.draw(&mut self.pixels, &said.fitted, said.place, said.side, colour, said.lines);
            }
            Piece::Target(target, look) => self.target(target, *look, setter),
            Piece::Track(target, look, line, at) => self.track(target, *look, line, *at),
            Piece::Field(place, typed, side) => {
                self.rounded(*place, 14.0, OFF);
                self.frame(place.inside(2.0), 12.0, QUIET, 3.0);
                self.words(typed, place.inside(24.0), *side, WORDS, setter);
            }
            Piece::Wrong(place, said, side) => self.words(said, *place, *side, WARNING, setter),
            Piece::Progress(share, rtl) => self.progress(*share, *rtl),
        }
    }

    fn progress(&mut self, share: f32, rtl: bool) {
        let place = Rect::new(60.0, 92.0, WIDTH - 120.0, 8.0);
        self.rounded(place, 4.0, BUTTON);
        let done = Rect { w: (place.w * share.clamp(0.0, 1.0)).max(8.0), ..place };
        self.rounded(if rtl { done.mirrored(WIDTH) } else { done }, 4.0, ACCENT);
    }

    fn target(&mut self, target: &Target, look: Look, setter: &mut Setter) {
        let place = target.place;
        let next = target.act == Act::Next;
        let filled = look.chosen || (next && look.on);
        let (ground, ink) = match (look.on, filled, look.lit) {
            (false, ..) => (OFF, OFF_WORDS),
            (_, true, _) => (ACCENT, ON_ACCENT),
            (_, _, true) => (LIT, WORDS),
            _ => (BUTTON, WORDS),
        };
        let round = if matches!(target.face, Face::Step(_)) { 28.0 } else { 16.0 };
        self.rounded(place, round, ground);
        if look.lit {
            // What is pointed at has a light frame, chosen or not.
            self.frame(place.inside(3.0), round - 3.0, WORDS, 6.0);
        }
        match &target.face {
            Face::Button(text) => self.words(text, place.inside(10.0), Side::Middle, ink, setter),
            Face::Step(text) => self.step(text, place, look, ink, setter),
            Face::Row(text, other) => self.row(text, other.as_ref(), place, look, ink, setter),
            Face::Sign(sign) => self.sign(*sign, place, ink),
            Face::Track => {}
        }
        self.resting(look, setter.rtl);
    }

    /// A bar along the lower edge of what is rested on: full, it is chosen.
    fn resting(&mut self, look: Look, rtl: bool) {
        let Some(progress) = look.resting else { return };
        let place = progress.place;
        let bar = Rect::new(place.x + 20.0, place.bottom() - 26.0, place.w - 40.0, 12.0);
        self.rounded(bar.outside(3.0), 9.0, ON_ACCENT);
        let done = Rect { w: (bar.w * progress.share()).max(bar.h), ..bar };
        self.rounded(if rtl { Rect { x: bar.right() - done.w, ..done } } else { done }, 6.0, WORDS);
    }

    /// A number, or a ring; chosen it carries a check mark.
    fn step(&mut self, text: &Fitted, place: Rect, look: Look, ink: Colour, setter: &mut Setter) {
        let [x, y] = place.centre();
        match (text.text.is_empty(), look.chosen) {
            (true, true) => self.check([x, y], 30.0, ink),
            (true, false) => self.ring([x, y], 20.0, QUIET, 4.0),
            (false, chosen) => {
                let up = if chosen { Rect { h: place.h - 40.0, ..place } } else { place };
                self.words(text, up, Side::Middle, ink, setter);
                if chosen {
                    self.check([x, place.bottom() - 28.0], 16.0, ink);
                }
            }
        }
    }

    fn row(
        &mut self,
        text: &Fitted,
        other: Option<&Fitted>,
        place: Rect,
        look: Look,
        ink: Colour,
        setter: &mut Setter,
    ) {
        let rtl = setter.rtl;
        let mirrored =
            |inner: Rect| if rtl { Rect { x: place.x + place.right() - inner.right(), ..inner } } else { inner };
        let (begins, ends) = if rtl { (Side::Right, Side::Left) } else { (Side::Left, Side::Right) };
        let mark = mirrored(Rect::new(place.x + 24.0, place.y, 50.0, place.h)).centre();
        self.ring(mark, 19.0, if look.chosen { ink } else { QUIET }, 4.0);
        if look.chosen {
            self.check(mark, 17.0, ink);
        }
        let room = Rect::new(place.x + 94.0, place.y + 4.0, place.w - 110.0, place.h - 8.0);
        let own = if other.is_some() { Rect { w: room.w * 0.62, ..room } } else { room };
        self.words(text, mirrored(own), begins, ink, setter);
        if let Some(other) = other {
            let rest = Rect { x: own.right() + 10.0, w: room.w - own.w - 20.0, ..room };
            let ink = if look.chosen { ink } else { ACCENT };
            self.words(other, mirrored(rest), ends, ink, setter);
        }
    }

    fn track(&mut self, target: &Target, look: Look, line: &Line, at: Option<i64>) {
        let place = target.place;
        self.rounded(place, 24.0, if look.lit { LIT } else { BUTTON });
        if look.lit {
            self.frame(place.inside(3.0), 21.0, WORDS, 6.0);
        }
        let (left, right) = (line.from_x.min(line.to_x), line.from_x.max(line.to_x));
        self.rounded(Rect::new(left, line.y - 4.0, right - left, 8.0), 4.0, QUIET);
        for value in [line.least, line.most] {
            self.fill(Rect::new(line.x_of(value) - 3.0, line.y - 28.0, 6.0, 56.0), QUIET);
        }
        if line.ticks {
            for value in line.least..=line.most {
                self.fill(Rect::new(line.x_of(value) - 2.0, line.y - 16.0, 4.0, 32.0), QUIET);
            }
        }
        if let Some(value) = at {
            let x = line.x_of(value);
            self.disc([x, line.y], 34.0, ACCENT);
            self.ring([x, line.y], 34.0, ON_ACCENT, 4.0);
            self.fill(Rect::new(x - 3.0, line.y - 18.0, 6.0, 36.0), ON_ACCENT);
        }
        self.resting(look, line.from_x > line.to_x);
    }

    fn sign(&mut self, sign: Sign, place: Rect, ink: Colour) {
        let [x, y] = place.centre();
        let points: &[[f32; 2]] = match sign {
            Sign::Up => &[[-22.0, 12.0], [0.0, -14.0], [22.0, 12.0]],
            Sign::Down => &[[-22.0, -12.0], [0.0, 14.0], [22.0, -12.0]],
            Sign::Erase => &[[10.0, -16.0], [-26.0, -0.0], [10.0, 16.0]],
        };
        self.stroke(points, [x, y], ink, 7.0);
        if sign == Sign::Erase {
            self.stroke(&[[-24.0, 0.0], [28.0, 0.0]], [x, y], ink, 7.0);
        }
    }

    fn check(&mut self, at: [f32; 2], size: f32, ink: Colour) {
        let points = [[-0.55 * size, 0.0], [-0.15 * size, 0.42 * size], [0.6 * size, -0.45 * size]];
        self.stroke(&points, at, ink, (size * 0.24).max(5.0));
    }

    /// Words in the middle of a place's height.
    fn words(&mut self, said: &Fitted, place: Rect, side: Side, colour: Colour, setter: &mut Setter) {
        let spare = ((place.h - said.height_px()) / 2.0).floor();
        let place = Rect { y: place.y + spare.max(0.0), ..place };
        setter.draw(&mut self.pixels, said, place, side, colour, (0, said.lines));
    }

    fn fill(&mut self, place: Rect, colour: Colour) {
        if let Some(rect) = tiny_skia::Rect::from_xywh(place.x, place.y, place.w, place.h) {
            self.pixels.fill_rect(rect, &ink(colour), Transform::identity(), None);
        }
    }

    fn path(&mut self, path: Option<Path>, colour: Colour, stroke: Option<f32>) {
        let Some(path) = path else { return };
        match stroke {
            None => self.pixels.fill_path(&path, &ink(colour), FillRule::Winding, Transform::identity(), None),
            Some(width) => {
                let stroke =
                    Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
                self.pixels.stroke_path(&path, &ink(colour), &stroke, Transform::identity(), None);
            }
        }
    }

    fn rounded(&mut self, place: Rect, radius: f32, colour: Colour) {
        self.path(outline(place, radius), colour, None);
    }

    fn frame(&mut self, place: Rect, radius: f32, colour: Colour, width: f32) {
        self.path(outline(place, radius), colour, Some(width));
    }

    fn disc(&mut self, [x, y]: [f32; 2], radius: f32, colour: Colour) {
        self.path(PathBuilder::from_circle(x, y, radius), colour, None);
    }

    fn ring(&mut self, [x, y]: [f32; 2], radius: f32, colour: Colour, width: f32) {
        self.path(PathBuilder::from_circle(x, y, radius), colour, Some(width));
    }

    fn stroke(&mut self, points: &[[f32; 2]], [x, y]: [f32; 2], colour: Colour, width: f32) {
        let mut path = PathBuilder::new();
        for (i, [dx, dy]) in points.iter().enumerate() {
            if i == 0 { path.move_to(x + dx, y + dy) } else { path.line_to(x + dx, y + dy) }
        }
        self.path(path.finish(), colour, Some(width));
    }
}

fn ink(colour: Colour) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(colour[0], colour[1], colour[2], 255);
    paint.anti_alias = true;
    paint
}

/// A rectangle with round corners.
fn outline(place: Rect, radius: f32) -> Option<Path> {
    /// A quarter of a circle as a cubic curve.
    const BOW: f32 = 0.552_284_8;
    let r = radius.min(place.w / 2.0).min(place.h / 2.0).max(0.0);
    let (l, t, rt, b, k) = (place.x, place.y, place.right(), place.bottom(), r * (1.0 - BOW));
    let mut path = PathBuilder::new();
    path.move_to(l + r, t);
    path.line_to(rt - r, t);
    path.cubic_to(rt - k, t, rt, t + k, rt, t + r);
    path.line_to(rt, b - r);
    path.cubic_to(rt, b - k, rt - k, b, rt - r, b);
    path.line_to(l + r, b);
    path.cubic_to(l + k, b, l, b - k, l, b - r);
    path.line_to(l, t + r);
    path.cubic_to(l, t + k, l + k, t, l + r, t);
    path.close();
    path.finish()
}
