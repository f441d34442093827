//! An authorization server on loopback: it publishes its metadata and keys, signs any claims, and can fail.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A key that signs tokens (ES256).
#[derive(Debug)]
pub struct SigningKey {
    id: String,
    pair: EcdsaKeyPair,
}

/// What the issuer does with a request for its keys.
#[derive(Debug, Clone, Default)]
pub enum Keys {
    /// Sends the keys.
    #[default]
    Good,
    /// Answers with this status.
    Status(u16),
    /// Sends this body.
    Body(String),
    /// Never answers.
    Silent,
}

#[derive(Debug, Default)]
struct Shared {
    url: String,
    keys: Mutex<Vec<Arc<SigningKey>>>,
    behaviour: Mutex<Keys>,
    key_requests: AtomicUsize,
    introspection: Mutex<Value>,
    introspection_requests: Mutex<Vec<String>>,
}

/// The authorization server. It runs until the runtime ends.
#[derive(Debug, Clone)]
pub struct Issuer(Arc<Shared>);

impl SigningKey {
    /// Generates a key.
    #[must_use]
    pub fn new(id: &str) -> Arc<Self> {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random);
        Arc::new(Self {
            id: id.to_owned(),
            pair: pair.expect("a key"),
        })
    }

    /// Returns the public key as a JSON Web Key.
    #[must_use]
    pub fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (encode(&point[1..33]), encode(&point[33..65]));
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": self.id, "use": "sig" })
    }

    /// Signs claims, with the header of this key.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(
            &json!({ "alg": "ES256", "typ": "at+jwt", "kid": self.id }),
            claims,
        )
    }

    /// Signs claims, with any header.
    #[must_use]
    pub fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let message = unsigned(header, claims);
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes());
        let signature = encode(signature.expect("a signature").as_ref());
        format!("{message}.{signature}")
    }
}

/// Returns the first two parts of a token.
#[must_use]
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| encode(value.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns the seconds of the wall clock.
#[must_use]
pub fn now() -> u64 {
    jsonwebtoken::get_current_timestamp()
}

impl Issuer {
    /// Starts an issuer with one key, `one`.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let issuer = Self(Arc::new(Shared {
            url: format!("http://{address}"),
            keys: Mutex::new(vec![SigningKey::new("one")]),
            ..Shared::default()
        }));
        let app = axum::Router::new()
            .fallback(answer)
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        issuer
    }

    /// Returns the URL, which is also the issuer's name.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// Returns the current key.
    #[must_use]
    pub fn key(&self) -> Arc<SigningKey> {
        let keys = self.0.keys.lock().expect("keys");
        Arc::clone(keys.last().expect("a key"))
    }

    /// Replaces the keys.
    pub fn set_keys(&self, keys: Vec<Arc<SigningKey>>) {
        *self.0.keys.lock().expect("keys") = keys;
    }

    /// Sets the response to requests for the keys.
    pub fn set_behaviour(&self, behaviour: Keys) {
        *self.0.behaviour.lock().expect("a behaviour") = behaviour;
    }

    /// Returns the number of requests for the keys.
    #[must_use]
    pub fn key_requests(&self) -> usize {
        self.0.key_requests.load(Ordering::SeqCst)
    }

    /// Sets the response to introspection.
    pub fn set_introspection(&self, response: Value) {
        *self.0.introspection.lock().expect("a response") = response;
    }

    /// Returns the heads and bodies of the introspection requests.
    #[must_use]
    pub fn introspection_requests(&self) -> Vec<String> {
        self.0
            .introspection_requests
            .lock()
            .expect("requests")
            .clone()
    }

    /// Returns claims that are valid for `audience`.
    #[must_use]
    pub fn claims(&self, subject: &str, audience: &str, scope: &str) -> Value {
        json!({
            "iss": self.url(), "sub": subject, "aud": audience, "client_id": "test",
            "iat": now(), "exp": now() + 300, "scope": scope,
        })
    }

    /// Returns a valid token.
    #[must_use]
    pub fn token(&self, subject: &str, audience: &str, scope: &str) -> String {
        self.key().sign(&self.claims(subject, audience, scope))
    }
}

async fn answer(State(issuer): State<Issuer>, request: Request<Body>) -> Response<Body> {
    let shared = &issuer.0;
    let json = |value: Value| Response::new(Body::from(value.to_string()));
    match request.uri().path() {
        "/.well-known/oauth-authorization-server" => json(json!({
            "issuer": shared.url,
            "jwks_uri": format!("{}/jwks", shared.url),
        })),
        "/jwks" => {
            shared.key_requests.fetch_add(1, Ordering::SeqCst);
            let behaviour = shared.behaviour.lock().expect("a behaviour").clone();
            match behaviour {
                Keys::Good => {
                    let keys = shared.keys.lock().expect("keys");
                    let keys: Vec<Value> = keys.iter().map(|key| key.public()).collect();
                    json(json!({ "keys": keys }))
                }
                Keys::Status(status) => {
                    let mut response = Response::new(Body::empty());
                    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
                    response
                }
                Keys::Body(body) => Response::new(Body::from(body)),
                Keys::Silent => {
                    tokio::time::sleep(Duration::from_hours(1)).await;
                    Response::new(Body::empty())
                }
            }
        }
        "/introspect" => {
            let credentials = request.headers().get("authorization");
            let credentials = credentials
                .map_or("-", |it| it.to_str().expect("text"))
                .to_owned();
            let body = axum::body::to_bytes(request.into_body(), 100_000)
                .await
                .expect("a body");
            let body = String::from_utf8_lossy(&body);
            let line = format!("{credentials} {body}");
            shared
                .introspection_requests
                .lock()
                .expect("requests")
                .push(line);
            json(shared.introspection.lock().expect("a response").clone())
        }
        _ => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    }
}
