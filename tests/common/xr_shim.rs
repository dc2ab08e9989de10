//! Between the program and the runtime, in the program: what no simulated headset does. The runtime stays the real one;
//! single functions are replaced, and only their answers are changed.
#![allow(unsafe_code, dead_code)]

use openxr::sys::{self, Handle, pfn};
use std::collections::VecDeque;
use std::ffi::{CStr, c_char, c_void};
use std::mem::transmute;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

static HEAD_LOST: AtomicBool = AtomicBool::new(false);
static HEAD_GUESSED: AtomicBool = AtomicBool::new(false);
static HANDS_GUESSED: AtomicBool = AtomicBool::new(false);
static FRAMES_HELD: AtomicBool = AtomicBool::new(false);
static IMAGES_HELD: AtomicBool = AtomicBool::new(false);
static VIOLATES: AtomicBool = AtomicBool::new(false);
/// What the next event says of who wears the headset: 0 nothing, 1 nobody, 2 somebody.
static WORN_NEXT: AtomicU8 = AtomicU8::new(0);
/// States of the session that are announced next, whatever the runtime says.
static STATES: Mutex<VecDeque<sys::SessionState>> = Mutex::new(VecDeque::new());
/// The space of the head: controllers stay where they are.
static HEAD: AtomicU64 = AtomicU64::new(0);
/// When the display was asked for another rate; none where it changes at once.
static RATE_ASKED: Mutex<Option<Instant>> = Mutex::new(None);
static RATE_SLOW: AtomicBool = AtomicBool::new(false);
/// Names of paths, and what the runtime answered to the bindings of each profile.
static PATHS: Mutex<Vec<(sys::Path, String)>> = Mutex::new(Vec::new());
static SUGGESTED: Mutex<Vec<(String, sys::Result)>> = Mutex::new(Vec::new());
/// The VkInstance that the runtime made.
static VULKAN: AtomicU64 = AtomicU64::new(0);
static REAL: OnceLock<openxr::Entry> = OnceLock::new();

/// A display of [`slow_rate`] shows this many frames a second ..
pub const OLD_RATE_HZ: f32 = 72.0;
/// .. until so long after it was asked for others.
const RATE_CHANGES: Duration = Duration::from_millis(300);

/// From now on the head is not tracked, or again.
pub fn lose_head(lost: bool) {
    HEAD_LOST.store(lost, Ordering::SeqCst);
}

/// From now on the head's place is guessed instead of tracked, as headsets do that lose sight of the room; or not.
pub fn guess_head(guessed: bool) {
    HEAD_GUESSED.store(guessed, Ordering::SeqCst);
}

/// From now on the controllers' places are guessed, as of controllers behind somebody's back; or not.
pub fn guess_hands(guessed: bool) {
    HANDS_GUESSED.store(guessed, Ordering::SeqCst);
}

/// From now on the runtime lets the program wait for a frame; or gives it the frame.
pub fn hold_frames(held: bool) {
    FRAMES_HELD.store(held, Ordering::SeqCst);
}

/// From now on the compositor gives no image back.
pub fn hold_images() {
    IMAGES_HELD.store(true, Ordering::SeqCst);
}

/// The headset is taken off, or put on again.
pub fn take_off(off: bool) {
    WORN_NEXT.store(if off { 1 } else { 2 }, Ordering::SeqCst);
}

/// The runtime announces these states of the session.
pub fn announce(states: &[sys::SessionState]) {
    STATES.lock().unwrap().extend(states);
}

/// The display takes its time to change its rate.
pub fn slow_rate() {
    RATE_SLOW.store(true, Ordering::SeqCst);
}

/// What the runtime answered to the bindings of each profile.
pub fn suggested() -> Vec<(String, sys::Result)> {
    SUGGESTED.lock().unwrap().clone()
}

/// From now on a call to OpenXR and one to Vulkan break the rules, each on top of the program's own.
pub fn violate() {
    VIOLATES.store(true, Ordering::SeqCst);
}

/// The system's loader with these functions between.
pub fn loader() -> openxr::Entry {
    // SAFETY: the system's OpenXR loader is trusted to be one. It is kept for good, so its functions stay where they are.
    let real = REAL.get_or_init(|| unsafe { openxr::Entry::load(&()) }.expect("an OpenXR loader"));
    let _ = real;
    // SAFETY: `find` gives the loader's own functions, or ones of the same types that call them.
    unsafe { openxr::Entry::from_get_instance_proc_addr(find, &()) }.expect("the loader's functions")
}

