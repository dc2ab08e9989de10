//! Waits that were cut off, compared by their means up to a common time.

use super::synthetic::analyse;
use kerbside::analysis::methods::TestResult;

/// Two participants more than one can do without: two trials in each cell, the longest wait unknown.
const TABLE: &str = "who,light,wait,crossed\nA,off,4,1\nA,off,9,0\nA,on,2,1\nA,on,3,1\nB,off,5,1\nB,off,7,1\nB,on,8,0\nB,on,1,1\n\
                     C,off,6,1\nC,off,6,1\nC,on,5,1\nC,on,9,1\n";

fn plan(lines: &str) -> String {
    format!(
        "schema = 1\nname = \"waits\"\n[data]\nparticipant = \"who\"\n[factors.light]\ncolumn = \"light\"\nlevels = [\"off\", \"on\"]\n\
         [outcomes.wait]\nkind = \"censored\"\nhappened = \"crossed\"\nunit = \"s\"\n{lines}"
    )
}

fn decided(lines: &str) -> TestResult {
    let (_, _, results) = analyse(&plan(lines), TABLE).unwrap();
    results.outcomes[0].tests[0].clone()
}

#[test]
fn the_default_compares_means_up_to_the_earliest_end_of_watching() {
    // The earliest end is 8 s: A 6 off (4, 8), 2.5 on; B 6 off, 4.5 on; C 6 off, 6.5 on (5, 8). Differences -3.5, -1.5, 0.5:
    // mean -1.5, SD 2, t = -1.5 / (2 / sqrt 3).
    let test = decided("");
    assert_eq!((test.test.as_str(), test.confirmatory, test.people, test.trials), ("paired_t", true, 3, 12));
    assert!((test.estimate.as_ref().unwrap().value + 1.5).abs() < 1e-12);
    assert!((test.statistic.as_ref().unwrap().value + 1.5 * 3.0_f64.sqrt() / 2.0).abs() < 1e-12);
    let note = "waits are counted up to 8.000 s, the earliest end of watching: 3 of 12 are longer";
    assert!(test.notes.iter().any(|own| own == note), "{:?}", test.notes);
}

#[test]
fn a_plan_may_give_the_time_if_all_were_watched_so_long() {
    // Up to 5 s: A 4.5 off, 2.5 on; B 5 off, 3 on; C 5 off, 5 on. Differences -2, -2, 0.
    let test = decided("restricted_at = 5\n");
    assert!((test.estimate.as_ref().unwrap().value + 4.0 / 3.0).abs() < 1e-12);
    assert!(
        test.notes.iter().any(|note| note.contains("up to 5.000 s, the plan's: 6 of 12 are longer")),
        "{:?}",
        test.notes
    );
    let refused = decided("restricted_at = 8.5\n").refused.unwrap();
    assert!(refused.contains("a wait was cut off at 8, before restricted_at = 8.5: lower it"), "{refused}");
}

#[test]
fn hazards_are_there_for_those_who_ask() {
    let test = decided("test = \"cox\"\n");
    assert_eq!((test.test.as_str(), test.statistic.as_ref().unwrap().name.as_str()), ("cox", "z"));
}
