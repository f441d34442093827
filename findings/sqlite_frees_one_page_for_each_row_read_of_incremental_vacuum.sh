#!/usr/bin/env bash
# `PRAGMA incremental_vacuum(N)` frees one page for each row that is read, although it returns no values.
#
# Guess:    one step of the statement frees up to N pages, as the documentation reads, so "execute" functions suffice.
# Seen:     each step frees one page. A caller that steps once, as for statements without rows, frees one page of N.
# Versions: SQLite 3.50.4 (apsw 3.50.4.0); seen on 2026-11-27.
# Matters:  a program that shortens its file this way shortens it by 4 KiB each time, without an error.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
python3 -m pip install --quiet --root-user-action ignore --target packages "apsw==3.50.4.0"
cat >finding.py <<'PYTHON'
import apsw

sql = apsw.Connection("a.db")
sql.execute("PRAGMA auto_vacuum = INCREMENTAL")
sql.execute("CREATE TABLE t (x)")
with sql:
    for _ in range(2000):
        sql.execute("INSERT INTO t VALUES (zeroblob(3000))")
sql.execute("DELETE FROM t")
free = lambda: sql.pragma("freelist_count")
before = free()
# apsw steps once when it executes, and once for each row that is read.
cursor = sql.execute("PRAGMA incremental_vacuum(256)")
cursor.close(True)
once = before - free()
rows = list(sql.execute("PRAGMA incremental_vacuum(256)"))
all_rows = before - once - free()
print(f"{before} free pages; one step freed {once}, reading all rows freed {all_rows}")
assert once == 1 and 250 <= all_rows <= 256, "the behaviour has changed"
PYTHON
PYTHONPATH=packages python3 finding.py
