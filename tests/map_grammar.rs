//! Whole small maps put together at random from every element that a reader of OpenDRIVE may meet, right and wrong: each
//! is read, or refused with a line and column; in bounded time and memory.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/any_map.rs"]
mod any_map;
#[path = "common/counting.rs"]
#[allow(dead_code)]
mod counting;

use any_map::{asked, refused};
use counting::{Counting, most_bytes};
use kerbside::map::read_bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::time::{Duration, Instant};

#[global_allocator]
static COUNTING: Counting = Counting;

/// The most that a map of this file's size may hold at once while it is read and asked, bytes.
const MOST_BYTES: i64 = 64 << 20;

type Text = BoxedStrategy<String>;

/// What stands where a number or a word should.
const WILD: [&str; 16] = [
    "", "NaN", "inf", "-inf", "-1", "0", "1e9", "-1e9", "1e308", "-1e308", "1e-320", "0x10", "1,5", "\u{e9}",
    "9e99999", "--",
];

/// Builds texts in which one value in `calm` is wild and one attribute in `calm` is missing.
#[derive(Clone, Copy)]
struct Grammar {
    calm: u32,
}

impl Grammar {
    fn or_wild(self, value: impl Strategy<Value = String> + 'static) -> Text {
        prop_oneof![self.calm => value, 1 => select(&WILD[..]).prop_map(str::to_owned)].boxed()
    }

    fn number(self, from: f64, to: f64) -> Text {
        self.or_wild((from..to).prop_map(|v| format!("{v:.4}")))
    }

