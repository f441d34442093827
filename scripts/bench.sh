#!/usr/bin/env bash
# Runs every benchmark, the instruction counts, the rebuild times and the counts of crates, and prints one table with
# ratios to the limit and to another library. On two cores that are otherwise idle, building takes most of the time of a
# first run; the measurements themselves take about a quarter of an hour.
#
#   scripts/bench.sh [--json] [--quick] [part…]
#
# The parts are calls, docket, docket_redis, docket_sqlite, instructions, rebuild and crates; by default all of them.
# `--json` prints one line of JSON per row instead of the table. `--quick` measures each call in one round instead of three,
# counts the instructions of a debug build, and by default leaves out the parts docket_redis, docket_sqlite and rebuild.
# A part that lacks a program is skipped with a message.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

json= quick=
while [[ ${1:-} == --* ]]; do
    case $1 in
    --json) json=1 ;;
    --quick) quick=1 ;;
    *) echo "unknown argument: $1" >&2; exit 2 ;;
    esac
    shift
done
if ! (($#)); then
    set -- calls docket
    [ -n "$quick" ] || set -- "$@" docket_redis docket_sqlite
    set -- "$@" instructions
    [ -n "$quick" ] || set -- "$@" rebuild
    set -- "$@" crates
fi

# All benchmarks with the same features, so that the library is built once.
bench() {
    cargo bench --quiet --package fastmcp --features redis,sqlite --bench "$@"
}

rows() {
    case $1 in
    calls) bench calls -- --json ${quick:+--quick} ;;
    docket | docket_redis | docket_sqlite) bench "$1" -- --json ;;
    instructions)
        if [ -n "$quick" ]; then
            bash scripts/instructions.sh --json
        else
            bash scripts/instructions.sh --release --json
        fi
        ;;
    rebuild) bash scripts/rebuild_cost.sh --json ;;
    crates) bash scripts/crate_cost.sh --json ;;
    *) echo "unknown part: $1" >&2; exit 2 ;;
    esac
}

table() {
    python3 -c '
import json, sys

form = "{:<14} {:<34} {:>12} {:>12} {:>12} {:>8} {:>8}  {}".format
print(form("part", "row", "ours", "limit", "other", "/limit", "/other", "unit"))
for line in sys.stdin:
    row = json.loads(line)
    ours, limit = row["ours"], row.get("limit")
    names = [name for name in ("rmcp", "apalis", "recorded") if row.get(name) is not None]
    other = row[names[0]] if names else None
    figure = lambda value: "–" if value is None else f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"
    ratio = lambda value: "–" if not value or ours is None else f"{ours / value:.2f}"
    unit = row["unit"] + (f", other: {names[0]}" if names else "")
    print(form(row["bench"], row["row"], figure(ours), figure(limit), figure(other), ratio(limit), ratio(other), unit), flush=True)
'
}

all() {
    for part in "$@"; do
        rows "$part" || echo "the part $part failed" >&2
    done
}

if [ -n "$json" ]; then all "$@"; else all "$@" | table; fi
