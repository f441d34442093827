//! Sends hostile messages, generated from a seed, to real processes. The server must not panic, hang or
//! leak memory, and must respond to every request with a valid envelope.
//!
//! | variable | meaning |
//! |---|---|
//! | `WIRE_FUZZ_SEED=7` | runs only this seed |
//! | `WIRE_FUZZ_MESSAGES=100000` | messages per seed |

mod both_paths;
mod http;
mod process;
mod stdio;

/// The seeds of a default run.
const SEEDS: std::ops::Range<u64> = 0..4;

/// Returns the seeds of this run and the number of messages per seed, by default `usual`.
fn plan(usual: usize) -> (Vec<u64>, usize) {
    let number = |variable| std::env::var(variable).ok()?.parse::<u64>().ok();
    let seeds = number("WIRE_FUZZ_SEED").map_or_else(|| SEEDS.collect(), |seed| vec![seed]);
    let messages = number("WIRE_FUZZ_MESSAGES").and_then(|it| usize::try_from(it).ok());
    (seeds, messages.unwrap_or(usual))
}
