//! [`Http`]: a connection over streamable HTTP, with the client of the protocol library.
#![expect(
    deprecated,
    reason = "2026-07-28 deprecates sampling, roots and logging; servers use them"
)]

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{HeaderName, HeaderValue};
use rmcp::ClientHandler;
use rmcp::model::{
    CancelledNotificationParam, ClientConfig, ClientRequest, CreateMessageRequestParams,
    CreateMessageResult, CustomRequest, ElicitRequestParams, ElicitResult, ErrorData,
    GetExtensions, ListRootsResult, LoggingMessageNotificationParam, ProgressNotificationParam,
    RequestId, ResourceUpdatedNotificationParam, SubscriptionsAcknowledgedNotificationParams,
    TaskStatusNotificationParams,
};
use rmcp::service::{
    ClientLifecycleMode, ClientServiceExt, NotificationContext, Peer, PeerRequestOptions,
    RequestContext, RoleClient, RunningService,
};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::client::builder::Options;
use crate::client::connection::{Connection, Outgoing};
use crate::client::error::{ClientError, connection_error};
use crate::client::http_error::initialize_error;
use crate::client::http_requests::{HttpRequests, RequestHeaders};
use crate::context::meta::TASKS;
use crate::mcp::Implementation;
use crate::protocol::task_filter::LISTEN;

/// A connection over streamable HTTP.
pub(crate) struct Http {
    peer: Peer<RoleClient>,
    options: Options,
    /// `None` after the connection was closed.
    service: Mutex<Option<RunningService<RoleClient, Answers>>>,
}

/// Connects to the server at this URL.
pub(crate) async fn connect(url: String, options: Options) -> Result<Http, ClientError> {
    let headers = parse_headers(&options.headers)?;
    let config = StreamableHttpClientTransportConfig::with_uri(url)
        .custom_headers(headers)
        .reinit_on_expired_session(options.restores_session);
    let requests = HttpRequests::new(options.token_provider.clone(), options.notices.clone())?;
    let transport = StreamableHttpClientTransport::with_client(requests, config);
    let mode = if options.protocol.has_initialize() {
        ClientLifecycleMode::Initialize
    } else {
        let preferred_versions = vec![options.protocol.clone()];
        ClientLifecycleMode::Discover { preferred_versions }
    };
    let answers = Answers {
        options: options.clone(),
    };
    let service = answers.serve_with_lifecycle(transport, mode);
    let service = service.await.map_err(initialize_error)?;
    Ok(Http {
        peer: service.peer().clone(),
        options,
        service: Mutex::new(Some(service)),
    })
}

fn parse_headers(
    headers: &[(String, String)],
) -> Result<HashMap<HeaderName, HeaderValue>, ClientError> {
    let parse = |(name, value): &(String, String)| {
        let problem =
            |error: &dyn fmt::Display| connection_error(format!("header `{name}`: {error}"));
        let value = value.parse().map_err(|error| problem(&error))?;
        Ok((name.parse().map_err(|error| problem(&error))?, value))
    };
    headers.iter().map(parse).collect()
}

/// The answers to the questions that a server sends on the connection.
struct Answers {
    options: Options,
}

impl Answers {
    fn notify(&self, method: &str, params: impl Serialize) {
        let params = serde_json::to_value(params).unwrap_or_default();
        self.options.notices.notify(method, params);
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: impl Serialize,
    ) -> Result<T, ErrorData> {
        let internal =
            |error: serde_json::Error| ErrorData::internal_error(error.to_string(), None);
        let params = serde_json::to_value(params).map_err(internal)?;
        let answer = self.options.handlers.answer(method, params).await;
        let unknown = || ErrorData::invalid_request(format!("no handler for `{method}`"), None);
        serde_json::from_value(answer.ok_or_else(unknown)?).map_err(internal)
    }
}

impl ClientHandler for Answers {
    fn get_info(&self) -> ClientConfig {
        let mut config = ClientConfig::default();
        config.protocol_version = self.options.protocol.clone();
        let capabilities = self.options.capabilities();
        config.capabilities = serde_json::from_value(capabilities).unwrap_or_default();
        config
    }

    async fn create_elicitation(
        &self,
        params: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        self.answer("elicitation/create", params).await
    }

    async fn create_message(
        &self,
        params: CreateMessageRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<CreateMessageResult, ErrorData> {
        self.answer("sampling/createMessage", params).await
    }

    async fn on_progress(
        &self,
        params: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.notify("notifications/progress", params);
    }

    async fn on_logging_message(
        &self,
        params: LoggingMessageNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.notify("notifications/message", params);
    }

    async fn on_resource_updated(
        &self,
        params: ResourceUpdatedNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.notify("notifications/resources/updated", params);
    }

    async fn on_resource_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.notify("notifications/resources/list_changed", ());
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.notify("notifications/tools/list_changed", ());
    }

