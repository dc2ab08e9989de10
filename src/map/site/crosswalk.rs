//! A crosswalk by its id, and its outline in the map's frame.

use super::strips::MIN_OVERLAP_M2;
use crate::kernel::geometry::{Polygon, signed_area};
use crate::map::road::{Crosswalk, Map};
use crate::problem::{Outcome, Problem, did_you_mean, harmless};

impl Map {
    /// The crosswalk with this id, or the only one.
    ///
    /// # Errors
    /// When there is none or more than one such, naming those there are, and when it cannot be used, saying why.
    pub fn crosswalk(&self, id: Option<&str>) -> Outcome<&Crosswalk> {
        // As ids are read.
        let clean = id.map(harmless);
        let id = clean.as_deref();
        let found: Vec<_> = self.crosswalks.iter().filter(|c| id.is_none_or(|id| c.id == id)).collect();
        let all = || list(self.crosswalks.iter().map(|c| c.id.as_str()));
        match (found.as_slice(), id) {
            ([one], _) => match &one.refused {
                Some(problem) => Err(problem.clone().into()),
                None => Ok(one),
            },
            ([], _) if self.crosswalks.is_empty() => Err(Problem::file(
                &self.file,
                "the map has no crosswalk",
                "add an <object type=\"crosswalk\"> with an <outline> to the road",
            )
            .into()),
            ([], id) => {
                let id = id.unwrap_or_default();
                let near = did_you_mean(id, self.crosswalks.iter().map(|c| c.id.as_str()));
                let hint = near.map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
                Err(Problem::file(
                    &self.file,
                    format!("the map has no crosswalk `{id}`"),
                    format!("{hint}its crosswalks are {}", all()),
                )
                .into())
            }
            (_, None) => {
                let what = format!("the map has {} crosswalks, and none was chosen", found.len());
                Err(Problem::file(&self.file, what, format!("choose one of {}", all())).into())
            }
            ([first, second, ..], Some(id)) => {
                let what = format!("crosswalk `{id}` occurs again here; the first is on line {}", first.spot.line);
                Err(Problem::new(self.place(second.spot), what, "give each crosswalk an id of its own").into())
            }
        }
    }

    /// A crosswalk's outline in the map's frame, counter-clockwise, metres.
    pub(super) fn outline_m(&self, crosswalk: &Crosswalk) -> Outcome<Polygon> {
        let road = &self.roads[crosswalk.road];
        if let Some(problem) = &road.unsupported {
            return Err(problem.clone().into());
        }
        let mut outline: Polygon = crosswalk.corners_m.iter().map(|c| c.truncate()).collect();
        let area = signed_area(&outline);
        if area.abs() < MIN_OVERLAP_M2 || area.abs() > 1e5 {
            let what = format!("crosswalk `{}` covers {area:.3} square metres", crosswalk.id);
            return Err(Problem::new(self.place(crosswalk.spot), what, "mend its outline").into());
        }
        if area < 0.0 {
            outline.reverse();
        }
        Ok(outline)
    }
}

/// Names as a sentence lists them, the first forty at most.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 40;
    let names: Vec<_> = names.map(|n| format!("`{n}`")).collect();
    let more = if names.len() > MOST { format!(" and {} more", names.len() - MOST) } else { String::new() };
    names[..names.len().min(MOST)].join(", ") + &more
}
