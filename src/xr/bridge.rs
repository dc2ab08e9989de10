//! Where OpenXR and wgpu meet: one Vulkan device, made by the runtime and used by wgpu. The only file with `unsafe`.
//!
//! What destroys what: the VkInstance goes when wgpu and the device have both let go of it; the VkDevice when wgpu has;
//! a session holds the device until the session is destroyed, an image of a swapchain is dropped before its swapchain.
//! So whatever order the handles are dropped in, nothing outlives what it stands on.
#![allow(unsafe_code)]

use super::trouble::{Doing, problem, trouble};
use crate::picture::{Gpu, INSTALL_VULKAN, features, limits};
use crate::problem::{Place, Problem};
use ash::vk::{self, Handle};
use openxr as xr;
use std::ffi::c_void;
use std::sync::Arc;
use std::time::Instant;
use wgpu_hal::vulkan as hal;

/// The runtime's session and what paces it.
pub(super) type Session = (xr::Session<xr::Vulkan>, xr::FrameWaiter, xr::FrameStream<xr::Vulkan>);

/// The loader of OpenXR, as this machine has it.
pub(super) fn loader() -> Result<xr::Entry, xr::EntryError> {
    // SAFETY: the system's own OpenXR loader is trusted to be one.
    unsafe { xr::Entry::load(&()) }
}

/// The Vulkan device that the runtime draws with, as wgpu and as OpenXR know it.
pub(super) struct Graphics {
    pub gpu: Gpu,
    handles: xr::vulkan::SessionCreateInfo,
}

/// Destroys the VkInstance once nobody needs it.
struct Owned {
    raw: ash::Instance,
    _entry: ash::Entry,
    /// The runtime may have put functions of its own between.
    _xr: xr::Instance,
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the instance and the device each hold one share of this and let go of it in their drop callbacks,
        // which wgpu calls when nothing of theirs is left.
        unsafe { self.raw.destroy_instance(None) };
    }
}

fn no_vulkan(what: String) -> Problem {
    let cure = "update the graphics card's driver and the headset's software; the runtime must offer Vulkan with two \
                views at once (multiview)";
    Problem::new(Place::default(), format!("the headset's picture cannot be drawn: {what}"), cure)
}

fn no_driver(what: &str) -> Problem {
    Problem::new(Place::default(), format!("the headset's picture cannot be drawn: {what}"), INSTALL_VULKAN)
}

/// Makes the device that the runtime asks for.
pub(super) fn graphics(xr: &xr::Instance, system: xr::SystemId) -> Result<Graphics, Problem> {
    let doing = |doing: Doing| move |error| trouble(error, doing);
    xr.graphics_requirements::<xr::Vulkan>(system).map_err(doing(Doing::Graphics))?;
    // SAFETY: the system's own Vulkan loader is trusted to be one; `Owned` keeps it for as long as its functions serve.
    let entry = unsafe { ash::Entry::load() }.map_err(|_| no_driver("the Vulkan loader (libvulkan) is missing"))?;
    let flags = wgpu::InstanceFlags::empty();
    let version = newest_version(&entry);
    let extensions = hal::Instance::desired_extensions(&entry, version, flags).map_err(|e| no_vulkan(e.to_string()))?;
    let raw_instance = vulkan_instance(xr, system, &entry, version, &extensions)?;
    let owned = Arc::new(Owned { raw: raw_instance.clone(), _entry: entry.clone(), _xr: xr.clone() });
    let share = Arc::clone(&owned);
    let instance_gone = Box::new(move || drop(share));
    let budget = wgpu::MemoryBudgetThresholds::default();
    // SAFETY: the instance was made with these extensions and this version, and lives until the callback has run.
    let instance = unsafe {
        hal::Instance::from_raw(
            entry.clone(),
            raw_instance.clone(),
            version,
            0,
            None,
            extensions,
            flags,
            budget,
            false,
            Some(instance_gone),
        )
    };
    let instance = instance.map_err(|e| no_vulkan(e.to_string()))?;
    let raw_instance_handle = pointer(raw_instance.handle().as_raw());
    // SAFETY: the handle is that of the instance which this runtime made.
    let physical = unsafe { xr.vulkan_graphics_device(system, raw_instance_handle) };
    let physical = physical.map_err(doing(Doing::Graphics))?;
    let exposed = instance.expose_adapter(vk::PhysicalDevice::from_raw(number(physical)));
    let exposed = exposed.ok_or_else(|| no_vulkan("wgpu does not know what to do with this graphics card".into()))?;
    let (features, limits) = (features(2), limits(2));
    if !exposed.features.contains(features) {
        let (name, lacks) = (&exposed.info.name, features - exposed.features);
        return Err(no_vulkan(format!("{name} cannot draw both eyes at once (it lacks {lacks})")));
    }
    let (device, raw_device) = open_device(xr, system, &entry, &raw_instance, &exposed, &owned)?;
    // SAFETY: the hal instance is handed over whole.
    let instance = unsafe { wgpu::Instance::from_hal::<hal::Api>(instance) };
    // SAFETY: the adapter was exposed by this instance.
    let adapter = unsafe { instance.create_adapter_from_hal(exposed) };
    let descriptor = wgpu::DeviceDescriptor {
        label: Some("headset"),
        required_features: features,
        required_limits: limits,
        ..wgpu::DeviceDescriptor::default()
    };
    // SAFETY: the device was opened from this adapter with the same features and limits.
    let opened = unsafe { adapter.create_device_from_hal(device, &descriptor) };
    let (device, queue) = opened.map_err(|e| no_vulkan(e.to_string()))?;
    let gpu = Gpu::new(device, queue, &adapter.get_info());
    let handles = xr::vulkan::SessionCreateInfo {
        instance: raw_instance_handle,
        physical_device: physical,
        device: pointer(raw_device),
        queue_family_index: 0,
        queue_index: 0,
    };
    Ok(Graphics { gpu, handles })
}

