//! What the benchmarks share: quick mode, quantiles, tables.
#![allow(dead_code)]

use std::time::{Duration, Instant};

/// Whether this is `cargo bench`; as a test (`cargo test --benches`, `cargo bench -- --test`) everything runs once.
pub fn in_full() -> bool {
    let has = |wanted: &str| std::env::args().any(|arg| arg == wanted);
    has("--bench") && !has("--test")
}

/// `full` when measuring, `quick` when only seeing whether it runs.
pub fn size(full: usize, quick: usize) -> usize {
    if in_full() { full } else { quick }
}

/// Criterion for short work, without plots.
pub fn criterion() -> criterion::Criterion {
    criterion::Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args()
}

/// How long `work` takes, seconds.
pub fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let began = Instant::now();
    std::hint::black_box(work());
    began.elapsed().as_secs_f64()
}

/// Work's result, used for nothing.
pub fn done<T>(result: T) {
    std::hint::black_box(result);
}

/// The value below which `share` of the values lie; sorts them.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len() - 1;
    values[((last as f64) * share).round() as usize]
}

/// Medians of things timed in turns, so that what disturbs the machine disturbs all of them.
pub fn in_turns<const N: usize>(rounds: usize, works: &mut [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut times: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for (times, work) in times.iter_mut().zip(works.iter_mut()) {
            times.push(seconds(&mut **work));
        }
    }
    times.map(|mut times| quantile(&mut times, 0.5))
}

/// Prints a table: a heading, the columns' names, the rows.
pub fn table(heading: &str, columns: &[&str], rows: &[Vec<String>]) {
    println!("\n{heading}");
    let cells = |i: usize| rows.iter().map(move |row| row[i].len());
    let widths: Vec<usize> =
        columns.iter().enumerate().map(|(i, name)| cells(i).max().unwrap_or(0).max(name.len())).collect();
    let line = |row: &[String]| {
        let cells = row.iter().zip(&widths).enumerate();
        let texts: Vec<String> =
            cells.map(|(i, (cell, w))| if i == 0 { format!("{cell:<w$}") } else { format!("{cell:>w$}") }).collect();
        println!("  {}", texts.join("  ").trim_end());
    };
    line(&columns.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    rows.iter().for_each(|row| line(row));
}
