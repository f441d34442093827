//! Sends the same generated requests to a server with the fast path and to one without it, and compares the responses
//! byte for byte. Their order is not compared, because calls run concurrently.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};

use crate::plan;
use crate::process::Target;

const VERSION: &str = r#""io.modelcontextprotocol/protocolVersion":"2026-07-28""#;
const CAPABILITIES: &str = r#""io.modelcontextprotocol/clientCapabilities":{}"#;

const NAMES: &[&str] = &[
    "echo",
    "echo",
    "add",
    "add",
    "count",
    "Echo",
    "ech",
    "describe",
    "describe",
    "fall_over",
    "sessions",
    "",
    r"ec\u0068o",
    "ä",
];

/// The text of values: fitting, odd, and not JSON at all.
const VALUES: &[&str] = &[
    "1",
    "-7",
    "3.0",
    "1e2",
    "-0",
    "1.5",
    "18446744073709551616",
    "9223372036854775807",
    "1e999",
    "01",
    "\"3\"",
    "\"\"",
    "\"null\"",
    "null",
    "true",
    "\"text\"",
    r#""line\nbreak \u00e4 \ud83d\ude00 \\ \"""#,
    r#""\ud800""#,
    "\"ä\u{2028}\"",
    "\"a\tb\"",
    "[]",
    "[1,2]",
    "{}",
    r#"[{"name":"a","count":2}]"#,
    r#"[{"name":"a","count":2,"inner":[{"name":"b","count":256,"inner":null}]}]"#,
    r#"[{"name":"a","name":"b","count":1}]"#,
    r#""[{\"name\":\"a\",\"count\":3}]""#,
    r#"{"$serde_json::private::Number":"1"}"#,
    "NaN",
    "",
];

const ARGUMENTS: &[&str] = &[
    "text",
    "a",
    "b",
    "items",
    "a",
    "b",
    "toolCallId",
    "x",
    r"\u0061",
];

fn pick<'a>(random: &mut fastrand::Rng, choices: &[&'a str]) -> &'a str {
    choices[random.usize(..choices.len())]
}

fn one_in(random: &mut fastrand::Rng, number: u32) -> bool {
    random.u32(..number) == 0
}

/// Returns the text of a value that fits an argument, in most cases.
fn value(random: &mut fastrand::Rng, name: &str) -> String {
    if one_in(random, 4) {
        return pick(random, VALUES).to_owned();
    }
    match name {
        "text" => format!("\"{}\"", "ab ".repeat(random.usize(..40))),
        "items" => r#"[{"name":"a","count":2},{"count":1,"name":"b","inner":[]}]"#.to_owned(),
        _ => random.i32(-100..100).to_string(),
    }
}

fn arguments(random: &mut fastrand::Rng, tool: &str) -> String {
    let mut names = match tool {
        "echo" => vec!["text"],
        "add" => vec!["a", "b"],
        "count" => vec!["items"],
        _ => vec![],
    };
    if one_in(random, 5) {
        names.push(pick(random, ARGUMENTS));
    }
    if one_in(random, 6) {
        names.pop();
    }
    let mut text = "{".to_owned();
    for (index, name) in names.into_iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(text, "{comma}\"{name}\":{}", value(random, name));
    }
    text + "}"
}

fn params(random: &mut fastrand::Rng, is_session: bool) -> String {
    let name = pick(random, NAMES);
    let mut members = vec![format!("\"name\":\"{name}\"")];
    match random.u8(..20) {
        0 => {}
        1 => members.push(format!("\"arguments\":{}", pick(random, VALUES))),
        2 => {
            let depth = random.usize(90..130);
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            members.push(format!("\"arguments\":{{\"text\":{open}{close}}}"));
        }
        _ => members.push(format!("\"arguments\":{}", arguments(random, name))),
    }
    let usual = if is_session { 0 } else { 9 };
    match if one_in(random, 3) {
        random.u8(..10)
    } else {
        usual
    } {
        0 => {}
        1 => members.push("\"_meta\":{}".to_owned()),
        2 => members.push("\"_meta\":{\"progressToken\":7}".to_owned()),
        3 => members.push(format!("\"_meta\":{{{VERSION}}}")),
        4 => members.push(format!(
            "\"_meta\":{{{VERSION},{CAPABILITIES},\"progressToken\":\"p\"}}"
        )),
        5 => members.push(format!("\"_meta\":{}", pick(random, VALUES))),
        6 => members.push("\"task\":{\"ttl\":1000}".to_owned()),
        _ => members.push(format!("\"_meta\":{{{VERSION},{CAPABILITIES}}}")),
    }
    random.shuffle(&mut members);
    format!(
        "{{{}}}",
        members.join(if one_in(random, 4) { " , " } else { "," })
    )
}

