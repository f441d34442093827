//! [`Auth`]: the options of authorization.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};
use url::Url;

use crate::auth::challenge::is_scope;
use crate::auth::error::InvalidAuth;
use crate::auth::jwt::JwtVerifier;
use crate::auth::resource::{metadata_path, metadata_url, server_url};
use crate::auth::verifier::{AnyVerifier, TokenError, TokenVerifier};
use crate::principal::Principal;

/// The authorization of a server over HTTP, for [`FastMcp::auth`](crate::FastMcp::auth).
///
/// The guide [`authorization`](crate::guide::authorization) has a complete program.
#[derive(Clone)]
#[must_use = "pass it to `FastMcp::auth`"]
pub struct Auth {
    resource: String,
    servers: Vec<String>,
    verifier: Arc<dyn AnyVerifier>,
    required: BTreeSet<String>,
    advertised: BTreeSet<String>,
    includes: BTreeMap<String, BTreeSet<String>>,
    name: Option<String>,
    documentation: Option<String>,
    pub(crate) step_up: bool,
}

impl Auth {
    /// Accepts signed tokens (JWT) that `issuer` has issued for `resource`; see [`JwtVerifier`].
    ///
    /// `resource` is the URL of this server as its users enter it in their clients, such as
    /// `https://mcp.example.com/mcp`. Clients refuse a server with another URL, so it is never derived from
    /// the request. `issuer` is the URL of the authorization server, exactly as it names itself in the claim
    /// `iss`.
    pub fn jwt(resource: impl Into<String>, issuer: impl Into<String>) -> Self {
        let (resource, issuer) = (resource.into(), issuer.into());
        let verifier = JwtVerifier::new(issuer.clone(), resource.clone());
        Self::new(resource, issuer, verifier)
    }

    /// Accepts the tokens that `verifier` accepts. Clients get their tokens from `authorization_server`.
    pub fn new(
        resource: impl Into<String>,
        authorization_server: impl Into<String>,
        verifier: impl TokenVerifier,
    ) -> Self {
        Self {
            resource: resource.into(),
            servers: vec![authorization_server.into()],
            verifier: Arc::new(verifier),
            required: BTreeSet::new(),
            advertised: BTreeSet::new(),
            includes: BTreeMap::new(),
            name: None,
            documentation: None,
            step_up: true,
        }
    }

    /// Names another authorization server in the metadata. The verifier has to accept its tokens.
    pub fn authorization_server(mut self, url: impl Into<String>) -> Self {
        self.servers.push(url.into());
        self
    }

