//! XML with places: every element and attribute knows its line and column, and
//! what could make the parser slow is refused before it begins.

use crate::map::lint::{Code, Lint, Spot};
use crate::problem::{Problem, Problems, harmless};
use roxmltree::{Document, Node, ParsingOptions};

/// Longest file that is read, in bytes.
pub(super) const MAX_BYTES: usize = 256 * 1024 * 1024;
const MAX_NODES: u32 = 4_000_000;
/// The parser compares each attribute of an element with all others: time grows with the square.
const MAX_ATTRIBUTES: usize = 200;
/// Each namespace declaration is copied into every one below it.
const MAX_NAMESPACES: usize = 200;
/// How many problems are listed before the reader only counts.
const MAX_PROBLEMS: usize = 50;
/// How many doubts are listed.
const MAX_LINTS: usize = 5_000;
/// Numbers beyond this are no metres of any map, and their products would overflow.
const MAX_NUMBER: f64 = 1e12;
/// Longest sentence of the parser, in characters; names of elements stand in it.
const MOST_SAID: usize = 200;
/// Distance between known positions in the text.
const MARK_BYTES: usize = 1024;

/// A text with quick positions: a mark each KiB, so that a file of one line costs no more than another.
pub(super) struct Source<'a> {
    pub file: &'a str,
    text: &'a str,
    /// Line and column at the byte `i * MARK_BYTES`.
    marks: Vec<(u32, u32)>,
}

impl<'a> Source<'a> {
    pub fn new(file: &'a str, text: &'a str) -> Self {
        let mut marks = vec![(1, 1)];
        let mut at = (1, 1);
        for chunk in text.as_bytes().chunks(MARK_BYTES) {
            at = advance(at, chunk);
            marks.push(at);
        }
        Self { file, text, marks }
    }

    /// The line and column of a byte offset.
    pub fn spot(&self, offset: usize) -> Spot {
        let offset = offset.min(self.text.len());
        let mark = (offset / MARK_BYTES).min(self.marks.len() - 1);
        let (line, column) = advance(self.marks[mark], &self.text.as_bytes()[mark * MARK_BYTES..offset]);
        Spot { line, column }
    }

    pub fn problem(&self, offset: usize, what: impl Into<String>, cure: impl Into<String>) -> Problem {
        Problem::new(self.spot(offset).place(self.file), what, cure)
    }

    /// The document, or the one problem that keeps it from being XML.
    pub fn parse(&self) -> Result<Document<'a>, Problem> {
        self.refuse_slow_xml()?;
        let options = ParsingOptions { nodes_limit: MAX_NODES, allow_dtd: false, ..ParsingOptions::default() };
        Document::parse_with_options(self.text, options).map_err(|error| {
            use roxmltree::Error::{DtdDetected, UnclosedRootNode, UnexpectedEndOfStream};
            let at = match error {
                // The parser says 1:1; the end of the text is where something is missing.
                UnclosedRootNode | UnexpectedEndOfStream => self.spot(self.text.trim_end().len()),
                DtdDetected => self.spot(doctype(self.text.as_bytes()).unwrap_or(0)),
                _ => Spot { line: error.pos().row.max(1), column: error.pos().col.max(1) },
            };
            // The place stands before the sentence.
            let said = error.to_string().replacen(&format!(" at {}", error.pos()), "", 1);
            let said: String = harmless(&said).chars().take(MOST_SAID).collect();
            let cure = match error {
                roxmltree::Error::DtdDetected => "take out the <!DOCTYPE ..>; no OpenDRIVE file needs one",
                roxmltree::Error::NodesLimitReached => "cut the map down to the streets around the crosswalk",
                _ => "export the map again; if it was edited by hand, mend it here",
            };
            Problem::new(at.place(self.file), format!("this is no well-formed XML: {said}"), cure)
        })
    }

    fn refuse_slow_xml(&self) -> Result<(), Problem> {
        if let Some((at, _)) = self.text.match_indices("xmlns").nth(MAX_NAMESPACES) {
            return Err(self.problem(at, format!("more than {MAX_NAMESPACES} namespace declarations"), NO_MAP));
        }
        match attribute_flood(self.text.as_bytes()) {
            Some(at) => Err(self.problem(at, format!("an element with more than {MAX_ATTRIBUTES} attributes"), NO_MAP)),
            None => Ok(()),
        }
    }
}

