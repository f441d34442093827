#!/usr/bin/env bash
# A `CHECK (x IN ('a', 'b', 'c'))` makes SQLite build a temporary table of the list for every row that is written.
#
# Guess:    the list is built once for each statement, as in a query, or compared in place; a check costs next to nothing.
# Seen:     the program of an INSERT opens an ephemeral table and fills it, without `Once`, so this is repeated for each
#           row and each UPDATE that may change the column. With a list of two values, or with `OR`, there is no table.
#           One hundred thousand rows take about two to three times as long.
# Versions: SQLite 3.50.4 (apsw 3.50.4.0); seen on 2026-11-28.
# Matters:  the usual way to write an enumeration costs more than writing the row, and no query plan shows it.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
python3 -m pip install --quiet --root-user-action ignore --target packages "apsw==3.50.4.0"
cat >finding.py <<'PYTHON'
import time
import apsw

CHECKS = {
    "no check": "",
    "list of two": "CHECK (x IN ('a', 'b'))",
    "list of seven": "CHECK (x IN ('a', 'b', 'c', 'd', 'e', 'f', 'g'))",
    "seven with OR": "CHECK (" + " OR ".join(f"x = '{value}'" for value in "abcdefg") + ")",
}
tables = {}
for name, check in CHECKS.items():
    db = apsw.Connection(":memory:")
    db.execute(f"CREATE TABLE t (x TEXT NOT NULL {check})")
    codes = [row[1] for row in db.execute("EXPLAIN INSERT INTO t VALUES ('a')")]
    tables[name] = ("OpenEphemeral" in codes, "Once" in codes)
    begin = time.perf_counter()
    with db:
        for _ in range(100_000):
            db.execute("INSERT INTO t VALUES ('a')")
    took = time.perf_counter() - begin
    print(f"{name:14} temporary table: {tables[name][0]}, built once: {tables[name][1]}, {took:.2f} s")
expected = {name: (name == "list of seven", False) for name in CHECKS}
assert tables == expected, "the behaviour has changed"
PYTHON
PYTHONPATH=packages python3 finding.py
