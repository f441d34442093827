//! [`HttpClient`]: sends requests to an API, within limits.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use url::Url;

use crate::error::Error;
use crate::openapi::media_type::essence;
use crate::tls;

/// The most redirects of one request, all of them to the same server.
const MAX_REDIRECTS: usize = 5;

/// The client of the program.
pub(crate) type Send = dyn Fn(Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, Error>>
    + std::marker::Send
    + Sync;

/// Sends requests.
#[derive(Clone)]
pub(crate) enum HttpClient {
    Own(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
    Program(Arc<Send>),
}

/// The response of an API.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body is longer, and its end was not read.
    pub(crate) is_cut: bool,
}

/// The reason why there is no response. The texts contain no part of a request, which may have secrets.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    #[error("there was no response within {0:?}")]
    TimedOut(Duration),
    #[error(
        "it redirects to another server (`{0}`), which is not followed because credentials would be sent there"
    )]
    OtherServer(String),
    #[error("it redirects the request, and only requests that read follow")]
    Redirected,
    #[error("it redirects in a circle")]
    Circle,
    #[error("the response has the encoding `{0}`, which was not asked for")]
    Encoded(String),
    #[error("{0}")]
    Transport(String),
}

impl Answer {
    /// Returns the media type, in lower case and without parameters.
    pub(crate) fn media_type(&self) -> Option<String> {
        let value = self.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        Some(essence(value))
    }
}

impl HttpClient {
    /// Creates the client that is used if the program gives none.
    pub(crate) fn new() -> Result<Self, String> {
        let tls = tls::client_config()?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self::Own(
            Client::builder(TokioExecutor::new()).build(connector),
        ))
    }

    /// Sends a request, and follows redirects to the same server. Reads at most `limit` bytes.
    pub(crate) async fn send(
        &self,
        request: Request<Bytes>,
        limit: usize,
        timeout: Duration,
    ) -> Result<Answer, SendError> {
        let exchange = self.follow(request, limit);
        tokio::time::timeout(timeout, exchange)
            .await
            .map_err(|_| SendError::TimedOut(timeout))?
    }

    async fn follow(&self, mut request: Request<Bytes>, limit: usize) -> Result<Answer, SendError> {
        for _ in 0..=MAX_REDIRECTS {
            let (method, uri) = (request.method().clone(), request.uri().to_string());
            let again = request.clone();
            let answer = self.once(request, limit).await?;
            let location = answer.headers.get(LOCATION).and_then(|it| it.to_str().ok());
            let Some(location) = location.filter(|_| is_redirect(answer.status)) else {
                let encoding = answer.headers.get(CONTENT_ENCODING);
                let encoding = encoding.and_then(|it| it.to_str().ok());
                return match encoding.filter(|it| !it.eq_ignore_ascii_case("identity")) {
                    Some(encoding) => Err(SendError::Encoded(encoding.to_owned())),
                    None => Ok(answer),
                };
            };
            let from = Url::parse(&uri).map_err(|error| SendError::Transport(error.to_string()))?;
            let to = from.join(location);
            let to = to.map_err(|error| SendError::Transport(error.to_string()))?;
            if to.origin() != from.origin() {
                let origin = to.origin().ascii_serialization();
                return Err(SendError::OtherServer(origin));
            }
            let keeps_method = matches!(answer.status.as_u16(), 307 | 308);
            let is_read = matches!(method, Method::GET | Method::HEAD);
            request = again;
            if answer.status == StatusCode::SEE_OTHER && !is_read {
                *request.method_mut() = Method::GET;
                *request.body_mut() = Bytes::new();
                request.headers_mut().remove(CONTENT_TYPE);
            } else if !is_read && !keeps_method {
                return Err(SendError::Redirected);
            }
            let to = to.as_str().parse();
            *request.uri_mut() =
                to.map_err(|_| SendError::Transport("an invalid redirect".into()))?;
        }
        Err(SendError::Circle)
    }

    async fn once(&self, request: Request<Bytes>, limit: usize) -> Result<Answer, SendError> {
        let client = match self {
            Self::Own(client) => client,
            Self::Program(send) => {
                let response = send(request).await;
                // The error of the program's client may contain the address with a key.
                let (parts, mut body) = response
                    .map_err(|error| {
                        tracing::warn!(
                            error = format!("{error:#}"),
                            "the client of `OpenApi` failed"
                        );
                        SendError::Transport("the request failed".into())
                    })?
                    .into_parts();
                let is_cut = body.len() > limit;
                body.truncate(limit);
                return Ok(Answer {
                    status: parts.status,
                    headers: parts.headers,
                    body,
                    is_cut,
                });
            }
        };
        let response = client.request(request.map(Full::new)).await;
        let (parts, mut stream) = response.map_err(|error| transport(&error))?.into_parts();
        let mut body = BytesMut::new();
        let mut is_cut = false;
        while let Some(frame) = stream.frame().await {
            let frame = frame.map_err(|error| transport(&error))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            let room = limit - body.len();
            body.extend_from_slice(data.get(..room).unwrap_or(&data));
            if data.len() > room {
                is_cut = true;
                break;
            }
        }
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.freeze(),
            is_cut,
        })
    }
}

/// Wraps the client of the program.
pub(crate) fn of_program<F, S>(send: S) -> HttpClient
where
    S: Fn(Request<Bytes>) -> F + std::marker::Send + Sync + 'static,
    F: Future<Output = Result<Response<Bytes>, Error>> + std::marker::Send + 'static,
{
    HttpClient::Program(Arc::new(move |request| send(request).boxed()))
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn transport(error: &(dyn std::error::Error + 'static)) -> SendError {
    // The last cause is the useful one, such as "connection refused".
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    SendError::Transport(cause.to_string())
}
