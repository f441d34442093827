//! Middleware: functions and types that run around the requests of clients.
//!
//! A middleware gets a request and the rest of the server as [`Next`]. It can look at the request, change it,
//! measure it, answer it without the handler, or refuse it. The type of the first parameter decides which requests
//! it wraps: [`ToolCall`], [`ResourceRead`], [`PromptGet`], [`CompletionRequest`], [`TaskRequest`], [`ListTools`],
//! [`ListResources`], [`ListResourceTemplates`], [`ListPrompts`], [`ListSkills`], [`SkillGet`], [`DirectoryRead`], or
//! [`Request`] for all of them.
//!
//! ```standalone_crate
//! use fastmcp::client::Client;
//! use fastmcp::middleware::{Next, ToolCall, from_fn};
//! use fastmcp::{ToolResult, prelude::*};
//! use fastmcp::serde_json::json;
//!
//! /// Adds two numbers.
//! #[tool]
//! async fn add(a: f64, b: f64) -> f64 {
//!     a + b
//! }
//!
//! async fn round(mut call: ToolCall, next: Next<ToolCall>) -> Result<ToolResult> {
//!     for value in call.arguments_mut().values_mut() {
//!         *value = json!(value.as_f64().unwrap_or_default().round());
//!     }
//!     let result = next.run(call).await?;
//!     Ok(result)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let server = FastMcp::new("calculator").middleware(from_fn(round)).start().await?;
//! let client = Client::connect(&server).await?;
//! let result = client.call_tool("add", json!({ "a": 1.2, "b": 1.9 })).await?;
//! assert_eq!(result.structured_content, Some(json!({ "result": 3.0 })));
//! # Ok(())
//! # }
//! ```
//!
//! The guide [`middleware`](crate::guide::middleware) explains the order, errors, questions and tasks.

pub(crate) mod audit_log;
pub(crate) mod chain;
pub(crate) mod concurrency_limit;
pub(crate) mod from_fn;
pub(crate) mod next;
pub(crate) mod operation;
pub(crate) mod rate_limit;
pub(crate) mod read_only;
pub(crate) mod request;
pub(crate) mod response_limit;
pub(crate) mod skill_request;
pub(crate) mod timeout;
pub(crate) mod timing;
pub(crate) mod waiting;

pub use crate::middleware::audit_log::{AuditEntry, AuditLog};
pub use crate::middleware::chain::Middleware;
pub use crate::middleware::concurrency_limit::ConcurrencyLimit;
pub use crate::middleware::from_fn::{FromFn, from_fn};
pub use crate::middleware::next::Next;
pub use crate::middleware::operation::Operation;
pub use crate::middleware::rate_limit::RateLimit;
pub use crate::middleware::read_only::ReadOnly;
pub use crate::middleware::request::{
    Answer, CompletionRequest, ListPrompts, ListResourceTemplates, ListResources, ListSkills,
    ListTools, PromptGet, PromptResult, Request, RequestKind, ResourceRead, TaskOperation,
    TaskRequest, ToolCall,
};
pub use crate::middleware::response_limit::ResponseLimit;
pub use crate::middleware::skill_request::{DirectoryRead, SkillGet};
pub use crate::middleware::timeout::Timeout;
pub use crate::middleware::timing::{Outcome, Timed, Timing};
pub use crate::middleware::waiting::is_waiting_for_client;
