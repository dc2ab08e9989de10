//! An audit as a table for people.

use super::{Audit, CornerAudit, CrosswalkAudit, LanesAudit, Shift};
use std::fmt::Write as _;

/// Of long lists so many lines are printed; JSON has them all.
const MOST_LISTED: usize = 10;
/// Places on Earth this much nearer when north and south are swapped are mirrored ones, metres.
const MIRRORED_M: f64 = 1.0;

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
        writeln!(out, "What CARLA {} makes of {}", self.carla, self.file)?;
        writeln!(out, "Positions are in the map's frame, metres; distances from ours to CARLA's.")?;
        if self.carla_step_m > 1e-3 {
            let step = length(self.carla_step_m);
            writeln!(out, "CARLA's 32-bit numbers are {step} apart here: move the map to the origin with <offset>.")?;
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
            return writeln!(out, "  the map has no place on Earth, or no corners: nothing to compare");
        };
        writeln!(out, "  CARLA puts a corner up to {} away", length(plain))?;
        if mirrored + MIRRORED_M < plain {
            writeln!(
                out,
                "  CARLA mirrors latitude: north of +lat_0 becomes south. With that undone: {}",
                length(mirrored)
            )?;
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
            writeln!(out, "  {:>10} {k:>6} {lat:>14.9} {lon:>14.9} {:>25} {:>25}", crosswalk.id, shift(a), shift(b))?;
        }
        Ok(())
    }
}

impl CrosswalkAudit {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        write!(out, "\n  {} on road {}: ", self.id, self.road)?;
        match self.apart_most_m {
            _ if self.corners.is_empty() => return writeln!(out, "Kerbside refuses it, so nothing is compared"),
            None => return writeln!(out, "CARLA does not see it"),
            Some(most_m) => writeln!(out, "largest distance {}", length(most_m))?,
        }
        writeln!(
            out,
            "  {:>6} {:>14} {:>14} {:>14} {:>14} {:>12} {:>12}",
            "corner", "east", "north", "CARLA east", "CARLA north", "distance", "higher"
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
            writeln!(out, "  largest distance {} ({at})", length(apart))?;
        }
        if let (Some(higher), Some(at)) = (self.higher_most_m, &self.higher_most_at) {
            writeln!(out, "  largest difference in height {higher:.4} m ({at})")?;
        }
        for (why, list) in [("not known to CARLA", &self.unknown), ("not asked for", &self.not_asked)] {
            for place in list.iter().take(MOST_LISTED) {
                writeln!(out, "  {why}: {place}")?;
            }
            more(out, list.len())?;
        }
        Ok(())
    }
}

fn more(out: &mut String, count: usize) -> std::fmt::Result {
    if count > MOST_LISTED { writeln!(out, "  and {} more (--json lists them)", count - MOST_LISTED) } else { Ok(()) }
}

fn shift(shift: Shift) -> String {
    format!("{}, {}", length(shift.north_m), length(shift.east_m))
}

/// A length that may be a tenth of a millimetre or half the Earth.
fn length(m: f64) -> String {
    if m.abs() < 10_000.0 { format!("{m:.4} m") } else { format!("{:.1} km", m / 1000.0) }
}
