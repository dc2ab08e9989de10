//! Keeps ARCHITECTURE.md true: which room may use what.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms from the bottom up: each may use those before it.
const ROOMS: [&str; 31] = [
    "problem",
    "carla",
    "earth",
    "document",
    "table",
    "kernel",
    "measures",
    "statistics",
    "map",
    "inspect",
    "instrument",
    "study",
    "models",
    "panel",
    "figure",
    "picture",
    "sound",
    "headset",
    "world",
    "record",
    "desk",
    "window",
    "xr",
    "session",
    "replay",
    "report",
    "analysis",
    "standin",
    "lab",
    "cli",
    "main",
];
/// Where no file, clock, thread, environment or printing may be.
const PURE: [&str; 6] = ["table", "kernel", "measures", "statistics", "figure", "problem"];
/// Where text comes in as an argument.
const NO_FILES: [&str; 12] = [
    "analysis",
    "document",
    "earth",
    "inspect",
    "instrument",
    "map",
    "study",
    "models",
    "panel",
    "picture",
    "report",
    "sound",
];
/// Where std's mathematics would change bits between C libraries.
const SAME_BITS: [&str; 8] = ["table", "kernel", "measures", "map", "instrument", "study", "headset", "world"];

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !only_for_tests(&path) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found.sort();
    assert!(found.len() > 40);
    found
}

/// What a test leaves out is not only printed, which a passing test swallows: tests/common/skips.rs keeps it.
#[test]
fn every_skip_is_kept() {
    let mut wrong = Vec::new();
    let mut open = ["src", "tests"].map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).to_vec();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("common/skips.rs") {
                let text = fs::read_to_string(&path).unwrap();
                // In two parts, so that this very line is none.
                wrong.extend(text.contains(concat!("\"SKIP", "PED")).then_some(path));
            }
        }
    }
    assert!(wrong.is_empty(), "these say for themselves what they leave out: {wrong:?}");
}

/// Modules that exist under `#[cfg(test)]` only.
fn only_for_tests(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    let folder = path.parent().unwrap().file_name().unwrap().to_string_lossy();
    folder == "tests" || ["tests.rs", "_tests.rs", "testing.rs", "synthetic.rs"].iter().any(|end| name.ends_with(end))
}

