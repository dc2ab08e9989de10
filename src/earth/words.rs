//! The words of a PROJ string, each judged: kept, dropped and said, doubted and said, or refused by name.

use super::projections::{CURE, listens_to, names};
use super::{NotOnEarth, angle};
use crate::problem::harmless;

/// Words that mean nothing to a place.
/// Of a map's place: `approx` and `algo` choose a series for the same transverse Mercator, within micrometres near its
/// meridian; `over` and `lon_wrap` only say from where longitudes are counted.
const HARMLESS: [&str; 8] = ["no_defs", "wktext", "type", "title", "approx", "algo", "over", "lon_wrap"];
/// Words about heights, which pass through unchanged.
const VERTICAL: [&str; 6] = ["geoidgrids", "geoid_crs", "vunits", "vto_meter", "vdatum", "vertcon"];
/// The size and shape of the Earth, in words that a datum overrules.
const ELLIPSOID: [&str; 8] = ["ellps", "a", "b", "rf", "f", "es", "e", "R"];
/// Words that some projection listens to.
const PLACES: [&str; 11] = ["lat_0", "lon_0", "lat_1", "lat_2", "lat_ts", "k", "k_0", "x_0", "y_0", "zone", "south"];
/// Angles, which may be written as 49d30'N.
const ANGLES: [&str; 5] = ["lat_0", "lon_0", "lat_1", "lat_2", "lat_ts"];
/// Plain numbers.
const NUMBERS: [&str; 12] = ["k", "k_0", "x_0", "y_0", "zone", "a", "b", "rf", "f", "es", "e", "R"];
/// Datums by name, with their ellipsoids: those for which PROJ needs neither a grid nor a choice among shifts.
const DATUMS: [(&str, &str); 2] = [("WGS84", "WGS84"), ("NAD83", "GRS80")];

#[derive(Debug, Clone, PartialEq)]
struct Word {
    name: String,
    value: Option<String>,
}

impl Word {
    fn written(&self) -> String {
        match &self.value {
            Some(value) => format!("+{}={value}", self.name),
            None => format!("+{}", self.name),
        }
    }

    fn number(&self) -> Option<f64> {
        self.value.as_ref()?.parse().ok()
    }
}

/// A string's words, sorted out.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) projection: String,
    pub(super) vertical_dropped: Vec<String>,
    pub(super) contradictions: Vec<String>,
    kept: Vec<Word>,
}

impl Words {
    pub(super) fn read(text: &str) -> Result<Self, NotOnEarth> {
        let mut words = Self::default();
        // What another projection's words mean nobody needs to know.
        let others = text.split_whitespace().filter_map(|w| w.trim_start_matches('+').strip_prefix("proj="));
        if let Some(name) = others.into_iter().find(|name| !name.is_empty() && listens_to(name).is_none()) {
            return Err(unknown_projection(name));
        }
        for word in text.split_whitespace() {
            words.take(word)?;
        }
        let Some(projection) = words.value("proj").map(str::to_owned) else {
            return Err(NotOnEarth::new("this georeference has no +proj", CURE));
        };
        let Some(listens) = listens_to(&projection) else {
            return Err(unknown_projection(&projection));
        };
        words.projection = projection;
        words.datum()?;
        words.scale();
        words.zone()?;
        words.ignored(listens);
        words.parallels()?;
        Ok(words)
    }

    /// The string that is used.
    pub(super) fn used(&self) -> String {
        self.kept.iter().map(Word::written).collect::<Vec<_>>().join(" ")
    }

    fn get(&self, name: &str) -> Option<&Word> {
        self.kept.iter().find(|w| w.name == name)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.get(name)?.value.as_deref()
    }

    fn drop(&mut self, name: &str) {
        self.kept.retain(|w| w.name != name);
    }

    fn doubt(&mut self, sentence: String) {
        self.contradictions.push(harmless(&sentence));
    }

