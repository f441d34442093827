//! Tests of the scanner.

use rmcp::model::{ClientJsonRpcMessage, ClientRequest};

use super::*;

const CALL: &str = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","arguments":{"x":[1,"}\"]"]},"_meta":{"k":{}}}}"#;

fn text(part: Option<&[u8]>) -> Option<&str> {
    part.map(|it| str::from_utf8(it).unwrap())
}

#[test]
fn the_members_of_a_usual_call_are_found() {
    let envelope = Envelope::read(CALL.as_bytes()).unwrap();
    assert_eq!(envelope.id, RequestId::Number(7));
    assert_eq!(envelope.name, "a");
    assert_eq!(text(envelope.arguments), Some(r#"{"x":[1,"}\"]"]}"#));
    assert_eq!(text(envelope.meta), Some(r#"{"k":{}}"#));

    let spaced = "\t{ \"params\" : { \"name\" : \"ä\" } , \"id\" : \"x y\" , \"method\":\"tools/call\",\n\"jsonrpc\" : \"2.0\"}\r\n";
    let envelope = Envelope::read(spaced.as_bytes()).unwrap();
    assert_eq!(envelope.id, RequestId::String("x y".into()));
    assert_eq!(envelope.name, "ä");
    assert_eq!((envelope.arguments, envelope.meta), (None, None));
}

#[test]
fn anything_unusual_is_left_to_the_protocol_library() {
    for (part, instead) in [
        ("\"2.0\"", "\"1.0\""),
        ("\"2.0\"", "2.0"),
        ("tools/call", "tools/list"),
        ("tools/call", r"tools\/call"),
        ("\"method\"", "\"Method\""),
        ("\"id\":7,", ""),
        ("7", "-7"),
        ("7", "07"),
        ("7", "7.0"),
        ("7", "7e1"),
        ("7", "null"),
        ("7", "1234567890123456789"),
        ("7", "7,\"id\":7"),
        ("7", "\"\\u0041\""),
        ("7", "7,\"x\":1"),
        ("\"a\"", "\"a\\n\""),
        ("\"a\"", "\"a\",\"name\":\"a\""),
        ("\"a\"", "\"a\",\"task\":{}"),
        ("\"a\"", "\"a\",\"requestState\":\"x\""),
        ("\"a\"", "5"),
        ("{\"k\":{}}", "null"),
        ("{\"x\":[1,\"}\\\"]\"]}", "[]"),
        ("}}}}", "}}}"),
        ("}}}}", "}}}}}"),
        ("}}}}", "}}}} x"),
        ("}}}}", "}}},}"),
    ] {
        let message = CALL.replacen(part, instead, 1);
        assert_ne!(message, CALL);
        assert!(Envelope::read(message.as_bytes()).is_none(), "{message}");
    }
    let batch = format!("[{CALL}]");
    assert!(Envelope::read(batch.as_bytes()).is_none());
    assert!(Envelope::read(format!("\u{feff}{CALL}").as_bytes()).is_none());
}

#[test]
fn every_cut_and_changed_message_is_refused_or_read_as_the_library_reads_it() {
    let alphabet = b"{}[]\":,\\x17\0\xff -ue";
    fastrand::seed(11);
    for _ in 0..20_000 {
        let mut message = CALL.as_bytes().to_vec();
        for _ in 0..fastrand::usize(1..4) {
            let at = fastrand::usize(..message.len());
            match fastrand::u8(..4) {
                0 => message.truncate(at.max(1)),
                1 => drop(message.remove(at)),
                2 => message.insert(at, alphabet[fastrand::usize(..alphabet.len())]),
                _ => message[at] = alphabet[fastrand::usize(..alphabet.len())],
            }
            if message.is_empty() {
                break;
            }
        }
        let Some(envelope) = Envelope::read(&message) else {
            continue;
        };
        let parses = |part: Option<&[u8]>| {
            part.is_none_or(|it| serde_json::from_slice::<serde_json::Value>(it).is_ok())
        };
        if !parses(envelope.arguments) || !parses(envelope.meta) {
            continue;
        }
        let shown = String::from_utf8_lossy(&message);
        let ClientJsonRpcMessage::Request(request) = serde_json::from_slice(&message).unwrap()
        else {
            panic!("{shown}");
        };
        let ClientRequest::CallToolRequest(call) = request.request else {
            panic!("{shown}");
        };
        assert_eq!(request.id, envelope.id, "{shown}");
        assert_eq!(call.params.name, envelope.name, "{shown}");
        let arguments = envelope
            .arguments
            .map(|it| serde_json::from_slice(it).unwrap());
        assert_eq!(call.params.arguments, arguments, "{shown}");
    }
}
