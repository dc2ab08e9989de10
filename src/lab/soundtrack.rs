//! What the participant hears in a trial, from its first frame to its last.

use super::footage::Footage;
use crate::problem::Outcome;
use crate::sound::{Listener, Moment, Stereo};

/// All of it.
pub fn soundtrack(footage: &Footage) -> Outcome<Vec<Stereo>> {
    let (mut listener, mut heard, mut head) = (Listener::new(), Vec::new(), None);
    footage.play(&mut |scene| {
        let moment = Moment::of(scene, head);
        head = moment.head;
        listener.see(&moment);
        listener.catch_up(&mut heard);
        Ok(true)
    })?;
    Ok(heard)
}
