//! The site of a study: site frame, kerb lines and approaches of one crosswalk.

mod approach;
mod carriageway;
mod crossing;
mod crosswalk;
mod doubts;
#[cfg(test)]
mod handmade_tests;
mod layout;
mod line;
mod polyline;
mod rectangle;
#[cfg(test)]
mod site_tests;
mod strips;
mod work;

use approach::{Walker, name};
use crosswalk::list;
use layout::{BEYOND_M, Layout};
use line::Reach;
use strips::{Overlap, overlaps};
use work::Work;

pub use crossing::{ApproachInfo, Crossing, LaneCrossed};

use super::road::{Crosswalk, End, Map};
use crate::kernel::site::{Approach, Site};
use crate::problem::{Outcome, Place, Problem, Problems, did_you_mean};
use crate::table::StartSide;
use glam::DVec2;

const MAX_REACH_M: f64 = 5_000.0;

/// What a study asks of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRequest {
    /// The crosswalk; `None` for the only one.
    pub crosswalk_id: Option<String>,
    /// The kerb where the participant starts, seen along the road that carries the crosswalk.
    pub start_side: StartSide,
    /// How far behind the kerb line the participant stands, metres.
    pub start_mark_behind_kerb_m: f64,
    /// How much lane is needed before the crosswalk, metres.
    pub back_m: f64,
    /// How much lane is wanted after it, metres; less is no error.
    pub ahead_m: f64,
    /// One approach by its id; `None` for all of them.
    pub approach: Option<String>,
}

/// A site, and which approaches it could not have.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteFound {
    /// The site, with the approaches that reach far enough.
    pub site: Site,
    /// One entry for each approach that was left out because the map ends too soon.
    pub left_out: Vec<Problem>,
}

impl Map {
    /// The site that a study asks for; its approaches are sorted by their distance from the start kerb.
    pub fn site(&self, request: &SiteRequest) -> Outcome<Site> {
        self.site_and_left_out(request).map(|found| found.site)
    }

    /// The same, and why other approaches are not in it.
    pub fn site_and_left_out(&self, request: &SiteRequest) -> Outcome<SiteFound> {
        check_request(request)?;
        let crosswalk = self.crosswalk(request.crosswalk_id.as_deref())?;
        let outline = self.outline_m(crosswalk)?;
        let [strips, beside] = self.strips(crosswalk, &outline, 2.0 * BEYOND_M, &mut Work::default())?;
        let overlaps = overlaps(&strips);
        if !overlaps.iter().any(|o| o.kind.is_driven()) {
            let what = format!("crosswalk `{}` crosses no driving lane", crosswalk.id);
            return Err(Problem::new(
                self.place(crosswalk.spot),
                what,
                "put its outline across the road, or choose another crosswalk",
            )
            .into());
        }
        let layout = self.layout(crosswalk, outline, [&strips, &beside], &overlaps, request.start_side)?;
        let (approaches, left_out) = self.approaches(crosswalk, &layout, &overlaps, request)?;
        let to_site = |p: &DVec2| layout.site(p.extend(0.0)).truncate();
        let site = Site {
            id: side_name(request.start_side).into(),
            crosswalk_id: crosswalk.id.clone(),
            origin_map_m: layout.origin_map_m,
            heading_map_rad: layout.heading_map_rad,
            crosswalk: layout.outline_m.iter().map(to_site).collect(),
            kerb: layout.kerb,
            far_kerb: layout.far_kerb,
            start_mark_m: DVec2::new(-request.start_mark_behind_kerb_m, 0.0),
            approaches,
        };
        Ok(SiteFound { site, left_out })
    }

    fn approaches(
        &self,
        crosswalk: &Crosswalk,
        layout: &Layout,
        overlaps: &[Overlap],
        request: &SiteRequest,
    ) -> Outcome<(Vec<Approach>, Vec<Problem>)> {
        let mut walker = Walker::new(self, &layout.outline_m);
        let reach = Reach { back_m: request.back_m, ahead_m: request.ahead_m };
        let (mut found, mut left_out, mut names) = (Vec::new(), Problems::default(), Vec::new());
        for overlap in overlaps {
            for driven in [End::Start, End::End].map(|end| (overlap.lane, end)) {
                if !self.may_enter(driven.0, driven.1) {
                    continue;
                }
                let entry_s_m = overlap.entry_s_m(driven.1);
                // Without any reach it still shows whether the lane crosses the pedestrian's line.
                let none = Reach { back_m: 0.0, ahead_m: layout.width_m };
                let here = walker.line(driven, entry_s_m, none)?;
                if layout.approach(self, driven, here).is_none() {
                    continue;
                }
                names.push(name(self, driven));
                if request.approach.as_ref().is_some_and(|wanted| *wanted != name(self, driven)) {
                    continue;
                }
                match walker.line(driven, entry_s_m, reach) {
                    Ok(line) => found.extend(layout.approach(self, driven, line).map(|(turn, a)| (turn, driven, a))),
                    Err(mut problems) => left_out.0.append(&mut problems.0),
                }
            }
        }
        if found.is_empty() {
            return Err(self.no_approach(crosswalk, request, left_out, &names));
        }
        // Nearest first by tenths of a metre, so that of several ways through a junction the straight one leads.
        found.sort_by_key(|(turn, driven, a)| {
            ((a.distance_from_kerb_m * 10.0).round() as i64, (turn * 1e6).round() as i64, *driven)
        });
        Ok((found.into_iter().map(|(_, _, a)| a).collect(), left_out.0))
    }

    fn no_approach(
        &self,
        crosswalk: &Crosswalk,
        request: &SiteRequest,
        left_out: Problems,
        names: &[String],
    ) -> Problems {
        if !left_out.0.is_empty() {
            return left_out;
        }
        let at = self.place(crosswalk.spot);
        let all = list(names.iter().map(String::as_str));
        match &request.approach {
            Some(wanted) if !names.is_empty() => {
                let near = did_you_mean(wanted, names.iter().map(String::as_str));
                let hint = near.map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
                Problem::new(
                    at,
                    format!("crosswalk `{}` has no approach `{wanted}`", crosswalk.id),
                    format!("{hint}its approaches are {all}"),
                )
                .into()
            }
            _ => {
                let what = format!(
                    "no driving lane crosses the middle line of crosswalk `{}` between the kerbs",
                    crosswalk.id
                );
                Problem::new(at, what, "draw its outline across the road, or choose another crosswalk or side").into()
            }
        }
    }
}

fn side_name(side: StartSide) -> &'static str {
    match side {
        StartSide::Right => "right",
        StartSide::Left => "left",
    }
}

fn check_request(request: &SiteRequest) -> Outcome<()> {
    let mut problems = Problems::default();
    let fields = [
        ("start_mark_behind_kerb", request.start_mark_behind_kerb_m, 100.0),
        ("back", request.back_m, MAX_REACH_M),
        ("ahead", request.ahead_m, MAX_REACH_M),
    ];
    for (name, value, most) in fields {
        if !(0.0..=most).contains(&value) {
            problems.push(Problem::new(
                Place::default().part("site"),
                format!("{name} is {value} m"),
                format!("use 0 to {most} m"),
            ));
        }
    }
    problems.check()
}
