//! A session whose questions are asked on panels: a scripted person before a booth, the operator at a desk of their own.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/neck.rs"]
mod neck;
#[path = "common/program.rs"]
mod program;

use kerbside::desk::{Answered, Between, Booth, BoothDesk, Command, Desk, Lines, Question, Reply, Simulated};
use kerbside::headset::Pacing;
use kerbside::kernel::participant::Calibration;
use kerbside::kernel::seams::{Description, HeadFrame, Headset, Scene};
use kerbside::kernel::setup::Setup;
use kerbside::kernel::time::DisplayTime;
use kerbside::lab::{
    Devices, Done, Ended, HeadsetChoice, Observer, Opened, Order, Overrides, Prepared, Who, WorldChoice, attend,
    attend_with, devices, prepare,
};
use kerbside::panel::{Ask, Control, Panel, Pointing};
use kerbside::problem::{Outcome, Problem};
use kerbside::record::folder::{DataFolder, SessionFolder};
use kerbside::record::{Head, read};
use kerbside::study::{Consent, Pause, read_script};
use kerbside::table::{AnswerRow, AnswerSource, EventRow, FrameRow, Occasion, ScoreRow};
use neck::Neck;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

static NEVER: AtomicBool = AtomicBool::new(false);

const CODE: &str = "K7Q2MR";
const FRAME_NS: i64 = 100_000_000;

