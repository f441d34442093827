//! Functions that create content blocks. Bytes are encoded as base64.
//!
//! ```
//! use fastmcp::mcp::ContentBlock;
//! use fastmcp::{content, prelude::*};
//!
//! /// Returns a red dot and its description.
//! #[tool]
//! async fn dot() -> [ContentBlock; 2] {
//!     let png = [0x89, b'P', b'N', b'G'];
//!     [content::text("a red dot"), content::image(png, "image/png")]
//! }
//! ```

use crate::mcp::{ContentBlock, Resource, ResourceContents};
use crate::normal_uri::NormalUri;
use crate::text::base64;

/// Creates a text block.
pub fn text(text: impl Into<String>) -> ContentBlock {
    ContentBlock::text(text)
}

/// Creates an image from the bytes of a file, with its MIME type, such as `image/png`.
pub fn image(bytes: impl AsRef<[u8]>, mime_type: &str) -> ContentBlock {
    ContentBlock::image(base64(bytes.as_ref()), mime_type)
}

/// Creates audio content from the bytes of a file, with its MIME type, such as `audio/wav`.
pub fn audio(bytes: impl AsRef<[u8]>, mime_type: &str) -> ContentBlock {
    ContentBlock::audio(base64(bytes.as_ref()), mime_type)
}

/// Creates an embedded text resource. Characters that a URI cannot contain are percent-encoded.
pub fn text_resource(uri: &str, mime_type: &str, text: impl Into<String>) -> ContentBlock {
    let uri = NormalUri::new(uri);
    ContentBlock::resource(ResourceContents::text(text, uri.as_str()).with_mime_type(mime_type))
}

/// Creates an embedded binary resource. Characters that a URI cannot contain are percent-encoded.
pub fn binary_resource(uri: &str, mime_type: &str, bytes: impl AsRef<[u8]>) -> ContentBlock {
    let blob = base64(bytes.as_ref());
    let uri = NormalUri::new(uri);
    ContentBlock::resource(ResourceContents::blob(blob, uri.as_str()).with_mime_type(mime_type))
}

/// Creates a link to a resource that the client can read. Characters that a URI cannot contain, such as
/// the spaces of a file name, are percent-encoded.
pub fn resource_link(uri: &str, name: &str) -> ContentBlock {
    ContentBlock::resource_link(Resource::new(NormalUri::new(uri).as_str(), name))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn wire(block: ContentBlock) -> Value {
        serde_json::to_value(block).expect("content is JSON")
    }

    #[test]
    fn bytes_are_encoded_as_base64() {
        assert_eq!(
            wire(image([1, 2, 3], "image/png")),
            json!({ "type": "image", "data": "AQID", "mimeType": "image/png" })
        );
        assert_eq!(
            wire(audio(b"\xff\xfe", "audio/wav")),
            json!({ "type": "audio", "data": "//4=", "mimeType": "audio/wav" })
        );
        assert_eq!(
            wire(binary_resource("data://a", "image/png", [1])),
            json!({
                "type": "resource",
                "resource": { "uri": "data://a", "mimeType": "image/png", "blob": "AQ==" },
            })
        );
    }

    #[test]
    fn resources_are_embedded_or_linked() {
        assert_eq!(
            wire(text_resource("data://a", "text/csv", "1,2")),
            json!({
                "type": "resource",
                "resource": { "uri": "data://a", "mimeType": "text/csv", "text": "1,2" },
            })
        );
        assert_eq!(
            wire(resource_link("data://a/é b", "a")),
            json!({ "type": "resource_link", "uri": "data://a/%C3%A9%20b", "name": "a" })
        );
    }
}
