//! [`Principal`]: the authenticated caller.

use std::sync::Arc;

/// The caller, as determined by an authentication layer in front of the server.
///
/// The layer inserts it into the extensions of the HTTP request, and handlers take it as a
/// parameter. An `Option<Principal>` is `None` for anonymous callers and over standard input and
/// output.
///
/// ```
/// use fastmcp::Principal;
/// use fastmcp::prelude::*;
///
/// /// Lists the caller's documents.
/// #[tool]
/// fn documents(principal: Principal) -> Vec<String> {
///     vec![format!("the diary of {}", principal.subject())]
/// }
///
/// /// Greets the caller.
/// #[tool]
/// fn greet(principal: Option<Principal>) -> String {
///     let name = principal.as_ref().map_or("stranger", Principal::subject);
///     format!("Hello, {name}!")
/// }
///
/// // In the layer, after it has validated the token:
/// // request.extensions_mut().insert(Principal::new(claims.sub));
/// assert_eq!(greet(Some(Principal::new("ada"))), "Hello, ada!");
/// assert_eq!(greet(None), "Hello, stranger!");
/// ```
///
/// Two principals are the same caller if their subjects are equal. Use a subject that is unique and
/// permanent, such as the `sub` of a token from a single issuer, and not an email address, which may
/// be reassigned.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal(Arc<str>);

impl Principal {
    /// Creates the principal with this subject.
    pub fn new(subject: impl Into<Arc<str>>) -> Self {
        Self(subject.into())
    }

    /// Returns the caller's identifier.
    pub fn subject(&self) -> &str {
        &self.0
    }
}
