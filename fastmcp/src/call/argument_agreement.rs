//! The differences between two declarations of an argument, in a handler or in its providers.

use crate::call::call_argument::{CallArgument, Options, has_options};
use crate::call::parameter_entry::ParameterEntry;
use crate::text::short_type_name;

/// A difference between two declarations of an argument.
pub(crate) struct Difference {
    pub(crate) text: String,
    /// `true` if only the options differ.
    pub(crate) is_of_options: bool,
}

impl Difference {
    pub(crate) fn new(text: String) -> Self {
        Self {
            text,
            is_of_options: false,
        }
    }

    fn of_options(text: String) -> Self {
        Self {
            text,
            is_of_options: true,
        }
    }
}

/// Returns the name of the type of a parameter, for messages.
pub(crate) fn type_name(parameter: &ParameterEntry) -> String {
    short_type_name((parameter.type_name)())
}

/// Returns why the declaration of the handler prevents a provider from taking the argument.
pub(crate) fn against_handler(
    parameter: &ParameterEntry,
    argument: &CallArgument,
) -> Option<Difference> {
    let name = parameter.name;
    let (own, taken) = (type_name(parameter), type_name(&argument.entry));
    if !parameter.is_argument() {
        return Some(Difference::new(format!(
            "argument `{name}` has the name of a parameter that the server provides, a `{own}`, so no client \
             sends it: rename one of them, or write `#[arg(rename = \"…\")]`"
        )));
    }
    // Not every argument of a handler is known to be `'static`, so its type has no ID.
    if (parameter.type_name)() != (argument.entry.type_name)() {
        return Some(Difference::new(format!(
            "argument `{name}` is a `{taken}` here, but a `{own}` in the function: give both the same type"
        )));
    }
    if has_options(&argument.entry) && Options::of(parameter) != Options::of(&argument.entry) {
        return Some(Difference::of_options(format!(
            "argument `{name}` has another default or other limits than in the function: write the same \
             `#[arg(…)]` in both, or only in the function"
        )));
    }
    None
}

/// Returns why the declarations of two providers do not agree.
pub(crate) fn against_provider(first: &CallArgument, second: &CallArgument) -> Option<Difference> {
    let CallArgument {
        provider, location, ..
    } = first;
    let name = first.name();
    let (own, other) = (type_name(&second.entry), type_name(&first.entry));
    if !first.has_type_of(second) {
        return Some(Difference::new(format!(
            "argument `{name}` is a `{own}` here, but a `{other}` in provider `{provider}` ({location}): give both \
             the same type, or set another name with `#[arg(rename = \"…\")]`"
        )));
    }
    if Options::of(&first.entry) != Options::of(&second.entry) {
        return Some(Difference::new(format!(
            "argument `{name}` has another default or other limits than in provider `{provider}` ({location}): \
             write the same `#[arg(…)]` in both"
        )));
    }
    let descriptions = [first, second].map(|it| it.entry.description);
    if let [Some(first), Some(second)] = descriptions
        && first != second
    {
        return Some(Difference::new(format!(
            "argument `{name}` has another description than in provider `{provider}` ({location}): write the same \
             doc comment in both, or leave it out in one of them"
        )));
    }
    None
}
