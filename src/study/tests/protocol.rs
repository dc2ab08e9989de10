//! What surrounds the trials: read, and refused with line and column.

use crate::instrument::{Instrument, shipped};
use crate::kernel::spec::Ends;
use crate::problem::{Place, Problem};
use crate::study::testing::{TWO_BY_TWO, street, study, warnings, whose, with};
use crate::study::{Answering, Gaze, IfShort, InstrumentRef, Moment, read, read_with};
use crate::table::TrialOutcome;

const BETWEEN: &str = include_str!("../../../experiments/between_light.toml");
const MINIMAL: &str = include_str!("../../../experiments/minimal.toml");

#[test]
fn the_new_shipped_studies_are_without_fault() {
    assert_eq!(warnings(BETWEEN), []);
    assert_eq!(warnings(MINIMAL), []);
    assert!(MINIMAL.lines().count() < 50);
    let commented = |line: &str| line.is_empty() || line.contains('#');
    assert!(MINIMAL.lines().all(commented), "every line of the tutorial says what it is");
}

#[test]
fn everything_around_the_trials_is_read() {
    let study = study(BETWEEN);
    assert_eq!(study.code_pattern.as_deref(), Some("P999"));
    assert_eq!(study.groups[0].levels.len(), 2);
    assert_eq!(study.consent.as_ref().unwrap().version, "1");
    let moments: Vec<_> = study.instructions.iter().map(|text| text.at).collect();
    assert_eq!(moments, [Moment::Start, Moment::Practice, Moment::End]);
    assert_eq!(study.pause.as_ref().unwrap().least_s, 60.0);
    let criterion = study.criterion.clone().unwrap();
    assert_eq!((criterion.in_a_row, criterion.most_trials, criterion.or_end), (2, 6, false));
    assert_eq!(criterion.outcomes, [TrialOutcome::Before, TrialOutcome::After]);
    assert_eq!(study.questionnaires.after, ["ssq", "van_der_laan"]);
    let ids: Vec<_> = study.instruments.iter().map(|i| i.id.as_str()).collect();
    assert_eq!(ids, ["ssq", "misc", "van_der_laan"]);
    assert_eq!((study.stop_rules[0].item.as_str(), study.stop_rules[0].at_least), ("misc", 6.0));
    assert_eq!(study.full_round(), 12);
    assert!(study.check_code("P007").is_ok() && study.check_code("H7777P").is_err());
    let [least, most] = study.estimated_s();
    assert!(600.0 < least && least < most && most < 3600.0, "{least} {most}");
    let plain = super::super::testing::study(TWO_BY_TWO);
    assert!(plain.check_code("H7777P").is_ok() && plain.check_code("P007").is_err());
}

/// The small study with tables at its end; `@` marks where the first problem is.
#[track_caller]
fn refuses(marked: &str, says: &str) {
    let whole = with(marked);
    let at = whole.find('@').expect("a mark");
    let text = whole.replacen('@', "", 1);
    let place = Place::offset("s", &text, at);
    let problems = read("s", &text).expect_err("refused").0;
    let said = problems[0].to_string();
    assert!(said.starts_with(&format!("{place}: ")) && said.contains(says), "{place}: {said}");
    assert!(!problems[0].cure.is_empty(), "{said}");
}

#[test]
fn participants_and_groups() {
    refuses("[participants]\ncode_pattern = @\"P 9\"\n", "cannot be the form of codes");
    refuses("[participants]\ncode_pattern = @\"../9\"\n", "cannot be the form of codes");
    refuses("[participants]\ncode_pattern = @\"PX\"\n", "has one code only");
    refuses("[participants]\ncode_pattern = @999\n", "text is wanted");
    refuses("[participants]\n@pattern = \"P9\"\n", "unknown key `participants.pattern`");
    refuses("[groups.@mood]\nhappy = {}\n", "1 level, but needs two or more");
    refuses("[groups.@light]\na = {}\nb = {}\n", "there is a factor `light` already");
    refuses("[groups.@mood]\na = {}\nb = { ehmi = \"grail\" }\n", "`light` and `mood` both set `ehmi`");
    refuses("[groups.mood]\na = {}\nb = { @braked = \"soft\" }\n", "unknown key `groups.mood.b.braked`");
}

#[test]
fn sessions() {
    let place = "[sessions.factor.place]\nfield = {}\nvr = {}\n";
    refuses(&format!("[sessions]\nnumber = @3\n{place}"), "3 sessions cannot have one level each of a factor with 2");
    refuses("[sessions]\nnumber = @0\n", "from 1 to 100");
    refuses("[sessions]\n@order = \"rotate\"\n", "but there is none");
    refuses(&format!("[sessions]\norder = @\"rotated\"\n{place}"), "did you mean \"rotate\"?");
    refuses(&format!("[sessions]\n@orders = \"rotate\"\n{place}"), "unknown key `sessions.orders`");
    refuses("[sessions.@factor.a]\nx = {}\ny = {}\n[sessions.factor.b]\nx = {}\ny = {}\n", "at most one can");
    refuses(&place.replace(".place", ".@light"), "there is a factor `light` already");
    refuses(&place.replace("vr = {}\n", "").replace(".place", ".@place"), "needs two or more");
}

