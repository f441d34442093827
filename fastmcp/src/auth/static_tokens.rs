//! [`StaticTokens`]: fixed tokens, for development.

use std::fmt;

use crate::auth::error::InvalidAuth;
use crate::auth::verifier::{TokenError, TokenVerifier};
use crate::principal::Principal;

/// A [`TokenVerifier`] with fixed tokens, for development and tests. A server that starts with it logs a warning for each
/// token.
///
/// ```
/// use fastmcp::auth::{Auth, StaticTokens};
/// use fastmcp::Principal;
///
/// let tokens = StaticTokens::new()
///     .token("ada-token", Principal::new("ada").with_scopes(["orders:read", "orders:write"]))
///     .token("bob-token", Principal::new("bob").with_scopes(["orders:read"]));
/// let auth = Auth::new("http://127.0.0.1:8000/mcp", "http://127.0.0.1:9000", tokens);
/// # let _ = auth;
/// ```
#[derive(Default)]
pub struct StaticTokens(Vec<(String, Principal)>);

impl StaticTokens {
    /// Creates a verifier without tokens.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a token and its caller.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>, principal: Principal) -> Self {
        self.0.push((token.into(), principal));
        self
    }
}

impl TokenVerifier for StaticTokens {
    async fn verify(&self, token: &str) -> Result<Principal, TokenError> {
        // Compares every token completely, so that the time does not reveal how much of it was correct.
        let mut found = None;
        for (other, principal) in &self.0 {
            let differs = token.len() != other.len()
                || token
                    .bytes()
                    .zip(other.bytes())
                    .fold(0, |diff, (a, b)| diff | (a ^ b))
                    != 0;
            if !differs {
                found = Some(principal);
            }
        }
        found
            .cloned()
            .ok_or_else(|| TokenError::invalid("it is not one of the fixed tokens"))
    }

    // Servers call this when they start. Before that, the program may not have set up its log.
    fn invalid(&self) -> Option<InvalidAuth> {
        for (_, principal) in &self.0 {
            tracing::warn!(
                subject = principal.subject(),
                "accepting a fixed access token, which never expires; use it for development only"
            );
        }
        None
    }
}

/// Shows the callers, without their tokens.
impl fmt::Debug for StaticTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(_, it)| it.subject()))
            .finish()
    }
}
