//! Scripts: every line form, every refusal with its column.

use crate::kernel::script::{Action, Look, Step, Trials, Trigger};
use crate::kernel::spec::Item;
use crate::study::read_script;
use crate::study::testing::{SMALL, study};
use proptest::prelude::*;

fn items() -> Vec<Item> {
    study(SMALL).items
}

/// The step of a line.
fn step(line: &str) -> Step {
    let script = read_script("s", &format!("[all]\n{line}\n"), &items()).unwrap_or_else(|p| panic!("{p}"));
    script.sections[0].steps[0].clone()
}

#[track_caller]
fn does(line: &str, trigger: Trigger, after_s: f64, action: Action) {
    assert_eq!(step(line), Step { trigger, after_s, action, line: 2 });
}

#[test]
fn steps_one_case_a_line() {
    does("at approach: look left", Trigger::Approach, 0.0, Action::Look(Look::Left));
    does("at approach + 0.5 s: look target # why", Trigger::Approach, 0.5, Action::Look(Look::Target));
    does("at trial +1s : look ahead", Trigger::Trial, 1.0, Action::Look(Look::Ahead));
    let walk = Action::WalkTo { x_m: 0.0, z_m: -7.2, speed_mps: 1.4 };
    does("at gap_opens + 2.0 s: walk to 0.0 -7.2 at 1.4 m/s", Trigger::GapOpens, 2.0, walk);
    does("at kerb_passed + 0.5 s: press select", Trigger::KerbPassed, 0.5, Action::Press(1));
    does("at ready: press stop", Trigger::Ready, 0.0, Action::Press(2));
    does(
        "at rating + 1 s: answer safe 3",
        Trigger::Rating,
        1.0,
        Action::Answer { item: "safe".into(), value: Some(3) },
    );
    does("at rating: answer safe skip", Trigger::Rating, 0.0, Action::Answer { item: "safe".into(), value: None });
    does("at approach + 3 s: trigger 0.4", Trigger::Approach, 3.0, Action::Trigger(0.4));
    does("at approach + 5 s: lose head for 0.5 s", Trigger::Approach, 5.0, Action::LoseHead { for_s: 0.5 });
}

#[test]
fn a_trials_own_section_replaces_the_one_for_all() {
    let text = "eye_height 1.7 m\n[trials 2-3]\nat trial: look left\n[all]\nat trial: look right\n[trial 5]\n";
    let script = read_script("s", text, &items()).unwrap();
    assert_eq!(script.eye_height_m, 1.7);
    assert_eq!(script.sections[0].trials, Trials::Range(2, 3));
    let look = |n| script.steps(n).first().map(|step| step.action.clone());
    assert_eq!(look(1), Some(Action::Look(Look::Right)));
    assert_eq!(look(3), Some(Action::Look(Look::Left)));
    assert_eq!(look(5), None);
}

#[track_caller]
fn refuses(text: &str, place: &str, says: &str) {
    let said = read_script("s", text, &items()).expect_err("refused").0[0].to_string();
    assert!(said.starts_with(&format!("s:{place}: ")) && said.contains(says), "{said}");
}

#[test]
fn refusals_one_case_a_line() {
    refuses("go", "1:1", "begin it with `at`");
    refuses("at trial: look left", "1:1", "write [all]");
    refuses("eye_height 9 m", "1:12", "from 0.5 to 2.5 m");
    refuses("eye_height 1.6", "1:15", "`m` is wanted");
    refuses("eye_height 1.6 m\neye_height 1.6 m", "2:1", "twice");
    refuses("[al]", "1:2", "did you mean `all`?");
    refuses("[all", "1:5", "`]` is wanted");
    refuses("[trial]", "1:7", "is no trial");
    refuses("[trial 0]", "1:8", "is no trial");
    refuses("[trials 5-2]", "1:9", "from 5 down to 2");
    refuses("[all]\n[all]", "2:1", "have a section already");
    refuses("[trial 3]\n[trials 2-5]", "2:1", "have a section already");
    refuses("[all] x", "1:7", "too much");
    refuses("[all]\nat gap_open: look left", "2:4", "did you mean `gap_opens`?");
    refuses("[all]\nat trial + x s: look left", "2:12", "where a time is wanted");
    refuses("[all]\nat trial + 1 m: look left", "2:14", "`m` where `s` is wanted");
    refuses("[all]\nat trial + 1: look left", "2:13", "`:` where `s` is wanted");
    refuses("[all]\nat trial + -1 s: look left", "2:12", "outside what is possible");
    let far = "9".repeat(300);
    refuses(&format!("[all]\nat trial + {far} s: look left"), "2:12", "is 1e300, outside what is possible");
    refuses("[all]\nat trial look left", "2:10", "`look` where `:`");
    refuses("[all]\nat trial: lok left", "2:11", "did you mean `look`?");
    refuses("[all]\nat trial: look lefft", "2:16", "did you mean `left`?");
    refuses("[all]\nat trial: look", "2:15", "where to look is wanted");
    refuses("[all]\nat trial: walk to 0 nan at 1 m/s", "2:21", "`nan`");
    refuses("[all]\nat trial: walk to 0 1e9 at 1 m/s", "2:21", "`1e9`");
    refuses("[all]\nat trial: walk to 0 -7,2 at 1 m/s", "2:21", "`-7,2`");
    refuses("[all]\nat trial: press x", "2:17", "is no button");
    refuses("[all]\nat trial: answer save 3", "2:18", "did you mean `safe`?");
    refuses("[all]\nat trial: answer safe 4", "2:23", "from 1 to 3, or `skip`");
    refuses("[all]\nat trial: trigger 2", "2:19", "from 0 to 1");
    refuses("[all]\nat trial: lose head for 1 s now", "2:29", "too much");
}

#[test]
fn everything_wrong_is_said_at_once() {
    let problems = read_script("s", "[alll]\nat tril: look left\nat trial: look left\nx\n", &[]).unwrap_err();
    assert_eq!(problems.0.iter().filter_map(|p| p.place.line).collect::<Vec<_>>(), [1, 2, 4]);
    assert!(problems.0.iter().all(|p| !p.cure.is_empty()));
}

proptest! {
    #[test]
    fn any_script_is_judged(text in "([ -~\\n]|at |trial|\\[all\\]\\n|: |walk to |é|\\t)*") {
        if let Err(problems) = read_script("s", &text, &[]) {
            prop_assert!(!problems.0.is_empty() && problems.0.iter().all(|p| p.place.line.is_some()));
        }
    }
}
