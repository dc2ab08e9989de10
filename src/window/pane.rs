//! A window with a surface to draw on: its events are pumped between frames, on the thread that draws.

use super::keys::Hands;
use super::trouble;
use crate::picture::Gpu;
use crate::problem::Problem;
use std::sync::Arc;
use std::time::Duration;
use winit::application::ApplicationHandler;
use winit::dpi::LogicalSize;
use winit::event::{DeviceEvent, DeviceId, ElementState, MouseButton, WindowEvent};
use winit::event_loop::{ActiveEventLoop, EventLoop};
use winit::keyboard::PhysicalKey;
use winit::platform::pump_events::EventLoopExtPumpEvents;
use winit::window::{CursorGrabMode, Fullscreen, Window, WindowId};

/// A window, and what is drawn to it with.
pub(super) struct Pane {
    events: EventLoop<()>,
    app: App,
    window: Arc<Window>,
    surface: wgpu::Surface<'static>,
    config: wgpu::SurfaceConfiguration,
    /// Draws to it.
    pub gpu: Gpu,
}

/// What the window system has said.
#[derive(Debug, Default)]
struct App {
    title: String,
    size: [u32; 2],
    window: Option<Arc<Window>>,
    failed: Option<String>,
    hands: Hands,
    closed: bool,
    resized: bool,
    hidden: bool,
    focused: bool,
    focus_lost: bool,
}

impl ApplicationHandler for App {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        if self.window.is_some() {
            return;
        }
        let size = fitting(self.size, events);
        let wanted = Window::default_attributes().with_title(&self.title).with_inner_size(size);
        match events.create_window(wanted) {
            Ok(window) => self.window = Some(Arc::new(window)),
            Err(error) => self.failed = Some(error.to_string()),
        }
    }

    fn window_event(&mut self, _events: &ActiveEventLoop, _id: WindowId, event: WindowEvent) {
        match event {
            WindowEvent::CloseRequested | WindowEvent::Destroyed => self.closed = true,
            WindowEvent::Resized(size) => {
                self.size = [size.width, size.height];
                self.resized = true;
            }
            WindowEvent::Occluded(hidden) => self.hidden = hidden,
            WindowEvent::Focused(focused) => {
                self.focus_lost |= self.focused && !focused;
                self.focused = focused;
                self.hands.let_go();
            }
            WindowEvent::KeyboardInput { event, .. } => {
                if let (PhysicalKey::Code(key), false) = (event.physical_key, event.repeat) {
                    self.hands.key(key, event.state == ElementState::Pressed);
                }
            }
            WindowEvent::MouseInput { state, button, .. } => match button {
                MouseButton::Left => self.hands.click(state == ElementState::Pressed),
                MouseButton::Right => self.hands.right = state == ElementState::Pressed,
                _ => {}
            },
            WindowEvent::CursorMoved { position, .. } => {
                let share = |at: f64, size: u32| at / f64::from(size.max(1));
                self.hands.pointer = Some([share(position.x, self.size[0]), share(position.y, self.size[1])]);
            }
            WindowEvent::CursorLeft { .. } => self.hands.pointer = None,
            _ => {}
        }
    }

    fn device_event(&mut self, _events: &ActiveEventLoop, _id: DeviceId, event: DeviceEvent) {
        if let (DeviceEvent::MouseMotion { delta }, true) = (event, self.focused) {
            self.hands.turn(delta);
        }
    }
}

