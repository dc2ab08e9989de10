//! Tables of tracks and plans as people have them: what is wrong, where, and the cure.

use super::field::{HEADER, measured, row, street, table, tracks};
use glam::DVec2;
use kerbside::analysis::field::Street;
use kerbside::analysis::gap::{From, GapPlan};
use kerbside::map::{DEFAULT_MAP, read_bytes};
use kerbside::table::{MeasureRow, Table};

#[test]
fn rows_that_are_no_samples_are_told_with_their_line() {
    let street = street(&tracks());
    let good = table(&street, 80.0, 10.0, |_, t| t < 0.35);
    let with = |line: usize, change: &dyn Fn(&str) -> String| {
        let lines =
            good.lines().enumerate().map(|(i, text)| if i + 1 == line { change(text) } else { text.to_owned() });
        lines.collect::<Vec<_>>().join("\n") + "\n"
    };
    let cell = |i: usize, text: &'static str| {
        with(3, &move |line: &str| {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells[i] = text;
            cells.join(",")
        })
    };
    let swapped = with(3, &|line| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells.swap(4, 5);
        cells.join(",")
    });
    for (text, words) in [
        (
            cell(2, "pedestrain"),
            "field.csv:3: column road_user: \"pedestrain\" is no road user\n    cure: did you mean \"pedestrian\"",
        ),
        (cell(2, "bus"), "leave others out"),
        (cell(2, "NA"), "field.csv:3: column road_user: nothing stands here"),
        (cell(1, ""), "field.csv:3: column participant: nothing stands here"),
        (cell(1, "P2"), "crossing one is of P1 and of P2"),
        (
            cell(3, "01.05.2026"),
            "field.csv:3: column time_s: \"01.05.2026\" is not a number\n    cure: a spreadsheet may have made a date",
        ),
        (cell(3, "\"0,1\""), "decimal marks are points"),
        (cell(3, "inf"), "an infinite value"),
        (cell(3, "1e30"), "is no time"),
        (cell(3, "0.0"), "field.csv:3: column time_s: the time of the pedestrian of crossing one does not go on here"),
        (cell(4, "4051.27"), "field.csv:3: column lat_deg: "),
        (cell(4, "41.5"), "km from the crosswalk\n    cure: see whether latitude and longitude are swapped"),
        (swapped, "km from the crosswalk"),
        (HEADER.replace("lat_deg", "lat") + "one,P1,target,1,2,3\n", "has no column \"lat_deg\""),
        (HEADER.replace("time_s", "time") + "one,P1,target,1,2,3\n", "has no column of times"),
        (HEADER.to_owned(), "has no rows"),
        (HEADER.to_owned() + &row(&street, "target", 1.0, DVec2::ZERO), "crossing one has 0 places of the pedestrian"),
    ] {
        let told = measured(&street, &text, None).unwrap_err().to_string();
        assert!(told.contains(words), "{words}\n---\n{told}");
    }
    // An unknown place is no sample: the rest is read.
    let (made, _) = measured(&street, &cell(4, "NA"), None).unwrap();
    assert_eq!(made.samples, 3);
    for (events, words) in [
        ("two,light_onset,1\n", "events.csv:2: column crossing: the table of tracks has no crossing \"two\""),
        ("one,light_onsett,1\n", "did you mean \"light_onset\"?"),
        ("one,target_enters_zone,1\n", "is no event of a crossing"),
        ("one,light_onset,\n", "nothing stands here"),
    ] {
        let told = measured(&street, &good, Some(&format!("crossing,event,time_s\n{events}"))).unwrap_err().to_string();
        assert!(told.contains(words), "{words}\n---\n{told}");
    }
}

#[test]
fn a_map_without_a_place_on_earth_is_refused() {
    let cut = DEFAULT_MAP.find("<geoReference>").unwrap()..DEFAULT_MAP.find("</geoReference>").unwrap();
    let text = DEFAULT_MAP.replace(&DEFAULT_MAP[cut], "<geoReference>");
    let none = text.replace("<geoReference></geoReference>", "");
    for text in [&text, &none] {
        let map = read_bytes("street.xodr", text.as_bytes()).unwrap();
        let told = Street::new("street.xodr", &map, &tracks()).unwrap_err().to_string();
        assert!(told.contains("street.xodr: has no place on Earth"), "{told}");
    }
    let map = read_bytes("street.xodr", DEFAULT_MAP.as_bytes()).unwrap();
    let far = kerbside::analysis::field::Tracks { reach_m: 4000.0, ..tracks() };
    assert!(!Street::new("street.xodr", &map, &far).unwrap_err().to_string().is_empty());
    let other = kerbside::analysis::field::Tracks { crosswalk: Some("zebr".into()), ..tracks() };
    assert!(Street::new("street.xodr", &map, &other).unwrap_err().to_string().contains("zebra"));
}

const PLAN: &str = "schema = 1\nname = \"gap\"\npeople = \"same\"\n[real]\ndata = [\"real.csv\"]\n[virtual]\n\
                    data = [\"virtual.csv\"]\n[measures.y]\nkind = \"continuous\"\n";

