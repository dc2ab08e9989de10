//! A map of every shape of reference line, written as text.
#![allow(dead_code)]

/// Every shape of reference line, with lanes that move and widen and a height that changes; near the origin, since
/// CARLA computes in single precision.
pub fn every_shape() -> String {
    let shapes = [
        ("line", 40.0, "<line/>"),
        ("arc", 40.0, "<arc curvature=\"-0.02\"/>"),
        ("spiral", 40.0, "<spiral curvStart=\"0\" curvEnd=\"0.05\"/>"),
        ("an S", 60.0, "<spiral curvStart=\"-0.03\" curvEnd=\"0.04\"/>"),
        ("two turns", 90.0, "<spiral curvStart=\"0.05\" curvEnd=\"0.25\"/>"),
        ("poly3", 40.0, "<poly3 a=\"0\" b=\"0\" c=\"0.01\" d=\"-0.0001\"/>"),
        (
            "normalized",
            40.6,
            "<paramPoly3 aU=\"0\" bU=\"40\" cU=\"0\" dU=\"-1\" aV=\"0\" bV=\"0\" cV=\"14\" dV=\"-6\" pRange=\"normalized\"/>",
        ),
        (
            "arcLength",
            40.0,
            "<paramPoly3 aU=\"0\" bU=\"1\" cU=\"0\" dU=\"-5e-5\" aV=\"0\" bV=\"0\" cV=\"0.01\" dV=\"-0.0001\" pRange=\"arcLength\"/>",
        ),
    ];
    let roads: String = shapes
        .iter()
        .enumerate()
        .map(|(i, (name, length_m, shape))| {
            format!(
                "<road name=\"{name}\" id=\"{i}\" length=\"{length_m}\" junction=\"-1\"><planView>\
                 <geometry s=\"0\" x=\"{i}\" y=\"-3\" hdg=\"0.{i}\" length=\"{length_m}\">{shape}</geometry></planView>\
                 <elevationProfile><elevation s=\"0\" a=\"1\" b=\"0.02\" c=\"0\" d=\"0\"/><elevation s=\"15\" a=\"1.3\" b=\"0\" c=\"0.001\" d=\"-1e-5\"/></elevationProfile>\
                 <lanes><laneOffset s=\"0\" a=\"0.5\" b=\"0.01\" c=\"0\" d=\"0\"/><laneOffset s=\"20\" a=\"0.7\" b=\"0\" c=\"-0.001\" d=\"0\"/>\
                 <laneSection s=\"0\"><left><lane id=\"1\" type=\"driving\" level=\"false\"><width sOffset=\"0\" a=\"3\" b=\"0.02\" c=\"0\" d=\"0\"/></lane></left>\
                 <center><lane id=\"0\" type=\"none\" level=\"false\"/></center>\
                 <right><lane id=\"-1\" type=\"driving\" level=\"false\"><width sOffset=\"0\" a=\"3.5\" b=\"0\" c=\"0\" d=\"0\"/><width sOffset=\"10\" a=\"3.5\" b=\"0\" c=\"-0.0002\" d=\"0\"/></lane>\
                 <lane id=\"-2\" type=\"driving\" level=\"false\"><width sOffset=\"0\" a=\"2\" b=\"0\" c=\"0\" d=\"1e-5\"/></lane></right></laneSection></lanes></road>"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><OpenDRIVE><header revMajor=\"1\" revMinor=\"5\" name=\"\" version=\"1\" north=\"0\" south=\"0\" east=\"0\" west=\"0\"><geoReference><![CDATA[+proj=tmerc +lat_0=1 +lon_0=1]]></geoReference></header>{roads}</OpenDRIVE>"
    )
}
