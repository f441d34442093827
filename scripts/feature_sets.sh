#!/usr/bin/env bash
# Type-checks the library with several sets of its features. A warning is an error.
#
# The lints check all features together. A feature that breaks alone usually breaks in most sets that contain it, so
# the sets are: none, each alone, and the pairs whose code meets.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

mapfile -t features < <(sed -n '/^\[features\]/,/^\[/s/^\([a-z_-]*\) = .*/\1/p' fastmcp/Cargo.toml | grep -v '^default$')
((${#features[@]} > 3)) || { echo "no features found in fastmcp/Cargo.toml" >&2; exit 1; }
for set in "" "${features[@]}" "stdio http" "http client" "stdio redis"; do
    # `--quiet` prints warnings and nothing else. Clippy would take half as long again.
    warnings=$(cargo check --package fastmcp --no-default-features --features "$set" --quiet --color never \
        --target-dir target/feature-sets 2>&1) || { echo "$warnings" >&2; exit 1; }
    if [ -n "$warnings" ]; then
        printf 'with the features "%s":\n%s\n' "$set" "$warnings" >&2
        exit 1
    fi
done
echo "feature sets: $((${#features[@]} + 4)) without a warning"
