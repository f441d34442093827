//! URIs of skills: `skill://` and the path of the file, each segment percent-encoded.

use std::fmt::Write;

/// Returns the URI of a path with slashes.
pub fn of_path(path: &str) -> String {
    let mut uri = "skill://".to_owned();
    for byte in path.bytes() {
        // The unreserved characters (RFC 3986, section 2.3), and the slashes between the segments.
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
