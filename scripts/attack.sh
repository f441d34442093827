#!/usr/bin/env bash
# Attacks a server with the default limits, and prints a table: the attack, the memory of the server before, at its peak
# and afterwards, the latency of a client that behaves well, and the verdict.
#
#   scripts/attack.sh [name…]              default: all attacks; about three minutes
#   ATTACK_PROFILE=dev scripts/attack.sh   attacks a debug build, which is slower and takes the same memory
#
# Needs Linux and Python 3. The load is bounded: at most 1 GB is sent, over 400 connections.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh
profile=${ATTACK_PROFILE:-release}
cargo build --quiet --workspace --all-features --profile "$profile" --bin attack_target
directory=${profile/#dev/debug}
exec python3 scripts/attack.py "${CARGO_TARGET_DIR:-target}/$directory/attack_target" "$@"
