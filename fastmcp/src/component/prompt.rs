//! Prompts: their registration, listing and return types.

pub(crate) mod argument;

use crate::call::portable::schemas::Schemas;
use crate::call::refused::refused;
use crate::component::access::Component;
use crate::component::entry::Entry;
use crate::component_kind::ComponentKind;
use crate::mcp::{ContentBlock, Prompt, PromptMessage, Role};
use crate::selection::Descriptor;

/// The registration of a `#[prompt]`.
#[doc(hidden)]
pub struct PromptEntry {
    /// The part that all kinds of components share.
    pub entry: Entry<Vec<PromptMessage>>,
}

inventory::collect!(PromptEntry);

impl PromptEntry {
    /// Returns the prompt for rules about callers.
    pub(crate) fn component(&self) -> Component {
        self.entry.component(ComponentKind::Prompt, None)
    }

    /// Returns the properties by which the prompt can be selected.
    pub(crate) fn descriptor(&self) -> Descriptor<'static> {
        self.entry.descriptor(ComponentKind::Prompt, None)
    }

    /// Returns the prompt's entry in `prompts/list`, on a server that lists this form of schemas.
    pub(crate) fn listing(&self, schemas: Schemas) -> Prompt {
        let entry = &self.entry;
        let arguments = argument::list(&entry.all_parameters(), schemas);
        let mut prompt = Prompt::new(entry.name, entry.description, Some(arguments));
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
/// | `String`, `&'static str`, [`ContentBlock`] | one message with the role `user` |
/// | `(Role, content)` with content of these types | one message with that role |
/// | [`PromptMessage`] | that message |
/// | `Vec<…>` and `[…; N]` of these types | the messages of all items, in order |
///
/// ```
/// use fastmcp::mcp::Role;
/// use fastmcp::prelude::*;
///
/// /// The start of a conversation.
/// #[prompt]
/// fn greeting(name: String) -> Vec<(Role, String)> {
///     vec![
///         (Role::User, format!("My name is {name}.")),
///         (Role::Assistant, "What can I do for you?".into()),
///     ]
/// }
/// ```
pub trait IntoPromptResult {
    /// Converts the value into the messages that a client gets.
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
#[doc(hidden)]
pub const NOT_MESSAGES: u8 = 1;

/// Returns the row of a prompt's value type: `CONVERTED` if it implements [`IntoPromptResult`],
/// otherwise `NOT_MESSAGES`, which is a compile error.
#[doc(hidden)]
pub const fn row(into_prompt_result: bool) -> u8 {
    if into_prompt_result {
        CONVERTED
    } else {
        NOT_MESSAGES
    }
}

/// The conversion of the values of a type into messages.
#[doc(hidden)]
pub struct PromptSink<T> {
    /// Converts a value.
    pub convert: fn(T) -> Vec<PromptMessage>,
}

/// Selects the conversion of a type by its row.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a prompt cannot return this type")]
pub trait PromptOutput<const ROW: u8>: Sized {
    /// The conversion.
    const SINK: PromptSink<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoPromptResult> PromptOutput<CONVERTED> for T {
    const SINK: PromptSink<Self> = PromptSink {
        convert: T::into_messages,
    };
}

// Without it, a refused type would cause two errors.
#[diagnostic::do_not_recommend]
impl<T> PromptOutput<NOT_MESSAGES> for T {
    const SINK: PromptSink<Self> = PromptSink {
        convert: |_| Vec::new(),
    };
}

refused! {
    /// A type that a prompt can return.
    CanReturn<T>,
    message = "prompt `{Self}` cannot return `{T}`: it cannot be converted into messages",
    label = "does not implement `IntoPromptResult`",
    note = "return a `String`, a `(Role, String)`, a `PromptMessage` or a `Vec` of these, or implement `fastmcp::IntoPromptResult` for `{T}`"
}
