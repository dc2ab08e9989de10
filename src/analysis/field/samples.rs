//! Who was where when: a table of samples, and one of events.

use super::{Street, Tracks};
use crate::analysis::plan::{Identical, Mapping};
use crate::analysis::read_data::Reader;
use crate::analysis::sheet::Sheet;
use crate::problem::{Outcome, Problem, Problems, did_you_mean, harmless};
use glam::DVec2;
use std::collections::BTreeMap;

/// Most problems of one table that are told.
const MOST_TOLD: usize = 20;
/// A sample further from the crosswalk belongs to another place.
const MOST_AWAY_M: f64 = 2_000.0;
/// Seconds that fit into whole nanoseconds.
const MOST_S: f64 = 9e9;
/// Columns that are read; what else there is describes crossings.
const OWN: [&str; 8] = ["crossing", "participant", "road_user", "time_s", "time_utc", "lat_deg", "lon_deg", "alt_m"];
/// Events that tracks may come with; entering and leaving the zone follow from the tracks.
pub(super) const EVENTS: [&str; 9] = [
    "vehicle_in_view",
    "go_signal",
    "gap_opens",
    "pedestrian_detected",
    "yield_decided",
    "light_onset",
    "braking_onset",
    "vehicle_stopped",
    "vehicle_leaves",
];

/// Where somebody was at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// From the origin of the table's own clock.
    pub time_ns: i64,
    /// In the site's plane: of a pedestrian the tracked point, of the target its antenna.
    pub at_m: DVec2,
}

/// One crossing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Crossing {
    /// Its name in the table.
    pub id: String,
    /// Who crossed; the crossing's own name where the table names nobody.
    pub participant: String,
    /// The pedestrian's samples, by time.
    pub pedestrian: Vec<Sample>,
    /// The target's samples, by time.
    pub target: Vec<Sample>,
    /// Events by time and name.
    pub events: Vec<(i64, &'static str)>,
    /// What else the table says of it, column by column.
    pub about: Vec<(String, String)>,
    /// The line of its first row.
    pub line: u64,
}

/// The crossings of a table, in the order in which they begin there; notes say what was done to read it.
///
/// # Errors
/// Rows that are no samples, each with its line.
pub fn crossings(street: &Street, samples: &Sheet, events: Option<&Sheet>) -> Outcome<(Vec<Crossing>, Vec<String>)> {
    let mapping = Mapping {
        participant: "participant".to_owned(),
        order: None,
        missing: vec![String::new(), "NA".to_owned()],
        identical_rows: Identical::Refuse,
        columns: Vec::new(),
    };
    let table = Table::of(samples, &mapping)?;
    let (crossing, user) = (samples.column("crossing")?, samples.column("road_user")?);
    let (lat, lon) = (samples.column("lat_deg")?, samples.column("lon_deg")?);
    let participant = samples.columns.iter().position(|name| name == "participant");
    let describes: Vec<usize> =
        (0..samples.columns.len()).filter(|at| !OWN.contains(&samples.columns[*at].as_str())).collect();
    let mut found: Vec<Crossing> = Vec::new();
    let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
    let mut varying = vec![false; describes.len()];
    let mut problems = Problems::default();
    for row in 0..samples.rows.len() {
        if problems.0.len() >= MOST_TOLD {
            break;
        }
        let cells = &samples.rows[row].cells;
        let id = cells[crossing].as_str();
        let i = *by_id.entry(id).or_insert_with(|| {
            found.push(Crossing {
                id: id.to_owned(),
                participant: participant.map_or(id, |at| &cells[at]).to_owned(),
                about: describes.iter().map(|at| (samples.columns[*at].clone(), cells[*at].clone())).collect(),
                line: samples.rows[row].line,
                ..Crossing::default()
            });
            found.len() - 1
        });
        for (k, at) in describes.iter().enumerate() {
            varying[k] |= found[i].about[k].1 != cells[*at];
        }
        if let Err(problem) = sample(&table, street, row, [crossing, user, lat, lon], participant, &mut found[i]) {
            problems.push(problem);
        }
    }
    std::mem::take(&mut problems).check()?;
    let mut notes = samples.notes.clone();
    if participant.is_none() {
        notes.push(format!("{}: no column participant: each crossing counts as another person", samples.name()));
    }
    for (k, at) in describes.iter().enumerate().filter(|(k, _)| varying[*k]) {
        notes.push(format!("{}: {} varies within crossings and is not used", samples.name(), samples.columns[*at]));
        found.iter_mut().for_each(|one| one.about[k].0.clear());
    }
    found.iter_mut().for_each(|one| one.about.retain(|(column, _)| !column.is_empty()));
    if let Some(sheet) = events {
        read_events(&Table::of(sheet, &mapping)?, &by_id, &mut found)?;
        notes.extend(sheet.notes.clone());
    }
    for one in &found {
        one.whole(samples, &street.tracks, &mut problems);
    }
    problems.check()?;
    Ok((found, notes))
}

