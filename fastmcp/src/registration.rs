//! The common properties of registered functions: a location in the source, and a unique name.

use std::fmt;

/// The location of a handler's function in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Location {
    /// The path of the file, as in the compiler's messages.
    pub file: &'static str,
    /// The line of the function, starting at 1.
    pub line: u32,
    /// The path of the module, including the crate.
    pub module: &'static str,
}

impl Location {
    #[doc(hidden)]
    pub const fn new(file: &'static str, line: u32, module: &'static str) -> Self {
        Self { file, line, module }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Two handlers with the same name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "two {}: at {first} and at {second}; {}",
    .kind.conflict(.name),
    .kind.fix()
)]
#[non_exhaustive]
pub struct DuplicateName {
    /// The kind of both handlers.
    pub kind: DuplicateKind,
    /// The name, or the URI of resources. In the URI of resource templates, the names of the
    /// variables are left out.
    pub name: String,
    /// The location of one function.
    pub first: Location,
    /// The location of the other function.
    pub second: Location,
}

/// A kind of handlers whose names are unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DuplicateKind {
    /// `#[tool]`
    Tool,
    /// `#[prompt]`
    Prompt,
    /// `#[resource]`; the URI is unique.
    Resource,
    /// `#[resource]` whose URI has variables; no two templates match the same URIs.
    ResourceTemplate,
    /// `#[task]`
    Task,
    /// `#[event]`
    Event,
}

impl DuplicateKind {
    fn conflict(self, name: &str) -> String {
        match self {
            Self::Tool => format!("tools are named `{name}`"),
            Self::Prompt => format!("prompts are named `{name}`"),
            Self::Task => format!("tasks are named `{name}`"),
            Self::Event => format!("events are named `{name}`"),
            Self::Resource => format!("resources have the URI `{name}`"),
            Self::ResourceTemplate => {
                format!("resource templates match the same URIs, `{name}`")
            }
        }
    }

    fn fix(self) -> &'static str {
        match self {
            Self::Tool | Self::Prompt | Self::Task | Self::Event => {
                "rename one of the functions, or set another `name` in its attribute"
            }
            Self::Resource | Self::ResourceTemplate => "change one of the URIs",
        }
    }
}

/// Returns an error if two entries have the same name. `sorted` must be sorted by name.
pub(crate) fn refuse_duplicates(
    kind: DuplicateKind,
    sorted: impl Iterator<Item = (&'static str, Location)>,
) -> Result<(), DuplicateName> {
    let mut previous: Option<(&'static str, Location)> = None;
    for (name, second) in sorted {
        if let Some((_, first)) = previous.filter(|(before, _)| *before == name) {
            return Err(DuplicateName {
                kind,
                name: name.to_owned(),
                first,
                second,
            });
        }
        previous = Some((name, second));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_names_are_refused_with_both_locations() {
        let at = |line| Location::new("src/a.rs", line, "a");
        let error = refuse_duplicates(
            DuplicateKind::Tool,
            [("a", at(1)), ("b", at(2)), ("b", at(9))].into_iter(),
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "two tools are named `b`: at src/a.rs:2 and at src/a.rs:9; rename one of the functions, \
             or set another `name` in its attribute"
        );
        assert_eq!(
            refuse_duplicates(
                DuplicateKind::Tool,
                [("a", at(1)), ("b", at(1))].into_iter()
            ),
            Ok(())
        );
    }
}
