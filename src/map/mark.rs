//! Lines painted on a road (`<roadMark>`).

/// What is painted along a lane's outer border, or at lane 0, from some place of its section on.
#[derive(Debug, Clone, PartialEq)]
pub struct RoadMark {
    /// Where it begins, metres from the section's start; it goes on to the next.
    pub s_m: f64,
    /// Its colour.
    pub colour: MarkColour,
    /// The lines side by side; none where nothing is painted.
    pub strokes: Vec<Stroke>,
}

/// One line of a mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Its middle to the left of the border, seen along the road, metres.
    pub offset_t_m: f64,
    /// How broad it is, metres.
    pub width_m: f64,
    /// Dashes; none for a solid line.
    pub dash: Option<Dash>,
}

/// How a line is broken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dash {
    /// Length painted, metres.
    pub length_m: f64,
    /// Length not painted, metres.
    pub gap_m: f64,
    /// Where the first one begins, metres from the mark's own start.
    pub start_m: f64,
}

/// Colours that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkColour {
    /// `standard`, `white`, and every colour but these.
    White,
    /// `yellow` and `orange`.
    Yellow,
}
