//! [`Target`]: the URL of a webhook, checked before it is used.

use std::net::IpAddr;

use url::{Host, Url};

use crate::events::address::is_global;
use crate::events::error::EventError;

/// The longest URL in bytes.
const MAX_URL: usize = 2048;

/// The URL of a webhook. Its address is checked again at each connection.
#[derive(Debug, Clone)]
pub(crate) struct Target(Url);

impl Target {
    /// Checks the URL of a client. With `allows_loopback`, `http` and this machine are allowed.
    pub(crate) fn parse(text: &str, allows_loopback: bool) -> Result<Self, EventError> {
        let invalid = |problem: &str| EventError::Invalid(format!("delivery.url: {problem}"));
        if text.len() > MAX_URL {
            return Err(invalid("is longer than 2048 bytes"));
        }
        let url =
            Url::parse(text).map_err(|error| invalid(&format!("not a valid URL: {error}")))?;
        let is_local = allows_loopback && is_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if is_local => {}
            _ => return Err(invalid("must begin with `https://`")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("must not contain a user name or a password"));
        }
        if url.fragment().is_some() {
            return Err(invalid("must not have a fragment (`#…`)"));
        }
        let is_public = match url.host() {
            None => return Err(invalid("has no host")),
            Some(Host::Domain(name)) => !is_local_name(name),
            Some(Host::Ipv4(address)) => is_global(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => is_global(IpAddr::V6(address)),
        };
        if is_public || is_local {
            Ok(Self(url))
        } else {
            Err(EventError::Callback {
                message: "its address is not public",
                reason: "blocked_address",
            })
        }
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// Returns the host and the port, which share a limit.
    pub(crate) fn place(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        let port = self.0.port_or_known_default().unwrap_or_default();
        format!("{host}:{port}")
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_local_name(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_https_urls_are_targets() {
        for url in [
            "https://example.com/hook?x=1",
            "https://example.com:8443/",
            "https://1.1.1.1/",
            "https://[2606:4700::1111]/",
        ] {
            assert!(Target::parse(url, false).is_ok(), "{url}");
        }
        for url in [
            "",
            "example.com",
            "/hook",
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://user@example.com/",
            "https://user:password@example.com/",
            "https://example.com/#part",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://①②⑦.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[fe80::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.1/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "http://127.0.0.1:3000/",
        ] {
            assert!(Target::parse(url, false).is_err(), "{url}");
        }
        let long = format!("https://example.com/{}", "a".repeat(2048));
        assert!(Target::parse(&long, false).is_err());
    }

    #[test]
    fn the_development_switch_adds_only_this_machine() {
        for url in [
            "http://127.0.0.1:3000/x",
            "http://[::1]:3000/",
            "https://localhost/",
        ] {
            assert!(Target::parse(url, true).is_ok(), "{url}");
        }
        for url in [
            "http://example.com/",
            "http://10.0.0.1/",
            "https://10.0.0.1/",
            "https://169.254.169.254/",
            "https://[::ffff:127.0.0.1]/",
        ] {
            assert!(Target::parse(url, true).is_err(), "{url}");
        }
    }
}