/// Functions that are exchanged, each with its name, its type and ours; `real::` has the runtime's.
macro_rules! exchanged {
    ($($name:literal $real:ident $type:ty, $ours:expr;)*) => {
        mod real {
            #![allow(non_upper_case_globals)]
            use super::*;
            $(pub static $real: OnceLock<$type> = OnceLock::new();)*
        }

        /// The loader's `xrGetInstanceProcAddr`, with these functions exchanged.
        unsafe extern "system" fn find(
            instance: sys::Instance,
            name: *const c_char,
            function: *mut Option<pfn::VoidFunction>,
        ) -> sys::Result {
            let own = REAL.get().expect("made by `loader`").fp().get_instance_proc_addr;
            // SAFETY: the caller's arguments go on unchanged.
            let result = unsafe { own(instance, name, function) };
            if result != sys::Result::SUCCESS {
                return result;
            }
            // SAFETY: the specification has `name` end with a zero and `function` point to what was just written; each
            // function is of the type that the specification gives to its name.
            unsafe {
                let Some(found) = *function else { return result };
                $(if CStr::from_ptr(name).to_bytes() == $name {
                    real::$real.get_or_init(|| transmute::<pfn::VoidFunction, $type>(found));
                    *function = Some(transmute::<$type, pfn::VoidFunction>($ours));
                })*
            }
            result
        }
    };
}

exchanged! {
    b"xrLocateSpace" locate_space pfn::LocateSpace, locate_space;
    b"xrCreateReferenceSpace" create_space pfn::CreateReferenceSpace, create_space;
    b"xrLocateViews" locate_views pfn::LocateViews, locate_views;
    b"xrPollEvent" poll_event pfn::PollEvent, poll_event;
    b"xrWaitFrame" wait_frame pfn::WaitFrame, wait_frame;
    b"xrWaitSwapchainImage" wait_image pfn::WaitSwapchainImage, wait_image;
    b"xrGetDisplayRefreshRateFB" rate pfn::GetDisplayRefreshRateFB, rate;
    b"xrRequestDisplayRefreshRateFB" ask_rate pfn::RequestDisplayRefreshRateFB, ask_rate;
    b"xrStringToPath" path pfn::StringToPath, path;
    b"xrSuggestInteractionProfileBindings" suggest pfn::SuggestInteractionProfileBindings, suggest;
    b"xrCreateVulkanInstanceKHR" vulkan pfn::CreateVulkanInstanceKHR, vulkan;
    b"xrCreateVulkanDeviceKHR" vulkan_device pfn::CreateVulkanDeviceKHR, vulkan_device;
}

/// The runtime's function.
fn of<T: Copy>(real: &OnceLock<T>) -> T {
    *real.get().expect("found before it is called")
}

unsafe extern "system" fn create_space(
    session: sys::Session,
    info: *const sys::ReferenceSpaceCreateInfo,
    space: *mut sys::Space,
) -> sys::Result {
    let real = of(&real::create_space);
    // SAFETY: the caller's arguments go on unchanged; `space` was written by the call. The one call that breaks the rules
    // has a structure of the right size that says it is another: the layer refuses it, a runtime may or may not.
    unsafe {
        if VIOLATES.load(Ordering::SeqCst) {
            let wrong = sys::ReferenceSpaceCreateInfo { ty: sys::StructureType::FRAME_STATE, ..*info };
            let mut nowhere = sys::Space::NULL;
            let _ = real(session, &raw const wrong, &raw mut nowhere);
        }
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
    // SAFETY: the caller's arguments go on unchanged; `location` was written by the call.
    unsafe {
        let result = of(&real::locate_space)(space, base, time, location);
        let head = space.into_raw() == HEAD.load(Ordering::SeqCst);
        if head && HEAD_LOST.load(Ordering::SeqCst) {
            (*location).location_flags = sys::SpaceLocationFlags::EMPTY;
        }
        let guessed = if head { &HEAD_GUESSED } else { &HANDS_GUESSED };
        if guessed.load(Ordering::SeqCst) {
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
    // SAFETY: the caller's arguments go on unchanged; `state` was written by the call.
    unsafe {
        let result = of(&real::locate_views)(session, info, state, capacity, count, views);
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
    if let Some(state) = STATES.lock().unwrap().pop_front() {
        let change = sys::EventDataSessionStateChanged {
            ty: sys::EventDataSessionStateChanged::TYPE,
            next: std::ptr::null(),
            session: sys::Session::NULL,
            state,
            time: sys::Time::from_nanos(1),
        };
        // SAFETY: as above.
        unsafe { event.cast::<sys::EventDataSessionStateChanged>().write(change) };
        return sys::Result::SUCCESS;
    }
    // SAFETY: the caller's arguments go on unchanged.
    unsafe { of(&real::poll_event)(instance, event) }
}

unsafe extern "system" fn wait_frame(
    session: sys::Session,
    info: *const sys::FrameWaitInfo,
    state: *mut sys::FrameState,
) -> sys::Result {
    while FRAMES_HELD.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(5));
    }
    // SAFETY: the caller's arguments go on unchanged.
    unsafe { of(&real::wait_frame)(session, info, state) }
}

unsafe extern "system" fn wait_image(
    swapchain: sys::Swapchain,
    info: *const sys::SwapchainImageWaitInfo,
) -> sys::Result {
    // SAFETY: the caller's arguments go on unchanged; `info` points to a structure of its type.
    unsafe {
        if IMAGES_HELD.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_nanos((*info).timeout.as_nanos().unsigned_abs()));
            return sys::Result::TIMEOUT_EXPIRED;
        }
        of(&real::wait_image)(swapchain, info)
    }
}

