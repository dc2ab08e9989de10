//! Every refusal, with its line and column.

use crate::study::testing::{SMALL, changed};
use crate::study::{Control, InCarla, Sees, Sensor, read};

/// The first problem of the small study with `from` replaced by `to`.
fn first(from: &str, to: &str) -> String {
    let problems = read("s", &changed(from, to)).expect_err("refused").0;
    problems[0].to_string()
}

/// Place and a part of what is said, when one text of the small study is replaced.
#[track_caller]
fn refuses(from: &str, to: &str, place: &str, says: &str) {
    let said = first(from, to);
    assert!(said.starts_with(&format!("s:{place}: ")) && said.contains(says), "{said}");
}

#[test]
fn the_small_study_itself_is_good() {
    read("s", SMALL).unwrap();
}

#[test]
fn the_document() {
    refuses("schema = 1", "schema = = 1", "1:10", "");
    refuses("schema = 1\n", "", "1:1", "needs `schema`");
    refuses("schema = 1", "schema = 2", "1:10", "from 1 to 1");
    refuses("schema = 1", "schema = \"1\"", "1:10", "a whole number is wanted");
    refuses("name = \"small\"", "name = \"Small one\"", "2:8", "cannot be a study's name");
    refuses("title = \"A small study\"", "title = \"\"", "3:9", "is empty");
    refuses("title = \"A small study\"\n", "", "1:1", "needs `title`");
    refuses("title =", "titel =", "1:1", "needs `title`");
    refuses("[site]", "[mocap]\n[site]", "4:2", "reserved");
    refuses("[site]", "sede = 1\n[site]", "4:1", "did you mean `seed`?");
    refuses("[site]", "seed = -1\n[site]", "4:8", "must be from 0");
    refuses("[site]", &format!("seed = {}\n[site]", "9".repeat(200)), "4:8", &format!("is {}..., but", "9".repeat(80)));
    refuses("[trial]\n", "[trail]\n", "1:1", "[trial] is missing");
    refuses("[site]", "[world]\nstep_hz = 0\n[site]", "5:11", "from 1 to 1000");
}

#[test]
fn a_file_of_another_kind_is_told_in_few_words() {
    let text = "Dear reader,\nthis is no study\n".repeat(40);
    let problems = read("letter.txt", &text).expect_err("refused").0;
    assert_eq!(problems.len(), 6);
    assert!(problems[5].to_string().contains("75 more places that are no TOML"), "{}", problems[5]);
}

#[test]
fn the_site() {
    refuses("map = \"builtin:alcala_street\"\n", "", "4:2", "[site] needs `map`");
    refuses("start_side = \"right\"", "start_side = \"rigth\"", "6:14", "did you mean \"right\"?");
    refuses("stop_line_m = 2.5", "stop_line_m = nan", "7:15", "not a finite number");
    refuses("stop_line_m = 2.5", "stop_line_m = \"2,5\"", "7:15", "point as decimal mark");
    refuses("stop_line_m = 2.5", "stop_lime_m = 2.5", "4:2", "needs `stop_line_m`");
    refuses("start_side", "corner = 1\nstart_side", "6:1", "unknown key `site.corner`");
}

#[test]
fn in_carla() {
    let refuses = |text: &str, place: &str, says: &str| {
        refuses("[site]", &format!("[carla]\n{text}\n[site]"), place, says);
    };
    refuses("control = \"pedal\"", "5:11", "did you mean \"pedals\"?");
    refuses("participant = \"none\"", "5:15", "write one of: body, proxy, absent");
    refuses("delay_ms = 0", "5:12", "from 1 to 500");
    refuses("delay_ms = 30", "5:12", "less than a tick of the world, 33.3 ms");
    refuses("vehicle = \"walker.pedestrian.0001\"", "5:11", "no blueprint of a vehicle");
    refuses("walker = 1", "5:10", "text is wanted");
    refuses("record = 1", "5:10", "");
    refuses("sensors = []", "5:11", "table");
    let text = "[carla]\ncontrol = \"pedals\"\ndelay_ms = 60\nrecord = true\n[site]";
    let study = read("s", &changed("[site]", text)).unwrap().0;
    let wanted = InCarla { control: Control::Pedals, delay_ms: Some(60.0), record: true, ..InCarla::default() };
    assert_eq!(study.carla, wanted);
}

