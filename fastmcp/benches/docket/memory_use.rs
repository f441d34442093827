//! What a pending execution costs in memory: the growth of the process, divided.

use std::future::Future;
use std::process::Command;

/// Enough for a megabyte here or there not to matter.
const ITEMS: usize = 400_000;

/// The resident memory that `fill` adds, per item. Called in a process that has done nothing else.
pub(crate) async fn per_item<T, F: Future<Output = T>>(fill: impl FnOnce(usize) -> F) -> usize {
    let before = resident();
    let filled = fill(ITEMS).await;
    let grown = resident().saturating_sub(before);
    drop(filled);
    grown / ITEMS
}

/// Fills in a process of its own: memory that was used before would be used again, and not be counted.
pub(crate) fn in_a_fresh_process(contestant: &str) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program)
        .args(["--fill", contestant])
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// The resident set in bytes, as Linux tells it; 0 elsewhere.
fn resident() -> usize {
    const PAGE: usize = 4096;
    std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split(' ').nth(1)?.parse::<usize>().ok())
        .map_or(0, |pages| pages * PAGE)
}
