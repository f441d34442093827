#!/usr/bin/env bash
# Lists and calls the tools of tests/corpus in real packages of model hosts, by their own conversion of schemas
# and their own calls, and prints a table. No model and no account is used: a program on loopback takes the place of
# the model.
#
#   scripts/hosts.sh           runs every host of scripts/hosts/hosts.toml
#   scripts/hosts.sh NAME...   runs these, such as `openai` or `claude`
#
# listed   tools that the host offers to a model
# refused  tools that it does not offer
# changed  listed tools that lose a part of their schema
# called   tools that returned every value that a call sent
# failed   tools that did not return one of them
#
# The reasons go to standard error. The script fails if a host refuses a tool and scripts/hosts/expectations.toml does
# not say why. CI does not run it: it installs about 6 GB from PyPI and npm, one host at a time, into a temporary
# folder. It needs Python 3.11 and npm, and runs on Linux with x86-64.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

cargo build --quiet --package fastmcp-corpus
corpus=$PWD/${CARGO_TARGET_DIR:-target}/debug/corpus
[[ ${CARGO_TARGET_DIR:-} == /* ]] && corpus=$CARGO_TARGET_DIR/debug/corpus

directory=${HOSTS_DIRECTORY:-}
if [[ -z $directory ]]; then
    directory=$(mktemp -d)
    trap 'rm -rf "$directory"' EXIT
fi
mkdir -p "$directory"
python3 scripts/hosts/run.py "$corpus" "$directory" "$@"
