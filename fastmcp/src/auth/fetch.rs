//! [`AuthClient`]: requests to the authorization server, within limits.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{ACCEPT, HeaderValue, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::tls;

/// The time limit of a request, with its response.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum size of a response in bytes. A set of keys with certificates has tens of kilobytes.
const MAX_BYTES: usize = 512 * 1024;

/// A client that does not follow redirects, because a response of another server is not the issuer's.
#[derive(Clone)]
pub(crate) struct AuthClient(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// The reason why a request to the authorization server failed, without secrets.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("the response has status {0}")]
    Status(StatusCode),
    #[error("the response has more than {} kB", MAX_BYTES / 1024)]
    TooLarge,
    #[error("there was no response within {TIMEOUT:?}")]
    TimedOut,
    #[error("{0}")]
    Transport(String),
}

impl AuthClient {
    pub(crate) fn new() -> Result<Self, String> {
        let tls = tls::client_config()?;
        // The callers have checked that plain HTTP stays on this machine.
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    /// Gets a JSON document.
    pub(crate) async fn get(&self, url: &str) -> Result<Bytes, FetchError> {
        self.send(Request::get(url), Bytes::new()).await
    }

    /// Sends a request and returns the body of a successful response.
    pub(crate) async fn send(
        &self,
        request: hyper::http::request::Builder,
        body: Bytes,
    ) -> Result<Bytes, FetchError> {
        let agent = HeaderValue::from_static(concat!("fastmcp/", env!("CARGO_PKG_VERSION")));
        let request = request
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, agent)
            .body(Full::new(body))
            .map_err(|error| transport(&error))?;
        let exchange = async {
            let response = self
                .0
                .request(request)
                .await
                .map_err(|error| transport(&error))?;
            if !response.status().is_success() {
                return Err(FetchError::Status(response.status()));
            }
            let body = Limited::new(response.into_body(), MAX_BYTES)
                .collect()
                .await;
            let body = body.map_err(|error| {
                if error.is::<http_body_util::LengthLimitError>() {
                    FetchError::TooLarge
                } else {
                    transport(&*error)
                }
            })?;
            Ok(body.to_bytes())
        };
        tokio::time::timeout(TIMEOUT, exchange)
            .await
            .map_err(|_| FetchError::TimedOut)?
    }
}

fn transport(error: &(dyn std::error::Error + 'static)) -> FetchError {
    // The last cause is the useful one, such as "connection refused".
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    FetchError::Transport(cause.to_string())
}