/// What the person does with a question.
#[derive(Debug, Clone)]
enum Does {
    Gives(Option<&'static str>),
    GoesBack,
}

type Wants = Box<dyn FnMut(&Ask) -> Does>;

/// What was shown, in order, each once.
type Shown = Rc<RefCell<Vec<Ask>>>;

/// A real panel before a person who points at what leads to the answer they want, one press each two frames.
struct Person {
    panel: Panel,
    wants: Wants,
    does: Option<Does>,
    shown: Shown,
    pressed: bool,
    now: DisplayTime,
    /// Frames since something else was shown.
    idle: u32,
    stop_at: Option<usize>,
}

impl Booth for Person {
    fn between(&mut self, ask: Option<&Ask>) -> Result<Between, Problem> {
        self.now.0 += FRAME_NS;
        let ask = ask.expect("something is shown");
        self.idle += 1;
        assert!(self.idle < 2000, "nothing happens any more: {ask:?}");
        if self.shown.borrow().last() != Some(ask) {
            self.shown.borrow_mut().push(ask.clone());
            self.does = None;
            self.idle = 0;
            assert!(self.shown.borrow().len() < 2000, "it never ends: {ask:?}");
        }
        self.panel.ask(Some(ask));
        let shows = ask.control == Control::Show;
        if self.does.is_none() && !shows {
            self.does = Some((self.wants)(ask));
        }
        self.pressed = !self.pressed;
        let pointing = match &self.does {
            _ if shows => Pointing::default(),
            Some(Does::GoesBack) => Pointing { back: self.pressed, ..Pointing::default() },
            Some(Does::Gives(answer)) => {
                let at = self.panel.toward(*answer);
                assert!(at.is_some(), "{answer:?} can be given to {ask:?}");
                Pointing { at, select: self.pressed, ..Pointing::default() }
            }
            None => Pointing::default(),
        };
        let given = self.panel.act(pointing, 0.1);
        if given.is_some() {
            self.does = None;
        }
        let stop = self.stop_at == Some(self.shown.borrow().len());
        Ok(Between { now: self.now, given, source: AnswerSource::PanelHand, stop })
    }
}

/// The operator's desk: commands at certain panels, answers to what is said aloud, and what was told.
struct Operator {
    commands: VecDeque<(usize, Command)>,
    shown: Shown,
    told: Rc<RefCell<Vec<String>>>,
    waited: u32,
}

impl Desk for Operator {
    fn source(&self) -> AnswerSource {
        AnswerSource::Terminal
    }
    fn consent(&mut self, _: &Consent) -> Result<Reply<bool>, Problem> {
        panic!("the participant is asked")
    }
    fn instruct(&mut self, _: &str) -> Result<Reply<()>, Problem> {
        panic!("the participant reads")
    }
    fn ask(&mut self, _: &Question<'_>) -> Result<Reply<Answered>, Problem> {
        panic!("nothing waits while frames are to be shown")
    }
    fn try_ask(&mut self, question: &Question<'_>, first: bool) -> Result<Option<Answered>, Problem> {
        // It takes the operator some frames to type.
        self.waited = if first { 0 } else { self.waited + 1 };
        let typed = format!("said to {}", question.item.id);
        Ok((self.waited == 7).then_some(Answered::Given(Some(typed))))
    }
    fn pause(&mut self, _: &Pause) -> Result<Reply<()>, Problem> {
        panic!("the participant rests")
    }
    fn propose_end(&mut self, _: &str) -> Result<bool, Problem> {
        panic!("nothing waits while frames are to be shown")
    }
    fn try_end(&mut self, why: &str, first: bool) -> Result<Option<bool>, Problem> {
        if first {
            self.told.borrow_mut().push(why.to_owned());
        }
        self.waited = if first { 0 } else { self.waited + 1 };
        Ok((self.waited == 3).then_some(true))
    }
    fn command(&mut self) -> Option<Command> {
        let due = self.commands.front().is_some_and(|(at, _)| *at <= self.shown.borrow().len());
        if due { self.commands.pop_front().map(|(_, command)| command) } else { None }
    }
    fn queued(&mut self) -> Option<Command> {
        None
    }
    fn wait_for_command(&mut self) -> Reply<Option<Command>> {
        panic!("nothing waits while frames are to be shown")
    }
    fn attended(&self) -> bool {
        !self.commands.is_empty()
    }
    fn tell(&mut self, text: &str) {
        self.told.borrow_mut().push(text.to_owned());
    }
}

struct Unobserved;

impl Observer for Unobserved {
    fn opened(&mut self, _: &Opened) -> Outcome<()> {
        Ok(())
    }
    fn sealed(&mut self, _: &Head) {}
}

/// What a session left behind.
struct Ran {
    done: Done,
    shown: Vec<Ask>,
    told: Vec<String>,
    answers: Vec<AnswerRow>,
    events: Vec<EventRow>,
}

fn ready(study: &str) -> Prepared {
    prepare("study.toml", study, &Overrides::default()).unwrap()
}

fn run(
    folder: &Path,
    study: &str,
    wants: impl FnMut(&Ask) -> Does + 'static,
    commands: Vec<(usize, Command)>,
    stop_at: Option<usize>,
) -> Ran {
    run_in(&HeadsetChoice::Simulated, folder, study, wants, commands, stop_at)
}

fn run_in(
    headset: &HeadsetChoice,
    folder: &Path,
    study: &str,
    wants: impl FnMut(&Ask) -> Does + 'static,
    commands: Vec<(usize, Command)>,
    stop_at: Option<usize>,
) -> Ran {
    let prepared = ready(study);
    let data = DataFolder(folder.to_path_buf());
    let who = Who { participant: CODE.into(), plan_row: 1, session_n: 1, pilot: false };
    let order = Order {
        spectator: false,
        interrupted: &NEVER,
        prepared: &prepared,
        who: &who,
        headset,
        world: &WorldChoice::Embedded,
        pacing: Pacing::Lockstep,
        data: &data,
        mirror: None,
        items_at_desk: true,
        accept_change: None,
    };
    let shown: Shown = Rc::default();
    let told: Rc<RefCell<Vec<String>>> = Rc::default();
    let person = Person {
        panel: Panel::new(),
        wants: Box::new(wants),
        does: None,
        shown: shown.clone(),
        pressed: false,
        now: DisplayTime(0),
        idle: 0,
        stop_at,
    };
    let mut operator = Operator { commands: commands.into(), shown: shown.clone(), told: told.clone(), waited: 0 };
    let mut desk = BoothDesk::new(Box::new(person), &mut operator).speaking("en");
    let (done, _) = attend(&order, &mut desk, &mut Unobserved).unwrap();
    drop(desk);
    let session = data.session(CODE, 1);
    let (answers, events) = tables(&session);
    Ran { done, shown: shown.take(), told: told.take(), answers, events }
}

fn tables(session: &SessionFolder) -> (Vec<AnswerRow>, Vec<EventRow>) {
    (read::table(session).unwrap(), read::table(session).unwrap())
}

/// A study with every kind of question, among them one in Hebrew, and little else.
fn study() -> String {
    program::STUDY
        .replace("before = [\"misc\"]", "before = [\"about\"]")
        .replace("after_block = [\"misc\"]\n", "")
        .replace("number = 2", "number = 1")
        .replace("[practice]\ntrials = 1\n", "")
        .replace("[catch]\ntrials_per_block = 1\n", "")
        + ABOUT
}

const ABOUT: &str = r#"
[instruments.about]
title = "About you"
version = "1"
language = "en"
validated = false
wording = "full"
citation = "none"
licence = "ours"
instruction = "Some questions about you."

[instruments.about.items]
age = { text = "How old are you?", answers = { kind = "number", least = 18, most = 99, unit = "years" } }
drives = { text = "האם יש לך רישיון נהיגה?", answers = { kind = "choice", options = { yes = "כן", no = "לא" } } }
remarks = { text = "Anything else?", answers = { kind = "text", most_chars = 200 } }
calm = { text = "I am calm.", answers = { kind = "slider", least = 0, most = 100, anchors = { 0 = "no", 100 = "yes" } } }
"#;

/// Agrees, reads, confirms, and answers plainly.
fn plainly(ask: &Ask) -> Does {
    Does::Gives(match &ask.control {
        Control::YesNo => Some("yes"),
        Control::GoOn | Control::Review { .. } => None,
        Control::Number { .. } => Some("31"),
        Control::Choice { .. } => Some("no"),
        Control::Slider { .. } => Some("64"),
        Control::Likert { .. } => Some("5"),
        Control::Differential { .. } => Some("1"),
        Control::Show => panic!("nothing can be done"),
    })
}

fn of<'a>(answers: &'a [AnswerRow], item: &str) -> Vec<(&'a str, u32)> {
    let rows = answers.iter().filter(|row| row.item.as_str() == item);
    rows.map(|row| (row.value.as_str(), row.revision_n)).collect()
}

