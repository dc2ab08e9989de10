//! Places on a panel, in its pixels: x from the left, y from the top.

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Rect {
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

impl Rect {
    pub const fn new(x: f32, y: f32, w: f32, h: f32) -> Self {
        Self { x, y, w, h }
    }

    pub fn right(self) -> f32 {
        self.x + self.w
    }

    pub fn bottom(self) -> f32 {
        self.y + self.h
    }

    pub fn centre(self) -> [f32; 2] {
        [self.x + self.w / 2.0, self.y + self.h / 2.0]
    }

    pub fn holds(self, [x, y]: [f32; 2]) -> bool {
        (self.x..self.right()).contains(&x) && (self.y..self.bottom()).contains(&y)
    }

    /// Smaller by so much on every side.
    pub fn inside(self, by: f32) -> Self {
        Self::new(self.x + by, self.y + by, (self.w - 2.0 * by).max(0.0), (self.h - 2.0 * by).max(0.0))
    }

    /// Larger by so much on every side.
    pub fn outside(self, by: f32) -> Self {
        Self::new(self.x - by, self.y - by, self.w + 2.0 * by, self.h + 2.0 * by)
    }

    /// The same seen in a mirror down the middle of a panel.
    pub fn mirrored(self, width: f32) -> Self {
        Self { x: width - self.right(), ..self }
    }

    /// So many columns of equal width.
    pub fn columns(self, n: usize, gap: f32) -> Vec<Self> {
        #[allow(clippy::cast_precision_loss)]
        let w = (self.w - gap * n.saturating_sub(1) as f32) / n.max(1) as f32;
        #[allow(clippy::cast_precision_loss)]
        (0..n).map(|i| Self { x: self.x + i as f32 * (w + gap), w, ..self }).collect()
    }

    /// Rows of a given height from the top.
    pub fn rows(self, n: usize, h: f32, gap: f32) -> Vec<Self> {
        #[allow(clippy::cast_precision_loss)]
        (0..n).map(|i| Self { y: self.y + i as f32 * (h + gap), h, ..self }).collect()
    }
}