/// A table with a clock.
struct Table<'a> {
    sheet: &'a Sheet,
    reader: Reader<'a>,
    time: usize,
    utc: bool,
}

impl<'a> Table<'a> {
    fn of(sheet: &'a Sheet, mapping: &'a Mapping) -> Result<Self, Problem> {
        let at = |name: &str| sheet.columns.iter().position(|column| column == name);
        let (time, utc) = match (at("time_s"), at("time_utc")) {
            (Some(time), None) => (time, false),
            (None, Some(time)) => (time, true),
            (both, _) => {
                let what = if both.is_some() { "has both time_s and time_utc" } else { "has no column of times" };
                let cure = "give time_s (seconds) or time_utc (2026-05-01T12:00:00.25Z)";
                return Err(Problem::file(sheet.name(), what, cure));
            }
        };
        Ok(Self { sheet, reader: Reader::new(mapping, sheet)?, time, utc })
    }

    fn wrong(&self, row: usize, column: usize, what: impl Into<String>, cure: &str) -> Problem {
        Problem::new(self.sheet.place(row, column), what, cure)
    }

    /// A cell that must not be empty.
    fn text(&self, row: usize, column: usize) -> Result<&'a str, Problem> {
        let cell = self.sheet.rows[row].cells[column].as_str();
        if self.reader.is_missing(column, cell) {
            return Err(self.wrong(row, column, "nothing stands here", "each row needs it"));
        }
        Ok(cell)
    }

    fn number(&self, row: usize, column: usize) -> Result<Option<f64>, Problem> {
        let value = self.reader.number(self.sheet, row, column)?;
        match value.filter(|value| !value.is_finite()) {
            Some(_) => Err(self.wrong(row, column, "an infinite value", "write NA for what is not known")),
            None => Ok(value),
        }
    }

    /// The row's time in whole nanoseconds.
    fn time_ns(&self, row: usize) -> Result<i64, Problem> {
        let cell = self.text(row, self.time)?;
        let ns = if self.utc {
            let utc = humantime::parse_rfc3339(cell).ok();
            utc.and_then(|utc| utc.duration_since(std::time::UNIX_EPOCH).ok())
                .and_then(|since| i64::try_from(since.as_nanos()).ok())
        } else {
            let time_s = self.number(row, self.time)?.filter(|time_s| time_s.abs() <= MOST_S);
            #[allow(clippy::cast_possible_truncation)]
            time_s.map(|time_s| (time_s * 1e9).round() as i64)
        };
        ns.ok_or_else(|| {
            let cure = if self.utc {
                "write 2026-05-01T12:00:00.25Z: the date, T, the time in UTC, Z; a spreadsheet may have changed it"
            } else {
                "write seconds from any moment, such as 12.35 or 1777636800.35"
            };
            self.wrong(row, self.time, format!("\"{}\" is no time", harmless(cell)), cure)
        })
    }
}