    /// One word of the string, by itself.
    fn take(&mut self, text: &str) -> Result<(), NotOnEarth> {
        let plain = text.strip_prefix('+').unwrap_or(text);
        let (name, value) = plain.split_once('=').map_or((plain, None), |(n, v)| (n, Some(v.to_owned())));
        let word = Word { name: name.into(), value };
        let refuse = |why: &str| Err(NotOnEarth::new(format!("`{text}` {why}"), CURE));
        let value = word.value.as_deref().unwrap_or("");
        match name {
            _ if HARMLESS.contains(&name) => return Ok(()),
            _ if VERTICAL.contains(&name) => {
                self.vertical_dropped.push(harmless(&word.written()));
                return Ok(());
            }
            "units" if value == "m" => return Ok(()),
            "to_meter" if word.number() == Some(1.0) => return Ok(()),
            "axis" if value == "enu" => return Ok(()),
            "nadgrids" if value == "@null" => return Ok(()),
            "units" | "to_meter" => return refuse("is a unit; a map's coordinates are metres, so are x_0 and y_0"),
            "axis" => return refuse("turns the axes; a map's x is east, its y north"),
            "nadgrids" => return refuse("names a grid file, which is not read; give +towgs84 instead"),
            "proj" | "datum" | "towgs84" | "pm" | "south" => {}
            _ if PLACES.contains(&name) || ELLIPSOID.contains(&name) => {}
            _ => return refuse("is not understood"),
        }
        let lower = value.to_ascii_lowercase();
        if NUMBERS.contains(&name) && !word.number().is_some_and(f64::is_finite) {
            return refuse("is not a number");
        }
        if value.is_empty() != (name == "south") {
            return refuse("is not understood: a value is missing or too much");
        }
        if name != "proj" && !ELLIPSOID.contains(&name) && (lower.contains("nan") || lower.contains("inf")) {
            return refuse("is not a number");
        }
        if let Some(doubt) = number_doubt(name, word.number()) {
            return refuse(doubt);
        }
        self.keep(in_degrees(word)?);
        Ok(())
    }

    /// PROJ takes the first of two.
    fn keep(&mut self, word: Word) {
        match self.get(&word.name) {
            None => self.kept.push(word),
            Some(first) if *first == word => {}
            Some(first) => {
                let sentence = format!("`{}` and `{}`: the first is used", first.written(), word.written());
                self.doubt(sentence);
            }
        }
    }

    /// A datum by name overrules an ellipsoid.
    fn datum(&mut self) -> Result<(), NotOnEarth> {
        let Some(datum) = self.value("datum").map(str::to_owned) else { return Ok(()) };
        let Some((_, own)) = DATUMS.iter().find(|(name, _)| *name == datum) else {
            let what = format!("`+datum={datum}` has several ways to WGS84, some through a grid file");
            return Err(NotOnEarth::new(
                what,
                "say which: +ellps=.. +towgs84=dx,dy,dz[,rx,ry,rz,s] in place of +datum",
            ));
        };
        for name in ["ellps", "towgs84"] {
            if let Some(word) = self.get(name).map(Word::written) {
                if word != format!("+ellps={own}") && !word.starts_with("+towgs84=0,0,0") {
                    self.doubt(format!("`{word}` beside `+datum={datum}`: the datum is used"));
                }
                self.drop(name);
            }
        }
        if let Some(word) = ELLIPSOID.iter().find_map(|name| self.get(name)) {
            let what = format!("`{}` beside `+datum={datum}`, which has its own ellipsoid", word.written());
            return Err(NotOnEarth::new(what, "give a datum by name, or an ellipsoid with +towgs84"));
        }
        Ok(())
    }

    /// PROJ takes k_0 before k.
    fn scale(&mut self) {
        if let (Some(k), Some(k_0)) = (self.get("k"), self.get("k_0")) {
            if k.number() != k_0.number() {
                let sentence = format!("`{}` and `{}`: k_0 is used", k.written(), k_0.written());
                self.doubt(sentence);
            }
            self.drop("k");
        }
    }

    /// UTM has its own meridian, false origin and scale.
    fn zone(&mut self) -> Result<(), NotOnEarth> {
        if self.projection != "utm" {
            return Ok(());
        }
        let zone = self.get("zone").and_then(Word::number);
        let lon_0 = self.get("lon_0").cloned();
        let Some(zone) = zone else {
            let what = "`+proj=utm` without +zone";
            return Err(NotOnEarth::new(
                what,
                "give the zone, 1 to 60: the whole part of (longitude + 180) / 6, and 1",
            ));
        };
        let meridian_deg = zone * 6.0 - 183.0;
        if let Some(word) = lon_0 {
            let lon_deg = word.number().unwrap_or(f64::NAN);
            if lon_deg != meridian_deg {
                let other = ((lon_deg + 180.0) / 6.0).floor() + 1.0;
                self.doubt(format!(
                    "`{}` beside `+zone={zone}`, whose middle is {meridian_deg} degrees east{}: the zone is used",
                    word.written(),
                    if other == zone { String::new() } else { format!(" (that longitude is in zone {other})") }
                ));
            }
            self.drop("lon_0");
        }
        for (name, own) in [("k", 0.9996), ("k_0", 0.9996), ("x_0", 500_000.0), ("y_0", 0.0), ("y_0", 10_000_000.0)] {
            if self.get(name).and_then(Word::number) == Some(own) {
                self.drop(name);
            }
        }
        Ok(())
    }

