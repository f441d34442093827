//! [`AcceptedMetadata`]: the `_meta` of requests in protocol 2026-07-28.

use std::sync::{PoisonError, RwLock};

use memchr::memmem;
use rmcp::model::{ProtocolVersion, RequestMetaObject};

/// The maximum length of metadata that is remembered.
const MAX_REMEMBERED: usize = 4096;

/// The number of texts that are remembered. Each client usually sends one.
const REMEMBERED: usize = 8;

/// The metadata that was accepted before. A client sends the same with every request, so that comparing the text
/// saves parsing it.
#[derive(Debug, Default)]
pub(crate) struct AcceptedMetadata(RwLock<Vec<Box<[u8]>>>);

impl AcceptedMetadata {
    /// Returns whether `meta` is complete metadata of a request that wants no progress.
    pub(crate) fn accepts(&self, meta: &[u8]) -> bool {
        // Every critical section is one operation, so a poisoned lock is still usable.
        let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if remembered.iter().any(|it| **it == *meta) {
            return true;
        }
        drop(remembered);
        let is_accepted = is_accepted(meta);
        // Each request of a traced client has other metadata.
        let is_repeated = memmem::find(meta, b"\"traceparent\"").is_none();
        if is_accepted && is_repeated && meta.len() <= MAX_REMEMBERED {
            let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
            if remembered.len() == REMEMBERED {
                remembered.remove(0);
            }
            remembered.push(meta.into());
        }
        is_accepted
    }
}

fn is_accepted(meta: &[u8]) -> bool {
    let Ok(meta) = serde_json::from_slice::<RequestMetaObject>(meta) else {
        return false;
    };
    let revision = ProtocolVersion::V_2026_07_28;
    meta.protocol_version().as_ref() == Some(&revision)
        && meta.missing_required_keys(&revision).is_empty()
        && !meta.0.0.contains_key("progressToken")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_complete_metadata_without_a_progress_token_is_accepted() {
        let metadata = AcceptedMetadata::default();
        let version = r#""io.modelcontextprotocol/protocolVersion":"2026-07-28""#;
        let capabilities = r#""io.modelcontextprotocol/clientCapabilities":{}"#;
        let old = version.replace("2026-07-28", "2025-11-25");
        let accepted = format!("{{{version},{capabilities}}}");
        // Accepted ones are remembered, and the others are not.
        for _ in 0..3 {
            for (text, expected) in [
                (accepted.clone(), true),
                (format!("{{{version},{capabilities},\"x/y\":[1]}}"), true),
                (format!("{{{version}}}"), false),
                (format!("{{{old},{capabilities}}}"), false),
                (
                    format!("{{{version},{capabilities},\"progressToken\":1}}"),
                    false,
                ),
                (format!("{{{version},{capabilities}"), false),
                ("{}".to_owned(), false),
            ] {
                assert_eq!(metadata.accepts(text.as_bytes()), expected, "{text}");
            }
        }
        for number in 0..100 {
            let text = format!("{{{version},{capabilities},\"x/y\":{number}}}");
            assert!(metadata.accepts(text.as_bytes()));
        }
        assert!(metadata.0.read().unwrap().len() <= REMEMBERED);
    }
}
