//! The sheet that a figure is drawn on: heading, key, marks from above to below, and the SVG that becomes of it.

use super::Figure;
use super::look::Look;
use super::number::c;
use super::words::{self, width};
use crate::problem::harmless;
use maud::{Markup, html};

/// Width of all figures in CSS pixels: 183 mm, both columns of a journal's page.
pub const WIDTH: f64 = 692.0;
/// Free space around.
pub const MARGIN: f64 = 12.0;

pub const INK: &str = "#16211f";
pub const SOFT: &str = "#46534f";
pub const FAINT: &str = "#8b9793";
pub const RULE: &str = "#dbe2df";
pub const PAPER: &str = "#ffffff";
/// No font is embedded: a reader's own, or the one that Kerbside ships for PDF.
const FONTS: &str = "'Noto Sans', Arial, Helvetica, 'Liberation Sans', sans-serif";

/// Size, weight and colour of words.
#[derive(Debug, Clone, Copy)]
pub struct Letters {
    pub size: f64,
    pub strong: bool,
    pub colour: &'static str,
}

pub const TITLE: Letters = Letters { size: 15.0, strong: true, colour: INK };
pub const LABEL: Letters = Letters { size: 12.5, strong: false, colour: INK };
pub const STRONG: Letters = Letters { size: 12.5, strong: true, colour: INK };
pub const SMALL: Letters = Letters { size: 11.5, strong: false, colour: SOFT };

impl Letters {
    /// The size by which widths go: strong letters are wider, by this in DejaVu Sans, the widest that readers have.
    const fn wide(self) -> f64 {
        if self.strong { 1.2 * self.size } else { self.size }
    }

    /// Width of words in these letters.
    pub fn width(self, text: &str) -> f64 {
        width(text, self.wide())
    }

    /// Words broken into rows that fit.
    pub fn wrap(self, text: &str, room: f64, rows: usize) -> Vec<String> {
        words::wrap(text, room, self.wide(), rows)
    }
}

/// Where words stand beside their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// They begin there.
    Start,
    /// They are centred there.
    Middle,
    /// They end there.
    End,
}

/// Words that every XML reader accepts: no control characters.
pub fn clean(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    harmless(&spaced).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// Words at a place.
pub fn text(x: f64, y: f64, side: Side, letters: Letters, words: &str) -> Markup {
    let anchor = match side {
        Side::Start => None,
        Side::Middle => Some("middle"),
        Side::End => Some("end"),
    };
    html! {
        text x=(c(x)) y=(c(y)) font-size=(letters.size) font-weight=[letters.strong.then_some("600")] text-anchor=[anchor]
            fill=(letters.colour) { (clean(words)) }
    }
}

/// Rows of words below each other.
pub fn rows(x: f64, y: f64, side: Side, letters: Letters, rows: &[String]) -> Markup {
    html! { @for (i, row) in rows.iter().enumerate() { (text(x, y + i as f64 * row_height(letters), side, letters, row)) } }
}

/// From one row of words to the next.
pub fn row_height(letters: Letters) -> f64 {
    (letters.size * 1.3).round()
}

/// A line along a path.
pub fn line(d: &str, colour: &str, thick: f64, dash: &str) -> Markup {
    let dash = (dash != "none" && !dash.is_empty()).then_some(dash);
    html! { path d=(d) fill="none" stroke=(colour) stroke-width=(thick) stroke-dasharray=[dash] stroke-linejoin="round" {} }
}

/// A filled shape that lets through what is below.
pub fn shade(d: &str, colour: &str, opacity: f64) -> Markup {
    html! { path d=(d) fill=(colour) fill-opacity=(format!("{opacity:.2}")) {} }
}

/// A look's marker with a rim of paper.
pub fn marker(look: Look, x: f64, y: f64, r: f64) -> Markup {
    html! { path d=(look.marker(x, y, r)) fill=(look.colour()) stroke=(PAPER) stroke-width="0.8" {} }
}

/// A dot of many.
pub fn dot(x: f64, y: f64, r: f64, colour: &str) -> Markup {
    html! { circle cx=(c(x)) cy=(c(y)) r=(r) fill=(colour) fill-opacity="0.6" {} }
}

/// A path through points.
pub fn polyline(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let step = |(i, (x, y))| format!("{}{} {}", if i == 0 { 'M' } else { 'L' }, c(x), c(y));
    points.into_iter().enumerate().map(step).collect()
}

/// A named group of marks, by which scripts (and tests) find them again.
pub fn group(mark: &str, label: &str, marks: Markup) -> Markup {
    html! { g data-mark=(mark) data-label=(clean(label)) { (marks) } }
}

/// How entries of a key look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// A line without markers.
    Line,
    /// A line with a marker.
    Marked,
}

