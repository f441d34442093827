#!/usr/bin/env bash
# Real processes on a real Redis, killed, stopped and restarted by seed; then everything they wrote down is checked.
#
#   scripts/chaos.sh [seconds] [seed]      by default a minute, and a seed of the moment, which is printed
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v redis-server >/dev/null && ! command -v valkey-server >/dev/null; then
    echo "chaos.sh needs redis-server (apt-get install redis-server)" >&2
    exit 1
fi
export FASTMCP_TEST_REDIS=required
export CHAOS_SECONDS=${1:-60}
export CHAOS_SEED=${2:-$(date +%s)}
exec cargo test --package fastmcp-tests --test chaos -- --nocapture