    fn word(self, words: &'static [&'static str]) -> Text {
        self.or_wild(select(words).prop_map(str::to_owned))
    }

    fn is(self, value: impl ToString) -> Text {
        self.or_wild(Just(value.to_string()))
    }

    fn element(self, name: &'static str, attributes: Vec<(&'static str, Text)>, inner: Text) -> Text {
        let attribute = |(name, value): (&'static str, Text)| {
            let written = value.prop_map(move |v| format!(" {name}=\"{v}\""));
            prop_oneof![self.calm => written, 1 => Just(String::new())].boxed()
        };
        let attributes: Vec<Text> = attributes.into_iter().map(attribute).collect();
        let whole = (attributes, inner).prop_map(move |(attributes, inner)| match inner.as_str() {
            "" => format!("<{name}{}/>\n", attributes.concat()),
            _ => format!("<{name}{}>{inner}</{name}>\n", attributes.concat()),
        });
        // Now and then it is not there, or there twice.
        prop_oneof![
            self.calm => whole.clone(),
            1 => Just(String::new()),
            1 => whole.prop_map(|text| text.repeat(2)),
        ]
        .boxed()
    }

    fn leaf(self, name: &'static str, attributes: Vec<(&'static str, Text)>) -> Text {
        self.element(name, attributes, Just(String::new()).boxed())
    }

    /// A record with a cubic's factors, the first of them between `from` and `to`.
    fn cubic(self, name: &'static str, at: &'static str, s: f64, from: f64, to: f64) -> Text {
        self.leaf(
            name,
            vec![
                (at, self.is(s)),
                ("a", self.number(from, to)),
                ("b", self.number(-0.01, 0.01)),
                ("c", self.number(-1e-4, 1e-4)),
                ("d", self.number(-1e-6, 1e-6)),
            ],
        )
    }

    fn curve(self) -> Text {
        let half = |a: &'static str, b, c, d, slope: f64| {
            vec![
                (a, self.is(0)),
                (b, self.number(slope, slope + 1e-6)),
                (c, self.number(-0.001, 0.001)),
                (d, self.number(-1e-5, 1e-5)),
            ]
        };
        let parametric = |range: &'static str, scale: f64| {
            let mut attributes = vec![("pRange", self.is(range))];
            attributes.extend(half("aU", "bU", "cU", "dU", scale));
            attributes.extend(half("aV", "bV", "cV", "dV", 0.0));
            self.leaf("paramPoly3", attributes)
        };
        prop_oneof![
            4 => self.leaf("line", vec![]),
            2 => self.leaf("arc", vec![("curvature", self.number(-0.02, 0.02))]),
            2 => self.leaf("spiral", vec![("curvStart", self.number(-0.02, 0.02)), ("curvEnd", self.number(-0.02, 0.02))]),
            1 => self.leaf("poly3", half("a", "b", "c", "d", 0.0)),
            1 => parametric("arcLength", 1.0),
            1 => parametric("normalized", 40.0),
        ]
        .boxed()
    }

    fn lane(self, id: i32) -> Text {
        let width = prop_oneof![
            6 => self.cubic("width", "sOffset", 0.0, 2.0, 4.0),
            1 => self.cubic("border", "sOffset", 0.0, 3.0 * f64::from(id), 3.0 * f64::from(id) + 0.5),
        ];
        let height = self.leaf(
            "height",
            vec![("sOffset", self.is(0)), ("inner", self.number(0.0, 0.2)), ("outer", self.number(0.0, 0.2))],
        );
        let link = self.element("link", vec![], self.leaf("successor", vec![("id", self.is(id))]));
        let kind = if id.abs() == 1 { "driving" } else { "sidewalk" };
        let kinds = prop_oneof![8 => self.is(kind), 1 => self.word(&["biking", "none", "curb", "shoulder", "parking"])];
        self.element(
            "lane",
            vec![("id", self.is(id)), ("type", kinds.boxed()), ("level", self.word(&["true", "false"]))],
            joined(vec![link, width.boxed(), some(height)]),
        )
    }

    fn lanes(self) -> Text {
        let side = |name, ids: [i32; 2]| self.element(name, vec![], joined(ids.map(|id| self.lane(id)).to_vec()));
        let center =
            self.element("center", vec![], self.leaf("lane", vec![("id", self.is(0)), ("type", self.is("none"))]));
        let section = self.element(
            "laneSection",
            vec![("s", self.is(0))],
            joined(vec![side("left", [2, 1]), center, side("right", [-1, -2])]),
        );
        self.element("lanes", vec![], joined(vec![some(self.cubic("laneOffset", "s", 0.0, -0.5, 0.5)), section]))
    }

    fn outline(self) -> Text {
        let corner = |u: f64, v: f64| {
            prop_oneof![
                5 => self.leaf("cornerLocal", vec![
                    ("u", self.number(u - 0.3, u + 0.3)),
                    ("v", self.number(v - 0.3, v + 0.3)),
                    ("z", self.is(0)),
                    ("height", self.number(0.0, 0.2)),
                ]),
                1 => self.leaf("cornerRoad", vec![
                    ("s", self.number(20.0 + u, 20.5 + u)),
                    ("t", self.number(v - 0.3, v + 0.3)),
                    ("dz", self.number(0.0, 0.1)),
                    ("height", self.is(0)),
                ]),
            ]
            .boxed()
        };
        let corners = joined(vec![corner(-2.0, -4.0), corner(2.0, -4.0), corner(2.0, 4.0), corner(-2.0, 4.0)]);
        let closed = self.word(&["true", "false"]);
        self.element("outline", vec![("id", self.is(0)), ("closed", closed), ("outer", self.is("true"))], corners)
    }

    fn object(self) -> Text {
        let outlines = prop_oneof![
            4 => self.outline(),
            2 => self.element("outlines", vec![], many(self.outline(), 1..3)),
            1 => Just(String::new()),
        ];
        let repeat = self.leaf(
            "repeat",
            vec![
                ("s", self.number(20.0, 22.0)),
                ("length", self.number(0.0, 15.0)),
                ("distance", self.number(0.0, 8.0)),
                ("tStart", self.number(-1.0, 1.0)),
                ("tEnd", self.number(-1.0, 1.0)),
                ("heightStart", self.is(0)),
                ("heightEnd", self.is(0)),
                ("zOffsetStart", self.is(0)),
                ("zOffsetEnd", self.is(0)),
            ],
        );
        let few = prop_oneof![5 => Just(String::new()), 1 => repeat];
        self.element(
            "object",
            vec![
                ("id", self.word(&["c1", "c2", "c3", "c4", "c5", "c6"])),
                ("type", self.word(&["crosswalk", "crosswalk", "crosswalk", "-1", "pole", "none"])),
                ("name", self.word(&["", "zebra", "Crosswalk_01", "pole"])),
                ("s", self.number(15.0, 30.0)),
                ("t", self.number(-0.5, 0.5)),
                ("zOffset", self.number(-0.05, 0.05)),
                ("hdg", self.number(-0.3, 0.3)),
                ("orientation", self.word(&["+", "-", "none"])),
                ("length", self.number(2.0, 5.0)),
                ("width", self.number(6.0, 9.0)),
            ],
            joined(vec![outlines.boxed(), few.boxed()]),
        )
    }

    fn objects(self) -> Text {
        let reference = self.leaf(
            "objectReference",
            vec![
                ("id", self.word(&["c1", "c2", "nobody"])),
                ("s", self.number(25.0, 35.0)),
                ("t", self.number(-0.5, 0.5)),
                ("orientation", self.word(&["+", "-", "none"])),
            ],
        );
        let few = prop_oneof![5 => Just(String::new()), 1 => reference];
        self.element("objects", vec![], joined(vec![many(self.object(), 1..3), few.boxed()]))
    }

    /// A road of `pieces` times 40 m eastward from `x`, linked to anything.
    fn road(self, id: u32, pieces: u32) -> Text {
        let length = 40 * pieces;
        let x0 = 200 * id;
        let piece = |k: u32| {
            self.element(
                "geometry",
                vec![
                    ("s", self.is(40 * k)),
                    ("x", self.is(x0 + 40 * k)),
                    ("y", self.number(-0.01, 0.01)),
                    ("hdg", self.number(-0.01, 0.01)),
                    ("length", self.is(40)),
                ],
                self.curve(),
            )
        };
        let link = |name| {
            self.leaf(
                name,
                vec![
                    ("elementType", self.word(&["road", "road", "junction"])),
                    ("elementId", self.word(&["1", "2", "9"])),
                    ("contactPoint", self.word(&["start", "end"])),
                ],
            )
        };
        let links = self.element("link", vec![], joined(vec![rarely(link("predecessor")), rarely(link("successor"))]));
        let lateral = self.element(
            "lateralProfile",
            vec![],
            joined(vec![
                some(self.cubic("superelevation", "s", 0.0, -0.05, 0.05)),
                rarely(self.leaf("shape", vec![("s", self.is(0)), ("t", self.is(0)), ("a", self.number(0.0, 0.1))])),
                rarely(self.leaf(
                    "crossfall",
                    vec![("side", self.word(&["left", "both"])), ("s", self.is(0)), ("a", self.number(0.0, 0.1))],
                )),
            ]),
        );
        let elevation = self.element("elevationProfile", vec![], self.cubic("elevation", "s", 0.0, -2.0, 2.0));
        self.element(
            "road",
            vec![
                ("id", self.is(id)),
                ("length", self.is(length)),
                ("junction", self.is(-1)),
                ("rule", self.word(&["RHT", "LHT"])),
            ],
            joined(vec![
                links,
                self.element("planView", vec![], joined((0..pieces).map(piece).collect())),
                some(elevation),
                some(lateral),
                self.lanes(),
                self.objects(),
            ]),
        )
    }

    fn map(self) -> Text {
        let offset = self.leaf(
            "offset",
            vec![
                ("x", self.number(-1e5, 1e5)),
                ("y", self.number(-1e5, 1e5)),
                ("z", self.is(0)),
                ("hdg", self.number(-3.0, 3.0)),
            ],
        );
        let reference = self.element(
            "geoReference",
            vec![],
            self.word(&[
                "<![CDATA[+proj=tmerc +lat_0=40.5 +lon_0=-3.3 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs]]>",
                "+proj=utm +zone=30 +ellps=GRS80 +units=m +geoidgrids=egm96_15.gtx +vunits=m",
                "<![CDATA[+proj=merc +proj=utm +lat_0=]]>",
                "EPSG:25830",
            ]),
        );
        let minor = self.word(&["4", "5", "6", "7", "8"]);
        let header = self.element(
            "header",
            vec![("revMajor", self.is(1)), ("revMinor", minor)],
            joined(vec![some(reference), rarely(offset)]),
        );
        let path = self.element(
            "crossPath",
            vec![
                ("id", self.is("p")),
                ("crossingId", self.word(&["1", "2", "7"])),
                ("roadAtStart", self.is(1)),
                ("roadAtEnd", self.is(2)),
            ],
            joined(vec![
                self.leaf(
                    "startLaneLink",
                    vec![("s", self.number(0.0, 5.0)), ("from", self.is(-1)), ("to", self.is(1))],
                ),
                self.leaf("endLaneLink", vec![("s", self.number(0.0, 5.0)), ("from", self.is(1)), ("to", self.is(-1))]),
            ]),
        );
        let connection = self.element(
            "connection",
            vec![
                ("id", self.is(0)),
                ("incomingRoad", self.is(1)),
                ("connectingRoad", self.is(2)),
                ("contactPoint", self.word(&["start", "end"])),
            ],
            self.leaf("laneLink", vec![("from", self.is(-1)), ("to", self.is(-1))]),
        );
        let junction = self.element("junction", vec![("id", self.is(9))], joined(vec![connection, rarely(path)]));
        let roads = joined(vec![(1u32..4).prop_flat_map(move |n| self.road(1, n)).boxed(), self.road(2, 1)]);
        joined(vec![header, roads, junction])
            .prop_map(|inner| format!("<?xml version=\"1.0\"?>\n<OpenDRIVE>\n{inner}</OpenDRIVE>\n"))
            .boxed()
    }
}

