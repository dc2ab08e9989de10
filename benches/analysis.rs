//! Fits, resampling and reading. `analysis/bench/bench.py` runs each part in a process of its own, so that peak memory is
//! that part's, and beside it R, scipy, pandas and polars. Alone it prints the times for the cross-check's small data.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use kerbside::record::read;
use kerbside::statistics::bootstrap::bca;
use kerbside::statistics::models::linear::{Criterion, linear};
use kerbside::statistics::models::ordinal::{Specification, cumulative_link};
use kerbside::statistics::models::{Covariances, Integration, Link, Rows};
use kerbside::statistics::permutation::sign_permutation;
use kerbside::table::FrameRow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const DRAWS: usize = 9999;

/// A table of numbers by column.
fn columns(folder: &Path, name: &str) -> BTreeMap<String, Vec<f64>> {
    let mut reader = csv::Reader::from_path(folder.join(format!("{name}.csv"))).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut found: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for record in reader.records() {
        for (name, field) in names.iter().zip(record.unwrap().iter()) {
            found.entry(name.clone()).or_default().push(field.parse().unwrap());
        }
    }
    found
}

fn whole(values: &[f64]) -> Vec<usize> {
    values.iter().map(|value| *value as usize).collect()
}

/// The part's work, which gives its answer.
fn part(name: &str, data: &Path) -> Box<dyn Fn() -> f64> {
    match name {
        "lmm" => {
            let table = columns(data, "slopes");
            let group = whole(&table["id"]);
            let rows = |i: usize| [1.0, table["speed"][i], table["light"][i]];
            let fixed: Vec<Vec<f64>> = (0..group.len()).map(|i| rows(i).to_vec()).collect();
            let random: Vec<Vec<f64>> = (0..group.len()).map(|i| vec![1.0, table["light"][i]]).collect();
            Box::new(move || {
                let design = Rows { fixed: &fixed, random: &random, group: &group };
                let fit = linear(&table["y"], &design, Covariances::Correlated, Criterion::Reml).unwrap();
                let tests =
                    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|w| fit.contrast(&w, 0.95).unwrap());
                tests[2].estimate
            })
        }
        "clmm" => {
            let table = columns(data, "ratings");
            let (group, mut ratings) = (whole(&table["id"]), whole(&table["rating"]));
            let least = ratings.iter().copied().min().unwrap();
            ratings.iter_mut().for_each(|rating| *rating -= least);
            let categories = ratings.iter().copied().max().unwrap() + 1;
            let (light, yields) = (table["light"].clone(), table["yield"].clone());
            let fixed: Vec<Vec<f64>> =
                (0..group.len()).map(|i| vec![light[i], yields[i], light[i] * yields[i]]).collect();
            let random: Vec<Vec<f64>> = light.iter().map(|light| vec![1.0, *light]).collect();
            let (link, integration) = (Link::Logit, Integration::Laplace);
            let how = Specification { categories, link, covariances: Covariances::Correlated, integration };
            Box::new(move || {
                let design = Rows { fixed: &fixed, random: &random, group: &group };
                cumulative_link(&ratings, &design, how).unwrap().coefficients[0]
            })
        }
        "permutation" | "bootstrap" => {
            let table = columns(data, "pairs");
            let differences: Vec<f64> = table["a"].iter().zip(&table["b"]).map(|(a, b)| a - b).collect();
            if name == "permutation" {
                return Box::new(move || sign_permutation(&differences, DRAWS, "bench").unwrap().p);
            }
            Box::new(move || {
                let n = differences.len();
                let mean = |units: &[usize]| Some(units.iter().map(|unit| differences[*unit]).sum::<f64>() / n as f64);
                bca(n, mean, 0.95, DRAWS, "bench").unwrap().interval.low
            })
        }
        _ => {
            let path = data.to_path_buf();
            Box::new(move || {
                let rows: Vec<FrameRow> = read::rows("frames.csv", &std::fs::read(&path).unwrap()).unwrap();
                rows.iter().filter_map(|row| row.ground_site_x_m.known()).sum()
            })
        }
    }
}

/// Most memory that this process has had, KiB; 0 where the system does not say.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

fn median_of(work: &dyn Fn() -> f64) -> (f64, f64) {
    let mut answer = 0.0;
    let mut times: Vec<f64> = (0..support::size(5, 1)).map(|_| support::seconds(|| answer = work())).collect();
    (support::quantile(&mut times, 0.5), answer)
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if let (Ok(name), Some(data)) = (std::env::var("KERBSIDE_BENCH_PART"), std::env::var_os("KERBSIDE_BENCH_DATA")) {
        let work = part(&name, &PathBuf::from(data));
        let (seconds, answer) = median_of(&*work);
        println!("seconds={seconds:.6} peak_kib={} answer={answer:.6}", peak_kib());
        return;
    }
    let numbers = root.join("analysis/crosscheck/data");
    let frames = root.join("tests/formats/1/one/sessions/MTZTRH-1/frames.csv");
    let parts = [
        ("lmm", "linear mixed model, 106 rows", &numbers),
        ("clmm", "cumulative link mixed model, 192 rows", &numbers),
        ("permutation", "sign permutation, 12 pairs, all patterns", &numbers),
        ("bootstrap", "bootstrap of a mean, 12 pairs, 9999 draws", &numbers),
        ("reading", "frames.csv to rows, 752 rows", &frames),
    ];
    let rows: Vec<Vec<String>> = parts
        .iter()
        .map(|(name, what, data)| {
            let (seconds, answer) = median_of(&*part(name, data));
            assert!(answer.is_finite(), "{what}: {answer}");
            vec![(*what).to_owned(), format!("{:.3} ms", seconds * 1e3)]
        })
        .collect();
    support::table("analysis, small data", &["what", "median"], &rows);
}
