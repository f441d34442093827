//! Validates [`HttpOptions`] when the server starts.

use axum::http::Uri;
use axum::http::uri::Authority;

use crate::transport::http::options::HttpOptions;
use crate::transport::http::origin::AllowedOrigin;

/// The error of an invalid [HTTP option](crate::HttpOptions).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`HttpOptions::{option}`: `{value}` {why}")]
#[non_exhaustive]
pub struct InvalidHttpOption {
    /// The name of the option.
    pub option: &'static str,
    /// Its value.
    pub value: String,
    /// The reason.
    pub why: &'static str,
}

impl HttpOptions {
    /// Returns an error for paths that would make the router panic, and for hosts and origins that
    /// could never match a request.
    pub(crate) fn validate(&self) -> Result<(), InvalidHttpOption> {
        let invalid = |option, value: &str, why| {
            let value = value.to_owned();
            Err(InvalidHttpOption { option, value, why })
        };
        let path = &self.path;
        if !path.starts_with('/') || path.parse::<Uri>().is_err() {
            return invalid("path", path, "is not a path such as `/mcp`");
        }
        if path.contains(['{', '}', '*', '?', ':']) {
            return invalid("path", path, "must be a fixed path without patterns");
        }
        if let Some(health) = &self.health_path {
            if !health.starts_with('/') || health.parse::<Uri>().is_err() {
                return invalid("health_path", health, "is not a path such as `/health`");
            }
            if health.contains(['{', '}', '*', '?', ':']) {
                let why = "must be a fixed path without patterns";
                return invalid("health_path", health, why);
            }
            let base = health.trim_end_matches('/');
            if ["live", "ready"]
                .iter()
                .any(|probe| *path == format!("{base}/{probe}"))
            {
                return invalid("health_path", health, "contains the path of the server");
            }
        }
        self.validate_hosts()
    }

    /// Returns what is wrong with the path of a page, which must not hide another path.
    #[cfg(feature = "dashboard")]
    pub(crate) fn validate_page(&self, page: &str) -> Result<(), &'static str> {
        let base = page.trim_end_matches('/');
        if !base.starts_with('/') || base.parse::<Uri>().is_err() {
            return Err("is not a path such as `/dashboard`");
        }
        if base.contains(['{', '}', '*', '?', ':']) {
            return Err("must be a fixed path without patterns");
        }
        let is_below = |path: &str| path == base || path.starts_with(&format!("{base}/"));
        if is_below(&self.path) || self.health_path.as_deref().is_some_and(is_below) {
            return Err("contains another path of the server");
        }
        Ok(())
    }

    fn validate_hosts(&self) -> Result<(), InvalidHttpOption> {
        let invalid = |option, value: &str, why| {
            let value = value.to_owned();
            Err(InvalidHttpOption { option, value, why })
        };
        for host in self.hosts.iter().flatten() {
            if host.contains("://") {
                return invalid("allowed_hosts", host, "has a scheme; remove it");
            }
            if host.contains('*') {
                return invalid("allowed_hosts", host, "has a wildcard; list each host");
            }
            if host.parse::<Authority>().is_err() {
                return invalid(
                    "allowed_hosts",
                    host,
                    "is not a host such as `example.com` or `example.com:8000`",
                );
            }
        }
        for origin in self.origins.iter().flatten() {
            if AllowedOrigin::parse(origin).is_none() {
                return invalid(
                    "allowed_origins",
                    origin,
                    "is not an origin such as `https://example.com`, or with a port `:8443` or `:*`",
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_could_never_match_are_rejected() {
        let error = |options: HttpOptions| options.validate().unwrap_err().to_string();
        for (options, message) in [
            (
                HttpOptions::new().path("mcp"),
                "`HttpOptions::path`: `mcp` is not a path such as `/mcp`",
            ),
            (
                HttpOptions::new().path("/{tenant}"),
                "`HttpOptions::path`: `/{tenant}` must be a fixed path without patterns",
            ),
            (
                HttpOptions::new().path("/a:b"),
                "`HttpOptions::path`: `/a:b` must be a fixed path without patterns",
            ),
            (
                HttpOptions::new().health_path("health".to_owned()),
                "`HttpOptions::health_path`: `health` is not a path such as `/health`",
            ),
            (
                HttpOptions::new()
                    .path("/up/live")
                    .health_path("/up/".to_owned()),
                "`HttpOptions::health_path`: `/up/` contains the path of the server",
            ),
            (
                HttpOptions::new().allowed_hosts(["https://example.com"]),
                "`HttpOptions::allowed_hosts`: `https://example.com` has a scheme; remove it",
            ),
            (
                HttpOptions::new().allowed_hosts(["*.example.com"]),
                "`HttpOptions::allowed_hosts`: `*.example.com` has a wildcard; list each host",
            ),
            (
                HttpOptions::new().allowed_origins(["example.com"]),
                "`HttpOptions::allowed_origins`: `example.com` is not an origin such as \
                 `https://example.com`, or with a port `:8443` or `:*`",
            ),
        ] {
            assert_eq!(error(options), message);
        }
        assert_eq!(HttpOptions::new().validate(), Ok(()));
    }
}
