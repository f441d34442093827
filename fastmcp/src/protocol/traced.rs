//! [`Traced`]: records the requests of one connection, and passes them to [`Connection`].
#![expect(
    deprecated,
    reason = "2026-07-28 deprecates logging; clients of earlier revisions use it"
)]

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams,
    CompleteResult, CustomRequest, CustomResult, DiscoverResult, ErrorData, GetPromptRequestParams,
    GetPromptResponse, GetTaskParams, GetTaskResult, InitializeRequestParams, InitializeResult,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerConfig,
    SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter, UnsubscribeRequestParams,
    UpdateTaskParams,
};
use rmcp::service::{NotificationContext, SubscriptionContext};
use rmcp::{RoleServer, ServerHandler};
use serde_json::Value;

use crate::mcp::Tool;
use crate::protocol::connection::{Connection, RequestContext, Response};
#[cfg(feature = "http")]
use crate::protocol::handler_slot::HandlerSlot;
use crate::protocol::request::OriginalId;
use crate::protocol::task_filter;
use crate::telemetry::metrics;
use crate::telemetry::operation::{Operation, TraceOrigin};
use crate::telemetry::request::{Ended, Request, Target};

/// A connection whose requests are recorded.
#[derive(Clone)]
pub(crate) struct Traced {
    connection: Connection,
    session: Arc<SessionClock>,
}

/// Measures the session of a client before protocol 2026-07-28.
#[derive(Default)]
struct SessionClock {
    initialized: OnceLock<InitializedSession>,
    /// Set by the notification that follows. A server without sessions gets it on another connection.
    is_confirmed: OnceLock<()>,
}

struct InitializedSession {
    start: Instant,
    protocol: String,
    is_http: bool,
}

impl Drop for SessionClock {
    fn drop(&mut self) {
        if let (Some(session), Some(()), Some(metrics)) = (
            self.initialized.get(),
            self.is_confirmed.get(),
            metrics::get(),
        ) {
            metrics.session(session.start.elapsed(), &session.protocol, session.is_http);
        }
    }
}

impl Traced {
    pub(crate) fn new(connection: Connection) -> Self {
        Self {
            connection,
            session: Arc::default(),
        }
    }

    fn start<'a>(
        context: &'a RequestContext,
        method: &'static str,
        target: impl FnOnce() -> Target<'a>,
    ) -> Operation {
        let meta = &context.meta;
        let origin = TraceOrigin::new(meta.get_traceparent(), meta.get_tracestate());
        #[cfg(feature = "http")]
        let parts = context.extensions.get::<axum::http::request::Parts>();
        #[cfg(feature = "http")]
        let origin = match parts.and_then(|parts| parts.extensions.get::<TraceOrigin>()) {
            Some(http) => origin.with_http(http),
            None => origin,
        };
        Operation::start(&origin, || Request {
            method,
            target: target(),
            id: Some(match context.extensions.get::<OriginalId>() {
                Some(OriginalId(id)) => id.to_string(),
                None => context.id.to_string(),
            }),
            protocol: context.protocol_version().map(|it| it.to_string()),
            #[cfg(feature = "http")]
            session: parts.and_then(|parts| parts.headers.get("mcp-session-id")?.to_str().ok()),
            #[cfg(not(feature = "http"))]
            session: None,
        })
    }

    fn tool<'a>(&self, name: &'a str) -> Target<'a> {
        let dispatcher = &self.connection.server.dispatcher;
        let is_known = dispatcher.tool_component(name, None).is_some();
        Target::Tool { name, is_known }
    }

    fn prompt<'a>(&self, name: &'a str) -> Target<'a> {
        let dispatcher = &self.connection.server.dispatcher;
        let is_known = dispatcher.prompt_component(name, None).is_some();
        Target::Prompt { name, is_known }
    }
}

/// Keeps the span of an HTTP request with it: the library runs requests of a session in other tasks.
#[cfg(feature = "http")]
pub(crate) fn set_origin(parts: &mut axum::http::request::Parts) {
    let mut origin = TraceOrigin::default();
    origin.set_http(|name| parts.headers.get(name)?.to_str().ok());
    parts.extensions.insert(origin);
}

fn ended<T>(response: &Response<T>) -> Ended {
    match response {
        Ok(_) => Ended::Successfully,
        Err(ErrorData { code, .. }) => Ended::WithError(code.0),
    }
}

