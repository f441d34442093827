#!/usr/bin/env bash
# `PRAGMA data_version` rises when another connection empties the write-ahead log, although no data has changed.
#
# Guess:    the number changes if, and only if, another connection has committed a change.
# Seen:     a checkpoint in mode TRUNCATE by another connection raises it, each time after the log was used, with nothing
#           written since the last look.
# Versions: SQLite 3.50.4 (apsw 3.50.4.0); seen on 2026-11-27.
# Matters:  a program that polls it, to be woken by other processes, wakes up without a reason.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
python3 -m pip install --quiet --root-user-action ignore --target packages "apsw==3.50.4.0"
cat >finding.py <<'PYTHON'
import apsw

one, other = apsw.Connection("a.db"), apsw.Connection("a.db")
one.pragma("journal_mode", "wal")
one.execute("CREATE TABLE t (x)")
version = lambda: other.pragma("data_version")
content = lambda: list(other.execute("SELECT * FROM t"))
one.execute("INSERT INTO t VALUES (1)")
first, before = version(), content()
second = version()
one.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
third, after = version(), content()
print(f"after a change {first}, without one {second}, after a checkpoint {third}; content {before} and {after}")
assert first == second and before == after
assert third > second, "the behaviour has changed"
PYTHON
PYTHONPATH=packages python3 finding.py
