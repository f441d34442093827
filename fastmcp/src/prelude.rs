//! The items that most servers use: `use fastmcp::prelude::*;`.
//!
//! These are the attributes, the types of injected parameters, [`FastMcp`], [`Result`] and [`ToolError`].
//! A name that your program imports or defines takes precedence over the one of the prelude.

pub use crate::call::inject::builtin::{Cancellation, TaskKey};
pub use crate::call::inject::dependency::Dependency;
#[cfg(feature = "http")]
pub use crate::call::inject::headers::Headers;
#[cfg(feature = "http")]
pub use crate::call::inject::request_extension::Extension;
pub use crate::call::inject::scope::Scope;
pub use crate::call::inject::state::State;
pub use crate::context::request::Context;
pub use crate::docket::current_execution::CurrentExecution;
pub use crate::docket::current_execution::handles::{NextRun, TimeLimit};
pub use crate::docket::handle::Docket;
pub use crate::docket::progress::Progress;
pub use crate::docket::worker::handle::Worker;
pub use crate::error::{Result, ToolError};
#[cfg(feature = "events")]
pub use crate::events::emit::Events;
pub use crate::principal::Principal;
pub use crate::server::builder::FastMcp;
#[cfg(feature = "events")]
pub use fastmcp_macros::event;
#[cfg(feature = "skills")]
pub use fastmcp_macros::skill;
pub use fastmcp_macros::{completion, dependency, prompt, resource, task, tool, tools};
