//! The origins of a content security policy. The macros check literals with this file too: a link in their sources
//! refers to it.

/// Returns the problem with the text and the fix, if it is not an origin. `connects` is `true` for origins of
/// connections, which may be web sockets.
pub(crate) fn problem(text: &str, connects: bool) -> Option<String> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Some(if text == "*" {
            "`*` is every origin: list the origins, such as `https://*.example.com`".to_owned()
        } else if is_authority(text) {
            format!("an origin needs a scheme: write `https://{text}`")
        } else {
            format!("`{text}` is not an origin: write one such as `https://api.example.com`")
        });
    };
    let schemes: &[&str] = if connects {
        &["https", "http", "wss", "ws"]
    } else {
        &["https", "http"]
    };
    if !schemes.contains(&scheme) {
        return Some(format!(
            "an origin cannot have the scheme `{scheme}` here: write {}",
            listed(schemes)
        ));
    }
    if let Some((authority, _)) = rest.split_once(['/', '?', '#'])
        && is_authority(authority)
    {
        return Some(format!(
            "an origin has no path: write `{scheme}://{authority}`"
        ));
    }
    (!is_authority(rest)).then(|| {
        format!(
            "`{text}` is not an origin: write a host and, if needed, a port, such as \
             `https://api.example.com:8443` or `https://*.example.com`"
        )
    })
}

fn listed(schemes: &[&str]) -> String {
    let names: Vec<String> = schemes.iter().map(|it| format!("`{it}`")).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => names.concat(),
    }
}

/// Returns whether the text is a host, with an optional port. The first label of the host may be `*`.
fn is_authority(text: &str) -> bool {
    let is_ipv6 = text.starts_with('[');
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !is_ipv6 || host.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_port = |port: &str| port == "*" || port.parse::<u16>().is_ok();
    let is_host = if is_ipv6 {
        let inner = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        inner.is_some_and(|it| it.parse::<std::net::Ipv6Addr>().is_ok())
    } else {
        let labels = host.strip_prefix("*.").unwrap_or(host).split('.');
        labels.into_iter().all(|label| {
            let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            !label.is_empty() && label.bytes().all(is_allowed)
        })
    };
    is_host && port.is_none_or(is_port)
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn origins_are_accepted() {
        for origin in [
            "https://api.example.com",
            "https://*.example.com",
            "http://localhost:8080",
            "http://127.0.0.1:*",
            "https://[::1]:8443",
        ] {
            assert_eq!(problem(origin, false), None, "{origin}");
        }
        assert_eq!(problem("wss://live.example.com", true), None);
    }

    #[test]
    fn other_texts_are_refused_with_the_fix() {
        for (text, expected) in [
            ("*", "list the origins"),
            ("api.example.com", "write `https://api.example.com`"),
            ("api.example.com:80", "write `https://api.example.com:80`"),
            ("'self'", "is not an origin"),
            ("data:", "is not an origin"),
            ("", "is not an origin"),
            ("https://", "is not an origin"),
            ("https://*", "is not an origin"),
            ("https://a.*.com", "is not an origin"),
            ("https://a b", "is not an origin"),
            ("https://a;b", "is not an origin"),
            ("https://a:99999", "is not an origin"),
            ("https://[1]", "is not an origin"),
            ("https://a.com/", "has no path: write `https://a.com`"),
            ("https://a.com/v1?x", "has no path: write `https://a.com`"),
            ("wss://a.com", "write `https` or `http`"),
            ("file://a", "write `https` or `http`"),
        ] {
            let problem = problem(text, false).expect(text);
            assert!(problem.contains(expected), "{text}: {problem}");
        }
    }
}
