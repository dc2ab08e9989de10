//! The page of results: studies of 3 and of 200 participants, of 1 and of 12 conditions, and words that are markup.

use super::synthetic::{self, Csv};
use super::{skips, svg};
use kerbside::analysis::drawings::Drawings;
use kerbside::analysis::write;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// A plan with every kind of outcome; `factors` are the names of those that outcomes have.
fn plan(levels: &[(&str, &[&str])], title: &str) -> String {
    let mut plan = format!(
        "schema = 1\nname = \"page\"\ntitle = {title:?}\nseed = 3\n[data]\nparticipant = \"who\"\norder = \"trial\"\n"
    );
    for (factor, levels) in levels {
        plan += &format!("[factors.{factor}]\ncolumn = \"{factor}\"\nlevels = {levels:?}\n");
    }
    plan + "[families.main]\ncorrection = \"holm\"\n\
            [outcomes.clear]\nlabel = \"Time until it was clear\"\ncolumn = \"clear_s\"\nkind = \"continuous\"\nunit = \"s\"\nfamily = \"main\"\n\
            [outcomes.safe]\nkind = \"ordinal\"\nrange = [1, 5]\ntest = \"friedman\"\n\
            [outcomes.wait]\nkind = \"censored\"\nhappened = \"crossed\"\nunit = \"s\"\ntest = \"log_rank\"\n\
            [outcomes.waved]\nkind = \"binary\"\ntest = \"paired_t\"\n\
            [outcomes.looks]\nkind = \"count\"\ntest = \"paired_t\"\n"
}

/// The table with a factor of three levels more, so that there are twelve conditions, each seen twice.
fn twelve(people: usize) -> String {
    let table = synthetic::table(people, 0.5, "twelve");
    let mut text = String::new();
    for (i, line) in table.lines().enumerate() {
        let speed = ["speed", "25", "30", "35"][if i == 0 { 0 } else { 1 + (i - 1) / 4 % 3 }];
        text += &format!("{line},{speed}\n");
    }
    text
}

fn cases() -> Vec<(&'static str, String, String)> {
    let light: (&str, &[&str]) = ("light", &["off", "on"]);
    let gap: (&str, &[&str]) = ("gap", &["3.0", "5.0"]);
    let speed: (&str, &[&str]) = ("speed", &["25", "30", "35"]);
    let evil = "<script>alert('&')</script>";
    vec![
        ("three", plan(&[light, gap], "Three participants"), synthetic::table(3, 0.5, "three")),
        ("many", plan(&[light], "Two hundred participants"), synthetic::table(200, 0.5, "many")),
        ("one-condition", plan(&[], "One condition"), synthetic::table(9, 0.5, "one")),
        ("twelve", plan(&[speed, gap, light], "Twelve conditions"), twelve(12)),
        ("evil", plan(&[light], evil), synthetic::table(5, 0.5, "evil").replace("P03", evil)),
    ]
}

/// A case with its files and its figures.
type Analysed = (&'static str, Vec<(String, String)>, Drawings);

/// The cases, analysed once.
fn analysed() -> &'static [Analysed] {
    static ALL: OnceLock<Vec<Analysed>> = OnceLock::new();
    ALL.get_or_init(|| {
        let of = |(name, plan, table): (&'static str, String, String)| {
            let (files, drawings) = files(&plan, &table);
            (name, files, drawings)
        };
        cases().into_iter().map(of).collect()
    })
}

fn file<'a>(files: &'a [(String, String)], name: &str) -> &'a str {
    &files.iter().find(|(file, _)| file == name).unwrap().1
}

fn files(plan: &str, table: &str) -> (Vec<(String, String)>, Drawings) {
    let (plan, taken, results, sheet) = synthetic::analyse_sheet(plan, table).unwrap();
    let drawings = Drawings::of(&plan, &sheet, &taken, &results, &[], &|_, _| {});
    (write::files(&plan, &taken, &results, &drawings), drawings)
}

#[test]
fn every_figure_is_drawn_within_its_box_and_stands_in_the_page() {
    for (name, files, drawings) in analysed() {
        let page = file(files, "report.html");
        let mut names: Vec<&str> = drawings.all().map(|one| one.name.as_str()).collect();
        for drawing in drawings.all() {
            let figure = drawing.drawn.as_ref().unwrap_or_else(|why| panic!("{name}, {}: {why}", drawing.name));
            svg::read(figure);
            assert!(page.contains(&figure.svg), "{name}: {}", drawing.name);
        }
        let of = names.len();
        names.sort_unstable();
        names.dedup();
        assert!(names.len() == of && of >= 9, "{name}: {names:?}");
        assert_eq!(page.matches("<svg ").count(), of, "{name}");
        for wrong in ["NaN", "<script", "Not drawn", "src=", "@import"] {
            assert!(!page.contains(wrong), "{name}: {wrong}");
        }
        // On paper small figures stand two to a row.
        let small = drawings.outcomes.iter().any(|one| !(one.assumptions.is_empty() && one.order.is_empty()));
        assert!(
            small && page.contains("<div class=\"pairs\"><figure") && page.contains(".pairs{display:grid"),
            "{name}"
        );
        let counts = page.find("Trials per participant</h2>").unwrap();
        assert!(counts < page.find("Methods</h2>").unwrap(), "cells per participant come first");
        // The same sentences in both renderings.
        let markdown = file(files, "results.md");
        for line in markdown.lines().filter(|line| line.starts_with("- **") && !line.contains(['<', '&', '\''])) {
            assert!(page.contains(line.trim_start_matches("- **").trim_end_matches("**")), "{name}: {line}");
        }
    }
}

