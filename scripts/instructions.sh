#!/usr/bin/env bash
# Counts the instructions of six representative calls with callgrind, and compares them with scripts/instructions.txt. A
# count that differs by more than 5 % is an error, in both directions: after an improvement, update the file.
#
#   scripts/instructions.sh                  compares the counts of a debug build; CI runs this
#   scripts/instructions.sh --release        compares the counts of a release build, which take minutes to build
#   scripts/instructions.sh … --update       writes the counts to the file
#   scripts/instructions.sh … --json         prints one line of JSON per count, and accepts any count
#
# A count is the difference of two runs that differ in their number of calls, so the start and the end of the server
# do not count. The client sends one call at a time to a debug build, so that nothing depends on the clock, and all calls
# at once to a release build, whose calls are too fast for the clock to matter. Counts depend on the compiler (rust-toolchain.toml) and slightly on
# the C library.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

profile=dev few=20 many=170 update= json=
for argument in "$@"; do
    case $argument in
    --release) profile=release few=200 many=3200 ;;
    --update) update=1 ;;
    --json) json=1 ;;
    *) echo "unknown argument: $argument" >&2; exit 2 ;;
    esac
done
command -v valgrind >/dev/null || { echo "valgrind is missing" >&2; exit 1; }
if [ $profile = dev ]; then
    # Building a test builds the programs of its package, with the features of all tests: after a run of the tests,
    # nothing is left to build.
    cargo test --quiet --workspace --all-features --no-run --test layout
    target=${CARGO_TARGET_DIR:-target}/debug/instruction_target
else
    cargo build --quiet --release --package fastmcp-tests --bin instruction_target
    target=${CARGO_TARGET_DIR:-target}/release/instruction_target
fi
recorded=$PWD/scripts/instructions.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints the method and the parameters of the requests of a case.
request() {
    case $1 in
    integers) echo '"method":"tools/call","params":{"name":"add","arguments":{"a":17,"b":25}}' ;;
    text) printf '"method":"tools/call","params":{"name":"measure","arguments":{"text":"%s","values":[1,2,3,4,5,6,7,8]}}\n' \
        "$(printf 'word %.0s' {1..200})" ;;
    context) echo '"method":"tools/call","params":{"name":"identify","arguments":{"a":17,"b":25}}' ;;
    inject) echo '"method":"tools/call","params":{"name":"inject","arguments":{"a":17,"b":25}}' ;;
    invalid) echo '"method":"tools/call","params":{"name":"add","arguments":{"a":"seventeen","c":25}}' ;;
    esac
}

cases=(integers text context inject invalid http)

# Prints the instructions of a run with `few` calls of each case, and `many` of the case $1.
count() {
    local run=$work/$1 http=$few id=0 case calls request answer server_PID server in out
    [ "$1" != http ] || http=$many
    # Without the environment, which would change the counts.
    coproc server {
        exec env -i valgrind --tool=callgrind --callgrind-out-file="$run.out" --log-file="$run.log" \
            "$target" "$http" 2>"$run.err"
    }
    exec {in}>&"${server[1]}" {out}<&"${server[0]}"
    local process=$server_PID
    # Sends a request and waits for its response. With several calls in flight, the server would write the responses in
    # batches, and the number of batches would depend on the clock.
    ask() {
        printf '{"jsonrpc":"2.0","id":%s,%s}\n' $((++id)) "$1" >&"$in" && read -r -t 120 answer <&"$out" &&
            [[ $answer == *"\"id\":$id,"* || $answer == *"\"id\":$id}"* ]] ||
            { echo "no response to $1: ${answer:-}" >&2; cat "$run.log" "$run.err" >&2; exit 1; }
    }
    ask '"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"count","version":"1"}}'
    echo '{"jsonrpc":"2.0","method":"notifications/initialized"}' >&"$in"
    local sent=$id
    [ $profile = dev ] || wc -l <&"$out" >"$run.answers" &
    local reader=$!
    for case in "${cases[@]}"; do
        [ "$case" != http ] || continue
        request=$(request "$case")
        calls=$few
        [ "$case" != "$1" ] || calls=$many
        for ((; calls > 0; calls--)); do
            if [ $profile = dev ]; then ask "$request"; else printf '{"jsonrpc":"2.0","id":%s,%s}\n' $((++id)) "$request"; fi
        done
    done >&"$in"
    exec {in}>&- {server[1]}>&-
    wait "$process" || { cat "$run.log" "$run.err" >&2; return 1; }
    if [ $profile = release ]; then
        wait "$reader"
        [ "$(<"$run.answers")" = $((id - sent)) ] ||
            { echo "$(<"$run.answers") answers to $((id - sent)) calls" >&2; return 1; }
    fi
    sed -n 's/.* Collected : //p' "$run.log" >"$run.count"
}

# Two runs at once.
printf '%s\n' none "${cases[@]}" | {
    while read -r one; do
        count "$one" & pids=($!)
        if read -r two; then count "$two" & pids+=($!); fi
        for pid in "${pids[@]}"; do wait "$pid"; done
    done
}
failed=
for case in "${cases[@]}"; do
    each=$((($(<"$work/$case.count") - $(<"$work/none.count")) / (many - few)))
    before=$(awk -v p=$profile -v c=$case '$1 == p && $2 == c { print $3 }' "$recorded" 2>/dev/null || true)
    if [ -n "$json" ]; then
        echo "{\"bench\":\"instructions\",\"row\":\"$case\",\"unit\":\"instructions/call\",\"ours\":$each,\"recorded\":${before:-null}}"
    else
        printf '%-10s %10d instructions per call, recorded %s\n' "$case" "$each" "${before:--}"
    fi
    if [ -n "$update" ]; then
        { grep -v "^$profile $case " "$recorded" 2>/dev/null || true; echo "$profile $case $each"; } | sort >"$work/new"
        cp "$work/new" "$recorded"
    else
        tolerance=5
        if [ -z "$json" ] && [ -z "$before" ]; then
            failed=1
        elif [ -z "$json" ] &&
            ((each * 100 > before * (100 + tolerance) || each * 100 < before * (100 - tolerance))); then
            failed=1
        fi
    fi
done
if [ -n "$failed" ]; then
    echo "the counts differ too much from scripts/instructions.txt; if the change is intended, run" \
        "scripts/instructions.sh with --update" >&2
    exit 1
fi
