//! A second window on a running session: it draws on a thread of its own and never holds the session up.

use super::pane::Pane;
use super::sight::Sight;
use super::view::View;
use crate::kernel::participant::{Calibration, TrackedPose};
use crate::kernel::seams::{Description, HeadFrame, Headset, Scene};
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::models::DrawList;
use crate::models::Streets;
use crate::problem::{Place, Problem};
use crate::study::Scenery;
use crate::table::TruthRow;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use winit::keyboard::KeyCode;

/// A spectator sees so many pictures a second at most.
const EVERY: Duration = Duration::from_millis(33);
const SIZE: [u32; 2] = [960, 540];

/// A headset with a spectator.
pub struct Watched {
    headset: Box<dyn Headset>,
    scenery: Scenery,
    list: DrawList,
    shared: Arc<Mutex<Seen>>,
    drawn: Option<Instant>,
    drawing: Option<JoinHandle<()>>,
}

/// What the session has last shown, for whoever watches.
#[derive(Default)]
struct Seen {
    /// A trial that the spectator's window has not entered yet.
    entered: Option<Setup>,
    scene: Option<Still>,
    over: bool,
}

/// A frame as a spectator needs it.
struct Still {
    /// What is drawn, the participant among the people.
    list: DrawList,
    /// So many people without the participant.
    others: usize,
    calibration: Calibration,
    head: TrackedPose,
}

fn held(shared: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watched {
    /// Opens the spectator's window beside a headset.
    pub fn open(headset: Box<dyn Headset>, title: &str, scenery: &Scenery, streets: Streets) -> Result<Self, Problem> {
        let shared = Arc::new(Mutex::new(Seen::default()));
        let (tell, told) = channel();
        let (theirs, light, title) = (Arc::clone(&shared), scenery.clone(), title.to_owned());
        let drawing = std::thread::Builder::new()
            .name("spectator".to_owned())
            .spawn(move || draw(&theirs, light, streets, &title, &tell))
            .map_err(|error| no_thread(&error.to_string()))?;
        told.recv().unwrap_or_else(|_| Err(no_thread("it ended at once")))?;
        let (scenery, list) = (scenery.clone(), DrawList::default());
        Ok(Self { headset, scenery, list, shared, drawn: None, drawing: Some(drawing) })
    }

    /// Leaves a copy of the scene where the spectator finds it; whoever is just reading there is not waited for.
    fn leave(&mut self, scene: &Scene<'_>) {
        // Whoever watches sees the street as it goes on, also where the participant's picture stands still.
        self.list.fill(&Scene { held: false, ..*scene }, &self.scenery);
        if self.drawn.is_some_and(|drawn| drawn.elapsed() < EVERY) {
            return;
        }
        let Ok(mut seen) = self.shared.try_lock() else { return };
        let mut list = self.list.clone();
        let others = list.people.len();
        list.add_participant(scene);
        seen.scene = Some(Still { list, others, calibration: *scene.calibration, head: scene.head });
        self.drawn = Some(Instant::now());
    }
}

fn no_thread(why: &str) -> Problem {
    Problem::new(
        Place::default().part("--spectator"),
        format!("the spectator's window cannot run: {why}"),
        "leave it out",
    )
}

impl Headset for Watched {
    fn describe(&self) -> Description {
        self.headset.describe()
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        let calibration = self.headset.begin_trial(setup)?;
        let mut seen = held(&self.shared);
        seen.entered = Some(setup.clone());
        seen.scene = None;
        Ok(calibration)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        self.headset.wait_frame()
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.headset.present(scene)?;
        self.leave(scene);
        Ok(())
    }

    fn resume_at(&mut self, at: DisplayTime) {
        self.headset.resume_at(at);
    }

    fn truth(&mut self) -> Vec<TruthRow> {
        self.headset.truth()
    }

    fn shut_down(&mut self) {
        self.headset.shut_down();
        held(&self.shared).over = true;
        if let Some(drawing) = self.drawing.take() {
            // What became of the spectator's window is no matter of the session.
            let _ = drawing.join();
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        held(&self.shared).over = true;
    }
}

/// The spectator's thread: until the session is over or somebody closes the window.
fn draw(shared: &Mutex<Seen>, light: Scenery, streets: Streets, title: &str, tell: &Sender<Result<(), Problem>>) {
    let mut spectator = match Spectator::open(light, streets, title) {
        Ok(spectator) => spectator,
        Err(problem) => {
            let _ = tell.send(Err(problem));
            return;
        }
    };
    let _ = tell.send(Ok(()));
    while !held(shared).over {
        let began = Instant::now();
        if !spectator.look(shared).unwrap_or(false) {
            break;
        }
        std::thread::sleep(EVERY.saturating_sub(began.elapsed()));
    }
}

/// The spectator's window.
struct Spectator {
    view: View,
    pane: Pane,
    title: String,
    sight: Sight,
    setup: Option<Setup>,
    still: Option<Still>,
}

impl Spectator {
    fn open(light: Scenery, streets: Streets, title: &str) -> Result<Self, Problem> {
        let pane = Pane::open(title, SIZE)?;
        let view = View::new(light, streets);
        let (title, sight) = (title.to_owned(), Sight::default());
        let spectator = Self { view, pane, title, sight, setup: None, still: None };
        spectator.name();
        Ok(spectator)
    }

    fn name(&self) {
        self.pane.title(&format!(
            "{} · {} · keys 1, 2, 3: participant, above, spectator",
            self.title,
            self.sight.words()
        ));
    }

    /// Draws what has been left; whether the window is still wanted.
    fn look(&mut self, shared: &Mutex<Seen>) -> Result<bool, Problem> {
        self.pane.pump();
        if self.pane.closed() {
            return Ok(false);
        }
        for key in self.pane.hands().take_pressed() {
            self.key(key);
        }
        self.take(shared)?;
        let (Some(setup), Some(still)) = (&self.setup, &self.still) else { return Ok(true) };
        let fov = View::fov(self.pane.size());
        let Some(eye) = self.sight.eye(setup, &still.calibration, &still.head, fov) else { return Ok(true) };
        if let Some(texture) = self.pane.acquire()? {
            self.view.list.clone_from(&still.list);
            self.sight.adapt(&mut self.view.list, still.others);
            self.view.show(&self.pane, texture, &eye)?;
        }
        Ok(true)
    }

    fn key(&mut self, key: KeyCode) {
        const DIGITS: [KeyCode; 3] = [KeyCode::Digit1, KeyCode::Digit2, KeyCode::Digit3];
        if key == KeyCode::F11 {
            self.pane.turn_full_screen();
        }
        let digit = DIGITS.iter().position(|one| *one == key).map(|at| at + 1);
        if let Some(sight) = digit.and_then(Sight::of_digit) {
            self.sight = sight;
            self.name();
        }
    }

    /// Takes over what the session has left, in no time: it may come back for more.
    fn take(&mut self, shared: &Mutex<Seen>) -> Result<(), Problem> {
        let (entered, scene) = {
            let mut seen = held(shared);
            (seen.entered.take(), seen.scene.take())
        };
        if let Some(setup) = entered {
            self.view.enter(&self.pane, &setup)?;
            self.setup = Some(setup);
            // The trial before is over: its last picture is not seen in another's street.
            self.still = None;
        }
        self.still = scene.or(self.still.take());
        Ok(())
    }
}
