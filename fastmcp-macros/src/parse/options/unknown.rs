//! [`Unknown`]: the error about an option in a list that does not accept it.

use std::fmt;

use super::owner::{Owner, OwnerKind};
use super::table::{self, Spec, TABLE};

/// An option that the list of `here` does not accept.
pub(super) struct Unknown<'n> {
    name: &'n str,
    here: Owner,
    kind: UnknownKind,
}

/// The reason, which decides the hint in the error message.
#[derive(PartialEq, Eq, Debug)]
enum UnknownKind {
    /// `here` has the option under this name.
    OtherName(&'static str),
    /// The option belongs to a list inside `here`, or to the list that contains `here`.
    OtherLevel { owner: Owner, usage: String },
    /// The option is for arguments that clients send, but the parameter belongs to a task, a provider or a
    /// completion.
    NotSentByClients,
    /// The option belongs to other attributes or to lists in them.
    OtherOwners(Vec<Owner>, String),
    /// Lists the options of `here`, because there is no better suggestion.
    NoSuchOption,
}

/// The options of `#[task]` that are limits.
const LIMITS: [Owner; 4] = [
    Owner::Concurrency,
    Owner::RateLimit,
    Owner::Debounce,
    Owner::Cooldown,
];

impl<'n> Unknown<'n> {
    /// Finds the hint. The order is: another name of the same option, the place where the option
    /// belongs, a similar name, and the list of all options.
    pub(super) fn new(here: Owner, name: &'n str) -> Self {
        let kind = Self::diagnose(here, name);
        Self { name, here, kind }
    }

    fn diagnose(here: Owner, name: &str) -> UnknownKind {
        let meant = table::aliased(name).unwrap_or(name);
        if let Some(spec) = table::find(here, meant) {
            return UnknownKind::OtherName(spec.name);
        }
        let specs: Vec<&Spec> = TABLE.iter().filter(|spec| spec.name == meant).collect();
        if let Some(found) = other_level(here, &specs) {
            return found;
        }
        if here == Owner::PlainArgument && table::find(Owner::Argument, meant).is_some() {
            return UnknownKind::NotSentByClients;
        }
        if let Some(spec) = specs.first() {
            let all = specs.iter().flat_map(|spec| spec.owners).copied();
            let owners = all.filter(|owner| *owner != Owner::PlainArgument);
            // Some limits call the same option `per`, and others `by`. If only other limits have the
            // option, the list of this limit's options helps more than the names of the others.
            let is_sibling = |owner: Owner| LIMITS.contains(&owner) && LIMITS.contains(&here);
            let owners: Vec<Owner> = owners.filter(|owner| !is_sibling(*owner)).collect();
            return if owners.is_empty() {
                UnknownKind::NoSuchOption
            } else {
                UnknownKind::OtherOwners(owners, spec.usage())
            };
        }
        let nearest = table::options_of(here)
            .map(|spec| (strsim::jaro_winkler(name, spec.name), spec.name))
            .filter(|(similarity, _)| *similarity > 0.75)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((_, nearest)) => UnknownKind::OtherName(nearest),
            None => UnknownKind::NoSuchOption,
        }
    }
}

/// Finds a list with the option that is inside `here` or contains `here`.
fn other_level(here: Owner, specs: &[&Spec]) -> Option<UnknownKind> {
    let is_near = |owner: Owner| {
        owner.kind() == OwnerKind::Group(here) || here.kind() == OwnerKind::Group(owner)
    };
    let mut all = specs
        .iter()
        .flat_map(|spec| spec.owners.iter().map(move |owner| (*owner, spec)));
    let (owner, spec) = all.find(|(owner, _)| is_near(*owner))?;
    let usage = spec.usage();
    Some(UnknownKind::OtherLevel { owner, usage })
}

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, here, kind } = self;
        write!(f, "unknown option `{name}`; ")?;
        match kind {
            UnknownKind::OtherName(meant) => write!(f, "did you mean `{meant}`?"),
            UnknownKind::OtherLevel { owner, usage } => match owner.kind() {
                OwnerKind::Group(_) => {
                    let group = owner.name();
                    write!(f, "it belongs in `{group}(…)`: write `{group}({usage})`")
                }
                OwnerKind::Item | OwnerKind::Parameter => {
                    let (outer, inner) = (owner.spelled(), here.spelled());
                    write!(f, "it belongs to {outer}: write it outside of {inner}")
                }
            },
            UnknownKind::NotSentByClients => write!(
                f,
                "it is for arguments that clients send; here `#[arg(…)]` takes {}",
                listed(*here)
            ),
            UnknownKind::OtherOwners(owners, usage) => {
                write!(f, "it belongs {}", homes(owners, usage))
            }
            UnknownKind::NoSuchOption => write!(f, "{} takes {}", here.spelled(), listed(*here)),
        }
    }
}

