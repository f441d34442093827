//! Standard input and output of a server process: who owns them, what ends the process, and how much
//! may wait in them.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long a test waits for what should happen at once; the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    errors: Option<BufReader<ChildStderr>>,
}

impl Process {
    fn start() -> Self {
        Self::start_with(|_| {})
    }

    fn start_silent() -> Self {
        Self::start_with(|command| {
            command.env("SILENT", "1");
        })
    }

    fn start_with(change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stdio_target"));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let mut process = Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            errors: child.stderr.take().map(BufReader::new),
            child,
        };
        process.say(
            &json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": { "name": "test", "version": "0" },
        } }),
        );
        assert_eq!(process.hear()["id"], 0);
        process.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        process
    }

    fn say(&mut self, message: &Value) {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{message}\n").as_bytes()).unwrap();
    }

    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    fn ask(&mut self, id: i32, tool: &str, arguments: Value) {
        self.say(
            &json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {
            "name": tool, "arguments": arguments,
        } }),
        );
    }

    fn call(&mut self, tool: &str, arguments: Value) -> String {
        self.ask(1, tool, arguments);
        let answer = self.hear();
        assert_eq!(answer["id"], 1, "{answer}");
        let text = answer["result"]["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// Reads standard error up to a line.
    fn logged(&mut self, text: &str) {
        let errors = self.errors.as_mut().unwrap();
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert!(
                errors.read_line(&mut line).unwrap() > 0,
                "{text} is missing"
            );
        }
    }

    fn log(mut self) -> String {
        let mut log = String::new();
        let mut errors = self.errors.take().unwrap();
        errors.read_to_string(&mut log).unwrap();
        log
    }

    fn output(&mut self) -> String {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        rest
    }

    /// Waits until the process has ended.
    fn ended(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the process still runs");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn only_messages_are_on_standard_output_until_the_end() {
    let mut process = Process::start();
    assert_eq!(process.call("prints", json!({})), "read 0 bytes");
    assert_eq!(
        process.call("child", json!({})),
        "Ok(ExitStatus(unix_wait_status(0)))"
    );
    drop(process.input.take());
    // Afterwards, standard output is the program's again.
    assert_eq!(process.output(), "printed after the end\n");
    assert!(process.ended().success());
    let log = process.log();
    for text in ["the lifespan", "a tool", "a child"] {
        assert!(log.contains(&format!("printed by {text}")), "{text}: {log}");
    }
    assert!(log.contains("without a newline"), "{log}");
}

#[test]
fn a_child_process_does_not_keep_the_connection() {
    let mut process = Process::start_with(|command| {
        command.stderr(Stdio::null());
    });
    let child = process.call("outlives", json!({}));
    drop(process.input.take());
    // Ends only when nobody has the other end.
    process.output();
    let killed = Command::new("kill").arg(child).status();
    assert!(killed.unwrap().success(), "the child is alive");
    assert!(process.ended().success());
}

#[test]
fn a_signal_lets_calls_in_flight_finish() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let mut process = Process::start();
        process.ask(1, "slow", json!({ "milliseconds": 2000 }));
        // The call has started when a later one has its answer.
        process.ask(2, "bytes", json!({ "count": 1 }));
        assert_eq!(process.hear()["id"], 2);
        process.signal(signal);
        let answer = process.hear();
        assert_eq!(answer["id"], 1, "{signal}: {answer}");
        let text = &answer["result"]["content"][0]["text"];
        assert_eq!(text, "slow, but done", "{signal}");
        assert!(process.ended().success(), "{signal}");
        let log = process.log();
        assert!(log.contains("the lifespan has ended"), "{signal}: {log}");
    }
}

