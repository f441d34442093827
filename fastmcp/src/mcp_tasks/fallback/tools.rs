//! [`TaskTools`]: the three tools with which a client without support for tasks follows one.

use std::borrow::Cow;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::ready;
use serde_json::{Map, Value, json};

use crate::call::inject::origin::TaskCall;
use crate::caller::Caller;
use crate::component::access::Component;
use crate::component::completion::Completions;
use crate::component::dispatch::Dispatcher;
use crate::component::options::ToolHints;
use crate::component::output::tool_result::ToolResult;
use crate::component::part::{CompletionInput, CompletionOf, Part, Reply};
use crate::component::request_error::{INVALID_PARAMS, RequestError};
use crate::component::task_fallback::TaskFallback;
use crate::component::task_view::TaskView;
use crate::component_kind::ComponentKind;
use crate::context::request::Context;
use crate::mcp::{Prompt, Resource, ResourceContents, ResourceTemplate, Tool};
use crate::mcp_tasks::fallback::follow::until_ended;
use crate::mcp_tasks::fallback::text;
use crate::mcp_tasks::requests;
use crate::mcp_tasks::tasks::{TaskError, Tasks};
use crate::middleware::request::PromptResult;

const TASK_ID: &str = "taskId";

/// The tools. Their calls run within the middleware of the server, as those of other tools.
pub(crate) struct TaskTools {
    fallback: TaskFallback,
    server: Weak<Dispatcher>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Status,
    Result,
    Cancel,
}

const KINDS: [Kind; 3] = [Kind::Status, Kind::Result, Kind::Cancel];

impl TaskTools {
    pub(crate) fn new(fallback: TaskFallback, server: Weak<Dispatcher>) -> Self {
        Self { fallback, server }
    }

    fn name(&self, kind: Kind) -> &str {
        match kind {
            Kind::Status => &self.fallback.status,
            Kind::Result => &self.fallback.result,
            Kind::Cancel => &self.fallback.cancel,
        }
    }

    fn kind(&self, name: &str) -> Option<Kind> {
        KINDS.into_iter().find(|kind| self.name(*kind) == name)
    }

    fn component(&self, kind: Kind) -> Component {
        Component {
            kind: ComponentKind::Tool,
            name: Cow::Owned(self.name(kind).to_owned()),
            uri: None,
            tags: Cow::Borrowed(&[]),
            module: "",
            location: None,
            scopes: Cow::Borrowed(&[]),
            hints: hints(kind),
        }
    }

    fn tool_listing(&self, kind: Kind) -> Tool {
        let TaskFallback { after, result, .. } = &self.fallback;
        let description = match kind {
            Kind::Status => format!(
                "Returns the status of a task: of a call that goes on in the background. `{result}` returns its result."
            ),
            Kind::Result => format!(
                "Returns the result of a task: of a call that goes on in the background. Waits up to {after:?}; if the task \
                 has not ended by then, the answer says when to call again."
            ),
            Kind::Cancel => {
                "Ends a task: a call that goes on in the background. A task that has ended stays as it is."
                    .to_owned()
            }
        };
        let schema = json!({
            "type": "object",
            "properties": {
                (TASK_ID): {
                    "type": "string",
                    "description": "The taskId in the answer to the call",
                },
            },
            "required": [TASK_ID],
            "additionalProperties": false,
        });
        let schema = schema.as_object().cloned().unwrap_or_default();
        let name = self.name(kind).to_owned();
        let mut tool = Tool::new_with_raw(name, Some(description.into()), Arc::new(schema));
        tool.annotations = hints(kind).listing();
        tool
    }

