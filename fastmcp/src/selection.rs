//! [`Selection`]: the subset of the program's components that a server offers.

use std::fmt;
use std::ops::{BitAnd, BitOr, Not};

use crate::component_kind::ComponentKind;
use crate::normal_uri::template_key;
use crate::registration::Location;
use crate::text::{did_you_mean, nearest};

/// A subset of the program's tools, resources and prompts. A server without a selection offers all of
/// them.
///
/// ```
/// use fastmcp::{FastMcp, Selection};
///
/// mod billing {
///     /// Returns the balance of a customer.
///     #[fastmcp::tool]
///     async fn balance(customer: u64) -> f64 {
///         customer as f64
///     }
/// }
///
/// let server = FastMcp::new("billing").select(Selection::module("billing"));
/// let without = FastMcp::new("rest").select(!Selection::module("billing"));
/// let both = Selection::name("balance") | Selection::tag("public");
/// ```
///
/// A server does not start if a part of its selection matches no component at all, because the part
/// is probably misspelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection(Rule);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    #[cfg(feature = "dev")]
    Nothing,
    Is(Criterion),
    Not(Box<Rule>),
    And(Box<Rule>, Box<Rule>),
    Or(Box<Rule>, Box<Rule>),
}

/// A single condition of a [`Selection`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Criterion {
    /// The function is in this module or below it.
    Module(String),
    /// The component has this tag.
    Tag(String),
    /// The component has this name or, for a resource, this URI.
    Name(String),
    /// The component is of this kind.
    Kind(ComponentKind),
}

impl Selection {
    /// Selects the components whose functions are in this module or below it. The name of the crate
    /// at the start of the path is optional; `module_path!()` is the current module.
    pub fn module(path: impl Into<String>) -> Self {
        Self(Rule::Is(Criterion::Module(path.into())))
    }

    /// Selects the components that have this tag.
    pub fn tag(tag: impl Into<String>) -> Self {
        Self(Rule::Is(Criterion::Tag(tag.into())))
    }

    /// Selects the tool or prompt with this name, or the resource with this name or URI.
    pub fn name(name: impl Into<String>) -> Self {
        Self(Rule::Is(Criterion::Name(name.into())))
    }

    /// Selects the components of this kind.
    pub fn kind(kind: ComponentKind) -> Self {
        Self(Rule::Is(Criterion::Kind(kind)))
    }

    /// Selects no component of the program. The server has only those that are added to it.
    #[cfg(feature = "dev")]
    pub(crate) fn nothing() -> Self {
        Self(Rule::Nothing)
    }

    pub(crate) fn matches(&self, component: &Descriptor<'_>) -> bool {
        self.0.matches(component)
    }

    /// Returns an error if a part of the selection matches none of `components`.
    pub(crate) fn refuse_unmatched(
        &self,
        components: &[Descriptor<'_>],
    ) -> Result<(), UnmatchedSelection> {
        let Some(criterion) = self.0.unmatched(components) else {
            return Ok(());
        };
        let known = components.iter().flat_map(|component| {
            let names = [Some(component.name), component.uri].into_iter().flatten();
            names
                .chain(component.tags.iter().copied())
                .chain([component.location.module])
        });
        Err(UnmatchedSelection {
            nearest: nearest(criterion.value(), known).map(ToOwned::to_owned),
            criterion: criterion.clone(),
        })
    }
}

/// Selects the components that match either selection.
impl BitOr for Selection {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(Rule::Or(Box::new(self.0), Box::new(other.0)))
    }
}

/// Selects the components that match both selections.
impl BitAnd for Selection {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(Rule::And(Box::new(self.0), Box::new(other.0)))
    }
}

/// Selects the components that do not match.
impl Not for Selection {
    type Output = Self;

    fn not(self) -> Self {
        Self(Rule::Not(Box::new(self.0)))
    }
}

/// The properties by which a component can be selected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Descriptor<'a> {
    pub(crate) kind: ComponentKind,
    pub(crate) name: &'a str,
    /// The URI of a resource.
    pub(crate) uri: Option<&'a str>,
    pub(crate) tags: &'a [&'static str],
    pub(crate) location: Location,
}

impl Rule {
    fn matches(&self, component: &Descriptor<'_>) -> bool {
        match self {
            #[cfg(feature = "dev")]
            Self::Nothing => false,
            Self::Is(criterion) => criterion.matches(component),
            Self::Not(rule) => !rule.matches(component),
            Self::And(left, right) => left.matches(component) && right.matches(component),
            Self::Or(left, right) => left.matches(component) || right.matches(component),
        }
    }

