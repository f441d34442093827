//! Tools that return every kind of content.

use fastmcp::mcp::ContentBlock;
use fastmcp::{content, prelude::*};

/// An image of one red pixel.
pub const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, b'I', b'H', b'D', b'R',
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53,
    0xde, 0x00, 0x00, 0x00, 0x0c, b'I', b'D', b'A', b'T', 0x08, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0x00,
    0x00, 0x03, 0x01, 0x01, 0x00, 0x18, 0xdd, 0x8d, 0xb0, 0x00, 0x00, 0x00, 0x00, b'I', b'E', b'N',
    b'D', 0xae, 0x42, 0x60, 0x82,
];

/// A moment of silence.
const WAV: &[u8] = &[
    b'R', b'I', b'F', b'F', 0x28, 0, 0, 0, b'W', b'A', b'V', b'E', b'f', b'm', b't', b' ', 16, 0,
    0, 0, 1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0, b'd', b'a', b't', b'a', 4,
    0, 0, 0, 0, 0, 0, 0,
];

/// Returns a text.
#[tool]
fn test_simple_text() -> &'static str {
    "This is a simple text response for testing."
}

/// Returns an image.
#[tool]
fn test_image_content() -> ContentBlock {
    content::image(PNG, "image/png")
}

/// Returns a sound.
#[tool]
fn test_audio_content() -> ContentBlock {
    content::audio(WAV, "audio/wav")
}

/// Returns an embedded resource.
#[tool]
fn test_embedded_resource() -> ContentBlock {
    let text = "This is an embedded resource content.";
    content::text_resource("test://embedded-resource", "text/plain", text)
}

/// Returns a text, an image and a resource.
#[tool]
fn test_multiple_content_types() -> [ContentBlock; 3] {
    let uri = "test://mixed-content-resource";
    let data = r#"{"test":"data","value":123}"#;
    [
        content::text("Multiple content types test:"),
        content::image(PNG, "image/png"),
        content::text_resource(uri, "application/json", data),
    ]
}

/// Fails with an error message.
#[tool]
fn test_error_handling() -> Result<String> {
    let message = "This tool intentionally returns an error for testing";
    Err(ToolError::new(message).into())
}
