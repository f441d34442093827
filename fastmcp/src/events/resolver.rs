//! [`PublicResolver`]: resolves the names of webhooks to public addresses.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

use crate::events::address::is_global;

/// Resolves names, and refuses those with an address that is not public.
#[derive(Clone)]
pub(crate) struct PublicResolver {
    pub(crate) allows_loopback: bool,
}

/// The reason why a name has no address.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ResolveError {
    Blocked,
    Unresolved,
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blocked => "the address is not public",
            Self::Unresolved => "the name cannot be resolved",
        })
    }
}

impl std::error::Error for ResolveError {}

impl Service<Name> for PublicResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = ResolveError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ResolveError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ResolveError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let allows_loopback = self.allows_loopback;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found = found.map_err(|_| ResolveError::Unresolved)?;
            let addresses: Vec<SocketAddr> = found.collect();
            check(&addresses, allows_loopback)?;
            Ok(addresses.into_iter())
        })
    }
}

/// Refuses addresses if any of them is not public: the system chooses to which it connects.
fn check(addresses: &[SocketAddr], allows_loopback: bool) -> Result<(), ResolveError> {
    let is_allowed = |address: &SocketAddr| {
        is_global(address.ip()) || (allows_loopback && address.ip().is_loopback())
    };
    match addresses {
        [] => Err(ResolveError::Unresolved),
        addresses if addresses.iter().all(is_allowed) => Ok(()),
        _ => Err(ResolveError::Blocked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_any_address_that_is_not_public_is_refused() {
        let addresses = |texts: &[&str]| -> Vec<SocketAddr> {
            texts.iter().map(|it| it.parse().unwrap()).collect()
        };
        let is_refused = |texts: &[&str], loopback| check(&addresses(texts), loopback).is_err();
        assert!(!is_refused(
            &["1.1.1.1:443", "[2606:4700::1111]:443"],
            false
        ));
        assert!(is_refused(&["1.1.1.1:443", "127.0.0.1:443"], false));
        assert!(is_refused(&["[::ffff:10.0.0.1]:443"], false));
        assert!(is_refused(&[], true));
        assert!(!is_refused(&["127.0.0.1:443"], true));
        assert!(is_refused(&["127.0.0.1:443", "10.0.0.1:443"], true));
    }
}