/// Returns the value as JSON text.
fn text(value: &impl serde::Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// Expands to the methods that only record their request:
///
/// ```ignore
/// async fn list_tools(&self, request: …, context: RequestContext) -> Response<ListToolsResult> {
///     let operation = Self::start(&context, "tools/list", || Target::None);
///     let response = operation.run(self.connection.list_tools(request, context)).await;
///     operation.end(|| ended(&response));
///     response
/// }
/// ```
macro_rules! recorded {
    ($($name:ident($($request:ident: $type:ty)?) -> $result:ty = $method:literal;)*) => {$(
        async fn $name(&self, $($request: $type,)? context: RequestContext) -> Response<$result> {
            let operation = Self::start(&context, $method, || Target::None);
            let response = self.connection.$name($($request,)? context);
            let response = operation.run(response).await;
            operation.end(|| ended(&response));
            response
        }
    )*};
}

impl ServerHandler for Traced {
    recorded! {
        ping() -> () = "ping";
        discover() -> DiscoverResult = "server/discover";
        set_level(request: SetLevelRequestParams) -> () = "logging/setLevel";
        complete(request: CompleteRequestParams) -> CompleteResult = "completion/complete";
        list_tools(request: Option<PaginatedRequestParams>) -> ListToolsResult = "tools/list";
        list_prompts(request: Option<PaginatedRequestParams>) -> ListPromptsResult = "prompts/list";
        list_resources(request: Option<PaginatedRequestParams>) -> ListResourcesResult = "resources/list";
        list_resource_templates(request: Option<PaginatedRequestParams>) -> ListResourceTemplatesResult = "resources/templates/list";
        get_task(request: GetTaskParams) -> GetTaskResult = "tasks/get";
        update_task(request: UpdateTaskParams) -> () = "tasks/update";
        cancel_task(request: CancelTaskParams) -> () = "tasks/cancel";
    }

    #[cfg(feature = "skills")]
    recorded! {
        list_skills(request: Option<PaginatedRequestParams>) -> rmcp::model::ListSkillsResult = "skills/list";
        get_skill(request: rmcp::model::GetSkillRequestParams) -> rmcp::model::GetSkillResult = "skills/get";
        read_resource_directory(request: rmcp::model::ReadResourceDirectoryRequestParams) -> ListResourcesResult = "resources/directory/read";
    }

    fn get_info(&self) -> ServerConfig {
        self.connection.get_info()
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.connection.get_tool(name)
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext,
    ) -> Response<InitializeResult> {
        #[cfg(feature = "http")]
        HandlerSlot::fill(self, &context.extensions);
        let operation = Self::start(&context, "initialize", || Target::None);
        #[cfg(feature = "http")]
        let is_http = context
            .extensions
            .get::<axum::http::request::Parts>()
            .is_some();
        #[cfg(not(feature = "http"))]
        let is_http = false;
        let start = Instant::now();
        let response = operation
            .run(self.connection.initialize(request, context))
            .await;
        operation.end(|| ended(&response));
        if let Ok(result) = &response {
            let _ = self.session.initialized.set(InitializedSession {
                start,
                protocol: result.protocol_version.to_string(),
                is_http,
            });
        }
        response
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let _ = self.session.is_confirmed.set(());
        self.connection.on_initialized(context).await;
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        self.connection.accepted_subscription_filter(requested)
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext,
    ) -> Response<CustomResult> {
        // As `listen` below.
        if task_filter::is_rewritten(&request) {
            let operation = Self::start(&context, task_filter::LISTEN, || Target::None);
            operation.end(|| Ended::Successfully);
            return self.connection.on_custom_request(request, context).await;
        }
        // A client may make the method up, so its name is not an attribute.
        let operation = Self::start(&context, "_OTHER", || Target::None);
        let response = self.connection.on_custom_request(request, context);
        let response = operation.run(response).await;
        operation.end(|| ended(&response));
        response
    }

    // It lasts as long as its stream, so it is no operation whose duration means anything.
    async fn listen(&self, subscription: SubscriptionContext) -> Response<()> {
        // The span of the whole subscription would be exported after days, or never. The library has accepted it already.
        let context = subscription.request_context();
        let operation = Self::start(context, "subscriptions/listen", || Target::None);
        operation.end(|| Ended::Successfully);
        self.connection.listen(subscription).await
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext,
    ) -> Response<()> {
        let target = || Target::Resource { uri: &request.uri };
        let operation = Self::start(&context, "resources/subscribe", target);
        let response = operation
            .run(self.connection.subscribe(request, context))
            .await;
        operation.end(|| ended(&response));
        response
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        context: RequestContext,
    ) -> Response<()> {
        let target = || Target::Resource { uri: &request.uri };
        let operation = Self::start(&context, "resources/unsubscribe", target);
        let response = operation
            .run(self.connection.unsubscribe(request, context))
            .await;
        operation.end(|| ended(&response));
        response
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext,
    ) -> Response<CallToolResponse> {
        let operation = Self::start(&context, "tools/call", || self.tool(&request.name));
        operation.add_content("gen_ai.tool.call.arguments", || text(&request.arguments));
        let response = operation
            .run(self.connection.call_tool(request, context))
            .await;
        let is_tool_error = match &response {
            Ok(CallToolResponse::Complete(result)) => {
                operation.add_content("gen_ai.tool.call.result", || text(result));
                result.is_error == Some(true)
            }
            _ => false,
        };
        operation.end(|| {
            if is_tool_error {
                Ended::WithToolError
            } else {
                ended(&response)
            }
        });
        response
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext,
    ) -> Response<ReadResourceResponse> {
        let target = || Target::Resource { uri: &request.uri };
        let operation = Self::start(&context, "resources/read", target);
        let response = operation
            .run(self.connection.read_resource(request, context))
            .await;
        operation.end(|| ended(&response));
        response
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext,
    ) -> Response<GetPromptResponse> {
        let target = || self.prompt(&request.name);
        let operation = Self::start(&context, "prompts/get", target);
        for (name, value) in request.arguments.iter().flatten() {
            let value = || match value {
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            };
            operation.add_content(&format!("gen_ai.prompt.variable.{name}"), value);
        }
        let response = operation
            .run(self.connection.get_prompt(request, context))
            .await;
        operation.end(|| ended(&response));
        response
    }
}
