//! A figure's marks, read back with an XML parser.

use kerbside::figure::Figure;
use roxmltree::{Document, Node};

/// Parses a figure and checks what every figure must have.
pub fn read(figure: &Figure) -> Document<'_> {
    let svg = Document::parse(&figure.svg).unwrap_or_else(|e| panic!("{}: {e}\n{}", figure.title, figure.svg));
    let root = svg.root_element();
    assert_eq!((root.tag_name().name(), root.tag_name().namespace()), ("svg", Some("http://www.w3.org/2000/svg")));
    let mut children = root.children().filter(Node::is_element);
    assert_eq!(children.next().unwrap().tag_name().name(), "title");
    let about = children.next().unwrap();
    assert!(
        about.tag_name().name() == "desc" && about.text().is_some_and(|words| words.len() > 10),
        "{}",
        figure.title
    );
    within(&svg, figure);
    svg
}

/// No place is left of, above, right of or below the picture, and none is unknown.
fn within(svg: &Document<'_>, figure: &Figure) {
    assert!(!figure.svg.contains("NaN") && !figure.svg.contains("inf\""), "{}", figure.svg);
    for node in svg.descendants() {
        for (name, most) in
            [("x", figure.width_px), ("cx", figure.width_px), ("y", figure.height_px), ("cy", figure.height_px)]
        {
            let Some(at) = node.attribute(name) else { continue };
            let at: f64 = at.parse().unwrap();
            assert!((0.0..=most).contains(&at), "{}: {name} {at} of {:?}", figure.title, node.text());
        }
        if let Some(d) = node.attribute("d") {
            for (x, y) in places(d) {
                let inside =
                    (-1.0..=figure.width_px + 1.0).contains(&x) && (-1.0..=figure.height_px + 1.0).contains(&y);
                assert!(inside, "{}: {x} {y} in {d}", figure.title);
            }
        }
    }
}

/// All groups of a mark.
pub fn marks<'a>(svg: &'a Document<'a>, mark: &str) -> Vec<Node<'a, 'a>> {
    svg.descendants().filter(|node| node.attribute("data-mark") == Some(mark)).collect()
}

/// The groups of a mark within another group.
pub fn within_group<'a>(group: Node<'a, 'a>, mark: &str) -> Vec<Node<'a, 'a>> {
    group.descendants().filter(|node| node.attribute("data-mark") == Some(mark)).collect()
}

/// A number of an attribute.
pub fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap_or_else(|| panic!("{node:?} has no {name}")).parse().unwrap()
}

/// The path of the first `path` of a group.
pub fn path(group: Node<'_, '_>) -> String {
    group.descendants().find_map(|node| node.attribute("d")).unwrap().to_owned()
}

/// The absolute places that a path goes through.
pub fn places(d: &str) -> Vec<(f64, f64)> {
    let mut tokens = Vec::new();
    let mut number = String::new();
    for c in d.chars().chain([' ']) {
        let goes_on = c.is_ascii_digit() || c == '.' || (c == '-' && number.is_empty());
        if !goes_on && !number.is_empty() {
            tokens.push(std::mem::take(&mut number));
        }
        if goes_on || c == '-' {
            number.push(c);
        } else if c.is_ascii_alphabetic() {
            tokens.push(c.to_string());
        }
    }
    let mut at = (0.0, 0.0);
    let mut all = Vec::new();
    let mut rest = tokens.iter().peekable();
    let mut command = 'M';
    while let Some(token) = rest.peek() {
        if let Some(c) = token.chars().next().filter(char::is_ascii_alphabetic) {
            command = c;
            rest.next();
            if c == 'Z' {
                continue;
            }
        }
        let mut take = || rest.next().unwrap().parse::<f64>().unwrap();
        at = match command {
            'M' | 'L' => (take(), take()),
            'H' => (take(), at.1),
            'V' => (at.0, take()),
            'm' | 'l' => (at.0 + take(), at.1 + take()),
            'h' => (at.0 + take(), at.1),
            'v' => (at.0, at.1 + take()),
            'a' => {
                let _ = [take(), take(), take(), take(), take()];
                (at.0 + take(), at.1 + take())
            }
            other => panic!("{other} in {d}"),
        };
        all.push(at);
    }
    all
}

/// Middle of a marker's path.
pub fn middle(d: &str) -> (f64, f64) {
    let all = places(d);
    let ends = |of: fn(&(f64, f64)) -> f64| {
        all.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |r, v| (r.0.min(v), r.1.max(v)))
    };
    let ((left, right), (top, bottom)) = (ends(|p| p.0), ends(|p| p.1));
    (0.5 * (left + right), 0.5 * (top + bottom))
}

/// From places to values along an axis: read from two ticks, that are texts with their places.
#[derive(Debug)]
pub struct Axis {
    zero: f64,
    per_px: f64,
}

impl Axis {
    /// The axis of the two outermost of these ticks: place in the drawing, words.
    fn through(mut ticks: Vec<(f64, f64)>) -> Self {
        ticks.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
        let per_px = (last.1 - first.1) / (last.0 - first.0);
        for (at, value) in &ticks {
            let should = first.1 + per_px * (at - first.0);
            assert!((should - value).abs() <= 0.3 * per_px.abs(), "tick {value} stands at {should}");
        }
        Self { zero: first.1 - per_px * first.0, per_px }
    }

    /// The value at a place.
    pub fn value(&self, px: f64) -> f64 {
        self.zero + self.per_px * px
    }

    /// What one unit of the drawing is.
    pub fn px(&self) -> f64 {
        self.per_px.abs()
    }
}

fn tick(node: Node<'_, '_>) -> Option<f64> {
    node.text()?.replace('−', "-").parse().ok()
}

/// The ticks up to where the next pane's begin anew.
fn first_pane(mut ticks: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let falls = ticks[1].1 < ticks[0].1;
    let own = 1 + ticks.windows(2).take_while(|pair| (pair[1].1 < pair[0].1) == falls).count();
    ticks.truncate(own);
    ticks
}

/// The horizontal axis: numbers that are centred at the same height, in the first pane.
pub fn across(svg: &Document<'_>) -> Axis {
    let ticks =
        svg.descendants().filter(|n| n.tag_name().name() == "text" && n.attribute("text-anchor") == Some("middle"));
    let ticks: Vec<_> = ticks
        .filter(|n| n.attribute("font-size") == Some("11.5"))
        .filter_map(|n| Some((number(n, "x"), number(n, "y"), tick(n)?)))
        .collect();
    let height = ticks[0].1;
    let row: Vec<(f64, f64)> = ticks.into_iter().filter(|t| t.1 == height).map(|t| (t.0, t.2)).collect();
    Axis::through(first_pane(row))
}

/// The vertical axis: numbers that end at the same place, in the first pane.
pub fn upright(svg: &Document<'_>) -> Axis {
    let ticks =
        svg.descendants().filter(|n| n.tag_name().name() == "text" && n.attribute("text-anchor") == Some("end"));
    let ticks: Vec<_> = ticks.filter_map(|n| Some((number(n, "x"), number(n, "y") - 4.0, tick(n)?))).collect();
    let place = ticks[0].0;
    Axis::through(first_pane(ticks.into_iter().filter(|t| t.0 == place).map(|t| (t.1, t.2)).collect()))
}
