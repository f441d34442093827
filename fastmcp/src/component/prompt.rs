//! A prompt as it is registered, and what its body may return.

use super::Entry;
use crate::mcp::{ContentBlock, Prompt, PromptArgument, PromptMessage, Role};
use crate::parameter::ParameterKind;

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
        let arguments = self.entry.parameters.iter().filter_map(|parameter| {
            let ParameterKind::Argument { required, .. } = parameter.kind else {
                return None;
            };
            let mut argument = PromptArgument::new(parameter.name).with_required(required());
            argument.description = parameter.description.map(Into::into);
            Some(argument)
        });
        let mut prompt = Prompt::new(
            self.entry.name,
            self.entry.description,
            Some(arguments.collect()),
        );
        prompt.title = self.entry.title.map(Into::into);
        prompt
    }
}

/// A type that a prompt's body may return.
#[diagnostic::on_unimplemented(
    message = "a prompt cannot return `{Self}`",
    label = "does not become messages",
    note = "return a `String`, a `PromptMessage`, a `Vec<PromptMessage>`, or implement `fastmcp::IntoPromptResult` for it"
)]
pub trait IntoPromptResult {
    /// The messages that a client gets.
    fn into_messages(self) -> Vec<PromptMessage>;
}

impl IntoPromptResult for Vec<PromptMessage> {
    fn into_messages(self) -> Vec<PromptMessage> {
        self
    }
}

impl IntoPromptResult for PromptMessage {
    fn into_messages(self) -> Vec<PromptMessage> {
        vec![self]
    }
}

impl IntoPromptResult for ContentBlock {
    fn into_messages(self) -> Vec<PromptMessage> {
        vec![PromptMessage::new(Role::User, self)]
    }
}

impl IntoPromptResult for String {
    fn into_messages(self) -> Vec<PromptMessage> {
        vec![PromptMessage::new_text(Role::User, self)]
    }
}

impl IntoPromptResult for &'static str {
    fn into_messages(self) -> Vec<PromptMessage> {
        vec![PromptMessage::new_text(Role::User, self)]
    }
}
