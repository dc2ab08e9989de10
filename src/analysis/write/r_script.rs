//! The R script that gives the same numbers: functions that are always the same, then the questions of this analysis.

use super::super::design::Design;
use super::super::intake::Taken;
use super::super::levels::asks_several;
use super::super::methods::TestResult;
use super::super::plan::{Correction, Kind, OutcomePlan, Plan, Test};
use super::super::results::{OutcomeResults, Results};
use super::super::sensitivity::choices;
use std::fmt::Write;

/// What every script begins with.
pub(in crate::analysis) const FUNCTIONS: &str = include_str!("functions.R");

/// The part of it that compares levels.
const LEVELS: &str = include_str!("levels.R");

/// A text in R's quotes.
pub(in crate::analysis) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => {}
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(quoted).collect();
    format!("c({})", texts.join(", "))
}

/// The script; it reads `data.csv` and `numbers.csv` beside it.
pub(super) fn script(plan: &Plan, taken: &Taken, results: &Results) -> String {
    let mut script = format!(
        "# Every number of these results again, by R: Rscript analysis.R; without the sensitivity tables, which take the longest:\n\
         # Rscript analysis.R --quick\n\
         # It reads data.csv and numbers.csv beside it, writes numbers_r.csv where it runs, and fails where a number differs.\n\
         # Plan: {}. On Debian: apt-get install r-base-core r-cran-survival r-cran-lme4 r-cran-lmertest r-cran-ordinal r-cran-afex\n\n",
        plan.name
    );
    script.push_str(FUNCTIONS);
    script.push_str(LEVELS);
    let _ = writeln!(script, "\n# The questions.\nlevel <- {}", super::text(results.level));
    let text_columns: Vec<String> = std::iter::once("participant")
        .chain(plan.factors.iter().map(|factor| factor.name.as_str()))
        .map(|name| format!("{} = \"character\"", quoted(name)))
        .collect();
    let _ = writeln!(script, "data <- table_of(\"data.csv\", colClasses = c({}))", text_columns.join(", "));
    for (i, (asked, outcome)) in plan.outcomes.iter().zip(&results.outcomes).enumerate() {
        let label = asked.label.replace('\n', " ");
        let _ = writeln!(script, "\n# {label}\nbegin({}, {}, {})", i + 1, plan.outcomes.len(), quoted(&label));
        script.push_str(&questions(plan, taken, asked, outcome));
    }
    script.push_str(&families(plan, results));
    script.push_str("compare()\n");
    script
}

fn questions(plan: &Plan, taken: &Taken, asked: &OutcomePlan, outcome: &OutcomeResults) -> String {
    let design = Design::of(plan, asked);
    let factors: Vec<String> = design
        .factors
        .iter()
        .map(|factor| format!("{} = {}", quoted(&factor.name), list(factor.levels.iter().map(String::as_str))))
        .collect();
    let covariates = list(asked.covariates.iter().map(|i| plan.covariates[*i].name.as_str()));
    let mut out = format!("design <- list({})\n", factors.join(", "));
    let censored = if asked.kind == Kind::Censored { "TRUE" } else { "FALSE" };
    let name = quoted(&asked.name);
    let take = |rows: &str| format!("y <- trials_of(data[{rows}, ], {name}, design, {covariates}, {censored})\n");
    let question = Question { plan, asked, design: &design, covariates: &covariates };
    let all = question.effects();
    out += &take("data$analysed == 1");
    let rows = outcome.sensitivity.iter().map(|row| &row.result);
    if outcome.tests.iter().chain(rows).any(|result| result.restricted.is_some()) {
        let until = asked.restricted_at.map_or_else(|| "earliest_end(y)".to_owned(), super::text);
        let _ = writeln!(out, "until <- {until}");
    }
    let between = question.between();
    if asked.options.arrival.is_some() {
        let until = asked.restricted_at.map_or(String::new(), |until| format!(", {}", super::text(until)));
        let _ = writeln!(out, "ask_competing({name}, data[data$analysed == 1, ], design, {covariates}{until})");
    }
    let _ = writeln!(out, "ask_cells({name}, y, design, {}, {between})", quoted(asked.kind.word()));
    out += &question.lines(&asked.name, &outcome.tests, &all, "y");
    let mut more = String::new();
    let mut prefixes = Vec::new();
    for (choice, rows) in choices(plan).iter().map(|(choice, _)| choice).zip(rows_of(plan)) {
        let own: Vec<TestResult> =
            outcome.sensitivity.iter().filter(|row| row.choice == *choice).map(|row| row.result.clone()).collect();
        // What was asked already is not fitted again.
        let (known, new): (Vec<TestResult>, Vec<TestResult>) =
            own.into_iter().partition(|result| choice == "as planned" && known(outcome, result));
        let mut tests: Vec<&str> = known.iter().map(|result| result.test.as_str()).collect();
        tests.dedup();
        for test in tests {
            let _ = writeln!(more, "again({name}, {}, {})", quoted(choice), quoted(test));
        }
        more += &take(&rows);
        let prefix = format!("{}/{choice}", asked.name);
        more += &question.lines(&prefix, &new, &all, "y");
        prefixes.push(prefix);
    }
    if !outcome.left_out.is_empty() {
        more += &take("data$analysed == 1");
        for code in &taken.participants {
            let own: Vec<TestResult> =
                outcome.left_out.iter().filter(|row| row.participant == *code).map(|row| row.result.clone()).collect();
            let rows = format!("y[y$person != {}, ]", quoted(code));
            let prefix = format!("{}/without {code}", asked.name);
            more += &question.lines(&prefix, &own, &all, &rows);
            prefixes.push(prefix);
        }
    }
    out + &format!("if (!quick) {{\n{more}}} else leave_off({})\n", list(prefixes.iter().map(String::as_str)))
}

