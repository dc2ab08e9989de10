//! Programs that nobody here wrote, against which maps are held.
#![allow(dead_code)]

use crate::skips;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The python of `tests/peers.sh`, or `None`, said loudly, when it is not installed.
/// `KERBSIDE_PEERS=required` (as in `tests/all.sh` with CI=true) makes its absence a failure.
pub fn python(what: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/bin/python");
    let path = std::env::var_os("KERBSIDE_PYTHON").map_or(path, PathBuf::from);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("KERBSIDE_PEERS").as_deref() != Ok("required"), "no {}: {what}", path.display());
    skips::missing(&format!("{what}: no {}; tests/peers.sh installs it", path.display()));
    None
}

/// To standard error itself: what a passing test prints with `eprintln!` is swallowed.
pub fn say(text: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{text}\n").as_bytes());
}

/// What a Python script of `tests/peers/` prints for `input` and arguments; panics with its complaint when it fails.
pub fn ask(python: &Path, script: &str, arguments: &[&str], input: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script);
    // The genuine client writes to its user's home.
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(python)
        .arg(&script)
        .args(arguments)
        .env("HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || std::io::Write::write_all(&mut stdin, input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join();
    assert!(output.status.success(), "{}: {}", script.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A real map, or `None`, said loudly, when the folder beside the repository is not there.
pub fn real_map(name: &str) -> Option<(PathBuf, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/maps").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some((path, text)),
        Err(_) => {
            skips::cannot(&format!("no {}; this real map was not tried", path.display()));
            None
        }
    }
}
