//! [`AccessRules`]: the components that a caller may use.

use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::caller::Caller;
use crate::component::options::ToolHints;
use crate::component::prefix::Prefix;
use crate::component_kind::ComponentKind;
use crate::registration::Location;
use crate::selection::Descriptor;

/// A tool, resource or prompt, for the rule of [`FastMcp::visible`](crate::FastMcp::visible) and for
/// [middleware](crate::middleware).
#[derive(Debug, Clone)]
pub struct Component {
    pub(crate) kind: ComponentKind,
    pub(crate) name: Cow<'static, str>,
    pub(crate) uri: Option<Cow<'static, str>>,
    pub(crate) tags: Cow<'static, [&'static str]>,
    pub(crate) module: &'static str,
    /// The location of the function; `None` for a component that no attribute declares.
    pub(crate) location: Option<Location>,
    pub(crate) scopes: Cow<'static, [&'static str]>,
    pub(crate) hints: ToolHints,
}

impl Component {
    /// Returns the kind of the component.
    pub fn kind(&self) -> ComponentKind {
        self.kind
    }

    /// Returns the name, as clients see it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the URI of a resource, or of a resource template.
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_deref()
    }

    /// Returns the tags.
    pub fn tags(&self) -> &[&'static str] {
        &self.tags
    }

    /// Returns the path of the module that declares the component. It is empty if no attribute declares the
    /// component.
    pub fn module(&self) -> &'static str {
        self.module
    }

    /// Returns the scopes that a caller needs.
    pub fn scopes(&self) -> &[&'static str] {
        &self.scopes
    }

    /// Returns whether the component is a resource, a prompt, or a tool with the annotation `read_only`.
    pub fn is_read_only(&self) -> bool {
        self.kind != ComponentKind::Tool || self.hints.read_only == Some(true)
    }

    /// Returns whether a call may destroy data: the annotation `destructive` of a tool. A tool that has neither
    /// this annotation nor `read_only` may (MCP, `ToolAnnotations`).
    pub fn is_destructive(&self) -> bool {
        !self.is_read_only() && self.hints.destructive.unwrap_or(true)
    }

    /// Returns whether a repeated call has no further effect: the annotation `idempotent` of a tool. A component
    /// that only reads is idempotent.
    pub fn is_idempotent(&self) -> bool {
        self.is_read_only() || self.hints.idempotent.unwrap_or(false)
    }

    /// Returns the properties by which the component can be selected.
    pub(crate) fn descriptor(&self) -> Descriptor<'_> {
        Descriptor {
            kind: self.kind,
            name: &self.name,
            uri: self.uri.as_deref(),
            tags: &self.tags,
            location: self.location.unwrap_or(Location::new("", 0, "")),
        }
    }

    /// Returns the component under a prefix.
    pub(crate) fn with_prefix(mut self, prefix: &Prefix) -> Self {
        match self.uri {
            Some(uri) => self.uri = Some(Cow::Owned(prefix.uri(&uri))),
            None => self.name = Cow::Owned(prefix.name(&self.name)),
        }
        self
    }

    /// Returns the name that is unique among the components of its kind: the URI of a resource, or the name.
    pub(crate) fn key(&self) -> &str {
        self.uri.as_deref().unwrap_or(&self.name)
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
