//! A study made ready: its text, its map, its site.

use crate::kernel::site::Site;
use crate::map::{self, DEFAULT_MAP, DEFAULT_MAP_NAME, SiteRequest};
use crate::problem::{Outcome, Place, Problem};
use crate::record::read;
use crate::study::{self, ApproachChoice, Study};
use std::path::Path;
use std::sync::Arc;

/// What the command line may change of a study's place and chance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Another map.
    pub map: Option<String>,
    /// Another crosswalk.
    pub crosswalk: Option<String>,
    /// Another seed.
    pub seed: Option<u64>,
}

/// A study made ready.
#[derive(Debug)]
pub struct Prepared {
    /// The study.
    pub study: Study,
    /// Its text, as read.
    pub study_text: String,
    /// The map's name, as shown.
    pub map_name: String,
    /// The map's bytes.
    pub map_bytes: Vec<u8>,
    /// The map's projection, as the file gives it.
    pub geo_reference: Option<String>,
    /// The sites: one, or one for each kerb with alternating sides.
    pub sites: Vec<Arc<Site>>,
    /// The seed in force.
    pub seed: u64,
    /// Things worth knowing that do not stop the study.
    pub warnings: Vec<Problem>,
}

impl Prepared {
    /// The site of the first trial.
    pub fn site(&self) -> &Site {
        &self.sites[0]
    }
}

/// Reads a study and its map, and finds the site. `file` is how the study is named to the user;
/// its folder is where a relative map path starts.
pub fn prepare(file: &str, text: &str, overrides: &Overrides) -> Outcome<Prepared> {
    let (mut study, warnings) = study::read(file, text)?;
    let mut map_path = study.site.map.value.clone();
    let mut map_from_study = true;
    if let Some(map) = &overrides.map {
        map_path.clone_from(map);
        map_from_study = false;
        // Another map has other names: nothing of the study's own choice fits.
        study.site.crosswalk = None;
        study.site.approach.value = ApproachChoice::NearestKerb;
    }
    if let Some(crosswalk) = &overrides.crosswalk {
        let place = Place::default().part("--crosswalk");
        study.site.crosswalk = Some(study::Placed { value: crosswalk.clone(), place });
    }
    let map_bytes = if map_path == DEFAULT_MAP_NAME {
        DEFAULT_MAP.as_bytes().to_vec()
    } else {
        read_map(file, &map_path, map_from_study, &study)?
    };
    let seed = overrides.seed.or(study.seed).unwrap_or(1);
    with_map(study, text, &map_path, map_bytes, seed, warnings)
}

/// The same from texts alone, as a session's folder holds them.
pub fn with_map(
    study: Study,
    study_text: &str,
    map_name: &str,
    map_bytes: Vec<u8>,
    seed: u64,
    mut warnings: Vec<Problem>,
) -> Outcome<Prepared> {
    let map = map::read_bytes(map_name, &map_bytes)?;
    let request = SiteRequest {
        crosswalk_id: study.site.crosswalk.as_ref().map(|crosswalk| crosswalk.value.clone()),
        start_side: study.site.start_side,
        start_mark_behind_kerb_m: study.site.start_mark_behind_kerb_m,
        back_m: study.needed_back_m(),
        ahead_m: study.needed_ahead_m(),
        approach: match &study.site.approach.value {
            ApproachChoice::NearestKerb => None,
            ApproachChoice::Id(id) => Some(id.clone()),
        },
    };
    let found = map.site_and_left_out(&request)?;
    warnings.extend(found.left_out);
    warnings.extend(cautions(&study, &found.site));
    Ok(Prepared {
        geo_reference: map.geo_reference.clone(),
        sites: vec![Arc::new(found.site)],
        study,
        study_text: study_text.to_owned(),
        map_name: map_name.to_owned(),
        map_bytes,
        seed,
        warnings,
    })
}

/// No map is larger than this.
const MOST_MAP_BYTES: u64 = 1 << 28;

fn read_map(study_file: &str, map: &str, from_study: bool, study: &Study) -> Result<Vec<u8>, Problem> {
    let folder = Path::new(study_file).parent().unwrap_or_else(|| Path::new(""));
    let path = if from_study { folder.join(map) } else { Path::new(map).to_path_buf() };
    let cure = "give an OpenDRIVE file (.xodr), or `builtin:alcala_street`";
    read::at_most(&path, MOST_MAP_BYTES, cure).map_err(|problem| {
        if from_study { Problem::new(study.site.map.place.clone(), format!("the map {problem}"), "") } else { problem }
    })
}

/// What is allowed, but may not be meant.
fn cautions(study: &Study, site: &Site) -> Vec<Problem> {
    /// A slow walker.
    const SLOW_MPS: f64 = 1.0;
    let mut cautions = Vec::new();
    if study.opposite.is_some() {
        let what = "simulated people do not see the opposite vehicle, as the model they decide by does not";
        cautions.push(Problem::new(
            Place::default(),
            what,
            "expect contacts with it; real participants are not concerned",
        ));
    }
    let crossing_s = (site.far_kerb.point.x - site.kerb.point.x) / SLOW_MPS;
    let arrival_s = study.needed_back_m() / study.target.speed_mps;
    let time_out = &study.trial.time_out_s;
    if time_out.value < arrival_s + crossing_s {
        let what = format!(
            "the trial ends {} s after the approach begins, but a slow walker who waits for the vehicle needs {:.0} s",
            time_out.value,
            arrival_s + crossing_s
        );
        let cure = "lengthen time_out_s, or expect crossings that are cut short (crossing_s is NA)";
        cautions.push(Problem::new(time_out.place.clone(), what, cure));
    }
    cautions
}