#[test]
fn the_plan_that_ships_is_read_and_names_what_there_is() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("analysis/plans/real_virtual_gap.toml")).unwrap();
    let plan = GapPlan::read("real_virtual_gap.toml", &text).unwrap();
    let From::Tracks(tracks) = &plan.real.from else { panic!("{:?}", plan.real.from) };
    let map = std::fs::read(root.join("analysis/plans").join(&tracks.map)).unwrap();
    Street::new(&tracks.map, &read_bytes(&tracks.map, &map).unwrap(), tracks).unwrap();
    let columns: Vec<&str> = MeasureRow::COLUMNS.iter().map(|column| column.name).collect();
    for measure in &plan.real.intake.outcomes {
        assert!(columns.contains(&measure.column.as_str()), "{}", measure.column);
    }
}

#[test]
fn everything_wrong_with_a_plan_is_told_with_its_place() {
    GapPlan::read("gap.toml", PLAN).unwrap();
    let with = |from: &str, to: &str| {
        assert!(PLAN.contains(from));
        GapPlan::read("gap.toml", &PLAN.replace(from, to)).unwrap_err().to_string()
    };
    for (from, to, words) in [
        ("people = \"same\"", "", "needs `people`"),
        ("\"same\"", "\"sane\"", "gap.toml:3:10: "),
        ("data = [\"real.csv\"]", "", "[real] needs data or tracks"),
        (
            "data = [\"real.csv\"]",
            "data = [\"a\"]\n[real.tracks]\nfile = \"f\"",
            "[real] needs data or tracks, and one of them only",
        ),
        (
            "data = [\"real.csv\"]",
            "[real.tracks]\nfile = \"f\"\nbody_point = \"head\"",
            "[real.tracks.vehicle] is missing",
        ),
        (
            "data = [\"real.csv\"]",
            "[real.tracks]\nfile = \"f\"\nbody_point = \"head\"\ncue = \"go_signal\"\nvehicle = { length_m = 4, width_m = 2, antenna_to_front_m = 1 }",
            "no table of events is named",
        ),
        ("[virtual]", "[virtuel]", "the table [virtual] is missing"),
        ("\"continuous\"", "\"ordinal\"", "gap.toml:9:8: "),
        ("\"continuous\"", "\"censored\"", "a wait needs `censored_at` and `up_to`"),
        ("\"continuous\"", "\"continuous\"\nup_to = 3", "only a wait has them"),
        ("\"continuous\"", "\"continuous\"\nequivalence = [1, -1]", "runs from 1 down to -1"),
        ("[measures.y]\nkind = \"continuous\"", "[measures]", "no measure is named"),
        ("[measures.y]\nkind = \"continuous\"", "", "the table [measures] is missing"),
        ("[measures.y]", "alfa = 3\n[measures.y]", "unknown key `virtual.alfa`"),
    ] {
        let told = with(from, to);
        assert!(told.contains(words), "{from} -> {to}: {words}\n---\n{told}");
    }
}

/// Fields that programs have tripped over.
const HOSTILE: [&str; 16] = [
    "", "NA", "NaN", "inf", "1e999", "-1e300", "-0", "91", "181", "40.5127", "-3.349", "9e9", "-9e9", "\u{0}", "\"",
    "target",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_field_of_a_table_of_tracks(
        row in 0..40_usize, column in 0..6_usize, value in proptest::sample::select(&HOSTILE[..]), again in 0..6_usize,
    ) {
        thread_local! {
            static STREET: Street = street(&tracks());
        }
        STREET.with(|street| {
            let good = table(street, 20.0, 10.0, |_, t| t < 1.25);
            let mut lines: Vec<String> = good.lines().map(str::to_owned).collect();
            let at = row % lines.len();
            let mut fields: Vec<String> = lines[at].split(',').map(str::to_owned).collect();
            fields[column] = value.to_owned();
            fields[again] = value.to_owned();
            lines[at] = fields.join(",");
            let text = lines.join("\n") + "\n";
            let Ok(sheet) = kerbside::analysis::sheet::Sheet::read("field.csv", text.as_bytes()) else { return };
            match kerbside::analysis::field::crossings(street, &sheet, None) {
                Err(problems) => {
                    assert!(problems.0.iter().all(|problem| problem.place.to_string().contains("field.csv")), "{problems}");
                }
                Ok((found, _)) => {
                    for crossing in &found {
                        let made = kerbside::analysis::field::recorded(street, crossing, 1).unwrap();
                        let mut cells = Vec::new();
                        made.measures
                            .each_field(&mut Vec::new(), |text| {
                                cells.push(String::from_utf8(text.to_vec()).unwrap());
                                Ok::<(), ()>(())
                            })
                            .unwrap();
                        // A participant may be called so; no measure is.
                        assert!(!cells[1..].iter().any(|cell| cell.contains("NaN")), "{cells:?}");
                    }
                }
            }
        });
    }
}
