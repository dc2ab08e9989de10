//! External lights as data: the shipped concepts and a study's own.

use super::model::Study;
use crate::document::shown;
use crate::document::{Source, Table, Value};
use crate::kernel::ehmi::{Ehmi, LightPlace, Pattern};
use crate::problem::Problem;

/// The shipped concepts, in the syntax of a study.
const SHIPPED: &str = include_str!("../../experiments/ehmi.toml");

const PLACES: [(&str, LightPlace); 4] = [
    ("bumper", LightPlace::Bumper),
    ("windscreen", LightPlace::Windscreen),
    ("roof", LightPlace::Roof),
    ("headlights", LightPlace::Headlights),
];

/// WCAG 2.3.1 allows three general flashes a second.
const MOST_FLASHES_HZ: f64 = 3.0;
/// WCAG's 0.006 sr (a quarter of 10 degrees of the visual field) seen from 2 m, about as near as a crossing person comes.
const SMALL_AREA_M2: f64 = 0.006 * 2.0 * 2.0;

/// The shipped concepts, `none` among them.
pub fn shipped_concepts() -> Vec<Ehmi> {
    let source = Source::new("ehmi.toml", SHIPPED);
    source.parse().map(|document| concepts(&Table::root(&source, &document).table("ehmi"), &[])).unwrap_or_default()
}

/// The concepts of a table; `taken` names cannot be given again.
pub(super) fn concepts(table: &Table<'_>, taken: &[Ehmi]) -> Vec<Ehmi> {
    let mut found = Vec::new();
    for (name, value) in table.named() {
        if taken.iter().any(|other| other.name == name) {
            let what = format!("an external light called `{name}` is shipped with Kerbside");
            value.source().wrong(
                value.key_at(),
                what,
                "choose another name, or take this table out to use the shipped one",
            );
        } else if let Some(table) = value.table() {
            found.push(concept(name, &table));
        }
    }
    found
}

fn concept(name: String, table: &Table<'_>) -> Ehmi {
    let pattern_of = |key| table.value(key).and_then(|v| pattern(&v)).unwrap_or(Pattern::Off);
    let size_m = table.required("size_m").and_then(|v| v.two_f64_in(0.0..=3.0)).unwrap_or([0.0; 2]);
    let light = Ehmi {
        name,
        colour_srgb: table.required("colour").and_then(|v| colour(&v)).unwrap_or_default(),
        place: place(table),
        size_m,
        luminance_cd_per_m2: table.f64_in("luminance_cd_per_m2", 0.0..=1e6),
        driving: pattern_of("driving"),
        yielding: pattern_of("yielding"),
        stopped: pattern_of("stopped"),
        starting: pattern_of("starting"),
    };
    let standard = table.opt_word("standard", &["J3134"]);
    table.finish(&[]);
    if standard.is_some() {
        warn_of_standard(&light, table);
    }
    warn_of_flashes(&light, table);
    light
}

fn place(table: &Table<'_>) -> LightPlace {
    let word = table.word("place", &PLACES.map(|(word, _)| word));
    PLACES.iter().find(|(name, _)| Some(*name) == word.as_deref()).map_or(LightPlace::Bumper, |(_, place)| *place)
}

/// `"off"`, `"steady"`, or a table with one frequency.
fn pattern(value: &Value<'_>) -> Option<Pattern> {
    if value.is_text() {
        let word = value.word(&["off", "steady"])?;
        return Some(if word == "steady" { Pattern::Steady } else { Pattern::Off });
    }
    let (table, before) = (value.table()?, value.source().wrong_so_far());
    let hz = |key| table.opt_f64_in(key, 0.05..=30.0);
    let (pulse, flash, sweep) = (hz("pulse_hz"), hz("flash_hz"), hz("sweep_hz"));
    table.finish(&[]);
    match (pulse, flash, sweep) {
        (Some(hz), None, None) => Some(Pattern::Pulse { hz }),
        (None, Some(hz), None) => Some(Pattern::Flash { hz }),
        (None, None, Some(hz)) => Some(Pattern::Sweep { hz }),
        _ => {
            if value.source().wrong_so_far() == before {
                let what = "a light's pattern is one of pulse_hz, flash_hz and sweep_hz";
                value.source().wrong(value.at(), what, "write \"off\", \"steady\" or for example { pulse_hz = 0.5 }");
            }
            None
        }
    }
}

fn colour(value: &Value<'_>) -> Option<[u8; 3]> {
    let (table, before) = (value.table()?, value.source().wrong_so_far());
    let (srgb, xy) = (table.value("srgb"), table.value("cie_xy"));
    table.finish(&[]);
    if value.source().wrong_so_far() > before {
        return None;
    }
    match (srgb, xy) {
        (Some(hex), None) => hex_colour(&hex),
        (None, Some(xy)) => {
            let [x, y] = xy.two_f64_in(0.0..=1.0)?;
            chromaticity(&xy, x, y)
        }
        _ => {
            let cure = "write { srgb = \"#00ff00\" } or { cie_xy = [0.3, 0.6] }";
            value.source().wrong(value.at(), "a colour is given either as srgb or as cie_xy", cure);
            None
        }
    }
}

fn hex_colour(value: &Value<'_>) -> Option<[u8; 3]> {
    let text = value.text()?;
    let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()));
    let Some(number) = digits.and_then(|d| u32::from_str_radix(d, 16).ok()) else {
        let what = format!("\"{}\" is not a colour", shown(&text));
        value.source().wrong(value.at(), what, "write # and six hexadecimal digits, such as \"#00ff00\"");
        return None;
    };
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