    async fn call(
        &self,
        kind: Kind,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Result<ToolResult, RequestError> {
        let Some(server) = self.server.upgrade() else {
            return Err(RequestError::Internal("the server has stopped".into()));
        };
        let id = match task_id(&arguments) {
            Ok(id) => id,
            Err(problem) => return Ok(ToolResult::error(problem)),
        };
        let fallback = &self.fallback;
        let answered = match kind {
            Kind::Status => requests::get(&server, id, context)
                .await
                .map(|view| text::status(fallback, id, &view)),
            Kind::Result => await_end(&server, id, fallback.after, &context)
                .await
                .map(|view| text::result(fallback, id, view)),
            Kind::Cancel => match requests::cancel(&server, id, context.clone()).await {
                Ok(()) => requests::get(&server, id, context)
                    .await
                    .map(|view| text::cancelled(id, &view)),
                Err(error) => Err(error),
            },
        };
        match answered {
            Err(RequestError::Protocol(error)) if error.code == INVALID_PARAMS => {
                Ok(text::error(&TaskError::NotFound))
            }
            answered => answered,
        }
    }
}

/// Returns the view of a task after it has ended, or after `limit`.
async fn await_end(
    server: &Arc<Dispatcher>,
    id: &str,
    limit: Duration,
    context: &Context,
) -> Result<TaskView, RequestError> {
    // The first look shows whether the task belongs to the caller, within the middleware.
    let view = requests::get(server, id, context.clone()).await?;
    if view.status.is_terminal() {
        return Ok(view);
    }
    for owner in server.docket_owners() {
        let Some(tasks) = Tasks::of_caller(&owner, context) else {
            continue;
        };
        if tasks.get(id).await.is_err() {
            continue;
        }
        let Some(docket) = &owner.provided.docket else {
            continue;
        };
        let ended = until_ended(docket, id, limit, context).await;
        ended.map_err(requests::request_error)?;
        break;
    }
    requests::get(server, id, context.clone()).await
}

fn hints(kind: Kind) -> ToolHints {
    ToolHints {
        read_only: Some(kind != Kind::Cancel),
        destructive: (kind == Kind::Cancel).then_some(true),
        idempotent: Some(true),
        open_world: Some(false),
    }
}

/// Returns the argument, or the text about an invalid one.
fn task_id(arguments: &Map<String, Value>) -> Result<&str, String> {
    if let Some(unknown) = arguments.keys().find(|it| *it != TASK_ID) {
        return Err(format!(
            "argument `{unknown}`: unknown; the tool takes `{TASK_ID}` only"
        ));
    }
    match arguments.get(TASK_ID) {
        Some(Value::String(id)) => Ok(id.trim()),
        Some(other) => Err(format!(
            "argument `{TASK_ID}`: expected a string, got {other}"
        )),
        None => Err(format!(
            "argument `{TASK_ID}`: missing; it is in the answer to the call that became a task"
        )),
    }
}

impl Part for TaskTools {
    fn components(&self) -> Vec<Component> {
        KINDS.map(|kind| self.component(kind)).to_vec()
    }

    fn tool(&self, name: &str, _: Option<&Caller>) -> Option<Component> {
        Some(self.component(self.kind(name)?))
    }

    fn prompt(&self, _: &str, _: Option<&Caller>) -> Option<Component> {
        None
    }

    fn resource(&self, _: &str, _: Option<&Caller>) -> Option<Component> {
        None
    }

    fn template(&self, _: &str, _: Option<&Caller>) -> Option<Component> {
        None
    }

    fn tools(&self, _: &Caller) -> Vec<Tool> {
        KINDS.map(|kind| self.tool_listing(kind)).to_vec()
    }

    fn list_tools(&self, context: Context) -> Reply<'_, Vec<Tool>> {
        let tools = if context.declares_tasks() {
            Vec::new()
        } else {
            self.tools(&context.caller())
        };
        ready(Ok(tools)).boxed()
    }

    fn prompts(&self, _: &Caller) -> Vec<Prompt> {
        Vec::new()
    }

    fn resources(&self, _: &Caller) -> Vec<Resource> {
        Vec::new()
    }

    fn templates(&self, _: &Caller) -> Vec<ResourceTemplate> {
        Vec::new()
    }

    fn listing(&self, name: &str) -> Option<Tool> {
        Some(self.tool_listing(self.kind(name)?))
    }

    fn call_tool(
        &self,
        name: String,
        arguments: Map<String, Value>,
        context: Context,
        _: Option<TaskCall>,
    ) -> Reply<'_, ToolResult> {
        let kind = self.kind(&name).filter(|_| !context.declares_tasks());
        async move {
            match kind {
                Some(kind) => self.call(kind, arguments, context).await,
                None => Err(RequestError::unknown("tool", &name, [])),
            }
        }
        .boxed()
    }

    fn read_resource(&self, uri: String, _: Context) -> Reply<'_, Vec<ResourceContents>> {
        ready(Err(RequestError::UnknownResource { uri })).boxed()
    }

    fn get_prompt(
        &self,
        name: String,
        _: Map<String, Value>,
        _: Context,
    ) -> Reply<'_, PromptResult> {
        ready(Err(RequestError::unknown("prompt", &name, []))).boxed()
    }

    fn complete(&self, of: CompletionOf, _: CompletionInput, _: Context) -> Reply<'_, Completions> {
        let error = match of {
            CompletionOf::Prompt(name) => RequestError::unknown("prompt", &name, []),
            CompletionOf::Resource(uri) => RequestError::UnknownResource { uri },
        };
        ready(Err(error)).boxed()
    }

    fn offers(&self, kind: ComponentKind) -> bool {
        kind == ComponentKind::Tool
    }

    fn completes(&self) -> bool {
        false
    }
}
