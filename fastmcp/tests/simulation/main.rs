//! Simulates the docket under faults, from seeds and in paused time, and checks the recorded history.
//!
//! A thousand seeds by default; `DOCKET_SEEDS=100000` runs more, `DOCKET_SEED=17` runs one and prints its history.

mod bodies;
mod checker;
mod faults;
mod history;
mod violations;
mod world;

use std::env;

const SEEDS: u64 = 1000;

fn from_environment(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

#[test]
fn every_seed_keeps_the_invariants() {
    if let Some(seed) = from_environment("DOCKET_SEED") {
        let history = world::run(seed);
        println!("{history}");
        if let Err(broken) = checker::check(&history) {
            panic!("seed {seed}: {broken}");
        }
        return;
    }
    let seeds = from_environment("DOCKET_SEEDS").unwrap_or(SEEDS);
    let mut seen = checker::Seen::default();
    for seed in 0..seeds {
        let history = world::run(seed);
        match checker::check(&history) {
            Ok(one) => seen.add(&one),
            Err(broken) => panic!(
                "seed {seed}: {broken}\nreplay: DOCKET_SEED={seed} cargo test -p fastmcp --test simulation -- --nocapture"
            ),
        }
    }
    println!("{seen:?}");
    // A simulation without faults would show nothing.
    seen.assert_everything_happened();
}

#[test]
fn a_seed_reproduces_its_history() {
    for seed in 0..50 {
        let (first, second) = (world::run(seed).to_string(), world::run(seed).to_string());
        assert_eq!(first, second, "seed {seed}");
    }
}

#[test]
fn the_checker_detects_violations() {
    violations::detects_violations();
}
