//! [`NormalUri`]: a URI in the normal form in which URIs are compared (RFC 3986, section 6.2.2).
//!
//! | equivalent | normal form |
//! |---|---|
//! | `FILE:///a` | `file:///a`: the scheme in lower case |
//! | `file:///café`, `file:///caf%c3%a9` | `file:///caf%C3%A9`: other characters than those of URIs percent-encoded, as RFC 3987, section 3.1, does; digits in upper case |
//! | `file:///%61%2Fb` | `file:///a%2Fb`: unreserved characters decoded, reserved ones not |
//! | `file:///a/./b/../c` | `file:///a/c`: without dot segments |
//! | `http://Host/a` | the same; comparisons ignore the case of the host, and the values of variables keep it |
//!
//! The macro writes the URIs of resources in this form; see `fastmcp-macros/src/parse/uri.rs`.

use std::fmt::Write;
use std::ops::Range;

/// The schemes in which an empty path is equivalent to `/` (RFC 3986, section 6.2.3).
const WITH_ROOT: &[&str] = &["http", "https", "ws", "wss", "ftp"];

/// A URI in its normal form. It contains only ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NormalUri {
    text: String,
    /// The host, in which the case of letters does not matter.
    host: Range<usize>,
}

impl NormalUri {
    /// Converts any text to the normal form. Text that is not a URI stays different from every URI.
    pub(crate) fn new(uri: &str) -> Self {
        Self::normalize(uri, false)
    }

    fn normalize(uri: &str, is_template: bool) -> Self {
        let text = encode(uri, is_template);
        let Some(scheme) = scheme_end(&text) else {
            return Self { text, host: 0..0 };
        };
        let authority = authority(&text, scheme);
        let path = authority.end..path_end(&text, authority.end);
        let host = host(&text, &authority);
        let mut normal = text[..scheme].to_ascii_lowercase();
        normal.push_str(&text[scheme..path.start]);
        if text[path.clone()].starts_with('/') {
            let kept = without_dot_segments(&text[path.clone()]);
            if authority.is_empty() && kept.starts_with("//") {
                // Without a dot segment, the path would become an authority.
                normal.push_str("/.");
            }
            normal.push_str(&kept);
        } else {
            normal.push_str(&text[path.clone()]);
        }
        normal.push_str(&text[path.end..]);
        Self { text: normal, host }
    }

    /// Returns the URI.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns a text that all equivalent URIs share.
    pub(crate) fn key(&self) -> String {
        let mut key = self.text.clone();
        if let Some(host) = key.get_mut(self.host.clone()) {
            host.make_ascii_lowercase();
        }
        if let Some((root, true)) = self.root() {
            key.remove(root);
        }
        key
    }

    /// Returns the equivalent URI with the path `/` instead of none, or with none instead of `/`, for
    /// schemes such as `https`.
    pub(crate) fn with_other_root(&self) -> Option<Self> {
        let (root, has_slash) = self.root()?;
        let mut other = self.clone();
        if has_slash {
            other.text.remove(root);
        } else {
            other.text.insert(root, '/');
        }
        Some(other)
    }

    /// Returns the position of a path that is `/` or empty, and whether it is `/`.
    fn root(&self) -> Option<(usize, bool)> {
        let scheme = scheme_end(&self.text)?;
        if !WITH_ROOT.contains(&&self.text[..scheme]) {
            return None;
        }
        let start = authority(&self.text, scheme).end;
        match &self.text[start..path_end(&self.text, start)] {
            "" => Some((start, false)),
            "/" => Some((start, true)),
            _ => None,
        }
    }

    /// Returns whether `literal` is at this position.
    pub(crate) fn has_at(&self, position: usize, literal: &str) -> bool {
        let text = self.text.as_bytes().get(position..position + literal.len());
        let Some(text) = text else { return false };
        text.iter()
            .zip(literal.bytes())
            .enumerate()
            .all(|(index, (a, b))| {
                *a == b || (self.host.contains(&(position + index)) && a.eq_ignore_ascii_case(&b))
            })
    }
}

/// Returns a text that all equivalent templates share. Text in braces is not encoded.
pub(crate) fn template_key(template: &str) -> String {
    NormalUri::normalize(template, true).key()
}

/// Percent-encodes all characters that a URI cannot contain, and decodes the encodings of unreserved
/// characters.
fn encode(uri: &str, is_template: bool) -> String {
    let authority = match scheme_end(uri) {
        Some(scheme) => authority(uri, scheme),
        None => 0..0,
    };
    let mut encoded = String::with_capacity(uri.len());
    let bytes = uri.as_bytes();
    let mut at = 0;
    let mut in_braces = false;
    while let Some(&byte) = bytes.get(at) {
        in_braces = is_template && (byte == b'{' || in_braces);
        if in_braces && byte.is_ascii() {
            encoded.push(char::from(byte));
            in_braces = byte != b'}';
        } else if let Some(decoded) = encoded_byte(&bytes[at..]) {
            push(&mut encoded, decoded, is_unreserved(decoded));
            at += 2;
        } else {
            let is_bracket = matches!(byte, b'[' | b']') && authority.contains(&at);
            push(&mut encoded, byte, is_bracket || is_allowed(byte));
        }
        at += 1;
    }
    encoded
}