/// Whether an answer stands among the confirmatory ones already.
fn known(outcome: &OutcomeResults, result: &TestResult) -> bool {
    let same = |test: &&TestResult| test.confirmatory && test.test == result.test && test.effect == result.effect;
    outcome.tests.iter().any(|test| same(&test))
}

/// The rows of `data.csv` that belong to each choice of the sensitivity table, in R.
fn rows_of(plan: &Plan) -> Vec<String> {
    let excluded = |but: Option<usize>| -> Vec<String> {
        let rules = plan.exclusions.iter().enumerate().filter(|(i, _)| Some(*i) != but);
        rules.map(|(_, rule)| format!("data[[{}]] == 0", quoted(&format!("excluded.{}", rule.name)))).collect()
    };
    let not_early = "!(data$before_manipulation %in% 1)".to_owned();
    let both = |mut terms: Vec<String>, early: bool| {
        terms.extend(early.then(|| not_early.clone()));
        if terms.is_empty() { "TRUE".to_owned() } else { terms.join(" & ") }
    };
    let excludes_early = plan.before.as_ref().is_some_and(|b| b.treat == super::super::plan::Before::Exclude);
    let mut rows = vec!["data$analysed == 1".to_owned()];
    rows.extend((0..plan.exclusions.len()).map(|i| both(excluded(Some(i)), excludes_early)));
    rows.extend(plan.before.is_some().then(|| both(excluded(None), !excludes_early)));
    rows
}

struct Question<'a> {
    plan: &'a Plan,
    asked: &'a OutcomePlan,
    design: &'a Design<'a>,
    covariates: &'a str,
}

