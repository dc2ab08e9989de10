//! The specification's table, case by case, and what a life of the session means for trials.

use super::*;
use State::*;

/// The specification's arrows, one a line, with what each asks of us.
const LEGAL: [(State, State, Option<Task>); 19] = [
    (Unknown, Idle, None), // after xrCreateSession
    (Idle, Ready, Some(Task::Begin)),
    (Idle, Exiting, Some(Task::Destroy)),
    (Ready, Synchronized, None), // after xrBeginSession and the first frame
    (Synchronized, Visible, None),
    (Synchronized, Stopping, Some(Task::End)),
    (Visible, Focused, None),
    (Visible, Synchronized, None),
    (Focused, Visible, None),
    (Stopping, Idle, None), // after xrEndSession
    (Unknown, LossPending, Some(Task::Destroy)),
    (Idle, LossPending, Some(Task::Destroy)),
    (Ready, LossPending, Some(Task::Destroy)),
    (Synchronized, LossPending, Some(Task::Destroy)),
    (Visible, LossPending, Some(Task::Destroy)),
    (Focused, LossPending, Some(Task::Destroy)),
    (Stopping, LossPending, Some(Task::Destroy)),
    (Idle, Idle, None), // said twice
    (Focused, Focused, None),
];

/// A session that has served, and runs where it should.
fn life(state: State) -> Life {
    let running = matches!(state, Synchronized | Visible | Focused | Stopping);
    Life { state, running, served: true, ..Life::default() }
}

#[test]
fn every_legal_change_asks_what_the_specification_says() {
    for (from, to, task) in LEGAL {
        // Stopping ends a session that runs; then it does not run any more.
        let before = Life { running: life(from).running && from != Stopping, ..life(from) };
        let (next, step) = before.after(Event::Becomes(to));
        assert_eq!((next.state, step.task), (to, task), "{from:?} to {to:?}");
        let said = step.faults.iter().chain(&step.over).any(|fault| fault.detail.contains("does not allow"));
        assert!(!said, "{from:?} to {to:?}: {step:?}");
    }
}

#[test]
fn every_other_change_is_obeyed_and_said_with_the_fault_that_it_brings() {
    let mut out_of_order = 0;
    for from in State::ALL {
        for to in State::ALL.into_iter().filter(|to| *to != from) {
            if LEGAL.iter().any(|(a, b, _)| (*a, *b) == (from, to)) {
                continue;
            }
            let (next, step) = life(from).after(Event::Becomes(to));
            assert_eq!(next.state, to);
            // What the state asks for, and never a second begin or end.
            let expected = match to {
                LossPending | Exiting => Some(Task::Destroy),
                Ready if !life(from).running => Some(Task::Begin),
                Stopping | Idle if life(from).running => Some(Task::End),
                _ => None,
            };
            assert_eq!(step.task, expected, "{from:?} to {to:?}");
            let words = format!("from {from:?} to {to:?}, which OpenXR does not allow");
            assert!(step.faults.iter().chain(&step.over).all(|fault| fault.detail.contains(&words)), "{step:?}");
            out_of_order += 1;
        }
    }
    assert_eq!(out_of_order, 9 * 8 - 17);
}

#[test]
fn a_runtime_that_leaves_states_out_costs_no_session() {
    // From the focus at once to rest, and back by a shorter way than the specification's.
    let found = after_start(&[Event::Becomes(Idle), Event::Becomes(Ready), Event::Becomes(Focused)]);
    let both = vec![Mark::FocusLost, Mark::HeadsetOff];
    assert_eq!(found, [(both.clone(), vec![]), (vec![], vec![]), (vec![], both)]);
    // Over the view alone: nothing is taken from anybody for longer than it is.
    let found = after_start(&[Event::Becomes(Synchronized), Event::Becomes(Focused)]);
    assert_eq!(found, [(vec![Mark::FocusLost], vec![]), (vec![], vec![Mark::FocusLost])]);
}

#[test]
fn a_trial_that_begins_in_trouble_is_told_so() {
    assert_eq!(life(Focused).faults(), []);
    let codes = |life: Life| life.faults().into_iter().map(|fault| fault.code).collect::<Vec<_>>();
    assert_eq!(codes(life(Visible)), [Mark::FocusLost]);
    assert_eq!(codes(Life { worn: false, ..life(Visible) }), [Mark::FocusLost, Mark::HeadsetOff]);
}

