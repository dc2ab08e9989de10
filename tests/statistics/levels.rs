//! Factors of three levels against emmeans: omnibus tests, contrasts, marginal means, as a plan asks for them.

use super::expected::{Data, Expected};
use kerbside::analysis::intake;
use kerbside::analysis::lock::Lock;
use kerbside::analysis::methods::TestResult;
use kerbside::analysis::plan::Plan;
use kerbside::analysis::results::{self, OutcomeResults};
use kerbside::analysis::sheet::Sheet;
use kerbside::statistics::models::linear::{Criterion, linear};
use kerbside::statistics::models::{Covariances, Rows};
use std::path::Path;

const PLAN: &str = r#"
schema = 1
name = "levels"
[data]
participant = "id"
[factors.light]
column = "light"
levels = ["1", "2", "3"]
[factors.gap]
column = "gap"
levels = ["1", "2"]
[outcomes.within]
column = "y"
kind = "continuous"
contrasts = "pairs"
also = ["lmm"]
[outcomes.reference]
column = "y"
kind = "continuous"
[outcomes.rating]
kind = "ordinal"
contrasts = "pairs"
integration = 7
[outcomes.yes]
kind = "binary"
contrasts = "pairs"
integration = 7
"#;

const MIXED: &str = r#"
schema = 1
name = "mixed"
[data]
participant = "id"
[factors.light]
column = "light"
levels = ["1", "2"]
[factors.gap]
column = "gap"
levels = ["1", "2", "3"]
[factors.group]
column = "group"
levels = ["1", "2", "3"]
between = true
[outcomes.y]
kind = "continuous"
contrasts = "pairs"
"#;

fn analysed(plan: &str, file: &str) -> Vec<OutcomeResults> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("analysis/crosscheck/data").join(file);
    let plan = Plan::read("plan.toml", plan).unwrap();
    let sheet = Sheet::read(file, &std::fs::read(path).unwrap()).unwrap();
    let taken = intake::take(&plan, &sheet).unwrap();
    let state = Lock::state(None, String::new(), None, &[], &[]);
    results::of(&plan, &taken, sheet.files.clone(), state, &|_, _| {}).outcomes
}

fn test<'a>(outcome: &'a OutcomeResults, effect: &str, test: &str) -> &'a TestResult {
    let found = outcome.tests.iter().find(|one| one.effect == effect && one.test == test);
    found.unwrap_or_else(|| panic!("{effect} {test}"))
}

/// An omnibus test: statistic, degrees of freedom, p.
fn omnibus(r: &mut Expected, key: &str, result: &TestResult) {
    let all = [vec![result.statistic.as_ref().unwrap().value], result.df.clone(), vec![result.p.unwrap()]].concat();
    r.check_all(key, &all);
}

fn means(r: &mut Expected, key: &str, result: &TestResult) {
    let of = |number: &dyn Fn(&kerbside::analysis::methods::Marginal) -> f64| -> Vec<f64> {
        result.means.iter().map(number).collect()
    };
    r.check_all(&format!("{key}.means"), &of(&|one| one.mean.value));
    r.check_all(&format!("{key}.se"), &of(&|one| one.se));
    r.check_all(&format!("{key}.low"), &of(&|one| one.mean.interval.unwrap().low));
    r.check_all(&format!("{key}.high"), &of(&|one| one.mean.interval.unwrap().high));
    if result.means.iter().all(|one| one.df.is_some()) {
        r.check_all(&format!("{key}.df"), &of(&|one| one.df.unwrap()));
    }
}

fn contrasts(r: &mut Expected, key: &str, outcome: &OutcomeResults, effect: &str, word: &str) {
    let all: Vec<&TestResult> = outcome.tests.iter().filter(|one| one.under == effect && one.test == word).collect();
    let of = |number: &dyn Fn(&TestResult) -> f64| -> Vec<f64> { all.iter().map(|one| number(one)).collect() };
    let limits = |one: &TestResult| one.estimate.as_ref().unwrap().interval.unwrap();
    r.check_all(&format!("{key}.estimates"), &of(&|one| one.estimate.as_ref().unwrap().value));
    r.check_all(&format!("{key}.low"), &of(&|one| limits(one).low));
    r.check_all(&format!("{key}.high"), &of(&|one| limits(one).high));
    r.check_all(&format!("{key}.p"), &of(&|one| one.p.unwrap()));
    r.check_all(&format!("{key}.holm"), &of(&|one| one.p_corrected.unwrap()));
    assert!(all.iter().all(|one| !one.confirmatory), "contrasts are a family of their own");
}