#[test]
fn a_whole_session_is_asked_on_panels() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &study(), plainly, Vec::new(), None);
    assert_eq!(ran.done.ended, Ended::Done, "{:?}", ran.told);
    assert_eq!(of(&ran.answers, "age"), [("31", 1)]);
    assert_eq!(of(&ran.answers, "drives"), [("no", 1)]);
    assert_eq!(of(&ran.answers, "remarks"), [("said to remarks", 1)]);
    assert_eq!(of(&ran.answers, "calm"), [("64", 1)]);
    for row in &ran.answers {
        let source = if row.item.as_str() == "remarks" { AnswerSource::Terminal } else { AnswerSource::PanelHand };
        assert_eq!(row.source, source, "{row:?}");
        let took_ns = row.answered_display_time_ns - row.shown_display_time_ns;
        // A frame to see it, then two frames for each thing pressed.
        assert!(took_ns >= 2 * FRAME_NS && took_ns % FRAME_NS == 0, "{row:?}");
    }
    // The items after the trial are on a panel too, and belong to their trial.
    let trials: Vec<_> = ran.answers.iter().filter(|row| row.occasion == Occasion::Trial).collect();
    assert_eq!(trials.iter().map(|row| row.trial_n.unwrap()).collect::<Vec<_>>(), [1, 2]);
    // Consent first, then the text; the instrument's instruction before its first item and nowhere else.
    assert_eq!((&ran.shown[0].control, ran.shown[0].text.as_str()), (&Control::YesNo, "You may stop at any time."));
    assert_eq!(ran.shown[1].text, "Cross when you feel safe.");
    assert_eq!(ran.shown[2].text, "Some questions about you.");
    assert_eq!(ran.shown[3].progress, Some((1, 4)));
    assert!(!ran.shown[3].back && ran.shown[4].back);
    assert_eq!(ran.shown.iter().filter(|ask| ask.text == "Some questions about you.").count(), 1);
    let remarks = ran.shown.iter().find(|ask| ask.text.starts_with("Anything else?")).unwrap();
    assert!(remarks.control == Control::Show && remarks.text.contains("say your answer"), "{remarks:?}");
    // Times on the record's one clock, never backwards.
    let times: Vec<i64> = ran.events.iter().map(|event| event.display_time_ns).collect();
    assert!(times.is_sorted(), "{times:?}");
    let prepared = ready(&study());
    let scores = kerbside::instrument::scores(&ran.answers, &prepared.study.instruments, CODE, 1);
    assert!(scores.iter().any(|row: &ScoreRow| row.instrument.as_str() == "van_der_laan"), "{scores:?}");
}