impl Question<'_> {
    fn effects(&self) -> Vec<(String, Vec<usize>)> {
        self.design.effects.iter().map(|effect| (self.design.effect_name(effect), effect.clone())).collect()
    }

    fn between(&self) -> String {
        list(self.design.factors.iter().filter(|factor| factor.between).map(|factor| factor.name.as_str()))
    }

    /// The trials as a test sees them: means of waits are restricted ones.
    fn counted(&self, result: &TestResult, rows: &str) -> String {
        if result.restricted.is_some() { format!("restricted({rows}, until)") } else { rows.to_owned() }
    }

    /// Effects as R takes them.
    fn listed(&self, effects: &[(String, Vec<usize>)]) -> String {
        let listed =
            |(_, effect): &(String, Vec<usize>)| list(effect.iter().map(|i| self.design.factors[*i].name.as_str()));
        format!("list({})", effects.iter().map(listed).collect::<Vec<_>>().join(", "))
    }

    fn contrasts(&self) -> String {
        format!(", contrasts = {}", quoted(self.asked.options.contrasts.word()))
    }

    /// What else a model is asked: effects as a whole, their levels, its quadrature.
    fn more(&self, results: &[TestResult], result: &TestResult, effects: &[(String, Vec<usize>)]) -> String {
        let detailed = is_detailed(results, result);
        let mut more = String::new();
        if detailed || effects.iter().any(|(_, effect)| asks_several(self.design, effect)) {
            more += &format!(", effects = {}", self.listed(effects));
        }
        if detailed {
            more += &self.contrasts();
        }
        let alone = result.random.as_ref().is_some_and(|random| random.columns.len() == 1);
        if let Some(points) = self.asked.options.points.filter(|_| alone && result.test != Test::Lmm.word()) {
            more += &format!(", points = {points}");
        }
        more
    }

    /// Lines that ask R for these answers; `rows` is the trials in R.
    fn lines(&self, prefix: &str, results: &[TestResult], effects: &[(String, Vec<usize>)], rows: &str) -> String {
        let mut out = String::new();
        let prefix = quoted(prefix);
        let mut whole: Vec<&str> = Vec::new();
        for result in results.iter().filter(|result| result.refused.is_none()) {
            let Some(test) = Test::from_word(&result.test) else { continue };
            let is_whole =
                matches!(test, Test::Anova | Test::Lmm | Test::Clmm | Test::Glmm | Test::Cox | Test::Frailty);
            if is_whole && whole.contains(&result.test.as_str()) {
                continue;
            }
            whole.push(&result.test);
            let own = effects.iter().find(|(name, _)| *name == result.effect).map(|(_, effect)| effect);
            let effect = list(own.into_iter().flatten().map(|i| self.design.factors[*i].name.as_str()));
            let covariates = self.covariates;
            let rows = &self.counted(result, rows);
            let more = self.more(results, result, effects);
            let random = result.random.as_ref().map_or(String::new(), |random| {
                let columns = list(random.columns.iter().map(String::as_str));
                format!("{columns}, {}", if random.correlated { "TRUE" } else { "FALSE" })
            });
            let call = match test {
                Test::PairedT => {
                    let bounds = self.asked.equivalence.map_or(String::new(), |(low, high)| {
                        format!(", bounds = c({}, {})", super::text(low), super::text(high))
                    });
                    format!("ask_paired_t({prefix}, {rows}, design, {effect}{bounds})")
                }
                Test::Permutation => format!("ask_permutation({prefix}, {rows}, design, {effect})"),
                Test::Wilcoxon => format!("ask_wilcoxon({prefix}, {rows}, design, {effect})"),
                Test::BayesFactor => format!("ask_bayes_factor({prefix}, {rows}, design, {effect})"),
                Test::Friedman => format!("ask_friedman({prefix}, {rows}, design)"),
                Test::Anova => {
                    let contrasts = if is_detailed(results, result) { self.contrasts() } else { String::new() };
                    let effects = self.listed(effects);
                    format!("ask_anova({prefix}, {rows}, design, {}, {effects}{contrasts})", self.between())
                }
                Test::Lmm => format!("ask_lmm({prefix}, {rows}, design, {covariates}, {random}{more})"),
                Test::Clmm => {
                    let link = if self.asked.probit { "probit" } else { "logit" };
                    format!("ask_clmm({prefix}, {rows}, design, {covariates}, {random}, \"{link}\"{more})")
                }
                Test::Glmm => format!("ask_glmm({prefix}, {rows}, design, {covariates}, {random}{more})"),
                Test::Cox => format!("ask_cox({prefix}, {rows}, design, {covariates})"),
                Test::Frailty => format!("ask_frailty({prefix}, {rows}, design, {covariates})"),
                Test::LogRank => format!("ask_log_rank({prefix}, {rows}, {effect})"),
            };
            let _ = writeln!(out, "tried({prefix}, {}, {call})", quoted(&result.test));
        }
        let equivalent = results.iter().any(|result| result.test == "tost" && result.refused.is_none());
        if equivalent && !results.iter().any(|result| result.test == Test::PairedT.word()) {
            let _ = self.plan;
            for (_, effect) in effects.iter().filter(|(_, effect)| self.design.is_one_contrast(effect)) {
                let effect = list(effect.iter().map(|i| self.design.factors[*i].name.as_str()));
                let (low, high) = self.asked.equivalence.unwrap_or_default();
                let bounds = format!("c({}, {})", super::text(low), super::text(high));
                let _ = writeln!(
                    out,
                    "tried({prefix}, \"tost\", ask_paired_t({prefix}, {rows}, design, {effect}, bounds = {bounds}))"
                );
            }
        }
        out
    }
}

/// Whether the answers of a result's test tell of levels too.
fn is_detailed(results: &[TestResult], result: &TestResult) -> bool {
    results.iter().any(|one| one.test == result.test && !one.means.is_empty())
}

fn families(plan: &Plan, results: &Results) -> String {
    let mut out = String::new();
    for (i, family) in plan.families.iter().enumerate() {
        let method = match family.correction {
            Correction::Holm => "holm",
            Correction::BenjaminiHochberg => "BH",
            Correction::None => continue,
        };
        let own = plan.outcomes.iter().zip(&results.outcomes).filter(|(asked, _)| asked.family == Some(i));
        let tests: Vec<(&OutcomeResults, &TestResult)> = own
            .flat_map(|(_, outcome)| outcome.tests.iter().map(move |test| (outcome, test)))
            .filter(|(_, test)| test.confirmatory)
            .collect();
        let keys: Vec<String> = tests
            .iter()
            .filter(|(_, test)| test.p.is_some())
            .map(|(outcome, test)| format!("{}/{}/{}", outcome.name, test.effect, test.test))
            .collect();
        let refused = tests.len() - keys.len();
        let keys = list(keys.iter().map(String::as_str));
        let _ = writeln!(out, "\n# Family {}\ncorrect(\"{method}\", {keys}, {refused})", family.name);
    }
    out
}
