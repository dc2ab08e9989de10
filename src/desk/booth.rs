//! Where a participant is shown panels between trials: a headset or a window that goes on drawing.

use crate::kernel::time::DisplayTime;
use crate::panel::{Ask, Given};
use crate::problem::Problem;
use crate::table::AnswerSource;

/// A frame between trials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Between {
    /// When it is seen.
    pub now: DisplayTime,
    /// What came of the panel shown, once something has.
    pub given: Option<Given>,
    /// With what the person points.
    pub source: AnswerSource,
    /// Whether the participant wants to stop.
    pub stop: bool,
}

/// A headset or window between trials. The same device as the session's headset.
pub trait Booth {
    /// Shows one frame of the scene at rest with this panel, if any, and says what the person did in it. A panel equal
    /// to the one before keeps what was pointed at and typed so far.
    fn between(&mut self, shown: Option<&Ask>) -> Result<Between, Problem>;
}
