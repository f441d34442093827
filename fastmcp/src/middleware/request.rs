//! The requests that middleware wraps, and their answers.

use serde_json::{Map, Value};

use crate::call::inject::origin::TaskCall;
use crate::caller::Caller;
use crate::component::access::Component;
use crate::component::completion::Completions;
use crate::component::output::tool_result::ToolResult;
use crate::context::request::Context;
use crate::mcp::{
    Implementation, Prompt, PromptMessage, Resource, ResourceContents, ResourceTemplate, Skill,
    Tool,
};
use crate::middleware::skill_request::{DirectoryRead, SkillGet};

/// A kind of request that middleware can wrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestKind {
    /// A call of a tool.
    ToolCall,
    /// A read of a resource.
    ResourceRead,
    /// A request for the messages of a prompt.
    PromptGet,
    /// A request for the suggested values of an argument.
    Completion,
    /// A request about a task.
    Task,
    /// The list of tools.
    ListTools,
    /// The list of resources.
    ListResources,
    /// The list of resource templates.
    ListResourceTemplates,
    /// The list of prompts.
    ListPrompts,
    /// The list of skills.
    ListSkills,
    /// A request for the entry of a skill.
    SkillGet,
    /// The list of the files and folders in a folder of a skill.
    DirectoryRead,
}

impl RequestKind {
    /// Returns the method of the protocol. It is `tasks` for requests about tasks, which have several.
    pub fn method(self) -> &'static str {
        match self {
            Self::ToolCall => "tools/call",
            Self::ResourceRead => "resources/read",
            Self::PromptGet => "prompts/get",
            Self::Completion => "completion/complete",
            Self::Task => "tasks",
            Self::ListTools => "tools/list",
            Self::ListResources => "resources/list",
            Self::ListResourceTemplates => "resources/templates/list",
            Self::ListPrompts => "prompts/list",
            Self::ListSkills => "skills/list",
            Self::SkillGet => "skills/get",
            Self::DirectoryRead => "resources/directory/read",
        }
    }
}

/// The methods that every request has.
macro_rules! common_methods {
    ($request:ident) => {
        impl $request {
            /// Returns the live request, for example to report progress or to ask the user.
            pub fn context(&self) -> &Context {
                &self.context
            }

            /// Returns the caller.
            pub fn caller(&self) -> Caller {
                self.context.caller()
            }

            /// Returns the client's name and version, if the client sent them.
            pub fn client(&self) -> Option<&Implementation> {
                self.context.client_info()
            }
        }
    };
}

/// A call of a tool. The answer is a [`ToolResult`].
///
/// The error of a tool that fails is in its result ([`is_error`](ToolResult::is_error)), and so are errors about
/// arguments.
#[derive(Clone)]
pub struct ToolCall {
    pub(crate) component: Component,
    pub(crate) arguments: Map<String, Value>,
    pub(crate) context: Context,
    pub(crate) task: Option<TaskCall>,
}

impl ToolCall {
    /// Returns the tool.
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// Returns the name of the tool.
    pub fn name(&self) -> &str {
        self.component.name()
    }

    /// Returns the arguments, as the client sent them.
    pub fn arguments(&self) -> &Map<String, Value> {
        &self.arguments
    }

    /// Returns the arguments, to change them.
    pub fn arguments_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.arguments
    }

    /// Returns whether the call runs as a task, after its request has ended. The creation of the task was a
    /// [`TaskRequest`].
    pub fn is_task(&self) -> bool {
        self.task.is_some()
    }
}

/// A read of a resource. The answer is its contents.
#[derive(Clone)]
pub struct ResourceRead {
    pub(crate) component: Component,
    pub(crate) uri: String,
    pub(crate) context: Context,
}

impl ResourceRead {
    /// Returns the resource or the resource template.
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// Returns the URI, as the client sent it.
    pub fn uri(&self) -> &str {
        &self.uri
    }
}

/// A request for the messages of a prompt. The answer is a [`PromptResult`].
#[derive(Clone)]
pub struct PromptGet {
    pub(crate) component: Component,
    pub(crate) arguments: Map<String, Value>,
    pub(crate) context: Context,
}

