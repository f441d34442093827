//! [`AddedComponents`]: the components that are added and removed while a server runs.

pub(crate) mod part;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use crate::caller::Caller;
use crate::component::access::Component;
use crate::component::changes::Changes;
use crate::component::dynamic::{DynamicComponent, DynamicPrompt, DynamicResource, DynamicTool};
use crate::component::request_error::RequestError;
use crate::component_kind::ComponentKind;
use crate::context::change::{Change, ListKind};
use crate::error::{Error, ProtocolError, ToolError};
use crate::normal_uri::NormalUri;

/// The error of a component that cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddError {
    /// The server has a component of this kind with the same name or URI.
    #[error("the server has a {kind} `{name}` already; remove it first, or choose another name")]
    Duplicate {
        /// The kind of the component.
        kind: ComponentKind,
        /// The name, or the URI of a resource.
        name: String,
    },
    /// The component cannot be listed.
    #[error("{kind} `{name}`: {problem}")]
    Invalid {
        /// The kind of the component.
        kind: ComponentKind,
        /// The name, or the URI of a resource.
        name: String,
        /// The problem and the fix.
        problem: String,
    },
}

/// Returns whether another part of the server has a component with this name.
type IsTaken = Box<dyn Fn(ComponentKind, &str) -> bool + Send + Sync>;

/// The connection to a running server.
struct Running {
    changes: Changes,
    mask_error_details: bool,
    is_taken: IsTaken,
}

#[derive(Default)]
struct Components {
    tools: BTreeMap<String, DynamicTool>,
    /// By the key of the URI.
    resources: BTreeMap<String, DynamicResource>,
    prompts: BTreeMap<String, DynamicPrompt>,
}

/// The components that are added and removed while a server runs.
///
/// [`Server::add`](crate::Server::add) needs no such set. A program creates one to pass it to handlers as
/// [`State`](crate::dependencies::State), and gives it to [`FastMcp::dynamic`](crate::FastMcp::dynamic). Clones are the
/// same set.
///
/// ```standalone_crate
/// use fastmcp::client::Client;
/// use fastmcp::prelude::*;
/// use fastmcp::serde_json::json;
/// use fastmcp::{DynamicComponents, DynamicTool};
///
/// /// Adds a tool that greets in a language.
/// #[tool]
/// async fn learn(word: String, tools: State<DynamicComponents>) -> Result<String> {
///     let greeting = word.clone();
///     let greet = DynamicTool::new(&word, move |_| {
///         let greeting = greeting.clone();
///         async move { Ok(greeting) }
///     });
///     tools.add(greet.description("Greets."))?;
///     Ok(format!("call {word}"))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let tools = DynamicComponents::new();
/// let server = FastMcp::new("parrot").dynamic(tools.clone()).state(tools).start().await?;
/// let client = Client::connect(&server).await?;
/// client.call_tool("learn", json!({ "word": "hola" })).await?;
/// assert_eq!(client.list_tools().await?.len(), 2);
/// let result = client.call_tool("hola", json!(null)).await?;
/// assert_eq!(json!(result.content)[0]["text"], "hola");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct DynamicComponents(Arc<AddedComponents>);

impl DynamicComponents {
    /// Creates an empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a [`DynamicTool`], a [`DynamicResource`] or a [`DynamicPrompt`], and notifies clients that the list has
    /// changed.
    ///
    /// # Errors
    ///
    /// [`AddError`] if the name is taken, or the component cannot be listed.
    pub fn add(&self, component: impl Into<DynamicComponent>) -> Result<(), AddError> {
        self.0.add(component.into())
    }

    /// Removes the component with this name or, for a resource, with this URI, and notifies clients that the list has
    /// changed. Returns whether there was one. Calls that run continue.
    pub fn remove(&self, kind: ComponentKind, name: &str) -> bool {
        self.0.remove(kind, name)
    }

    pub(crate) fn inner(&self) -> &Arc<AddedComponents> {
        &self.0
    }
}

impl std::fmt::Debug for DynamicComponents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let components = self.0.read();
        f.debug_struct("DynamicComponents")
            .field("tools", &components.tools.keys())
            .field("resources", &components.resources.keys())
            .field("prompts", &components.prompts.keys())
            .finish()
    }
}

/// The set behind [`DynamicComponents`].
#[derive(Default)]
pub(crate) struct AddedComponents {
    components: RwLock<Components>,
    /// Set when the server starts.
    running: OnceLock<Running>,
    /// Whether the server declares that it has components of all kinds, even if there are none.
    is_declared: OnceLock<()>,
}

