//! [`Authorization`]: admits requests with a valid access token, and directs the others to the authorization
//! server.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode};
use bytes::Bytes;
use rmcp::model::RequestId;
use serde::Deserialize;

use crate::auth::challenge::Challenge;
use crate::auth::options::{Auth, Resource};
use crate::auth::resource::WELL_KNOWN;
use crate::auth::verifier::TokenError;
use crate::caller::Caller;
use crate::component::dispatch::Dispatcher;
use crate::component_kind::ComponentKind;
use crate::principal::Principal;
use crate::transport::http::response::{Refusal, method_not_allowed, refusal, refusal_of};

/// The maximum size of a token in bytes. Tokens with the groups of a user have a few kilobytes.
const MAX_TOKEN: usize = 16 * 1024;

/// The authorization of an endpoint.
pub(crate) struct Authorization {
    auth: Auth,
    resource: Resource,
    metadata: Bytes,
    has_scopes: bool,
}

/// The part of a message that decides which scopes it needs.
#[derive(Deserialize)]
struct Target<'a> {
    #[serde(borrow)]
    method: std::borrow::Cow<'a, str>,
    #[serde(default)]
    params: Option<TargetParams>,
}

#[derive(Deserialize)]
struct TargetParams {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    uri: Option<String>,
}

impl Authorization {
    pub(crate) fn new(auth: Auth, resource: Resource, dispatcher: &Dispatcher) -> Arc<Self> {
        let scopes = dispatcher.scopes();
        let metadata = auth.metadata(scopes.iter().copied()).to_string();
        Arc::new(Self {
            auth,
            resource,
            metadata: metadata.into(),
            has_scopes: !scopes.is_empty() || !dispatcher.parts.is_empty(),
        })
    }

    /// Verifies the token of a request, and adds its [`Principal`] to the extensions.
    pub(crate) async fn authenticate(&self, parts: &mut Parts) -> Result<(), Refusal> {
        // Only the token identifies the caller.
        parts.extensions.remove::<Principal>();
        let query = parts.uri.query().unwrap_or_default();
        if query
            .split('&')
            .any(|pair| pair.split('=').next() == Some("access_token"))
        {
            let text =
                "an access token in the URL ends up in logs: send it in the header `Authorization`";
            return Err(self
                .challenge(
                    StatusCode::BAD_REQUEST,
                    Challenge::InvalidRequest(
                        "the access token must be in the header Authorization",
                    ),
                    text,
                )
                .into());
        }
        let Some(token) = self.token(parts)? else {
            let text = "this server needs an access token in the header `Authorization: Bearer …`";
            return Err(self
                .challenge(StatusCode::UNAUTHORIZED, Challenge::NoToken, text)
                .into());
        };
        let principal = match self.auth.verify(&token).await {
            Ok(principal) => principal,
            Err(TokenError::Invalid(reason)) => {
                tracing::info!(reason, "refused an access token");
                return Err(self.invalid_token().into());
            }
            Err(TokenError::Unavailable(reason)) => {
                tracing::warn!(reason, "cannot verify access tokens");
                // A 401 would make clients throw valid tokens away and ask their users to sign in.
                let text = "the access token cannot be verified now; try again later";
                let mut response = refusal(StatusCode::SERVICE_UNAVAILABLE, text);
                let delay = HeaderValue::from_static("5");
                response.headers_mut().insert(RETRY_AFTER, delay);
                return Err(response.into());
            }
        };
        if let Some(missing) = self
            .auth
            .required()
            .find(|scope| !principal.has_scope(scope))
        {
            tracing::info!(
                subject = principal.subject(),
                missing,
                "refused a request without a scope"
            );
            let required: Vec<&str> = self.auth.required().collect();
            return Err(self.forbidden(None, &required).into());
        }
        parts.extensions.insert(principal);
        Ok(())
    }