#[test]
fn frames_pictures_and_input_by_state() {
    let by_state = |state: State| (state.runs_frames(), state.is_seen(), state.has_input());
    assert_eq!(by_state(Unknown), (false, false, false));
    assert_eq!(by_state(Idle), (false, false, false));
    assert_eq!(by_state(Ready), (true, false, false)); // begun: the first frames bring Synchronized
    assert_eq!(by_state(Synchronized), (true, false, false));
    assert_eq!(by_state(Visible), (true, true, false));
    assert_eq!(by_state(Focused), (true, true, true));
    assert_eq!(by_state(Stopping), (false, false, false));
    assert_eq!(by_state(LossPending), (false, false, false));
    assert_eq!(by_state(Exiting), (false, false, false));
}

/// Faults that begin, faults that end.
type Found = (Vec<Mark>, Vec<Mark>);

/// Runs events from the start.
fn faults(events: &[Event]) -> Vec<Found> {
    let codes = |faults: Vec<Fault>| faults.into_iter().map(|fault| fault.code).collect();
    let mut life = Life::default();
    let mut found = Vec::new();
    for event in events {
        let (next, step) = life.after(*event);
        life = next;
        found.push((codes(step.faults), codes(step.over)));
    }
    found
}

const START: [Event; 5] = [
    Event::Becomes(Idle),
    Event::Becomes(Ready),
    Event::Becomes(Synchronized),
    Event::Becomes(Visible),
    Event::Becomes(Focused),
];

fn nothing() -> Found {
    (vec![], vec![])
}

fn begins(mark: Mark) -> Found {
    (vec![mark], vec![])
}

fn ends(mark: Mark) -> Found {
    (vec![], vec![mark])
}

fn after_start(events: &[Event]) -> Vec<Found> {
    let found = faults(&[&START, events].concat());
    assert!(found[..START.len()].iter().all(|found| *found == nothing()), "coming up is no fault");
    found[START.len()..].to_vec()
}

#[test]
fn a_second_program_takes_the_view_and_gives_it_back() {
    let found = after_start(&[
        Event::Becomes(Visible),
        Event::Becomes(Synchronized),
        Event::Becomes(Visible),
        Event::Becomes(Focused),
    ]);
    assert_eq!(found, [begins(Mark::FocusLost), nothing(), nothing(), ends(Mark::FocusLost)]);
}

#[test]
fn a_headset_put_to_rest_and_taken_up_again() {
    let found = after_start(&[
        Event::Becomes(Visible),
        Event::Becomes(Synchronized),
        Event::Becomes(Stopping),
        Event::Becomes(Idle),
        Event::Becomes(Ready),
        Event::Becomes(Synchronized),
        Event::Becomes(Visible),
        Event::Becomes(Focused),
    ]);
    let (focus, off) = (Mark::FocusLost, Mark::HeadsetOff);
    let down = [begins(focus), nothing(), begins(off), nothing()];
    let up = [nothing(), ends(off), nothing(), ends(focus)];
    assert_eq!(found, [down, up].concat());
}

#[test]
fn a_headset_that_feels_nobody() {
    let found = after_start(&[Event::Present(false), Event::Present(false), Event::Present(true)]);
    assert_eq!(found, [begins(Mark::HeadsetOff), nothing(), ends(Mark::HeadsetOff)]);
}

#[test]
fn a_lesser_trouble_is_not_hidden_by_a_greater_one() {
    let found =
        after_start(&[Event::Present(false), Event::Becomes(Visible), Event::Present(true), Event::Becomes(Focused)]);
    let (focus, off) = (Mark::FocusLost, Mark::HeadsetOff);
    assert_eq!(found, [begins(off), begins(focus), ends(off), ends(focus)]);
}

#[test]
fn a_lost_session_is_a_lost_device() {
    let found = after_start(&[Event::Becomes(Visible), Event::Becomes(LossPending)]);
    assert_eq!(found, [begins(Mark::FocusLost), begins(Mark::DeviceLost)]);
}

#[test]
fn leaving_on_our_own_wish_is_no_fault() {
    let found = after_start(&[
        Event::AskedToLeave,
        Event::Becomes(Visible),
        Event::Becomes(Synchronized),
        Event::Becomes(Stopping),
        Event::Becomes(Idle),
        Event::Becomes(Exiting),
    ]);
    assert!(found.iter().all(|found| *found == nothing()), "{found:?}");
}
