//! Tools, resources and prompts that a program makes while it runs.

use std::borrow::Cow;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};

use crate::component::access::Component;
use crate::component::options::ToolHints;
use crate::component::output::tool_result::{IntoToolResult, ToolResult};
use crate::component::prompt::IntoPromptResult;
use crate::component::resource::{IntoResourceResult, ResourceResult};
use crate::component::ui::{self, UiVisibility};
use crate::component_kind::ComponentKind;
use crate::error::Result;
use crate::mcp::{MetaObject, Prompt, PromptArgument, PromptMessage, Resource, Tool};
use crate::middleware::request::{PromptGet, ResourceRead, ToolCall};

type Handler<R, T> = Arc<dyn Fn(R) -> BoxFuture<'static, Result<T>> + Send + Sync>;

/// A tool, a resource or a prompt that a program makes while it runs.
#[allow(missing_docs, reason = "the types say it")]
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum DynamicComponent {
    Tool(DynamicTool),
    Resource(DynamicResource),
    Prompt(DynamicPrompt),
}

impl DynamicComponent {
    pub(crate) fn kind_and_name(&self) -> (ComponentKind, String) {
        match self {
            Self::Tool(tool) => (ComponentKind::Tool, tool.name.clone()),
            Self::Resource(resource) => (ComponentKind::Resource, resource.uri.clone()),
            Self::Prompt(prompt) => (ComponentKind::Prompt, prompt.name.clone()),
        }
    }

    /// Returns the problem that prevents the listing, and the fix.
    pub(crate) fn problem(&self) -> Option<String> {
        match self {
            Self::Tool(tool) => tool.problem(),
            Self::Resource(resource) => {
                let (scheme, rest) = resource.uri.split_once(':').unwrap_or_default();
                let is_uri = !scheme.is_empty() && !rest.is_empty();
                if !is_uri || resource.uri.contains(char::is_whitespace) {
                    return Some("it is not a URI; write one such as `data://report`".to_owned());
                }
                if ui::is_ui(&resource.uri) && resource.mime_type.as_deref() != Some(ui::MIME_TYPE)
                {
                    return Some(format!(
                        "a page must have the MIME type `{}`",
                        ui::MIME_TYPE
                    ));
                }
                let is_template = resource.uri.contains(['{', '}']);
                is_template.then(|| "only `#[resource]` can declare a template".to_owned())
            }
            Self::Prompt(prompt) => {
                let is_empty = prompt.name.is_empty();
                is_empty.then(|| "the name is empty".to_owned())
            }
        }
    }
}

impl From<DynamicTool> for DynamicComponent {
    fn from(tool: DynamicTool) -> Self {
        Self::Tool(tool)
    }
}

impl From<DynamicResource> for DynamicComponent {
    fn from(resource: DynamicResource) -> Self {
        Self::Resource(resource)
    }
}

impl From<DynamicPrompt> for DynamicComponent {
    fn from(prompt: DynamicPrompt) -> Self {
        Self::Prompt(prompt)
    }
}

/// Implements the methods that all dynamic components have.
macro_rules! common {
    ($component:ident, $kind:ident, |$it:ident| $name:expr, $uri:expr, $hints:expr) => {
        impl $component {
            /// Sets the name for people.
            #[must_use]
            pub fn title(mut self, title: impl Into<String>) -> Self {
                self.title = Some(title.into());
                self
            }

            /// Sets the description.
            #[must_use]
            pub fn description(mut self, description: impl Into<String>) -> Self {
                self.description = Some(description.into());
                self
            }

            /// Sets the tags, by which a [`Selection`](crate::Selection) can select the component.
            #[must_use]
            pub fn tags(mut self, tags: impl IntoIterator<Item = &'static str>) -> Self {
                self.tags = tags.into_iter().collect();
                self
            }

            /// Sets the scopes that a caller over HTTP must have.
            #[must_use]
            pub fn scopes(mut self, scopes: impl IntoIterator<Item = &'static str>) -> Self {
                self.scopes = scopes.into_iter().collect();
                self
            }

            pub(crate) fn component(&self) -> Component {
                let $it = self;
                Component {
                    kind: ComponentKind::$kind,
                    name: Cow::Owned($name),
                    uri: $uri,
                    tags: Cow::Owned(self.tags.clone()),
                    module: "",
                    location: None,
                    scopes: Cow::Owned(self.scopes.clone()),
                    hints: $hints,
                }
            }
        }

        impl std::fmt::Debug for $component {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($component))
                    .field("component", &self.component())
                    .finish_non_exhaustive()
            }
        }
    };
}

