//! A study made ready: its text, its map, its site.

use super::instruments;
use crate::document::shown;
use crate::kernel::ehmi::Ehmi;
use crate::kernel::site::Site;
use crate::map::{self, DEFAULT_MAP, DEFAULT_MAP_NAME, Map, SiteFound, SiteRequest, Wanted};
use crate::problem::{Outcome, Place, Problem};
use crate::record::read;
use crate::study::{self, ApproachChoice, InstrumentRef, Study, Whose};
use crate::table::StartSide;
use std::path::Path;
use std::sync::Arc;

/// What the command line may change of a study's place and chance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Another map.
    pub map: Option<String>,
    /// Another crosswalk.
    pub crosswalk: Option<String>,
    /// Another approach for the target vehicle: its id, or `nearest kerb`.
    pub approach: Option<String>,
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
    /// The map, as read from them.
    pub map: Map,
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
    let find = |wanted: &InstrumentRef| instruments::beside(file, wanted);
    let (mut study, warnings) = study::read_with(file, text, &find)?;
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
    if let Some(approach) = &overrides.approach {
        let value = ApproachChoice::of(approach);
        study.site.approach = study::Placed { value, place: Place::default().part("--approach") };
    }
    let map_bytes = if map_path == DEFAULT_MAP_NAME {
        DEFAULT_MAP.as_bytes().to_vec()
    } else {
        read_map(file, &map_path, map_from_study, &study)?
    };
    let seed = overrides.seed.or(study.seed).unwrap_or(1);
    let prepared = with_map(study, text, &map_path, map_bytes, seed, warnings)?;
    // What no session could be planned with is said before anything is written.
    prepared.study.plan(Whose { participant: "", plan_row: 1, session_n: 1 }, seed, &prepared.sites)?;
    Ok(prepared)
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
    let mut sites = Vec::new();
    for start_side in start_sides(&study)? {
        let request = request(&study, start_side);
        let mut found = map.site_and_left_out(&request)?;
        if study.opposite.is_some() && request.approach.is_some() {
            // The target's approach reaches far enough; the opposite vehicle needs the others.
            found = map.site_and_left_out(&SiteRequest { approach: None, ..request })?;
        }
        warnings.extend(another_nearest(&study, &found));
        warnings.extend(found.left_out);
        sites.push(Arc::new(found.site));
    }
    warnings.extend(cautions(&study, &sites));
    warnings.extend(super::lettering::lettering(&study));
    Ok(Prepared {
        geo_reference: map.geo_reference.as_ref().map(|geo| geo.text.clone()),
        map,
        sites,
        study,
        study_text: study_text.to_owned(),
        map_name: map_name.to_owned(),
        map_bytes,
        seed,
        warnings,
    })
}

/// Says so where the lane nearest to the kerb is left out, and the study goes on with another.
fn another_nearest(study: &Study, found: &SiteFound) -> Option<Problem> {
    let choice = &study.site.approach;
    if choice.value != ApproachChoice::NearestKerb {
        return None;
    }
    let chosen = study::nearest_kerb(&found.site)?;
    let nearest_m = found.nearest_left_out_m?;
    (nearest_m < chosen.distance_from_kerb_m - study::SAME_LANE_M).then(|| {
        let what = format!(
            "\"nearest kerb\" now means \"{}\", {:.2} m from the {} kerb: the map does not know enough of a nearer lane, at {nearest_m:.2} m",
            chosen.id,
            chosen.distance_from_kerb_m,
            found.site.id
        );
        let cure = "if that lane is meant, let vehicles start nearer or take another map; else name the approach";
        Problem::new(choice.place.clone(), what, cure)
    })
}

/// The kerbs at which people start: the study's own, and with alternating sides the other one too.
fn start_sides(study: &Study) -> Result<Vec<StartSide>, Problem> {
    let (first, approach) = (study.site.start_side, &study.site.approach);
    if !study.room.alternate_sides {
        return Ok(vec![first]);
    }
    if let ApproachChoice::Id(id) = &approach.value {
        let what = format!(
            "people start at either kerb in turn, so the target comes on either side of the road: one approach (\"{}\") cannot serve both",
            shown(id)
        );
        let cure = "write approach = \"nearest kerb\", or take alternate_sides out";
        return Err(Problem::new(approach.place.clone(), what, cure));
    }
    let other = if first == StartSide::Right { StartSide::Left } else { StartSide::Right };
    Ok(vec![first, other])
}

