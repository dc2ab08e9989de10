//! `results.md`: the document as Markdown.

use super::document::{Block, Section, Table};
use std::fmt::Write;

/// Text that Markdown sets as it is, on one line.
pub(in crate::analysis) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ").replace('<', "&lt;")
}

/// The whole text; `banners` stand first.
pub(super) fn page(title: &str, banners: &[String], sections: &[Section<'_>]) -> String {
    let mut out = format!("# {}\n\n", cell(title));
    banners.iter().for_each(|words| out += &format!("**{}**\n\n", cell(words)));
    for section in sections {
        let _ = write!(out, "## {}\n\n", cell(&section.heading));
        section.blocks.iter().for_each(|one| out += &block(one));
    }
    out
}

fn block(block: &Block<'_>) -> String {
    match block {
        Block::Heading(words) => format!("### {}\n\n", cell(words)),
        Block::Text("", words) => format!("{}\n\n", cell(words)),
        Block::Text(lead, words) => format!("**{lead}** {}\n\n", cell(words)),
        Block::Points(points) => {
            let point = |(strong, words): &(bool, String)| {
                if *strong { format!("- **{}**\n", cell(words)) } else { format!("- {}\n", cell(words)) }
            };
            points.iter().map(point).collect::<String>() + "\n"
        }
        Block::Table(one) => captioned(one),
        Block::Drawing(drawing) => match &drawing.drawn {
            Ok(figure) => format!("![{}](figures/{}.svg)\n\n", cell(&figure.title), drawing.name),
            Err(why) => format!("Not drawn: {}\n\n", cell(&why.to_string())),
        },
        Block::Typed(words) => format!("```sh\n{words}\n```\n\n"),
    }
}

fn captioned(table: &Table) -> String {
    let names: Vec<String> = table.columns.iter().map(|column| cell(&column.name)).collect();
    let lines = table.columns.iter().map(|column| if column.short { " ---: |" } else { " --- |" });
    let mut out = format!("{}:\n\n| {} |\n|{}\n", cell(&table.caption), names.join(" | "), lines.collect::<String>());
    for row in &table.rows {
        let _ = writeln!(out, "| {} |", row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(" | "));
    }
    out + "\n"
}

/// A table.
pub(in crate::analysis) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut out = format!("| {} |\n|{}\n", head.join(" | "), " --- |".repeat(head.len()));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(" | "));
    }
    out + "\n"
}
