//! The crosswalk that tracks belong to: places on Earth in the site frame, and the target's lane.

use super::Tracks;
use crate::earth::{Earth, NotOnEarth, Wgs84};
use crate::inspect::georeference;
use crate::kernel::ehmi::{Ehmi, LightPlace, Pattern};
use crate::kernel::setup::Setup;
use crate::kernel::site::{Approach, ConflictZone, Site};
use crate::kernel::spec::{Cue, Ends, Timing, TrialSpec, VehicleSpec};
use crate::map::{Map, SiteRequest, Wanted};
use crate::problem::{Outcome, Place, Problem};
use crate::study::{ApproachChoice, nearest_kerb};
use crate::table::{Role, TrialKind};
use glam::{DVec2, DVec3};
use std::sync::Arc;

/// Lane after the crosswalk that is wanted; less is no error.
const AHEAD_M: f64 = 30.0;
/// Nobody stands at a mark in the field; a site has one all the same.
const MARK_BEHIND_KERB_M: f64 = 0.5;
/// A vehicle's height decides no measure that tracks can give.
const HEIGHT_M: f64 = 1.5;

/// Map, crosswalk and lane.
#[derive(Debug)]
pub struct Street {
    earth: Earth,
    /// A trial with the target alone.
    pub(super) setup: Setup,
    /// What the plan says.
    pub(super) tracks: Tracks,
}

impl Street {
    /// The street of these tracks; `map_name` is what messages call the map.
    ///
    /// # Errors
    /// A map without a place on Earth, without such a crosswalk, or without so much of the lane.
    pub fn new(map_name: &str, map: &Map, tracks: &Tracks) -> Outcome<Self> {
        let georeference = georeference(map);
        let Some(earth) = georeference.earth else {
            let why = georeference.lints.first().map_or_else(String::new, |lint| lint.message.clone());
            let what = format!("has no place on Earth, so tracks cannot be laid on it: {why}");
            return Err(Problem::file(map_name, what, "give the map's <geoReference>, as a PROJ string").into());
        };
        let request = SiteRequest {
            crosswalk_id: tracks.crosswalk.clone(),
            start_side: tracks.start_side,
            start_mark_behind_kerb_m: MARK_BEHIND_KERB_M,
            back_m: tracks.reach_m,
            ahead_m: AHEAD_M,
            approach: match &tracks.approach {
                ApproachChoice::NearestKerb => None,
                ApproachChoice::Id(id) => Some(Wanted { id: id.clone(), place: None }),
            },
        };
        let site = map.site(&request)?;
        let approach = chosen(&site, &tracks.approach).ok_or_else(|| {
            let names: Vec<&str> = site.approaches.iter().map(|one| one.id.as_str()).collect();
            let what = format!("several lanes are as near to the kerb of crosswalk {}", site.crosswalk_id);
            Problem::file(map_name, what, format!("write approach = one of: {}", names.join("; ")))
        })?;
        let spec = spec(approach, tracks);
        let setup = Setup::new(1, Arc::new(site), Arc::new(spec)).map_err(|mut problem| {
            problem.place = Place { file: Some(map_name.to_owned()), ..problem.place };
            problem
        })?;
        Ok(Self { earth, setup, tracks: tracks.clone() })
    }

    /// The site.
    pub fn site(&self) -> &Site {
        &self.setup.site
    }

    /// A place on Earth in the site's plane.
    ///
    /// # Errors
    /// When the map's projection does not reach there.
    pub fn locate(&self, lat_deg: f64, lon_deg: f64) -> Result<DVec2, NotOnEarth> {
        // Heights are not used: receivers measure them from the ellipsoid, maps from where their makers liked.
        let height_m = self.site().origin_map_m.z;
        let map_m = self.earth.from_wgs84(Wgs84 { lat_deg, lon_deg, height_m })?;
        Ok(self.site().from_map(map_m).truncate())
    }

    /// A place of the site's plane on Earth: the inverse of [`Street::locate`].
    ///
    /// # Errors
    /// When the map's projection does not reach there.
    pub fn on_earth(&self, site_m: DVec2) -> Result<Wgs84, NotOnEarth> {
        self.earth.to_wgs84(self.site().to_map(DVec3::new(site_m.x, site_m.y, 0.0)))
    }

    /// The target's lane.
    pub(super) fn lane(&self) -> Option<&Approach> {
        self.setup.approach(self.setup.spec.target()?)
    }

    /// The target's conflict zone.
    pub(super) fn zone(&self) -> Option<&ConflictZone> {
        self.setup.target_zone()
    }
}

fn chosen(site: &Site, choice: &ApproachChoice) -> Option<usize> {
    let id = match choice {
        ApproachChoice::NearestKerb => nearest_kerb(site)?.id.as_str(),
        ApproachChoice::Id(id) => id,
    };
    site.approaches.iter().position(|one| one.id == id)
}

/// A trial in which nobody is told anything: what is commanded and asked in a study is not here.
fn spec(approach: usize, tracks: &Tracks) -> TrialSpec {
    let dark = Ehmi {
        name: String::new(),
        colour_srgb: [0; 3],
        place: LightPlace::Bumper,
        size_m: [0.0; 2],
        luminance_cd_per_m2: 0.0,
        driving: Pattern::Off,
        yielding: Pattern::Off,
        stopped: Pattern::Off,
        starting: Pattern::Off,
    };
    let target = VehicleSpec {
        role: Role::Target,
        approach,
        length_m: tracks.vehicle.length_m,
        width_m: tracks.vehicle.width_m,
        height_m: HEIGHT_M,
        speed_mps: 0.0,
        start_to_pedestrian_line_m: 0.0,
        stop_line_m: f64::NAN,
        braking: None,
        ehmi: dark,
    };
    TrialSpec {
        plan_n: 1,
        block_n: None,
        block_trial_n: 1,
        kind: TrialKind::Main,
        cell_id: String::new(),
        repetition_n: None,
        conditions: Vec::new(),
        site: 0,
        ends: Ends::FarKerb,
        vehicles: vec![target],
        cue: tracks.cue.unwrap_or(Cue::VehicleInView),
        timing: Timing {
            settle_s: 0.0,
            settle_time_out_s: 0.0,
            ready_s: 0.0,
            time_out_s: 0.0,
            go_signal_s: None,
            mark_radius_m: 0.0,
        },
        items: Vec::new(),
    }
}
