//! [`Principal`]: who is calling, as the server knows it and not as the client says it.

use std::sync::Arc;

/// Who is calling, as an authentication layer in front of the server found out.
///
/// The layer puts it into the extensions of the HTTP request; handlers take it as a parameter. An
/// `Option<Principal>` is `None` for whoever is anonymous, and over standard input and output.
///
/// ```
/// use fastmcp::Principal;
/// use fastmcp::prelude::*;
///
/// /// What the caller may read.
/// #[tool]
/// fn documents(principal: Principal) -> Vec<String> {
///     vec![format!("the diary of {}", principal.subject())]
/// }
///
/// /// Greets anybody.
/// #[tool]
/// fn greet(principal: Option<Principal>) -> String {
///     let name = principal.as_ref().map_or("stranger", Principal::subject);
///     format!("Hello, {name}!")
/// }
///
/// // In the layer, once the token is checked:
/// // request.extensions_mut().insert(Principal::new(claims.sub));
/// assert_eq!(greet(Some(Principal::new("ada"))), "Hello, ada!");
/// assert_eq!(greet(None), "Hello, stranger!");
/// ```
///
/// Two principals are the same caller if their subjects are equal, so a subject is stable, and unique
/// among all who may call: the `sub` of a token, of one issuer; never an email address that somebody
/// else may have next year.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal(Arc<str>);

impl Principal {
    /// The caller of this subject.
    pub fn new(subject: impl Into<Arc<str>>) -> Self {
        Self(subject.into())
    }

    /// What names the caller.
    pub fn subject(&self) -> &str {
        &self.0
    }
}
