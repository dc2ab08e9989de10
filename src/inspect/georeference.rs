//! Where a map lies on Earth, as far as its file can be believed, and what is doubtful about that.

use crate::earth::{Earth, NotOnEarth, Wgs84};
use crate::map::{Code, Lint, Map, Spot};
use glam::{DVec2, DVec3};

/// No street lies so near to 0 N 0 E: the nearest land is Ghana's coast, 570 km away. Degrees.
const GULF_OF_GUINEA_DEG: f64 = 2.0;
/// UTM's zones are 6 degrees wide, so their eastings lie between 166 and 834 km; countries that use a neighbour's zone
/// reach further.
const UTM_EASTING_M: std::ops::Range<f64> = 100_000.0..900_000.0;
/// Where CARLA puts a map whose string has not both +lat_0 and +lon_0.
const CARLA_DEFAULT: &str = "42.0 N 2.0 E";

/// Where a map lies on Earth.
#[derive(Debug, Clone)]
pub struct Georeference {
    /// The projection; `None` where the map has no place on Earth, and a lint says why.
    pub earth: Option<Earth>,
    /// What is doubtful about it.
    pub lints: Vec<Lint>,
}

impl Georeference {
    /// A place of the map's frame on Earth; `None` where there is none.
    pub fn wgs84(&self, map_m: DVec3) -> Option<Wgs84> {
        self.earth.as_ref()?.to_wgs84(map_m).ok()
    }
}

/// Reads a map's georeference and says what is doubtful about it.
pub fn georeference(map: &Map) -> Georeference {
    let Some(given) = &map.geo_reference else {
        let message = "no <geoReference>: the map has no place on Earth; add one to the <header>, such as \
                       +proj=tmerc +lat_0=40.5 +lon_0=-3.3 +datum=WGS84 for a map about that point";
        return Georeference { earth: None, lints: vec![Lint::new(Code::NotGeoreferenced, Spot::default(), message)] };
    };
    let earth = match Earth::read(&given.text) {
        Ok(earth) => earth,
        Err(NotOnEarth { what, cure }) => {
            let lint = Lint::new(Code::GeoreferenceUnread, given.spot, format!("{what}; {cure}"));
            return Georeference { earth: None, lints: vec![lint] };
        }
    };
    let mut lints = words(&earth, given.spot);
    let lies = lies(map, &earth);
    lints.extend(lies.lint(&earth, given.spot));
    lints.extend(carla(map, &earth, &given.text, given.spot).filter(|_| !matches!(lies, Lies::AtZero)));
    // A map at 0 N 0 E lies there because nobody said where it lies.
    let earth = (!matches!(lies, Lies::AtZero)).then_some(earth);
    Georeference { earth, lints }
}

/// What the string's own words give rise to.
fn words(earth: &Earth, spot: Spot) -> Vec<Lint> {
    let mut lints = Vec::new();
    for sentence in &earth.contradictions {
        let message = format!("{sentence}; say which is meant");
        lints.push(Lint::new(Code::GeoreferenceContradiction, spot, message));
    }
    if !earth.vertical_dropped.is_empty() {
        let message = format!("{} is not used: heights are the map's z, unchanged", earth.vertical_dropped.join(" "));
        lints.push(Lint::new(Code::GeoreferenceVerticalDropped, spot, message));
    }
    lints
}

/// How a map's coordinates and its georeference go together.
enum Lies {
    Well,
    Nowhere,
    AtZero,
    BesideTheZone(DVec2),
    OutOfReach(String),
}

impl Lies {
    fn lint(&self, earth: &Earth, spot: Spot) -> Option<Lint> {
        let (code, message) = match self {
            Self::Well | Self::Nowhere => return None,
            Self::AtZero => (
                Code::NotGeoreferenced,
                format!(
                    "`{}` puts the map at 0 N 0 E, in the sea: write the +lat_0 and +lon_0 of its origin",
                    earth.used
                ),
            ),
            Self::BesideTheZone(at_m) => (
                Code::GeoreferenceContradiction,
                format!(
                    "a UTM string, but the map lies at ({:.0} m, {:.0} m), far beside the zone: add the <offset> that moves \
                     it to UTM's coordinates, or give a string about the map's own origin",
                    at_m.x, at_m.y
                ),
            ),
            Self::OutOfReach(why) => (Code::GeoreferenceContradiction, why.clone()),
        };
        Some(Lint::new(code, spot, message))
    }
}

