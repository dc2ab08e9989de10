//! Which approach of a site each vehicle takes.

use super::model::{ApproachChoice, Study};
use super::resolve::{Car, ZonesAt};
use crate::document::{meant, shown};
use crate::kernel::geometry::direction;
use crate::kernel::math::{degrees, wrap_angle};
use crate::kernel::site::{Approach, ConflictZone, Site};
use crate::problem::{Outcome, Place, Problem, Problems};
use crate::table::Role;

/// The approaches of a study's vehicles at a site.
pub(super) struct Lanes<'a> {
    site: &'a Site,
    target: usize,
    opposite: Option<usize>,
    /// Where the vehicles' conflict zones begin.
    pub zones: ZonesAt,
}

impl<'a> Lanes<'a> {
    /// Chooses the approaches and checks the stop line against the crosswalk.
    pub fn new(study: &Study, site: &'a Site) -> Outcome<Self> {
        let target = target(study, site)?;
        let opposite = study.opposite.as_ref().map(|car| opposite(site, target, &car.place)).transpose()?;
        let mut lanes = Self { site, target, opposite, zones: ZonesAt { target_m: 0.0, opposite_m: 0.0 } };
        let mut problems = Problems::default();
        let target_m = lanes.zone_m(target, study.target.size.width_m, study, &mut problems);
        let opposite_m = match (&study.opposite, opposite) {
            (Some(car), Some(i)) => lanes.zone_m(i, car.size.width_m, study, &mut problems),
            _ => 0.0,
        };
        problems.check()?;
        lanes.zones = ZonesAt { target_m, opposite_m };
        Ok(lanes)
    }

    /// The approach of a vehicle.
    pub fn of(&self, role: Role) -> usize {
        if role == Role::Opposite { self.opposite.unwrap_or(self.target) } else { self.target }
    }

    /// How far before the pedestrian's line the conflict zone of an approach begins.
    fn zone_m(&self, i: usize, width_m: f64, study: &Study, problems: &mut Problems) -> f64 {
        let Some(approach) = self.site.approaches.get(i) else { return 0.0 };
        let Some(zone) = ConflictZone::new(&approach.path, width_m, &self.site.crosswalk) else {
            let what = format!("{} does not meet crosswalk {}", approach.id, self.site.crosswalk_id);
            problems.push(Problem::new(study.site.approach.place.clone(), what, "take another approach or crosswalk"));
            return 0.0;
        };
        let zone_m = approach.pedestrian_line_s_m - zone.from_s_m;
        let stop_line = &study.site.stop_line_m;
        if stop_line.value < zone_m - 1e-6 {
            let what = format!(
                "the stop line, {} m before the pedestrian's line, lies on crosswalk {}, which begins {zone_m:.2} m before it on {}",
                stop_line.value, self.site.crosswalk_id, approach.id
            );
            problems.push(Problem::new(
                stop_line.place.clone(),
                what,
                format!("let stop_line_m be {zone_m:.2} or more"),
            ));
        }
        zone_m
    }

    /// What is wrong when a lane does not reach back to a vehicle's start.
    pub fn out_of_reach(&self, study: &Study, car: &Car) -> Option<Problem> {
        let approach = self.site.approaches.get(self.of(car.role))?;
        let reach_m = approach.pedestrian_line_s_m;
        let place = match (car.role, &study.leading, &study.opposite) {
            (Role::Opposite, _, Some(opposite)) => &opposite.place,
            (_, Some(leading), _) => &leading.place,
            _ => &study.target.place,
        };
        (car.start_to_line_m > reach_m).then(|| {
            let what = format!(
                "the {} vehicle starts {:.1} m before the pedestrian's line, but {} reaches back only {reach_m:.1} m",
                car.role.word(),
                car.start_to_line_m,
                approach.id
            );
            Problem::new(
                place.clone(),
                what,
                "let it start nearer, shorten the headway, lower the speed, or take another approach or crosswalk",
            )
        })
    }
}

