//! Plans: those that ship can be read, and everything that is wrong with one is told at once, with its place.

use kerbside::analysis::plan::{Kind, Plan};
use kerbside::study;
use std::collections::BTreeSet;
use std::path::Path;

fn wrong(plan: &str) -> String {
    Plan::read("plan.toml", plan).unwrap_err().to_string()
}

#[test]
fn the_plan_that_ships_is_of_the_study_that_ships() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("analysis/plans/ehmi_braking_2x2.toml")).unwrap();
    let plan = Plan::read("ehmi_braking_2x2.toml", &text).unwrap();
    let study_file = root.join("analysis/plans").join(plan.study.as_ref().unwrap());
    let (study, _) = study::read("study.toml", &std::fs::read_to_string(study_file).unwrap()).unwrap();
    for factor in &plan.factors {
        let own = study.factors.iter().find(|own| own.name == factor.name).unwrap();
        let levels: Vec<&str> = own.levels.iter().map(|level| level.name.as_str()).collect();
        assert_eq!(factor.levels, levels, "{}", factor.name);
    }
    for outcome in plan.outcomes.iter().filter(|outcome| outcome.kind == Kind::Ordinal) {
        let item = outcome.column.rsplit('.').next().unwrap();
        assert!(study.items.iter().any(|own| own.id == item), "{item}");
    }
}

#[test]
fn plans_that_ship_say_up_to_when_waits_are_counted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("analysis/plans");
    for name in ["dfki_crossings", "ehmi_braking_2x2", "hiker"] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
        let plan = Plan::read(name, &text).unwrap();
        assert!(plan.outcomes.iter().any(|outcome| outcome.kind == Kind::Censored), "{name}");
        assert_eq!(plan.waits_without_a_time().count(), 0, "{name}");
    }
}

#[test]
fn everything_wrong_is_told_at_once_with_its_place() {
    let words = wrong(
        "schema = 1\nname = \"x\"\nalhpa = 0.05\n[factors.light]\nlevels = [\"off\", \"on\"]\n[outcomes.safe]\n\
         kind = \"ordnal\"\nfactors = [\"lihgt\"]\n[exclusions.a]\ncolumn = \"marks\"\n",
    );
    for part in [
        "plan.toml:3:1: unknown key `alhpa`\n    cure: did you mean `alpha`?",
        "plan.toml:7:8: `outcomes.safe.kind` is \"ordnal\", which is not known\n    cure: did you mean \"ordinal\"?",
        "plan.toml:8:12: there is no factor \"lihgt\"\n    cure: did you mean \"light\"?",
        "the rule a has 0 conditions, but one is wanted",
        "[exclusions.a] needs `reason`",
    ] {
        assert!(words.contains(part), "{part}\n---\n{words}");
    }
}

/// A plan of one outcome with these lines.
fn plan(lines: &str) -> String {
    format!("schema = 1\nname = \"x\"\n[factors.light]\nlevels = [\"off\", \"on\"]\n[outcomes.y]\n{lines}\n")
}

#[test]
fn tests_that_do_not_suit_are_refused_in_words() {
    for (lines, words) in [
        ("kind = \"continuous\"\ntest = \"unpaired_t\"", "unpaired tests of paired data are refused"),
        ("kind = \"ordinal\"\ntest = \"mann_whitney\"", "unpaired tests of paired data are refused"),
        (
            "kind = \"censored\"\ncensored_at = \"end\"\ntest = \"lmm\"",
            "waits are cut off: use default (restricted means)",
        ),
        ("kind = \"continuous\"\nrestricted_at = 3", "only waits are counted up to a time"),
        ("kind = \"continuous\"\ntest = \"bayes_factor\"", "a Bayes factor has no p-value that a family could correct"),
        ("kind = \"censored\"", "a wait is censored by one of two columns"),
        (
            "kind = \"censored\"\ncensored_at = \"end\"\nhappened_is_not = [\"0\"]",
            "`happened_is` and `happened_is_not` are texts of the column `happened`",
        ),
        (
            "kind = \"censored\"\nhappened = \"end\"\nhappened_is = [\"0\"]\nhappened_is_not = [\"0\"]",
            "\"0\" stands for both",
        ),
        ("kind = \"continuous\"\ncensored_at = \"end\"", "only a wait is"),
        ("kind = \"continuous\"\nalso = [\"cox\"]", "cox is no test of a continuous outcome"),
        ("kind = \"continuous\"\nfactors = []\ntest = \"paired_t\"", "has no factor that a test could be of"),
        (
            "kind = \"censored\"\ncensored_at = \"end\"\ntest = \"frailty\"\ncontrasts = \"pairs\"",
            "hazards of levels are not compared by contrasts",
        ),
        ("kind = \"ordinal\"\nequivalence = [-1, 1]", "bounds of equivalence"),
        ("kind = \"continuous\"\neffects = [\"light:speed\"]", "there is no effect \"light:speed\""),
        ("kind = \"continuous\"\nfamily = \"main\"", "there is no family \"main\""),
    ] {
        let told = wrong(&plan(lines));
        assert!(told.contains(words), "{lines}\n---\n{told}");
    }
    assert!(Plan::read("plan.toml", &plan("kind = \"continuous\"")).is_ok());
}

