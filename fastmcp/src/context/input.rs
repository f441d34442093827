//! What a handler asks of the client, as data: a request of the protocol and the kind of answer it
//! takes. How it reaches the client is not known here; see [`Journal`](crate::context::answer_log::Journal) and
//! [`Link`](crate::context::request::Link).

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a client may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum InputKind {
    /// The user fills in a form (`elicitation/create`).
    #[serde(rename = "form")]
    Form,
    /// The user visits a web page (`elicitation/create`, mode `url`).
    #[serde(rename = "url")]
    Url,
    /// The client's model continues a conversation (`sampling/createMessage`).
    #[serde(rename = "sampling")]
    Sampling,
    /// The client's root folders (`roots/list`).
    #[serde(rename = "roots")]
    Roots,
}

impl InputKind {
    /// The method of the protocol that asks for it.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Self::Form | Self::Url => "elicitation/create",
            Self::Sampling => "sampling/createMessage",
            Self::Roots => "roots/list",
        }
    }

    /// The capability that a client declares when it can be asked, as the protocol writes it.
    pub(crate) fn capability(self) -> Value {
        match self {
            Self::Form => json!({ "elicitation": {} }),
            Self::Url => json!({ "elicitation": { "url": {} } }),
            Self::Sampling => json!({ "sampling": {} }),
            Self::Roots => json!({ "roots": {} }),
        }
    }

    /// What keys of this kind begin with, where the handler gives none.
    const fn stem(self) -> &'static str {
        match self {
            Self::Form | Self::Url => "elicitation",
            Self::Sampling => "sampling",
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
            Self::Roots => "roots",
        })
    }
}

/// One question to the client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Question {
    pub(crate) kind: InputKind,
    /// The `params` of the protocol's request.
    pub(crate) params: Value,
}

impl Question {
    /// The protocol's request, without its envelope.
    pub(crate) fn to_request(&self) -> Value {
        json!({ "method": self.kind.method(), "params": self.params })
    }

    /// A key that other questions do not have, where the handler gives none: it follows from what
    /// is asked, so that a body which is run again asks under the same one.
    pub(crate) fn derived_key(&self) -> String {
        format!("{}-{:08x}", self.kind.stem(), self.fingerprint())
    }

    fn fingerprint(&self) -> u32 {
        hash(&self.to_request())
    }

    /// What kind of answer this takes. Its words may differ from run to run; where this does, it is
    /// another question.
    pub(crate) fn shape(&self) -> u32 {
        hash(&json!([self.kind, self.params.get("requestedSchema")]))
    }

    /// Whether `answer` has the shape of an answer to this at all.
    pub(crate) fn takes(&self, answer: &Value) -> bool {
        match self.kind {
            InputKind::Form | InputKind::Url => {
                matches!(
                    answer["action"].as_str(),
                    Some("accept" | "decline" | "cancel")
                )
            }
            InputKind::Sampling => answer["content"].is_object() || answer["content"].is_array(),
            InputKind::Roots => answer["roots"].is_array(),
        }
    }
}

/// FNV-1a. It tells the questions of one handler apart; nothing is kept safe by it.
fn hash(value: &Value) -> u32 {
    let text = value.to_string();
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// What a client can be asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing of its own that a client can or cannot"
)]
pub(crate) struct Abilities {
    pub(crate) form: bool,
    pub(crate) url: bool,
    pub(crate) sampling: bool,
    pub(crate) roots: bool,
}

impl Abilities {
    pub(crate) fn includes(self, kind: InputKind) -> bool {
        match kind {
            InputKind::Form => self.form,
            InputKind::Url => self.url,
            InputKind::Sampling => self.sampling,
            InputKind::Roots => self.roots,
        }
    }
}

/// Why a question to the client has no answer.
///
/// A tool that passes one on with `?` fails with its text. Towards a client of protocol 2026-07-28
/// [`Unsupported`](Self::Unsupported) becomes the error -32021, as that protocol wants it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The client has not declared that it can be asked for this.
    #[error("this needs a client that supports {0}; it has not declared that it does")]
    Unsupported(InputKind),
    /// Nothing can be asked here.
    #[error("the client cannot be asked here: {0}")]
    NotSupported(&'static str),
    /// The user said no.
    #[error("the user declined")]
    Declined,
    /// The user closed the question without an answer.
    #[error("the user cancelled")]
    Cancelled,
    /// The answer is not what was asked for.
    #[error("the client's answer cannot be used: {0}")]
    Invalid(String),
    /// The question cannot be put to a user.
    #[error("{type_name} cannot be asked for in a form: {problem}")]
    Form {
        /// The type that is to be answered.
        type_name: &'static str,
        /// What about it has no place in a form.
        problem: String,
    },
    /// The client answered with an error, or is gone.
    #[error("the client did not answer: {0}")]
    Failed(String),
}
