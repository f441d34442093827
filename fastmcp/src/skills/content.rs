//! [`Content`]: the bytes of a file, in the form in which clients get them.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::mcp::ResourceContents;
use crate::skills::media_type;
use crate::text::base64;

/// The bytes of a file of a skill.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Text. Clients get the same bytes as UTF-8, with a byte order mark and line ends as they are.
    Text(String),
    /// Other bytes, for clients in base64.
    Binary(Vec<u8>),
}

impl Content {
    /// Bytes that are not UTF-8, or have a NUL that JSON readers in C would stop at, are no text.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        if bytes.contains(&0) {
            return Self::Binary(bytes);
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Binary(error.into_bytes()),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }

    pub(crate) fn media_type(&self, path: &str) -> &'static str {
        media_type::of(path, matches!(self, Self::Text(_)))
    }

    /// Returns the digest of the bytes, as manifests have it.
    pub(crate) fn digest(&self) -> String {
        let mut digest = "sha256:".to_owned();
        for byte in Sha256::digest(self.bytes()) {
            // Writing to a string cannot fail.
            let _ = write!(digest, "{byte:02x}");
        }
        digest
    }

    pub(crate) fn resource_contents(&self, uri: &str, media_type: &str) -> ResourceContents {
        let contents = match self {
            Self::Text(text) => ResourceContents::text(text, uri),
            Self::Binary(bytes) => ResourceContents::blob(base64(bytes), uri),
        };
        contents.with_mime_type(media_type)
    }
}
