//! What a plan may ask beyond its tests: levels compared, bootstrap intervals, quadrature, courses that compete.

use super::synthetic::{analyse, analyse_sheet, files, table_with_speed};
use kerbside::analysis::drawings::Drawings;
use kerbside::analysis::methods::TestResult;
use kerbside::analysis::plan::Plan;
use kerbside::analysis::results::Results;

/// The plan that R is asked about too, with some of its outcomes.
fn plan(outcomes: &[&str]) -> String {
    let whole = include_str!("levels.toml");
    let (head, rest) = whole.split_once("[outcomes.").unwrap();
    let own = rest.split("[outcomes.").filter(|part| outcomes.iter().any(|name| part.starts_with(&format!("{name}]"))));
    own.fold(head.to_owned(), |plan, part| plan + "[outcomes." + part)
}

fn results(outcomes: &[&str]) -> Results {
    analyse(&plan(outcomes), &table_with_speed(10, 0.9, "levels")).unwrap().2
}

fn tests<'a>(results: &'a Results, word: &str) -> Vec<&'a TestResult> {
    results.outcomes[0].tests.iter().filter(|test| test.test == word).collect()
}

#[test]
fn an_omnibus_test_is_one_question_and_its_contrasts_are_a_family_of_their_own() {
    let results = results(&["safe", "waved"]);
    for (outcome, word) in results.outcomes.iter().zip(["clmm", "glmm"]) {
        let confirmatory: Vec<&TestResult> = outcome.tests.iter().filter(|test| test.confirmatory).collect();
        assert_eq!((confirmatory.len(), confirmatory[0].effect.as_str()), (1, "speed"), "{word}");
        assert_eq!(
            (confirmatory[0].df.as_slice(), confirmatory[0].family.as_str()),
            (&[2.0][..], "main: Holm, 2 tests")
        );
        assert_eq!(confirmatory[0].means.len(), 3);
    }
    let contrasts = tests(&results, "clmm_contrast");
    let names: Vec<&str> = contrasts.iter().map(|test| test.effect.as_str()).collect();
    assert_eq!(names, ["speed=30 vs 25", "speed=35 vs 25", "speed=35 vs 30"]);
    for contrast in &contrasts {
        assert_eq!((contrast.under.as_str(), contrast.confirmatory), ("speed", false));
        assert_eq!(contrast.family, "contrasts of speed: Holm, 3 contrasts");
        assert!(contrast.p_corrected.unwrap() >= contrast.p.unwrap());
    }
    let estimate = |i: usize| contrasts[i].estimate.as_ref().unwrap().value;
    assert!((estimate(0) + estimate(2) - estimate(1)).abs() < 1e-9, "differences add up");
    let mean = |i: usize| tests(&results, "clmm")[0].means[i].mean.value;
    assert!((mean(1) - mean(0) - estimate(0)).abs() < 1e-9, "a contrast is a difference of marginal means");
}

#[test]
fn a_plan_may_leave_levels_uncompared() {
    let results = results(&["clear_whole"]);
    assert_eq!(results.outcomes[0].tests.len(), 1);
    assert_eq!(results.outcomes[0].tests[0].means.len(), 3);
}

#[test]
fn texts_and_tables_tell_of_levels() {
    let plan = plan(&["clear", "clear_by_age", "safe"]);
    let files = files(&plan, &table_with_speed(10, 0.9, "levels"));
    let file = |name: &str| files.iter().find(|(own, _)| own == name).unwrap().1.as_str();
    let markdown = file("results.md");
    let omnibus = markdown.find("clear, speed (analysis of variance of cell means)").unwrap();
    let contrast = markdown.find("clear, speed=30 vs 25 (contrast of levels, t test of cell means)").unwrap();
    let next = markdown.find("clear, speed × light (analysis of variance").unwrap();
    assert!(omnibus < contrast && contrast < next, "contrasts follow their omnibus test");
    assert!(markdown.contains("clear: estimated marginal means, analysis of variance of cell means"), "{markdown}");
    assert!(markdown.contains("clear: estimated marginal means, linear mixed model"));
    assert!(markdown.contains("contrasts of levels are corrected among themselves (Holm)"));
    let rows = file("marginal_means.csv").lines().filter(|line| line.starts_with("clear,anova,")).count();
    assert_eq!(rows, 3 + 6, "three speeds, six cells; of the light alone a paired t test decides");
}