    /// Returns the first criterion that matches none of `components`. A negated criterion counts
    /// too: a misspelled exclusion would silently exclude nothing.
    fn unmatched(&self, components: &[Descriptor<'_>]) -> Option<&Criterion> {
        match self {
            #[cfg(feature = "dev")]
            Self::Nothing => None,
            Self::Not(rule) => rule.unmatched(components),
            Self::And(left, right) | Self::Or(left, right) => left
                .unmatched(components)
                .or_else(|| right.unmatched(components)),
            Self::Is(criterion) => {
                let is_matched = components.iter().any(|it| criterion.matches(it));
                (!is_matched).then_some(criterion)
            }
        }
    }
}

impl Criterion {
    fn matches(&self, component: &Descriptor<'_>) -> bool {
        match self {
            Self::Module(path) => is_within(component.location.module, path),
            Self::Tag(tag) => component.tags.contains(&tag.as_str()),
            Self::Kind(kind) => component.kind == *kind,
            Self::Name(name) => {
                let is_uri = |uri: &str| uri == name || template_key(uri) == template_key(name);
                component.name == name || component.uri.is_some_and(is_uri)
            }
        }
    }

    fn value(&self) -> &str {
        match self {
            Self::Module(value) | Self::Tag(value) | Self::Name(value) => value,
            Self::Kind(_) => "",
        }
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Module(_) => "module",
            Self::Tag(_) => "tag",
            Self::Name(_) => "name",
            Self::Kind(kind) => return write!(f, "kind {kind}"),
        };
        write!(f, "{kind} `{}`", self.value())
    }
}

/// Returns `true` if `module` is `path` or below it. `a::b::c` is within `a::b` and, if `a` is the
/// crate, within `b`; it is not within `a::bb`.
fn is_within(module: &str, path: &str) -> bool {
    let starts = |module: &str| {
        let rest = module.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    starts(module)
        || module
            .split_once("::")
            .is_some_and(|(_, below)| starts(below))
}

/// A [`Selection`] with a part that matches no component of the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the selection contains {criterion}, which matches no tool, resource or prompt{}",
    did_you_mean(.nearest.as_deref())
)]
#[non_exhaustive]
pub struct UnmatchedSelection {
    /// The part that matches nothing.
    pub criterion: Criterion,
    /// The most similar name, URI, tag or module, if one is similar enough.
    pub nearest: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(
        name: &'static str,
        module: &'static str,
        tags: &'static [&'static str],
    ) -> Descriptor<'static> {
        Descriptor {
            kind: ComponentKind::Tool,
            name,
            uri: None,
            tags,
            location: Location::new("a.rs", 1, module),
        }
    }

    #[test]
    fn a_module_includes_its_submodules_but_not_its_siblings() {
        let at = |module| component("x", module, &[]);
        for path in ["app::billing", "billing"] {
            let selection = Selection::module(path);
            assert!(
                selection.matches(&at("app::billing"))
                    && selection.matches(&at("app::billing::tax"))
            );
            assert!(!selection.matches(&at("app::billing_old")) && !selection.matches(&at("app")));
        }
        assert!(Selection::module("app").matches(&at("app")));
    }

    #[test]
    fn selections_combine() {
        let (a, b) = (
            component("a", "m", &["x"]),
            component("b", "m::n", &["x", "y"]),
        );
        let matches = |selection: &Selection| (selection.matches(&a), selection.matches(&b));
        assert_eq!(matches(&Selection::tag("x")), (true, true));
        assert_eq!(
            matches(&(Selection::tag("x") & Selection::module("m::n"))),
            (false, true)
        );
        assert_eq!(
            matches(&(Selection::name("a") | Selection::tag("y"))),
            (true, true)
        );
        assert_eq!(matches(&!Selection::tag("y")), (true, false));
    }

    #[test]
    fn an_unmatched_part_is_found_anywhere_in_the_selection() {
        let components = [component("balance", "m", &["x"])];
        let error = |selection: Selection| {
            let result = selection.refuse_unmatched(&components);
            result.err().map(|error| error.to_string())
        };
        let text = |part| {
            format!("the selection contains {part}, which matches no tool, resource or prompt")
        };
        assert_eq!(
            error(Selection::name("balance") | !Selection::tag("y")),
            Some(text("tag `y`"))
        );
        assert_eq!(
            error(Selection::name("balance") & Selection::module("n")),
            Some(text("module `n`"))
        );
        assert_eq!(
            error(Selection::name("blance")),
            Some(text("name `blance`") + "; did you mean `balance`?")
        );
        assert_eq!(error(!Selection::name("balance")), None);
    }
}
