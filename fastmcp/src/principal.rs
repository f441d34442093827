//! [`Principal`]: the authenticated caller.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

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
///
/// A tool that runs as a task has the same principal as the request that created the task, with the
/// claims of that moment.
#[derive(Debug, Clone)]
pub struct Principal {
    subject: Arc<str>,
    claims: Arc<Map<String, Value>>,
}

impl Principal {
    /// Creates the principal with this subject.
    pub fn new(subject: impl Into<Arc<str>>) -> Self {
        Self {
            subject: subject.into(),
            claims: Arc::default(),
        }
    }

    /// Adds claims that the layer has verified, such as those of a token. They are stored with tasks, in
    /// plain text, so leave out what nobody else may read.
    ///
    /// ```
    /// use fastmcp::Principal;
    /// use serde_json::json;
    ///
    /// let claims = json!({ "sub": "ada", "tenant": "acme", "roles": ["admin"] });
    /// let principal = Principal::new("ada").with_claims(claims.as_object().cloned().unwrap_or_default());
    /// assert_eq!(principal.claim::<String>("tenant").as_deref(), Some("acme"));
    /// assert_eq!(principal.claim::<Vec<String>>("roles").unwrap_or_default(), ["admin"]);
    /// assert_eq!(principal.claim::<String>("email"), None);
    /// ```
    #[must_use]
    pub fn with_claims(mut self, claims: Map<String, Value>) -> Self {
        self.claims = Arc::new(claims);
        self
    }

    /// Returns the caller's identifier.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Returns the claims that the layer has added.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// Returns one claim; `None` if it is missing or does not fit the type.
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.claims.get(name)?.clone()).ok()
    }
}

/// Compares the subjects.
impl PartialEq for Principal {
    fn eq(&self, other: &Self) -> bool {
        self.subject == other.subject
    }
}

impl Eq for Principal {}

impl Hash for Principal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.subject.hash(state);
    }
}
