//! The list for people: what a map holds, in a terminal's width.

use super::overview::{Overview, Seen, Traffic};
use super::words::{argument, count, degrees, direction_word, metres, shown, wrapped};
use crate::map::{ApproachInfo, Code, Crossing, Lint, Map, PolygonSource};

/// Lines are set to this many characters.
const WIDTH: usize = 92;
/// The longest name that is shown whole.
const NAME: usize = 60;

/// The overview in words.
pub fn text(overview: &Overview) -> String {
    let mut out = head(overview);
    for seen in &overview.crosswalks {
        out.push('\n');
        out += &crosswalk(overview, seen);
    }
    out += &no_crosswalks(overview);
    out += &doubts(overview);
    out += &next(overview);
    out
}

fn row(name: &str, text: &str) -> String {
    let lines = wrapped(text, 14, WIDTH);
    format!("  {name:<12}{}", lines.trim_start())
}

fn head(overview: &Overview) -> String {
    let map = overview.map;
    let version = map.version.map_or("OpenDRIVE".to_owned(), |(major, minor)| format!("OpenDRIVE {major}.{minor}"));
    let traffic = match overview.traffic {
        Traffic::Right => "traffic keeps right",
        Traffic::Left => "traffic keeps left",
        Traffic::Mixed => "traffic keeps right on some roads, left on others",
    };
    let name = if map.name.is_empty() { String::new() } else { format!("{}\n", shown(&map.name, WIDTH)) };
    let mut out = format!("{name}{}: {version}, {traffic}\n\n", shown(&map.file, WIDTH));
    out += &row("on Earth", &earth(overview));
    if let Some((low, high)) = overview.extents_m {
        let size = high - low;
        let axis = |name: &str, low: f64, high: f64| format!("{name} {low:.2} .. {high:.2}");
        let axes = [axis("x", low.x, high.x), axis("y", low.y, high.y), axis("z", low.z, high.z)].join(", ");
        out += &row("extents", &format!("{:.0} m x {:.0} m: {axes}", size.x, size.y));
    }
    let roads = format!("{}, {}", count(map.roads.len(), "road"), count(overview.junctions, "junction"));
    out += &row("roads", &roads);
    let lanes = format!(
        "{}, {} of them for driving: {:.2} km of driving lanes",
        count(overview.lanes, "lane"),
        overview.driven_lanes,
        overview.driven_m / 1000.0
    );
    out += &row("lanes", &lanes);
    out += &row("crosswalks", &map.crosswalks.len().to_string());
    out
}

fn earth(overview: &Overview) -> String {
    let Some(geo) = &overview.map.geo_reference else {
        return "unknown: the header has no <geoReference>".to_owned();
    };
    let proj = shown(&geo.text, 400);
    match overview.middle_m().and_then(|middle| overview.earth.wgs84(middle)) {
        Some(at) => format!("{} in the middle of the map ({proj})", degrees(at, 7)),
        None => format!("unknown: see below ({proj})"),
    }
}

fn crosswalk(overview: &Overview, seen: &Seen) -> String {
    let (map, object, crossing) = (overview.map, seen.crosswalk, &seen.crossing);
    let name = if object.name.is_empty() { String::new() } else { format!(" ({})", shown(&object.name, NAME)) };
    let mut out = format!("crosswalk {}{name}\n", shown(&object.id, NAME));
    let size = |value: Option<f64>| value.map_or("unknown".to_owned(), |v| format!("{v:.2} m"));
    if crossing.length_m.is_some() || crossing.width_m.is_some() {
        let sizes = format!("{}, {} along the road", lengths(crossing), size(crossing.width_m));
        out += &row("size", &sizes);
    }
    let lies = format!(
        "on road {} at s = {:.2} m (line {}); outline from {}",
        shown(&map.roads[object.road].id, NAME),
        object.s_m,
        object.spot.line,
        source(object.source)
    );
    out += &row("lies", &lies);
    if overview.chosen {
        out += &corners(overview, seen);
    }
    if let Some(middle) = seen.middle_m() {
        let [x, y, z] = middle.to_array().map(|v| metres(v, 3));
        let earth = overview.earth.wgs84(middle).map_or(String::new(), |at| format!(": {}", degrees(at, 7)));
        out += &row("middle", &format!("x {x}, y {y}, z {z} m{earth}"));
    }
    out += &lanes(map, seen);
    out += &approaches(seen);
    if let Some(problem) = &crossing.refused {
        out += &row("unusable", &shown(&problem.what, 400));
        out += &row("cure", &shown(&problem.cure, 400));
    }
    out + &doubt_each(map, seen.lints())
}

/// Where the outline stands in the file, in the file's own words.
fn source(source: PolygonSource) -> &'static str {
    match source {
        PolygonSource::CornerLocal => "cornerLocal",
        PolygonSource::CornerRoad => "cornerRoad",
        PolygonSource::Corners => "cornerLocal and cornerRoad",
        PolygonSource::Hull => "the hull of its corners",
        PolygonSource::Box => "its length and width",
        PolygonSource::Repeat => "<repeat>",
        PolygonSource::CrossPath => "crossPath",
    }
}