#[test]
fn names_that_would_share_a_column_are_refused() {
    let words = wrong(&plan(
        "kind = \"continuous\"\n[outcomes.light]\nkind = \"binary\"\n[outcomes.analysed]\nkind = \"count\"",
    ));
    assert!(words.contains("two things are called \"light\""), "{words}");
    assert!(words.contains("\"analysed\" is the name of a column of the results"), "{words}");
}

/// The keys that `read_plan.rs` asks for: the first text in each call that reads one.
fn keys_read(source: &str) -> BTreeSet<String> {
    let readers = [
        ".text(",
        ".opt_text(",
        ".value(",
        ".table(",
        ".required_table(",
        ".opt_f64_in(",
        ".opt_u32_in(",
        ".i64_in(",
        ".word(",
        ".opt_word(",
        "texts(",
        "words(",
        "tokens(",
        " list(",
        "test_of(",
    ];
    let mut keys = BTreeSet::new();
    for reader in readers {
        for (at, _) in source.match_indices(reader) {
            let rest = &source[at + reader.len()..];
            // `texts(&table, "levels")` names its table first.
            let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let rest = rest.trim_start_matches('&').trim_start_matches(name).trim_start_matches(", ");
            keys.extend(rest.strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned));
        }
    }
    keys
}

#[test]
fn the_list_of_keys_in_the_documents_is_whole_and_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
    let text = read("docs/analysis.md");
    let list = text.split("## Every key of a plan").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows: Vec<Vec<String>> = list
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains("| `"))
        .map(|line| line.split(" | ").map(|cell| cell.trim_matches(['|', ' ', '`']).to_owned()).collect())
        .collect();
    let listed = rows.iter().flat_map(|row| {
        let table = row[0].split('.').filter(|part| *part != "NAME" && *part != "the plan");
        table.chain([row[1].as_str()]).map(str::to_owned).collect::<Vec<_>>()
    });
    assert_eq!(
        listed.collect::<BTreeSet<_>>(),
        keys_read(&[read("src/analysis/read_plan.rs"), read("src/analysis/options.rs")].concat())
    );
    // Each stands where it is said to stand, with a value of its kind.
    for row in &rows {
        let (place, key, value) = (row[0].replace("NAME", "a"), row[1].as_str(), row[2].as_str());
        let plan = |line: &str| match place.as_str() {
            "the plan" => format!("{line}\n"),
            table => format!("[{table}]\n{line}\n"),
        };
        let told = |line: &str| {
            Plan::read("plan.toml", &plan(line)).map_or_else(|problems| problems.to_string(), |_| String::new())
        };
        let told_of_it = told(&format!("{key} = {value}"));
        let of_its_value = |line: &str| {
            let wrong = ["which is not known", "must be", "is wanted", "is empty"];
            line.contains(&format!("{key}` is ")) && wrong.iter().any(|words| line.contains(words))
        };
        let wrong = told_of_it.contains("unknown key") || told_of_it.lines().any(of_its_value);
        assert!(!wrong, "{place}.{key}: {told_of_it}");
        assert!(told("nonsense = 1").contains("unknown key"), "{place}");
    }
}
