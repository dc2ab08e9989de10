//! From a plan's text to a [`Plan`]: all that is wrong with it at once.

use super::condition::Condition;
use super::plan::{
    Before, BeforePlan, CensoredBy, ColumnPlan, Correction, Covariate, Factor, Family, Identical, Infinite, KeptOut,
    Kind, Mapping, OutcomePlan, Plan, Rule, Test,
};
use crate::document::{Source, Table, Value, meant};
use crate::problem::{Outcome, Problem};

/// The schema of plans that this version reads.
const SCHEMA: i64 = 1;
/// Most factors of one outcome: three-way interactions are the last that anybody reads.
const MOST_FACTORS: usize = 3;
const MOST: f64 = 1e15;

pub(super) fn read(file: &str, text: &str) -> Outcome<Plan> {
    let source = Source::new(file, text);
    let plan = source.parse().map(|document| of_table(&Table::root(&source, &document)));
    source.finish()?;
    plan.ok_or_else(|| Problem::file(file, "the plan cannot be read", "").into())
}

fn of_table(root: &Table<'_>) -> Plan {
    root.i64_in("schema", SCHEMA..=SCHEMA);
    let factors = factors(&root.table("factors"));
    let covariates: Vec<Covariate> = named_tables(&root.table("covariates"))
        .map(|(name, table)| {
            let covariate = Covariate { column: table.opt_text("column").unwrap_or_else(|| name.clone()), name };
            table.finish(&[]);
            covariate
        })
        .collect();
    let families: Vec<Family> = named_tables(&root.table("families"))
        .map(|(name, table)| {
            let word = table.word("correction", Correction::WORDS);
            table.finish(&[]);
            Family { name, correction: word.and_then(|w| Correction::from_word(&w)).unwrap_or(Correction::Holm) }
        })
        .collect();
    let known = Known { factors: &factors, covariates: &covariates, families: &families };
    let table = root.required_table("outcomes");
    let outcomes: Vec<OutcomePlan> = named_tables(&table).map(|(name, table)| outcome(name, &table, &known)).collect();
    if table.exists() && outcomes.is_empty() {
        root.source().wrong(table.at(), "no outcome is named", "add [outcomes.NAME] with column and kind");
    }
    unique(root, &factors, &covariates, &outcomes);
    let plan = Plan {
        name: root.text("name"),
        title: root.opt_text("title").unwrap_or_default(),
        study: root.opt_text("study"),
        alpha: root.opt_f64_in("alpha", 1e-6..=0.49).unwrap_or(0.05),
        seed: root.opt_u32_in("seed", 0..=u32::MAX).map_or(1, u64::from),
        keep: words(root, "keep", KeptOut::WORDS).iter().filter_map(|word| KeptOut::from_word(word)).collect(),
        data: mapping(&root.table("data")),
        rows: rules(&root.table("rows"), false),
        exclusions: rules(&root.table("exclusions"), true),
        before: before(&root.table("before_manipulation")),
        leave_one_out_models: root.value("leave_one_out_models").and_then(|v| v.boolean()).unwrap_or(false),
        factors,
        covariates,
        outcomes,
        families,
    };
    root.finish(&[]);
    plan
}

/// Factors, covariates and outcomes are columns of one table of results: each needs a name of its own.
fn unique(root: &Table<'_>, factors: &[Factor], covariates: &[Covariate], outcomes: &[OutcomePlan]) {
    let names = factors.iter().map(|one| &one.name).chain(covariates.iter().map(|one| &one.name));
    let names: Vec<&String> = names.chain(outcomes.iter().map(|one| &one.name)).collect();
    for (i, name) in names.iter().enumerate() {
        if names[..i].contains(name) {
            let what = format!("two things are called \"{name}\"");
            root.source().wrong(root.at(), what, "give factors, covariates and outcomes different names");
        }
        let is_own = ["participant", "before_manipulation", "analysed", "source"].contains(&name.as_str());
        if is_own || name.ends_with("_happened") || name.ends_with("_arrival") {
            let what = format!("\"{name}\" is the name of a column of the results");
            root.source().wrong(root.at(), what, "choose another name");
        }
    }
}

/// The tables below a table, by the names that the plan gives them.
pub(super) fn named_tables<'s>(table: &Table<'s>) -> impl Iterator<Item = (String, Table<'s>)> {
    table.named().into_iter().filter_map(|(name, value)| Some((name, value.table()?)))
}

/// A list of texts that may be absent.
pub(super) fn texts(table: &Table<'_>, key: &'static str) -> Vec<String> {
    let list = table.value(key).and_then(|value| value.list()).unwrap_or_default();
    list.iter().filter_map(Value::text).collect()
}

