//! [`RemoteKeys`]: the keys of an issuer, fetched from its address and kept.
//!
//! Many requests with unknown keys cause few requests to the issuer: one refresh at a time, and a pause
//! between two. A refresh runs in a task of its own, because a client that disconnects must not stop the
//! refresh that others wait for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use crate::auth::fetch::AuthClient;
use crate::auth::keys::{KeySet, PublicKey};
use crate::auth::resource::{is_secure, without_slash};
use crate::auth::verifier::TokenError;

/// The time for which keys are used without asking for new ones.
const FRESH_FOR: Duration = Duration::from_hours(1);
/// The pause between two refreshes because of a key that is unknown.
const PAUSE: Duration = Duration::from_secs(30);
/// The pause after a refresh that failed.
const RETRY: Duration = Duration::from_secs(5);

/// The place of the keys.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The metadata document of the issuer names it.
    Issuer(Url),
    /// The address of the keys.
    Address(Url),
}

/// The keys of an issuer.
pub(crate) struct RemoteKeys {
    source: Source,
    issuer: String,
    client: Result<AuthClient, String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keys: Option<Arc<KeySet>>,
    /// The time at which `keys` arrived.
    fetched: Option<Instant>,
    /// The end and the error of the last refresh.
    last: Option<(Instant, Option<String>)>,
    /// The start of the last refresh because of an unknown key.
    last_unknown: Option<Instant>,
    running: Option<Shared<BoxFuture<'static, ()>>>,
}

impl RemoteKeys {
    pub(crate) fn new(source: Source, issuer: String) -> Arc<Self> {
        Arc::new(Self {
            source,
            issuer,
            client: AuthClient::new(),
            state: Mutex::default(),
        })
    }

    /// Returns the key for a signature.
    pub(crate) async fn find(
        self: &Arc<Self>,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<PublicKey, TokenError> {
        let found = |keys: &Option<Arc<KeySet>>| {
            let key = keys.as_ref()?.find(id, algorithm);
            key.cloned()
        };
        let refresh = {
            let mut state = self.lock();
            let key = found(&state.keys);
            let is_old = state.fetched.is_none_or(|it| it.elapsed() > FRESH_FOR);
            let refresh = if key.is_none() || is_old {
                self.refresh(&mut state)
            } else {
                None
            };
            if let Some(key) = key {
                // The old keys stay in use until the issuer has answered, even while it is down.
                return Ok(key);
            }
            refresh
        };
        if let Some(refresh) = refresh {
            refresh.await;
        }
        let state = self.lock();
        if let Some(key) = found(&state.keys) {
            return Ok(key);
        }
        match (&state.keys, &state.last) {
            (_, Some((_, Some(error)))) => Err(TokenError::unavailable(format!(
                "cannot get the keys of `{}`: {error}",
                self.issuer
            ))),
            (None, _) => Err(TokenError::unavailable(format!(
                "the keys of `{}` have not arrived",
                self.issuer
            ))),
            (Some(_), _) => Err(TokenError::invalid(format!(
                "`{}` has no key with its ID for its algorithm",
                self.issuer
            ))),
        }
    }

    /// Returns the refresh that runs, or starts one if the last was long enough ago.
    fn refresh(self: &Arc<Self>, state: &mut State) -> Option<Shared<BoxFuture<'static, ()>>> {
        if let Some(running) = &state.running {
            return Some(running.clone());
        }
        if let Some((ended, Some(_))) = &state.last
            && ended.elapsed() < RETRY
        {
            return None;
        }
        let is_fresh = state.fetched.is_some_and(|it| it.elapsed() <= FRESH_FOR);
        // The keys arrived a moment ago and lack this one: the issuer has a new key, or somebody invents key
        // IDs.
        if is_fresh {
            if state.last_unknown.is_some_and(|it| it.elapsed() < PAUSE) {
                return None;
            }
            state.last_unknown = Some(Instant::now());
        }
        let keys = Arc::clone(self);
        let task = tokio::spawn(async move {
            let fetched = keys.fetch().await;
            let mut state = keys.lock();
            let error = match fetched {
                Ok(set) => {
                    state.keys = Some(Arc::new(set));
                    state.fetched = Some(Instant::now());
                    None
                }
                Err(error) => {
                    tracing::warn!(
                        issuer = keys.issuer,
                        error,
                        "cannot get the keys of the issuer"
                    );
                    Some(error)
                }
            };
            state.last = Some((Instant::now(), error));
            state.running = None;
        });
        let running = async move {
            // A task that panicked has left no result, which the caller reports.
            let _ = task.await;
        };
        let running = running.boxed().shared();
        state.running = Some(running.clone());
        Some(running)
    }

    async fn fetch(&self) -> Result<KeySet, String> {
        let client = self.client.as_ref().map_err(Clone::clone)?;
        let address = match &self.source {
            Source::Address(address) => address.clone(),
            Source::Issuer(issuer) => self.discover(client, issuer).await?,
        };
        let body = client.get(address.as_str()).await;
        let body = body.map_err(|error| format!("{address}: {error}"))?;
        KeySet::parse(&body).map_err(|error| format!("{address}: {error}"))
    }

    /// Returns the address of the keys from the metadata of the issuer: of OAuth (RFC 8414), or of `OpenID`
    /// Connect.
    async fn discover(&self, client: &AuthClient, issuer: &Url) -> Result<Url, String> {
        let path = without_slash(issuer.path());
        let candidates = [
            format!("/.well-known/oauth-authorization-server{path}"),
            format!("{path}/.well-known/openid-configuration"),
            format!("/.well-known/openid-configuration{path}"),
        ];
        let mut problem = String::new();
        for path in candidates {
            let mut address = issuer.clone();
            address.set_path(&path);
            match client.get(address.as_str()).await {
                Ok(body) => match self.keys_address(&body) {
                    Ok(keys) => return Ok(keys),
                    Err(error) => problem = format!("{address}: {error}"),
                },
                Err(error) => problem = format!("{address}: {error}"),
            }
        }
        Err(problem)
    }

    /// Reads the address of the keys from a metadata document, which must be the issuer's own (RFC 8414,
    /// section 3.3).
    fn keys_address(&self, document: &[u8]) -> Result<Url, String> {
        #[derive(Deserialize)]
        struct Metadata {
            issuer: String,
            jwks_uri: String,
        }
        let metadata: Metadata = serde_json::from_slice(document)
            .map_err(|error| format!("the metadata is not valid: {error}"))?;
        if metadata.issuer != self.issuer {
            return Err(format!(
                "the metadata belongs to the issuer `{}`",
                metadata.issuer
            ));
        }
        let address = Url::parse(&metadata.jwks_uri).ok().filter(is_secure);
        address.ok_or_else(|| {
            format!(
                "`jwks_uri` is `{}`, which does not use TLS",
                metadata.jwks_uri
            )
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
