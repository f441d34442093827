//! Changes of components, about which a server notifies its clients.

use std::sync::Arc;

/// A list of a server's components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListKind {
    /// `tools/list`
    Tools,
    /// `resources/list` and `resources/templates/list`
    Resources,
    /// `prompts/list`
    Prompts,
}

/// A change of components, about which a server notifies its clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// A list has changed.
    List(ListKind),
    /// The contents of the resource with this URI have changed.
    Resource(Arc<str>),
}