/// The same where an empty text is a text too, as in tokens for unknown.
fn tokens(table: &Table<'_>, key: &'static str) -> Option<Vec<String>> {
    let list = table.value(key)?.list()?;
    Some(
        list.iter()
            .filter_map(|value| if value.is_empty_text() { Some(String::new()) } else { value.text() })
            .collect(),
    )
}

/// A list of known words that may be absent.
pub(super) fn words(table: &Table<'_>, key: &'static str, known: &[&str]) -> Vec<String> {
    let list = table.value(key).and_then(|value| value.list()).unwrap_or_default();
    list.iter().filter_map(|value| value.word(known)).collect()
}

fn factors(table: &Table<'_>) -> Vec<Factor> {
    named_tables(table)
        .map(|(name, table)| {
            let levels = texts(&table, "levels");
            if levels.len() < 2 {
                let cure = "write levels = [\"reference\", \"other\"]";
                table.source().wrong(table.at(), format!("the factor {name} needs two levels or more"), cure);
            }
            let twice = levels.iter().enumerate().find(|(i, level)| levels[..*i].contains(level));
            if let Some((_, level)) = twice {
                let what = format!("the factor {name} has the level \"{level}\" twice");
                table.source().wrong(table.at(), what, "name each level once");
            }
            let column = table.opt_text("column").unwrap_or_else(|| format!("factor.{name}"));
            let between = table.value("between").and_then(|v| v.boolean()).unwrap_or(false);
            table.finish(&[]);
            Factor { name, column, levels, between }
        })
        .collect()
}

pub(super) fn mapping(table: &Table<'_>) -> Mapping {
    let columns = table
        .table("columns")
        .any_entries()
        .into_iter()
        .filter_map(|(column, value)| {
            let table = value.table()?;
            let infinite = table.opt_word("infinite", Infinite::WORDS).and_then(|word| Infinite::from_word(&word));
            let missing = tokens(&table, "missing").unwrap_or_default();
            table.finish(&[]);
            Some(ColumnPlan { column, missing, infinite: infinite.unwrap_or(Infinite::Refuse) })
        })
        .collect();
    let mapping = Mapping {
        participant: table.opt_text("participant").unwrap_or_else(|| "participant".to_owned()),
        order: table.opt_text("order"),
        missing: tokens(table, "missing").unwrap_or_else(|| vec![String::new(), "NA".to_owned()]),
        identical_rows: table
            .opt_word("identical_rows", Identical::WORDS)
            .and_then(|word| Identical::from_word(&word))
            .unwrap_or(Identical::Refuse),
        columns,
    };
    table.finish(&[]);
    mapping
}

/// Rules; `leave_out`: they name what goes, and may take a whole participant.
pub(super) fn rules(table: &Table<'_>, leave_out: bool) -> Vec<Rule> {
    named_tables(table)
        .filter_map(|(name, table)| {
            let condition = condition(&table, &name);
            let reason = if leave_out { table.text("reason") } else { table.opt_text("reason").unwrap_or_default() };
            let whole = table.value("whole_participant").and_then(|v| v.boolean()).unwrap_or(false);
            if whole && !leave_out {
                table.source().wrong(table.at(), "rows have no `whole_participant`", "use an exclusion");
            }
            table.finish(&[]);
            Some(Rule { name, condition: condition?, reason, whole_participant: whole })
        })
        .collect()
}

fn condition(table: &Table<'_>, name: &str) -> Option<Condition> {
    let codes = texts(table, "participants");
    let (column, is, is_not) = (table.opt_text("column"), texts(table, "is"), texts(table, "is_not"));
    let (above, below) = (table.opt_f64_in("above", -MOST..=MOST), table.opt_f64_in("below", -MOST..=MOST));
    let missing = table.value("missing").and_then(|v| v.boolean()).unwrap_or(false);
    let mut found = Vec::new();
    if let Some(column) = &column {
        let column = || column.clone();
        found.extend((!is.is_empty()).then(|| Condition::Is(column(), is)));
        found.extend((!is_not.is_empty()).then(|| Condition::IsNot(column(), is_not)));
        found.extend(above.map(|value| Condition::Above(column(), value)));
        found.extend(below.map(|value| Condition::Below(column(), value)));
        found.extend(missing.then(|| Condition::Missing(column())));
    }
    found.extend((!codes.is_empty()).then_some(Condition::Participants(codes)));
    if found.len() != 1 {
        let what = format!("the rule {name} has {} conditions, but one is wanted", found.len());
        let cure = "give `participants = [..]`, or `column` and one of is, is_not, above, below, missing = true";
        table.source().wrong(table.at(), what, cure);
    }
    found.pop()
}

