//! The projections that were held against PROJ to 0.01 mm (laea was, and missed it), and which words each of them listens to.

/// What to write instead.
pub(super) const CURE: &str = "write a PROJ string, such as `+proj=tmerc +lat_0=40.5 +lon_0=-3.3 +datum=WGS84 +units=m`; \
                               `projinfo -o PROJ CODE_OR_FILE` prints one";

/// Each projection with the words that it listens to; PROJ ignores the others without a word.
const PROJECTIONS: &[(&str, &[&str])] = &[
    ("tmerc", &["lat_0", "lon_0", "k", "k_0", "x_0", "y_0"]),
    ("etmerc", &["lat_0", "lon_0", "k", "k_0", "x_0", "y_0"]),
    ("utm", &["zone", "south"]),
    ("merc", &["lon_0", "lat_ts", "k", "k_0", "x_0", "y_0"]),
    ("webmerc", &["lon_0", "x_0", "y_0"]),
    ("lcc", &["lat_0", "lon_0", "lat_1", "lat_2", "k", "k_0", "x_0", "y_0"]),
    ("stere", &["lat_0", "lon_0", "lat_ts", "k", "k_0", "x_0", "y_0"]),
    ("sterea", &["lat_0", "lon_0", "k", "k_0", "x_0", "y_0"]),
    ("somerc", &["lat_0", "lon_0", "k", "k_0", "x_0", "y_0"]),
    ("aea", &["lat_0", "lon_0", "lat_1", "lat_2", "x_0", "y_0"]),
];

/// The words that a projection listens to; `None` for one that is not known.
pub(super) fn listens_to(projection: &str) -> Option<&'static [&'static str]> {
    PROJECTIONS.iter().find(|(name, _)| *name == projection).map(|(_, words)| *words)
}

/// Their names, for a message.
pub(super) fn names() -> String {
    PROJECTIONS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}
