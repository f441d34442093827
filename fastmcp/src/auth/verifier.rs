//! [`TokenVerifier`]: decides which access tokens are valid.

use std::fmt;

use futures_util::future::BoxFuture;

use crate::auth::error::InvalidAuth;
use crate::principal::Principal;

/// Decides which access tokens are valid, and whose they are.
///
/// [`JwtVerifier`](super::JwtVerifier) and [`IntrospectionVerifier`](super::IntrospectionVerifier) implement
/// it. Implement it yourself for tokens of another kind:
///
/// ```
/// use fastmcp::Principal;
/// use fastmcp::auth::{Auth, TokenError, TokenVerifier};
///
/// struct ApiKeys(Vec<(String, String)>);
///
/// impl TokenVerifier for ApiKeys {
///     async fn verify(&self, token: &str) -> Result<Principal, TokenError> {
///         let key = self.0.iter().find(|(key, _)| key == token);
///         let (_, user) = key.ok_or_else(|| TokenError::invalid("unknown key"))?;
///         Ok(Principal::new(user.as_str()).with_scopes(["orders:read"]))
///     }
/// }
///
/// let keys = ApiKeys(vec![("k-123".into(), "ada".into())]);
/// let auth = Auth::new("https://mcp.example.com/mcp", "https://login.example.com", keys);
/// # let _ = auth;
/// ```
///
/// A verifier must check that the token was issued for this server, because a token for another server
/// is valid too.
pub trait TokenVerifier: Send + Sync + 'static {
    /// Returns the caller that the token belongs to.
    ///
    /// # Errors
    ///
    /// [`TokenError::Invalid`] if the token is not valid for this server, and [`TokenError::Unavailable`] if
    /// the verifier cannot tell.
    fn verify(&self, token: &str) -> impl Future<Output = Result<Principal, TokenError>> + Send;

    /// Returns an error in the options of the verifier, which prevents the start; by default none.
    fn invalid(&self) -> Option<InvalidAuth> {
        None
    }
}

/// A [`TokenVerifier`] without its type.
pub(crate) trait AnyVerifier: Send + Sync {
    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Principal, TokenError>>;
    fn invalid(&self) -> Option<InvalidAuth>;
}

impl<V: TokenVerifier> AnyVerifier for V {
    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Principal, TokenError>> {
        Box::pin(TokenVerifier::verify(self, token))
    }

    fn invalid(&self) -> Option<InvalidAuth> {
        TokenVerifier::invalid(self)
    }
}

/// The reason why a verifier does not accept a token.
///
/// The reason is logged and never sent to the client. It must not contain the token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// The token is malformed, expired, forged, or for another server. The client gets status 401 and asks
    /// for a new token.
    Invalid(String),
    /// The verifier cannot reach what it needs, such as the keys of the issuer. The client gets status 503
    /// and keeps its token.
    Unavailable(String),
}

impl TokenError {
    /// Creates the error for an invalid token.
    pub fn invalid(reason: impl Into<String>) -> Self {
        Self::Invalid(reason.into())
    }

    /// Creates the error for a token that cannot be verified now.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable(reason.into())
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(reason) => write!(f, "the token is not valid: {reason}"),
            Self::Unavailable(reason) => write!(f, "the token cannot be verified now: {reason}"),
        }
    }
}

impl std::error::Error for TokenError {}