/// What the study asks of the map, for those who start at this kerb.
fn request(study: &Study, start_side: StartSide) -> SiteRequest {
    SiteRequest {
        crosswalk_id: study.site.crosswalk.as_ref().map(|crosswalk| crosswalk.value.clone()),
        start_side,
        start_mark_behind_kerb_m: study.site.start_mark_behind_kerb_m,
        back_m: study.needed_back_m(),
        ahead_m: study.needed_ahead_m(),
        approach: match &study.site.approach.value {
            ApproachChoice::NearestKerb => None,
            ApproachChoice::Id(id) => Some(Wanted { id: id.clone(), place: Some(study.site.approach.place.clone()) }),
        },
    }
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
fn cautions(study: &Study, sites: &[Arc<Site>]) -> Vec<Problem> {
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
    let levels = study.factors.iter().chain(&study.groups).flat_map(|factor| &factor.levels);
    let settings = std::iter::once(&study.settings).chain(levels.map(|level| &level.settings));
    let used: Vec<&str> = settings.filter_map(|settings| settings.ehmi.as_deref()).collect();
    let lights: Vec<&Ehmi> = study.concepts.iter().filter(|light| used.contains(&light.name.as_str())).collect();
    for (i, one) in lights.iter().enumerate() {
        for other in &lights[i + 1..] {
            let like =
                Ehmi { name: other.name.clone(), luminance_cd_per_m2: other.luminance_cd_per_m2, ..(*one).clone() };
            if like == **other && one.luminance_cd_per_m2 != other.luminance_cd_per_m2 {
                let what =
                    format!("{} and {} differ in their luminance alone, which no picture shows", one.name, other.name);
                cautions.push(Problem::new(Place::default(), what, "give the dimmer light a darker colour"));
            }
        }
    }
    let across_m = sites.iter().map(|site| site.far_kerb.point.x - site.kerb.point.x).fold(0.0, f64::max);
    let crossing_s = across_m / SLOW_MPS;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::geometry::direction;
    use crate::study::Placed;
    use glam::DVec3;

    fn shipped(change: impl FnOnce(&mut Study)) -> Outcome<Prepared> {
        let text = include_str!("../../experiments/hiker.toml");
        let mut study = study::read("hiker.toml", text)?.0;
        change(&mut study);
        with_map(study, text, DEFAULT_MAP_NAME, DEFAULT_MAP.as_bytes().to_vec(), 1, Vec::new())
    }

    #[test]
    fn lights_that_differ_in_luminance_alone_look_the_same() {
        let warned = |smaller_m: f64, is_used: bool| {
            let made = shipped(|study| {
                let band = study.concepts.iter().find(|light| light.name == "slow_pulsing_band").unwrap().clone();
                let mut dim = Ehmi { name: "dim".into(), luminance_cd_per_m2: 5.0, ..band };
                dim.size_m[0] -= smaller_m;
                study.concepts.push(dim);
                if is_used {
                    study.settings.ehmi = Some("dim".into());
                }
            });
            made.unwrap().warnings.iter().any(|warning| warning.what.contains("slow_pulsing_band and dim differ"))
        };
        assert!(warned(0.0, true));
        assert!(!warned(0.1, true), "they differ in size too");
        assert!(!warned(0.0, false), "nobody sees it");
    }

    #[test]
    fn alternating_sides_have_a_site_at_either_kerb_of_one_crosswalk() {
        let one = shipped(|study| study.room.alternate_sides = false).unwrap();
        assert_eq!(one.sites.len(), 1);
        let made = shipped(|study| study.room.alternate_sides = true).unwrap();
        let [a, b] = made.sites.as_slice() else { panic!("{} sites", made.sites.len()) };
        assert_eq!(**a, *one.sites[0], "the first is as without");
        assert_eq!((a.id.as_str(), b.id.as_str(), a.crosswalk_id == b.crosswalk_id), ("right", "left", true));
        // The far kerb of the one is the kerb of the other, walked the other way.
        let across = b.from_map(a.to_map(a.far_kerb.point.extend(0.0)));
        assert!(across.truncate().length() < 0.01, "{across}");
        let ways = direction(a.heading_map_rad).dot(direction(b.heading_map_rad));
        assert!((ways + 1.0).abs() < 1e-9, "{ways}");
        // Who stands at either kerb meets the nearest lane's traffic from the same hand.
        let from_left = |site: &Site| site.approaches[0].path.at(0.0).position_m.y > 0.0;
        assert_eq!(from_left(a), from_left(b));
        assert_eq!(a.start_mark_m, b.start_mark_m);
        assert!((a.to_map(DVec3::ZERO) - b.to_map(DVec3::ZERO)).truncate().length() > 5.0);
    }

    #[test]
    fn an_opposite_vehicle_has_its_lane_where_the_study_names_the_target_s() {
        let text = include_str!("../../experiments/hiker.toml").replace(
            "[vehicles.target]",
            "[vehicles.opposite]\nstart_to_pedestrian_line_m = 40\nspeed_mps = 8\n\n[vehicles.target]",
        );
        let mut study = study::read("hiker.toml", &text).unwrap().0;
        let id = "road 1 section 0 lane -1".to_owned();
        study.site.approach.value = ApproachChoice::Id(id.clone());
        let made = with_map(study, &text, DEFAULT_MAP_NAME, DEFAULT_MAP.as_bytes().to_vec(), 1, Vec::new()).unwrap();
        let whose = study::Whose { participant: "P1", plan_row: 1, session_n: 1 };
        let plan = made.study.plan(whose, 1, &made.sites).unwrap();
        let lanes: Vec<_> =
            plan[0].vehicles.iter().map(|v| (v.role, made.site().approaches[v.approach].id.clone())).collect();
        assert!(lanes.contains(&(crate::table::Role::Target, id)), "{lanes:?}");
        assert!(lanes.contains(&(crate::table::Role::Opposite, "road 1 section 0 lane 1".to_owned())), "{lanes:?}");
    }

    #[test]
    fn one_approach_cannot_serve_both_kerbs() {
        let problems = shipped(|study| {
            study.room.alternate_sides = true;
            let id = "road 1 section 0 lane -1".to_owned();
            study.site.approach = Placed { value: ApproachChoice::Id(id), place: Place::at("hiker.toml", 7, 1) };
        });
        let text = problems.err().unwrap().to_string();
        assert!(text.contains("hiker.toml:7") && text.contains("cannot serve both"), "{text}");
        assert!(text.contains("cure: write approach = \"nearest kerb\", or take alternate_sides out"), "{text}");
    }

    #[test]
    fn a_wrong_approach_is_reported_where_the_study_names_it() {
        let problems = shipped(|study| {
            let id = ApproachChoice::Id("nearest".to_owned());
            study.site.approach = Placed { value: id, place: Place::at("hiker.toml", 7, 1) };
        });
        let text = problems.err().unwrap().to_string();
        assert!(text.starts_with("hiker.toml:7:1: crosswalk `zebra` has no approach `nearest`"), "{text}");
        assert!(text.contains("`road 1 section 0 lane -1`; or write `nearest kerb`"), "{text}");
    }

    #[test]
    fn nearest_kerb_says_when_it_means_another_lane() {
        let text = include_str!("../../experiments/hiker.toml");
        let nearest = |map: &str| {
            let study = study::read("hiker.toml", text).unwrap().0;
            let made = with_map(study, text, "m", map.as_bytes().to_vec(), 1, Vec::new()).unwrap();
            made.warnings.iter().map(ToString::to_string).find(|w| w.contains("\"nearest kerb\" now means"))
        };
        assert_eq!(nearest(DEFAULT_MAP), None);
        // The near lane comes over a hole, 110 m from the road's start.
        let said = nearest(&DEFAULT_MAP.replacen("x=\"-210.518238486\"", "x=\"500\"", 1)).unwrap();
        assert!(said.contains("now means \"road 1 section 0 lane 1\", 4.87 m from the right kerb"), "{said}");
        assert!(said.contains("of a nearer lane, at 1.6"), "{said}");
    }
}
