//! Answers the protocol library's requests from the [`Core`]. The only file that names that
//! library's handler trait.
#![expect(
    deprecated,
    reason = "logging to the client is deprecated in 2026-07-28, and served"
)]

mod tasks;

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rmcp::model::{
    ArgumentInfo, CallToolRequestParams, CallToolResponse, CallToolResult, CancelTaskParams,
    CompleteRequestParams, CompleteResult, CompletionInfo, ErrorCode, GetPromptRequestParams,
    GetPromptResponse, GetPromptResult, GetTaskParams, GetTaskResult, Implementation, JsonObject,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    MetaObject, PaginatedRequestParams, ProtocolVersion, ReadResourceRequestParams,
    ReadResourceResponse, ReadResourceResult, Reference, ServerCapabilities, ServerConfig,
    SetLevelRequestParams, UpdateTaskParams,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Value, json};

use super::core::{CompletionOf, Core, RequestError};
use super::link::{self, PeerLink};
use super::tasks::{ErrorObject, Tasks};
use crate::component::ToolResult;
use crate::context::{Context, LogLevel, Request};
use crate::docket::TraceContext;
use crate::mcp::Tool;

/// One connection's view of a server.
#[derive(Clone)]
pub(crate) struct Bridge {
    core: Arc<Core>,
    config: Arc<OnceLock<ServerConfig>>,
    /// What a client of the 2025 era asked for with `logging/setLevel`.
    log_level: Arc<RwLock<LogLevel>>,
}

type Answer<T> = Result<T, ErrorData>;

impl Bridge {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self {
            core,
            config: Arc::default(),
            log_level: Arc::new(RwLock::new(LogLevel::Debug)),
        }
    }

    /// The context of a request about a task. The protocol library has asked whether the client ever said that it
    /// follows tasks; the request has to say so itself.
    fn task_context(&self, context: &mut RequestContext<RoleServer>) -> Answer<Context> {
        if !tasks::is_declared(&context.meta) {
            return Err(tasks::undeclared());
        }
        Ok(self.context(context))
    }

    /// The tasks of whoever asks. The protocol library asks only where the server says that it has them.
    fn tasks<'a>(&'a self, context: &'a Context) -> Answer<Tasks<'a>> {
        let tasks = self.core.tasks(context.caller_scope());
        tasks.ok_or_else(|| ErrorData::internal_error("the server has no tasks", None))
    }

    fn context(&self, context: &mut RequestContext<RoleServer>) -> Context {
        let protocol = context.protocol_version();
        // From 2026-07-28 on, a request says itself whether it wants log messages; before, a
        // client that does not say gets them all.
        let is_stateless = protocol
            .as_ref()
            .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str());
        let of_session = || {
            *self
                .log_level
                .read()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let log_level = match context.meta.log_level() {
            Some(level) => Some(link::from_wire(level)),
            None => (!is_stateless).then(of_session),
        };
        Context::new(Request {
            id: context.id.to_string(),
            server: Arc::clone(&self.core.identity.name),
            client: context.client_info(),
            protocol,
            scope: None,
            #[cfg(feature = "http")]
            http: context
                .extensions
                .remove::<axum::http::request::Parts>()
                .map(Arc::new),
            trace: context.meta.get_traceparent().map(|parent| TraceContext {
                traceparent: parent.to_owned(),
                tracestate: context.meta.get_tracestate().map(ToOwned::to_owned),
            }),
            link: Box::new(PeerLink {
                peer: context.peer.clone(),
                progress_token: context.meta.get_progress_token(),
                log_level,
            }),
        })
    }
}

/// Waits for an answer, unless the client takes its request back or is gone: then the handler's
/// future is dropped where it stands.
async fn unless_cancelled<T>(
    context: RequestContext<RoleServer>,
    answer: impl Future<Output = Result<T, RequestError>>,
) -> Answer<T> {
    tokio::select! {
        answer = answer => answer.map_err(into_error),
        () = context.ct.cancelled() => {
            Err(ErrorData::new(ErrorCode::INTERNAL_ERROR, "the request was cancelled", None))
        }
    }
}

/// The error that an answer would have been, to be kept.
pub(super) fn error_object(error: RequestError) -> ErrorObject {
    tasks::error_object(into_error(error))
}

