//! The URL by which clients know this server, and the addresses of its metadata document.

use url::{Host, Url};

use crate::auth::error::InvalidAuth;

/// The path of the metadata document at the root of the origin (RFC 9728, section 3).
pub(crate) const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// Returns the URL if it identifies a server: `https`, without a query or a fragment. `http` is allowed for
/// this machine.
pub(crate) fn server_url(option: &'static str, value: &str) -> Result<Url, InvalidAuth> {
    let invalid = |problem: &str| InvalidAuth::new(option, value, problem);
    let url = Url::parse(value)
        .map_err(|error| invalid(&format!("which is not a URL ({error}): write `https://…`")))?;
    if !is_secure(&url) {
        return Err(invalid(
            "which does not use TLS: write `https://…`; only a server on this machine can use `http://`",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("which has a query or a fragment: remove it"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(InvalidAuth::new(
            option,
            url.host_str().unwrap_or_default(),
            "with a user name or a password in the URL: remove them",
        ));
    }
    Ok(url)
}

/// Returns whether the URL uses TLS, or stays on this machine.
pub(crate) fn is_secure(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

/// Returns the text without the slash at its end: an audience or a resource is the same with and without it.
pub(crate) fn without_slash(url: &str) -> &str {
    url.strip_suffix('/').unwrap_or(url)
}

/// Returns the path of the metadata document of the server at this URL: the well-known path, followed by the
/// path of the server.
pub(crate) fn metadata_path(resource: &Url) -> String {
    format!("{WELL_KNOWN}{}", without_slash(resource.path()))
}

/// Returns the URL of the metadata document.
pub(crate) fn metadata_url(resource: &Url) -> String {
    let origin = resource.origin().ascii_serialization();
    format!("{origin}{}", metadata_path(resource))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_have_urls_with_tls() {
        for valid in [
            "https://mcp.example.com/mcp",
            "https://mcp.example.com",
            "http://127.0.0.1:8000/mcp",
            "http://[::1]:8000/",
            "http://localhost:8000/mcp",
        ] {
            assert!(server_url("resource", valid).is_ok(), "{valid}");
        }
        for invalid in [
            "mcp.example.com/mcp",
            "http://mcp.example.com/mcp",
            "http://localhost.example.com/mcp",
            "ftp://127.0.0.1/",
            "https://mcp.example.com/mcp?tenant=a",
            "https://mcp.example.com/mcp#top",
            "https://ada:secret@mcp.example.com/mcp",
        ] {
            let error = server_url("resource", invalid)
                .expect_err(invalid)
                .to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn the_metadata_is_below_the_well_known_path() {
        let url = |text: &str| Url::parse(text).expect("a URL");
        let with_path = url("https://mcp.example.com:8443/team/mcp");
        assert_eq!(
            metadata_url(&with_path),
            "https://mcp.example.com:8443/.well-known/oauth-protected-resource/team/mcp"
        );
        let root = "https://mcp.example.com/.well-known/oauth-protected-resource";
        assert_eq!(metadata_url(&url("https://mcp.example.com/")), root);
    }
}
