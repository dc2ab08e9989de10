//! Between the program and the runtime, in the program: what no simulated headset does. The runtime stays the real one;
//! single functions are replaced, and only their answers are changed.
#![allow(unsafe_code, dead_code)]

use openxr::sys::{self, Handle};
use std::ffi::{CStr, c_char};
use std::mem::transmute;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

static HEAD_LOST: AtomicBool = AtomicBool::new(false);
static HEAD_GUESSED: AtomicBool = AtomicBool::new(false);
/// What the next event says of who wears the headset: 0 nothing, 1 nobody, 2 somebody.
static WORN_NEXT: AtomicU8 = AtomicU8::new(0);
/// The space of the head: controllers stay where they are.
static HEAD: AtomicU64 = AtomicU64::new(0);
static REAL: OnceLock<openxr::Entry> = OnceLock::new();
static LOCATE_SPACE: OnceLock<sys::pfn::LocateSpace> = OnceLock::new();
static LOCATE_VIEWS: OnceLock<sys::pfn::LocateViews> = OnceLock::new();
static CREATE_SPACE: OnceLock<sys::pfn::CreateReferenceSpace> = OnceLock::new();
static POLL_EVENT: OnceLock<sys::pfn::PollEvent> = OnceLock::new();

/// From now on the head is not tracked, or again.
pub fn lose_head(lost: bool) {
    HEAD_LOST.store(lost, Ordering::SeqCst);
}

/// From now on the head's place is guessed instead of tracked, as headsets do that lose sight of the room; or not.
pub fn guess_head(guessed: bool) {
    HEAD_GUESSED.store(guessed, Ordering::SeqCst);
}

/// The headset is taken off, or put on again.
pub fn take_off(off: bool) {
    WORN_NEXT.store(if off { 1 } else { 2 }, Ordering::SeqCst);
}

/// The system's loader with these functions between.
pub fn loader() -> openxr::Entry {
    // SAFETY: the system's OpenXR loader is trusted to be one. It is kept for good, so its functions stay where they are.
    let real = REAL.get_or_init(|| unsafe { openxr::Entry::load(&()) }.expect("an OpenXR loader"));
    let _ = real;
    // SAFETY: `find` gives the loader's own functions, or ones of the same types that call them.
    unsafe { openxr::Entry::from_get_instance_proc_addr(find, &()) }.expect("the loader's functions")
}

/// The loader's `xrGetInstanceProcAddr`, with four functions exchanged.
unsafe extern "system" fn find(
    instance: sys::Instance,
    name: *const c_char,
    function: *mut Option<sys::pfn::VoidFunction>,
) -> sys::Result {
    let real = REAL.get().expect("made by `loader`").fp().get_instance_proc_addr;
    // SAFETY: the caller's arguments go on unchanged.
    let result = unsafe { real(instance, name, function) };
    if result != sys::Result::SUCCESS {
        return result;
    }
    // SAFETY: the specification has `name` end with a zero and `function` point to what was just written; each function
    // is of the type that the specification gives to its name.
    unsafe {
        let Some(found) = *function else { return result };
        match CStr::from_ptr(name).to_bytes() {
            b"xrLocateSpace" => {
                LOCATE_SPACE.get_or_init(|| transmute::<sys::pfn::VoidFunction, sys::pfn::LocateSpace>(found));
                *function = Some(transmute::<sys::pfn::LocateSpace, sys::pfn::VoidFunction>(locate_space));
            }
            b"xrCreateReferenceSpace" => {
                CREATE_SPACE.get_or_init(|| transmute::<sys::pfn::VoidFunction, sys::pfn::CreateReferenceSpace>(found));
                *function = Some(transmute::<sys::pfn::CreateReferenceSpace, sys::pfn::VoidFunction>(create_space));
            }
            b"xrLocateViews" => {
                LOCATE_VIEWS.get_or_init(|| transmute::<sys::pfn::VoidFunction, sys::pfn::LocateViews>(found));
                *function = Some(transmute::<sys::pfn::LocateViews, sys::pfn::VoidFunction>(locate_views));
            }
            b"xrPollEvent" => {
                POLL_EVENT.get_or_init(|| transmute::<sys::pfn::VoidFunction, sys::pfn::PollEvent>(found));
                *function = Some(transmute::<sys::pfn::PollEvent, sys::pfn::VoidFunction>(poll_event));
            }
            _ => {}
        }
    }
    result
}

unsafe extern "system" fn create_space(
    session: sys::Session,
    info: *const sys::ReferenceSpaceCreateInfo,
    space: *mut sys::Space,
) -> sys::Result {
    let real = CREATE_SPACE.get().expect("found before it is called");
    // SAFETY: the caller's arguments go on unchanged; `space` was written by the call.
    unsafe {
        let result = real(session, info, space);
        if result == sys::Result::SUCCESS && (*info).reference_space_type == sys::ReferenceSpaceType::VIEW {
            HEAD.store((*space).into_raw(), Ordering::SeqCst);
        }
        result
    }
}

unsafe extern "system" fn locate_space(
    space: sys::Space,
    base: sys::Space,
    time: sys::Time,
    location: *mut sys::SpaceLocation,
) -> sys::Result {
    let real = LOCATE_SPACE.get().expect("found before it is called");
    // SAFETY: the caller's arguments go on unchanged; `location` was written by the call.
    unsafe {
        let result = real(space, base, time, location);
        if HEAD_LOST.load(Ordering::SeqCst) && space.into_raw() == HEAD.load(Ordering::SeqCst) {
            (*location).location_flags = sys::SpaceLocationFlags::EMPTY;
        }
        if HEAD_GUESSED.load(Ordering::SeqCst) && space.into_raw() == HEAD.load(Ordering::SeqCst) {
            (*location).location_flags &= !sys::SpaceLocationFlags::POSITION_TRACKED;
        }
        result
    }
}

unsafe extern "system" fn locate_views(
    session: sys::Session,
    info: *const sys::ViewLocateInfo,
    state: *mut sys::ViewState,
    capacity: u32,
    count: *mut u32,
    views: *mut sys::View,
) -> sys::Result {
    let real = LOCATE_VIEWS.get().expect("found before it is called");
    // SAFETY: the caller's arguments go on unchanged; `state` was written by the call.
    unsafe {
        let result = real(session, info, state, capacity, count, views);
        if HEAD_LOST.load(Ordering::SeqCst) {
            (*state).view_state_flags = sys::ViewStateFlags::EMPTY;
        }
        result
    }
}

unsafe extern "system" fn poll_event(instance: sys::Instance, event: *mut sys::EventDataBuffer) -> sys::Result {
    let worn = WORN_NEXT.swap(0, Ordering::SeqCst);
    if worn != 0 {
        let presence = sys::EventDataUserPresenceChangedEXT {
            ty: sys::EventDataUserPresenceChangedEXT::TYPE,
            next: std::ptr::null(),
            session: sys::Session::NULL,
            is_user_present: (worn == 2).into(),
        };
        // SAFETY: an event buffer has room for every event, and this one begins with its type as all do.
        unsafe { event.cast::<sys::EventDataUserPresenceChangedEXT>().write(presence) };
        return sys::Result::SUCCESS;
    }
    let real = POLL_EVENT.get().expect("found before it is called");
    // SAFETY: the caller's arguments go on unchanged.
    unsafe { real(instance, event) }
}
