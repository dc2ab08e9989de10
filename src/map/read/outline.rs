//! The ground that one object covers: its frame, its outlines, or its box.

use super::ground::middle_s_m;
use super::polygon::{SAME_CORNER_M, crosses_itself, hull, without_repeats};
use super::xml::{Reader, child, children, tag};
use crate::kernel::geometry::direction;
use crate::kernel::math::{cos, sin};
use crate::map::lint::{Code, Lint};
use crate::map::road::{PolygonSource, Road};
use glam::{DVec2, DVec3};
use roxmltree::Node;

/// More corners than this are no crosswalk; checking an outline takes time with their square.
const MAX_CORNERS: usize = 200;
/// An outline may differ from the object's box by this much, metres.
const BOX_M: f64 = 0.5;
/// An outline that is not used and lies further from its object than this probably means another place, metres.
const FAR_M: f64 = 5.0;
/// A corner may lie this far before the road's start or after its end, metres.
pub(super) const BEYOND_M: f64 = 0.1;

/// Where an object stands on its road, and how it is turned.
#[derive(Clone, Copy)]
pub(super) struct Stand {
    pub s_m: f64,
    pub t_m: f64,
    pub z_m: f64,
    pub hdg_rad: f64,
    pub pitch_rad: f64,
    pub roll_rad: f64,
    /// `perpToRoad`: it lies on the road's surface, whatever pitch and roll say.
    pub on_surface: bool,
}

/// The object's length along u and width along v, as far as it states them.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub length_m: Option<f64>,
    pub width_m: Option<f64>,
    pub has_radius: bool,
}

/// One area that an object covers.
pub(super) struct Area {
    pub corners_m: Vec<DVec3>,
    pub source: PolygonSource,
    pub lints: Vec<Lint>,
    /// What keeps it from being used, and the cure.
    pub refused: Option<(String, &'static str)>,
}

impl Area {
    pub fn new(source: PolygonSource, corners_m: Vec<DVec3>) -> Self {
        Self { corners_m, source, lints: Vec::new(), refused: None }
    }

    pub fn refused(what: impl Into<String>, cure: &'static str) -> Self {
        Self { refused: Some((what.into(), cure)), ..Self::new(PolygonSource::Box, Vec::new()) }
    }
}

/// The object's own axes in the map's frame.
struct Axes {
    origin_m: DVec3,
    u: DVec3,
    v: DVec3,
    w: DVec3,
}

impl Axes {
    /// Heading is counted from the road's direction; pitch and roll from the level plane, as the standard says:
    /// positive pitch lowers what lies ahead, positive roll raises what lies to the left.
    fn new(road: &Road, stand: &Stand) -> Self {
        let Stand { s_m, t_m, .. } = *stand;
        let origin_m = road.point_m(s_m, t_m) + DVec3::Z * stand.z_m;
        if stand.on_surface {
            return Self::on_surface(road, stand, origin_m);
        }
        let ahead = direction(road.pose(s_m).hdg_rad + stand.hdg_rad);
        let (ahead, left) = (ahead.extend(0.0), ahead.perp().extend(0.0));
        if stand.pitch_rad == 0.0 && stand.roll_rad == 0.0 {
            return Self { origin_m, u: ahead, v: left, w: DVec3::Z };
        }
        let (sp, cp) = (sin(stand.pitch_rad), cos(stand.pitch_rad));
        let (sr, cr) = (sin(stand.roll_rad), cos(stand.roll_rad));
        Self {
            origin_m,
            u: ahead * cp - DVec3::Z * sp,
            v: ahead * (sr * sp) + left * cr + DVec3::Z * (sr * cp),
            w: ahead * (cr * sp) - left * sr + DVec3::Z * (cr * cp),
        }
    }

    /// The plane that touches the road's surface under the object.
    fn on_surface(road: &Road, stand: &Stand, origin_m: DVec3) -> Self {
        const STEP_M: f64 = 0.01;
        let Stand { s_m, t_m, .. } = *stand;
        let along = (road.point_m(s_m + STEP_M, t_m) - road.point_m(s_m - STEP_M, t_m)).normalize_or_zero();
        let across = road.point_m(s_m, t_m + STEP_M) - road.point_m(s_m, t_m - STEP_M);
        let left = (across - along * across.dot(along)).normalize_or_zero();
        let turn = direction(stand.hdg_rad);
        Self { origin_m, u: along * turn.x + left * turn.y, v: left * turn.x - along * turn.y, w: along.cross(left) }
    }

    fn point_m(&self, u_m: f64, v_m: f64, z_m: f64) -> DVec3 {
        self.origin_m + self.u * u_m + self.v * v_m + self.w * z_m
    }

