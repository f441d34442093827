//! Parses the origins of [`HttpOptions::allowed_origins`](crate::HttpOptions::allowed_origins).

use axum::http::Uri;

/// Returns an origin with its port, the form that the protocol library compares. `None` if the
/// origin is invalid.
pub(crate) fn with_port(origin: &str) -> Option<String> {
    if origin == "null" {
        return Some(origin.to_owned());
    }
    let (origin, any_port) = match origin.strip_suffix(":*") {
        Some(origin) => (origin, true),
        None => (origin, false),
    };
    let uri: Uri = origin.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    // `https://example.com/` is not an origin, but its meaning is clear.
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() || authority.as_str().contains('@')
    {
        return None;
    }
    let host = authority.host();
    match (any_port, authority.port_u16(), scheme) {
        (true, None, _) => Some(format!("{scheme}://{host}:*")),
        (true, Some(_), _) => None,
        (false, Some(port), _) => Some(format!("{scheme}://{host}:{port}")),
        (false, None, "https") => Some(format!("{scheme}://{host}:443")),
        (false, None, "http") => Some(format!("{scheme}://{host}:80")),
        (false, None, _) => Some(format!("{scheme}://{host}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_without_a_port_gets_the_default_port() {
        for (written, entry) in [
            ("https://example.com", Some("https://example.com:443")),
            ("http://example.com/", Some("http://example.com:80")),
            ("http://[::1]:*", Some("http://[::1]:*")),
            ("https://example.com:8443", Some("https://example.com:8443")),
            ("null", Some("null")),
            ("https://example.com:1:*", None),
            ("https://example.com/page", None),
            ("https://user@example.com", None),
            ("//example.com", None),
        ] {
            assert_eq!(with_port(written).as_deref(), entry, "{written}");
        }
    }
}
