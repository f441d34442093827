//! Converts the text of URI templates to the normal form of RFC 3986, section 6.2.2.
//!
//! `fastmcp/src/normal_uri.rs` converts the URIs of clients to the same normal form.

use std::fmt::Write;

/// Returns the end of the authority, which begins after `://`; 0 if the URI has none.
pub(super) fn authority_end(text: &str) -> usize {
    let Some(start) = text.find("://").map(|colon| colon + 3) else {
        return 0;
    };
    let length = text[start..].find(['/', '?', '#']);
    length.map_or(text.len(), |length| start + length)
}

/// Returns the normal form of literal text. Its first `authority` bytes belong to the authority. Other
/// characters than those of URIs are percent-encoded, as RFC 3987, section 3.1,
/// converts an IRI to a URI. ASCII characters that no URI contains are errors: they are more often
/// mistakes.
pub(super) fn normal(text: &str, authority: usize) -> Result<String, String> {
    let mut normal = String::new();
    let mut skipped = 0;
    for (at, character) in text.char_indices() {
        if at < skipped {
            continue;
        }
        match character {
            '%' => {
                let digits = text.get(at + 1..at + 3);
                let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                let Some(byte) = byte.filter(|_| !text[at + 1..].starts_with('+')) else {
                    return Err(
                        "`%` in the URI of a resource needs two hexadecimal digits: write `%25` for a \
                         percent sign"
                            .to_owned(),
                    );
                };
                skipped = at + 3;
                if is_unreserved(byte) {
                    normal.push(char::from(byte));
                } else {
                    push_encoded(&mut normal, byte);
                }
            }
            // Brackets enclose an IPv6 address, and nothing else.
            '[' | ']' if at < authority => normal.push(character),
            ' '..='~' if is_allowed(character) => normal.push(character),
            '\0'..='\x7f' => {
                let name = match character {
                    ' ' => "a space".to_owned(),
                    '\\' | '`' | '!'..='~' => format!("`{character}`"),
                    control => format!("{control:?}"),
                };
                let byte = u32::from(character);
                return Err(format!(
                    "the URI of a resource cannot contain {name}: write `%{byte:02X}`"
                ));
            }
            other => {
                let mut bytes = [0; 4];
                for byte in other.encode_utf8(&mut bytes).bytes() {
                    push_encoded(&mut normal, byte);
                }
            }
        }
    }
    Ok(normal)
}

fn push_encoded(text: &mut String, byte: u8) {
    // Writing to a string cannot fail.
    let _ = write!(text, "%{byte:02X}");
}

/// Returns whether a URI may contain this ASCII character (RFC 3986, section 2), apart from brackets.
fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=".contains(character)
}

/// Returns whether the percent-encoding of this byte is equivalent to the character itself (RFC 3986,
/// section 2.3).
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Converts the scheme to lower case.
pub(super) fn lower_scheme(text: &str) -> String {
    match text.split_once(':') {
        Some((scheme, rest)) => format!("{}:{rest}", scheme.to_ascii_lowercase()),
        None => text.to_owned(),
    }
}
