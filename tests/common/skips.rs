//! What a test leaves out, and why: said at once, and kept in target/skipped.txt, which tests/all.sh shows at its end.
//! What a passing test prints is swallowed.
#![allow(dead_code)]

use std::fs::{OpenOptions, create_dir_all};
use std::io::Write;
use std::path::Path;

/// Something that can be installed is not here: with CI=true tests/all.sh fails over it.
pub fn missing(what: &str) {
    note("missing", what);
}

/// This machine cannot, was too busy, or lacks what nobody can install.
pub fn cannot(what: &str) {
    note("cannot", what);
}

/// One line, written at once: tests run side by side.
fn note(why: &str, what: &str) {
    let what = what.lines().collect::<Vec<_>>().join(" ");
    let _ = std::io::stderr().write_all(format!("SKIPPED: {what}\n").as_bytes());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    create_dir_all(&folder).unwrap();
    let file = OpenOptions::new().create(true).append(true).open(folder.join("skipped.txt"));
    file.unwrap().write_all(format!("{why}\t{what}\n").as_bytes()).unwrap();
}