/// A tool that a program makes while it runs.
///
/// ```
/// use fastmcp::DynamicTool;
/// use fastmcp::middleware::ToolCall;
/// use fastmcp::serde_json::json;
///
/// let double = DynamicTool::new("double", |call: ToolCall| async move {
///     let number = call.arguments().get("number").and_then(|it| it.as_f64());
///     Ok(format!("{}", number.unwrap_or_default() * 2.0))
/// })
/// .description("Doubles a number.")
/// .input_schema(json!({
///     "type": "object",
///     "properties": { "number": { "type": "number" } },
///     "required": ["number"]
/// }))
/// .read_only();
/// # let _ = double;
/// ```
#[derive(Clone)]
pub struct DynamicTool {
    name: String,
    title: Option<String>,
    description: Option<String>,
    input_schema: Value,
    output_schema: Option<Value>,
    tags: Vec<&'static str>,
    scopes: Vec<&'static str>,
    hints: ToolHints,
    /// The URI of the page that shows the results.
    page: Option<String>,
    is_app_only: bool,
    pub(crate) handler: Handler<ToolCall, ToolResult>,
}

common!(DynamicTool, Tool, |it| it.name.clone(), None, it.hints);

impl DynamicTool {
    /// Creates a tool. The handler reads the arguments from the call; they are not checked against the schema.
    pub fn new<F, A, T>(name: impl Into<String>, handler: F) -> Self
    where
        F: Fn(ToolCall) -> A + Send + Sync + 'static,
        A: Future<Output = Result<T>> + Send + 'static,
        T: IntoToolResult,
    {
        Self {
            name: name.into(),
            title: None,
            description: None,
            input_schema: json!({ "type": "object" }),
            output_schema: None,
            tags: Vec::new(),
            scopes: Vec::new(),
            hints: ToolHints::NONE,
            page: None,
            is_app_only: false,
            handler: Arc::new(move |call| {
                let result = handler(call);
                async move { Ok(result.await?.into_tool_result()) }.boxed()
            }),
        }
    }

    /// Sets the schema of the arguments, by default any object.
    #[must_use]
    pub fn input_schema(mut self, schema: Value) -> Self {
        self.input_schema = schema;
        self
    }

    /// Sets the schema of the structured content.
    #[must_use]
    pub fn output_schema(mut self, schema: Value) -> Self {
        self.output_schema = Some(schema);
        self
    }

    /// States that a call changes nothing (MCP, `readOnlyHint`).
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.hints.read_only = Some(true);
        self
    }

    /// States whether a call may destroy data (MCP, `destructiveHint`).
    #[must_use]
    pub fn destructive(mut self, destructive: bool) -> Self {
        self.hints.destructive = Some(destructive);
        self
    }

    /// States that a repeated call has no further effect (MCP, `idempotentHint`).
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.hints.idempotent = Some(true);
        self
    }

    /// Sets the [page](crate::guide::apps) that shows the results: the URI of a resource of the server, which begins with
    /// `ui://`.
    #[must_use]
    pub fn ui(mut self, uri: impl Into<String>) -> Self {
        self.page = Some(uri.into());
        self
    }

    /// Lets only the pages of the server call the tool. Hosts hide it from the model.
    #[must_use]
    pub fn app_only(mut self) -> Self {
        self.is_app_only = true;
        self
    }

    fn problem(&self) -> Option<String> {
        if let Some(page) = self.page.as_ref().filter(|it| !ui::is_ui(it)) {
            return Some(format!(
                "the URI of its page must begin with `ui://`, got `{page}`"
            ));
        }
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if self.name.is_empty() || self.name.len() > 64 || !self.name.bytes().all(is_allowed) {
            return Some("hosts only accept names of 1 to 64 letters, digits, `_` and `-`".into());
        }
        let is_object = |schema: &Value| schema["type"] == "object";
        if !is_object(&self.input_schema) {
            return Some("the input schema must have `\"type\": \"object\"`".into());
        }
        let is_invalid = self.output_schema.as_ref().is_some_and(|it| !is_object(it));
        is_invalid.then(|| "the output schema must have `\"type\": \"object\"`".into())
    }

    pub(crate) fn listing(&self) -> Tool {
        let object = |schema: &Value| schema.as_object().cloned().unwrap_or_default();
        let description = self.description.clone().map(Into::into);
        let schema = Arc::new(object(&self.input_schema));
        let mut tool = Tool::new_with_raw(self.name.clone(), description, schema);
        tool.title.clone_from(&self.title);
        tool.output_schema = self.output_schema.as_ref().map(|it| Arc::new(object(it)));
        tool.annotations = self.hints.listing();
        tool.meta = meta(&self.tags);
        if self.page.is_some() || self.is_app_only {
            let MetaObject(meta) = tool.meta.get_or_insert_default();
            let visibility = if self.is_app_only {
                UiVisibility::AppOnly
            } else {
                UiVisibility::ModelAndApp
            };
            ui::write_tool(meta, self.page.as_deref(), visibility);
        }
        tool
    }
}

