//! The wire: a versioned JSON envelope around the payload of an execution.
//!
//! `{"v":1,"trace":{…},"args":…}`. It is data and nothing but data: what reads it never executes anything.

use std::fmt::Write as _;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::docket::model::submission::TraceContext;

/// The version that is written; readers refuse any other.
pub(crate) const VERSION: u32 = 1;

/// An envelope, opened.
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

/// Puts `payload` into an envelope; the error is what the JSON parser says about it.
pub(crate) fn seal(payload: &[u8], trace: Option<&TraceContext>) -> Result<Bytes, String> {
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

/// Opens an envelope; the error says why it cannot be read. The payload is a view into `wire`, not a copy.
pub(crate) fn open(wire: &Bytes) -> Result<Opened, String> {
    let opened: Wire<'_> = serde_json::from_slice(wire).map_err(|error| error.to_string())?;
    if opened.v != VERSION {
        return Err(format!(
            "its envelope has version {}, this worker reads version {VERSION}",
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
    fn what_was_sealed_is_what_is_opened() {
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
    fn only_one_json_document_travels() {
        for payload in ["", "{", "1 2", "{\"a\":}", "\u{0}"] {
            assert!(seal(payload.as_bytes(), None).is_err(), "{payload:?}");
        }
    }

    #[test]
    fn another_version_is_refused_by_its_number() {
        let problem = open(&Bytes::from_static(br#"{"v":2,"args":{}}"#)).unwrap_err();
        assert!(problem.contains("version 2"), "{problem}");
    }
}
