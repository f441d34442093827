"""The attacks of attack.sh. Standard library only."""

import concurrent.futures
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

TARGET = sys.argv[1]
REVISION = "2026-07-28"
MB = 1_000_000
MIB = 1 << 20


def memory(pid, field):
    """Returns `VmRSS` or `VmHWM` of a process in MB."""
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith(field):
                return int(line.split()[1]) / 1000
    return 0.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def call(tool, arguments, tasks=False):
    """Returns the body of a call in revision 2026-07-28."""
    capabilities = {"extensions": {"io.modelcontextprotocol/tasks": {}}} if tasks else {}
    meta = {
        "io.modelcontextprotocol/protocolVersion": REVISION,
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    }
    params = {"name": tool, "arguments": arguments, "_meta": meta}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()


def head(length, method="tools/call", name="", user=None):
    lines = [
        "POST /mcp HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream",
        f"MCP-Protocol-Version: {REVISION}",
        f"Mcp-Method: {method}",
        f"Content-Length: {length}",
    ]
    if name:
        lines.append(f"Mcp-Name: {name}")
    if user:
        lines.append(f"x-user: {user}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Http:
    """A keep-alive connection that sends one request at a time."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.buffer = b""

    def send(self, *parts):
        for part in parts:
            self.socket.sendall(part)

    def answer(self):
        """Reads a response with a length, or in chunks. Returns its status and body."""
        while b"\r\n\r\n" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("closed")
            self.buffer += data
        top, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status = int(top.split()[1])
        text = top.lower().decode()
        if "transfer-encoding: chunked" in text:
            while not self.buffer.endswith(b"0\r\n\r\n"):
                data = self.socket.recv(65536)
                if not data:
                    break
                self.buffer += data
            body, self.buffer = self.buffer, b""
            return status, body
        length = 0
        for line in text.split("\r\n"):
            if line.startswith("content-length:"):
                length = int(line.split(":")[1])
        while len(self.buffer) < length:
            data = self.socket.recv(65536)
            if not data:
                break
            self.buffer += data
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return status, body

    def tool(self, tool, arguments, tasks=False, user=None):
        body = call(tool, arguments, tasks)
        self.send(head(len(body), name=tool, user=user), body)
        return self.answer()

    def request(self, method, params, name="", user=None):
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": REVISION,
            "io.modelcontextprotocol/clientCapabilities": {
                "extensions": {"io.modelcontextprotocol/tasks": {}}
            },
        }
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        self.send(head(len(body), method, name, user), body)
        return self.answer()

    def close(self):
        self.socket.close()


class Server:
    """A server over HTTP: at `port` with its own limits of connections, at `mounted` with principals."""

    def __init__(self):
        self.port, self.mounted = free_port(), free_port()
        addresses = [f"127.0.0.1:{self.port}", f"127.0.0.1:{self.mounted}"]
        self.log = subprocess.DEVNULL
        self.process = subprocess.Popen([TARGET, *addresses], stderr=self.log)
        self.pid = self.process.pid
        for port in (self.port, self.mounted):
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    time.sleep(0.05)
        # The first request loads the rest of the program.
        client = Http(self.port)
        for _ in range(20):
            client.tool("echo", {"text": "x"})
        client.close()

    def stop(self):
        self.process.kill()
        self.process.wait()


class Bystander(threading.Thread):
    """A client that calls a tool twenty times a second: every fifth call has 100 kB and a new connection."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.running = port, True
        self.latencies, self.failures = [], 0

    def run(self):
        client = None
        for number in range(1 << 30):
            if not self.running:
                return
            begin = time.monotonic()
            try:
                if client is None or number % 5 == 0:
                    client = Http(self.port, timeout=10)
                text = "hello" if number % 5 else "x" * 100_000
                status, body = client.tool("echo", {"text": text})
                self.failures += status != 200 or len(body) < len(text)
            except OSError:
                self.failures, client = self.failures + 1, None
            self.latencies.append(time.monotonic() - begin)
            time.sleep(0.05)

    def stop(self):
        self.running = False
        self.join(15)
        ordered = sorted(self.latencies) or [0.0]
        return ordered[int(len(ordered) * 0.99)], self.failures


def parallel(count, function, at_once=32):
    """Runs `function(number)` for all numbers below `count`, some at once. Returns the results, or errors."""
    def guarded(number):
        try:
            return function(number)
        except OSError as error:
            return error
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(guarded, range(count)))


