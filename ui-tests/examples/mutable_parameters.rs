//! `mut` on parameters, and attributes on the function, apply to the body only.
use fastmcp::prelude::*;

#[tool]
#[allow(unused_assignments)]
#[must_use]
async fn count(mut words: Vec<String>, mut limit: usize) -> usize {
    words.push("one".into());
    limit += 1;
    words.len().min(limit)
}

#[task]
#[inline]
async fn sum(mut numbers: Vec<u64>) -> u64 {
    numbers.push(1);
    numbers.iter().sum()
}

fn main() {}
