//! Generates hostile messages from a seed, for the wire fuzzer.

use serde_json::{Map, Value, json};

/// A generator of hostile messages. Equal seeds produce equal sequences.
#[derive(Debug)]
pub struct Hostile {
    random: fastrand::Rng,
    next_id: u32,
}

/// One message.
#[derive(Debug, Clone)]
pub struct Message {
    /// The bytes, which contain no newline.
    pub bytes: Vec<u8>,
    /// The ID of the expected response, if the envelope is valid.
    pub due: Option<Value>,
}

/// Known and unknown methods.
const METHODS: [&str; 22] = [
    "ping",
    "initialize",
    "server/discover",
    "tools/list",
    "tools/call",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "prompts/list",
    "prompts/get",
    "completion/complete",
    "logging/setLevel",
    "tasks/get",
    "tasks/update",
    "tasks/cancel",
    "tasks/result",
    "elicitation/create",
    "no/such/method",
    "",
    "tools/call\u{0}",
    "__proto__",
];

const NOTIFICATIONS: [&str; 6] = [
    "notifications/cancelled",
    "notifications/progress",
    "notifications/initialized",
    "notifications/roots/list_changed",
    "notifications/no_such_thing",
    "tools/call",
];

/// Unusual values of the right type.
const STRINGS: [&str; 14] = [
    "",
    "later",
    "fall_over",
    "echo",
    "add",
    "\u{0}",
    "\u{202e}txt.exe",
    "../../etc/passwd",
    "test://items/%zz",
    "test://items/1",
    "2026-07-28",
    "debug",
    "💥💥💥",
    "a\nb\r\n\r\nc",
];

/// Numbers that are hard to parse.
const NUMBERS: [&str; 12] = [
    "0",
    "-0",
    "-1",
    "1.5",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "1e308",
    "1e999",
    "0.1e-999",
];

