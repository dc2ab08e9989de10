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

fn life(state: State) -> Life {
    Life { state, ..Life::default() }
}

#[test]
fn every_legal_change_asks_what_the_specification_says() {
    for (from, to, task) in LEGAL {
        let (next, step) = life(from).after(Event::Becomes(to)).unwrap();
        assert_eq!((next.state, step.task), (to, task), "{from:?} to {to:?}");
    }
}

#[test]
fn every_other_change_is_refused_in_words_and_changes_nothing() {
    let mut refused = 0;
    for from in State::ALL {
        for to in State::ALL.into_iter().filter(|to| *to != from) {
            if !LEGAL.iter().any(|(a, b, _)| (*a, *b) == (from, to)) {
                let problem = life(from).after(Event::Becomes(to)).unwrap_err().to_string();
                assert!(problem.contains(&format!("from {from:?} to {to:?}")), "{problem}");
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 9 * 8 - 17);
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

/// Runs events from the start; for each: the fault that begins, the one that ends.
fn faults(events: &[Event]) -> Vec<(Option<Mark>, Option<Mark>)> {
    let mut life = Life::default();
    let mut found = Vec::new();
    for event in events {
        let (next, step) = life.after(*event).unwrap();
        life = next;
        found.push((step.fault.map(|fault| fault.code), step.over));
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
const NOTHING: (Option<Mark>, Option<Mark>) = (None, None);

fn after_start(events: &[Event]) -> Vec<(Option<Mark>, Option<Mark>)> {
    let found = faults(&[&START, events].concat());
    assert_eq!(found[..START.len()], [NOTHING; 5], "coming up is no fault");
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
    assert_eq!(found, [(Some(Mark::FocusLost), None), NOTHING, NOTHING, (None, Some(Mark::FocusLost))]);
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
    let (focus, off) = (Some(Mark::FocusLost), Some(Mark::HeadsetOff));
    let expected = [(focus, None), NOTHING, (off, None), NOTHING, NOTHING, (None, off), NOTHING, (None, focus)];
    assert_eq!(found, expected);
}

#[test]
fn a_headset_that_feels_nobody() {
    let found = after_start(&[Event::Present(false), Event::Present(false), Event::Present(true)]);
    assert_eq!(found, [(Some(Mark::HeadsetOff), None), NOTHING, (None, Some(Mark::HeadsetOff))]);
}

#[test]
fn a_lost_session_is_a_lost_device() {
    assert_eq!(after_start(&[Event::Becomes(LossPending)]), [(Some(Mark::DeviceLost), None)]);
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
    assert_eq!(found, [NOTHING; 6]);
}
