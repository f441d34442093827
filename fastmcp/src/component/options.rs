//! What an attribute says of a handler besides its name: how clients see it, and how it is called.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::component::entry::Entry;
use crate::mcp::{Annotations, Icon, MetaObject, Role, ToolAnnotations};

/// The options that tools, resources and prompts have in common. An expansion spells those that
/// were given, and takes the others from [`NONE`](Self::NONE).
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct EntryOptions {
    /// Whether it is served; asked when a server starts.
    pub enabled: Option<fn() -> bool>,
    /// How long one call may take.
    pub timeout: Option<fn() -> Duration>,
    /// Pictures of it.
    pub icons: Option<fn() -> Vec<Icon>>,
    /// Data for clients, a JSON object.
    pub meta: Option<fn() -> Value>,
    /// Whether numbers and bools may be sent as strings.
    pub lenient: bool,
    /// Whether clients may follow a call of it as a task; of tools alone.
    pub task: Option<TaskOptions>,
}

impl EntryOptions {
    /// No option given.
    pub const NONE: Self = Self {
        enabled: None,
        timeout: None,
        icons: None,
        meta: None,
        lenient: false,
        task: None,
    };
}

/// What `task` says of a tool: that a call of it can be a task, which the client follows.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct TaskOptions {
    /// Whether it is refused to clients that cannot follow tasks.
    pub required: bool,
    /// How often a client should ask how far it is.
    pub poll: Option<fn() -> Duration>,
    /// How long the server knows of it, from its creation on.
    pub ttl: Option<fn() -> Duration>,
}

impl TaskOptions {
    const POLL: Duration = Duration::from_secs(1);
    const TTL: Duration = Duration::from_hours(1);

    pub(crate) fn poll(&self) -> Duration {
        self.poll.map_or(Self::POLL, |poll| poll())
    }

    pub(crate) fn ttl(&self) -> Duration {
        self.ttl.map_or(Self::TTL, |ttl| ttl())
    }
}

/// What `annotations(…)` says of a tool.
#[doc(hidden)]
#[allow(missing_docs, reason = "they are the protocol's hints")]
#[derive(Clone, Copy)]
pub struct ToolHints {
    pub read_only: Option<bool>,
    pub destructive: Option<bool>,
    pub idempotent: Option<bool>,
    pub open_world: Option<bool>,
}

impl ToolHints {
    /// No hint given.
    pub const NONE: Self = Self {
        read_only: None,
        destructive: None,
        idempotent: None,
        open_world: None,
    };

    /// As they are on the wire; nothing where nothing was said.
    pub(crate) fn listing(self) -> Option<ToolAnnotations> {
        let mut annotations = ToolAnnotations::default();
        annotations.read_only_hint = self.read_only;
        annotations.destructive_hint = self.destructive;
        annotations.idempotent_hint = self.idempotent;
        annotations.open_world_hint = self.open_world;
        (annotations != ToolAnnotations::default()).then_some(annotations)
    }
}

/// What `annotations(…)` says of a resource.
#[doc(hidden)]
#[allow(missing_docs, reason = "they are the protocol's annotations")]
#[derive(Clone, Copy)]
pub struct ResourceHints {
    pub audience: &'static [&'static str],
    pub priority: Option<f32>,
    pub last_modified: Option<&'static str>,
}

impl ResourceHints {
    /// No hint given.
    pub const NONE: Self = Self {
        audience: &[],
        priority: None,
        last_modified: None,
    };

    /// As they are on the wire; nothing where nothing was said.
    pub(crate) fn listing(self) -> Option<Annotations> {
        let mut annotations = Annotations::default();
        let role = |name: &&str| match *name {
            "assistant" => Role::Assistant,
            _ => Role::User,
        };
        let audience: Vec<Role> = self.audience.iter().map(role).collect();
        annotations.audience = Some(audience).filter(|audience| !audience.is_empty());
        annotations.priority = self.priority;
        annotations.last_modified = self.last_modified.map(Into::into);
        (annotations != Annotations::default()).then_some(annotations)
    }
}

impl<Reply> Entry<Reply> {
    /// Whether a server is to serve it.
    pub(crate) fn is_enabled(&self) -> bool {
        self.options.enabled.is_none_or(|enabled| enabled())
    }

    pub(crate) fn icons(&self) -> Option<Vec<Icon>> {
        self.options.icons.map(|icons| icons())
    }

    /// `_meta`: what the attribute says, and the tags under the library's own key, where the
    /// Python library has them too.
    pub(crate) fn meta(&self) -> Option<MetaObject> {
        let mut meta = match self.options.meta.map(|meta| meta()) {
            Some(Value::Object(meta)) => meta,
            _ => Map::new(),
        };
        if !self.tags.is_empty() {
            meta.insert("fastmcp".into(), json!({ "tags": self.tags }));
        }
        (!meta.is_empty()).then_some(MetaObject(meta))
    }
}

/// Runs the body of a `blocking` handler on the runtime's pool of blocking threads.
///
/// A call that is cancelled or timed out leaves the pool's thread to end by itself: a thread
/// cannot be stopped from outside.
#[doc(hidden)]
pub async fn blocking<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let span = tracing::Span::current();
    match tokio::task::spawn_blocking(move || span.in_scope(body)).await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down: nobody waits for the answer.
            Err(_) => std::future::pending().await,
        },
    }
}
