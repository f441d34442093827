//! Scans a message that cannot be parsed for its request ID.
//!
//! A parser stops at the first error. This scanner skips values without checking them, so it also
//! finds an ID after an invalid value, as in `{"params":{"x":NaN},"id":3}`.

use rmcp::model::RequestId;

/// The members of a message's outermost object that determine its response.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ScannedMessage {
    /// The request ID, if it is a string or an integer.
    pub(crate) id: Option<RequestId>,
    has_id: bool,
    has_method: bool,
    has_outcome: bool,
}

impl ScannedMessage {
    /// Scans `line`, which may contain any bytes.
    pub(crate) fn scan(line: &[u8]) -> Self {
        let mut message = Self::default();
        if line.trim_ascii_start().first() != Some(&b'{') {
            return message;
        }
        let mut at = 0;
        let mut depth = 0_u32;
        // The name of the current member of the outermost object; `None` where a name is expected.
        let mut member: Option<&[u8]> = None;
        while at < line.len() {
            let start = at;
            match line[at] {
                b'{' | b'[' => depth = depth.saturating_add(1),
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => at = end_of_string(line, at),
                byte if is_scalar(byte) => {
                    at = line[at..]
                        .iter()
                        .position(|byte| !is_scalar(*byte))
                        .map_or(line.len(), |length| at + length)
                        - 1;
                }
                _ => {}
            }
            // An unterminated escape moves `at` past the end of the line.
            let token = &line[start..=at.min(line.len() - 1)];
            at += 1;
            if depth != 1 || token.trim_ascii().is_empty() {
                continue;
            }
            match (token, member) {
                (b":" | b"{", _) => {}
                (b"," | b"}" | b"]", _) => member = None,
                (name, None) => {
                    member = Some(name);
                    message.has_id |= name == br#""id""#;
                    message.has_method |= name == br#""method""#;
                    message.has_outcome |= name == br#""result""# || name == br#""error""#;
                }
                (value, Some(br#""id""#)) if message.id.is_none() => {
                    message.id = serde_json::from_slice(value).ok();
                }
                _ => {}
            }
        }
        message
    }

    /// Returns whether the message is a notification or a response. JSON-RPC answers neither.
    pub(crate) fn has_no_response(&self) -> bool {
        (self.has_method && !self.has_id) || (self.has_outcome && !self.has_method)
    }
}

fn is_scalar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// Returns the position of the closing quote of the string at `start`, or the end of the line.
fn end_of_string(line: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < line.len() {
        match line[at] {
            b'\\' => at += 2,
            b'"' => return at,
            _ => at += 1,
        }
    }
    line.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_an_invalid_message_is_found() {
        for (line, id) in [
            (r#"{"id":7,"params":1e999999}"#, Some(RequestId::Number(7))),
            (
                r#"{"params":{"x":NaN,"id":1},"id":3}"#,
                Some(RequestId::Number(3)),
            ),
            (r#"{"params":{"id":1,"x":[{"id":2}"#, None),
            (
                r#"{"params":{"id":1},"id":"a\"b","x":"#,
                Some(RequestId::String("a\"b".into())),
            ),
            (r#"{"id":"id","#, Some(RequestId::String("id".into()))),
            (r#"{"x":"id","y":7"#, None),
            (r#"{ "id" : 7 , oops }"#, Some(RequestId::Number(7))),
            (r#"{"id":1.5,"method":"#, None),
            (r#"{"id":{"id":4}}"#, None),
            (r#"[{"id":4}]"#, None),
            (r#"{"id":"never ends"#, None),
            ("{\"id\\", None),
            ("}}}}", None),
            ("", None),
        ] {
            assert_eq!(ScannedMessage::scan(line.as_bytes()).id, id, "{line}");
        }
    }

    #[test]
    fn notifications_and_responses_have_no_response() {
        for (line, expected) in [
            (r#"{"method":"notifications/x","params":1e999}"#, true),
            (r#"{"id":1,"result":1e999}"#, true),
            (r#"{"id":1,"method":"x","params":{"result":1e999}}"#, false),
            (r#"{"id":1,"method":"x"#, false),
            ("{}", false),
            (r#"["method"]"#, false),
            ("nonsense", false),
        ] {
            assert_eq!(
                ScannedMessage::scan(line.as_bytes()).has_no_response(),
                expected,
                "{line}"
            );
        }
    }

    #[test]
    fn random_bytes_do_not_panic() {
        let alphabet = b"{}[]\":,\\x1\0\xff -";
        fastrand::seed(7);
        for _ in 0..20_000 {
            let length = fastrand::usize(..12);
            let line: Vec<u8> = (0..length)
                .map(|_| alphabet[fastrand::usize(..alphabet.len())])
                .collect();
            let _ = ScannedMessage::scan(&line);
        }
    }
}
