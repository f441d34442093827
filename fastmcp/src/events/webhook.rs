//! [`WebhookClient`]: sends messages to webhooks.
//!
//! The name of a host may resolve to another address at each request, so the addresses are checked by the resolver of
//! the connection itself. Redirects are not followed, and neither the time nor the answer is unbounded. No text of the
//! other side appears in an error.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::events::resolver::{PublicResolver, ResolveError};
use crate::events::secret::Secret;
use crate::events::signature::sign;
use crate::events::stored::now_ms;
use crate::events::target::Target;
use crate::events::wire;
use crate::tls;

/// The part of an answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// A message to a webhook.
pub(crate) struct Message<'m> {
    pub(crate) target: &'m Target,
    /// The ID of the subscription.
    pub(crate) subscription: &'m str,
    /// The ID of the message.
    pub(crate) id: &'m str,
    pub(crate) secrets: Vec<&'m Secret>,
    pub(crate) body: Bytes,
}

/// The reason why a message got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SendError {
    #[error("its address is not public")]
    Blocked,
    #[error("its name cannot be resolved")]
    Unresolved,
    #[error("there is no secure connection to it (TLS)")]
    Tls,
    #[error("it does not accept connections")]
    Refused,
    #[error("it did not answer in time")]
    TimedOut,
    #[error("its answer is not valid HTTP, or too large")]
    Answer,
    #[error("the message cannot be sent")]
    Message,
}

impl SendError {
    /// Returns the reason in the form of the protocol.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Blocked => "blocked_address",
            Self::Unresolved | Self::Tls | Self::Refused | Self::Message => "connection_failed",
            Self::TimedOut => "timeout",
            Self::Answer => "challenge_failed",
        }
    }

    /// Returns the text for people.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Blocked => "its address is not public",
            Self::TimedOut => "it did not answer in time",
            Self::Answer => "it did not answer the verification with the challenge",
            // One text for all others, so that it cannot be used to explore a network.
            _ => "it cannot be reached over HTTPS",
        }
    }
}

type Connector = HttpsConnector<HttpConnector<PublicResolver>>;

/// Sends messages to webhooks.
#[derive(Clone)]
pub(crate) struct WebhookClient {
    client: Client<Connector, Full<Bytes>>,
    timeout: Duration,
}

impl WebhookClient {
    pub(crate) fn new(allows_loopback: bool, timeout: Duration) -> Result<Self, String> {
        let tls = tls::client_config()?;
        let mut http = HttpConnector::new_with_resolver(PublicResolver { allows_loopback });
        // A `Target` has checked the scheme.
        http.enforce_http(false);
        http.set_connect_timeout(Some(timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        // A kept connection would keep an address that was checked long ago.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .retry_canceled_requests(false)
            .build(connector);
        Ok(Self { client, timeout })
    }

    /// Sends a message, and returns the status of the answer.
    pub(crate) async fn send(&self, message: Message<'_>) -> Result<StatusCode, SendError> {
        let request = request(message).ok_or(SendError::Message)?;
        let response = tokio::time::timeout(self.timeout, self.client.request(request));
        let response = response.await.map_err(|_| SendError::TimedOut)?;
        Ok(response.map_err(|error| send_error(&error))?.status())
    }

    /// Sends a message, and returns the body of a successful answer.
    pub(crate) async fn ask(&self, message: Message<'_>) -> Result<Bytes, SendError> {
        let request = request(message).ok_or(SendError::Message)?;
        let exchange = async {
            let response = self.client.request(request).await;
            let response = response.map_err(|error| send_error(&error))?;
            if !response.status().is_success() {
                return Err(SendError::Answer);
            }
            let body = Limited::new(response.into_body(), MAX_ANSWER).collect();
            Ok(body.await.map_err(|_| SendError::Answer)?.to_bytes())
        };
        tokio::time::timeout(self.timeout, exchange)
            .await
            .map_err(|_| SendError::TimedOut)?
    }
}

/// Builds a request with a new timestamp and signature.
fn request(message: Message<'_>) -> Option<Request<Full<Bytes>>> {
    let timestamp = now_ms() / 1000;
    let secrets = message.secrets.iter().copied();
    let signature = sign(secrets, message.id, timestamp, &message.body);
    let text = |text: &str| HeaderValue::from_str(text).ok();
    let agent = HeaderValue::from_static(concat!("fastmcp/", env!("CARGO_PKG_VERSION")));
    Request::post(message.target.url().as_str())
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(USER_AGENT, agent)
        .header(HeaderName::from_static(wire::WEBHOOK_ID), text(message.id)?)
        .header(HeaderName::from_static(wire::WEBHOOK_TIMESTAMP), timestamp)
        .header(
            HeaderName::from_static(wire::WEBHOOK_SIGNATURE),
            text(&signature)?,
        )
        .header(
            HeaderName::from_static(wire::SUBSCRIPTION_ID),
            text(message.subscription)?,
        )
        .body(Full::new(message.body))
        .ok()
}

/// Finds the cause of an error in its chain.
fn send_error(error: &(dyn std::error::Error + 'static)) -> SendError {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<ResolveError>() {
            return match error {
                ResolveError::Blocked => SendError::Blocked,
                ResolveError::Unresolved => SendError::Unresolved,
            };
        }
        if error.is::<rustls::Error>() {
            return SendError::Tls;
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            if error.kind() == io::ErrorKind::TimedOut {
                return SendError::TimedOut;
            }
            // Errors of TLS and of the resolver are inside of some of these.
            if let Some(inner) = error.get_ref()
                && (inner.is::<rustls::Error>() || inner.is::<ResolveError>())
            {
                return send_error(inner);
            }
        }
        if error.is::<hyper::Error>() {
            return SendError::Answer;
        }
        cause = error.source();
    }
    SendError::Refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused_at_the_connection() {
        let client = WebhookClient::new(false, Duration::from_secs(5)).unwrap();
        // The check of the URL would refuse `localhost` already, so it is left out here.
        let target = Target::parse("https://localhost:1/", true).unwrap();
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let message = Message {
            target: &target,
            subscription: "sub",
            id: "evt",
            secrets: vec![&secret],
            body: Bytes::from_static(b"{}"),
        };
        assert_eq!(client.send(message).await, Err(SendError::Blocked));
    }
}