unsafe extern "system" fn ask_rate(session: sys::Session, hz: f32) -> sys::Result {
    *RATE_ASKED.lock().unwrap() = Some(Instant::now());
    // SAFETY: the caller's arguments go on unchanged.
    unsafe { of(&real::ask_rate)(session, hz) }
}

unsafe extern "system" fn rate(session: sys::Session, hz: *mut f32) -> sys::Result {
    // SAFETY: the caller's arguments go on unchanged; `hz` was written by the call.
    unsafe {
        let result = of(&real::rate)(session, hz);
        let changed = RATE_ASKED.lock().unwrap().is_some_and(|asked| asked.elapsed() > RATE_CHANGES);
        if RATE_SLOW.load(Ordering::SeqCst) && !changed {
            *hz = OLD_RATE_HZ;
        }
        result
    }
}

unsafe extern "system" fn path(instance: sys::Instance, name: *const c_char, path: *mut sys::Path) -> sys::Result {
    // SAFETY: the caller's arguments go on unchanged; the name ends with a zero, `path` was written by the call.
    unsafe {
        let result = of(&real::path)(instance, name, path);
        PATHS.lock().unwrap().push((*path, CStr::from_ptr(name).to_string_lossy().into_owned()));
        result
    }
}

unsafe extern "system" fn suggest(
    instance: sys::Instance,
    bindings: *const sys::InteractionProfileSuggestedBinding,
) -> sys::Result {
    // SAFETY: the caller's arguments go on unchanged; `bindings` points to a structure of its type.
    let (result, profile) = unsafe { (of(&real::suggest)(instance, bindings), (*bindings).interaction_profile) };
    let paths = PATHS.lock().unwrap();
    let name = paths.iter().find(|(path, _)| *path == profile).map(|(_, name)| name.clone());
    SUGGESTED.lock().unwrap().push((name.expect("a path that was asked for"), result));
    result
}

unsafe extern "system" fn vulkan(
    instance: sys::Instance,
    info: *const sys::VulkanInstanceCreateInfoKHR,
    made: *mut *const c_void,
    result: *mut sys::platform::VkResult,
) -> sys::Result {
    // SAFETY: the caller's arguments go on unchanged; `made` was written by the call.
    unsafe {
        let said = of(&real::vulkan)(instance, info, made, result);
        VULKAN.store((*made).expose_provenance() as u64, Ordering::SeqCst);
        said
    }
}

unsafe extern "system" fn vulkan_device(
    instance: sys::Instance,
    info: *const sys::VulkanDeviceCreateInfoKHR,
    made: *mut *const c_void,
    result: *mut sys::platform::VkResult,
) -> sys::Result {
    use ash::vk::{self, Handle as _};
    // SAFETY: the caller's arguments go on unchanged; `made` was written by the call. The functions are those of the
    // device just made, found as Vulkan has it. The one call that breaks the rules has a structure of the right size that
    // says it is another, of which drivers take no notice; what it made is destroyed.
    unsafe {
        let said = of(&real::vulkan_device)(instance, info, made, result);
        if said == sys::Result::SUCCESS && VIOLATES.load(Ordering::SeqCst) {
            let of_instance = (*info).pfn_get_instance_proc_addr.expect("Vulkan's functions");
            let vulkan = std::ptr::with_exposed_provenance(VULKAN.load(Ordering::SeqCst) as usize);
            let of_device = of_instance(vulkan, c"vkGetDeviceProcAddr".as_ptr()).expect("a function of Vulkan");
            let of_device = transmute::<unsafe extern "system" fn(), vk::PFN_vkGetDeviceProcAddr>(of_device);
            let device = vk::Device::from_raw((*made).expose_provenance() as u64);
            let function = |name: &CStr| of_device(device, name.as_ptr()).expect("a function of Vulkan");
            let create = transmute::<unsafe extern "system" fn(), vk::PFN_vkCreateFence>(function(c"vkCreateFence"));
            let destroy = transmute::<unsafe extern "system" fn(), vk::PFN_vkDestroyFence>(function(c"vkDestroyFence"));
            let wrong =
                vk::FenceCreateInfo { s_type: vk::StructureType::APPLICATION_INFO, ..vk::FenceCreateInfo::default() };
            let mut fence = vk::Fence::null();
            let _ = create(device, &raw const wrong, std::ptr::null(), &raw mut fence);
            destroy(device, fence, std::ptr::null());
        }
        said
    }
}