/// The room a file belongs to.
fn room(path: &Path) -> String {
    let relative = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    relative.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// The code, without comments and without the tests at the end of a file.
fn code(text: &str) -> String {
    let before_tests = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
    before_tests.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

fn forbid(rooms: &[&str], words: &[&str], why: &str) {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if rooms.contains(&room(&path).as_str()) {
            for (i, line) in code(&text).lines().enumerate() {
                for word in words.iter().filter(|word| line.contains(**word)) {
                    wrong.push(format!("{}:{}: {word}: {why}", path.display(), i + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_room_is_known() {
    for (path, _) in sources() {
        let room = room(&path);
        assert!(
            room == "lib" || ROOMS.contains(&room.as_str()),
            "{}: name this room in ARCHITECTURE.md",
            path.display()
        );
    }
}

#[test]
fn no_room_uses_one_above_it() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room(&path);
        let Some(own) = ROOMS.iter().position(|r| *r == room) else { continue };
        for (above, used) in ROOMS.iter().enumerate() {
            let uses = format!("crate::{used}");
            let uses_it = code(&text).match_indices(&uses).any(|(at, _)| {
                let after = code(&text)[at + uses.len()..].chars().next();
                !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
            });
            // The recorder and the register name the pacing that headsets declare.
            if uses_it && above > own {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_pure_rooms_touch_nothing_outside() {
    let outside = [
        "std::fs",
        "std::io",
        "std::net",
        "std::env",
        "std::thread",
        "std::process",
        "std::sync::mpsc",
        "Instant",
        "SystemTime",
        "println!",
        "eprintln!",
        "thread_rng",
        "HashMap",
        "HashSet",
        "tokio",
    ];
    forbid(&PURE, &outside, "the kernel is a function of its arguments");
    forbid(
        &NO_FILES,
        &["std::fs", "std::net", "std::env", "Instant", "SystemTime", "HashMap", "HashSet"],
        "text comes in as an argument",
    );
}

#[test]
fn statistics_know_numbers_alone() {
    let studies = ["crate::table", "crate::measures", "crate::study", "crate::record", "crate::kernel::s"];
    forbid(&["statistics", "figure"], &studies, "pure functions on numbers; of the kernel, its random numbers");
}

#[test]
fn the_same_bits_everywhere() {
    let inexact = [
        ".sin()",
        ".cos()",
        ".tan()",
        ".sin_cos()",
        ".asin()",
        ".acos()",
        ".atan()",
        ".atan2(",
        ".exp()",
        ".exp2()",
        ".exp_m1()",
        ".ln()",
        ".ln_1p()",
        ".log(",
        ".log2()",
        ".log10()",
        ".powf(",
        ".powi(",
        ".hypot(",
        ".cbrt()",
        ".sinh()",
        ".cosh()",
        ".tanh()",
        "f64::sin",
        "f64::asin",
        "f64::acos",
        "f64::atan",
        "f64::log",
        "f64::cbrt",
        "f64::cos",
        "f64::tan",
        "f64::exp",
        "f64::ln",
        "f64::powf",
        "f64::powi",
        "f64::hypot",
        "f64::atan2",
        ".mul_add(",
        "to_radians",
        "to_degrees",
        "f32",
    ];
    forbid(&SAME_BITS, &inexact, "std's mathematics differs in the last bit between C libraries: use kernel::math");
    // Samples are 32 bits wide; what they come from is not.
    let but_width: Vec<&str> = inexact.into_iter().filter(|word| *word != "f32").collect();
    forbid(&["sound"], &but_width, "the same scene sounds the same on every machine");
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let glam = manifest.lines().find(|line| line.starts_with("glam")).unwrap();
    assert!(glam.contains("default-features = false") && glam.contains("libm") && !glam.contains("fast-math"));
}

#[test]
fn unsafe_is_denied_and_tokio_has_its_room() {
    forbid(&ROOMS, &["allow(clippy::unwrap_used"], "denied for the crate");
    forbid(
        &ROOMS,
        &[".unwrap()", ".expect(\"", "panic!(", "unreachable!(", "todo!(", "unimplemented!("],
        "say what is wrong, where, and the cure",
    );
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"deny\""));
    let others: Vec<&str> = ROOMS.into_iter().filter(|room| *room != "carla").collect();
    forbid(&others, &["tokio"], "CARLA's sockets have their own thread and their own room");
}

#[test]
fn unsafe_stands_in_one_file_and_says_why_each_time() {
    let is_unsafe = |line: &str| ["unsafe ", "unsafe{", "allow(unsafe_code)"].iter().any(|word| line.contains(word));
    let with: Vec<(PathBuf, String)> =
        sources().into_iter().filter(|(_, text)| code(text).lines().any(is_unsafe)).collect();
    let [(path, text)] = with.as_slice() else { panic!("{:?}", with.iter().map(|(path, _)| path).collect::<Vec<_>>()) };
    assert!(path.ends_with("src/xr/bridge.rs"), "{}", path.display());
    let lines: Vec<&str> = text.lines().collect();
    let mut blocks = 0;
    for (i, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("unsafe {")) {
        blocks += 1;
        let before = &lines[i.saturating_sub(4)..i];
        assert!(before.iter().any(|line| line.contains("// SAFETY: ")), "{}:{}: {line}", path.display(), i + 1);
    }
    assert!(blocks > 10);
}

#[test]
fn the_wall_clock_decides_nothing() {
    // It is written down and makes codes; a clock that is set back can harm neither record nor order.
    let reads: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| code(text).contains("SystemTime"))
        .map(|(path, _)| path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string())
        .collect();
    assert_eq!(reads, ["src/lab/enrol.rs", "src/record/mod.rs"]);
}

#[test]
fn rooms_are_named_one_by_one() {
    // `use crate::{a, b}` would pass the test of the rooms unseen.
    forbid(&ROOMS, &["crate::{", "super::super::{", "std::{", "std :: "], "name each module on a line of its own");
}

#[test]
fn only_one_place_waits_for_frames() {
    let waits: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| code(text).contains(".wait_frame()"))
        .map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    // The wrappers of sound and of a spectator hand their headset's own wait on.
    assert_eq!(waits, ["run.rs", "heard.rs", "watched.rs"], "the loop of a trial stands in one file");
}

#[test]
fn every_event_that_is_written_has_its_meaning_in_the_codebook() {
    let named: Vec<&str> = kerbside::table::EVENTS.iter().map(|event| event.name).collect();
    let mut used = 0;
    for (path, text) in sources() {
        if room(&path) != "kernel" {
            continue;
        }
        let code = code(&text);
        for start in [
            "event: \"",
            "happened(\"",
            "plain(\"",
            "event: Text::fixed(\"",
            "self.event(\"",
            "            \"",
            "_s_m, \"",
            "length_m, \"",
        ] {
            for (at, _) in code.match_indices(start) {
                let name: String = code[at + start.len()..].chars().take_while(|c| *c != '"').collect();
                let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                if is_name && start != "            \"" {
                    used += 1;
                    assert!(named.contains(&name.as_str()), "{}: {name} is not in table/vocabulary.rs", path.display());
                }
            }
        }
    }
    assert!(used >= 25, "{used}");
}