impl AddedComponents {
    /// Lets the server declare components of all kinds to clients, so that a client that connects now can use those
    /// that are added later.
    pub(crate) fn declare(&self) {
        let _ = self.is_declared.set(());
    }

    /// Returns whether components may be added that nobody knows at the start.
    pub(crate) fn is_declared(&self) -> bool {
        self.is_declared.get().is_some()
    }

    /// Connects the set to a server.
    pub(crate) fn start(
        &self,
        changes: Changes,
        mask_error_details: bool,
        is_taken: impl Fn(ComponentKind, &str) -> bool + Send + Sync + 'static,
    ) {
        let is_taken: IsTaken = Box::new(is_taken);
        let _ = self.running.set(Running {
            changes,
            mask_error_details,
            is_taken,
        });
    }

    fn read(&self) -> RwLockReadGuard<'_, Components> {
        // Every critical section is one operation on one map, so a poisoned lock is still usable.
        self.components
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, component: DynamicComponent) -> Result<(), AddError> {
        let (kind, name) = component.kind_and_name();
        if let Some(problem) = component.problem() {
            return Err(AddError::Invalid {
                kind,
                name,
                problem,
            });
        }
        let duplicate = || AddError::Duplicate {
            kind,
            name: name.clone(),
        };
        // Before the lock is taken: the server looks at its parts, and this set is one of them.
        if self
            .running
            .get()
            .is_some_and(|it| (it.is_taken)(kind, &name))
        {
            return Err(duplicate());
        }
        let mut components = self
            .components
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let is_new = match component {
            DynamicComponent::Tool(tool) => {
                let is_new = !components.tools.contains_key(&name);
                is_new.then(|| components.tools.insert(name.clone(), tool));
                is_new
            }
            DynamicComponent::Resource(resource) => {
                let key = NormalUri::new(&name).key();
                let is_new = !components.resources.contains_key(&key);
                is_new.then(|| components.resources.insert(key, resource));
                is_new
            }
            DynamicComponent::Prompt(prompt) => {
                let is_new = !components.prompts.contains_key(&name);
                is_new.then(|| components.prompts.insert(name.clone(), prompt));
                is_new
            }
        };
        drop(components);
        if !is_new {
            return Err(duplicate());
        }
        self.announce(kind);
        Ok(())
    }

    fn remove(&self, kind: ComponentKind, name: &str) -> bool {
        let mut components = self
            .components
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let is_removed = match kind {
            ComponentKind::Tool => components.tools.remove(name).is_some(),
            ComponentKind::Resource => {
                let key = NormalUri::new(name).key();
                components.resources.remove(&key).is_some()
            }
            ComponentKind::Prompt => components.prompts.remove(name).is_some(),
        };
        drop(components);
        if is_removed {
            self.announce(kind);
        }
        is_removed
    }

    /// Notifies clients. The change is visible before, so that a client that lists upon the notification sees it.
    fn announce(&self, kind: ComponentKind) {
        let list = match kind {
            ComponentKind::Tool => ListKind::Tools,
            ComponentKind::Resource => ListKind::Resources,
            ComponentKind::Prompt => ListKind::Prompts,
        };
        if let Some(running) = self.running.get() {
            running.changes.announce(Change::List(list));
        }
    }

    fn may_use(caller: Option<&Caller>, component: &Component) -> bool {
        let has_scopes = |caller: &Caller| component.scopes.iter().all(|it| caller.has_scope(it));
        caller.is_none_or(has_scopes)
    }
}

impl AddedComponents {
    /// Returns the text of a handler's error for the client.
    fn message(&self, kind: ComponentKind, name: &str, error: &Error) -> String {
        if error.is::<ToolError>() {
            return error.to_string();
        }
        tracing::warn!(component = %kind, name, error = format!("{error:#}"), "failed");
        if self.running.get().is_some_and(|it| it.mask_error_details) {
            return format!("{kind} `{name}` failed");
        }
        format!("{error:#}")
    }

    /// Converts the error of a handler whose result cannot contain an error.
    fn error(&self, kind: ComponentKind, name: &str, error: Error) -> RequestError {
        match error.downcast::<ProtocolError>() {
            Ok(error) => RequestError::Protocol(error),
            Err(error) => RequestError::Internal(self.message(kind, name, &error)),
        }
    }
}
