//! How to check the numbers: the R script, the lock, the hashes.

use super::super::plan::Plan;
use super::super::results::Results;
use super::document::{Block, Table};

/// What stands in the folder besides the page.
const FILES: [(&str, &str); 14] = [
    ("results.md", "this text without the page"),
    ("results.tex", "every number of the tests as a LaTeX macro"),
    ("results.json", "everything as one tree"),
    ("analysis.R", "the script that gives every number again"),
    ("data.csv", "the trials as they were read: what the script begins with"),
    ("numbers.csv", "every number by a name of its own, and how near R comes"),
    ("tests.csv, sensitivity.csv, without_each_participant.csv", "the tests, a row each, with exact numbers"),
    ("marginal_means.csv", "estimated marginal means of each model and analysis of variance"),
    ("cells.csv", "the conditions described"),
    ("competing.csv", "waits that ended before the vehicle came, after it, or never, where the plan asks (`arrival`)"),
    ("flow.csv", "from all trials to those analysed"),
    ("trials_per_participant.csv", "how many trials each participant has in each cell"),
    ("figures/", "each figure as SVG and PDF"),
    ("report.html", "the page"),
];

pub(super) fn blocks<'a>(plan: &Plan, results: &Results) -> Vec<Block<'a>> {
    let lock = &results.lock;
    let known = |hash: Option<&String>| hash.map_or_else(|| "none named in the plan".to_owned(), Clone::clone);
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let hashes = vec![
        row("plan, SHA-256", lock.plan_sha256.clone()),
        row("study, SHA-256", known(lock.study_sha256.as_ref())),
        row("seed of random numbers", plan.seed.to_string()),
        row("software", format!("Kerbside {}", results.version)),
    ];
    let files = FILES.iter().map(|(file, what)| vec![(*file).to_owned(), (*what).to_owned()]).collect();
    vec![
        Block::Text(
            "",
            "In this folder, with R and the packages survival, lme4, lmerTest, ordinal and afex. The script computes every \
             number again from data.csv, compares it with numbers.csv, and fails where one differs; numbers drawn at random \
             are not compared, and a test that R finds no fit for is counted. With --quick it leaves out the sensitivity \
             tables, whose models take minutes."
                .to_owned(),
        ),
        Block::Typed("Rscript analysis.R\nRscript analysis.R --quick".to_owned()),
        Block::Text("The lock.", lock.words.clone()),
        Block::Table(Table::new("What was analysed with what", &["what", "value"], hashes)),
        Block::Table(Table::new("Files beside this one", &["file", "what it is"], files)),
    ]
}
