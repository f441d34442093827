//! Measures the memory of a pending execution: the growth of the process per item.

use std::future::Future;
use std::process::Command;

/// Large enough that a megabyte of noise does not matter.
const ITEMS: usize = 400_000;

/// Returns the resident memory that `fill` adds per item. Call it in a fresh process.
pub(crate) async fn per_item<T, F: Future<Output = T>>(fill: impl FnOnce(usize) -> F) -> usize {
    let before = resident();
    let filled = fill(ITEMS).await;
    let grown = resident().saturating_sub(before);
    drop(filled);
    grown / ITEMS
}

/// Fills in a separate process: memory that was freed before would be reused and not counted.
pub(crate) fn in_a_fresh_process(contestant: &str) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program)
        .args(["--fill", contestant])
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Returns the resident set in bytes on Linux, 0 elsewhere.
fn resident() -> usize {
    const PAGE: usize = 4096;
    std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split(' ').nth(1)?.parse::<usize>().ok())
        .map_or(0, |pages| pages * PAGE)
}
