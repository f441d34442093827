//! Implements the protocol library's `ServerHandler`: one method per kind of request.
#![expect(
    deprecated,
    reason = "2026-07-28 deprecates logging; clients of earlier revisions use it"
)]

use std::sync::Arc;

use rmcp::model::{
    ArgumentInfo, CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams,
    CompleteResult, CompletionInfo, CustomRequest, CustomResult, DiscoverResult, ErrorCode,
    GetPromptRequestParams, GetPromptResponse, GetPromptResult, GetTaskParams, GetTaskResult,
    JsonObject, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse,
    ReadResourceResult, Reference, ServerConfig, SetLevelRequestParams, SubscribeRequestParams,
    SubscriptionFilter, UnsubscribeRequestParams, UpdateTaskParams,
};
use rmcp::service::{NotificationContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use crate::component::dispatch::CompletionOf;
use crate::component::request_error::RequestError;
use crate::mcp::Tool;
use crate::mcp_tasks::call;
use crate::mcp_tasks::call::CallOutcome;
use crate::protocol::caller::caller;
use crate::protocol::client_channel;
use crate::protocol::connection::{Connection, RequestContext, Response};
use crate::protocol::convert::{call_tool_result, request_error_data};
use crate::protocol::params;
use crate::protocol::request::{MultiRoundTrip, has_multi_round_trips, unless_cancelled};
use crate::protocol::subscriptions;
use crate::protocol::tasks;

/// The handler that the protocol library calls.
#[cfg(not(feature = "telemetry"))]
pub(crate) type Handler = Connection;
/// The handler that the protocol library calls: it records the requests.
#[cfg(feature = "telemetry")]
pub(crate) type Handler = crate::protocol::traced::Traced;

/// Returns the handler of a connection.
#[cfg(not(feature = "telemetry"))]
pub(crate) fn handler(connection: Connection) -> Handler {
    connection
}

/// Returns the handler of a connection.
#[cfg(feature = "telemetry")]
pub(crate) fn handler(connection: Connection) -> Handler {
    Handler::new(connection)
}

/// Sets the cache hints of a result, if the server has any.
macro_rules! cache_hints {
    ($connection:ident, $result:ident) => {
        if let Some((milliseconds, scope)) = $connection.server.cache {
            $result.ttl_ms = Some(milliseconds);
            $result.cache_scope = Some(scope);
        }
    };
}

impl ServerHandler for Connection {
    fn get_info(&self) -> ServerConfig {
        self.server.config().clone()
    }

    async fn set_level(&self, request: SetLevelRequestParams, _: RequestContext) -> Response<()> {
        let level = client_channel::from_wire(request.level);
        self.set_log_level(level);
        Ok(())
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext,
    ) -> Response<CustomResult> {
        if params::is_removed(&request.method) && has_multi_round_trips(&context) {
            return Err(params::unknown_method(&request.method));
        }
        let error = params::refusal(&request.method, request.params.as_ref());
        if error.code == ErrorCode::INVALID_PARAMS {
            Self::mark_invalid_params(&context);
        }
        Err(error)
    }

    // The HTTP transport compares the headers of a call with the header parameters in the schema of
    // its tool.
    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.server.dispatcher.registry.listing(name).cloned()
    }

    async fn discover(&self, _: RequestContext) -> Response<DiscoverResult> {
        let versions = self.supported_protocol_versions().into_owned();
        let mut result = DiscoverResult::from_server_info(versions, self.get_info());
        if let Some((milliseconds, scope)) = self.server.cache {
            (result.ttl_ms, result.cache_scope) = (milliseconds, scope);
        }
        Ok(result)
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let dispatcher = Arc::clone(&self.server.dispatcher);
        self.subscriptions.notify(context.peer, dispatcher);
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        // The library's sink drops notifications that the filter does not include.
        Some(requested.clone())
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Response<()> {
        subscriptions::notify(subscription, &self.server.dispatcher).await;
        Ok(())
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext,
    ) -> Response<()> {
        let uri = request.uri;
        let registry = &self.server.dispatcher.registry;
        if registry.resource(&uri, &caller(&context)).is_none() {
            return Err(request_error_data(RequestError::UnknownResource { uri }));
        }
        self.subscriptions.add(registry.resource_key(&uri), uri);
        Ok(())
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext,
    ) -> Response<()> {
        let registry = &self.server.dispatcher.registry;
        self.subscriptions
            .remove(&registry.resource_key(&request.uri));
        Ok(())
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext,
    ) -> Response<ListToolsResult> {
        let tools = self
            .server
            .dispatcher
            .registry
            .list_tools(&caller(&context));
        let (tools, next) = self.server.page(tools, |tool| &tool.name, request)?;
        let mut result = ListToolsResult::with_all_items(tools);
        result.next_cursor = next;
        cache_hints!(self, result);
        Ok(result)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext,
    ) -> Response<CallToolResponse> {
        let name = &*request.name;
        let arguments = request.arguments.unwrap_or_default();
        let dispatcher = &self.server.dispatcher;
        let supports_tasks = tasks::is_declared(&context.meta);
        if !supports_tasks && call::is_required(dispatcher, name, &caller(&context)) {
            return Err(tasks::undeclared());
        }
        let state = (request.request_state, request.input_responses);
        let round_trip = MultiRoundTrip::new(&context, "tools/call", name, &arguments, state);
        let outcome = self
            .run_call(context, round_trip, |context| {
                call::call_tool(dispatcher, name, arguments, supports_tasks, context)
            })
            .await?;
        Ok(match outcome {
            Ok(CallOutcome::Result(result)) => CallToolResponse::Complete(call_tool_result(result)),
            Ok(CallOutcome::Task(created)) => CallToolResponse::Task(tasks::created(created)),
            Err(required) => CallToolResponse::InputRequired(required),
        })
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        mut context: RequestContext,
    ) -> Response<GetTaskResult> {
        let context = self.task_context(&mut context)?;
        let view = self.tasks(&context)?.get(&request.task_id).await;
        tasks::detailed(request.task_id, view.map_err(tasks::task_error_data)?)
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        mut context: RequestContext,
    ) -> Response<()> {
        let context = self.task_context(&mut context)?;
        let answers = request.input_responses.into_iter().collect();
        let updated = self
            .tasks(&context)?
            .update(&request.task_id, &answers)
            .await;
        updated.map_err(tasks::task_error_data)
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        mut context: RequestContext,
    ) -> Response<()> {
        let context = self.task_context(&mut context)?;
        let cancelled = self.tasks(&context)?.cancel(&request.task_id).await;
        cancelled.map_err(tasks::task_error_data)
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext,
    ) -> Response<ListResourcesResult> {
        let resources = self
            .server
            .dispatcher
            .registry
            .list_resources(&caller(&context));
        let (resources, next) = self
            .server
            .page(resources, |resource| &resource.uri, request)?;
        let mut result = ListResourcesResult::with_all_items(resources);
        result.next_cursor = next;
        cache_hints!(self, result);
        Ok(result)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext,
    ) -> Response<ListResourceTemplatesResult> {
        let templates = self
            .server
            .dispatcher
            .registry
            .list_templates(&caller(&context));
        let (templates, next) = self
            .server
            .page(templates, |it| &it.uri_template, request)?;
        let mut result = ListResourceTemplatesResult::with_all_items(templates);
        result.next_cursor = next;
        cache_hints!(self, result);
        Ok(result)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext,
    ) -> Response<ReadResourceResponse> {
        let uri = &*request.uri;
        let state = (request.request_state, request.input_responses);
        let round_trip =
            MultiRoundTrip::new(&context, "resources/read", uri, &JsonObject::new(), state);
        let contents = self
            .run_call(context, round_trip, |context| {
                self.server.dispatcher.read_resource(uri, context)
            })
            .await?;
        Ok(match contents {
            Ok(contents) => {
                let mut result = ReadResourceResult::new(contents);
                cache_hints!(self, result);
                ReadResourceResponse::Complete(result)
            }
            Err(required) => ReadResourceResponse::InputRequired(required),
        })
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        mut context: RequestContext,
    ) -> Response<CompleteResult> {
        let of = match &request.r#ref {
            Reference::Prompt(prompt) => CompletionOf::Prompt(&prompt.name),
            Reference::Resource(resource) => CompletionOf::Resource(&resource.uri),
            _ => return Err(ErrorData::invalid_params("unknown kind of reference", None)),
        };
        let known = request.context.and_then(|context| context.arguments);
        let known = known
            .into_iter()
            .flatten()
            .map(|(name, value)| (name, value.into()))
            .collect();
        let ArgumentInfo { name, value, .. } = request.argument;
        let live = self.context(&mut context, None);
        let completions = self
            .server
            .dispatcher
            .complete(of, &name, value, known, live);
        let completions = unless_cancelled(context, completions)
            .await?
            .map_err(request_error_data)?;
        let mut info = CompletionInfo::default();
        info.values = completions.values;
        info.total = completions.total;
        info.has_more = Some(completions.has_more);
        Ok(CompleteResult::new(info))
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext,
    ) -> Response<ListPromptsResult> {
        let prompts = self
            .server
            .dispatcher
            .registry
            .list_prompts(&caller(&context));
        let (prompts, next) = self.server.page(prompts, |prompt| &prompt.name, request)?;
        let mut result = ListPromptsResult::with_all_items(prompts);
        result.next_cursor = next;
        cache_hints!(self, result);
        Ok(result)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext,
    ) -> Response<GetPromptResponse> {
        let name = &*request.name;
        let arguments = request.arguments.unwrap_or_default();
        let state = (request.request_state, request.input_responses);
        let round_trip = MultiRoundTrip::new(&context, "prompts/get", name, &arguments, state);
        let prompt = self
            .run_call(context, round_trip, |context| {
                self.server.dispatcher.get_prompt(name, arguments, context)
            })
            .await?;
        Ok(match prompt {
            Ok((messages, description)) => {
                let mut result = GetPromptResult::new(messages);
                result.description = description.map(Into::into);
                GetPromptResponse::Complete(result)
            }
            Err(required) => GetPromptResponse::InputRequired(required),
        })
    }
}