/// The newest Vulkan that both the loader and wgpu know.
fn newest_version(entry: &ash::Entry) -> u32 {
    // SAFETY: a function of the loader without arguments.
    let there = unsafe { entry.try_enumerate_instance_version() };
    there.ok().flatten().unwrap_or(vk::API_VERSION_1_0).min(vk::API_VERSION_1_3)
}

/// `vkGetInstanceProcAddr` as OpenXR's declarations call it.
fn functions(entry: &ash::Entry) -> xr::sys::platform::VkGetInstanceProcAddr {
    // SAFETY: both types declare the same C function; only the names of its pointers differ.
    unsafe { std::mem::transmute(entry.static_fn().get_instance_proc_addr) }
}

fn vulkan_instance(
    xr: &xr::Instance,
    system: xr::SystemId,
    entry: &ash::Entry,
    version: u32,
    extensions: &[&'static std::ffi::CStr],
) -> Result<ash::Instance, Problem> {
    let application = vk::ApplicationInfo::default().application_name(c"kerbside").api_version(version);
    let names: Vec<_> = extensions.iter().map(|name| name.as_ptr()).collect();
    let info = vk::InstanceCreateInfo::default().application_info(&application).enabled_extension_names(&names);
    // SAFETY: `info` and all it points to live through the call; the graphics requirements were asked for before.
    let made = unsafe { xr.create_vulkan_instance(system, functions(entry), (&raw const info).cast()) };
    let made = made.map_err(|error| trouble(error, Doing::Graphics))?;
    let handle = made.map_err(|error| match vk::Result::from_raw(error) {
        vk::Result::ERROR_INCOMPATIBLE_DRIVER => no_driver("this computer has no Vulkan driver"),
        error => no_vulkan(format!("no Vulkan instance ({error})")),
    })?;
    // SAFETY: the handle is that of a VkInstance just made through this loader.
    Ok(unsafe { ash::Instance::load(entry.static_fn(), vk::Instance::from_raw(number(handle))) })
}

/// Has the runtime make the device, and gives it to wgpu; the second is its handle.
fn open_device(
    xr: &xr::Instance,
    system: xr::SystemId,
    entry: &ash::Entry,
    instance: &ash::Instance,
    exposed: &wgpu_hal::ExposedAdapter<hal::Api>,
    owned: &Arc<Owned>,
) -> Result<(wgpu_hal::OpenDevice<hal::Api>, u64), Problem> {
    let adapter = &exposed.adapter;
    let (features, limits) = (features(2), limits(2));
    let extensions = adapter.required_device_extensions(features);
    let names: Vec<_> = extensions.iter().map(|name| name.as_ptr()).collect();
    let mut wanted = adapter.physical_device_features(&extensions, features);
    // wgpu-hal always draws on queue 0 of family 0.
    let queues = [vk::DeviceQueueCreateInfo::default().queue_family_index(0).queue_priorities(&[1.0])];
    let info = vk::DeviceCreateInfo::default().queue_create_infos(&queues).enabled_extension_names(&names);
    let info = wanted.add_to_device_create(info);
    let physical = pointer(adapter.raw_physical_device().as_raw());
    // SAFETY: `info` and all it points to live through the call; the physical device is the one the runtime named.
    let made = unsafe { xr.create_vulkan_device(system, functions(entry), physical, (&raw const info).cast()) };
    let made = made.map_err(|error| trouble(error, Doing::Graphics))?;
    let handle = made.map_err(|error| no_vulkan(format!("no Vulkan device ({})", vk::Result::from_raw(error))))?;
    // SAFETY: the handle is that of a VkDevice just made from this instance.
    let device = unsafe { ash::Device::load(instance.fp_v1_0(), vk::Device::from_raw(number(handle))) };
    let (raw, share) = (device.clone(), Arc::clone(owned));
    let gone = Box::new(move || {
        // SAFETY: wgpu calls this once, when nothing of the device is left; a session of OpenXR holds wgpu's device
        // until it is destroyed itself.
        unsafe { raw.destroy_device(None) };
        drop(share);
    });
    let hints = wgpu::MemoryHints::Performance;
    // SAFETY: the device was made with these extensions, these features and queue 0 of family 0.
    let opened = unsafe { adapter.device_from_raw(device, Some(gone), &extensions, features, &limits, &hints, 0, 0) };
    Ok((opened.map_err(|e| no_vulkan(e.to_string()))?, number(handle)))
}

fn pointer(handle: u64) -> *const c_void {
    std::ptr::with_exposed_provenance(usize::try_from(handle).unwrap_or(0))
}

fn number(handle: *const c_void) -> u64 {
    handle.expose_provenance() as u64
}

/// A session on this device.
pub(super) fn session(xr: &xr::Instance, system: xr::SystemId, graphics: &Graphics) -> Result<Session, Problem> {
    let guard = Box::new((graphics.gpu.device.clone(), graphics.gpu.queue.clone()));
    // SAFETY: the handles are those of the device that this runtime made, and the guard keeps it alive until the
    // session is destroyed. The queue is used on one thread only: the session's (wgpu's submissions too).
    let made = unsafe { xr.create_session_with_guard::<xr::Vulkan>(system, &graphics.handles, guard) };
    made.map_err(|error| trouble(error, Doing::Session))
}

/// A swapchain and its images as wgpu's textures.
pub(super) struct Images {
    /// What is drawn to; by index.
    textures: Vec<wgpu::Texture>,
    /// The same as targets: all layers at once.
    views: Vec<wgpu::TextureView>,
    pub swapchain: xr::Swapchain<xr::Vulkan>,
    pub size: [u32; 2],
    device: wgpu::Device,
}

/// What a swapchain is to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub size: [u32; 2],
    pub layers: u32,
    pub format: Format,
}

