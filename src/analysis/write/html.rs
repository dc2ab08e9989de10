//! `report.html`: the document as one page that needs no network and no script.

use super::super::drawings::Drawing;
use super::super::results::Results;
use super::document::{Block, Section, Table};
use super::words::{count, simulated};
use crate::report::page;
use maud::{Markup, html};

/// Cells of numbers with more letters than this are broken into lines: F(113.25, 2345.12) = 10.53 is not.
const UNBROKEN: usize = 26;

/// The whole page.
pub(super) fn page(title: &str, results: &Results, sections: &[Section<'_>]) -> String {
    let body = html! {
        header.top {
            p.brand { "Kerbside analysis" }
            h1 { (title) }
            @if let Some(words) = simulated(results) { (page::banner(&words, "No person took part in their trials.")) }
            @match results.lock.state.as_str() {
                "agrees" => p.lead { (results.lock.words) },
                _ => (page::banner(&results.lock.words, "")),
            }
            (tiles(results))
            (page::contents(sections.iter().map(|section| (section.id.as_str(), section.name.as_str()))))
        }
        main { @for section in sections {
            (page::section(&section.id, &section.heading, &html! { @for one in &section.blocks { (block(one)) } }))
        } }
        footer { p { "Made by Kerbside " (results.version) " from " code { (results.data.join(", ")) } "." } }
    };
    page::document(title, body)
}

fn tiles(results: &Results) -> Markup {
    let (trials, people) = results.flow.last().map_or((0, 0), |step| (step.trials, step.participants));
    let all = results.flow.first().map_or(0, |step| step.trials);
    let decides = results.outcomes.iter().flat_map(|outcome| &outcome.tests).filter(|test| test.confirmatory);
    html! {
        dl.tiles {
            div { dt { "Participants" } dd { (people) } }
            div { dt { "Trials analysed" } dd { (trials) " " small { "of " (all) } } }
            div { dt { "Outcomes" } dd { (results.outcomes.len()) } }
            div { dt { "Questions decided" } dd { (decides.count()) } }
        }
    }
}

fn block(block: &Block<'_>) -> Markup {
    match block {
        Block::Heading(words) => html! { h3 { (words) } },
        Block::Text(lead, words) => html! { p { @if !lead.is_empty() { b { (lead) } " " } (words) } },
        Block::Points(points) => html! {
            ul.tests { @for (strong, words) in points { li { @if *strong { b { (words) } } @else { (words) } } } }
        },
        Block::Table(one) => table(one),
        Block::Drawing(one) => drawing(one),
        Block::Pairs(all) => html! { div.pairs { @for one in all { (drawing(one)) } } },
        Block::Typed(words) => html! { pre { code { (words) } } },
    }
}

fn drawing(drawing: &Drawing) -> Markup {
    match &drawing.drawn {
        Ok(figure) => page::chart(
            figure,
            html! {
                @if !drawing.about.is_empty() { p { (drawing.about) } }
                p { "File: " a href={ "figures/" (drawing.name) ".svg" } { "figures/" (drawing.name) ".svg" } ", .pdf" }
            },
        ),
        Err(why) => page::empty(&format!("Not drawn: {why}")),
    }
}

fn table(table: &Table) -> Markup {
    let class = |i: usize, text: &str| match table.columns.get(i) {
        Some(column) if column.short && text.chars().count() <= UNBROKEN => "n",
        Some(column) if column.short => "n long",
        _ => "words",
    };
    let head = html! { tr { @for (i, column) in table.columns.iter().enumerate() {
        th scope="col" class=[(!column.short).then_some(if i == 0 { "row l" } else { "l" })] { (column.name) }
    } } };
    let rows = html! { @for row in &table.rows { tr {
        @for (i, text) in row.iter().enumerate() {
            @if i == 0 { th.row scope="row" { (text) } } @else { td class=(class(i, text)) { (text) } }
        }
    } } };
    if table.rows.is_empty() {
        page::empty(&format!("{}: nothing.", table.caption))
    } else {
        page::table(&table.caption, head, rows)
    }
}

/// What the page is called.
pub(super) fn title(results: &Results) -> String {
    let own = if results.title.is_empty() { &results.name } else { &results.title };
    if own.is_empty() { format!("Analysis of {}", count(results.outcomes.len(), "outcome")) } else { own.clone() }
}
