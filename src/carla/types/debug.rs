//! Lines and texts drawn into the simulation, for people who look at it.

use super::{BoundingBox, Color, Rotation, Vector3};
use crate::carla::values::wire;
use crate::carla::wire::{Malformed, Reader, Wire, Writer};

/// What is drawn. Sizes and thicknesses are metres.
#[derive(Debug, Clone, PartialEq)]
pub enum DebugPrimitive {
    /// A point.
    Point {
        /// Where.
        location: Vector3,
        /// How large.
        size: f32,
    },
    /// A line.
    Line {
        /// From.
        begin: Vector3,
        /// To.
        end: Vector3,
        /// How thick.
        thickness: f32,
    },
    /// An arrow.
    Arrow {
        /// From.
        begin: Vector3,
        /// To.
        end: Vector3,
        /// How thick.
        thickness: f32,
        /// How large its head.
        size: f32,
    },
    /// A box.
    Box {
        /// Which.
        bounds: BoundingBox,
        /// How it is turned.
        rotation: Rotation,
        /// How thick its edges.
        thickness: f32,
    },
    /// A text.
    Text {
        /// Where.
        location: Vector3,
        /// The text.
        text: String,
        /// Whether it has a shadow.
        shadow: bool,
    },
}

/// From 0.9.16 on kinds 5 to 8 are kinds 0 to 3 again, drawn on the screen: read as what they are like.
const ON_SCREEN: u64 = 5;

#[derive(Debug)]
struct Line {
    begin: Vector3,
    end: Vector3,
    thickness: f32,
}
wire!(Line { begin, end, thickness });

impl Wire for DebugPrimitive {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        match self {
            Self::Point { location, size } => {
                to.unsigned(0);
                (*location, *size).write(to);
            }
            Self::Line { begin, end, thickness } => {
                to.unsigned(1);
                Line { begin: *begin, end: *end, thickness: *thickness }.write(to);
            }
            Self::Arrow { begin, end, thickness, size } => {
                to.unsigned(2);
                (Line { begin: *begin, end: *end, thickness: *thickness }, *size).write(to);
            }
            Self::Box { bounds, rotation, thickness } => {
                to.unsigned(3);
                to.array(3);
                bounds.write(to);
                rotation.write(to);
                thickness.write(to);
            }
            Self::Text { location, text, shadow } => {
                to.unsigned(4);
                to.array(3);
                location.write(to);
                to.text(text);
                shadow.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.structure("DebugPrimitive", 2, |from, _| {
            let here = from.clone();
            let kind = from.unsigned()?;
            let like = if (ON_SCREEN..ON_SCREEN + 4).contains(&kind) { kind - ON_SCREEN } else { kind };
            let primitive = match like {
                0 => <(Vector3, f32)>::read(from).map(|(location, size)| Self::Point { location, size })?,
                1 => Line::read(from).map(|Line { begin, end, thickness }| Self::Line { begin, end, thickness })?,
                2 => <(Line, f32)>::read(from).map(|(Line { begin, end, thickness }, size)| Self::Arrow {
                    begin,
                    end,
                    thickness,
                    size,
                })?,
                3 => from.structure("DebugPrimitive.Box", 3, |from, _| {
                    let bounds = BoundingBox::read(from)?;
                    Ok((Self::Box { bounds, rotation: Rotation::read(from)?, thickness: f32::read(from)? }, 3))
                })?,
                4 => from.structure("DebugPrimitive.Text", 3, |from, _| {
                    let location = Vector3::read(from)?;
                    Ok((Self::Text { location, text: String::read(from)?, shadow: bool::read(from)? }, 3))
                })?,
                other => return Err(here.wrong(format!("{other} is nothing that can be drawn"))),
            };
            Ok((primitive, 2))
        })
    }
}

/// Something drawn for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct DebugShape {
    /// What.
    pub primitive: DebugPrimitive,
    /// In which colour.
    pub color: Color,
    /// How long, s; -1 is for ever.
    pub life_time_s: f32,
    /// Whether lines stay in front.
    pub persistent_lines: bool,
}
wire!(DebugShape { primitive, color, life_time_s, persistent_lines });