fn before(table: &Table<'_>) -> Option<BeforePlan> {
    if !table.exists() {
        return None;
    }
    let seen = texts(table, "seen");
    if seen.is_empty() {
        let cure = "name columns with 1 and 0, such as seen = [\"braking_seen\"]";
        table.source().wrong(table.at(), "which column tells whether the manipulation had begun?", cure);
    }
    let treat = table.word("treat", Before::WORDS).and_then(|word| Before::from_word(&word));
    table.finish(&[]);
    Some(BeforePlan { seen, treat: treat.unwrap_or(Before::Keep) })
}

struct Known<'a> {
    factors: &'a [Factor],
    covariates: &'a [Covariate],
    families: &'a [Family],
}

/// The places of named things in a list of them; an unknown name is noted.
fn places(list: &[Value<'_>], what: &str, known: &[&str]) -> Vec<usize> {
    let place = |value: &Value<'_>| {
        let name = value.text()?;
        let at = known.iter().position(|one| *one == name);
        if at.is_none() {
            let cure = match meant(&name, known.iter().copied()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None if known.is_empty() => format!("the plan names no {what}"),
                None => format!("the plan has: {}", known.join(", ")),
            };
            value.source().wrong(value.at(), format!("there is no {what} \"{name}\""), cure);
        }
        at
    };
    list.iter().filter_map(place).collect()
}

fn outcome(name: String, table: &Table<'_>, known: &Known<'_>) -> OutcomePlan {
    let kind = table.word("kind", Kind::WORDS).and_then(|word| Kind::from_word(&word)).unwrap_or(Kind::Continuous);
    let names: Vec<&str> = known.factors.iter().map(|factor| factor.name.as_str()).collect();
    let list = |key| table.value(key).and_then(|value| value.list());
    let factors = list("factors").map_or_else(|| (0..names.len()).collect(), |list| places(&list, "factor", &names));
    if factors.len() > MOST_FACTORS {
        let what = format!("the outcome {name} has {} factors; at most {MOST_FACTORS} can be analysed", factors.len());
        table.source().wrong(table.at(), what, "write factors = [..] with those that it is about");
    }
    let covariates: Vec<&str> = known.covariates.iter().map(|covariate| covariate.name.as_str()).collect();
    let families: Vec<&str> = known.families.iter().map(|family| family.name.as_str()).collect();
    let test = |word: String| Test::from_word(&word);
    let outcome = OutcomePlan {
        label: table.opt_text("label").unwrap_or_else(|| name.replace('_', " ")),
        column: table.opt_text("column").unwrap_or_else(|| name.clone()),
        unit: table.opt_text("unit").unwrap_or_default(),
        censored: censored(table, kind),
        restricted_at: restricted_at(table, kind),
        range: table.value("range").and_then(|value| value.span_f64_in(-MOST..=MOST)).map(|[low, high]| (low, high)),
        effects: effects(table, &factors, known.factors),
        covariates: list("covariates").map_or_else(Vec::new, |list| places(&list, "covariate", &covariates)),
        test: test_of(table, "test", kind),
        also: words(table, "also", Test::WORDS).into_iter().filter_map(test).collect(),
        equivalence: table
            .value("equivalence")
            .and_then(|v| v.span_f64_in(-MOST..=MOST))
            .map(|[low, high]| (low, high)),
        family: table.value("family").and_then(|value| places(&[value], "family", &families).pop()),
        probit: table.opt_word("link", &["logit", "probit"]).is_some_and(|word| word == "probit"),
        options: super::options::read(table, kind),
        factors,
        kind,
        name,
    };
    if outcome.equivalence.is_some() && !matches!(kind, Kind::Continuous | Kind::Count) {
        let cure = "take `equivalence` out: it is a difference of means";
        table.source().wrong(
            table.at(),
            format!("bounds of equivalence have no meaning for a {} outcome", kind.word()),
            cure,
        );
    }
    for also in &outcome.also {
        suits(table, *also, kind);
    }
    let described = outcome.factors.is_empty() && !known.factors.is_empty();
    if described && (outcome.test.is_some() || !outcome.also.is_empty()) {
        let what = format!("the outcome {} has no factor that a test could be of", outcome.name);
        table.source().wrong(table.at(), what, "name its factors, or take `test` and `also` out: then it is described");
    }
    if outcome.test.is_some_and(Test::is_of_hazards) && table.value("contrasts").is_some() {
        let cure = "take `contrasts` out, or use default (restricted means)";
        table.source().wrong(table.at(), "hazards of levels are not compared by contrasts", cure);
    }
    table.finish(&[]);
    outcome
}

