//! Which of the program's components a server offers.

use std::fmt;
use std::ops::{BitAnd, BitOr, Not};

use crate::registration::Location;

/// Which tools, resources and prompts a server offers. Without one it offers all that the program
/// has.
///
/// ```
/// use fastmcp::{FastMcp, Selection};
///
/// mod billing {
///     /// What a customer owes.
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
/// A part of a selection that fits nothing at all is refused when the server starts: it would be a
/// misspelt name that goes unseen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection(Rule);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Module(String),
    Tag(String),
    Name(String),
    Not(Box<Rule>),
    And(Box<Rule>, Box<Rule>),
    Or(Box<Rule>, Box<Rule>),
}

impl Selection {
    /// Those whose functions are in this module, or below it. `module_path!()` is the present one;
    /// the name of the crate in front may be left out.
    pub fn module(path: impl Into<String>) -> Self {
        Self(Rule::Module(path.into()))
    }

    /// Those that have this tag.
    pub fn tag(tag: impl Into<String>) -> Self {
        Self(Rule::Tag(tag.into()))
    }

    /// The tool or prompt of this name, or the resource of this URI.
    pub fn name(name: impl Into<String>) -> Self {
        Self(Rule::Name(name.into()))
    }

    pub(crate) fn fits(&self, component: &Traits) -> bool {
        self.0.fits(component)
    }

    /// The first part that fits none of `components`.
    pub(crate) fn idle_part(&self, components: &[Traits]) -> Option<String> {
        self.0.idle_part(components)
    }
}

/// Those of either.
impl BitOr for Selection {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(Rule::Or(Box::new(self.0), Box::new(other.0)))
    }
}

/// Those of both.
impl BitAnd for Selection {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(Rule::And(Box::new(self.0), Box::new(other.0)))
    }
}

/// All others.
impl Not for Selection {
    type Output = Self;

    fn not(self) -> Self {
        Self(Rule::Not(Box::new(self.0)))
    }
}

/// What a component is selected by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Traits {
    pub(crate) name: &'static str,
    /// The URI of a resource.
    pub(crate) uri: Option<&'static str>,
    pub(crate) tags: &'static [&'static str],
    pub(crate) location: Location,
}

impl Rule {
    fn fits(&self, component: &Traits) -> bool {
        match self {
            Self::Module(path) => is_within(component.location.module, path),
            Self::Tag(tag) => component.tags.contains(&tag.as_str()),
            Self::Name(name) => component.name == name || component.uri == Some(name),
            Self::Not(rule) => !rule.fits(component),
            Self::And(left, right) => left.fits(component) && right.fits(component),
            Self::Or(left, right) => left.fits(component) || right.fits(component),
        }
    }

    fn idle_part(&self, components: &[Traits]) -> Option<String> {
        match self {
            Self::Not(rule) => rule.idle_part(components),
            Self::And(left, right) | Self::Or(left, right) => left
                .idle_part(components)
                .or_else(|| right.idle_part(components)),
            part => {
                let is_idle = !components.iter().any(|component| part.fits(component));
                is_idle.then(|| part.to_string())
            }
        }
    }
}

/// `a::b::c` is within `a::b`, and within `b`, if `a` is the crate; it is not within `a::bb`.
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

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Module(path) => write!(f, "module `{path}`"),
            Self::Tag(tag) => write!(f, "tag `{tag}`"),
            Self::Name(name) => write!(f, "name `{name}`"),
            Self::Not(rule) => write!(f, "not ({rule})"),
            Self::And(left, right) => write!(f, "({left}) and ({right})"),
            Self::Or(left, right) => write!(f, "({left}) or ({right})"),
        }
    }
}

/// A part of a [`Selection`] that fits nothing that the program has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the selection asks for {part}, and the program has nothing of the kind{}", did_you_mean(*.nearest))]
#[non_exhaustive]
pub struct UnmatchedSelection {
    /// The part.
    pub part: String,
    /// The name that is nearest, if one is.
    pub nearest: Option<&'static str>,
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!("; did you mean `{nearest}`?"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(
        name: &'static str,
        module: &'static str,
        tags: &'static [&'static str],
    ) -> Traits {
        Traits {
            name,
            uri: None,
            tags,
            location: Location::new("a.rs", 1, module),
        }
    }

    #[test]
    fn a_module_means_all_below_it_and_nothing_beside_it() {
        let at = |module| component("x", module, &[]);
        for path in ["app::billing", "billing"] {
            let selection = Selection::module(path);
            assert!(
                selection.fits(&at("app::billing")) && selection.fits(&at("app::billing::tax"))
            );
            assert!(!selection.fits(&at("app::billing_old")) && !selection.fits(&at("app")));
        }
        assert!(Selection::module("app").fits(&at("app")));
    }

    #[test]
    fn selections_combine() {
        let (a, b) = (
            component("a", "m", &["x"]),
            component("b", "m::n", &["x", "y"]),
        );
        let fits = |selection: &Selection| (selection.fits(&a), selection.fits(&b));
        assert_eq!(fits(&Selection::tag("x")), (true, true));
        assert_eq!(
            fits(&(Selection::tag("x") & Selection::module("m::n"))),
            (false, true)
        );
        assert_eq!(
            fits(&(Selection::name("a") | Selection::tag("y"))),
            (true, true)
        );
        assert_eq!(fits(&!Selection::tag("y")), (true, false));
    }

    #[test]
    fn a_part_that_fits_nothing_is_found_wherever_it_stands() {
        let components = [component("a", "m", &["x"])];
        let idle = |selection: Selection| selection.idle_part(&components);
        assert_eq!(
            idle(Selection::name("a") | !Selection::tag("y")),
            Some("tag `y`".into())
        );
        assert_eq!(
            idle(Selection::name("a") & Selection::module("n")),
            Some("module `n`".into())
        );
        assert_eq!(idle(!Selection::name("a")), None);
    }
}
