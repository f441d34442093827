//! Where a Redis is: a URL, checked, and told without its password.

use std::fmt;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

/// The address of a Redis, for people: no password is in it.
#[derive(Debug, Clone)]
pub(crate) struct Address(String);

impl Address {
    /// Reads a `redis://`, `rediss://` or `unix://` URL; the error says what is wrong with it.
    pub(crate) fn read(url: &str) -> Result<(Self, ConnectionInfo), String> {
        let info = url
            .into_connection_info()
            .map_err(|error| match error.detail() {
                Some(detail) => format!("{error}: {detail}"),
                None => error.to_string(),
            })?;
        if !info.addr().is_supported() {
            return Err("this sort of connection is not built in".into());
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
