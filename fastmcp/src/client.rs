//! A client of MCP servers, for programs and for tests.
//!
//! The connection to a server in this process needs no feature, so a crate that tests its server builds
//! this library once. The feature `client` adds programs and HTTP. The guide [`client`](crate::guide::client) shows both.

mod builder;
mod call;
mod check_output;
mod components;
mod connect;
mod connection;
mod elicitation;
mod error;
mod events;
mod handle;
mod handlers;
#[cfg(feature = "client")]
mod http;
#[cfg(feature = "client")]
mod http_error;
#[cfg(feature = "client")]
mod http_requests;
mod json_rpc;
mod log_message;
mod member;
mod notices;
mod output_schemas;
#[cfg(feature = "client")]
mod process;
mod progress;
mod request;
mod result;
mod sampling;
#[cfg(feature = "skills")]
pub(crate) mod skill_mismatch;
#[cfg(feature = "skills")]
mod skills;
mod subscription;
mod task;
mod task_status;
mod task_updates;
#[cfg(feature = "client")]
mod token;
#[cfg(feature = "client")]
mod upstream;

pub use crate::client::builder::ClientBuilder;
pub use crate::client::call::{Started, ToolCall};
pub use crate::client::elicitation::Elicitation;
pub use crate::client::error::ClientError;
pub use crate::client::handle::Client;
pub use crate::client::log_message::LogMessage;
pub use crate::client::progress::ProgressUpdate;
pub use crate::client::sampling::Sampling;
#[cfg(feature = "skills")]
pub use crate::client::skill_mismatch::SkillMismatch;
pub use crate::client::subscription::Subscription;
pub use crate::client::task::{TaskAnswer, TaskHandle};
pub use crate::client::task_status::{TaskQuestion, TaskState, TaskStatus};
#[cfg(feature = "client")]
pub use crate::client::token::{TokenProvider, TokenRequest};
#[cfg(feature = "client")]
pub use crate::client::upstream::Upstream;