fn censored(table: &Table<'_>, kind: Kind) -> Option<CensoredBy> {
    let (at, happened) = (table.opt_text("censored_at"), table.opt_text("happened"));
    let (is, is_not) = (texts(table, "happened_is"), texts(table, "happened_is_not"));
    if happened.is_none() && !(is.is_empty() && is_not.is_empty()) {
        let cure = "write happened = \"column\", or take them out";
        table.source().wrong(
            table.at(),
            "`happened_is` and `happened_is_not` are texts of the column `happened`",
            cure,
        );
    }
    if let Some(both) = is.iter().find(|text| is_not.contains(text)) {
        let what = format!("\"{both}\" stands for both: it happened, and it did not");
        table.source().wrong(table.at(), what, "name it in one of happened_is and happened_is_not");
    }
    let found = match (at, happened) {
        (Some(column), None) => Some(CensoredBy::At(column)),
        (None, Some(column)) => {
            let is = if is.is_empty() { vec!["1".to_owned()] } else { is };
            Some(CensoredBy::Happened { column, is, is_not })
        }
        _ => None,
    };
    if (kind == Kind::Censored) != found.is_some() {
        let cure = "write kind = \"censored\" with censored_at = \"column\" (until when it had not happened, where the \
                    outcome is unknown), or happened = \"column\" with happened_is = [..]";
        table.source().wrong(table.at(), "a wait is censored by one of two columns, and only a wait is", cure);
    }
    found
}

/// Up to when waits are counted.
fn restricted_at(table: &Table<'_>, kind: Kind) -> Option<f64> {
    let value = table.value("restricted_at")?;
    if kind != Kind::Censored {
        let cure = "take `restricted_at` out, or write kind = \"censored\"";
        table.source().wrong(value.at(), "only waits are counted up to a time", cure);
    }
    value.f64_in(0.0..=MOST)
}

/// The test asked for; none for `default`. Unpaired tests are known by name, to be refused in words.
fn test_of(table: &Table<'_>, key: &'static str, kind: Kind) -> Option<Test> {
    let unpaired =
        ["unpaired_t", "welch_t", "t_test", "mann_whitney", "wilcoxon_rank_sum", "kruskal_wallis", "chi_squared"];
    let mut known = vec!["default"];
    known.extend(Test::WORDS);
    let value = table.value(key)?;
    if let Some(word) = unpaired.iter().find(|word| value.is_this_text(word)) {
        let what = format!(
            "{word} takes trials of one participant for independent: unpaired tests of paired data are refused"
        );
        let cure =
            "each participant is seen in several cells: use default, paired_t, wilcoxon, permutation or a mixed model";
        table.source().wrong(value.at(), what, cure);
        return None;
    }
    let test = Test::from_word(&value.word(&known)?)?;
    if test == Test::BayesFactor {
        let cure = "write also = [\"bayes_factor\"], and let a test decide";
        table.source().wrong(value.at(), "a Bayes factor has no p-value that a family could correct", cure);
    }
    suits(table, test, kind);
    Some(test)
}

/// Notes a test that cannot be asked of such an outcome.
fn suits(table: &Table<'_>, test: Test, kind: Kind) {
    let waits = test.is_of_hazards();
    let fits = match kind {
        Kind::Censored => !matches!(test, Test::Friedman | Test::Lmm | Test::Clmm | Test::Glmm),
        Kind::Ordinal => !waits && test != Test::Glmm,
        Kind::Binary => !waits && test != Test::Clmm,
        Kind::Continuous | Kind::Count => !waits && !matches!(test, Test::Clmm | Test::Glmm),
    };
    if !fits {
        let cure = match kind {
            Kind::Censored => {
                "waits are cut off: use default (restricted means), paired_t, permutation, wilcoxon, anova, cox, frailty or log_rank"
            }
            _ => "use default, or a test for this kind of outcome",
        };
        table.source().wrong(table.at(), format!("{} is no test of a {} outcome", test.word(), kind.word()), cure);
    }
}

/// `["ehmi", "ehmi:braking"]` as indices of factors, in the outcome's order.
fn effects(table: &Table<'_>, own: &[usize], factors: &[Factor]) -> Vec<Vec<usize>> {
    let Some(value) = table.value("effects") else { return Vec::new() };
    let names: Vec<&str> = own.iter().filter_map(|i| factors.get(*i)).map(|factor| factor.name.as_str()).collect();
    let mut effects = Vec::new();
    for value in value.list().unwrap_or_default() {
        let Some(text) = value.text() else { continue };
        let parts: Vec<Option<usize>> =
            text.split(':').map(|part| names.iter().position(|name| *name == part.trim())).collect();
        if let Some(mut effect) = parts.into_iter().collect::<Option<Vec<usize>>>() {
            effect.sort_unstable();
            effect.dedup();
            effects.push(effect);
        } else {
            let cure = format!("name factors of the outcome, joined by \":\": {}", names.join(", "));
            value.source().wrong(value.at(), format!("there is no effect \"{text}\""), cure);
        }
    }
    effects
}
