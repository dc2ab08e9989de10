//! The way from all trials to those analysed.

use super::Drawing;
use crate::analysis::flow::Step;
use crate::analysis::results::Results;
use crate::figure::{self, Flow, LeftOut};

/// More outcomes than this have no boxes of their own.
const MOST_PARTS: usize = 8;

pub(super) fn drawing(results: &Results) -> Drawing {
    let about = "Boxes: what there is; beside them: what was left out, and why. A participant counts as left out where \
                 nothing of them remains.";
    let title = "From all trials to those analysed".to_owned();
    let drawn = Flow { title, steps: steps(&results.flow), parts: parts(results) }.draw();
    Drawing { name: "flow".to_owned(), about: about.to_owned(), drawn }
}

/// A box for all, for what the plan's own exclusions begin with where there are any, and for what is analysed.
fn steps(flow: &[Step]) -> Vec<figure::Step> {
    let own = |step: &Step| step.name.starts_with("exclusions.") || step.name == "before_manipulation";
    let mut boxes: Vec<figure::Step> = Vec::new();
    let mut left = (0, 0);
    for step in flow {
        let is_end = ["all", "analysed"].contains(&step.name.as_str());
        let label = match (step.name.as_str(), boxes.len()) {
            ("all", _) => Some("In the data"),
            ("analysed", _) => Some("Analysed"),
            _ if own(step) && boxes.len() == 1 => Some("What the plan is about"),
            _ => None,
        };
        let before = if is_end { (step.participants, step.trials) } else { left };
        boxes.extend(label.map(|label| figure::Step {
            label: label.to_owned(),
            participants: before.0,
            trials: before.1,
            left_out: Vec::new(),
        }));
        left = (step.participants_left, step.trials_left);
        if let (false, true, Some(last)) = (is_end, step.trials > 0, boxes.last_mut()) {
            last.left_out.push(LeftOut {
                reason: step.reason.clone(),
                participants: (step.participants > 0).then_some(step.participants),
                trials: step.trials,
            });
        }
    }
    boxes
}

fn parts(results: &Results) -> Vec<figure::Step> {
    if results.outcomes.len() > MOST_PARTS {
        return Vec::new();
    }
    let part = |outcome: &crate::analysis::results::OutcomeResults| figure::Step {
        label: outcome.label.clone(),
        participants: outcome.people,
        trials: outcome.trials,
        left_out: Vec::new(),
    };
    results.outcomes.iter().map(part).collect()
}
