//! Texts and sites that the tests of a study share.

use super::{Study, Whose, read};
use crate::kernel::geometry::Line;
use crate::kernel::path::Path;
use crate::kernel::site::{Approach, Site};
use crate::kernel::spec::TrialSpec;
use crate::problem::Problem;
use crate::table::TrialKind;
use glam::{DVec2, DVec3};
use std::sync::Arc;

pub const TWO_BY_TWO: &str = include_str!("../../experiments/ehmi_braking_2x2.toml");
pub const HIKER: &str = include_str!("../../experiments/hiker.toml");

/// A small study that uses most of the format; the tests name its lines.
pub const SMALL: &str = r##"schema = 1
name = "small"
title = "A small study"
[site]
map = "builtin:alcala_street"
start_side = "right"
stop_line_m = 2.5
[trial]
time_out_s = 30
cue = "gap_opens"
[vehicles.target]
speed_mps = 10
[vehicles.leading]
headway_s = 4.0
in_view_to_pedestrian_line_m = 60
[braking.soft]
onset = { to_stop_line_m = 50 }
decel_mps2 = 1.0
[ehmi.bar]
colour = { srgb = "#00ff00" }
place = "bumper"
size_m = [1.5, 0.1]
luminance_cd_per_m2 = 1000
yielding = "steady"
[settings]
braking = "soft"
[factors.light]
off = {}
on = { ehmi = "bar" }
[catch]
trials_per_block = 1
[[items]]
id = "safe"
text = "I felt safe."
least = 1
most = 3
poles = ["no", "yes"]
[simulated.answers.safe]
thresholds = [-1, 1]
effects = { "light=on" = 0.5 }
"##;

/// The small study with one text replaced by another.
pub fn changed(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "the small study has no {from}");
    SMALL.replacen(from, to, 1)
}

pub fn study(text: &str) -> Study {
    read("study.toml", text).unwrap_or_else(|problems| panic!("{problems}")).0
}

pub fn warnings(text: &str) -> Vec<Problem> {
    read("study.toml", text).unwrap_or_else(|problems| panic!("{problems}")).1
}

/// A street of two lanes along y, 3.5 m each, under a zebra from y = -2 to 2.
pub fn street() -> Arc<Site> {
    let lane = |id: &str, x: f64, way: f64| {
        let path = Path::new([DVec3::new(x, -200.0 * way, 0.0), DVec3::new(x, 200.0 * way, 0.0)]).unwrap();
        Approach { id: id.to_owned(), distance_from_kerb_m: x, path, pedestrian_line_s_m: 200.0 }
    };
    let corners = [(0.0, -2.0), (7.0, -2.0), (7.0, 2.0), (0.0, 2.0)];
    Arc::new(Site {
        id: "right".to_owned(),
        crosswalk_id: "zebra".to_owned(),
        origin_map_m: DVec3::ZERO,
        heading_map_rad: 0.0,
        crosswalk: corners.map(|(x, y)| DVec2::new(x, y)).to_vec(),
        kerb: Line { point: DVec2::ZERO, along: DVec2::Y },
        far_kerb: Line { point: DVec2::new(7.0, 0.0), along: DVec2::Y },
        start_mark_m: DVec2::new(-0.5, 0.0),
        approaches: vec![lane("far", 5.25, -1.0), lane("near", 1.75, 1.0)],
    })
}

/// A row of the plan in the first session.
pub const fn whose(participant: &str, plan_row: u32) -> Whose<'_> {
    Whose { participant, plan_row, session_n: 1 }
}

/// The small study with more tables at its end.
pub fn with(tables: &str) -> String {
    format!("{SMALL}{tables}")
}

/// The small study with one factor of `n` levels, so `n` cells, and this after it.
pub fn with_cells(n: usize, tables: &str) -> String {
    let levels: String = (0..n).map(|i| format!("l{i} = {{ speed_mps = {:.1} }}\n", 8.0 + i as f64 / 10.0)).collect();
    changed("[factors.light]\noff = {}\non = { ehmi = \"bar\" }\n", &format!("[factors.many]\n{levels}"))
        .replace("effects = { \"light=on\" = 0.5 }\n", "")
        + tables
}

/// The cells of the trials of the design, block by block.
pub fn main_cells(plan: &[TrialSpec]) -> Vec<Vec<String>> {
    let main: Vec<&TrialSpec> = plan.iter().filter(|trial| trial.kind == TrialKind::Main).collect();
    let block = |block: &[&TrialSpec]| block.iter().map(|trial| trial.cell_id.clone()).collect();
    main.chunk_by(|a, b| a.block_n == b.block_n).map(block).collect()
}
