//! [`Question`]: a question to the client as plain data, that is, a request of the protocol and its kind.
//! The [answer log](crate::context::answer_log::AnswerLog) or the
//! [channel](crate::context::client_channel::ClientChannel) delivers it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A kind of question to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum InputKind {
    /// A form that the user fills in (`elicitation/create`).
    #[serde(rename = "form")]
    Form,
    /// A web page that the user visits (`elicitation/create`, mode `url`).
    #[serde(rename = "url")]
    Url,
    /// A conversation that the client's model continues (`sampling/createMessage`).
    #[serde(rename = "sampling")]
    Sampling,
    /// A conversation in which the client's model may use tools (`sampling/createMessage`, with `tools`).
    #[serde(rename = "sampling_tools")]
    SamplingWithTools,
    /// The client's root folders (`roots/list`).
    #[serde(rename = "roots")]
    Roots,
}

impl InputKind {
    /// Returns the protocol's method for this kind.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Self::Form | Self::Url => "elicitation/create",
            Self::Sampling | Self::SamplingWithTools => "sampling/createMessage",
            Self::Roots => "roots/list",
        }
    }

    /// Returns the capability that a client declares if it supports this kind, in the protocol's
    /// JSON form.
    pub(crate) fn capability(self) -> Value {
        match self {
            Self::Form => json!({ "elicitation": {} }),
            Self::Url => json!({ "elicitation": { "url": {} } }),
            Self::Sampling => json!({ "sampling": {} }),
            Self::SamplingWithTools => json!({ "sampling": { "tools": {} } }),
            Self::Roots => json!({ "roots": {} }),
        }
    }

    /// Returns the prefix of derived keys of this kind.
    const fn key_prefix(self) -> &'static str {
        match self {
            Self::Form | Self::Url => "elicitation",
            Self::Sampling | Self::SamplingWithTools => "sampling",
            Self::Roots => "roots",
        }
    }
}

impl fmt::Display for InputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "elicitation",
            Self::Url => "elicitation by URL",
            Self::Sampling => "sampling",
            Self::SamplingWithTools => "sampling with tools (`sampling.tools`)",
            Self::Roots => "roots",
        })
    }
}

/// A question to the client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Question {
    pub(crate) kind: InputKind,
    /// The `params` of the protocol's request.
    pub(crate) params: Value,
}

impl Question {
    /// Returns the protocol's request, without the JSON-RPC envelope.
    pub(crate) fn to_request(&self) -> Value {
        json!({ "method": self.kind.method(), "params": self.params })
    }

    /// Returns the key of a question if the handler sets none. It is derived from the content of the
    /// question, so that every run of the handler derives the same key.
    pub(crate) fn derived_key(&self) -> String {
        let prefix = self.kind.key_prefix();
        format!("{prefix}-{:08x}", hash(&self.to_request()))
    }

    /// Returns a hash of the kind and of the requested form. Two questions with the same key and the
    /// same shape are the same question, even if their messages differ.
    pub(crate) fn shape(&self) -> u32 {
        hash(&json!([self.kind, self.params.get("requestedSchema")]))
    }

    /// Returns `true` if `answer` has the structure of an answer to a question of this kind.
    pub(crate) fn accepts(&self, answer: &Value) -> bool {
        match self.kind {
            InputKind::Form | InputKind::Url => {
                matches!(
                    answer["action"].as_str(),
                    Some("accept" | "decline" | "cancel")
                )
            }
            InputKind::Sampling | InputKind::SamplingWithTools => {
                answer["content"].is_object() || answer["content"].is_array()
            }
            InputKind::Roots => answer["roots"].is_array(),
        }
    }
}

/// Returns the FNV-1a hash of a value. It only distinguishes the questions of one handler and has no
/// security purpose. The algorithm must not change, because tasks and `requestState` contain hashes.
fn hash(value: &Value) -> u32 {
    let text = value.to_string();
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// The kinds of questions that a client supports, and other capabilities that handlers can ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent capabilities")]
pub(crate) struct InputCapabilities {
    pub(crate) form: bool,
    pub(crate) url: bool,
    pub(crate) sampling: bool,
    #[serde(default)]
    pub(crate) sampling_tools: bool,
    pub(crate) roots: bool,
    /// Not a question: whether the client shows the pages of tools.
    #[serde(default)]
    pub(crate) apps: bool,
}

impl InputCapabilities {
    pub(crate) fn supports(self, kind: InputKind) -> bool {
        match kind {
            InputKind::Form => self.form,
            InputKind::Url => self.url,
            InputKind::Sampling => self.sampling,
            InputKind::SamplingWithTools => self.sampling_tools,
            InputKind::Roots => self.roots,
        }
    }
}

/// The reason why a question to the client has no answer.
///
/// A tool that propagates it with `?` fails with its message. In protocol 2026-07-28 and in tasks,
/// [`Unsupported`](Self::Unsupported) becomes the protocol error -32021.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The client has not declared the capability for questions of this kind.
    #[error("the client has not declared support for {0}")]
    Unsupported(InputKind),
    /// The request does not allow questions.
    #[error("cannot ask the client: {0}")]
    NotSupported(&'static str),
    /// The user declined.
    #[error("the user declined")]
    Declined,
    /// The user closed the question without an answer.
    #[error("the user cancelled")]
    Cancelled,
    /// The answer does not have the requested form.
    #[error("invalid answer from the client: {0}")]
    Invalid(String),
    /// The requested type has no form that clients can show.
    #[error("`{type_name}` cannot be represented as a form: it {problem}")]
    Form {
        /// The requested type.
        type_name: &'static str,
        /// The part of the type that a form cannot represent.
        problem: String,
    },
    /// The handler's question breaks a rule of the protocol.
    #[error("cannot ask the client: {0}")]
    Question(String),
    /// The client answered with an error, or has disconnected.
    #[error("the client did not answer: {0}")]
    Failed(String),
}
