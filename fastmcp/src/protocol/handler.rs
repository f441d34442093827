//! Answers the protocol library's requests from the [`Core`]. The only file that names that
//! library's handler trait.
#![expect(
    deprecated,
    reason = "logging to the client is deprecated in 2026-07-28, and served"
)]

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rmcp::model::{
    ArgumentInfo, CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams,
    CompleteResult, CompletionInfo, DiscoverResult, GetPromptRequestParams, GetPromptResponse,
    GetPromptResult, GetTaskParams, GetTaskResult, Implementation, JsonObject, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    PromptsCapability, ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult,
    Reference, ResourcesCapability, ServerCapabilities, ServerConfig, SetLevelRequestParams,
    SubscribeRequestParams, SubscriptionFilter, ToolsCapability, UnsubscribeRequestParams,
    UpdateTaskParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use crate::protocol::convert::{into_error, into_wire};
use crate::protocol::request::unless_cancelled;

use crate::component::dispatch::{CompletionOf, Core, RequestError};
use crate::context::client_channel::LogLevel;
use crate::context::request::Context;
use crate::context::session::Session;
use crate::mcp::Tool;
use crate::mcp_tasks::tasks::{Called, Tasks};
use crate::protocol::client_channel;
use crate::protocol::subscriptions;
use crate::protocol::subscriptions::Subscriptions;

/// One connection's view of a server.
#[derive(Clone)]
pub(crate) struct Bridge {
    pub(crate) core: Arc<Core>,
    config: Arc<OnceLock<ServerConfig>>,
    /// What a client of the 2025 era asked for with `logging/setLevel`.
    pub(crate) log_level: Arc<RwLock<LogLevel>>,
    /// What it has subscribed to.
    subscriptions: Subscriptions,
    pub(crate) session: Session,
}

pub(crate) type Answer<T> = Result<T, ErrorData>;

impl Bridge {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self {
            core,
            config: Arc::default(),
            log_level: Arc::new(RwLock::new(LogLevel::Debug)),
            subscriptions: Subscriptions::default(),
            session: Session::default(),
        }
    }

    /// The context of a request about a task. The protocol library has asked whether the client ever said that it
    /// follows tasks; the request has to say so itself.
    pub(crate) fn task_context(&self, context: &mut RequestContext<RoleServer>) -> Answer<Context> {
        if !crate::protocol::tasks::is_declared(&context.meta) {
            return Err(crate::protocol::tasks::undeclared());
        }
        Ok(self.context(context, None))
    }

    /// The tasks of whoever asks. The protocol library asks only where the server says that it has them.
    pub(crate) fn tasks<'a>(&'a self, context: &'a Context) -> Answer<Tasks<'a>> {
        let tasks = self.core.tasks(context.caller_scope());
        tasks.ok_or_else(|| ErrorData::internal_error("the server has no tasks", None))
    }
}

/// Says how long an answer may be kept, and by whom, if the server does.
macro_rules! hints {
    ($bridge:ident, $result:ident) => {
        if let Some((milliseconds, scope)) = $bridge.core.cache {
            $result.ttl_ms = Some(milliseconds);
            $result.cache_scope = Some(scope);
        }
    };
}

impl ServerHandler for Bridge {
    fn get_info(&self) -> ServerConfig {
        let config = self.config.get_or_init(|| {
            let registry = &self.core.registry;
            let mut capabilities = ServerCapabilities::default();
            capabilities.tools = registry.has_tools().then(|| {
                let mut tools = ToolsCapability::default();
                tools.list_changed = Some(true);
                tools
            });
            capabilities.prompts = registry.has_prompts().then(|| {
                let mut prompts = PromptsCapability::default();
                prompts.list_changed = Some(true);
                prompts
            });
            capabilities.resources = registry.has_resources().then(|| {
                let mut resources = ResourcesCapability::default();
                resources.subscribe = Some(true);
                resources.list_changed = Some(true);
                resources
            });
            capabilities.completions = registry.has_completions().then(JsonObject::default);
            capabilities.logging = Some(JsonObject::default());
            if self.core.offers_tasks() {
                crate::protocol::tasks::advertise(&mut capabilities);
            }

            let identity = &self.core.identity;
            let mut server = Implementation::new(&*identity.name, identity.version.clone());
            server.title.clone_from(&identity.title);
            let mut config = ServerConfig::new(capabilities).with_server_info(server);
            config.instructions.clone_from(&identity.instructions);
            config
        });
        config.clone()
    }

