//! [`HttpRequests`]: sends HTTP requests with the access tokens of a provider and the headers of single calls.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use http::{HeaderName, HeaderValue};
use rmcp::model::{ClientJsonRpcMessage, GetExtensions, JsonRpcMessage};
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpError, StreamableHttpPostResponse,
    StreamableHttpResponseLimits,
};
use serde_json::Value;
use sse_stream::Sse;

use crate::client::error::{ClientError, connection_error};
use crate::client::notices::Notices;
use crate::client::token::SharedTokenProvider;

type Headers = HashMap<HeaderName, HeaderValue>;
type HttpError = StreamableHttpError<reqwest::Error>;

/// The headers of one request, in its extensions: the protocol library has no other place for them.
#[derive(Debug, Clone)]
pub(crate) struct RequestHeaders(pub(crate) Headers);

/// The HTTP client of a connection.
#[derive(Clone)]
pub(crate) struct HttpRequests {
    client: reqwest::Client,
    tokens: Option<SharedTokenProvider>,
    /// Receives the acknowledgements of subscriptions to tasks: the library drops the tasks.
    notices: Notices,
}

impl HttpRequests {
    pub(crate) fn new(
        tokens: Option<SharedTokenProvider>,
        notices: Notices,
    ) -> Result<Self, ClientError> {
        // An idle connection that the server closes at the same time as it is used again fails a request, which may not
        // be repeated.
        let client = reqwest::Client::builder()
            .pool_max_idle_per_host(0)
            .build()
            .map_err(connection_error)?;
        Ok(Self {
            client,
            tokens,
            notices,
        })
    }

    /// Sends a request with a token. Sends it again, once, with another token if the server refuses the first one.
    async fn with_token<T, F>(
        &self,
        fixed: Option<String>,
        send: impl Fn(Option<String>) -> F + Send,
    ) -> Result<T, HttpError>
    where
        F: Future<Output = Result<T, HttpError>> + Send,
    {
        let Some(tokens) = &self.tokens else {
            return send(fixed).await;
        };
        let token = async |challenge| {
            let token = tokens.token(challenge).await;
            token.map_err(|error| {
                HttpError::Io(std::io::Error::other(format!("token provider: {error}")))
            })
        };
        let refused = match send(Some(token(None).await?)).await {
            Err(HttpError::AuthRequired(refused)) => refused.www_authenticate_header,
            Err(HttpError::InsufficientScope(refused)) => refused.www_authenticate_header,
            answer => return answer,
        };
        send(Some(token(Some(refused)).await?)).await
    }
}

/// Passes the acknowledgement of a subscription to tasks on.
fn acknowledge_tasks(notices: &Notices, data: &str) {
    const METHOD: &str = "notifications/subscriptions/acknowledged";
    if !data.contains(METHOD) || !data.contains("taskIds") {
        return;
    }
    if let Ok(mut message) = serde_json::from_str::<Value>(data)
        && message["method"] == METHOD
    {
        notices.notify(METHOD, message["params"].take());
    }
}

/// Adds the headers of the request in this message.
fn with_own_headers(message: &ClientJsonRpcMessage, mut headers: Headers) -> Headers {
    if let JsonRpcMessage::Request(request) = message
        && let Some(RequestHeaders(own)) = request.request.extensions().get()
    {
        headers.extend(own.clone());
    }
    headers
}

impl StreamableHttpClient for HttpRequests {
    type Error = reqwest::Error;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        auth_header: Option<String>,
        custom_headers: Headers,
    ) -> Result<StreamableHttpPostResponse, HttpError> {
        self.post_message_with_response_limits(
            uri,
            message,
            session_id,
            auth_header,
            custom_headers,
            StreamableHttpResponseLimits::default(),
        )
        .await
    }

    async fn post_message_with_response_limits(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        auth_header: Option<String>,
        custom_headers: Headers,
        limits: StreamableHttpResponseLimits,
    ) -> Result<StreamableHttpPostResponse, HttpError> {
        let headers = with_own_headers(&message, custom_headers);
        let response = self.with_token(auth_header, |token| {
            self.client.post_message_with_response_limits(
                uri.clone(),
                message.clone(),
                session_id.clone(),
                token,
                headers.clone(),
                limits,
            )
        });
        let response = response.await?;
        let StreamableHttpPostResponse::Sse(events, session) = response else {
            return Ok(response);
        };
        let notices = self.notices.clone();
        let events = events.inspect(move |event| {
            if let Ok(Sse {
                data: Some(data), ..
            }) = event
            {
                acknowledge_tasks(&notices, data);
            }
        });
        Ok(StreamableHttpPostResponse::Sse(events.boxed(), session))
    }

    async fn delete_session(
        &self,
        uri: Arc<str>,
        session_id: Arc<str>,
        auth_header: Option<String>,
        custom_headers: Headers,
    ) -> Result<(), HttpError> {
        self.with_token(auth_header, |token| {
            let (uri, id) = (uri.clone(), session_id.clone());
            self.client
                .delete_session(uri, id, token, custom_headers.clone())
        })
        .await
    }

    async fn get_stream(
        &self,
        uri: Arc<str>,
        session_id: Option<Arc<str>>,
        last_event_id: Option<String>,
        auth_header: Option<String>,
        custom_headers: Headers,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, HttpError> {
        self.with_token(auth_header, |token| {
            self.client.get_stream(
                uri.clone(),
                session_id.clone(),
                last_event_id.clone(),
                token,
                custom_headers.clone(),
            )
        })
        .await
    }

    async fn get_stream_with_max_sse_event_size(
        &self,
        uri: Arc<str>,
        session_id: Option<Arc<str>>,
        last_event_id: Option<String>,
        auth_header: Option<String>,
        custom_headers: Headers,
        max_sse_event_size: usize,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, HttpError> {
        self.with_token(auth_header, |token| {
            self.client.get_stream_with_max_sse_event_size(
                uri.clone(),
                session_id.clone(),
                last_event_id.clone(),
                token,
                custom_headers.clone(),
                max_sse_event_size,
            )
        })
        .await
    }
}
