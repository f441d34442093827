//! A prompt as it is registered, and what its body may return.

use crate::call::classify::ParameterKind;
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

/// The row of a prompt's value type: 0 where it becomes messages, 1 where it is refused.
#[doc(hidden)]
pub const fn row(messages: bool) -> u8 {
    if messages { 0 } else { 1 }
}

/// How the values of one type become messages.
#[doc(hidden)]
pub struct PromptSink<T> {
    /// The messages that a client gets.
    pub convert: fn(T) -> Vec<PromptMessage>,
}

/// Selects, by row, how a value becomes messages. `Name` is spelled like the prompt, so that
/// rustc's message names it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a prompt cannot return this type")]
pub trait PromptOutput<const ROW: u8, Name>: Sized {
    /// How its values become messages.
    const SINK: PromptSink<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoPromptResult, Name> PromptOutput<0, Name> for T {
    const SINK: PromptSink<Self> = PromptSink {
        convert: T::into_messages,
    };
}

/// The bound that nothing implements, whose text explains row 1.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "prompt `{Self}` cannot return `{T}`: it does not become messages",
    label = "does not become messages",
    note = "return a `String`, a `(Role, String)`, a `PromptMessage`, a `Vec` of these, or implement `fastmcp::IntoPromptResult` for `{T}`"
)]
pub trait CanAsk<T> {
    /// Never evaluated: nothing has this bound.
    const SINK: PromptSink<T>;
}

impl<T, Name: CanAsk<T>> PromptOutput<1, Name> for T {
    const SINK: PromptSink<Self> = Name::SINK;
}
