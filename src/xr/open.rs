//! A headset opened: runtime, graphics, session, images, input.

use super::area::{Area, Guard, Watch};
use super::board::Board;
use super::booth::OpenXrBooth;
use super::bridge::{self, Format, Graphics};
use super::device::Device;
use super::headset::{On, OpenXr};
use super::input::{Doings, Input};
use super::pictures::{Pictures, Resolution, eye_size, format};
use super::rig::Rig;
use super::stage::{Calibrate, Floor, Laid};
use super::system::{self, Facts, Offers, System};
use crate::desk::Booth;
use crate::kernel::seams::Headset;
use crate::kernel::setup::Setup;
use crate::kernel::time::DisplayTime;
use crate::models::Streets;
use crate::problem::Problem;
use crate::study::{Answering, Scenery};
use openxr::{Entry, Instance, ReferenceSpaceType, Space};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

/// What is asked of a headset.
pub struct Wanted {
    /// Whether a headset that is a program serves too.
    pub simulated_ok: bool,
    /// The study's rate; asked for where the headset can choose.
    pub rate_hz: u32,
    /// How the site is laid into the room.
    pub calibrate: Calibrate,
    /// What counts as the floor.
    pub floor: Floor,
    /// How finely it is drawn.
    pub resolution: Resolution,
    /// The light, and who stands about.
    pub scenery: Scenery,
    /// The street of each site, by the site's id.
    pub streets: Streets,
    /// With what people answer.
    pub answering: Answering,
    /// The first trial of the plan: its street is seen before any trial begins.
    pub first: Setup,
    /// How far the room goes from the start mark along the walking direction.
    pub room_depth_m: Option<f64>,
    /// The language that the participant is spoken to.
    pub language: String,
    /// Tells the operator something.
    pub tell: fn(&str),
    /// Set by Ctrl-C: what waits for a person gives up.
    pub interrupted: &'static AtomicBool,
    /// A loader with something between; none for the system's own.
    pub loader: Option<Entry>,
}

/// A headset for the trials, and the same for what is between them.
pub type Opened = (Box<dyn Headset>, Box<dyn Booth>);

/// A session with nothing in it yet: what a headset is opened for, and what a check before it looks at.
pub(super) struct Begun {
    pub instance: Instance,
    pub graphics: Graphics,
    pub session: bridge::Session,
    pub stage: (Space, ReferenceSpaceType),
    /// Of an eye's picture.
    pub size: [u32; 2],
    pub format: Format,
    pub input: Input,
    /// The area that was set up in the headset's software.
    pub area: Area,
    pub offers: Offers,
    pub facts: Facts,
}

/// Begins it.
pub(super) fn begin(
    loader: Option<Entry>,
    simulated_ok: bool,
    (floor, resolution): (Floor, Resolution),
) -> Result<Begun, Problem> {
    let System { instance, id, offers, mut facts } = system::find(loader, simulated_ok)?;
    let size = eye_size(&instance, id, resolution)?;
    let graphics = bridge::graphics(&instance, id)?;
    let session = bridge::session(&instance, id, &graphics)?;
    let format = format(&session.0)?;
    facts.note("graphics", graphics.gpu.name.clone());
    facts.note("eye_pixels", format!("{} x {}", size[0], size[1]));
    facts.note("eye_pixels_percent", resolution.0.to_string());
    facts.note("eye_format", format!("{:?}, 4 samples", format.wgpu));
    let (stage, kind, words) = system::stage(&session.0, floor, offers)?;
    facts.note("stage", words);
    let bounds = session.0.reference_space_bounds_rect(kind).ok().flatten();
    let bounds_m = bounds.and_then(|size| Area::of_bounds(f64::from(size.width), f64::from(size.height)));
    let area = bounds_m.unwrap_or_default();
    facts.note("stage_bounds_m", bounds.map_or("none".into(), |size| format!("{} x {}", size.width, size.height)));
    facts.note("tells_when_taken_off", if offers.presence { "yes" } else { "no" });
    let input = Input::new(&instance, &session.0, offers)?;
    Ok(Begun { instance, graphics, session, stage: (stage, kind), size, format, input, area, offers, facts })
}

/// Opens the headset: for the trials, and for what is between them.
pub fn open(wanted: Wanted) -> Result<Opened, Problem> {
    let begun = begin(wanted.loader, wanted.simulated_ok, (wanted.floor, wanted.resolution))?;
    let Begun { instance, graphics, session, stage, size, format, input, area, offers, mut facts } = begun;
    let mut pictures = Pictures::new(&session.0, &graphics, (format, size), wanted.scenery, wanted.streets)?;
    pictures.enter(&graphics, &wanted.first)?;
    let board = Board::new(&session.0, &graphics, format, wanted.answering)?;
    facts.note("answers_by_gaze", wanted.answering.gaze.word());
    facts.note("gaze_dwell_s", wanted.answering.dwell_s.to_string());
    let mut device = Device::new(instance, graphics, session, stage, Some(f64::from(wanted.rate_hz)))?;
    rate(&mut device, offers, wanted.rate_hz, &mut facts)?;
    facts.note("study_rate_hz", wanted.rate_hz.to_string());
    let mut rig = Rig {
        pictures,
        board,
        input,
        device,
        laid: Laid::default(),
        setup: wanted.first,
        calibrate: wanted.calibrate,
        guard: Guard::new(area.clone()),
        bounds: area,
        room_depth_m: wanted.room_depth_m,
        frame: None,
        doings: Doings::NOTHING,
        watch: Watch::default(),
        hidden: false,
        study_hz: f64::from(wanted.rate_hz),
        warned_hz: None,
        given: None,
        stopped: None,
        displaced: false,
        checked: Vec::new(),
        last: DisplayTime::default(),
        tell: wanted.tell,
        language: wanted.language,
        interrupted: wanted.interrupted,
    };
    rig.warn_of_rate();
    let rig = Rc::new(RefCell::new(Some(rig)));
    Ok((Box::new(OpenXr { rig: Rc::clone(&rig), facts, on: On::Nothing, drawn: None }), Box::new(OpenXrBooth { rig })))
}

/// Has the display run at the study's rate where it can, and notes the rate that it then runs at.
pub(super) fn rate(device: &mut Device, offers: Offers, wanted_hz: u32, facts: &mut Facts) -> Result<(), Problem> {
    if !offers.rate {
        return Ok(());
    }
    let asked_hz = system::ask_for_rate(&device.session, wanted_hz, facts);
    device.settle_rate(asked_hz)?;
    if let Some(hz) = device.rate_hz {
        facts.note("rate_hz", hz.to_string());
    }
    Ok(())
}
