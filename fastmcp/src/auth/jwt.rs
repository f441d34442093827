//! [`JwtVerifier`]: verifies signed tokens (JWT, RFC 7519 and RFC 9068).

use std::fmt;
use std::sync::{Arc, Once};
use std::time::Duration;

use jsonwebtoken::crypto::rust_crypto;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Validation, decode, decode_header};
use serde_json::{Map, Value};

use crate::auth::claims;
use crate::auth::error::InvalidAuth;
use crate::auth::jwks::{RemoteKeys, Source};
use crate::auth::keys::{KeySet, PublicKey};
use crate::auth::resource::{is_secure, server_url, without_slash};
use crate::auth::verifier::{TokenError, TokenVerifier};
use crate::principal::Principal;

/// The algorithm of a signature. All are asymmetric.
pub use jsonwebtoken::Algorithm;

/// The accepted difference between the clocks of this machine and of the issuer.
const LEEWAY: Duration = Duration::from_secs(10);

/// A [`TokenVerifier`] of signed tokens (JWT).
///
/// It always checks the signature, the issuer, the audience and the times: a token without an expiry is
/// not valid. The keys come from the metadata of the issuer, unless [`jwks_url`](Self::jwks_url) or
/// [`keys`](Self::keys) sets them. They are kept for an hour; a token with an unknown key makes the verifier
/// ask for the keys again, at most every 30 seconds.
///
/// ```
/// use fastmcp::auth::{Auth, JwtVerifier};
///
/// // An authorization server that uses its own name for this server as the audience.
/// let verifier = JwtVerifier::new("https://login.example.com", "api://orders");
/// let auth = Auth::new("https://mcp.example.com/mcp", "https://login.example.com", verifier);
/// # let _ = auth;
/// ```
pub struct JwtVerifier {
    issuer: String,
    audiences: Vec<String>,
    keys: Keys,
    algorithms: Vec<Algorithm>,
    leeway: Duration,
    problem: Option<InvalidAuth>,
}

enum Keys {
    Given(Arc<KeySet>),
    Remote(Arc<RemoteKeys>),
    /// The option that sets them is not valid.
    None,
}

