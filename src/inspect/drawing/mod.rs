//! A map to scale as SVG: a crosswalk and its surroundings, or the whole map with its crosswalks.
//!
//! Grid north is up. The drawing is for paper as for screens: colours hold in grey, nothing overlaps on purpose, and the
//! scale stands in the file (`data-units-per-m`) as it stands in the picture.

mod approaches;
mod crosswalk;
mod furniture;
mod labels;
mod lanes;
mod names;
mod tables;
mod view;

use super::overview::Overview;
use labels::Labels;
use maud::{Markup, PreEscaped, html};
use view::View;

/// The picture of an overview; `None` when the map has no ground to draw.
pub fn draw(overview: &Overview) -> Option<String> {
    let view = View::of(overview)?;
    let mut labels = Labels::within(&view);
    let ground = lanes::draw(overview.map, &view);
    // Where no lane lies, a chosen crosswalk has a ground of its own.
    let chosen = overview.crosswalks.first().filter(|_| overview.chosen);
    let bare = chosen.map(crosswalk::outline).filter(|outline| crosswalk::is_bare(overview.map, outline));
    let content = match chosen {
        Some(seen) => {
            let lines = approaches::lines(seen, &view, &mut labels);
            html! {
                (crosswalk::draw(seen, &view, &mut labels))
                (approaches::draw(seen, &lines, &view, &mut labels))
            }
        }
        None => names::draw(overview, &view, &mut labels),
    };
    let (below, height) = tables::draw(overview, &view, &ground, bare.is_some(), labels.left_out());
    let body = html! {
        style { (PreEscaped(include_str!("style.css"))) }
        rect.paper width=(view::n(view.width())) height=(view::n(height)) {}
        (furniture::head(overview, &view))
        defs { clipPath id="plot" { (plot(&view, "")) } }
        g clip-path="url(#plot)" {
            @if let Some(outline) = &bare { path.bare d=(view.path(outline.iter().copied(), true, 0.0)) {} }
            (ground.markup)
            (furniture::grid(&view))
            (content)
        }
        (plot(&view, "frame"))
        (furniture::ticks(&view))
        (below)
    };
    Some(whole(&view, height, &furniture::title(overview), body).into_string())
}

fn plot(view: &View, class: &str) -> Markup {
    let (x, y, width, height) = (view.left, view.top, view.plot_width(), view.plot_height());
    html! { rect class=[(!class.is_empty()).then_some(class)] x=(view::n(x)) y=(view::n(y)) width=(view::n(width)) height=(view::n(height)) {} }
}

fn whole(view: &View, height: f64, title: &str, body: Markup) -> Markup {
    let (width, height) = (view::n(view.width()), view::n(height));
    html! {
        svg xmlns="http://www.w3.org/2000/svg" role="img" width=(width) height=(height)
            viewBox=(format!("0 0 {width} {height}")) data-units-per-m=(view.units_per_m)
            data-map-left-m=(view.low_m.x) data-map-top-m=(view.high_m.y) data-left=(view.left) data-top=(view.top) {
            title { (title) }
            (body)
        }
    }
}