fn chromaticity(value: &Value<'_>, x: f64, y: f64) -> Option<[u8; 3]> {
    if y < 0.001 || x + y > 1.0 {
        let what = format!("[{x}, {y}] is not a chromaticity");
        value.source().wrong(value.at(), what, "x and y add up to at most 1, and y is above 0");
        return None;
    }
    let (colour, inside) = srgb_from_xy(x, y);
    if !inside {
        let what = format!("the chromaticity [{x}, {y}] lies outside what sRGB displays can show");
        let cure =
            format!("nothing to do if the nearest, {colour:?}, will do; else choose one inside the sRGB triangle");
        value.source().warn(value.at(), what, cure);
    }
    Some(colour)
}

/// The brightest sRGB colour of a CIE 1931 chromaticity, clipped, and whether it lay inside the gamut.
pub fn srgb_from_xy(x: f64, y: f64) -> ([u8; 3], bool) {
    // IEC 61966-2-1, XYZ (D65, Y = 1) to linear sRGB.
    const FROM_XYZ: [[f64; 3]; 3] = [
        [3.240_625_5, -1.537_208, -0.498_628_6],
        [-0.968_930_7, 1.875_756_1, 0.041_517_5],
        [0.055_710_1, -0.204_021_1, 1.056_995_9],
    ];
    let xyz = [x / y, 1.0, (1.0 - x - y) / y];
    let linear = FROM_XYZ.map(|row| row.iter().zip(xyz).map(|(a, b)| a * b).sum::<f64>());
    let most = linear.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let inside = linear.iter().all(|c| *c >= -1e-3 * most);
    let encode = |c: f64| {
        let c = (c / most).clamp(0.0, 1.0);
        let c = if c <= 0.003_130_8 { 12.92 * c } else { 1.055 * libm::pow(c, 1.0 / 2.4) - 0.055 };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let byte = (c * 255.0).round_ties_even() as u8;
        byte
    };
    (linear.map(encode), inside)
}

fn warn_of_standard(light: &Ehmi, table: &Table<'_>) {
    if light.yielding == light.driving && light.yielding.hz() == 0.0 {
        return;
    }
    let what = format!(
        "`{}` claims SAE J3134 but signals yielding; J3134 fixes a marker lamp for \"automated driving engaged\" and dropped such messages",
        light.name
    );
    table.source().warn(table.at(), what, "leave `standard` out, or show the same steady light driving and yielding");
}

fn warn_of_flashes(light: &Ehmi, table: &Table<'_>) {
    let area_m2 = light.size_m[0] * light.size_m[1];
    let blinks = |pattern: Pattern| match pattern {
        Pattern::Pulse { hz } | Pattern::Flash { hz } => hz,
        Pattern::Off | Pattern::Steady | Pattern::Sweep { .. } => 0.0,
    };
    let states = [light.driving, light.yielding, light.stopped, light.starting];
    let fastest_hz = states.into_iter().map(blinks).fold(0.0, f64::max);
    if fastest_hz > MOST_FLASHES_HZ && area_m2 >= SMALL_AREA_M2 {
        let what = format!(
            "`{}` blinks at {fastest_hz} Hz over {area_m2:.3} m^2: faster than 3 Hz over a large area can trigger seizures (WCAG 2.3.1, ISO 9241-391)",
            light.name
        );
        table.source().warn(
            table.at(),
            what,
            "take 3 Hz or less, or a smaller area; else screen participants for photosensitivity",
        );
    }
}

/// Warns of lights that are larger than their place on the target: they are drawn no larger than that. `own` is the
/// study's table of lights; those that ship have no place in its text.
pub(super) fn warn_of_sizes(study: &Study, own: &Table<'_>, source: &Source<'_>) {
    let car = study.target.size;
    let all = study.every_settings();
    let used = |light: &&Ehmi| all.iter().any(|settings| settings.ehmi() == light.name);
    for light in study.concepts.iter().filter(used) {
        let most_m = light.place.most_size_m(car.width_m, car.height_m);
        if light.size_m.iter().zip(most_m).all(|(size_m, most_m)| *size_m <= most_m + 1e-9) {
            continue;
        }
        let table = own.named().into_iter().find(|(name, _)| *name == light.name).and_then(|(_, value)| value.table());
        let place =
            table.and_then(|table| table.value("size_m")).map_or_else(|| study.target.place.clone(), |v| v.place());
        let [w, h] = light.size_m;
        let (what, cure) = (
            format!(
                "`{}` is {w} x {h} m, more than there is room for {} a car {} m wide and {} m high: it is drawn {:.2} x {:.2} m",
                light.name,
                room(light.place),
                car.width_m,
                car.height_m,
                w.min(most_m[0]),
                h.min(most_m[1])
            ),
            format!(
                "show a light whose size_m is at most [{:.2}, {:.2}], or one at another place",
                cm(most_m[0]),
                cm(most_m[1])
            ),
        );
        source.warn_at(Problem::new(place, what, cure));
    }
}

/// Whole centimetres below.
fn cm(m: f64) -> f64 {
    (m * 100.0 + 1e-6).floor() / 100.0
}

/// Where there is room, in words.
fn room(place: LightPlace) -> &'static str {
    match place {
        LightPlace::Bumper => "at the bumper of",
        LightPlace::Windscreen => "below the windscreen of",
        LightPlace::Roof => "along the roof's front edge of",
        LightPlace::Headlights => "at each headlight of",
    }
}

/// A vehicle without an external light.
pub(super) fn dark() -> Ehmi {
    Ehmi {
        name: "none".to_owned(),
        colour_srgb: [0; 3],
        place: LightPlace::Bumper,
        size_m: [0.0; 2],
        luminance_cd_per_m2: 0.0,
        driving: Pattern::Off,
        yielding: Pattern::Off,
        stopped: Pattern::Off,
        starting: Pattern::Off,
    }
}