impl Hostile {
    /// Creates the generator for this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
            next_id: 0,
        }
    }

    /// Returns its random number generator.
    pub fn random(&mut self) -> &mut fastrand::Rng {
        &mut self.random
    }

    /// Picks one of the values at random.
    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.random.usize(..of.len())]
    }

    /// Returns an ID that no earlier message used.
    pub fn fresh_id(&mut self) -> Value {
        self.next_id += 1;
        if self.random.bool() {
            json!(self.next_id)
        } else {
            json!(format!("h-{}", self.next_id))
        }
    }

    /// Returns the next message.
    pub fn message(&mut self) -> Message {
        match self.random.u8(..20) {
            0..=6 => self.well_formed(),
            7..=8 => self.notification(),
            9 => self.response(),
            10..=11 => self.of_wrong_types(),
            12..=15 => self.damaged(),
            16 => self.deep(),
            17 => self.huge(),
            18 => Self::not_due(self.value(4).to_string()),
            _ => self.noise(),
        }
    }

    fn not_due(text: impl Into<Vec<u8>>) -> Message {
        let mut bytes = text.into();
        bytes.retain(|byte| *byte != b'\n');
        Message { bytes, due: None }
    }

    /// Returns a request with a valid envelope and arbitrary content.
    fn well_formed(&mut self) -> Message {
        let id = self.fresh_id();
        let method = self.one_of(&METHODS);
        let mut request = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        match self.random.u8(..4) {
            0 => {}
            1 => request["params"] = self.value(4),
            _ => request["params"] = self.params(),
        }
        let due = Some(id);
        Message {
            bytes: request.to_string().into_bytes(),
            due,
        }
    }

    /// Returns parameters that are close to valid for some request.
    fn params(&mut self) -> Value {
        let mut params = Map::new();
        for key in [
            "name",
            "uri",
            "arguments",
            "_meta",
            "cursor",
            "level",
            "taskId",
            "ref",
            "argument",
            "inputResponses",
            "requestState",
            "protocolVersion",
            "capabilities",
            "clientInfo",
        ] {
            if self.random.u8(..3) > 0 {
                continue;
            }
            let value = match (key, self.random.u8(..3)) {
                ("name" | "uri" | "cursor" | "level" | "taskId", 1..) => {
                    json!(self.one_of(&STRINGS))
                }
                ("arguments", 1..) => json!({
                    "text": self.value(2), "a": self.value(1), "b": self.value(1),
                }),
                ("_meta", 1) => json!({
                    "progressToken": self.value(0),
                    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                    "io.modelcontextprotocol/clientCapabilities": {
                        "elicitation": {},
                        "extensions": { "io.modelcontextprotocol/tasks": {} },
                    },
                }),
                ("_meta", 2..) => json!({
                    "progressToken": self.value(1),
                    "io.modelcontextprotocol/protocolVersion": self.value(1),
                    "io.modelcontextprotocol/clientCapabilities": self.value(2),
                }),
                ("ref", 1..) => json!({ "type": "ref/prompt", "name": self.value(1) }),
                _ => self.value(3),
            };
            params.insert(key.to_owned(), value);
        }
        Value::Object(params)
    }

    fn notification(&mut self) -> Message {
        let method = self.one_of(&NOTIFICATIONS);
        let params = match self.random.u8(..3) {
            0 => self.value(3),
            1 => json!({ "requestId": self.any_id(), "reason": self.value(1) }),
            _ => json!({ "progressToken": self.value(1), "progress": self.value(1) }),
        };
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        Self::not_due(message.to_string())
    }

    /// Returns an id that was never sent, or an invalid one.
    fn any_id(&mut self) -> Value {
        match self.random.u8(..3) {
            0 => json!(self.random.i64(i64::MAX / 2..)),
            1 => json!("never"),
            _ => self.value(1),
        }
    }

    /// Returns a response to a request that the server never sent.
    fn response(&mut self) -> Message {
        let outcome = self.one_of(&["result", "error"]);
        let message = json!({ "jsonrpc": "2.0", "id": self.any_id(), outcome: self.value(3) });
        Self::not_due(message.to_string())
    }

    /// Returns a request in which one value has the wrong type.
    fn of_wrong_types(&mut self) -> Message {
        let mut request = json!({
            "jsonrpc": "2.0", "id": self.any_id(), "method": self.one_of(&METHODS),
            "params": self.params(),
        });
        let key = self.one_of(&["jsonrpc", "id", "method", "params"]);
        request[key] = self.value(2);
        if self.random.bool() {
            request["result"] = self.value(1);
        }
        Self::not_due(request.to_string())
    }

    /// Returns a message with some bytes removed, added or changed.
    fn damaged(&mut self) -> Message {
        let mut bytes = self.well_formed().bytes;
        match self.random.u8(..5) {
            0 => bytes.truncate(self.random.usize(..bytes.len())),
            1 => {
                let at = self.random.usize(..bytes.len());
                bytes[at] = self.random.u8(..);
            }
            2 => {
                let at = self.random.usize(..bytes.len());
                bytes.insert(at, self.random.u8(..));
            }
            3 => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let number = self.one_of(&NUMBERS);
                bytes = text
                    .replacen("\"id\":", &format!("\"id\":{number},\"x\":"), 1)
                    .into();
            }
            _ => {
                // Duplicates a member.
                let text = String::from_utf8_lossy(&bytes).into_owned();
                bytes = text
                    .replacen('{', r#"{"id":"twice","method":"ping","#, 1)
                    .into();
            }
        }
        Self::not_due(bytes)
    }

    fn deep(&mut self) -> Message {
        let depth = self.one_of(&[100, 127, 128, 129, 5_000, 50_000]);
        let (open, close) = self.one_of(&[("[", "]"), (r#"{"a":"#, "}")]);
        let inner = if open == "[" { "" } else { "1" };
        let nested = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
        let id = self.any_id();
        let text = format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"echo","arguments":{{"text":{nested}}}}}}}"#
        );
        Self::not_due(text)
    }

    fn huge(&mut self) -> Message {
        let long = self.one_of(&["x", "é", "\\u0000", "\\ud83d"]);
        let long = long.repeat(self.random.usize(10_000..100_000));
        let number = format!(
            "{}{}",
            self.random.u8(1..9),
            "0".repeat(self.random.usize(..2_000))
        );
        let text = match self.random.u8(..3) {
            0 => format!(r#"{{"jsonrpc":"2.0","id":"{long}","method":"ping"}}"#),
            1 => format!(r#"{{"jsonrpc":"2.0","id":{number},"method":"ping"}}"#),
            _ => format!(
                r#"{{"jsonrpc":"2.0","id":"huge","method":"tools/call","params":{{"name":"echo","arguments":{{"text":"{long}","a":{number}}}}}}}"#
            ),
        };
        Self::not_due(text)
    }

    fn noise(&mut self) -> Message {
        let length = self.random.usize(..200);
        let bytes: Vec<u8> = (0..length).map(|_| self.random.u8(..)).collect();
        Self::not_due(bytes)
    }

    /// Returns arbitrary JSON of this depth.
    pub fn value(&mut self, depth: u8) -> Value {
        match self.random.u8(..if depth == 0 { 6 } else { 9 }) {
            0 => Value::Null,
            1 => json!(self.random.bool()),
            2 => serde_json::from_str(self.one_of(&NUMBERS)).unwrap_or(json!(7)),
            3 => json!(self.random.i32(..)),
            4 | 5 => json!(self.one_of(&STRINGS)),
            6 => {
                let length = self.random.u8(..4);
                (0..length).map(|_| self.value(depth - 1)).collect()
            }
            _ => {
                let length = self.random.u8(..4);
                let members = (0..length).map(|_| {
                    let key = self.one_of(&["a", "name", "type", "$ref", "", "__proto__", "id"]);
                    (key.to_owned(), self.value(depth - 1))
                });
                Value::Object(members.collect())
            }
        }
    }
}
