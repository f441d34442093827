//! [`Api`]: what all tools of a document share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::HeaderMap;

use crate::error::{Result, ToolError};
use crate::middleware::request::ToolCall;
use crate::openapi::credential::{Credential, SecurityScheme};
use crate::openapi::http_client::HttpClient;
use crate::openapi::operation::Endpoint;
use crate::openapi::parameter::{Parameter, Place};
use crate::openapi::request::Draft;

/// Returns the credential of a call for a security scheme.
pub(crate) type Provider = dyn Fn(SecurityScheme, ToolCall) -> BoxFuture<'static, Result<Option<Credential>>>
    + Send
    + Sync;

/// What all tools of a document share.
pub(crate) struct Api {
    pub(crate) client: HttpClient,
    pub(crate) headers: HeaderMap,
    pub(crate) schemes: Vec<SecurityScheme>,
    /// The credentials of security schemes by their names.
    pub(crate) credentials: BTreeMap<String, Credential>,
    pub(crate) provider: Option<Arc<Provider>>,
    /// Whether the access token of the caller is sent to the API.
    pub(crate) passes_token: bool,
    pub(crate) max_response: usize,
    pub(crate) timeout: Duration,
}

impl Api {
    /// Returns whether the program sets the header of a parameter, so that the model cannot.
    pub(crate) fn sets_header(&self, parameter: &Parameter) -> bool {
        parameter.place == Place::Header && self.headers.contains_key(&parameter.name)
    }

    /// Adds the credentials of the first alternative for which all are given. Without any, the API decides.
    pub(crate) async fn authorize(
        &self,
        draft: &mut Draft,
        endpoint: &Endpoint,
        call: &ToolCall,
    ) -> Result<()> {
        // Some documents list "none" first.
        let (anonymous, secured): (Vec<_>, Vec<_>) =
            endpoint.security.iter().partition(|it| it.is_empty());
        for alternative in secured.into_iter().chain(anonymous) {
            if let Some(given) = self.given(alternative, call).await? {
                for (scheme, credential) in given {
                    draft.authorize(scheme, &credential)?;
                }
                break;
            }
        }
        if self.passes_token {
            let token = bearer_of_caller(call).ok_or_else(|| {
                ToolError::new("the API requires the caller's access token, and the call has none")
            })?;
            draft.secret_header("authorization", &token)?;
        }
        Ok(())
    }

    /// Returns the credentials of an alternative, or `None` if one is not given.
    async fn given(
        &self,
        alternative: &[String],
        call: &ToolCall,
    ) -> Result<Option<Vec<(&SecurityScheme, Credential)>>> {
        let mut given = Vec::new();
        for name in alternative {
            let Some(scheme) = self.schemes.iter().find(|it| it.name == *name) else {
                return Ok(None);
            };
            let mut credential = self.credentials.get(name).cloned();
            if credential.is_none()
                && let Some(provider) = &self.provider
            {
                credential = provider(scheme.clone(), call.clone()).await?;
            }
            match credential {
                Some(credential) => given.push((scheme, credential)),
                None => return Ok(None),
            }
        }
        Ok(Some(given))
    }
}

/// Returns the header with the access token of a caller whom the server has authenticated.
#[cfg(feature = "http")]
fn bearer_of_caller(call: &ToolCall) -> Option<String> {
    call.caller().principal()?;
    let header = call.context().http()?.headers.get("authorization")?;
    let text = header.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| format!("Bearer {}", token.trim()))
}

/// Returns `None`, because the crate is built without the feature `http`.
#[cfg(not(feature = "http"))]
fn bearer_of_caller(_: &ToolCall) -> Option<String> {
    None
}
