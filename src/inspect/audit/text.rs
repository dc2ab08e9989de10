//! An audit as a table for people.

use super::super::words::{metres, shown};
use super::{Audit, CornerAudit, CrosswalkAudit, LanesAudit, Shift};
use std::fmt::Write as _;

/// Of long lists so many lines are printed; JSON has them all.
const MOST_LISTED: usize = 10;
/// Longer ids of a file are cut.
const MOST_CHARACTERS: usize = 40;
/// Places on Earth this much nearer when north and south are swapped are mirrored ones, metres.
const MIRRORED_M: f64 = 1.0;
/// Less than this may come from CARLA's simpler projection; more is another projection, metres.
const SIMPLER_M: f64 = 50.0;
/// A smaller difference is printed as zero, metres.
const SPEAKS_M: f64 = 5e-5;

impl Audit {
    /// The audit in words and tables.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    /// The audit for programs.
    pub fn json(&self) -> String {
        // Plain structs of text and numbers always serialise.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "What CARLA {} makes of {}", shown(&self.carla, MOST_CHARACTERS), shown(&self.file, 200))?;
        writeln!(out, "Positions are in the map's frame, metres; distances from ours to CARLA's.")?;
        if self.carla_step_m > 1e-3 {
            let step = length(self.carla_step_m);
            writeln!(out, "CARLA's 32-bit numbers are {step} apart here: move the map to the origin with <offset>.")?;
        }
        if let Some(offset) = self.offset {
            let [x, y, z] = offset.move_m.to_array().map(|v| metres(v, 3));
            let hdg = metres(offset.hdg_rad, 6);
            writeln!(out, "CARLA ignores the map's <offset x=\"{x}\" y=\"{y}\" z=\"{z}\" hdg=\"{hdg}\">: in CARLA")?;
            writeln!(
                out,
                "everything lies that far off. It is taken out below: CARLA's positions here are moved by it."
            )?;
        }
        let seen = self.crosswalks.iter().filter(|c| c.seen).count();
        writeln!(out, "\nCrosswalks: CARLA sees {seen} of {}", self.crosswalks.len())?;
        for crosswalk in &self.crosswalks {
            crosswalk.write(out)?;
        }
        for run in self.only_in_carla_map_m.iter().take(MOST_LISTED) {
            let [x, y, _] = run.first().copied().unwrap_or_default();
            writeln!(
                out,
                "\nOnly in CARLA: {} corners from ({x:.3}, {y:.3}) on, which are no crosswalk's own;",
                run.len()
            )?;
            writeln!(out, "  CARLA gives an object that it cannot read the corners of the one before.")?;
        }
        more(out, self.only_in_carla_map_m.len())?;
        self.write_earth(out)?;
        self.lanes.write(out)
    }

    fn write_earth(&self, out: &mut String) -> std::fmt::Result {
        let corners = || self.crosswalks.iter().flat_map(|c| c.corners.iter().map(move |k| (c, k)));
        let most = |shift: fn(&CornerAudit) -> Option<Shift>| {
            corners().filter_map(|(_, k)| shift(k)).map(Shift::length_m).reduce(f64::max)
        };
        writeln!(out, "\nPlaces on Earth")?;
        let plain = most(|k| k.geolocation.carla_off);
        let (Some(plain), Some(mirrored)) = (plain, most(|k| k.geolocation.carla_mirrored_off)) else {
            let why = match corners().next() {
                _ if !self.on_earth => "the map has no place on Earth",
                None => "no crosswalk has corners",
                Some(_) => "CARLA or the map's projection gives the corners no place on Earth",
            };
            return writeln!(out, "  {why}: nothing to compare");
        };
        writeln!(out, "  CARLA puts a corner up to {} away", length(plain))?;
        if mirrored + MIRRORED_M < plain {
            writeln!(
                out,
                "  CARLA mirrors latitude: north of +lat_0 becomes south. With that undone: {}",
                length(mirrored)
            )?;
            if mirrored < SIMPLER_M {
                writeln!(
                    out,
                    "  What then remains is CARLA's own, simpler projection: some 0.2 m in 100 m from its origin."
                )?;
            }
        }
        writeln!(
            out,
            "  {:>10} {:>6} {:>14} {:>14} {:>25} {:>25}",
            "", "", "latitude", "longitude", "CARLA: north, east", "unmirrored: north, east"
        )?;
        for (crosswalk, corner) in corners() {
            let k = crosswalk.corners.iter().position(|c| std::ptr::eq(c, corner)).unwrap_or(0) + 1;
            let geo = &corner.geolocation;
            let (Some([lat, lon]), Some(a), Some(b)) = (geo.wgs84_deg, geo.carla_off, geo.carla_mirrored_off) else {
                continue;
            };
            writeln!(
                out,
                "  {:>10} {k:>6} {lat:>14.9} {lon:>14.9} {:>25} {:>25}",
                shown(&crosswalk.id, 10),
                shift(a),
                shift(b)
            )?;
        }
        Ok(())
    }
}