def unknown_arguments(server):
    """200 task calls with 900 kB of unknown arguments."""
    padding = {"seconds": 0.0, "unknown": "x" * 900_000}
    answers = parallel(200, lambda _: one(server.port, "doze", padding, True), 4)
    refused = sum(b"isError" in answer[1] for answer in answers if not isinstance(answer, OSError))
    return refused == 200, f"{refused} of 200 refused before a task exists"


def one(port, tool, arguments, tasks=False, user=None):
    client = Http(port)
    try:
        return client.tool(tool, arguments, tasks, user)
    finally:
        client.close()


def greedy_owners(server):
    """Principals with 100 sleeping tasks each; then another one adds a task of 10 ms."""
    waited = []
    for owners in (1, 2, 4):
        name = f"greedy-{owners}"
        parallel(100, lambda n: one(server.mounted, "doze", {"seconds": 60.0}, True, name))
        client = Http(server.mounted)
        begin = time.monotonic()
        body = client.tool("doze", {"seconds": 0.01}, True, f"quick-{owners}")[1]
        task = json.loads(body)["result"]["taskId"]
        while time.monotonic() - begin < 5:
            params = {"taskId": task}
            state = json.loads(client.request("tasks/get", params, task, f"quick-{owners}")[1])
            if state["result"]["status"] == "completed":
                break
            time.sleep(0.02)
        waited.append(time.monotonic() - begin)
        client.close()
    times = ", ".join(f"{wait * 1000:.0f}" for wait in waited)
    return max(waited) < 3, f"a task of another principal takes {times} ms"


def unread_streams(server):
    """20 event streams with 200 messages of 100 kB each that nobody reads, half of them in sessions."""
    def open_stream(number):
        client = Http(server.port)
        if number > 1:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        body = call("chatter", {"messages": 200}).replace(b'"_meta": {', b'"_meta": {"progressToken": 1, ')
        if number % 2:
            client.send(head(len(body), name="chatter"), body)
        else:
            session = open_session(server.port)
            params = {"name": "chatter", "arguments": {"messages": 200}, "_meta": {"progressToken": 1}}
            client.send(*message("tools/call", params, session))
        return client
    clients = parallel(20, open_stream)
    time.sleep(3)
    # One client of each kind reads on, and gets everything.
    complete = 0
    for client in clients[:2]:
        received = bytearray(client.buffer)
        while b'"result"' not in received[-2000:]:
            data = client.socket.recv(1 << 20)
            if not data:
                break
            received += data
        complete += received.count(b"notifications/progress") >= 200
    for client in clients:
        client.close()
    return complete == 2, f"the tools wait; {complete} of 2 that read later get all messages"


def message(method, params, session=None, id=1):
    """Returns the head and the body of a message of revision 2025-11-25."""
    content = {"jsonrpc": "2.0", "method": method, "params": params}
    if id is not None:
        content["id"] = id
    body = json.dumps(content).encode()
    lines = [
        "POST /mcp HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream",
        f"Content-Length: {len(body)}",
    ]
    if session:
        lines += [f"Mcp-Session-Id: {session}", "MCP-Protocol-Version: 2025-11-25"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode(), body


def open_session(port):
    """Returns the ID of a new session."""
    client = Http(port)
    info = {"name": "attacker", "version": "1"}
    params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info}
    client.send(*message("initialize", params))
    top = b""
    while b"\r\n\r\n" not in top:
        top += client.socket.recv(65536)
    for line in top.decode(errors="replace").split("\r\n"):
        if line.lower().startswith("mcp-session-id:"):
            session = line.split(":", 1)[1].strip()
    client.close()
    client = Http(port)
    client.send(*message("notifications/initialized", {}, session, None))
    client.answer()
    client.close()
    return session