#[test]
fn forests_print_the_numbers_that_they_draw() {
    let mut seen = 0;
    for (name, files, drawings) in analysed() {
        let figures: String = drawings.effects.iter().map(|one| one.drawn.as_ref().unwrap().svg.as_str()).collect();
        let tests = Csv::of(file(files, "tests.csv"));
        for row in tests.rows().filter(|row| row["confirmatory"] == "1" && row["estimate"] == "d_z") {
            // Two decimals, as in the text; the raw estimate stands in a column of its own.
            let words = format!("{:.2} [", row["estimate_value"].parse::<f64>().unwrap()).replace('-', "−");
            assert!(figures.contains(&format!(">{words}")) && figures.contains(">d_z<"), "{name}: {words}");
            assert!(figures.contains(">in the outcome's unit<"), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn one_condition_is_described_and_nothing_is_tested() {
    let (_, files, _) = analysed().iter().find(|(name, ..)| *name == "one-condition").unwrap();
    let of = |name: &str| Csv::of(file(files, name));
    assert_eq!(of("tests.csv").rows().count(), 0);
    let cells: Vec<_> =
        of("cells.csv").rows().filter(|row| row["outcome"] == "clear" && row["what"] == "mean").collect();
    assert_eq!((cells.len(), cells[0]["people"].as_str(), cells[0]["trials"].as_str()), (1, "9", "108"));
}

/// What a browser finds wrong: a page that is wider than its window, words outside their figure; in a window as wide as a
/// desk's, a table that must be scrolled.
const LOOK: &str = "<script>addEventListener('load', () => {
  const wrong = [], root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) wrong.push('the page: ' + root.scrollWidth + ' in ' + root.clientWidth);
  if (root.clientWidth > 1000) for (const one of document.querySelectorAll('.block .scroll'))
    if (one.scrollWidth > one.clientWidth) wrong.push('the table ' + one.getAttribute('aria-label'));
  for (const svg of document.querySelectorAll('figure.chart svg')) {
    const box = svg.getBoundingClientRect();
    if (!(box.width > 300 && box.height > 60)) wrong.push('size of ' + svg.getAttribute('aria-label'));
    for (const text of svg.querySelectorAll('text')) {
      const own = text.getBoundingClientRect();
      const out = own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1;
      if (out) wrong.push(svg.getAttribute('aria-label') + ': ' + text.textContent);
    }
  }
  document.title = 'looked at ' + root.clientWidth + ': ' + (wrong.join(' | ') || 'nothing wrong');
})</script></body>";

/// What the browser says of a page in a window so wide; none where there is no browser, or none that runs here.
fn looked(page: &str, folder: &Path, wide: usize) -> Option<String> {
    let file = folder.join("looked.html");
    std::fs::write(&file, page.replace("</body>", LOOK)).unwrap();
    let output = Command::new("chromium")
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .arg(format!("--user-data-dir={}", folder.join("browser").display()))
        .arg(format!("--window-size={wide},900"))
        .args(["--virtual-time-budget=4000", "--dump-dom"])
        .arg(format!("file://{}", file.display()))
        .env("HOME", folder)
        .output();
    let output = match output {
        Ok(output) => output,
        Err(_) => {
            skips::missing("no page was opened in a browser: tests/graphics.sh installs chromium");
            return None;
        }
    };
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = dom.split_once("<title>looked at ").and_then(|(_, rest)| rest.split_once("</title>"));
    if said.is_none() {
        let why = String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("").to_owned();
        skips::cannot(&format!("no page was opened: chromium does not run here: {why}"));
    }
    said.map(|(words, _)| words.to_owned())
}

#[test]
fn in_a_browser_nothing_runs_over() {
    let folder = tempfile::tempdir().unwrap();
    for (name, files, _) in analysed() {
        let page = file(files, "report.html");
        for wide in [1280, 520] {
            let Some(said) = looked(page, folder.path(), wide) else { return };
            assert!(said.ends_with(": nothing wrong"), "{name}, {wide}: {said}");
        }
    }
}