    /// Sets scopes that every request needs. A token without one of them gets status 403.
    ///
    /// The scopes of single tools are the option `scopes` of their attributes.
    pub fn require_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.required.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// Adds scopes to `scopes_supported` in the metadata, where clients read which scopes they may ask for.
    /// The required scopes and those of all tools, resources and prompts are in it anyway.
    pub fn advertise_scopes<S: Into<String>>(
        mut self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.advertised.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// Makes a scope include others: a token with `scope` has them too.
    ///
    /// ```
    /// use fastmcp::auth::Auth;
    ///
    /// let auth = Auth::jwt("https://mcp.example.com/mcp", "https://login.example.com")
    ///     .scope_includes("orders:write", ["orders:read"])
    ///     .scope_includes("admin", ["orders:write"]);
    /// # let _ = auth;
    /// ```
    pub fn scope_includes<S: Into<String>>(
        mut self,
        scope: impl Into<String>,
        included: impl IntoIterator<Item = S>,
    ) -> Self {
        let included = included.into_iter().map(Into::into);
        self.includes
            .entry(scope.into())
            .or_default()
            .extend(included);
        self
    }

    /// Sets the name of this server for people, in the metadata.
    pub fn resource_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the address of a page about this server for developers, in the metadata.
    pub fn documentation(mut self, url: impl Into<String>) -> Self {
        self.documentation = Some(url.into());
        self
    }

    /// Sets whether a call whose token lacks a scope gets status 403, which names the scopes; by default, it
    /// does. A client that understands it asks the user for more (step-up authorization). With `false`, the
    /// call fails as for an unknown name, and nobody learns that the tool exists.
    pub fn step_up(mut self, step_up: bool) -> Self {
        self.step_up = step_up;
        self
    }

    pub(crate) fn validate(&self) -> Result<Resource, InvalidAuth> {
        if let Some(invalid) = self.verifier.invalid() {
            return Err(invalid);
        }
        let url = server_url("resource", &self.resource)?;
        for server in &self.servers {
            server_url("authorization_server", server)?;
        }
        let included = self.includes.iter();
        let included = included.flat_map(|(scope, included)| included.iter().chain([scope]));
        let scopes = self.required.iter().chain(&self.advertised).chain(included);
        if let Some(scope) = scopes.into_iter().find(|scope| !is_scope(scope)) {
            let problem = "which is not a scope: use ASCII letters, digits and punctuation, without spaces and quotes";
            return Err(InvalidAuth::new("scopes", scope, problem));
        }
        Ok(Resource {
            metadata_path: metadata_path(&url),
            metadata_url: metadata_url(&url),
            url,
        })
    }

    /// Returns the metadata document (RFC 9728, section 2). `scopes` are those of the components.
    pub(crate) fn metadata(&self, scopes: impl Iterator<Item = &'static str>) -> Value {
        let mut supported: BTreeSet<&str> = scopes.collect();
        supported.extend(
            self.required
                .iter()
                .chain(&self.advertised)
                .map(String::as_str),
        );
        // The authorization server, and not this one, offers refresh tokens.
        supported.remove("offline_access");
        let mut document = json!({
            // Clients compare it with the URL that the user has entered.
            "resource": self.resource,
            "authorization_servers": self.servers,
            "bearer_methods_supported": ["header"],
        });
        if !supported.is_empty() {
            document["scopes_supported"] = supported.into_iter().collect();
        }
        if let Some(name) = &self.name {
            document["resource_name"] = name.as_str().into();
        }
        if let Some(documentation) = &self.documentation {
            document["resource_documentation"] = documentation.as_str().into();
        }
        document
    }

    /// Returns the scopes that every request needs.
    pub(crate) fn required(&self) -> impl Iterator<Item = &str> {
        self.required.iter().map(String::as_str)
    }

    /// Verifies a token. The principal has all scopes that its own include.
    pub(crate) async fn verify(&self, token: &str) -> Result<Principal, TokenError> {
        let principal = self.verifier.verify(token).await?;
        if self.includes.is_empty() {
            return Ok(principal);
        }
        let mut scopes = BTreeSet::new();
        let mut open: Vec<String> = principal.scopes().map(ToOwned::to_owned).collect();
        while let Some(scope) = open.pop() {
            if let Some(included) = self.includes.get(&scope)
                && !scopes.contains(&scope)
            {
                open.extend(included.iter().cloned());
            }
            scopes.insert(scope);
        }
        Ok(principal.with_scopes(scopes))
    }
}

/// The addresses of a server with authorization.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) url: Url,
    pub(crate) metadata_path: String,
    pub(crate) metadata_url: String,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("resource", &self.resource)
            .field("authorization_servers", &self.servers)
            .field("required_scopes", &self.required)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::static_tokens::StaticTokens;

    fn auth() -> Auth {
        let tokens = StaticTokens::new().token("t", Principal::new("ada").with_scopes(["admin"]));
        Auth::new("https://a.example/mcp", "https://i.example", tokens)
    }

    #[tokio::test]
    async fn scopes_include_others_without_end() {
        let auth = auth()
            .scope_includes("admin", ["write"])
            .scope_includes("write", ["read", "admin"]);
        let ada = auth.verify("t").await.expect("a valid token");
        assert_eq!(ada.scopes().collect::<Vec<_>>(), ["admin", "read", "write"]);
    }

    #[test]
    fn the_metadata_names_every_scope() {
        let auth = auth()
            .require_scopes(["mcp"])
            .advertise_scopes(["offline_access"]);
        let metadata = auth.metadata(["read", "read"].into_iter());
        assert_eq!(metadata["scopes_supported"], json!(["mcp", "read"]));
        assert_eq!(metadata["resource"], "https://a.example/mcp");
    }

    #[test]
    fn invalid_options_are_named() {
        let error = |auth: Auth| auth.validate().expect_err("an error").to_string();
        assert!(error(auth().require_scopes(["a b"])).contains("`scopes` is `a b`"));
        let plain = Auth::jwt("http://mcp.example.com/mcp", "https://i.example");
        assert!(error(plain).contains("`resource` is `http://mcp.example.com/mcp`"));
        let issuer = Auth::jwt("https://mcp.example.com/mcp", "login");
        assert!(error(issuer).contains("`issuer` is `login`"));
    }
}
