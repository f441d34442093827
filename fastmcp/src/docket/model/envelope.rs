//! The wire format: a versioned JSON envelope around the payload of an execution, `{"v":1,"trace":{…},"args":…}`.
//!
//! An envelope is plain data. Reading one never executes code.

use std::fmt::Write as _;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::docket::model::submission::TraceContext;

/// The version that is written. Readers reject every other version.
pub(crate) const VERSION: u32 = 1;

/// The contents of an envelope.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) payload: Bytes,
    pub(crate) trace: Option<TraceContext>,
}

/// Puts `payload` into an envelope. The error is the JSON parser's message.
pub(crate) fn seal(payload: &[u8], trace: Option<&TraceContext>) -> Result<Bytes, String> {
    // Checked here and not only by the body, so that the submitter gets the error. The text is then copied as it is:
    // a second serialization could change numbers.
    serde_json::from_slice::<IgnoredAny>(payload).map_err(|error| error.to_string())?;
    let document = str::from_utf8(payload).map_err(|error| error.to_string())?;
    let document = document.trim_matches(WHITESPACE);
    let mut wire = String::with_capacity(document.len() + 16);
    wire.push_str("{\"v\":");
    let _ = write!(wire, "{VERSION}");
    if let Some(trace) = trace {
        wire.push_str(",\"trace\":");
        wire.push_str(&serde_json::to_string(trace).map_err(|error| error.to_string())?);
    }
    wire.push_str(",\"args\":");
    wire.push_str(document);
    wire.push('}');
    Ok(Bytes::from(wire))
}

/// Opens an envelope. The payload is a view into `wire`, not a copy. The error is the reason why the envelope cannot
/// be read.
pub(crate) fn open(wire: &Bytes) -> Result<Opened, String> {
    let (mut version, mut trace, mut payload) = (None, None, None);
    let mut members = Members::new(wire)?;
    while let Some(name) = members.next_name()? {
        match &*name {
            "v" => version = Some(members.value::<u32>()?.0),
            "trace" => trace = members.value::<Option<TraceContext>>()?.0,
            "args" => payload = Some(members.value::<IgnoredAny>()?.1),
            _ => drop(members.value::<IgnoredAny>()?),
        }
    }
    let version = version.ok_or("missing field `v`")?;
    if version != VERSION {
        return Err(format!(
            "unsupported envelope version {version}; this worker reads version {VERSION}"
        ));
    }
    let payload = payload.ok_or("missing field `args`")?;
    Ok(Opened {
        payload: wire.slice_ref(payload),
        trace,
    })
}

/// The whitespace of JSON.
const WHITESPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Reads the members of an object with the places of their values. `serde_json`'s own `RawValue` would do that too, but
/// its feature changes how every other value in the program is read.
struct Members<'a> {
    wire: &'a [u8],
    at: usize,
    is_first: bool,
}

impl<'a> Members<'a> {
    fn new(wire: &'a [u8]) -> Result<Self, String> {
        let mut members = Self {
            wire,
            at: 0,
            is_first: true,
        };
        members.expect(b'{')?;
        Ok(members)
    }

    /// Returns the name of the next member, or `None` at the end of the document.
    fn next_name(&mut self) -> Result<Option<String>, String> {
        if self.peek() == Some(b'}') {
            self.at += 1;
            return match self.peek() {
                None => Ok(None),
                Some(_) => Err(self.error("trailing characters")),
            };
        }
        if !self.is_first {
            self.expect(b',')?;
        }
        self.is_first = false;
        let name = self.value::<String>()?.0;
        self.expect(b':')?;
        Ok(Some(name))
    }

    /// Reads one value, and returns it with its text.
    fn value<T: Deserialize<'a>>(&mut self) -> Result<(T, &'a [u8]), String> {
        self.peek();
        let rest = &self.wire[self.at..];
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter();
        let value = match values.next() {
            Some(value) => value.map_err(|error| error.to_string())?,
            None => return Err(self.error("expected a value")),
        };
        let end = values.byte_offset();
        self.at += end;
        Ok((value, &rest[..end]))
    }

    /// Skips whitespace, and returns the next byte.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.wire[self.at..];
        let is_blank = |byte: &u8| WHITESPACE.contains(&char::from(*byte));
        self.at += rest.iter().take_while(|byte| is_blank(byte)).count();
        self.wire.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), String> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error(&format!("expected `{}`", char::from(byte))))
    }

    fn error(&self, problem: &str) -> String {
        format!("{problem} at byte {}", self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opened_envelope_contains_what_was_sealed() {
        let trace = TraceContext {
            traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into(),
            tracestate: None,
        };
        let wire = seal(br#" {"n": [1, "}"]} "#, Some(&trace)).unwrap();
        let opened = open(&wire).unwrap();
        assert_eq!(&opened.payload[..], br#"{"n": [1, "}"]}"#);
        assert_eq!(opened.trace, Some(trace));
    }

    #[test]
    fn a_payload_is_exactly_one_json_document() {
        for payload in ["", "{", "1 2", "{\"a\":}", "\u{0}"] {
            assert!(seal(payload.as_bytes(), None).is_err(), "{payload:?}");
        }
    }

    #[test]
    fn an_error_names_the_unsupported_version() {
        let problem = open(&Bytes::from_static(br#"{"v":2,"args":{}}"#)).unwrap_err();
        assert!(problem.contains("version 2"), "{problem}");
    }

    #[test]
    fn members_may_be_in_any_order_and_form() {
        let wire = Bytes::from_static(
            b" { \"args\" : [1, \"a\\\"}\"] , \"later\":{\"x\":[]},\"trace\":null,\"v\" :1 } ",
        );
        let opened = open(&wire).unwrap();
        assert_eq!(&opened.payload[..], br#"[1, "a\"}"]"#);
        assert_eq!(opened.trace, None);
        for invalid in [
            "",
            "{",
            "[]",
            "{}",
            "1",
            "{\"v\":1}",
            "{\"args\":1}",
            "{\"v\":1,\"args\":2} 3",
            "{\"v\":1,\"args\":2,}",
            "{\"v\":1 \"args\":2}",
            "{\"v\":1,\"args\":}",
            "{\"v\":-1,\"args\":2}",
            "{\"v\":1,\"args\":2",
            "{,\"v\":1,\"args\":2}",
            "{\"v\":1,\"args\" 2}",
            "{v:1}",
        ] {
            let opened = open(&Bytes::from_static(invalid.as_bytes()));
            assert!(opened.is_err(), "{invalid}");
        }
    }

    #[test]
    fn no_key_of_a_payload_has_a_meaning() {
        let payload = br#"{"$serde_json::private::RawValue":"[1]"}"#;
        let opened = open(&seal(payload, None).unwrap()).unwrap();
        assert_eq!(&opened.payload[..], payload);
        let value: serde_json::Value = serde_json::from_slice(&opened.payload).unwrap();
        assert_eq!(value.to_string().as_bytes(), payload);
    }
}
