//! `results.md`: the document as Markdown.

use super::super::drawings::Drawing;
use super::document::{Block, Section, Table};
use std::fmt::Write;

/// Text that Markdown sets as it is, on one line: a `<` that could begin a tag is written as an entity, that of p < .001 is
/// not.
pub(in crate::analysis) fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '|' => out.push_str("\\|"),
            '\n' | '\r' => out.push(' '),
            '<' if !letters.peek().is_none_or(|next| *next == ' ' || next.is_ascii_digit()) => out.push_str("&lt;"),
            letter => out.push(letter),
        }
    }
    out
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
        Block::Drawing(one) => drawing(one),
        Block::Pairs(all) => all.iter().map(|one| drawing(one)).collect(),
        Block::Typed(words) => format!("```sh\n{words}\n```\n\n"),
    }
}

fn drawing(drawing: &Drawing) -> String {
    match &drawing.drawn {
        Ok(figure) => format!("![{}](figures/{}.svg)\n\n", cell(&figure.title), drawing.name),
        Err(why) => format!("Not drawn: {}\n\n", cell(&why.to_string())),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_tag_is_harmless_and_a_p_value_stays() {
        assert_eq!(cell("p < .001 | <5"), "p < .001 \\| <5");
        assert_eq!(cell("<script>\n</b> <!-- a<"), "&lt;script> &lt;/b> &lt;!-- a<");
    }
}
