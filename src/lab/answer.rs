//! A question to another program: input, an answer of bounded length within bounded time, and nothing left behind.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Between two looks at whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// A process that has ended leaves its pipes; children of its own may hold them open.
const PIPES_CLOSE_WITHIN: Duration = Duration::from_secs(5);
/// Of what it complains so much is kept.
const COMPLAINT_BYTES: usize = 16 << 10;

/// What is asked of whom.
pub(super) struct Asking<'a> {
    /// The interpreter.
    pub(super) program: &'a Path,
    /// The script, which it gets as a file.
    pub(super) script: &'a str,
    /// What the script reads.
    pub(super) input: Vec<u8>,
    /// How long it may take.
    pub(super) limit: Duration,
    /// How much it may print.
    pub(super) most_bytes: usize,
}

/// What came back.
pub(super) struct Answered {
    pub(super) stdout: Vec<u8>,
    /// What it wrote to its standard error, the beginning of it.
    pub(super) complaint: String,
}

/// Why nothing did.
pub(super) enum NoAnswer {
    Folder(std::io::Error),
    NotStarted(std::io::Error),
    Hangs,
    TooLong,
    Crashed { how: String, complaint: String },
}

impl Asking<'_> {
    pub(super) fn ask(self) -> Result<Answered, NoAnswer> {
        let folder = Folder::new().map_err(NoAnswer::Folder)?;
        let script = folder.0.join("kerbside_asks.py");
        std::fs::write(&script, self.script).map_err(NoAnswer::Folder)?;
        let mut child = Command::new(self.program)
            .arg(&script)
            // CARLA's client writes into its user's home.
            .env("HOME", &folder.0)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(NoAnswer::NotStarted)?;
        let answer = self.converse(&mut child);
        // Both do nothing to a process that has ended.
        let _ = child.kill();
        let _ = child.wait();
        answer
    }

    fn converse(self, child: &mut Child) -> Result<Answered, NoAnswer> {
        if let Some(mut stdin) = child.stdin.take() {
            // A program that does not read its input ends the thread with its own end.
            std::thread::spawn(move || stdin.write_all(&self.input));
        }
        let stdout = collect(child.stdout.take(), self.most_bytes);
        let stderr = collect(child.stderr.take(), COMPLAINT_BYTES);
        let status = wait(child, self.limit)?;
        let (stdout, too_long) = received(&stdout);
        let (complaint, _) = received(&stderr);
        let complaint = String::from_utf8_lossy(&complaint).into_owned();
        match (status.success(), too_long) {
            (_, true) => Err(NoAnswer::TooLong),
            (true, false) => Ok(Answered { stdout, complaint }),
            (false, false) => Err(NoAnswer::Crashed { how: status.to_string(), complaint }),
        }
    }
}

fn wait(child: &mut Child, limit: Duration) -> Result<ExitStatus, NoAnswer> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if begun.elapsed() < limit => std::thread::sleep(LOOK_EVERY),
            Ok(None) => return Err(NoAnswer::Hangs),
            Err(e) => return Err(NoAnswer::Crashed { how: e.to_string(), complaint: String::new() }),
        }
    }
}

/// Reads to the end, keeps at most `most` bytes, and says whether there were more.
fn collect(pipe: Option<impl Read + Send + 'static>, most: usize) -> Receiver<(Vec<u8>, bool)> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let Some(mut pipe) = pipe else { return };
        let mut kept = Vec::new();
        let _ = pipe.by_ref().take(most as u64).read_to_end(&mut kept);
        // The rest is read too, so that a talkative program can end.
        let rest = std::io::copy(&mut pipe, &mut std::io::sink()).unwrap_or(0);
        let _ = send.send((kept, rest > 0));
    });
    receive
}

fn received(from: &Receiver<(Vec<u8>, bool)>) -> (Vec<u8>, bool) {
    from.recv_timeout(PIPES_CLOSE_WITHIN).unwrap_or_default()
}

/// A folder of its own, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let parent = std::env::temp_dir();
        loop {
            let n = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("kerbside-{}-{n}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                // Left by an earlier process with the same number.
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists && n < 1_000_000 => {}
                Err(e) => return Err(e),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
