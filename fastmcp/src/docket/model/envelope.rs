//! The wire format: a versioned JSON envelope around the payload of an execution, `{"v":1,"trace":{…},"args":…}`.
//!
//! An envelope is plain data. Reading one never executes code.

use std::fmt::Write as _;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::docket::model::submission::TraceContext;

/// The version that is written. Readers reject every other version.
pub(crate) const VERSION: u32 = 1;

/// The contents of an envelope.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) payload: Bytes,
    pub(crate) trace: Option<TraceContext>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    v: u32,
    #[serde(default)]
    trace: Option<TraceContext>,
    #[serde(borrow)]
    args: &'a RawValue,
}

/// Puts `payload` into an envelope. The error is the JSON parser's message.
pub(crate) fn seal(payload: &[u8], trace: Option<&TraceContext>) -> Result<Bytes, String> {
    // Check here and not only in the body, so that the submitter gets the error. The text is then copied unchanged,
    // because a second serialization could change numbers.
    let document: &RawValue = serde_json::from_slice(payload).map_err(|error| error.to_string())?;
    let document = document.get();
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
    let opened: Wire<'_> = serde_json::from_slice(wire).map_err(|error| error.to_string())?;
    if opened.v != VERSION {
        return Err(format!(
            "unsupported envelope version {}; this worker reads version {VERSION}",
            opened.v
        ));
    }
    Ok(Opened {
        payload: wire.slice_ref(opened.args.get().as_bytes()),
        trace: opened.trace,
    })
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
}
