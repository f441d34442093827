//! [`Prefix`]: the name of a part of a server, in the names and URIs of its components.

use std::fmt;
use std::sync::Arc;

/// The maximum length of a prefix.
const MAX_LENGTH: usize = 32;

/// The name of a part of a server. Names of tools and prompts become `prefix_name`, and URIs of resources
/// `scheme://prefix/rest`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Prefix(Arc<str>);

impl Prefix {
    /// Returns the problem with the text and the fix, if it cannot be a prefix.
    pub(crate) fn new(text: &str) -> Result<Self, &'static str> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if text.is_empty() {
            return Err("it is empty; write a name such as `billing`");
        }
        if text.len() > MAX_LENGTH {
            return Err("it has more than 32 characters; write a shorter one");
        }
        if !text.bytes().all(is_allowed) {
            return Err("use only ASCII letters, digits, `_` and `-`, as in `billing`");
        }
        Ok(Self(text.into()))
    }

    /// Returns the name of a tool or a prompt with the prefix.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}_{name}", self.0)
    }

    /// Returns the name without the prefix; `None` for a name of another part.
    pub(crate) fn without<'a>(&self, name: &'a str) -> Option<&'a str> {
        name.strip_prefix(&*self.0)?.strip_prefix('_')
    }

    /// Returns the URI or the URI template with the prefix, as the first segment after the scheme.
    pub(crate) fn uri(&self, uri: &str) -> String {
        let (scheme, rest) = uri.split_once(':').unwrap_or(("", uri));
        match rest.strip_prefix("//") {
            Some(rest) => format!("{scheme}://{}/{rest}", self.0),
            None => format!("{scheme}:{}/{rest}", self.0),
        }
    }

    /// Returns the URI without the prefix; `None` for a URI of another part. The case of letters does not count,
    /// because the first segment may be a host.
    pub(crate) fn without_uri(&self, uri: &str) -> Option<String> {
        let (scheme, rest) = uri.split_once(':')?;
        let (slashes, rest) = match rest.strip_prefix("//") {
            Some(rest) => ("//", rest),
            None => ("", rest),
        };
        let (first, rest) = rest.split_once('/')?;
        first
            .eq_ignore_ascii_case(&self.0)
            .then(|| format!("{scheme}:{slashes}{rest}"))
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_comes_off_as_it_was_put_on() {
        let prefix = Prefix::new("billing").unwrap();
        for (uri, prefixed) in [
            ("data://info", "data://billing/info"),
            ("users://{id}/name", "users://billing/{id}/name"),
            ("file:///etc/hosts", "file://billing//etc/hosts"),
            ("urn:isbn:7", "urn:billing/isbn:7"),
            ("x://{path*}{?from,to}", "x://billing/{path*}{?from,to}"),
        ] {
            assert_eq!(prefix.uri(uri), prefixed);
            assert_eq!(prefix.without_uri(prefixed).as_deref(), Some(uri));
        }
        assert_eq!(prefix.without_uri("data://info"), None);
        assert_eq!(
            prefix.without_uri("data://BILLING/info").unwrap(),
            "data://info"
        );
        assert_eq!(prefix.without_uri("no uri"), None);
        assert_eq!(prefix.name("pay"), "billing_pay");
        assert_eq!(prefix.without("billing_pay"), Some("pay"));
        assert_eq!(prefix.without("billings_pay"), None);
        for text in ["", "a b", "ä", "a/b", "a.b", &"x".repeat(33)] {
            assert!(Prefix::new(text).is_err(), "{text}");
        }
    }
}