/// Where the first `<!..` stands that is no comment.
fn doctype(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at = find(bytes, at, b"<!")?;
        if !bytes[at..].starts_with(b"<!--") {
            return Some(at);
        }
        at = find(bytes, at + 4, b"-->")?;
    }
}

const NO_MAP: &str = "no map needs that many; export it again";

/// Line and column after `bytes`, when they began at `at`. Bytes that continue a character count nothing.
fn advance((mut line, mut column): (u32, u32), bytes: &[u8]) -> (u32, u32) {
    for byte in bytes {
        if *byte == b'\n' {
            (line, column) = (line.saturating_add(1), 1);
        } else if byte & 0xC0 != 0x80 {
            column = column.saturating_add(1);
        }
    }
    (line, column)
}

/// Where an element begins that has too many attributes: counts quoted values outside comments and CDATA.
fn attribute_flood(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(open) = find(bytes, at, b"<") {
        let rest = &bytes[open..];
        at = if rest.starts_with(b"<!--") {
            find(bytes, open + 4, b"-->")? + 3
        } else if rest.starts_with(b"<![CDATA[") {
            find(bytes, open + 9, b"]]>")? + 3
        } else if rest.starts_with(b"<?") {
            find(bytes, open + 2, b"?>")? + 2
        } else {
            match tag_end(bytes, open) {
                Ok(end) => end?,
                Err(()) => return Some(open),
            }
        };
    }
    None
}

/// Where the tag at `open` ends; an error when it has too many attributes, `None` when it never ends.
fn tag_end(bytes: &[u8], open: usize) -> Result<Option<usize>, ()> {
    let (mut at, mut values) = (open + 1, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return Ok(Some(at + 1)),
            b'"' | b'\'' => {
                values += 1;
                if values > MAX_ATTRIBUTES {
                    return Err(());
                }
                match find(bytes, at + 1, &[*byte]) {
                    Some(close) => at = close,
                    None => return Ok(None),
                }
            }
            _ => {}
        }
        at += 1;
    }
    Ok(None)
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(what.len()).position(|w| w == what).map(|i| from + i)
}

/// Reads attributes and collects what is wrong with them.
pub(super) struct Reader<'a> {
    pub source: &'a Source<'a>,
    pub problems: Problems,
    /// The version that the header states.
    pub version: Option<(u32, u32)>,
    /// What is doubtful about the file, its roads and lanes.
    pub lints: Vec<Lint>,
}

impl<'a> Reader<'a> {
    pub fn new(source: &'a Source<'a>) -> Self {
        Self { source, problems: Problems::default(), version: None, lints: Vec::new() }
    }

    /// Whether so much is wrong that reading on helps nobody.
    pub fn full(&self) -> bool {
        self.problems.0.len() >= MAX_PROBLEMS
    }

    pub fn report(&mut self, offset: usize, what: impl Into<String>, cure: impl Into<String>) {
        if !self.full() {
            self.problems.push(self.source.problem(offset, what, cure));
        }
    }

    /// Notes something doubtful; of thousands, only that there are more.
    pub fn lint(&mut self, code: Code, spot: Spot, message: String) {
        match self.lints.len() {
            ..MAX_LINTS => self.lints.push(Lint::new(code, spot, message)),
            MAX_LINTS => {
                let message = format!("more is doubtful than the {MAX_LINTS} things listed; mend those first");
                self.lints.push(Lint::new(Code::MoreLints, spot, message));
            }
            _ => {}
        }
    }

    pub fn spot(&self, node: Node) -> Spot {
        self.source.spot(node.range().start)
    }

