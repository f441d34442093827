//! Hostile messages, from a seed, to real processes: whatever comes, the server does not panic, does
//! not hang, leaks nothing, and answers every request whose envelope is right.
//!
//! | variable | says |
//! |---|---|
//! | `WIRE_FUZZ_SEED=7` | this seed alone |
//! | `WIRE_FUZZ_MESSAGES=100000` | so many messages a seed |

mod http;
mod process;
mod stdio;

/// The seeds of a usual run.
const SEEDS: std::ops::Range<u64> = 0..4;

/// The seeds of this run, and how many messages each gives, where `usual` is the usual number.
fn plan(usual: usize) -> (Vec<u64>, usize) {
    let number = |variable| std::env::var(variable).ok()?.parse::<u64>().ok();
    let seeds = number("WIRE_FUZZ_SEED").map_or_else(|| SEEDS.collect(), |seed| vec![seed]);
    let messages = number("WIRE_FUZZ_MESSAGES").and_then(|it| usize::try_from(it).ok());
    (seeds, messages.unwrap_or(usual))
}