#[test]
fn going_back_and_the_review_change_answers_as_new_revisions() {
    let folder = tempfile::tempdir().unwrap();
    let (mut went_back, mut reviewed, mut ages) = (false, 0, 0);
    let wants = move |ask: &Ask| match &ask.control {
        Control::Choice { .. } if !went_back => {
            went_back = true;
            Does::GoesBack
        }
        Control::Number { .. } => {
            ages += 1;
            // Typed 31, came back, saw it again, made it 32.
            if ages == 2 {
                assert_eq!(ask.before.as_deref(), Some("31"));
            }
            Does::Gives(Some(if ages == 1 { "31" } else { "32" }))
        }
        Control::Review { answers } if answers.len() == 4 => {
            reviewed += 1;
            let seen: Vec<&str> = answers.iter().map(|(_, _, answer)| answer.as_str()).collect();
            match reviewed {
                1 => {
                    assert_eq!(seen, ["32 years", "לא", "said to remarks", "64"]);
                    Does::Gives(Some("calm"))
                }
                // Chosen, and left as it was by going back.
                2 => {
                    assert_eq!(seen[3], "70");
                    Does::Gives(Some("drives"))
                }
                _ => Does::Gives(None),
            }
        }
        Control::Choice { .. } if reviewed == 2 => Does::GoesBack,
        Control::Slider { .. } => Does::Gives(Some(if reviewed == 0 { "64" } else { "70" })),
        _ => plainly(ask),
    };
    let ran = run(folder.path(), &study(), wants, Vec::new(), None);
    assert_eq!(ran.done.ended, Ended::Done);
    assert_eq!(of(&ran.answers, "age"), [("31", 1), ("32", 2)]);
    assert_eq!(of(&ran.answers, "drives"), [("no", 1)], "confirmed unchanged: no second row");
    assert_eq!(of(&ran.answers, "calm"), [("64", 1), ("70", 2)]);
    // The instruction is not read again by those who come back to the first item.
    assert_eq!(ran.shown.iter().filter(|ask| ask.text == "Some questions about you.").count(), 1);
}

#[test]
fn orders_of_the_operator_and_a_stop_are_heard_between_trials() {
    let folder = tempfile::tempdir().unwrap();
    let note = |text: &str| Command::Note(text.into());
    // At the second panel a note, a pause; at the sixth panel the end.
    let commands =
        vec![(2, note("he coughs")), (2, Command::Pause), (3, Command::Continue), (6, Command::End("unwell".into()))];
    let ran = run(folder.path(), &study(), plainly, commands, Some(2));
    assert_eq!(ran.done.ended, Ended::Stopped("unwell".into()), "{:?}", ran.told);
    assert_eq!(ran.told.iter().filter(|told| told.contains("WANTS TO STOP")).count(), 1, "{:?}", ran.told);
    let said: Vec<_> = ran.events.iter().map(|event| (event.event.as_str(), event.detail.as_str())).collect();
    assert!(said.contains(&("note", "he coughs")), "{said:?}");
    assert!(said.contains(&("pause", "by the operator")), "{said:?}");
    assert!(said.contains(&("session_stopped", "unwell")), "{said:?}");
    assert!(ran.shown.iter().any(|ask| ask.text == "Please wait." && ask.control == Control::Show));
}