    /// What a projection does not listen to is said, unless it says nothing.
    fn ignored(&mut self, listens: &[&str]) {
        for name in PLACES.iter().filter(|name| !listens.contains(*name)) {
            let Some(word) = self.get(name).cloned() else { continue };
            let neutral = if name.starts_with('k') { 1.0 } else { 0.0 };
            if word.number() != Some(neutral) || (name.starts_with('k') && self.projection == "utm") {
                let sentence = format!("`+proj={}` ignores `{}`", self.projection, word.written());
                self.doubt(sentence);
            }
            self.drop(name);
        }
    }

    fn parallels(&self) -> Result<(), NotOnEarth> {
        let deg = |name| self.get(name).and_then(Word::number);
        let refuse = |what: String| Err(NotOnEarth::new(what, "give the standard parallel, or both"));
        let projection = self.projection.as_str();
        if projection == "merc" && deg("lat_ts").is_some_and(|lat| lat.abs() == 90.0) {
            return refuse("`+proj=merc` with +lat_ts at a pole".into());
        }
        if !["lcc", "aea"].contains(&projection) {
            return Ok(());
        }
        let Some(first) = deg("lat_1") else {
            return refuse(format!("`+proj={projection}` without +lat_1"));
        };
        let second = deg("lat_2").unwrap_or(first);
        if first + second == 0.0 {
            return refuse(format!("`+proj={projection}` with +lat_1 as far north as +lat_2 is south is no cone"));
        }
        if projection == "lcc" && (first.abs() == 90.0 || second.abs() == 90.0) {
            return refuse("`+proj=lcc` with a standard parallel at a pole".into());
        }
        Ok(())
    }
}

/// An angle in decimal degrees, whatever way it is written.
fn in_degrees(word: Word) -> Result<Word, NotOnEarth> {
    let Some(value) = word.value.as_deref().filter(|_| ANGLES.contains(&word.name.as_str())) else { return Ok(word) };
    let deg = angle::degrees(value);
    if let Some(doubt) = angle::doubt(&word.name, deg, &word.written()) {
        return Err(doubt);
    }
    match deg {
        Some(deg) if value.parse::<f64>().is_err() => Ok(Word { value: Some(deg.to_string()), ..word }),
        _ => Ok(word),
    }
}

/// PROJ takes a body for the Earth whose half axis is within half a percent of 6375 km.
const EARTH_M: std::ops::RangeInclusive<f64> = 6_343_125.0..=6_406_875.0;

/// What is wrong with a plain number by this name, if anything; PROJ refuses the same.
fn number_doubt(name: &str, value: Option<f64>) -> Option<&'static str> {
    let value = value?;
    match name {
        "k" | "k_0" if value <= 0.0 => Some("is no scale: it must be more than 0"),
        "zone" if value.fract() != 0.0 || !(1.0..=60.0).contains(&value) => Some("is no zone: they are 1 to 60"),
        "a" | "R" | "b" if !EARTH_M.contains(&value) => Some("is not the size of the Earth, in metres"),
        "rf" if value <= 1.0 => Some("is no flattening: the Earth's is 1/298"),
        "f" | "es" | "e" if !(0.0..1.0).contains(&value) => Some("is no flattening: the Earth's is 1/298"),
        _ => None,
    }
}

fn unknown_projection(name: &str) -> NotOnEarth {
    match name {
        "longlat" | "latlong" | "lonlat" | "latlon" => NotOnEarth::new(
            format!("`+proj={name}` is in degrees; a map is in metres"),
            "project the map, for example with +proj=tmerc about its middle, and write that string",
        ),
        "geocent" | "cart" => NotOnEarth::new(
            format!("`+proj={name}` counts from the Earth's centre; a map lies on its surface"),
            "project the map, for example with +proj=tmerc about its middle, and write that string",
        ),
        _ => NotOnEarth::new(
            format!("`+proj={name}` is not among the projections that are known ({})", names()),
            "project the map anew, for example with +proj=tmerc about its middle, and write that string",
        ),
    }
}