    /// u and v of a point of the map.
    fn local_m(&self, point_m: DVec3) -> DVec2 {
        let from = point_m - self.origin_m;
        DVec2::new(from.dot(self.u), from.dot(self.v))
    }
}

/// The outer outlines of an object, and how many inner ones it has. Both the older `<outline>` directly in the object
/// and `<outlines>` are read.
pub(super) fn outline_nodes<'n, 'i: 'n>(object: Node<'n, 'i>) -> (Vec<Node<'n, 'i>>, usize) {
    let wrapped = children(object, "outlines").flat_map(|o| children(o, "outline"));
    let all: Vec<Node> = children(object, "outline").chain(wrapped).collect();
    let is_inner = |n: &Node| n.attribute("outer").is_some_and(|o| matches!(o.trim(), "false" | "0"));
    let inner = all.iter().filter(|n| is_inner(n)).count();
    (all.into_iter().filter(|n| !is_inner(n)).collect(), inner)
}

/// The areas of an object that stands here. `None` when an attribute is wrong, which is reported.
pub(super) fn areas(r: &mut Reader, object: Node, road: &Road, stand: &Stand, sizes: &Sizes) -> Option<Vec<Area>> {
    let (nodes, inner) = outline_nodes(object);
    let axes = Axes::new(road, stand);
    let (mut areas, mut lints): (Vec<Area>, Vec<Lint>) = (Vec::new(), Vec::new());
    for node in nodes {
        let area = outline(r, node, road, &axes)?;
        if area.refused.is_none() && area.corners_m.len() < 3 {
            let what = format!(
                "an <outline> with {} corners is no area{}",
                area.corners_m.len(),
                far(road, stand, &axes, &area)
            );
            lints.push(Lint::new(Code::OutlineTooFewCorners, r.spot(node), what));
        } else if areas.iter().any(|a: &Area| same(&a.corners_m, &area.corners_m)) {
            let what = "the same outline stands here again; it is used once";
            lints.push(Lint::new(Code::OutlineStatedTwice, r.spot(node), what));
        } else {
            areas.push(area);
        }
    }
    if let [only] = areas.as_slice()
        && only.refused.is_none()
    {
        compare_with_box(r, object, &axes, sizes, &only.corners_m, &mut lints);
    }
    if areas.is_empty() {
        areas.push(boxed(&axes, sizes));
        lint_box_sides(r, object, sizes, &mut lints);
    }
    if inner > 0 {
        let what = format!("{inner} of its outlines say outer=\"false\": holes, which are not used");
        lints.push(Lint::new(Code::InnerOutline, r.spot(object), what));
    }
    if areas.len() > 1 {
        let what = format!("it has {} outer outlines; each is a crosswalk of its own", areas.len());
        lints.push(Lint::new(Code::SeveralOutlines, r.spot(object), what));
    }
    for area in &mut areas {
        area.lints.extend(lints.iter().cloned());
    }
    Some(areas)
}

/// Where the corners of an outline lie that is not used, if that is far from the object.
fn far(road: &Road, stand: &Stand, axes: &Axes, area: &Area) -> String {
    let away_m = area.corners_m.iter().map(|c| (*c - axes.origin_m).length()).fold(f64::INFINITY, f64::min);
    match middle_s_m(road, stand.s_m, &area.corners_m) {
        Some(s_m) if away_m > FAR_M => {
            format!(", and lies {away_m:.0} m from the object at s = {} m: at s = {s_m:.0} m", stand.s_m)
        }
        _ => String::new(),
    }
}

fn same(a: &[DVec3], b: &[DVec3]) -> bool {
    a.len() == b.len() && !a.is_empty() && a.iter().zip(b).all(|(a, b)| (*a - *b).length() < 10.0 * SAME_CORNER_M)
}

/// The rectangle of length and width about the object's origin.
fn boxed(axes: &Axes, sizes: &Sizes) -> Area {
    let (Some(length_m), Some(width_m)) = (sizes.length_m, sizes.width_m) else {
        let what = if sizes.has_radius {
            "only a radius: no crosswalk is round"
        } else {
            "neither an outline of at least three corners nor a length and width above 0"
        };
        return Area::refused(what, "give it an <outline> of at least three <cornerLocal>, or its length and width");
    };
    let (l, w) = (length_m / 2.0, width_m / 2.0);
    let corners = [(-l, -w), (l, -w), (l, w), (-l, w)].map(|(u, v)| axes.point_m(u, v, 0.0));
    Area::new(PolygonSource::Box, corners.to_vec())
}

fn lint_box_sides(r: &Reader, object: Node, sizes: &Sizes, lints: &mut Vec<Lint>) {
    let (Some(length_m), Some(width_m)) = (sizes.length_m, sizes.width_m) else { return };
    if matches!(r.version, Some((1, 6 | 7))) && (length_m - width_m).abs() > BOX_M {
        let what = "OpenDRIVE 1.6 and 1.7 let `length` run along v, the other editions along u, the object's heading: \
                    u is taken; give it an <outline> if the crosswalk lies the other way round";
        lints.push(Lint::new(Code::BoxSides, r.spot(object), what));
    }
}