fn into_error(error: RequestError) -> ErrorData {
    let message = error.to_string();
    match error {
        RequestError::Unknown { .. } | RequestError::Arguments(_) => {
            ErrorData::invalid_params(message, None)
        }
        RequestError::UnknownResource { uri } => {
            ErrorData::resource_not_found(message, Some(json!({ "uri": uri })))
        }
        RequestError::Internal(_) => ErrorData::internal_error(message, None),
    }
}

fn into_wire(result: ToolResult) -> CallToolResult {
    let mut wire = CallToolResult::success(result.content);
    wire.structured_content = result.structured_content;
    wire.is_error = Some(result.is_error);
    wire.meta = result.meta.map(MetaObject::from);
    wire
}

impl ServerHandler for Bridge {
    fn get_info(&self) -> ServerConfig {
        let config = self.config.get_or_init(|| {
            let registry = &self.core.registry;
            let mut capabilities = ServerCapabilities::default();
            capabilities.tools = registry.has_tools().then(Default::default);
            capabilities.prompts = registry.has_prompts().then(Default::default);
            capabilities.resources = registry.has_resources().then(Default::default);
            capabilities.completions = registry.has_completions().then(JsonObject::default);
            capabilities.logging = Some(JsonObject::default());
            if self.core.offers_tasks() {
                tasks::advertise(&mut capabilities);
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
        let level = link::from_wire(request.level);
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

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Answer<ListToolsResult> {
        Ok(ListToolsResult::with_all_items(
            self.core.registry.list_tools().to_vec(),
        ))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Answer<CallToolResponse> {
        let arguments = request.arguments.unwrap_or_default();
        if self.core.offers_tasks()
            && let Some((tool, options)) = self.core.task_tool(&request.name)
        {
            if tasks::is_declared(&context.meta) {
                let context = self.context(&mut context);
                let created = self
                    .tasks(&context)?
                    .create(tool, options, arguments, &context, Value::Null)
                    .await
                    .map_err(|error| tasks::into_error(&error))?;
                return Ok(CallToolResponse::Task(tasks::handle(created)));
            }
            if options.required {
                return Err(tasks::undeclared());
            }
        }
        let answer = self
            .core
            .call_tool(&request.name, arguments, self.context(&mut context));
        let result = unless_cancelled(context, answer).await?;
        Ok(CallToolResponse::Complete(into_wire(result)))
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        mut context: RequestContext<RoleServer>,
    ) -> Answer<GetTaskResult> {
        let context = self.task_context(&mut context)?;
        let found = self.tasks(&context)?.get(&request.task_id).await;
        let view = found.map_err(|error| tasks::into_error(&error))?;
        tasks::detailed(request.task_id, view)
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
        updated.map_err(|error| tasks::into_error(&error))
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        mut context: RequestContext<RoleServer>,
    ) -> Answer<()> {
        let context = self.task_context(&mut context)?;
        let cancelled = self.tasks(&context)?.cancel(&request.task_id).await;
        cancelled.map_err(|error| tasks::into_error(&error))
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Answer<ListResourcesResult> {
        Ok(ListResourcesResult::with_all_items(
            self.core.registry.list_resources(),
        ))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Answer<ListResourceTemplatesResult> {
        Ok(ListResourceTemplatesResult::with_all_items(
            self.core.registry.list_templates(),
        ))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Answer<ReadResourceResponse> {
        let answer = self
            .core
            .read_resource(&request.uri, self.context(&mut context));
        let contents = unless_cancelled(context, answer).await?;
        Ok(ReadResourceResponse::Complete(ReadResourceResult::new(
            contents,
        )))
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
        let answer = self
            .core
            .complete(of, &name, value, known, self.context(&mut context));
        let completions = unless_cancelled(context, answer).await?;
        let mut info = CompletionInfo::default();
        info.values = completions.values;
        info.total = completions.total;
        info.has_more = Some(completions.has_more);
        Ok(CompleteResult::new(info))
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Answer<ListPromptsResult> {
        Ok(ListPromptsResult::with_all_items(
            self.core.registry.list_prompts(),
        ))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Answer<GetPromptResponse> {
        let arguments = request.arguments.unwrap_or_default();
        let answer = self
            .core
            .get_prompt(&request.name, arguments, self.context(&mut context));
        let (messages, description) = unless_cancelled(context, answer).await?;
        let mut result = GetPromptResult::new(messages);
        result.description = description.map(Into::into);
        Ok(GetPromptResponse::Complete(result))
    }
}
