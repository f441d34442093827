//! Completions: suggested values for the arguments of prompts and resource templates.

pub(crate) mod choices;

use std::any::Any;

use crate::call::probe::probes;
use crate::call::refused::refused;
use crate::component::entry::Entry;

/// The registration of a `#[completion]`. Parameters refer to it, so `inventory` does not collect it.
#[doc(hidden)]
pub type CompletionEntry = Entry<Completions>;

/// The function of a `#[completion]`.
#[doc(hidden)]
pub trait Completion {
    /// The registration of the completion.
    const ENTRY: &'static CompletionEntry;
}

refused! {
    /// A function with `#[completion]`.
    IsCompletion<>,
    message = "`{Self}` is not a completion",
    label = "not a completion",
    note = "put `#[completion]` on the function `{Self}`"
}

probes! {
    /// The probe of [`IsCompletion`].
    #[doc(hidden)]
    pub trait CompletionFallback;

    /// `T: Completion`.
    COMPLETION: [T: Completion] T = true;
}

/// Selects the registration of a completion. A type that is not a completion has none.
#[doc(hidden)]
pub trait CompletionOf<const IS_COMPLETION: bool> {
    /// The registration.
    const ENTRY: &'static (dyn Any + Send + Sync);
}

impl<T: Completion> CompletionOf<true> for T {
    const ENTRY: &'static (dyn Any + Send + Sync) = T::ENTRY;
}

impl<T> CompletionOf<false> for T {
    const ENTRY: &'static (dyn Any + Send + Sync) = &();
}

/// The type that the name of a plain function resolves to. A `#[completion]` declares a type with the
/// name of the function. A plain function has no such type, so an import of this type in an outer scope
/// is used.
#[doc(hidden)]
pub enum NotACompletion {}

/// The values that a completion suggests.
///
/// The protocol allows at most [`MAX_VALUES`](Self::MAX_VALUES) values in a response. If there are more,
/// the server sends the first ones and sets [`has_more`](Self::has_more).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completions {
    /// The values, most relevant first.
    pub values: Vec<String>,
    /// The total number of matching values, if it is known.
    pub total: Option<u32>,
    /// `true` if there are more values.
    pub has_more: bool,
}

impl Completions {
    /// The maximum number of values in a response (MCP, "Completion").
    pub const MAX_VALUES: usize = 100;

    /// Creates the complete list of matching values.
    pub fn new(values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        Self {
            total: u32::try_from(values.len()).ok(),
            values,
            has_more: false,
        }
    }

    /// Sets the total number of matching values. The list contains the first ones.
    #[must_use]
    pub fn with_total(mut self, total: u32) -> Self {
        self.has_more = usize::try_from(total).is_ok_and(|total| total > self.values.len());
        self.total = Some(total);
        self
    }

    /// Truncates the list to the length that the protocol allows.
    pub(crate) fn truncated(mut self) -> Self {
        if self.values.len() > Self::MAX_VALUES {
            self.values.truncate(Self::MAX_VALUES);
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
    /// Converts the value into suggestions.
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
    fn values_beyond_the_protocols_limit_are_cut_off() {
        let many = Completions::new((0..150).map(|number| number.to_string())).truncated();
        assert_eq!(
            (many.values.len(), many.total, many.has_more),
            (100, Some(150), true)
        );
        let few = Completions::new(["a"]).truncated();
        assert_eq!(
            (few.values.len(), few.total, few.has_more),
            (1, Some(1), false)
        );
        assert!(Completions::new(["a"]).with_total(7).has_more);
    }
}