#[test]
fn practice_and_order() {
    let practice = |criterion: &str| format!("[practice]\ntrials = 4\ncriterion = {{ {criterion} }}\n");
    refuses(&practice("in_a_row = 2, outcomes = [\"after\"], most_trials = @3"), "cannot hold the 4 of `trials`");
    refuses(&practice("in_a_row = 9, outcomes = [\"after\"], most_trials = @8"), "9 good ones in a row");
    refuses(&practice("in_a_row = 2, outcomes = @[], most_trials = 8"), "no outcome counts as good");
    refuses(
        &practice("in_a_row = 2, outcomes = [@\"aborted\"], most_trials = 8"),
        "write one of: before, after, never",
    );
    refuses(&practice("in_a_row = 2, outcomes = [\"after\", @\"after\"], most_trials = 8"), "is there twice");
    refuses(&practice("in_a_row = 2, outcomes = [\"after\"], most_trials = 8, or_end = @1"), "true or false is wanted");
    refuses("[practice]\ntrials = 4\n@criterion = { in_a_row = 2, outcomes = [\"after\"] }\n", "needs `most_trials`");
    refuses("[order]\nkind = @\"wiliams\"\n", "did you mean \"williams\"?");
    refuses("[order]\nkind = \"latin\"\n@longest_run = { light = 1 }\n", "limits random orders");
    refuses("[order]\nlongest_run = { @ligth = 1 }\n", "did you mean `light`?");
    refuses("[order]\nlongest_run = { light = @0 }\n", "from 1 to 1000");
}

#[test]
fn questionnaires() {
    refuses("[questionnaires]\nbefore = [@\"sqs\"]\n", "there is no instrument \"sqs\"");
    refuses("[questionnaires]\nbefore = [\"ssq\", @\"ssq\"]\n", "`ssq` is there twice");
    refuses("[questionnaires]\n@befor = [\"ssq\"]\n", "did you mean `before`?");
    refuses("[questionnaires]\nbefore = @\"ssq\"\n", "a list is wanted");
    refuses("[questionnaires]\nbefore = [@1]\n", "text is wanted");
    refuses("[instruments.@ssq]\ntitle = \"SSQ\"\n", "`ssq` is shipped with Kerbside");
    refuses("[instruments.mine]\nfile = @\"mine.toml\"\n", "cannot be opened here");
    refuses("[instruments.mine]\nfile = @1\n", "text is wanted");
    let text = "[instruments.words]\ntitle = \"W\"\nversion = \"1\"\nlanguage = \"en\"\nvalidated = false\nwording = \"full\"\ncitation = \"ours\"\nlicence = \"CC0\"\n[instruments.words.items.why]\ntext = \"Why?\"\nanswers = { kind = \"text\" }\n";
    refuses(&format!("[questionnaires]\nafter_trial = [@\"words\"]\n{text}"), "is no scale");
}

#[test]
fn stop_rules_and_texts() {
    let rule = |instrument: &str, item: &str| {
        format!(
            "[questionnaires]\nafter_block = [\"misc\"]\n[[stop_rules]]\ninstrument = {instrument}\nitem = {item}\nat_least = 6\n"
        )
    };
    assert!(read("s", &with(&rule("\"misc\"", "\"misc\""))).is_ok());
    refuses(&rule("@\"fms\"", "\"fms\""), "the instrument \"fms\" is never asked");
    refuses(&rule("\"misc\"", "@\"mics\""), "did you mean \"misc\"?");
    refuses(&rule("\"misc\"", "@6"), "text is wanted");
    refuses(
        "[[@stop_rules]]\ninstrument = \"misc\"\nitem = \"misc\"\n".replace('@', "").replacen("[[", "@[[", 1).as_str(),
        "needs `at_least`",
    );
    refuses("[@consent]\nversion = \"1\"\n", "[consent] needs `text`");
    refuses("[[instructions]]\nat = @\"begin\"\ntext = \"Hello\"\n", "write one of: start, practice, block, end");
    refuses("@[[instructions]]\nat = \"practice\"\ntext = \"Hello\"\n", "there is none");
    refuses("[pause]\nleast_s = @-1\ntext = \"Rest\"\n", "from 0 to 3600 s");
    refuses("[@pause]\nleast_s = 1\n", "needs `text`");
    assert!(warnings(&with("[pause]\ntext = \"Rest\"\n"))[0].to_string().contains("one block only"));
}

#[test]
fn the_room_as_read() {
    refuses("[room]\n@if_short = \"refuse\"\n", "does nothing while the room's depth is not given");
    refuses("[room]\ndepth_m = @0\n", "from 0.5 to 1000 m");
    refuses("[room]\ndepth_m = 4\nif_short = @\"step_off\"\n", "write one of: refuse, step_off_only");
    refuses("[room]\nalternate_sides = @\"yes\"\n", "true or false is wanted");
    let room = study(&with("[room]\ndepth_m = 4\nif_short = \"step_off_only\"\nalternate_sides = true\n")).room;
    assert_eq!((room.depth_m, room.if_short, room.alternate_sides), (Some(4.0), IfShort::StepOffOnly, true));
}

