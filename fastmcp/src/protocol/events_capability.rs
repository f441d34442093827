//! Adds `capabilities.events` to the description of a server, which the protocol library cannot express.
//!
//! The clients of events look for it in different places: SEP-3415 puts it into `capabilities.extensions`, where the
//! library can write it, and `ChatGPT` and the AI SDK of Vercel read `capabilities.events`. So the latter is added to
//! the message that the library has written.

use memchr::memmem;
use rmcp::model::ServerCapabilities;
use serde_json::Value;

use crate::events::wire;

const CAPABILITIES: &[u8] = b"\"capabilities\":{";

/// Declares the extension.
pub(crate) fn advertise(capabilities: &mut ServerCapabilities) {
    let extensions = capabilities.extensions.get_or_insert_default();
    if let Value::Object(declaration) = wire::declaration() {
        extensions.insert(wire::EXTENSION.to_owned(), declaration);
    }
}

/// Returns the message with the capability, if it is the description of a server that declares the extension.
pub(crate) fn add(message: &[u8]) -> Option<Vec<u8>> {
    let extension = format!("\"{}\":", wire::EXTENSION);
    memmem::find(message, extension.as_bytes())?;
    let at = memmem::find(message, CAPABILITIES)? + CAPABILITIES.len();
    // The object has other members: the extension is one of them.
    let member = format!("\"{}\":{},", wire::CAPABILITY, wire::declaration());
    let mut patched = Vec::with_capacity(message.len() + member.len());
    patched.extend_from_slice(&message[..at]);
    patched.extend_from_slice(member.as_bytes());
    patched.extend_from_slice(&message[at..]);
    Some(patched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_description_of_a_server_with_events_changes() {
        let with = br#"data: {"result":{"capabilities":{"extensions":{"io.modelcontextprotocol/events":{}}}}}"#;
        let patched = String::from_utf8(add(with).unwrap()).unwrap();
        assert!(
            patched.contains(r#""capabilities":{"events":{},"extensions":{"#),
            "{patched}"
        );
        assert_eq!(add(br#"{"result":{"capabilities":{"tools":{}}}}"#), None);
        assert_eq!(add(b""), None);
    }
}
