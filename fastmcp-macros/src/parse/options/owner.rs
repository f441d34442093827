//! [`Owner`]: the attributes and options that have lists of options.

/// The owner of a list of options: an attribute, or an option that has options of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Owner {
    Tool,
    Resource,
    Prompt,
    Task,
    Dependency,
    Completion,
    Event,
    Skill,
    Tools,
    Data,
    /// `#[arg(…)]` on an argument that clients send.
    Argument,
    /// `#[arg(…)]` on a parameter of a task, a provider or a completion.
    PlainArgument,
    ToolAnnotations,
    ResourceAnnotations,
    /// `#[tool(task(…))]`.
    ToolTask,
    /// `#[tool(ui(…))]`.
    ToolUi,
    /// `#[resource(csp(…))]`.
    Csp,
    /// `#[resource(permissions(…))]`.
    Permissions,
    Retry,
    Perpetual,
    Cron,
    Concurrency,
    RateLimit,
    Debounce,
    Cooldown,
}

/// The kind of an owner. It decides how error messages refer to the owner.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OwnerKind {
    /// An attribute of an item.
    Item,
    /// `#[arg(…)]`.
    Parameter,
    /// An option that has options. Contains the attribute that it belongs to.
    Group(Owner),
}

impl Owner {
    /// Returns the name before the parentheses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Resource => "resource",
            Self::Prompt => "prompt",
            Self::Task | Self::ToolTask => "task",
            Self::Dependency => "dependency",
            Self::Completion => "completion",
            Self::Event => "event",
            Self::Skill => "skill",
            Self::Tools => "tools",
            Self::Data => "data",
            Self::Argument | Self::PlainArgument => "arg",
            Self::ToolAnnotations | Self::ResourceAnnotations => "annotations",
            Self::ToolUi => "ui",
            Self::Csp => "csp",
            Self::Permissions => "permissions",
            Self::Retry => "retry",
            Self::Perpetual => "perpetual",
            Self::Cron => "cron",
            Self::Concurrency => "concurrency",
            Self::RateLimit => "rate_limit",
            Self::Debounce => "debounce",
            Self::Cooldown => "cooldown",
        }
    }

    pub(crate) fn kind(self) -> OwnerKind {
        match self {
            Self::Tool
            | Self::Resource
            | Self::Prompt
            | Self::Task
            | Self::Dependency
            | Self::Completion
            | Self::Event
            | Self::Skill
            | Self::Tools
            | Self::Data => OwnerKind::Item,
            Self::Argument | Self::PlainArgument => OwnerKind::Parameter,
            Self::ToolAnnotations | Self::ToolTask | Self::ToolUi => OwnerKind::Group(Self::Tool),
            Self::ResourceAnnotations | Self::Csp | Self::Permissions => {
                OwnerKind::Group(Self::Resource)
            }
            Self::Retry
            | Self::Perpetual
            | Self::Cron
            | Self::Concurrency
            | Self::RateLimit
            | Self::Debounce
            | Self::Cooldown => OwnerKind::Group(Self::Task),
        }
    }

    /// Returns the form of the owner in error messages: `#[tool]` or `annotations(…)`.
    pub(crate) fn spelled(self) -> String {
        let name = self.name();
        match self.kind() {
            OwnerKind::Item | OwnerKind::Parameter => format!("`#[{name}]`"),
            OwnerKind::Group(_) => format!("`{name}(…)`"),
        }
    }
}
