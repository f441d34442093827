//! The messages that the benchmark sends.

use std::fmt::Write;

/// A call of one of the tools of `servers/`.
#[derive(Clone, Copy)]
pub(crate) enum Call {
    /// Adds two numbers.
    Add,
    /// Sends a text of this length.
    Text(usize),
    /// Sends an array of this many integers.
    Integers(usize),
}

/// A revision of the protocol.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// 2025-11-25.
    E2025,
    /// 2026-07-28: each request states its revision.
    E2026,
}

pub(crate) const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;
pub(crate) const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

const META: &str = r#","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}"#;

impl Call {
    fn tool(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Text(_) | Self::Integers(_) => "measure",
        }
    }

    fn arguments(self) -> String {
        match self {
            Self::Add => r#"{"a":17,"b":25}"#.to_owned(),
            Self::Text(length) => format!(r#"{{"text":"{}","values":[]}}"#, "x".repeat(length)),
            Self::Integers(count) => {
                let values: Vec<String> = (0..count).map(|value| (value * 7).to_string()).collect();
                format!(r#"{{"text":"","values":[{}]}}"#, values.join(","))
            }
        }
    }

    /// Returns the message after its ID.
    pub(crate) fn tail(self, era: Era) -> String {
        let meta = if era == Era::E2026 { META } else { "" };
        format!(
            r#","method":"tools/call","params":{{"name":"{}","arguments":{}{meta}}}}}"#,
            self.tool(),
            self.arguments()
        )
    }
}

/// Appends the message with this ID.
pub(crate) fn push(messages: &mut String, id: u64, tail: &str) {
    // Writing to a string does not fail.
    let _ = write!(messages, r#"{{"jsonrpc":"2.0","id":{id}"#);
    messages.push_str(tail);
}

/// Returns the number of whole lines.
pub(crate) fn count_lines(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count() - 1
}