    /// A required attribute's text, with surrounding space taken off.
    pub fn text<'n>(&mut self, node: Node<'n, '_>, name: &str) -> Option<&'n str> {
        match node.attribute(name).map(str::trim) {
            Some(text) if !text.is_empty() => Some(text),
            found => {
                let what = if found.is_some() { "is empty" } else { "is missing" };
                let tag = tag(node);
                self.report(
                    node.range().start,
                    format!("`{name}` of <{tag}> {what}"),
                    format!("give <{tag}> its `{name}`"),
                );
                None
            }
        }
    }

    /// A required finite number.
    pub fn number(&mut self, node: Node, name: &str) -> Option<f64> {
        let text = self.text(node, name)?;
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() && value.abs() <= MAX_NUMBER => Some(value),
            _ => {
                let what = format!("`{name}` of <{}> is `{}`, which is no usable number", tag(node), clip(text));
                self.report(value_offset(node, name), what, "write a plain number such as 12.5 or 1.25e+1");
                None
            }
        }
    }

    /// A number that may be left out; 0 then.
    pub fn number_or_zero(&mut self, node: Node, name: &str) -> Option<f64> {
        if node.has_attribute(name) { self.number(node, name) } else { Some(0.0) }
    }

    /// A required number above 0 and at most `most`.
    pub fn length(&mut self, node: Node, name: &str, most: f64) -> Option<f64> {
        let value = self.number(node, name)?;
        if value > 0.0 && value <= most {
            return Some(value);
        }
        let what = format!("`{name}` of <{}> is {value} m; it must be more than 0 and at most {most}", tag(node));
        self.report(value_offset(node, name), what, "mend the length, or take the element out");
        None
    }
}

/// An element's name, shortened if need be.
pub(super) fn tag(node: Node) -> String {
    clip(node.tag_name().name())
}

/// The children with this name.
pub(super) fn children<'n, 'i: 'n>(node: Node<'n, 'i>, name: &'static str) -> impl Iterator<Item = Node<'n, 'i>> {
    node.children().filter(move |n| n.has_tag_name(name))
}

/// The first child with this name.
pub(super) fn child<'n, 'i: 'n>(node: Node<'n, 'i>, name: &'static str) -> Option<Node<'n, 'i>> {
    children(node, name).next()
}

/// Where an attribute begins in the text; the element itself when it has none.
pub(super) fn value_offset(node: Node, name: &str) -> usize {
    node.attribute_node(name).map_or(node.range().start, |a| a.range().start)
}

/// The beginning of a text that may be megabytes long, without what no terminal should get, for a message.
pub(super) fn clip(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().nth(MOST).is_none() {
        return harmless(text);
    }
    let begins: String = text.chars().take(MOST).collect();
    harmless(&begins) + ".."
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Place;

    #[test]
    fn spots_agree_with_the_slow_way_across_marks() {
        let text = "é<a/>\n".repeat(9000);
        let source = Source::new("f", &text);
        for offset in [0, 1, 2, 7, 8, 16_384, 16_385, 40_001, text.len(), text.len() + 5] {
            let spot = source.spot(offset);
            let mut whole = offset.min(text.len());
            while !text.is_char_boundary(whole) {
                whole -= 1;
            }
            if whole == offset.min(text.len()) {
                assert_eq!(spot.place("f"), Place::offset("f", &text, offset), "{offset}");
            }
        }
    }

    #[test]
    fn floods_of_attributes_are_seen_only_where_they_are_attributes() {
        let many = "a='<' ".repeat(300);
        assert_eq!(attribute_flood(format!("<x/>\n<b {many}/>").as_bytes()), Some(5));
        assert_eq!(attribute_flood(format!("<!-- <b {many} --><c/>").as_bytes()), None);
        assert_eq!(attribute_flood(format!("<![CDATA[<b {many}/>]]><c/>").as_bytes()), None);
        assert_eq!(attribute_flood("<a b='".as_bytes()), None);
    }
}