/// A sample of a look.
pub fn sample(look: Look, kind: Sample, x: f64, y: f64, wide: f64) -> Markup {
    html! {
        (line(&format!("M{} {}h{}", c(x), c(y), c(wide)), look.colour(), 2.2, look.dash()))
        @if kind == Sample::Marked { (marker(look, x + wide / 2.0, y, 4.0)) }
    }
}

/// A figure in the making.
pub struct Sheet {
    title: String,
    about: Vec<String>,
    marks: Vec<Markup>,
    /// What is above is drawn.
    pub y: f64,
}

impl Sheet {
    /// A sheet with its title, and what else is said in rows below.
    pub fn new(title: &str, note: &str) -> Self {
        let mut sheet = Self { title: clean(title), about: Vec::new(), marks: Vec::new(), y: 6.0 };
        let room = WIDTH - 2.0 * MARGIN;
        sheet.paragraph(TITLE, &TITLE.wrap(&clean(title), room, 3));
        sheet.note(note);
        sheet
    }

    /// Words over the whole width, also for those who do not see the figure.
    pub fn note(&mut self, note: &str) {
        if !note.is_empty() {
            self.about(note);
            self.paragraph(SMALL, &SMALL.wrap(&clean(note), WIDTH - 2.0 * MARGIN, 6));
        }
    }

    /// A sentence for those who do not see the figure.
    pub fn about(&mut self, words: &str) {
        self.about.push(clean(words));
    }

    fn paragraph(&mut self, letters: Letters, lines: &[String]) {
        if lines.iter().any(|line| !line.is_empty()) {
            self.add(rows(MARGIN, self.y + row_height(letters), Side::Start, letters, lines));
            self.y += row_height(letters) * lines.len() as f64 + 3.0;
        }
    }

    /// Adds marks, over those that are there.
    pub fn add(&mut self, marks: Markup) {
        self.marks.push(marks);
    }

    /// A key of lines, in as many rows as it takes; none for a single nameless entry.
    pub fn key(&mut self, entries: &[(Look, &str)], kind: Sample) {
        let room = WIDTH - 2.0 * MARGIN;
        let words: Vec<String> =
            entries.iter().map(|(_, label)| words::shorten(&clean(label), room - 44.0, LABEL.size)).collect();
        let wide = |label: &String| 40.0 + LABEL.width(label) + 20.0;
        // A grid reads more easily than a ragged run, where it takes no more rows.
        let widest = words.iter().map(wide).fold(1.0, f64::max);
        let columns = ((room / widest).floor().max(1.0) as usize).min(words.len().max(1));
        for (i, ((look, _), label)) in entries.iter().zip(&words).enumerate() {
            let x = MARGIN + (i % columns) as f64 * widest;
            if i % columns == 0 {
                self.y += 18.0;
            }
            let y = self.y - 4.0;
            self.add(html! {
                (sample(*look, kind, x, y, 30.0))
                (text(x + 38.0, y + 4.0, Side::Start, LABEL, label))
            });
        }
        self.y += 6.0;
    }

    /// The figure.
    pub fn finish(self) -> Figure {
        let height = (self.y + MARGIN).ceil();
        let about = self.about.join(" ");
        let svg = html! {
            svg xmlns="http://www.w3.org/2000/svg" width=(c(WIDTH)) height=(c(height)) role="img" aria-label=(self.title)
                viewBox=(format!("0 0 {} {}", c(WIDTH), c(height))) font-family=(FONTS) {
                title { (self.title) }
                desc { (about) }
                rect width=(c(WIDTH)) height=(c(height)) fill=(PAPER) {}
                @for mark in &self.marks { (mark) }
            }
        };
        Figure { title: self.title, about, width_px: WIDTH, height_px: height, svg: svg.into_string() }
    }
}
