//! The address of a Redis server: parses URLs, and displays them without the password.

use std::fmt;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

/// The address of a Redis server for error messages and logs. It contains no password.
#[derive(Debug, Clone)]
pub(crate) struct Address(String);

impl Address {
    /// Parses a `redis://`, `rediss://` or `unix://` URL. The error describes the problem and never repeats the URL.
    pub(crate) fn parse(url: &str) -> Result<(Self, ConnectionInfo), String> {
        let info = url
            .into_connection_info()
            .map_err(|error| match error.detail() {
                Some(detail) => format!("{error}: {detail}"),
                None => error.to_string(),
            })?;
        if !info.addr().is_supported() {
            return Err("this kind of connection is not supported by this build".into());
        }
        let database = info.redis_settings().db();
        let address = match info.addr() {
            ConnectionAddr::Tcp(host, port) => format!("redis://{host}:{port}/{database}"),
            ConnectionAddr::TcpTls { host, port, .. } => {
                format!("rediss://{host}:{port}/{database}")
            }
            other => other.to_string(),
        };
        Ok((Self(address), info))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
