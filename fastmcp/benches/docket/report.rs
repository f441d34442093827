//! Prints the rows as text, or as one line of JSON each.

use std::time::Duration;

/// The output format and the selected rows.
pub(crate) struct Report {
    bench: &'static str,
    json: bool,
    only: Option<String>,
}

impl Report {
    pub(crate) fn new(bench: &'static str, json: bool, only: Option<String>) -> Self {
        if !json {
            println!(
                "{:<18} {:>12} {:>12} {:>12}",
                "row", "ours", "limit", "apalis"
            );
        }
        Self { bench, json, only }
    }

    /// Measures and prints one row (ours, the limit, apalis) if it is selected.
    pub(crate) fn row(&self, row: &str, unit: &str, measure: impl FnOnce() -> [Option<f64>; 3]) {
        if self
            .only
            .as_ref()
            .is_some_and(|only| !row.starts_with(only))
        {
            return;
        }
        let figures = measure();
        let bench = self.bench;
        if self.json {
            let [ours, limit, apalis] =
                figures.map(|figure| figure.map_or("null".into(), |figure| format!("{figure:.1}")));
            println!(
                r#"{{"bench":"{bench}","row":"{row}","unit":"{unit}","ours":{ours},"limit":{limit},"apalis":{apalis}}}"#
            );
        } else {
            let [ours, limit, apalis] =
                figures.map(|figure| figure.map_or("–".into(), |figure| format!("{figure:.0}")));
            println!("{row:<18} {ours:>12} {limit:>12} {apalis:>12}  {unit}");
        }
    }
}

/// Returns the median and the tail of the samples, in microseconds.
#[derive(Clone, Copy)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Percentiles {
    pub(crate) fn of(mut samples: Vec<Duration>) -> Self {
        samples.sort_unstable();
        let at = |percent: usize| samples[(samples.len() - 1) * percent / 100].as_secs_f64() * 1e6;
        Self {
            p50: at(50),
            p99: at(99),
        }
    }
}
