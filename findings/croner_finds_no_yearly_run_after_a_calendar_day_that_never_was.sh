#!/usr/bin/env bash
# croner gives up on a yearly expression when its next day was skipped by the time zone.
#
# Guess:    the next 30 December in Samoa after the skipped one of 2011 is 2012-12-30.
# Seen:     an error, "time search limit exceeded", so a loop over occurrences ends there.
# Versions: croner 4.0.3, jiff 0.2.46; seen on 2026-11-27.
# Matters:  a scheduler that treats the error as "no more runs" stops the series for good.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
croner = { version = "=4.0.3", default-features = false, features = ["jiff"] }
jiff = "=0.2.46"
TOML
cat >src/main.rs <<'RUST'
fn main() {
    let start: jiff::Zoned = "2011-12-29T00:00:00[Pacific/Apia]".parse().unwrap();
    let cron: croner::Cron = "0 0 30 12 *".parse().unwrap();
    match cron.find_next_occurrence(&start, false) {
        Ok(next) => println!("{next}"),
        Err(error) => println!("error: {error}"),
    }
}
RUST
cat >expected <<'TEXT'
error: CronScheduler time search limit exceeded.
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
