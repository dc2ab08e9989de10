//! R's answers, and the data they were given for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("analysis/crosscheck")
}

/// A data file by column.
pub struct Data(BTreeMap<String, Vec<f64>>);

impl Data {
    pub fn of(name: &str) -> Self {
        let mut reader = csv::Reader::from_path(folder().join("data").join(format!("{name}.csv"))).unwrap();
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let mut columns: BTreeMap<String, Vec<f64>> = names.iter().map(|name| (name.clone(), Vec::new())).collect();
        for record in reader.records() {
            for (name, field) in names.iter().zip(record.unwrap().iter()) {
                columns.get_mut(name).unwrap().push(field.parse().unwrap());
            }
        }
        Self(columns)
    }

    pub fn column(&self, name: &str) -> &[f64] {
        &self.0[name]
    }

    /// A column of levels counted from 1, as indices from 0.
    pub fn indices(&self, name: &str) -> Vec<usize> {
        self.column(name).iter().map(|level| *level as usize - 1).collect()
    }

    pub fn rows(&self) -> usize {
        self.0.values().next().unwrap().len()
    }
}

/// The rows of `expected.csv` whose names begin with one of some words.
pub struct Expected {
    rows: BTreeMap<String, (f64, f64, String)>,
    asked: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Expected {
    pub fn of(beginnings: &[&str]) -> Self {
        let mut reader =
            csv::ReaderBuilder::new().comment(Some(b'#')).from_path(folder().join("expected.csv")).unwrap();
        let rows: BTreeMap<String, (f64, f64, String)> = reader
            .records()
            .map(|record| record.unwrap())
            .filter(|record| beginnings.iter().any(|b| record[0].split('.').next() == Some(b)))
            .map(|r| (r[0].to_owned(), (r[1].parse().unwrap(), r[2].parse().unwrap(), r[3].to_owned())))
            .collect();
        assert!(!rows.is_empty());
        Self { rows, asked: BTreeSet::new(), wrong: Vec::new() }
    }

    /// Compares a number with R's.
    pub fn check(&mut self, name: &str, ours: f64) {
        let (theirs, tolerance, call) = self.rows.get(name).unwrap_or_else(|| panic!("{name} is not in expected.csv"));
        assert!(self.asked.insert(name.to_owned()), "{name} is asked for twice");
        // Where R's own answer is a rounded zero, nothing relative can be said.
        let near = (ours - theirs).abs() <= tolerance * theirs.abs() + 1e-13;
        if !near {
            self.wrong.push(format!("{name}: {ours:?}, R {theirs:?}: {call}"));
        }
    }

    /// Compares several numbers: `name.1`, `name.2` ..
    pub fn check_all(&mut self, name: &str, ours: &[f64]) {
        for (i, value) in ours.iter().enumerate() {
            self.check(&format!("{name}.{}", i + 1), *value);
        }
    }

    /// Fails for every number that differs, and for every row that was not asked for.
    pub fn finish(self) {
        let forgotten: Vec<&String> = self.rows.keys().filter(|name| !self.asked.contains(*name)).collect();
        assert!(self.wrong.is_empty(), "\n{}", self.wrong.join("\n"));
        assert!(forgotten.is_empty(), "not compared: {forgotten:?}");
    }
}