/// What ends the trials in a room; the street is 7 m wide and the mark 0.5 m before it.
fn ends(room: &str) -> Result<Ends, String> {
    let plan = study(&with(&format!("[room]\n{room}\n"))).plan(whose("P", 1), 1, &[street()]);
    let plan = plan.map_err(|problems| problems.to_string())?;
    assert!(plan.iter().all(|trial| trial.ends == plan[0].ends && trial.site == 0));
    Ok(plan[0].ends)
}

#[test]
fn rooms_one_case_a_line() {
    let short = "if_short = \"step_off_only\"\ndepth_m";
    let past = |room: &str| match ends(room) {
        Ok(Ends::StepOff { past_kerb_m }) => past_kerb_m,
        other => panic!("{other:?}"),
    };
    assert_eq!(ends("depth_m = 8"), Ok(Ends::FarKerb));
    assert_eq!(ends(&format!("{short} = 8")), Ok(Ends::FarKerb));
    assert_eq!(past(&format!("{short} = 7.99")), 1.0);
    assert_eq!(past(&format!("{short} = 2")), 1.0);
    assert!((past(&format!("{short} = 1.5")) - 0.5).abs() < 1e-12);
    let said = ends("depth_m = 7.9").unwrap_err();
    assert!(
        said.starts_with("study.toml:42:11: a room of 7.9 m is too short") && said.contains("are 8.00 m"),
        "{said}"
    );
    let said = ends(&format!("{short} = 1.3")).unwrap_err();
    assert!(said.starts_with("study.toml:43:11: a room of 1.3 m leaves 0.30 m past the kerb"), "{said}");
}

#[test]
fn with_what_people_answer() {
    let read = |table: &str| study(&with(table)).answering;
    assert_eq!(read(""), Answering { gaze: Gaze::WithoutHands, dwell_s: 1.0 });
    assert_eq!(read("[answering]\ngaze = \"always\"\ndwell_s = 0.6\n"), Answering { gaze: Gaze::Always, dwell_s: 0.6 });
    assert_eq!(read("[answering]\ngaze = \"never\"\n").gaze, Gaze::Never);
    refuses("[answering]\ndwell_s = @0.1\n", "from 0.3 to 5 s");
    refuses("[answering]\ngaze = @\"allways\"\n", "did you mean \"always\"?");
    refuses("[answering]\ngaze = \"never\"\n@dwell_s = 1.0\n", "does nothing where gaze");
    refuses("[answering]\n@dwell_ms = 800\n", "unknown key");
}

#[test]
fn sides_alternate_where_there_are_two() {
    let plan = |text: &str, sites: usize| study(text).plan(whose("P", 1), 1, &vec![street(); sites]).unwrap();
    let turns = with("[room]\nalternate_sides = true\n");
    assert!(plan(&turns, 2).iter().all(|trial| trial.site == (trial.plan_n as usize - 1) % 2));
    assert!(plan(&turns, 1).iter().all(|trial| trial.site == 0));
    assert!(plan(&with(""), 2).iter().all(|trial| trial.site == 0));
    assert!(plan(&with(""), 0).is_empty());
}

#[test]
fn instruments_after_trials_and_from_files() {
    let text = with(
        "[simulated.answers.\"mood.misc\"]\nintercept_sd = 0.1\nthresholds = [-3, -2.5, -2, -1.5, -1, 0, 1, 1.5, 2, 2.5]\n[questionnaires]\nafter_trial = [\"mood\"]\n[instruments.mood]\nfile = \"mood.toml\"\n",
    );
    let find = |wanted: &InstrumentRef| match wanted {
        InstrumentRef::File { id, file } if id == "mood" && file == "mood.toml" => {
            Ok(shipped("misc").map(|misc| Instrument { id: "mood".to_owned(), ..misc }))
        }
        other => panic!("{other:?}"),
    };
    let (study, _) = read_with("s", &text, &find).unwrap();
    let asked: Vec<_> = study.items.iter().map(|i| (i.instrument.as_str(), i.id.as_str())).collect();
    assert_eq!(asked, [("trial_items", "safe"), ("mood", "misc")]);
    assert_eq!(study.instrument("mood").unwrap().items.len(), 1);
    assert_eq!(study.simulated.answers[1].intercept_sd, 0.1);
    let said = read_with("s", &text, &|_| Ok(None)).unwrap_err().to_string();
    assert!(said.contains("there is no such instrument's file"), "{said}");
    let said = read_with("s", &text, &|_| Ok(shipped("misc"))).unwrap_err().to_string();
    assert!(said.contains("is called `misc`, not `mood`") && said.contains("[instruments.misc]"), "{said}");
    let broken = |_: &InstrumentRef| Err(Problem::new(Place::at("mood.toml", 3, 1), "is odd", "mend it").into());
    let said = read_with("s", &text, &broken).unwrap_err().to_string();
    assert!(said.contains("the instrument mood.toml:3:1: is odd") && said.contains("cure: mend it"), "{said}");
}