#[test]
fn sensors_in_carla() {
    let refuses = |text: &str, place: &str, says: &str| {
        refuses("[site]", &format!("[carla.sensors.front]\n{text}\n[site]"), place, says);
    };
    refuses("up_m = 1.6", "4:16", "needs `kind`");
    refuses("kind = \"x\"\nup_m = 1.6", "5:8", "write one of: rgb, depth, semantic, lidar, gnss");
    refuses("kind = \"rgb\"", "4:16", "needs `up_m`");
    refuses("kind = \"rgb\"\nup_m = 12", "6:8", "from 0 to 10 m");
    refuses("kind = \"rgb\"\nup_m = 1\nwidth_px = 4096", "7:12", "from 16 to 2048");
    refuses("kind = \"rgb\"\nup_m = 1\nfov_deg = 180", "7:11", "from 10 to 150");
    refuses("kind = \"rgb\"\nup_m = 1\nevery = 0", "7:9", "from 1 to 1000");
    refuses("kind = \"rgb\"\nup_m = 1\nrange_m = 50", "7:1", "unknown key `carla.sensors.front.range_m`");
    refuses("kind = \"gnss\"\nup_m = 1\nfov_deg = 50", "7:1", "unknown key");
    refuses("kind = \"lidar\"\nup_m = 1\nchannels = 1.5", "7:12", "whole number");
    refuses("kind = \"gnss\"\nup_m = 1\n[carla.sensors.\"a b\"]", "7:16", "cannot be a name");
    let twice = "kind = \"gnss\"\nup_m = 1\n[carla.sensors.Front]\nkind = \"gnss\"\nup_m = 1";
    refuses(twice, "7:16", "but for capital letters");
    let nine: String = (0..8).map(|n| format!("[carla.sensors.s{n}]\nkind = \"gnss\"\nup_m = 1\n")).collect();
    refuses(&format!("kind = \"gnss\"\nup_m = 1\n{nine}"), "28:16", "9 sensors; at most 8");
    let text = "[carla.sensors.roof]\nkind = \"lidar\"\nahead_m = -1\nup_m = 2\nevery = 3\n[site]";
    let study = read("s", &changed("[site]", text)).unwrap().0;
    let sees = Sees::Lidar { range_m: 50.0, channels: 32, points_per_s: 500_000 };
    let roof = Sensor { name: "roof".into(), sees, ahead_left_up_m: [-1.0, 0.0, 2.0], pitch_deg: 0.0, every: 3 };
    assert_eq!(study.carla.sensors, [roof]);
}

#[test]
fn the_scene() {
    let scene = |text: &str| format!("[scene]\n{text}\n[site]");
    let refuses = |text: &str, place: &str, says: &str| refuses("[site]", &scene(text), place, says);
    refuses("daylight = \"nigth\"", "5:12", "did you mean \"night\"?");
    refuses("surroundings = \"town\"", "5:16", "write one of: street, bare");
    refuses("contact = 1", "5:11", "text is wanted");
    refuses("bystanders = 3", "5:14", "a list");
    refuses("bystanders = [3]", "5:15", "table");
    refuses("bystanders = [{ to_m = [1, 2] }]", "5:15", "`from_m`");
    refuses("bystanders = [{ from_m = [1, 200] }]", "5:30", "must be from -100 to 100");
    refuses("bystanders = [{ from_m = [1, 1e300] }]", "5:30", "is 1e300 m, but");
    refuses("bystanders = [{ from_m = [1, 2], speed_mps = 1 }]", "5:34", "`speed_mps` without `to_m`");
    refuses("bystanders = [{ from_m = [1, 2], to_m = [1, 2], speed_mps = 9 }]", "5:61", "must be from 0.1 to 3");
    refuses("bystanders = [{ from_m = [1, 2], hat = 1 }]", "5:34", "unknown key");
    let many = format!("bystanders = [{}]", "{ from_m = [1, 2] },".repeat(51));
    refuses(&many, "5:14", "51 bystanders");
}