/// Takes in a row.
fn sample(
    table: &Table<'_>,
    street: &Street,
    row: usize,
    [crossing, user, lat, lon]: [usize; 4],
    participant: Option<usize>,
    found: &mut Crossing,
) -> Result<(), Problem> {
    table.text(row, crossing)?;
    if let Some(at) = participant {
        let code = table.text(row, at)?;
        if code != found.participant {
            let what = format!("crossing {} is of {} and of {code}", found.id, found.participant);
            return Err(table.wrong(row, at, harmless(&what), "give each crossing a name of its own"));
        }
    }
    let word = table.text(row, user)?;
    let time_ns = table.time_ns(row)?;
    let samples = match word {
        "pedestrian" => &mut found.pedestrian,
        "target" => &mut found.target,
        other => {
            let meant = did_you_mean(other, ["pedestrian", "target"]);
            let cure = meant.map_or_else(
                || "road_user is pedestrian or target; leave others out of the table".to_owned(),
                |meant| format!("did you mean \"{meant}\"?"),
            );
            return Err(table.wrong(row, user, format!("\"{}\" is no road user", harmless(other)), &cure));
        }
    };
    if samples.last().is_some_and(|last| last.time_ns >= time_ns) {
        let what = format!("the time of the {word} of crossing {} does not go on here", harmless(&found.id));
        return Err(table.wrong(row, table.time, what, "sort each road user's rows by time; no time twice"));
    }
    let (Some(lat_deg), Some(lon_deg)) = (table.number(row, lat)?, table.number(row, lon)?) else { return Ok(()) };
    let at_m = street.locate(lat_deg, lon_deg).map_err(|no| no.at(table.sheet.place(row, lat)))?;
    let away_m = at_m.length();
    if away_m > MOST_AWAY_M {
        let what = format!("lies {:.1} km from the crosswalk", away_m / 1000.0);
        let cure = "see whether latitude and longitude are swapped, and whether the map's <geoReference> is right";
        return Err(table.wrong(row, lat, what, cure));
    }
    samples.push(Sample { time_ns, at_m });
    Ok(())
}

fn read_events(table: &Table<'_>, by_id: &BTreeMap<&str, usize>, found: &mut [Crossing]) -> Outcome<()> {
    let (crossing, event) = (table.sheet.column("crossing")?, table.sheet.column("event")?);
    let mut problems = Problems::default();
    for row in 0..table.sheet.rows.len() {
        let read = || -> Result<(usize, i64, &'static str), Problem> {
            let id = table.text(row, crossing)?;
            let i = by_id.get(id).copied().ok_or_else(|| {
                let what = format!("the table of tracks has no crossing \"{}\"", harmless(id));
                table.wrong(row, crossing, what, "correct its name, or leave the row out")
            })?;
            let word = table.text(row, event)?;
            let name = EVENTS.iter().copied().find(|name| *name == word).ok_or_else(|| {
                let cure = match did_you_mean(word, EVENTS) {
                    Some(meant) => format!("did you mean \"{meant}\"?"),
                    None => format!("known are: {}", EVENTS.join(", ")),
                };
                table.wrong(row, event, format!("\"{}\" is no event of a crossing", harmless(word)), &cure)
            })?;
            Ok((i, table.time_ns(row)?, name))
        };
        match read() {
            Ok((i, time_ns, name)) => found[i].events.push((time_ns, name)),
            Err(problem) => problems.push(problem),
        }
        if problems.0.len() >= MOST_TOLD {
            break;
        }
    }
    found.iter_mut().for_each(|one| one.events.sort_unstable());
    problems.check()
}

impl Crossing {
    /// Both must have been seen, and the cue where there is one.
    fn whole(&self, sheet: &Sheet, tracks: &Tracks, problems: &mut Problems) {
        let mut place = sheet.place(0, 0);
        (place.line, place.part) = (u32::try_from(self.line).ok(), None);
        let mut lacks = |what: String, cure: &str| {
            let what = format!("crossing {} {what}", harmless(&self.id));
            problems.push(Problem::new(place.clone(), what, cure));
        };
        for (samples, who) in [(&self.pedestrian, "pedestrian"), (&self.target, "target")] {
            if samples.len() < 2 {
                lacks(format!("has {} places of the {who}", samples.len()), "two or more are needed; or leave it out");
            }
        }
        let cue = tracks.cue.map(|cue| cue.event());
        if let Some(cue) = cue.filter(|cue| !self.events.iter().any(|(_, name)| name == cue)) {
            lacks(format!("has no {cue}, the plan's cue"), "add it to the table of events, or take `cue` out");
        }
    }
}
