//! Converts the errors of the protocol library's HTTP client.

use std::error::Error;
use std::fmt::Write;

use rmcp::ServiceError;
use rmcp::service::ClientInitializeError;
use rmcp::transport::DynamicTransportError;
use rmcp::transport::streamable_http_client::StreamableHttpError;

use crate::client::error::{ClientError, connection_error};

/// Converts the error of the first request of a connection.
pub(crate) fn initialize_error(error: ClientInitializeError) -> ClientError {
    match error {
        ClientInitializeError::TransportError { error, .. } => transport_error(&error),
        ClientInitializeError::LegacyFallbackFailed { fallback, .. } => initialize_error(*fallback),
        ClientInitializeError::JsonRpcError(error) => refused(error),
        error => connection_error(error),
    }
}

impl From<ServiceError> for ClientError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::McpError(error) => refused(error),
            ServiceError::TransportSend(error) => transport_error(&error),
            error => connection_error(error),
        }
    }
}

fn refused(error: rmcp::ErrorData) -> ClientError {
    ClientError::Refused {
        code: error.code.0,
        message: error.message.into_owned(),
        data: error.data,
    }
}

fn transport_error(error: &DynamicTransportError) -> ClientError {
    type HttpError = StreamableHttpError<reqwest::Error>;
    let error = &*error.error;
    // The type of the cause depends on the HTTP client of the protocol library.
    if error.to_string().starts_with("Session expired") {
        return ClientError::SessionEnded;
    }
    match error.downcast_ref::<HttpError>() {
        Some(HttpError::Client(error)) if lacks_tls(error) => connection_error(
            "this program has no TLS for `https` URLs: add `reqwest = \"0.13\"` to the dependencies in Cargo.toml, \
             whose default features include TLS",
        ),
        Some(HttpError::Client(error)) => connection_error(with_sources(error)),
        Some(HttpError::AuthRequired(_)) => connection_error(
            "the server requires an access token, and accepts none that was sent (status 401)",
        ),
        Some(HttpError::InsufficientScope(_)) => connection_error(
            "the access token does not grant the scopes of the request (status 403)",
        ),
        _ => connection_error(with_sources(error)),
    }
}

/// Returns whether the program was built without TLS, and the URL needs it.
fn lacks_tls(error: &reqwest::Error) -> bool {
    error.url().is_some_and(|url| url.scheme() == "https")
        && with_sources(error).contains("scheme is not http")
}

/// Returns the message of an error and of its sources, which name the reason.
fn with_sources(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let text = source.to_string();
        // Some errors repeat their source.
        if !message.contains(&text) {
            let _ = write!(message, ": {text}");
        }
        next = source.source();
    }
    message
}
