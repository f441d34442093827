#!/usr/bin/env bash
# Kills, stops and restarts real processes and a real Redis, in an order that a seed determines, and
# then checks the logs of the processes. The same with processes that share a file.
#
#   scripts/chaos.sh [seconds] [seed]      default: 60 seconds and a seed from the clock, which is printed
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh
if ! command -v redis-server >/dev/null && ! command -v valkey-server >/dev/null; then
    echo "chaos.sh needs redis-server (apt-get install redis-server)" >&2
    exit 1
fi
export FASTMCP_TEST_REDIS=required
export CHAOS_SECONDS=${1:-60}
export CHAOS_SEED=${2:-$(date +%s)}
exec cargo test --package fastmcp-tests --test chaos -- --nocapture