#[test]
fn omnibus_tests_contrasts_and_marginal_means() {
    let mut r = Expected::of(&["levels"]);
    let outcomes = analysed(PLAN, "levels.csv");
    let [within, reference, rating, yes] = &outcomes[..] else { panic!("four outcomes") };
    means(&mut r, "levels.within.light", test(within, "light", "anova"));
    means(&mut r, "levels.within.both", test(within, "light:gap", "anova"));
    contrasts(&mut r, "levels.within.pairs", within, "light", "anova_contrast");
    contrasts(&mut r, "levels.within.interaction", reference, "light:gap", "anova_contrast");
    let names: Vec<&str> =
        within.tests.iter().filter(|one| one.under == "light").map(|one| one.effect.as_str()).collect();
    assert_eq!(names[..3], ["light=2 vs 1", "light=3 vs 1", "light=3 vs 2"]);

    for (model, outcome) in [("lmm", within), ("clmm", rating), ("glmm", yes)] {
        let light = test(outcome, "light", model);
        omnibus(&mut r, &format!("levels.{model}.light"), light);
        means(&mut r, &format!("levels.{model}.light"), light);
        contrasts(&mut r, &format!("levels.{model}.pairs"), outcome, "light", &format!("{model}_contrast"));
    }
    omnibus(&mut r, "levels.lmm.light_gap", test(within, "light:gap", "lmm"));
    let chance = |one: &kerbside::analysis::methods::Marginal| one.chance.as_ref().unwrap().value;
    r.check_all("levels.glmm.chance", &test(yes, "light", "glmm").means.iter().map(chance).collect::<Vec<_>>());
    assert!(test(yes, "light", "glmm").confirmatory && test(rating, "light", "clmm").confirmatory);

    let outcomes = analysed(MIXED, "mixed.csv");
    means(&mut r, "levels.mixed.gap", test(&outcomes[0], "gap", "anova"));
    means(&mut r, "levels.mixed.group", test(&outcomes[0], "group", "anova"));
    contrasts(&mut r, "levels.mixed.gap.pairs", &outcomes[0], "gap", "anova_contrast");
    contrasts(&mut r, "levels.mixed.group.pairs", &outcomes[0], "group", "anova_contrast");

    // Directions whose degrees of freedom differ: people differ in one of the lights.
    let data = Data::of("levels");
    let (light, gap) = (data.indices("light"), data.indices("gap"));
    let part = |level: usize, of: usize| if level == of { 2.0 / 3.0 } else { -1.0 / 3.0 };
    let side = |level: usize| if level == 1 { 0.5 } else { -0.5 };
    let fixed: Vec<Vec<f64>> = (0..data.rows())
        .map(|i| {
            let (a, b, c) = (part(light[i], 1), part(light[i], 2), side(gap[i]));
            vec![1.0, a, b, c, a * c, b * c]
        })
        .collect();
    let random: Vec<Vec<f64>> = light.iter().map(|level| vec![1.0, f64::from(u8::from(*level == 2))]).collect();
    let rows = Rows { fixed: &fixed, random: &random, group: &data.indices("id") };
    let model = linear(data.column("y"), &rows, Covariances::Correlated, Criterion::Reml).unwrap();
    let unit = |i: usize| (0..6).map(|j| f64::from(u8::from(i == j))).collect::<Vec<f64>>();
    let sloped = model.jointly(&[unit(1), unit(2)]).unwrap();
    r.check_all("levels.sloped", &[sloped.f, sloped.df1, sloped.df2, sloped.p]);
    // A sum of the others adds nothing.
    let again = model.jointly(&[unit(1), unit(2), vec![0.0, 1.0, 1.0, 0.0, 0.0, 0.0]]).unwrap();
    assert!((again.f / sloped.f - 1.0).abs() < 1e-9 && again.df1 == 2.0);
    r.finish();
}