    /// Returns the token of a request. Marks the header as secret, so that nothing stores or shows it.
    fn token(&self, parts: &mut Parts) -> Result<Option<String>, Refusal> {
        let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
        let (first, second) = (headers.next(), headers.next());
        let Some(header) = first else {
            return Ok(None);
        };
        if second.is_some() {
            return Err(self.invalid_token().into());
        }
        let (scheme, token) = match header.to_str().map(|it| it.trim().split_once(' ')) {
            Ok(Some((scheme, token))) => (scheme, token.trim()),
            Ok(None) => return Ok(None),
            Err(_) => return Err(self.invalid_token().into()),
        };
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Ok(None);
        }
        // RFC 6750, section 2.1.
        let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if token.is_empty() || token.len() > MAX_TOKEN || !token.bytes().all(is_valid) {
            return Err(self.invalid_token().into());
        }
        let token = token.to_owned();
        if let Some(header) = parts.headers.get_mut(AUTHORIZATION) {
            header.set_sensitive(true);
        }
        Ok(Some(token))
    }

    /// Checks whether the caller has the scopes of the component that the message names. A component that the
    /// caller may not see with any scope counts as unknown, and passes this check.
    pub(crate) fn check_scopes(
        &self,
        parts: &Parts,
        body: &[u8],
        dispatcher: &Dispatcher,
        id: impl FnOnce() -> Option<RequestId>,
    ) -> Result<(), Refusal> {
        if !self.has_scopes || !self.auth.step_up {
            return Ok(());
        }
        // Other messages are handled, or refused, as without authorization.
        let Ok(Target {
            method,
            params: Some(params),
        }) = serde_json::from_slice(body)
        else {
            return Ok(());
        };
        let caller = Caller::http(parts.extensions.get().cloned());
        let needed = match (&*method, &params.name, &params.uri) {
            ("tools/call", Some(name), _) => {
                dispatcher.scopes_of(ComponentKind::Tool, name, &caller)
            }
            ("prompts/get", Some(name), _) => {
                dispatcher.scopes_of(ComponentKind::Prompt, name, &caller)
            }
            ("resources/read" | "resources/subscribe" | "skills/get", _, Some(uri)) => {
                dispatcher.scopes_of(ComponentKind::Resource, uri, &caller)
            }
            _ => return Ok(()),
        };
        if needed.iter().all(|scope| caller.has_scope(scope)) {
            return Ok(());
        }
        tracing::info!(
            subject = caller.principal().map(Principal::subject),
            needed = needed.join(" "),
            "refused a call without a scope"
        );
        // All scopes of the request at once: the client adds them to those that it has.
        let required = self.auth.required();
        let all: Vec<&str> = required.chain(needed.iter().copied()).collect();
        Err(self.forbidden(id(), &all).into())
    }

    /// Responds to a request for the metadata document; `None` for other paths.
    pub(crate) fn metadata(&self, method: &Method, path: &str) -> Option<Response<Body>> {
        // Some clients ask only for the document at the root of the origin.
        if path != self.resource.metadata_path && path != WELL_KNOWN {
            return None;
        }
        if method != Method::GET && method != Method::HEAD {
            return Some(method_not_allowed("GET"));
        }
        let mut response = Response::new(Body::from(self.metadata.clone()));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));
        // The document is public, and clients in browsers read it before they have a token.
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        Some(response)
    }

    /// Returns the paths of the metadata document.
    pub(crate) fn metadata_paths(&self) -> Vec<String> {
        let mut paths = vec![WELL_KNOWN.to_owned(), self.resource.metadata_path.clone()];
        paths.dedup();
        paths
    }

    fn invalid_token(&self) -> Response<Body> {
        let text = "the access token is not valid";
        self.challenge(StatusCode::UNAUTHORIZED, Challenge::InvalidToken, text)
    }

    /// Returns the refusal of a request that needs `scopes`.
    pub(crate) fn forbidden(&self, id: Option<RequestId>, scopes: &[&str]) -> Response<Body> {
        let list = scopes.join("`, `");
        let text = format!("the access token lacks a scope; this request needs `{list}`");
        let mut response = refusal_of(StatusCode::FORBIDDEN, id, text);
        let scopes = scopes.iter().copied();
        self.add_challenge(&mut response, Challenge::InsufficientScope, scopes);
        response
    }

    fn challenge(
        &self,
        status: StatusCode,
        challenge: Challenge<'_>,
        text: &str,
    ) -> Response<Body> {
        let mut response = refusal(status, text);
        self.add_challenge(&mut response, challenge, self.auth.required());
        response
    }

    fn add_challenge<'a>(
        &self,
        response: &mut Response<Body>,
        challenge: Challenge<'_>,
        scopes: impl Iterator<Item = &'a str>,
    ) {
        let header = challenge.header(scopes, &self.resource.metadata_url);
        // All parts are checked at the start or fixed.
        if let Ok(header) = HeaderValue::try_from(header) {
            response.headers_mut().insert(WWW_AUTHENTICATE, header);
        }
    }
}
