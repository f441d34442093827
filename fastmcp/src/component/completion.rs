//! Completion: what a function proposes for an argument of a prompt or of a resource template.

use crate::component::entry::Entry;

/// What `#[completion]` registers. It is reached through the parameters that name it.
#[doc(hidden)]
pub type CompletionEntry = Entry<Completions>;

/// The function of a `#[completion]`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this function is not a completion",
    label = "put `#[completion]` on this function"
)]
pub trait Completion {
    /// What it is registered with.
    const ENTRY: &'static CompletionEntry;
}

/// What a name means of which there is a function but no type: not a completion.
#[doc(hidden)]
pub enum NotACompletion {}

/// What a completion proposes, when the function wants to say all of it.
///
/// The protocol allows [`MOST`](Self::MOST) values in one answer; more are cut off, and the client
/// is told that there are more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completions {
    /// The values, the likeliest first.
    pub values: Vec<String>,
    /// How many there are in all, if that is known.
    pub total: Option<u32>,
    /// Whether there are more than these.
    pub has_more: bool,
}

impl Completions {
    /// The most values that one answer may have (MCP, "Completion").
    pub const MOST: usize = 100;

    /// These values, and no others.
    pub fn new(values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        Self {
            total: u32::try_from(values.len()).ok(),
            values,
            has_more: false,
        }
    }

    /// The same values, of so many in all.
    #[must_use]
    pub fn of_total(mut self, total: u32) -> Self {
        self.has_more = usize::try_from(total).is_ok_and(|total| total > self.values.len());
        self.total = Some(total);
        self
    }

    /// No more values than the protocol allows.
    pub(crate) fn limited(mut self) -> Self {
        if self.values.len() > Self::MOST {
            self.values.truncate(Self::MOST);
            self.has_more = true;
        }
        self
    }
}

/// A type that a completion's body may return.
#[diagnostic::on_unimplemented(
    message = "a completion cannot return `{Self}`",
    label = "not a list of strings",
    note = "return a `Vec<String>` or `fastmcp::Completions`"
)]
pub trait IntoCompletions {
    /// What is proposed to the client.
    fn into_completions(self) -> Completions;
}

impl IntoCompletions for Completions {
    fn into_completions(self) -> Completions {
        self
    }
}

impl IntoCompletions for Vec<String> {
    fn into_completions(self) -> Completions {
        Completions::new(self)
    }
}

impl IntoCompletions for Vec<&'static str> {
    fn into_completions(self) -> Completions {
        Completions::new(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_the_protocol_allows_is_cut_off_and_said() {
        let many = Completions::new((0..150).map(|number| number.to_string())).limited();
        assert_eq!(
            (many.values.len(), many.total, many.has_more),
            (100, Some(150), true)
        );
        let few = Completions::new(["a"]).limited();
        assert_eq!(
            (few.values.len(), few.total, few.has_more),
            (1, Some(1), false)
        );
        assert!(Completions::new(["a"]).of_total(7).has_more);
    }
}