/// Approaches whose distances from the kerb differ by less are not told apart by them, metres: in a junction,
/// several ways run over the ground of one lane.
pub const SAME_LANE_M: f64 = 0.5;
/// Of such, the straightest is taken: how much each turns from so far before the pedestrian's line to so far after it ..
const TURN_OVER_M: f64 = 25.0;
/// .. must differ by more than this, radians.
const ALIKE_RAD: f64 = 0.05;

fn target(study: &Study, site: &Site) -> Outcome<usize> {
    let choice = &study.site.approach;
    let found = match &choice.value {
        ApproachChoice::NearestKerb => nearest(site, |_| true).map_err(|alike| {
            let cure = "write one of them as approach = \"..\", or take another crosswalk";
            ambiguous(site, "nearest kerb", &alike, choice.place.clone(), cure)
        })?,
        ApproachChoice::Id(id) => site.approaches.iter().position(|approach| approach.id == *id),
    };
    found.ok_or_else(|| {
        let ids: Vec<&str> = site.approaches.iter().map(|a| a.id.as_str()).collect();
        let (what, cure) = match &choice.value {
            ApproachChoice::NearestKerb => (
                format!("crosswalk {} has no approach: no driving lane meets it", site.crosswalk_id),
                "take another crosswalk".to_owned(),
            ),
            ApproachChoice::Id(id) => (
                format!("crosswalk {} has no approach \"{}\"", site.crosswalk_id, shown(id)),
                match meant(id, ids.iter().copied()) {
                    Some(meant) => {
                        format!("did you mean \"{meant}\"? else write \"nearest kerb\", or one of: {}", ids.join(", "))
                    }
                    None => format!("write \"nearest kerb\", or one of: {}", ids.join(", ")),
                },
            ),
        };
        Problem::new(choice.place.clone(), what, cure).into()
    })
}

/// The approach that "nearest kerb" means; `None` where none or several do.
pub fn nearest_kerb(site: &Site) -> Option<&Approach> {
    nearest(site, |_| true).ok().flatten().and_then(|i| site.approaches.get(i))
}

/// The approach nearest to the kerb; of several over the same ground the straightest. An error names
/// those that neither tells apart.
fn nearest(site: &Site, may_be: impl Fn(&Approach) -> bool) -> Result<Option<usize>, Vec<usize>> {
    let of = |i: usize| &site.approaches[i];
    let all: Vec<usize> = (0..site.approaches.len()).filter(|i| may_be(of(*i))).collect();
    let least_m = all.iter().map(|i| of(*i).distance_from_kerb_m).fold(f64::INFINITY, f64::min);
    let near: Vec<usize> = all.into_iter().filter(|i| of(*i).distance_from_kerb_m < least_m + SAME_LANE_M).collect();
    let least_rad = near.iter().map(|i| turn_rad(of(*i))).fold(f64::INFINITY, f64::min);
    let alike: Vec<usize> = near.into_iter().filter(|i| turn_rad(of(*i)) < least_rad + ALIKE_RAD).collect();
    match alike.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(alike),
    }
}

/// How much an approach turns around the crosswalk, radians.
fn turn_rad(approach: &Approach) -> f64 {
    let yaw_rad = |s_m: f64| approach.path.at(s_m.clamp(0.0, approach.path.length_m())).yaw_rad;
    let s_m = approach.pedestrian_line_s_m;
    wrap_angle(yaw_rad(s_m + TURN_OVER_M) - yaw_rad(s_m - TURN_OVER_M)).abs()
}

fn ambiguous(site: &Site, wanted: &str, alike: &[usize], place: Place, cure: &str) -> Problem {
    let names = alike.iter().filter_map(|i| site.approaches.get(*i)).map(|approach| {
        let (at_m, turn_deg) = (approach.distance_from_kerb_m, degrees(turn_rad(approach)));
        format!("\"{}\" ({at_m:.2} m from the kerb, turning by {turn_deg:.0} degrees)", approach.id)
    });
    let names: Vec<String> = names.collect();
    let what =
        format!("\"{wanted}\" is ambiguous at crosswalk {}: it may be {}", site.crosswalk_id, names.join(" or "));
    Problem::new(place, what, cure)
}

