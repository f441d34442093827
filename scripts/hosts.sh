#!/usr/bin/env bash
# Lists the tools of tests/src/bin/corpus in real packages of model hosts, by their own conversion of schemas,
# and prints a table: tools listed, refused, and listed with a lost part. No model and no account is used.
#
#   scripts/hosts.sh           runs every package
#   scripts/hosts.sh NAME...   runs these, such as `openai` or `llama`
#
# CI does not run it: it installs about 1 GB from PyPI into a temporary folder. The reasons for refused and changed
# tools go to standard error.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

# Pinned packages for each file in scripts/hosts.
declare -A PACKAGES=(
    [openai]="openai-agents==0.24.0"
    [genai]="google-genai==3.6.1 mcp==2.3.0"
    [autogen]="autogen-ext[mcp]==0.7.5 mcp==1.30.0"
    [llama]="llama-index-tools-mcp==0.6.0"
    [pydantic]="pydantic-ai-slim[mcp,openai,google]==2.68.0"
    [lcgoogle]="langchain-google-genai==4.4.3 langchain-mcp-adapters==0.3.2"
    [fastmcp]="fastmcp==4.2.3"
    [sk]="semantic-kernel[mcp]==1.45.0"
    [litellm]="litellm==1.110.2 mcp==2.3.0"
)

cargo build --quiet --package fastmcp-tests --bin corpus
CORPUS=$PWD/${CARGO_TARGET_DIR:-target}/debug/corpus
[[ ${CARGO_TARGET_DIR:-} == /* ]] && CORPUS=$CARGO_TARGET_DIR/debug/corpus
export CORPUS

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
export UV_CACHE_DIR=$directory/cache
python3 -m venv "$directory/uv"
"$directory/uv/bin/pip" install --quiet uv
uv=$directory/uv/bin/uv

echo "$(date +%Y-%m-%d), Python $(python3 -c 'import platform; print(platform.python_version())')"
echo "| package | listed | refused | changed | conversion |"
echo "|---|---|---|---|---|"
failed=0
hosts=("$@")
((${#hosts[@]})) || mapfile -t hosts < <(printf '%s\n' "${!PACKAGES[@]}" | sort)
for host in "${hosts[@]}"; do
    [[ -n ${PACKAGES[$host]:-} ]] || { echo "unknown host \`$host\`" >&2; exit 2; }
    "$uv" --quiet venv "$directory/$host"
    # shellcheck disable=SC2086 # a list of packages
    "$uv" --quiet pip install --python "$directory/$host/bin/python" ${PACKAGES[$host]}
    timeout 120 "$directory/$host/bin/python" "scripts/hosts/host_$host.py" ||
        { echo "| $host | failed | | | |"; failed=1; }
    rm -rf "${directory:?}/$host"
done
exit "$failed"
