//! The same figures as PDF, read by a program that is not ours: poppler's pdftotext.

use crate::gallery;
use crate::svg::{number, read};
use kerbside::figure::Raincloud;
use roxmltree::Document;
use std::path::Path;
use std::process::Command;

/// Points to a CSS pixel.
const POINTS: f64 = 0.75;

/// Each word with its box in points, from above: left, top, right, bottom.
fn words(pdf: &Path) -> Option<Vec<(String, [f64; 4])>> {
    let out = Command::new("pdftotext").arg("-bbox").arg(pdf).arg("-").output().ok()?;
    assert!(out.status.success() && out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    let from = text.find("<doc>").unwrap();
    let page = Document::parse(&text[from..text.find("</doc>").unwrap() + "</doc>".len()]).unwrap();
    let word = |node: roxmltree::Node| {
        let edges = ["xMin", "yMin", "xMax", "yMax"].map(|edge| node.attribute(edge).unwrap().parse().unwrap());
        (node.text().unwrap_or("").to_owned(), edges)
    };
    Some(page.descendants().filter(|node| node.has_tag_name("word")).map(word).collect())
}

#[test]
fn words_stand_in_the_pdf_where_they_stand_in_the_svg() {
    let folder = tempfile::tempdir().unwrap();
    let arabic = Raincloud { title: "زمن بدء العبور".to_owned(), ..gallery::raincloud() }.draw().unwrap();
    for (name, figure) in gallery::all().into_iter().chain([("arabic", arabic)]) {
        let pdf = figure.pdf().unwrap();
        assert!(pdf.starts_with(b"%PDF-"), "{name}");
        assert!(name != "arabic" || pdf == figure.pdf().unwrap(), "the same bytes");
        let file = folder.path().join(format!("{name}.pdf"));
        std::fs::write(&file, &pdf).unwrap();
        let Some(words) = words(&file) else {
            let required = std::env::var("KERBSIDE_PEERS").is_ok_and(|v| v == "required");
            assert!(!required, "no pdftotext (apt-get install poppler-utils)");
            crate::skips::missing("PDF read by pdftotext: it is not installed (apt-get install poppler-utils)");
            return;
        };
        let svg = read(&figure);
        let mut single = 0;
        for node in svg.descendants().filter(|node| node.tag_name().name() == "text") {
            let text = node.text().unwrap_or("");
            for word in text.split_whitespace().filter(|word| word.is_ascii()) {
                assert!(
                    words.iter().any(|(other, _)| other.contains(word)),
                    "{name}: {word} of {text:?} is not in the PDF"
                );
            }
            // A lone word in the middle of its place, such as a tick's number.
            let lone = node.attribute("text-anchor") == Some("middle") && !text.contains(' ') && text.is_ascii();
            if lone && !text.is_empty() {
                let (x, y) = (POINTS * number(node, "x"), POINTS * number(node, "y"));
                let stands = |[left, top, right, bottom]: [f64; 4]| {
                    (0.5 * (left + right) - x).abs() < 0.5 && top < y - 2.0 && y - 2.0 < bottom
                };
                assert!(
                    words.iter().any(|(other, edges)| other == text && stands(*edges)),
                    "{name}: {text} at {x} {y}"
                );
                single += 1;
            }
        }
        assert!(single >= 3 || name == "flow", "{name}: {single}");
        if name == "arabic" {
            // Joined letters are of other shapes; a reader of the file finds the letters that were written, from the right.
            let mut letters: Vec<_> = words.iter().filter(|(word, _)| !word.is_ascii()).collect();
            letters.sort_by(|a, b| b.1[0].total_cmp(&a.1[0]));
            let line: String = letters.iter().map(|(word, _)| word.as_str()).collect();
            assert!(line.contains("العبور"), "{line}");
        }
    }
}

#[test]
fn letters_that_no_font_has_are_refused() {
    let foreign = Raincloud { title: "測試".to_owned(), ..gallery::raincloud() }.draw().unwrap();
    let problem = foreign.pdf().unwrap_err().to_string();
    assert!(
        problem.contains("no font of Kerbside has the characters ['測', '試']") && problem.contains("use the SVG"),
        "{problem}"
    );
}