/// One outline: its corners in the order of the file.
fn outline(r: &mut Reader, node: Node, road: &Road, axes: &Axes) -> Option<Area> {
    let mut lints = Vec::new();
    let (mut local, mut along_road) = (0, 0);
    let mut corners_m = Vec::new();
    for corner in node.children().filter(Node::is_element) {
        match corner.tag_name().name() {
            "cornerLocal" => {
                local += 1;
                let (u_m, v_m) = (r.number(corner, "u")?, r.number(corner, "v")?);
                corners_m.push(axes.point_m(u_m, v_m, r.number_or_zero(corner, "z")?));
            }
            "cornerRoad" => {
                along_road += 1;
                let (s_m, t_m) = (r.number(corner, "s")?, r.number(corner, "t")?);
                corners_m.push(road.point_m(s_m, t_m) + DVec3::Z * r.number_or_zero(corner, "dz")?);
                if (s_m < -BEYOND_M || s_m > road.length_m + BEYOND_M) && lints.is_empty() {
                    let what = format!("a <cornerRoad> lies at s = {s_m} m of a road of {} m", road.length_m);
                    lints.push(Lint::new(Code::CornerBeyondRoad, r.spot(corner), what));
                }
            }
            "userData" | "dataQuality" => {}
            _ => {
                let what = format!("a <{}> in its <outline>, which is not read", tag(corner));
                return Some(Area::refused(what, "draw the outline by <cornerLocal> or <cornerRoad> only"));
            }
        }
        if corners_m.len() > MAX_CORNERS {
            let what = format!("an outline of more than {MAX_CORNERS} corners");
            return Some(Area::refused(what, "draw the crosswalk with fewer corners"));
        }
    }
    let source = match (local, along_road) {
        (_, 0) => PolygonSource::CornerLocal,
        (0, _) => PolygonSource::CornerRoad,
        _ => PolygonSource::Corners,
    };
    if source == PolygonSource::Corners {
        let what = "an outline with <cornerLocal> and <cornerRoad>: each is read as what it is";
        lints.push(Lint::new(Code::OutlineMixesCorners, r.spot(node), what));
    }
    if node.attribute("closed").is_some_and(|c| matches!(c.trim(), "false" | "0")) {
        let what = "closed=\"false\" says that the outline is a line; it is taken as an area";
        lints.push(Lint::new(Code::OutlineIsALine, r.spot(node), what));
    }
    let mut area = Area { lints, ..Area::new(source, without_repeats(corners_m)) };
    mend_order(r, node, &mut area);
    Some(area)
}

/// The hull of four corners that are not in order is the rectangle that was meant; of more, nobody knows.
fn mend_order(r: &Reader, node: Node, area: &mut Area) {
    if !crosses_itself(&area.corners_m) {
        return;
    }
    let what = "the outline crosses itself: its corners are not in order round it";
    if area.corners_m.len() == 4 {
        area.corners_m = hull(&area.corners_m);
        area.source = PolygonSource::Hull;
        area.lints.push(Lint::new(Code::OutlineCrossesItself, r.spot(node), format!("{what}; the hull is used")));
    } else {
        area.lints.push(Lint::new(Code::OutlineCrossesItself, r.spot(node), what));
        area.refused = Some(("an outline that crosses itself".into(), "put the corners in order round the outline"));
    }
}

fn compare_with_box(r: &Reader, object: Node, axes: &Axes, sizes: &Sizes, corners_m: &[DVec3], lints: &mut Vec<Lint>) {
    let (Some(length_m), Some(width_m)) = (sizes.length_m, sizes.width_m) else { return };
    let local = corners_m.iter().map(|c| axes.local_m(*c));
    let (low, high) =
        local.fold((DVec2::INFINITY, DVec2::NEG_INFINITY), |(low, high): (DVec2, DVec2), c| (low.min(c), high.max(c)));
    let half = DVec2::new(length_m, width_m) / 2.0;
    let off_m = (low + half).abs().max((high - half).abs()).max_element();
    if !corners_m.is_empty() && off_m > BOX_M {
        let what = format!("its outline and its box of {length_m} m by {width_m} m differ by {off_m:.2} m at a side");
        lints.push(Lint::new(Code::OutlineAndBoxDisagree, r.spot(object), what));
    }
}

/// The sizes that an object states; zero and less are none.
pub(super) fn sizes(r: &mut Reader, node: Node) -> Option<Sizes> {
    let mut size = |name| Some(r.number_or_zero(node, name)?).map(|v| (v > 0.0).then_some(v));
    Some(Sizes { length_m: size("length")?, width_m: size("width")?, has_radius: size("radius")?.is_some() })
}

/// Whether the object has a child that changes its ground.
pub(super) fn has(object: Node, name: &'static str) -> bool {
    child(object, name).is_some()
}
