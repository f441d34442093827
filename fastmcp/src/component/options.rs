//! The options of an attribute that change how a handler is listed and called.

use std::time::Duration;

use serde_json::Value;

use crate::call::portable::schemas::{Schemas, WideIntegers};
use crate::component::ui::{ToolUi, UiResource};
use crate::mcp::{Annotations, Icon, Role, ToolAnnotations};

/// The options that tools, resources and prompts share. An expansion sets the options of the attribute
/// and takes the others from [`NONE`](Self::NONE). An option is a function if its value cannot be
/// computed in a constant.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct EntryOptions {
    /// Returns `true` if servers offer the handler; called when a server starts.
    pub enabled: Option<fn() -> bool>,
    /// The scopes that a caller over HTTP must have.
    pub scopes: &'static [&'static str],
    /// The time limit of a call.
    pub timeout: Option<fn() -> Duration>,
    /// The icons.
    pub icons: Option<fn() -> Vec<Icon>>,
    /// The data in `_meta`, a JSON object.
    pub meta: Option<fn() -> Value>,
    /// Refuses text for a type that takes no text; `None` for the setting of the server.
    pub strict: Option<bool>,
    /// Ignores arguments that have no parameter; `None` for the setting of the server.
    pub ignore_unknown: Option<bool>,
    /// The progress that is sent while the handler reports none; `None` for the setting of the
    /// server.
    pub heartbeat: Option<Heartbeat>,
    /// The maximum size of an answer in bytes; `None` for the setting of the server.
    pub max_answer: Option<fn() -> usize>,
    /// The codes of the lints that the handler does not report, and of the rules that it may break.
    pub allow: &'static [&'static str],
    /// The form in which the schemas are listed, if it is not that of the server.
    pub schemas: Option<Schemas>,
    /// The form of integers of 64 bits, if it is not that of the server.
    pub wide_integers: Option<WideIntegers>,
    /// The options of tasks, for a tool whose calls can be tasks.
    pub task: Option<TaskOptions>,
    /// The page that shows the results of a tool.
    pub tool_ui: Option<ToolUi>,
    /// The options of a UI resource.
    pub ui_resource: Option<UiResource>,
}

impl EntryOptions {
    /// No options.
    pub const NONE: Self = Self {
        enabled: None,
        scopes: &[],
        timeout: None,
        icons: None,
        meta: None,
        strict: None,
        ignore_unknown: None,
        heartbeat: None,
        max_answer: None,
        allow: &[],
        schemas: None,
        wide_integers: None,
        task: None,
        tool_ui: None,
        ui_resource: None,
    };
}

/// The option `heartbeat` of a tool.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum Heartbeat {
    /// No progress is sent for the handler.
    Off,
    /// Progress is sent at the interval of the server, or at the default one.
    On,
    /// Progress is sent at this interval.
    Every(fn() -> Duration),
}

/// The option `task` of a tool, whose calls clients can follow as tasks.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct TaskOptions {
    /// `true` if calls from clients without support for tasks are refused.
    pub required: bool,
    /// The suggested interval at which clients poll the task.
    pub poll: Option<fn() -> Duration>,
    /// The time for which the task is kept after its creation.
    pub ttl: Option<fn() -> Duration>,
}

impl TaskOptions {
    const DEFAULT_POLL: Duration = Duration::from_secs(1);
    const DEFAULT_TTL: Duration = Duration::from_hours(1);

    pub(crate) fn poll(&self) -> Duration {
        self.poll.map_or(Self::DEFAULT_POLL, |poll| poll())
    }

    pub(crate) fn ttl(&self) -> Duration {
        self.ttl.map_or(Self::DEFAULT_TTL, |ttl| ttl())
    }
}

/// The option `annotations(…)` of a tool.
#[doc(hidden)]
#[allow(missing_docs, reason = "the protocol's hints")]
#[derive(Debug, Clone, Copy)]
pub struct ToolHints {
    pub read_only: Option<bool>,
    pub destructive: Option<bool>,
    pub idempotent: Option<bool>,
    pub open_world: Option<bool>,
}

impl ToolHints {
    /// No hints.
    pub const NONE: Self = Self {
        read_only: None,
        destructive: None,
        idempotent: None,
        open_world: None,
    };

    /// Returns the hints in the protocol's form, or `None` if none is set.
    pub(crate) fn listing(self) -> Option<ToolAnnotations> {
        let mut annotations = ToolAnnotations::default();
        annotations.read_only_hint = self.read_only;
        annotations.destructive_hint = self.destructive;
        annotations.idempotent_hint = self.idempotent;
        annotations.open_world_hint = self.open_world;
        (annotations != ToolAnnotations::default()).then_some(annotations)
    }
}

/// The option `annotations(…)` of a resource.
#[doc(hidden)]
#[allow(missing_docs, reason = "the protocol's annotations")]
#[derive(Clone, Copy)]
pub struct ResourceHints {
    pub audience: &'static [&'static str],
    pub priority: Option<f32>,
    pub last_modified: Option<&'static str>,
}

impl ResourceHints {
    /// No hints.
    pub const NONE: Self = Self {
        audience: &[],
        priority: None,
        last_modified: None,
    };

    /// Returns the hints in the protocol's form, or `None` if none is set.
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