def half_bodies(server):
    """200 bodies of 4 MiB less ten bytes, and 100 connections that send nothing."""
    silent = [Http(server.port) for _ in range(100)]
    clients, statuses = [], []
    padding = b" " * (4 * MIB - 20)
    def half(_):
        client = Http(server.port)
        client.send(head(4 * MIB - 10))
        try:
            client.send(padding)
        except OSError:
            pass
        return client
    clients = parallel(200, half)
    time.sleep(2)
    for client in clients:
        if isinstance(client, OSError):
            continue
        client.socket.settimeout(0.2)
        try:
            statuses.append(client.answer()[0])
        except OSError:
            pass
    for client in silent + clients:
        if not isinstance(client, OSError):
            client.close()
    return statuses.count(503) > 100, f"{statuses.count(503)} of 200 get status 503"


def small_values(server):
    """Bodies of small values, of 100 kB to 4 MB."""
    refused = []
    for value, size in [("{}", 200_000), ("1", 100_000), ("[1]", 1 * MB), ("{}", 4 * MB), ('{"a":1}', 4 * MB)]:
        body = call("echo", {}).replace(b"{}, \"_meta\"", b"[" + b",".join([value.encode()] * (size // (len(value) + 1))) + b"], \"_meta\"")
        client = Http(server.port)
        client.send(head(len(body), name="echo"), body)
        refused.append(client.answer()[0])
        client.close()
    # The largest body that is accepted.
    values = b",".join([b'"' + b"x" * 107 + b'"'] * (4 * MB // 110))
    body = call("echo", {}).replace(b"{}, \"_meta\"", b'{"text": [' + values + b"]}, \"_meta\"")
    before = memory(server.pid, "VmRSS")
    with open(f"/proc/{server.pid}/clear_refs", "w") as reset:
        reset.write("5")
    status = 0
    client = Http(server.port)
    client.send(head(len(body), name="echo"), body)
    status = client.answer()[0]
    client.close()
    ratio = (memory(server.pid, "VmHWM") - before) * MB / len(body)
    text = f"{refused.count(400)} of {len(refused)} refused; the largest that is accepted takes {ratio:.1f} times its size"
    return refused.count(400) == len(refused) and status == 200 and ratio <= 11, text


def many_bodies(server):
    """32 such bodies of 4 MB at once."""
    values = b",".join([b'"' + b"x" * 107 + b'"'] * (4 * MB // 110))
    body = call("echo", {}).replace(b"{}, \"_meta\"", b'{"text": [' + values + b"]}, \"_meta\"")
    def post(_):
        client = Http(server.port)
        try:
            client.send(head(len(body), name="echo"), body)
            return client.answer()[0]
        finally:
            client.close()
    answers = parallel(32, post)
    return None, f"{answers.count(200)} answered, {answers.count(503)} get status 503"


def large_body(server):
    """20 bodies of 10 MB."""
    def post(_):
        client = Http(server.port)
        client.send(head(10 * MB))
        try:
            client.send(b" " * 10 * MB)
        except OSError:
            pass
        status = client.answer()[0]
        client.close()
        return status
    answers = parallel(20, post)
    return answers.count(413) == 20, f"{answers.count(413)} of 20 get status 413"


def subscriptions(server):
    """300 subscriptions of one principal."""
    filter = {"notifications": {"toolsListChanged": True}}
    def listen(_):
        client = Http(server.mounted)
        params = {**filter, "_meta": {"io.modelcontextprotocol/protocolVersion": REVISION, "io.modelcontextprotocol/clientCapabilities": {}}}
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": params}).encode()
        client.send(head(len(body), "subscriptions/listen", user="mallory"), body)
        data = client.socket.recv(20)
        return client, int(data.split()[1])
    opened = [answer for answer in parallel(300, listen) if not isinstance(answer, OSError)]
    refused = sum(status == 503 for _, status in opened)
    for client, _ in opened:
        client.close()
    return refused >= 200, f"{refused} of 300 get status 503"


class Stdio:
    """A server over standard input and output."""

    def __init__(self, **streams):
        self.process = subprocess.Popen([TARGET], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **streams)
        self.pid = self.process.pid
        self.mounted = self.port = None

    def write(self, data):
        self.process.stdin.write(data + b"\n")
        self.process.stdin.flush()

    def ends(self, seconds):
        begin = time.monotonic()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        return time.monotonic() - begin

    def stop(self):
        self.process.kill()
        self.process.wait()


def unread_log(server):
    """1000 failing calls with 1 kB of text each; nobody reads standard error."""
    answered = 0
    for _ in range(1000):
        server.write(call("fail", {"reason": "x" * 1000}))
        answered += bool(server.process.stdout.readline())
    server.process.send_signal(signal.SIGTERM)
    end = server.ends(20)
    return answered == 1000 and end is not None, f"{answered} of 1000 answered; ends {end or -1:.1f} s after SIGTERM"


def unread_output(server):
    """Calls with answers of 100 kB; nobody reads standard output."""
    stopped = threading.Event()
    def write():
        for number in range(3000):
            try:
                server.write(call("large", {"bytes": 100_000}).replace(b'"id": 1', b'"id": %d' % number))
            except (OSError, ValueError):
                break
        stopped.set()
    threading.Thread(target=write, daemon=True).start()
    full = not stopped.wait(6)
    server.process.send_signal(signal.SIGTERM)
    end = server.ends(30)
    return full and end is not None, f"stops reading; ends {end or -1:.1f} s after SIGTERM"


def long_line(server):
    """A line of 15 MB of small values."""
    server.write(call("echo", {}).replace(b"{}, \"_meta\"", b"[" + b",".join([b"{}"] * (5 * MB)) + b"], \"_meta\""))
    answer = json.loads(server.process.stdout.readline())
    return answer["error"]["code"] == -32600, "refused"


# The attack, whether it uses standard input and output, and the allowed peak in MB above the memory before.
ATTACKS = [
    (unknown_arguments, False, 200),
    (greedy_owners, False, 100),
    (unread_streams, False, 150),
    (half_bodies, False, 300),
    (unread_log, True, 50),
    (small_values, False, 60),
    (many_bodies, False, 450),
    (long_line, True, 60),
    (unread_output, True, 60),
    (large_body, False, 60),
    (subscriptions, False, 60),
]


def attack(function, is_stdio, allowed):
    if is_stdio:
        streams = {"stderr": subprocess.PIPE if function is unread_log else subprocess.DEVNULL}
        server, bystander = Stdio(**streams), None
        time.sleep(1)
    else:
        server = Server()
        bystander = Bystander(server.port)
        bystander.start()
        time.sleep(1)
    before = memory(server.pid, "VmRSS")
    peaks, running = [], True
    def sample():
        while running:
            try:
                peaks.append(memory(server.pid, "VmRSS"))
            except OSError:
                return
            time.sleep(0.01)
    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    held, seen = function(server)
    latency, failures = bystander.stop() if bystander else (None, 0)
    if not is_stdio:
        time.sleep(3)
    running = False
    sampler.join()
    try:
        after = memory(server.pid, "VmRSS")
    except OSError:
        after = 0.0
    server.stop()
    peak = max(peaks)
    is_bounded = peak - before <= allowed
    verdict = "holds" if is_bounded and held is not False and failures == 0 else "FAILS"
    p99 = "" if latency is None else f"{latency * 1000:.0f} ms"
    if failures:
        seen += f"; {failures} calls of the other client fail"
    title = function.__doc__.strip().rstrip(".")
    print(f"| {title} | {before:.0f} | {peak:.0f} | {after:.0f} | {p99} | {seen} | {verdict} |", flush=True)
    return verdict == "holds"


def main():
    # Each connection needs a descriptor on both sides.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    names = sys.argv[2:]
    chosen = [row for row in ATTACKS if not names or row[0].__name__ in names]
    print("| attack | MB before | peak | after | p99 of another client | seen | verdict |")
    print("|---|---|---|---|---|---|---|")
    results = [attack(*row) for row in chosen]
    sys.exit(0 if all(results) else 1)


main()
