//! The items that most servers use: `use fastmcp::prelude::*;`.

pub use crate::call::inject::dependency::Dependency;
pub use crate::call::inject::state::State;
pub use crate::context::request::Context;
pub use crate::docket::handle::Docket;
pub use crate::docket::progress::Progress;
pub use crate::docket::worker::handle::Worker;
pub use crate::error::{Result, ToolError};
pub use crate::server::builder::FastMcp;
pub use fastmcp_macros::{completion, dependency, prompt, resource, task, tool, tools};