    async fn set_level(
        &self,
        request: SetLevelRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Answer<()> {
        let level = client_channel::from_wire(request.level);
        *self
            .log_level
            .write()
            .unwrap_or_else(PoisonError::into_inner) = level;
        Ok(())
    }

    // The transport compares the headers of a call with the schema of its tool.
    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.core.registry.listing(name).cloned()
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Answer<DiscoverResult> {
        let versions = self.supported_protocol_versions().into_owned();
        let mut result = DiscoverResult::from_server_info(versions, self.get_info());
        if let Some((milliseconds, scope)) = self.core.cache {
            (result.ttl_ms, result.cache_scope) = (milliseconds, scope);
        }
        Ok(result)
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let changes = self.core.changes.subscribe();
        self.subscriptions.listen(context.peer, changes);
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Answer<()> {
        subscriptions::tell(subscription, self.core.changes.subscribe()).await;
        Ok(())
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Answer<()> {
        let uri = request.uri;
        if self.core.registry.resource(&uri).is_none() {
            return Err(into_error(RequestError::UnknownResource { uri }));
        }
        self.subscriptions.add(uri);
        Ok(())
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Answer<()> {
        self.subscriptions.remove(&request.uri);
        Ok(())
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Answer<ListToolsResult> {
        let tools = self.core.registry.list_tools();
        let (tools, next) = self.page(tools, |tool| &tool.name, request)?;
        let mut result = ListToolsResult::with_all_items(tools);
        result.next_cursor = next;
        hints!(self, result);
        Ok(result)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Answer<CallToolResponse> {
        let name = &*request.name;
        let arguments = request.arguments.unwrap_or_default();
        let task = self
            .core
            .task_tool(name)
            .filter(|_| self.core.offers_tasks());
        let is_declared = crate::protocol::tasks::is_declared(&context.meta);
        if !is_declared && task.is_some_and(|(_, options)| options.required) {
            return Err(crate::protocol::tasks::undeclared());
        }
        let round = Self::round(&context, "tools/call", name, &arguments);
        let (state, responses) = (request.request_state, request.input_responses);
        let answer = self
            .in_rounds(context, round, state, responses, async |context| match task
                .filter(|_| is_declared)
            {
                Some((tool, options)) => {
                    self.core
                        .start_task(tool, options, arguments, context)
                        .await
                }
                None => {
                    let result = self.core.call_tool(name, arguments, context).await;
                    result.map(Called::Answered)
                }
            })
            .await?;
        Ok(match answer {
            Ok(Called::Answered(result)) => CallToolResponse::Complete(into_wire(result)),
            Ok(Called::Task(created)) => {
                CallToolResponse::Task(crate::protocol::tasks::handle(created))
            }
            Err(required) => CallToolResponse::InputRequired(required),
        })
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        mut context: RequestContext<RoleServer>,
    ) -> Answer<GetTaskResult> {
        let context = self.task_context(&mut context)?;
        let found = self.tasks(&context)?.get(&request.task_id).await;
        let view = found.map_err(|error| crate::protocol::tasks::into_error(&error))?;
        crate::protocol::tasks::detailed(request.task_id, view)
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        mut context: RequestContext<RoleServer>,
    ) -> Answer<()> {
        let context = self.task_context(&mut context)?;
        let answers = request.input_responses.into_iter().collect();
        let updated = self
            .tasks(&context)?
            .update(&request.task_id, &answers)
            .await;
        updated.map_err(|error| crate::protocol::tasks::into_error(&error))
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        mut context: RequestContext<RoleServer>,
    ) -> Answer<()> {
        let context = self.task_context(&mut context)?;
        let cancelled = self.tasks(&context)?.cancel(&request.task_id).await;
        cancelled.map_err(|error| crate::protocol::tasks::into_error(&error))
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Answer<ListResourcesResult> {
        let resources = self.core.registry.list_resources();
        let (resources, next) = self.page(resources, |resource| &resource.uri, request)?;
        let mut result = ListResourcesResult::with_all_items(resources);
        result.next_cursor = next;
        hints!(self, result);
        Ok(result)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Answer<ListResourceTemplatesResult> {
        let templates = self.core.registry.list_templates();
        let (templates, next) = self.page(templates, |it| &it.uri_template, request)?;
        let mut result = ListResourceTemplatesResult::with_all_items(templates);
        result.next_cursor = next;
        hints!(self, result);
        Ok(result)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Answer<ReadResourceResponse> {
        let uri = &*request.uri;
        let round = Self::round(&context, "resources/read", uri, &JsonObject::new());
        let (state, responses) = (request.request_state, request.input_responses);
        let answer = self
            .in_rounds(context, round, state, responses, |context| {
                self.core.read_resource(uri, context)
            })
            .await?;
        Ok(match answer {
            Ok(contents) => {
                let mut result = ReadResourceResult::new(contents);
                hints!(self, result);
                ReadResourceResponse::Complete(result)
            }
            Err(required) => ReadResourceResponse::InputRequired(required),
        })
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Answer<CompleteResult> {
        let of = match &request.r#ref {
            Reference::Prompt(prompt) => CompletionOf::Prompt(&prompt.name),
            Reference::Resource(resource) => CompletionOf::Resource(&resource.uri),
            _ => return Err(ErrorData::invalid_params("this cannot be completed", None)),
        };
        let known = request.context.and_then(|context| context.arguments);
        let known = known
            .into_iter()
            .flatten()
            .map(|(name, value)| (name, value.into()))
            .collect();
        let ArgumentInfo { name, value, .. } = request.argument;
        let live = self.context(&mut context, None);
        let answer = self.core.complete(of, &name, value, known, live);
        let completions = unless_cancelled(context, answer)
            .await?
            .map_err(into_error)?;
        let mut info = CompletionInfo::default();
        info.values = completions.values;
        info.total = completions.total;
        info.has_more = Some(completions.has_more);
        Ok(CompleteResult::new(info))
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Answer<ListPromptsResult> {
        let prompts = self.core.registry.list_prompts();
        let (prompts, next) = self.page(prompts, |prompt| &prompt.name, request)?;
        let mut result = ListPromptsResult::with_all_items(prompts);
        result.next_cursor = next;
        hints!(self, result);
        Ok(result)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Answer<GetPromptResponse> {
        let name = &*request.name;
        let arguments = request.arguments.unwrap_or_default();
        let round = Self::round(&context, "prompts/get", name, &arguments);
        let (state, responses) = (request.request_state, request.input_responses);
        let answer = self
            .in_rounds(context, round, state, responses, |context| {
                self.core.get_prompt(name, arguments, context)
            })
            .await?;
        Ok(match answer {
            Ok((messages, description)) => {
                let mut result = GetPromptResult::new(messages);
                result.description = description.map(Into::into);
                GetPromptResponse::Complete(result)
            }
            Err(required) => GetPromptResponse::InputRequired(required),
        })
    }
}
