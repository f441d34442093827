//! [`IntrospectionVerifier`]: asks the authorization server about each token (RFC 7662).

use std::fmt;

use hyper::Request;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use crate::auth::claims;
use crate::auth::error::InvalidAuth;
use crate::auth::fetch::AuthClient;
use crate::auth::resource::{is_secure, without_slash};
use crate::auth::verifier::{TokenError, TokenVerifier};
use crate::principal::Principal;
use crate::text::base64;

/// A [`TokenVerifier`] that asks the authorization server whether a token is active, for tokens that
/// are not signed.
///
/// Every request of a client causes a request to the authorization server, so a token that is revoked
/// stops working at once. The response has to name the audience (`aud`) and the issuer (`iss`); some servers
/// leave them out, see [`without_issuer`](Self::without_issuer).
///
/// ```
/// use fastmcp::auth::{Auth, IntrospectionVerifier};
///
/// let verifier = IntrospectionVerifier::new(
///     "https://login.example.com/introspect",
///     "https://login.example.com",
///     "https://mcp.example.com/mcp",
/// )
/// .client("orders-server", "the secret of this server");
/// let auth = Auth::new("https://mcp.example.com/mcp", "https://login.example.com", verifier);
/// # let _ = auth;
/// ```
pub struct IntrospectionVerifier {
    endpoint: Option<Url>,
    issuer: String,
    audiences: Vec<String>,
    requires_issuer: bool,
    credentials: Option<HeaderValue>,
    client: Result<AuthClient, String>,
    problem: Option<InvalidAuth>,
}

impl IntrospectionVerifier {
    /// Creates a verifier that asks `endpoint` about tokens of `issuer` for `audience`.
    pub fn new(endpoint: &str, issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        let url = Url::parse(endpoint).ok().filter(is_secure);
        let problem = url.is_none().then(|| {
            let problem = "which is not a URL with TLS: write `https://…`";
            InvalidAuth::new("introspection endpoint", endpoint, problem)
        });
        Self {
            endpoint: url,
            issuer: issuer.into(),
            audiences: vec![audience.into()],
            requires_issuer: true,
            credentials: None,
            client: AuthClient::new(),
            problem,
        }
    }

    /// Accepts tokens for another audience too.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Accepts responses that do not name the issuer: the endpoint belongs to one issuer only. A response
    /// that names another is still refused.
    #[must_use]
    pub fn without_issuer(mut self) -> Self {
        self.requires_issuer = false;
        self
    }

    /// Sets the credentials of this server at the authorization server (HTTP Basic, RFC 6749,
    /// section 2.3.1).
    #[must_use]
    pub fn client(mut self, id: &str, secret: &str) -> Self {
        let encode =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = base64(format!("{}:{}", encode(id), encode(secret)).as_bytes());
        match HeaderValue::try_from(format!("Basic {pair}")) {
            Ok(mut header) => {
                header.set_sensitive(true);
                self.credentials = Some(header);
            }
            Err(_) => self.problem = Some(InvalidAuth::new("client", id, "which is not valid")),
        }
        self
    }

    fn check(&self, response: &Map<String, Value>) -> Result<(), TokenError> {
        if response.get("active") != Some(&Value::Bool(true)) {
            return Err(TokenError::invalid("it is not active"));
        }
        match response.get("iss").and_then(Value::as_str) {
            Some(issuer) if issuer == self.issuer => {}
            None if !self.requires_issuer && !response.contains_key("iss") => {}
            _ => return Err(TokenError::invalid("another issuer has issued it")),
        }
        let is_ours = |audience: &Value| {
            let audience = audience.as_str().map(without_slash);
            audience.is_some_and(|it| self.audiences.iter().any(|own| without_slash(own) == it))
        };
        let is_for_us = match response.get("aud") {
            Some(Value::Array(audiences)) => audiences.iter().any(is_ours),
            Some(audience) => is_ours(audience),
            None => false,
        };
        if !is_for_us {
            return Err(TokenError::invalid("it is for another audience"));
        }
        // The server reports the token as active. Checks the times again if the response has them, because a
        // cache in between may be outdated.
        let now = jsonwebtoken::get_current_timestamp();
        let seconds = |name: &str| response.get(name).and_then(Value::as_f64);
        #[expect(clippy::cast_precision_loss, reason = "the seconds of this age fit")]
        let now = now as f64;
        if seconds("exp").is_some_and(|exp| exp <= now) {
            return Err(TokenError::invalid("it has expired"));
        }
        if seconds("nbf").is_some_and(|nbf| nbf > now + 10.0) {
            return Err(TokenError::invalid("it is not valid yet"));
        }
        Ok(())
    }
}

impl TokenVerifier for IntrospectionVerifier {
    async fn verify(&self, token: &str) -> Result<Principal, TokenError> {
        let unavailable = |error: String| {
            TokenError::unavailable(format!(
                "cannot ask `{}` about a token: {error}",
                self.issuer
            ))
        };
        let client = self
            .client
            .as_ref()
            .map_err(|error| unavailable(error.clone()))?;
        let endpoint = self.endpoint.as_ref();
        let endpoint = endpoint.ok_or_else(|| unavailable("the address is not valid".into()))?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token)
            .append_pair("token_type_hint", "access_token")
            .finish();
        let mut request = Request::post(endpoint.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(credentials) = &self.credentials {
            request = request.header(AUTHORIZATION, credentials.clone());
        }
        let body = client
            .send(request, form.into())
            .await
            .map_err(|error| unavailable(error.to_string()))?;
        let response: Map<String, Value> = serde_json::from_slice(&body)
            .map_err(|_| unavailable("the response is not a JSON object".into()))?;
        self.check(&response)?;
        let mut claims = response;
        claims.remove("active");
        claims
            .entry("iss")
            .or_insert_with(|| self.issuer.clone().into());
        claims::principal(claims)
    }

    fn invalid(&self) -> Option<InvalidAuth> {
        self.problem.clone()
    }
}

/// Shows the issuer and the audiences, without the credentials.
impl fmt::Debug for IntrospectionVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntrospectionVerifier")
            .field("issuer", &self.issuer)
            .field("audiences", &self.audiences)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_response_must_be_active_and_for_this_server() {
        let verifier = IntrospectionVerifier::new(
            "https://i.example/introspect",
            "https://i.example",
            "https://a.example/mcp",
        );
        let check = |response: Value| match response {
            Value::Object(response) => verifier.check(&response).is_ok(),
            _ => panic!("a response is an object"),
        };
        let good = json!({ "active": true, "iss": "https://i.example", "aud": "https://a.example/mcp/", "sub": "ada" });
        assert!(check(good.clone()));
        for (name, value) in [
            ("active", json!(false)),
            ("active", json!("true")),
            ("active", Value::Null),
            ("iss", json!("https://i.example/")),
            ("iss", json!(["https://i.example"])),
            ("iss", Value::Null),
            ("aud", json!("https://b.example/mcp")),
            ("aud", json!([])),
            ("aud", Value::Null),
            ("exp", json!(1_000)),
            ("nbf", json!(99_999_999_999_u64)),
        ] {
            let mut bad = good.clone();
            bad[name] = value;
            assert!(!check(bad.clone()), "{bad}");
        }
    }
}
