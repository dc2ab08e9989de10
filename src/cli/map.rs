//! `kerbside map`: what a map holds, as words, JSON and a picture.

use super::args::Map as Args;
use super::say;
use crate::inspect::{self, Overview};
use crate::lab::carla_audit;
use crate::map::{self, DEFAULT_MAP, DEFAULT_MAP_NAME, Map};
use crate::problem::{Outcome, Place, Problem};
use crate::record::read;
use std::io::Read;
use std::path::Path;

/// No map is larger than this.
const MOST_BYTES: u64 = 1 << 28;
const CURE: &str = "give an OpenDRIVE file (.xodr), or `builtin:alcala_street`";

/// Looks at a map.
pub fn map(args: &Args) -> Outcome<()> {
    let (map, opendrive) = named(&args.file)?;
    let overview = inspect::look(&map, args.crosswalk.as_deref())?;
    if let Some(out) = &args.svg {
        picture(&overview, out)?;
    }
    let text = if args.carla_audit {
        let audit = carla_audit(&map, &opendrive, args.python.as_deref())?;
        if args.json { audit.json() } else { audit.text() }
    } else if args.json {
        inspect::json(&overview)
    } else {
        inspect::text(&overview)
    };
    say::line(text.trim_end())?;
    Ok(())
}

/// Draws to a file.
fn picture(overview: &Overview, out: &Path) -> Outcome<()> {
    let Some(svg) = inspect::draw(overview) else {
        let what = "has no lane to draw";
        return Err(Problem::file(&overview.map.file, what, "give a map whose roads have lanes").into());
    };
    must_not_harm(out)?;
    std::fs::write(out, svg).map_err(|e| {
        let what = format!("the picture cannot be written: {e}");
        Problem::file(out.display(), what, "give --svg a file name in a folder that is there, such as map.svg").into()
    })
}

/// Only a picture, or nothing, may be written over: a map is not to be lost to a slip of the keys.
fn must_not_harm(out: &Path) -> Result<(), Problem> {
    let cure = "give --svg the name of a new file, such as map.svg";
    let Ok(found) = std::fs::metadata(out) else { return Ok(()) };
    if !found.is_file() {
        return Err(Problem::file(out.display(), "is no file that a picture can be written to", cure));
    }
    let mut start = Vec::new();
    let file = std::fs::File::open(out).and_then(|file| file.take(4096).read_to_end(&mut start));
    let is_picture = start.is_empty() || start.windows(4).any(|bytes| bytes == b"<svg");
    match file {
        Ok(_) if is_picture => Ok(()),
        _ => Err(Problem::file(out.display(), "is there already, and is no SVG picture: it is left alone", cure)),
    }
}

/// The map of this name, a file or the one that is built in, and its text.
fn named(name: &str) -> Outcome<(Map, String)> {
    if name == DEFAULT_MAP_NAME {
        return Ok((map::read(name, DEFAULT_MAP)?, DEFAULT_MAP.to_owned()));
    }
    if let Some(other) = name.strip_prefix("builtin:") {
        let what = format!("there is no built-in map '{other}'");
        return Err(Problem::new(Place::default(), what, CURE).into());
    }
    let bytes = read::at_most(Path::new(name), MOST_BYTES, CURE)?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::file(name, "is empty", CURE).into());
    }
    let map = map::read_bytes(name, &bytes)?;
    // What is read is UTF-8.
    Ok((map, String::from_utf8_lossy(&bytes).into_owned()))
}