#[test]
fn the_trial() {
    refuses("time_out_s = 30", "time_out_s = inf", "9:14", "not a finite number");
    refuses("time_out_s = 30", "time_out_s = 6", "9:14", "the gap opens 6.5 s after");
    refuses("cue = \"gap_opens\"", "cue = \"gap\"", "10:7", "write one of: gap_opens, vehicle_in_view, go_signal");
    refuses("cue = \"gap_opens\"", "cue = \"go_signal\"", "8:2", "nothing says when it comes");
    refuses("cue = \"gap_opens\"", "cue = \"gap_opens\"\ngo_signal_s = 3", "11:1", "does nothing unless");
    refuses("cue = \"gap_opens\"", "cue = \"go_signal\"\ngo_signal_s = 30", "9:14", "after the end of the trial");
    refuses("[trial]", "[trial]\nready_s = [3, 1]", "9:11", "from 3 down to 1");
    refuses("[trial]", "[trial]\nready_s = [3]", "9:11", "two are wanted");
    refuses("[trial]", "[trial]\nready_s = [1, -1]", "9:15", "from 0 to 600 s");
}

#[test]
fn the_vehicles() {
    refuses("speed_mps = 10", "speed_mps = 0", "12:13", "from 0.1 to 60 m/s");
    refuses("speed_mps = 10\n", "", "11:11", "needs `speed_mps`");
    refuses("speed_mps = 10", "speed_mps = 10\nstart_to_pedestrian_line_m = 90", "13:1", "over-determined");
    refuses("[vehicles.target]\nspeed_mps = 10\n", "", "11:2", "[vehicles.target] is missing");
    refuses("headway_s = 4.0", "headway_s = 0.4", "13:11", "front to front");
    refuses("headway_s = 4.0\n", "", "13:11", "needs `headway_s`");
    refuses(
        "[vehicles.leading]\nheadway_s = 4.0\nin_view_to_pedestrian_line_m = 60\n",
        "",
        "11:11",
        "as there is no leading car",
    );
    let alone = "[vehicles.leading]\nheadway_s = 4.0\nin_view_to_pedestrian_line_m = 60\n";
    let text = changed(alone, "").replace("speed_mps = 10", "speed_mps = 10\nstart_to_pedestrian_line_m = 90");
    let said = read("s", &text).expect_err("no leading car").to_string();
    assert!(said.starts_with("s:10:7: the cue `gap_opens`"), "{said}");
    refuses(
        "[braking.soft]",
        "[vehicles.opposite]\nspeed_mps = 9\n[braking.soft]",
        "16:11",
        "needs `start_to_pedestrian",
    );
}

#[test]
fn the_braking() {
    refuses("decel_mps2 = 1.0", "decel_mps2 = 1.0\nstop_to_stop_line_m = 0", "16:10", "over-determined");
    refuses("decel_mps2 = 1.0\n", "", "16:10", "under-determined");
    refuses("decel_mps2 = 1.0", "decel_mps2 = 12", "18:14", "from 0.05 to 9.8 m/s^2");
    refuses("to_stop_line_m = 50", "to_stop_line_m = 5", "16:10", "past the pedestrian's line");
    refuses("to_stop_line_m = 50", "to_stop_line_m = 100", "16:10", "the vehicle starts at 100.00 m");
    refuses("to_stop_line_m = 50", "to_stop_lime_m = 50", "17:11", "unknown key");
    refuses("{ to_stop_line_m = 50 }", "50", "17:9", "a table is wanted");
    refuses("{ to_stop_line_m = 50 }", "{ to_stop_line_m = 50, to_zone_m = 40 }", "17:9", "exactly one");
    refuses(
        "{ to_stop_line_m = 50 }",
        "{ detected = { range_m = 60 } }",
        "17:11",
        "[braking.soft.onset.detected] needs `kerb_m`",
    );
}

