//! `kerbside map`: what a map holds, as words, JSON and a picture.

use super::args::Map as Args;
use super::say;
use crate::inspect::{self, Overview};
use crate::map::{self, DEFAULT_MAP, DEFAULT_MAP_NAME, Map};
use crate::problem::{Outcome, Place, Problem};
use crate::record::read;
use std::path::Path;

/// No map is larger than this.
const MOST_BYTES: u64 = 1 << 28;
const CURE: &str = "give an OpenDRIVE file (.xodr), or `builtin:alcala_street`";

/// Looks at a map.
pub fn map(args: &Args) -> Outcome<()> {
    let map = named(&args.file)?;
    let overview = inspect::look(&map, args.crosswalk.as_deref())?;
    if let Some(out) = &args.svg {
        picture(&overview, out)?;
    }
    // Another question to the same map, such as an audit, belongs here.
    let text = if args.json { inspect::json(&overview) } else { inspect::text(&overview) };
    say::line(text.trim_end())?;
    Ok(())
}

/// Draws to a file.
fn picture(overview: &Overview, out: &Path) -> Outcome<()> {
    let Some(svg) = inspect::draw(overview) else {
        let what = "has no lane to draw";
        return Err(Problem::file(&overview.map.file, what, "give a map whose roads have lanes").into());
    };
    std::fs::write(out, svg).map_err(|e| {
        let what = format!("the picture cannot be written: {e}");
        Problem::file(out.display(), what, "give --svg a file name in a folder that is there, such as map.svg").into()
    })
}

/// The map of this name: a file, or the one that is built in.
fn named(name: &str) -> Outcome<Map> {
    if name == DEFAULT_MAP_NAME {
        return map::read(name, DEFAULT_MAP);
    }
    if let Some(other) = name.strip_prefix("builtin:") {
        let what = format!("there is no built-in map '{other}'");
        return Err(Problem::new(Place::default(), what, CURE).into());
    }
    let bytes = read::at_most(Path::new(name), MOST_BYTES, CURE)?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::file(name, "is empty", CURE).into());
    }
    map::read_bytes(name, &bytes)
}
