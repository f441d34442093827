//! [`Upstream`]: one server over HTTP, at its private address.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::dev::child::{Child, RETIRE_TIMEOUT};

/// The maximum length of a request, and of a response that is not a stream, in bytes.
pub(super) const MAX_BODY: usize = 64 * 1024 * 1024;

/// The headers that belong to one connection.
const OF_CONNECTION: [HeaderName; 7] = [
    CONNECTION,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("te"),
    HeaderName::from_static("trailer"),
    HeaderName::from_static("upgrade"),
];

/// One server over HTTP.
#[derive(Debug)]
pub(super) struct Upstream {
    pub(super) child: Arc<Child>,
    address: SocketAddr,
    /// The number of requests without a complete response.
    in_flight: watch::Sender<usize>,
}

/// A request in flight, until it is dropped.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Upstream>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.send_modify(|count| *count -= 1);
    }
}

impl Upstream {
    pub(super) fn new(child: Arc<Child>, address: SocketAddr) -> Self {
        Self {
            child,
            address,
            in_flight: watch::Sender::default(),
        }
    }

    pub(super) fn number(&self) -> u64 {
        self.child.number
    }

    pub(super) fn enter(self: &Arc<Self>) -> InFlight {
        self.in_flight.send_modify(|count| *count += 1);
        InFlight(Arc::clone(self))
    }

    /// Sends a request on a connection of its own, which ends with the response: the addresses are on one machine, and
    /// a client that closes its connection closes this one.
    pub(super) async fn send(
        &self,
        method: Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: Bytes,
    ) -> io::Result<Response<Incoming>> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        tokio::spawn(connection);
        let path = uri.path_and_query().map_or("/", |it| it.as_str());
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().map_err(io::Error::other)?;
        *request.headers_mut() = headers.clone();
        remove_headers_of_connection(request.headers_mut());
        if !request.headers().contains_key(HOST) {
            let host = HeaderValue::try_from(self.address.to_string()).map_err(io::Error::other)?;
            request.headers_mut().insert(HOST, host);
        }
        let mut response = sender
            .send_request(request)
            .await
            .map_err(io::Error::other)?;
        remove_headers_of_connection(response.headers_mut());
        Ok(response)
    }

    /// Waits until the server accepts connections.
    pub(super) async fn listens(&self) {
        while TcpStream::connect(self.address).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// Waits until the requests have ended, up to a limit, and then stops the server.
    pub(super) async fn retire(&self) {
        let mut in_flight = self.in_flight.subscribe();
        let idle = in_flight.wait_for(|count| *count == 0);
        let _ = tokio::time::timeout(RETIRE_TIMEOUT, idle).await.map(drop);
        self.child.stop();
    }
}

fn remove_headers_of_connection(headers: &mut HeaderMap) {
    for name in &OF_CONNECTION {
        headers.remove(name);
    }
}

/// Reads a whole body. `None` if it is too long or incomplete.
pub(super) async fn collect<B>(body: B) -> Option<Bytes>
where
    B: axum::body::HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let body = Limited::new(body, MAX_BODY).collect().await;
    body.ok().map(http_body_util::Collected::to_bytes)
}

/// Returns a response with another body.
pub(super) fn with_body(
    parts: axum::http::response::Parts,
    body: impl Into<Body>,
) -> Response<Body> {
    Response::from_parts(parts, body.into())
}
