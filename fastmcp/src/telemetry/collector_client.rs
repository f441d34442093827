//! [`CollectorClient`]: sends requests to a collector, from a runtime of its own.
//!
//! The exporters run on threads without a runtime, and the program may have none that lives long enough. A client of the
//! feature `reqwest` of the exporters is no alternative: with TLS, it makes every other client of that library in the
//! program fail unless the program installs a provider of cryptography.

use std::fmt;
use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::{Builder, Handle};
use tokio::time::timeout;

use crate::tls;

/// The time limit of a request, with its response, unless the environment sets one.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The variable with the time limit in milliseconds.
const TIMEOUT_VARIABLE: &str = "OTEL_EXPORTER_OTLP_TIMEOUT";

/// The maximum size of a response in bytes. A collector answers with the number of rejected items.
const MAX_RESPONSE: usize = 64 * 1024;

/// A client with a thread.
pub(crate) struct CollectorClient {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    runtime: Handle,
    timeout: Duration,
}

impl CollectorClient {
    pub(crate) fn start() -> Result<Self, String> {
        let tls = tls::client_config()?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        let failed = |error| format!("the thread of the exporter cannot start: {error}");
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(failed)?;
        let handle = runtime.handle().clone();
        let thread = std::thread::Builder::new().name("fastmcp-collector".to_owned());
        thread
            .spawn(move || runtime.block_on(pending::<()>()))
            .map_err(failed)?;
        let milliseconds = std::env::var(TIMEOUT_VARIABLE);
        let milliseconds = milliseconds.ok().and_then(|it| it.trim().parse().ok());
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            runtime: handle,
            timeout: milliseconds.map_or(TIMEOUT, Duration::from_millis),
        })
    }
}

/// The future of [`HttpClient::send_bytes`].
type Sent<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for CollectorClient {
    fn send_bytes<'a: 'b, 'b>(&'a self, request: Request<Bytes>) -> Sent<'b>
    where
        Self: 'b,
    {
        let client = self.client.clone();
        let limit = self.timeout;
        let exchange = async move {
            let response = client.request(request.map(Full::new)).await?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, MAX_RESPONSE).collect().await?.to_bytes();
            Ok::<_, HttpError>(Response::from_parts(head, body))
        };
        let exchange = self
            .runtime
            .spawn(async move { timeout(limit, exchange).await });
        Box::pin(async move { exchange.await?? })
    }
}

impl fmt::Debug for CollectorClient {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("CollectorClient")
    }
}