/// Lists the options of an owner.
fn listed(owner: Owner) -> String {
    let names = table::options_of(owner).map(|spec| format!("`{}`", spec.name));
    names.collect::<Vec<_>>().join(", ")
}

/// Describes where an option belongs.
fn homes(owners: &[Owner], usage: &str) -> String {
    if let [Owner::Argument] = owners {
        return format!("to a parameter: write `#[arg({usage})]` before the parameter");
    }
    let mut items = Vec::new();
    let mut others = Vec::new();
    for owner in owners {
        match owner.kind() {
            OwnerKind::Item => items.push(owner.spelled()),
            OwnerKind::Parameter => others.push("to `#[arg(…)]`".to_owned()),
            OwnerKind::Group(outer) => {
                let place = format!("in {} of {}", owner.spelled(), outer.spelled());
                others.push(place);
            }
        }
    }
    let items = match items.as_slice() {
        [] => None,
        [one] => Some(format!("to {one}")),
        [first @ .., last] if first.len() < 4 => Some(format!("to {} or {last}", first.join(", "))),
        _ => Some("to the attribute of the function".to_owned()),
    };
    let places: Vec<String> = items.into_iter().chain(others).collect();
    places.join(", or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(here: Owner, name: &str) -> String {
        Unknown::new(here, name).to_string()
    }

    #[test]
    fn a_misplaced_option_is_reported_with_its_place() {
        for (here, name, expected) in [
            (
                Owner::Tool,
                "ask",
                "it belongs to a parameter: write `#[arg(ask = \"…\")]` before the parameter",
            ),
            (
                Owner::Tool,
                "read_only",
                "it belongs in `annotations(…)`: write `annotations(read_only)`",
            ),
            (Owner::Tool, "mime_type", "it belongs to `#[resource]`"),
            (
                Owner::Tool,
                "priority",
                "it belongs to `#[task]`, or in `annotations(…)` of `#[resource]`",
            ),
            (
                Owner::Resource,
                "priority",
                "it belongs in `annotations(…)`: write `annotations(priority = 0.8)`",
            ),
            (
                Owner::ToolAnnotations,
                "title",
                "it belongs to `#[tool]`: write it outside of `annotations(…)`",
            ),
            (
                Owner::Argument,
                "timeout",
                "it belongs to the attribute of the function",
            ),
            (Owner::Argument, "shared", "it belongs to `#[dependency]`"),
            (
                Owner::Tool,
                "per",
                "it belongs in `concurrency(…)` of `#[task]`, or in `rate_limit(…)` of `#[task]`",
            ),
        ] {
            assert_eq!(
                message(here, name),
                format!("unknown option `{name}`; {expected}")
            );
        }
    }

    #[test]
    fn another_name_of_an_option_is_recognized() {
        assert!(
            message(Owner::ToolAnnotations, "readOnlyHint").ends_with("did you mean `read_only`?")
        );
        assert!(message(Owner::Argument, "regex").ends_with("did you mean `pattern`?"));
        assert!(message(Owner::Tool, "titel").ends_with("did you mean `title`?"));
    }

    /// A misplaced option is never reported as a misspelling of another option.
    #[test]
    fn every_option_is_recognized_everywhere() {
        let owners = TABLE.iter().flat_map(|spec| spec.owners).copied();
        for here in owners {
            for spec in TABLE
                .iter()
                .filter(|spec| table::find(here, spec.name).is_none())
            {
                let kind = Unknown::diagnose(here, spec.name);
                let is_sibling = LIMITS.contains(&here) && ["per", "by"].contains(&spec.name);
                let is_guess = match kind {
                    UnknownKind::OtherName(_) => true,
                    UnknownKind::NoSuchOption => !is_sibling,
                    _ => false,
                };
                assert!(!is_guess, "`{}` in {here:?}: {kind:?}", spec.name);
            }
        }
    }
}