/// Returns a request, in a quarter of the cases with a mistake.
fn message(random: &mut fastrand::Rng, is_session: bool) -> Vec<u8> {
    // The IDs differ in many digits, so that a mistake does not make two of them equal.
    let number = random.u64(1..1_000_000_000_000);
    let id = match random.u8(..12) {
        0 => format!("\"{number}\""),
        1 => format!("\"ä{number}\""),
        2 => format!("-{number}"),
        3 => format!("{number}.0"),
        4 => format!("9{number:018}"),
        _ => number.to_string(),
    };
    let method = match random.u8(..20) {
        0 => "tools/list",
        1 => "ping",
        2 => r"tools\/call",
        _ => "tools/call",
    };
    let mut members = vec![
        "\"jsonrpc\":\"2.0\"".to_owned(),
        format!("\"id\":{id}"),
        format!("\"method\":\"{method}\""),
        format!("\"params\":{}", params(random, is_session)),
    ];
    if one_in(random, 4) {
        random.shuffle(&mut members);
    }
    let mut message = format!("{{{}}}", members.join(",")).into_bytes();
    if one_in(random, 4) {
        let at = random.usize(..message.len());
        let bytes = b"{}[]\":, \\x1\0\xff";
        let byte = bytes[random.usize(..bytes.len())];
        match random.u8(..4) {
            0 => message.truncate(at),
            1 => drop(message.remove(at)),
            2 => message.insert(at, byte),
            _ => message[at] = byte,
        }
    }
    message.push(b'\n');
    message
}

/// Returns the responses of a server to all messages, sorted.
fn responses(fast_path: &str, messages: &[Vec<u8>]) -> Vec<String> {
    let mut target = Target::start_with(&[], &[("FASTMCP_FAST_PATH", fast_path)]);
    let mut stdin = target.child.stdin.take().expect("it is piped");
    let stdout = target.child.stdout.take().expect("it is piped");
    let reader = std::thread::spawn(move || {
        let lines = BufReader::new(stdout).lines();
        let lines: Result<Vec<String>, _> = lines.collect();
        lines.expect("standard output is text")
    });
    for message in messages {
        stdin.write_all(message).expect("the server reads");
    }
    // The server answers everything and ends.
    drop(stdin);
    let mut lines = reader.join().expect("it was read");
    target.finish();
    lines.sort_unstable();
    lines
}

#[test]
fn the_fast_path_gives_the_responses_of_the_protocol_library() {
    let (seeds, count) = plan(1500);
    for seed in seeds {
        println!("WIRE_FUZZ_SEED={seed}");
        let mut random = fastrand::Rng::with_seed(seed);
        let is_session = seed % 2 == 0;
        let mut messages = Vec::new();
        messages.push(if is_session {
            br#"{"jsonrpc":"2.0","id":"first","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"fuzz","version":"1"}}}"#.to_vec()
        } else {
            format!(r#"{{"jsonrpc":"2.0","id":"first","method":"tools/list","params":{{"_meta":{{{VERSION},{CAPABILITIES}}}}}}}"#).into_bytes()
        });
        messages[0].push(b'\n');
        messages.extend((0..count).map(|_| message(&mut random, is_session)));
        let fast = responses("true", &messages);
        let slow = responses("false", &messages);
        assert!(fast.len() > count / 2, "{} responses", fast.len());
        let only_fast: Vec<_> = fast.iter().filter(|line| !slow.contains(line)).collect();
        let only_slow: Vec<_> = slow.iter().filter(|line| !fast.contains(line)).collect();
        assert!(
            only_fast.is_empty() && only_slow.is_empty(),
            "only with the fast path: {only_fast:#?}\nonly without: {only_slow:#?}",
        );
        assert_eq!(fast.len(), slow.len());
    }
}