/// A format under both names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    pub wgpu: wgpu::TextureFormat,
    pub vulkan: u32,
}

/// Formats that Kerbside draws to, the best first: the compositor must take the numbers for sRGB.
pub(super) fn formats() -> [Format; 2] {
    let number = |format: vk::Format| u32::try_from(format.as_raw()).unwrap_or(0);
    [
        Format { wgpu: wgpu::TextureFormat::Rgba8UnormSrgb, vulkan: number(vk::Format::R8G8B8A8_SRGB) },
        Format { wgpu: wgpu::TextureFormat::Bgra8UnormSrgb, vulkan: number(vk::Format::B8G8R8A8_SRGB) },
    ]
}

impl Images {
    /// A swapchain of this shape.
    pub fn new(session: &xr::Session<xr::Vulkan>, gpu: &Gpu, shape: Shape) -> Result<Self, Problem> {
        let wrong = |error| trouble(error, Doing::Images);
        let swapchain = session.create_swapchain(&xr::SwapchainCreateInfo {
            create_flags: xr::SwapchainCreateFlags::EMPTY,
            usage_flags: xr::SwapchainUsageFlags::COLOR_ATTACHMENT
                | xr::SwapchainUsageFlags::SAMPLED
                | xr::SwapchainUsageFlags::TRANSFER_SRC
                | xr::SwapchainUsageFlags::TRANSFER_DST,
            format: shape.format.vulkan,
            sample_count: 1,
            width: shape.size[0],
            height: shape.size[1],
            face_count: 1,
            array_size: shape.layers,
            mip_count: 1,
        });
        let swapchain = swapchain.map_err(wrong)?;
        let images = swapchain.enumerate_images().map_err(wrong)?;
        let textures: Vec<_> =
            images.into_iter().map(|image| texture(gpu, image, shape)).collect::<Option<_>>().ok_or_else(not_vulkan)?;
        let view = wgpu::TextureViewDescriptor {
            dimension: Some(if shape.layers > 1 {
                wgpu::TextureViewDimension::D2Array
            } else {
                wgpu::TextureViewDimension::D2
            }),
            array_layer_count: Some(shape.layers),
            ..wgpu::TextureViewDescriptor::default()
        };
        let views = textures.iter().map(|texture| texture.create_view(&view)).collect();
        Ok(Self { textures, views, swapchain, size: shape.size, device: gpu.device.clone() })
    }

