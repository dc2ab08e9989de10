//! The world of a session, made as ordered.

use super::order::{Order, WorldChoice};
use super::prepare::Prepared;
use crate::headset::Pacing;
use crate::kernel::seams::World;
use crate::kernel::shelf::Shelf;
use crate::problem::{Outcome, Place, Problem};
use crate::record::SensorFiles;
use crate::world::Embedded;
use crate::world::carla::{Carla, Choices, OwnClient, Server};
use std::sync::Arc;

/// The world of a session, reached and made ready.
pub(super) struct Opened {
    pub world: Box<dyn World>,
    /// Keeps what its sensors see, once the session is open.
    pub sensors: Arc<SensorFiles>,
}

/// Opens the world that was ordered.
pub(super) fn world(order: &Order<'_>) -> Outcome<Opened> {
    let sensors = Arc::<SensorFiles>::default();
    let Some(server) = server(order.world)? else {
        return Ok(Opened { world: Box::new(Embedded::new(order.prepared.study.step_hz)), sensors });
    };
    let who = order.who;
    let name = format!("{}-{}-session{}", order.prepared.study.name, who.participant, who.session_n);
    let choices = choices(order.prepared, order.pacing, &name)?;
    let shelf: Arc<dyn Shelf> = Arc::<SensorFiles>::clone(&sensors);
    Ok(Opened { world: Box::new(Carla::new(server, choices)?.keeping(shelf)), sensors })
}

/// The server that was ordered, reached; none for the embedded world.
pub(super) fn server(world: &WorldChoice) -> Result<Option<Box<dyn Server>>, Problem> {
    match world {
        WorldChoice::Embedded => Ok(None),
        WorldChoice::Carla { host, port } => Ok(Some(Box::new(OwnClient::connect(host, *port)?))),
        #[cfg(feature = "carla-rust")]
        WorldChoice::LibCarla { host, port } => {
            Ok(Some(Box::new(crate::world::carla::LibCarla::connect(host, *port)?)))
        }
    }
}

/// CARLA's physics take no longer steps: below, ticks a second.
const LEAST_STEP_HZ: u32 = 10;

/// How a study is played in CARLA; `name` is that of CARLA's recordings where the study wants them.
pub(super) fn choices(prepared: &Prepared, pacing: Pacing, name: &str) -> Result<Choices, Problem> {
    let map_text = String::from_utf8(prepared.map_bytes.clone()).map_err(|_| {
        Problem::file(&prepared.map_name, "is not UTF-8 text, as CARLA needs it", "save the map as UTF-8")
    })?;
    let step_hz = prepared.study.step_hz;
    if step_hz < LEAST_STEP_HZ {
        let what =
            format!("{step_hz} Hz is a step of {} s, and CARLA takes none above 0.1 s", 1.0 / f64::from(step_hz));
        let place = Place::default().part("[world] step_hz");
        return Err(Problem::new(place, what, "give 10 or more, or run the study with --world embedded"));
    }
    let study = prepared.study.carla.clone();
    let recording = study.record.then(|| name.to_owned());
    Ok(Choices { step_hz, pacing, study, recording, map_text })
}