#[test]
fn who_wants_to_stop_in_a_trial_is_not_shown_the_next_one_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "eye_height 1.6 m\n[all]\nat trial + 0.0 s: trigger 0.0\n[trials 1-1]\nat approach + 0.5 s: press stop\n";
    let script = read_script("script.txt", text, &ready(&study()).study.items).unwrap();
    let headset = HeadsetChoice::Scripted(script, text.to_owned());
    // Consent, a text, the instruction, four questions and their review; the ninth panel asks to wait.
    let commands = vec![(9, Command::Note("feels sick".into())), (9, Command::Continue)];
    let ran = run_in(&headset, folder.path(), &study(), plainly, commands, None);
    assert_eq!(ran.done.ended, Ended::Done, "{:?}", ran.told);
    assert_eq!((ran.shown[8].text.as_str(), &ran.shown[8].control), ("Please wait.", &Control::Show));
    let said: Vec<_> = ran.events.iter().map(|event| (event.event.as_str(), event.detail.as_str())).collect();
    let at = |what: (&str, &str)| said.iter().position(|said| *said == what).unwrap_or_else(|| panic!("{said:?}"));
    let (stop, pause) = (at(("stop", "")), at(("pause", "wished by the participant")));
    assert!(stop < at(("note", "feels sick")) && at(("note", "feels sick")) < pause, "{said:?}");
    assert_eq!(said.iter().filter(|(event, _)| *event == "stop").count(), 1);
    assert!(ran.told.iter().any(|told| told.starts_with("paused, wished by the participant")), "{:?}", ran.told);
}

#[test]
fn who_leaves_in_the_middle_is_asked_on_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &study(), plainly, vec![(5, Command::Leave)], None);
    assert_eq!(ran.done.ended, Ended::Left("stopped by the operator".into()));
    let before: Vec<String> = ran.answers.iter().map(|row| row.item.as_str().to_owned()).collect();
    assert_eq!(before, ["age"]);
    // Whoever comes back may still go back over what was answered then.
    let mut back = false;
    let wants = move |ask: &Ask| match &ask.control {
        Control::Choice { .. } if !back => {
            back = true;
            Does::GoesBack
        }
        Control::Number { .. } => Does::Gives(Some("45")),
        _ => plainly(ask),
    };
    let ran = run(folder.path(), &study(), wants, Vec::new(), None);
    assert_eq!(ran.done.ended, Ended::Done);
    assert_eq!(of(&ran.answers, "age"), [("31", 1), ("45", 2)]);
    assert!(ran.shown.iter().all(|ask| ask.control != Control::YesNo), "consent was given");
}

#[test]
fn a_refused_consent_is_confirmed_by_the_operator() {
    let folder = tempfile::tempdir().unwrap();
    let wants = |ask: &Ask| if ask.control == Control::YesNo { Does::Gives(Some("no")) } else { plainly(ask) };
    let ran = run(folder.path(), &study(), wants, Vec::new(), None);
    assert_eq!(ran.done.ended, Ended::Stopped("consent was refused".into()));
    assert!(ran.answers.is_empty());
    assert!(ran.told.iter().any(|told| told.contains("chose No")), "{:?}", ran.told);
}

#[test]
fn a_pause_lasts_as_long_as_the_study_says() {
    let folder = tempfile::tempdir().unwrap();
    let study = study().replace("number = 1", "number = 2");
    let ran = run(folder.path(), &study, plainly, Vec::new(), None);
    let pause = ran.events.iter().find(|event| event.event.as_str() == "pause").unwrap();
    let took_s: f64 = pause.value.known().unwrap();
    assert!((5.0..6.0).contains(&took_s), "{took_s}");
    let counted: Vec<&str> =
        ran.shown.iter().filter(|ask| ask.text.contains("another")).map(|ask| ask.text.as_str()).collect();
    assert_eq!(counted.len(), 5, "{counted:?}");
    assert_eq!(ran.shown.iter().find(|ask| ask.text == "Take a rest.").unwrap().control, Control::GoOn);
}

/// The scripted participant with empty hands: what the script answers is rested on until it is given.
struct Gazer {
    scripted: Box<dyn Headset>,
    neck: Neck,
    asked: Option<Ask>,
    wish: Option<Option<String>>,
    last: DisplayTime,
}

impl Headset for Gazer {
    fn describe(&self) -> Description {
        self.scripted.describe()
    }

    fn begin_trial(&mut self, setup: &Setup) -> Result<Calibration, Problem> {
        self.scripted.begin_trial(setup)
    }

