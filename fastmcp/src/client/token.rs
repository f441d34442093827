//! [`TokenProvider`]: the access tokens of HTTP requests.

use std::fmt;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

/// The reason why a client needs an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenRequest {
    /// `None` for the token of a new request. Otherwise the header `WWW-Authenticate` with which the server has refused
    /// the last token (RFC 6750, section 3): the token has expired (401), or lacks a scope (403).
    pub challenge: Option<String>,
}

/// Provides the access tokens of a client; see
/// [`ClientBuilder::token_provider`](crate::client::ClientBuilder::token_provider).
///
/// Async functions of a [`TokenRequest`] implement it. A provider is asked with each request, so it should keep its token.
pub trait TokenProvider: Send + Sync + 'static {
    /// Returns a token, without the word `Bearer`, or the text of an error.
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<String, String>>;
}

impl<F, T, E> TokenProvider for F
where
    F: Fn(TokenRequest) -> T + Send + Sync + 'static,
    T: Future<Output = Result<String, E>> + Send + 'static,
    E: fmt::Display,
{
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<String, String>> {
        let token = self(request);
        async move { token.await.map_err(|error| error.to_string()) }.boxed()
    }
}

/// A provider that the connections of a client share.
#[derive(Clone)]
pub(crate) struct SharedTokenProvider(Arc<dyn TokenProvider>);

impl SharedTokenProvider {
    pub(crate) fn new(provider: impl TokenProvider) -> Self {
        Self(Arc::new(provider))
    }

    pub(crate) async fn token(&self, challenge: Option<String>) -> Result<String, String> {
        self.0.token(TokenRequest { challenge }).await
    }
}
