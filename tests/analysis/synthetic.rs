//! A study of a known truth, as a table of trials, and its plan.

use kerbside::analysis::drawings::Drawings;
use kerbside::analysis::intake::{self, Taken};
use kerbside::analysis::lock::Lock;
use kerbside::analysis::plan::Plan;
use kerbside::analysis::results::{self, Results};
use kerbside::analysis::sheet::Sheet;
use kerbside::analysis::write;
use kerbside::kernel::rng::Rng;
use kerbside::problem::Outcome;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// The trials of `people`; the light makes people feel safer, cross earlier by this many latent units.
pub fn table(people: usize, effect: f64, seed: &str) -> String {
    let mut rng = Rng::named(&["synthetic study", seed]);
    let mut text = "who,light,gap,age_group,trial,safe,wait,crossed,clear_s,looks,faults,seen,waved\n".to_owned();
    for person in 0..people {
        let (level, own) = (rng.normal(), effect + 0.4 * rng.normal());
        let age = if person % 2 == 0 { "young" } else { "old" };
        for trial in 0..12 {
            let (light, gap) = (trial % 2, trial / 2 % 2);
            let shift = own * f64::from(light) + 0.5 * f64::from(gap);
            let safe = (3.0 + level + shift + rng.normal()).round().clamp(1.0, 5.0);
            let wait = -(1.0 - rng.uniform()).ln() / (0.3 * (shift + 0.3 * level).exp());
            let (wait, crossed) = if wait > 6.0 { (6.0, 0) } else { (wait, 1) };
            let clear = 2.0 + 0.4 * level + 0.3 * shift + 0.5 * rng.normal();
            let waved = u8::from(level + shift + 1.6 * rng.normal() > 0.8);
            let (looks, fault, seen) = (rng.below(4), u8::from(rng.uniform() < 0.05), u8::from(rng.uniform() < 0.8));
            let (light, gap) = (["off", "on"][light as usize], ["3.0", "5.0"][gap as usize]);
            let _ = writeln!(
                text,
                "P{person:02},{light},{gap},{age},{trial},{safe},{wait:.4},{crossed},{clear:.4},{looks},{fault},{seen},{waved}"
            );
        }
    }
    text
}

/// The same with a factor of three levels, each seen once in every cell of the others and itself not without effect, and
/// when a vehicle came: in one trial of six it never does.
pub fn table_with_speed(people: usize, effect: f64, seed: &str) -> String {
    let table = table(people, effect, seed);
    let mut text = String::new();
    for (i, line) in table.lines().enumerate() {
        if i == 0 {
            text += &format!("{line},speed,came\n");
            continue;
        }
        let level = (i - 1) / 4 % 3;
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let moved = |cell: &str, by: f64| cell.parse::<f64>().unwrap() + by * level as f64;
        cells[8] = format!("{:.4}", moved(&cells[8], 0.25));
        cells[5] = format!("{}", moved(&cells[5], if i % 2 == 0 { 1.0 } else { 0.0 }).min(5.0));
        let came = if i % 6 == 0 { "NA".to_owned() } else { format!("{}", 1 + i % 4) };
        text += &format!("{},{},{came}\n", cells.join(","), ["25", "30", "35"][level]);
    }
    text
}

/// Reads plan and table and analyses.
pub fn analyse(plan: &str, table: &str) -> Outcome<(Plan, Taken, Results)> {
    analyse_sheet(plan, table).map(|(plan, taken, results, _)| (plan, taken, results))
}

/// The same with the table.
pub fn analyse_sheet(plan: &str, table: &str) -> Outcome<(Plan, Taken, Results, Sheet)> {
    let plan = Plan::read("plan.toml", plan)?;
    let sheet = Sheet::read("trials.csv", table.as_bytes())?;
    let taken = intake::take(&plan, &sheet)?;
    let state = Lock::state(None, String::new(), None, &[], &[]);
    let results = results::of(&plan, &taken, sheet.files.clone(), state, &|_, _| {});
    Ok((plan, taken, results, sheet))
}

/// The files of an analysis.
pub fn files(plan: &str, table: &str) -> Vec<(String, String)> {
    let (plan, taken, results) = analyse(plan, table).unwrap();
    write::files(&plan, &taken, &results, &Drawings::default())
}

/// A table with a line of names.
pub struct Csv {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Csv {
    pub fn of(text: &str) -> Self {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        let names = texts(reader.headers().unwrap());
        Self { names, rows: reader.records().map(|record| texts(&record.unwrap())).collect() }
    }

    pub fn read(path: &Path) -> Self {
        Self::of(&std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
    }

    /// Each row by the names of its columns.
    pub fn rows(&self) -> impl Iterator<Item = BTreeMap<String, String>> {
        self.rows.iter().map(|row| self.names.iter().cloned().zip(row.iter().cloned()).collect())
    }
}

/// What is wrong, in words.
pub fn wrong(plan: &str, table: &str) -> String {
    analyse(plan, table).map(|_| ()).unwrap_err().to_string()
}
