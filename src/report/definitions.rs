//! What the measures used on the page mean, in the codebook's words.

use super::chart;
use crate::table::{MeasureRow, Table};
use maud::{Markup, html};

/// Columns of measures.csv that this report uses.
const USED: &[&str] = &[
    "kind",
    "marks",
    "outcome",
    "censored",
    "step_off_s",
    "cit_s",
    "cit_censored_at_s",
    "step_off_after_braking_s",
    "step_off_after_light_s",
    "braking_seen",
    "light_seen",
    "step_backs",
    "zone_turn_backs",
    "distance_to_zone_m",
    "target_speed_mps",
    "tta_s",
    "min_ttc_s",
    "pet_s",
    "max_drac_mps2",
    "attention_source",
    "attention_share",
    "looks",
    "first_look_s",
    "commanded_decel_mps2",
    "achieved_decel_mps2",
    "commanded_onset_to_stop_line_m",
    "onset_to_stop_line_m",
    "commanded_rest_to_stop_line_m",
    "rest_to_stop_line_m",
    "commanded_light_lead_ms",
    "light_lead_ms",
    "frames_untracked",
    "largest_frame_gap_ms",
    "late_frames",
    "frame_interval_p50_ms",
    "frame_interval_p99_ms",
    "cell_id",
    "simulated",
];

/// What each measure used means, in the codebook's words.
pub fn section() -> Markup {
    let used = MeasureRow::COLUMNS.iter().filter(|column| USED.contains(&column.name));
    html! {
        p.note { "As in " code { (MeasureRow::FILE) } ", in the codebook's own words. An unknown value is shown as " (chart::number(None, 0)) ", an infinite one as ∞." }
        dl.terms {
            @for column in used {
                dt { code { (column.name) } }
                dd { (column.about.trim()) @if !column.unit().is_empty() { " Unit: " (column.unit()) "." } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_named_here_exists() {
        for name in USED {
            assert!(MeasureRow::COLUMNS.iter().any(|column| column.name == *name), "{name}");
        }
    }
}
