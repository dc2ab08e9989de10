//! Small maps for the tests, written as text.

use super::{Map, read};

/// One `<lane>` with constant width and its links.
pub fn lane(id: i32, kind: &str, width_m: f64, link: &str) -> String {
    format!(
        "<lane id=\"{id}\" type=\"{kind}\"><link>{link}</link><width sOffset=\"0\" a=\"{width_m}\" b=\"0\" c=\"0\" d=\"0\"/></lane>\n"
    )
}

/// A `<road>` of one section; `geometry` is what stands in its only piece.
pub struct RoadText<'a> {
    pub id: u32,
    pub rule: &'a str,
    pub start: (f64, f64, f64),
    pub length_m: f64,
    pub geometry: &'a str,
    pub junction: &'a str,
    pub link: &'a str,
    pub left: &'a str,
    pub right: &'a str,
    pub more: &'a str,
}

impl RoadText<'_> {
    pub fn text(&self) -> String {
        let Self { id, rule, start: (x, y, hdg), length_m, geometry, junction, link, left, right, more } = self;
        format!(
            "<road id=\"{id}\" rule=\"{rule}\" length=\"{length_m}\" junction=\"{junction}\"><link>{link}</link>\n\
             <planView><geometry s=\"0\" x=\"{x}\" y=\"{y}\" hdg=\"{hdg}\" length=\"{length_m}\">{geometry}</geometry></planView>\n\
             <lanes><laneSection s=\"0\"><left>{left}</left><center><lane id=\"0\" type=\"none\"/></center><right>{right}</right></laneSection></lanes>\n\
             {more}</road>\n"
        )
    }
}

/// A whole map's text around its roads and junctions.
pub fn document(inner: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<OpenDRIVE><header revMajor=\"1\" revMinor=\"6\"/>\n{inner}</OpenDRIVE>\n")
}

/// Road 1 east to a junction; road 10 straight on into road 2, road 11 a left turn into road 3.
pub fn junction(rule: &str) -> Map {
    let road = |id, start, length_m, geometry: &str, junction: &str, link: &str, lane_link: &str| {
        let (left, right) = (lane(1, "driving", 3.5, ""), lane(-1, "driving", 3.5, lane_link));
        let inside = junction != "-1";
        RoadText {
            id,
            rule,
            start,
            length_m,
            geometry,
            junction,
            link,
            left: if inside { "" } else { &left },
            right: &right,
            more: "",
        }
        .text()
    };
    let through = "<predecessor id=\"-1\"/><successor id=\"-1\"/>";
    let text = [
        road(1, (0.0, 0.0, 0.0), 100.0, "<line/>", "-1", "<successor elementType=\"junction\" elementId=\"5\"/>", ""),
        road(10, (100.0, 0.0, 0.0), 20.0, "<line/>", "5", "<predecessor elementType=\"road\" elementId=\"1\" contactPoint=\"end\"/><successor elementType=\"road\" elementId=\"2\" contactPoint=\"start\"/>", through),
        road(2, (120.0, 0.0, 0.0), 80.0, "<line/>", "-1", "<predecessor elementType=\"junction\" elementId=\"5\"/>", ""),
        road(11, (100.0, 0.0, 0.0), 15.707_963_267_948_966, "<arc curvature=\"0.1\"/>", "5", "<predecessor elementType=\"road\" elementId=\"1\" contactPoint=\"end\"/><successor elementType=\"road\" elementId=\"3\" contactPoint=\"start\"/>", through),
        road(3, (110.0, 10.0, std::f64::consts::FRAC_PI_2), 60.0, "<line/>", "-1", "<predecessor elementType=\"junction\" elementId=\"5\"/>", ""),
        "<junction id=\"5\"><connection id=\"0\" incomingRoad=\"1\" connectingRoad=\"10\" contactPoint=\"start\"><laneLink from=\"-1\" to=\"-1\"/></connection>\n".into(),
        "<connection id=\"1\" incomingRoad=\"1\" connectingRoad=\"11\" contactPoint=\"start\"><laneLink from=\"-1\" to=\"-1\"/></connection></junction>\n".into(),
    ]
    .concat();
    read("junction.xodr", &document(&text)).unwrap()
}
