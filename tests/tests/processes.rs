//! Servers as separate processes: standard input and output, environment variables, signals.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Output, Stdio};

use fastmcp::client::Client;
use serde_json::{Value, json};

const VARIABLE: &str = "FASTMCP_EXPERIMENTAL_ENABLE_DOCKET";
const NEEDS_DOCKET: &str = env!("CARGO_BIN_EXE_needs_docket");

/// Runs a program without input until it exits.
fn run(program: &str, docket: Option<&str>) -> Output {
    let mut command = Command::new(program);
    command
        .env_remove(VARIABLE)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    command.envs(docket.map(|value| (VARIABLE, value)));
    command.output().expect("the program runs")
}

fn error_of(output: &Output) -> String {
    assert!(!output.status.success());
    assert!(
        output.stdout.is_empty(),
        "standard output belongs to the protocol"
    );
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_missing_docket_error_names_the_variable() {
    let error = error_of(&run(NEEDS_DOCKET, None));
    for word in [
        "tool `doubled`",
        "needs_docket.rs:",
        "parameter `docket`",
        "FASTMCP_EXPERIMENTAL_ENABLE_DOCKET=true",
    ] {
        assert!(error.contains(word), "{word}: {error}");
    }
    assert_eq!(error, error_of(&run(NEEDS_DOCKET, Some("false"))));
}

#[test]
fn an_invalid_flag_value_is_named() {
    let error = error_of(&run(NEEDS_DOCKET, Some("perhaps")));
    assert!(
        error.contains("FASTMCP_EXPERIMENTAL_ENABLE_DOCKET is `perhaps`, which is not"),
        "{error}"
    );
}

#[test]
fn two_tools_of_one_name_are_refused_with_both_locations() {
    let error = error_of(&run(env!("CARGO_BIN_EXE_duplicate_names"), None));
    assert!(error.contains("two tools are named `greet`"), "{error}");
    assert_eq!(error.matches("duplicate_names.rs:").count(), 2, "{error}");
}

#[test]
fn ambiguous_templates_are_refused_with_both_locations() {
    let error = error_of(&run(env!("CARGO_BIN_EXE_twin_templates"), None));
    assert!(
        error.contains("match the same URIs") && error.contains("`users://{}`"),
        "{error}"
    );
    assert_eq!(error.matches("twin_templates.rs:").count(), 2, "{error}");
}

#[test]
fn a_server_exits_cleanly_when_its_input_ends() {
    let output = run(NEEDS_DOCKET, Some("true"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn the_docket_variable_enables_background_work() {
    let mut command = tokio::process::Command::new(NEEDS_DOCKET);
    command.env(VARIABLE, "true");
    let client = Client::spawn(command).await.unwrap();
    let result = client
        .call_tool("doubled", json!({ "number": 21 }))
        .await
        .unwrap();
    assert_eq!(result.structured_content, Some(json!({ "result": 42 })));
    client.close().await;
}

/// A server process and its lines of standard input and output.
struct Process {
    child: std::process::Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Process {
    fn start() -> Self {
        Self::start_with(Stdio::null())
    }

    fn start_with(errors: Stdio) -> Self {
        let mut child = Command::new(NEEDS_DOCKET)
            .env(VARIABLE, "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut process = Self { child, output };
        process.say(
            &json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": { "name": "test", "version": "0" },
        } })
            .to_string(),
        );
        assert_eq!(
            process.hear()["result"]["serverInfo"]["name"],
            "needs-docket"
        );
        process.say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        process
    }

    fn say(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(line.as_bytes()).unwrap();
        input.write_all(b"\n").unwrap();
        input.flush().unwrap();
    }

    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Checks that the server still responds.
    fn is_well(&mut self) {
        self.say(
            &json!({ "jsonrpc": "2.0", "id": "well", "method": "tools/call", "params": {
            "name": "doubled", "arguments": { "number": 4 },
        } })
            .to_string(),
        );
        let answer = self.hear();
        assert_eq!(answer["id"], "well", "{answer}");
        assert_eq!(
            answer["result"]["structuredContent"]["result"], 8,
            "{answer}"
        );
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn malformed_messages_get_errors_and_the_server_continues() {
    let mut process = Process::start();
    // Only the last line gets a response.
    for silent in [
        "",
        "   ",
        r#"{"jsonrpc":"2.0","method":"notifications/progress","params":1e999999}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":1e999999}"#,
    ] {
        process.say(silent);
    }
    let nested = |levels: usize| {
        let deep = "[".repeat(levels);
        format!(r#"{{"jsonrpc":"2.0","id":8,"method":"ping","params":{deep}"#)
    };
    let (nested, too_many) = (nested(5_000), nested(100_000));
    let long = format!(
        r#"{{"jsonrpc":"2.0","id":"long","method":"ping","params":{{"x":"{}"}}}}"#,
        "x".repeat(17 * 1024 * 1024)
    );
    for (line, code, id) in [
        ("{", -32700, json!(null)),
        ("\u{0}\u{1}", -32700, json!(null)),
        ("Content-Length: 12", -32700, json!(null)),
        (
            r#"{"jsonrpc":"2.0","id":5,"method":"ping","params":{"x":1e999999}}"#,
            -32700,
            json!(5),
        ),
        (
            r#"{"jsonrpc":"2.0","id":"a","method":"ping","params":{"x":"\ud800"}}"#,
            -32700,
            json!("a"),
        ),
        (&nested, -32700, json!(8)),
        (&too_many, -32600, json!(8)),
        ("null", -32600, json!(null)),
        ("[]", -32600, json!(null)),
        (r#""text""#, -32600, json!(null)),
        (r#"{"jsonrpc":"2.0"}"#, -32600, json!(null)),
        (r#"{"jsonrpc":"2.0","id":6}"#, -32600, json!(6)),
        (
            r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#,
            -32600,
            json!(7),
        ),
        (&long, -32600, json!("long")),
        (
            r#"{"jsonrpc":"2.0","id":"last","method":"no/such/method"}"#,
            -32601,
            json!("last"),
        ),
    ] {
        process.say(line);
        let answer = process.hear();
        let shown: String = line.chars().take(80).collect();
        assert_eq!(answer["error"]["code"], code, "{shown}: {answer}");
        assert_eq!(answer["id"], id, "{shown}: {answer}");
    }
    process.is_well();

    let call = |arguments: Value| {
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                "params": { "name": "doubled", "arguments": arguments } })
        .to_string()
    };
    process.say(&call(json!({ "number": "four" })));
    assert_eq!(process.hear()["result"]["isError"], true);
    process.say(&call(json!([4])));
    assert!(
        process.hear()["error"]["code"].is_i64(),
        "arguments are an object"
    );
    process.is_well();
}

#[test]
fn scheduled_work_keeps_the_trace_of_its_call() {
    let mut process = Process::start();
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for (meta, expected) in [
        (json!({}), Value::Null),
        (json!({ "traceparent": parent }), parent.into()),
    ] {
        process.say(
            &json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                     "params": { "name": "trace", "arguments": {}, "_meta": meta } })
            .to_string(),
        );
        let answer = process.hear();
        assert_eq!(
            answer["result"]["structuredContent"],
            json!({ "result": expected }),
            "{answer}"
        );
    }
}

#[test]
fn pending_requests_are_answered_before_the_server_exits() {
    let mut process = Process::start();
    process.say(r#"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"doubled","arguments":{"number":1}}}"#);
    drop(process.child.stdin.take());
    let mut rest = String::new();
    process.output.read_to_string(&mut rest).unwrap();
    assert!(rest.contains(r#""id":9"#), "{rest}");
    assert!(process.child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_signal_shuts_the_server_down_gracefully() {
    for signal in ["-TERM", "-INT"] {
        let mut process = Process::start();
        process.is_well();
        let pid = process.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        assert!(process.child.wait().unwrap().success(), "{signal}");
    }
}

#[cfg(unix)]
#[test]
fn calls_aborted_by_a_signal_are_logged() {
    let mut process = Process::start_with(Stdio::piped());
    process.say(r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"in_an_hour","arguments":{"number":1}}}"#);
    assert_eq!(process.hear()["result"]["content"][0]["text"], "in-an-hour");
    let pid = process.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let mut log = String::new();
    process
        .child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    assert!(process.child.wait().unwrap().success());
    assert!(
        log.contains("a task remains in the docket") && log.contains("key=in-an-hour"),
        "{log}"
    );
}
