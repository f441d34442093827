//! Simulates the docket under seeded faults in paused time, and checks the recorded history against the invariants.
//!
//! Runs a thousand seeds by default. `DOCKET_SEEDS=100000` runs more; `DOCKET_SEED=17` runs one and prints its history.

mod bodies;
mod checker;
mod corrupted;
#[path = "../support/delegate.rs"]
mod delegate;
mod faults;
mod history;
mod world;

use std::env;

const SEEDS: u64 = 1000;

fn from_environment(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

#[test]
fn no_seed_breaks_an_invariant() {
    if let Some(seed) = from_environment("DOCKET_SEED") {
        let history = world::run(seed);
        println!("{history}");
        if let Err(violation) = checker::check(&history) {
            panic!("seed {seed}: {violation}");
        }
        return;
    }
    let seeds = from_environment("DOCKET_SEEDS").unwrap_or(SEEDS);
    let mut coverage = checker::Coverage::default();
    for seed in 0..seeds {
        let history = world::run(seed);
        match checker::check(&history) {
            Ok(one) => coverage.add(&one),
            Err(violation) => panic!(
                "seed {seed}: {violation}\nreplay: DOCKET_SEED={seed} cargo test -p fastmcp --test simulation -- --nocapture"
            ),
        }
    }
    println!("{coverage:?}");
    // A simulation in which no fault occurs would prove nothing.
    coverage.assert_complete();
}

#[test]
fn a_seed_can_be_replayed() {
    for seed in 0..50 {
        let (first, second) = (world::run(seed).to_string(), world::run(seed).to_string());
        assert_eq!(first, second, "seed {seed}");
    }
}

#[test]
fn the_checker_detects_violations() {
    corrupted::detects_violations();
}