impl PromptGet {
    /// Returns the prompt.
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// Returns the name of the prompt.
    pub fn name(&self) -> &str {
        self.component.name()
    }

    /// Returns the arguments, as the client sent them.
    pub fn arguments(&self) -> &Map<String, Value> {
        &self.arguments
    }

    /// Returns the arguments, to change them.
    pub fn arguments_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.arguments
    }
}

/// The messages of a prompt.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct PromptResult {
    /// The messages.
    pub messages: Vec<PromptMessage>,
    /// The description of the prompt.
    pub description: Option<String>,
}

impl PromptResult {
    /// Creates a result with these messages.
    pub fn new(messages: impl IntoIterator<Item = PromptMessage>) -> Self {
        Self {
            messages: messages.into_iter().collect(),
            description: None,
        }
    }
}

/// A request for the suggested values of an argument. The answer is [`Completions`].
#[derive(Clone)]
pub struct CompletionRequest {
    pub(crate) component: Component,
    pub(crate) argument: String,
    pub(crate) value: String,
    pub(crate) known: Map<String, Value>,
    pub(crate) context: Context,
}

impl CompletionRequest {
    /// Returns the prompt or the resource template that has the argument.
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// Returns the name of the argument.
    pub fn argument(&self) -> &str {
        &self.argument
    }

    /// Returns the text that the user has typed so far.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the arguments that the user has filled in.
    pub fn known(&self) -> &Map<String, Value> {
        &self.known
    }
}

/// An operation on a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskOperation {
    /// A call of a tool that becomes a task.
    Create,
    /// `tasks/get`
    Get,
    /// `tasks/update`: the answers to the questions of a task.
    Update,
    /// `tasks/cancel`
    Cancel,
}

/// A request about a task. A middleware can refuse or delay it, but cannot replace its answer, which is therefore
/// `()`.
///
/// The tool itself runs later, as a [`ToolCall`].
#[derive(Clone)]
pub struct TaskRequest {
    pub(crate) operation: TaskOperation,
    pub(crate) component: Option<Component>,
    pub(crate) id: Option<String>,
    pub(crate) arguments: Map<String, Value>,
    pub(crate) context: Context,
}

impl TaskRequest {
    /// Returns the operation.
    pub fn operation(&self) -> TaskOperation {
        self.operation
    }

    /// Returns the tool of a task that is created. It is `None` for the other operations.
    pub fn component(&self) -> Option<&Component> {
        self.component.as_ref()
    }

    /// Returns the ID of the task. It is `None` for a task that is created.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the arguments of a task that is created.
    pub fn arguments(&self) -> &Map<String, Value> {
        &self.arguments
    }

    /// Returns the arguments of a task that is created, to change them.
    pub fn arguments_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.arguments
    }
}

/// Declares the requests for lists.
macro_rules! lists {
    ($($(#[$doc:meta])* $list:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $list {
            pub(crate) context: Context,
        }

        common_methods!($list);
    )*};
}

lists! {
    /// The list of tools. The answer is all tools that the caller may use, before they are divided into pages.
    ListTools;
    /// The list of resources. The answer is all resources that the caller may use, before they are divided into
    /// pages.
    ListResources;
    /// The list of resource templates. The answer is all templates that the caller may use, before they are divided
    /// into pages.
    ListResourceTemplates;
    /// The list of prompts. The answer is all prompts that the caller may use, before they are divided into pages.
    ListPrompts;
    /// The list of skills. The answer is all skills that the caller may use, before they are divided into pages.
    ListSkills;
}

common_methods!(ToolCall);
common_methods!(ResourceRead);
common_methods!(PromptGet);
common_methods!(CompletionRequest);
common_methods!(TaskRequest);

/// A request of any kind. The answer is an [`Answer`] of the same kind.
#[allow(missing_docs, reason = "the types say it")]
#[derive(Clone)]
#[non_exhaustive]
pub enum Request {
    ToolCall(ToolCall),
    ResourceRead(ResourceRead),
    PromptGet(PromptGet),
    Completion(CompletionRequest),
    Task(TaskRequest),
    ListTools(ListTools),
    ListResources(ListResources),
    ListResourceTemplates(ListResourceTemplates),
    ListPrompts(ListPrompts),
    ListSkills(ListSkills),
    SkillGet(SkillGet),
    DirectoryRead(DirectoryRead),
}

