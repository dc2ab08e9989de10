//! Keys and mouse of a window, as they stand and as they came. Pure: events are arguments.

use super::walking::Going;
use winit::keyboard::KeyCode;

/// What somebody does at the desk.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Hands {
    held: Vec<KeyCode>,
    pressed: Vec<KeyCode>,
    turned: [f64; 2],
    /// Mouse in the window, 0 to 1 from the left and from the top; none outside.
    pub pointer: Option<[f64; 2]>,
    /// Left mouse button.
    pub left: bool,
    /// Right mouse button.
    pub right: bool,
    clicked: bool,
}

impl Hands {
    /// A key goes down or up.
    pub(super) fn key(&mut self, key: KeyCode, down: bool) {
        self.held.retain(|held| *held != key);
        if down {
            self.held.push(key);
            self.pressed.push(key);
        }
    }

    /// The left mouse button goes down or up.
    pub(super) const fn click(&mut self, down: bool) {
        self.left = down;
        self.clicked |= down;
    }

    /// Whether the left mouse button went down since the last look, released again or not.
    pub(super) const fn take_clicked(&mut self) -> bool {
        std::mem::replace(&mut self.clicked, false)
    }

    /// The mouse moved by so many counts, to the right and down.
    pub(super) fn turn(&mut self, counts: (f64, f64)) {
        self.turned[0] += counts.0;
        self.turned[1] += counts.1;
    }

    /// The window is not in front any more: nothing is held, wherever the fingers are.
    pub(super) fn let_go(&mut self) {
        *self = Self { pointer: self.pointer, ..Self::default() };
    }

    /// Whether any of these keys is held.
    pub(super) fn holds(&self, keys: &[KeyCode]) -> bool {
        self.held.iter().any(|held| keys.contains(held))
    }

    /// What is held to walk.
    pub(super) fn going(&self) -> Going {
        Going {
            ahead: self.holds(&[KeyCode::KeyW, KeyCode::ArrowUp]),
            back: self.holds(&[KeyCode::KeyS, KeyCode::ArrowDown]),
            left: self.holds(&[KeyCode::KeyA, KeyCode::ArrowLeft]),
            right: self.holds(&[KeyCode::KeyD, KeyCode::ArrowRight]),
            hurry: self.holds(&[KeyCode::ShiftLeft, KeyCode::ShiftRight]),
        }
    }

    /// Arrow keys as a thumbstick: right and up.
    pub(super) fn stick(&self) -> [f64; 2] {
        let axis = |plus, minus| f64::from(i8::from(self.holds(&[plus])) - i8::from(self.holds(&[minus])));
        [axis(KeyCode::ArrowRight, KeyCode::ArrowLeft), axis(KeyCode::ArrowUp, KeyCode::ArrowDown)]
    }

    /// How far the mouse moved since the last look.
    pub(super) fn take_turned(&mut self) -> [f64; 2] {
        std::mem::take(&mut self.turned)
    }

    /// Keys that went down since the last look, in order; a key that was released again counts too.
    pub(super) fn take_pressed(&mut self) -> Vec<KeyCode> {
        std::mem::take(&mut self.pressed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_for_the_same_way_are_held_until_both_are_released() {
        let mut hands = Hands::default();
        hands.key(KeyCode::KeyW, true);
        hands.key(KeyCode::ArrowUp, true);
        hands.key(KeyCode::KeyW, false);
        assert!(hands.going().ahead);
        hands.key(KeyCode::ArrowUp, false);
        assert_eq!(hands.going(), Going::default());
    }

    #[test]
    fn a_tap_between_two_frames_is_not_lost() {
        let mut hands = Hands::default();
        hands.key(KeyCode::Digit5, true);
        hands.key(KeyCode::Digit5, false);
        hands.key(KeyCode::Enter, true);
        assert_eq!(hands.take_pressed(), [KeyCode::Digit5, KeyCode::Enter]);
        assert!(hands.take_pressed().is_empty() && hands.holds(&[KeyCode::Enter]));
        hands.click(true);
        hands.click(false);
        assert!(!hands.left && hands.take_clicked() && !hands.take_clicked());
    }

    #[test]
    fn who_looks_elsewhere_holds_nothing() {
        let mut hands = Hands { pointer: Some([0.5, 0.5]), left: true, right: true, ..Hands::default() };
        hands.key(KeyCode::KeyW, true);
        hands.turn((3.0, -1.0));
        hands.let_go();
        assert_eq!(hands, Hands { pointer: Some([0.5, 0.5]), ..Hands::default() });
    }

    #[test]
    fn turns_add_up_until_they_are_taken() {
        let mut hands = Hands::default();
        hands.turn((3.0, -1.0));
        hands.turn((1.0, 0.5));
        assert_eq!(hands.take_turned(), [4.0, -0.5]);
        assert_eq!(hands.take_turned(), [0.0, 0.0]);
        hands.key(KeyCode::ArrowLeft, true);
        hands.key(KeyCode::ArrowUp, true);
        assert_eq!(hands.stick(), [-1.0, 1.0]);
    }
}
