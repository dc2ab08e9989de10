//! A graphics device, without a headset or with one's own.

use crate::problem::{Place, Problem};
use std::sync::{Arc, Mutex};

/// A device and its queue. Cheap to clone: both are handles.
#[derive(Debug, Clone)]
pub struct Gpu {
    /// The device.
    pub device: wgpu::Device,
    /// Its queue.
    pub queue: wgpu::Queue,
    /// Name and driver, for the record.
    pub name: String,
    /// Whether it is a program instead of a graphics card.
    pub software: bool,
    /// What it failed at, once it has.
    failed: Arc<Mutex<Option<String>>>,
}

/// What every device must offer, with one eye or two.
pub(crate) fn features(views: u32) -> wgpu::Features {
    if views > 1 { wgpu::Features::MULTIVIEW | wgpu::Features::MULTISAMPLE_ARRAY } else { wgpu::Features::empty() }
}

/// What is asked of a device: wgpu's default limits, and two views at once where there are two eyes.
pub(crate) fn limits(views: u32) -> wgpu::Limits {
    wgpu::Limits { max_multiview_view_count: if views > 1 { views } else { 0 }, ..wgpu::Limits::default() }
}

/// The cure where nothing draws.
pub(crate) const INSTALL_VULKAN: &str = "install a Vulkan driver: on Debian and Ubuntu `apt-get install libvulkan1 \
                                         mesa-vulkan-drivers`, which also draws without a graphics card; on Windows the \
                                         graphics card's own driver; then `kerbside check` names what draws";

fn no_device(for_a_window: bool) -> String {
    let to = if for_a_window { " that draws to this window" } else { "" };
    format!("no picture can be drawn: this computer has no Vulkan driver{to}")
}

impl Gpu {
    /// A device as it was opened. What it fails at from now on, [`Self::works`] tells; wgpu would end the program.
    pub(crate) fn new(device: wgpu::Device, queue: wgpu::Queue, info: &wgpu::AdapterInfo) -> Self {
        let failed = Arc::new(Mutex::new(None));
        let note = Arc::clone(&failed);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            if let Ok(mut failed) = note.lock() {
                failed.get_or_insert_with(|| error.to_string());
            }
        }));
        let name = format!("{} ({} {})", info.name, info.driver, info.driver_info);
        Self { device, queue, name, software: info.device_type == wgpu::DeviceType::Cpu, failed }
    }

    /// An error, once, where the device or its driver has failed at something: out of memory, most often.
    pub fn works(&self) -> Result<(), Problem> {
        let Some(what) = self.failed.lock().ok().and_then(|mut failed| failed.take()) else { return Ok(()) };
        let what = format!("{} cannot draw the picture: {what}", self.name);
        let cure = "end other programs that draw, or ask for fewer pixels (--size, --resolution, a smaller window); if that \
                    does not help, update the graphics card's driver. A session goes on with the same command";
        Err(Problem::new(Place::default(), what, cure))
    }

    /// A device for pictures without a headset; `surface` is the window it must be able to draw to.
    pub fn open(instance: &wgpu::Instance, surface: Option<&wgpu::Surface<'_>>) -> Result<Self, Problem> {
        Self::open_for(1, instance, surface)
    }

    fn open_for(views: u32, instance: &wgpu::Instance, surface: Option<&wgpu::Surface<'_>>) -> Result<Self, Problem> {
        let wanted = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            compatible_surface: surface,
            ..wgpu::RequestAdapterOptions::default()
        };
        let none = |what: String| Problem::new(Place::default(), what, INSTALL_VULKAN);
        // What wgpu says names everything that it was built without; here it means one thing.
        let adapter =
            pollster::block_on(instance.request_adapter(&wanted)).map_err(|_| none(no_device(surface.is_some())))?;
        let info = adapter.get_info();
        let descriptor = wgpu::DeviceDescriptor {
            required_features: features(views),
            required_limits: limits(views),
            ..wgpu::DeviceDescriptor::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&descriptor))
            .map_err(|e| none(format!("{} cannot draw the picture: {e}", info.name)))?;
        Ok(Self::new(device, queue, &info))
    }

    /// A device for files, without a window.
    pub fn headless() -> Result<Self, Problem> {
        Self::headless_for(1)
    }

    /// A device for files that draws so many views at once: 1 or 2.
    pub fn headless_for(views: u32) -> Result<Self, Problem> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        Self::open_for(views, &instance, None)
    }
}
