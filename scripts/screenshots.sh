#!/usr/bin/env bash
# Takes the pictures of the dashboard in fastmcp/docs/images from the example program, with the browser of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

command -v chromium >/dev/null || command -v google-chrome >/dev/null ||
    { echo "screenshots.sh: install chromium" >&2; exit 1; }
${EXAMPLES_BUILD:-cargo build --quiet --workspace --all-features} --bin dashboard
log=$(mktemp)
"${CARGO_TARGET_DIR:-target}/debug/dashboard" 127.0.0.1:0 >"$log" 2>/dev/null &
trap 'kill $!; rm -f "$log"' EXIT
until grep -q '^http' "$log"; do sleep 0.1; done
mkdir -p fastmcp/docs/images
DASHBOARD_URL=$(grep -m1 '^http' "$log") DASHBOARD_PICTURES=$PWD/fastmcp/docs/images \
    cargo test --quiet --workspace --all-features --test dashboard -- --ignored --exact \
    screenshots::take_the_pictures_of_the_guide
ls -l fastmcp/docs/images
