//! Measures the memory of a pending execution: the growth of the process divided by the number of executions.

use std::future::Future;
use std::process::Command;

/// Large enough that a difference of a megabyte is negligible.
const ITEMS: usize = 400_000;

/// Returns the resident memory that `fill` adds per item. Must run in a process that has done nothing else.
pub(crate) async fn per_item<T, F: Future<Output = T>>(fill: impl FnOnce(usize) -> F) -> usize {
    let before = resident();
    let filled = fill(ITEMS).await;
    let grown = resident().saturating_sub(before);
    drop(filled);
    grown / ITEMS
}

/// Measures in a new process, because an allocator reuses freed memory and would hide the growth.
pub(crate) fn in_a_fresh_process(contestant: &str) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program)
        .args(["--fill", contestant])
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Returns the resident set size in bytes on Linux, and 0 elsewhere.
fn resident() -> usize {
    const PAGE: usize = 4096;
    std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split(' ').nth(1)?.parse::<usize>().ok())
        .map_or(0, |pages| pages * PAGE)
}