impl Pane {
    /// Opens a window of this size. A program can do so once.
    pub(super) fn open(title: &str, size: [u32; 2]) -> Result<Self, Problem> {
        let mut events = event_loop()?;
        let mut app = App { title: title.to_owned(), size, ..App::default() };
        // Some window systems take a few rounds before they let a program open a window.
        for _ in 0..100 {
            events.pump_app_events(Some(Duration::from_millis(10)), &mut app);
            if app.window.is_some() || app.failed.is_some() {
                break;
            }
        }
        let window = match (&app.window, &app.failed) {
            (Some(window), _) => Arc::clone(window),
            (None, why) => {
                return Err(trouble::no_windows(why.as_deref().unwrap_or("the window system does not answer")));
            }
        };
        let display = Box::new(events.owned_display_handle());
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_with_display_handle(display));
        let surface =
            instance.create_surface(Arc::clone(&window)).map_err(|error| trouble::no_surface(&error.to_string()))?;
        let gpu = Gpu::open(&instance, Some(&surface))?;
        let inner = window.inner_size();
        app.size = [inner.width, inner.height];
        let config = wgpu::SurfaceConfiguration {
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            // The format and the mode that every window has.
            format: wgpu::TextureFormat::Bgra8UnormSrgb,
            present_mode: wgpu::PresentMode::Fifo,
            color_space: wgpu::SurfaceColorSpace::Auto,
            width: inner.width.max(1),
            height: inner.height.max(1),
            desired_maximum_frame_latency: 1,
            alpha_mode: wgpu::CompositeAlphaMode::Auto,
            view_formats: Vec::new(),
        };
        surface.configure(&gpu.device, &config);
        Ok(Self { events, app, window, surface, config, gpu })
    }

    /// Frames a second that the display shows, where it says so.
    pub(super) fn rate_hz(&self) -> Option<f64> {
        let monitor = self.window.current_monitor().or_else(|| self.window.available_monitors().next())?;
        monitor.refresh_rate_millihertz().map(|rate| f64::from(rate) / 1000.0).filter(|rate| *rate >= 10.0)
    }

    /// Takes in what has happened since the last frame.
    pub(super) fn pump(&mut self) {
        self.events.pump_app_events(Some(Duration::ZERO), &mut self.app);
    }

    /// Whether somebody has closed it.
    pub(super) const fn closed(&self) -> bool {
        self.app.closed
    }

    /// Keys and mouse.
    pub(super) const fn hands(&mut self) -> &mut Hands {
        &mut self.app.hands
    }

    /// Whether another window came to the front since the last look.
    pub(super) fn take_focus_lost(&mut self) -> bool {
        std::mem::take(&mut self.app.focus_lost)
    }

    /// Whether keys and mouse come here.
    pub(super) const fn is_focused(&self) -> bool {
        self.app.focused
    }

    /// Columns and rows.
    pub(super) const fn size(&self) -> [u32; 2] {
        [self.config.width, self.config.height]
    }

    /// The format drawn to.
    pub(super) const fn format(&self) -> wgpu::TextureFormat {
        self.config.format
    }

    /// The title bar's words.
    pub(super) fn title(&self, words: &str) {
        self.window.set_title(words);
    }

    /// Keeps the mouse for looking around, or lets it go.
    pub(super) fn hold_mouse(&self, hold: bool) {
        let held = hold && {
            let grab = |mode| self.window.set_cursor_grab(mode).is_ok();
            grab(CursorGrabMode::Locked) || grab(CursorGrabMode::Confined)
        };
        if !held {
            // What cannot be let go of was not held.
            let _ = self.window.set_cursor_grab(CursorGrabMode::None);
        }
        self.window.set_cursor_visible(!held);
    }

    /// All of the screen, or a window again.
    pub(super) fn turn_full_screen(&self) {
        let full = self.window.fullscreen().is_none();
        self.window.set_fullscreen(full.then_some(Fullscreen::Borderless(None)));
    }

    /// The next picture to draw to: waits until the display takes one. None while nobody can see the window.
    pub(super) fn acquire(&mut self) -> Result<Option<wgpu::SurfaceTexture>, Problem> {
        self.fit();
        if self.app.hidden || self.app.size.contains(&0) {
            return Ok(None);
        }
        match self.surface.get_current_texture() {
            wgpu::CurrentSurfaceTexture::Success(texture) => Ok(Some(texture)),
            wgpu::CurrentSurfaceTexture::Suboptimal(texture) => {
                self.app.resized = true;
                Ok(Some(texture))
            }
            wgpu::CurrentSurfaceTexture::Timeout | wgpu::CurrentSurfaceTexture::Occluded => Ok(None),
            wgpu::CurrentSurfaceTexture::Outdated => {
                self.app.resized = true;
                Ok(None)
            }
            wgpu::CurrentSurfaceTexture::Lost | wgpu::CurrentSurfaceTexture::Validation => Err(trouble::surface_lost()),
        }
    }

    /// Shows what was drawn.
    pub(super) fn show(&self, texture: wgpu::SurfaceTexture) {
        self.window.pre_present_notify();
        self.gpu.queue.present(texture);
    }

    /// After a resize: pictures of the new size. None may be in hand.
    fn fit(&mut self) {
        if !std::mem::take(&mut self.app.resized) || self.app.size.contains(&0) {
            return;
        }
        // The window's own word: a surface may be smaller than what was asked for.
        let inner = self.window.inner_size();
        (self.config.width, self.config.height) = (inner.width.max(1), inner.height.max(1));
        self.surface.configure(&self.gpu.device, &self.config);
    }
}