fn push(text: &mut String, byte: u8, as_is: bool) {
    if as_is {
        text.push(char::from(byte));
    } else {
        // Writing to a string cannot fail.
        let _ = write!(text, "%{byte:02X}");
    }
}

/// Decodes a percent-encoded byte at the start of the text.
fn encoded_byte(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Returns whether a URI may contain this byte (RFC 3986, section 2), apart from brackets.
fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=".contains(&byte)
}

/// Returns whether the percent-encoding of this byte is equivalent to the character itself (RFC 3986,
/// section 2.3).
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Returns the position of the colon after the scheme.
fn scheme_end(uri: &str) -> Option<usize> {
    let colon = uri.find(':')?;
    let scheme = &uri.as_bytes()[..colon];
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    is_scheme.then_some(colon)
}

/// Returns the authority of a URI, which is empty if the URI has none.
fn authority(uri: &str, scheme_end: usize) -> Range<usize> {
    let rest = scheme_end + 1;
    if !uri[rest..].starts_with("//") {
        return rest..rest;
    }
    let start = rest + 2;
    let length = uri[start..].find(['/', '?', '#']);
    start..length.map_or(uri.len(), |length| start + length)
}

/// Returns the host of an authority: without the user, which is case-sensitive.
fn host(uri: &str, authority: &Range<usize>) -> Range<usize> {
    let user = uri[authority.clone()].rfind('@');
    user.map_or(authority.start, |user| authority.start + user + 1)..authority.end
}

/// Returns the end of the path that begins at `start`.
fn path_end(uri: &str, start: usize) -> usize {
    let length = uri[start..].find(['?', '#']);
    length.map_or(uri.len(), |length| start + length)
}

/// Removes the segments `.` and `..` from a path that begins with `/` (RFC 3986, section 5.2.4).
fn without_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            segment => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(uri: &str) -> String {
        NormalUri::new(uri).text
    }

    #[test]
    fn equivalent_uris_have_one_normal_form() {
        for (uri, expected) in [
            ("file:///docs/café/a.txt", "file:///docs/caf%C3%A9/a.txt"),
            (
                "FILE:///docs/caf%c3%A9/%61.txt",
                "file:///docs/caf%C3%A9/a.txt",
            ),
            ("file:///a/./b/../c", "file:///a/c"),
            ("file:///a/%2e%2E/b/..", "file:///"),
            ("file:///../../a/.", "file:///a/"),
            ("a://b/c%2Fd%2f..", "a://b/c%2Fd%2F.."),
            ("a://b/c d<\\^`{|}\"", "a://b/c%20d%3C%5C%5E%60%7B%7C%7D%22"),
            ("a://b/100%", "a://b/100%25"),
            ("a://b/%zz%4", "a://b/%25zz%254"),
            ("a://b/[c]?d=[e]", "a://b/%5Bc%5D?d=%5Be%5D"),
            ("http://[::1]:80/x", "http://[::1]:80/x"),
            ("a://b?c=/../d#/./e", "a://b?c=/../d#/./e"),
            ("urn:a/../b", "urn:a/../b"),
            ("a:/b/../c", "a:/c"),
            ("no uri", "no%20uri"),
        ] {
            assert_eq!(normal(uri), expected, "{uri}");
            assert_eq!(normal(expected), expected, "a normal form stays the same");
        }
    }

    #[test]
    fn keys_ignore_the_case_of_hosts_and_the_root_of_web_addresses() {
        let key = |uri| NormalUri::new(uri).key();
        assert_eq!(key("http://User@Host:80/A"), "http://User@host:80/A");
        assert_eq!(key("HTTPS://Host"), key("https://host/"));
        assert_eq!(key("https://host/?q"), key("https://HOST?q"));
        assert_ne!(key("a://host/"), key("a://host"));
        let other = |uri| NormalUri::new(uri).with_other_root().map(|uri| uri.text);
        assert_eq!(other("https://host?q").as_deref(), Some("https://host/?q"));
        assert_eq!(other("https://host/").as_deref(), Some("https://host"));
        assert_eq!(other("a://host"), None);
    }

    #[test]
    fn the_variables_of_templates_are_kept() {
        let key = template_key("A://Host/é/{Name}/{rest*}{?a,B}");
        assert_eq!(key, "a://host/%C3%A9/{Name}/{rest*}{?a,B}");
    }

    #[test]
    fn random_text_has_a_stable_normal_form() {
        let alphabet: Vec<char> = "a:/?#[]@%2eEé{}. \u{0}\\".chars().collect();
        fastrand::seed(7);
        for _ in 0..50_000 {
            let uri: String = (0..fastrand::usize(..16))
                .map(|_| alphabet[fastrand::usize(..alphabet.len())])
                .collect();
            let once = NormalUri::new(&uri);
            assert_eq!(NormalUri::new(&once.text), once, "{uri}");
            assert!(once.text.is_ascii());
            let _ = (once.key(), once.with_other_root(), template_key(&uri));
        }
    }
}
