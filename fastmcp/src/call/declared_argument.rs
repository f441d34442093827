//! Compile-time checks that the declarations of an argument agree where the compiler sees both: in a handler, and in
//! a provider that the handler names. The start-up checks cover the rest.

use crate::call::inject::provider::Provider;
use crate::call::probe::Probe;
use crate::call::refused::refused;

/// The position of a name that is not in a list.
#[doc(hidden)]
pub const NOWHERE: usize = usize::MAX;

/// The argument at a position among those that a provider takes itself.
#[doc(hidden)]
pub trait ArgumentAt<const INDEX: usize>: Provider {
    /// Its type.
    type Value;
    /// A type with its name.
    type Name;
}

/// The type of an argument that a provider does not take.
#[doc(hidden)]
pub struct NoArgument;

/// Selects the type of an argument. `EXISTS` is true if the provider takes one at the position.
#[doc(hidden)]
pub trait ArgumentType<const EXISTS: bool, const INDEX: usize> {
    /// Its type.
    type Value;
    /// A type with its name.
    type Name;
}

impl<P: ArgumentAt<INDEX>, const INDEX: usize> ArgumentType<true, INDEX> for P {
    type Value = <P as ArgumentAt<INDEX>>::Value;
    type Name = P::Name;
}

impl<P, const INDEX: usize> ArgumentType<false, INDEX> for P {
    type Value = NoArgument;
    type Name = NoArgument;
}

/// The fallback for types that are not providers; see [`Probe`].
#[doc(hidden)]
pub trait ArgumentsFallback {
    /// The names of the arguments that a provider takes itself.
    const ARGUMENTS: &'static [&'static str] = &[];
}

impl<T: ?Sized> ArgumentsFallback for Probe<T> {}

#[allow(missing_docs, reason = "documented in `ArgumentsFallback`")]
impl<P: Provider> Probe<P> {
    pub const ARGUMENTS: &'static [&'static str] = P::ARGUMENTS;
}

/// Returns the position of a name.
#[doc(hidden)]
pub const fn position(names: &[&str], name: &str) -> usize {
    let mut index = 0;
    while index < names.len() {
        if is_same(names[index], name) {
            return index;
        }
        index += 1;
    }
    NOWHERE
}

/// Returns the position of the first of `names` that is not in `declared`.
#[doc(hidden)]
pub const fn first_missing(names: &[&str], declared: &[&str]) -> usize {
    let mut index = 0;
    while index < names.len() {
        if position(declared, names[index]) == NOWHERE {
            return index;
        }
        index += 1;
    }
    NOWHERE
}

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}

refused! {
    /// One type in all declarations of an argument.
    HasTheTypeOfTheArgument<T, P, Value>,
    message = "argument `{Self}` is a `{T}` here, but a `{Value}` in provider `{P}`",
    label = "the provider takes a `{Value}`",
    note = "give both the same type, or set another name with `#[arg(rename = \"…\")]`"
}

refused! {
    /// A parameter with the name of an argument is an argument.
    IsSentForProvider<T, P>,
    message = "parameter `{Self}` is injected, but provider `{P}` takes an argument of this name",
    label = "no client sends a `{T}`",
    note = "rename the parameter, or set another name of the argument with `#[arg(rename = \"…\")]`"
}

refused! {
    /// The callers of a task pass all arguments that its providers take.
    TaskHasArgument<Argument, Value, P>,
    message = "parameter `{Self}`: provider `{P}` takes the argument `{Argument}`, which the task does not have",
    label = "needs the argument `{Argument}`",
    note = "add the parameter `{Argument}: {Value}` to the task, so that `docket.add(…)` takes its value"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_missed() {
        assert_eq!(position(&["a", "order", "orders"], "order"), 1);
        assert_eq!(position(&["a", "orders"], "order"), NOWHERE);
        assert_eq!(position(&[], ""), NOWHERE);
        assert_eq!(first_missing(&["a", "b", "c"], &["c", "a"]), 1);
        assert_eq!(first_missing(&["a"], &["b", "a"]), NOWHERE);
        assert_eq!(first_missing(&[], &[]), NOWHERE);
    }
}
