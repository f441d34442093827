//! [`AccessRules`]: the components that a caller may use.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::caller::Caller;
use crate::component::visibility::ComponentKind;
use crate::selection::Descriptor;

/// A tool, resource or prompt, for the rule of [`FastMcp::visible`](crate::FastMcp::visible).
#[derive(Debug, Clone, Copy)]
pub struct Component {
    pub(crate) kind: ComponentKind,
    pub(crate) descriptor: Descriptor,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) read_only: bool,
}

impl Component {
    /// Returns the kind of the component.
    pub fn kind(&self) -> ComponentKind {
        self.kind
    }

    /// Returns the name.
    pub fn name(&self) -> &'static str {
        self.descriptor.name
    }

    /// Returns the URI of a resource, or of a resource template.
    pub fn uri(&self) -> Option<&'static str> {
        self.descriptor.uri
    }

    /// Returns the tags.
    pub fn tags(&self) -> &'static [&'static str] {
        self.descriptor.tags
    }

    /// Returns the path of the module that declares the component.
    pub fn module(&self) -> &'static str {
        self.descriptor.location.module
    }

    /// Returns the scopes that a caller needs.
    pub fn scopes(&self) -> &'static [&'static str] {
        self.scopes
    }

    /// Returns whether the component is a resource, a prompt, or a tool with the annotation `read_only`.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }
}

/// The rule of the program.
pub(crate) type Rule = dyn Fn(&Caller, &Component) -> bool + Send + Sync;

/// Decides which components a caller may use.
#[derive(Clone, Default)]
pub(crate) struct AccessRules {
    rule: Option<Arc<Rule>>,
}

impl AccessRules {
    pub(crate) fn new(rule: Option<Arc<Rule>>) -> Self {
        Self { rule }
    }

    /// Returns whether the program has a rule of its own.
    pub(crate) fn has_rule(&self) -> bool {
        self.rule.is_some()
    }

    /// Returns whether the rule of the program shows the component to the caller. A rule that panics shows
    /// nothing.
    pub(crate) fn shows(&self, caller: &Caller, component: &Component) -> bool {
        let Some(rule) = &self.rule else {
            return true;
        };
        catch_unwind(AssertUnwindSafe(|| rule(caller, component))).unwrap_or_else(|_| {
            tracing::error!(
                component = component.name(),
                "the rule of `FastMcp::visible` panicked; the component is hidden"
            );
            false
        })
    }

    /// Returns whether the caller may use the component: it has all scopes, and the rule shows it.
    pub(crate) fn allows(&self, caller: &Caller, component: &Component) -> bool {
        component.scopes.iter().all(|scope| caller.has_scope(scope))
            && self.shows(caller, component)
    }
}

impl fmt::Debug for AccessRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessRules")
            .field("has_rule", &self.has_rule())
            .finish()
    }
}