/// A resource that a program makes while it runs.
///
/// ```
/// use fastmcp::DynamicResource;
///
/// let report = DynamicResource::new("report://today", |_| async { Ok("all is well") })
///     .title("Today's report")
///     .mime_type("text/markdown");
/// # let _ = report;
/// ```
#[derive(Clone)]
pub struct DynamicResource {
    uri: String,
    title: Option<String>,
    description: Option<String>,
    pub(crate) mime_type: Option<String>,
    tags: Vec<&'static str>,
    scopes: Vec<&'static str>,
    pub(crate) handler: Handler<ResourceRead, ResourceResult>,
}

common!(
    DynamicResource,
    Resource,
    |it| it.uri.clone(),
    Some(Cow::Owned(it.uri.clone())),
    ToolHints::NONE
);

impl DynamicResource {
    /// Creates a resource with this URI, which has no variables. If it begins with `ui://`, the resource is a
    /// [page](crate::guide::apps) of the MIME type that hosts require.
    pub fn new<F, A, T>(uri: impl Into<String>, handler: F) -> Self
    where
        F: Fn(ResourceRead) -> A + Send + Sync + 'static,
        A: Future<Output = Result<T>> + Send + 'static,
        T: IntoResourceResult,
    {
        let uri = uri.into();
        Self {
            mime_type: ui::is_ui(&uri).then(|| ui::MIME_TYPE.to_owned()),
            uri,
            title: None,
            description: None,
            tags: Vec::new(),
            scopes: Vec::new(),
            handler: Arc::new(move |read| {
                let result = handler(read);
                async move { Ok(result.await?.into_resource_result()) }.boxed()
            }),
        }
    }

    /// Sets the MIME type.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    pub(crate) fn listing(&self) -> Resource {
        let mut resource = Resource::new(self.uri.clone(), self.uri.clone());
        resource.title.clone_from(&self.title);
        resource.description.clone_from(&self.description);
        resource.mime_type.clone_from(&self.mime_type);
        resource.meta = meta(&self.tags);
        resource
    }
}

/// A prompt that a program makes while it runs.
///
/// ```
/// use fastmcp::DynamicPrompt;
/// use fastmcp::middleware::PromptGet;
///
/// let review = DynamicPrompt::new("review", |get: PromptGet| async move {
///     Ok(format!("Review {}.", get.arguments().get("file").and_then(|it| it.as_str()).unwrap_or("all")))
/// })
/// .argument("file", "The file", false);
/// # let _ = review;
/// ```
#[derive(Clone)]
pub struct DynamicPrompt {
    name: String,
    title: Option<String>,
    pub(crate) description: Option<String>,
    arguments: Vec<PromptArgument>,
    tags: Vec<&'static str>,
    scopes: Vec<&'static str>,
    pub(crate) handler: Handler<PromptGet, Vec<PromptMessage>>,
}

common!(
    DynamicPrompt,
    Prompt,
    |it| it.name.clone(),
    None,
    ToolHints::NONE
);

impl DynamicPrompt {
    /// Creates a prompt.
    pub fn new<F, A, T>(name: impl Into<String>, handler: F) -> Self
    where
        F: Fn(PromptGet) -> A + Send + Sync + 'static,
        A: Future<Output = Result<T>> + Send + 'static,
        T: IntoPromptResult,
    {
        Self {
            name: name.into(),
            title: None,
            description: None,
            arguments: Vec::new(),
            tags: Vec::new(),
            scopes: Vec::new(),
            handler: Arc::new(move |get| {
                let messages = handler(get);
                async move { Ok(messages.await?.into_messages()) }.boxed()
            }),
        }
    }

    /// Adds an argument. Its value is text.
    #[must_use]
    pub fn argument(
        mut self,
        name: impl Into<String>,
        description: impl Into<String>,
        required: bool,
    ) -> Self {
        let argument = PromptArgument::new(name.into()).with_description(description.into());
        self.arguments.push(argument.with_required(required));
        self
    }

    pub(crate) fn listing(&self) -> Prompt {
        let arguments = Some(self.arguments.clone());
        let mut prompt = Prompt::new(self.name.clone(), self.description.clone(), arguments);
        prompt.title.clone_from(&self.title);
        prompt.meta = meta(&self.tags);
        prompt
    }
}

/// Returns the tags in `_meta`, under the same key as for declared components.
fn meta(tags: &[&str]) -> Option<MetaObject> {
    let meta = Map::from_iter([("fastmcp".to_owned(), json!({ "tags": tags }))]);
    (!tags.is_empty()).then(|| MetaObject(meta))
}
