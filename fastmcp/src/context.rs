//! What a handler can do with the request that it serves: report progress, log to the client, ask
//! the client and its user, reach the server's other components, learn who is calling.
//!
//! The transport stands behind `Link`, and the server behind `Home`, so that nothing here names
//! the library that speaks the protocol.

pub(crate) mod answer_log;
pub(crate) mod elicit;
pub(crate) mod form;
pub(crate) mod input;
pub(crate) mod request;
pub(crate) mod sample;
pub(crate) mod server_handle;
pub(crate) mod session;
#[cfg(feature = "http")]
pub(crate) mod stream;

pub use crate::context::elicit::{Elicit, ElicitUrl, Elicited};
pub use crate::context::input::{InputError, InputKind};
pub use crate::context::request::{Context, LogLevel, Transport};
pub use crate::context::sample::{ListRoots, Root, Sample, Sampled};
pub use crate::context::server_handle::ListKind;
pub use crate::context::session::Session;
