//! The live request that a handler serves: progress, log messages, questions to the client and its
//! user, the server's other components, and the caller's identity.
//!
//! The context reaches the client through the trait `ClientChannel` and the server through the
//! trait `ServerHandle`, so that no file here names the protocol library.

pub(crate) mod answer_log;
mod apps;
pub(crate) mod asking;
pub(crate) mod call_state;
pub(crate) mod caller;
pub(crate) mod change;
pub(crate) mod client_channel;
#[cfg(feature = "http")]
pub(crate) mod close_stream;
pub(crate) mod components;
mod detached;
pub(crate) mod elicit;
pub(crate) mod form;
pub(crate) mod form_field;
pub(crate) mod form_type;
pub(crate) mod input;
pub(crate) mod lazy;
pub(crate) mod message_content;
pub(crate) mod meta;
pub(crate) mod notifications;
mod once;
pub(crate) mod once_log;
pub(crate) mod progress_log;
pub(crate) mod request;
pub(crate) mod roots;
pub(crate) mod sample;
pub(crate) mod sampled;
pub(crate) mod session;
pub(crate) mod stored_state;
pub(crate) mod stream_capacity;

pub use crate::context::change::ListKind;
pub use crate::context::client_channel::LogLevel;
pub use crate::context::elicit::{Elicit, ElicitUrl, Elicited};
pub use crate::context::form_type::{FormChoice, FormType};
pub use crate::context::input::{InputError, InputKind};
pub use crate::context::message_content::MessageContent;
pub use crate::context::once_log::OnceError;
pub use crate::context::request::{Context, Transport};
pub use crate::context::roots::{ListRoots, Root};
pub use crate::context::sample::{Sample, ToolChoice};
pub use crate::context::sampled::{Sampled, ToolUse, ToolUseResult};
pub use crate::context::session::Session;