impl JwtVerifier {
    /// Creates a verifier of tokens from `issuer` for `audience`, which is usually the URL of this server.
    /// Both are compared with the claims `iss` and `aud`.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        let issuer = issuer.into();
        let mut verifier = Self {
            audiences: vec![audience.into()],
            keys: Keys::None,
            algorithms: vec![
                Algorithm::RS256,
                Algorithm::RS384,
                Algorithm::RS512,
                Algorithm::PS256,
                Algorithm::PS384,
                Algorithm::PS512,
                Algorithm::ES256,
                Algorithm::ES384,
                Algorithm::EdDSA,
            ],
            leeway: LEEWAY,
            problem: None,
            issuer,
        };
        match server_url("issuer", &verifier.issuer) {
            Ok(url) => {
                let keys = RemoteKeys::new(Source::Issuer(url), verifier.issuer.clone());
                verifier.keys = Keys::Remote(keys);
            }
            Err(error) => verifier.problem = Some(error),
        }
        if without_slash(&verifier.audiences[0]).is_empty() {
            verifier.problem = Some(InvalidAuth::new(
                "audience",
                "",
                "which every token could claim: write the URL of this server",
            ));
        }
        verifier
    }

    /// Accepts tokens for another audience too.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Sets the address of the keys, for an issuer without metadata.
    #[must_use]
    pub fn jwks_url(mut self, url: &str) -> Self {
        match url::Url::parse(url).ok().filter(is_secure) {
            Some(address) => {
                let keys = RemoteKeys::new(Source::Address(address), self.issuer.clone());
                self.keys = Keys::Remote(keys);
            }
            None => {
                let problem = "which is not a URL with TLS: write `https://…`";
                self.problem = Some(InvalidAuth::new("jwks_url", url, problem));
            }
        }
        self
    }

    /// Sets the keys: a JSON Web Key Set, such as `{"keys": [{"kty": "EC", …}]}`.
    #[must_use]
    pub fn keys(mut self, jwks: &str) -> Self {
        match KeySet::parse(jwks.as_bytes()) {
            Ok(keys) => self.keys = Keys::Given(Arc::new(keys)),
            Err(problem) => {
                self.problem = Some(InvalidAuth::new("keys", "…", format!("but {problem}")));
            }
        }
        self
    }

    /// Sets the algorithms that are accepted; by default all asymmetric ones. A key accepts only those of its
    /// own kind in any case.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        let is_shared =
            |it: &&Algorithm| matches!(it, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512);
        if let Some(shared) = self.algorithms.iter().find(is_shared) {
            let problem = "which signs with a shared secret: the issuer's keys are public, so use RS256, ES256 or EdDSA";
            self.problem = Some(InvalidAuth::new(
                "algorithms",
                format!("{shared:?}"),
                problem,
            ));
        }
        self
    }

    /// Sets the accepted difference between the clocks of this machine and of the issuer; by default ten
    /// seconds.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        // Larger values would accept every token, or overflow the time.
        self.leeway = leeway.min(Duration::from_hours(1));
        self
    }

    async fn key(&self, token: &str) -> Result<(PublicKey, Algorithm), TokenError> {
        let header = decode_header(token).map_err(|error| {
            TokenError::invalid(format!("its header is not valid: {}", reason(error.kind())))
        })?;
        // RFC 7515, section 4.1.11: this verifier does not support extensions.
        if header.crit.is_some() {
            return Err(TokenError::invalid("its header has critical extensions"));
        }
        if !self.algorithms.contains(&header.alg) {
            let algorithm = header.alg;
            return Err(TokenError::invalid(format!(
                "the algorithm {algorithm:?} is not accepted"
            )));
        }
        let id = header.kid.as_deref();
        let key = match &self.keys {
            Keys::Given(keys) => {
                let key = keys.find(id, header.alg).cloned();
                key.ok_or_else(|| TokenError::invalid("no key matches its ID and its algorithm"))
            }
            Keys::Remote(keys) => keys.find(id, header.alg).await,
            Keys::None => Err(TokenError::unavailable("the verifier has no keys")),
        };
        Ok((key?, header.alg))
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.leeway = self.leeway.as_secs();
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.issuer]);
        // With and without the slash at the end: issuers normalize URLs differently.
        let audiences = self.audiences.iter().map(|it| without_slash(it));
        let audiences: Vec<String> = audiences
            .flat_map(|it| [it.to_owned(), format!("{it}/")])
            .collect();
        validation.set_audience(&audiences);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation
    }
}

impl TokenVerifier for JwtVerifier {
    async fn verify(&self, token: &str) -> Result<Principal, TokenError> {
        install_cryptography();
        let (key, algorithm) = self.key(token).await?;
        let token = decode::<Map<String, Value>>(token, &key.key, &self.validation(algorithm))
            .map_err(|error| TokenError::invalid(reason(error.kind())))?;
        // The library accepts a list of issuers that contains the right one.
        if token.claims.get("iss").and_then(Value::as_str) != Some(&self.issuer) {
            return Err(TokenError::invalid(reason(&ErrorKind::InvalidIssuer)));
        }
        claims::principal(token.claims)
    }

    fn invalid(&self) -> Option<InvalidAuth> {
        self.problem.clone()
    }
}

/// Chooses the cryptography of the process, unless the program has chosen another. Without a choice, the
/// library panics in programs that enable both of its implementations.
fn install_cryptography() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let _ = rust_crypto::DEFAULT_PROVIDER.install_default();
    });
}

/// Returns the reason without any part of the token.
fn reason(error: &ErrorKind) -> String {
    let text = match error {
        ErrorKind::ExpiredSignature => "it has expired",
        ErrorKind::ImmatureSignature => "it is not valid yet",
        ErrorKind::InvalidIssuer => "another issuer has issued it",
        ErrorKind::InvalidAudience => "it is for another audience",
        ErrorKind::InvalidSignature => "its signature is not valid",
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => {
            "its algorithm is not accepted"
        }
        ErrorKind::MissingRequiredClaim(claim) => return format!("the claim `{claim}` is missing"),
        ErrorKind::InvalidClaimFormat(claim) => return format!("the claim `{claim}` is not valid"),
        _ => "it is not a signed token (JWT)",
    };
    text.to_owned()
}

/// Shows the issuer and the audiences.
impl fmt::Debug for JwtVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtVerifier")
            .field("issuer", &self.issuer)
            .field("audiences", &self.audiences)
            .finish_non_exhaustive()
    }
}
