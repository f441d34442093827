//! What everything that a macro registers has: a place in the source, and a name of its own.

use std::fmt;

/// Where a handler's function is in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Location {
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line of the function, counted from one.
    pub line: u32,
    /// The module, with its crate.
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

/// Two handlers that cannot be told apart by name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "two {kind} are called `{name}`: one at {first}, one at {second}; rename one of the functions, \
     or give one another name in its attribute"
)]
#[non_exhaustive]
pub struct DuplicateName {
    /// `tools`, `resources`, `prompts` or `tasks`.
    pub kind: &'static str,
    /// The name, or the URI, that both have.
    pub name: String,
    /// Where one of them is.
    pub first: Location,
    /// Where the other is.
    pub second: Location,
}

/// Refuses two neighbours of one name in a list that is sorted by name.
pub(crate) fn refuse_duplicates(
    kind: &'static str,
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
    fn two_of_one_name_are_refused_with_both_places() {
        let at = |line| Location::new("src/a.rs", line, "a");
        let error = refuse_duplicates(
            "tools",
            [("a", at(1)), ("b", at(2)), ("b", at(9))].into_iter(),
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "two tools are called `b`: one at src/a.rs:2, one at src/a.rs:9; rename one of the \
             functions, or give one another name in its attribute"
        );
        assert_eq!(
            refuse_duplicates("tools", [("a", at(1)), ("b", at(1))].into_iter()),
            Ok(())
        );
    }
}
