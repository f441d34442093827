//! Parses the origins of [`HttpOptions::allowed_origins`](crate::HttpOptions::allowed_origins), and
//! compares them with the `Origin` header.

use axum::http::Uri;

/// An origin, or all ports of one, in the form in which browsers send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AllowedOrigin {
    /// The origin of a page without one, such as a local file.
    Null,
    Pages {
        scheme: String,
        host: String,
        port: AllowedPort,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AllowedPort {
    Any,
    /// `None` for a scheme without a default port.
    Exact(Option<u16>),
}

impl AllowedOrigin {
    /// Parses an option. `None` if it is invalid.
    pub(crate) fn parse(option: &str) -> Option<Self> {
        let Some(all_ports) = option.strip_suffix(":*") else {
            return Self::parse_header(option);
        };
        let (scheme, host, port) = parts(all_ports)?;
        port.is_none().then_some(Self::Pages {
            scheme,
            host,
            port: AllowedPort::Any,
        })
    }

    /// Parses a header. `None` if it is invalid.
    fn parse_header(origin: &str) -> Option<Self> {
        if origin == "null" {
            return Some(Self::Null);
        }
        let (scheme, host, port) = parts(origin)?;
        let port = port.or(match &*scheme {
            "https" => Some(443),
            "http" => Some(80),
            _ => None,
        });
        Some(Self::Pages {
            scheme,
            host,
            port: AllowedPort::Exact(port),
        })
    }

    /// Returns whether the `Origin` header names this origin.
    pub(crate) fn matches(&self, header: &str) -> bool {
        match (self, Self::parse_header(header)) {
            (
                Self::Pages {
                    scheme,
                    host,
                    port: AllowedPort::Any,
                },
                Some(Self::Pages {
                    scheme: other_scheme,
                    host: other_host,
                    ..
                }),
            ) => (scheme, host) == (&other_scheme, &other_host),
            (allowed, other) => Some(allowed) == other.as_ref(),
        }
    }
}

/// Returns the scheme, the host and the port of an origin.
fn parts(origin: &str) -> Option<(String, String, Option<u16>)> {
    let uri: Uri = origin.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    // `https://example.com/` is not an origin, but its meaning is clear.
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() || authority.as_str().contains('@')
    {
        return None;
    }
    let host = authority.host().to_ascii_lowercase();
    Some((scheme.to_ascii_lowercase(), host, authority.port_u16()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_without_a_port_has_the_default_port() {
        for (option, header, expected) in [
            ("https://example.com", "https://example.com", true),
            ("https://example.com", "https://example.com:443", true),
            ("https://Example.com/", "https://example.COM", true),
            ("https://example.com", "https://example.com:8443", false),
            ("https://example.com", "http://example.com", false),
            ("http://example.com:80", "http://example.com", true),
            ("http://[::1]:*", "http://[::1]:5173", true),
            ("http://[::1]:*", "http://[::1]", true),
            ("http://[::1]:*", "https://[::1]", false),
            ("app://page", "app://page", true),
            ("null", "null", true),
            ("null", "http://example.com", false),
            ("https://example.com", "null", false),
            (
                "https://example.com",
                "https://example.com.evil.example",
                false,
            ),
            ("https://example.com", "no origin", false),
        ] {
            let allowed = AllowedOrigin::parse(option).unwrap();
            assert_eq!(allowed.matches(header), expected, "{option} {header}");
        }
    }

    #[test]
    fn invalid_origins_are_rejected() {
        for option in [
            "https://example.com:1:*",
            "https://example.com/page",
            "https://user@example.com",
            "//example.com",
            "example.com",
            "null:*",
            "*",
        ] {
            assert_eq!(AllowedOrigin::parse(option), None, "{option}");
        }
    }
}