fn corners(overview: &Overview, seen: &Seen) -> String {
    let mut out = String::new();
    let on_earth = overview.corners_wgs84(seen);
    for (i, corner) in seen.crosswalk.corners_m.iter().enumerate() {
        let name = if i == 0 { "corners" } else { "" };
        let [x, y, z] = corner.to_array().map(|v| metres(v, 4));
        let earth = on_earth.as_ref().map_or(String::new(), |all| format!("   {}", degrees(all[i], 9)));
        out += &format!("  {name:<12}{:<3} x {x:>10}  y {y:>10}  z {z:>8}{earth}\n", i + 1);
    }
    out
}

fn lanes(map: &Map, seen: &Seen) -> String {
    let mut out = String::new();
    for (i, crossed) in seen.crossing.lanes.iter().enumerate() {
        let at = crossed.lane;
        let road = &map.roads[at.road];
        let Some(lane) = road.sections[at.section].lane(at.lane) else { continue };
        let name = if i == 0 { "crosses" } else { "" };
        let which = format!("road {} section {} lane {}", shown(&road.id, NAME), at.section, at.lane);
        let direction = direction_word(road, lane).map_or(String::new(), |d| format!(", {}", d.replace('_', " ")));
        out += &format!("  {name:<12}{which:<34}{}{direction}\n", shown(&lane.word, 20));
    }
    out
}

fn approaches(seen: &Seen) -> String {
    let mut out = String::new();
    for (i, approach) in seen.crossing.approaches.iter().enumerate() {
        let name = if i == 0 { "approaches" } else { "" };
        out += &format!(
            "  {name:<12}{:<34}{}, known {:.0} m back\n",
            shown(&approach.id, 2 * NAME),
            distance(approach),
            approach.reaches_back_m
        );
    }
    out
}

/// How far a lane is from the kerb where a study's crossing meets it: the right one, unless an island lies between.
fn distance(approach: &ApproachInfo) -> String {
    match (approach.distance_from_right_kerb_m, approach.distance_from_left_kerb_m) {
        (Some(m), Some(_)) => format!("{m:.2} m from the right kerb"),
        (Some(m), None) => format!("{m:.2} m from the right kerb only"),
        (None, Some(m)) => format!("{m:.2} m from the left kerb only"),
        (None, None) => "not met".to_owned(),
    }
}

/// From kerb to kerb, or to islands between.
fn lengths(crossing: &Crossing) -> String {
    match (crossing.length_m, crossing.length_from_left_m) {
        (Some(m), _) if crossing.kerbs_from_left_map.is_empty() => format!("{m:.2} m from kerb to kerb"),
        (Some(right_m), Some(left_m)) => {
            format!("{right_m:.2} m from the right kerb to an island, {left_m:.2} m from the left kerb to one")
        }
        (Some(m), None) => format!("{m:.2} m from the right kerb to the next"),
        (None, Some(m)) => format!("{m:.2} m from the left kerb to the next"),
        (None, None) => "unknown from kerb to kerb".to_owned(),
    }
}

fn no_crosswalks(overview: &Overview) -> String {
    if !overview.map.crosswalks.is_empty() {
        return String::new();
    }
    let how = "This map has no crosswalk, so no study runs on it. Add one to the road that it crosses: inside \
               <objects>, an <object type=\"crosswalk\"> with an id, s, t and an <outline> of four corners from kerb to \
               kerb. `kerbside map` without a file shows the built-in street, whose file is an example.";
    format!("\n{}", wrapped(how, 0, WIDTH))
}

/// What is doubtful, then what CARLA makes of it: that says nothing against the map.
fn doubt_each<'l>(map: &Map, lints: impl Iterator<Item = &'l Lint>) -> String {
    let (of_carla, own): (Vec<&Lint>, Vec<&Lint>) = lints.partition(|lint| lint.code.word().starts_with("carla_"));
    own.into_iter().chain(of_carla).map(|lint| doubt(map, lint)).collect()
}

fn doubt(map: &Map, lint: &Lint) -> String {
    // Something that is missing stands nowhere in the file.
    let place = if lint.spot.line > 0 { map.place(lint.spot).to_string() } else { map.file.clone() };
    let place = format!("{} {}", lint.code.word(), shown(&place, WIDTH));
    let heading = match lint.code {
        code if code.word().starts_with("carla_") => "CARLA",
        // Words that nothing depends on.
        Code::GeoreferenceVerticalDropped => "note",
        _ => "doubtful",
    };
    format!("  {heading:<12}{place}\n{}", wrapped(&shown(&lint.message, 600), 14, WIDTH))
}

/// What is doubtful about the file as a whole.
fn doubts(overview: &Overview) -> String {
    if overview.lints.is_empty() {
        return String::new();
    }
    format!("\nthe file\n{}", doubt_each(overview.map, overview.lints.iter()))
}

/// The commands to try next.
fn next(overview: &Overview) -> String {
    let map = overview.map;
    let file = argument(&map.file);
    let usable = overview.crosswalks.iter().find(|seen| seen.crossing.refused.is_none() && can_be_named(map, seen));
    let Some(id) = usable.map(|seen| argument(&seen.crosswalk.id)) else {
        return format!("\nnext\n  kerbside map {file} --svg map.svg\n");
    };
    format!(
        "\nnext\n  kerbside map {file} --crosswalk {id} --svg crosswalk.svg\n  kerbside demo --map {file} --crosswalk {id}\n"
    )
}

/// Whether a command can name it: no other has its id, and the id was not cut short at reading.
fn can_be_named(map: &Map, seen: &Seen) -> bool {
    let id = &seen.crosswalk.id;
    !id.ends_with("..") && map.crosswalks.iter().filter(|c| c.id == *id).take(2).count() == 1
}