#[test]
fn the_braking_in_time() {
    refuses("decel_mps2 = 1.0", "stop_to_stop_line_m = 48.9", "16:10", "more than tyres give");
    refuses("decel_mps2 = 1.0", "stop_to_stop_line_m = 50", "16:10", "braking begins 52.50 m and ends 52.50 m");
    refuses("decel_mps2 = 1.0", "decel_mps2 = 1.0\nbrake_delay_s = 5", "16:10", "decide to yield 0.25 s before");
    refuses("decel_mps2 = 1.0", "decel_mps2 = 1.0\nbrake_delay_s = -1", "19:17", "from 0 to 10 s");
    refuses("decel_mps2 = 1.0", "decel_mps2 = 1.0\nderived = \"onset\"", "19:1", "there is no jerk_mps3");
    refuses(
        "decel_mps2 = 1.0",
        "decel_mps2 = 1.0\njerk_mps3 = 1\nderived = \"offset\"",
        "20:11",
        "did you mean \"onset\"?",
    );
    refuses(
        "decel_mps2 = 1.0",
        "decel_mps2 = 1.0\njerk_mps3 = 0.1\nderived = \"decel_mps2\"",
        "16:10",
        "no deceleration stops it",
    );
    refuses("decel_mps2 = 1.0", "decel_mps2 = 1.0\nleave = { clear_s = 1 }", "19:1", "needs `accel_mps2`");
    refuses("[braking.soft]", "[braking.none]\n[braking.soft]", "16:10", "built in");
    refuses("[braking.soft]", "[braking.\"a b\"]\n[braking.soft]", "16:10", "cannot be a name");
    let detected = "onset = { detected = { range_m = 60, kerb_m = 1 } }";
    refuses(
        "onset = { to_stop_line_m = 50 }",
        &format!("{detected}\nstop_to_stop_line_m = 0"),
        "16:10",
        "stop point cannot be given",
    );
    refuses("onset = { to_stop_line_m = 50 }\ndecel_mps2 = 1.0", detected, "16:10", "needs a deceleration");
    refuses(
        "onset = { to_stop_line_m = 50 }",
        &format!("{detected}\njerk_mps3 = 2\nderived = \"onset\""),
        "19:1",
        "by detection",
    );
    let near = detected.replace("60", "40");
    refuses("onset = { to_stop_line_m = 50 }", &near, "16:10", "10.00 m past the pedestrian's line");
}

#[test]
fn the_light() {
    refuses("[ehmi.bar]", "[ehmi.grail]\n[ehmi.bar]", "19:7", "shipped with Kerbside");
    refuses("\"#00ff00\"", "\"green\"", "20:19", "is not a colour");
    refuses("{ srgb = \"#00ff00\" }", "{ cie_xy = [0.9, 0.9] }", "20:21", "not a chromaticity");
    refuses("{ srgb = \"#00ff00\" }", "{}", "20:10", "either as srgb or as cie_xy");
    refuses("place = \"bumper\"", "place = \"bonnet\"", "21:9", "write one of");
    refuses("size_m = [1.5, 0.1]", "size_m = [1.5]", "22:10", "two are wanted");
    refuses("yielding = \"steady\"", "yielding = \"blink\"", "24:12", "\"blink\", which is not known");
    refuses("yielding = \"steady\"", "yielding = { pulse_hz = 1, flash_hz = 1 }", "24:12", "one of pulse_hz");
    refuses("yielding = \"steady\"", "yielding = { pulse_hz = 99 }", "24:25", "from 0.05 to 30 Hz");
    refuses("yielding = \"steady\"", "standard = \"J3143\"", "24:12", "did you mean \"J3134\"?");
}

