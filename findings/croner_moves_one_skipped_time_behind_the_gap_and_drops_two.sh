#!/usr/bin/env bash
# croner runs `30 2 * * *` at 03:00 on the day that skips 02:30, and `15,45 2 * * *` not at all.
#
# Guess:    both follow one rule: a skipped time runs at the end of the gap, or neither does.
# Seen:     one fixed time moves to 03:00; with a list of minutes the whole day passes without a run.
# Versions: croner 4.0.3, jiff 0.2.46; seen on 2026-11-27.
# Matters:  a schedule of two runs an hour loses a day each spring.
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
    let start: jiff::Zoned = "2026-03-29T00:00:00[Europe/Berlin]".parse().unwrap();
    for expression in ["30 2 * * *", "15,45 2 * * *"] {
        let cron: croner::Cron = expression.parse().unwrap();
        println!("{expression}: {}", cron.find_next_occurrence(&start, false).unwrap());
    }
}
RUST
cat >expected <<'TEXT'
30 2 * * *: 2026-03-29T03:00:00+02:00[Europe/Berlin]
15,45 2 * * *: 2026-03-30T02:15:00+02:00[Europe/Berlin]
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
