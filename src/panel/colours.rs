//! The panel's colours: light on dark blue-grey, readable by day and kind by night. What is chosen or lit differs by a
//! mark or a frame too, never by colour alone.

/// Red, green, blue; sRGB.
pub(super) type Colour = [u8; 3];

pub(super) const GROUND: Colour = [0x16, 0x20, 0x2a];
pub(super) const EDGE: Colour = [0x3a, 0x4c, 0x5c];
pub(super) const WORDS: Colour = [0xea, 0xf0, 0xf4];
pub(super) const QUIET: Colour = [0xa6, 0xb8, 0xc6];
pub(super) const BUTTON: Colour = [0x28, 0x38, 0x48];
pub(super) const LIT: Colour = [0x3c, 0x53, 0x68];
pub(super) const ACCENT: Colour = [0x35, 0xd4, 0xb8];
pub(super) const ON_ACCENT: Colour = [0x08, 0x18, 0x1c];
pub(super) const OFF: Colour = [0x1c, 0x28, 0x33];
pub(super) const OFF_WORDS: Colour = [0x6d, 0x80, 0x90];
pub(super) const WARNING: Colour = [0xf0, 0xa8, 0x30];
