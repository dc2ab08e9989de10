//! Figures of a results section: pure functions from plain data to self-contained SVG.
//!
//! No file, no clock, no study. Every chart is a struct of plain data with `draw`, which gives a [`Figure`] or a
//! [`Problem`] that says in words why there is none. The same data give the same bytes: places have one decimal, random
//! places are named by a seed. [`Figure::pdf`] gives the same drawing as PDF. Conditions are told apart by colour (Okabe and Ito's), dash and marker; text is text;
//! title, units and numbers of people or trials stand in the drawing, and in words in its description.
//!
//! ```
//! use kerbside::figure::{Group, Quantity, Raincloud};
//!
//! let group = |label: &str, values: &[f64]| Group { label: label.into(), values: values.iter().map(|v| Some(*v)).collect() };
//! let figure = Raincloud {
//!     title: "Waiting time by light".into(),
//!     quantity: Quantity::new("Waiting time", "s"),
//!     groups: vec![group("off", &[3.1, 2.4, 4.0, 3.3, 2.9]), group("on", &[2.2, 2.0, 3.1, 2.6, 2.5])],
//!     paired: true,
//!     ..Raincloud::default()
//! }
//! .draw()?;
//! assert!(figure.svg.starts_with("<svg "));
//! # Ok::<(), kerbside::problem::Problem>(())
//! ```

mod agreement;
mod axis;
mod check;
mod counts;
mod curves;
mod fan;
mod flow;
mod forest;
mod interaction;
mod likert;
mod look;
mod number;
mod pdf;
mod quantiles;
mod raincloud;
mod residuals;
mod scale;
mod sheet;
mod trend;
mod words;

pub use agreement::BlandAltman;
pub use curves::{Curve, Curves, Panel, Trial};
pub use fan::{Fan, Tracks};
pub use flow::{Flow, LeftOut, Step};
pub use forest::{Forest, Row};
pub use interaction::{Interaction, InteractionLine};
pub use likert::{Bar, Likert, left_share, segments};
pub use look::{Look, level_colour, level_ink, place};
pub use number::{c, number, short, tick_decimals};
pub use quantiles::QuantilePlot;
pub use raincloud::{Group, Raincloud};
pub use residuals::Residuals;
pub use scale::{Pane, Scale, nice_step, round_range};
pub use trend::{Course, Point, Trend};
pub use words::{shorten, spread, wrap};

use crate::problem::Problem;

/// A drawn figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Its title, which also stands in the drawing.
    pub title: String,
    /// What it shows, in words: for those who do not see it.
    pub about: String,
    /// Width in CSS pixels (96 to the inch).
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    /// One `<svg>` element: a file of its own, or part of a page.
    pub svg: String,
}

/// A figure, or why there is none.
pub type Drawn = Result<Figure, Problem>;

/// What an axis measures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quantity {
    /// Its name: `Distance to the conflict zone`.
    pub name: String,
    /// Its unit: `m`; empty where there is none.
    pub unit: String,
}

impl Quantity {
    /// A name and a unit.
    pub fn new(name: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { name: name.into(), unit: unit.into() }
    }

    fn words(&self) -> String {
        if self.unit.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, self.unit) }
    }

    /// A value with the unit.
    fn value(&self, value: f64) -> String {
        let gap = if self.unit.is_empty() { "" } else { " " };
        format!("{}{gap}{}", short(value), self.unit)
    }
}

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower and upper limit; None where there is no interval, as for n = 1.
    pub interval: Option<(f64, f64)>,
}

impl From<crate::statistics::effects::Effect> for Estimate {
    fn from(effect: crate::statistics::effects::Effect) -> Self {
        Self { value: effect.estimate, interval: Some((effect.interval.low, effect.interval.high)) }
    }
}