impl Request {
    /// Returns the kind of the request.
    pub fn kind(&self) -> RequestKind {
        match self {
            Self::ToolCall(_) => RequestKind::ToolCall,
            Self::ResourceRead(_) => RequestKind::ResourceRead,
            Self::PromptGet(_) => RequestKind::PromptGet,
            Self::Completion(_) => RequestKind::Completion,
            Self::Task(_) => RequestKind::Task,
            Self::ListTools(_) => RequestKind::ListTools,
            Self::ListResources(_) => RequestKind::ListResources,
            Self::ListResourceTemplates(_) => RequestKind::ListResourceTemplates,
            Self::ListPrompts(_) => RequestKind::ListPrompts,
            Self::ListSkills(_) => RequestKind::ListSkills,
            Self::SkillGet(_) => RequestKind::SkillGet,
            Self::DirectoryRead(_) => RequestKind::DirectoryRead,
        }
    }

    /// Returns the component of the request. Lists and most requests about tasks have none.
    pub fn component(&self) -> Option<&Component> {
        match self {
            Self::ToolCall(it) => Some(&it.component),
            Self::ResourceRead(it) => Some(&it.component),
            Self::PromptGet(it) => Some(&it.component),
            Self::Completion(it) => Some(&it.component),
            Self::SkillGet(it) => Some(&it.component),
            Self::Task(it) => it.component.as_ref(),
            _ => None,
        }
    }

    /// Returns the arguments of a tool or a prompt, or of a task that is created.
    pub fn arguments(&self) -> Option<&Map<String, Value>> {
        match self {
            Self::ToolCall(it) => Some(&it.arguments),
            Self::PromptGet(it) => Some(&it.arguments),
            Self::Task(it) => (it.operation == TaskOperation::Create).then_some(&it.arguments),
            _ => None,
        }
    }

    /// Returns the live request.
    pub fn context(&self) -> &Context {
        match self {
            Self::ToolCall(it) => &it.context,
            Self::ResourceRead(it) => &it.context,
            Self::PromptGet(it) => &it.context,
            Self::Completion(it) => &it.context,
            Self::Task(it) => &it.context,
            Self::ListTools(it) => &it.context,
            Self::ListResources(it) => &it.context,
            Self::ListResourceTemplates(it) => &it.context,
            Self::ListPrompts(it) => &it.context,
            Self::ListSkills(it) => &it.context,
            Self::SkillGet(it) => &it.context,
            Self::DirectoryRead(it) => &it.context,
        }
    }

    /// Returns the caller.
    pub fn caller(&self) -> Caller {
        self.context().caller()
    }

    /// Returns whether the request is a call that runs as a task, after its request has ended.
    pub fn is_task(&self) -> bool {
        matches!(self, Self::ToolCall(call) if call.is_task())
    }

    /// Returns the text that names the request in logs: the component, or the method.
    pub(crate) fn label(&self) -> String {
        let method = self.kind().method();
        match (self, self.component()) {
            (Self::ResourceRead(read), _) => format!("{method} {}", read.uri),
            (Self::SkillGet(get), _) => format!("{method} {}", get.uri),
            (Self::DirectoryRead(read), _) => format!("{method} {}", read.uri),
            (_, Some(component)) => format!("{method} {}", component.key()),
            (_, None) => method.to_owned(),
        }
    }
}

/// The answer to a [`Request`].
#[allow(missing_docs, reason = "the types say it")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    ToolCall(ToolResult),
    ResourceRead(Vec<ResourceContents>),
    PromptGet(PromptResult),
    Completion(Completions),
    Task,
    ListTools(Vec<Tool>),
    ListResources(Vec<Resource>),
    ListResourceTemplates(Vec<ResourceTemplate>),
    ListPrompts(Vec<Prompt>),
    ListSkills(Vec<Skill>),
    SkillGet(Skill),
    DirectoryRead(Vec<Resource>),
}

impl Answer {
    /// Returns whether the answer is the result of a tool that failed.
    pub fn is_error(&self) -> bool {
        matches!(self, Self::ToolCall(result) if result.is_error)
    }
}