    /// The image that is to be drawn to next, with its view; it is the program's until [`Images::give_back`].
    pub fn take(&mut self) -> Result<(&wgpu::Texture, &wgpu::TextureView), Problem> {
        let wrong = |error| trouble(error, Doing::Frames);
        let image = self.swapchain.acquire_image().map_err(wrong)?;
        let began = Instant::now();
        self.swapchain.wait_image(xr::Duration::from_nanos(MOST_WAIT_NS)).map_err(wrong)?;
        // A wait that runs out is no error to OpenXR, and its binding does not tell it from one that does not.
        let held = began.elapsed().as_nanos() >= u128::from(MOST_WAIT_NS.unsigned_abs());
        let at = usize::try_from(image).ok().filter(|_| !held);
        at.and_then(|at| self.textures.get(at).zip(self.views.get(at))).ok_or_else(|| {
            let what = if held {
                "the headset's software has not given an image back for five seconds".to_owned()
            } else {
                format!("the runtime handed out image {image} of {}", self.textures.len())
            };
            problem(what, "restart the headset's software; then give the same command again: the session goes on")
        })
    }

    /// The image is drawn: the compositor may show it.
    pub fn give_back(&mut self) -> Result<(), Problem> {
        self.swapchain.release_image().map_err(|error| trouble(error, Doing::Frames))
    }
}

/// A compositor that holds an image longer does not work any more.
const MOST_WAIT_NS: i64 = 5_000_000_000;

fn not_vulkan() -> Problem {
    no_vulkan("wgpu does not know its own device as one of Vulkan".into())
}

fn texture(gpu: &Gpu, image: u64, shape: Shape) -> Option<wgpu::Texture> {
    let size = wgpu::Extent3d { width: shape.size[0], height: shape.size[1], depth_or_array_layers: shape.layers };
    let uses = wgpu::TextureUses::COLOR_TARGET
        | wgpu::TextureUses::RESOURCE
        | wgpu::TextureUses::COPY_SRC
        | wgpu::TextureUses::COPY_DST;
    let described = wgpu_hal::TextureDescriptor {
        label: Some("headset"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: shape.format.wgpu,
        usage: uses,
        memory_flags: wgpu_hal::MemoryFlags::empty(),
        view_formats: Vec::new(),
    };
    // SAFETY: the image is one of a swapchain of this session, made with this size, format and use. The callback is
    // there so that wgpu does not destroy it: it is the runtime's, and `Images` drops it before the swapchain.
    let raw = unsafe {
        gpu.device.as_hal::<hal::Api>()?.texture_from_raw(
            vk::Image::from_raw(image),
            &described,
            Some(Box::new(|| ())),
            hal::TextureMemory::External,
        )
    };
    let usage = wgpu::TextureUsages::RENDER_ATTACHMENT
        | wgpu::TextureUsages::TEXTURE_BINDING
        | wgpu::TextureUsages::COPY_SRC
        | wgpu::TextureUsages::COPY_DST;
    let descriptor = wgpu::TextureDescriptor {
        label: Some("headset"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: shape.format.wgpu,
        usage,
        view_formats: &[],
    };
    // SAFETY: the texture was made on this device with the same descriptor; OpenXR hands images over as colour targets.
    Some(unsafe { gpu.device.create_texture_from_hal::<hal::Api>(raw, &descriptor, wgpu::TextureUses::COLOR_TARGET) })
}

impl Drop for Images {
    fn drop(&mut self) {
        // The GPU is done with the images, and wgpu has let go of them, before the runtime destroys the swapchain.
        let _ = self.device.poll(wgpu::PollType::wait_indefinitely());
        self.views.clear();
        self.textures.clear();
        let _ = self.device.poll(wgpu::PollType::wait_indefinitely());
    }
}
