//! [`HandlerKind`]: the kinds of handlers.

use crate::parse::options::owner::Owner;

/// The kind of handler that an attribute defines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandlerKind {
    Tool,
    Resource,
    Prompt,
    Task,
    Provider,
    Completion,
    Event,
}

/// The kinds of handlers that methods in `#[tools] impl` can be.
pub(crate) const METHOD_KINDS: [HandlerKind; 4] = [
    HandlerKind::Tool,
    HandlerKind::Resource,
    HandlerKind::Prompt,
    HandlerKind::Task,
];

impl HandlerKind {
    /// Returns the name of the attribute.
    pub(crate) fn attribute(self) -> &'static str {
        self.options().name()
    }

    /// Returns the noun with its article, for error messages.
    pub(crate) fn with_article(self) -> &'static str {
        match self {
            Self::Tool => "a tool",
            Self::Resource => "a resource",
            Self::Prompt => "a prompt",
            Self::Task => "a task",
            Self::Provider => "a provider",
            Self::Completion => "a completion",
            Self::Event => "an event",
        }
    }

    /// Returns the owner of the attribute's options.
    pub(crate) fn options(self) -> Owner {
        match self {
            Self::Tool => Owner::Tool,
            Self::Resource => Owner::Resource,
            Self::Prompt => Owner::Prompt,
            Self::Task => Owner::Task,
            Self::Provider => Owner::Dependency,
            Self::Completion => Owner::Completion,
            Self::Event => Owner::Event,
        }
    }

    /// Returns the owner of the options of `#[arg(…)]`.
    pub(crate) fn argument_options(self) -> Owner {
        match self {
            Self::Tool | Self::Resource | Self::Prompt | Self::Event => Owner::Argument,
            Self::Task | Self::Provider | Self::Completion => Owner::PlainArgument,
        }
    }
}
