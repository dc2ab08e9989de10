//! A screen of a test's own: Xvfb, and hands that press keys and move the mouse on it.
#![allow(dead_code)]

use crate::skips;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A screen that nobody sees; gone when dropped.
pub struct Screen {
    server: Child,
    size: [u32; 2],
    pub display: String,
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Whether this program is here.
pub fn has(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

impl Screen {
    /// A new screen; none, said loudly, where Xvfb or the tools are not here and nobody insists (KERBSIDE_WINDOW=required).
    pub fn new() -> Option<Self> {
        Self::sized([480, 320])
    }

    /// The same, so many pixels wide and high.
    pub fn sized(size: [u32; 2]) -> Option<Self> {
        let [width, height] = size;
        let missing: Vec<&str> = ["Xvfb", "xdotool", "xwd"].into_iter().filter(|program| !has(program)).collect();
        if !missing.is_empty() {
            let needed = std::env::var("KERBSIDE_WINDOW").is_ok_and(|word| word == "required");
            assert!(!needed, "KERBSIDE_WINDOW=required, but {missing:?} are not here");
            skips::missing(&format!("{missing:?} not found; apt-get install xvfb xdotool x11-apps"));
            return None;
        }
        // The server itself takes a number that is free, and says which.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24"), "-noreset", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb did not start");
        Some(Self { server, size, display: format!(":{}", number.trim()) })
    }

    pub fn xdotool(&self, args: &[&str]) -> Output {
        Command::new("xdotool").args(args).env("DISPLAY", &self.display).output().unwrap()
    }

    /// The window with this in its title, once it is there; it gets the keys.
    pub fn window(&self, title: &str, program: &mut Child) -> String {
        let began = Instant::now();
        loop {
            let found = self.xdotool(&["search", "--onlyvisible", "--name", title]);
            let found = String::from_utf8_lossy(&found.stdout).into_owned();
            if let Some(window) = found.lines().next() {
                self.xdotool(&["windowfocus", "--sync", window]);
                return window.to_owned();
            }
            assert!(program.try_wait().unwrap().is_none(), "the program has ended without a window");
            assert!(began.elapsed() < Duration::from_secs(180), "no window after three minutes");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Makes the window with this in its title as large as the screen, once it is there.
    pub fn fill(&self, title: &str, program: &mut Child) {
        let window = self.window(title, program);
        let [width, height] = self.size.map(|pixels| pixels.to_string());
        let done = self.xdotool(&["windowsize", "--sync", &window, &width, &height]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// What is on the screen: three bytes a pixel.
    pub fn picture(&self) -> Vec<[u8; 3]> {
        let dump =
            Command::new("xwd").args(["-root", "-silent"]).env("DISPLAY", &self.display).output().unwrap().stdout;
        // The format's header: big-endian words; 0 its length, 4 and 5 columns and rows, 12 bytes a row, 19 colours.
        let word = |n: usize| u32::from_be_bytes(dump[4 * n..4 * n + 4].try_into().unwrap()) as usize;
        let (columns, rows, stride) = (word(4), word(5), word(12));
        let pixels = &dump[word(0) + 12 * word(19)..];
        let at = |x: usize, y: usize| {
            let at = y * stride + 4 * x;
            [pixels[at + 2], pixels[at + 1], pixels[at]]
        };
        (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect()
    }

    /// Keeps what is on the screen where the environment names a folder for it (KERBSIDE_PICTURES).
    pub fn keep(&self, name: &str) {
        let Some(folder) = std::env::var_os("KERBSIDE_PICTURES") else { return };
        let out = Path::new(&folder).join(format!("{name}.xwd"));
        let _ = Command::new("xwd").args(["-root", "-silent", "-out"]).arg(out).env("DISPLAY", &self.display).status();
    }
}

impl Screen {
    /// Waits for a picture of more than so many colours: a street takes its time where a program draws it.
    pub fn colourful(&self, least: usize, program: &mut Child) -> Vec<[u8; 3]> {
        let began = Instant::now();
        loop {
            let picture = self.picture();
            if colours(&picture) > least {
                return picture;
            }
            assert!(program.try_wait().unwrap().is_none(), "the program has ended without a picture");
            assert!(began.elapsed() < Duration::from_secs(120), "no picture after two minutes");
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

/// How many colours a picture has.
pub fn colours(picture: &[[u8; 3]]) -> usize {
    let mut all = picture.to_vec();
    all.sort_unstable();
    all.dedup();
    all.len()
}

/// Waits for a program to end, doing something now and then meanwhile.
pub fn ended(mut program: Child, most: Duration, mut meanwhile: impl FnMut()) -> Output {
    let began = Instant::now();
    while program.try_wait().unwrap().is_none() {
        if began.elapsed() > most {
            let _ = program.kill();
            let output = program.wait_with_output().unwrap();
            panic!("still running after {most:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        meanwhile();
        std::thread::sleep(Duration::from_millis(300));
    }
    program.wait_with_output().unwrap()
}