/// The sense in which an approach crosses the pedestrian's line, along the site's y axis.
fn runs_left(approach: &Approach) -> bool {
    direction(approach.path.at(approach.pedestrian_line_s_m).yaw_rad).y > 0.0
}

fn opposite(site: &Site, target: usize, place: &Place) -> Outcome<usize> {
    let way = site.approaches.get(target).map(runs_left);
    let found = nearest(site, |approach| Some(runs_left(approach)) != way).map_err(|alike| {
        let cure = "take another crosswalk, or take [vehicles.opposite] out";
        ambiguous(site, "the nearest lane of the other direction", &alike, place.clone(), cure)
    })?;
    found.ok_or_else(|| {
        let what = format!("no lane at crosswalk {} runs the other way from the target's", site.crosswalk_id);
        Problem::new(place.clone(), what, "take [vehicles.opposite] out, or choose a two-way street").into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::path::Path;
    use crate::study::testing::{SMALL, street, study};
    use glam::DVec3;

    /// Comes along the lane at x = `at_m` with y growing, or falling with `way` -1, and bends off by so many degrees.
    fn lane(id: &str, at_m: f64, bend_degrees: f64, way: f64) -> Approach {
        let bend = direction(std::f64::consts::FRAC_PI_2 + bend_degrees.to_radians());
        let place = |i: i32| {
            let from = f64::from(i);
            let plane = if i < 0 { glam::DVec2::new(0.0, from) } else { bend * from };
            DVec3::new(at_m + plane.x, plane.y * way, 0.0)
        };
        let path = Path::new((-200..=60).map(place)).unwrap();
        Approach { id: id.to_owned(), distance_from_kerb_m: at_m, path, pedestrian_line_s_m: 200.0 }
    }

    fn chosen(lanes: &[Approach]) -> String {
        let site = Site { approaches: lanes.to_vec(), ..(*street()).clone() };
        match target(&study(SMALL), &site) {
            Ok(i) => site.approaches[i].id.clone(),
            Err(problems) => problems.to_string(),
        }
    }

    #[test]
    fn the_nearest_kerb_s_approach_one_case_a_line() {
        let a = |at_m, bend| lane("a", at_m, bend, 1.0);
        let b = |at_m, bend| lane("b", at_m, bend, 1.0);
        assert_eq!(chosen(&[a(5.0, 0.0), b(1.7, 0.0)]), "b"); // nearer
        assert_eq!(chosen(&[a(1.7, 90.0), b(1.7, 0.0)]), "b"); // straighter over the same ground
        assert_eq!(chosen(&[a(1.7, -90.0), b(2.1, 10.0)]), "b"); // 0.4 m apart is the same ground
        assert_eq!(chosen(&[a(1.7, 90.0), b(2.3, 0.0)]), "a"); // 0.6 m is not
        assert_eq!(chosen(&[a(1.7, 0.0), b(1.7, 4.0)]), "a"); // 4 degrees tell them apart
        assert_eq!(
            chosen(&[]),
            "study.toml:4:2: crosswalk zebra has no approach: no driving lane meets it\n    cure: take another crosswalk"
        );
    }

    #[test]
    fn what_nothing_tells_apart_is_an_error_that_lists_it_one_case_a_line() {
        let said = |lanes: &[Approach]| chosen(lanes);
        let turns = said(&[lane("a", 1.7, 90.0, 1.0), lane("b", 1.9, -90.0, 1.0), lane("c", 5.0, 0.0, 1.0)]);
        let wanted = "\"nearest kerb\" is ambiguous at crosswalk zebra: it may be \"a\" (1.70 m from the kerb, turning by 90 degrees) or \"b\" (1.90 m";
        assert!(
            turns.contains(wanted) && !turns.contains("\"c\"") && turns.contains("cure: write one of them"),
            "{turns}"
        );
        let both_ways = said(&[lane("with s", 1.7, 0.0, 1.0), lane("against s", 1.7, 0.0, -1.0)]);
        assert!(both_ways.contains("\"with s\"") && both_ways.contains("\"against s\""), "{both_ways}");
    }
}
