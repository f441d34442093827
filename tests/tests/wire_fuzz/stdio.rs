//! Fuzzes standard input and output.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::ChildStdin;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use fastmcp_tests::hostile::{Hostile, Message};
use serde_json::{Value, json};

use crate::plan;
use crate::process::Target;

/// The time limit of a response. A server that exceeds it counts as hanging.
const PATIENCE: Duration = Duration::from_mins(1);

struct Attack {
    stdin: ChildStdin,
    heard: Receiver<Value>,
    due: HashSet<Value>,
    probes: u32,
    /// The last messages, for the failure report.
    sent: Vec<String>,
}

impl Attack {
    fn on(target: &mut Target) -> Self {
        let stdin = target.child.stdin.take().expect("it is piped");
        let stdout = target.child.stdout.take().expect("it is piped");
        let (sender, heard) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let line = line.expect("standard output is text");
                let message: Value = serde_json::from_str(&line)
                    .unwrap_or_else(|_| panic!("no message on standard output: {line}"));
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut attack = Self {
            stdin,
            heard,
            due: HashSet::new(),
            probes: 0,
            sent: Vec::new(),
        };
        attack.say(
            json!({
                "jsonrpc": "2.0", "id": "first", "method": "initialize", "params": {
                    "protocolVersion": "2025-11-25", "capabilities": {},
                    "clientInfo": { "name": "fuzz", "version": "1" },
                },
            })
            .to_string()
            .as_bytes(),
        );
        attack.read_until(&json!("first"));
        attack.say(br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        attack
    }

    fn say(&mut self, line: &[u8]) {
        let mut shown = String::from_utf8_lossy(line).into_owned();
        shown.truncate(shown.floor_char_boundary(200));
        if self.sent.len() == 40 {
            self.sent.remove(0);
        }
        self.sent.push(shown);
        let written = self.stdin.write_all(line);
        written
            .and_then(|()| self.stdin.write_all(b"\n"))
            .unwrap_or_else(|error| panic!("{error}, after {:#?}", self.sent));
    }

    /// Reads responses up to the one for `id`.
    fn read_until(&mut self, id: &Value) {
        loop {
            let Ok(message) = self.heard.recv_timeout(PATIENCE) else {
                panic!("no response, after {:#?}", self.sent);
            };
            assert_eq!(message["jsonrpc"], "2.0", "{message}");
            let of = &message["id"];
            self.due.remove(of);
            if of == id {
                return;
            }
        }
    }

    /// Checks that the server still responds.
    fn probe(&mut self) {
        self.probes += 1;
        let id = json!(format!("probe-{}", self.probes));
        let call = json!({
            "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": "add", "arguments": { "a": 1, "b": 2 } },
        });
        self.say(call.to_string().as_bytes());
        self.read_until(&id);
    }

    fn say_message(&mut self, message: Message) {
        self.due.extend(message.due);
        self.say(&message.bytes);
    }

    /// Cancels a running call, cancels one twice, and reuses the id of a running call.
    fn cancel_calls(&mut self, hostile: &mut Hostile) {
        let id = hostile.fresh_id();
        let call = json!({
            "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": "dawdle", "arguments": {} },
        });
        let cancel = json!({
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id },
        });
        let messages = match hostile.random().u8(..4) {
            0 => vec![&call, &cancel],
            1 => vec![&cancel, &call, &cancel],
            2 => vec![&call, &cancel, &cancel],
            _ => vec![&call, &call, &cancel],
        };
        for message in messages {
            self.say(message.to_string().as_bytes());
        }
    }
}

#[test]
fn stdio_survives_hostile_messages() {
    let (seeds, messages) = plan(1500);
    for seed in seeds {
        println!("WIRE_FUZZ_SEED={seed}");
        let fast_path = if seed % 2 == 0 { "true" } else { "false" };
        let mut target = Target::start_with(&[], &[("FASTMCP_FAST_PATH", fast_path)]);
        let mut attack = Attack::on(&mut target);
        let mut hostile = Hostile::new(seed);
        let mut before = None;
        for number in 0..messages {
            if number == messages / 5 {
                before = target.resources();
            }
            match hostile.random().u8(..12) {
                0 => attack.probe(),
                1 => attack.cancel_calls(&mut hostile),
                _ => attack.say_message(hostile.message()),
            }
        }
        // The last responses may still be pending: slow calls take a second.
        let guard = std::time::Instant::now();
        while !attack.due.is_empty() && guard.elapsed() < PATIENCE {
            attack.probe();
        }
        assert!(attack.due.is_empty(), "never answered: {:?}", attack.due);
        if let (Some(before), Some(after)) = (before, target.resources()) {
            assert!(
                after.is_within_limits_of(before),
                "{before:?} became {after:?}"
            );
        }
        drop(attack.stdin);
        target.finish();
    }
}
