//! Services of a real OpenXR runtime, and this test's own program run again beside one.
#![allow(dead_code)]

use crate::skips;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Where tests/openxr-runtime.sh unpacks the runtime.
pub fn root() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/openxr");
    std::env::var_os("XR_ROOT").map_or_else(default, PathBuf::from)
}

/// Whether the runtime is there; loudly none. With KERBSIDE_OPENXR=required it must be.
pub fn installed() -> bool {
    let there = root().join("stamp").is_file() && root().join("xr-run").is_file();
    assert!(there || !required(), "KERBSIDE_OPENXR=required, but there is no runtime in {}", root().display());
    if !there {
        skips::missing(&format!("no OpenXR runtime in {}: tests/openxr-runtime.sh install", root().display()));
    }
    there
}

/// Whether these tests may not be skipped.
pub fn required() -> bool {
    std::env::var("KERBSIDE_OPENXR").is_ok_and(|value| value == "required")
}

fn script(arguments: &[&str]) -> Output {
    script_with(arguments, &[], false)
}

/// A program, `first` with real-time priority where this user may give it.
fn program(file: &Path, first: bool) -> Command {
    const PRIORITY: [&str; 2] = ["--rr", "1"];
    let may = || Command::new("chrt").args(PRIORITY).arg("true").output().is_ok_and(|done| done.status.success());
    if first && may() {
        let mut command = Command::new("chrt");
        command.args(PRIORITY).arg(file);
        return command;
    }
    Command::new(file)
}

fn script_with(arguments: &[&str], set: &[(String, String)], first: bool) -> Output {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openxr-runtime.sh");
    program(Path::new("bash"), first)
        .arg(file)
        .args(arguments)
        .env("XR_ROOT", root())
        .envs(set.iter().cloned())
        .output()
        .unwrap()
}

/// Services of this program side by side, or one that has the machine for itself.
static MACHINE: RwLock<()> = RwLock::new(());

/// What a service holds of the machine while it runs.
#[allow(dead_code)]
enum Share {
    Some(RwLockReadGuard<'static, ()>),
    All(RwLockWriteGuard<'static, ()>),
}

/// A service of the runtime; ends with the test.
pub struct Service {
    name: String,
    port: u16,
    /// Its compositor: `null`, or `xcb` and frames a second.
    shown: Vec<String>,
    set: Vec<(String, String)>,
    /// Whether it, and programs beside it, come before all else that the machine does.
    first: bool,
    _share: Share,
}

impl Service {
    /// Starts one of this name at a port that is free.
    pub fn start(name: &str) -> Self {
        let share = Share::Some(MACHINE.read().unwrap_or_else(PoisonError::into_inner));
        Self::with(name, share, vec!["null".into()], Vec::new(), false)
    }

    /// The same when no other of this program runs, and before all else that the machine does: for what is compared with
    /// the clock.
    pub fn start_alone(name: &str) -> Self {
        let share = Share::All(MACHINE.write().unwrap_or_else(PoisonError::into_inner));
        Self::with(name, share, vec!["null".into()], Vec::new(), true)
    }

    /// One alone on the machine that shows what it composes on an X display, so many frames a second, at some percent of
    /// its resolution.
    pub fn on_screen(name: &str, display: &str, hz: u32, percent: u32) -> Self {
        let share = Share::All(MACHINE.write().unwrap_or_else(PoisonError::into_inner));
        let set = [("DISPLAY", display.to_owned()), ("XRT_COMPOSITOR_SCALE_PERCENTAGE", percent.to_string())];
        let set = set.map(|(name, value)| (name.to_owned(), value)).into();
        Self::with(name, share, vec!["xcb".into(), hz.to_string()], set, false)
    }

    fn with(name: &str, share: Share, shown: Vec<String>, set: Vec<(String, String)>, first: bool) -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        // Two checkouts may test at once.
        let service = Self { name: format!("{name}-{}", std::process::id()), port, shown, set, first, _share: share };
        service.again();
        service
    }

    /// Its name, for XR_SERVICE.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Starts it again, at the same port.
    pub fn again(&self) {
        let port = self.port.to_string();
        let arguments = ["start", &self.name, &port].into_iter().chain(self.shown.iter().map(String::as_str));
        let started = script_with(&arguments.collect::<Vec<_>>(), &self.set, self.first);
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
    }

    /// A program with the runtime's libraries, beside this service.
    pub fn command(&self, file: &Path) -> Command {
        let mut command = program(&root().join("xr-run"), self.first);
        command
            .arg(file)
            .env("XR_SERVICE", &self.name)
            .env("KERBSIDE_REMOTE_PORT", self.port.to_string())
            .env("XR_ROOT", root());
        command
    }

    /// An ignored test of this program, to be run beside the service with files in `folder`.
    pub fn inner(&self, test: &str, folder: &Path) -> Command {
        let mut command = self.command(&std::env::current_exe().unwrap());
        command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]).env("KERBSIDE_FOLDER", folder);
        command
    }

    /// Runs an ignored test of this program beside the service, with files in `folder`; all that it said.
    pub fn runs(&self, test: &str, folder: &Path, set: &[(&str, &str)]) -> String {
        let output = self.inner(test, folder).envs(set.iter().copied()).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && said.contains("1 passed"), "{test} beside {}:\n{said}", self.name);
        said
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        script(&["stop", &self.name]);
    }
}

/// In the inner program: the port of the service's remote driver.
pub fn port() -> u16 {
    std::env::var("KERBSIDE_REMOTE_PORT").expect("run beside a service").parse().unwrap()
}

/// In the inner program: where its files go.
pub fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("KERBSIDE_FOLDER").expect("run beside a service"))
}

/// Ends or kills the service beside which this program runs, or starts it again.
pub fn service(verb: &str) {
    let name = std::env::var("XR_SERVICE").expect("run beside a service");
    let port = port().to_string();
    let arguments = if verb == "start" { vec!["start", &name, &port, "null"] } else { vec![verb, &name] };
    // The script is the host's: without the runtime's libraries.
    let done = script(&arguments);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Runs a program of the runtime's own, such as `monado-ctl`, beside the service.
pub fn tool(name: &str) -> Command {
    let mut command = Command::new(root().join("xr-run"));
    command.arg(root().join("sysroot/usr/bin").join(name));
    command
}

/// Another program with a session of its own: Khronos' example, which asks for the view at once. Ends when dropped.
pub struct Client(std::process::Child);

impl Client {
    /// Starts it beside the service of this program.
    pub fn start() -> Self {
        let mut command = tool("hello_xr");
        // It ends when it can read a line.
        command.args(["-g", "Vulkan2"]).stdin(std::process::Stdio::piped());
        Self(command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