#[test]
fn new_requests_are_rejected_while_calls_finish() {
    let mut process = Process::start();
    process.ask(1, "slow", json!({ "milliseconds": 3000 }));
    process.ask(2, "bytes", json!({ "count": 1 }));
    assert_eq!(process.hear()["id"], 2);
    process.signal("-TERM");
    // The signal may arrive after the next request.
    let rejected = loop {
        process.ask(3, "bytes", json!({ "count": 1 }));
        let answer = process.hear();
        assert_eq!(answer["id"], 3, "{answer}");
        if answer.get("error").is_some() {
            break answer;
        }
    };
    assert_eq!(rejected["error"]["message"], "the server is shutting down");
    assert_eq!(process.hear()["id"], 1);
}

#[test]
fn a_blocked_handler_is_given_up_and_named() {
    for tool in ["stuck", "hogs"] {
        for is_signal in [true, false] {
            let mut process = Process::start_with(|command| {
                command.env("GRACE", "100");
            });
            process.ask(1, tool, json!({}));
            process.logged("stuck");
            if is_signal {
                process.signal("-TERM");
            } else {
                drop(process.input.take());
            }
            assert_eq!(process.ended().code(), Some(1), "{tool} {is_signal}");
            let log = process.log();
            assert!(log.contains(&format!("tools/call `{tool}`")), "{log}");
            assert!(log.contains("blocks its thread"), "{log}");
        }
    }
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    use std::os::unix::process::ExitStatusExt;

    let mut process = Process::start_with(|command| {
        command.env("GRACE", "600000");
    });
    process.ask(1, "stuck", json!({}));
    process.logged("stuck");
    process.signal("-TERM");
    // The first signal has been handled when new requests are rejected.
    loop {
        process.ask(2, "bytes", json!({ "count": 1 }));
        if process.hear().get("error").is_some() {
            break;
        }
    }
    process.signal("-INT");
    assert_eq!(process.ended().signal(), Some(2));
}

#[test]
fn a_second_request_with_the_id_of_one_in_flight_is_rejected() {
    let mut process = Process::start_with(|command| {
        command.env("FASTMCP_LOG_LEVEL", "info");
    });
    process.ask(1, "slow", json!({ "milliseconds": 1500 }));
    process.ask(1, "bytes", json!({ "count": 1 }));
    let rejected = process.hear();
    assert_eq!(rejected["id"], 1);
    assert_eq!(rejected["error"]["code"], -32600, "{rejected}");
    let answer = process.hear();
    assert_eq!(answer["result"]["content"][0]["text"], "slow, but done");
    // The ID is free again, also after a cancellation.
    process.ask(1, "slow", json!({ "milliseconds": 600_000 }));
    process.say(
        &json!({ "jsonrpc": "2.0", "method": "notifications/cancelled",
                         "params": { "requestId": 1 } }),
    );
    assert_eq!(process.call("bytes", json!({ "count": 1 })), "x");
    drop(process.input.take());
    let log = process.log();
    assert!(log.contains("ID of one in flight"), "{log}");
}

#[test]
fn no_key_of_an_argument_has_a_meaning() {
    let mut process = Process::start();
    for key in [
        "$serde_json::private::RawValue",
        "$serde_json::private::Number",
    ] {
        for value in [
            json!({ key: "[1]" }),
            json!({ key: null }),
            json!([{ "a": [{ key: { key: "7" }, "b": 1 }] }]),
        ] {
            process.ask(1, "echo", json!({ "value": value }));
            let answer = process.hear();
            let text = answer["result"]["content"][0]["text"].as_str();
            let text = text.unwrap_or_else(|| panic!("{answer}"));
            assert_eq!(serde_json::from_str::<Value>(text).unwrap(), value);
        }
    }
}

/// Writes `calls` on a thread, and returns the channel that reports the number of those written.
fn write_calls(process: &mut Process, calls: usize, arguments: Value) -> mpsc::Receiver<usize> {
    let mut input = process.input.take().unwrap();
    let (report, reports) = mpsc::channel();
    thread::spawn(move || {
        for id in 0..calls {
            let call = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
                               "params": { "name": "bytes", "arguments": arguments } });
            if input.write_all(format!("{call}\n").as_bytes()).is_err() {
                return;
            }
            let _ = report.send(id + 1);
        }
    });
    reports
}