/// The size asked for, or what a small screen has room for.
fn fitting(wanted: [u32; 2], events: &ActiveEventLoop) -> LogicalSize<f64> {
    let screen = events.primary_monitor().or_else(|| events.available_monitors().next());
    let room = screen.map(|screen| screen.size().to_logical::<f64>(screen.scale_factor()));
    let [width, height] = wanted.map(f64::from);
    let share = room.map_or(1.0, |room| (0.9 * room.width / width).min(0.9 * room.height / height).clamp(0.1, 1.0));
    LogicalSize::new(width * share, height * share)
}

/// The program's connection to the window system; from any thread, since a spectator's window has its own.
fn event_loop() -> Result<EventLoop<()>, Problem> {
    trouble::must_have_a_display()?;
    let mut builder = EventLoop::builder();
    #[cfg(target_os = "linux")]
    {
        use winit::platform::x11::EventLoopBuilderExtX11;
        builder.with_x11().with_any_thread(true);
    }
    #[cfg(windows)]
    {
        use winit::platform::windows::EventLoopBuilderExtWindows;
        builder.with_any_thread(true);
    }
    builder.build().map_err(|error| trouble::no_windows(trouble::inner(&error.to_string())))
}

/// Whether a window could be opened, and on what; opens none.
pub fn probe() -> Result<Vec<(String, String)>, Problem> {
    let mut events = event_loop()?;
    let mut screens = Screens::default();
    for _ in 0..100 {
        events.pump_app_events(Some(Duration::from_millis(10)), &mut screens);
        if screens.asked {
            break;
        }
    }
    if !screens.asked {
        return Err(trouble::no_windows("the window system does not answer"));
    }
    let system = std::env::var("DISPLAY").map_or_else(|_| "desktop".to_owned(), |name| format!("X11, DISPLAY {name}"));
    let mut said = vec![("window system".to_owned(), system)];
    said.extend(screens.found.into_iter().map(|screen| ("screen".to_owned(), screen)));
    Ok(said)
}

/// What screens there are.
#[derive(Debug, Default)]
struct Screens {
    asked: bool,
    found: Vec<String>,
}

impl ApplicationHandler for Screens {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        self.asked = true;
        self.found = events
            .available_monitors()
            .map(|monitor| {
                let size = monitor.size();
                let rate = monitor
                    .refresh_rate_millihertz()
                    .map_or_else(|| "rate unknown".to_owned(), |rate| format!("{:.2} Hz", f64::from(rate) / 1000.0));
                let name = monitor.name().unwrap_or_else(|| "unnamed".to_owned());
                format!("{name}, {} x {}, {rate}", size.width, size.height)
            })
            .collect();
    }

    fn window_event(&mut self, _events: &ActiveEventLoop, _id: WindowId, _event: WindowEvent) {}
}
