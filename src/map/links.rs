//! What is doubtful about the links between lanes: gaps, links stated on one side only, links left out.

use super::lint::{Code, Lint};
use super::network::{LaneRef, beyond};
use super::road::{End, Map, Road};
use glam::DVec3;
use std::collections::BTreeMap;

/// Ends of linked lanes may lie so far apart, metres.
const MEET_M: f64 = 0.05;
/// Over a wider gap a link is not followed, metres; nearer lanes that are not linked are worth a word.
pub(super) const GAP_M: f64 = 0.2;
/// So many lints of one kind are written out.
const MOST: usize = 20;
/// So many lane ends are looked at.
const MOST_ENDS: usize = 200_000;

/// The doubtful links between driven lanes, in the order of the file.
pub(super) fn lints(map: &Map) -> Vec<Lint> {
    let mut found = Found { map, lints: Vec::new(), counts: BTreeMap::new() };
    for (lane, end) in driven_ends(map).take(MOST_ENDS) {
        found.gaps(lane, end);
        found.one_sided(lane, end);
        found.missing(lane, end);
    }
    let Some(first) = map.roads.first() else { return found.lints };
    for (code, count) in &found.counts {
        if *count > MOST {
            let message = format!("and {} more of this kind in this map", count - MOST);
            found.lints.push(Lint::new(*code, first.spot, message));
        }
    }
    found.lints
}

/// Both ends of every driven lane.
fn driven_ends(map: &Map) -> impl Iterator<Item = (LaneRef, End)> {
    let sections = |(road, item): (usize, &Road)| (0..item.sections.len()).map(move |section| (road, section));
    map.roads.iter().enumerate().flat_map(sections).flat_map(move |(road, section)| {
        let lanes = map.roads[road].sections[section].lanes().filter(|lane| lane.kind.is_driven());
        lanes.flat_map(move |lane| [End::Start, End::End].map(|end| (LaneRef { road, section, lane: lane.id }, end)))
    })
}

struct Found<'m> {
    map: &'m Map,
    lints: Vec<Lint>,
    /// How often each kind was met.
    counts: BTreeMap<Code, usize>,
}

impl Found<'_> {
    fn add(&mut self, code: Code, lane: LaneRef, message: impl FnOnce() -> String) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        if *count <= MOST {
            let spot = self.map.lane(lane).map(|(_, _, lane)| lane.spot).unwrap_or_default();
            self.lints.push(Lint::new(code, spot, message()));
        }
    }

    /// Linked lanes whose ends do not meet.
    fn gaps(&mut self, lane: LaneRef, end: End) {
        let others: Vec<_> = self.map.network.touching(lane, end).filter(|other| (lane, end) < *other).collect();
        for (other, other_end) in others {
            let (Some(a), Some(b)) = (self.end_m(lane, end), self.end_m(other, other_end)) else { continue };
            let gap_m = (a - b).length();
            if gap_m > MEET_M {
                let then = if gap_m > GAP_M { "; the link is not followed" } else { "" };
                let (name, to) = (self.name(lane), self.name(other));
                self.add(Code::LinkGap, lane, || {
                    format!("{name} is linked to {to}, but their ends lie {gap_m:.2} m apart{then}")
                });
            }
        }
    }

    /// A link that only one of its two lanes states.
    fn one_sided(&mut self, lane: LaneRef, end: End) {
        let Some((_, _, here)) = self.map.lane(lane) else { return };
        let stated = if end == End::Start { here.predecessor } else { here.successor };
        let (Some(to), Some((road, section, touching))) = (stated, beyond(self.map, lane, end)) else { return };
        let other = LaneRef { road, section, lane: to };
        let back = beyond(self.map, other, touching);
        let Some((_, _, there)) = self.map.lane(other) else { return };
        let stated_back = if touching == End::Start { there.predecessor } else { there.successor };
        if back == Some((lane.road, lane.section, end)) && stated_back.is_none() {
            let (name, to) = (self.name(lane), self.name(other));
            self.add(Code::LinkOneSided, lane, || {
                format!("{name} is linked to {to}, which does not state it; it is followed both ways")
            });
        }
    }

    /// A lane that ends where another begins, without a link.
    fn missing(&mut self, lane: LaneRef, end: End) {
        if self.map.network.touching(lane, end).next().is_some() {
            return;
        }
        let (Some((road, section, touching)), Some(here_m)) = (beyond(self.map, lane, end), self.end_m(lane, end))
        else {
            return;
        };
        let lanes = self.map.roads[road].sections[section].lanes().filter(|lane| lane.kind.is_driven());
        let refs = lanes.map(|lane| LaneRef { road, section, lane: lane.id });
        let meets = |other: &LaneRef| self.end_m(*other, touching).is_some_and(|m| (m - here_m).length() <= GAP_M);
        if let Some(other) = refs.into_iter().find(meets) {
            let (name, to) = (self.name(lane), self.name(other));
            self.add(Code::LinkMissing, lane, || {
                format!("{name} ends where {to} begins, but no <link> joins them: vehicles are not led from one to the other")
            });
        }
    }

    /// Where the middle of a lane's end lies; `None` for a road that is not read.
    fn end_m(&self, lane: LaneRef, end: End) -> Option<DVec3> {
        let (road, section, lane) = self.map.lane(lane)?;
        let s_m = if end == End::Start { section.start_s_m } else { section.end_s_m };
        road.unsupported.is_none().then(|| road.centre_m(section, lane.id, s_m))
    }

    fn name(&self, lane: LaneRef) -> String {
        let road = self.map.roads.get(lane.road).map_or("?", |road| road.id.as_str());
        format!("lane {} in section {} of road {road}", lane.lane, lane.section)
    }
}

