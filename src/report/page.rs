//! The page: head, sections, tables and the small pieces they share.

use super::chart::{self, Look, Size};
use crate::figure::Figure;
use crate::statistics::summary::{Proportion, quantile};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeMap;

const STYLE: &str = include_str!("style.css");
/// Figures that are lower than this share of their width stand two to a page of paper.
const LOW: f64 = 0.75;

/// The whole document around its body.
pub fn document(title: &str, body: Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content="Kerbside";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}

/// A section with its heading.
pub fn section(id: &str, heading: &str, body: &Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby={ (id) "-h" } {
            h2 id={ (id) "-h" } { (heading) }
            (body)
        }
    }
}

/// Words over the whole page that nobody may miss.
pub fn banner(words: &str, more: &str) -> Markup {
    html! { div.banner role="note" { p { (words) " " span { (more) } } } }
}

/// The list of sections: id and name of each.
pub fn contents<'a>(sections: impl IntoIterator<Item = (&'a str, &'a str)>) -> Markup {
    html! { nav aria-label="Sections" { ol { @for (id, name) in sections { li { a href={ "#" (id) } { (name) } } } } } }
}

/// A figure of `crate::figure` with its caption; scrolls within itself where the page is too narrow to read it.
pub fn chart(figure: &Figure, caption: Markup) -> Markup {
    html! {
        figure class=(if figure.height_px < LOW * figure.width_px { "chart low" } else { "chart" }) {
            div.scroll tabindex="0" role="region" aria-label=(figure.title) { (PreEscaped(&figure.svg)) }
            figcaption { (caption) }
        }
    }
}

/// A figure in both sizes, with its caption.
pub fn figure(draw: impl Fn(Size) -> Markup, caption: Markup) -> Markup {
    html! {
        figure {
            (draw(Size::Wide))
            (draw(Size::Narrow))
            figcaption { (caption) }
        }
    }
}

/// A table that scrolls within itself where the page is too narrow.
pub fn table(caption: &str, head: Markup, rows: Markup) -> Markup {
    html! {
        div.block {
            p.caption { (caption) }
            div.scroll tabindex="0" role="region" aria-label=(caption) {
                table aria-label=(caption) {
                    thead { (head) }
                    tbody { (rows) }
                }
            }
        }
    }
}

/// A cell with a number; an en dash with a reason when there is none.
pub fn cell(value: Option<f64>, decimals: usize) -> Markup {
    let shown = chart::number(value, decimals);
    html! {
        @match value.filter(|v| !v.is_nan()) {
            Some(v) if v.is_infinite() => td.n { abbr title="infinite: more than half have no finite value" { (shown) } },
            Some(_) => td.n { (shown) },
            None => (missing()),
        }
    }
}

/// A cell without a value.
pub fn missing() -> Markup {
    html! { td.n.na { abbr title="not available: no value, or too few people" { "–" } } }
}

/// Two cells with the limits of an interval.
pub fn limits(interval: Option<(f64, f64)>, decimals: usize) -> Markup {
    html! { (cell(interval.map(|i| i.0), decimals)) (cell(interval.map(|i| i.1), decimals)) }
}

/// Three cells: lower quartile, median, upper quartile.
pub fn quartiles(values: &[f64], decimals: usize) -> Markup {
    html! { @for share in [0.25, 0.5, 0.75] { (cell(quantile(values, share), decimals)) } }
}

/// Says that there is nothing to show, and why.
pub fn empty(words: &str) -> Markup {
    html! { p.empty { (words) } }
}

/// A cell with a count.
pub fn count(n: usize) -> Markup {
    html! { td.n { (n) } }
}

/// A table of counts; nothing when there are none.
pub fn counts(caption: &str, what: &str, of: &str, counts: &BTreeMap<String, usize>) -> Markup {
    if counts.is_empty() {
        return html! {};
    }
    let head = html! { tr { th.what scope="col" { (what) } (heading(of, "")) } };
    let rows = html! { @for (name, n) in counts { tr { (condition(name, None)) (count(*n)) } } };
    table(caption, head, rows)
}

/// Cells of a share: count, percentage and its interval.
pub fn share(p: &Proportion) -> Markup {
    let percent = |share: f64| chart::number(Some(100.0 * share), 0);
    html! {
        (count(p.count))
        (cell(p.share().map(|s| 100.0 * s), 0))
        @match p.interval {
            Some((low, high)) => td.n.i { (percent(low)) "–" (percent(high)) },
            None => (missing()),
        }
    }
}

/// The heading cell of a condition's row, with its sign.
pub fn condition(label: &str, look: Option<Look>) -> Markup {
    html! { th.what scope="row" { @if let Some(look) = look { (chart::key(look)) " " } (label) } }
}

/// A column's heading with its unit.
pub fn heading(name: &str, unit: &str) -> Markup {
    html! { th scope="col" { (name) @if !unit.is_empty() { " " span.unit { (unit) } } } }
}

/// The key of signs for drawings without room for labels.
pub fn key<'a>(entries: impl Iterator<Item = (Look, &'a str)>, class: &str) -> Markup {
    html! { ul class={ "keys " (class) } { @for (look, label) in entries { li { (chart::key(look)) " " (label) } } } }
}
