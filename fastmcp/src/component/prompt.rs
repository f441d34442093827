//! A prompt as it is registered, and what its body may return.

use crate::call::parameter_entry::ParameterKind;
use crate::call::refused::refused;
use crate::component::entry::Entry;
use crate::mcp::{ContentBlock, Prompt, PromptArgument, PromptMessage, Role};

/// What `#[prompt]` registers.
#[doc(hidden)]
pub struct PromptEntry {
    /// What it shares with every handler.
    pub entry: Entry<Vec<PromptMessage>>,
}

inventory::collect!(PromptEntry);

impl PromptEntry {
    /// What `prompts/list` says of it.
    pub(crate) fn listing(&self) -> Prompt {
        let entry = &self.entry;
        let arguments = entry.parameters.iter().filter_map(|parameter| {
            let ParameterKind::Argument { required, .. } = parameter.kind else {
                return None;
            };
            let mut argument = PromptArgument::new(parameter.name).with_required(required());
            argument.description = parameter.description.map(Into::into);
            Some(argument)
        });
        let mut prompt = Prompt::new(entry.name, entry.description, Some(arguments.collect()));
        prompt.title = entry.title.map(Into::into);
        prompt.icons = entry.icons();
        prompt.meta = entry.meta();
        prompt
    }
}

/// A type that a prompt's body may return.
///
/// | type | messages |
/// |---|---|
/// | `String`, `&'static str`, [`ContentBlock`] | one, of the user |
/// | `(Role, content)` of these | one, of that role |
/// | [`PromptMessage`] | itself |
/// | `Vec<…>` and `[…; N]` of these | all of theirs, in order |
///
/// ```
/// use fastmcp::mcp::Role;
/// use fastmcp::prelude::*;
///
/// /// A conversation to go on with.
/// #[prompt]
/// fn greeting(name: String) -> Vec<(Role, String)> {
///     vec![
///         (Role::User, format!("My name is {name}.")),
///         (Role::Assistant, "What can I do for you?".into()),
///     ]
/// }
/// ```
pub trait IntoPromptResult {
    /// The messages that a client gets.
    fn into_messages(self) -> Vec<PromptMessage>;
}

impl IntoPromptResult for PromptMessage {
    fn into_messages(self) -> Vec<PromptMessage> {
        vec![self]
    }
}

impl IntoPromptResult for ContentBlock {
    fn into_messages(self) -> Vec<PromptMessage> {
        (Role::User, self).into_messages()
    }
}

impl IntoPromptResult for String {
    fn into_messages(self) -> Vec<PromptMessage> {
        (Role::User, self).into_messages()
    }
}

impl IntoPromptResult for &'static str {
    fn into_messages(self) -> Vec<PromptMessage> {
        (Role::User, self).into_messages()
    }
}

impl IntoPromptResult for (Role, ContentBlock) {
    fn into_messages(self) -> Vec<PromptMessage> {
        vec![PromptMessage::new(self.0, self.1)]
    }
}

impl IntoPromptResult for (Role, String) {
    fn into_messages(self) -> Vec<PromptMessage> {
        vec![PromptMessage::new_text(self.0, self.1)]
    }
}

impl IntoPromptResult for (Role, &'static str) {
    fn into_messages(self) -> Vec<PromptMessage> {
        vec![PromptMessage::new_text(self.0, self.1)]
    }
}

impl<T: IntoPromptResult> IntoPromptResult for Vec<T> {
    fn into_messages(self) -> Vec<PromptMessage> {
        self.into_iter().flat_map(T::into_messages).collect()
    }
}

impl<T: IntoPromptResult, const N: usize> IntoPromptResult for [T; N] {
    fn into_messages(self) -> Vec<PromptMessage> {
        self.into_iter().flat_map(T::into_messages).collect()
    }
}

const CONVERTED: u8 = 0;
const NOT_MESSAGES: u8 = 1;

/// Returns the row of a prompt's value type: it is converted into messages, or refused.
#[doc(hidden)]
pub const fn row(into_prompt_result: bool) -> u8 {
    if into_prompt_result {
        CONVERTED
    } else {
        NOT_MESSAGES
    }
}

/// The conversion of values of one type.
#[doc(hidden)]
pub struct PromptSink<T> {
    /// Returns the messages that a client gets.
    pub convert: fn(T) -> Vec<PromptMessage>,
}

/// Selects, by row, how a value is converted into messages. `Name` is spelled like the prompt, so that
/// rustc's message names it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a prompt cannot return this type")]
pub trait PromptOutput<const ROW: u8, Name>: Sized {
    /// The conversion of its values.
    const SINK: PromptSink<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoPromptResult, Name> PromptOutput<CONVERTED, Name> for T {
    const SINK: PromptSink<Self> = PromptSink {
        convert: T::into_messages,
    };
}

refused! {
    pub trait ResultIsMessages<T>: { const SINK: PromptSink<T>; }
    impl<T, Name> PromptOutput<NOT_MESSAGES, Name> for T where Name;
    message = "prompt `{Self}` cannot return `{T}`: it cannot be converted into messages",
    label = "does not implement `IntoPromptResult`",
    note = "return a `String`, a `(Role, String)`, a `PromptMessage` or a `Vec` of these, or implement `fastmcp::IntoPromptResult` for `{T}`"
}
