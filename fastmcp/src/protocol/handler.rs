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
    InitializeRequestParams, InitializeResult, JsonObject, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, Reference, ServerConfig,
    SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter, UnsubscribeRequestParams,
    UpdateTaskParams,
};
use rmcp::service::{NotificationContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use crate::component::part::{CompletionInput, CompletionOf};
use crate::component::request_error::RequestError;
use crate::mcp::Tool;
use crate::mcp_tasks::call;
use crate::mcp_tasks::call::CallOutcome;
use crate::mcp_tasks::fallback;
use crate::mcp_tasks::requests;
use crate::protocol::caller::caller;
use crate::protocol::client_channel;
use crate::protocol::connection::{Connection, RequestContext, Response};
use crate::protocol::convert::{call_tool_result, request_error_data};
#[cfg(feature = "http")]
use crate::protocol::handler_slot::HandlerSlot;
use crate::protocol::live_session::LiveSession;
use crate::protocol::params;
use crate::protocol::request::{MultiRoundTrip, has_multi_round_trips, unless_cancelled};
use crate::protocol::subscriptions;
use crate::protocol::subscriptions::Outlet;
use crate::protocol::task_filter;
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
        self.server.config()
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
        if task_filter::is_rewritten(&request) {
            return self.listen_to_tasks(&request, context).await;
        }
        #[cfg(feature = "events")]
        if let Some(response) = self.events(&request, &context).await {
            if let Err(error) = &response
                && error.code == ErrorCode::INVALID_PARAMS
            {
                Self::mark_invalid_params(&context);
            }
            return response;
        }
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
        self.server.dispatcher.listing(name)
    }

    async fn discover(&self, _: RequestContext) -> Response<DiscoverResult> {
        let versions = self.supported_protocol_versions().into_owned();
        let mut result = DiscoverResult::from_server_info(versions, self.get_info());
        if let Some((milliseconds, scope)) = self.server.cache {
            (result.ttl_ms, result.cache_scope) = (milliseconds, scope);
        }
        Ok(result)
    }

    /// Does what the library does by default, and keeps the peer for the calls that the library does not see.
    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext,
    ) -> Response<InitializeResult> {
        context.peer.set_peer_info(request.clone());
        #[cfg(feature = "http")]
        HandlerSlot::fill(self, &context.extensions);
        #[cfg(feature = "http")]
        let is_stream = context
            .extensions
            .get::<axum::http::request::Parts>()
            .is_none();
        #[cfg(not(feature = "http"))]
        let is_stream = true;
        if is_stream && self.server.fast_path.is_some() {
            self.live
                .get_or_init(|| Arc::new(LiveSession::new(self, context.peer.clone())));
        }
        self.negotiate_initialize(&request)
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let dispatcher = Arc::clone(&self.server.dispatcher);
        #[cfg(feature = "http")]
        let outlet = Outlet::of_session(&context.extensions);
        #[cfg(not(feature = "http"))]
        let outlet = None;
        let outlet = outlet.unwrap_or(Outlet::Peer(context.peer));
        self.subscriptions.notify(outlet, dispatcher);
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
        let dispatcher = &self.server.dispatcher;
        let caller = caller(&context);
        if dispatcher.resource_component(&uri, Some(&caller)).is_none() {
            return Err(request_error_data(RequestError::UnknownResource { uri }));
        }
        self.subscriptions.add(dispatcher, uri);
        Ok(())
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext,
    ) -> Response<()> {
        let key = self.server.dispatcher.resource_key(&request.uri);
        self.subscriptions.remove(&key);
        Ok(())
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        mut context: RequestContext,
    ) -> Response<ListToolsResult> {
        let live = self.context(&mut context, None);
        let dispatcher = &self.server.dispatcher;
        let tools = dispatcher.list_tools(live.clone());
        let mut tools = unless_cancelled(context, tools)
            .await?
            .map_err(request_error_data)?;
        fallback::listing::for_client(dispatcher, &mut tools, &live);
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
        if !supports_tasks {
            let caller = caller(&context);
            let has_fallback = || fallback::call::of_tool(dispatcher, name, &caller).is_some();
            if call::is_required(dispatcher, name, &caller) && !has_fallback() {
                return Err(tasks::undeclared());
            }
        }
        let state = (request.request_state, request.input_responses);
        let round_trip = MultiRoundTrip::new(&context, "tools/call", name, &arguments, state);
        self.run_call(context, round_trip, |context| async move {
            let called =
                fallback::call::call_tool(dispatcher, name, arguments, supports_tasks, context);
            Ok(match called.await? {
                CallOutcome::Result(result) => CallToolResponse::Complete(call_tool_result(result)),
                CallOutcome::Task(created) => CallToolResponse::Task(tasks::created(created)),
            })
        })
        .await
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        mut context: RequestContext,
    ) -> Response<GetTaskResult> {
        let live = self.task_context(&mut context)?;
        let view = requests::get(&self.server.dispatcher, &request.task_id, live).await;
        tasks::detailed(request.task_id, view.map_err(request_error_data)?)
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        mut context: RequestContext,
    ) -> Response<()> {
        let live = self.task_context(&mut context)?;
        let answers = request.input_responses.into_iter().collect();
        let dispatcher = &self.server.dispatcher;
        let updated = requests::update(dispatcher, &request.task_id, answers, live).await;
        updated.map_err(request_error_data)
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        mut context: RequestContext,
    ) -> Response<()> {
        let live = self.task_context(&mut context)?;
        let dispatcher = &self.server.dispatcher;
        let cancelled = requests::cancel(dispatcher, &request.task_id, live).await;
        cancelled.map_err(request_error_data)
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        mut context: RequestContext,
    ) -> Response<ListResourcesResult> {
        let live = self.context(&mut context, None);
        let resources = self.server.dispatcher.list_resources(live);
        let resources = unless_cancelled(context, resources)
            .await?
            .map_err(request_error_data)?;
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
        mut context: RequestContext,
    ) -> Response<ListResourceTemplatesResult> {
        let live = self.context(&mut context, None);
        let templates = self.server.dispatcher.list_resource_templates(live);
        let templates = unless_cancelled(context, templates)
            .await?
            .map_err(request_error_data)?;
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
        self.run_call(context, round_trip, |context| async move {
            let contents = self.server.dispatcher.read_resource(uri, context).await?;
            let mut result = ReadResourceResult::new(contents);
            cache_hints!(self, result);
            Ok(ReadResourceResponse::Complete(result))
        })
        .await
    }

    #[cfg(feature = "skills")]
    async fn list_skills(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext,
    ) -> Response<rmcp::model::ListSkillsResult> {
        self.skills(request, context).await
    }

    #[cfg(feature = "skills")]
    async fn get_skill(
        &self,
        request: rmcp::model::GetSkillRequestParams,
        context: RequestContext,
    ) -> Response<rmcp::model::GetSkillResult> {
        self.skill(request, context).await
    }

    #[cfg(feature = "skills")]
    async fn read_resource_directory(
        &self,
        request: rmcp::model::ReadResourceDirectoryRequestParams,
        context: RequestContext,
    ) -> Response<ListResourcesResult> {
        self.directory(request, context).await
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        mut context: RequestContext,
    ) -> Response<CompleteResult> {
        let of = match request.r#ref {
            Reference::Prompt(prompt) => CompletionOf::Prompt(prompt.name),
            Reference::Resource(resource) => CompletionOf::Resource(resource.uri),
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
        let input = CompletionInput {
            argument: name,
            value,
            known,
        };
        let completions = self.server.dispatcher.complete(of, input, live);
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
        mut context: RequestContext,
    ) -> Response<ListPromptsResult> {
        let live = self.context(&mut context, None);
        let prompts = self.server.dispatcher.list_prompts(live);
        let prompts = unless_cancelled(context, prompts)
            .await?
            .map_err(request_error_data)?;
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
        self.run_call(context, round_trip, |context| async move {
            let dispatcher = &self.server.dispatcher;
            let prompt = dispatcher.get_prompt(name, arguments, context).await?;
            let mut result = GetPromptResult::new(prompt.messages);
            result.description = prompt.description;
            Ok(GetPromptResponse::Complete(result))
        })
        .await
    }
}