impl CrosswalkAudit {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        write!(out, "\n  {} on road {}: ", shown(&self.id, MOST_CHARACTERS), shown(&self.road, MOST_CHARACTERS))?;
        match self.apart_most_m {
            _ if self.corners.is_empty() => return writeln!(out, "Kerbside refuses it, so nothing is compared"),
            None => return writeln!(out, "CARLA does not see it"),
            Some(most_m) => writeln!(out, "largest distance {}", length(most_m))?,
        }
        writeln!(
            out,
            "  {:>6} {:>14} {:>14} {:>14} {:>14} {:>12} {:>12}",
            "corner", "east", "north", "CARLA east", "CARLA north", "distance", "CARLA higher"
        )?;
        for (k, corner) in self.corners.iter().enumerate() {
            let ([x, y, _], Some([u, v, _])) = (corner.map_m, corner.carla_map_m) else { continue };
            let (apart, higher) = (corner.apart_m.unwrap_or(0.0), corner.higher_m.unwrap_or(0.0));
            writeln!(out, "  {:>6} {x:>14.4} {y:>14.4} {u:>14.4} {v:>14.4} {apart:>10.4} m {higher:>10.3} m", k + 1)?;
        }
        Ok(())
    }
}

impl LanesAudit {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "\nLanes: {} places on driven lanes, of which CARLA knows {}", self.asked, self.known)?;
        if let (Some(apart), Some(at)) = (self.apart_most_m, &self.apart_most_at) {
            writeln!(out, "  largest distance {}{}", length(apart), at_place(apart, at))?;
        }
        if let (Some(higher), Some(at)) = (self.higher_most_m, &self.higher_most_at) {
            writeln!(out, "  largest difference in height {higher:.4} m{}: CARLA's less ours", at_place(higher, at))?;
        }
        if let Some(unread) = &self.carla_does_not_read {
            writeln!(out, "  CARLA does not read {unread} of this map's roads: differences there come from that")?;
        }
        for (why, list) in [("not known to CARLA", &self.unknown), ("not asked for", &self.not_asked)] {
            for place in list.iter().take(MOST_LISTED) {
                writeln!(out, "  {why}: {}", shown(place, 200))?;
            }
            more(out, list.len())?;
        }
        Ok(())
    }
}

fn more(out: &mut String, count: usize) -> std::fmt::Result {
    if count > MOST_LISTED { writeln!(out, "  and {} more (--json lists them)", count - MOST_LISTED) } else { Ok(()) }
}

/// Where a difference is largest; nowhere where there is none to speak of.
fn at_place(difference_m: f64, place: &str) -> String {
    if difference_m.abs() < SPEAKS_M { String::new() } else { format!(" ({})", shown(place, 80)) }
}

fn shift(shift: Shift) -> String {
    format!("{}, {}", length(shift.north_m), length(shift.east_m))
}

/// A length that may be a tenth of a millimetre or half the Earth.
fn length(m: f64) -> String {
    if m.abs() < 10_000.0 { format!("{m:.4} m") } else { format!("{:.1} km", m / 1000.0) }
}