/// Where the map lies by the middle of its reference lines and crosswalks.
fn lies(map: &Map, earth: &Earth) -> Lies {
    let Some(middle_m) = middle(map) else { return Lies::Nowhere };
    if earth.projection == "utm" && !UTM_EASTING_M.contains(&middle_m.x) {
        return Lies::BesideTheZone(middle_m);
    }
    match earth.to_wgs84(middle_m.extend(0.0)) {
        Ok(at) if at.lat_deg.abs() < GULF_OF_GUINEA_DEG && at.lon_deg.abs() < GULF_OF_GUINEA_DEG => Lies::AtZero,
        Ok(_) => Lies::Well,
        Err(e) => Lies::OutOfReach(format!("the map's middle {}; {}", e.what, e.cure)),
    }
}

fn middle(map: &Map) -> Option<DVec2> {
    let starts = map.roads.iter().flat_map(|r| r.plan.iter().map(|p| DVec2::new(p.x_m, p.y_m)));
    let corners = map.crosswalks.iter().flat_map(|c| c.corners_m.iter().map(|p| p.truncate()));
    let (least, most) = starts
        .chain(corners)
        .fold((DVec2::INFINITY, DVec2::NEG_INFINITY), |(least, most), p| (least.min(p), most.max(p)));
    let middle = least.midpoint(most);
    middle.is_finite().then_some(middle)
}

/// What CARLA 0.9.16 takes for a number of the string: of the words between spaces the last `+name=`, and of that as
/// much as is a plain number (its client, asked).
fn carla_reads(text: &str, name: &str) -> Option<f64> {
    let value =
        text.split(' ').filter_map(|w| w.strip_prefix('+')?.strip_prefix(name)?.strip_prefix('=')).next_back()?;
    (1..=value.len().min(40)).rev().find_map(|end| value.get(..end)?.parse().ok())
}

/// What of a string moves the map, apart from +lat_0 and +lon_0 of a transverse Mercator of WGS84.
fn moves_it(word: &&str) -> bool {
    let (name, value) = word.trim_start_matches('+').split_once('=').unwrap_or((word, ""));
    let is = |plain: f64| value.parse::<f64>().is_ok_and(|v| v == plain);
    match name {
        "proj" => !["tmerc", "etmerc"].contains(&value),
        "x_0" | "y_0" => !is(0.0),
        "k" | "k_0" => !is(1.0),
        "towgs84" => value.split(',').any(|v| v.parse() != Ok(0.0)),
        "ellps" => !["WGS84", "GRS80"].contains(&value),
        "pm" => !is(0.0) && value != "greenwich",
        "a" | "b" | "rf" | "f" | "es" | "e" | "R" => true,
        _ => false,
    }
}

/// What CARLA 0.9.16 loses of a georeference: it reads +lat_0 and +lon_0 and nothing else.
fn carla(map: &Map, earth: &Earth, text: &str, spot: Spot) -> Option<Lint> {
    let origin = ["lat_0", "lon_0"].map(|name| (name, carla_reads(text, name)));
    let message = if origin.iter().any(|(_, value)| value.is_none()) {
        format!("CARLA reads only +lat_0 and +lon_0, needs both, and takes {CARLA_DEFAULT} without them")
    } else {
        let used = || earth.used.split_whitespace();
        let mut lost: Vec<String> = used().filter(moves_it).map(str::to_owned).collect();
        if !map.offset.is_none() {
            lost.push("<offset>".into());
        }
        let mut said = match lost.as_slice() {
            [] => Vec::new(),
            _ => vec![format!("it does not see {}", lost.join(", "))],
        };
        for (name, theirs) in origin {
            let ours = used().find_map(|w| w.strip_prefix('+')?.strip_prefix(name)?.strip_prefix('='));
            let theirs = theirs.unwrap_or_default();
            if ours.is_some_and(|ours| ours.parse() != Ok(theirs)) {
                said.push(format!("it takes {theirs} for +{name}"));
            }
        }
        if said.is_empty() {
            return None;
        }
        format!("CARLA reads only +lat_0 and +lon_0; {}", said.join(", and "))
    };
    let audit = "`kerbside map FILE --carla-audit` prints by how much it is wrong";
    Some(Lint::new(Code::CarlaIgnoresGeoreference, spot, format!("{message}; {audit}")))
}

#[cfg(test)]
#[path = "georeference_tests.rs"]
mod tests;
