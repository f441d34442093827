//! [`Diagnostic`]: an error or a warning of the compiler.

use serde::Serialize;
use serde_json::Value;

/// An error or a warning of the compiler, or an error of cargo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Diagnostic {
    /// `error` or `warning`.
    pub(super) level: String,
    /// The code, such as `E0308` or `unused_variables`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    pub(super) message: String,
    /// The file, relative to the root of the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) column: Option<u64>,
    /// The text that `cargo build` shows.
    pub(super) rendered: String,
}

impl Diagnostic {
    /// Reads the `message` of a `compiler-message` of cargo. `None` for notes without a place, such as
    /// "aborting due to 2 previous errors", which repeat the others.
    pub(super) fn new(message: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let level = text(&message["level"])?;
        let level = if level.starts_with("error") {
            "error".to_owned()
        } else {
            level
        };
        if level != "error" && level != "warning" {
            return None;
        }
        let spans = message["spans"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let primary = spans.iter().find(|span| span["is_primary"] == true);
        let message_text = text(&message["message"]).unwrap_or_default();
        let repeats = message_text.starts_with("aborting due to")
            || message_text.ends_with("warning emitted")
            || message_text.ends_with("warnings emitted");
        if primary.is_none() && repeats {
            return None;
        }
        let place = primary.map(outermost);
        Some(Self {
            level,
            code: text(&message["code"]["code"]),
            message: message_text,
            file: place.and_then(|span| text(&span["file_name"])),
            line: place.and_then(|span| span["line_start"].as_u64()),
            column: place.and_then(|span| span["column_start"].as_u64()),
            rendered: without_ansi(message["rendered"].as_str().unwrap_or_default()),
        })
    }

    /// Reads the errors that cargo itself prints, for example about a `Cargo.toml`.
    pub(super) fn of_cargo(output: &str) -> Self {
        let lines = || output.lines().map(str::trim);
        let message = lines().find_map(|line| line.strip_prefix("error: "));
        let place = lines().find_map(|line| line.strip_prefix("--> "));
        let mut place = place.map(|place| place.rsplitn(3, ':'));
        let mut next = || place.as_mut().and_then(Iterator::next);
        let (column, line, file) = (next(), next(), next());
        Self {
            level: "error".to_owned(),
            code: None,
            message: message.unwrap_or("the build failed").to_owned(),
            file: file.map(str::to_owned),
            line: line.and_then(|line| line.parse().ok()),
            column: column.and_then(|column| column.parse().ok()),
            rendered: output.to_owned(),
        }
    }

    pub(super) fn is_error(&self) -> bool {
        self.level == "error"
    }
}

/// Returns the place in the user's file of a span inside the expansion of a macro.
fn outermost(span: &Value) -> &Value {
    let mut span = span;
    while span["expansion"]["span"].is_object() {
        span = &span["expansion"]["span"];
    }
    span
}

/// Removes the colours of a terminal.
pub(super) fn without_ansi(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '\u{1b}' {
            plain.push(char);
            continue;
        }
        // `ESC [ parameters letter`
        for char in chars.by_ref() {
            if char.is_ascii_alphabetic() {
                break;
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_of_the_compiler_has_its_place() {
        let message = json!({
            "level": "error", "message": "mismatched types", "code": { "code": "E0308" },
            "rendered": "\u{1b}[1merror\u{1b}[0m: mismatched types",
            "spans": [
                { "is_primary": false, "file_name": "src/a.rs", "line_start": 1, "column_start": 1 },
                { "is_primary": true, "file_name": "src/b.rs", "line_start": 7, "column_start": 3 },
            ],
        });
        let diagnostic = Diagnostic::new(&message).unwrap();
        assert!(diagnostic.is_error());
        assert_eq!(diagnostic.code.as_deref(), Some("E0308"));
        assert_eq!(diagnostic.file.as_deref(), Some("src/b.rs"));
        assert_eq!((diagnostic.line, diagnostic.column), (Some(7), Some(3)));
        assert_eq!(diagnostic.rendered, "error: mismatched types");
        let summary = json!({ "level": "error", "message": "aborting due to 1 previous error" });
        assert_eq!(Diagnostic::new(&summary), None);
        assert_eq!(Diagnostic::new(&json!(["not", "a", "message"])), None);
    }

    #[test]
    fn an_error_of_cargo_has_its_place() {
        let output =
            "error: unclosed table, expected `]`\n --> Cargo.toml:4:9\n  |\n4 | [package\n";
        let diagnostic = Diagnostic::of_cargo(output);
        assert_eq!(diagnostic.message, "unclosed table, expected `]`");
        assert_eq!(diagnostic.file.as_deref(), Some("Cargo.toml"));
        assert_eq!((diagnostic.line, diagnostic.column), (Some(4), Some(9)));
        assert_eq!(Diagnostic::of_cargo("").message, "the build failed");
    }
}