#[test]
fn a_bootstrap_interval_stands_where_the_plan_asks() {
    let wait = results(&["wait"]);
    let t = tests(&wait, "paired_t")[0];
    assert!(t.resampled && t.notes.iter().any(|note| note.contains("bias-corrected and accelerated bootstrap")));
    let limits = t.estimate.as_ref().unwrap().interval.unwrap();
    let plain =
        analyse(&plan(&["wait"]).replace("interval = \"bca\"\n", ""), &table_with_speed(10, 0.9, "levels")).unwrap().2;
    let student = tests(&plain, "paired_t")[0].estimate.as_ref().unwrap().interval.unwrap();
    assert!(
        limits.low > student.low && limits.high < student.high,
        "of ten people it is narrower: {limits:?} {student:?}"
    );
    let permutation = |results: &Results| tests(results, "permutation")[0].estimate.as_ref().unwrap().interval;
    assert!(permutation(&wait).is_some() && permutation(&plain).is_none());
    let clear = results(&["clear"]);
    assert!(tests(&clear, "anova_contrast").iter().all(|test| test.resampled));
    assert!(tests(&clear, "lmm_contrast").iter().all(|test| !test.resampled));
}

#[test]
fn quadrature_is_of_a_single_random_effect() {
    let note = |name: &str, integration: &str| -> Vec<String> {
        let plan = plan(&[name]).replace(&format!("[outcomes.{name}]\n"), &format!("[outcomes.{name}]\n{integration}"));
        let results = analyse(&plan, &table_with_speed(10, 0.9, "levels")).unwrap().2;
        results.outcomes[0].tests[0].notes.clone()
    };
    let quadrature = note("waved_in_all_cells", "");
    assert!(
        quadrature.iter().any(|note| note.contains("adaptive Gauss-Hermite quadrature with 7 points")),
        "{quadrature:?}"
    );
    assert!(note("safe", "").iter().any(|note| note.ends_with("Laplace's approximation")));
}

/// Four people, two trials: who goes before the car, after it, when none comes, and not at all.
const COURSES: &str = "who,light,wait,crossed,came\nA,off,1,1,2\nA,on,3,1,2\nB,off,2,1,2\nB,on,1,1,NA\nC,off,5,0,2\nC,on,0.5,1,2\n\
                       D,off,1.5,1,3\nD,on,5,0,NA\n";

#[test]
fn what_competes_with_a_vehicle_is_counted() {
    let plan = "schema = 1\nname = \"courses\"\n[data]\nparticipant = \"who\"\n[factors.light]\ncolumn = \"light\"\nlevels = [\"off\", \"on\"]\n\
                [outcomes.wait]\nkind = \"censored\"\nhappened = \"crossed\"\narrival = \"came\"\nunit = \"s\"\n";
    let (plan, taken, results, sheet) = analyse_sheet(plan, COURSES).unwrap();
    let [off, on] = &results.outcomes[0].competing[..] else { panic!("two cells") };
    // Off: A and D before, B when it came (no longer before), C never. On: B, where none came, and C before; A after; D never.
    assert_eq!((off.trials, on.trials), ([2, 1, 1], [2, 1, 1]));
    // Nobody was cut off before the last went: shares of four.
    let shares = |cell: &kerbside::analysis::competing::Competing| cell.shares.map(|share| share.value);
    for share in [shares(off), shares(on)] {
        assert!((share[0] - 0.5).abs() < 1e-12 && (share[1] - 0.25).abs() < 1e-12, "{share:?}");
    }
    let drawings = Drawings::of(&plan, &sheet, &taken, &results, &[], &|_, _| {});
    let drawing = drawings.all().find(|one| one.name == "wait-competing").unwrap();
    let svg = &drawing.drawn.as_ref().unwrap().svg;
    assert!(svg.contains("before the vehicle") && svg.contains("after the vehicle"));
}

#[test]
fn what_an_outcome_has_not_is_refused() {
    let of = |lines: &str| {
        let plan =
            format!("schema = 1\nname = \"x\"\n[factors.light]\nlevels = [\"off\", \"on\"]\n[outcomes.y]\n{lines}\n");
        Plan::read("plan.toml", &plan).unwrap_err().to_string()
    };
    for (lines, words) in [
        (
            "kind = \"ordinal\"\ninterval = \"bca\"",
            "kind = \"ordinal\" has no `interval`: it belongs to differences of means",
        ),
        (
            "kind = \"continuous\"\nintegration = 7",
            "kind = \"continuous\" has no `integration`: it belongs to models with a link",
        ),
        ("kind = \"binary\"\nintegration = 1", "plan.toml:"),
        ("kind = \"continuous\"\narrival = \"came\"", "has no `arrival`: it says what a wait competes with"),
        ("kind = \"continuous\"\ncontrasts = \"pair\"", "did you mean \"pairs\"?"),
    ] {
        let told = of(lines);
        assert!(told.contains(words), "{lines}\n---\n{told}");
    }
}
