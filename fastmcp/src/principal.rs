//! [`Principal`]: the authenticated caller.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The caller, as determined by the [authorization](crate::guide::authorization) of the server, or by an
/// authentication layer in front of it.
///
/// A layer inserts it into the extensions of the HTTP request, and handlers take it as a
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
/// Two principals are the same caller if their subjects and their issuers are equal. Use a subject that is
/// permanent and unique for the issuer, such as the `sub` of a token, and not an email address, which may
/// be reassigned.
///
/// A tool that runs as a task has the same principal as the request that created the task, with the
/// scopes and claims of that moment.
#[derive(Debug, Clone)]
pub struct Principal {
    subject: Arc<str>,
    issuer: Option<Arc<str>>,
    client: Option<Arc<str>>,
    scopes: Arc<BTreeSet<String>>,
    claims: Arc<Map<String, Value>>,
}

impl Principal {
    /// Creates the principal with this subject.
    pub fn new(subject: impl Into<Arc<str>>) -> Self {
        Self {
            subject: subject.into(),
            issuer: None,
            client: None,
            scopes: Arc::default(),
            claims: Arc::default(),
        }
    }

    /// Sets the issuer of the token (`iss`). The subjects of different issuers are different callers.
    ///
    /// ```
    /// use fastmcp::Principal;
    ///
    /// let ada = |issuer: &str| Principal::new("ada").with_issuer(issuer);
    /// assert_ne!(ada("https://one.example.com"), ada("https://two.example.com"));
    /// ```
    #[must_use]
    pub fn with_issuer(mut self, issuer: impl Into<Arc<str>>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Sets the OAuth client that acts for the caller (`client_id`).
    #[must_use]
    pub fn with_client(mut self, client: impl Into<Arc<str>>) -> Self {
        self.client = Some(client.into());
        self
    }

    /// Sets the scopes of the token.
    ///
    /// ```
    /// use fastmcp::Principal;
    ///
    /// let principal = Principal::new("ada").with_scopes(["orders:read"]);
    /// assert!(principal.has_scope("orders:read") && !principal.has_scope("orders:write"));
    /// ```
    #[must_use]
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Arc::new(scopes.into_iter().map(Into::into).collect());
        self
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

    /// Returns the caller's identifier, which is unique for the issuer.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Returns the issuer of the token.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// Returns the OAuth client that acts for the caller.
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// Returns the scopes of the token, sorted.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(String::as_str)
    }

    /// Returns whether the token has this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// Returns all claims as a type of your own.
    ///
    /// ```
    /// use fastmcp::Principal;
    /// use serde::Deserialize;
    /// use serde_json::json;
    ///
    /// #[derive(Deserialize)]
    /// struct Claims {
    ///     tenant: String,
    /// }
    ///
    /// let claims = json!({ "sub": "ada", "tenant": "acme" });
    /// let principal = Principal::new("ada").with_claims(claims.as_object().cloned().unwrap_or_default());
    /// assert_eq!(principal.claims::<Claims>()?.tenant, "acme");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The claims do not fit the type.
    pub fn claims<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_value(Value::Object((*self.claims).clone()))
    }

    /// Returns all claims.
    pub fn raw_claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// Returns the text that identifies the caller as the owner of tasks. No two callers share it.
    pub(crate) fn owner(&self) -> Cow<'_, str> {
        match &self.issuer {
            None if !self.subject.starts_with('[') => Cow::Borrowed(&self.subject),
            None => Cow::Owned(Value::from(vec![&*self.subject]).to_string()),
            Some(issuer) => Cow::Owned(Value::from(vec![&**issuer, &*self.subject]).to_string()),
        }
    }

    /// Returns one claim; `None` if it is missing or does not fit the type.
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.claims.get(name)?.clone()).ok()
    }
}

/// Compares the subjects and the issuers.
impl PartialEq for Principal {
    fn eq(&self, other: &Self) -> bool {
        self.subject == other.subject && self.issuer == other.issuer
    }
}

impl Eq for Principal {}

impl Hash for Principal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.subject.hash(state);
        self.issuer.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_of_different_issuers_differ() {
        let owner = |principal: &Principal| principal.owner().into_owned();
        let ada = Principal::new("ada");
        let issued = ada.clone().with_issuer("https://login.example.com");
        // A subject that looks like the owner of another principal.
        let forged = Principal::new(owner(&issued));
        let owners = [&ada, &issued, &forged].map(owner);
        assert_eq!(owners[0], "ada");
        assert!(owners[0] != owners[1] && owners[1] != owners[2]);
    }
}