fn joined(parts: Vec<Text>) -> Text {
    parts.prop_map(|texts| texts.concat()).boxed()
}

fn many(part: Text, count: std::ops::Range<usize>) -> Text {
    vec(part, count).prop_map(|texts| texts.concat()).boxed()
}

fn some(part: Text) -> Text {
    prop_oneof![part, Just(String::new())].boxed()
}

fn rarely(part: Text) -> Text {
    prop_oneof![1 => part, 5 => Just(String::new())].boxed()
}

/// Reads and asks; whether it was read, and how many sites there are.
fn try_all(text: &str) -> (bool, usize) {
    let mut answer = (false, 0);
    let start = Instant::now();
    let bytes = most_bytes(|| match read_bytes("random.xodr", text.as_bytes()) {
        Ok(map) => answer = (true, asked(&map, [10.0, 5.0])),
        Err(problems) => refused(&problems),
    });
    assert!(bytes < MOST_BYTES, "{bytes} bytes held at once for a text of {}", text.len());
    assert!(start.elapsed() < Duration::from_secs(2), "took {:?}", start.elapsed());
    answer
}

/// That the grammar makes maps that are read and used, not only refusals.
#[test]
fn calm_maps_are_read_and_have_sites() {
    let mut runner = TestRunner::deterministic();
    let maps = Grammar { calm: 100_000 }.map();
    let answers: Vec<(bool, usize)> =
        (0..60).map(|_| try_all(&maps.new_tree(&mut runner).unwrap().current())).collect();
    let read = answers.iter().filter(|a| a.0).count();
    let used = answers.iter().filter(|a| a.1 > 0).count();
    assert!(read > 15 && used > 8, "of 60 maps, {read} read, {used} with a site");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn calm_maps(text in Grammar { calm: 20_000 }.map()) {
        try_all(&text);
    }

    #[test]
    fn wild_maps(text in Grammar { calm: 400 }.map()) {
        try_all(&text);
    }

    #[test]
    fn very_wild_maps(text in Grammar { calm: 30 }.map()) {
        try_all(&text);
    }
}