#[cfg(test)]
mod tests {
    use crate::map::testing::{RoadText, document, lane};
    use crate::map::{Code, read};

    /// Two roads in a row; how the lanes of the first and the second are linked, and where the second begins.
    fn found(first: &str, second: &str, start_x: f64) -> Vec<(Code, String)> {
        let road = |id, x, link: &str, lane_link: &str| {
            let right = lane(-1, "driving", 3.5, lane_link);
            RoadText {
                id,
                rule: "RHT",
                start: (x, 0.0, 0.0),
                length_m: 50.0,
                geometry: "<line/>",
                junction: "-1",
                link,
                left: "",
                right: &right,
                more: "",
            }
            .text()
        };
        let (to_2, to_1) = (
            "<successor elementType=\"road\" elementId=\"2\" contactPoint=\"start\"/>",
            "<predecessor elementType=\"road\" elementId=\"1\" contactPoint=\"end\"/>",
        );
        let text = road(1, 0.0, to_2, first) + &road(2, start_x, to_1, second);
        let map = read("m", &document(&text)).unwrap();
        let lints = map.lints.into_iter().filter(|lint| lint.code.word().starts_with("link_"));
        lints.map(|lint| (lint.code, format!("{}:{} {}", lint.spot.line, lint.spot.column, lint.message))).collect()
    }

    #[test]
    fn links_one_case_a_line() {
        let (on, back) = ("<successor id=\"-1\"/>", "<predecessor id=\"-1\"/>");
        let codes = |first, second, x| found(first, second, x).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        assert_eq!(codes(on, back, 50.0), []);
        assert_eq!(codes(on, back, 50.04), []); // 4 cm
        assert_eq!(codes(on, back, 50.06), [Code::LinkGap]);
        assert_eq!(codes(on, "", 50.0), [Code::LinkOneSided]);
        assert_eq!(codes("", back, 50.0), [Code::LinkOneSided]);
        assert_eq!(codes("", "", 50.0), [Code::LinkMissing, Code::LinkMissing]); // seen from either lane
        assert_eq!(codes("", "", 51.0), []); // they do not meet
        let wide = found(on, back, 51.0);
        assert_eq!(wide.len(), 1);
        let said = "lane -1 in section 0 of road 1 is linked to lane -1 in section 0 of road 2, but their ends lie 1.00 m apart; the link is not followed";
        assert!(wide[0].1.contains(said) && wide[0].1.starts_with("5:"), "{}", wide[0].1);
    }
}