#[test]
fn the_design() {
    refuses("braking = \"soft\"", "braking = \"sort\"", "26:11", "did you mean \"soft\"?");
    refuses("on = { ehmi = \"bar\" }", "on = { ehmi = \"bra\" }", "29:15", "did you mean \"bar\"?");
    refuses("on = { ehmi = \"bar\" }", "on = { light = \"bar\" }", "29:8", "unknown key `factors.light.on.light`");
    refuses("on = { ehmi = \"bar\" }", "on = {}", "29:1", "set the same");
    refuses("on = { ehmi = \"bar\" }\n", "", "27:10", "needs two or more");
    refuses("on = { ehmi", "\"o+n\" = { ehmi", "29:1", "cannot be a name");
    refuses("[catch]", "[factors.more]\na = {}\nb = { ehmi = \"grail\" }\n[catch]", "30:10", "both set `ehmi`");
    refuses(
        "trials_per_block = 1",
        "trials_per_block = 1\nsettings = { braking = \"soft\" }",
        "30:2",
        "the target drives on",
    );
    refuses("trials_per_block = 1", "trials = 1", "30:2", "needs `trials_per_block`");
    refuses("[catch]", "[order]\nkind = \"greco\"\n[catch]", "31:8", "write one of: random, fixed, latin, williams");
    refuses("[catch]", "[blocks]\nnumber = 100\nrepetitions_per_block = 5\n[catch]", "1:1", "1100 trials");
    refuses("[catch]", "[practice]\ntrials = 1\nsettings = { braking = \"hard\" }\n[catch]", "32:24", "is not known");
}

#[test]
fn the_items_and_answers() {
    refuses("id = \"safe\"", "id = \"s+\"", "33:6", "one word");
    for no_code in ["German", "d", "DE", "de_AT", "de-", "de-waytoolongs", "NA"] {
        refuses("id = \"safe\"", &format!("id = \"safe\"\nlanguage = \"{no_code}\""), "34:12", "no code of a language");
    }
    refuses("least = 1", "least = 3", "36:8", "not above the lowest");
    refuses("least = 1", "least = -900", "36:8", "904 answers");
    refuses("poles = [\"no\", \"yes\"]", "poles = [\"no\"]", "37:9", "two are wanted");
    refuses("text = \"I felt safe.\"\n", "", "32:1", "needs `text`");
    refuses(
        "[[items]]",
        "[[items]]\nid = \"safe\"\ntext = \"t\"\nleast = 1\nmost = 3\npoles = [\"n\", \"y\"]\n[[items]]",
        "38:1",
        "twice",
    );
    refuses("[simulated.answers.safe]", "[simulated.answers.save]", "38:20", "did you mean `safe`?");
    refuses("thresholds = [-1, 1]", "thresholds = [-1, 1, 2]", "39:14", "so 2 thresholds, but 3");
    refuses("thresholds = [-1, 1]", "thresholds = [1, -1]", "39:18", "must rise");
    refuses("\"light=on\" = 0.5", "\"light=onn\" = 0.5", "40:13", "did you mean \"light=on\"?");
    refuses(
        "[simulated.answers.safe]",
        "[simulated.model]\nsigma = 1\n[simulated.answers.safe]",
        "39:1",
        "unknown key `simulated.model.sigma`",
    );
}

#[test]
fn everything_wrong_is_said_at_once_in_the_files_order() {
    let text = SMALL.replace("= 2.5", "= -1").replace("\"gap_opens\"", "\"gap\"").replace("\"bar\" }", "\"baz\" }");
    let problems = read("s", &text).unwrap_err().0;
    let lines: Vec<u32> = problems.iter().filter_map(|p| p.place.line).collect();
    assert_eq!(lines, [7, 10, 29]);
    assert!(problems.iter().all(|p| !p.cure.is_empty()), "{problems:?}");
}

#[test]
fn a_huge_file_is_refused_unread() {
    let said = read("s", &" ".repeat((1 << 20) + 1)).unwrap_err().to_string();
    assert!(said.starts_with("s:1:1: the file has 1048577 bytes"), "{said}");
}