    async fn on_prompt_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.notify("notifications/prompts/list_changed", ());
    }

    async fn on_subscriptions_acknowledged(
        &self,
        params: SubscriptionsAcknowledgedNotificationParams,
        _: NotificationContext<RoleClient>,
    ) {
        self.notify("notifications/subscriptions/acknowledged", params);
    }

    async fn on_task_status(
        &self,
        params: TaskStatusNotificationParams,
        _: NotificationContext<RoleClient>,
    ) {
        self.notify("notifications/tasks", params);
    }

    async fn list_roots(
        &self,
        _: RequestContext<RoleClient>,
    ) -> Result<ListRootsResult, ErrorData> {
        self.answer("roots/list", json!({})).await
    }
}

/// Tells the server that a request is cancelled, if it is dropped before its response.
struct CancelOnDrop {
    peer: Peer<RoleClient>,
    id: RequestId,
    is_answered: bool,
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if self.is_answered {
            return;
        }
        let (peer, id) = (self.peer.clone(), self.id.clone());
        // Outside of a runtime, the connection ends too.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let params = CancelledNotificationParam::new(Some(id), None);
                let _ = peer.notify_cancelled(params).await;
            });
        }
    }
}

/// Decodes a request. The library would drop the tasks of a subscription, unless it does not know the method.
fn client_request(request: Value) -> Result<ClientRequest, ClientError> {
    let names_tasks = request["params"]["notifications"].get("taskIds").is_some();
    if names_tasks && request["method"] == LISTEN {
        let params = request["params"].clone();
        let request = CustomRequest::new(LISTEN, Some(params));
        return Ok(ClientRequest::CustomRequest(request));
    }
    serde_json::from_value(request).map_err(connection_error)
}

impl Http {
    async fn exchange(&self, outgoing: Outgoing) -> Result<Value, ClientError> {
        let Outgoing {
            method,
            params,
            progress,
            headers,
        } = outgoing;
        let meta = params.get("_meta").cloned();
        let request = json!({ "method": method, "params": params });
        let mut request = client_request(request)?;
        if !headers.is_empty() {
            let headers = parse_headers(&headers)?;
            request.extensions_mut().insert(RequestHeaders(headers));
        }
        let mut options = PeerRequestOptions::no_options();
        // The protocol library replaces the capabilities of the request by those of the connection.
        options.meta = meta
            .map(serde_json::from_value)
            .transpose()
            .map_err(connection_error)?;
        let handle = self.peer.send_cancellable_request(request, options).await?;
        let mut cancel = CancelOnDrop {
            peer: handle.peer.clone(),
            id: handle.id.clone(),
            is_answered: false,
        };
        // The protocol library chooses the token.
        let token = serde_json::to_value(&handle.progress_token).unwrap_or_default();
        let notices = &self.options.notices;
        let _followed = progress.map(|sink| notices.follow(&token, sink));
        let result = handle.await_response().await;
        cancel.is_answered = true;
        serde_json::to_value(result?).map_err(connection_error)
    }
}

impl Connection for Http {
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Result<Value, ClientError>> {
        self.exchange(request).boxed()
    }

    fn post(&self, method: &'static str, params: Value) {
        let request = json!({ "method": method, "params": params });
        let peer = self.peer.clone();
        // Outside of a runtime, the connection has ended too.
        if let (Ok(request), Ok(runtime)) = (
            serde_json::from_value::<ClientRequest>(request),
            tokio::runtime::Handle::try_current(),
        ) {
            runtime.spawn(async move { peer.send_request(request).await.map(drop) });
        }
    }

    fn is_closed(&self) -> bool {
        self.peer.is_transport_closed()
    }

    fn listens(&self) -> bool {
        !self.options.protocol.has_initialize()
    }

    fn makes_tasks(&self) -> bool {
        let info = self.peer.peer_info();
        let extensions = info.and_then(|it| it.capabilities.extensions.clone());
        self.listens() && extensions.is_some_and(|it| it.contains_key(TASKS))
    }

    fn server_info(&self) -> Option<Implementation> {
        let info = self.peer.peer_info()?;
        info.server_info.clone()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            let service = self.service.lock().map(|mut service| service.take());
            if let Some(service) = service.unwrap_or_default() {
                // The result only reports how the tokio task of the connection ended. The connection is
                // closed in any case.
                let _ = service.cancel().await;
            }
            self.options.notices.notify("closed", Value::Null);
        }
        .boxed()
    }
}