#[test]
fn a_server_stops_reading_while_its_client_does_not_read() {
    let mut process = Process::start();
    let calls = 2_000;
    let written = write_calls(&mut process, calls, json!({ "count": 100_000 }));
    // Without a bound, the server takes all calls and keeps 200 MB of answers.
    thread::sleep(Duration::from_secs(3));
    let taken = written.try_iter().last().unwrap_or_default();
    assert!(taken < calls, "{taken} calls were taken");
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.child.id()));
    if let Ok(status) = status {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes: usize = peak
            .and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok())
            .unwrap();
        assert!(kilobytes < 100_000, "{kilobytes} kB");
    }
    // Every call is answered once the client reads.
    let mut ids: Vec<i64> = (0..calls)
        .map(|_| process.hear()["id"].as_i64().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..2_000).collect::<Vec<_>>());
}

#[test]
fn a_server_ends_with_its_input_though_its_output_is_not_read() {
    for (calls, count) in [(1, 1_000_000), (20, 1_000_000), (1, 20_000_000)] {
        let mut process = Process::start_silent();
        let written = write_calls(&mut process, calls, json!({ "count": count }));
        // Ends when the thread has written everything and closed standard input.
        while written.recv().is_ok() {}
        process.ended();
    }
}

#[test]
fn a_server_ends_when_its_client_closes_the_output() {
    let mut process = Process::start();
    let (unused, _) = std::os::unix::net::UnixStream::pair().unwrap();
    let unused = std::os::fd::OwnedFd::from(unused);
    process.output = BufReader::new(ChildStdout::from(unused));
    let mut input = process.input.take().unwrap();
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                       "params": { "name": "bytes", "arguments": { "count": 1 } } });
    input.write_all(format!("{call}\n").as_bytes()).unwrap();
    let start = Instant::now();
    while process.child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < PATIENCE, "the process still runs");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn unread_logs_do_not_stop_the_server() {
    let mut process = Process::start_silent();
    // 400 kB of warnings; a pipe has room for 64 kB.
    for _ in 0..2_000 {
        process.ask(1, "fails", json!({}));
        assert_eq!(process.hear()["result"]["isError"], true);
    }
    process.signal("-TERM");
    process.ended();
}

#[test]
fn sockets_serve_as_well_as_pipes() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    let (client, server) = UnixStream::pair().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_stdio_target"))
        .stdin(OwnedFd::from(server.try_clone().unwrap()))
        .stdout(OwnedFd::from(server))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(client.try_clone().unwrap());
    let mut input = &client;
    let mut answer = |message: Value| {
        input.write_all(format!("{message}\n").as_bytes()).unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        serde_json::from_str::<Value>(&line).unwrap()
    };
    answer(
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": "test", "version": "0" } } }),
    );
    let called = answer(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                                "params": { "name": "prints", "arguments": {} } }));
    assert_eq!(called["result"]["content"][0]["text"], "read 0 bytes");
    client.shutdown(std::net::Shutdown::Write).unwrap();
    assert!(child.wait().unwrap().success());
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "printed after the end\n");
}

#[test]
fn a_line_of_many_small_values_costs_little() {
    let mut process = Process::start();
    let values = vec!["{}"; 4_000_000].join(",");
    let line = format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"bytes","arguments":{{"count":[{values}]}}}}}}"#
    );
    let input = process.input.as_mut().unwrap();
    input.write_all(line.as_bytes()).unwrap();
    input.write_all(b"\n").unwrap();
    let answer = process.hear();
    assert_eq!(answer["error"]["code"], -32600, "{answer}");
    assert_eq!(answer["id"], 7);
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.child.id()));
    let Ok(status) = status else { return };
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: usize = peak
        .and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap();
    assert!(kilobytes < 120_000, "{kilobytes} kB");
}