    fn wait_frame(&mut self) -> Result<HeadFrame, Problem> {
        let mut input = self.scripted.wait_frame()?;
        let since_s = input.display_time.seconds_since(self.last);
        self.last = input.display_time;
        if let Some(answer) = input.answer.take() {
            self.wish = Some(answer.value.map(|value| value.to_string()));
        }
        if let Some(wish) = self.wish.clone().filter(|_| self.asked.is_some()) {
            let (turned, given) = self.neck.turn(&input.head, wish.as_deref(), since_s);
            input.head = turned;
            if let Some(given) = given {
                input.answer = given.trial_answer(AnswerSource::PanelGaze);
                self.wish = None;
            }
        }
        Ok(input)
    }

    fn present(&mut self, scene: &Scene<'_>) -> Result<(), Problem> {
        self.asked = scene.item.map(|item| Ask::of_trial_item(item, "", None));
        self.neck.ask(self.asked.as_ref());
        self.scripted.present(scene)
    }

    fn resume_at(&mut self, at: DisplayTime) {
        self.scripted.resume_at(at);
    }
}

#[test]
fn the_scripted_participant_answers_with_the_head() {
    let folder = tempfile::tempdir().unwrap();
    let study = program::STUDY.to_owned() + "\n[answering]\ngaze = \"always\"\ndwell_s = 0.7\n";
    let prepared = ready(&study);
    let text = "eye_height 1.6 m\n[all]\nat rating + 0.3 s: answer felt_safe 6\n[trials 2-2]\nat rating + 0.3 s: answer felt_safe 2\n";
    let choice =
        HeadsetChoice::Scripted(read_script("script.txt", text, &prepared.study.items).unwrap(), text.to_owned());
    let data = DataFolder(folder.path().to_path_buf());
    let who = Who { participant: CODE.into(), plan_row: 1, session_n: 1, pilot: false };
    let order = Order {
        spectator: false,
        interrupted: &NEVER,
        prepared: &prepared,
        who: &who,
        headset: &choice,
        world: &WorldChoice::Embedded,
        pacing: Pacing::Lockstep,
        data: &data,
        mirror: None,
        items_at_desk: false,
        accept_change: None,
    };
    let mut opens = |order: &Order<'_>| {
        let Devices { headset, booth } = devices(order)?;
        let neck = Neck::new(order.prepared.study.answering.dwell_s);
        let gazer = Gazer { scripted: headset, neck, asked: None, wish: None, last: DisplayTime(0) };
        Ok(Devices { headset: Box::new(gazer), booth })
    };
    let mut desk = Simulated::new(prepared.seed, CODE, Lines::none(&NEVER));
    let (done, _) = attend_with(&order, &mut desk, &mut Unobserved, &mut opens).unwrap();
    assert_eq!(done.ended, Ended::Done);
    let session = data.session(CODE, 1);
    let (answers, _) = tables(&session);
    let felt: Vec<_> = answers.iter().filter(|row| row.item.as_str() == "felt_safe").collect();
    assert_eq!(felt.len(), program::TRIALS);
    for row in &felt {
        let expected = if row.trial_n == Some(2) { "2" } else { "6" };
        assert_eq!((row.value.as_str(), row.source), (expected, AnswerSource::PanelGaze), "{row:?}");
        // Said 0.3 s after it was shown; then twice three frames elsewhere and 0.7 s of rest, at 10 frames a second.
        let took_s = (row.answered_display_time_ns - row.shown_display_time_ns) as f64 * 1e-9;
        assert!((2.3..2.7).contains(&took_s), "{took_s}");
    }
    // The head went there: it turned to the answer, to the right or left of ahead, and down.
    let frames: Vec<FrameRow> = read::table(&session).unwrap();
    let last = |trial_n: u32| {
        let answered = felt.iter().find(|row| row.trial_n == Some(trial_n)).unwrap().answered_display_time_ns;
        frames.iter().find(|frame| frame.display_time_ns == answered).unwrap()
    };
    assert!(last(1).head_stage_qx.or_nan() < -0.05, "{:?}", last(1));
    program::good(&["verify", &folder.path().display().to_string()]);
    program::good(&["replay", &folder.path().display().to_string(), "--check"]);
}
